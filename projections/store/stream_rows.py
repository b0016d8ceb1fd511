"""The derived rows of streams, made of their events in order: what a rebuild fills its tables with.

They are the rows that the appends of those events wrote (projections/store/append.py), made many at a time: the latest
fact of each cell is found in memory, and every table is filled in the order of its key. A stream that was cut in two is
gone on with from what lies in the tables.
"""

# ruff: noqa: S608 - every name of a table here is ours

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import orjson

from domain.plans.events import PlanDrafted
from domain.proof.merkle import Edge, leaf_hash, unpacked
from projections.store.append import write_annulment
from projections.store.cursor import Cursor, bulk_insert
from projections.store.event_decoding import decode
from projections.store.facts import EarlierFact, FactTable
from projections.store.owners import OF_STREAM, PLAN, StreamKey
from projections.store.schema import COLUMNS

StoredEventRow: TypeAlias = tuple[int, str, bytes]
"""Version, topic and bytes of an event of one stream."""


@dataclass
class RowBatch:
    """Rows of some streams on their way to the tables.

    `cells` is the number of the last cell of all, `changed` are cells whose rows lie in the table, `cut` the streams of
    which some rows do, with the instant of the last append.
    """

    cells: int
    rows: dict[str, list[Sequence[object]]] = field(default_factory=lambda: {table: [] for table in COLUMNS})
    facts: list[EarlierFact] = field(default_factory=list)
    changed: list[Sequence[object]] = field(default_factory=list)
    annulments: list[tuple[StreamKey, int, tuple[int, ...]]] = field(default_factory=list)
    cut: list[tuple[StreamKey, str]] = field(default_factory=list)

    def write(self, cursor: Cursor, facts: FactTable, prefix: str) -> None:
        """Adds them to the tables whose names begin with `prefix`."""
        appended = [(*key, recorded_at) for key, recorded_at in self.cut]
        cursor.executemany(f"DELETE FROM {prefix}append WHERE {OF_STREAM} AND recorded_at = ?", appended)
        cursor.executemany(f"DELETE FROM {prefix}edge WHERE {OF_STREAM}", [key for key, _ in self.cut])
        latest = "day = ?, version = ?, fragment = ?, several = ?"
        cursor.executemany(f"UPDATE {prefix}cell SET {latest} WHERE {OF_STREAM} AND id = ?", self.changed)
        for table, rows in self.rows.items():
            bulk_insert(cursor, prefix + table, COLUMNS[table], rows)
        facts.put_many(cursor, self.facts, prefix)
        for key, version, versions in self.annulments:
            write_annulment(cursor, key, version, versions, f"{prefix}annulment")


class _Cell:
    """A cell with its latest fact; `stored` where its row lies in the table."""

    __slots__ = ("day", "fragment", "number", "several", "stored", "version")

    def __init__(self, number: int, day: int, version: int, fragment: str, *, several: bool, stored: bool) -> None:
        self.number = number
        self.day = day
        self.version = version
        self.fragment = fragment
        self.several = several
        self.stored = stored


