"""Checks a measurement in the light of its plan before it is decided: reads the plan and the series for the rule."""

from datetime import date

from domain.access.principal import Principal
from domain.measurements.checks import require_own_indicator
from domain.measurements.commands import RecordMeasurement, RestateMeasurement
from domain.measurements.plan_checks import Checked, Measuring, checked_against_plan
from domain.plans.state import PlanState
from projections.store.reader import Reader
from projections.streams import PlanKnown

__all__ = ["Checked", "check_measurement", "require_own_series"]


def check_measurement(reader: Reader, known: PlanKnown, command: Measuring, today: date) -> Checked[Measuring]:
    """The command, checked against its plan as it stands now."""
    timelines, owner = reader.timelines(known.stream), reader.timelines(known.administration_stream)
    return checked_against_plan(timelines, owner, command, today)


def require_own_series(
    reader: Reader, known: PlanKnown, command: RecordMeasurement | RestateMeasurement, by: Principal
) -> None:
    """Refuses the figures of a series that no indicator of somebody's own offices has in the plan."""
    offices = by.offices("record_values", known.administration)
    if offices is None:
        return
    state = PlanState(reader.timelines(known.stream), command.data_as_at)
    measuring = [i for i in state.indicators() if state.indicator(i, "series") == command.series]
    require_own_indicator(state, reader.timelines(known.administration_stream), measuring, offices)
