"""Compares the indicators of a plan with what a document wants: cards, places in the tree, and through them targets."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from domain.documents.diff_builder import NEW, Ledger, Of, match_question, norm, shown
from domain.documents.diff_targets import WantedCell, compare_targets, new_targets, wanted_cells
from domain.documents.difference import Held, ItemType
from domain.documents.matching import Doubt, Found, Item, Match, match, plain
from domain.documents.plan import AssignmentRow, IndicatorRow, TargetRow
from domain.documents.references import Names, Tree, fresh_id
from domain.documents.uploaded import Wanted, WantedIndicator, WantedPlace
from domain.targets.decide import inferred_polarity

CARD: dict[str, tuple[ItemType, str]] = {
    "name": ("reworded", "name"),
    "formula": ("redefined", "formula"),
    "unit": ("redefined", "unit"),
    "polarity": ("redefined", "polarity"),
    "source": ("redefined", "source"),
    "kind": ("redefined", "indicator_kind"),
    "frequency": ("redefined", "frequency"),
    "baseline": ("redefined", "baseline"),
}
"""The fields of the card: what a change of each is, and the command's own name for it."""

RECLASSIFIED = ("code", "codes", "owner")
FIXED = {"series": "la serie", "common": "il segno di indicatore comune", "name_from_formula": "il nome dalla formula"}

Gone = tuple[str, str, str]
"""Key, name and id of an indicator that is to be withdrawn."""


class Indicators(NamedTuple):
    """The rows of indicators as matched, and the series of each id, those of new ones included."""

    tree: Tree
    series: dict[str, str | None]


class _Place(NamedTuple):
    row: WantedPlace
    objective: str


def match_indicators(held: Held, wanted: Wanted, objectives: Tree, ledger: Ledger, *, certain_ids: bool = True) -> Tree:
    """Which indicator each row is."""
    there = {row.id: row for row in held.document.indicators}
    known = {**held.withdrawn_indicators, **there}
    rows = wanted.indicators or ()
    names = Names([(r.id, r.code, r.name) for r in rows], [(r.id, r.code, r.name) for r in there.values()])
    titles = {row.id: row.title or row.code or row.id for row in held.document.objectives}
    wanted_titles = {row.id or row.code or "": row.title or row.code or row.id or "" for row in wanted.objectives or ()}
    first: dict[int, str] = {}
    for place in wanted.places or ():
        at = names.find(place.indicator)
        if isinstance(at, int):
            objective = objectives.resolve(place.objective)
            name = wanted_titles.get(place.objective) or titles.get(objective or "") or place.objective
            first.setdefault(at, name)
    items = [Item(row.id, row.code, row.name, first.get(at)) for at, row in enumerate(rows)]
    against = [
        Item(row.id, row.code, row.name, next((titles.get(p.objective, "") for p in row.places()), None))
        for row in known.values()
    ]
    if not certain_ids:  # the tree of another plan says little: only names that several bear are told apart by it
        met = Counter(plain(item.name) for item in (*items, *against))
        items, against = (
            [i if met[plain(i.name)] > 2 else i._replace(place=None) for i in some] for some in (items, against)
        )
    answers = [ledger.answers.get(match_question(row.where)) for row in rows]
    found = match(items, against, ["" if one == NEW else one for one in answers], certain_ids=certain_ids)
    used = set(held.taken) | {f"indicator/{one}" for one in known}
    used |= {f"indicator/{row.id}" for row in rows if row.id}
    called = {row.id: row.name for row in known.values()}
    ids: list[str | None] = []
    for row, one in zip(rows, found, strict=True):
        chosen = _asked(row, one, called, ledger)
        if isinstance(one, Match):
            ids.append(one.id)
        elif isinstance(one, Doubt) and chosen is None:
            ids.append(None)
        else:
            ids.append(row.id or fresh_id("indicator", "", row.name, used))
    return Tree(names, tuple(found), tuple(ids), tuple(there))


