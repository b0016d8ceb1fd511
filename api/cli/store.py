"""The commands of the store itself: rebuild, migrate, copy."""

import shlex
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import click
from rich.text import Text

from api.access.credentials_key import credentials_key_path
from api.cli import options as o
from api.cli import output, session
from api.cli.frame import TranslatedCommand
from api.cli.words import printable
from api.operations.model import Operation, row_named
from api.operations.upkeep import UPKEEP
from domain.errors import DomainError, NotFound, StoreRefused
from projections import store_copy
from projections.across.comparison import RowDiffers
from projections.across.follower import reset as reset_across
from projections.proof.log import public_keys
from projections.rebuild import check_projections
from projections.rebuild import rebuild as rebuild_projections
from projections.store import schema
from projections.store.location import is_server, shown_location


def _rebuild(*, check: bool, database: str | None, as_json: bool) -> None:
    """Rebuilds the projections from the events, or compares them with what the events say."""
    with session.serving(database, suspect=True) as service:
        if check:
            _checked(check_projections(service.store, _progress), as_json=as_json)
            return
        read = rebuild_projections(service.store, _progress)
        reset_across(service.store)
    if as_json:
        output.emit({"events": read})
    else:
        output.show(Text(f"Ricostruite le proiezioni da {read} eventi."))


def _checked(differing: list[RowDiffers], *, as_json: bool) -> None:
    tables = [row.table for row in differing]
    if as_json:
        output.emit({"same": not differing, "differing": tables, "rows": [row._asdict() for row in differing]})
    elif differing:
        lines = [
            f"  tabella {row.table}, {row.row}\n    atteso:  {row.expected}\n    trovato: {row.found}"
            for row in differing
        ]
        heading = f"DIVERSE da quelle che gli eventi dicono: {', '.join(tables)}. La ricostruzione le corregge."
        output.show(Text(printable("\n".join([heading, *lines]))))
    else:
        output.show(Text("Le proiezioni sono quelle che gli eventi dicono."))
    if differing:
        raise click.exceptions.Exit(1)


def _migrate(*, append_only_role: str | None, database: str | None, as_json: bool) -> None:
    """Brings a store to the version of this program."""
    location = database or session.settings().database
    if append_only_role is not None and not is_server(location):
        raise StoreRefused("un file non ha ruoli", accepted="un archivio su PostgreSQL", where="--append-only-role")
    before = now = schema.SCHEMA_VERSION
    if is_server(location) or session.there(location):
        before, now = session.migrated(location, append_only_role, _progress)
    if not is_server(location):
        with session.opened(location):
            pass
    if as_json:
        output.emit({"before": before, "version": now})
    else:
        done = "era già" if before == now else "ora è"
        output.show(Text(f"L'archivio {done} alla versione {now}."))


def copy(source: str, target: str, *, as_json: bool) -> None:
    """Copies a store into an empty one, and proves that the copy is the same."""
    with _said_as("DA"):
        if not session.there(source):
            raise NotFound(f"l'archivio {shown_location(source)} non c'è", accepted="un archivio nostro", where="DA")
    with ExitStack() as stack:
        with _said_as("DA"):
            read = stack.enter_context(session.opened(source))
        with _said_as("A"):
            written = stack.enter_context(session.opened(target))
        copied = store_copy.copy_store(read, written, _copying)
        with read.reading() as reader:
            signed = bool(public_keys(reader))
    keys = _keys(source, target)
    moves = {"key": (_SIGNING, keys if signed else None), "credentials_key": (_CREDENTIALS, _beside(keys, copied))}
    if as_json:
        row = {name: value for name, value in copied._asdict().items() if name != "verdict"}
        last = copied.verdict.last
        row |= {"checkpoint": last.number if last else None, "statement": copied.statement()}
        for name, (_, files) in moves.items():
            row |= {f"{name}_from": str(files[0]) if files else None, f"{name}_to": str(files[1]) if files else None}
        output.emit(row)
        return
    about = [line for key, files in moves.values() if files for line in _about(key, *files)]
    output.copied("\n".join([copied.statement(), *about, *([_APART] if signed and keys else [])]))


