"""What is due of a plan: by open rounds and by years that have ended, office by office, the first due before."""

from pathlib import Path
from typing import Any

import pytest

from api.commands.evaluation import close_round, open_round
from domain.rounds.collection import NOBODY
from domain.rounds.commands import CloseRound, OpenRound
from projections.dues import plan_dues
from tests.support.harness import PLAN, ServiceHarness, point

SERIES = f"{PLAN}."


@pytest.fixture
def harness(sqlite_path: Path) -> ServiceHarness:
    """The small plan, with a round open for 30 June, answers awaited by 15 July."""
    harness = ServiceHarness(str(sqlite_path)).on("2022-02-05")
    harness.load()
    opening = OpenRound.model_validate({"as_at": "2022-06-30", "due_by": "2022-07-15"})
    open_round(harness.on("2022-07-01").service, PLAN, opening, harness.caller())
    return harness


def due(harness: ServiceHarness, on: str, **options: Any) -> dict[str, Any]:
    answer: dict[str, Any] = harness.ask(plan_dues, PLAN, point(on, options.pop("known", None)), **options)
    return answer


def test_an_open_round_waits_for_a_value_and_a_status_of_each_indicator(harness: ServiceHarness) -> None:
    listed = due(harness, "2022-07-10")
    assert listed["total"] == {"values": 3, "statuses": 3, "late": 0, "due_by": "2022-07-15"}
    assert [row["office"] for row in listed["offices"]] == ["Servizio Bilancio"]
    (first, *_) = listed["values"]
    assert (first["indicator"], first["period"], first["targets"]) == ("incasso", "2022-H1", [">= 70,34%"])


def test_what_came_is_not_due_and_what_has_a_status_wants_its_value(harness: ServiceHarness) -> None:
    harness.on("2022-07-10").measure(
        series=f"{SERIES}incasso", period="2022-Q1", text="35%", data_as_at="2022-03-31", finality="provisional"
    )
    harness.measure(
        series=f"{SERIES}incasso", period="2022-H1", text="35%", data_as_at="2022-06-30", finality="provisional"
    )
    harness.report(subject="indicator", id="cassetto", status="at_risk", reported_on="2022-07-10")
    listed = due(harness, "2022-07-16")
    assert listed["total"] == {"values": 2, "statuses": 1, "late": 2, "due_by": "2022-07-15"}
    assert [row["wants_status"] for row in listed["values"]] == [False, True]
    assert due(harness, "2022-07-16", known="2022-07-05")["total"]["values"] == 3


def test_a_year_that_has_ended_is_due_for_the_report_until_it_is_closed(harness: ServiceHarness) -> None:
    close_round(
        harness.service, PLAN, CloseRound.model_validate({"round": "monitoraggio-2022-06-30"}), harness.caller()
    )
    assert due(harness, "2022-12-31")["total"]["values"] == 0
    harness.on("2023-01-10").measure(series=f"{SERIES}incasso", period="2022", text="71%", data_as_at="2022-12-31")
    listed = due(harness, "2023-01-10")
    assert listed["total"] == {"values": 2, "statuses": 0, "late": 0, "due_by": "2023-06-30"}
    assert {row["period"] for row in listed["values"]} == {"2022"}
    assert due(harness, "2023-07-01")["total"]["late"] == 2
    closing = {"verb": "close_year", "year": 2022}
    harness.on("2023-07-10").change(closing, act="delibera di Giunta n. 3 del 30/06/2023")
    assert due(harness, "2023-07-11")["total"]["values"] == 0


def test_the_last_values_stand_beside_the_latest_three(harness: ServiceHarness) -> None:
    harness.on("2022-07-10")
    for period, text in (("2019", "60%"), ("2020", "61%"), ("2021", "62%"), ("2018", "59%")):
        harness.measure(series=f"{SERIES}incasso", period=period, text=text, data_as_at=f"{period}-12-31")
    (first, *_) = due(harness, "2022-07-10")["values"]
    assert [past["period"] for past in first["last"]] == ["2019", "2020", "2021"]
    assert first["last"][-1]["observed"] == "62%"


def test_an_office_is_shown_what_it_owes_by_id_or_name_and_nothing_of_another(harness: ServiceHarness) -> None:
    harness.load(
        plan={"id": "terzo-2022-2024", "title": "Terzo", "first_year": 2022, "last_year": 2024},
        objectives=[{"id": "o", "level": "operational", "title": "O"}],
        indicators=[
            {
                "id": "suo",
                "objective": "o",
                "name": "Suo",
                "owner": "Registro",
                "targets": [{"year": 2022, "text": "5"}],
            },
            {"id": "di-nessuno", "objective": "o", "name": "N", "targets": [{"year": 2022, "text": "5"}]},
        ],
    )
    asked: list[Any] = [None, ["registro"], ["Registro"], ["servizio-bilancio"]]
    answers = [harness.ask(plan_dues, "terzo-2022-2024", point("2023-02-01"), of) for of in asked]
    assert [[row["office"] for row in answer["offices"]] for answer in answers] == [
        ["Registro", NOBODY],
        ["Registro"],
        ["Registro"],
        [],
    ]
    assert [answer["total"]["values"] for answer in answers] == [2, 1, 1, 0]