def _asked(row: WantedIndicator, one: Found, called: dict[str, str], ledger: Ledger) -> str | None:
    if isinstance(one, Match) and one.by == "answer":
        one = Doubt(((one.id, one.score),))
    return ledger.chosen("un indicatore", row.where, one, called, row.name) if isinstance(one, Doubt) else None


def compare_indicators(held: Held, wanted: Wanted, objectives: Tree, ledger: Ledger) -> tuple[list[Gone], Indicators]:
    """Writes down what differs of the indicators; answers those that are gone, and all as matched."""
    there = {row.id: row for row in held.document.indicators}
    base = {row.id: row for row in held.base.indicators} if held.base else there
    tree = match_indicators(held, wanted, objectives, ledger)
    series = {row.id: row.series for row in there.values()}
    places = _places(wanted, tree, objectives, ledger)
    cells = wanted_cells(wanted, tree, held.document, ledger)
    present: set[str] = set()
    for at, (row, id_) in enumerate(zip(wanted.indicators or (), tree.ids, strict=True)):
        if id_ is None:
            found = tree.found[at]
            present.update(one for one, _ in (found.candidates if isinstance(found, Doubt) else ()))
            continue
        present.add(id_)
        if id_ in there:
            _card(there[id_], base.get(id_, there[id_]), row, tree.match(at), ledger)
        elif id_ in base:
            ledger.warn(
                row.where, None, "withdrawn_meanwhile", f"{row.name!r} è stato ritirato nel frattempo: resta ritirato"
            )
        elif id_ in held.withdrawn_indicators:
            _reinstated(held.withdrawn_indicators[id_], id_, row, tree.match(at), ledger)
        else:
            series[id_] = row.series or f"{held.document.plan.id}.{id_}"[:120]
            _added(id_, row, places.get(id_, []), cells.get(id_, []), ledger)
    by_id = {one: row for row, one in zip(wanted.indicators or (), tree.ids, strict=True) if one is not None}
    years = (
        set(range(held.document.plan.first_year, held.document.plan.last_year + 1))
        if not wanted.columns
        else {one.year for one in wanted.targets or ()}
    )
    for id_, now in there.items():
        then = base.get(id_, now)
        if id_ in places:
            _moved(now, then, places[id_], wanted, ledger)
        if id_ in cells:
            compare_targets(now, then, by_id.get(id_), cells[id_], ledger)
            if "targets" in wanted.complete:
                said = {(cell.year, cell.ordinal) for cell in cells[id_]}
                lost = [one for one in now.targets if one.year in years and (one.year, one.ordinal) not in said]
                _no_targets(now, [one for one in lost if any(one.text == was.text for was in then.targets)], ledger)
    return _gone(there, base, present, cells, wanted, ledger), Indicators(tree, series)


def _gone(
    there: dict[str, IndicatorRow],
    base: dict[str, IndicatorRow],
    present: set[str],
    cells: dict[str, list[WantedCell]],
    wanted: Wanted,
    ledger: Ledger,
) -> list[Gone]:
    missing = [one for one in there if one in base and one not in present]
    if "targets" in wanted.complete and wanted.targets is not None:
        for id_, row in there.items():
            if id_ in base and id_ not in cells and id_ not in missing:
                _no_targets(row, row.targets, ledger)
    if "indicators" in wanted.complete and wanted.indicators is not None:
        return [(f"indicator/{one}", there[one].name, one) for one in missing]
    if wanted.indicators is not None and missing:
        ledger.left_alone.append(
            f"{len(missing)} indicatori non sono nel file e restano com'erano: {', '.join(missing[:10])}"
        )
    return []


