"""What a collection sheet asks of an office for a round: a row each value that is due, with all that helps to give it.

What is due is what `dues` says. A sheet names the versions that it rests on: from them the same sheet is made again,
whenever it comes back, and what came back is held against it.
"""

import hashlib
from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

import orjson

from domain.access.principal import Forbidden
from domain.administrations.offices import KnownOffices
from domain.deviations.found import of_round
from domain.deviations.model import corrective_actions
from domain.errors import NotFound
from domain.facts import PLAN, indicator_key
from domain.formulas.decide import confirmed_formula
from domain.formulas.model import Binary, Confidence, Expression, Number, Percent, Term
from domain.italian import print_date
from domain.measurements.events import STATUS_WORDS
from domain.measurements.printer import print_rounded
from domain.plans.state import PlanState
from domain.point import Point
from domain.rounds.collection import NOBODY, CollectedRound
from domain.rounds.decide import RoundAlreadyClosed, find_round
from domain.rounds.model import Round, round_called
from domain.scoring.inputs import AdministrationRecord, proposal_of
from domain.scoring.numbers import HUNDRED
from projections.action_words import words_of_actions
from projections.dues import DueValue, PastValue, ReadDues, last_values
from projections.offices import offices_of_administration
from projections.plan_history import read_history
from projections.predecessors import administration_record
from projections.rounds import collected_round
from projections.store.reader import Reader
from projections.streams import PlanKnown, find_plan


class AskedTerm(NamedTuple):
    """A term that a sheet asks for: its name in the formula, and the words by which the office calls it."""

    id: str
    phrase: str


class AskedValue(NamedTuple):
    """A row of a collection sheet: the indicator, what helps to fill the row, and the terms that it may be given by.

    `is_ratio`: the two terms are numerator and denominator, for no formula is confirmed. `unit` is that of the ratio.
    `deviation` says how what came is short of its target, or that it is at risk, where nobody gave the cause; `actions` are
    the corrective actions that are under way. Where the value came already (`is_given`) the cause alone is asked for.
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
    deviation: str = ""
    actions: tuple[str, ...] = ()
    is_given: bool = False


FIRST_FIELDS = AskedValue._fields[: AskedValue._fields.index("deviation")]
"""What a row said before sheets asked for causes."""


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
    offices: tuple[str, ...] = ()
    """The offices that a corrective action may be of."""

    @property
    def digest(self) -> str:
        """The identity of all that is written on it."""
        # Of the words of actions an order may take some away while the sheet is out.
        return self._digest([row._replace(actions=()) for row in self.rows])

    def before_causes(self) -> "CollectionSheet":
        """The sheet as it went out before sheets asked for causes: what is due alone."""
        return self._replace(
            rows=tuple(row._replace(deviation="", actions=()) for row in self.rows if not row.is_given)
        )

    @property
    def digest_before_causes(self) -> str:
        """The identity that such a sheet bore."""
        rows = (", ".join(f"{field}={getattr(row, field)!r}" for field in FIRST_FIELDS) for row in self.rows)
        return self._digest(tuple(f"AskedValue({row})" for row in rows))

    def _digest(self, rows: Sequence[object]) -> str:
        content = [self.plan, self.round.id, self.office, self.as_of.isoformat(), rows]
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
    owed = [due for due in dues["values"] if due["round"] == round_.id]
    _, whole = collected_round(reader, plan, round_.id, point)
    causes = _Causes(reader, known.stream, whole, record, point.as_of)
    by_office: dict[str, list[AskedValue]] = {}
    for due in (*owed, *causes.given_already({due["indicator"] for due in owed})):
        row = causes.asked_too(_asked_value(state, due))
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
    listed = offices_of_administration(reader, known.administration, point)["offices"]
    in_activity = tuple(each["name"] for each in listed)
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
            in_activity,
        )
        for name_, rows in sorted(by_office.items())
    ]


class _Causes:
    """What of a round asks for its cause, and what is done about each indicator."""

    def __init__(
        self, reader: Reader, stream: str, whole: CollectedRound, record: AdministrationRecord, as_of: date
    ) -> None:
        self._whole, self._record, self._as_of = whole, record, as_of
        self._asking = {each.subject: each for each in of_round(whole, as_of) if each.asks_cause}
        self._actions = [action for action in corrective_actions(whole.state.timelines, as_of) if not action.outcome]
        self._words = words_of_actions(reader, stream, self._actions)

    def given_already(self, owed: set[str]) -> Iterator[DueValue]:
        """What came, is short of its target, and is explained by nobody, as if its value were due."""
        whole = self._whole
        for due in whole.dues:
            asking = self._asking.get(indicator_key(due.indicator))
            if asking is not None and due.indicator not in owed:
                series = str(whole.state.indicator(due.indicator, "series"))
                yield {
                    "indicator": due.indicator,
                    "name": whole.name(due.indicator),
                    "objectives": list(due.objectives),
                    "offices": list(due.responsible),
                    "targets": [target.text for _, target in sorted(due.targets.items())],
                    "last": last_values(self._record, series, self._as_of),
                    "period": asking.period,
                    "as_at": whole.round.as_at.isoformat(),
                    "due_by": whole.round.due_by.isoformat() if whole.round.due_by else None,
                    "late": False,
                    "round": whole.round.id,
                    "wants_status": False,
                }

    def asked_too(self, row: AskedValue) -> AskedValue:
        """A row with what is known of its deviation, and of what is done about it."""
        key = indicator_key(row.indicator)
        asking = self._asking.get(key)
        actions = tuple(
            f"{self._words[action.id].remedy or action.id} ({action.office}, entro il {print_date(action.due_by)})"
            for action in self._actions
            if action.subject == key
        )
        if asking is None:
            return row._replace(actions=actions)
        short = asking.held.variance.words if asking.held and asking.held.variance else ""
        said = f"è detto {STATUS_WORDS[asking.status]}" if asking.is_at_risk and asking.status else ""
        observed = f"osservato {print_rounded(asking.observed)}" if asking.observed is not None else ""
        return row._replace(
            deviation="; ".join(filter(None, (observed, short and f"scostamento {short}", said))),
            actions=actions,
            is_given=asking.observed is not None,
        )


def formulas_to_confirm(reader: Reader, sheets: Sequence[CollectionSheet]) -> list[str]:
    """The names of the indicators of some sheets that have no columns for their terms, for their formula waits to be confirmed."""
    names: list[str] = []
    for sheet in sheets:
        state = PlanState(reader.timelines(find_plan(reader, sheet.plan).stream), sheet.round.as_at)
        names += [
            row.name
            for row in sheet.rows
            if not (row.terms or row.is_given) and proposal_of(state, row.indicator).terms
        ]
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
