"""What one observed value achieves of one target, by the form of the target and the rules of the year.

Edge cases have names, not exceptions: a result without a figure says by `rule` why there is none.
"""

from decimal import Decimal
from typing import Literal, NamedTuple

from domain.scoring.numbers import at_step
from domain.systems.model import MeasurementSystem
from domain.vocabulary import Frozen

Standing = Literal["scored", "missing", "pending", "outside"]
"""Whether a figure counts; `missing`: it should be there; `pending`: it is not due; `outside`: it does not concern."""


class Compared(NamedTuple):
    """What was held against what: the observed figure and the one that is asked for, in the unit of the target."""

    observed: Decimal
    asked: Decimal


class Achievement(Frozen):
    """The achievement of one target, in percent.

    `uncut` is the figure before cut-off, floor and rounding; None where it has none, as a ratio to zero. `met` says
    whether the commitment itself holds. `rule` names the rule, or the edge case; `arithmetic` spells the calculation
    and `note` says in Italian what a reader would ask about. `compared` are the two figures, where there are two.
    """

    achievement: Decimal | None
    uncut: Decimal | None = None
    met: bool | None = None
    standing: Standing = "scored"
    rule: str
    arithmetic: str | None = None
    note: str | None = None
    compared: Compared | None = None


class Raw(NamedTuple):
    """What a rule finds before cut-off: `uncut` None on a met target is "without limit", on one that is not, nothing."""

    uncut: Decimal | None
    met: bool
    rule: str
    arithmetic: str
    note: str | None = None
    compared: Compared | None = None


ALL = Decimal(100)
NOTHING = Decimal(0)
STAND_INS = frozenset({"not_measured", "not_available", "not_yet_due"})
"""The rules of a value that is not there: a figure by one of them is what the rules of the year put in its place."""


def settled(raw: Raw, system: MeasurementSystem) -> Achievement:
    """Cut-off, floor and rounding, in this order: the figure that counts."""
    if raw.uncut is None:
        counted = (system.cut_at if system.cut_at is not None else ALL) if raw.met else NOTHING
    else:
        counted = raw.uncut
    if system.worthless_below is not None and counted < system.worthless_below:
        counted = NOTHING
    counted = max(counted, system.floor)
    if system.cut_at is not None:
        counted = min(counted, system.cut_at)
    if system.achievements is not None:
        counted = at_step(counted, system.achievements.step, system.achievements.how)
    if system.cut_at is not None:
        counted = min(counted, system.cut_at)
    return Achievement(
        achievement=counted,
        uncut=raw.uncut,
        met=raw.met,
        rule=raw.rule,
        arithmetic=raw.arithmetic,
        note=raw.note,
        compared=raw.compared,
    )


def without(rule: str, note: str, standing: Standing = "missing") -> Achievement:
    """The result of a case that has no figure."""
    return Achievement(achievement=None, standing=standing, rule=rule, note=note)


def both_to_be_met(parts: list[Achievement]) -> Achievement:
    """Several targets in one cell: all are to be met, so that the worst counts; one without a figure leaves none."""
    concerned = [part for part in parts if part.standing != "outside"]
    if not concerned:
        return parts[0]
    if len(concerned) == 1:
        return concerned[0]
    lacking = [part for part in concerned if part.achievement is None]
    if lacking:
        first = lacking[0]
        note = f"i target della cella vanno raggiunti tutti, e per uno manca il dato: {first.note}"
        return first.model_copy(update={"note": note})
    worst = min(concerned, key=lambda part: (part.achievement, part.uncut if part.uncut is not None else ALL))
    figures = " e ".join(format(part.achievement, "f") for part in concerned if part.achievement is not None)
    return worst.model_copy(
        update={
            "met": all(part.met for part in concerned),
            "note": f"{len(concerned)} target nella stessa cella, da raggiungere tutti: vale il minore fra {figures}",
        }
    )
