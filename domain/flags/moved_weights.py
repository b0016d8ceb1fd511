"""Weight that moved between the indicators of an objective: the cases of the flag `weight_to_passing`."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

from domain.facts import IN_FORCE, assignment_key, indicator_key
from domain.flags.context import LocatedCase, YearOnRecord, in_plan
from domain.flags.model import Moved
from domain.indicators.events import IndicatorReweighted
from domain.italian import print_number
from domain.plans.history import PlanChange
from domain.plans.state import PlanState
from domain.scoring.numbers import at_step, percent


def moved_weights(year: YearOnRecord) -> Iterator[LocatedCase]:
    """The weights of one objective that changed on one day, in however many recordings.

    Where weights are brought back to a hundred, what moves is the share of each.
    """
    groups: dict[tuple[date, str], list[PlanChange]] = {}
    for change in year.of_year():
        if isinstance(change.record.event, IndicatorReweighted):
            groups.setdefault((change.record.effective_on, change.record.event.objective), []).append(change)
    shared = year.figures.system.weights == "rescaled"
    for (day, objective), group in groups.items():
        before = _weights(year.history.state(day - timedelta(days=1)), objective)
        after = _weights(year.history.state(day), objective)
        if not before:
            continue
        lost: list[tuple[str, str, bool | None]] = []
        gained: list[tuple[str, str, bool | None]] = []
        for indicator in dict.fromkeys([*before, *after]):
            then, now = (weights.get(indicator, Decimal(0)) for weights in (before, after))
            share_then, share_now = _share(then, before), _share(now, after)
            moved = share_now - share_then if shared else now - then
            if moved == 0:
                continue
            words = f"da {print_number(then)} a {print_number(now)} punti"
            if shared:
                words += f", dal {_printed(share_then)} al {_printed(share_now)}"
            value = year.figures.at(indicator, group[0].record)
            meets = value.meets_before if value is not None else None
            (lost if moved < 0 else gained).append((year.names.indicator(indicator), words, meets))
        case = Moved(year.names.objective(objective), day, tuple(lost), tuple(gained))
        events = in_plan(change.record.version for change in group)
        yield LocatedCase(str(group[0].record.version), case, events, None, (objective,))


def _weights(state: PlanState, objective: str) -> dict[str, Decimal]:
    """The points of the indicators that serve an objective, those that have any."""
    weights: dict[str, Decimal] = {}
    for indicator, _ in state.assignments(objective=objective):
        weight = state.value(assignment_key(indicator, objective), "weight")
        if weight is not None and state.life(indicator_key(indicator)) == IN_FORCE:
            weights[indicator] = Decimal(str(weight))
    return weights


def _share(weight: Decimal, weights: dict[str, Decimal]) -> Decimal:
    total = sum(weights.values())
    return percent(weight, total) if total else weight


def _printed(share: Decimal) -> str:
    return f"{print_number(at_step(share, Decimal('0.1'), 'half_up'))}%"
