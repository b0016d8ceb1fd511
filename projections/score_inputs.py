"""What a score is made of, read from the two records: the tree, the targets of the year, what was observed, the rules.

Year Y stands on the structure in force on min(as_of, 31 December Y), with Y's targets and measurements as of as_of; or,
ex ante, on the plan as the year was approved.
"""

from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Literal, NamedTuple

from domain.changes.official_rate import official_rate
from domain.errors import NotFound
from domain.facts import assignment_key, indicator_key, objective_key, series_key
from domain.formulas.decide import confirmed
from domain.formulas.evaluation import Computed
from domain.formulas.model import Meta, Proposal
from domain.formulas.reader import read_formula
from domain.measurements.checks import stored_number, work_out
from domain.measurements.decide import OBSERVED
from domain.measurements.values import Number, Observed, read_value
from domain.plans.decide import within
from domain.plans.history import PlanHistory
from domain.plans.state import PlanState
from domain.point import Point
from domain.scoring.achievement import Achievement, without
from domain.scoring.figures import figure
from domain.scoring.forms import Circumstances
from domain.scoring.tree import Forest, IndicatorRow, MetaFormula, ObjectiveRow, Override, Place
from domain.systems.decide import SystemInForce, system_of
from domain.systems.model import MeasurementSystem
from domain.targets.decide import target_of
from domain.targets.model import Reference, Target, same_commitment
from domain.timelines import Entry, Timelines
from domain.vocabulary import JsonValue, Polarity, last_day, period_year
from projections.predecessors import Inherited
from projections.store.reader import Reader
from projections.streams import PlanKnown, find_plan

Basis = Literal["in_force", "ex_ante"]
Feeds = Literal["objective", "individual", "all"]
FEEDING: dict[Feeds, frozenset[str]] = {
    "objective": frozenset({"objective", "both"}),
    "individual": frozenset({"individual", "both"}),
    "all": frozenset({"objective", "individual", "both"}),
}


class Seen(NamedTuple):
    """The measurement that counts for an indicator: its period, its entry, and what it says."""

    period: str
    entry: Entry
    observed: Observed
    finality: str | None
    terms: dict[str, str] | None


class Inputs(NamedTuple):
    """A forest, with the states and the entries that it was read from."""

    found: PlanKnown
    year: int
    basis: Basis
    structure: PlanState
    now: PlanState
    system: SystemInForce
    forest: Forest
    seen: dict[str, Seen]
    owner: Timelines


def inputs(
    reader: Reader,
    history: PlanHistory,
    year: int,
    point: Point,
    *,
    basis: Basis = "in_force",
    feeds: Feeds = "objective",
    system: MeasurementSystem | None = None,
) -> Inputs:
    """Everything that the score of a year is made of; `system` stands in for the rules in force, to compare others."""
    now = history.state(point.as_of)
    if now.drafted_on is None or now.drafted_on > point.as_of:
        raise NotFound(
            f"il piano {history.plan} non esisteva ancora al {point.as_of:%d/%m/%Y}",
            accepted="una data as_of dalla stesura del piano in poi",
            where="as_of",
        )
    within(now, year)
    rules = system_of(history.timelines, year, point.as_of)
    if system is not None:
        rules = SystemInForce(system)
    structure = history.ex_ante(year) if basis == "ex_ante" else history.state(min(point.as_of, date(year, 12, 31)))
    known = find_plan(reader, history.plan, point.known_at)
    owner = reader.timelines(known.administration_stream, known.administration_known.version)
    reading = _Reading(
        structure, now, owner, rules.system, year, point.as_of, basis, Inherited(reader, owner, point.known_at)
    )
    alive = {one for one in structure.objectives() if structure.in_force(one)}
    indicators: dict[str, IndicatorRow] = {}
    places: list[Place] = []
    seen: dict[str, Seen] = {}
    for indicator, objective in structure.assignments():
        key = assignment_key(indicator, objective)
        fed = str(structure.timelines.value(key, "feeds", structure.on) or "both")
        if objective not in alive or fed not in FEEDING[feeds]:
            continue
        if structure.life(indicator_key(indicator)) != "in_force":
            continue
        if indicator not in indicators:
            indicators[indicator] = reading.indicator(indicator, seen)
        places.append(Place(indicator, objective, _points(structure.timelines.value(key, "weight", structure.on))))
    asks = any(row.meta is not None and row.meta.meta is Meta.CHANGE_RATE for row in indicators.values())
    forest = Forest(
        system=rules.system,
        indicators=indicators,
        places=places,
        objectives={one: reading.objective(one) for one in structure.objectives() if one in alive},
        change_rate=official_rate(history, year, point, rules.system).figure if asks else None,
    )
    return Inputs(known, year, basis, structure, now, rules, forest, seen, owner)


