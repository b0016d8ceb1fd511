"""Live verification, of the database itself: every stored byte read again, and every answer held against its events."""

import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import groupby
from typing import Literal, NamedTuple

from typing_extensions import TypedDict

from domain.annulments.events import EventsAnnulled
from domain.errors import DomainError
from domain.plans.events import PlanDrafted
from domain.proof.public_keys import key_id
from domain.redactions.events import TextRedacted
from domain.timelines import Annulments
from initinere_verify.record import verify_record
from initinere_verify.slots import subject_of
from initinere_verify.sources import Record, Row, Verdict
from initinere_verify.succession import Trusted
from initinere_verify.trees import Checkpoint, Failed, Head, read_checkpoint
from projections.across.comparison import rows_that_differ
from projections.answers import Count, Name, Text, Version
from projections.proof.coverage import verify_counter, verify_structure
from projections.proof.kept_previews import verify_previews
from projections.proof.log import public_keys
from projections.proof.receipts import ReceiptCount, RecordedBy
from projections.store import sqlite
from projections.store.cursor import Cursor, on_sqlite
from projections.store.envelope import read_envelope, write_instant
from projections.store.facts import FactTable, PostgresFacts, SqliteFacts, day_number, fact_rows
from projections.store.gc_tuning import gc_tuned
from projections.store.owners import ADMINISTRATION, NOBODY, OF_STREAM, PLAN, StreamKey
from projections.store.previews import Seal
from projections.store.reader import Reader

BATCH = 5_000
TEXTS_AT_A_TIME = 500


class Verified(TypedDict):
    """La conferma che tutto è stato riletto e torna, in numeri."""

    verified: Literal[True]
    events: Count
    streams: Count
    checkpoints: Count
    texts: Count
    redacted: list[Text]
    uncovered: Count
    last: Version | None
    against: Version | None
    new_streams: list[Text]
    keys: list[Text]
    lost_keys: Count
    statement: Text


class NotVerified(TypedDict):
    """La prima cosa che non torna: di che genere, dove, che cosa si attendeva e che cosa si è trovato."""

    verified: Literal[False]
    kind: Name
    where: Text
    expected: Text
    found: Text
    statement: Text


def verified(verdict: Verdict) -> Verified:
    """A verdict as it is answered."""
    return {
        "verified": True,
        "events": verdict.events,
        "streams": verdict.streams,
        "checkpoints": verdict.checkpoints,
        "texts": verdict.texts,
        "redacted": verdict.redacted,
        "uncovered": verdict.uncovered,
        "last": verdict.last.number if verdict.last else None,
        "against": verdict.against.number if verdict.against else None,
        "new_streams": verdict.new_streams,
        "keys": [str(entry.key) for entry in verdict.keys],
        "lost_keys": sum(entry.lost for entry in verdict.keys),
        "statement": verdict.statement(),
    }


def not_verified(failure: Failed) -> NotVerified:
    """A failure as it is answered."""
    return {
        "verified": False,
        "kind": failure.kind,
        "where": failure.where,
        "expected": failure.expected,
        "found": failure.found,
        "statement": f"NON VERIFICATO: {failure}",
    }


_FIRST = -(2**63)


def verify_database(
    cursor: Cursor,
    against: Checkpoint | None = None,
    known: Mapping[str, list[bytes]] | None = None,
    progress: Callable[[int], None] = lambda _done: None,
    compared: Callable[[int], None] = lambda _done: None,
    seal: Seal | None = None,
    trusted: Trusted = Trusted(),  # noqa: B008 - it is never changed
) -> Verdict:
    """Verifies everything that one snapshot of the database holds; Failed at the first thing that fails.

    First the record, from its bytes; then what was derived from it: an answer changed behind the events fails too.
    `progress` is told how many events were read again, `compared` how many were held against the answers; `seal` is
    that of kept previews, which cannot be judged without it. What is signed
    follows from what is `trusted`.
    """
    try:
        with _any_bytes(cursor), gc_tuned():
            verify_structure(cursor)
            _columns_of_checkpoints(cursor)
            record = record_of(cursor)
            verdict = verify_record(record, against, known, progress, trusted)
            _order(cursor)
            owners = _owners(cursor, record)
            _derived(cursor, record, owners, compared)
            if seal is not None:
                former = [key_id(key.name, key.public).hex() for key in public_keys(_reader(cursor))[:-1]]
                verify_previews(cursor, seal, former, owners)
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        detail = f"{type(error).__name__}: {error}"
        raise Failed("unreadable", "archivio", "valori della forma di ciascuna colonna", detail) from None
    return verdict


