"""Levels across administrations: one whatever the case and the spacing, and named where there is none."""

from pathlib import Path

import pytest

from domain.errors import NotFound
from projections.across.follower import refresh
from projections.across.rates import rates_across
from tests.support.harness import ServiceHarness, document, point


@pytest.fixture
def harness(tmp_path: Path) -> ServiceHarness:
    """Two administrations that spell the level of their objectives in two ways."""
    harness = ServiceHarness(tmp_path / "harness.sqlite").on("2022-02-05")
    harness.load()
    other = document()
    other["administration"] = {"id": "altra", "name": "Altra"}
    other["plan"] |= {"id": "altra-2022-2024"}
    for row in other["objectives"][1:]:
        row["level"] = " OPERATIONAL "
    harness.load(**other)
    refresh(harness.store)
    return harness


def test_levels_that_differ_in_case_or_spacing_are_one(harness: ServiceHarness) -> None:
    on = point("2022-12-31").as_of
    whole = harness.ask(rates_across, 2022, on)
    assert [name.strip().casefold() for name in whole["total"]["by_level"]] == ["operational"]
    for level in ("operational", "Operational", " OPERATIONAL "):
        answer = harness.ask(rates_across, 2022, on, level=level)
        assert answer["total"]["change_rate"] == whole["total"]["change_rate"]
        assert answer["total"]["change_rate"]["any"]["denominator"] == 4


def test_a_level_that_is_not_there_is_an_error_that_names_those_there_are(harness: ServiceHarness) -> None:
    with pytest.raises(NotFound) as refused:
        harness.ask(rates_across, 2022, point("2022-12-31").as_of, level="tattico")
    assert (refused.value.problem.where, "operativo" in str(refused.value.problem.accepted)) == ("level", True)
