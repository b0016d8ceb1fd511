"""The plan of the next years, prepared from one that there is: what goes on, what moves, what stays behind."""

from datetime import date
from typing import Any

import pytest

from domain.documents.next_plan import LastFigures, NextYears, next_plan
from domain.documents.plan import PlanDocument
from domain.errors import Malformed
from domain.measurements.last import LastFigure
from tests.support.harness import PLAN, document

WANTED = NextYears(2023, 2025)


def plan(**parts: Any) -> PlanDocument:
    """The small plan as an export shows it: approved, with what was observed and reported."""
    shown = document() | {
        "plan": {
            "id": PLAN,
            "title": "Piano della performance 2022-2024",
            "first_year": 2022,
            "last_year": 2024,
            "levels": ["strategic", "operational"],
            "drafted_on": "2022-01-31",
            "status": "approved",
            "years": {"2022": {"approved_on": "2022-01-31", "act": "x"}},
            "succeeded_by": "altro",
        },
        "acts": [{"id": "y", "body": "Giunta", "type": "delibera", "date": "2022-09-30"}],
        "measurements": [{"series": f"{PLAN}.incasso", "period": "2022", "text": "66%", "data_as_at": "2022-12-31"}],
        "statuses": [{"subject": "indicator", "id": "incasso", "status": "in_line", "reported_on": "2022-06-30"}],
        "as_of": "2022-12-31",
        "version": 12,
    }
    rows = [row | {"series": f"{PLAN}.{row['id']}"} for row in shown["indicators"]]
    return PlanDocument.model_validate(shown | {"indicators": rows} | parts)


def test_series_ids_tree_cards_and_weights_go_on() -> None:
    old, new = plan(), next_plan(plan(), WANTED, {})
    assert new.administration == old.administration
    assert new.objectives == old.objectives
    left_aside = {"targets"}
    assert [row.model_dump(exclude=left_aside) for row in new.indicators] == [
        row.model_dump(exclude=left_aside) for row in old.indicators
    ]
    assert (new.plan.predecessor, new.plan.levels) == (PLAN, old.plan.levels)


def test_targets_of_the_years_of_both_are_carried_and_no_others() -> None:
    new = next_plan(plan(), WANTED, {})
    assert [[(target.year, target.text) for target in row.targets] for row in new.indicators] == [
        [(2023, ">= 71%")],
        [(2023, ">= 15%")],
        [],
    ]


def test_nothing_of_the_past_is_carried() -> None:
    prepared = next_plan(plan(), WANTED, {}).model_dump(mode="json", exclude_none=True, exclude_defaults=True)
    assert set(prepared) == {"administration", "plan", "objectives", "indicators"}
    assert set(prepared["plan"]) == {"id", "title", "first_year", "last_year", "levels", "predecessor"}


def test_the_years_move_in_the_title_and_in_the_id() -> None:
    new = next_plan(plan(), WANTED, {}).plan
    assert (new.id, new.title) == ("prova-2023-2025", "Piano della performance 2023-2025")
    assert (new.first_year, new.last_year) == (2023, 2025)
    named = next_plan(plan(), NextYears(2023, 2025, "PIAO 2023", "piao-2023"), {}).plan
    assert (named.id, named.title) == ("piao-2023", "PIAO 2023")


def test_an_id_and_a_title_without_the_years_are_made_of_the_owner_and_the_new_years() -> None:
    old = plan(plan={"id": "piao", "title": "PIAO", "first_year": 2022, "last_year": 2024})
    new = next_plan(old, WANTED, {}).plan
    assert (new.id, new.title) == ("cciaa-prova-2023-2025", "Piano della performance 2023-2025")


def test_the_last_figure_stands_beside_and_that_of_a_whole_year_is_the_start_value() -> None:
    half, whole = (
        LastFigure(text, period, date(2022, 6, 30)) for text, period in (("35%", "2022-H1"), ("66%", "2021"))
    )
    figures = {
        f"{PLAN}.incasso": LastFigures(half, whole),
        f"{PLAN}.cassetto": LastFigures(half, None),
        f"{PLAN}.regolamento": LastFigures(),
    }
    rows = [row.model_dump(mode="json") for row in next_plan(plan(), WANTED, figures).indicators]
    assert [row["baseline"] for row in rows] == ["66%", None, None]
    assert [row.get("baseline_on") for row in rows] == ["2022-06-30", None, None]
    assert [row.get("last_measured", {}).get("text") for row in rows] == ["35%", "35%", None]


def test_the_rules_in_force_in_the_first_year_go_on() -> None:
    head = {"id": PLAN, "title": "P", "first_year": 2022, "last_year": 2024}
    of = {"2021": {"weights": "a"}, "2022": {"weights": "b"}, "2024": {"weights": "c"}}
    assert next_plan(plan(plan=head | {"systems": of}), WANTED, {}).plan.systems == {
        "2023": {"weights": "b"},
        "2024": {"weights": "c"},
    }


def test_a_printed_period_moves_and_a_year_that_both_cover_stays_neutralised() -> None:
    objectives = [
        {"id": "a", "level": "l", "period": "2022-2024", "neutralised": [2022, 2024]},
        {"id": "b", "level": "l", "period": "triennio", "parent": "a"},
        {"id": "c", "level": "l", "period": "entro il 2022", "parent": "a"},
    ]
    new = next_plan(plan(objectives=objectives, indicators=[]), WANTED, {})
    assert [(row.period, row.neutralised) for row in new.objectives] == [
        ("2023-2025", (2024,)),
        ("triennio", ()),
        (None, ()),
    ]


@pytest.mark.parametrize("years", [(2022, 2024), (2022, 2025), (2023, 2024), (2025, 2024), (2025, 2035), (2019, 2021)])
def test_years_that_do_not_follow_are_refused(years: tuple[int, int]) -> None:
    with pytest.raises(Malformed) as refused:
        next_plan(plan(), NextYears(*years), {})
    assert [problem.where for problem in refused.value.problems] == ["years"]
