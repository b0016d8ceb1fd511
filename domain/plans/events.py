"""The events of a plan as a whole: drafted, approved year by year, closed year by year, succeeded."""

from domain.event import Event
from domain.vocabulary import Identifier, IsoDate, JsonValue, Line, Year


class PlanDrafted(Event):
    """A three-year plan was opened as a draft; every draft event takes `drafted_on`."""

    topic = "plan-drafted"

    plan: Identifier
    administration: Identifier
    title: Line
    first_year: Year
    last_year: Year
    drafted_on: IsoDate
    levels: tuple[str, ...] = ()
    predecessor: Identifier | None = None


class PlanApproved(Event):
    """The plan was approved by an act, which approves its first year."""

    topic = "plan-approved"

    year: Year


class YearApproved(Event):
    """A later year of the plan was approved by the act of its yearly update."""

    topic = "year-approved"

    year: Year


class YearClosed(Event):
    """The report on a year was approved and validated: from here on the year takes corrections only."""

    topic = "year-closed"

    year: Year


class PlanSucceeded(Event):
    """Another plan took the place of this one."""

    topic = "plan-succeeded"

    by: Identifier


class MeasurementSystemAdopted(Event):
    """The measurement and evaluation system (SMVP) of a year was adopted: its rules, whole."""

    topic = "measurement-system-adopted"

    year: Year
    system: dict[str, JsonValue]
