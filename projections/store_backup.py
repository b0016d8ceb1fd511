"""Backup of the file of a store, while it is used, and its restoration: nothing that was there is destroyed.

A restoration writes the backup beside the place where it belongs, under a name of its own, and proves it there. Only
then what was in the place goes into a folder aside, the file first and its journals after it: at no instant does a
journal lie beside a file that it does not belong to, and one that was interrupted is refused until it is done again.
"""

import fcntl
import hashlib
import os
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from glob import escape
from itertools import count, groupby
from pathlib import Path
from typing import NamedTuple

import orjson

from domain.catalogue import event_type
from domain.errors import DomainError, NotFound, StoreDamaged, StoreRefused
from domain.event import Event
from domain.names import Names
from domain.proof.public_keys import Verifying
from domain.redactions.events import TextRedacted
from initinere_verify.sources import Verdict
from initinere_verify.trees import Checkpoint, Failed
from projections.proof.keys import public_half_in
from projections.proof.live_verification import verify_database
from projections.proof.log import public_keys
from projections.rebuild import rebuild_within
from projections.store import sqlite, sqlite_soundness
from projections.store.envelope import read_envelope, read_instant
from projections.store.failures import HELD_OPEN, busy
from projections.store.owners import NOBODY, OF_STREAM, StreamKey
from projections.store.reader import state_bytes
from projections.store.schema import APPLICATION_ID, SCHEMA_VERSION
from projections.store.sqlite_file import MAGIC, require_place, restoring_name, side_files

_LOCK_BYTES = 0x40000000, 512
"""Where SQLite locks a file (https://www.sqlite.org/src/file/src/os.h, PENDING_BYTE), and how far."""
_CHUNK = 1 << 20
ANOTHER = "un'altra copia di sicurezza: nulla è stato toccato"


class BackedUp(NamedTuple):
    """What a backup holds."""

    events: int
    sha256: str


class TakenAway(NamedTuple):
    """What an event took away: its version, what happened in a sentence, and the events beside which texts were redacted."""

    version: int
    sentence: str
    beside: tuple[int, ...]


class Lost(NamedTuple):
    """Events of one stream that the store had and the backup has not: their versions, when the first and the last were recorded.

    `to_repeat`: those by which something was taken from sight, or somebody shut out.
    """

    stream: str
    versions: tuple[int, ...]
    first: datetime
    last: datetime
    to_repeat: tuple[TakenAway, ...] = ()


class Restored(NamedTuple):
    """What was restored: what its verification found, the key that it wants, what was there before, and where that is.

    `lost` is what the backup has not of what was there, stream by stream; None where that cannot be read.
    """

    verdict: Verdict
    key: Verifying | None
    events_before: int | None
    lost: tuple[Lost, ...] | None
    aside: Path | None


def back_up(location: str, draft: Path) -> BackedUp:
    """Writes one snapshot of a store into one file, and looks whether it is whole; others read and write meanwhile."""
    _copy(Path(location), draft)
    with _snapshot(draft) as cursor:
        sqlite_soundness.require_whole(cursor, location)
        events = _events(cursor)
    return BackedUp(events, digest_of(draft))


