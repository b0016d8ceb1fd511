"""How deviations stand: the cause that was given of one, the corrective actions that are under way or ended."""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from domain.deviations.events import (
    ACTION_OUTCOMES,
    ACTIONS,
    DEVIATION_CAUSES,
    ENDED,
    PLANNED,
    SCHEDULED,
    ActionOutcome,
    ActionState,
    DeviationCause,
    action_key,
    subject_key,
)
from domain.facts import deviation_field
from domain.timelines import Entry, Timelines
from domain.vocabulary import JsonValue


class ExplainedDeviation(NamedTuple):
    """The cause that was given of a deviation, of a period; `version` is that of the event, whose note holds the words."""

    period: str
    cause: DeviationCause
    explained_on: date
    version: int


class CorrectiveAction(NamedTuple):
    """What an office does about a deviation, and by when; `ended_on` None while it is under way.

    What it does lies beside the event in which it was `planned`; `remedy` has it where an event of before says it.
    `versions` are those of the events that it rests on, the earliest first.
    """

    id: str
    subject: str
    period: str
    remedy: str | None
    planned: int
    office: str
    planned_on: date
    due_by: date
    rescheduled_on: date | None
    ended_on: date | None
    outcome: ActionOutcome | None
    versions: tuple[int, ...]

    def state(self, on: date) -> ActionState:
        """How it stands on a day: overdue where it should have been done before."""
        return self.outcome or ("overdue" if self.due_by < on else "under_way")


def explained_deviation(
    timelines: Timelines, subject: str, period: str, as_of: date = date.max
) -> ExplainedDeviation | None:
    """The cause of the deviation of an objective or an indicator, of a period; None where nobody gave one."""
    entry = timelines.entry(subject, deviation_field(period), as_of)
    if entry is None or not isinstance(entry.value, dict):
        return None
    given = entry.value
    cause: DeviationCause = next(name for name in DEVIATION_CAUSES if name == given["cause"])
    return ExplainedDeviation(period, cause, date.fromisoformat(str(given["explained_on"])), entry.version)


def corrective_actions(timelines: Timelines, as_of: date = date.max) -> list[CorrectiveAction]:
    """The corrective actions of a plan that were planned by a date, the first that is due before."""
    actions = [_action(timelines, key, as_of) for key in timelines.objects(ACTIONS)]
    return sorted((action for action in actions if action is not None), key=lambda action: (action.due_by, action.id))


def planned_at_first(timelines: Timelines, action: str) -> CorrectiveAction:
    """A corrective action as it was planned, before it was put off or given to another office."""
    entries = timelines.entries(action_key(action), PLANNED)
    planned = _said(entries[0]) or {}
    there = next(each for each in corrective_actions(timelines) if each.id == action)
    return there._replace(office=str(planned["office"]), due_by=_day(planned["due_by"]))


def _action(timelines: Timelines, key: str, as_of: date) -> CorrectiveAction | None:
    entries = {field: timelines.entry(key, field, as_of) for field in (PLANNED, SCHEDULED, ENDED)}
    planned, scheduled, ended = (_said(entries[field]) for field in (PLANNED, SCHEDULED, ENDED))
    first = entries[PLANNED]
    if planned is None or first is None:
        return None
    latest = scheduled or planned
    outcome: ActionOutcome | None = next((name for name in ACTION_OUTCOMES if ended and name == ended["outcome"]), None)
    return CorrectiveAction(
        id=key.removeprefix(ACTIONS),
        subject=subject_key("objective" if planned["subject"] == "objective" else "indicator", str(planned["id"])),
        period=str(planned["period"]),
        remedy=None if planned.get("remedy") is None else str(planned["remedy"]),
        planned=first.version,
        office=str(latest["office"]),
        planned_on=_day(planned["planned_on"]),
        due_by=_day(latest["due_by"]),
        rescheduled_on=_day(scheduled["rescheduled_on"]) if scheduled else None,
        ended_on=_day(ended["ended_on"]) if ended else None,
        outcome=outcome,
        versions=tuple(sorted(entry.version for entry in entries.values() if entry is not None)),
    )


def _said(entry: Entry | None) -> dict[str, JsonValue] | None:
    return entry.value if entry is not None and isinstance(entry.value, dict) else None


def _day(value: JsonValue) -> date:
    return date.fromisoformat(str(value))


def of_subject(actions: list[CorrectiveAction], subject: str, period: str | None = None) -> Iterator[CorrectiveAction]:
    """The actions about an objective or an indicator; of a period where it is said."""
    return (each for each in actions if each.subject == subject and period in {None, each.period})
