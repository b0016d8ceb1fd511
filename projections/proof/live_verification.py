"""Live verification, of the database itself: every stored byte read again, and every answer held against its events."""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import groupby
from typing import Literal, NamedTuple

from typing_extensions import TypedDict

from domain.annulments.events import EventsAnnulled
from domain.errors import DomainError
from domain.proof.public_keys import key_id
from domain.redactions.events import TextRedacted
from domain.timelines import Annulments
from initinere_verify.record import verify_record
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
from projections.store.previews import Seal
from projections.store.reader import Reader

BATCH = 5_000


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
            _order(cursor, record)
            _derived(cursor, record, compared)
            if seal is not None:
                former = [key_id(key.name, key.public).hex() for key in public_keys(_reader(cursor))[:-1]]
                verify_previews(cursor, seal, former)
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        detail = f"{type(error).__name__}: {error}"
        raise Failed("unreadable", "archivio", "valori della forma di ciascuna colonna", detail) from None
    return verdict


def record_of(cursor: Cursor) -> Record:
    """The database as a record."""
    streams = [str(row[0]) for row in cursor.execute("SELECT DISTINCT originator_id FROM stored_events").fetchall()]
    heads = cursor.execute("SELECT number, stream, size, root, positions FROM checkpoint_head").fetchall()
    edges = cursor.execute("SELECT stream, size, root, nodes FROM edge").fetchall()
    for row in edges:
        if str(row[0]) not in streams:
            expected = f"{row[1]} eventi, secondo le tabelle dell'albero"
            raise Failed("stream_vanished", f"tabella edge, {row[0]}", expected, "nessun evento")
    for row in cursor.execute("SELECT DISTINCT stream FROM leaf").fetchall():
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
        rows=lambda stream: _rows(cursor, stream),
        leaves=lambda stream: _leaves(cursor, stream),
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


def _rows(cursor: Cursor, stream: str) -> Iterator[Row]:
    sql = """
SELECT position, originator_version, topic, state FROM stored_events
WHERE originator_id = ? AND originator_version > ? ORDER BY originator_version LIMIT ?"""
    after = _FIRST
    while rows := cursor.execute(sql, (stream, after, BATCH)).fetchall():
        for position, version, topic, state in rows:
            if not isinstance(version, int):
                raise Failed("renumbered_event", stream, "un numero", repr(version))
            yield Row(int(position), version, str(topic), _bytes(state))
        after = rows[-1][1]


def _leaves(cursor: Cursor, stream: str) -> list[tuple[int, bytes]]:
    rows = cursor.execute("SELECT version, hash FROM leaf WHERE stream = ? ORDER BY version", (stream,)).fetchall()
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


def _order(cursor: Cursor, record: Record) -> None:
    """PostgreSQL hands events on in the order of their transactions: within a stream that is the order of versions."""
    if on_sqlite(cursor):
        return
    sql = """
SELECT originator_version, transaction::text::bigint, transaction >= pg_snapshot_xmax(pg_current_snapshot())
FROM stored_events WHERE originator_id = ? AND originator_version > ? ORDER BY originator_version LIMIT ?"""
    for stream in record.streams:
        before = after = 0
        while rows := cursor.execute(sql, (stream, after, BATCH)).fetchall():
            for version, transaction, ahead in rows:
                if ahead or transaction < before:
                    expected = f"una transazione avvenuta, non prima della {before}"
                    raise Failed("moved_event", f"{stream}, evento {version}", expected, f"la {transaction}")
                before, after = transaction, version


# -- what is derived ---------------------------------------------------------------------------------------------------

CellKey = tuple[str, str]
FactOf = tuple[int, int, str]


def _derived(cursor: Cursor, record: Record, progress: Callable[[int], None]) -> None:
    """Every table that is derived says what the events say, and every receipt: no answer was changed behind them."""
    for table in ("cell", *OF_A_STREAM):
        named = {str(row[0]) for row in cursor.execute(f"SELECT DISTINCT stream FROM {table}").fetchall()}  # noqa: S608
        for stream in sorted(named - set(record.streams)):
            raise _differs(table, stream, "nessuna riga: il flusso non ha eventi", "delle righe")
    facts: FactTable = SqliteFacts() if on_sqlite(cursor) else PostgresFacts()
    receipts = ReceiptCount(cursor)
    done = 0
    for stream in record.streams:
        expected = _expected(stream, record.rows(stream))
        _facts(cursor, facts, stream, expected.facts)
        for table, (columns, order) in OF_A_STREAM.items():
            sql = f"SELECT {', '.join(columns)} FROM {table} WHERE stream = ? ORDER BY {order}"  # noqa: S608 - our own names
            rows = cursor.execute(sql, (stream,)).fetchall()
            _same(table, stream, columns, expected.rows[table], [tuple(row) for row in rows])
        receipts.verify_stream(stream, expected.commands)
        done += expected.events
        progress(done)
    if (orphan := facts.orphan(cursor)) is not None:
        raise _differs("fact", "di nessun oggetto", "nessuna riga", orphan)
    verify_counter(cursor)
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
    return Expected(len(stamps), facts, {"boundary": days, "append": appends, "annulment": annulments}, commands)


def _facts(cursor: Cursor, table: FactTable, stream: str, expected: dict[CellKey, list[FactOf]]) -> None:
    sql = "SELECT id, object, field, day, version, fragment, several FROM cell WHERE stream = ? ORDER BY id"
    first_spoken_of = list(expected)
    stored_order: list[CellKey] = []
    for cell, object_, field, *newest in cursor.execute(sql, (stream,)).fetchall():
        stored_order.append((str(object_), str(field)))
        wanted = sorted(expected.pop(stored_order[-1], []))
        where = f"{stream}, {object_} {field}"
        if not wanted:
            raise _differs("cell", where, "nessuna riga", str(newest))
        if newest != [*wanted[-1], int(len(wanted) > 1)]:
            raise _differs("cell", where, str(wanted[-1]), str(newest))
        stored = sorted({wanted[-1], *table.earlier(cursor, cell)})
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
