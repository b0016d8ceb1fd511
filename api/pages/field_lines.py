"""Who set each value of a plan in force, as rows for people."""

from collections.abc import Iterable
from typing import NamedTuple

from api.language.labels import CAUSES
from api.language.translation import filled_in, translated
from api.language.values import field_name, value_in_words
from api.pages.recorded_event import EventAddresses, Recorders, object_address, object_title
from api.pages.templating import day_words
from api.pages.trail_lines import ROLE_WORDS
from api.pages.visit import PlanVisit
from api.settings import Language
from domain.vocabulary import JsonValue
from projections.blame import BlameRow


class FieldLine(NamedTuple):
    """A value with the event that it comes from."""

    what: str
    address: str
    key: str
    field: str
    value: str
    since: str
    act: str
    cause: str
    recorded_at: str
    who: str
    event: str
    version: int


def field_lines(visit: PlanVisit, rows: Iterable[BlameRow]) -> list[FieldLine]:
    """Rows of the question for people; who recorded is told to those who may know."""
    listed = list(rows)
    events, recorders = EventAddresses(visit), Recorders(visit, (row["actor"] for row in listed))
    return [
        FieldLine(
            what=object_title(visit, row["object"]),
            address=object_address(visit, row["object"]),
            key=row["object"],
            field=field_words(row["object"], row["field"], visit.language),
            value=_value(visit, row["field"], row["value"]),
            since=row["effective_on"],
            act=visit.reading.acts.get(row["act"] or "", row["act"] or ""),
            cause=CAUSES.get(row["cause"] or "", ""),
            recorded_at=row["recorded_at"],
            who=recorders.name(row["actor"]) or translated(ROLE_WORDS[row["role"]], visit.language),
            event=events.of_plan(row["version"]),
            version=row["version"],
        )
        for row in listed
    ]


def _value(visit: PlanVisit, field: str, value: JsonValue) -> str:
    """A value in words; what is named by its id is called as people call it."""
    if field == "parent" and isinstance(value, str):
        return object_title(visit, f"objective/{value}")
    if field == "administration":
        return visit.reading.document["administration"]["name"]
    if field == "drafted_on" and isinstance(value, str):
        return day_words(value)
    return value_in_words(value, field, visit.language)


def field_words(key: str, field: str, language: Language) -> str:
    """How a field is called; that of a place in an objective says so."""
    name = field_name(field, language)
    return filled_in("%(field)s nell'obiettivo", language, field=name) if key.startswith("assignment/") else name
