"""The command that serves HTTP: serve. Until there is sign-in it listens on this machine only."""

import socket
from contextlib import suppress
from typing import Annotated

import typer

from api.cli import options as o
from api.cli import output, session
from api.cli.app import command
from api.http.app import serve as serve_http
from api.http.middleware import is_loopback
from domain.errors import Refusal
from projections.proof.keys import KeyUnusable


class AddressTaken(Refusal):
    """An address on which something listens already, or that may not be used."""

    name = "address_taken"
    title = "Indirizzo non disponibile"


@command()
def serve(
    *,
    host: Annotated[
        str | None,
        typer.Option("--host", metavar="INDIRIZZO", help="Un indirizzo di questa macchina: 127.0.0.1, ::1, localhost."),
    ] = None,
    port: Annotated[int | None, typer.Option("--port", parser=o.read_port, metavar="PORTA", help="La porta.")] = None,
    database: o.Database = None,
) -> None:
    """Serve l'interfaccia HTTP su questa macchina, e su nessun'altra."""
    given = {"host": host, "port": port, "database": database}
    settings = session.settings().model_copy(update={name: one for name, one in given.items() if one is not None})
    if is_loopback(settings.host):  # any other is refused by the server itself
        _free(settings.host, settings.port)
        with session.opened(settings.database) as store, suppress(KeyUnusable):  # every command says so of a lost key
            session.log_of(store, settings.database).begin()
        shown = f"[{settings.host}]" if ":" in settings.host else settings.host
        output.note(f"In ascolto su http://{shown}:{settings.port} (archivio {settings.database}). Ctrl+C per finire.")
    serve_http(settings)


def _free(host: str, port: int) -> None:
    """Refuses an address on which nobody else could listen."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as tried:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            tried.bind(address)
    except OSError as error:
        found = f"{host}, porta {port}: {error.strerror or error}"
        raise AddressTaken(found, accepted="un'altra porta, con --port", where="--port") from None
