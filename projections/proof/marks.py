"""The line that a document bears: the checkpoint by which whoever holds the paper can have the record verified."""

from projections.proof.checkpoints import checkpoint_number, covering
from projections.proof.notes import encode
from projections.store.point import Point
from projections.store.reader import Reader
from projections.streams import find_plan


def mark(reader: Reader, plan: str, point: Point) -> str | None:
    """The first checkpoint that covers what a document shows of a plan; None while none does."""
    found = find_plan(reader, plan, point.known_at)
    reach = {found.stream: found.known.version, found.administration_stream: found.administration_known.version}
    number = covering(reader.cursor, {stream: version for stream, version in reach.items() if version})
    if number is None:
        return None
    said = checkpoint_number(reader.cursor, number).text
    return f"Checkpoint n. {number} del {said.made_at:%d/%m/%Y}, radice {encode(said.root)}, {said.origin}"
