"""The two dates: the design's example of three dates and nine answers, and the cases that broke an earlier version."""

import pytest

from domain.errors import ContradictsLater
from projections.differences import differences
from tests.support.harness import PLAN, ServiceHarness, point, versions


@pytest.fixture
def harness(sqlite_path: object) -> ServiceHarness:
    """A harness with the small plan, loaded on 5 February 2022 by an act of 31 January."""
    harness = ServiceHarness(str(sqlite_path)).on("2022-02-05")
    harness.load()
    return harness


@pytest.fixture
def late(harness: ServiceHarness) -> ServiceHarness:
    """Lowered to 68 by an act of September, recorded in October; in November an act of June surfaces that had set 69."""
    harness.on("2022-10-03").revise(">= 68%", "2022-09-30")
    harness.on("2022-11-15").revise(">= 69%", "2022-06-30")
    return harness


@pytest.mark.parametrize(
    ("as_of", "known_at", "target"),
    [
        ("2022-03-15", "2022-08-01", ">= 70,34%"),
        ("2022-03-15", "2022-10-10", ">= 70,34%"),
        ("2022-03-15", "2022-12-01", ">= 70,34%"),
        ("2022-07-15", "2022-08-01", ">= 70,34%"),
        ("2022-07-15", "2022-10-10", ">= 70,34%"),
        ("2022-07-15", "2022-12-01", ">= 69%"),
        ("2022-10-10", "2022-08-01", ">= 70,34%"),
        ("2022-10-10", "2022-10-10", ">= 68%"),
        ("2022-10-10", "2022-12-01", ">= 68%"),
    ],
)
def test_nine_answers_of_the_design(late: ServiceHarness, as_of: str, known_at: str, target: str) -> None:
    assert late.target(as_of, known_at) == target


def test_an_annulled_revision_gives_way_to_a_late_act(harness: ServiceHarness) -> None:
    harness.on("2022-07-01").revise(">= 69%", "2022-06-30")
    mistaken = harness.on("2022-10-03").revise(">= 68%", "2022-09-30")
    harness.on("2022-10-20").annul(*versions(mistaken))
    harness.on("2022-11-15").revise(">= 66%", "2022-08-15")
    assert harness.target("2022-10-01") == ">= 66%"
    assert harness.target("2022-10-01", "2022-10-10") == ">= 68%"
    assert harness.target("2022-10-01", "2022-10-25") == ">= 69%"


def test_a_plan_typed_after_its_act_is_complete_from_the_act_and_a_draft_to_earlier_knowledge(
    sqlite_path: object,
) -> None:
    harness = ServiceHarness(str(sqlite_path)).on("2022-02-05")
    drafted = {"id": PLAN, "title": "Piano di prova", "first_year": 2022, "last_year": 2024, "drafted_on": "2022-01-10"}
    harness.load(act=None, plan=drafted)
    harness.on("2022-02-15").change({"verb": "approve_plan"}, act="delibera di Giunta n. 1 del 31/01/2022")
    assert harness.plan("2022-01-31")["plan"]["status"] == "approved"
    assert len(harness.plan("2022-01-31")["indicators"]) == 3
    assert harness.plan("2022-01-31", "2022-02-10")["plan"]["status"] == "draft"
    assert harness.plan("2022-01-30")["plan"]["status"] == "draft"


def test_a_withdrawal_before_a_recorded_revision_is_refused_with_the_list_or_takes_it_along(
    harness: ServiceHarness,
) -> None:
    harness.on("2022-10-03").revise(">= 68%", "2022-09-30")
    withdrawal = {"verb": "withdraw_indicator", "object": "incasso"}
    with pytest.raises(ContradictsLater) as refusal:
        harness.change(withdrawal, act="delibera di Giunta n. 5 del 30/06/2022")
    assert refusal.value.listed
    harness.change(withdrawal | {"take_along": True}, act="delibera di Giunta n. 5 del 30/06/2022")
    assert harness.target("2022-12-31") is None
    assert harness.target("2022-06-29") == ">= 70,34%"


def test_two_dates_in_one_cell_are_two_targets_and_revising_the_second_leaves_the_first(
    harness: ServiceHarness,
) -> None:
    change = {"verb": "revise_target", "object": "regolamento", "year": 2022, "ordinal": 2, "target": "entro il 30/11"}
    harness.on("2022-10-03").change(change)
    rows = next(i for i in harness.plan()["indicators"] if i["id"] == "regolamento")["targets"]
    assert [(row["ordinal"], row["value"]) for row in rows] == [(1, "2022-06-30"), (2, "2022-11-30")]


def test_recorded_at_rises_with_the_version_whatever_the_clock_does(harness: ServiceHarness) -> None:
    harness.on("2022-10-03").revise(">= 68%", "2022-09-30")
    harness.on("2022-03-01").revise(">= 67%", "2022-10-15")
    with harness.store.reading() as reader:
        records = reader.records(f"plan/{PLAN}")
    instants = [record.recorded_at for record in records]
    assert instants == sorted(instants)
    assert records[-1].recorded_at > records[-2].recorded_at
    assert harness.target("2022-12-31", "2022-10-02") == ">= 70,34%"


def test_differences_between_two_points_are_typed_and_directed(late: ServiceHarness) -> None:
    found = late.ask(differences, PLAN, point("2022-03-15"), point("2022-10-10"))["differences"]
    assert [(one["type"], one["direction"]) for one in found] == [("target_revised", "easier")]
    same_day = late.ask(differences, PLAN, point("2022-07-15", "2022-10-10"), point("2022-07-15", "2022-12-01"))
    assert [one["after"]["text"] for one in same_day["differences"]] == [">= 69%"]
