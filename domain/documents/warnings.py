"""What is odd about a plan as a whole: taken as it is, and told."""

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache

from domain.documents.load import ALL_POINTS, Notice
from domain.documents.plan import IndicatorRow, PlanDocument
from domain.measurements.values import Number, Observed, read_value

_SIGN_OF = {"up": ">=", "down": "<="}


def oddities(document: PlanDocument) -> Iterator[Notice]:
    """Weights that do not sum to 100, formulas that are missing, targets easier than the value they start from."""
    yield from _weights(document)
    for row in document.indicators:
        where = f"indicator/{row.id}"
        if not row.formula:
            yield Notice(where=where, name="formula_missing", words=f"{row.name!r} non ha formula")
        if row.baseline:
            yield from _easier(row, where)


def _easier(row: IndicatorRow, where: str) -> Iterator[Notice]:
    start = _start(row.baseline or "")
    if not isinstance(start, Number) or start.value is None:
        return
    for one in row.targets:
        if one.form != "threshold" or one.value is None or one.unit != start.unit:
            continue
        sign = one.comparator or one.implied or _SIGN_OF.get(row.polarity or "")
        value = Decimal(one.value)
        if (sign in {">=", ">"} and value < start.value) or (sign in {"<=", "<"} and value > start.value):
            words = f"il target {one.year} di {row.name!r}, {one.text!r}, è più facile del valore di partenza {row.baseline!r}"
            yield Notice(where=where, name="easier_than_baseline", words=words)


@lru_cache(maxsize=20_000)
def _start(text: str) -> Observed:
    return read_value(text)


def _weights(document: PlanDocument) -> Iterator[Notice]:
    sums: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for row in document.indicators:
        for place in row.places():
            if place.weight is not None:
                sums["indicatori", place.objective] += place.weight
    for objective in document.objectives:
        if objective.weight is not None and objective.parent is not None:
            sums["obiettivi", objective.parent] += objective.weight
    for (what, id_), total in sums.items():
        if not ALL_POINTS - 1 < total < ALL_POINTS + 1:
            words = f"i pesi degli {what} di {id_} fanno {total}, non 100"
            yield Notice(where=f"objective/{id_}", name="weights_not_100", words=words)