def restore(
    backup: Path,
    target: Path,
    now: datetime,
    against: Checkpoint | None = None,
    known: Mapping[str, list[bytes]] | None = None,
    progress: Callable[[int], None] = lambda _done: None,
    *,
    other: bool = False,
) -> Restored:
    """Puts a backup in the place of a store that nobody has open; StoreDamaged, and nothing is touched, if it is not whole.

    StoreBusy while a process has the store open; StoreRefused where the store is another installation's, unless `other`.
    """
    _require_backup(backup, target)
    place = target.resolve()
    place.parent.mkdir(parents=True, exist_ok=True)
    draft = restoring_name(place)
    interrupted = _put_aside_before(place)
    there = place if interrupted is None else interrupted / place.name
    before = _events_before(there)
    keys_before = _keys_before(there)  # first: to close a file is to lose the locks on it
    with _alone(place):
        try:
            for leftover in (() if interrupted else (draft,)) + tuple(side_files(draft)):
                leftover.unlink(missing_ok=True)
            _copy(backup, draft, over=interrupted is not None)
            _bring_up(draft, backup)
            verdict, keys = _proved(draft, backup, against, known, progress)
            if not other:
                _require_own(backup, keys, keys_before)
        except BaseException:
            if interrupted is None:
                draft.unlink(missing_ok=True)
            else:
                draft.touch(0o600)  # nothing else says that the place is not to be taken by a new archive
            raise
        aside = _put_aside(place, now) if interrupted is None else interrupted
        os.link(draft, place)
        draft.unlink()
        _flush(place.parent)
    lost = () if aside is None else _lost(aside / place.name, place)
    return Restored(verdict, keys[-1] if keys else None, before, lost, aside)


