"""What a score is made of, read from the two records: the tree, the targets of the year, what was observed, the rules.

Year Y stands on the structure in force on min(as_of, 31 December Y), with Y's targets and measurements as of as_of; or,
ex ante, on the plan as the year was approved. Once it is closed, its targets are those of the day on which it was.
"""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from domain.benchmarks.decide import benchmarks_of
from domain.benchmarks.events import BENCHMARK_NAMES
from domain.changes.official_rate import official_rate
from domain.errors import NotFound
from domain.facts import IN_FORCE, assignment_key, indicator_key, objective_key, series_key, target_field
from domain.formulas.decide import CONFIRMED, confirmed_formula
from domain.formulas.evaluation import Computed, Evaluation
from domain.formulas.model import Binary, Meta, Proposal
from domain.indicators.feeds import EVERY, SCORE_NAMES, Feeds, counts_in, fed_scores
from domain.italian import print_date
from domain.late import late
from domain.measurements.checks import stored_number, work_out
from domain.measurements.decide import OBSERVED
from domain.measurements.reader import read_value
from domain.measurements.values import NumberValue, Observed
from domain.plans.decide import require_plan_year
from domain.plans.history import PlanHistory
from domain.plans.state import PlanState
from domain.point import Point
from domain.scoring.achievement import Achievement, without
from domain.scoring.basis import Basis
from domain.scoring.figures import figure
from domain.scoring.forms import Circumstances, PublishedValue
from domain.scoring.sums import Additivity, nature_of
from domain.scoring.tree import (
    BODY,
    Forest,
    ForestScores,
    IndicatorNode,
    MetaFormula,
    ObjectiveNode,
    ObjectiveScore,
    Override,
    Place,
    score_forest,
)
from domain.scoring.units import unit_of_card
from domain.spelling import folded
from domain.systems.decide import SystemInForce
from domain.systems.model import MeasurementSystem
from domain.targets.decide import target_of
from domain.targets.model import SAID_OF_A_REFERENCE, Reference, Target, Unread, same_commitment
from domain.timelines import Entry, Timelines
from domain.vocabulary import JsonValue, first_day, last_day, period_year, polarity_of

with late:  # most formulas are confirmed, or of no score
    from domain.formulas.reader import read_formula

CONDITION_AWAITED = "condizionato, e la condizione non si è avverata"
"""Why what depends on a trigger is in no count."""


class AdministrationRecord(NamedTuple):
    """What an administration recorded, and what the bodies did whose place it took, their own predecessors too.

    `later`: the day on which it is read, where that is after the one that is asked about: what is of that day and came since
    is read as well.
    """

    timelines: Timelines
    predecessors: tuple[Timelines, ...] = ()
    later: date | None = None

    def read_on(self, day: date) -> "AdministrationRecord":
        """The same, as it is read on a later day."""
        return self._replace(later=day)

    def measured(self, series: str, as_of: date) -> dict[str, Entry]:
        """The measurements of a series by period."""
        return _of_data_by(as_of, _entries(self.timelines, series_key(series), self.later or as_of))

    def published(self, series: str, as_of: date) -> dict[tuple[str, int], PublishedValue]:
        """What others published of a series, by whose it is and the year; a value of a part of a year is for reading only."""
        return {
            (folded(each.whose), int(each.period)): PublishedValue(
                each.value,
                f"{BENCHMARK_NAMES.get(each.whose, each.whose)} {each.period}, pubblicato il {print_date(each.published_on)}, "
                f"fonte: {each.source}",
            )
            for each in benchmarks_of(self.timelines, series, self.later or as_of)
            if "-" not in each.period
        }

    def inherited(self, series: str, as_of: date) -> dict[str, Entry]:
        """What a predecessor measured of a series; nothing where two of them did: nobody says how they add up."""
        key = series_key(series)
        holding = [timelines for timelines in self.predecessors if timelines.fields(key)]
        return _entries(holding[0], key, as_of) if len(holding) == 1 else {}


