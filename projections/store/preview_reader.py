"""Reads the store as it would be after an append that nobody records: a dry run, in memory over one snapshot.

What is recorded is read from the snapshot, what is pending from the rows that the append would write; the two are put
together by the rules of the two times, as the tables do. No transaction writes and no lock is held: others record
meanwhile. A property test holds every answer to that of a store in which the append was recorded.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime

import orjson

from domain.annulments.events import EventsAnnulled
from domain.facts import PLAN
from domain.recording import Recorded
from domain.timelines import annulled
from domain.vocabulary import JsonValue
from projections.store.append import Head, Prepared, StreamAppend, next_instant
from projections.store.envelope import write_instant
from projections.store.facts import CellFilter, FactRow, day_number
from projections.store.history_cache import HistoryCache
from projections.store.reader import Known, Reader


class PreviewReader(Reader):
    """The questions, asked of a snapshot and of the append that is pending on it.

    `before` reads what is recorded alone, `recorded_histories` keeps what was read before of whole plans; `recorded_at`
    is the instant that the append would have. SQL on `cursor`, past these methods, sees what is recorded alone, and so
    does the notification log, whose positions only a recording gives.
    """

    def __init__(self, before: Reader, prepared: Prepared, now: datetime, recorded_histories: HistoryCache) -> None:
        super().__init__(before.cursor)
        self.recorded_histories = recorded_histories
        self.facts, self.owners = before.facts, before.owners
        self.before = before
        self._parts: dict[str, StreamAppend] = {part.stream: part for part in prepared.append.streams}
        self._rows = prepared.facts
        self._texts = {text.digest: text.text for texts in prepared.texts.values() for text in texts}
        heads = {stream: before.head(stream) for stream in self._parts}
        self.recorded_at = next_instant(heads.values(), now)
        self._pending: dict[str, list[Recorded]] = {}
        for stream, part in self._parts.items():
            last_day = max([heads[stream].horizon, *(day_number(pending.effective_on) for pending in part.pending)])
            self._heads[stream] = Head(part.last, write_instant(self.recorded_at), last_day)
            self._pending[stream] = [
                Recorded.of(
                    pending, stream, version, self.recorded_at, prepared.append.actor, prepared.append.command_id
                )
                for version, pending in enumerate(part.pending, start=part.expected + 1)
            ]

    def head(self, stream: str) -> Head:
        """Where a stream would stand."""
        return self._heads[stream] if stream in self._parts else self.before.head(stream)

    def pending(self, stream: str) -> list[Recorded]:
        """The events that the append would record in a stream, in their order."""
        return self._pending.get(stream, [])

    # -- the two times ---------------------------------------------------------------------------------------------

    def known(self, stream: str, known_at: datetime | None) -> Known:
        """The version that an instant would mean for a stream."""
        if known_at is None or (stream in self._parts and known_at >= self.recorded_at):
            return super().known(stream, None)
        return self.before.known(stream, known_at)

    def annulled(self, stream: str, version: int) -> set[int]:
        """The versions of a stream that would not count, as known at a version."""
        if not any(isinstance(record.event, EventsAnnulled) for record in self._pending_up_to(stream, version)):
            return self.before.annulled(stream, version)
        return annulled(self.annulments(stream), version)

    def annulments(self, stream: str) -> dict[int, list[int]]:
        """Which versions each annulment of a stream would name."""
        annulled_by = self.before.annulments(stream)
        for record in self.pending(stream):
            if isinstance(record.event, EventsAnnulled):
                annulled_by[record.version] = list(record.event.versions)
        return annulled_by

    def boundary(self, stream: str, as_of: date, known: Known) -> int:
        """The last day up to a date on which something known would take effect."""
        last = min(day_number(as_of), known.horizon)
        days = [day_number(record.effective_on) for record in self._pending_up_to(stream, known.version)]
        return max([self.before.boundary(stream, as_of, known), *(day for day in days if day <= last)])

    def state_json(self, stream: str, as_of: date, known: Known, cells: CellFilter | None = None) -> bytes:
        """The state of a stream as of a date: that of the snapshot, and over it what is pending and comes later.

        A cell of which nothing recorded is in force that day stands at the end.
        """
        recorded = super().state_json(stream, as_of, known, cells)
        day = min(day_number(as_of), known.horizon)
        left_out = self.annulled(stream, known.version)
        pending = [
            row
            for row in self._rows.get(stream, ())
            if row.day <= day and row.version <= known.version and row.version not in left_out and _asked(row, cells)
        ]
        if not pending:
            return recorded
        rows = {(object_, field): row for row in orjson.loads(recorded) for object_, field in [row[:2]]}
        for row in pending:
            recorded_row = rows.get((row.object, row.field))
            if recorded_row is None or (day_number(date.fromisoformat(recorded_row[2])), recorded_row[3]) < (
                row.day,
                row.version,
            ):
                rows[row.object, row.field] = orjson.loads(row.fragment)
        return orjson.dumps(list(rows.values()))

    def only_value(self, stream: str, object_: str, field: str) -> JsonValue:
        """What was, or would be, said once of a field that never changes."""
        recorded = self.before.only_value(stream, object_, field)
        if recorded is not None:
            return recorded
        rows = (row for row in self._rows.get(stream, ()) if (row.object, row.field) == (object_, field))
        row = next(rows, None)
        return orjson.loads(row.fragment)[4] if row else None

    def objects(self, stream: str) -> list[str]:
        """Every object that a stream would speak of."""
        return sorted({*self.before.objects(stream), *(row.object for row in self._rows.get(stream, ()))})

    def fragments(self, stream: str, low: str, high: str, version: int) -> list[str]:
        """What was, or would be, said of the objects from `low` up to `high`."""
        pending = [row for row in self._rows.get(stream, ()) if low <= row.object < high and row.version <= version]
        return [*super().fragments(stream, low, high, version), *(row.fragment for row in pending)]

    # -- the record ------------------------------------------------------------------------------------------------

    def records(self, stream: str, versions: Iterable[int] | None = None, upto: int | None = None) -> list[Recorded]:
        """Events of a stream, with those that are pending."""
        selected = versions if versions is None or isinstance(versions, range) else set(versions)
        pending = self._pending_up_to(stream, upto) if selected is None else self.pending(stream)
        return [
            *self.before.records(stream, selected, upto),
            *(record for record in pending if selected is None or record.version in selected),
        ]

    def log_from(self, start: int, *, inclusive: bool, settled: bool) -> tuple[str, list[object], str]:
        """The log of the snapshot, without what is pending: it has no position."""
        return self.before.log_from(start, inclusive=inclusive, settled=settled)

    def appends(self, stream: str) -> list[tuple[int, int, datetime]]:
        """The appends of a stream, with the pending one."""
        recorded = self.before.appends(stream)
        if part := self._parts.get(stream):
            recorded.append((part.expected + 1, part.last, self.recorded_at))
        return recorded

    def streams(self, prefix: str) -> list[str]:
        """The streams whose id begins with a prefix, with those that the append would begin."""
        new = [s for s, part in self._parts.items() if part.expected == 0 and s.startswith(prefix)]
        return [*self.before.streams(prefix), *sorted(new)]

    def plans_of(self, administrations: Collection[str]) -> list[str]:
        """The streams of the plans of some administrations, with those that the append would begin."""
        drafted = [
            stream
            for stream, rows in self._rows.items()
            for row in rows
            if (row.object, row.field) == (PLAN, "administration") and orjson.loads(row.fragment)[4] in administrations
        ]
        return [*self.before.plans_of(administrations), *sorted(drafted)]

    def texts(self, digests: Sequence[str | None], stream: str) -> Mapping[str, str | None]:
        """The texts that lie beside events, with those of the append."""
        pending = {digest: self._texts[digest] for digest in digests if digest in self._texts}
        return {**pending, **self.before.texts(digests, stream)}

    def _pending_up_to(self, stream: str, version: int | None) -> list[Recorded]:
        return [record for record in self.pending(stream) if version is None or record.version <= version]


def _asked(row: FactRow, cells: CellFilter | None) -> bool:
    return cells is None or row.object in cells.objects or row.field in cells.fields