class _Reading(NamedTuple):
    structure: PlanState
    now: PlanState
    owner: Timelines
    system: MeasurementSystem
    year: int
    as_of: date
    basis: Basis
    inherited: Inherited

    def objective(self, one: str) -> ObjectiveRow:
        """One objective of the tree, and whether it counts for the year."""
        why_not: str | None = None
        if self.now.objective(one, f"neutralised/{self.year}") and self.basis == "in_force":
            why_not = f"neutralizzato nel {self.year}"
        elif self.structure.objective(one, "condition") and not self.now.objective(one, "condition_met"):
            why_not = "condizionato, e la condizione non si è avverata"
        parent = self.structure.parent(one)
        weight = _points(self.structure.objective(one, "weight"))
        return ObjectiveRow(one, parent, weight, why_not is None, why_not, self.override(objective_key(one)))

    def indicator(self, one: str, seen: dict[str, Seen]) -> IndicatorRow:
        """One indicator: its targets, what was observed, and in which circumstances."""
        series = str(self.structure.indicator(one, "series") or self.now.indicator(one, "series"))
        polarity = self.structure.indicator(one, "polarity")
        formula = self.structure.indicator(one, "formula") or self.structure.indicator(one, "name") or ""
        proposal = proposed(str(formula))
        own_unit = _unit(self.structure.indicator(one, "unit")) or proposal.unit
        fields = {
            period: entry
            for period in self.owner.fields(series_key(series))
            if (entry := self.owner.entry(series_key(series), period, self.as_of)) is not None
        }
        within_year = {p: e for p, e in fields.items() if period_year(p) == self.year}
        chosen = _chosen(within_year, self.year)
        observed: Observed | None = None
        problem: Achievement | None = None
        if chosen is not None:
            seen[one] = chosen
            observed = chosen.observed
            if chosen.terms:
                observed, problem = self.from_terms(one, chosen, fields)
        parts = {p: _observed(e) for p, e in within_year.items() if "-" in p}
        case = Circumstances(
            system=self.system,
            polarity=_polarity(polarity),
            own_unit=own_unit,
            year=self.year,
            on=self.as_of,
            within_year={p: value for p, value in parts.items() if value is not None},
            earlier=self.earlier(self.inherited.fields(series, self.as_of) | fields, own_unit),
            baseline=self.baseline(one, own_unit),
        )
        meta = MetaFormula(proposal.meta, proposal.threshold) if proposal.meta is not None else None
        return IndicatorRow(one, self.targets(one), observed, case, meta, self.override(indicator_key(one)), problem)

    def targets(self, one: str) -> dict[int, Target]:
        """The targets of the year: as of the date, or those that were approved (with what was published since)."""
        state = self.structure if self.basis == "ex_ante" else self.now
        found: dict[int, Target] = {}
        for (year, ordinal), value in state.targets(one).items():
            if year != self.year:
                continue
            target = target_of(value)
            if self.basis == "ex_ante" and isinstance(target, Reference) and target.value is None:
                held = self.now.targets(one).get((year, ordinal))
                published = target_of(held) if held is not None else None
                if isinstance(published, Reference) and same_commitment(target, published):
                    target = target.model_copy(update={"value": published.value, "unit": published.unit})
            found[ordinal] = target
        return found

    def override(self, key: str) -> Override | None:
        """The figure that was forced for the year, if one was."""
        entry = self.now.timelines.entry(key, f"override/{self.year}", self.as_of)
        if entry is None or not isinstance(entry.value, dict):
            return None
        return Override(Decimal(str(entry.value["forced"])), entry.version)

    def from_terms(self, one: str, seen: Seen, fields: dict[str, Entry]) -> tuple[Observed | None, Achievement | None]:
        """What the confirmed formula gives for the terms, in the place of the stated value; or why it gives nothing."""
        formula = confirmed(self.now, one)
        if formula is None or formula.expression is None or seen.terms is None:
            return seen.observed, None
        terms = {name: Decimal(value) for name, value in seen.terms.items()}
        held = {period: entry.value for period, entry in fields.items()}
        outcome = work_out(formula, terms, period_year(seen.period), held)
        if isinstance(outcome, Computed):
            unit = formula.unit or getattr(seen.observed, "unit", None)
            return Number(text="", value=outcome.value, unit=unit), None
        if isinstance(seen.observed, Number) and seen.observed.value is not None:
            return seen.observed, None
        return None, without(outcome.state, _why(outcome.state, outcome))

    def earlier(self, fields: dict[str, Entry], own_unit: str | None) -> dict[int, Decimal]:
        """The figures of the other years of the series."""
        found: dict[int, Decimal] = {}
        for period, entry in fields.items():
            number = stored_number(entry.value) if "-" not in period and int(period) != self.year else None
            read = figure(number, None, self.system, own_unit=own_unit) if number is not None else None
            if read is not None and read.value is not None:
                found[int(period)] = read.value
        return found

    def baseline(self, one: str, own_unit: str | None) -> Decimal | None:
        """The start value of the card, where it is a number."""
        said = self.structure.indicator(one, "baseline")
        read = read_value(str(said), self.year - 1) if said else None
        return figure(read, None, self.system, own_unit=own_unit).value if isinstance(read, Number) else None


