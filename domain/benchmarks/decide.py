"""The rules of what others publish: a number, of a period that has begun; the same one is not recorded twice."""

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from domain.benchmarks.commands import PublishBenchmark
from domain.benchmarks.events import BENCHMARK_NAMES, BenchmarkEvent, BenchmarkPublished, BenchmarkRestated
from domain.errors import NoChange, OutsidePlan, TextUnread
from domain.facts import benchmark_field, benchmark_key
from domain.italian import print_date, print_number
from domain.measurements.reader import read_value
from domain.measurements.values import NumberValue
from domain.periods import period_said
from domain.spelling import folded
from domain.targets.closed_years import figure_published, taken_by
from domain.targets.model import Reference, Target
from domain.targets.printer import print_in_unit
from domain.targets.references import read_reference
from domain.targets.resolve import require_begun, require_comparable
from domain.timelines import Timelines
from domain.vocabulary import period_year


class Benchmark(NamedTuple):
    """The value of others that holds on a date: whose, of which period, from where; the version of its event."""

    whose: str
    period: str
    value: Decimal
    unit: str | None
    published_on: date
    source: str
    version: int


def publish_benchmark(
    timelines: Timelines,
    series: str,
    command: PublishBenchmark,
    today: date,
    targets: Iterable[Target] = (),
    own_unit: str | None = None,
) -> BenchmarkEvent:
    """Refused for what is no number, a day to come, a period that had not begun then, or when it is known already.

    Refused too in a unit that those `targets`, of the indicator, cannot be compared with.
    """
    if command.published_on > today:
        problem = f"il {print_date(command.published_on)} è nel futuro"
        raise OutsidePlan(problem, accepted="una data fino a oggi", where="published_on")
    require_begun(command.period, command.published_on)
    read = read_value(command.text, period_year(command.period))
    if not isinstance(read, NumberValue) or read.value is None:
        raise TextUnread(f"{command.text!r} non è un numero", accepted="un numero, per esempio 67,46%", where="text")
    require_comparable(targets, read, own_unit, where="text")
    told = {
        "series": series,
        "whose": command.whose,
        "period": command.period,
        "value": read.value,
        "unit": read.unit,
        "published_on": command.published_on,
        "source": command.source,
    }
    entry = timelines.entry(benchmark_key(series), benchmark_field(command.whose, command.period), command.published_on)
    if entry is None or not isinstance(entry.value, dict):
        return BenchmarkPublished.model_validate(told)
    before = entry.value
    if (Decimal(str(before["value"])), before.get("unit")) == (read.value, read.unit):
        raise NoChange(
            f"il confronto di {series} ({period_said(command.period)}) è già {print_number(read.value)}",
            accepted="un altro valore",
            where="text",
        )
    return BenchmarkRestated.model_validate(told | {"before": Decimal(str(before["value"]))})


def waits_in_vain(command: PublishBenchmark, targets: Iterable[tuple[int, Target]]) -> str | None:
    """What to tell of a value that no target refers to, while one of these, by year, waits for another; None otherwise."""
    waiting: list[str] = []
    figure = figure_published(command.whose, command.period)
    for year, target in targets:
        if not isinstance(target, Reference) or target.value is not None:
            continue
        if figure is not None and figure in taken_by(target, year):
            return None
        rule = read_reference(target.reference, year)
        years = " e ".join(map(str, rule.years or (year,)))
        called = BENCHMARK_NAMES.get(rule.of, rule.words)
        waiting.append(
            f"il target {year} «{target.text}» aspetta «{called}» del {years}, o un valore chiamato «{rule.words}» del {year}"
        )
    return f"nessun target vi rimanda: {'; '.join(waiting)}" if waiting else None


def set_aside_by(timelines: Timelines, series: str, year: int, target: Reference) -> str | None:
    """What to tell of a value that was said for a target: which published one it takes the place of, that no margin is added."""
    rule = read_reference(target.reference, year)
    wanted = {*rule.answered_by_year(year), *rule.answered_as_called(year)}
    published = [
        f"{print_in_unit(each.value, each.unit)} ({BENCHMARK_NAMES.get(each.whose, each.whose)}, {period_said(each.period)}, "
        f"fonte: {each.source})"
        for each in benchmarks_of(timelines, series)
        if "-" not in each.period and (folded(each.whose), int(each.period)) in wanted
    ]
    told = [f"prende il posto di {', '.join(published)}"] if published else []
    told += ["il margine non vi si aggiunge: è il valore che il target chiede"] if rule.margin is not None else []
    return f"il valore detto per il target {year} «{target.text}»: {'; '.join(told)}" if told else None


def benchmarks_of(timelines: Timelines, series: str, as_of: date = date.max) -> Iterator[Benchmark]:
    """The values of others of a series that hold on a date, by whose they are, the latest period first."""
    key = benchmark_key(series)
    found: list[Benchmark] = []
    for field in timelines.fields(key):
        entry = timelines.entry(key, field, as_of)
        if entry is None or not isinstance(entry.value, dict):
            continue
        whose, _, period = field.rpartition("/")
        unit = entry.value.get("unit")
        found.append(
            Benchmark(
                whose=whose,
                period=period,
                value=Decimal(str(entry.value["value"])),
                unit=None if unit is None else str(unit),
                published_on=date.fromisoformat(str(entry.value["published_on"])),
                source=str(entry.value["source"]),
                version=entry.version,
            )
        )
    found.sort(key=lambda each: each.period, reverse=True)
    yield from sorted(found, key=lambda each: each.whose)
