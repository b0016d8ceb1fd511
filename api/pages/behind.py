"""What stands behind a net difference between two points: every event, in order, that led from the one to the other."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import NamedTuple

from api.language.labels import CAUSES, KINDS
from api.language.values import value_in_words
from api.pages.plan_reading import PlanReading
from api.pages.recorded_event import EventAddresses
from api.pages.visit import PlanVisit
from domain.annulments.events import EventsAnnulled
from domain.facts import LIFE, assignment_key, indicator_key, objective_key
from domain.plans.history import changes_among
from domain.point import Point
from domain.recording import Recorded
from domain.timelines import Entry, Timelines, place
from projections.audit import places_of


class EventBehind(NamedTuple):
    """An event, by number and digest, and the way to it; no way for whoever may not read the trail."""

    version: int
    digest: str
    address: str


class ActBehind(NamedTuple):
    """An act with its reason; `value` is what the field came to be by it, `undone` whether it holds no more at the end.

    `on` is the date of the act, or, without one, that from which it is in force.
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


class PointSide(NamedTuple):
    """A plan at one of the two points: its timelines as known then; none where it was not known."""

    point: Point
    timelines: Timelines

    def value(self, key: str, field: str) -> object:
        """What a field said there."""
        return self.timelines.value(key, field, self.point.as_of)


class Behind:
    """The events between two points of a plan; `known` is the plan as known at whichever knows more."""

    def __init__(self, visit: PlanVisit, known: PlanReading, start: PointSide, end: PointSide) -> None:
        self.visit, self.known, self.start, self.end = visit, known, start, end
        records = known.history.records
        self.records: Mapping[int, Recorded] = {record.version: record for record in records}
        self.digests = places_of(known.reader, known.known.stream)
        self.texts = known.reader.texts([record.justification for record in records])
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
                return tuple(self._reason(entry, of_field, several, undone) for entry, undone in chain)
        return ()

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

    def _chain(self, key: str, field: str) -> list[tuple[Entry, bool]]:
        """The entries in order; where the second point is the earlier, or knows less, those that hold no more there."""
        was = self.start.timelines.entry(key, field, self.start.point.as_of)
        now = self.end.timelines.entry(key, field, self.end.point.as_of)
        forward = _after(self.end, key, field, was)
        if now is not None and forward and forward[-1] == now:
            return [(entry, False) for entry in self._told(forward, key, field)]
        return [(entry, True) for entry in reversed(_after(self.start, key, field, now))]

    def _told(self, entries: list[Entry], key: str, field: str) -> list[Entry]:
        """Without how the plan came to be what was published, for whoever is not told how it was drafted."""
        if self.visit.reading.drafting:
            return entries
        published = self.known.history.since_published(key, field)
        return [entry for entry in entries if entry in published]

    def _reason(self, entry: Entry, field: str, several: bool, undone: bool) -> ActBehind:  # noqa: FBT001 - private
        annulment = self.annulling.get(entry.version) if undone else None
        record = annulment or self.records[entry.version]
        (change,) = changes_among(self.known.history, [record]) or (None,)
        is_told = record.justification is not None and (
            self.visit.reading.drafting or record.version >= self.published_from
        )
        why = self.texts.get(record.justification or "") if is_told else None
        return ActBehind(
            value=value_in_words(entry.value, field, self.visit.language) if several else "",
            why=why or "",
            redacted=is_told and why is None,
            act=self.known.acts.get(record.act or "", ""),
            on=registered.date
            if (registered := self.known.registered_acts.get(record.act or ""))
            else record.effective_on,
            kind="annullamento" if annulment else KINDS[change.kind] if change else "",
            cause=CAUSES[record.cause] if record.cause else "",
            undone=undone and annulment is None,
            events=(self._event(record.version),),
        )

    def _event(self, version: int) -> EventBehind:
        return EventBehind(version, self.digests.get(version, (0, ""))[1][:8], self.events.of_plan(version))


def same_reason(one: ActBehind, other: ActBehind) -> bool:
    """Whether two reasons differ by nothing but the event."""
    return one._replace(events=(), value="", on=other.on) == other._replace(events=(), value="")


def _after(side: PointSide, key: str, field: str, before: Entry | None) -> list[Entry]:
    """The entries of a field up to the date of a point, those that come after another."""
    return [
        entry
        for entry in side.timelines.entries(key, field)
        if entry.effective_on <= side.point.as_of and (before is None or place(entry) > place(before))
    ]
