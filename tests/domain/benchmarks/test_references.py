"""References resolved: by the indicator's own series, else by what others published, with the margin of the text."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from domain.benchmarks.commands import PublishBenchmark
from domain.benchmarks.decide import benchmarks_of, publish_benchmark, waits_in_vain
from domain.benchmarks.events import BenchmarkRestated
from domain.errors import NoChange, TextUnread
from domain.measurements.reader import read_value
from domain.measurements.refusals import UnitDoubtful
from domain.scoring.forms import Circumstances, PublishedValue, achieve
from domain.targets.reader import read_one
from tests.support.given import Given

EARLIER = {2020: Decimal(60), 2021: Decimal(66), 2022: Decimal(69)}
NATION = {("nation", 2023): PublishedValue(Decimal(80), "media nazionale 2023, fonte: osservatorio")}


@pytest.mark.parametrize(
    ("target", "asked"),
    [
        (">= media ultimi tre anni", "65"),  # (60 + 66 + 69) / 3
        (">= media del triennio precedente", "65"),
        (">= valore 2021", "66"),
        (">= media 2020-2021", "63"),  # (60 + 66) / 2
        (">= dato medio nazionale", "80"),
        (">= media nazionale + 5%", "84"),  # 80 + 80 × 5 / 100
        (">= media nazionale - 2,5%", "78"),
    ],
)
def test_the_figure_that_is_asked_for(target: str, asked: str) -> None:
    case = Circumstances(year=2023, earlier=EARLIER, published=NATION)
    achieved = achieve(read_one(target, 2023), read_value("70"), case)
    assert achieved.compared is not None
    assert achieved.compared.asked == Decimal(asked)
    assert (achieved.rule, achieved.met) == ("reference", Decimal(70) >= Decimal(asked))


def test_what_nobody_published_is_not_known() -> None:
    case = Circumstances(year=2023, earlier=EARLIER, published=NATION)
    for target in (">= media del cluster", ">= media nazionale 2019", ">= valore 2015"):
        assert achieve(read_one(target, 2023), read_value("70"), case).rule == "reference_unresolved"


@pytest.mark.parametrize(
    ("target", "published", "asked"),
    [
        (">= valore 2019", {("valore 2019", 2019): "60"}, "60"),  # as the target calls it, of its year
        (">= valore 2019", {("own", 2019): "60"}, "60"),
        (">= media 2019-2021", {("own", 2019): "57"}, "61"),  # (57 + 60 + 66) / 3
        (
            ">= media del triennio precedente",
            {("media del triennio precedente", 2023): "1"},
            "65",
        ),  # the series knows it
        (">= media 2018-2019 + 10%", {("media 2018 2019", 2019): "50"}, "55"),
        (">= media 2018-2019", {("media 2018 2019", 2023): "50"}, "50"),
        (">= valore di partenza", {("valore di partenza", 2023): "40"}, "40"),
        (">= valore 2019", {("valore 2019", 2018): "60"}, None),
        (">= media 2018-2019", {("own", 2019): "50"}, None),
    ],
)
def test_a_year_that_the_series_lacks_is_taken_as_it_was_published(
    target: str, published: dict[tuple[str, int], str], asked: str | None
) -> None:
    told = {key: PublishedValue(Decimal(value), "pubblicato, fonte: relazione") for key, value in published.items()}
    case = Circumstances(year=2023, earlier=EARLIER, published=told)
    achieved = achieve(read_one(target, 2023), read_value("70"), case)
    if asked is None:
        assert achieved.rule == "reference_unresolved"
        return
    assert achieved.compared is not None
    assert achieved.compared.asked == Decimal(asked)


def test_a_value_that_was_said_by_an_act_names_the_published_one_that_it_took_the_place_of() -> None:
    case = Circumstances(year=2023, published=NATION)
    target = read_one(">= media nazionale + 10%", 2023).model_copy(update={"value": Decimal(40)})
    achieved = achieve(target, read_value("70"), case)
    assert achieved.compared is not None
    assert achieved.compared.asked == 40
    assert "40, detto con un atto, margine compreso, al posto di 80 (media nazionale 2023" in (achieved.note or "")


def test_a_value_in_another_unit_and_one_that_no_target_refers_to_are_told() -> None:
    plan = Given.numbered()
    percentage = read_one(">= 70%", 2023)
    with pytest.raises(UnitDoubtful):
        publish_benchmark(
            plan.administration.timelines, "s.i1", told(text="7 gg"), date(2023, 9, 30), [percentage], "%"
        )
    with pytest.raises(UnitDoubtful):  # every target refers to a value: the unit of the card says it
        publish_benchmark(plan.administration.timelines, "s.i1", told(text="7 gg"), date(2023, 9, 30), [], "%")
    waiting = [(2023, read_one(">= valore 2019", 2023))]
    assert "aspetta «valore dell'ente» del 2019" in (waits_in_vain(told(), waiting) or "")
    assert waits_in_vain(told(whose="valore 2019", period="2019"), waiting) is None
    assert waits_in_vain(told(), [(2023, percentage)]) is None


def publish(plan: Given, **said: Any) -> Any:
    return publish_benchmark(plan.administration.timelines, "s.i1", told(**said), date(2023, 9, 30))


def told(**said: Any) -> PublishBenchmark:
    command = {
        "indicator": "i1",
        "whose": "media nazionale",
        "period": "2022",
        "text": "71,2%",
        "published_on": "2023-04-30",
        "source": "osservatorio",
    }
    return PublishBenchmark.model_validate(command | said)


def test_a_value_of_others_is_published_then_restated() -> None:
    plan = Given.numbered()
    plan.administration.add("2023-04-30", publish(plan))
    with pytest.raises(NoChange):
        publish(plan)
    restated = publish(plan, text="71,4%", published_on="2023-05-31")
    assert isinstance(restated, BenchmarkRestated)
    assert restated.before == Decimal("71.2")
    plan.administration.add("2023-05-31", restated)
    held = {
        day: next(benchmarks_of(plan.administration.timelines, "s.i1", date.fromisoformat(day))).value
        for day in ("2023-05-30", "2023-05-31")
    }
    assert held == {"2023-05-30": Decimal("71.2"), "2023-05-31": Decimal("71.4")}
    with pytest.raises(TextUnread):
        publish(plan, text="molto")
