"""What a command works with: the settings, the store of an installation, who sends the command."""

import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

import click
from pydantic import ValidationError

from api.settings import PREFIX, Settings
from domain.errors import Malformed, NotFound
from domain.late import late
from domain.vocabulary import JsonValue

with late:  # a command opens a reader or a service, writes a file or reads one: seldom all of them
    from api.cli.output_file import OutputFile, belonging_to, require_harmless_stdout
    from api.commands.handler import Caller, require_role
    from api.commands.service import Service
    from api.formats.json_reader import parse_json, read_file, read_stream
    from api.formats.validation_errors import malformed
    from api.proof.timestamps import stamper
    from api.webhooks.receivers import receiver_rules
    from projections.proof.log import Log
    from projections.rebuild import RebuildProgress, migrate
    from projections.store import sqlite, sqlite_soundness
    from projections.store.failures import failures, refusal_of
    from projections.store.location import is_server, require_location, shown_location
    from projections.store.reader import Reader
    from projections.store.server_driver import database_errors
    from projections.store.sqlite_file import require_sides_have_owner
    from projections.store.store import Store, now_in_utc

IS_ROLE = "initinere.is_role"
"""Under which a command line says that its actor is a role, though it looks like a person."""
DEMO_FILE = "demo.sqlite"
"""The archive of the demonstration, beside the user's."""


def settings() -> Settings:
    """The settings of the environment; Malformed when one of them cannot be."""
    return _settings(frozenset(os.environ.items()))


@lru_cache(maxsize=1)
def _settings(environment: frozenset[tuple[str, str]]) -> Settings:
    """The settings of an environment, which a command asks for several times."""
    try:
        return Settings.of(dict(environment))
    except ValidationError as error:
        problems = [p.model_copy(update={"where": _variable(p.where)}) for p in malformed(error).problems]
        raise Malformed(list(dict.fromkeys(problems))) from None


def _variable(setting: str) -> str:
    """The variable of the environment that a setting is read from."""
    return (PREFIX + re.split(r"[.[]", setting)[0]).upper()


@contextmanager
def opened(path: str, *, wait: bool = False, suspect: bool = False) -> Iterator[Store]:
    """The store of a location, a file made when it is not there; StoreRefused when it cannot serve; see `Store` for `wait`."""
    with refusing(path):
        store = Store(path, clock_tolerance=settings().clock_tolerance, wait=wait)
    try:
        if not (wait or suspect) and isinstance(store.datastore, sqlite.Datastore):
            with store.datastore.cursor() as cursor:
                sqlite_soundness.require_sound(cursor, path)
        yield store
    except database_errors() as error:
        raise refusal_of(error, path) from None
    finally:
        store.close()


@contextmanager
def refusing(location: str) -> Iterator[None]:
    """Within it, what the system or a database fails with is a refusal."""
    try:
        yield
    except failures() as error:
        raise refusal_of(error, location) from None


def migrated(location: str, append_only_role: str | None, progress: RebuildProgress) -> tuple[int, int]:
    """Brings what is there to this version; the version before and the one now."""
    require_location(location)
    with refusing(location):
        return migrate(location, append_only_role, progress)


@contextmanager
def serving(database: str | None, *, make: bool = False, suspect: bool = False) -> Iterator[Service]:
    """The service of the commands, on the database that was named or set; only what begins a record may make one.

    What examines or repairs a database opens also one that is `suspect`.
    """
    path = _named(database, make=make)
    with opened(path, suspect=suspect) as store:
        log = log_of(store, path)
        if not suspect:
            store.resume_erasing()
        if make:
            log.begin()
        rules = receiver_rules(settings())
        yield Service(store, log, separation=settings().separation, receivers=rules)


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


def protected_files(database: str | None) -> list[Path]:
    """What no command writes over: the archive that is named, the one that is set, what belongs to them, their keys."""
    configured = settings()
    locations = dict.fromkeys([database or configured.database, configured.database])
    for location in locations:
        require_location(location)
    return [file for location in locations for file in belonging_to(location, configured.key_file(location))]


def output_file(path: str | None, database: str | None, *, force: bool) -> OutputFile | None:
    """The file that a command is to write, None for the standard output; OutputRefused where neither is to be written."""
    protected = protected_files(database)
    if path is not None:
        return OutputFile(path, protected, force=force)
    require_harmless_stdout(protected)
    return None


def now() -> datetime:
    """The instant of a question."""
    return now_in_utc()


def _named(database: str | None, *, make: bool) -> str:
    path = database or settings().database
    if not make and not there(path):
        accepted = "initinere import FILE per cominciare, initinere demo per provare, o un altro --database"
        raise NotFound(f"l'archivio {shown_location(path)} non c'è ancora", accepted=accepted, where="--database")
    return path


def there(path: str) -> bool:
    """Whether there is something to open: a server answers for itself. StoreRefused for what names nothing."""
    require_location(path)
    with refusing(path):
        if is_server(path) or Path(path).exists():
            return True
        require_sides_have_owner(Path(path))
        return False


def caller(actor: str | None, command_id: str | None) -> Caller:
    """Who sends the command, and its id; on the machine nobody says that it is somebody's account, or a person."""
    configured = settings()
    role, context = actor or configured.actor, click.get_current_context(silent=True)
    is_role = context is not None and bool(context.meta.get(IS_ROLE))
    confirmed = {*configured.confirmed_roles, *({actor} if is_role else ())}
    require_role(role, "--actor", confirmed=confirmed, confirm="--is-role, o INITINERE_CONFIRMED_ROLES")
    return Caller(role, command_id or "").identified()


def read_json(path: str) -> JsonValue:
    """The content of a JSON file of the user, or of the standard input when the path is a dash."""
    limit = settings().max_document_bytes
    data = read_stream(sys.stdin.buffer, limit, "lo standard input") if path == "-" else read_file(path, limit)
    return parse_json(data)
