"""How figures are put together: weighted mean, plain mean, or the worst; with the share of weight that has a figure."""

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from domain.scoring.achievement import ALL, NOTHING, Standing
from domain.scoring.numbers import at_step, over, times, total
from domain.scoring.quantities import short, spelt
from domain.systems.model import MeasurementSystem


class Part(NamedTuple):
    """One figure with its weight in points; None where the plan gives none.

    `covered` is the share, in percent, of what the figure itself is made of that has data: all, unless it is said.
    """

    figure: Decimal | None
    weight: Decimal | None
    standing: Standing = "scored"
    covered: Decimal | None = None


class Combined(NamedTuple):
    """A score, and how it came about.

    `covered` is the share of weight, in percent, that has data, all the way down; `effective` the points that each part counted
    with, in the order of the parts (None: it did not). `points` is the sum of the weights as the plan has them.
    """

    score: Decimal | None
    rule: str
    covered: Decimal | None
    effective: tuple[Decimal | None, ...]
    points: Decimal
    arithmetic: str = ""
    notes: tuple[str, ...] = ()


def combine(parts: Sequence[Part], system: MeasurementSystem, *, assumed: bool = False) -> Combined:
    """The figure of what hangs from one node; the order of the parts changes nothing.

    `assumed`: some of the points are no weights of the plan, but what the rules give to a group without any.
    """
    weights, notes = effective_weights(parts, system, assumed=assumed)
    concerned = [place for place, part in enumerate(parts) if part.standing != "outside"]
    known = [place for place in concerned if parts[place].figure is not None]
    asked = total(weights[place] for place in concerned)
    counted = total(weights[place] for place in known)
    points = total(part.weight for part in parts if part.weight is not None)
    shares = [times(weights[p], ALL if (share := parts[p].covered) is None else share) for p in known]
    covered = over(total(shares), asked) if asked else None
    effective = tuple(weights[place] if place in known else None for place in range(len(parts)))
    if not known:
        rule = "nothing_to_score" if not concerned else "no_data"
        return Combined(None, rule, covered, effective, points, notes=notes)
    figures = [(parts[place].figure or NOTHING, weights[place]) for place in known]
    if system.combination == "worst":
        weighing = [figure for figure, weight in figures if weight] or [figure for figure, _ in figures]
        score = min(weighing)
        arithmetic = f"il minore fra {', '.join(short(figure) for figure in sorted(weighing))} = {short(score)}"
        return Combined(_scored(score, system), "worst", covered, effective, points, arithmetic, notes)
    if not counted:
        notes = (*notes, "nessuno dei pesi conosciuti è maggiore di zero")
        return Combined(None, "no_weight", covered, effective, points, notes=notes)
    divisor = counted if system.weights == "rescaled" or system.combination == "mean" else ALL
    score = over(total(times(weight, figure) for figure, weight in figures), divisor)
    if divisor == counted:
        # A mean lies between what it is made of: the last digit of a rounding does not take it beyond.
        weighing = [figure for figure, weight in figures if weight]
        score = min(max(score, min(weighing)), max(weighing))
    elif system.cut_at is not None:
        score = min(score, system.cut_at)
    arithmetic = " + ".join(f"{short(figure)} × {spelt(weight)}" for figure, weight in figures)
    arithmetic = f"({arithmetic}) / {spelt(divisor)} = {short(score)}"
    rule = "mean" if system.combination == "mean" else "weighted_mean" if divisor == counted else "points_of_a_hundred"
    return Combined(_scored(score, system), rule, covered, effective, points, arithmetic, notes)


def effective_weights(
    parts: Sequence[Part], system: MeasurementSystem, *, assumed: bool = False
) -> tuple[list[Decimal], tuple[str, ...]]:
    """The points that each part counts with, and what is odd about them."""
    given = [part.weight for part in parts if part.weight is not None]
    notes: tuple[str, ...] = ()
    if system.combination == "mean":
        if given:
            notes = ("il sistema fa la media semplice: i pesi del piano non contano",)
        return [Decimal(1)] * len(parts), notes
    if not given:
        if len(parts) > 1:
            notes = ("nessun peso nel piano: contano tutti uguale",)
        alike = Decimal(1) if system.weights == "rescaled" else over(ALL, Decimal(len(parts) or 1))
        return [alike] * len(parts), notes
    points = total(given)
    instead = NOTHING
    # What does not concern the year counts nothing, with or without a weight.
    if lacking := sum(part.weight is None and part.standing != "outside" for part in parts):
        if system.unweighted == "mean":
            instead = over(points, Decimal(len(given)))
            notes = (f"{lacking} senza peso: contano quanto la media degli altri, {short(instead)}",)
        else:
            notes = (f"{lacking} senza peso fra altri che lo hanno: non contano",)
    if points != ALL:
        handled = "riportati a cento" if system.weights == "rescaled" else "presi come punti di cento"
        sums = f"i pesi fanno {spelt(points)}, non 100: {handled}"
        if assumed:
            sums = f"i punti dei due gruppi fanno {spelt(points)}, non 100: {handled}"
        notes = (*notes, sums)
    return [part.weight if part.weight is not None else instead for part in parts], notes


def _scored(score: Decimal, system: MeasurementSystem) -> Decimal:
    if system.scores is None:
        return score
    return at_step(score, system.scores.step, system.scores.how)
