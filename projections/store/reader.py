"""Reads the store: states, timelines, the record and its notification log, all from one snapshot of the database.

Other questions run SQL of their own on its cursor, and so on the same snapshot.
"""

from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple, Protocol, TypeAlias

import orjson
from eventsourcing.persistence import Notification

from domain.late import late
from domain.recording import Recorded
from domain.timelines import Cell, Entry, Rows, Timelines
from domain.vocabulary import JsonValue
from projections.store.append import Head, read_head
from projections.store.cursor import Cursor, ForeseeingCursor, past_prefix
from projections.store.envelope import read_envelope, read_instant, write_instant
from projections.store.facts import LAST_VERSION, CellFilter, FactTable, day_number
from projections.store.gc_tuning import gc_tuned
from projections.store.owners import OF_STREAM, Owners, StreamKey

HEADS_AT_A_TIME = 100
"""Of how many streams one statement reads the heads."""
with late:  # a fact is read without
    from domain.plans.history import PlanHistory


class Known(NamedTuple):
    """What is known of a stream at an instant: its version then, and the greatest effective date up to it."""

    version: int
    horizon: int


NotificationRow = tuple[int, str, int, str, bytes]
"""A row of the record, as it lies: position, stream, version, topic, bytes."""


def state_bytes(state: object) -> bytes:
    """The bytes of an event; those of a text that was put in their place by whoever altered them."""
    return state.encode() if isinstance(state, str) else bytes(state)  # type: ignore[call-overload]


class Histories(Protocol):
    """What a process keeps of the histories of plans that it has read."""

    def history(self, reader: "Reader", plan: str, stream: str, owner: str) -> PlanHistory:
        """The history of a plan as the snapshot of the reader holds it; `owner` is the stream of its administration."""


MOST_KEPT_TEXTS = 200


def _between(texts: Iterable[str], low: str, high: str) -> list[str]:
    return [text for text in texts if low <= orjson.loads(text)[0] < high]


Foresight: TypeAlias = Callable[["Reader"], object]
"""Asks a reader what a command is going to ask first, of a server by one message; what it answers is not known yet."""


class _Ahead:
    """What was read of a stream before it was asked: its annulments, its boundaries, and the single values that there are."""

    def __init__(self) -> None:
        self.annulments: list[tuple[int, bool, int]] = []
        self.boundaries: list[tuple[int, int]] = []
        self.values: dict[tuple[str, str], JsonValue] = {}


class KeptPlanRows(Protocol):
    """The rows of the list of plans that a process has read, by the plan and the heads that they were read of."""

    def get(self, plan: str, heads: Hashable, day: int) -> object | None:
        """The row of a plan on a day, at the heads of the streams that it rests on; None where none is kept."""

    def put(self, plan: str, heads: Hashable, days: tuple[int, int | None], row: object) -> None:
        """Keeps a row that says the same from one day until another."""


