"""What is checked of a measurement in the light of the plan: who measures, in which unit, in an open year, from what terms.

Each check refuses by name, or gives the words of a warning.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from decimal import Decimal

from domain.access.principal import Forbidden
from domain.administrations.offices import KnownOffices, require_office_named
from domain.errors import YearNotOpen
from domain.formulas.evaluation import DivisionByZero, EarlierYearUnknown, Evaluation, Missing, MissingTerm, evaluate
from domain.formulas.events import FormulaConfirmed
from domain.formulas.model import TermKey, keys_of
from domain.italian import print_number
from domain.late import late
from domain.measurements.commands import RecordMeasurement, RestateMeasurement
from domain.measurements.refusals import (
    DenominatorZero,
    OfficeNotResponsible,
    PeriodInFuture,
    TermMissing,
    UnitDoubtful,
)
from domain.measurements.values import NumberValue, Observed
from domain.plans.state import PlanState
from domain.prepositions import with_articles_joined
from domain.scoring.figures import figure
from domain.systems.model import DEFAULT
from domain.targets.closed_years import TakenFrom, closed_years_that_take, figure_measured
from domain.targets.decide import target_of
from domain.targets.model import Milestones, Range, Reference, Threshold
from domain.timelines import Timelines
from domain.vocabulary import JsonValue, period_year

with late:  # what is stored was read before
    from domain.measurements.reader import read_value

AnyMeasuring = RecordMeasurement | RestateMeasurement
_SCALES = (Decimal(100), Decimal(1000), Decimal("0.01"), Decimal("0.001"))
_NEAR = Decimal(3)


def check_day(command: AnyMeasuring, today: date) -> None:
    """Refuses data of a day that is still to come."""
    if command.data_as_at > today:
        problem = f"i dati sarebbero del {command.data_as_at:%d/%m/%Y}, e oggi è il {today:%d/%m/%Y}"
        raise PeriodInFuture(problem, accepted="una data non futura", where="data_as_at")


def check_open_year(state: PlanState, command: AnyMeasuring) -> None:
    """A closed year takes restatements only, each with its reason; and what is loaded long after the fact.

    What another year, that is closed, is judged by takes its reason too.
    """
    year = period_year(command.period)
    if command.retrospective:
        return
    if year in state.years and state.closed(year):
        if isinstance(command, RestateMeasurement) and command.note:
            return
        accepted = "una rettifica del valore registrato (restate) con la sua nota; il punteggio resta com'era noto"
        raise YearNotOpen(f"l'anno {year} è chiuso", accepted=accepted, where="period")
    if command.note is None:
        latest = PlanState(state.timelines, date.max)
        measured = [i for i in latest.indicators() if latest.indicator(i, "series") == command.series]
        require_reason_for_closed(latest, measured, figure_measured(command.period), year)


def require_reason_for_closed(state: PlanState, indicators: Iterable[str], figure: TakenFrom | None, year: int) -> None:
    """Refuses, without its reason, a figure of a year that a closed year is judged by."""
    closed = closed_years_that_take(state, indicators, figure)
    if closed:
        years = " e ".join(map(str, closed))
        raise YearNotOpen(
            f"il {years} è chiuso, e un suo target si giudica con il valore del {year}: il punteggio cambierebbe",
            accepted="il valore con la sua nota, che dice perché viene dopo la chiusura; il cambiamento resta fra le segnalazioni",
            where="note",
        )


def check_office(
    state: PlanState, owner: Timelines, indicator: str, office: str | None, *, refused: bool
) -> str | None:
    """Refuses, or warns of, an office that is not responsible; None when it is, or nobody is said to be."""
    require_office_named(owner, office, "office")
    responsible = recording_offices(state, indicator)
    if office is None or not responsible:
        return None
    offices = KnownOffices(owner)
    if offices.same(office) in map(offices.same, responsible):
        return None
    problem = f"{office} non è responsabile di {indicator}"
    if refused:
        raise OfficeNotResponsible(problem, accepted=" oppure ".join(responsible), where="office")
    return f"{problem}: è di {' e '.join(responsible)}"


def require_own_indicator(
    state: PlanState, owner: Timelines, indicators: Collection[str], offices: Collection[str] | None
) -> None:
    """Refuses what is about no indicator of the offices that somebody is confined to; None confines to none."""
    responsible = [office for indicator in indicators for office in recording_offices(state, indicator)]
    _require_own(owner, responsible, offices)


def require_own_objective(state: PlanState, owner: Timelines, objective: str, offices: Collection[str] | None) -> None:
    """The same for an objective: its own offices, else those of the nearest one above that names any."""
    for served in (objective, *state.ancestors(objective)):
        named = state.objective(served, "offices")
        if isinstance(named, list) and named:
            _require_own(owner, [str(office) for office in named], offices)
            return
    _require_own(owner, [], offices)


def require_own_subject(state: PlanState, owner: Timelines, subject: str, offices: Collection[str] | None) -> None:
    """The same for an objective or an indicator, by its key."""
    kind, _, id_ = subject.partition("/")
    if kind == "indicator":
        require_own_indicator(state, owner, [id_], offices)
    else:
        require_own_objective(state, owner, id_, offices)


def _require_own(owner: Timelines, responsible: Collection[str], offices: Collection[str] | None) -> None:
    if offices is None or KnownOffices(owner).among(responsible, offices):
        return
    found = f"è di {' e '.join(responsible)}" if responsible else "non è di alcun ufficio"
    raise Forbidden(f"ciò che si registra {found}", accepted=f"ciò che è di {', '.join(sorted(offices))}")


def responsible_offices(state: PlanState, indicator: str) -> list[str]:
    """The offices that answer for an indicator: those of its card, else those of the nearest objectives that name any."""
    owner, others = (state.indicator(indicator, field) for field in ("owner", "co_owners"))
    named = [owner, *others] if isinstance(others, list) else [owner]
    if any(named):
        return [str(office) for office in named if office]
    responsible: list[str] = []
    for objective in state.serves(indicator):
        for served in (objective, *state.ancestors(objective)):
            offices = state.objective(served, "offices")
            if isinstance(offices, list) and offices:
                responsible += [str(office) for office in offices]
                break
    return list(dict.fromkeys(responsible))


def valuing_offices(state: PlanState, indicator: str) -> list[str]:
    """The offices that are asked for the values of an indicator: the one that measures it, else the one that its card names first.

    Where neither is said, those that answer for it: nobody says which of them has the figure.
    """
    for field in ("measured_by", "owner"):
        if office := state.indicator(indicator, field):
            return [str(office)]
    return responsible_offices(state, indicator)


def recording_offices(state: PlanState, indicator: str) -> list[str]:
    """The offices that may give the values of an indicator: those that answer for it, and the one that measures it."""
    measuring = state.indicator(indicator, "measured_by")
    return [*responsible_offices(state, indicator), *([str(measuring)] if measuring else [])]


def check_unit(command: AnyMeasuring, observed: Observed, known: Iterable[tuple[str, Decimal]]) -> None:
    """Asks about a value that is a hundred or a thousand times off all that is known of the indicator."""
    value = observed.value if isinstance(observed, NumberValue) else None
    if isinstance(observed, NumberValue) and observed.numerator is not None:
        return
    known = [(name, abs(reference)) for name, reference in known if reference]
    if command.confirm_unit or not value or not known:
        return
    for scale in _SCALES:
        if all(1 / _NEAR <= abs(value) / (reference * scale) <= _NEAR for _, reference in known):
            name, reference = known[0]
            times = "volte più grande" if scale > 1 else "volte più piccolo"
            factor = print_number(scale if scale > 1 else 1 / scale)
            problem = with_articles_joined(
                f"{print_number(value)} è circa {factor} {times} di {name} ({print_number(reference)})"
            )
            meant = print_number(Decimal(format((value / scale).normalize(), "f")))
            accepted = f"{meant}, se è quella l'unità; oppure «unità confermata», se il valore è proprio questo"
            raise UnitDoubtful(problem, accepted=accepted, where="value")


def comparison_figures(
    state: PlanState, indicator: str, year: int, earlier: Mapping[str, JsonValue]
) -> list[tuple[str, Decimal]]:
    """What a new value is held against: the targets of its year, the start value, the last figures of the series."""
    comparisons: list[tuple[str, Decimal]] = []
    for (target_year, _), value in state.targets(indicator).items():
        target = target_of(value)
        if target_year != year:
            continue
        match target:
            case Threshold() | Reference() if target.value is not None:
                comparisons.append((f"il target {year}", target.value))
            case Range():
                comparisons += [(f"il target {year}", target.low), (f"il target {year}", target.high)]
            case Milestones():
                comparisons.append((f"il target {year}", target.steps[-1].value))
            case _:
                pass
    baseline = state.indicator(indicator, "baseline")
    start = read_value(str(baseline)) if baseline else None
    if isinstance(start, NumberValue) and start.value is not None:
        comparisons.append(("il valore di partenza", start.value))
    for period, fact in sorted(earlier.items())[-3:]:
        number = stored_number(fact)
        read = figure(number, None, DEFAULT) if number is not None else None
        if read is not None and read.value is not None:
            comparisons.append(
                (f"il valore del {period}", number.value if number and number.value is not None else read.value)
            )
    return comparisons


def stored_number(fact: JsonValue) -> NumberValue | None:
    """The number that a stored measurement holds; None when it holds anything else."""
    observed = fact.get("observed") if isinstance(fact, dict) else None
    return (
        NumberValue.model_validate(observed)
        if isinstance(observed, dict) and observed.get("kind") == "number"
        else None
    )


def from_terms(
    formula: FormulaConfirmed | None, terms: Mapping[str, Decimal], year: int, fields: Mapping[str, JsonValue]
) -> Evaluation:
    """What a confirmed formula gives for the terms of a year; `fields` are the stored measurements of the series."""
    if formula is None or formula.expression is None:
        raise TermMissing(
            "l'indicatore non ha una formula confermata",
            accepted="prima la conferma dei termini (formula confirm), oppure value",
            where="terms",
        )
    names = [term.id for term in formula.terms]
    if strange := sorted(set(terms) - set(names)):
        raise TermMissing(f"{strange[0]} non è un termine della formula", accepted=", ".join(names), where="terms")
    outcome = work_out(formula, terms, year, fields)
    match outcome:
        case DivisionByZero():
            raise DenominatorZero(
                f"la formula divide per zero: {outcome.at}", accepted="un divisore diverso da zero", where="terms"
            )
        case MissingTerm():
            raise TermMissing(f"manca il termine {outcome.term}", accepted=", ".join(names), where="terms")
        case _:
            return outcome


def work_out(
    formula: FormulaConfirmed, terms: Mapping[str, Decimal], year: int, fields: Mapping[str, JsonValue]
) -> Evaluation:
    """The value of a confirmed formula, or the named state that keeps it from having one."""
    if formula.expression is None:
        return MissingTerm(term="")
    values: dict[TermKey, Decimal | Missing] = {}
    for key in keys_of(formula.expression):
        stored_terms: Mapping[str, JsonValue | Decimal] = {**terms}
        if key.years_back:
            earlier = fields.get(str(year - key.years_back))
            earlier_terms = earlier.get("terms") if isinstance(earlier, dict) else None
            stored_terms = earlier_terms if isinstance(earlier_terms, dict) else {}
        if key.id in stored_terms:
            values[key] = Decimal(str(stored_terms[key.id]))
    return evaluate(formula.expression, values)


__all__ = [
    "EarlierYearUnknown",
    "check_day",
    "check_office",
    "check_open_year",
    "check_unit",
    "comparison_figures",
    "from_terms",
    "responsible_offices",
    "stored_number",
    "work_out",
]
