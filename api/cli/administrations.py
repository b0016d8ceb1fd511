"""The commands of an administration: its acts and its offices."""

from datetime import date
from typing import Annotated

import typer
from rich.text import Text

from api.cli import options as o
from api.cli import output, session
from api.cli.app import command
from api.cli.plans import outcome_object
from api.cli.words import plain
from api.commands.administration_writer import act_of
from api.commands.handler import Outcome
from api.formats.json_reader import into
from domain.administrations.commands import RegisterOffice
from domain.vocabulary import JsonValue

AdministrationArgument = Annotated[
    str, typer.Argument(metavar="ENTE", help="L'id dell'ente, come sta nel documento del piano.", show_default=False)
]


@command()
def act(
    administration: AdministrationArgument,
    phrase: Annotated[
        str,
        typer.Argument(
            metavar="FRASE", help='L\'atto, per esempio "delibera di Giunta n. 9 del 30/09/2022".', show_default=False
        ),
    ],
    *,
    database: o.Database = None,
    actor: o.ActorOption = None,
    command_id: o.CommandIdOption = None,
    as_json: o.AsJson = False,
) -> None:
    """Registra un atto di un ente."""
    made = act_of(phrase)
    with session.serving(database) as service:
        outcome = service.register_act(administration, phrase, session.caller(actor, command_id))
    _answer(outcome, f"{made}, con id {made.id}", as_json=as_json)


@command()
def office(  # noqa: PLR0913 - each option is a parameter
    administration: AdministrationArgument,
    name: Annotated[str, typer.Argument(metavar="NOME", help="Il nome dell'ufficio.", show_default=False)],
    *,
    alias: Annotated[
        list[str] | None, typer.Option("--alias", metavar="NOME", help="Un altro nome; si ripete.")
    ] = None,
    office_id: Annotated[
        str | None, typer.Option("--id", metavar="ID", help="L'id dell'ufficio; dal nome, se non si dice.")
    ] = None,
    valid_from: Annotated[
        date | None, typer.Option("--valid-from", parser=o.read_day, metavar="DATA", help="Da quando.")
    ] = None,
    database: o.Database = None,
    actor: o.ActorOption = None,
    command_id: o.CommandIdOption = None,
    as_json: o.AsJson = False,
) -> None:
    """Registra un ufficio di un ente, o gli dà altri nomi."""
    said: dict[str, JsonValue] = {"name": name, "aliases": list(alias or []), "office": office_id}
    command = into(RegisterOffice, said | {"valid_from": valid_from.isoformat() if valid_from else None})
    with session.serving(database) as service:
        outcome = service.register_office(administration, command, session.caller(actor, command_id))
    _answer(outcome, f"ufficio «{name}»", as_json=as_json)


def _answer(outcome: Outcome, what: str, *, as_json: bool) -> None:
    if as_json:
        output.emit(outcome_object(outcome))
    else:
        output.show(Text(plain(f"{'Già registrato' if outcome.repeated else 'Registrato'}: {what}")))
