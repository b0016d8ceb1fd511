"""The histories of plans that a process has read, so that the next page, or preview, reads only what came since.

Exact because a stream is only appended to: what is kept of a version is what is read of it again, extended by the
events after. The last event that is kept is read again each time, and shows that it is the same record still: a
database may have been restored. No text that could be redacted is kept: events name theirs by digest.
"""

from collections import OrderedDict
from collections.abc import Collection
from dataclasses import replace
from threading import Lock
from typing import NamedTuple

from domain.annulments.events import EventsAnnulled
from domain.late import late
from domain.plans.history import PlanHistory, history_of
from domain.recording import Recorded
from domain.systems.decide import AdoptedSystems, adopted_systems
from domain.timelines import annulled
from projections.store.reader import Reader

with late:  # a fact is read without
    from domain.changes.rated_history import RatedHistory

MOST_EVENTS = 20_000
"""How many events are kept in all: three to five kilobytes each."""


class _Kept(NamedTuple):
    """A history, and what its changes come to where that was asked for."""

    history: PlanHistory
    rated: RatedHistory | None = None

    def after(self, later: list[Recorded], left_out: Collection[int], systems: AdoptedSystems) -> "_Kept":
        """The same once these events were recorded next."""
        if self.rated is None:
            return _Kept(self.history.after(later, left_out, systems))
        rated = self.rated.after(later, left_out, systems)
        return _Kept(rated.history, rated)


class HistoryCache:
    """The histories of the plans that were asked for last, of one store."""

    def __init__(self, most_events: int = MOST_EVENTS) -> None:
        self.most_events = most_events
        self._kept: OrderedDict[str, _Kept] = OrderedDict()
        self._lock = Lock()

    def history(self, reader: Reader, plan: str, stream: str, owner: str) -> PlanHistory:
        """The history of a plan as the snapshot of the reader holds it; `owner` is the stream of its administration."""
        return self._read(reader, plan, stream, owner).history.for_one_reading()

    def rated(self, reader: Reader, plan: str, stream: str, owner: str) -> RatedHistory:
        """The same, with what its changes come to."""
        kept = self._read(reader, plan, stream, owner)
        rated = kept.rated
        if rated is None:
            rated = RatedHistory.of(kept.history)
            self._keep(stream, _Kept(kept.history, rated))
        return replace(rated, history=rated.history.for_one_reading())

    def _read(self, reader: Reader, plan: str, stream: str, owner: str) -> _Kept:
        version, systems = reader.head(stream).version, adopted_systems(reader.timelines(owner))
        with self._lock:
            cached = self._kept.get(stream)
        kept = cached and _extended(reader, stream, owner, cached, version, systems)
        if kept is None:
            left_out = annulled(reader.annulments(stream), version)
            records = reader.plan_records(stream, owner, upto=version)
            kept = _Kept(history_of(plan, version, records, left_out, systems))
        if kept is not cached:
            self._keep(stream, kept)
        return kept

    def _keep(self, stream: str, kept: _Kept) -> None:
        with self._lock:
            self._kept[stream] = kept
            self._kept.move_to_end(stream)
            events = sum(len(cached.history.records) for cached in self._kept.values())
            while events > self.most_events:
                _, evicted = self._kept.popitem(last=False)
                events -= len(evicted.history.records)


def _extended(
    reader: Reader, stream: str, owner: str, cached: _Kept, version: int, systems: AdoptedSystems
) -> _Kept | None:
    """What is kept, with the events after it; None where it is not what the snapshot holds, up to where it goes."""
    last = cached.history.records[-1]
    if last.version > version:
        return None
    same, *later = reader.plan_records(stream, owner, range(last.version, version + 1))
    if same != last:
        return None
    if not later and cached.history.systems == systems:
        return cached
    if any(isinstance(record.event, EventsAnnulled) for record in later):
        return cached.after(later, annulled(reader.annulments(stream), version), systems)
    return cached.after(later, cached.history.annulled, systems)
