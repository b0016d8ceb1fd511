"""Rows of targets and values, one by one: what is read, what is refused, what comes out."""

import pytest

from domain.errors import Malformed
from domain.scoring.row import achieve_row, read_row
from domain.vocabulary import JsonValue


@pytest.mark.parametrize(
    ("row", "figure", "rule"),
    [
        ({"target": ">= 0,21%", "numerator": "112", "denominator": "65991"}, "80.81", "observed_over_target"),
        ({"target": "90", "observed": "85", "polarity": "up", "rounding": "half_up"}, "94.44", "observed_over_target"),
        ({"target": "90", "observed": 85.5, "polarity": "up", "rounding": "truncated:1"}, "95", "observed_over_target"),
        ({"target": 90, "observed": 45, "polarity": "up"}, "50", "observed_over_target"),
        ({"target": "90", "observed": 95, "polarity": "down", "rounding": {"how": "truncated", "step": "0.1"}}, "94.7", "target_over_observed"),
        ({"target": "entro il 31/7", "observed": "28/7"}, "100", "deadline_met"),
        ({"target": "entro il 31/7", "observed": "5/8/2023"}, "0", "days_late"),
        ({"target": "Sì", "observed": True}, "100", "yes_no"),
        ({"target": "+10% sul 2018", "observed": "105", "previous": 100}, "50", "change"),
        ({"target": "zero", "observed": 0}, "100", "equal"),
        ({"target": ">= 5", "numerator": 3, "denominator": 0}, None, "denominator_zero"),
        ({"target": ">= 5"}, None, "not_measured"),
        ({"target": "boh", "observed": 1}, None, "target_unread"),
    ],
)  # fmt: skip
def test_a_row_is_read_and_judged(row: dict[str, JsonValue], figure: str | None, rule: str) -> None:
    found = achieve_row(read_row(row))
    shown = None if found.achievement is None else format(found.achievement, "f")
    assert (None if shown is None else shown[: len(figure or "")], found.rule) == (figure, rule)


@pytest.mark.parametrize(
    ("row", "where"),
    [
        ({}, "target"),
        ({"target": "5", "observed": [1]}, "observed"),
        ({"target": "5", "polarity": "sideways"}, "polarity"),
        ({"target": "5", "rounding": "bankers"}, "rounding"),
        ({"target": "5", "rounding": "half_up:0"}, "rounding"),
        ({"target": "5", "numerator": "1"}, "denominator"),
        ({"target": "5", "numerator": "x", "denominator": "1"}, "numerator"),
        ({"target": "5", "numerator": "6.551", "denominator": "1"}, "numerator"),
        ({"target": "5", "surprise": 1}, "surprise"),
    ],
)
def test_a_bad_row_says_what_and_where(row: dict[str, JsonValue], where: str) -> None:
    with pytest.raises(Malformed) as refusal:
        read_row(row)
    assert [problem.where for problem in refusal.value.problems] == [where]