def _no_targets(row: IndicatorRow, lost: Sequence[TargetRow], ledger: Ledger) -> None:
    of = Of(f"indicator/{row.id}", row.name)
    for one in lost:
        command = {"verb": "withdraw_target", "object": row.id, "year": one.year, "ordinal": one.ordinal}
        ledger.step("target_withdrawn", of, None, command, year=one.year, ordinal=one.ordinal, before=one.text,
                    set_by=ledger.set_by.get((of.key, f"target/{one.year}/{one.ordinal}")))  # fmt: skip


# The card.


def _card(there: IndicatorRow, base: IndicatorRow, row: WantedIndicator, found: Match | None, ledger: Ledger) -> None:
    of = Of(f"indicator/{there.id}", there.name, found)
    for field, (type_, name) in CARD.items():
        new, now = getattr(row, field), getattr(there, field)
        if row.says(field) and ledger.differs(of, row, field, wanted=new, held=now, base=getattr(base, field)):
            command = {"verb": "redefine_indicator", "object": there.id, name: new}
            _step(ledger, type_, of, row, field, there, command)
    for field in RECLASSIFIED:
        new, now = getattr(row, field), getattr(there, field)
        if row.says(field) and ledger.differs(of, row, field, wanted=new, held=now, base=getattr(base, field)):
            _step(
                ledger,
                "reclassified",
                of,
                row,
                field,
                there,
                {"verb": "reclassify_indicator", "object": there.id, field: new},
            )
    for field, words in FIXED.items():
        new, now = getattr(row, field), getattr(there, field)
        if (
            row.says(field)
            and new is not None
            and norm(new or None) not in (norm(now or None), norm(getattr(base, field) or None))
        ):
            ledger.left_alone.append(
                f"{ledger.wanted.spot(row.where, field)}: {words} di {there.name!r} non si modifica, resta {now!r}"
            )


def _step(
    ledger: Ledger,
    type_: ItemType,
    of: Of,
    row: WantedIndicator,
    field: str,
    there: IndicatorRow,
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
        set_by=ledger.set_by.get((of.key, field)),
    )


def _reinstated(was: IndicatorRow, id_: str, row: WantedIndicator, found: Match | None, ledger: Ledger) -> None:
    of = Of(f"indicator/{id_}", row.name, found)
    ledger.step("reinstated", of, row, {"verb": "reinstate_indicator", "object": id_}, after=row.name)
    _card(was, was, row, found, ledger)


def _added(id_: str, row: WantedIndicator, places: list[_Place], cells: list[WantedCell], ledger: Ledger) -> None:
    if not places:
        waiting = any(question.answer is None for question in ledger.questions if question.id.startswith("match:"))
        if waiting:
            ledger.warn(row.where, None, "waiting", f"{row.name!r} aspetta una risposta sul suo obiettivo")
        else:
            ledger.problem(
                row.where,
                "objective",
                f"l'indicatore nuovo {row.name[:80]!r} non ha obiettivo",
                "una riga nel foglio Assegnazioni, o la colonna Obiettivo",
            )
        return
    of = Of(f"indicator/{id_}", row.name)
    fields = [*CARD, *RECLASSIFIED, "series", "common", "name_from_formula"]
    said = {name: getattr(row, name) for name in fields if getattr(row, name) not in (None, "", {}, False)}
    if row.polarity_basis == "inferred":  # it is inferred again, from the same signs
        said.pop("polarity", None)
    polarity = row.polarity or inferred_polarity([cell.text for cell in cells if cell.text])
    targets = new_targets(cells, polarity, row.formula, ledger)
    first = places[0]
    command = {CARD[name][1] if name in CARD else name: value for name, value in said.items()} | {
        "verb": "add_indicator",
        "object": id_,
        "objective": first.objective,
        "weight": first.row.weight,
        "feeds": first.row.feeds or "both",
        "targets": targets,
    }
    after = {**said, "objective": first.objective, "weight": first.row.weight, "targets": targets}
    ledger.step("added", of, row, command, after=shown(after))
    for place in places[1:]:
        _assign(id_, row.name, place, ledger)


