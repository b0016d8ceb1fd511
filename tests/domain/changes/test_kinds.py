"""What a change is, by where it stands beside the approval of the years that it touches."""

from datetime import date

import pytest

from domain.changes.kinds import (
    Approval,
    ChangeKind,
    EventPlace,
    counts_in_the_rate,
    from_january,
    in_year_of,
    touched_years,
    unclaimed_kind,
)
from domain.event import Aspect, Touch

YEARS = range(2022, 2025)
ON = date(2022, 1, 31)
BEFORE, AFTER = date(2022, 1, 30), date(2022, 2, 1)
APPENDED = Approval(ON, ON, 5, 8)
APPROVALS = {2022: APPENDED, 2023: Approval(date(2023, 1, 31), date(2023, 1, 31), 20, 22), 2024: from_january(2024)}


@pytest.mark.parametrize(
    ("place", "reached"),
    [
        (EventPlace(AFTER, 4), False),
        (EventPlace(AFTER, 5), True),
        (EventPlace(AFTER, 8), True),
        (EventPlace(AFTER, 9), False),
        (EventPlace(ON, 4), True),
        (EventPlace(ON, 9), False),
        (EventPlace(BEFORE, 9), True),
    ],
)
def test_an_approval_reaches_its_own_append_and_what_stands_before_it(place: EventPlace, *, reached: bool) -> None:
    assert APPENDED.reaches(place) is reached


@pytest.mark.parametrize(("day", "reached"), [(BEFORE, True), (ON, True), (AFTER, False)])
def test_an_approval_without_an_act_reaches_what_is_of_its_day(day: date, *, reached: bool) -> None:
    assert Approval(ON, ON).reaches(EventPlace(day, 9)) is reached
    assert from_january(2024) == Approval(date(2024, 1, 1), date(2024, 1, 1))


@pytest.mark.parametrize(
    ("touch", "day", "years"),
    [
        (Touch("target", 2023), ON, [2023]),
        (Touch("weight"), date(2021, 6, 30), [2022, 2023, 2024]),
        (Touch("weight"), ON, [2022, 2023, 2024]),
        (Touch("weight"), date(2024, 12, 31), [2024]),
        (Touch("weight"), date(2025, 1, 1), []),
    ],
)
def test_a_change_touches_its_year_or_every_one_from_its_day_on(touch: Touch, day: date, years: list[int]) -> None:
    assert list(touched_years(touch, day, YEARS)) == years


@pytest.mark.parametrize(
    ("touch", "effective_on", "place", "year"),
    [
        (Touch("target", 2022), ON, EventPlace(ON, 5), None),
        (Touch("target", 2022), ON, EventPlace(ON, 9), 2022),
        (Touch("target", 2022), BEFORE, EventPlace(BEFORE, 9), None),
        (Touch("target", 2023), AFTER, EventPlace(AFTER, 9), None),
        (Touch("target", 2023), date(2023, 1, 31), EventPlace(date(2023, 1, 31), 23), 2023),
        (Touch("target", 2024), date(2024, 1, 1), EventPlace(date(2024, 1, 1), 30), None),
        (Touch("target", 2024), date(2024, 1, 2), EventPlace(date(2024, 1, 2), 30), 2024),
        (Touch("weight"), AFTER, EventPlace(AFTER, 9), 2022),
        (Touch("weight"), date(2023, 1, 15), EventPlace(date(2023, 1, 15), 19), None),
        (Touch("weight"), date(2023, 2, 1), EventPlace(date(2023, 2, 1), 30), 2023),
        # what holds from a day before the approval, by an act after it
        (Touch("weight"), BEFORE, EventPlace(date(2022, 11, 30), 30), 2022),
        (Touch("weight"), date(2023, 1, 15), EventPlace(date(2023, 11, 30), 30), 2023),
        (Touch("target", 2023), date(2023, 1, 15), EventPlace(date(2023, 11, 30), 30), 2023),
        # what an act before the approval decided, from a day after it
        (Touch("target", 2023), date(2023, 6, 1), EventPlace(date(2022, 12, 20), 30), None),
    ],
)
def test_a_change_is_under_way_when_it_was_decided_after_the_act_that_approved_the_year(
    touch: Touch, effective_on: date, place: EventPlace, year: int | None
) -> None:
    assert in_year_of(touched_years(touch, effective_on, YEARS), place, APPROVALS) == year


@pytest.mark.parametrize(
    ("aspect", "place", "in_year", "kind"),
    [
        ("target", EventPlace(ON, 5), None, "drafting"),
        ("target", EventPlace(AFTER, 9), 2022, "in_year_revision"),
        ("target", EventPlace(AFTER, 9), None, "rolling_update"),
        ("classification", EventPlace(AFTER, 9), 2022, "reclassification"),
    ],
)
def test_a_change_is_what_its_place_makes_it(
    aspect: Aspect, place: EventPlace, in_year: int | None, kind: ChangeKind
) -> None:
    assert unclaimed_kind(Touch(aspect), place, YEARS, APPROVALS, in_year) == kind


@pytest.mark.parametrize("aspect", ["target", "classification"])
def test_every_change_of_a_draft_is_drafting(aspect: Aspect) -> None:
    assert unclaimed_kind(Touch(aspect), EventPlace(AFTER, 9), YEARS, {}, None) == "drafting"


@pytest.mark.parametrize(
    ("kind", "restored", "counted"),
    [
        ("in_year_revision", None, True),
        ("correction", "in_year_revision", True),
        ("correction", "drafting", False),
        ("rolling_update", None, False),
        ("reclassification", None, False),
    ],
)
def test_a_rate_counts_revisions_of_the_year_and_what_puts_them_right(
    kind: ChangeKind, restored: ChangeKind | None, *, counted: bool
) -> None:
    assert counts_in_the_rate(kind, restored) is counted
