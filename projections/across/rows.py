"""Read model across administrations, the rows that one plan puts in it: what it is, what it counts, what was changed.

They are read from the plan's own answers (`plan_changes`, `counts_begun`), so that a figure across administrations is the
sum of those that each plan gives by itself. A question about a day adds up what has begun by then.
"""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

import orjson

from domain.administrations.events import AdministrationSystemAdopted
from domain.annulments.events import EventsAnnulled
from domain.changes.counted_by_day import approved_since, counts_begun
from domain.changes.kinds import ChangeKind
from domain.deviations import events as deviations
from domain.event import Aspect, Event
from domain.formulas.events import FormulaConfirmed
from domain.measurements.events import StatusReported
from domain.plans.history import Direction, PlanChange, PlanHistory, plan_changes
from domain.redactions.events import TextRedacted
from domain.rounds.events import RoundClosed, RoundOpened
from domain.scoring.events import ScoreOverridden
from domain.vocabulary import Cause
from projections.plan_history import read_history
from projections.store.cursor import Cursor
from projections.store.envelope import write_instant
from projections.store.reader import Reader
from projections.streams import PlanKnown, discarded, find_plan

SILENT: tuple[type[Event], ...] = (
    StatusReported,
    FormulaConfirmed,
    ScoreOverridden,
    RoundOpened,
    RoundClosed,
    *deviations.EVENTS,
    TextRedacted,
)
"""Events of a plan that no row here can depend on; any other event has its plan read again."""
OF_ITS_PLANS: tuple[type[Event], ...] = (AdministrationSystemAdopted, EventsAnnulled)
"""Events of an administration by which its plans are read again: its rules say which way a bare value is better."""


class AcrossPlanRow(NamedTuple):
    """A plan: whose it is, its years, the day from which it is approved (None for a draft), its last version that counts."""

    plan: str
    administration: str
    first_year: int
    last_year: int
    since: str | None
    version: int


class AcrossCountRow(NamedTuple):
    """So many objectives of a level that one measure begins to count on a day, for a cause or for all."""

    year: int
    plan: str
    measure: str
    cause: str
    level: str
    since: str
    objectives: int


class AcrossChangeRow(NamedTuple):
    """One change of an approved plan: objectives, levels, before and after are JSON; the justification is a digest."""

    plan: str
    version: int
    administration: str
    recorded_at: str
    effective_on: str
    year: int | None
    event: str
    kind: ChangeKind
    restored_kind: ChangeKind | None
    aspect: Aspect
    direction: Direction | None
    objectives: str
    levels: str
    indicator: str | None
    before: str
    after: str
    act: str | None
    cause: Cause | None
    justification: str | None
    actor: str
    retrospective: int


KEYS: dict[str, tuple[type[AcrossPlanRow | AcrossCountRow | AcrossChangeRow], int]] = {
    "across_plan": (AcrossPlanRow, 1),
    "across_count": (AcrossCountRow, 6),
    "across_change": (AcrossChangeRow, 2),
}
"""Each table, the shape of its rows, and how many of their first fields are its key."""

PlanRows = dict[str, set[tuple[object, ...]]]
"""The rows of one plan, by table."""


def rows_of(reader: Reader, plan: str) -> PlanRows:
    """The rows of a plan as known now; of a draft, only that it is there, and none of one that was discarded."""
    return rows_at(reader, find_plan(reader, plan, even_discarded=True))


def plans_listed(reader: Reader, administration: str) -> list[str]:
    """The plans of an administration that have rows."""
    sql = "SELECT plan FROM across_plan WHERE administration = ? ORDER BY plan"
    return [str(row[0]) for row in reader.cursor.execute(sql, (administration,)).fetchall()]


def rows_at(reader: Reader, known: PlanKnown) -> PlanRows:
    """The rows of a plan as known at a version of its stream."""
    if discarded(reader, known):
        return {table: set() for table in KEYS}
    plan, history = known.plan, read_history(reader, known)
    state = history.state(date.max)
    since = approved_since(history)
    versions = [record.version for record in history.records if not isinstance(record.event, SILENT)]
    approved_on = since.isoformat() if since else None
    row = AcrossPlanRow(plan, history.administration, state.first_year, state.last_year, approved_on, max(versions))
    rows: PlanRows = {"across_plan": {row}, "across_count": set(), "across_change": set()}
    if since is not None:
        listed = plan_changes(history, date.max, drafting=False)
        rows["across_change"] = {_change(history, change) for change in listed}
        for year in history.years:
            rows["across_count"].update(
                AcrossCountRow(
                    year, plan, begun.measure, begun.cause, begun.level, begun.since.isoformat(), begun.objectives
                )
                for begun in counts_begun(history, year, since, listed)
            )
    return rows


def rows_held(reader: Reader, plan: str, years: Sequence[object] = ()) -> PlanRows:
    """The rows of a plan that lie in the tables; its counts of the years that it has there, or of other ones."""
    stored: PlanRows = {}
    for table, (shape, _) in KEYS.items():
        columns = ", ".join(shape._fields)
        sql = f"SELECT {columns} FROM {table} WHERE plan = ?"  # noqa: S608 - our own names
        params: list[object] = [plan]
        if table == "across_count":  # its key begins with the year
            years = years or tuple(year for row in stored["across_plan"] for year in row[2:4])
            if not years:
                stored[table] = set()
                continue
            sql += " AND year BETWEEN ? AND ?"
            params += years
        stored[table] = {tuple(row) for row in reader.cursor.execute(sql, params).fetchall()}
    return stored


def version_of(stored: PlanRows) -> int:
    """The version of a plan that its rows were read at; 0 when there are none."""
    return next((int(str(row[-1])) for row in stored["across_plan"]), 0)


def replace(cursor: Cursor, stored: PlanRows, rows: PlanRows) -> None:
    """Writes what is different: what is no longer so goes, what is new comes, the rest is not touched."""
    for table, (shape, width) in KEYS.items():
        stale, new = stored[table] - rows[table], rows[table] - stored[table]
        key = " AND ".join(f"{name} = ?" for name in shape._fields[:width])
        cursor.executemany(f"DELETE FROM {table} WHERE {key}", sorted(row[:width] for row in stale))  # noqa: S608
        columns, marks = ", ".join(shape._fields), ", ".join("?" * len(shape._fields))
        statement = f"INSERT INTO {table} ({columns}) VALUES ({marks})"  # noqa: S608 - our own names
        cursor.executemany(statement, sorted(new, key=lambda row: row[:width]))  # type: ignore[arg-type,return-value]


def _change(history: PlanHistory, change: PlanChange) -> AcrossChangeRow:
    record = change.record
    state = history.state(record.effective_on)
    levels = dict.fromkeys(str(level) for name in change.objectives if (level := state.objective(name, "level")))
    return AcrossChangeRow(
        plan=history.plan,
        version=record.version,
        administration=history.administration,
        recorded_at=write_instant(record.recorded_at),
        effective_on=record.effective_on.isoformat(),
        year=change.year,
        event=record.event.topic,
        kind=change.kind,
        restored_kind=change.restored_kind,
        aspect=change.touch.aspect,
        direction=change.direction,
        objectives=_json(list(change.objectives)),
        levels=_json(list(levels)),
        indicator=change.indicator,
        before=_json(change.before),
        after=_json(change.after),
        act=record.act,
        cause=record.cause,
        justification=record.justification,
        actor=record.actor,
        retrospective=int(record.retrospective),
    )


def _json(value: object) -> str:
    return orjson.dumps(value).decode()
