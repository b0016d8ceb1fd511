"""References resolved: by the indicator's own series, else by what others published, with the margin of the text."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from domain.benchmarks.commands import PublishBenchmark
from domain.benchmarks.decide import benchmarks_of, publish_benchmark
from domain.benchmarks.events import BenchmarkRestated
from domain.errors import NoChange, TextUnread
from domain.measurements.reader import read_value
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


def publish(plan: Given, **said: Any) -> Any:
    told = {
        "indicator": "i1",
        "whose": "media nazionale",
        "period": "2022",
        "text": "71,2%",
        "published_on": "2023-04-30",
        "source": "osservatorio",
    }
    command = PublishBenchmark.model_validate(told | said)
    return publish_benchmark(plan.administration.timelines, "s.i1", command, date(2023, 9, 30))


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
