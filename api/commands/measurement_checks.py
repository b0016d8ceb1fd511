"""Checks a measurement in the light of its plan before it is decided: reads the plan and the series for the rule."""

from datetime import date

from domain.measurements.plan_checks import Checked, Measuring, checked_against_plan
from projections.store.reader import Reader
from projections.streams import PlanKnown

__all__ = ["Checked", "check_measurement"]


def check_measurement(reader: Reader, known: PlanKnown, command: Measuring, today: date) -> Checked[Measuring]:
    """The command, checked against its plan as it stands now."""
    timelines, owner = reader.timelines(known.stream), reader.timelines(known.administration_stream)
    return checked_against_plan(timelines, owner, command, today)
