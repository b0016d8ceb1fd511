"""Store copy: a whole record into an empty store, of either database, and proves that the copy is the same.

What is the record goes over as it lies: bytes, positions, instants, texts with their salts, receipts, checkpoints; and
beside it the people of the accounts, and what lets them in. What is derived is built from the record at the destination. All of it is one transaction there, and it ends with the proof: a copy
that was interrupted, found no room, or differs, was never made.
"""

import hashlib
import sqlite3
from collections.abc import Callable, Iterator
from typing import NamedTuple

import psycopg
from psycopg.errors import InsufficientPrivilege

from domain.errors import Refusal, StoreRefused
from initinere_verify.sources import Verdict
from initinere_verify.trees import Failed
from projections.proof.live_verification import verify_database
from projections.rebuild import rebuild_within
from projections.store import postgres, schema, sqlite
from projections.store.cursor import Cursor
from projections.store.store import Store
from projections.streams import PLANS

BATCH = 2_000
SHOWN = 20
EVENTS = "stored_events"

RECORD = {
    EVENTS: ("position", "administration", "originator_id", "originator_version", "topic", "state"),
    "text": ("administration", "digest", "salt", "text"),
    "receipt": ("administration", "command_id", "request", "answer"),
    "checkpoint": ("number", "made_at", "occasion", "root", "note", "stamped"),
    "checkpoint_head": ("stream", "number", "size", "root", "positions"),
}
"""The tables of the record that are copied, with their columns: those of its key first."""

BESIDE = {
    "person": ("account", "name", "login"),
    "access": ("kind", "id", "account", "state", "created_at", "used_at", "expires_at"),
}
"""The same of what is copied beside the record: who the accounts are, and their credentials and tokens."""

COPIED = RECORD | BESIDE

KEYS = {"text": 2, "receipt": 2, "checkpoint_head": 2, "access": 2}
"""How many columns a key has, where it is more than one."""

ROWS = {"access": "kind NOT IN ('session', 'step')"}
"""Which rows of a table are copied, where not all of them: nobody is in, or on the way in, at the copy."""

WAYS_IN = "kind NOT IN ('session', 'step', 'form', 'check', 'webhook', 'letter', 'mail', 'reminder')"
"""Which of the rows are ways to come in, as they are counted for people."""

LEFT = ("preview", "attempt", *schema.FOLLOWED)
"""What is not copied: a preview expires; who knocked is counted anew; a follower begins again from the first event."""

ENTERED_ANEW = "\nNella copia ognuno entra di nuovo, con le credenziali e i token che ha: le sessioni non si copiano."

COPIED_BEFORE_ALL = "'0'"
"""The transaction of copied events on a server: below any of its own, so that they come first, by position."""

Columns = tuple[object, ...]

CopyProgress = Callable[[str, int, int], None]
"""Is told what is being done, how many events it has come to, of how many."""


class CopyDiffers(Refusal):
    """What was copied is not what was read; the list says where. Nothing of it was kept."""

    name = "copy_differs"
    title = "La copia non è uguale all'origine"


class Copied(NamedTuple):
    """What was copied, in numbers, and what the verification of the copy found."""

    plans: int
    streams: int
    events: int
    texts: int
    redacted: int
    receipts: int
    checkpoints: int
    people: int
    credentials: int
    verdict: Verdict

    def statement(self) -> str:
        """The outcome in Italian."""
        last = self.verdict.last
        signed = f"il {last} si verifica sulla copia" if last else "nessun checkpoint era stato fatto"
        copied = (
            (self.plans, "piano", "piani"),
            (self.streams, "flusso", "flussi"),
            (self.events, "evento", "eventi"),
            (self.texts, "testo", "testi"),
            (self.redacted, "testo oscurato", "testi oscurati"),
            (self.receipts, "ricevuta di comando", "ricevute di comandi"),
            (self.checkpoints, "checkpoint", "checkpoint"),
            (self.people, "persona", "persone"),
            (self.credentials, "modo di entrare", "modi di entrare"),
        )
        return (
            f"COPIATO: {', '.join(f'{number} {singular if number == 1 else plural}' for number, singular, plural in copied)}.\n"
            "Riletti l'origine e la copia: ogni flusso ha la stessa impronta, con gli stessi byte, istanti e posizioni,\n"
            "e la stessa radice; ogni tabella copiata ha le stesse righe; le proiezioni sono quelle che gli eventi dicono;\n"
            f"{signed}.{ENTERED_ANEW if self.people else ''}"
        )