def _chosen(within_year: dict[str, Entry], year: int) -> Seen | None:
    """The measurement of the whole year, else that of the part of it that ends last."""
    periods = sorted(within_year, key=lambda period: (period == str(year), last_day(period), -len(period), period))
    for period in reversed(periods):
        entry = within_year[period]
        observed = _observed(entry)
        if observed is not None and isinstance(entry.value, dict):
            terms = entry.value.get("terms")
            said = {str(k): str(v) for k, v in terms.items()} if isinstance(terms, dict) else None
            finality = entry.value.get("finality")
            return Seen(period, entry, observed, None if finality is None else str(finality), said)
    return None


def _observed(entry: Entry) -> Observed | None:
    value = entry.value.get("observed") if isinstance(entry.value, dict) else None
    return None if value is None else OBSERVED.validate_python(value)


@lru_cache(maxsize=4096)
def proposed(formula: str) -> Proposal:
    """The proposal of a printed formula; read once, for a plan prints the same ones again and again."""
    return read_formula(formula)


def _unit(said: JsonValue) -> str | None:
    text = str(said or "").strip().casefold()
    return "%" if text in {"%", "percentuale", "percento", "per cento"} else "per_mille" if text == "‰" else None


def _points(value: JsonValue) -> Decimal | None:
    return None if value is None else Decimal(str(value))


def _polarity(value: JsonValue) -> Polarity | None:
    return "up" if value == "up" else "down" if value == "down" else None


_WHY = {
    "division_by_zero": "la formula divide per zero",
    "missing_term": "manca un termine della formula",
    "earlier_year_unknown": "la formula chiede un anno precedente che non è noto",
    "too_large": "il calcolo supera i limiti",
}


def _why(state: str, outcome: object) -> str:
    term = getattr(outcome, "term", None) or getattr(outcome, "at", None)
    return f"{_WHY[state]}{f' ({term})' if term else ''}"


__all__ = ["Basis", "Feeds", "Inputs", "Seen", "inputs", "proposed"]
