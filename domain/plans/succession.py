"""Which plan of an administration comes before another."""

from collections.abc import Mapping


def plan_before(first_years: Mapping[str, int], year: int) -> str | None:
    """The plan that began last before a year, among plans with their first year; None where none began before it."""
    before = {plan: began for plan, began in first_years.items() if began < year}
    return max(before, key=before.__getitem__, default=None)
