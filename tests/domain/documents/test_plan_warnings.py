"""The warnings of a plan: one set, the same wherever they are asked; of a change, those that it brings."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from domain.documents.load import load_document
from domain.documents.plan import PlanDocument
from domain.documents.warnings import new_warnings, plan_warnings

PLANS = sorted((Path(__file__).parents[3] / "examples" / "plans").glob("*.json"))


def plan(*indicators: dict[str, Any], objectives: tuple[str, ...] = ("a",)) -> PlanDocument:
    return PlanDocument.model_validate(
        {
            "administration": {"id": "ente", "name": "Ente"},
            "plan": {"id": "piano", "title": "Piano", "first_year": 2022, "last_year": 2024},
            "objectives": [{"id": one, "level": "op"} for one in objectives],
            "indicators": [{"name": f"Indicatore {row['id']}", "objective": "a"} | row for row in indicators],
        }
    )


def told(document: PlanDocument) -> list[tuple[str, str]]:
    return [(warning.notice.where, warning.notice.name) for warning in plan_warnings(document)]


def targets(*texts: str) -> list[dict[str, Any]]:
    return [{"year": 2022 + at, "text": text} for at, text in enumerate(texts)]


def test_a_formula_that_is_missing_is_told_of_each_indicator_or_once_where_none_has_one() -> None:
    assert told(plan({"id": "i"}, {"id": "j", "formula": "x / y"})) == [("indicators[0]", "formula_missing")]
    assert told(plan({"id": "i"}, {"id": "j"})) == [("indicators", "formula_missing")]


@pytest.mark.parametrize(
    ("weights", "names"), [(("60", "40"), []), (("33.3", "66.6"), []), (("60", "50"), ["weights_not_100"])]
)
def test_weights_of_an_objective_sum_to_100_but_for_rounding(weights: tuple[str, ...], names: list[str]) -> None:
    rows = [{"id": f"i{at}", "weight": weight, "formula": "x"} for at, weight in enumerate(weights)]
    assert [name for _, name in told(plan(*rows))] == names


def test_a_target_is_compared_with_the_baseline_in_its_own_unit_where_that_has_none() -> None:
    row = {"id": "i", "formula": "x", "baseline": "80"}
    assert told(plan(row | {"targets": targets(">= 75%", ">= 85%")})) == [
        ("indicators[0].targets[0]", "easier_than_baseline")
    ]
    assert told(plan(row | {"baseline": "80 gg", "targets": targets(">= 75%")})) == []


def test_a_text_that_is_not_read_is_told_unless_it_is_read_today() -> None:
    unread = {"form": "unread", "reason": "allora non si leggeva"}
    kept = [target | unread for target in targets("boh", ">= 5%")]
    assert told(plan({"id": "i", "formula": "x", "targets": kept})) == [("indicators[0].targets[0]", "unread_target")]


def test_an_indicator_with_two_weights_is_printed_twice() -> None:
    rows = [
        {"id": one, "name": "Lo stesso", "formula": "x", "weight": weight} for one, weight in (("i", "60"), ("j", "40"))
    ]
    assert told(plan(*rows)) == [("indicators", "printed_twice")]


@pytest.mark.parametrize("path", PLANS, ids=lambda path: path.stem)
def test_loading_tells_what_the_plan_itself_is_asked_for(path: Path) -> None:
    document = PlanDocument.model_validate_json(path.read_bytes())
    loading = load_document(document, date(2022, 1, 31), approve=True)
    assert loading.warnings == [warning.notice for warning in plan_warnings(document)]


def test_a_change_brings_only_the_warnings_that_were_not_there_wherever_they_stand_now() -> None:
    first, second = {"id": "i", "formula": "x"}, {"id": "j", "targets": targets("boh")}
    before = plan_warnings(plan(first, second))
    after = plan_warnings(plan(second, {"id": "k"}, first))
    assert [warning.notice.where for warning in before] == ["indicators[1]", "indicators[1].targets[0]"]
    assert [(one.subject, one.notice.name) for one in new_warnings(before, after)] == [
        ("indicator/k", "formula_missing")
    ]


def test_what_was_said_of_the_whole_plan_is_not_new_of_its_parts() -> None:
    before = plan_warnings(plan({"id": "i"}, {"id": "j"}))
    after = plan_warnings(plan({"id": "i", "formula": "x / y"}, {"id": "j"}))
    assert [warning.subject for warning in after] == ["indicator/j"]
    assert new_warnings(before, after) == []
