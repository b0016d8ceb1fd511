"""What an administration recorded, with what it inherits: the records of the bodies that it took the place of."""

from datetime import datetime

from domain.facts import ADMINISTRATION
from domain.scoring.inputs import AdministrationRecord
from domain.timelines import Timelines
from projections.store.reader import Reader
from projections.streams import PlanKnown, administration_stream


def administration_record(reader: Reader, known: PlanKnown, known_at: datetime | None) -> AdministrationRecord:
    """The record of a plan's administration and of its predecessors, theirs too, as known at an instant."""
    owner = reader.timelines(known.administration_stream, known.administration_known.version)
    predecessors: list[Timelines] = []
    waiting, seen = [owner], set[str]()
    while waiting:
        entries = waiting.pop().entries(ADMINISTRATION, "predecessors")
        for name in entries[-1].value if entries and isinstance(entries[-1].value, list) else []:
            stream = administration_stream(str(name))
            version = reader.known(stream, known_at).version
            if str(name) not in seen and version:
                seen.add(str(name))
                timelines = reader.timelines(stream, version)
                predecessors.append(timelines)
                waiting.append(timelines)
    return AdministrationRecord(owner, tuple(predecessors))
