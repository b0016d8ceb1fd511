"""What is recorded for later dates that a change would contradict: of what it takes out of force, or places something under."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from domain.event import Event
from domain.facts import IN_FORCE, LIFE, assignment_key, indicator_key, objective_key, target_field
from domain.indicators.events import IndicatorAssigned, IndicatorUnassigned, IndicatorWithdrawn
from domain.names import Names
from domain.objectives.events import ObjectiveAdded, ObjectiveMerged, ObjectiveMoved, ObjectiveWithdrawn
from domain.plans.object_names import part_called
from domain.plans.state import PlanState
from domain.targets.events import TargetSet, TargetWithdrawn


class LaterEvent(NamedTuple):
    """What a later event says of an object: a field of it, that it leaves the plan, or under what it comes to stand."""

    key: str
    on: date
    field: str = ""
    leaves: bool = False
    under: str | None = None

    def words(self, names: Names) -> str:
        """The same, in a list: «Incasso», target 2024, dal 30/09/2023."""
        what = part_called(names, self.key, self.field)
        if self.leaves:
            return f"{what} fuori dal piano dal {self.on:%d/%m/%Y}"
        if self.under is not None:
            return f"{what} sotto {names.objective(self.under)} dal {self.on:%d/%m/%Y}"
        return f"{what}, dal {self.on:%d/%m/%Y}"


def later_events(state: PlanState, events: Sequence[Event]) -> dict[int, LaterEvent]:
    """What is recorded for later dates of the objects that the events take out of force, by version.

    A status reported later says nothing against a withdrawal; a child, or an indicator, that comes later does.
    """
    later: dict[int, LaterEvent] = {}
    for event in events:
        for key, only in _taken_out(state, event):
            for field, entry in state.timelines.later(key, state.on):
                if (only is None or field == only) and field != "status":
                    later[entry.version] = LaterEvent(key, entry.effective_on, field)
        if isinstance(event, ObjectiveWithdrawn | ObjectiveMerged):
            later |= _coming_under(state, event.objective)
        later |= _going_above(state, event)
    return later


def _going_above(state: PlanState, event: Event) -> dict[int, LaterEvent]:
    """What is recorded to leave the plan, at later dates, of all that the event places something under.

    What is placed there would go with it, though nobody who decided the withdrawal knew of it.
    """
    match event:
        case ObjectiveAdded(parent=str() as above) | ObjectiveMoved(parent=str() as above):
            pass
        case IndicatorAssigned(objective=above):
            pass
        case TargetSet():
            return _gone_before(state, event)
        case _:
            return {}
    going: dict[int, LaterEvent] = {}
    for objective in (above, *state.ancestors(above)):
        going |= _going(state, objective_key(objective))
    return going


def _going(state: PlanState, key: str, before: date = date.max) -> dict[int, LaterEvent]:
    """What takes an object out of the plan at a later date, before a day."""
    return {
        entry.version: LaterEvent(key, entry.effective_on, leaves=True)
        for field, entry in state.timelines.later(key, state.on)
        if field == LIFE and entry.value != IN_FORCE and entry.effective_on < before
    }


def _gone_before(state: PlanState, event: TargetSet) -> dict[int, LaterEvent]:
    """What takes an indicator out of the plan, at a later date, before the year of a target that it is given begins."""
    begins = date(event.year, 1, 1)
    going = _going(state, indicator_key(event.indicator), begins)
    places = state.serves(event.indicator)
    for objective in places if len(places) == 1 else []:
        for above in (objective, *state.ancestors(objective)):
            going |= _going(state, objective_key(above), begins)
    return going


def _coming_under(state: PlanState, objective: str) -> dict[int, LaterEvent]:
    """What is recorded to come, at later dates, under an objective that is taken out of force, or under what it holds."""
    out = {objective, *state.below(objective)}
    coming: dict[int, LaterEvent] = {}
    for key in state.timelines.objects("objective/"):
        for field, entry in state.timelines.later(key, state.on):
            if field == "parent" and entry.value in out:
                coming[entry.version] = LaterEvent(key, entry.effective_on, under=str(entry.value))
    for key in state.timelines.objects("assignment/"):
        _, indicator, serves = key.split("/")
        if serves in out:
            later = {entry.version: entry for _, entry in state.timelines.later(key, state.on)}
            if later and not state.timelines.value(indicator_key(indicator), LIFE, state.on):
                later |= {
                    entry.version: entry for _, entry in state.timelines.later(indicator_key(indicator), state.on)
                }
            coming |= {version: LaterEvent(key, entry.effective_on) for version, entry in later.items()}
    return coming


def _taken_out(state: PlanState, event: Event) -> list[tuple[str, str | None]]:
    """What an event takes out of force, object by object; of one of which a field alone goes, the field."""
    match event:
        case ObjectiveWithdrawn() | ObjectiveMerged():
            objectives_out = {event.objective}
            if isinstance(event, ObjectiveWithdrawn):
                objectives_out |= set(state.below(event.objective))
            keys: list[tuple[str, str | None]] = [
                (objective_key(objective), None) for objective in sorted(objectives_out)
            ]
            for indicator, objective in state.assignments():
                if objective in objectives_out:
                    keys.append((assignment_key(indicator, objective), None))
                    if set(state.serves(indicator)) <= objectives_out:
                        keys.append((indicator_key(indicator), None))
            return keys
        case IndicatorWithdrawn():
            places = state.timelines.objects(
                f"assignment/{event.indicator}/"
            )  # those that it is to be given later, too
            return [(indicator_key(event.indicator), None), *((place, None) for place in places)]
        case IndicatorUnassigned():
            return [(assignment_key(event.indicator, event.objective), None)]
        case TargetWithdrawn():
            return [(indicator_key(event.indicator), target_field(event.year, event.ordinal))]
        case _:
            return []
