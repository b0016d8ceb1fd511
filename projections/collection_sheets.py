"""What a collection sheet asks of an office for a round: a row each value that is due, with all that helps to give it.

What is due is what `dues` says. A sheet names the versions that it rests on: from them the same sheet is made again,
whenever it comes back, and what came back is held against it.
"""

import hashlib
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

import orjson

from domain.access.principal import Forbidden
from domain.administrations.offices import KnownOffices
from domain.errors import NotFound
from domain.facts import PLAN
from domain.formulas.decide import confirmed_formula
from domain.formulas.model import Binary, Confidence, Expression, Number, Percent, Term
from domain.plans.state import PlanState
from domain.point import Point
from domain.rounds.collection import NOBODY
from domain.rounds.decide import RoundAlreadyClosed, find_round
from domain.rounds.model import Round, round_called
from domain.scoring.inputs import proposal_of
from domain.scoring.numbers import HUNDRED
from projections.dues import DueValue, PastValue, ReadDues
from projections.plan_history import read_history
from projections.predecessors import administration_record
from projections.store.reader import Reader
from projections.streams import PlanKnown, find_plan


class AskedTerm(NamedTuple):
    """A term that a sheet asks for: its name in the formula, and the words by which the office calls it."""

    id: str
    phrase: str


class AskedValue(NamedTuple):
    """A row of a collection sheet: the indicator, what helps to fill the row, and the terms that it may be given by.

    `is_ratio`: the two terms are numerator and denominator, for no formula is confirmed. `unit` is that of the ratio.
    """

    indicator: str
    series: str
    name: str
    objectives: tuple[str, ...]
    formula: str
    unit: str
    targets: tuple[str, ...]
    last: tuple[PastValue, ...]
    period: str
    terms: tuple[AskedTerm, ...]
    is_ratio: bool
    is_percentage: bool


class CollectionSheet(NamedTuple):
    """What one office is asked for, and what that rests on: the day, the versions of the plan and of the administration's record."""

    plan: str
    title: str
    round: Round
    office: str
    as_of: date
    version: int
    administration_version: int
    rows: tuple[AskedValue, ...]

    @property
    def digest(self) -> str:
        """The identity of all that is written on it."""
        content = [self.plan, self.round.id, self.office, self.as_of.isoformat(), self.rows]
        return hashlib.sha256(orjson.dumps(content, default=str)).hexdigest()[:32]


def collection_sheets(
    reader: Reader,
    plan: str,
    name: str,
    point: Point,
    *,
    office: str | None = None,
    own: frozenset[str] | None = None,
) -> list[CollectionSheet]:
    """The sheets of a round at a point, one an office; of one `office` where it is said, by name or id.

    `own` are the offices that somebody is confined to: Forbidden for another's. RoundAlreadyClosed where the round waits for
    nothing any more; NotFound where there is nothing that is due.
    """
    known = find_plan(reader, plan, point.known_at)
    history = read_history(reader, known)
    round_ = find_round(history.timelines, name, point.as_of)
    if round_.closed_on is not None and round_.closed_on <= point.as_of:
        problem = (
            f"il monitoraggio {round_called(round_.id)} è chiuso dal {round_.closed_on:%d/%m/%Y}: non aspetta più nulla"
        )
        raise RoundAlreadyClosed(problem, accepted="un monitoraggio aperto", where="round")
    record = administration_record(reader, known, point.known_at)
    offices = KnownOffices(record.timelines)
    if office is not None:
        _require_office(offices, office, own)
    wanted = {office} if office is not None else own
    dues = ReadDues(history, record, point).in_full()
    state = PlanState(history.timelines, round_.as_at)
    by_office: dict[str, list[AskedValue]] = {}
    for due in dues["values"]:
        if due["round"] == round_.id:
            row = _asked_value(state, due)
            for name_ in due["offices"] or [NOBODY]:
                if offices.among([name_], wanted):
                    by_office.setdefault(name_, []).append(row)
    if not by_office:
        whose = f" {office}" if office else ""
        raise NotFound(
            f"per il monitoraggio {round_called(round_.id)}{whose} non deve più nulla"
            if office
            else f"il monitoraggio {round_called(round_.id)} non aspetta più nulla",
            accepted="un monitoraggio, o un ufficio, che aspetta ancora dei valori",
            where="office" if office else "round",
        )
    title = str(history.timelines.value(PLAN, "title", date.max) or plan)
    return [
        CollectionSheet(
            plan,
            title,
            round_,
            name_,
            point.as_of,
            known.known.version,
            known.administration_known.version,
            tuple(rows),
        )
        for name_, rows in sorted(by_office.items())
    ]