def record_of(cursor: Cursor) -> Record:
    """The database as a record."""
    keys = _keys(cursor)
    streams = set(keys)
    heads = cursor.execute("SELECT number, stream, size, root, positions FROM checkpoint_head").fetchall()
    edges = cursor.execute("SELECT originator_id, size, root, nodes FROM edge").fetchall()
    for row in edges:
        if str(row[0]) not in streams:
            expected = f"{row[1]} eventi, secondo le tabelle dell'albero"
            raise Failed("stream_vanished", f"tabella edge, {row[0]}", expected, "nessun evento")
    for row in cursor.execute("SELECT DISTINCT originator_id FROM leaf").fetchall():
        if str(row[0]) not in streams:
            raise Failed(
                "stream_vanished", f"tabella leaf, {row[0]}", "gli eventi delle foglie registrate", "nessun evento"
            )
    return Record(
        checkpoints=[
            (int(number), str(note))
            for number, note in cursor.execute("SELECT number, note FROM checkpoint ORDER BY number").fetchall()
        ],
        heads=[Head(int(n), str(s), int(size), _bytes(root), _bytes(chain)) for n, s, size, root, chain in heads],
        streams=sorted(streams),
        rows=lambda stream: _rows(cursor, keys[stream]),
        leaves=lambda stream: _leaves(cursor, keys[stream]),
        edges={str(s): (int(size), _bytes(root), _bytes(nodes)) for s, size, root, nodes in edges},
        texts=lambda: _texts(cursor),
        whole=True,
        proofs={},
        stamps={
            int(number): _bytes(token)
            for number, token in cursor.execute("SELECT number, stamped FROM checkpoint").fetchall()
            if token is not None
        },
    )


def _keys(cursor: Cursor) -> dict[str, StreamKey]:
    """The key of each stream as it lies; Failed where events of one stream lie under several."""
    keys: dict[str, StreamKey] = {}
    for row in cursor.execute("SELECT DISTINCT administration, originator_id FROM stored_events").fetchall():
        key = StreamKey(*map(str, row))
        if (other := keys.setdefault(key.stream, key)) != key:
            found = f"eventi di {other.administration!r} e di {key.administration!r}"
            raise _differs("stored_events", key.stream, "gli eventi di una sola amministrazione", found)
    return keys


def _rows(cursor: Cursor, key: StreamKey) -> Iterator[Row]:
    sql = f"""
SELECT position, originator_version, topic, state FROM stored_events
WHERE {OF_STREAM} AND originator_version > ? ORDER BY originator_version LIMIT ?"""  # noqa: S608
    after = _FIRST
    while rows := cursor.execute(sql, (*key, after, BATCH)).fetchall():
        for position, version, topic, state in rows:
            if not isinstance(version, int):
                raise Failed("renumbered_event", key.stream, "un numero", repr(version))
            yield Row(int(position), version, str(topic), _bytes(state))
        after = rows[-1][1]


def _leaves(cursor: Cursor, key: StreamKey) -> list[tuple[int, bytes]]:
    sql = f"SELECT version, hash FROM leaf WHERE {OF_STREAM} ORDER BY version"  # noqa: S608
    rows = cursor.execute(sql, key).fetchall()
    return [(version, _bytes(leaf)) for version, leaf in rows]


def _texts(cursor: Cursor) -> Iterable[tuple[str, str, str | None]]:
    rows = cursor.execute("SELECT digest, salt, text FROM text ORDER BY digest").fetchall()
    return [(str(digest), str(salt), None if text is None else str(text)) for digest, salt, text in rows]


def _bytes(value: object) -> bytes:
    """A blob; one that was put back as text by whoever altered it is still its bytes."""
    return value.encode(errors="surrogateescape") if isinstance(value, str) else bytes(value)  # type: ignore[call-overload]


