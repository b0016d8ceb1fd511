"""The command that serves HTTP: serve."""

import re
import socket
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path

import anyio
import click

from api.cli import options as o
from api.cli import output, session
from api.cli.frame import TranslatedCommand
from api.cli.parameters import TextType
from api.cli.words import counted
from api.commands.accounts import first_administrator
from api.commands.service import Service
from api.operations.model import Operation, row_named
from api.operations.upkeep import UPKEEP
from api.settings import Settings
from domain.errors import Refusal, StoreBusy
from domain.late import late
from projections.proof.keys import KeyUnusable
from projections.store import sqlite, sqlite_soundness
from projections.store.gc_tuning import starting
from projections.store.location import is_server, shown_location
from projections.store.standby import Standby
from projections.store.store import Store
from projections.streams import PLANS, plan_is_there

with late:  # only a server needs all that HTTP brings
    from api.access.oidc import IdentityProvider
    from api.access.oidc_configuration import oidc_configuration
    from api.http.network import require_declared, require_somebody_can_enter
    from api.http.workers import serve as serve_http

SHOWN_PLANS = 5


class AddressTaken(Refusal):
    """An address on which something listens already, or that may not be used."""

    name = "address_taken"
    title = "Indirizzo non disponibile"


def read_port(text: str) -> int:
    """A port of this machine."""
    if re.fullmatch(r"[0-9]{1,5}", text) and 0 < int(text) < 65_536:
        return int(text)
    raise ValueError(f"{text!r} non è una porta: scrivere un numero da 1 a 65535")


def read_workers(text: str) -> int:
    """How many processes serve."""
    if re.fullmatch(r"[0-9]{1,2}", text) and 0 < int(text) <= 64:
        return int(text)
    raise ValueError(f"{text!r} non è un numero di processi: scrivere un numero da 1 a 64")


def _serve(*, host: str | None, port: int | None, workers: int | None, database: str | None) -> None:
    """Serves HTTP, on this machine or behind the proxy that is declared."""
    with starting():
        settings = _prepared(host=host, port=port, workers=workers, database=database)
    serve_http(settings)


def _prepared(**given: object) -> Settings:
    """The settings of a service that can serve them; says which archive it is, and where it listens."""
    settings = session.settings().model_copy(update={name: value for name, value in given.items() if value is not None})
    require_declared(settings)
    _free(settings.host, settings.port)
    link, lines = "", [f"Archivio: {shown_location(settings.database)}"]
    try:
        with session.opened(settings.database, wait=True) as store, suppress(KeyUnusable):
            if isinstance(store.datastore, sqlite.Datastore):
                with store.datastore.cursor() as cursor:
                    sqlite_soundness.require_whole(cursor, settings.database)
            require_somebody_can_enter(store, settings)
            log = session.log_of(store, settings.database)
            log.begin()  # every command says so of a lost key
            lines = _archive_lines(store, settings.database) + _standby_lines(store, settings)
            if settings.sign_in == "required" and settings.oidc_issuer is None:
                link = first_administrator(Service(store, log))
    except StoreBusy as error:
        output.note(f"{error.problem.found}. Il servizio parte, e risponde 503 finché l'archivio non c'è.")
    shown = f"[{settings.host}]" if ":" in settings.host else settings.host
    if link:
        address = f"http://localhost:{settings.port}"
        output.note("Il primo accesso, di chi amministra (vale un giorno e una volta sola):")
        output.note(f"{address}{link}")
    for line in lines:
        output.note(line)
    output.note(f"In ascolto su http://{shown}:{settings.port}. Ctrl+C per finire.")
    if settings.public_address is not None:
        output.note(f"Chi arriva dal proxy lo trova su {settings.public_address}.")
    _look_for_provider(settings)
    return settings


def _archive_lines(store: Store, location: str) -> list[str]:
    """Which archive is served, and the plans in it; of one that has none, how to begin or to try."""
    with store.reading() as reader:
        plans = [
            plan
            for plan in (stream.removeprefix(PLANS) for stream in reader.streams(PLANS))
            if plan_is_there(reader, plan)
        ]
    archive = f"Archivio: {shown_location(location)}"
    if plans:
        more = f" e altri {len(plans) - SHOWN_PLANS}" if len(plans) > SHOWN_PLANS else ""
        return [f"{archive}, {counted(len(plans), 'piano', 'piani')}: {', '.join(plans[:SHOWN_PLANS])}{more}"]
    demo = Path(location).with_name(session.DEMO_FILE)
    if not is_server(location) and demo.is_file():
        of_demo = f"i piani di esempio sono in un archivio a parte: initinere serve --database {demo}"
    else:
        of_demo = "initinere demo (o make demo) carica cinque piani veri in un archivio a parte"
    return [
        f"{archive}, ancora senza piani",
        "Per cominciare: initinere import FILE, anche col foglio che l'ufficio ha già.",
        f"Per provare: {of_demo}; il pulsante della prima pagina li carica in questo.",
    ]


def _standby_lines(store: Store, settings: Settings) -> list[str]:
    """That the standby is not asked for now, and why; StoreRefused where it can never be."""
    if settings.standby is None:
        return []
    with closing(Standby(settings.standby, settings.standby_lag, store.datastore)) as standby:
        why = standby.require_of_primary()
    asked = "Risponde il primario; la replica, quando si può."
    return [f"La replica {shown_location(settings.standby)} (INITINERE_STANDBY) {why}. {asked}"] if why else []


def _look_for_provider(settings: Settings) -> None:
    """Says that the provider of identities does not answer: nobody comes in by it until it does."""
    configuration = oidc_configuration(settings)
    if configuration is None:
        return
    provider = IdentityProvider(configuration, lambda: datetime.now(UTC))
    if (problem := anyio.run(provider.problem)) is not None:
        output.note(
            f"Il fornitore d'identità {configuration.issuer} non risponde come dovrebbe: {problem.found}. "
            "Il servizio parte; finché dura, da lì non entra nessuno (INITINERE_OIDC_ISSUER)."
        )


def _free(host: str, port: int) -> None:
    """Refuses an address on which nobody else could listen."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as tried:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            tried.bind(address)
    except OSError as error:
        words = f"{host}, porta {port}: {error.strerror or error}"
        raise AddressTaken(words, accepted="un'altra porta, con --port", where="--port") from None


COMMANDS: dict[str, click.Command] = {
    "serve": TranslatedCommand(
        "serve",
        help=row_named(UPKEEP, "serve", Operation).description,
        params=[
            o.text_option(
                "--host",
                "host",
                "INDIRIZZO",
                "Dove ascolta: 127.0.0.1, ::1, localhost; un altro indirizzo solo dietro a TLS, dichiarato.",
            ),
            click.Option(["--port"], type=TextType(read_port), metavar="PORTA", help="La porta."),
            click.Option(
                ["--workers"], type=TextType(read_workers), metavar="PROCESSI", help="Quanti processi servono insieme."
            ),
            o.DATABASE,
        ],
        callback=_serve,
    )
}
