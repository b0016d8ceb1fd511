"""Notes what a reader is asked while an answer is made: as long as that reads the same, the answer is the same.

What was known of a stream at a version never changes, so that of a stream its head is noted, or what an instant means for
it, however much of it is read. Whatever else is asked, in whichever statement, is noted by what it brought, and asked
again: a question that reads something new is held to that without a word said of it anywhere.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from hashlib import blake2b
from typing import Any, NamedTuple

from domain.recording import Recorded
from domain.vocabulary import JsonValue
from initinere_verify.slots import subject_of
from projections.store.append import Head
from projections.store.cursor import Cursor
from projections.store.facts import CellFilter
from projections.store.owners import PLAN, StreamKey
from projections.store.reader import Foresight, Known, Reader

MOST_STATEMENTS = 64
"""By how many statements, beside the streams, an answer is held to what it rests on; one of more is not kept."""
BYTES_OF_ONE = 300
"""About what one thing that was noted takes in memory."""


class NotedStatement(NamedTuple):
    """A statement, and a digest of the rows that it brought."""

    sql: str
    params: tuple[object, ...]
    rows: bytes

    def brings_the_same(self, cursor: Cursor) -> bool:
        """Whether it brings the same rows again."""
        return _digest(cursor.execute(self.sql, self.params).fetchall()) == self.rows


class RestsOn(NamedTuple):
    """All that an answer rests on in a store: heads of streams, what instants mean, single values, statements, redactions."""

    redacted: int
    heads: tuple[tuple[str, Head], ...]
    known: tuple[tuple[str, datetime, Known], ...]
    values: tuple[tuple[str, str, str, JsonValue], ...]
    statements: tuple[NotedStatement, ...]

    def stands(self, reader: Reader) -> bool:
        """Whether a snapshot holds the same: an answer made on it would say the same."""
        reader.look_up([stream for stream, _ in self.heads])
        return (
            reader.redacted_texts() == self.redacted
            and all(reader.head(stream) == head for stream, head in self.heads)
            and all(reader.known(stream, at) == known for stream, at, known in self.known)
            and all(reader.only_value(*asked) == value for *asked, value in self.values)
            and all(statement.brings_the_same(reader.cursor) for statement in self.statements)
        )

    @property
    def is_short(self) -> bool:
        """Whether it takes a few seeks to see whether it stands, and nothing that reads many rows."""
        return not self.statements and sum(map(len, self[1:])) <= MOST_STATEMENTS

    @property
    def streams(self) -> frozenset[str]:
        """The streams that it rests on, as far as they are told by name."""
        return frozenset(
            [stream for stream, _ in self.heads]
            + [stream for stream, *_ in self.known]
            + [stream for stream, *_ in self.values]
        )

    @property
    def size(self) -> int:
        """About how many bytes it takes in memory."""
        return BYTES_OF_ONE * (1 + sum(map(len, self[1:])))


class _NotingCursor:
    """A cursor whose statements are noted, each with the rows that it brought."""

    def __init__(self, cursor: Cursor, noted: list[NotedStatement]) -> None:
        self._cursor = cursor
        self._noted = noted
        self._rows: Iterator[tuple[Any, ...]] = iter(())

    @property
    def connection(self) -> object:
        """The connection, by which the two databases are told apart."""
        return getattr(self._cursor, "connection", None)

    @property
    def server_version(self) -> int:
        """The version of a server, as a number."""
        return int(self._cursor.server_version)  # type: ignore[attr-defined]  # of a server alone

    def execute(self, sql: str, params: Sequence[object] = ()) -> "_NotingCursor":
        """Runs one statement."""
        rows = self._cursor.execute(sql, params).fetchall()
        self._noted.append(NotedStatement(sql, tuple(params), _digest(rows)))
        self._rows = iter(rows)
        return self

    def executemany(self, sql: str, rows: Iterable[Sequence[object]]) -> object:
        """Refused: what is noted is reading."""
        del sql, rows
        raise TypeError("an answer that is to be kept writes nothing")

    def fetchall(self) -> list[tuple[Any, ...]]:
        """All the rows of the last statement that were not taken yet."""
        return list(self._rows)

    def fetchone(self) -> tuple[Any, ...] | None:
        """The next row of the last statement."""
        return next(self._rows, None)


class NotingReader(Reader):
    """The questions of a reader, asked of it, and noted.

    What is not asked in a way of its own here goes through a cursor that notes statements.
    """

    def __init__(self, plain: Reader) -> None:
        super().__init__(plain.cursor)
        self.plain = plain
        self.facts, self.owners = plain.facts, plain.owners
        self.histories, self.plan_rows, self.plan_figures = plain.histories, plain.plan_rows, plain.plan_figures
        self.words_read = plain.words_read
        self._statements: list[NotedStatement] = []
        self.cursor = _NotingCursor(plain.cursor, self._statements)
        self._noted_heads: dict[str, Head] = {}
        self._noted_known: dict[tuple[str, datetime], Known] = {}
        self._noted_values: dict[tuple[str, str, str], JsonValue] = {}
        self._reach: dict[str, int] = {}
        self._is_whole = True

    def rests_on(self) -> RestsOn | None:
        """What was asked so far; None where something was read past the reader, or too much to be asked again."""
        if not self._is_whole or len(self._statements) > MOST_STATEMENTS:
            return None
        return RestsOn(
            self.plain.redacted_texts(),
            tuple(self._noted_heads.items()),
            tuple((*asked, known) for asked, known in self._noted_known.items()),
            tuple((*asked, value) for asked, value in self._noted_values.items() if asked[0] not in self._noted_heads),
            tuple(dict.fromkeys(self._statements)),
        )

    def forgo(self) -> None:
        """Says that something is read past the reader: nobody knows then what the answer rests on."""
        self._is_whole = False

    def _as_known(self, stream: str, version: int) -> Reader:
        """The plain reader, for what never changes of a stream up to a version; beyond what is noted of it, its head is."""
        if version > self._reach.get(stream, -1):
            self.head(stream)
        return self.plain

    def _reaches(self, stream: str, version: int) -> None:
        self._reach[stream] = max(version, self._reach.get(stream, -1))

    def _now(self, stream: str) -> Reader:
        """The plain reader, for what changes with the head of a stream."""
        self.head(stream)
        return self.plain

    # -- the two times ---------------------------------------------------------------------------------------------

    def head(self, stream: str) -> Head:
        """Where a stream stands."""
        head = self._noted_heads[stream] = self.plain.head(stream)
        self._reaches(stream, head.version)
        return head

    def look_up(self, streams: Collection[str]) -> None:
        """Reads where several streams stand; what is asked of each is noted then."""
        self.plain.look_up(streams)

    def look_ahead(self, streams: Collection[str]) -> None:
        """The same, with what is asked of each next."""
        self.plain.look_ahead(streams)

    def foresee(self, ask: Foresight) -> None:
        """Says what is going to be asked: it is noted when it is."""
        self.plain.foresee(ask)

    def known(self, stream: str, known_at: datetime | None) -> Known:
        """The version that an instant means for a stream."""
        if known_at is None:
            return super().known(stream, None)
        known = self._noted_known[stream, known_at] = self.plain.known(stream, known_at)
        self._reaches(stream, known.version)
        return known

    def annulled(self, stream: str, version: int) -> set[int]:
        """The versions of a stream that do not count, as known at a version."""
        return self._as_known(stream, version).annulled(stream, version)

    def annulments(self, stream: str) -> dict[int, list[int]]:
        """Which versions each annulment of a stream names."""
        return self._now(stream).annulments(stream)

    def boundary(self, stream: str, as_of: date, known: Known) -> int:
        """The last day up to a date on which something known takes effect."""
        return self._as_known(stream, known.version).boundary(stream, as_of, known)

    def next_boundary(self, stream: str, as_of: date, known: Known) -> int | None:
        """The first day after a date on which something known takes effect."""
        return self._as_known(stream, known.version).next_boundary(stream, as_of, known)

    def state_json(self, stream: str, as_of: date, known: Known, cells: CellFilter | None = None) -> bytes:
        """The state of a stream as of a date, as known at a version."""
        return self._as_known(stream, known.version).state_json(stream, as_of, known, cells)

    def only_value(self, stream: str, object_: str, field: str) -> JsonValue:
        """What was said, once, of a field that never changes."""
        value = self._noted_values[stream, object_, field] = self.plain.only_value(stream, object_, field)
        return value

    def objects(self, stream: str) -> list[str]:
        """Every object that a stream ever spoke of."""
        return self._now(stream).objects(stream)

    def fragments(self, stream: str, low: str, high: str, version: int) -> list[str]:
        """What was said of some objects, by a version."""
        return self._as_known(stream, version).fragments(stream, low, high, version)

    def fragments_of_served(self, stream: str, assignments: str) -> None:
        """Reads ahead what was said of the objectives that an indicator serves."""
        self._now(stream).fragments_of_served(stream, assignments)

    # -- the record ------------------------------------------------------------------------------------------------

    def records(self, stream: str, versions: Iterable[int] | None = None, upto: int | None = None) -> list[Recorded]:
        """Events of a stream; of those that are not there yet, that they are not."""
        if versions is not None and not isinstance(versions, range):
            versions = set(versions)
        wanted = upto if versions is None else max(versions, default=0)
        reader = self._now(stream) if wanted is None else self._as_known(stream, wanted)
        return reader.records(stream, versions, upto)

    def log_from(self, start: int, *, inclusive: bool, settled: bool) -> tuple[str, list[object], str]:
        """The log from a position on; what is settled of it changes by itself on a server."""
        self.forgo()
        return self.plain.log_from(start, inclusive=inclusive, settled=settled)

    def record_mark(self) -> str:
        """What tells that anything was recorded; what is settled changes by itself on a server."""
        self.forgo()
        return self.plain.record_mark()

    def positions(self, stream: str) -> dict[int, int]:
        """The position of each version of a stream."""
        return self._now(stream).positions(stream)

    def appends(self, stream: str) -> list[tuple[int, int, datetime]]:
        """The appends of a stream."""
        return self._now(stream).appends(stream)

    def texts(self, digests: Sequence[str | None], stream: str) -> Mapping[str, str | None]:
        """The texts that lie beside events: they change by redactions alone, which are counted."""
        return self.plain.texts(digests, stream)

    def redacted_texts(self) -> int:
        """How many texts were redacted so far."""
        return self.plain.redacted_texts()

    def key(self, stream: str) -> StreamKey:
        """What the keys of the rows of a stream begin with; that there is no such plan is noted by its head."""
        key = self.plain.key(stream)
        if not key.administration and (subject := subject_of(stream)).startswith(PLAN):
            self.head(subject)
        return key

    def cursor_of(self, streams: Collection[str]) -> Cursor:
        """The cursor, for a statement that reads rows of some streams alone."""
        for stream in streams:
            self.head(stream)
        return self.plain.cursor


def _digest(rows: Sequence[tuple[Any, ...]]) -> bytes:
    return blake2b(repr([tuple(row) for row in rows]).encode(), digest_size=16).digest()
