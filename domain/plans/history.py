"""The history of a plan: its approvals, what stood ex ante, and each change with its kind, year, before, after, direction.

Pure: events in, values out. Derived at the point of the question: the same event may be in-year to one knowledge and
part of the approval to a later one, and its true "before" may have surfaced since.
"""

from bisect import bisect_left
from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import Literal, NamedTuple

from domain.changes.kinds import Approval, EventPlace, Kind, from_january, in_year_of, kind_of
from domain.event import Event, Touch
from domain.facts import PLAN
from domain.indicators.events import IndicatorWithdrawn
from domain.objectives.events import ObjectiveMerged, ObjectiveNeutralised, ObjectiveReinstated, ObjectiveWithdrawn
from domain.plans.state import PlanState
from domain.recording import Recorded
from domain.targets.decide import target_of
from domain.targets.easing import easing
from domain.targets.events import TargetRevised, TargetSet, TargetWithdrawn
from domain.timelines import Entry, Timelines, place, timelines_of
from domain.vocabulary import JsonValue

Direction = Literal["easier", "harder", "neutral", "undetermined"]


class PlanChange(NamedTuple):
    """One change of the plan, as seen from the point of the question."""

    record: Recorded
    kind: Kind
    touch: Touch
    year: int | None
    objectives: tuple[str, ...]
    indicator: str | None
    before: JsonValue
    after: JsonValue
    direction: Direction | None
    restored_kind: Kind | None = None
    """For a correction, the kind of what it restores: the record counts as if it had been right from the start."""

    @property
    def counts(self) -> bool:
        """Whether the change rate counts it."""
        return "in_year_revision" in (self.kind, self.restored_kind)


class PlanHistory(NamedTuple):
    """All that is known of a plan at a version of its stream, ready for questions about its changes.

    `counting` are the events that were not annulled by then; `places` says where each event stands among all.
    """

    plan: str
    version: int
    records: list[Recorded]
    counting: list[Recorded]
    timelines: Timelines
    years: range
    approvals: dict[int, Approval]
    places: dict[int, EventPlace]

    @property
    def administration(self) -> str:
        """The id of the administration whose plan it is."""
        return str(self.timelines.entries(PLAN, "administration")[-1].value)

    def state(self, on: date) -> PlanState:
        """The plan on a date."""
        return PlanState(self.timelines, on)

    def ex_ante(self, year: int) -> PlanState:
        """The plan as the year was approved: the state through the approving append, as known at this point.

        A correction stands in the place of what it restores.
        """
        approval = self.approvals.get(year) or from_january(year)
        through = [r for r in self.counting if approval.reaches(self.places[r.version])]
        timelines = Timelines(version=self.version)
        for record in through:
            for fact in record.event.facts():
                timelines.insert(fact.object, fact.field, Entry(record.effective_on, record.version, fact.value))
        return PlanState(timelines, max([approval.on, *(r.effective_on for r in through)]))


def history_of(plan: str, version: int, records: list[Recorded], annulled: Collection[int]) -> PlanHistory:
    """What the events of a plan, up to a version of its stream, say of its changes; `annulled` do not count."""
    timelines = timelines_of(records, version)
    state = PlanState(timelines, date.max)
    return PlanHistory(
        plan=plan,
        version=version,
        records=records,
        counting=[record for record in records if record.version not in annulled],
        timelines=timelines,
        years=state.years,
        approvals=_approvals(timelines, records, state),
        places=_places(records),
    )


def _approvals(timelines: Timelines, records: Iterable[Recorded], state: PlanState) -> dict[int, Approval]:
    """The approval of each year of an approved plan; none at all for a draft."""
    if not state.is_approved:
        return {}
    appends: dict[datetime, list[int]] = {}
    at = {record.version: record.recorded_at for record in records}
    for record in records:
        appends.setdefault(record.recorded_at, []).append(record.version)
    approvals: dict[int, Approval] = {}
    for year in state.years:
        entries = timelines.entries(PLAN, f"approved/{year}")
        if entries:
            versions = appends[at[entries[-1].version]]
            approvals[year] = Approval(entries[-1].effective_on, versions[0], versions[-1])
        else:
            approvals[year] = from_january(year)
    return approvals


