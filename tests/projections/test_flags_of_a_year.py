"""The flags of a year, from the record: each rule on a plan that calls for it, and on one that does not."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from api.oversight import answer_flag
from domain.errors import NotFound
from domain.oiv.commands import AnswerFlag
from projections.flags import flags
from tests.support.desk import PLAN, Desk, point


@pytest.fixture
def desk(sqlite_path: Path) -> Iterator[Desk]:
    """A desk with the small plan."""
    desk = Desk(str(sqlite_path)).on("2022-02-05")
    desk.load()
    yield desk
    desk.store.close()


def _measured(desk: Desk, text: str = "67%", on: str = "2022-09-15", **said: Any) -> None:
    row = {"series": f"{PLAN}.incasso", "period": "2022", "text": text, "data_as_at": "2022-09-10"} | said
    desk.on(on).measure(**row)


def _flags(desk: Desk, year: int = 2022, as_of: str = "2022-12-31", known: str | None = None) -> dict[str, Any]:
    found: dict[str, Any] = desk.ask(flags, PLAN, year, point(as_of, known))
    return found


def _raised(desk: Desk, **how: Any) -> set[str]:
    return {one["rule"] for one in _flags(desk, **how)["flags"]}


def test_an_untouched_plan_raises_nothing(desk: Desk) -> None:
    _measured(desk)
    assert _raised(desk) == set()


def test_a_target_lowered_to_the_value_that_was_known(desk: Desk) -> None:
    _measured(desk)
    desk.on("2022-10-03").revise(">= 66,5%", "2022-09-30")
    assert _raised(desk) == {"eased_after_bad_value", "just_crosses"}
    flag = next(one for one in _flags(desk)["flags"] if one["rule"] == "eased_after_bad_value")
    assert "67%" in flag["words"]
    assert flag["events"] == [{"in": "plan", "version": int(flag["id"].partition("/")[2])}]
    assert desk.actor not in str(flag)


def test_a_value_measured_later_raises_nothing(desk: Desk) -> None:
    desk.on("2022-09-10").revise(">= 66,5%", "2022-09-05")
    _measured(desk)
    assert _raised(desk) == set()


def test_what_is_loaded_long_after_is_not_knowable(desk: Desk) -> None:
    _measured(desk, retrospective=True)
    desk.on("2025-10-03").revise(">= 66,5%", "2022-09-30", retrospective=True)
    found = _flags(desk, as_of="2025-12-31")
    assert found["flags"] == []
    assert {one["rule"] for one in found["not_knowable"]} == {"eased_after_bad_value", "just_crosses", "recorded_late"}


def test_a_late_decision_recorded_late(desk: Desk) -> None:
    desk.on("2023-02-20").revise(">= 75%", "2022-12-05")
    assert _raised(desk, as_of="2023-03-01") == {"decided_late", "recorded_late"}


def test_a_weight_moved_to_what_passes(desk: Desk) -> None:
    _measured(desk, "9%", series=f"{PLAN}.cassetto")
    desk.on("2022-09-16").measure(
        series=f"{PLAN}.regolamento", period="2022", text="20/05/2022", data_as_at="2022-09-10"
    )
    lighter = {"verb": "reweigh_indicator", "object": "cassetto", "objective": "a2", "weight": "20"}
    heavier = {"verb": "reweigh_indicator", "object": "regolamento", "objective": "a2", "weight": "80"}
    desk.on("2022-10-03").change(lighter, heavier)
    assert _raised(desk) == {"weight_to_passing"}


def test_a_formula_changed_with_a_worse_value(desk: Desk) -> None:
    _measured(desk)
    change = {"verb": "redefine_indicator", "object": "incasso", "formula": "incassato / emesso * 100"}
    desk.on("2022-10-03").change(change)
    assert _raised(desk) == {"redefined_with_worse_value"}


def test_an_indicator_withdrawn_while_it_fails(desk: Desk) -> None:
    _measured(desk)
    desk.on("2022-10-03").change({"verb": "withdraw_indicator", "object": "incasso"})
    assert _raised(desk) == {"withdrawn_while_failing"}


def test_an_objective_withdrawn_while_its_indicator_fails(desk: Desk) -> None:
    _measured(desk)
    desk.on("2022-10-03").change({"verb": "withdraw_objective", "object": "a1"})
    assert _raised(desk) == {"withdrawn_while_failing"}


def test_a_target_easier_than_the_start_value(sqlite_path: Path) -> None:
    desk = Desk(str(sqlite_path)).on("2022-02-05")
    indicator = {
        "id": "x", "objective": "a", "name": "X", "baseline": "80%", "targets": [{"year": 2022, "text": ">= 75%"}],
    }  # fmt: skip
    desk.load(indicators=[indicator], objectives=[{"id": "a", "level": "l", "title": "A"}])
    assert _raised(desk) == {"easier_than_baseline"}
    desk.store.close()


def test_an_indicator_eased_year_after_year(desk: Desk) -> None:
    desk.on("2022-06-03").revise(">= 69%", "2022-06-01")
    desk.on("2023-06-03").revise(">= 69%", "2023-06-01", year=2023)
    assert _raised(desk, as_of="2023-12-31") == set()
    assert _raised(desk, year=2023, as_of="2023-12-31") == {"eased_every_year"}


def test_a_figure_restated_after_the_year_was_closed(desk: Desk) -> None:
    _measured(desk)
    desk.on("2023-05-05").change({"verb": "close_year", "year": 2022}, act="delibera di Giunta n. 4 del 02/05/2023")
    said = {
        "series": f"{PLAN}.incasso",
        "period": "2022",
        "text": "71%",
        "data_as_at": "2022-12-31",
        "note": "riversamento tardivo",
    }
    desk.on("2023-06-05").restate(**said, effective_on="2023-06-01")
    assert _raised(desk, as_of="2023-12-31") == {"restated_after_validation"}


def test_an_annulment_that_eases(desk: Desk) -> None:
    made = desk.on("2022-06-03").revise(">= 75%", "2022-06-01")
    desk.on("2022-07-03").annul(made.versions[f"plan/{PLAN}"][1])
    assert _raised(desk) == {"correction_eases"}
    assert _raised(desk, known="2022-06-30") == set()


def test_the_system_of_the_year_turns_rules_off_and_sets_thresholds(desk: Desk) -> None:
    _measured(desk)
    desk.on("2022-10-03").revise(">= 66,5%", "2022-09-30")
    system = {"flags": {"off": ["just_crosses"], "margin_percent": "1"}}
    desk.change({"verb": "adopt_system", "year": 2022, "system": system}, act="delibera di Giunta n. 8 del 01/03/2022")
    assert "just_crosses" not in _raised(desk)
    assert _flags(desk)["thresholds"]["off"] == ["just_crosses"]


def test_the_answer_of_the_office_stands_beside_the_flag(desk: Desk) -> None:
    _measured(desk)
    desk.on("2022-10-03").revise(">= 66,5%", "2022-09-30")
    name = next(one["id"] for one in _flags(desk)["flags"])
    answer_flag(desk.service, PLAN, 2022, AnswerFlag(flag=name, words="La media del triennio."), desk.caller())
    answered = next(one for one in _flags(desk)["flags"] if one["id"] == name)
    assert answered["answer"]["words"] == "La media del triennio."
    with pytest.raises(NotFound):
        answer_flag(desk.service, PLAN, 2022, AnswerFlag(flag="just_crosses/999", words="?"), desk.caller())
