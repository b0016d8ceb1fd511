"""A text in which a person seems to be named, or somebody's health told, is told where it is recorded; nobody is refused."""

from collections.abc import Iterator
from typing import Any

import pytest

from api.commands.benchmarks import publish_benchmark
from api.commands.deviations import explain_deviation
from api.commands.handler import Outcome
from api.commands.library import state_entry
from domain.benchmarks.commands import PublishBenchmark
from domain.deviations.commands import ExplainDeviation
from domain.library.commands import StateEntry
from tests.support.harness import PLAN, ServiceHarness


@pytest.fixture(scope="module")
def harness(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServiceHarness]:
    harness = ServiceHarness(tmp_path_factory.mktemp("testi") / "h.sqlite").on("2022-02-05")
    assert not told(harness.load())
    yield harness.on("2022-10-03")
    harness.store.close()


def told(outcome: Outcome) -> set[tuple[str, str]]:
    return {(notice.where, notice.name) for notice in outcome.warnings if notice.name.endswith("_in_text")}


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        ({"verb": "redefine_objective", "object": "a1", "staff": "Mario Rossi", "stakeholders": ["imprese"]}, {"staff"}),
        ({"verb": "redefine_objective", "object": "a2", "budget_reference": "cap. del dott. Mario Rossi",
          "tags": ["Mario Rossi"]}, {"budget_reference", "tags"}),
        ({"verb": "state_tree_node", "tree": "aree", "node": "n1", "title": "Area del dott. Mario Rossi"}, {"title"}),
        ({"verb": "state_tree_node", "tree": "aree", "node": "n2", "title": "Processi Interni"}, set()),
        ({"verb": "feed_indicator", "object": "incasso", "objective": "a1", "feeds": "dott. Mario Rossi"}, {"feeds"}),
        ({"verb": "amend_plan", "title": "Piano del dott. Mario Rossi"}, {"title"}),
        ({"verb": "redefine_indicator", "object": "incasso", "source": "sig.ra Anna Bianchi"}, {"source"}),
    ],
)  # fmt: skip
def test_a_person_in_whatever_a_change_says_is_told(
    harness: ServiceHarness, change: dict[str, Any], fields: set[str]
) -> None:
    assert told(harness.change(change)) == {(field, "person_in_text") for field in fields}


def test_a_person_in_what_others_publish_is_told_and_health_too(harness: ServiceHarness) -> None:
    said = {"indicator": "incasso", "whose": "dott.ssa Anna Bianchi", "period": "2021", "text": "10%"}
    said |= {"published_on": "2022-09-30", "source": "comunicazione del dott. Mario Rossi, in malattia"}
    outcome = publish_benchmark(harness.service, PLAN, PublishBenchmark.model_validate(said), harness.caller())
    people = {("whose", "person_in_text"), ("source", "person_in_text")}
    assert told(outcome) == people | {("source", "health_in_text")}
    assert all("nessun ordine oscura" in notice.words for notice in outcome.warnings if notice.where == "source")


def test_a_person_in_the_library_is_told(harness: ServiceHarness) -> None:
    entry = StateEntry(scheme="KPI", code="84", name="Indicatore di Mario Rossi", source="dott. Mario Rossi")
    assert told(state_entry(harness.service, entry, harness.caller())) == {
        ("name", "person_in_text"),
        ("source", "person_in_text"),
    }


def test_a_person_in_the_words_of_a_cause_is_told(harness: ServiceHarness) -> None:
    said = {"subject": "indicator", "id": "incasso", "period": "2022-H1", "cause": "endogenous"}
    said |= {"words": "La dott.ssa Anna Bianchi era assente.", "explained_on": "2022-07-10"}
    outcome = explain_deviation(harness.service, PLAN, ExplainDeviation.model_validate(said), harness.caller())
    assert told(outcome) == {("words", "person_in_text")}
    said |= {"words": "Versamenti prorogati.", "explained_on": "2022-07-11"}
    assert not told(explain_deviation(harness.service, PLAN, ExplainDeviation.model_validate(said), harness.caller()))
