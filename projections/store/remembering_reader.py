"""The reader of the event loop: it remembers where streams stand, and their boundaries, while nothing was written to the file.

Only what a stream said up to a version is asked of it, and that never changes: a stream is read again once its head has
moved, which is looked at once after each write (`PRAGMA data_version`).
"""

from bisect import bisect_right
from datetime import date, datetime

from domain.vocabulary import JsonValue
from projections.store.append import Head, read_head
from projections.store.cursor import Cursor
from projections.store.envelope import write_instant
from projections.store.facts import CellFilter, day_number
from projections.store.reader import Known
from projections.store.sqlite import SqliteReader

MOST_STREAMS = 2_000
MOST_STATES = 64
LONGEST = 5_000
"""How many events a stream may have that is remembered: of a longer one each question is a seek."""


class _Stream:
    """What is remembered of one stream, as of its head."""

    def __init__(self, reader: SqliteReader, stream: str, head: Head) -> None:
        self.head = head
        self.looked_at = -1
        self.states: dict[tuple[int, int, CellFilter], bytes] = {}
        self.values: dict[tuple[str, str], JsonValue] = {}
        knowledge = reader.knowledge(stream) if head.version <= LONGEST else []
        self.instants = [at for at, _ in knowledge]
        self.known = [known for _, known in knowledge]
        boundaries = reader.boundaries(stream) if head.version <= LONGEST else []
        self.days = [day for day, _ in boundaries]
        self.since = [version for _, version in boundaries]


class RememberingReader(SqliteReader):
    """The questions, asked of SQLite on one connection, one snapshot after the other."""

    def __init__(self, cursor: Cursor) -> None:
        super().__init__(cursor)
        self._streams: dict[str, _Stream] = {}
        self.data_version: int = -1

    def begin(self, cursor: Cursor) -> None:
        """Reads on from another snapshot of the same connection."""
        self.cursor = cursor
        row = cursor.execute("PRAGMA data_version").fetchone()
        version = int(row[0]) if row else -1
        self.words_read = set()
        self._only_values, self._ranges = {}, {}
        if version != self.data_version:
            self.data_version = version
            self._heads = {}
            self._redacted_texts = None
            self._annulled = {}

    def _of(self, stream: str) -> _Stream:
        remembered = self._streams.get(stream)
        if remembered is None or remembered.looked_at != self.data_version:
            head = read_head(self.cursor, self.key(stream))
            if remembered is None or remembered.head != head:
                if len(self._streams) >= MOST_STREAMS:
                    self._streams.clear()
                remembered = self._streams[stream] = _Stream(self, stream, head)
            remembered.looked_at = self.data_version
        return remembered

    def head(self, stream: str) -> Head:
        """Where a stream stands."""
        return self._of(stream).head

    def known(self, stream: str, known_at: datetime | None) -> Known:
        """The version that an instant means for a stream, 0 when nothing was known of it."""
        remembered = self._of(stream)
        if known_at is None or remembered.head.version > LONGEST:
            return super().known(stream, known_at)
        place = bisect_right(remembered.instants, write_instant(known_at))
        return remembered.known[place - 1] if place else Known(0, 0)

    def boundary(self, stream: str, as_of: date, known: Known) -> int:
        """The last day up to a date on which something known takes effect."""
        remembered = self._of(stream)
        if remembered.head.version > LONGEST:
            return super().boundary(stream, as_of, known)
        place = bisect_right(remembered.days, min(day_number(as_of), known.horizon)) - 1
        while place >= 0 and remembered.since[place] > known.version:
            place -= 1
        return remembered.days[place] if place >= 0 else -1

    def state_json(self, stream: str, as_of: date, known: Known, cells: CellFilter | None = None) -> bytes:
        """The state of a stream as of a date, as known at a version; of some cells, it is the same up to a boundary."""
        if cells is None:
            return super().state_json(stream, as_of, known, cells)
        states, at = self._of(stream).states, (self.boundary(stream, as_of, known), known.version, cells)
        if at not in states:
            if len(states) >= MOST_STATES:
                states.clear()
            states[at] = super().state_json(stream, as_of, known, cells)
        return states[at]

    def only_value(self, stream: str, object_: str, field: str) -> JsonValue:
        """What was said, once, of a field that never changes."""
        values, cell = self._of(stream).values, (object_, field)
        if cell not in values:
            values[cell] = super().only_value(stream, object_, field)
        return values[cell]
