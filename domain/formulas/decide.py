"""The rules of confirming a formula: a proposal read from the print, as it is or edited, is the office's from then on."""

from datetime import date, timedelta

from pydantic import TypeAdapter

from domain.errors import NoChange, NotFound, Refusal, YearNotOpen
from domain.facts import indicator_key
from domain.formulas.commands import ConfirmFormula
from domain.formulas.events import FormulaConfirmed
from domain.formulas.model import Expression, FormulaTerm, keys_of
from domain.late import late
from domain.plans.state import PlanState
from domain.timelines import Timelines
from domain.vocabulary import DEFERRED, JsonValue

with late:  # what is stored was read before
    from domain.formulas.language import parse_expression
    from domain.formulas.reader import read_formula

CONFIRMED = "confirmed_formula"
EXPRESSION: TypeAdapter[Expression] = TypeAdapter(Expression, config=DEFERRED)


class NothingToConfirm(Refusal):
    """A formula that stays prose: there are no terms to confirm."""

    name = "nothing_to_confirm"
    title = "Nessun termine da confermare"


def confirmed_on(timelines: Timelines, command: ConfirmFormula, today: date) -> date:
    """From when a formula is confirmed: the day that is stated, else that from which the plan exists.

    One that takes the place of another holds, where no day is stated, from after the last year that was closed by it.
    """
    latest = PlanState(timelines, date.max)
    closings = [day for year in latest.years if (day := latest.closed_on(year)) is not None]
    if command.confirmed_on is None and closings and latest.indicator(command.indicator, CONFIRMED) is not None:
        return max(closings) + timedelta(days=1)
    return command.confirmed_on or latest.drafted_on or today


def confirm_formula(state: PlanState, command: ConfirmFormula) -> FormulaConfirmed:
    """Refused for an indicator that is not there, a formula that proposes nothing, or one confirmed so already."""
    key = indicator_key(command.indicator)
    if not state.timelines.known(key):
        problem = f"l'indicatore {command.indicator} non è nel piano"
        raise NotFound(problem, accepted="un identificativo di indicatore", where="indicator")
    text = str(state.indicator(command.indicator, "formula") or state.indicator(command.indicator, "name") or "")
    event = _event(command, text)
    confirmed = state.value(key, CONFIRMED)
    if confirmed == stored_formula(event):
        raise NoChange(f"la formula di {command.indicator} è già confermata così")
    if confirmed is not None and (closed := state.closed_since(state.on)):
        problem = f"il {closed[-1]} è chiuso, e si giudica con la formula confermata allora"
        accepted = f"un giorno dopo il {state.closed_on(closed[-1]):%d/%m/%Y}"
        raise YearNotOpen(problem, accepted=accepted, where="confirmed_on")
    return event


def _event(command: ConfirmFormula, text: str) -> FormulaConfirmed:
    if command.prose:
        return FormulaConfirmed(indicator=command.indicator, formula=text)
    proposal = read_formula(text)
    terms = command.terms or proposal.terms
    expression = proposal.expression
    if command.expression is not None:
        expression = parse_expression(command.expression, [term.id for term in terms])
    if expression is None or not terms:
        raise NothingToConfirm(
            f"la formula {text[:120]!r} resta prosa",
            accepted="i termini e l'espressione, oppure «resta prosa» per inserire il valore direttamente",
            where="expression",
        )
    used = {key.id for key in keys_of(expression)}
    farthest = {name: max(k.years_back for k in keys_of(expression) if k.id == name) for name in used}
    kept = tuple(
        FormulaTerm(id=term.id, phrase=term.phrase, years_back=farthest[term.id]) for term in terms if term.id in used
    )
    unit = command.unit or (proposal.unit if command.expression is None else None)
    return FormulaConfirmed(indicator=command.indicator, formula=text, terms=kept, expression=expression, unit=unit)


def stored_formula(event: FormulaConfirmed) -> dict[str, JsonValue]:
    """A confirmed formula as its fact holds it."""
    return event.model_dump(mode="json", exclude={"indicator"}, exclude_none=True)


def confirmed_formula(state: PlanState, indicator: str) -> FormulaConfirmed | None:
    """The formula that the office confirmed for an indicator; None when it confirmed none."""
    value = state.indicator(indicator, CONFIRMED)
    if not isinstance(value, dict):
        return None
    return FormulaConfirmed.model_validate({"indicator": indicator} | value)
