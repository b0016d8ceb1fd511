"""What the values of returned sheets mean against the targets of the year: as they would be scored, were they recorded."""

from collections.abc import Iterable

from api.imports.collection_preview import CollectedItem
from domain.measurements.printer import print_value
from domain.measurements.values import NumberValue
from domain.point import Point
from domain.scoring.figures import figure
from domain.scoring.inputs import Seen
from domain.scoring.numbers import decimal_string
from domain.scoring.tree import IndicatorNode
from projections.plan_history import plan_history
from projections.scores import scored_year
from projections.store.reader import Reader


def with_meaning(
    reader: Reader, plan: str, year: int, items: Iterable[CollectedItem], point: Point
) -> list[CollectedItem]:
    """The items with what their terms give, and with their achievement, or why there is none."""
    scored = scored_year(reader, plan_history(reader, plan, point), year, point, feeds="all")
    meant: list[CollectedItem] = []
    for item in items:
        node, score = scored.inputs.forest.indicators.get(item.indicator), scored.scores.indicators.get(item.indicator)
        if item.value is None or node is None or score is None:
            meant.append(item)
            continue
        calculated = score.calculated
        fields = {
            "computed": _computed(node, scored.inputs.seen.get(item.indicator)),
            "achievement": decimal_string(calculated.achievement),
            "met": calculated.met,
            "meaning": calculated.note or calculated.arithmetic,
        }
        meant.append(item.model_copy(update=fields))
    return meant


def _computed(node: IndicatorNode, seen: Seen | None) -> str | None:
    """What the terms of a value give: by the confirmed formula, or as a ratio; None for a value without terms."""
    observed = node.observed
    if not isinstance(observed, NumberValue):
        return None
    if seen is not None and seen.terms:
        return print_value(observed)
    if observed.numerator is None:
        return None
    unit = getattr(next(iter(node.targets.values()), None), "unit", None)
    return figure(observed, unit, node.case.system, own_unit=node.case.own_unit).words
