"""The file of an embedded store and those that SQLite keeps beside it: whether they belong together, before it opens them.

SQLite knows the journals beside a file by their names alone: one that another file left there it applies, and the file
is no longer whole. What is read here is never the database itself: a process that closes a file loses the locks that
SQLite holds on it (https://www.sqlite.org/howtocorrupt.html).
"""

import fcntl
import os
import re
import struct
from pathlib import Path

from domain.errors import StoreRefused
from domain.patterns import regex
from projections.store.failures import damaged

MAGIC = b"SQLite format 3\0"
SIDES = ("-wal", "-shm", "-journal")
"""What the names of the files end with that SQLite keeps beside a database."""
_WAL_MAGIC = regex(rb"\x37\x7f\x06[\x82\x83]")
_WAL_HEADER = 32
_JOURNAL_MAGIC = b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7"
MAGICS = regex(rb"SQLite format 3\0|" + _WAL_MAGIC.pattern + b"|" + re.escape(_JOURNAL_MAGIC))
"""What a database, or a journal of one, begins with."""
_LIVE_BYTE = 128
"""The byte of the shared memory that every process with the database open has locked (wal-index format, UNIX_SHM_DMS)."""
_FLOCK = "hhqqi"
"""A lock as the system tells it (fcntl(2), struct flock)."""
ASIDE = "initinere restore, che rimette una copia di sicurezza e mette da parte ciò che c'è, o togliere da lì il file estraneo"


def side_files(path: Path) -> list[Path]:
    """The files beside a database, whether they are there or not; beside the file itself where the path is a link."""
    return [Path(f"{path.resolve()}{kind}") for kind in SIDES]


def owner_of(path: Path) -> Path | None:
    """The database that a file would serve as a side file, by its name; None where there is none."""
    for kind in SIDES:
        if path.name.endswith(kind) and (owner := Path(str(path).removesuffix(kind))).is_file():
            return owner
    return None


def require_place(path: Path) -> None:
    """StoreRefused for what cannot be, or become, a database: a folder, a device, a file that serves another database."""
    if path.is_dir():
        raise StoreRefused(f"{path} è una cartella", accepted="il percorso di un file", where="--database")
    if path.exists() and not path.is_file():
        raise StoreRefused(f"{path} non è un file", accepted="il percorso di un file", where="--database")
    if (owner := owner_of(path)) is not None:
        raise StoreRefused(f"{path} è un file dell'archivio {owner}", accepted="l'archivio stesso", where="--database")


def require_own_sides(path: Path, pages: int, page_size: int) -> None:
    """StoreDamaged when a journal beside a database, of so many pages of such a size, is not its own.

    Without a journal the file is of whole pages: one that is not was cut short.
    """
    wal, _, journal = side_files(path)
    log = _beginning(wal)
    if not log and path.stat().st_size % page_size:
        raise damaged(str(path), "l'ultima pagina non è intera")
    if log.strip(b"\0") and (
        not _WAL_MAGIC.match(log) or (len(log) >= _WAL_HEADER and int.from_bytes(log[8:12]) != page_size)
    ):
        raise damaged(str(path), f"il file {wal.name} accanto non è suo", accepted=ASIDE)
    undo = _beginning(journal)
    if undo.startswith(_JOURNAL_MAGIC) and pages > 1 and int.from_bytes(undo[16:20]) != pages:
        raise damaged(str(path), f"il file {journal.name} accanto non è suo", accepted=ASIDE)


def restoring_name(path: Path) -> Path:
    """Where a backup is put that is to take the place of a database; gone when it has taken it."""
    return path.with_name(f"{path.name}.restoring")


def require_sides_have_owner(path: Path) -> None:
    """StoreDamaged when a database is missing, or empty, and its journal is there: SQLite would throw that away.

    Likewise where a restoration was interrupted: a new database in that place would cover what was put aside.
    """
    if restoring_name(path.resolve()).exists():
        found = "un ripristino si è interrotto, e ciò che c'era prima è nella cartella accanto"
        raise damaged(str(path), found, accepted="initinere restore, ancora una volta")
    for side in side_files(path):
        if not side.name.endswith("-shm") and _beginning(side).strip(b"\0"):
            state = "è vuoto" if path.exists() else "non c'è"
            raise damaged(str(path), f"il file {state}, e accanto c'è il suo giornale {side.name}", accepted=ASIDE)


def is_left_behind(path: Path) -> bool:
    """Whether there is a journal to be taken in that nobody is working with: who wrote it was stopped, or it is not its own.

    Not to be asked of a database that this very process has open.
    """
    wal, shared, _ = side_files(path)
    return len(_beginning(wal)) >= _WAL_HEADER and not _is_live(shared)


def _is_live(shared: Path) -> bool:
    """Whether another process has the database open: it has a byte of the shared memory locked."""
    try:
        handle = os.open(shared, os.O_RDONLY)
    except FileNotFoundError:
        return False
    try:
        wanted = struct.pack(_FLOCK, fcntl.F_WRLCK, os.SEEK_SET, _LIVE_BYTE, 1, 0)
        held = struct.unpack(_FLOCK, fcntl.fcntl(handle, fcntl.F_GETLK, wanted))
    finally:
        os.close(handle)
    return bool(held[0] != fcntl.F_UNLCK)


def _beginning(path: Path) -> bytes:
    """The first bytes of a file beside a database; none where there is no file."""
    try:
        with path.open("rb") as file:
            return file.read(_WAL_HEADER)
    except FileNotFoundError:
        return b""