def digest_of(path: Path) -> str:
    """The SHA-256 of a file."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def is_replaceable(target: Path) -> bool:
    """Whether a restoration may take the place of what is there: an archive, whole or not, or nothing.

    One whose beginning is gone is known by what lies beside it, its journal or its key.
    """
    place = target.resolve()
    if not place.is_file() or not place.stat().st_size:
        return True
    with place.open("rb") as file:
        begins = file.read(len(MAGIC))
    if begins != MAGIC:
        return any(side.exists() for side in side_files(place)) or public_half_in(Path(f"{place}.key")) is not None
    with suppress(sqlite3.Error), _snapshot(place, _as_it_lies(place)) as cursor:
        marked = cursor.execute("PRAGMA application_id").fetchone()[0]
        return marked == APPLICATION_ID or not cursor.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    return True


def _require_backup(backup: Path, target: Path) -> None:
    """Refuses what is no backup of ours, and a place that none can be put in."""
    if not backup.exists():
        raise NotFound(f"la copia {backup} non c'è", accepted="il percorso di una copia di sicurezza", where="COPIA")
    if backup.resolve() == target.resolve() or (target.exists() and backup.samefile(target)):
        raise StoreRefused(f"{backup} è l'archivio stesso", accepted="una sua copia di sicurezza", where="COPIA")
    if backup.is_file() and not backup.stat().st_size:
        raise StoreRefused(f"{backup} è vuoto", accepted="una copia di sicurezza", where="COPIA")
    try:
        require_place(backup)
        sqlite_soundness.check(str(backup), older=True)  # one of an earlier program is migrated, once it is copied
    except (StoreRefused, StoreDamaged) as error:
        accepted = ANOTHER if isinstance(error, StoreDamaged) else error.problem.accepted
        raise type(error)(error.problem.found, accepted=accepted, where="COPIA") from None
    require_place(target)


def _copy(source: Path, draft: Path, *, over: bool = False) -> None:
    """A snapshot of a database in one new file, or `over` one of ours, with no journal beside it, for its owner only."""
    os.close(os.open(draft, os.O_CREAT | os.O_NOFOLLOW | (os.O_TRUNC if over else os.O_EXCL) | os.O_RDWR, 0o600))
    wal = side_files(source)[0].exists()
    uri = f"{source.absolute().as_uri()}?{'mode=ro' if wal else 'mode=ro&immutable=1'}"
    with (
        closing(sqlite3.connect(uri, uri=True, timeout=sqlite_soundness.BUSY_SECONDS)) as reading,
        closing(sqlite3.connect(draft, isolation_level=None)) as writing,
    ):
        reading.backup(writing)
        writing.execute("PRAGMA journal_mode = WAL").fetchone()
    _flush(draft)


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _snapshot(path: Path, how: str = "mode=ro&immutable=1") -> Iterator[sqlite3.Cursor]:
    """Reads a database that nobody writes; nothing is left beside it."""
    uri = f"{path.absolute().as_uri()}?{how}"
    with closing(sqlite3.connect(uri, uri=True, isolation_level=None)) as connection:
        if not _is_keyed(connection):  # of an earlier program, whose record says of no event whose it is
            connection.execute(
                "CREATE TEMP VIEW stored_events AS SELECT '' AS administration, * FROM main.stored_events"
            )
        connection.execute("BEGIN")
        yield connection.cursor()


def _is_keyed(connection: sqlite3.Connection | sqlite3.Cursor) -> bool:
    """Whether a record says of each event whose it is; that of an earlier program does not."""
    columns = {row[1] for row in connection.execute("PRAGMA main.table_info(stored_events)").fetchall()}
    return not columns or "administration" in columns


def _bring_up(draft: Path, backup: Path) -> None:
    """Migrates the copy of a backup that an earlier program made."""
    with _snapshot(draft) as cursor:
        version = sqlite_soundness.schema_version(cursor)
    if 0 < version < SCHEMA_VERSION:
        try:
            sqlite.migrate(str(draft), lambda cursor: rebuild_within(sqlite.Datastore, cursor))
        except sqlite3.Error as error:
            raise StoreDamaged(f"{backup} non si aggiorna: {error}", accepted=ANOTHER, where="COPIA") from error
        _flush(draft)


def _proved(
    draft: Path,
    backup: Path,
    against: Checkpoint | None,
    known: Mapping[str, list[bytes]] | None,
    progress: Callable[[int], None],
) -> tuple[Verdict, list[Verifying]]:
    try:
        with _snapshot(draft) as cursor:
            sqlite_soundness.require_whole(cursor, str(backup))
            verdict = verify_database(cursor, against, known, progress)
            return verdict, public_keys(sqlite.SqliteReader(cursor))
    except StoreDamaged as error:
        raise StoreDamaged(error.problem.found, accepted=ANOTHER, where="COPIA") from None
    except Failed as error:
        raise StoreDamaged(f"{backup} non si verifica: {error}", accepted=ANOTHER, where="COPIA") from None


def _events(cursor: sqlite3.Cursor) -> int:
    return int(cursor.execute("SELECT count(*) FROM stored_events").fetchone()[0])


def _as_it_lies(path: Path) -> str:
    """How a file that nobody writes is read, with its journal if it has one."""
    return "mode=ro" if side_files(path)[0].exists() else "mode=ro&immutable=1"


def _events_before(target: Path) -> int | None:
    """How many events what is in the place has; None where it cannot be read, or is not there."""
    if not target.exists():
        return None
    with suppress(sqlite3.Error), _snapshot(target, _as_it_lies(target)) as cursor:
        return _events(cursor)
    return None


def _lost(before: Path, now: Path) -> tuple[Lost, ...] | None:
    """What a record had that another has not: an event of its own, or another one at the same place."""
    with suppress(sqlite3.Error, ValueError, KeyError, DomainError), _snapshot(before, _as_it_lies(before)) as cursor:
        cursor.execute("COMMIT")
        administration = "administration, " if _is_keyed(cursor) else ""
        cursor.execute("ATTACH ? AS restored", (f"{now.absolute().as_uri()}?mode=ro&immutable=1",))
        sql = f"""