class Fingerprint(NamedTuple):
    """What two stores are compared by: how many rows, and a digest over them in their order."""

    rows: int
    digest: str = ""

    def __str__(self) -> str:
        return f"{self.rows} righe, impronta {self.digest[:16]}…" if self.digest else f"{self.rows} righe"


def copy_store(source: Store, target: Store, progress: CopyProgress = lambda _what, _done, _total: None) -> Copied:
    """Copies what one snapshot of the source holds into the target, and proves it; the source is only read.

    StoreRefused, and nothing is written, when the target holds anything; CopyDiffers, and nothing is kept, when what is
    read there at the end is not what is read at the source.
    """
    with source.datastore.cursor() as source_cursor, target.datastore.cursor(commit=True) as target_cursor:
        _claim(target, target_cursor)
        _copy_record(source_cursor, target, target_cursor, progress)
        target.datastore.raise_mark(target_cursor, source.datastore.mark(source_cursor))  # type: ignore[arg-type]
        rebuild_within(type(target.datastore), target_cursor, lambda done, total: progress("ricostruiti", done, total))
        return _proved(source_cursor, target_cursor, progress)


def _claim(target: Store, cursor: Cursor) -> None:
    """Keeps other writers out until the copy is there, or is not; StoreRefused unless the target is empty."""
    if isinstance(target.datastore, sqlite.Datastore):
        target.datastore.bring_up(cursor)  # type: ignore[arg-type]  # a cursor of its own
    tables = (*COPIED, *schema.PROJECTED)
    if _on_server(target):
        try:
            cursor.execute(f"LOCK TABLE {', '.join(tables)} IN EXCLUSIVE MODE")
        except InsufficientPrivilege as error:
            accepted = "il ruolo che possiede le tabelle, lo stesso di initinere migrate"
            raise StoreRefused("questo ruolo non può ricevere una copia", accepted=accepted, where="A") from error
    filled = [table for table in tables if _count(cursor, _rows(table))]
    if filled:
        detail = f"la destinazione non è vuota ({', '.join(filled)}): non è stata toccata"
        raise StoreRefused(
            detail, accepted="un file nuovo, o una base di dati appena preparata da initinere migrate", where="A"
        )


def _copy_record(source_cursor: Cursor, target: Store, target_cursor: Cursor, progress: CopyProgress) -> None:
    server = _on_server(target)
    total = _count(source_cursor, EVENTS)
    for table, columns in COPIED.items():
        rows_copied = 0
        statement = _insert(table, columns, server=server)
        batches = _batches(source_cursor, table)
        while rows := _next(batches, table):
            if server:
                _refuse_nul(table, rows)
            target_cursor.executemany(statement, rows)
            rows_copied += len(rows)
            if table == EVENTS:
                progress("copiati", rows_copied, total)
    if server and total:
        sql = f"SELECT setval(pg_get_serial_sequence('{EVENTS}', 'position'), (SELECT max(position) FROM {EVENTS}))"  # noqa: S608 - our own names
        target_cursor.execute(sql)


def _next(batches: Iterator[list[Columns]], table: str) -> list[Columns]:
    try:
        return next(batches, [])
    except (sqlite3.Error, psycopg.Error) as error:
        detail = f"l'origine non si legge ({table}): {error}"
        raise StoreRefused(detail, accepted="un archivio che initinere verify conferma", where="DA") from error


def _insert(table: str, columns: tuple[str, ...], *, server: bool) -> str:
    names, values = ", ".join(columns), ", ".join("?" * len(columns))
    if table != EVENTS or not server:
        return f"INSERT INTO {table} ({names}) VALUES ({values})"  # noqa: S608 - our own names
    return f"INSERT INTO {table} ({names}, transaction) OVERRIDING SYSTEM VALUE VALUES ({values}, {COPIED_BEFORE_ALL})"  # noqa: S608


def _refuse_nul(table: str, rows: list[Columns]) -> None:
    """PostgreSQL holds every character but one."""
    for row in rows:
        if any(isinstance(value, str) and "\0" in value for value in row):
            detail = f"{table}, {row[0]}: un testo contiene il carattere NUL, che PostgreSQL non conserva"
            raise StoreRefused(detail, accepted="un file SQLite come destinazione", where="A")


