"""What in a new target may be a slip of the pen: another unit than before, the other side, another sign, ten times as much.

Nothing is refused for it, and nothing is guessed: whoever decides is asked.
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Literal, NamedTuple

from domain.italian import print_signs
from domain.scoring.numbers import print_hundredths
from domain.targets.direction import target_direction
from domain.targets.model import (
    DIRECTIONS,
    Change,
    Comparator,
    NoTarget,
    Range,
    Reference,
    Target,
    Threshold,
    ToBeDefined,
    Unit,
    Unread,
)
from domain.targets.printer import unit_words
from domain.vocabulary import Polarity

DoubtName = Literal["unit", "side", "sign", "size", "form"]
AMPLE = Decimal(10)
"""How many times as much, or as little, is asked about."""


class TargetDoubt(NamedTuple):
    """What is asked about a new target: what was seen, and the question."""

    name: DoubtName
    words: str
    question: str


def doubts_between(
    before: Target, after: Target, polarity: Polarity | None, *, same_cell: bool = True
) -> Iterator[TargetDoubt]:
    """What is to be asked about a target that takes the place of another; of `same_cell`, or of another year.

    Of another year, its size and its form may well be others.
    """
    if any(isinstance(target, NoTarget | ToBeDefined | Unread) for target in (before, after)):
        return
    was, now = (f"«{print_signs(target.text)}»" for target in (before, after))
    first, second = _Quantity.of(before), _Quantity.of(after)
    if first is None or second is None:
        if same_cell and before.form != after.form:
            words = (
                f"il target di prima, {was}, e quello nuovo, {now}, sono di forma diversa: non si possono confrontare"
            )
            yield TargetDoubt("form", words, "È proprio questo che si decide?")
        return
    if first.unit != second.unit:
        units = [f"ha l'unità «{unit_words(unit)}»" if unit else "è senza unità" for unit in (first.unit, second.unit)]
        told = f"il target di prima, {was}, {units[0]}; quello nuovo, {now}, {units[1]}"
        yield TargetDoubt("unit", told, "L'unità è proprio un'altra?" if second.unit else "Manca l'unità?")
    sides = [target_direction(quantity.comparator, None, polarity, None) for quantity in (first, second)]
    if sides[0] and sides[1] and sides[0].better != sides[1].better:
        how = {"up": "si raggiunge da lì in su", "down": "si raggiunge da lì in giù"}
        told = f"il target di prima, {was}, {how[sides[0].better]}; quello nuovo, {now}, {how[sides[1].better]}"
        yield TargetDoubt("side", told, "Il verso è proprio l'altro?")
    if first.value * second.value < 0:
        yield TargetDoubt(
            "sign", f"il target di prima, {was}, e quello nuovo, {now}, hanno segno opposto", "Il segno è giusto?"
        )
    elif same_cell and first.unit == second.unit and first.value and second.value:
        times = max(abs(first.value), abs(second.value)) / min(abs(first.value), abs(second.value))
        if times >= AMPLE:
            told = f"fra il target di prima, {was}, e quello nuovo, {now}, una cifra è {print_hundredths(times)} volte l'altra"
            yield TargetDoubt("size", told, "La cifra è giusta?")


class _Quantity(NamedTuple):
    """The quantity that a target asks for, its unit, and the comparator that is written with it."""

    value: Decimal
    unit: Unit | None
    comparator: Comparator | None

    @classmethod
    def of(cls, target: Target) -> "_Quantity | None":
        match target:
            case Threshold() | Change():
                return cls(target.value, target.unit, _side(target.comparator))
            case Range():
                return cls(target.high, target.unit, None)
            case Reference() if target.value is not None:
                return cls(target.value, target.unit, _side(target.comparator))
            case _:
                return None


def _side(comparator: Comparator | None) -> Comparator | None:
    return comparator if comparator in DIRECTIONS else None
