"""Checks a measurement in the light of its plan before it is decided: who, in which unit, when, from what terms."""

from datetime import date
from typing import Generic, NamedTuple, TypeVar

from domain.facts import series_key
from domain.formulas.decide import confirmed_formula
from domain.formulas.evaluation import Computed
from domain.measurements.checks import (
    check_day,
    check_office,
    check_open_year,
    check_unit,
    comparison_figures,
    from_terms,
)
from domain.measurements.commands import RecordMeasurement, RestateMeasurement
from domain.measurements.decide import observed_in
from domain.plans.state import PlanState
from domain.systems.decide import adopted_systems, system_of
from domain.timelines import Timelines
from domain.vocabulary import JsonValue, period_year

Measuring = TypeVar("Measuring", bound=RecordMeasurement | RestateMeasurement)


class Checked(NamedTuple, Generic[Measuring]):
    """The command as it is decided on, with the value that its terms give, and what is to be told of it."""

    command: Measuring
    warnings: tuple[tuple[str, str], ...] = ()


def checked_against_plan(timelines: Timelines, owner: Timelines, command: Measuring, today: date) -> Checked[Measuring]:
    """The command, checked against the plan and what the series holds; refused by name, as each check says.

    What is loaded long after the fact is taken as it is.
    """
    if command.retrospective:
        return Checked(command)
    check_day(command, today)
    state = PlanState(timelines, command.data_as_at)
    check_open_year(state, command)
    indicators = [i for i in state.indicators() if state.indicator(i, "series") == command.series]
    if not indicators:
        return Checked(command)
    year = period_year(command.period)
    fields = series_fields(owner, command.series, command.data_as_at)
    system = system_of(adopted_systems(owner), timelines, year, command.data_as_at).system
    warnings: list[tuple[str, str]] = []
    if command.terms:
        outcome = from_terms(confirmed_formula(state, indicators[0]), command.terms, year, fields)
        if isinstance(outcome, Computed) and command.value is None:
            command = command.model_copy(update={"value": outcome.value})  # type: ignore[assignment]
    words = check_office(state, owner, indicators[0], command.office, refused=system.foreign_office == "refused")
    if words is not None:
        warnings.append(("office_not_responsible", words))
    earlier = {period: value for period, value in fields.items() if period != command.period}
    check_unit(command, observed_in(command), comparison_figures(state, indicators[0], year, earlier))
    return Checked(command, tuple(warnings))


def series_fields(owner: Timelines, series: str, as_of: date) -> dict[str, JsonValue]:
    """What is known of a series on a date, by period."""
    key = series_key(series)
    return {period: owner.value(key, period, as_of) for period in owner.fields(key)}
