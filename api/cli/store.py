"""The commands of the store itself: rebuild, migrate."""

import sys
from typing import Annotated

import typer
from rich.text import Text

from api.cli import options as o
from api.cli import output, session
from api.cli.app import command
from domain.errors import StoreRefused
from projections.rebuild import rebuild as rebuild_projections
from projections.store import postgres, schema

AppendOnlyRole = Annotated[
    str | None,
    typer.Option(
        "--append-only-role", metavar="RUOLO", help="Il ruolo di PostgreSQL che potrà solo aggiungere eventi."
    ),
]


@command()
def rebuild(*, database: o.Database = None, as_json: o.AsJson = False) -> None:
    """Ricostruisce dagli eventi tutto ciò che se ne deriva; le risposte restano le stesse."""
    with session.serving(database) as service:
        read = rebuild_projections(service.store, _progress)
    if as_json:
        output.emit({"events": read})
    else:
        output.show(Text(f"Ricostruite le proiezioni da {read} eventi."))


@command()
def migrate(*, append_only_role: AppendOnlyRole = None, database: o.Database = None, as_json: o.AsJson = False) -> None:
    """Prepara l'archivio, o lo porta alla versione di questo programma; su PostgreSQL va fatto prima di ogni altra cosa."""
    location = database or session.settings().database
    if postgres.is_server(location):
        before, now = postgres.migrate(location, append_only_role)
    elif append_only_role is not None:
        raise StoreRefused("un file non ha ruoli", accepted="un archivio su PostgreSQL", where="--append-only-role")
    else:
        with session.opened(location):
            before, now = schema.SCHEMA_VERSION, schema.SCHEMA_VERSION
    if as_json:
        output.emit({"before": before, "version": now})
    else:
        done = "era già" if before == now else "ora è"
        output.show(Text(f"L'archivio {done} alla versione {now}."))


def _progress(done: int, total: int) -> None:
    """A line that grows on a terminal, a line each time elsewhere."""
    terminal = sys.stderr.isatty()
    end = "\n" if not terminal or done == total else ""
    sys.stderr.write(f"{chr(13) if terminal else ''}{done} eventi di {total}{end}")
    sys.stderr.flush()