@contextmanager
def _said_as(where: str) -> Iterator[None]:
    """Within it, what is wrong with the archive is said of the argument that names it."""
    try:
        yield
    except DomainError as error:
        if error.problem.where != "--database":
            raise
        raise type(error)(error.problem.found, accepted=error.problem.accepted, where=where) from None


def _keys(source: str, target: str) -> tuple[Path, Path] | None:
    """The file of the signing key of the source, and where the copy will look for it; None for a database in memory."""
    settings = session.settings()
    key, copied_key = settings.key_file(source), settings.key_file(target)
    return (key, copied_key) if key and copied_key else None


def _beside(keys: tuple[Path, Path] | None, copied: store_copy.Copied) -> tuple[Path, Path] | None:
    """The same of the key of the credentials, where some were copied that are good for nothing without it."""
    if keys is None or not copied.credentials:
        return None
    key, copied_key = map(credentials_key_path, keys)
    return (key, copied_key) if key.exists() else None


_SIGNING, _CREDENTIALS = "di firma", "delle credenziali"
_WHAT_FOR = {
    _SIGNING: "Chi registrerà nella copia la porti lì",
    _CREDENTIALS: "Senza, nella copia non valgono token, link e identità del fornitore",
}
_APART = "Da ora si registri in uno solo dei due archivi: due che vanno avanti con la stessa chiave sono due storie."


def _about(name: str, key: Path, copied_key: Path) -> list[str]:
    """What to do with a key: it is a secret, and nobody but the user moves it."""
    if key == copied_key:
        return [f"La chiave {name} è la stessa per i due archivi, e resta dov'è: {key}"]
    if copied_key.exists():
        return [
            f"La chiave {name} non sta nell'archivio e non è stata copiata: è {key}.",
            f"Dove la copia la cerca, {copied_key}, c'è già un file: se è un'altra chiave, si dica un altro posto con INITINERE_KEYS.",
        ]
    folder = f"mkdir -p -m 700 {shlex.quote(str(copied_key.parent))} && " if not copied_key.parent.exists() else ""
    return [
        f"La chiave {name} non sta nell'archivio e non è stata copiata. {_WHAT_FOR[name]}:",
        f"  {folder}cp -np {shlex.quote(str(key))} {shlex.quote(str(copied_key))}",
    ]


def _copying(what: str, done: int, total: int) -> None:
    """A line that grows on a terminal; elsewhere nothing: the statement at the end says it."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\x1b[K{what} {done}{f' di {total}' if total else ''} eventi")
        sys.stderr.write("\r\x1b[K" if what == "riletti" else "")
        sys.stderr.flush()


def _progress(done: int, total: int) -> None:
    """A line that grows on a terminal, a line each time elsewhere."""
    terminal = sys.stderr.isatty()
    end = "\n" if not terminal or done == total else ""
    sys.stderr.write(f"{chr(13) if terminal else ''}{done} eventi di {total}{end}")
    sys.stderr.flush()


COMMANDS: dict[str, click.Command] = {
    "rebuild": TranslatedCommand(
        "rebuild",
        help=row_named(UPKEEP, "rebuild", Operation).description,
        params=[
            o.switch("--check", "Ricostruisce a parte e confronta: non sostituisce nulla."),
            o.DATABASE,
            o.AS_JSON,
        ],
        callback=_rebuild,
    ),
    "migrate": TranslatedCommand(
        "migrate",
        help=row_named(UPKEEP, "migrate", Operation).description,
        params=[
            o.text_option(
                "--append-only-role",
                "append_only_role",
                "RUOLO",
                "Il ruolo di PostgreSQL che potrà solo aggiungere eventi.",
            ),
            o.DATABASE,
            o.AS_JSON,
        ],
        callback=_migrate,
    ),
    "copy": TranslatedCommand(
        "copy",
        help=row_named(UPKEEP, "copy", Operation).description,
        params=[
            o.argument("source", "DA", "L'archivio da copiare: si legge soltanto."),
            o.argument("target", "A", "L'archivio, vuoto, che riceve la copia."),
            o.AS_JSON,
        ],
        callback=copy,
    ),
}
