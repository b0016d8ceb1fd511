"""The command that reads a printed formula, and by which the office makes its terms its own: formula."""

import sys

import click
from rich.text import Text

from api.cli import options as o
from api.cli import output, session
from api.cli.frame import HELP
from api.cli.lines import LineRefused, print_answers
from api.cli.parameters import options_of
from api.cli.reader import cli_of, command_of, read_input
from api.cli.recorded import tell
from api.cli.words import printable
from api.commands.evaluation import confirm_formula
from api.language.labels import CONFIDENCES, FORMULA_KINDS, METAS
from api.operations.model import Command, Question, row_named
from api.operations.queries import OfFormula
from api.operations.scoring import SCORING
from api.operations.serializers import FormulaProposal, formula_object, outcome_object
from domain.formulas.commands import ConfirmFormula
from domain.formulas.model import Proposal
from domain.formulas.reader import read_formula
from domain.vocabulary import JsonValue
from projections.history import object_key
from projections.streams import find_plan

READING = row_named(SCORING, "read_formula", Question)
CONFIRMING = row_named(SCORING, "confirm_formula", Command)


def formula(
    text: str | None,
    *,
    lines: bool,
    plan: str | None,
    database: str | None,
    actor: str | None,
    command_id: str | None,
    as_json: bool,
    **asked: JsonValue,
) -> None:
    """Reads a formula, or one from each line; or confirms that of an indicator."""
    if lines:
        if not as_json or text is not None:
            raise click.BadParameter("va con --json, e senza TESTO", param_hint="--lines")
        print_answers(sys.stdin.buffer, formula_line)
        return
    if asked["indicator"] is not None:
        if plan is None:
            raise click.BadParameter("manca il piano dell'indicatore", param_hint="--plan")
        with session.serving(database) as service:
            with service.store.reading() as reader:
                indicator = object_key(reader, find_plan(reader, plan), str(asked["indicator"])).partition("/")[2]
            confirmed = read_input(ConfirmFormula, asked | {"indicator": indicator}, cli_of(CONFIRMING))
            outcome = confirm_formula(service, plan, confirmed, session.caller(actor, command_id))
            if as_json:
                output.emit(outcome_object(outcome))
            else:
                tell(service, outcome)
        return
    proposal = read_formula(read_input(OfFormula, {"text": text}, cli_of(READING)).text)
    if as_json:
        output.emit(formula_object(proposal))
    else:
        output.show(_words(proposal))


def formula_line(asked: dict[str, JsonValue]) -> FormulaProposal | LineRefused:
    """The proposal for one line, or its error."""
    text = asked.get("text", asked.get("formula"))
    if not isinstance(text, str):
        return {"error": "text: manca il testo della formula"}
    return formula_object(read_formula(text))


def _words(proposal: Proposal) -> Text:
    lines = [f"{FORMULA_KINDS[proposal.kind]}, sicurezza {CONFIDENCES[proposal.confidence]}"]
    if proposal.meta is not None:
        threshold = f", soglia {proposal.threshold}%" if proposal.threshold else ""
        lines.append(f"misura: {METAS[proposal.meta]}{threshold}")
    lines += [
        f"termine {term.id}: «{term.phrase}»" + (f", fino a {term.years_back} anni prima" if term.years_back else "")
        for term in proposal.terms
    ]
    if proposal.printed:
        lines.append(f"espressione: {proposal.printed}" + (f" ({proposal.unit})" if proposal.unit else ""))
    lines += [f"perché: {reason}" for reason in proposal.reasons]
    heading = Text(printable(proposal.text), style="bold")
    return heading.append(printable("".join(f"\n  {line}" for line in lines)), style="not bold")


COMMANDS: dict[str, click.Command] = {
    "formula": command_of(
        READING,
        [
            *options_of(OfFormula, cli_of(READING), all_optional=True),
            o.switch("--lines", "Legge dallo standard input un oggetto {text} per riga; vuole --json."),
            o.text_option("--plan", "plan", "PIANO", "Con --confirm: il piano dell'indicatore."),
            *options_of(ConfirmFormula, cli_of(CONFIRMING), all_optional=True),
            o.DATABASE,
            o.ACTOR,
            o.IS_ROLE,
            o.COMMAND_ID,
            o.AS_JSON,
        ],
        formula,
        context_settings=HELP | {"ignore_unknown_options": True},
    )
}
