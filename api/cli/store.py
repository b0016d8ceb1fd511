"""The commands of the store itself: rebuild, migrate, copy."""

import shlex
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from api.cli import options as o
from api.cli import output, session
from api.cli.app import command
from domain.errors import NotFound, StoreRefused
from projections import store_copy
from projections.across.follower import reset as reset_across
from projections.proof.log import public_keys
from projections.rebuild import check as check_projections
from projections.rebuild import rebuild as rebuild_projections
from projections.store import postgres, schema

AppendOnlyRole = Annotated[
    str | None,
    typer.Option(
        "--append-only-role", metavar="RUOLO", help="Il ruolo di PostgreSQL che potrà solo aggiungere eventi."
    ),
]


@command()
def rebuild(
    *,
    check: Annotated[
        bool, typer.Option("--check", help="Ricostruisce a parte e confronta: non sostituisce nulla.")
    ] = False,
    database: o.Database = None,
    as_json: o.AsJson = False,
) -> None:
    """Ricostruisce dagli eventi tutto ciò che se ne deriva; le risposte restano le stesse."""
    with session.serving(database) as service:
        if check:
            _checked(check_projections(service.store, _progress), as_json=as_json)
            return
        read = rebuild_projections(service.store, _progress)
        reset_across(service.store)
    if as_json:
        output.emit({"events": read})
    else:
        output.show(Text(f"Ricostruite le proiezioni da {read} eventi."))


def _checked(differing: list[str], *, as_json: bool) -> None:
    if as_json:
        output.emit({"same": not differing, "differing": differing})
    elif differing:
        output.show(
            Text(f"DIVERSE da quelle che gli eventi dicono: {', '.join(differing)}. La ricostruzione le corregge.")
        )
    else:
        output.show(Text("Le proiezioni sono quelle che gli eventi dicono."))
    if differing:
        raise typer.Exit(1)


@command()
def migrate(*, append_only_role: AppendOnlyRole = None, database: o.Database = None, as_json: o.AsJson = False) -> None:
    """Prepara l'archivio, o lo porta alla versione di questo programma; su PostgreSQL va fatto prima di ogni altra cosa."""
    location = database or session.settings().database
    if append_only_role is not None and not postgres.is_server(location):
        raise StoreRefused("un file non ha ruoli", accepted="un archivio su PostgreSQL", where="--append-only-role")
    before = now = schema.SCHEMA_VERSION
    if postgres.is_server(location) or session.there(location):
        before, now = session.migrated(location, append_only_role, _progress)
    if not postgres.is_server(location):
        with session.opened(location):
            pass
    if as_json:
        output.emit({"before": before, "version": now})
    else:
        done = "era già" if before == now else "ora è"
        output.show(Text(f"L'archivio {done} alla versione {now}."))


@command()
def copy(
    source: Annotated[
        str, typer.Argument(metavar="DA", help="L'archivio da copiare: si legge soltanto.", show_default=False)
    ],
    target: Annotated[
        str, typer.Argument(metavar="A", help="L'archivio, vuoto, che riceve la copia.", show_default=False)
    ],
    *,
    as_json: o.AsJson = False,
) -> None:
    """Copia un archivio in un altro, vuoto, su file o su PostgreSQL, e prova che la copia è uguale byte per byte."""
    if not session.there(source):
        raise NotFound(f"l'archivio {source} non c'è", accepted="un archivio nostro", where="DA")
    with session.opened(source) as read, session.opened(target) as written:
        made = store_copy.copy(read, written, _copying)
        with read.reading() as reader:
            signed = bool(public_keys(reader))
    keys = _keys(source, target) if signed else None
    if as_json:
        row = {name: value for name, value in made._asdict().items() if name != "verdict"}
        last = made.verdict.last
        row |= {"checkpoint": last.number if last else None, "statement": made.statement()}
        output.emit(row | {"key_from": str(keys[0]) if keys else None, "key_to": str(keys[1]) if keys else None})
        return
    output.copied("\n".join([made.statement(), *(_about(*keys) if keys else [])]))


def _keys(source: str, target: str) -> tuple[Path, Path] | None:
    """The file of the signing key of the source, and where the copy will look for it; None for a database in memory."""
    said = session.settings()
    one, other = said.key_file(source), said.key_file(target)
    return (one, other) if one and other else None


def _about(one: Path, other: Path) -> list[str]:
    """What to do with the signing key: it is a secret, and nobody but the user moves it."""
    apart = "Da ora si registri in uno solo dei due archivi: due che vanno avanti con la stessa chiave sono due storie."
    if one == other:
        return [f"La chiave di firma è la stessa per i due archivi, e resta dov'è: {one}", apart]
    if other.exists():
        return [
            f"La chiave di firma non sta nell'archivio e non è stata copiata: è {one}.",
            f"Dove la copia la cerca, {other}, c'è già un file: se è un'altra chiave, si dica un altro posto con INITINERE_KEYS.",
            apart,
        ]
    folder = f"mkdir -p -m 700 {shlex.quote(str(other.parent))} && " if not other.parent.exists() else ""
    return [
        "La chiave di firma non sta nell'archivio e non è stata copiata. Chi registrerà nella copia la porti lì:",
        f"  {folder}cp -np {shlex.quote(str(one))} {shlex.quote(str(other))}",
        apart,
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
