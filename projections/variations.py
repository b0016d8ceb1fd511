"""The variations of a plan: each change, its kind, what it touches, before and after, in which direction.

Derived at the point of the question: the same event may be in-year to one knowledge and part of the approval to a
later one, and its true "before" may have surfaced since.
"""

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, Literal, NamedTuple

from domain.changes.kinds import Approval, EventPlace, Kind, in_year_of, kind_of
from domain.event import Event, Touch
from domain.facts import PLAN
from domain.indicators.events import IndicatorWithdrawn
from domain.objectives.events import ObjectiveMerged, ObjectiveNeutralised, ObjectiveReinstated, ObjectiveWithdrawn
from domain.plans.state import PlanState
from domain.recording import Recorded
from domain.targets.decide import target_of
from domain.targets.easing import easing
from domain.targets.events import TargetRevised, TargetSet, TargetWithdrawn
from domain.timelines import Entry, Timelines, annulled, place, timelines_of
from domain.vocabulary import JsonValue
from projections.store.point import Point
from projections.store.reader import Reader
from projections.streams import PlanKnown, find_plan

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
    """All that is known of a plan at a point, ready for questions about its changes."""

    found: PlanKnown
    records: list[Recorded]
    counting: list[Recorded]
    timelines: Timelines
    years: range
    approvals: dict[int, Approval]
    places: dict[int, EventPlace]

    def state(self, on: date) -> PlanState:
        """The plan on a date."""
        return PlanState(self.timelines, on)

    def ex_ante(self, year: int) -> PlanState:
        """The plan as the year was approved: the state through the approving append, as known at this point.

        A correction stands in the place of what it restores.
        """
        approval = self.approvals.get(year, Approval(date(year, 1, 1)))
        through = [r for r in self.counting if approval.reaches(self.places[r.version])]
        timelines = Timelines(version=self.found.known.version)
        for record in through:
            for fact in record.event.facts():
                timelines.insert(fact.object, fact.field, Entry(record.effective_on, record.version, fact.value))
        return PlanState(timelines, max([approval.on, *(r.effective_on for r in through)]))


def plan_history(reader: Reader, plan: str, point: Point) -> PlanHistory:
    """Reads a plan's events as known at a point; NotFound when nothing was known of it then."""
    found = find_plan(reader, plan, point.known_at)
    records = reader.records(found.stream, upto=found.known.version)
    gone = annulled(reader.annulments(found.stream), found.known.version)
    return history_of(found, records, gone)


def history_of(found: PlanKnown, records: list[Recorded], gone: set[int]) -> PlanHistory:
    """What the events of a plan say of its changes."""
    timelines = timelines_of(records, found.known.version)
    state = PlanState(timelines, date.max)
    places = _places(records)
    return PlanHistory(
        found=found,
        records=records,
        counting=[record for record in records if record.version not in gone],
        timelines=timelines,
        years=state.years,
        approvals=_approvals(timelines, records, state),
        places=places,
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
            approvals[year] = Approval(date(year, 1, 1))
    return approvals


def _places(records: Iterable[Recorded]) -> dict[int, EventPlace]:
    """The place of each event: its own dates, or for a correction the place of what it restores."""
    places: dict[int, EventPlace] = {}
    for record in records:
        places[record.version] = (record.effective_on, record.version)
        if record.claim == "correction" and record.restores and record.restores[0] in places:
            places[record.version] = (record.effective_on, places[record.restores[0]][1])
    return places


def variations(history: PlanHistory, as_of: date, *, drafting: bool = True) -> list[PlanChange]:
    """The changes of the plan that hold on the date, in the order of effective date and version.

    Without `drafting`, what made the plan before its approval is left out: a large plan is mostly that.
    """
    found = [
        one
        for record in history.counting
        if record.effective_on <= as_of and (drafting or not _drafts(history, record))
        if (one := _variation(history, record))
    ]
    return sorted(found, key=lambda one: (one.record.effective_on, one.record.version))


def _drafts(history: PlanHistory, record: Recorded) -> bool:
    return kind_of(record, history.places[record.version], history.years, history.approvals) == "drafting"


def _variation(history: PlanHistory, record: Recorded) -> PlanChange | None:
    at = history.places[record.version]
    kind = kind_of(record, at, history.years, history.approvals)
    touched = record.event.touch()
    if kind is None or touched is None:
        return None
    year = in_year_of(touched, at, history.years, history.approvals) if history.approvals else None
    restored: Kind | None = None
    if kind == "correction":
        restored = kind_of(record._replace(claim=None), at, history.years, history.approvals)
    before, after = _before_after(history, record)
    return PlanChange(
        record=record,
        kind=kind,
        touch=touched,
        year=touched.year or year or record.effective_on.year,
        objectives=_objectives(history.state(record.effective_on), record.event),
        indicator=getattr(record.event, "indicator", None),
        before=before,
        after=after,
        direction=direction(history.state(record.effective_on), record.event, before, after),
        restored_kind=restored,
    )


def _before_after(history: PlanHistory, record: Recorded) -> tuple[JsonValue, JsonValue]:
    """What each field of the event was just before it, in its timeline, and what it is from then on."""
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    for fact in record.event.facts():
        entries = history.timelines.entries(fact.object, fact.field)
        at = bisect_left(entries, (record.effective_on, record.version), key=place)
        before[fact.field] = entries[at - 1].value if at else None
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


def describe(variation: PlanChange, texts: Mapping[str, str | None]) -> dict[str, Any]:
    """A variation as JSON: what, before and after, by which act, why, who, both dates."""
    record = variation.record
    return {
        "version": record.version,
        "event": record.event.topic,
        "kind": variation.kind,
        "restored_kind": variation.restored_kind,
        "restores": list(record.restores),
        "aspect": variation.touch.aspect,
        "year": variation.year,
        "target_year": variation.touch.year,
        "ordinal": getattr(record.event, "ordinal", None),
        "objectives": list(variation.objectives),
        "indicator": variation.indicator,
        "before": variation.before,
        "after": variation.after,
        "direction": variation.direction,
        "effective_on": record.effective_on.isoformat(),
        "recorded_at": record.recorded_at.isoformat().replace("+00:00", "Z"),
        "act": record.act,
        "cause": record.cause,
        "justification": texts.get(record.justification or ""),
        "redacted": record.justification is not None and texts.get(record.justification) is None,
        "actor": record.actor,
        "retrospective": record.retrospective,
    }
