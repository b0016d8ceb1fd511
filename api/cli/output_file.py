"""The one way in which a command writes a file: whole or not at all, and never over the archive or its key.

`--output` takes what a person types: the name of the archive in use by mistake, a link to it, the key beside it. What is
there already is written over only with `--force`; an archive, a journal of one, a signing key never.
"""

import errno
import os
import secrets
import stat
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from api.access.credentials_key import credentials_key_path
from domain.errors import Refusal
from domain.late import late
from projections.proof.keys import KEY_BEGINNING
from projections.store.disk_full import store_full
from projections.store.sqlite_file import MAGICS, SIDES, side_files

with late:  # most write where they may
    from api.formats.json_reader import UnreadableFile
    from projections.proof.kept_checkpoint import kept_path

KEY_SIDES = (".key", ".key.next", ".key.last", ".key.credentials")
"""What the names of the files of an archive end with: its signing key, present and coming, what it signed last, its credentials' key."""
_HEAD_BYTES = 32
_NO_HARD_LINKS = {errno.EPERM, errno.EOPNOTSUPP, errno.ENOTSUP, errno.EMLINK, errno.EXDEV, errno.ENOSYS}
ANOTHER = "il percorso di un file nuovo, in una cartella scrivibile"


class OutputRefused(Refusal):
    """A place in which a command does not write: what is there would be lost, or it is no file."""

    name = "output_refused"
    title = "File non scritto"


class OutputFile:
    """A place that was named for what a command writes; refused before anything is done, and looked at again after it.

    OutputRefused for what is not to be lost, UnreadableFile for what the system does not let be written.
    """

    def __init__(self, path: str, protected: Iterable[Path], *, force: bool = False, where: str = "--output") -> None:
        self.path = path
        self.where = where
        self.force = force
        self._protected = tuple(protected)
        self._require()

    @contextmanager
    def writing(self) -> Iterator[Path]:
        """A place in the same folder for what is not whole yet; within it a failure of the system is a refusal."""
        draft = self.real.with_name(f".{secrets.token_hex(8)}")
        try:
            yield draft
        except OSError as error:
            raise self._unwritable(_reason(error)) from None
        finally:
            with suppress(OSError):
                draft.unlink()

    def write(self, content: bytes, *, mode: int = 0o666) -> None:
        """Puts bytes there, in a new file of such a mode; refused, and what was there stays as it was, where that cannot be done."""
        with self.writing() as draft:
            _draft(draft, content, self.real, mode)
            self.adopt(draft)

    @property
    def real(self) -> Path:
        """Where that is, whatever links lead there."""
        return Path(os.path.realpath(self.path))

    def adopt(self, draft: Path) -> None:
        """Gives a file that is whole its name: of two that write there at once, one is refused."""
        self._require()
        real = self.real
        if self.force:
            draft.replace(real)
            return
        try:
            os.link(draft, real)
        except OSError as error:
            if error.errno not in _NO_HARD_LINKS:
                raise
            # A file system without hard links: the name is taken first, and what is put there is our own.
            os.close(os.open(real, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
            draft.replace(real)

    def _require(self) -> None:
        """Refuses a place in which nothing is to be written, as it is now."""
        if not self.path:
            raise self._unwritable("il nome è vuoto")
        try:
            self._require_place(self.real)
        except OSError as error:
            raise self._unwritable(_reason(error)) from None

    def _require_place(self, real: Path) -> None:
        if (reason := self._is_protected(real)) is not None:
            raise self._refusal(reason)
        if os.path.lexists(self.path) or os.path.lexists(real):
            self._require_file(real)
        if not real.parent.is_dir():
            raise self._unwritable(f"la cartella {real.parent} non c'è")

    def _require_file(self, real: Path) -> None:
        mode = Path(self.path).stat().st_mode if Path(self.path).exists() else stat.S_IFREG
        if stat.S_ISDIR(mode):
            raise self._unwritable("è una cartella")
        if not stat.S_ISREG(mode):
            raise self._refusal("non è un file", accepted=f"{ANOTHER}; senza, lo standard output")
        if real.exists() and (kind := _kept(real)) is not None:
            raise self._refusal(f"c'è già, ed è {kind}")
        if not self.force:
            raise self._refusal(
                "c'è già", accepted=f"un altro nome, o {'--force' if self.where == '--output' else 'toglierlo'}"
            )

    def _is_protected(self, real: Path) -> str | None:
        """Why a place is the archive's, under whatever name: a link, another case, a file that is not there yet."""
        for path in self._protected:
            kept = Path(os.path.realpath(path))
            named_alike = kept.name.casefold() == real.name.casefold() and _same_file(real.parent, kept.parent)
            if named_alike or _same_file(real, kept):
                return f"è dell'archivio in uso ({path})"
        for ending in (*SIDES, *KEY_SIDES):
            owner = Path(str(real).removesuffix(ending))
            if owner != real and owner.is_file() and _head(owner).startswith(b"SQLite format 3\0"):
                return f"è il posto di un file dell'archivio {owner}"
        return None

    def _unwritable(self, reason: str) -> UnreadableFile:
        return UnreadableFile(f"{self.path} non si scrive: {reason}", accepted=ANOTHER, where=self.where)

    def _refusal(self, reason: str, *, accepted: str = ANOTHER) -> OutputRefused:
        return OutputRefused(f"{self.path} non si scrive: {reason}", accepted=accepted, where=self.where)


def _draft(draft: Path, content: bytes, real: Path, mode: int) -> None:
    with os.fdopen(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, mode), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    with suppress(FileNotFoundError):
        draft.chmod(stat.S_IMODE(real.stat().st_mode))


def belonging_to(location: str, key: Path | None) -> list[Path]:
    """The files of an archive: its own, those that SQLite keeps beside it, its key; of a server, the key alone."""
    database = [] if "://" in location or location.startswith("file:") else [Path(location)]
    keys = (
        [key, key.with_name(f"{key.name}.next"), kept_path(key), credentials_key_path(key)] if key is not None else []
    )
    return [*database, *(side for path in database for side in side_files(path)), *keys]


def require_harmless_stdout(protected: Iterable[Path]) -> None:
    """OutputRefused where the standard output was led into an archive, or its key: what is printed would be added there."""
    try:
        status = os.fstat(sys.stdout.fileno())
    except (OSError, ValueError, AttributeError):
        return
    if not stat.S_ISREG(status.st_mode):
        return
    for path in protected:
        with suppress(OSError):
            if os.path.samestat(status, path.stat()):
                found = f"lo standard output va in {path}, che è dell'archivio"
                raise OutputRefused(found, accepted="un altro file", where="standard output")


def _same_file(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        return False


def _kept(path: Path) -> str | None:
    """What a file is that is never written over; None for any other."""
    head = _head(path)
    if MAGICS.match(head):
        return "un archivio, o il giornale di un archivio"
    return "una chiave" if head.startswith(KEY_BEGINNING) else None


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_HEAD_BYTES)


def _reason(error: OSError) -> str:
    if isinstance(error, FileExistsError):
        return "nel frattempo un altro lo ha scritto"
    return "lo spazio è finito" if store_full(error) is not None else str(error.strerror or error)
