"""Compares a plan in force with what a document wants: the objectives, and the whole in its order."""

from collections import defaultdict
from collections.abc import Mapping

from domain.documents.diff_builder import NEW, Ledger, Of, match_question, shown
from domain.documents.diff_indicators import compare_indicators
from domain.documents.diff_observed import compare_measurements, compare_statuses
from domain.documents.difference import Difference, Held, ItemType
from domain.documents.matching import Doubt, Found, Item, Match, match, plain
from domain.documents.plan import ObjectiveRow
from domain.documents.references import Names, Tree, fresh_id
from domain.documents.uploaded import Wanted, WantedObjective
from domain.errors import Malformed
from domain.vocabulary import Identifier

RECLASSIFIED = ("code", "level", "classifications", "offices")
FIXED = {"condition": "la condizione", "period": "il periodo"}


def compare(held: Held, wanted: Wanted, answers: Mapping[str, str]) -> Difference:
    """All that differs; Malformed with every cell that cannot be taken."""
    ledger = Ledger(wanted, answers, held.set_by)
    _header(held, wanted, ledger)
    tree = match_objectives(held, wanted, ledger)
    gone = _compare_objectives(held, wanted, tree, ledger)
    gone_indicators, series = compare_indicators(held, wanted, tree, ledger)
    compare_measurements(held, wanted, series, ledger)
    compare_statuses(held, wanted, tree, series, ledger)
    for key, name, id_ in gone_indicators:
        ledger.step("withdrawn", Of(key, name), None, {"verb": "withdraw_indicator", "object": id_}, before=name)
    for row in gone:
        of = Of(f"objective/{row.id}", _called(row))
        ledger.step("withdrawn", of, None, {"verb": "withdraw_objective", "object": row.id}, before=row.title)
    if ledger.problems:
        raise Malformed(ledger.problems)
    return Difference(
        tuple(ledger.steps),
        tuple(ledger.questions),
        tuple(ledger.unread),
        tuple(ledger.warnings),
        tuple(ledger.left_alone),
    )


def _header(held: Held, wanted: Wanted, ledger: Ledger) -> None:
    there = held.document.plan
    for field, words in (("title", "il titolo"), ("first_year", "il primo anno"), ("last_year", "l'ultimo anno")):
        said = getattr(wanted.plan, field, None)
        if said is not None and said != getattr(there, field):
            ledger.left_alone.append(f"{words} del piano nel file è {said!r}: resta {getattr(there, field)!r}")
    for part, words in (
        ("objectives", "Obiettivi"),
        ("indicators", "Indicatori"),
        ("places", "Assegnazioni"),
        ("targets", "Target"),
    ):
        if getattr(wanted, part) is None:
            ledger.left_alone.append(f"il file non ha il foglio {words}: ciò che dice resta com'è")


def match_objectives(held: Held, wanted: Wanted, ledger: Ledger, *, certain_ids: bool = True) -> Tree:
    """Which object each row is, and by which id each may be referred to."""
    there = {row.id: row for row in held.document.objectives}
    known = {**held.withdrawn_objectives, **there}
    rows = wanted.objectives or ()
    names = Names(
        [(row.id, row.code, row.title) for row in rows], [(row.id, row.code, row.title) for row in there.values()]
    )
    titles = {row.id: row.title or row.code or row.id for row in known.values()}
    items = [
        Item(row.id, row.code, row.title or "", _place(row, rows, names, titles) if row.says("parent") else None)
        for row in rows
    ]
    against = [Item(row.id, row.code, row.title or "", titles.get(row.parent or "", "")) for row in known.values()]
    answers = [_answer(ledger, row.where) for row in rows]
    found = match(items, against, answers, certain_ids=certain_ids)
    used = set(held.taken) | {f"objective/{one}" for one in known}
    used |= {f"objective/{row.id}" for row in rows if row.id}
    ids: list[str | None] = []
    for row, one in zip(rows, found, strict=True):
        ids.append(_id_of(row, one, titles, ledger, used))
    return Tree(names, tuple(found), tuple(ids), tuple(there))


def _answer(ledger: Ledger, where: tuple[str, int]) -> str | None:
    answer = ledger.answers.get(match_question(where))
    return "" if answer == NEW else answer


