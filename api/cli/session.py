"""What a command works with: the settings, the store of an installation, who sends the command."""

import re
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from eventsourcing.persistence import PersistenceError
from pydantic import ValidationError

from api.commands.handler import Caller
from api.commands.service import Service
from api.formats.json_reader import parse_json, read_file, read_stream
from api.formats.validation_errors import malformed
from api.proof.timestamps import stamper
from api.settings import Settings
from domain.errors import DomainError, NotFound, StoreRefused
from domain.vocabulary import JsonValue
from projections.proof.log import Log
from projections.rebuild import RebuildProgress, migrate
from projections.store.disk_full import store_full
from projections.store.postgres import is_server
from projections.store.reader import Reader
from projections.store.store import Store, now_in_utc


def settings() -> Settings:
    """The settings of the environment; Malformed when one of them cannot be."""
    try:
        return Settings()
    except ValidationError as error:
        raise malformed(error, "INITINERE") from None


@contextmanager
def opened(path: str) -> Iterator[Store]:
    """The store in a file, made when it is not there; StoreRefused when the file cannot serve."""
    try:
        store = Store(path)
    except (OSError, sqlite3.Error, PersistenceError) as error:
        raise _unusable(path, error) from None
    try:
        yield store
    except (sqlite3.Error, PersistenceError) as error:
        raise _unusable(path, error) from None
    finally:
        store.close()


def migrated(location: str, append_only_role: str | None, progress: RebuildProgress) -> tuple[int, int]:
    """Brings what is there to this version; the version before and the one now."""
    try:
        return migrate(location, append_only_role, progress)
    except (OSError, sqlite3.Error, PersistenceError) as error:
        raise _unusable(location, error) from None


@contextmanager
def serving(database: str | None, *, make: bool = False) -> Iterator[Service]:
    """The service of the commands, on the database that was named or set; only what begins a record may make one."""
    path = _named(database, make=make)
    with opened(path) as store:
        log = log_of(store, path)
        if make:
            log.begin()
        yield Service(store, log)


def log_of(store: Store, path: str) -> Log:
    """The transparency log of a store: its key beside the database, or where the settings say."""
    configured = settings()
    return Log(store, configured.key_file(path), stamper(configured.timestamps) if configured.timestamps else None)


@contextmanager
def reading(database: str | None) -> Iterator[Reader]:
    """A reader of the database that was named or set."""
    with opened(_named(database, make=False)) as store, store.reading() as reader:
        yield reader


@contextmanager
def trying(database: str | None, *, empty: bool = False) -> Iterator[Service]:
    """The service for a preview: on the database that is there, or on an empty one that is thrown away."""
    path = database or settings().database
    with TemporaryDirectory() as folder:
        if empty or not there(path):
            path = f"{folder}/preview.sqlite"
        with opened(path) as store:
            yield Service(store)


@contextmanager
def opened_for(database: str | None) -> Iterator[Store]:
    """The store of a question, on the database that was named or set."""
    with opened(_named(database, make=False)) as store:
        yield store


def now() -> datetime:
    """The instant of a question."""
    return now_in_utc()


def _named(database: str | None, *, make: bool) -> str:
    path = database or settings().database
    if not make and not there(path):
        accepted = "initinere import FILE per cominciare, initinere demo per provare, o un altro --database"
        raise NotFound(f"l'archivio {path} non c'è ancora", accepted=accepted, where="--database")
    return path


def there(path: str) -> bool:
    """Whether there is something to open: a server answers for itself."""
    return is_server(path) or Path(path).exists()


def caller(actor: str | None, command_id: str | None) -> Caller:
    """Who sends the command, and its id."""
    return Caller(actor or settings().actor, command_id or "").identified()


def read_json(path: str) -> JsonValue:
    """The content of a JSON file of the user, or of the standard input when the path is a dash."""
    limit = settings().max_document_bytes
    data = read_stream(sys.stdin.buffer, limit, "lo standard input") if path == "-" else read_file(path, limit)
    return parse_json(data)


def without_password(text: str) -> str:
    """A text in which the password of a server's address is not shown."""
    return re.sub(r"(://[^:/@\s]*):[^@/\s]*@", r"\1:***@", text)


def _unusable(path: str, error: Exception) -> DomainError:
    if (full := store_full(error)) is not None:
        return full
    path = without_password(path)
    words = without_password(str(error.__cause__ or error))
    if "not a database" in words or "malformed" in words:
        return StoreRefused(
            f"{path} non è un archivio", accepted="un file nuovo, o un archivio nostro", where="--database"
        )
    reason = error.strerror if isinstance(error, OSError) and error.strerror else words
    problem = f"l'archivio {path} non si può usare: {reason}"
    return StoreRefused(problem, accepted="un file scrivibile in una cartella scrivibile", where="--database")
