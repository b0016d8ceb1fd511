"""Checkpoint footer of a document: the checkpoint by which whoever holds the paper can have the record verified."""

from domain.point import Point
from domain.proof.public_keys import encode
from projections.proof.checkpoints import Checkpoint, checkpoint_number, covering
from projections.store.reader import Reader
from projections.streams import find_plan


def covered_by(reader: Reader, plan: str, point: Point) -> Checkpoint | None:
    """The first checkpoint that covers what a document shows of a plan; None while none does."""
    known = find_plan(reader, plan, point.known_at)
    reach = {known.stream: known.known.version, known.administration_stream: known.administration_known.version}
    number = covering(reader.cursor, {stream: version for stream, version in reach.items() if version})
    return checkpoint_number(reader.cursor, number) if number is not None else None


def footer_line(reader: Reader, plan: str, point: Point) -> str | None:
    """The line that stands at the foot of each page; None while no checkpoint covers what is shown."""
    checkpoint = covered_by(reader, plan, point)
    if checkpoint is None:
        return None
    text = checkpoint.text
    return f"Checkpoint n. {checkpoint.number} del {text.made_at:%d/%m/%Y}, radice {encode(text.root)}, {text.origin}"
