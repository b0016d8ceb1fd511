"""The figures that an administration inherits: those of the bodies that it took the place of, series by series."""

from collections.abc import Iterable
from datetime import date, datetime

from domain.administrations.decide import predecessors_of
from domain.facts import series_key
from domain.timelines import Entry, Timelines
from projections.store.reader import Reader
from projections.streams import administration_stream


class Inherited:
    """The series of the predecessors, as known at the point at which they are read; their own predecessors too."""

    def __init__(self, reader: Reader, owner: Timelines, known_at: datetime | None) -> None:
        self._timelines: list[Timelines] = []
        waiting, seen = [owner], set[str]()
        while waiting:
            for name in predecessors_of(waiting.pop()):
                stream = administration_stream(name)
                known = reader.known(stream, known_at).version
                if name not in seen and known:
                    seen.add(name)
                    timelines = reader.timelines(stream, known)
                    self._timelines.append(timelines)
                    waiting.append(timelines)

    def fields(self, series: str, as_of: date) -> dict[str, Entry]:
        """What a predecessor measured of a series, by period; nothing where two of them did: nobody says how they add up."""
        key = series_key(series)
        holding = [timelines for timelines in self._timelines if timelines.fields(key)]
        if len(holding) != 1:
            return {}
        entries = {period: holding[0].entry(key, period, as_of) for period in holding[0].fields(key)}
        return {period: entry for period, entry in entries.items() if entry is not None}


def lineage(reader: Reader, administrations: Iterable[str]) -> set[str]:
    """These bodies, and all those that they took the place of in turn."""
    waiting, bodies = list(administrations), set[str]()
    while waiting:
        body = waiting.pop()
        if body not in bodies:
            bodies.add(body)
            waiting += predecessors_of(reader.timelines(administration_stream(body)))
    return bodies
