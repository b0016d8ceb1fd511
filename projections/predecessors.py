"""What an administration recorded, with what it inherits: the records of the bodies that it took the place of."""

from collections.abc import Iterable
from datetime import datetime

from domain.administrations.decide import predecessors_of
from domain.scoring.inputs import AdministrationRecord
from domain.timelines import Timelines
from projections.store.reader import Reader
from projections.streams import PlanKnown, administration_stream


def administration_record(reader: Reader, known: PlanKnown, known_at: datetime | None) -> AdministrationRecord:
    """The record of a plan's administration and of its predecessors, theirs too, as known at an instant."""
    owner = reader.timelines(known.administration_stream, known.administration_known.version)
    predecessors: list[Timelines] = []
    waiting, visited = [owner], set[str]()
    while waiting:
        for name in predecessors_of(waiting.pop()):
            stream = administration_stream(name)
            version = reader.known(stream, known_at).version
            if name not in visited and version:
                visited.add(name)
                timelines = reader.timelines(stream, version)
                predecessors.append(timelines)
                waiting.append(timelines)
    return AdministrationRecord(owner, tuple(predecessors))


def lineage(reader: Reader, administrations: Iterable[str]) -> set[str]:
    """These bodies, and all those that they took the place of in turn."""
    waiting, bodies = list(administrations), set[str]()
    while waiting:
        body = waiting.pop()
        if body not in bodies:
            bodies.add(body)
            waiting += predecessors_of(reader.timelines(administration_stream(body)))
    return bodies
