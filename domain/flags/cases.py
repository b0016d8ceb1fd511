"""What the rules of attention are asked about: every change of a year, every target, every figure that was put right."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta

from domain.facts import IN_FORCE, indicator_key, target_field
from domain.flags.between_plans import between_plans
from domain.flags.context import LocatedCase, YearOnRecord, in_plan
from domain.flags.eased_years import eased_years
from domain.flags.library import departed_cards
from domain.flags.model import Overridden, Revised, Started, quoted
from domain.flags.moved_weights import moved_weights
from domain.flags.put_right import corrected_targets, resolved_again, restated_figures
from domain.flags.what_counts import corrected_approvals, fallen_approvals, fallen_closings, late_approvals, left_out
from domain.indicators.events import IndicatorFeedsChanged, IndicatorRedefined
from domain.indicators.feeds import SCORE_NAMES, fed_scores
from domain.objectives.events import ObjectiveMerged, ObjectiveNeutralised, ObjectiveWithdrawn
from domain.plans.history import PlanChange, PlanHistory
from domain.point import today
from domain.targets.decide import target_of
from domain.targets.easing import easier_than_baseline
from domain.vocabulary import polarity_of

DEFINING = ("formula", "unit", "source")
"""The fields of a card that say what is measured."""


def cases_of(year: YearOnRecord) -> Iterator[LocatedCase]:
    """Every case of a year, in the order in which flags are listed."""
    for change in year.of_year():
        yield revised(year, change)
    yield from moved_weights(year)
    yield from started(year)
    yield from eased_years(year)
    yield from overridden(year)
    yield from restated_figures(year)
    yield from resolved_again(year)
    yield from corrected_targets(year)
    yield from between_plans(year)
    yield from fallen_approvals(year)
    yield from late_approvals(year)
    yield from fallen_closings(year)
    yield from corrected_approvals(year)
    yield from left_out(year)
    yield from departed_cards(year)


def revised(year: YearOnRecord, change: PlanChange) -> LocatedCase:
    """A change, with the figure that was known of what it touches."""
    record, event, figures = change.record, change.record.event, year.figures
    known = None
    before = _text(change.before)
    fields: tuple[str, ...] = ()
    withdrawn = None
    if change.touch.aspect == "target" and change.indicator is not None:
        known = figures.known(change.indicator, record, change.before, change.after)
    elif change.touch.aspect in {"withdrawal", "neutralisation", "feeds"}:
        withdrawn = _withdrawn(year.history, change)
        targets = [change.indicator] if change.indicator else _serving(year.history, change)
        failing = [(i, v) for i in targets if (v := figures.at(i, record)) is not None and v.meets_before is False]
        if withdrawn is not None and failing:
            # A figure of the whole year weighs more than one of a part of it.
            worst, known = min(failing, key=lambda pair: pair[1].interim)
            before = figures.target_text(worst, record.effective_on)
            if change.indicator is None:
                before = f"indicatore {year.names.indicator(worst)}, {before}"
    elif isinstance(event, IndicatorRedefined):
        fields = tuple(year.field_words[name] for name in DEFINING if name in event.card.model_fields_set)
        known = figures.at(event.indicator, record) if fields else None
    case = Revised(
        name=_called(year, change),
        year=year.year,
        kind=change.nature,
        aspect=change.touch.aspect,
        direction=change.direction,
        before=before,
        after=_text(change.after),
        effective_on=record.effective_on,
        recorded_on=today(year.history.first_recorded(record).recorded_at),
        retrospective=record.retrospective,
        act=record.act,
        act_assumed=figures.assumed(record.act),
        known=known,
        fields=fields,
        withdrawn=withdrawn,
        decided_on=change.decided_on,
        surfaced=change.surfaced,
    )
    return LocatedCase(str(record.version), case, in_plan([record.version]), change.indicator, change.objectives)


def _called(year: YearOnRecord, change: PlanChange) -> str:
    if change.indicator is not None:
        return year.names.indicator(change.indicator)
    return ", ".join(map(year.names.objective, change.objectives)) or "il piano"


def _text(value: object) -> str:
    if isinstance(value, dict) and "text" in value:
        return quoted(str(value["text"]))
    return "nessuno" if value is None else str(value)


def _withdrawn(history: PlanHistory, change: PlanChange) -> str | None:
    """How a withdrawal is told, from the plan or from a score; None for an indicator that goes on serving another objective."""
    match change.record.event:
        case ObjectiveNeutralised():
            return f"neutralizzato nel {change.touch.year} l'obiettivo"
        case ObjectiveMerged():
            return "accorpato l'obiettivo"
        case ObjectiveWithdrawn():
            return "ritirato l'obiettivo"
        case IndicatorFeedsChanged():
            lost = fed_scores(change.before) - fed_scores(change.after)
            named = ", ".join(SCORE_NAMES.get(score, score) for score in sorted(lost))
            return f"tolto dal punteggio ({named}) l'indicatore" if lost else None
        case _:
            state = history.state(change.record.effective_on)
            goes_on = change.indicator and state.indicator_in_force(change.indicator)
            return None if goes_on else "ritirato l'indicatore"


def _serving(history: PlanHistory, change: PlanChange) -> list[str]:
    """The indicators of what is withdrawn, of the day before; of the same day for what began on it."""
    day = change.record.effective_on
    for state in (history.state(day - timedelta(days=1)), history.state(day)):
        below = {other for objective in change.objectives for other in (objective, *state.below(objective))}
        serving = [i for i, objective in state.assignments() if objective in below]
        if serving:
            return list(dict.fromkeys(i for i in serving if state.life(indicator_key(i)) == IN_FORCE))
    return []


def started(year: YearOnRecord) -> Iterator[LocatedCase]:
    """The targets of the year as of the date, of what was in force by the end of the year, beside their start values."""
    state = year.history.state(min(year.as_of, date(year.year, 12, 31)))
    now = year.history.state(year.as_of)
    bare_value = year.history.bare_value(year.year)
    for indicator in state.indicators():
        baseline = state.indicator(indicator, "baseline")
        if not baseline or not state.indicator_in_force(indicator):
            continue
        polarity = polarity_of(state.indicator(indicator, "polarity"))
        for (target_year, ordinal), value in now.targets(indicator).items():
            if target_year != year.year:
                continue
            target = target_of(value)
            easier = easier_than_baseline(target, str(baseline), polarity, bare_value)
            entry = now.timelines.entry(indicator_key(indicator), target_field(target_year, ordinal), year.as_of)
            name = year.names.indicator(indicator)
            case = Started(name, year.year, quoted(target.text), quoted(str(baseline)), easier)
            events = in_plan([entry.version] if entry else [])
            serves = tuple(state.serves(indicator))
            yield LocatedCase(f"{indicator}-{target_year}-{ordinal}", case, events, indicator, serves)


def overridden(year: YearOnRecord) -> Iterator[LocatedCase]:
    """The scores of the year that were forced."""
    timelines = year.history.timelines
    naming: tuple[tuple[str, Callable[[str], str]], ...] = (
        ("objective/", year.names.objective),
        ("indicator/", year.names.indicator),
    )
    for prefix, name_of in naming:
        for key in timelines.objects(prefix):
            entry = timelines.entry(key, f"override/{year.year}", year.as_of)
            if entry is not None and isinstance(entry.value, dict):
                calculated = entry.value.get("calculated")
                case = Overridden(
                    name_of(key.removeprefix(prefix)),
                    year.year,
                    str(entry.value.get("forced")),
                    None if calculated is None else str(calculated),
                )
                yield LocatedCase(str(entry.version), case, in_plan([entry.version]))
