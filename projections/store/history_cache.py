"""The histories of plans that a process has read, so that the next preview reads only what came since.

Exact because a stream is only appended to: what is kept of a version is what is read of it again, extended by the
events after. The last event that is kept is read again each time, and shows that it is the same record still: a
database may have been restored. No text that could be redacted is kept: events name theirs by digest.
"""

from collections import OrderedDict
from threading import Lock

from domain.annulments.events import EventsAnnulled
from domain.changes.rated_history import RatedHistory
from domain.plans.history import history_of
from domain.systems.decide import AdoptedSystems, adopted_systems
from domain.timelines import annulled
from projections.store.reader import Reader

MOST_EVENTS = 20_000
"""How many events are kept in all: three to five kilobytes each."""


class HistoryCache:
    """The histories of the plans that were asked for last, of one store."""

    def __init__(self, most_events: int = MOST_EVENTS) -> None:
        self.most_events = most_events
        self._kept: OrderedDict[str, RatedHistory] = OrderedDict()
        self._lock = Lock()

    def history(self, reader: Reader, plan: str, stream: str, owner: str) -> RatedHistory:
        """The history of a plan as the snapshot of the reader holds it; `owner` is the stream of its administration."""
        version, systems = reader.head(stream).version, adopted_systems(reader.timelines(owner))
        with self._lock:
            cached = self._kept.get(stream)
        history = cached and _extended(reader, stream, owner, cached, version, systems)
        if history is None:
            left_out = annulled(reader.annulments(stream), version)
            records = reader.plan_records(stream, owner, upto=version)
            history = RatedHistory.of(history_of(plan, version, records, left_out, systems))
        if history is not cached:
            self._keep(stream, history)
        return history

    def _keep(self, stream: str, history: RatedHistory) -> None:
        with self._lock:
            self._kept[stream] = history
            self._kept.move_to_end(stream)
            events = sum(len(cached.history.records) for cached in self._kept.values())
            while events > self.most_events:
                _, evicted = self._kept.popitem(last=False)
                events -= len(evicted.history.records)


def _extended(
    reader: Reader, stream: str, owner: str, cached: RatedHistory, version: int, systems: AdoptedSystems
) -> RatedHistory | None:
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
