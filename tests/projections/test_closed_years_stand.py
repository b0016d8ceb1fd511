"""A closed year: what its targets are judged by comes after the closing with its reason alone, and is told among the flags."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from api.commands.benchmarks import publish_benchmark
from api.commands.evaluation import confirm_formula, interpret_target
from domain.benchmarks.commands import PublishBenchmark
from domain.errors import YearNotOpen
from domain.formulas.commands import ConfirmFormula
from domain.targets.commands import InterpretTarget
from projections.flags import flags
from projections.scores import scores
from tests.support.harness import PLAN, ServiceHarness, document, point

UNREAD = "circa metà, forse"


@pytest.fixture(scope="module")
def harness(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServiceHarness]:
    """A plan whose 2022 is closed: of its targets one refers to the nation, one to the year before, one cannot be read."""
    objectives = [{"id": "a", "level": "strategic", "title": "Riscuotere"}]
    objectives.append({"id": "c", "level": "strategic", "title": "Aprire", "condition": "se arriva il bando"})
    rows = {
        "nazione": (">= media nazionale", "a"),
        "crescita": ("+10% sul 2021", "a"),
        "prosa": (UNREAD, "a"),
        "bando": (">= 5", "c"),
    }
    indicators = [
        {"id": id_, "name": f"Indicatore {id_}", "objective": under, "weight": "25", "targets": [{"year": 2022, "text": text}]}
        for id_, (text, under) in rows.items()
    ]  # fmt: skip
    harness = ServiceHarness(tmp_path_factory.mktemp("closed") / "a.sqlite").on("2022-02-05")
    harness.load(**document(objectives=objectives, indicators=indicators))
    harness.on("2023-01-20")
    for id_ in rows:
        harness.measure(series=f"{PLAN}.{id_}", period="2022", value="50", data_as_at="2022-12-31", finality="final")
    harness.on("2023-04-01").change({"verb": "close_year", "year": 2022}, act="delibera di Giunta n. 3 del 31/03/2023")
    yield harness.on("2023-09-01")
    harness.store.close()


def _publish(harness: ServiceHarness, text: str, **said: Any) -> None:
    command = {"indicator": "nazione", "whose": "media nazionale", "period": "2022", "text": text}
    command |= {"published_on": "2023-08-01", "source": "osservatorio"} | said
    publish_benchmark(harness.service, PLAN, PublishBenchmark.model_validate(command), harness.caller())


def _score(harness: ServiceHarness, known: str | None = None) -> str | None:
    score: str | None = harness.ask(scores, PLAN, 2022, point("2023-12-31", known))["score"]
    return score


def test_what_a_closed_year_is_judged_by_wants_a_reason_and_is_told(harness: ServiceHarness) -> None:
    before = _score(harness)
    earlier = {"series": f"{PLAN}.crescita", "period": "2021", "value": "40", "data_as_at": "2021-12-31"}
    with pytest.raises(YearNotOpen, match="2022 è chiuso"):
        _publish(harness, "60")
    with pytest.raises(YearNotOpen, match="2022 è chiuso"):
        harness.measure(**earlier)
    _publish(harness, "60", period="2023")  # of a year that none of its targets looks at
    assert _score(harness) == before
    _publish(harness, "60", note="pubblicato in ritardo")
    _publish(harness, "75", note="rettificato", published_on="2023-08-20")
    harness.measure(**earlier, note="ritrovato")
    assert _score(harness) != before
    assert _score(harness, "2023-04-30") == before
    found = harness.ask(flags, PLAN, 2022, point("2023-12-31"))["flags"]
    words = [one["words"] for one in found if one["rule"] == "restated_after_validation"]
    assert [word.partition(", con cui")[0] for word in words] == [
        "il valore 2022 di «Indicatore nazione» (media nazionale)",
        "il valore 2022 di «Indicatore nazione» (media nazionale)",
        "il valore 2021 di «Indicatore crescita»",
    ]
    assert "è passato da nessun valore a 60 (dato del 01/08/2023" in words[0]
    assert "è passato da 60 a 75" in words[1]


def test_the_plan_of_a_closed_year_stands_as_it_was_closed(harness: ServiceHarness) -> None:
    """No value is said for its targets, no meaning given to them; a condition that is met later was not met then."""
    before = _score(harness)
    resolving = {"verb": "resolve_reference", "object": "nazione", "year": 2022, "value": "1"}
    said = {"period": "2022", "published_on": "2023-08-01", "source": "osservatorio"}
    with pytest.raises(YearNotOpen):
        harness.change(resolving | said, act="delibera di Giunta n. 4 del 31/08/2023")
    meaning = InterpretTarget(indicator="prosa", year=2022, meaning=">= 50")
    with pytest.raises(YearNotOpen):
        interpret_target(harness.service, PLAN, meaning, harness.caller())
    met = {"verb": "meet_condition", "object": "c"}
    with pytest.raises(YearNotOpen):
        harness.change(met, act="delibera di Giunta n. 5 del 30/11/2022")
    harness.change(met, act="delibera di Giunta n. 6 del 31/08/2023")
    terms = [{"id": "a", "phrase": "a"}, {"id": "b", "phrase": "b"}]
    formula = {"indicator": "bando", "terms": terms, "expression": "a / b"}
    confirm_formula(harness.service, PLAN, ConfirmFormula.model_validate(formula), harness.caller())
    other = ConfirmFormula.model_validate(formula | {"expression": "b / a", "confirmed_on": "2022-06-30"})
    with pytest.raises(YearNotOpen):
        confirm_formula(harness.service, PLAN, other, harness.caller())
    assert _score(harness) == before


def test_what_was_recorded_before_the_closing_was_is_not_after_it(tmp_path: Path) -> None:
    """An office that records an act late, and what others published by then before it, has restated nothing."""
    harness = ServiceHarness(tmp_path / "a.sqlite").on("2022-02-05")
    row = {"id": "nazione", "name": "Indicatore nazione", "objective": "a1", "weight": "100"}
    targets = [{"year": 2022, "text": ">= media nazionale"}]
    harness.load(**document(indicators=[row | {"targets": targets}]))
    _publish(harness.on("2023-08-02"), "60", published_on="2023-03-01")
    harness.on("2023-08-03").change({"verb": "close_year", "year": 2022}, act="delibera di Giunta n. 3 del 31/03/2023")
    told = [one["rule"] for one in harness.ask(flags, PLAN, 2022, point("2023-12-31"))["flags"]]
    assert "restated_after_validation" not in told
    _publish(harness.on("2023-08-04"), "75", published_on="2023-03-02", note="rettificato")
    told = [one["rule"] for one in harness.ask(flags, PLAN, 2022, point("2023-12-31"))["flags"]]
    assert told.count("restated_after_validation") == 1
    harness.store.close()
