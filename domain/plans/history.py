"""The history of a plan: its approvals, what stood ex ante, and each change with its kind, year, before, after, direction.

Pure: events in, values out. Derived at the point of the question: the same event may be in-year to one knowledge and
part of the approval to a later one, and its true "before" may have surfaced since.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Literal, NamedTuple

from domain.annulments.events import EventsAnnulled
from domain.changes.kinds import (
    Approval,
    ChangeKind,
    EventPlace,
    counts_in_the_rate,
    from_january,
    in_year_of,
    touched_years,
    unclaimed_kind,
)
from domain.event import Event, Touch
from domain.facts import ANNULLED, PLAN, approved_field, node_key
from domain.indicators.events import IndicatorFeedsChanged, IndicatorWithdrawn
from domain.indicators.feeds import fed_scores
from domain.objectives.events import ObjectiveMerged, ObjectiveNeutralised, ObjectiveReinstated, ObjectiveWithdrawn
from domain.plans.state import PlanState, SettledState
from domain.recording import Recorded
from domain.systems.decide import AdoptedSystems, SystemInForce, bare_value_of, system_of
from domain.targets.decide import target_of
from domain.targets.easing import easing
from domain.targets.events import NewTarget, TargetRevised, TargetSet, TargetWithdrawn
from domain.timelines import Entry, Timelines, timelines_of
from domain.trees.events import TreeNodeEvent, TreeNodeReweighted
from domain.trees.placed import objectives_at
from domain.vocabulary import JsonValue, Polarity, polarity_of

Direction = Literal["easier", "harder", "neutral", "undetermined"]
KEPT_STATES = 32
"""The dates of a history whose states are kept: more than a page reads, fewer than a plan has changes."""
LEAVE_OUT = frozenset({"recorded_by_mistake", "act_annulled", "taken_along"})
"""The reasons of an annulment after which what it names is not recorded again."""


@dataclass(frozen=True)
class PlanHistory:
    """All that is known of a plan at a version of its stream, ready for questions about its changes.

    `annulled` are the versions that do not count by then, `counting` the other events; `places` says where each event
    stands among all, `systems` what its administration adopted for each year.
    """

    plan: str
    version: int
    records: list[Recorded]
    annulled: frozenset[int]
    counting: list[Recorded]
    timelines: Timelines
    years: range
    approvals: dict[int, Approval]
    places: dict[int, EventPlace]
    systems: AdoptedSystems
    _ex_ante: dict[int, PlanState] = field(default_factory=dict, init=False, repr=False, compare=False)
    _states: dict[date, PlanState] = field(default_factory=dict, init=False, repr=False, compare=False)
    _changes: dict[int, "PlanChange | None"] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def administration(self) -> str:
        """The id of the administration whose plan it is."""
        return str(self.timelines.entries(PLAN, "administration")[-1].value)

    def first_recorded(self, record: Recorded) -> Recorded:
        """What was recorded first of a record that corrections put right; itself, where none did."""
        return _first_recorded(self.records, record.version)

    def earlier_approvals(self, year: int) -> list[Approval]:
        """The approvals of a year before the one that it counts from: other acts annulled them."""
        return approvals_of(self.timelines, self.records, year)[:-1]

    @property
    def published_from(self) -> int | None:
        """The version of the first event that was recorded with an act that approved the plan; None of a draft."""
        approval = self.first_approval
        return None if approval is None else approval.first

    @property
    def first_approval(self) -> Approval | None:
        """The approval by which the plan was published, of whatever year; None of a draft."""
        given = (approval for year in self.years for approval in approvals_of(self.timelines, self.records, year))
        return min(given, key=lambda approval: approval.first or 0, default=None)

    def since_published(self, object_: str, field: str) -> list[Entry]:
        """The timeline of a field from what the first act approved on: how that was drafted is left out."""
        entries = self.timelines.entries(object_, field)
        if len(entries) < 2 or (approval := self.first_approval) is None:
            return entries
        drafted = [
            entry for entry in entries if entry.version < (approval.first or 0) and entry.effective_on <= approval.on
        ]
        return [entry for entry in entries if entry not in drafted[:-1]]

    def event(self, version: int) -> Event:
        """The event of the plan that was recorded as a version."""
        return self.recorded(version).event

    def recorded(self, version: int) -> Recorded:
        """What was recorded of the plan as a version."""
        return _at(self.records, version)

    def approved_by(self, year: int, approval: Approval) -> "PlanHistory":
        """The history as it counts from one approval of a year, of the several that it may have had."""
        return replace(self, approvals={**self.approvals, year: approval})

    def for_one_reading(self) -> "PlanHistory":
        """The same history, which keeps what one reading derives of it: that goes when the reading does."""
        return replace(self)

    @cached_property
    def behind_changes(self) -> "PlanHistory":
        """The same history, with its states, but without the changes that it keeps: they look into it.

        Were it one, each would hold the other, until the collector came to look through the thousands of them.
        """
        behind = replace(self)
        object.__setattr__(behind, "_states", self._states)
        object.__setattr__(behind, "_ex_ante", self._ex_ante)
        return behind

    def state(self, on: date) -> PlanState:
        """The plan on a date; the last ones that were asked for are kept, each with what it derives."""
        state = self._states.get(on)
        if state is None:
            if len(self._states) >= KEPT_STATES:
                self._states.clear()
            state = self._states[on] = SettledState(self.timelines, on)
        return state

    def system(self, year: int, as_of: date) -> SystemInForce:
        """The rules of a year on a date, and where they come from."""
        return system_of(self.systems, self.timelines, year, as_of)

    def bare_value(self, year: int) -> Polarity | None:
        """Which way is better for a bare value of a year, by the rules that are known of it."""
        return bare_value_of(self.systems, self.timelines, year)

    def direction(self, record: Recorded, before: JsonValue) -> Direction | None:
        """Easier, harder, neutral or undetermined; None for what has no direction. What is dropped is easier.

        `before` is what stood before it: the target, the scores that a row counted in.
        """
        match record.event:
            case TargetSet() | TargetRevised() | TargetWithdrawn() as event:
                polarity = polarity_of(self.state(record.effective_on).indicator(event.indicator, "polarity"))
                after = None if isinstance(event, TargetWithdrawn) else event.target
                earlier = target_of(before) if before is not None else None
                return easing(earlier, after, polarity, self.bare_value(event.year))
            case ObjectiveWithdrawn() | ObjectiveNeutralised() | ObjectiveMerged() | IndicatorWithdrawn():
                return "easier"
            case IndicatorFeedsChanged(feeds=feeds):
                # A row that counts in a score no more is dropped from it; one that counts in one more is a commitment more.
                return "easier" if fed_scores(before) - fed_scores(feeds) else "harder"
            case _:
                return None

    def ex_ante(self, year: int) -> PlanState:
        """The plan as the year was approved: what was decided up to the approving act, as known at this point.

        A correction stands in the place of what it restores. What was decided to hold from a later day of the year is
        there already; what holds from a later year is not.
        """
        if year not in self._ex_ante:
            self._ex_ante[year] = self._as_approved(year)
        return self._ex_ante[year]

    def _as_approved(self, year: int) -> PlanState:
        approval = self.approvals.get(year) or from_january(year)
        later = [record for record in self.counting if not approval.reaches(self.places[record.version])]
        days = (record.effective_on for record in self.counting if approval.reaches(self.places[record.version]))
        end_of_year = date(year, 12, 31)
        return SettledState(
            self.timelines.without(later), max([approval.on, *(day for day in days if day <= end_of_year)])
        )

    def after(self, records: list[Recorded], annulled: Collection[int], systems: AdoptedSystems) -> "PlanHistory":
        """The history once these events were recorded next.

        `annulled` are all the versions that do not count then, `systems` what the administration has adopted then.
        """
        everything = [*self.records, *records]
        if not self.annulled.issubset(annulled):  # something counts again
            return history_of(self.plan, everything[-1].version, everything, annulled, systems)
        dropped = [
            record for record in self.records if record.version in annulled and record.version not in self.annulled
        ]
        counting = [record for record in records if record.version not in annulled]
        timelines = self.timelines.without(dropped).followed_by(counting)
        timelines.version = everything[-1].version
        places = _places(records, dict(self.places))
        return _history(self.plan, everything, frozenset(annulled), timelines, places, systems)


@dataclass(frozen=True)
class PlanChange:
    """One change of the plan, as seen from a history: before, after and direction are worked out when they are asked for.

    For a correction `restored_kind` is the kind of what it restores: the record counts as if it had been right from the
    start.
    """

    history: PlanHistory = field(repr=False)
    record: Recorded
    kind: ChangeKind
    touch: Touch
    year: int | None
    restored_kind: ChangeKind | None = None

    @property
    def counts(self) -> bool:
        """Whether the change rate counts it."""
        return counts_in_the_rate(self.kind, self.restored_kind)

    @property
    def nature(self) -> ChangeKind:
        """What it is counted as: its kind, and for a correction that of what it restores."""
        return "in_year_revision" if self.counts else self.kind

    @property
    def indicator(self) -> str | None:
        """The indicator that it speaks of, if it speaks of one."""
        return getattr(self.record.event, "indicator", None)

    @property
    def node(self) -> str | None:
        """The node of another tree that it speaks of, by its key."""
        event = self.record.event
        return node_key(event.tree, event.node) if isinstance(event, TreeNodeEvent) else None

    @cached_property
    def objectives(self) -> tuple[str, ...]:
        """The objectives that it touches."""
        event, day = self.record.event, self.record.effective_on
        if isinstance(event, TreeNodeReweighted):
            # Where it is withdrawn, or moved, on that day, they stood there on the day before.
            days = (self.history.state(day), self.history.state(day - timedelta(days=1)))
            return next(filter(None, (objectives_at(state, event.tree, event.node) for state in days)), ())
        return _objectives(self.history.state(self.record.effective_on), self.record.event)

    @property
    def before(self) -> JsonValue:
        """The value just before it in the timelines: one value, or one a field where it speaks of several.

        Before a correction of a target is the one that it restores: as if that had been decided, and is so no more.
        """
        restored = self._restored_target
        return self._before_after[0] if restored is None else restored.facts()[0].value

    @property
    def after(self) -> JsonValue:
        """The value from it on."""
        return self._before_after[1]

    @cached_property
    def _before_after(self) -> tuple[JsonValue, JsonValue]:
        return _before_after(self.history, self.record)

    @cached_property
    def direction(self) -> Direction | None:
        """Easier, harder, neutral or undetermined by the polarity of its indicator; None for what has no direction."""
        return self.history.direction(self.record, self.before)

    @property
    def eases(self) -> bool:
        """Whether it counts as easing: against what stood before it, or, for a correction, against what it restores."""
        from_before = self.history.direction(self.record, self._before_after[0])
        return "easier" in (self.direction, from_before)

    @cached_property
    def _restored_target(self) -> NewTarget | None:
        """The target that a correction restores; None where only its act, or its day, is put right."""
        if self.record.claim != "correction" or not self.record.restores:
            return None
        restored = _at(self.history.records, self.record.restores[0])
        event = restored.event if restored.version == self.record.restores[0] else None
        other = isinstance(event, NewTarget) and event.facts() != self.record.event.facts()
        return event if other and isinstance(event, NewTarget) else None

    @property
    def surfaced(self) -> bool:
        """Whether it was recorded after a year was approved, by an act of before: it changes what was approved, unseen."""
        version = self.history.places[self.record.version].version
        return any(
            approval.last is not None
            and version > approval.last
            and approval.reaches(EventPlace(self.decided_on, version))
            for year, approval in self.history.approvals.items()
            if year in touched_years(self.touch, self.record.effective_on, self.history.years)
        )

    @property
    def decided_on(self) -> date:
        """The day on which it was decided; for a correction, that of what it restores."""
        return self.history.places[self.record.version].decided_on


def history_of(
    plan: str, version: int, records: list[Recorded], annulled: Collection[int], systems: AdoptedSystems
) -> PlanHistory:
    """What the events of a plan, up to a version of its stream, say of its changes; `annulled` do not count.

    `systems` is what its administration adopted, as known with them.
    """
    timelines = timelines_of(records, version)
    return _history(plan, records, frozenset(annulled), timelines, _places(records, {}), systems)


def _history(
    plan: str,
    records: list[Recorded],
    annulled: frozenset[int],
    timelines: Timelines,
    places: dict[int, EventPlace],
    systems: AdoptedSystems,
) -> PlanHistory:
    state = PlanState(timelines, date.max)
    return PlanHistory(
        plan=plan,
        version=timelines.version,
        records=records,
        annulled=annulled,
        counting=[record for record in records if record.version not in annulled],
        timelines=timelines,
        years=state.years,
        approvals=_approvals(timelines, records, state),
        places=places,
        systems=systems,
    )


def _approvals(timelines: Timelines, records: list[Recorded], state: PlanState) -> dict[int, Approval]:
    """The approval of each year of an approved plan; none at all for a draft."""
    if not state.is_approved:
        return {}
    approvals: dict[int, Approval] = {}
    for year in state.years:
        given = approvals_of(timelines, records, year)
        approvals[year] = given[-1] if given else from_january(year)
    return approvals


def approvals_of(timelines: Timelines, records: list[Recorded], year: int) -> list[Approval]:
    """The approvals that acts gave to a year, in their order: more than one where an act annulled the one before.

    An approval whose act was typed wrong keeps the place of what was recorded first: putting the act right moves the
    date that is shown, and nothing in or out of what was approved.
    """
    approvals: list[Approval] = []
    for entry in timelines.entries(PLAN, approved_field(year)):
        if entry.value == ANNULLED:
            approvals[-1:] = [approval._replace(annulled_on=entry.effective_on) for approval in approvals[-1:]]
            continue
        record = _first_recorded(records, entry.version)
        first, last = _append_of(records, record.version)
        approvals.append(Approval(entry.effective_on, record.decided_on, first, last))
    return approvals


def _first_recorded(records: list[Recorded], version: int) -> Recorded:
    """What was recorded first of a record that corrections, one after the other, put right."""
    record = _at(records, version)
    while record.claim == "correction" and record.restores and record.restores[0] < record.version:
        record = _at(records, record.restores[0])
    return record


def _at(records: list[Recorded], version: int) -> Recorded:
    return records[bisect_left(records, version, key=lambda record: record.version)]


def _append_of(records: list[Recorded], version: int) -> tuple[int, int]:
    """The first and the last version of the append that recorded a version: all at one instant."""
    instant = _at(records, version).recorded_at
    first = bisect_left(records, instant, key=_recorded_at)
    last = bisect_right(records, instant, key=_recorded_at) - 1
    return records[first].version, records[last].version


def _recorded_at(record: Recorded) -> datetime:
    return record.recorded_at


def _places(records: Iterable[Recorded], places: dict[int, EventPlace]) -> dict[int, EventPlace]:
    """The place of each event, beside those of earlier ones; that of a correction is the one of what it restores."""
    for record in records:
        places[record.version] = EventPlace(record.decided_on, record.version)
        if record.claim == "correction" and record.restores and record.restores[0] in places:
            places[record.version] = places[record.restores[0]]
    return places


def plan_changes(history: PlanHistory, as_of: date, *, drafting: bool = True) -> list[PlanChange]:
    """The changes of the plan that hold on the date, in the order of effective date and version.

    Without `drafting`, what made the plan before its approval is left out: a large plan is mostly that. What surfaced
    after the approval, by an act of before, stays.
    """
    changes = changes_among(history, (record for record in history.counting if record.effective_on <= as_of))
    return [change for change in changes if drafting or change.kind != "drafting" or change.surfaced]


def changes_that_count(history: PlanHistory, as_of: date, among: Iterable[Recorded] | None = None) -> list[PlanChange]:
    """The changes that the change rate of some year counts, on the date; `among` are some of the events that count.

    What the approval of every year reaches was changed under way in none: in a large plan, nearly all.
    """
    approvals = history.approvals.values()
    records = (
        record
        for record in (history.counting if among is None else among)
        if record.effective_on <= as_of
        if not all(approval.reaches(history.places[record.version]) for approval in approvals)
    )
    return [change for change in changes_among(history, records) if change.counts]


class AnnulledChange(NamedTuple):
    """A change that counts no more, as it would stand if it did, and the annulment that left it out."""

    change: PlanChange
    by: Recorded


def annulled_changes(history: PlanHistory, as_of: date) -> list[AnnulledChange]:
    """The changes of the approved plan that annulments left out, on the date: what was recorded again is not among them."""
    annulled: list[AnnulledChange] = []
    for by in history.counting:
        event = by.event
        if isinstance(event, EventsAnnulled) and event.reason in LEAVE_OUT and by.effective_on <= as_of:
            left_out = changes_among(history, (_at(history.records, version) for version in event.versions))
            annulled += [AnnulledChange(change, by) for change in left_out if change.kind != "drafting" or by.act]
    return annulled


def changes_among(history: PlanHistory, records: Iterable[Recorded]) -> list[PlanChange]:
    """The changes that some events of a history are, in the order of effective date and version."""
    changes = [change for record in records if (change := _change(history, record))]
    return sorted(changes, key=lambda change: (change.record.effective_on, change.record.version))


def _change(history: PlanHistory, record: Recorded) -> PlanChange | None:
    kept = history._changes  # noqa: SLF001 - its own module
    if record.version not in kept:
        kept[record.version] = _classified(history, record)
    return kept[record.version]


def _classified(history: PlanHistory, record: Recorded) -> PlanChange | None:
    touched = record.event.touch()
    if touched is None:
        return None
    event_place, approvals = history.places[record.version], history.approvals
    years = touched_years(touched, record.effective_on, history.years)
    in_year = in_year_of(years, event_place, approvals) if approvals else None
    unclaimed = unclaimed_kind(touched, event_place, history.years, approvals, in_year)
    return PlanChange(
        history=history.behind_changes,
        record=record,
        kind=record.claim or unclaimed,
        touch=touched,
        year=touched.year or in_year or record.effective_on.year,
        restored_kind=unclaimed if record.claim == "correction" else None,
    )


def _before_after(history: PlanHistory, record: Recorded) -> tuple[JsonValue, JsonValue]:
    """What each field of the event was just before it, in its timeline, and what it is from then on."""
    before: dict[str, JsonValue] = {}
    after: dict[str, JsonValue] = {}
    for fact in record.event.facts():
        before[fact.field] = history.timelines.value_before(
            fact.object, fact.field, record.effective_on, record.version
        )
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


def years_touched(records: Iterable[Recorded], years: range) -> list[int]:
    """The years of a plan that some changes touch, by what they speak of or by the date from which they hold."""
    touched: set[int] = set()
    for record in records:
        if (part := record.event.touch()) is not None:
            touched |= {record.effective_on.year, part.year or record.effective_on.year}
    return sorted(touched & set(years))
