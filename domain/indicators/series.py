"""The series that indicators measure: one that no document names is the plan's own, called after plan and indicator."""

from domain.timelines import Timelines

MOST_CHARACTERS = 120


def own_series(plan: str, indicator: str) -> str:
    """The series of an indicator for which none is named."""
    return f"{plan}.{indicator}"[:MOST_CHARACTERS]


def series_of(timelines: Timelines) -> set[str]:
    """The series that the indicators of a plan measure, or have measured."""
    return {str(e.value) for key in timelines.objects("indicator/") for e in timelines.entries(key, "series")}


def is_of_plan(series: str, plan: str) -> bool:
    """Whether a series was called after a plan, whether or not an indicator of it measures it still."""
    return series.startswith(f"{plan}.")


def is_called_after(series: str, indicator: str) -> bool:
    """Whether a series was called after an indicator, of whatever plan."""
    return series.rpartition(".")[2] == indicator
