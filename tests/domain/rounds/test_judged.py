"""A value of a part of a year against its target: what adds up is not held against the whole of another year."""

from datetime import date
from decimal import Decimal

import pytest

from domain.measurements.reader import read_value
from domain.rounds.judged import judged, why_not_held
from domain.scoring.forms import Circumstances, PublishedValue, achieve
from domain.targets.reader import read_one


@pytest.mark.parametrize(
    ("value", "on", "met"),
    [
        ("500", date(2024, 6, 30), None),
        ("500", date(2024, 12, 31), False),
        ("1.200", date(2024, 12, 31), True),
        ("incremento del 12%", date(2024, 6, 30), True),
    ],
)
def test_a_change_from_another_year_is_judged_once_the_year_is_over(value: str, on: date, *, met: bool | None) -> None:
    case = Circumstances(earlier={2023: Decimal(1000)})
    found = judged({1: read_one("+10% sul 2023", 2024)}, read_value(value, 2024), case, on)
    assert (None if found is None else found.met) == met


HALF = date(2024, 6, 30)


@pytest.mark.parametrize(
    ("target", "value", "met", "asked"),
    [
        (">= 8", "4", True, "4"),
        ("<= 12", "9", False, "6"),
        ("<= 12", "5", True, "6"),
        ("= 10", "4", False, "5"),
        ("= 10", "7", True, "5"),
        ("= 10", "11", False, "5"),
        ("tra 10 e 20", "4", False, "5"),
        ("tra 10 e 20", "7", True, "7"),
        ("tra 10 e 20", "12", False, "10"),
        (">= valore 2023", "60", True, "50"),
        ("<= valore 2023", "60", False, "50"),
    ],
)
def test_of_what_adds_up_half_a_year_asks_half_whatever_the_sign(
    target: str, value: str, *, met: bool, asked: str
) -> None:
    case = Circumstances(earlier={2023: Decimal(100)}, nature="sum", part="2024-H1")
    found = judged({1: read_one(target, 2024)}, read_value(value, 2024), case, HALF)
    assert found is not None
    assert found.variance is not None
    assert (found.met, found.variance.asked) == (met, Decimal(asked))


@pytest.mark.parametrize("target", [">= 80%", "<= 80%", "tra 60% e 80%", "<= media nazionale"])
def test_of_what_does_not_add_up_half_a_year_asks_the_whole(target: str) -> None:
    published = {("nation", 2024): PublishedValue(Decimal(80), "nazione")}
    case = Circumstances(published=published, nature="rate", part="2024-H1")
    found = judged({1: read_one(target, 2024)}, read_value("90%", 2024), case, HALF)
    assert found is not None
    assert found.variance is not None
    assert found.variance.asked == Decimal(80)


@pytest.mark.parametrize(
    ("parts", "value", "met"),
    [
        ({"2023-H1": Decimal(40)}, "42", False),
        ({"2023-H1": Decimal(40)}, "44", True),
        ({}, "42", None),
        ({"2023-Q2": Decimal(40)}, "42", None),
        ({}, "120 gg", True),
    ],
)
def test_a_change_at_half_a_year_is_counted_from_the_same_half_and_scored_so(
    parts: dict[str, Decimal], value: str, *, met: bool | None
) -> None:
    """Of what does not add up, for want of it, from the whole year; else nobody judges it, and both say why."""
    case = Circumstances(earlier={2023: Decimal(100)}, earlier_parts=parts, part="2024-H1", year=2024, on=HALF)
    targets = {1: read_one("+10% sul 2023", 2024)}
    observed = read_value(value, 2024)
    found, score = judged(targets, observed, case, HALF), achieve(targets[1], observed, case)
    assert (None if found is None else found.met) == score.met == met
    told = why_not_held(targets, observed, case, HALF)
    assert (told is None) == (met is not None)
    assert told is None or (told == score.note and "la stessa parte" not in told and "primo semestre 2023" in told)