class StreamRows:
    """The rows of one stream, as far as its events were taken in."""

    def __init__(self, key: StreamKey) -> None:
        self.version = 0
        self._key = key
        self._horizon = 0
        self._edge = Edge()
        self._days: set[int] = set()
        self._appended: tuple[str, int] | None = None
        self._cells: dict[tuple[str, str], _Cell] = {}

    @classmethod
    def gone_on_with(cls, key: StreamKey, cursor: Cursor, prefix: str) -> "StreamRows":
        """The rows of a stream of which some may lie in the tables, as far as they do."""
        rows = cls(key)
        edge = cursor.execute(f"SELECT size, nodes FROM {prefix}edge WHERE {OF_STREAM}", key).fetchone()
        if edge is None:
            return rows
        rows.version = int(edge[0])
        rows._edge = unpacked(rows.version, bytes(edge[1]))
        sql = f"SELECT recorded_at, first, horizon FROM {prefix}append WHERE {OF_STREAM} ORDER BY recorded_at DESC LIMIT 1"
        for recorded_at, first, horizon in cursor.execute(sql, key).fetchall():
            rows._appended, rows._horizon = (str(recorded_at), first), horizon
        sql = f"SELECT day FROM {prefix}boundary WHERE {OF_STREAM}"
        rows._days = {int(day) for (day,) in cursor.execute(sql, key).fetchall()}
        sql = f"SELECT object, field, id, day, version, fragment, several FROM {prefix}cell WHERE {OF_STREAM}"
        for object_, name, number, day, version, fragment, several in cursor.execute(sql, key).fetchall():
            cell = _Cell(number, day, version, str(fragment), several=bool(several), stored=True)
            rows._cells[str(object_), str(name)] = cell
        return rows

    def take(self, events: Sequence[StoredEventRow], batch: RowBatch) -> None:
        """Takes in the next events, and hands their rows on; UnknownRecord where one cannot be read."""
        if self.version:
            batch.cut.append((self._key, self._appended[0] if self._appended else ""))
        touched: dict[tuple[str, str], _Cell] = {}
        appends: dict[str, list[int]] = {}
        if self._appended is not None and self.version:
            recorded_at, first = self._appended
            appends[recorded_at] = [first, self.version, self._horizon]
        hashes: list[bytes] = []
        for version, topic, state in events:
            event = decode(topic, state)
            if version == 1 and topic == PlanDrafted.topic and self._key.stream.startswith(PLAN):
                batch.rows["plan_owner"].append(self._key)
            day = event.day
            self._horizon = max(self._horizon, day)
            appends.setdefault(event.recorded_at, [version, 0, 0])[1:] = version, self._horizon
            if day not in self._days:
                self._days.add(day)
                batch.rows["boundary"].append((*self._key, day, version))
            hashes.append(leaf_hash(state))
            batch.rows["leaf"].append((*self._key, version, hashes[-1]))
            if event.annuls:
                batch.annulments.append((self._key, version, event.annuls))
            for object_, name, value in event.facts:
                fragment = orjson.dumps((object_, name, event.effective_on, version, value)).decode()
                key = object_, name
                touched[key] = self._fact(key, day, version, fragment, batch)
            self.version = version
        self._edge = self._edge.grown(hashes)
        self._hand_on(touched, appends, batch)

    def _fact(self, key: tuple[str, str], day: int, version: int, fragment: str, batch: RowBatch) -> _Cell:
        cell = self._cells.get(key)
        if cell is None:
            batch.cells += 1
            cell = self._cells[key] = _Cell(batch.cells, day, version, fragment, several=False, stored=False)
            return cell
        cell.several = True
        if day < cell.day:  # and of one day the version is always later
            batch.facts.append((self._key.administration, cell.number, day, version, fragment))
        else:
            batch.facts.append((self._key.administration, cell.number, cell.day, cell.version, cell.fragment))
            cell.day, cell.version, cell.fragment = day, version, fragment
        return cell

    def _hand_on(self, touched: dict[tuple[str, str], _Cell], appends: dict[str, list[int]], batch: RowBatch) -> None:
        for key, cell in touched.items():
            latest = cell.day, cell.version, cell.fragment, int(cell.several)
            if cell.stored:
                batch.changed.append((*latest, *self._key, cell.number))
            else:
                batch.rows["cell"].append((*self._key, cell.number, *key, *latest))
                cell.stored = True
        batch.rows["append"] += [(*self._key, recorded_at, *span) for recorded_at, span in appends.items()]
        recorded_at, (first, _, _) = next(reversed(appends.items()))
        self._appended = recorded_at, first
        edge = self._edge
        batch.rows["edge"].append((*self._key, edge.size, edge.root, edge.packed()))
