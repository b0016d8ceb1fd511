"""Compares the objectives of a plan with those that were uploaded."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from domain.documents.diff_builder import DiffBuilder, Subject
from domain.documents.diff_fields import OBJECTIVE, RowHandler, Sides, diff_fields, diff_rows, said_by
from domain.documents.difference import CurrentPlan, ItemType
from domain.documents.plan import ObjectiveRow
from domain.documents.questions import asked_level
from domain.documents.references import MatchedRows
from domain.documents.uploaded import UploadedObjective, UploadedPlan, Where
from domain.objectives.fields import OBJECTIVE_FIELDS

New = tuple[UploadedObjective, str, str | None]
"""A new objective: its row, its id, and its parent."""


def diff_objectives(
    current: CurrentPlan, uploaded: UploadedPlan, matched: MatchedRows, builder: DiffBuilder
) -> list[ObjectiveRow]:
    """Writes down what differs of the objectives; answers those to be withdrawn, the deepest first."""
    in_force = {row.id: row for row in current.document.objectives}
    base = {row.id: row for row in current.base.objectives} if current.base else in_force
    uploaded, waiting = _levelled(current, uploaded, builder)
    new: list[New] = []
    parents = {
        row.where: builder.resolve(matched, row.where, "parent", row.parent, called="l'obiettivo padre")
        for row, id_ in zip(uploaded.objectives or (), matched.ids, strict=True)
        if row.parent and id_ is not None
    }

    def compare(row: UploadedObjective, now: ObjectiveRow, then: ObjectiveRow, position: int) -> None:
        subject = Subject(f"objective/{now.id}", label(now), matched.match(position))
        values = said_by(row, OBJECTIVE)
        if "parent" in values:
            values["parent"] = parents.get(row.where)
            if row.parent and values["parent"] is None:  # it waits for an answer
                del values["parent"]
        if not row.level or row.where in waiting:
            values.pop("level", None)
        diff_fields(OBJECTIVE, subject, row, now, then, builder, named={"object": now.id}, values=values)
        _diff_life(row, subject, now.id, now, builder)

    def add(row: UploadedObjective, id_: str, _: int) -> None:
        parent = parents.get(row.where)
        if row.parent and parent is None:
            builder.warn(row.where, "parent", "waiting", f"{label(row)!r} aspetta la risposta sull'obiettivo padre")
        else:
            new.append((row, id_, parent))

    handler = RowHandler(lambda row: row.title, label, compare, add)
    sides = Sides(in_force, base, current.withdrawn_objectives)
    complete = "objectives" in uploaded.complete
    missing = diff_rows(handler, uploaded.objectives, matched, sides, builder, complete=complete)
    _add(new, builder)
    return deepest_first([in_force[id_] for id_ in missing.ids], in_force) if missing.withdrawn else []


def _levelled(
    current: CurrentPlan, uploaded: UploadedPlan, builder: DiffBuilder
) -> tuple[UploadedPlan, frozenset[Where]]:
    """The objectives with their levels as the plan spells them, and those whose level is still asked about."""
    plan = current.document.plan
    levels = list(dict.fromkeys([*plan.levels, *(row.level for row in current.document.objectives)]))
    rows: list[UploadedObjective] = []
    waiting: set[Where] = set()
    for row in uploaded.objectives or ():
        level = row.level
        if level and levels:
            where = builder.uploaded.location(row.where, "level")
            level = asked_level(level, levels, where, builder)
            if level is None:
                waiting.add(row.where)
        rows.append(row.model_copy(update={"level": level}) if level and level != row.level else row)
    objectives = tuple(rows) if uploaded.objectives is not None else None
    return uploaded._replace(objectives=objectives), frozenset(waiting)


def label(row: ObjectiveRow | UploadedObjective) -> str:
    """What people call an objective: code and title."""
    return " ".join(part for part in (row.code, row.title) if part) or row.id or row.level or ""


def _add(new: list[New], builder: DiffBuilder) -> None:
    """New objectives, a parent before what hangs from it."""
    ids = {id_ for _, id_, _ in new}
    under: defaultdict[str | None, list[New]] = defaultdict(list)
    for objective in new:
        under[objective[2] if objective[2] in ids else None].append(objective)
    waiting = list(reversed(under[None]))
    done: set[str] = set()
    while waiting:
        row, id_, parent = waiting.pop()
        done.add(id_)
        waiting += reversed(under[id_])
        if not row.level:
            builder.problem(row.where, "level", "manca il livello di un obiettivo nuovo", "il nome di un livello")
            continue
        names = (name for name in OBJECTIVE_FIELDS if name != "parent")
        values = {name: value for name in names if (value := getattr(row, name)) not in (None, "", (), {})}
        command = {"verb": "add_objective", "object": id_, "parent": parent, **values}
        subject = Subject(f"objective/{id_}", label(row))
        builder.step("added", subject, row, command, after={**values, "parent": parent})
        _diff_life(row, subject, id_, None, builder)
    for row, id_, parent in new:
        if id_ not in done:
            words = f"{label(row)!r} discende da se stesso (padre {parent})"
            builder.problem(row.where, "parent", words, "un albero senza cicli")


def _diff_life(
    row: UploadedObjective, subject: Subject, id_: str, now: ObjectiveRow | None, builder: DiffBuilder
) -> None:
    if row.condition_met is not None and row.condition_met is not (now.condition_met if now else None):
        what: ItemType = "condition_met" if row.condition_met else "condition_failed"
        command: dict[str, str | int] = {
            "verb": "meet_condition" if row.condition_met else "fail_condition",
            "object": id_,
        }
        builder.step(
            what,
            subject,
            row,
            command,
            field="condition_met",
            before=now and now.condition_met,
            after=row.condition_met,
        )
    neutralised = now.neutralised if now else ()
    for year in row.neutralised:
        if year not in neutralised:
            command = {"verb": "neutralise_objective", "object": id_, "year": year}
            builder.step("neutralised", subject, row, command, field="neutralised", year=year, after=True)
    lost = [year for year in neutralised if year not in row.neutralised]
    if lost and row.says("neutralised"):
        years = ", ".join(map(str, lost))
        builder.ignored.append(f"{subject.name!r} resta neutralizzato per {years}: si annulla l'evento")


def deepest_first(rows: Iterable[ObjectiveRow], in_force: Mapping[str, ObjectiveRow]) -> list[ObjectiveRow]:
    """Objectives, each before what it hangs from."""

    def depth(row: ObjectiveRow) -> int:
        steps, current, seen = 0, row, {row.id}
        while (above := in_force.get(current.parent or "")) is not None and above.id not in seen:
            current = above
            seen.add(current.id)
            steps += 1
        return steps

    return sorted(rows, key=depth, reverse=True)