def _id_of(
    row: WantedObjective, one: Found, titles: Mapping[str, str], ledger: Ledger, used: set[str]
) -> Identifier | None:
    said = row.title or row.code or row.id or ""
    if isinstance(one, Doubt):
        chosen = ledger.chosen("un obiettivo", row.where, one, titles, said)
        if chosen is None:
            return None
    if isinstance(one, Match):
        if one.by == "answer":
            doubt = Doubt(((one.id, one.score),))
            ledger.chosen("un obiettivo", row.where, doubt, titles, said)
        return one.id
    return row.id or fresh_id("objective", row.code or "", row.title or row.level or "obiettivo", used)


def _place(row: WantedObjective, rows: tuple[WantedObjective, ...], names: Names, titles: Mapping[str, str]) -> str:
    at = names.find(row.parent)
    if isinstance(at, int):
        return rows[at].title or rows[at].code or rows[at].id or ""
    return titles.get(at or "", row.parent or "")


def _called(row: ObjectiveRow | WantedObjective) -> str:
    return " ".join(part for part in (row.code, row.title) if part) or row.id or row.level or ""


def _compare_objectives(held: Held, wanted: Wanted, tree: Tree, ledger: Ledger) -> list[ObjectiveRow]:
    """Writes down what differs of the objectives; answers those that are gone, the deepest first."""
    there = {row.id: row for row in held.document.objectives}
    base = {row.id: row for row in held.base.objectives} if held.base else there
    rows = wanted.objectives or ()
    added: list[tuple[WantedObjective, str, str | None]] = []
    present: set[str] = set()
    for place, (row, id_) in enumerate(zip(rows, tree.ids, strict=True)):
        if id_ is None:
            present.update(one for one, _ in _candidates(tree.found[place]))
            continue
        present.add(id_)
        parent = tree.resolve(row.parent) if row.parent else None
        if row.parent and parent is None and not tree.is_open(row.parent):
            ledger.problem(
                row.where,
                "parent",
                f"l'obiettivo padre {row.parent[:80]!r} non si trova, o ce n'è più d'uno",
                "l'identificativo di un obiettivo",
            )
            continue
        if id_ in there:
            _fields(there[id_], base.get(id_, there[id_]), row, parent, tree, place, ledger)
        elif id_ in base:
            ledger.warn(
                row.where,
                None,
                "withdrawn_meanwhile",
                f"{_called(row)!r} è stato ritirato nel frattempo: resta ritirato",
            )
        elif id_ in held.withdrawn_objectives:
            of = Of(f"objective/{id_}", _called(row), tree.match(place))
            ledger.step("reinstated", of, row, {"verb": "reinstate_objective", "object": id_}, after=row.title)
            was = held.withdrawn_objectives[id_]
            _fields(was, was, row, parent, tree, place, ledger)
        elif row.parent and parent is None:
            ledger.warn(row.where, "parent", "waiting", f"{_called(row)!r} aspetta la risposta sull'obiettivo padre")
        else:
            added.append((row, id_, parent))
    _added(added, ledger)
    if "objectives" not in wanted.complete:
        missing = [one for one in base if one in there and one not in present]
        if wanted.objectives is not None and missing:
            ledger.left_alone.append(
                f"{len(missing)} obiettivi non sono nel file e restano com'erano: {', '.join(missing[:10])}"
            )
        return []
    return _deepest_first([row for one, row in there.items() if one in base and one not in present], there)


def _candidates(found: Found) -> tuple[tuple[str, float], ...]:
    return found.candidates if isinstance(found, Doubt) else ()


def _added(added: list[tuple[WantedObjective, str, str | None]], ledger: Ledger) -> None:
    """New objectives, a parent before what hangs from it."""
    new = {id_ for _, id_, _ in added}
    under: defaultdict[str | None, list[tuple[WantedObjective, str, str | None]]] = defaultdict(list)
    for one in added:
        under[one[2] if one[2] in new else None].append(one)
    waiting = list(reversed(under[None]))
    done: set[str] = set()
    while waiting:
        row, id_, parent = waiting.pop()
        done.add(id_)
        waiting += reversed(under[id_])
        if not row.level:
            ledger.problem(row.where, "level", "manca il livello di un obiettivo nuovo", "il nome di un livello")
            continue
        names = ("level", "code", "title", "weight", "classifications", "offices", "condition", "period")
        said = {name: getattr(row, name) for name in names if getattr(row, name) not in (None, "", (), {})}
        command = {"verb": "add_objective", "object": id_, "parent": parent, **said}
        ledger.step(
            "added", Of(f"objective/{id_}", _called(row)), row, command, after=shown({**said, "parent": parent})
        )
        _life(row, Of(f"objective/{id_}", _called(row)), id_, None, ledger)
    for row, id_, parent in added:
        if id_ not in done:
            ledger.problem(
                row.where, "parent", f"{_called(row)!r} discende da se stesso (padre {parent})", "un albero senza cicli"
            )


