"""Whatever is corrected, annulled or withdrawn, the plan that is left holds together."""

from typing import Any

import pytest

from domain.errors import DomainError
from tests.support.harness import ServiceHarness, document

JUNE = "delibera di Giunta n. 5 del 30/06/2022"


@pytest.fixture
def harness(sqlite_path: object) -> ServiceHarness:
    """A harness with the small plan, in October."""
    harness = ServiceHarness(str(sqlite_path)).on("2022-02-05")
    harness.load()
    return harness.on("2022-10-03")


def test_an_act_without_changes_is_no_change(harness: ServiceHarness) -> None:
    with pytest.raises(DomainError):
        harness.change(act="delibera di Giunta n. 77 del 30/09/2022")


def test_two_dates_in_one_cell_of_a_document_are_two_targets(sqlite_path: object) -> None:
    harness = ServiceHarness(str(sqlite_path))
    indicator = {"id": "r", "objective": "a1", "name": "Regolamento"}
    cell = {"year": 2022, "text": "30/06/2022 31/12/2022"}
    harness.load(indicators=[indicator | {"targets": [cell]}], objectives=document()["objectives"])
    rows = harness.plan()["indicators"][0]["targets"]
    assert [(row["ordinal"], row["form"], row["value"]) for row in rows] == [
        (1, "deadline", "2022-06-30"),
        (2, "deadline", "2022-12-31"),
    ]


def test_an_export_brings_the_approval_of_its_years_with_it(harness: ServiceHarness, tmp_path: Any) -> None:
    act = {"body": "Giunta", "date": "2023-01-31", "number": "2"}
    harness.on("2023-02-01").change(act=act, approves_year=2023)
    held = harness.plan("2023-06-30")
    other = ServiceHarness(str(tmp_path / "altrove.sqlite")).on("2023-07-01")
    other.load(**held)
    again = other.plan("2023-06-30")
    assert again["plan"]["years"] == held["plan"]["years"]
    assert {key: value for key, value in again.items() if key != "version"} == {
        key: value for key, value in held.items() if key != "version"
    }
