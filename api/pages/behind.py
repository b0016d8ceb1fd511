"""What stands behind a net difference between two points: every event, in order, that led from the one to the other."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import NamedTuple

from api.language.labels import CAUSES, KINDS
from api.language.values import value_in_words
from api.pages.plan_reading import PlanReading
from api.pages.recorded_event import EventAddresses
from api.pages.templating import printed_signs
from api.pages.visit import PlanVisit
from domain.annulments.events import EventsAnnulled
from domain.facts import LIFE, PLAN, assignment_key, indicator_key, objective_key
from domain.plans.differences import PutBack, put_back
from domain.plans.history import changes_among
from domain.plans.objects import Objects
from domain.point import Point, today
from domain.recording import Recorded
from domain.timelines import Entry, Timelines, place
from domain.vocabulary import JsonValue
from projections.audit import places_of

ANNULMENT = "annullamento"
"""The kind of what undid an event, where no change did."""


class EventBehind(NamedTuple):
    """An event, by number and digest, and the way to it; no way for whoever may not read the trail."""

    version: int
    digest: str
    address: str


class ActBehind(NamedTuple):
    """An act with its reason; `value` is what the field came to be by it, `undone` whether it holds no more at the end.

    `on` is the date of the act, or, without one, that from which it is in force; of an annulment without an act, the day on
    which it was recorded. `became` is the value that the field had after it: of what holds no more, the value before it.
    """

    value: str
    why: str
    redacted: bool
    act: str
    on: date
    kind: str
    cause: str
    undone: bool
    events: tuple[EventBehind, ...]
    became: JsonValue = None


class PointSide(NamedTuple):
    """A plan at one of the two points: its timelines as known then; none where it was not known."""

    point: Point
    timelines: Timelines

    def value(self, key: str, field: str) -> JsonValue:
        """What a field said there."""
        return self.timelines.value(key, field, self.point.as_of)

    def objects(self) -> Objects:
        """What every object said there."""
        keys = [PLAN, *(key for kind in _COMPARED for key in self.timelines.objects(kind))]
        return Objects({key: values for key in keys if (values := self.timelines.values(key, self.point.as_of))})

    def entries(self, key: str, field: str) -> list[Entry]:
        """What was said of a field up to there, in the order of the two dates."""
        return [entry for entry in self.timelines.entries(key, field) if entry.effective_on <= self.point.as_of]


class StepBehind(NamedTuple):
    """An entry that led from the one point to the other: whether it holds no more there, what the field was after it."""

    entry: Entry
    undone: bool
    became: JsonValue


_COMPARED = ("objective/", "indicator/", "assignment/")


class Behind:
    """The events between two points of a plan; `known` is the plan as known at whichever knows more."""

    def __init__(self, visit: PlanVisit, known: PlanReading, start: PointSide, end: PointSide) -> None:
        self.visit, self.known, self.start, self.end = visit, known, start, end
        records = known.history.records
        self.records: Mapping[int, Recorded] = {record.version: record for record in records}
        self.digests = places_of(known.reader, known.known.stream)
        self.texts = known.reader.texts([record.justification for record in records], known.known.stream)
        self.annulling: dict[int, Recorded] = {
            version: record
            for record in known.history.counting
            if isinstance(record.event, EventsAnnulled)
            for version in record.event.versions
        }
        self.events = EventAddresses(visit)
        self.published_from = known.history.published_from or 0

    def reasons(self, key: str, field: str) -> tuple[ActBehind, ...]:
        """What led a field from the one point to the other; what did it to something above, where nothing did to itself."""
        for of_key, of_field in self._cells(key, field):
            if chain := self._chain(of_key, of_field):
                several = len(chain) > 1
                return tuple(self._reason(step, of_field, several=several) for step in chain)
        return ()

    def restored(self) -> list[PutBack]:
        """What acts changed between the points and changed back."""

        def values(key: str, field: str) -> Iterator[JsonValue]:
            return (step.became for step in self._chain(key, field))

        return list(put_back(self.start.objects(), self.end.objects(), values))

    def _cells(self, key: str, field: str) -> Iterator[tuple[str, str]]:
        yield key, field
        if field != LIFE:
            return
        kind, _, id_ = key.partition("/")
        objectives = [id_] if kind == "objective" else []
        if kind == "assignment":
            indicator, _, objective = id_.partition("/")
            yield indicator_key(indicator), LIFE
            objectives = [objective]
        if kind == "indicator":
            served = {o for side in (self.start, self.end) for o in self._serves(side, id_)}
            yield from ((assignment_key(id_, objective), LIFE) for objective in sorted(served))
            objectives = sorted(served)
        passed: set[str] = set()
        while objectives:
            objective = objectives.pop()
            if objective not in passed:
                passed.add(objective)
                yield objective_key(objective), LIFE
                parents = (side.value(objective_key(objective), "parent") for side in (self.start, self.end))
                objectives += [str(parent) for parent in parents if parent is not None]

    def _serves(self, side: PointSide, indicator: str) -> list[str]:
        prefix = f"assignment/{indicator}/"
        return [key.removeprefix(prefix) for key in side.timelines.objects(prefix)]

    def _chain(self, key: str, field: str) -> list[StepBehind]:
        """From what both points have on: back over what holds no more at the second, then on by what holds there alone."""
        before, after = self.start.entries(key, field), self.end.entries(key, field)
        both = {place(entry) for entry in before} & {place(entry) for entry in after}
        since = max(both) if both else None
        gone = [entry for entry in before if since is None or place(entry) > since]
        come = [entry for entry in after if since is None or place(entry) > since]
        base = before[-len(gone) - 1].value if len(gone) < len(before) else None
        left = [base, *(entry.value for entry in gone)]
        back = [StepBehind(entry, undone=True, became=left[at]) for at, entry in reversed(list(enumerate(gone)))]
        return back + [StepBehind(entry, undone=False, became=entry.value) for entry in self._told(come, key, field)]

    def _told(self, entries: list[Entry], key: str, field: str) -> list[Entry]:
        """Without how the plan came to be what was published, for whoever is not told how it was drafted."""
        if self.visit.reading.drafting:
            return entries
        published = self.known.history.since_published(key, field)
        return [entry for entry in entries if entry in published]

    def _reason(self, step: StepBehind, field: str, *, several: bool) -> ActBehind:
        entry = step.entry
        value = value_in_words(entry.value, field, self.visit.language, self.known.names) if several else ""
        annulment = self.annulling.get(entry.version) if step.undone else None
        record = annulment or self.records[entry.version]
        (change,) = changes_among(self.known.history, [record]) or (None,)
        is_told = record.justification is not None and (
            self.visit.reading.drafting or record.version >= self.published_from
        )
        why = self.texts.get(record.justification or "") if is_told else None
        return ActBehind(
            value=printed_signs(value) if value and field.startswith("target/") else value,
            why=why or "",
            redacted=is_told and why is None,
            act=self.known.acts.get(record.act or "", ""),
            on=registered.date
            if (registered := self.known.registered_acts.get(record.act or ""))
            else today(record.recorded_at)
            if annulment
            else record.effective_on,
            kind=ANNULMENT if annulment else KINDS[change.kind] if change else "",
            cause=CAUSES[record.cause] if record.cause else "",
            undone=step.undone and annulment is None,
            events=(self._event(record.version),),
            became=step.became,
        )

    def _event(self, version: int) -> EventBehind:
        return EventBehind(version, self.digests.get(version, (0, ""))[1][:8], self.events.of_plan(version))


def same_reason(one: ActBehind, other: ActBehind) -> bool:
    """Whether two reasons differ by nothing but the event."""
    return one._replace(events=(), value="", on=other.on, became=None) == other._replace(
        events=(), value="", became=None
    )