def _batches(cursor: Cursor, table: str) -> Iterator[list[Columns]]:
    """The rows of a table in the order of its key, some at a time: bytes as bytes, whatever the database gives."""
    columns, width = COPIED[table], KEYS.get(table, 1)
    key, marks = ", ".join(columns[:width]), ", ".join("?" * width)
    select = f"SELECT {', '.join(columns)} FROM {_rows(table)}"  # noqa: S608 - our own names
    order = f" ORDER BY {key} LIMIT {BATCH}"
    fetched = cursor.execute(select + order).fetchall()
    while fetched:
        rows = [tuple(bytes(v) if isinstance(v, memoryview) else v for v in row) for row in fetched]
        yield rows
        beyond = f"{select} {'AND' if table in ROWS else 'WHERE'} ({key}) > ({marks}){order}"
        fetched = cursor.execute(beyond, rows[-1][:width]).fetchall()


def _rows(table: str) -> str:
    """A table, as far as it is copied."""
    return f"{table} WHERE {ROWS[table]}" if table in ROWS else table


# -- the proof ---------------------------------------------------------------------------------------------------------


def _proved(source_cursor: Cursor, target_cursor: Cursor, progress: CopyProgress) -> Copied:
    """Reads both again; CopyDiffers with the list of what is not the same, or with what does not verify."""
    progress("riletti", 0, 0)
    before, after = fingerprints(source_cursor), fingerprints(target_cursor)
    if before != after:
        empty = Fingerprint(0)
        listed = [
            f"{name}: {before.get(name, empty)} nell'origine, {after.get(name, empty)} nella copia"
            for name in sorted(before.keys() | after.keys())
            if before.get(name) != after.get(name)
        ]
        if len(listed) > SHOWN:
            listed[SHOWN:] = [f"e altre {len(listed) - SHOWN} differenze"]
        detail = "ciò che si rilegge nella copia non è ciò che si legge nell'origine: non ne è rimasto nulla"
        raise CopyDiffers(
            detail, accepted="initinere verify sull'origine, che dice che cosa vi è cambiato", listed=tuple(listed)
        )
    try:
        verdict = verify_database(target_cursor, progress=lambda done: progress("verificati", done, 0))
    except Failed as failure:
        detail = f"la copia non si verifica, e non ne è rimasto nulla: {failure}"
        raise CopyDiffers(detail, accepted="initinere verify sull'origine") from failure
    streams = [name.removeprefix("eventi di ") for name in before if name.startswith("eventi di ")]
    return Copied(
        plans=sum(stream.startswith(PLANS) for stream in streams),
        streams=len(streams),
        events=before[EVENTS].rows,
        texts=before["text"].rows,
        redacted=_count(target_cursor, "text WHERE text IS NULL"),
        receipts=before["receipt"].rows,
        checkpoints=before["checkpoint"].rows,
        people=before["person"].rows,
        credentials=_count(target_cursor, f"access WHERE {WAYS_IN}"),
        verdict=verdict,
    )


def fingerprints(cursor: Cursor) -> dict[str, Fingerprint]:
    """What a store is known by: each table that is copied, each stream's events, each tree, the rows of what is derived.

    The digest of events is over their positions, versions, topics and bytes; of derived rows, whose numbers are the
    database's own, only how many there are is compared: what they say is held against the events by the verification.
    """
    fingerprints: dict[str, Fingerprint] = {}
    for table in COPIED:
        digest, rows = hashlib.sha256(), 0
        streams: dict[str, tuple[int, hashlib._Hash]] = {}
        for batch in _batches(cursor, table):
            for row in batch:
                line = repr(row).encode()
                digest.update(line)
                if table == EVENTS:
                    stream = str(row[2])
                    size, own = streams.get(stream) or (0, hashlib.sha256())
                    own.update(line)
                    streams[stream] = (size + 1, own)
            rows += len(batch)
        fingerprints[table] = Fingerprint(rows, digest.hexdigest())
        fingerprints |= {
            f"eventi di {stream}": Fingerprint(size, own.hexdigest()) for stream, (size, own) in streams.items()
        }
    for stream, size, root in cursor.execute("SELECT originator_id, size, root FROM edge").fetchall():
        fingerprints[f"albero di {stream}"] = Fingerprint(int(size), bytes(root).hex())
    return fingerprints | {table: Fingerprint(_count(cursor, table)) for table in schema.PROJECTED}


def _count(cursor: Cursor, relation: str) -> int:
    row = cursor.execute(f"SELECT count(*) FROM {relation}").fetchone()  # noqa: S608 - our own names
    return int(row[0]) if row else 0


def _on_server(store: Store) -> bool:
    return isinstance(store.datastore, postgres.Datastore)