SELECT b.originator_id, b.originator_version, b.topic, b.state FROM main.stored_events b
LEFT JOIN restored.stored_events r USING ({administration}originator_id, originator_version)
WHERE r.state IS NOT b.state ORDER BY b.originator_id, b.originator_version"""  # noqa: S608 - our own names
        lost: list[Lost] = []
        for stream, rows in groupby(cursor.execute(sql), key=lambda row: str(row[0])):
            versions: list[int] = []
            instants: list[datetime] = []
            to_repeat: list[TakenAway] = []
            for _, version, topic, state in rows:
                versions.append(int(version))
                instants.append(read_instant(orjson.loads(state)["recorded_at"]))
                if event_type(topic).takes_away:
                    event = read_envelope(topic, state_bytes(state)).event
                    to_repeat.append(
                        TakenAway(int(version), event.sentence(Names({})), _beside(cursor.connection, stream, event))
                    )
            lost.append(Lost(stream, tuple(versions), min(instants), max(instants), tuple(to_repeat)))
        return tuple(lost)
    return None


def _beside(connection: sqlite3.Connection, stream: str, event: Event) -> tuple[int, ...]:
    """The events of a stream beside which the texts lay that an event redacted."""
    if not isinstance(event, TextRedacted):
        return ()
    reader = sqlite.SqliteReader(connection.cursor())
    key = reader.key(stream) if _is_keyed(connection) else StreamKey(NOBODY, stream)
    of = OF_STREAM if _is_keyed(connection) else "? = '' AND originator_id = ?"
    sql = f"SELECT originator_version FROM main.stored_events WHERE {of} AND topic <> ? AND instr(state, ?)"  # noqa: S608
    found = (connection.execute(sql, (*key, event.topic, digest.encode())) for digest in event.digests)
    return tuple(sorted({int(version) for rows in found for (version,) in rows}))


def _keys_before(target: Path) -> list[Verifying]:
    """The keys of what is in the place; none where they cannot be read, or nothing is there."""
    if not target.exists():
        return []
    with suppress(sqlite3.Error, DomainError, ValueError), _snapshot(target, _as_it_lies(target)) as cursor:
        return public_keys(sqlite.SqliteReader(cursor))
    return []


def _require_own(backup: Path, keys: list[Verifying], keys_before: list[Verifying]) -> None:
    """Refuses a backup whose installation began with another key than the one in the place."""
    if keys and keys_before and keys[0] != keys_before[0]:
        found = f"{backup} è la copia di un'altra installazione: la sua prima chiave di firma è un'altra"
        raise StoreRefused(found, accepted="una copia di questo archivio; --other, se è voluto", where="COPIA")


@contextmanager
def _alone(target: Path) -> Iterator[None]:
    """Within it no other process opens the store; StoreBusy where one has it open."""
    try:
        handle = os.open(target, os.O_RDWR)
    except FileNotFoundError:
        yield
        return
    try:
        try:
            fcntl.lockf(handle, fcntl.LOCK_EX | fcntl.LOCK_NB, _LOCK_BYTES[1], _LOCK_BYTES[0])
            is_alone = os.path.samestat(os.fstat(handle), target.stat())
        except OSError:
            is_alone = False
        if not is_alone:
            raise busy(str(target), HELD_OPEN)
        yield
    finally:
        os.close(handle)


def _put_aside_before(place: Path) -> Path | None:
    """The folder into which a restoration that was interrupted had moved what was in the place, with what it left behind.

    None where nothing was interrupted, or before anything was moved.
    """
    if place.exists() or not restoring_name(place).exists():
        return None
    folders = [
        folder for folder in place.parent.glob(f"{escape(place.name)}.replaced-*") if (folder / place.name).exists()
    ]
    if not folders:
        return None
    folder = max(folders, key=lambda one: one.stat().st_mtime_ns)
    for side in side_files(place):
        if side.exists():
            side.rename(folder / side.name)
    _flush(folder)
    return folder


def _put_aside(target: Path, now: datetime) -> Path | None:
    """Moves what is in the place, whatever it is, into a new folder beside it; None where there is nothing."""
    parts = [path for path in (target, *side_files(target)) if os.path.lexists(path)]
    if not parts:
        return None
    names = (f"{target.name}.replaced-{now:%Y%m%dT%H%M%S}{number or ''}" for number in count())
    folder = next(folder for name in names if not os.path.lexists(folder := target.with_name(name)))
    folder.mkdir(mode=0o700)
    for path in parts:
        path.rename(folder / path.name)
    _flush(folder)
    return folder
