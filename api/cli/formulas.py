"""The command that reads a printed formula, and the one by which the office makes its terms its own."""

import sys
from collections.abc import Mapping
from typing import Annotated

import typer
from rich.text import Text

from api.cli import options as o
from api.cli import output, session
from api.cli.app import command
from api.cli.changes import answer
from api.cli.lines import answered
from api.cli.words import plain
from api.commands.evaluation import confirm_formula
from api.formats.json_reader import into
from api.formats.serializers import formula_object
from domain.formulas.commands import ConfirmFormula
from domain.formulas.model import Proposal
from domain.formulas.reader import read_formula
from domain.vocabulary import JsonValue
from projections.history import object_key
from projections.streams import find_plan

KINDS = {
    "expression": "si calcola dai termini",
    "single_term": "un termine solo",
    "yes_no": "sì o no",
    "meta": "la misura il sistema",
    "prose": "resta prosa: il valore si inserisce",
}
SURE = {"high": "alta", "medium": "media", "low": "bassa"}


@command(takes_dashes=True)
def formula(  # noqa: PLR0913 - each option is a parameter
    text: Annotated[
        str | None, typer.Argument(metavar="TESTO", help="La formula, come è stampata.", show_default=False)
    ] = None,
    *,
    lines: Annotated[
        bool,
        typer.Option("--lines", help="Legge dallo standard input un oggetto {text} per riga; vuole --json."),
    ] = False,
    plan: Annotated[
        str | None, typer.Option("--plan", metavar="PIANO", help="Con --confirm: il piano dell'indicatore.")
    ] = None,
    confirm: Annotated[
        str | None,
        typer.Option(
            "--confirm", metavar="INDICATORE", help="Conferma i termini della formula di un indicatore, e li registra."
        ),
    ] = None,
    expression: Annotated[
        str | None,
        typer.Option(
            "--expression", metavar="FORMULA", help="Con --confirm: l'espressione corretta, sui suoi termini."
        ),
    ] = None,
    prose: Annotated[
        bool, typer.Option("--prose", help="Con --confirm: resta prosa, il valore si inserisce direttamente.")
    ] = False,
    database: o.Database = None,
    actor: o.ActorOption = None,
    command_id: o.CommandIdOption = None,
    as_json: o.AsJson = False,
) -> None:
    """Legge una formula stampata: i termini che propone e quanto ne è sicura; oppure la conferma per un indicatore."""
    if lines:
        if not as_json or text is not None:
            raise typer.BadParameter("va con --json, e senza TESTO", param_hint="--lines")
        for line in answered(sys.stdin.buffer, formula_line):
            typer.echo(line, nl=False)
        return
    if confirm is not None:
        if plan is None:
            raise typer.BadParameter("manca il piano dell'indicatore", param_hint="--plan")
        with session.reading(database) as reader:
            one = object_key(reader, find_plan(reader, plan), confirm).partition("/")[2]
        said: dict[str, JsonValue] = {"indicator": one, "prose": prose, "expression": expression}
        with session.serving(database) as service:
            outcome = confirm_formula(service, plan, into(ConfirmFormula, said), session.caller(actor, command_id))
            answer(service, outcome, as_json=as_json)
        return
    if text is None:
        raise typer.BadParameter("manca il testo della formula", param_hint="TESTO")
    found = read_formula(text)
    if as_json:
        output.emit(formula_object(found))
    else:
        output.show(_words(found))


def formula_line(asked: dict[str, JsonValue]) -> Mapping[str, object]:
    """The proposal for one line, or its error."""
    text = asked.get("text", asked.get("formula"))
    if not isinstance(text, str):
        return {"error": "text: manca il testo della formula"}
    return formula_object(read_formula(text))


def _words(found: Proposal) -> Text:
    lines = [f"{KINDS[found.kind.value]} ({found.kind.value}), sicurezza {SURE[found.confidence.value]}"]
    if found.meta is not None:
        lines.append(f"misura: {found.meta.value}" + (f", soglia {found.threshold}%" if found.threshold else ""))
    lines += [
        f"termine {term.id}: «{term.phrase}»" + (f", fino a {term.years_back} anni prima" if term.years_back else "")
        for term in found.terms
    ]
    if found.printed:
        lines.append(f"espressione: {found.printed}" + (f" ({found.unit})" if found.unit else ""))
    lines += [f"perché: {reason}" for reason in found.reasons]
    made = Text(plain(found.text), style="bold")
    return made.append(plain("".join(f"\n  {line}" for line in lines)), style="not bold")