def _of_data_by(day: date, entries: dict[str, Entry]) -> dict[str, Entry]:
    """Those of them that are of a period that had ended, or of data of up to the day."""
    return {period: entry for period, entry in entries.items() if last_day(period) <= day or entry.effective_on <= day}


def _entries(timelines: Timelines, key: str, as_of: date) -> dict[str, Entry]:
    entries = {field: timelines.entry(key, field, as_of) for field in timelines.fields(key)}
    return {field: entry for field, entry in entries.items() if entry is not None}


class Seen(NamedTuple):
    """The measurement that counts for an indicator: its period, its entry, and what it says."""

    period: str
    entry: Entry
    observed: Observed
    finality: str | None
    terms: dict[str, str] | None

    def is_partial(self, year: int) -> bool:
        """Whether it is of a part of the year only: that of the whole year is not there."""
        return self.period != str(year)


class Inputs(NamedTuple):
    """A forest, with the states and the entries that it was read from."""

    history: PlanHistory
    year: int
    basis: Basis
    structure: PlanState
    now: PlanState
    system: SystemInForce
    forest: Forest
    seen: dict[str, Seen]
    owner: Timelines

    def entry(self, key: str, field: str) -> Entry | None:
        """The entry in force that a field counts with: targets and confirmed formulas as of the date, the rest as it stood.

        Ex ante, all of it as it was approved.
        """
        as_of_date = self.basis == "in_force" and field.startswith(("target/", CONFIRMED))
        state = self.now if as_of_date else self.structure
        return state.timelines.entry(key, field, state.on)


class Scored(NamedTuple):
    """A scored year: what it was made of, and what came out."""

    inputs: Inputs
    scores: ForestScores

    def body(self) -> ObjectiveScore:
        """The score of the body as a whole."""
        return self.scores.objectives[BODY]


def score_year(
    history: PlanHistory,
    record: AdministrationRecord,
    year: int,
    point: Point,
    *,
    basis: Basis = "in_force",
    feeds: Feeds = "objective",
    system: MeasurementSystem | None = None,
    only: str | None = None,
) -> Scored:
    """The scores of a year on one basis; `system` stands in for the rules in force, to compare others.

    `only`: of one indicator, which measures nothing of the plan itself; what it goes into is not worked out then.
    """
    read = inputs(history, record, year, point, basis=basis, feeds=feeds, system=system, only=only)
    return Scored(read, score_forest(read.forest))


def inputs(
    history: PlanHistory,
    record: AdministrationRecord,
    year: int,
    point: Point,
    *,
    basis: Basis = "in_force",
    feeds: Feeds = "objective",
    system: MeasurementSystem | None = None,
    only: str | None = None,
) -> Inputs:
    """Everything that the score of a year is made of; NotFound before the plan was drafted, OutsidePlan beyond its years.

    `only`: that of one indicator.
    """
    now = history.state(point.as_of)
    if now.drafted_on is None or now.drafted_on > point.as_of:
        raise NotFound(
            f"il piano {history.plan} non esisteva ancora al {point.as_of:%d/%m/%Y}",
            accepted="una data dalla stesura del piano in poi",
            where="as_of",
        )
    require_plan_year(now, year)
    feeds = _feeds_meant(now, feeds)
    if (closed := now.closed_on(year)) is not None and closed < point.as_of:
        now = history.state(closed)  # of the plan, a closed year stands on what was in force when it was closed
    rules = SystemInForce(system) if system is not None else history.system(year, point.as_of)
    structure = history.ex_ante(year) if basis == "ex_ante" else history.state(min(point.as_of, date(year, 12, 31)))
    reading = _Reading(structure, now, record, rules.system, year, point.as_of, basis)
    alive = set(structure.objectives_in_force())
    indicators: dict[str, IndicatorNode] = {}
    places: list[Place] = []
    seen: dict[str, Seen] = {}
    for indicator, objective in structure.assignments(only):
        key = assignment_key(indicator, objective)
        fed = structure.value(key, "feeds")
        if objective not in alive or not counts_in(fed, feeds):
            continue
        if structure.life(indicator_key(indicator)) != IN_FORCE:
            continue
        if indicator not in indicators:
            indicators[indicator] = reading.indicator(indicator, seen)
        places.append(Place(indicator, objective, _points(structure.value(key, "weight"))))
    counting = {place.indicator for place in places if not structure.awaits_condition(place.objective, now)}
    for indicator in indicators.keys() - counting:
        outside = without("condition_awaited", CONDITION_AWAITED, "outside")
        indicators[indicator] = replace(indicators[indicator], problem=outside)
    if not places and feeds not in SCORE_NAMES and feeds != EVERY:
        _require_fed(history, year, structure, now, feeds)
    asks = any(row.meta is not None and row.meta.meta is Meta.CHANGE_RATE for row in indicators.values())
    forest = Forest(
        system=rules.system,
        indicators=indicators,
        places=places,
        objectives={
            objective: reading.objective(objective) for objective in structure.objectives() if objective in alive
        },
        change_rate=official_rate(history, year, point, rules.system).figure if asks else None,
    )
    return Inputs(history, year, basis, structure, now, rules, forest, seen, record.timelines)


