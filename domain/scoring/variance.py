"""The variance of a measured indicator: what was observed less what its target asks for (*scostamento*)."""

from decimal import Decimal
from typing import NamedTuple

from domain.measurements.values import NumberValue, Observed
from domain.scoring.achievement import Compared
from domain.scoring.numbers import HUNDREDTH, at_step, minus, percent, print_hundredths
from domain.targets.model import UNITS, Deadline, Milestones, Reference, Target, Unit
from domain.targets.printer import print_quantity

SMALL = Decimal("0.1")


class Variance(NamedTuple):
    """Observed less asked, in the unit of the target; `percent` of what is asked, None where that is zero, or a day.

    Of a percentage the unit is points of it; of a term it is days, of delay where they are more than none.
    """

    observed: Decimal
    asked: Decimal
    value: Decimal
    percent: Decimal | None
    unit: Unit | None
    is_term: bool = False

    @property
    def words(self) -> str:
        """As people read it: `-3,2 punti percentuali (-4,57 %)`."""
        rounded = at_step(self.value, _step(self.value), "half_up")
        sign = "+" if rounded > 0 else ""
        share = f" ({sign}{print_hundredths(self.percent)} %)" if self.percent is not None else ""
        return f"{sign}{print_quantity(rounded.normalize() + 0, self.unit)}{share}"

    @property
    def asked_words(self) -> str | None:
        """What was asked for, with its unit; None of a term, whose text says its day."""
        if self.is_term:
            return None
        unit = "%" if self.unit == "percentage_points" else self.unit
        return print_quantity(at_step(self.asked, _step(self.asked), "half_up").normalize() + 0, unit)


def _step(value: Decimal) -> Decimal:
    """To which decimal a figure is told: to the hundredth; one that is small beside it, with three digits."""
    return HUNDREDTH if not value or abs(value) >= SMALL else Decimal(10) ** (value.adjusted() - 2)


def variance(target: Target, compared: Compared | None, observed: Observed | None = None) -> Variance | None:
    """The variance of a value that was held against a target; None where there are no two figures, as for yes and no.

    What a reference means is in the unit of the value that was `observed`, where the reference says none.
    """
    if compared is None:
        return None
    value = minus(compared.observed, compared.asked)
    if isinstance(target, Deadline):
        return Variance(compared.observed, compared.asked, value, None, "days", is_term=True)
    share = None if compared.asked == 0 else percent(value, abs(compared.asked))
    return Variance(compared.observed, compared.asked, value, share, _unit(target, observed))


def _unit(target: Target, observed: Observed | None) -> Unit | None:
    unit: Unit | None = target.steps[-1].unit if isinstance(target, Milestones) else getattr(target, "unit", None)
    if unit is None and isinstance(target, Reference) and isinstance(observed, NumberValue):
        unit = next((known for known in UNITS if known == observed.unit), None)
    return "percentage_points" if unit == "%" else unit