def formulas_to_confirm(reader: Reader, sheets: Sequence[CollectionSheet]) -> list[str]:
    """The names of the indicators of some sheets that have no columns for their terms, for their formula waits to be confirmed."""
    names: list[str] = []
    for sheet in sheets:
        state = PlanState(reader.timelines(find_plan(reader, sheet.plan).stream), sheet.round.as_at)
        names += [row.name for row in sheet.rows if not row.terms and proposal_of(state, row.indicator).terms]
    return list(dict.fromkeys(names))


def point_of_versions(
    reader: Reader, known: PlanKnown, as_of: date, version: int, administration_version: int
) -> Point | None:
    """The point at which a plan and its administration's record stood at two versions; None where they never did.

    Instants rise through the whole store: at the later of the two recordings, both versions were the last.
    """
    instants = []
    for stream, number, head in (
        (known.stream, version, known.known.version),
        (known.administration_stream, administration_version, known.administration_known.version),
    ):
        if not 1 <= number <= head:
            return None
        instants += [record.recorded_at for record in reader.records(stream, [number])]
    return Point(as_of, max(instants))


def _require_office(offices: KnownOffices, office: str, own: frozenset[str] | None) -> None:
    if offices.same(office) != offices.same(NOBODY):
        offices.require([office], "office")
    if not offices.among([office], own):
        raise Forbidden(
            f"{office} non è fra gli uffici di chi chiede", accepted=", ".join(sorted(own or ())), where="office"
        )


def _asked_value(state: PlanState, due: DueValue) -> AskedValue:
    indicator = due["indicator"]
    terms, is_ratio, is_percentage = _terms(state, indicator)
    return AskedValue(
        indicator=indicator,
        series=str(state.indicator(indicator, "series")),
        name=due["name"],
        objectives=tuple(
            " ".join(filter(None, (str(state.objective(o, "code") or ""), str(state.objective(o, "title") or o))))
            for o in due["objectives"]
        ),
        formula=str(state.indicator(indicator, "formula") or ""),
        unit=str(state.indicator(indicator, "unit") or ""),
        targets=tuple(due["targets"]),
        last=tuple(due["last"]),
        period=due["period"],
        terms=terms,
        is_ratio=is_ratio,
        is_percentage=is_percentage,
    )


def _terms(state: PlanState, indicator: str) -> tuple[tuple[AskedTerm, ...], bool, bool]:
    """The terms of the confirmed formula; for want of one, those of a ratio that was read for certain."""
    formula = confirmed_formula(state, indicator)
    if formula is not None:
        return tuple(AskedTerm(term.id, term.phrase) for term in formula.terms), False, False
    proposal = proposal_of(state, indicator)
    over, is_percentage = _without_hundred(proposal.expression) if proposal.expression is not None else (None, False)
    if (
        proposal.confidence is Confidence.HIGH
        and isinstance(over, Binary)
        and over.operator == "/"
        and isinstance(over.left, Term)
        and isinstance(over.right, Term)
        and not (over.left.years_back or over.right.years_back)
    ):
        phrases = {term.id: term.phrase for term in proposal.terms}
        terms = tuple(AskedTerm(term.id, phrases.get(term.id, term.id)) for term in (over.left, over.right))
        return terms, True, is_percentage or proposal.unit == "%"
    return (), False, False


def _without_hundred(expression: Expression) -> tuple[Expression, bool]:
    """What a percentage is made of, and whether it is one."""
    match expression:
        case Percent(operand=operand):
            return operand, True
        case Binary(operator="*", left=left, right=Number(value=value)) if value == HUNDRED:
            return left, True
        case Binary(operator="*", left=Number(value=value), right=right) if value == HUNDRED:
            return right, True
        case _:
            return expression, False