class _Reading(NamedTuple):
    """The rows of a forest, read one by one."""

    structure: PlanState
    now: PlanState
    record: AdministrationRecord
    system: MeasurementSystem
    year: int
    as_of: date
    basis: Basis

    def objective(self, objective: str) -> ObjectiveNode:
        """One objective of the tree, and whether it counts for the year."""
        why_not: str | None = None
        if self.now.objective(objective, f"neutralised/{self.year}") and self.basis == "in_force":
            why_not = f"neutralizzato nel {self.year}"
        elif self.structure.awaits_condition(objective, self.now):
            why_not = CONDITION_AWAITED
        parent = self.structure.parent(objective)
        weight = _points(self.structure.objective(objective, "weight"))
        override = self.override(objective_key(objective))
        return ObjectiveNode(objective, parent, weight, why_not is None, why_not, override)

    def indicator(self, indicator: str, seen: dict[str, Seen]) -> IndicatorNode:
        """One indicator: its targets, what was observed, and in which circumstances."""
        series = str(self.structure.indicator(indicator, "series") or self.now.indicator(indicator, "series"))
        proposal = proposal_of(self.structure, indicator)
        own_unit = unit_of_card(self.structure.indicator(indicator, "unit")) or proposal.unit
        measured = self.record.measured(series, self.as_of)
        within_year = {period: entry for period, entry in measured.items() if period_year(period) == self.year}
        chosen = _chosen(within_year, self.year)
        observed: Observed | None = None
        problem: Achievement | None = None
        if chosen is not None:
            seen[indicator] = chosen
            observed = chosen.observed
            if chosen.terms:
                observed, problem = self.from_terms(indicator, chosen, measured)
        parts = {period: observed_of(entry) for period, entry in within_year.items() if "-" in period}
        earlier = self.earlier(self.record.inherited(series, self.as_of) | measured, own_unit)
        case = Circumstances(
            system=self.system,
            polarity=polarity_of(self.structure.indicator(indicator, "polarity")),
            own_unit=own_unit,
            is_ratio=divides(proposal),
            year=self.year,
            on=self.as_of,
            within_year={period: value for period, value in parts.items() if value is not None},
            earlier={int(period): value for period, value in earlier.items() if "-" not in period},
            baseline=self.baseline(indicator, own_unit),
            published=self.record.published(series, self.as_of),
            part=chosen.period if chosen is not None and chosen.is_partial(self.year) else None,
            earlier_parts={period: value for period, value in earlier.items() if "-" in period},
            nature=self.nature(indicator, proposal),
        )
        meta = MetaFormula(proposal.meta, proposal.threshold) if proposal.meta is not None else None
        override = self.override(indicator_key(indicator))
        return IndicatorNode(indicator, self.targets(indicator), observed, case, meta, override, problem)

    def nature(self, indicator: str, proposal: Proposal) -> Additivity | None:
        """Whether what it measures adds up over the year, as its card says."""
        unit, formula, name = (self.structure.indicator(indicator, field) for field in ("unit", "formula", "name"))
        return nature_of(unit, formula, name, proposal)

    def targets(self, indicator: str) -> dict[int, Target]:
        """The targets of the year: as of the date, or those that were approved (with what was published since)."""
        state = self.structure if self.basis == "ex_ante" else self.now
        targets: dict[int, Target] = {}
        for (year, ordinal), value in state.targets(indicator).items():
            if year != self.year:
                continue
            target = target_of(value)
            if self.basis == "ex_ante" and isinstance(target, Reference) and target.value is None:
                in_force = self.now.targets(indicator).get((year, ordinal))
                published = target_of(in_force) if in_force is not None else None
                if isinstance(published, Reference) and same_commitment(target, published):
                    target = target.model_copy(update={name: getattr(published, name) for name in SAID_OF_A_REFERENCE})
            if self.basis == "ex_ante" and isinstance(target, Unread):
                target = self._interpreted(target, indicator, year, ordinal)
            targets[ordinal] = target
        return targets

    def _interpreted(self, target: Unread, indicator: str, year: int, ordinal: int) -> Target:
        """An unread target as the office says that its text is meant, be it said after the approval."""
        key, field = indicator_key(indicator), target_field(year, ordinal)
        entries = [self.now.timelines.entry(key, field, day) for day in (self.now.on, self.structure.on)]
        meant = [target_of(entry.value) for entry in entries if entry is not None and entry.value is not None]
        return next(
            (reading for reading in meant if reading.meaning is not None and reading.text == target.text), target
        )

    def override(self, key: str) -> Override | None:
        """The figure that was forced for the year, if one was."""
        entry = self.now.timelines.entry(key, f"override/{self.year}", self.as_of)
        if entry is None or not isinstance(entry.value, dict):
            return None
        return Override(Decimal(str(entry.value["forced"])), entry.version)

    def from_terms(
        self, indicator: str, seen: Seen, measured: dict[str, Entry]
    ) -> tuple[Observed | None, Achievement | None]:
        """What the confirmed formula gives for the terms, in the place of the stated value; or why it gives nothing."""
        formula = confirmed_formula(self.now, indicator)
        if formula is None or formula.expression is None or seen.terms is None:
            return seen.observed, None
        terms = {name: Decimal(value) for name, value in seen.terms.items()}
        stored = {period: entry.value for period, entry in measured.items()}
        outcome = work_out(formula, terms, period_year(seen.period), stored)
        if isinstance(outcome, Computed):
            unit = formula.unit or getattr(seen.observed, "unit", None)
            return NumberValue(text="", value=outcome.value, unit=unit), None
        if isinstance(seen.observed, NumberValue) and seen.observed.value is not None:
            return seen.observed, None
        return None, without(outcome.state, _why(outcome.state, outcome))

    def earlier(self, measured: dict[str, Entry], own_unit: str | None) -> dict[str, Decimal]:
        """The figures of the other years of the series, and of their parts, by period."""
        figures: dict[str, Decimal] = {}
        for period, entry in measured.items():
            number = stored_number(entry.value) if period_year(period) != self.year else None
            read = figure(number, None, self.system, own_unit=own_unit) if number is not None else None
            if read is not None and read.value is not None:
                figures[period] = read.value
        return figures

    def baseline(self, indicator: str, own_unit: str | None) -> Decimal | None:
        """The start value of the card, where it is a number."""
        printed = self.structure.indicator(indicator, "baseline")
        read = read_value(str(printed), self.year - 1) if printed else None
        return figure(read, None, self.system, own_unit=own_unit).value if isinstance(read, NumberValue) else None


