"""The rows across administrations held against the events: each plan's computed again, as of the version it was read at."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from projections.across.follower import Across
from projections.across.rows import KEYS, PlanRows, rows_at, rows_held
from projections.across.view import NAME, VERSION, Position, stored_position
from projections.store.cursor import on_sqlite, past_prefix
from projections.store.envelope import read_envelope, write_instant
from projections.store.reader import Known, Reader
from projections.streams import PLANS, discarded, find_plan, plan_stream

NO_ROW = "nessuna riga"
PLAN_TABLE, COUNT_TABLE, CHANGE_TABLE = KEYS


class RowDiffers(NamedTuple):
    """A row of a table that is not what the events say: which, what it should be, what it is."""

    table: str
    row: str
    expected: str
    found: str


def rows_that_differ(reader: Reader) -> Iterator[RowDiffers]:
    """Every row of the followed tables that does not follow from the events, in one snapshot; one plan at a time.

    Rows of another version of this program, or brought here from another server, answer nothing: the next question has
    them dropped and followed anew. They are not compared.
    """
    others = "SELECT name FROM followed WHERE name <> ? ORDER BY name"
    for (name,) in reader.cursor.execute(others, (NAME,)).fetchall():
        yield RowDiffers("followed", f"name={name}", NO_ROW, "una riga")
    position = stored_position(reader)
    if position is None:
        if any(reader.cursor.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchall() for table in KEYS):  # noqa: S608 - ours
            yield RowDiffers("followed", f"name={NAME}", "una riga: quelle che ne dipendono ci sono", NO_ROW)
        return
    event = _event(reader, position.notification_id)
    restored = event is not None and event.transaction == "0" != position.transaction
    if 0 < position.version < VERSION or (restored and not on_sqlite(reader.cursor)):
        return
    yield from _position(reader, position, event)
    reached = _reached(reader, event) if event is not None else {}
    sql = f"SELECT plan, version FROM {PLAN_TABLE}"  # noqa: S608 - our own names
    versions: dict[str, object] = dict(reader.cursor.execute(sql).fetchall())
    for plan in sorted(versions.keys() | reached.keys()):
        yield from _of_plan(reader, plan, versions.get(plan), reached.get(plan, 0), event)
    yield from _orphans(reader)


def _of_plan(reader: Reader, plan: str, version: object, reached: int, event: "_Event | None") -> Iterator[RowDiffers]:
    row, head = f"plan={plan}", reader.head(plan_stream(plan)).version
    if version is None:
        if not discarded(reader, find_plan(reader, plan, even_discarded=True)):
            yield RowDiffers(PLAN_TABLE, row, f"letto fino all'evento {reached}", NO_ROW)
    elif not isinstance(version, int) or not max(reached, 1) <= version <= head:
        expected = f"letto almeno fino all'evento {reached}, e non oltre il {head}" if head else NO_ROW
        yield RowDiffers(PLAN_TABLE, row, expected, f"letto fino all'evento {version}")
    else:
        latest = find_plan(reader, plan)
        known = latest._replace(known=Known(version, latest.known.horizon))
        rows = rows_at(reader, known)
        held = rows_held(reader, plan, years=next(iter(rows[PLAN_TABLE]))[2:4])
        differing = list(_compared(rows, held))
        if differing and event is not None:  # what the administration adopted since may not be followed yet
            owned = latest.administration_known
            followed = owned._replace(version=_followed(reader, known.administration_stream, event))
            if followed != owned:
                differing = list(_compared(rows_at(reader, known._replace(administration_known=followed)), held))
        yield from differing


def _compared(rows: PlanRows, stored: PlanRows) -> Iterator[RowDiffers]:
    for table, (shape, width) in KEYS.items():
        expected, present = ({row[:width]: row for row in of[table]} for of in (rows, stored))
        for key in sorted(expected.keys() | present.keys(), key=repr):
            if expected.get(key) != present.get(key):
                name = _key(shape._fields, key)
                yield RowDiffers(table, name, *_differing(shape._fields, expected.get(key), present.get(key)))


def _key(columns: Iterable[str], key: tuple[object, ...]) -> str:
    return ", ".join(f"{column}={value}" for column, value in zip(columns, key, strict=False))


def _differing(
    columns: Iterable[str], expected: tuple[object, ...] | None, present: tuple[object, ...] | None
) -> tuple[str, str]:
    """What two rows of one key say in the columns in which they differ."""
    if expected is None or present is None:
        return ("una riga", NO_ROW) if present is None else (NO_ROW, "una riga")
    differing = [(c, e, p) for c, e, p in zip(columns, expected, present, strict=True) if e != p]
    return ", ".join(f"{c}={e}" for c, e, _ in differing), ", ".join(f"{c}={p}" for c, _, p in differing)


def _orphans(reader: Reader) -> Iterator[RowDiffers]:
    """Rows of no plan that is listed, or of a year that is not its."""
    within = {COUNT_TABLE: " AND t.year BETWEEN p.first_year AND p.last_year", CHANGE_TABLE: ""}
    for table, of_its_years in within.items():
        shape, width = KEYS[table]
        columns = ", ".join(f"t.{name}" for name in shape._fields[:width])
        sql = f"""
