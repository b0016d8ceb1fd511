"""What others published beside what an administration measures: by indicator its own last value, then those of others."""

from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict

from domain.benchmarks.decide import Benchmark, benchmarks_of
from domain.benchmarks.events import BENCHMARK_NAMES, BenchmarkOf
from domain.measurements.decide import OBSERVED
from domain.measurements.printer import print_value
from domain.periods import Period
from domain.point import Point
from domain.scoring.inputs import AdministrationRecord
from domain.scoring.numbers import decimal_string
from domain.targets.printer import print_in_unit
from domain.vocabulary import Identifier, last_day
from projections.answers import Day, DecimalText, Name, OfPlan, Text, Version
from projections.plan_history import read_history
from projections.predecessors import administration_record
from projections.store.reader import Reader
from projections.streams import find_plan


class OwnValue(TypedDict):
    """L'ultimo valore dell'amministrazione: di quale periodo, com'è scritto, di quando sono i dati."""

    period: Period
    observed: Text
    data_as_at: Day | None


class BenchmarkRow(TypedDict):
    """Un valore di altri: di chi, di quale periodo, quanto, pubblicato quando e dove."""

    whose: BenchmarkOf
    called: Text
    period: Period
    value: DecimalText
    unit: Name | None
    words: Text
    published_on: Day
    source: Text
    version: Annotated[Version, Field(description="L'evento, nel registro dell'amministrazione.")]


class BenchmarksOfIndicator(TypedDict):
    """I confronti di un indicatore."""

    indicator: Identifier
    name: Text
    own: OwnValue | None
    others: list[BenchmarkRow]


class Benchmarks(OfPlan):
    """I confronti degli indicatori di un piano: solo di quelli di cui qualcosa è pubblicato."""

    indicators: list[BenchmarksOfIndicator]


def plan_benchmarks(reader: Reader, plan: str, point: Point) -> Benchmarks:
    """The values of others of the indicators of a plan, with their own last one, as of a date."""
    known = find_plan(reader, plan, point.known_at)
    history, record = read_history(reader, known), administration_record(reader, known, point.known_at)
    state = history.state(point.as_of)
    listed: list[BenchmarksOfIndicator] = []
    for indicator in state.indicators():
        series = str(state.indicator(indicator, "series"))
        found = list(benchmarks_of(record.timelines, series, point.as_of))
        if found and state.indicator_in_force(indicator):
            name = str(state.indicator(indicator, "name") or indicator)
            listed.append(benchmarks_answer(record, indicator, name, series, found, point))
    return {
        "plan": plan,
        "as_of": point.as_of.isoformat(),
        "version": history.version,
        "indicators": listed,
    }


def benchmarks_answer(
    record: AdministrationRecord, indicator: str, name: str, series: str, found: list[Benchmark], point: Point
) -> BenchmarksOfIndicator:
    """The values of others of one indicator, beside its own last one."""
    return {
        "indicator": indicator,
        "name": name,
        "own": _own(record, series, point),
        "others": [_row(each) for each in found],
    }


def _own(record: AdministrationRecord, series: str, point: Point) -> OwnValue | None:
    measured = record.measured(series, point.as_of)
    for period in sorted(measured, key=lambda period: (last_day(period), -len(period)), reverse=True):
        told = measured[period].value
        if isinstance(told, dict) and told.get("observed"):
            day = told.get("data_as_at")
            observed = print_value(OBSERVED.validate_python(told["observed"]))
            return {"period": period, "observed": observed, "data_as_at": None if day is None else str(day)}
    return None


def _row(each: Benchmark) -> BenchmarkRow:
    return {
        "whose": each.whose,
        "called": BENCHMARK_NAMES.get(each.whose, each.whose),
        "period": each.period,
        "value": decimal_string(each.value),
        "unit": each.unit,
        "words": print_in_unit(each.value, each.unit),
        "published_on": each.published_on.isoformat(),
        "source": each.source,
        "version": each.version,
    }