@contextmanager
def _any_bytes(cursor: Cursor) -> Iterator[None]:
    """Lets SQLite hand over texts that are no longer UTF-8: they are to be found, not to stop the search."""
    connection = getattr(cursor, "connection", None)
    if not isinstance(connection, sqlite3.Connection):
        yield
        return
    before = connection.text_factory
    connection.text_factory = lambda data: data.decode(errors="surrogateescape")
    try:
        yield
    finally:
        connection.text_factory = before


def _columns_of_checkpoints(cursor: Cursor) -> None:
    sql = "SELECT number, made_at, occasion, root, note FROM checkpoint ORDER BY number"
    for number, made_at, occasion, root, note in cursor.execute(sql).fetchall():
        where = f"checkpoint n. {number} dell'archivio"
        try:
            signed = read_checkpoint(str(note), where)
        except Failed as error:
            raise Failed("tree_altered", where, error.expected, error.found) from None
        if (signed.number, signed.made_at, signed.occasion, signed.root, signed.note) != (
            number,
            made_at,
            occasion,
            _bytes(root),
            note,
        ):
            raise Failed(
                "tree_altered", where, f"le colonne del {signed}", f"{made_at}, {occasion}, {_bytes(root).hex()[:16]}…"
            )


def _order(cursor: Cursor) -> None:
    """PostgreSQL hands events on in the order of their transactions: within a stream that is the order of versions."""
    if on_sqlite(cursor):
        return
    sql = f"""
SELECT originator_version, transaction::text::bigint, transaction >= pg_snapshot_xmax(pg_current_snapshot())
FROM stored_events WHERE {OF_STREAM} AND originator_version > ? ORDER BY originator_version LIMIT ?"""  # noqa: S608
    for stream, key in sorted(_keys(cursor).items()):
        before = after = 0
        while rows := cursor.execute(sql, (*key, after, BATCH)).fetchall():
            for version, transaction, ahead in rows:
                if ahead or transaction < before:
                    expected = f"una transazione avvenuta, non prima della {before}"
                    raise Failed("moved_event", f"{stream}, evento {version}", expected, f"la {transaction}")
                before, after = transaction, version


# -- what is derived ---------------------------------------------------------------------------------------------------

CellKey = tuple[str, str]
FactOf = tuple[int, int, str]


def _owners(cursor: Cursor, record: Record) -> dict[str, str]:
    """Whose each stream is, by the events; Failed where its events, or what is said of a plan, are under another."""
    drafted: dict[str, str] = {}
    for stream in (stream for stream in record.streams if stream.startswith(PLAN)):
        row = next(iter(record.rows(stream)))
        if row.topic == PlanDrafted.topic:
            event = read_envelope(row.topic, row.state).event
            drafted[stream] = event.administration if isinstance(event, PlanDrafted) else NOBODY
    owners: dict[str, str] = {}
    for stream, key in sorted(_keys(cursor).items()):
        subject = subject_of(stream)
        owners[stream] = drafted.get(subject, NOBODY)
        if subject.startswith(ADMINISTRATION):
            owners[stream] = subject.removeprefix(ADMINISTRATION)
        if key.administration != owners[stream]:
            expected, found = (f"l'amministrazione {name!r}" for name in (owners[stream], key.administration))
            raise _differs("stored_events", stream, expected, found)
    said = {
        str(s): str(o) for s, o in cursor.execute("SELECT originator_id, administration FROM plan_owner").fetchall()
    }
    for stream in sorted(said.keys() | drafted.keys()):
        if said.get(stream) != drafted.get(stream):
            wanted, there = (repr(of[stream]) if stream in of else "nessuna riga" for of in (drafted, said))
            raise _differs("plan_owner", stream, wanted, there)
    return owners