class Reader:
    """Questions to one snapshot of the store.

    `words_read` are the texts handed out so far: those that a redaction by order may take away.
    """

    facts: FactTable
    histories: "Histories | None" = None
    """What this process read before of whole plans, where the snapshot is one of a store."""
    plan_rows: "KeptPlanRows | None" = None
    """The same of the list of plans."""
    plan_figures: "KeptPlanRows | None" = None
    """The same of the figures beside each row, for which a whole plan is scored."""
    data_version: int | None = None
    """A number that is another one after each write of anybody, where the database tells one without a transaction."""

    def __init__(self, cursor: Cursor) -> None:
        self.cursor = cursor
        self.owners = Owners()
        self._heads: dict[str, Head] = {}
        self._redacted_texts: int | None = None
        self.words_read: set[str] = set()
        self._annulled: dict[tuple[str, int], set[int]] = {}
        self._only_values: dict[tuple[str, str, str], JsonValue] = {}
        self._ranges: dict[tuple[str, int], list[tuple[str, str, list[str]]]] = {}
        self._ahead: dict[str, _Ahead] = {}

    def on_cursor(self, cursor: Cursor) -> "Reader":
        """The same reader on another cursor, with what was read so far; what it reads is its own."""
        other = type(self)(cursor)
        caches = ("_heads", "_ahead", "_annulled", "_only_values")
        vars(other).update({name: dict(vars(self)[name]) for name in caches})
        other.owners = self.owners
        return other

    def key(self, stream: str) -> StreamKey:
        """What the keys of the rows of a stream begin with: for a statement about it alone."""
        return self.owners.key(self.cursor, stream)

    def foresee(self, ask: "Foresight") -> None:
        """Says what is going to be asked, for a server to be asked all of it at once; nothing to a file."""

    def cursor_of(self, streams: Collection[str]) -> Cursor:
        """The cursor, for a statement that reads rows of some streams alone: it brings others only once these go on."""
        del streams
        return self.cursor

    # -- the two times ---------------------------------------------------------------------------------------------

    def head(self, stream: str) -> Head:
        """Where a stream stands."""
        if stream not in self._heads:
            head = read_head(self.cursor, self.key(stream))
            if not head.version and not isinstance(self.cursor, ForeseeingCursor) and self.owners.forget(stream):
                head = read_head(self.cursor, self.key(stream))
            self._heads[stream] = head
        return self._heads[stream]

    def look_up(self, streams: Collection[str]) -> None:
        """Reads where several streams stand in few statements, for whoever asks of each next: on a server each is a way there and back."""
        wanted = [stream for stream in dict.fromkeys(streams) if stream not in self._heads]
        for begin in range(0, len(wanted) - 1, HEADS_AT_A_TIME):
            batch = wanted[begin : begin + HEADS_AT_A_TIME]
            one = (
                f"SELECT * FROM (SELECT originator_id, last, recorded_at, horizon FROM append WHERE {OF_STREAM} "  # noqa: S608
                "ORDER BY recorded_at DESC LIMIT 1) AS head"
            )
            found = dict.fromkeys(batch, Head())
            keys = self._keys(batch)
            for stream, *head in self.cursor.execute(" UNION ALL ".join([one] * len(batch)), keys).fetchall():
                found[str(stream)] = Head(*head)
            self._heads |= found

    def look_ahead(self, streams: Collection[str]) -> None:
        """The same, with the single values, the annulments and the boundaries of them: whoever asks of each next asks no more.

        A few rows each: for whoever shows many streams, and of each of them little.
        """
        self.look_up(streams)
        for begin in range(0, len(streams), HEADS_AT_A_TIME):
            batch = list(streams)[begin : begin + HEADS_AT_A_TIME]
            keys = self._keys(batch)
            these = f"(administration, originator_id) IN (VALUES {', '.join(['(?, ?)'] * len(batch))})"
            ahead = {stream: _Ahead() for stream in batch}
            sql = f"SELECT originator_id, version, annulled, since FROM annulment WHERE {these} ORDER BY version, since"  # noqa: S608
            for stream, *row in self.cursor.execute(sql, keys).fetchall():
                ahead[stream].annulments.append((int(row[0]), bool(row[1]), int(row[2])))
            sql = f"SELECT originator_id, day, version FROM boundary WHERE {these}"  # noqa: S608
            for stream, day, version in self.cursor.execute(sql, keys).fetchall():
                ahead[stream].boundaries.append((int(day), int(version)))
            # A seek each: of all of them in one condition a server would read the index of all the plans that there are.
            one = f"SELECT originator_id, object, field, fragment FROM cell WHERE {OF_STREAM} AND object = 'plan' AND field = 'administration'"  # noqa: S608
            sql = " UNION ALL ".join([one] * len(batch))
            for stream, object_, field, fragment in self.cursor.execute(sql, keys).fetchall():
                ahead[stream].values[object_, field] = orjson.loads(fragment)[4]
            self._ahead |= ahead

    def _keys(self, streams: Collection[str]) -> list[str]:
        """The keys of some streams, one after the other: whose the plans among them are is read by one statement."""
        self.owners.look_up(self.cursor, streams)
        return [part for stream in streams for part in self.key(stream)]

    def known(self, stream: str, known_at: datetime | None) -> Known:
        """The version that an instant means for a stream, 0 when nothing was known of it."""
        if known_at is None:
            head = self.head(stream)
            return Known(head.version, head.horizon)
        sql = f"""
SELECT last, horizon FROM append WHERE {OF_STREAM} AND recorded_at <= ? ORDER BY recorded_at DESC LIMIT 1"""  # noqa: S608
        row = self.cursor.execute(sql, (*self.key(stream), write_instant(known_at))).fetchone()
        return Known(*row) if row else Known(0, 0)

    def knowledge(self, stream: str) -> list[tuple[str, Known]]:
        """What was known of a stream from each of its appends on, by their instants as they are written, in their order."""
        sql = f"SELECT recorded_at, last, horizon FROM append WHERE {OF_STREAM} ORDER BY recorded_at"  # noqa: S608
        rows = self.cursor.execute(sql, self.key(stream)).fetchall()
        return [(str(at), Known(int(last), int(horizon))) for at, last, horizon in rows]

    def has_more_appends(self, stream: str, many: int) -> bool:
        """Whether a stream has more appends than so many."""
        sql = f"SELECT count(*) FROM (SELECT 1 FROM append WHERE {OF_STREAM} LIMIT ?) AS counted"  # noqa: S608
        row = self.cursor.execute(sql, (*self.key(stream), many + 1)).fetchone()
        return row is not None and int(row[0]) > many

    def boundaries(self, stream: str) -> list[tuple[int, int]]:
        """The days, in their order, on which something in a stream takes effect, each with the version since which it does."""
        sql = f"SELECT day, version FROM boundary WHERE {OF_STREAM} ORDER BY day"  # noqa: S608
        return [(int(day), int(version)) for day, version in self.cursor.execute(sql, self.key(stream)).fetchall()]

    def annulled(self, stream: str, version: int) -> set[int]:
        """The versions of a stream that do not count, as known at a version."""
        if (ahead := self._ahead.get(stream)) is not None:
            counting = {v: is_annulled for v, is_annulled, since in ahead.annulments if since <= version}
            return {v for v, is_annulled in counting.items() if is_annulled}
        if (stream, version) not in self._annulled:
            sql = f"SELECT version, annulled FROM annulment WHERE {OF_STREAM} AND since <= ? ORDER BY version, since"  # noqa: S608
            last: dict[int, int] = dict(
                self.cursor.execute(sql, (*self.key(stream), self._bound(stream, version))).fetchall()
            )
            self._annulled[stream, version] = {v for v, is_annulled in last.items() if is_annulled}
        return self._annulled[stream, version]

    def annulments(self, stream: str) -> dict[int, list[int]]:
        """Which versions each annulment of a stream names."""
        sql = f"SELECT since, version FROM annulment WHERE {OF_STREAM} AND named = 1 ORDER BY since, version"  # noqa: S608
        annulled_by: dict[int, list[int]] = {}
        for since, version in self.cursor.execute(sql, self.key(stream)).fetchall():
            annulled_by.setdefault(since, []).append(version)
        return annulled_by

    def boundary(self, stream: str, as_of: date, known: Known) -> int:
        """The last day up to a date on which something known takes effect: the state of that day is that of the date."""
        if (ahead := self._ahead.get(stream)) is not None:
            upto = min(day_number(as_of), known.horizon)
            return max((day for day, since in ahead.boundaries if day <= upto and since <= known.version), default=-1)
        sql = f"SELECT max(day) FROM boundary WHERE {OF_STREAM} AND day <= ? AND version <= ?"  # noqa: S608
        row = self.cursor.execute(
            sql, (*self.key(stream), min(day_number(as_of), known.horizon), known.version)
        ).fetchone()
        return -1 if row is None or row[0] is None else int(row[0])

    def state_json(self, stream: str, as_of: date, known: Known, cells: CellFilter | None = None) -> bytes:
        """The state of a stream as of a date, as known at a version: at most one seek a cell, and no object of Python a cell.

        JSON: a list of `[object, field, effective_on, version, value]`, in the order in which fields were first spoken of.
        Nothing that was known takes effect after the horizon, so that seeking from it keeps an old knowledge with a
        young date from walking over all that was recorded since.
        """
        day = min(day_number(as_of), known.horizon)
        if day < 0:
            return b"[]"
        return self.facts.state(
            self.cursor, self.key(stream), day, known.version, self.annulled(stream, known.version), cells
        )

    def state(self, stream: str, as_of: date, known: Known, cells: CellFilter | None = None) -> dict[Cell, Entry]:
        """The state of a stream as of a date, as known at a version; of some cells only, where they are said."""
        rows = orjson.loads(self.state_json(stream, as_of, known, cells))
        return {(o, f): Entry(date.fromisoformat(day), version, value) for o, f, day, version, value in rows}

    def only_value(self, stream: str, object_: str, field: str) -> JsonValue:
        """What was said, once, of a field that never changes; None when nothing was."""
        if (ahead := self._ahead.get(stream)) is not None and (object_, field) in ahead.values:
            return ahead.values[object_, field]
        if (stream, object_, field) not in self._only_values:
            sql = f"SELECT fragment FROM cell WHERE {OF_STREAM} AND object = ? AND field = ?"  # noqa: S608
            row = self.cursor.execute(sql, (*self.key(stream), object_, field)).fetchone()
            self._only_values[stream, object_, field] = orjson.loads(row[0])[4] if row else None
        return self._only_values[stream, object_, field]

    def objects(self, stream: str) -> list[str]:
        """Every object that a stream ever spoke of, at whatever date."""
        sql = f"SELECT DISTINCT object FROM cell WHERE {OF_STREAM} ORDER BY object"  # noqa: S608
        return [str(row[0]) for row in self.cursor.execute(sql, self.key(stream)).fetchall()]

    def timelines(self, stream: str, version: int | None = None) -> Timelines:
        """The timelines of a stream as known at a version (its head by default), read object by object when asked."""
        version = self.head(stream).version if version is None else version
        annulled = self.annulled(stream, version)

        def load(key: str) -> Rows:
            # An object alone, or all under a prefix.
            low, high = ("", "\x7f") if key == "/" else (key, past_prefix(key) if key.endswith("/") else key + "\x01")
            texts = self.fragments(stream, low, high, version)
            said = orjson.loads(f"[{','.join(texts)}]")
            return [
                (o, f, Entry(date.fromisoformat(day), v, value)) for o, f, day, v, value in said if v not in annulled
            ]

        return Timelines(version=version, load=load)

    def fragments(self, stream: str, low: str, high: str, version: int) -> list[str]:
        """What was said of the objects from `low` up to `high`, by a version, in the order of places."""
        upto = self._bound(stream, version)
        for first, end, texts in self._ranges.get((stream, upto), ()):
            if first <= low and high <= end:
                return texts if (first, end) == (low, high) else _between(texts, low, high)
        texts = self.facts.timelines(self.cursor, self.key(stream), low, high, upto)
        self._keep_range(stream, upto, low, high, texts)
        return texts

    def fragments_of_served(self, stream: str, assignments: str) -> None:
        """Reads what was said of the objectives that an indicator serves, whose `assignments` begin so, in one question."""
        texts = self.facts.served(self.cursor, self.key(stream), assignments)
        by_object: dict[str, list[str]] = {}
        for text in texts:
            by_object.setdefault(orjson.loads(text)[0], []).append(text)
        for object_, of_object in by_object.items():
            self._keep_range(stream, LAST_VERSION, object_, object_ + "\x01", of_object)

    def _keep_range(self, stream: str, upto: int, low: str, high: str, texts: list[str]) -> None:
        """Keeps what is asked again within one reading: few texts, for many are quicker found by the database."""
        if len(texts) <= MOST_KEPT_TEXTS:
            self._ranges.setdefault((stream, upto), []).append((low, high, texts))

    def _bound(self, stream: str, version: int) -> int:
        """A version, or the last that there can be, where the snapshot holds none after it: one statement asks for both."""
        return LAST_VERSION if version >= self.head(stream).version else version

    # -- the record ------------------------------------------------------------------------------------------------

    def records(self, stream: str, versions: Iterable[int] | None = None, upto: int | None = None) -> list[Recorded]:
        """Events of a stream, all or the versions named (a range of them is read at once), in their order."""
        sql = f"SELECT topic, state FROM stored_events WHERE {OF_STREAM}"  # noqa: S608
        if versions is None or isinstance(versions, range):
            first, last = (versions.start, versions.stop - 1) if isinstance(versions, range) else (1, upto)
            params: list[object] = [*self.key(stream), first]
            sql += " AND originator_version >= ?"
            if last is not None:
                sql += " AND originator_version <= ?"
                params.append(last)
            rows = self.cursor.execute(sql + " ORDER BY originator_version", params).fetchall()
        else:
            rows = []
            for version in sorted(set(versions)):
                rows += self.cursor.execute(
                    sql + " AND originator_version = ?", (*self.key(stream), version)
                ).fetchall()
        with gc_tuned():
            return [read_envelope(topic, state_bytes(state)) for topic, state in rows]

    def records_under(self, administration: str, prefix: str, topics: Sequence[str]) -> list[tuple[str, Recorded]]:
        """The events of some topics in all the streams of an administration whose names begin so, each with its stream."""
        sql = f"""
SELECT originator_id, topic, state FROM stored_events
WHERE administration = ? AND originator_id >= ? AND originator_id < ? AND topic IN ({", ".join("?" * len(topics))})
ORDER BY originator_id, originator_version"""  # noqa: S608 - our own words
        rows = self.cursor.execute(sql, (administration, prefix, past_prefix(prefix), *topics)).fetchall()
        return [(str(stream), read_envelope(topic, state_bytes(state))) for stream, topic, state in rows]

    def plan_records(
        self, stream: str, owner: str, versions: Iterable[int] | None = None, upto: int | None = None
    ) -> list[Recorded]:
        """Events of a plan, as `records`, each with the date of its act as the stream of its administration entered it."""
        records = self.records(stream, versions, upto)
        dates: dict[str, date] = {}
        for act in {record.act for record in records if record.act}:
            registered = self.only_value(owner, f"act/{act}", "act")
            if isinstance(registered, dict):
                dates[act] = date.fromisoformat(str(registered["date"]))
        return [record._replace(act_date=dates.get(record.act or "")) if record.act else record for record in records]

    def select_notifications(
        self,
        start: int | None = None,
        limit: int = 1000,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
        stream: str | None = None,
    ) -> list[Notification]:
        """The notification log: events in the order in which they may be followed without missing one.

        As the library's recorders select them; of one stream only, where it is said.
        """
        rows = self.scan(start, limit, stop, topics, inclusive_of_start=inclusive_of_start, stream=stream)
        return [Notification(name, version, topic, state, position) for position, name, version, topic, state in rows]

    def scan(
        self,
        start: int | None = None,
        limit: int = 1000,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
        stream: str | None = None,
        settled: bool = True,
    ) -> list[NotificationRow]:
        """The rows of `select_notifications`, for whoever reads hundreds of thousands a second.

        `settled` holds back what a transaction still under way could come before: only a server has such rows.
        """
        begin = Reader.log_from if stream is not None else type(self).log_from
        where, params, order = begin(self, start or 0, inclusive=inclusive_of_start, settled=settled)
        if stream is not None:
            where, params = f"{where} AND {OF_STREAM}", [*params, *self.key(stream)]
        if stop is not None:
            where, params = f"{where} AND position <= ?", [*params, stop]
        if topics:
            where, params = f"{where} AND topic IN ({', '.join('?' * len(topics))})", [*params, *topics]
        sql = f"SELECT position, originator_id, originator_version, topic, state FROM stored_events WHERE {where} ORDER BY {order} LIMIT ?"  # noqa: S608 - our own names
        return [(p, o, v, t, state_bytes(s)) for p, o, v, t, s in self.cursor.execute(sql, [*params, limit]).fetchall()]

    def log_from(self, start: int, *, inclusive: bool, settled: bool) -> tuple[str, list[object], str]:
        """What the log holds from a position on, as a condition and its parameters; and its order."""
        del settled
        return f"position {'>=' if inclusive else '>'} ?", [start], "position"

    def positions(self, stream: str) -> dict[int, int]:
        """The position of each version of a stream."""
        sql = f"SELECT originator_version, position FROM stored_events WHERE {OF_STREAM}"  # noqa: S608
        return dict(self.cursor.execute(sql, self.key(stream)).fetchall())

    def settled_position(self) -> int:
        """The position behind which everything comes that this snapshot does not see; 0 where nothing is recorded."""
        return self.last_position()

    def last_position(self) -> int:
        """How far the record goes: the position of the last event of all."""
        row = self.cursor.execute("SELECT max(position) FROM stored_events").fetchone()
        return int(row[0] or 0) if row else 0

    def record_mark(self) -> str:
        """What is another text as soon as this snapshot holds anything else of the record, of whatever stream."""
        return str(self.last_position())

    def last_recorded_at(self) -> datetime | None:
        """When the last event of all was recorded; None where nothing is."""
        rows = self.scan(self.last_position(), 1, settled=False)
        return read_envelope(rows[0][3], rows[0][4]).recorded_at if rows else None

    def appends(self, stream: str) -> list[tuple[int, int, datetime]]:
        """The appends of a stream: first and last version, and instant."""
        sql = f"SELECT first, last, recorded_at FROM append WHERE {OF_STREAM} ORDER BY recorded_at"  # noqa: S608
        rows = self.cursor.execute(sql, self.key(stream)).fetchall()
        return [(first, last, read_instant(str(recorded_at))) for first, last, recorded_at in rows]

    def streams(self, prefix: str) -> list[str]:
        """The streams whose id begins with a prefix, in the order of their first event."""
        sql = """
SELECT e.originator_id FROM edge e WHERE e.originator_id >= ? AND e.originator_id < ?
ORDER BY (SELECT a.recorded_at FROM append a WHERE a.administration = e.administration AND a.originator_id = e.originator_id
    ORDER BY a.recorded_at LIMIT 1), e.originator_id"""
        return [str(row[0]) for row in self.cursor.execute(sql, (prefix, past_prefix(prefix))).fetchall()]

    def plans_after(self, after: str, limit: int) -> list[str]:
        """The streams of so many plans, by their names, from the one after a name on."""
        sql = "SELECT originator_id, administration FROM plan_owner WHERE originator_id > ? ORDER BY originator_id LIMIT ?"
        return self.owners.remember(self.cursor.execute(sql, (after, limit)).fetchall())

    def next_boundary(self, stream: str, as_of: date, known: Known) -> int | None:
        """The first day after a date on which something known takes effect; None where nothing does."""
        if (ahead := self._ahead.get(stream)) is not None:
            after = day_number(as_of)
            return min((day for day, since in ahead.boundaries if day > after and since <= known.version), default=None)
        sql = f"SELECT min(day) FROM boundary WHERE {OF_STREAM} AND day > ? AND version <= ?"  # noqa: S608
        row = self.cursor.execute(sql, (*self.key(stream), day_number(as_of), known.version)).fetchone()
        return None if row is None or row[0] is None else int(row[0])

    def texts(self, digests: Sequence[str | None], stream: str) -> Mapping[str, str | None]:
        """The texts that lie beside events of a stream, or of another of the same administration.

        None for one that was redacted by order.
        """
        texts: dict[str, str | None] = {}
        sql = "SELECT text FROM text WHERE administration = ? AND digest = ?"
        for digest in {digest for digest in digests if digest}:
            row = self.cursor.execute(sql, (self.key(stream).administration, digest)).fetchone()
            if row is not None:
                texts[digest] = None if row[0] is None else str(row[0])
        self.words_read.update(text for text in texts.values() if text)
        return texts

    def redacted_texts(self) -> int:
        """How many texts were redacted so far: whatever may hold words is another answer after each."""
        if self._redacted_texts is None:
            row = self.cursor.execute("SELECT count(*) FROM text WHERE text IS NULL").fetchone()
            self._redacted_texts = int(row[0]) if row else 0
        return self._redacted_texts

    def plans_of(self, administrations: Collection[str]) -> list[str]:
        """The streams of the plans of some administrations, in the order of their first event: in one question."""
        wanted = sorted(administrations)
        sql = f"""
SELECT o.originator_id, o.administration FROM plan_owner o WHERE o.administration IN ({", ".join("?" * len(wanted))})
ORDER BY (SELECT a.recorded_at FROM append a WHERE a.administration = o.administration AND a.originator_id = o.originator_id
    ORDER BY a.recorded_at LIMIT 1), o.originator_id"""  # noqa: S608 - our own words
        return self.owners.remember(self.cursor.execute(sql, wanted).fetchall()) if wanted else []

    def receipt(self, command_id: str) -> tuple[str, str] | None:
        """The request and the answer of a command that was taken."""
        sql = "SELECT request, answer FROM receipt WHERE command_id = ? ORDER BY administration"
        row = self.cursor.execute(sql, (command_id,)).fetchone()
        return (str(row[0]), str(row[1])) if row else None
