"""Which way is better for a target: the one rule, for scores, revisions, flags and differences alike."""

from typing import Literal, NamedTuple

from domain.targets.model import DIRECTIONS, Comparator
from domain.vocabulary import Polarity

DirectionBasis = Literal["comparator", "polarity", "implied", "bare_value"]
"""What says which way is better."""


class TargetDirection(NamedTuple):
    """Which way is better for a target, and what says so."""

    better: Polarity
    basis: DirectionBasis


def target_direction(
    comparator: Comparator | None, implied: Comparator | None, polarity: Polarity | None, bare_value: Polarity | None
) -> TargetDirection | None:
    """The comparator that is written, else the indicator's polarity, else what was implied on reading, else the rules.

    `bare_value` is what the measurement system of the target's year declares: it speaks of values without a comparator.
    None where nobody says.
    """
    if comparator is not None and comparator in DIRECTIONS:
        return TargetDirection(DIRECTIONS[comparator], "comparator")
    if polarity is not None:
        return TargetDirection(polarity, "polarity")
    if implied is not None and implied in DIRECTIONS:
        return TargetDirection(DIRECTIONS[implied], "implied")
    if comparator is None and bare_value is not None:
        return TargetDirection(bare_value, "bare_value")
    return None