def _places(records: Iterable[Recorded]) -> dict[int, EventPlace]:
    """The place of each event: its own dates, or for a correction the place of what it restores."""
    places: dict[int, EventPlace] = {}
    for record in records:
        places[record.version] = (record.effective_on, record.version)
        if record.claim == "correction" and record.restores and record.restores[0] in places:
            places[record.version] = (record.effective_on, places[record.restores[0]][1])
    return places


def plan_changes(history: PlanHistory, as_of: date, *, drafting: bool = True) -> list[PlanChange]:
    """The changes of the plan that hold on the date, in the order of effective date and version.

    Without `drafting`, what made the plan before its approval is left out: a large plan is mostly that.
    """
    changes = [
        change
        for record in history.counting
        if record.effective_on <= as_of and (change := _change(history, record, drafting=drafting))
    ]
    return sorted(changes, key=lambda change: (change.record.effective_on, change.record.version))


def _change(history: PlanHistory, record: Recorded, *, drafting: bool) -> PlanChange | None:
    event_place = history.places[record.version]
    kind = kind_of(record, event_place, history.years, history.approvals)
    touched = record.event.touch()
    if kind is None or touched is None or (kind == "drafting" and not drafting):
        return None
    in_year = in_year_of(touched, event_place, history.years, history.approvals) if history.approvals else None
    restored: Kind | None = None
    if kind == "correction":
        restored = kind_of(record._replace(claim=None), event_place, history.years, history.approvals)
    state = history.state(record.effective_on)
    before, after = _before_after(history, record)
    return PlanChange(
        record=record,
        kind=kind,
        touch=touched,
        year=touched.year or in_year or record.effective_on.year,
        objectives=_objectives(state, record.event),
        indicator=getattr(record.event, "indicator", None),
        before=before,
        after=after,
        direction=direction(state, record.event, before, after),
        restored_kind=restored,
    )


def _before_after(history: PlanHistory, record: Recorded) -> tuple[JsonValue, JsonValue]:
    """What each field of the event was just before it, in its timeline, and what it is from then on."""
    before: dict[str, JsonValue] = {}
    after: dict[str, JsonValue] = {}
    for fact in record.event.facts():
        entries = history.timelines.entries(fact.object, fact.field)
        index = bisect_left(entries, (record.effective_on, record.version), key=place)
        before[fact.field] = entries[index - 1].value if index else None
        after[fact.field] = fact.value
    if len(after) == 1:
        return next(iter(before.values())), next(iter(after.values()))
    return ({k: v for k, v in before.items() if v is not None} or None), dict(after)


def _objectives(state: PlanState, event: Event) -> tuple[str, ...]:
    """The objectives that a change touches: its own, or those that its indicator serves. It does not climb the tree."""
    if isinstance(event, ObjectiveWithdrawn | ObjectiveReinstated | ObjectiveNeutralised):
        # What hangs from it goes, and comes back, with it.
        return (event.objective, *state.below(event.objective))
    if (objective := getattr(event, "objective", None)) is not None:
        return (str(objective),)
    if (indicator := getattr(event, "indicator", None)) is not None:
        return tuple(state.serves(str(indicator)))
    return ()


def direction(state: PlanState, event: Event, before: JsonValue, after: JsonValue) -> Direction | None:
    """Easier, harder, neutral or undetermined; None for what has no direction. What is dropped is easier."""
    match event:
        case TargetSet() | TargetRevised() | TargetWithdrawn():
            polarity = state.indicator(event.indicator, "polarity")
            return easing(
                target_of(before) if before is not None else None,
                target_of(after) if after is not None else None,
                "up" if polarity == "up" else "down" if polarity == "down" else None,
            )
        case ObjectiveWithdrawn() | ObjectiveNeutralised() | ObjectiveMerged() | IndicatorWithdrawn():
            return "easier"
        case _:
            return None
