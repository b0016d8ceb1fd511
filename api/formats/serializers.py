"""Answers that the command line and HTTP give alike, from what the domain computes without an archive."""

from domain.formulas.model import Proposal
from domain.scoring.achievement import Achievement
from domain.scoring.numbers import plain
from domain.vocabulary import JsonValue


def row_object(found: Achievement) -> dict[str, JsonValue]:
    """An achievement as one row out; percentages are decimal strings."""
    note = found.note
    if found.uncut is None and found.achievement is not None and note is None:
        note = found.arithmetic
    return {
        "achievement": plain(found.achievement),
        "uncut": plain(found.uncut),
        "rule": found.rule,
        "note": note,
    }


def formula_object(found: Proposal) -> dict[str, JsonValue]:
    """A proposal as JSON."""
    made: dict[str, JsonValue] = found.model_dump(mode="json")
    return made