def _fields(
    there: ObjectiveRow,
    base: ObjectiveRow,
    row: WantedObjective,
    parent: str | None,
    tree: Tree,
    place: int,
    ledger: Ledger,
) -> None:
    of = Of(f"objective/{there.id}", _called(there), tree.match(place))
    if row.says("title") and ledger.differs(of, row, "title", wanted=row.title, held=there.title, base=base.title):
        _step(
            ledger,
            "reworded",
            of,
            row,
            "title",
            there,
            {"verb": "reword_objective", "object": there.id, "title": row.title or ""},
        )
    sure = row.says("parent") and not (row.parent and parent is None)
    if sure and ledger.differs(of, row, "parent", wanted=parent, held=there.parent, base=base.parent):
        command = {"verb": "move_objective", "object": there.id, "parent": parent}
        ledger.step(
            "moved",
            of,
            row,
            command,
            field="parent",
            before=there.parent,
            after=parent,
            set_by=_version(ledger, of, "parent"),
        )
    if row.says("weight") and ledger.differs(of, row, "weight", wanted=row.weight, held=there.weight, base=base.weight):
        _step(
            ledger,
            "reweighted",
            of,
            row,
            "weight",
            there,
            {"verb": "reweigh_objective", "object": there.id, "weight": row.weight},
        )
    for field in RECLASSIFIED:
        if row.says(field) and not (field == "level" and not row.level):
            new, now, then = getattr(row, field), getattr(there, field), getattr(base, field)
            if ledger.differs(of, row, field, wanted=new, held=now, base=then):
                _step(
                    ledger,
                    "reclassified",
                    of,
                    row,
                    field,
                    there,
                    {"verb": "reclassify_objective", "object": there.id, field: new},
                )
    for field, words in FIXED.items():
        new, now = getattr(row, field), getattr(there, field)
        if row.says(field) and plain(new) != plain(now) and plain(new) != plain(getattr(base, field)):
            ledger.left_alone.append(
                f"{ledger.wanted.spot(row.where, field)}: {words} di {of.name!r} non si modifica, resta {now!r}"
            )
    _life(row, of, there.id, there, ledger)


def _life(row: WantedObjective, of: Of, id_: str, there: ObjectiveRow | None, ledger: Ledger) -> None:
    if row.condition_met and not (there and there.condition_met):
        ledger.step(
            "condition_met",
            of,
            row,
            {"verb": "meet_condition", "object": id_},
            field="condition_met",
            before=False,
            after=True,
        )
    for year in row.neutralised:
        if there is None or year not in there.neutralised:
            command = {"verb": "neutralise_objective", "object": id_, "year": year}
            ledger.step("neutralised", of, row, command, field="neutralised", year=year, after=True)
    lost = [year for year in (there.neutralised if there else ()) if year not in row.neutralised]
    if lost and row.says("neutralised"):
        ledger.left_alone.append(
            f"{of.name!r} resta neutralizzato per {', '.join(map(str, lost))}: si annulla l'evento"
        )


def _step(
    ledger: Ledger,
    type_: ItemType,
    of: Of,
    row: WantedObjective,
    field: str,
    there: ObjectiveRow,
    command: dict[str, object],
) -> None:
    ledger.step(
        type_,
        of,
        row,
        command,
        field=field,
        before=shown(getattr(there, field)),
        after=shown(getattr(row, field)),
        set_by=_version(ledger, of, field),
    )


def _version(ledger: Ledger, of: Of, field: str) -> int | None:
    return ledger.set_by.get((of.key, field))


def _deepest_first(rows: list[ObjectiveRow], there: Mapping[str, ObjectiveRow]) -> list[ObjectiveRow]:
    def depth(row: ObjectiveRow) -> int:
        steps, current, seen = 0, row, {row.id}
        while (above := there.get(current.parent or "")) is not None and above.id not in seen:
            current = above
            seen.add(current.id)
            steps += 1
        return steps

    return sorted(rows, key=depth, reverse=True)