def _derived(cursor: Cursor, record: Record, owners: Mapping[str, str], progress: Callable[[int], None]) -> None:
    """Every table that is derived says what the events say, and every receipt: no answer was changed behind them."""
    for table in ("cell", "leaf", "edge", *OF_A_STREAM):
        sql = f"SELECT DISTINCT administration, originator_id FROM {table}"  # noqa: S608 - our own names
        for administration, stream in sorted(cursor.execute(sql).fetchall()):
            if str(stream) not in owners:
                raise _differs(table, stream, "nessuna riga: il flusso non ha eventi", "delle righe")
            if administration != owners[str(stream)]:
                wanted, there = (f"l'amministrazione {name!r}" for name in (owners[str(stream)], administration))
                raise _differs(table, stream, wanted, there)
    facts: FactTable = SqliteFacts() if on_sqlite(cursor) else PostgresFacts()
    receipts = ReceiptCount(cursor, owners)
    texts = _TextCount(cursor)
    done = 0
    for stream in record.streams:
        key = StreamKey(owners[stream], stream)
        expected = _expected(stream, record.rows(stream))
        texts.verify(key, expected.texts)
        _facts(cursor, facts, key, expected.facts)
        for table, (columns, order) in OF_A_STREAM.items():
            sql = f"SELECT {', '.join(columns)} FROM {table} WHERE {OF_STREAM} ORDER BY {order}"  # noqa: S608 - our own names
            rows = cursor.execute(sql, key).fetchall()
            _same(table, stream, columns, expected.rows[table], [tuple(row) for row in rows])
        receipts.verify_stream(stream, expected.commands)
        done += expected.events
        progress(done)
    if (orphan := facts.orphan(cursor)) is not None:
        raise _differs("fact", "di nessun oggetto", "nessuna riga", orphan)
    verify_counter(cursor)
    texts.verify_all()
    receipts.verify_all()
    for row in rows_that_differ(_reader(cursor)):
        raise _differs(*row)


def _reader(cursor: Cursor) -> Reader:
    if on_sqlite(cursor):
        return sqlite.SqliteReader(cursor)
    from projections.store.postgres import PostgresReader  # noqa: PLC0415 - of no use to a file: `server_driver`

    return PostgresReader(cursor)


OF_A_STREAM = {
    "boundary": (("day", "version"), "day"),
    "append": (("first", "last", "recorded_at", "horizon"), "first, recorded_at"),
    "annulment": (("version", "since", "annulled", "named"), "since, version"),
}
"""Derived tables that are compared row by row, in an order: columns of a row, and that order."""

TableRows = list[tuple[object, ...]]


class Expected(NamedTuple):
    """What the events of a stream come to."""

    events: int
    facts: dict[CellKey, list[FactOf]]
    rows: dict[str, TableRows]
    commands: list[RecordedBy]
    texts: set[str]


def _expected(stream: str, rows: Iterable[Row]) -> Expected:
    facts: dict[CellKey, list[FactOf]] = {}
    boundaries: dict[int, int] = {}
    stamps: list[tuple[str, int, int]] = []
    commands: list[RecordedBy] = []
    texts: list[tuple[int, str]] = []
    redacted: set[str] = set()
    annulments: TableRows = []
    counting = Annulments()
    horizon = 0
    for row in rows:
        try:
            record = read_envelope(row.topic or "", row.state)
        except DomainError as error:
            raise Failed("unreadable", f"{stream}, evento {row.version}", "un evento noto", str(error)) from None
        effective_on = day_number(record.effective_on)
        horizon = max(horizon, effective_on)
        boundaries.setdefault(effective_on, row.version)
        stamps.append((write_instant(record.recorded_at), row.version, horizon))
        if commands and commands[-1].command_id == record.command_id:
            commands[-1] = commands[-1]._replace(last=row.version)
        else:
            commands.append(RecordedBy(record.command_id, row.version, row.version, record.receipt))
        texts += [(len(commands) - 1, digest) for digest in (record.justification, record.note) if digest]
        if isinstance(record.event, TextRedacted):
            redacted.update(record.event.digests)
        for fact in fact_rows(record.event.facts(), record.effective_on, row.version):
            facts.setdefault((fact.object, fact.field), []).append((fact.day, fact.version, fact.fragment))
        if isinstance(record.event, EventsAnnulled):
            named = set(record.event.versions)
            touched = sorted(counting.add(row.version, record.event.versions) | named)
            annulments += [(v, row.version, int(v in counting.left_out), int(v in named)) for v in touched]
    appends: TableRows = [
        (group[0][1], group[-1][1], recorded_at, group[-1][2])
        for recorded_at, group in (
            (recorded_at, list(rows)) for recorded_at, rows in groupby(stamps, key=lambda stamp: stamp[0])
        )
    ]
    for place, digest in texts:
        if digest in redacted:
            commands[place] = commands[place]._replace(redacted=True)
    days: TableRows = sorted(boundaries.items())
    rows_of = {"boundary": days, "append": appends, "annulment": annulments}
    return Expected(len(stamps), facts, rows_of, commands, {digest for _, digest in texts})


