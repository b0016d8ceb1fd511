"""Which plan comes before another."""

import pytest

from domain.plans.succession import plan_before

PLANS = {"primo": 2020, "secondo": 2022, "terzo": 2025}


@pytest.mark.parametrize(("year", "plan"), [(2026, "terzo"), (2025, "secondo"), (2022, "primo"), (2020, None)])
def test_the_plan_before_is_the_one_that_began_last_before_the_year(year: int, plan: str | None) -> None:
    assert plan_before(PLANS, year) == plan