# The places.


def _places(wanted: Wanted, tree: Tree, objectives: Tree, ledger: Ledger) -> dict[str, list[_Place]]:
    found: defaultdict[str, list[_Place]] = defaultdict(list)
    for row in wanted.places or ():
        indicator, objective = tree.resolve(row.indicator), objectives.resolve(row.objective)
        if indicator is None and not tree.is_open(row.indicator):
            ledger.problem(
                row.where,
                "indicator",
                f"l'indicatore {row.indicator[:80]!r} non si trova, o ce n'è più d'uno",
                "l'identificativo di un indicatore",
            )
        if objective is None and not objectives.is_open(row.objective):
            ledger.problem(
                row.where,
                "objective",
                f"l'obiettivo {row.objective[:80]!r} non si trova, o ce n'è più d'uno",
                "l'identificativo di un obiettivo",
            )
        if indicator is None or objective is None:
            continue
        if any(other.objective == objective for other in found[indicator]):
            ledger.problem(
                row.where, "objective", f"l'indicatore è assegnato due volte a {objective!r}", "una riga sola"
            )
            continue
        found[indicator].append(_Place(row, objective))
    return {one: places for one, places in found.items() if places}


def _moved(there: IndicatorRow, base: IndicatorRow, places: Sequence[_Place], wanted: Wanted, ledger: Ledger) -> None:
    now = {place.objective: place for place in there.places()}
    then = {place.objective: place for place in base.places()}
    said = {place.objective: place for place in places}
    for objective, place in said.items():
        if objective in now:
            _weight(there, now[objective], then.get(objective, now[objective]), place, ledger)
    new = [
        place
        for objective, place in said.items()
        if objective not in now and objective not in (then if held_apart(now, then) else ())
    ]
    gone = [place for objective, place in now.items() if objective not in said and objective in then]
    complete = "places" in wanted.complete
    leaving = gone if complete else gone[: len(new)]
    for place in new:
        _assign(there.id, there.name, place, ledger)
    for one in leaving:
        of = Of(f"assignment/{there.id}/{one.objective}", there.name)
        command = {"verb": "unassign_indicator", "object": there.id, "objective": one.objective}
        row = new[0].row if new else None
        ledger.step("unassigned", of, row, command, before=one.objective, set_by=ledger.set_by.get((of.key, "life")))


def held_apart(now: dict[str, AssignmentRow], then: dict[str, AssignmentRow]) -> bool:
    """Whether the places changed since the document was exported."""
    return now.keys() != then.keys()


def _assign(id_: str, name: str, place: _Place, ledger: Ledger) -> None:
    command = {
        "verb": "assign_indicator",
        "object": id_,
        "objective": place.objective,
        "weight": place.row.weight,
        "feeds": place.row.feeds or "both",
    }
    of = Of(f"assignment/{id_}/{place.objective}", name)
    ledger.step("assigned", of, place.row, command, after=place.objective)


def _weight(there: IndicatorRow, now: AssignmentRow, then: AssignmentRow, place: _Place, ledger: Ledger) -> None:
    of = Of(f"assignment/{there.id}/{now.objective}", there.name)
    row = place.row
    if row.says("weight") and ledger.differs(of, row, "weight", wanted=row.weight, held=now.weight, base=then.weight):
        command = {"verb": "reweigh_indicator", "object": there.id, "objective": now.objective, "weight": row.weight}
        ledger.step("reweighted", of, row, command, field="weight", before=shown(now.weight), after=shown(row.weight),
                    set_by=ledger.set_by.get((of.key, "weight")))  # fmt: skip
    if row.feeds is not None and row.feeds not in (now.feeds, then.feeds):
        ledger.left_alone.append(
            f"{ledger.wanted.spot(row.where, 'feeds')}: che cosa alimenta {there.name!r} non si modifica, resta {now.feeds!r}"
        )
