"""Facts: what an event says of the value of which field of which object, and the names of those objects and fields.

A fact is a point of a timeline: the effective date and the version come from the event's envelope. A value is JSON, so
that it is stored as it is answered.
"""

from typing import NamedTuple

from domain.vocabulary import JsonValue

PLAN = "plan"
ADMINISTRATION = "administration"
LIFE = "life"
IN_FORCE = "in_force"
WITHDRAWN = "withdrawn"
MERGED_INTO = "merged_into:"
SYSTEMS = "system/"
ANNULLED = "annulled"
"""The value of an approval, or of a closing, that an act annulled: it had been given all the same."""


class Fact(NamedTuple):
    """The value of one field of one object; None says that from here on there is none, True that it is so."""

    object: str
    field: str
    value: JsonValue = True


def objective_key(objective: str) -> str:
    """The object under which an objective's facts stand."""
    return f"objective/{objective}"


def indicator_key(indicator: str) -> str:
    """The object under which an indicator's facts stand."""
    return f"indicator/{indicator}"


def assignment_key(indicator: str, objective: str) -> str:
    """The object under which the place of an indicator in an objective stands."""
    return f"assignment/{indicator}/{objective}"


def node_key(tree: str, node: str) -> str:
    """The object under which a node of a further tree of the plan stands."""
    return f"tree/{tree}/{node}"


def office_key(office: str) -> str:
    """The object under which an office's facts stand, in the stream of its administration."""
    return f"office/{office}"


def target_field(year: int, ordinal: int) -> str:
    """The field of an indicator that holds one of its targets."""
    return f"target/{year}/{ordinal}"


def approved_field(year: int) -> str:
    """The field of a plan that holds the approval of a year."""
    return f"approved/{year}"


def closed_field(year: int) -> str:
    """The field of a plan that holds the closing of a year."""
    return f"closed/{year}"


def benchmark_key(series: str) -> str:
    """The object under which the published values of others of a series stand."""
    return f"benchmark/{series}"


def benchmark_field(of: str, period: str) -> str:
    """The field that holds the value of others for a period."""
    return f"{of}/{period}"


def deviation_field(period: str) -> str:
    """The field of an objective, or of an indicator, that holds the cause of its deviation of a period."""
    return f"deviation/{period}"


def system_field(year: int) -> str:
    """The field that holds the measurement system of a year: of an administration, and in old records of a plan."""
    return f"{SYSTEMS}{year}"


def series_key(series: str) -> str:
    """The object under which the measurements of a series stand; their field is the period."""
    return f"series/{series}"