SELECT {columns} FROM {table} t WHERE NOT EXISTS (
    SELECT 1 FROM {PLAN_TABLE} p WHERE p.plan = t.plan{of_its_years})"""  # noqa: S608 - our own names
        for key in reader.cursor.execute(sql).fetchall():
            yield RowDiffers(table, _key(shape._fields, tuple(key)), NO_ROW, "una riga")


# -- the position ------------------------------------------------------------------------------------------------------


class _Event(NamedTuple):
    """The event at a position: the transaction that wrote it, and its instant."""

    position: int
    transaction: str
    recorded_at: str


def _position(reader: Reader, position: Position, event: _Event | None) -> Iterator[RowDiffers]:
    row = f"name={NAME}"
    if position.version != VERSION:
        yield RowDiffers("followed", row, f"version={VERSION}", f"version={position.version}")
    if not position.notification_id:
        if position != Position(version=position.version):
            yield RowDiffers("followed", row, "l'inizio", f"mark={position.transaction}, {position.recorded_at}")
    elif event is None:
        expected = "position di un evento del registro"
        yield RowDiffers("followed", row, expected, f"position={position.notification_id}")
    elif position.transaction != event.transaction:
        yield RowDiffers("followed", row, f"mark={event.transaction}", f"mark={position.transaction}")
    elif position.recorded_at != event.recorded_at:
        latest = _latest(reader, event)  # the clock of another stream may have been ahead
        if not event.recorded_at < position.recorded_at <= latest:
            yield RowDiffers("followed", row, f"recorded_at={latest}", f"recorded_at={position.recorded_at}")


def _event(reader: Reader, position: int) -> _Event | None:
    transaction = "''" if on_sqlite(reader.cursor) else "transaction::text"
    sql = f"SELECT topic, state, {transaction} FROM stored_events WHERE position = ?"  # noqa: S608 - our own names
    row = reader.cursor.execute(sql, (position,)).fetchone()
    if row is None:
        return None
    return _Event(position, str(row[2]), write_instant(read_envelope(row[0], bytes(row[1])).recorded_at))


def _up_to(reader: Reader, event: _Event) -> tuple[str, list[object]]:
    """The events up to one in the order of the log, as a condition."""
    if not on_sqlite(reader.cursor):
        return "(e.transaction, e.position) <= (?::xid8, ?)", [event.transaction, event.position]
    return "e.position <= ?", [event.position]


def _latest(reader: Reader, event: _Event) -> str:
    up_to, params = _up_to(reader, event)
    sql = f"""
SELECT max(a.recorded_at) FROM append a
JOIN stored_events e ON e.administration = a.administration AND e.originator_id = a.originator_id AND e.originator_version = a.first
WHERE {up_to}"""  # noqa: S608
    row = reader.cursor.execute(sql, params).fetchone()
    return str(row[0]) if row else ""


def _followed(reader: Reader, stream: str, event: _Event) -> int:
    """The last version of a stream at a position."""
    up_to, params = _up_to(reader, event)
    sql = f"""
SELECT max(e.originator_version) FROM stored_events e
WHERE e.administration = ? AND e.originator_id = ? AND {up_to}"""  # noqa: S608
    (row,) = reader.cursor.execute(sql, [*reader.key(stream), *params]).fetchall()
    return int(row[0] or 0)


def _reached(reader: Reader, event: _Event) -> dict[str, int]:
    """The last event of each plan that its rows must comprise at a position."""
    up_to, params = _up_to(reader, event)
    sql = f"""
SELECT e.originator_id, max(e.originator_version) FROM stored_events e
WHERE e.originator_id >= ? AND e.originator_id < ? AND e.topic IN ({", ".join("?" * len(Across.topics))}) AND {up_to}
GROUP BY e.originator_id"""  # noqa: S608 - our own names
    ends = PLANS, past_prefix(PLANS)
    rows = reader.cursor.execute(sql, [*ends, *Across.topics, *params]).fetchall()
    return {str(stream).removeprefix(PLANS): int(version) for stream, version in rows}