class _TextCount:
    """The texts that events name, each under the administration of its stream."""

    def __init__(self, cursor: Cursor) -> None:
        self._cursor = cursor
        self._met: set[tuple[str, str]] = set()

    def verify(self, key: StreamKey, digests: Collection[str]) -> None:
        """Failed where a text that a stream names lies under another administration."""
        wanted = [digest for digest in sorted(digests) if (key.administration, digest) not in self._met]
        for begin in range(0, len(wanted), TEXTS_AT_A_TIME):
            batch = wanted[begin : begin + TEXTS_AT_A_TIME]
            marks = ", ".join("?" * len(batch))
            sql = f"SELECT digest FROM text WHERE administration = ? AND digest IN ({marks})"  # noqa: S608
            rows = self._cursor.execute(sql, [key.administration, *batch]).fetchall()
            self._met |= {(key.administration, str(row[0])) for row in rows}

    def verify_all(self) -> None:
        """Failed where a text lies under an administration whose events do not name it."""
        sql = "SELECT administration, digest FROM text"
        for row in self._cursor.execute(sql).fetchall():
            if (str(row[0]), str(row[1])) not in self._met:
                expected = "l'amministrazione il cui evento lo cita"
                raise _differs("text", f"testo {row[1]}", expected, f"l'amministrazione {row[0]!r}")


def _facts(cursor: Cursor, table: FactTable, key: StreamKey, expected: dict[CellKey, list[FactOf]]) -> None:
    sql = f"SELECT id, object, field, day, version, fragment, several FROM cell WHERE {OF_STREAM} ORDER BY id"  # noqa: S608
    stream = key.stream
    first_spoken_of = list(expected)
    stored_order: list[CellKey] = []
    for cell, object_, field, *newest in cursor.execute(sql, key).fetchall():
        stored_order.append((str(object_), str(field)))
        wanted = sorted(expected.pop(stored_order[-1], []))
        where = f"{stream}, {object_} {field}"
        if not wanted:
            raise _differs("cell", where, "nessuna riga", str(newest))
        if newest != [*wanted[-1], int(len(wanted) > 1)]:
            raise _differs("cell", where, str(wanted[-1]), str(newest))
        stored = sorted([wanted[-1], *table.earlier(cursor, key.administration, cell)])
        if wanted != stored:
            good, bad = _first_difference(wanted, stored)
            where += f", evento {good[1]}" if good else ""
            raise _differs("fact", where, str(good or "nessun valore"), str(bad or "nessun valore"))
    for (object_, field), rows in expected.items():
        raise _differs("cell", f"{stream}, {object_} {field}", str(rows[0]), "nessun valore")
    for place, (wanted_there, there) in enumerate(zip(first_spoken_of, stored_order, strict=True), start=1):
        if wanted_there != there:
            moved = " ".join(there if stored_order.index(wanted_there) == place else wanted_there)
            raise _differs("cell", f"{stream}, {moved}", "l'ordine in cui se ne parlò", f"un altro, dal posto {place}")


def _first_difference(wanted: list[FactOf], stored: list[FactOf]) -> tuple[FactOf | None, FactOf | None]:
    missing = next((fact for fact in wanted if fact not in stored), None)
    return missing, next((fact for fact in stored if fact not in wanted), None)


def _same(table: str, stream: str, columns: Sequence[str], wanted: TableRows, stored: TableRows) -> None:
    if stored != wanted:
        good = next((row for row in wanted if row not in stored), None)
        bad = next((row for row in stored if row not in wanted), None)
        row = ", ".join(f"{name}={value}" for name, value in zip(columns, good or bad or (), strict=False))
        raise _differs(table, f"{stream}, {row}", str(good or "nessuna riga"), str(bad or "nessuna riga"))


def _differs(table: str, row: str, expected: str, found: str) -> Failed:
    return Failed("projection_altered", f"tabella {table}, {row}", expected, found)