def _chosen(within_year: dict[str, Entry], year: int) -> Seen | None:
    """The measurement of the whole year, else that of the part of it that ends last; of those that end on one day the longest."""
    periods = sorted(
        within_year, key=lambda period: (period == str(year), last_day(period), -first_day(period).toordinal())
    )
    for period in reversed(periods):
        entry = within_year[period]
        observed = observed_of(entry)
        if observed is not None and isinstance(entry.value, dict):
            terms = entry.value.get("terms")
            texts = {str(name): str(value) for name, value in terms.items()} if isinstance(terms, dict) else None
            finality = entry.value.get("finality")
            return Seen(period, entry, observed, None if finality is None else str(finality), texts)
    return None


def observed_of(entry: Entry) -> Observed | None:
    """What a stored measurement says; None where it says nothing."""
    observed = entry.value.get("observed") if isinstance(entry.value, dict) else None
    return None if observed is None else OBSERVED.validate_python(observed)


def proposal_of(state: PlanState, indicator: str) -> Proposal:
    """What the printed formula of an indicator, or its name where it has none, is proposed to mean."""
    return _proposed(str(state.indicator(indicator, "formula") or state.indicator(indicator, "name") or ""))


@lru_cache(maxsize=4096)
def _proposed(formula: str) -> Proposal:
    """The proposal of a printed formula; read once, for a plan prints the same ones again and again."""
    return read_formula(formula)


def measured_by_system(state: PlanState, indicator: str) -> bool:
    """Whether an indicator measures the plan itself, so that nobody is asked for its value."""
    return proposal_of(state, indicator).meta is not None


def reading_at(
    state: PlanState, record: AdministrationRecord, system: MeasurementSystem, as_of: date, indicator: str
) -> tuple[IndicatorNode, Seen | None]:
    """An indicator as the score of its year reads it, with the measurement that counts: on the day of a state, by data of up to it.

    `as_of`: by what was measured by then.
    """
    seen: dict[str, Seen] = {}
    reading = _Reading(state, state, record.read_on(as_of), system, state.on.year, state.on, "in_force")
    return reading.indicator(indicator, seen), seen.get(indicator)


def divides(proposal: Proposal) -> bool:
    """Whether a formula, read for certain, is one term over another."""
    return isinstance(proposal.expression, Binary) and proposal.expression.operator == "/"


def _feeds_meant(state: PlanState, feeds: Feeds) -> Feeds:
    """The score that a name means: of one that no row feeds, the only one that is spelt so but for capitals and accents."""
    if feeds in SCORE_NAMES or feeds == EVERY:
        return feeds
    keys = (assignment_key(indicator, objective) for indicator, objective in state.assignments(None))
    named = {score for key in keys for score in fed_scores(state.value(key, "feeds"))}
    spelt = [name for name in named if folded(name) == folded(feeds)]
    return spelt[0] if feeds not in named and len(spelt) == 1 else feeds


def _require_fed(history: PlanHistory, year: int, structure: PlanState, now: PlanState, feeds: Feeds) -> None:
    """NotFound, with those there are, for a score that no row feeds: in the plan now, in what is scored, or as it was approved."""
    named = {
        score
        for state in (structure, now, history.ex_ante(year))
        for indicator, objective in state.assignments(None)
        for score in fed_scores(state.value(assignment_key(indicator, objective), "feeds"))
    }
    if feeds not in named:
        own = ", ".join(SCORE_NAMES.get(name, name) for name in sorted({*SCORE_NAMES, *named}))
        raise NotFound(f"nessuna riga del piano conta nel punteggio {feeds!r}", accepted=own, where="feeds")


def _points(value: JsonValue) -> Decimal | None:
    return None if value is None else Decimal(str(value))


_WHY = {
    "division_by_zero": "la formula divide per zero",
    "missing_term": "manca un termine della formula",
    "earlier_year_unknown": "la formula chiede un anno precedente che non è noto",
    "too_large": "il calcolo supera i limiti",
}


def _why(state: str, outcome: Evaluation) -> str:
    term = getattr(outcome, "term", None) or getattr(outcome, "at", None)
    return f"{_WHY[state]}{f' ({term})' if term else ''}"
