"""An indicator year by year: what was approved, what is in force, what was observed and reached, with the arithmetic."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Literal, NamedTuple

from api.pages.observations import ObservedPeriod
from api.pages.plan_reading import PlanReading
from api.pages.plan_tree import NOT_SCORED, ScoreShown, score_shown
from api.pages.target_pieces import TargetOfYear
from domain.scoring.inputs import Scored
from domain.scoring.numbers import decimal_string, print_hundredths
from domain.scoring.tree import IndicatorScore
from domain.targets.printer import print_as_written
from projections.scores import band_of

YearPlace = Literal["before", "within", "after"]


class ObservedShown(NamedTuple):
    """What was observed of a period: the text that counts, those that it took the place of; `by_system`: it was counted."""

    text: str
    period: str
    provisional: bool
    superseded: list[str]
    by_system: bool = False


NOT_OBSERVED = ObservedShown("", "", provisional=False, superseded=[])


class YearLine(NamedTuple):
    """A year: targets by ordinal as approved and in force, whatever was observed in it, what was reached of it."""

    year: int
    place: YearPlace
    approved: list[str]
    in_force: list[str]
    observed: list[ObservedShown]
    score: ScoreShown
    ex_ante: Decimal | None
    arithmetic: str
    note: str

    @property
    def changed(self) -> bool:
        """Whether a target is not what was approved."""
        return self.place == "within" and self.approved != self.in_force


def year_lines(
    reading: PlanReading, indicator: str, targets: Sequence[TargetOfYear], periods: Sequence[ObservedPeriod]
) -> list[YearLine]:
    """The years of the plan, and those before and after it of which something was observed."""
    of_plan = reading.history.years
    years = sorted({*of_plan, *(period.year for period in periods)})
    return [_line(reading, indicator, year, targets, periods) for year in years]


def _line(
    reading: PlanReading, indicator: str, year: int, targets: Sequence[TargetOfYear], periods: Sequence[ObservedPeriod]
) -> YearLine:
    of_year = [target for target in targets if target.year == year]
    observed = [_observed(period) for period in periods if period.year == year]
    years = reading.history.years
    if year not in years:
        place: YearPlace = "before" if year < years[0] else "after"
        return YearLine(year, place, [], [], observed, NOT_SCORED, None, "", "")
    is_approved = "approved_on" in reading.document["plan"]["years"].get(str(year), {})
    scored = reading.scored_alone(indicator, year)
    score = scored.scores.indicators.get(indicator)
    ex_ante = reading.scored_alone(indicator, year, "ex_ante").scores.indicators.get(indicator)
    if score is not None and score.by_system is not None:
        observed.append(NOT_OBSERVED._replace(text=print_hundredths(score.by_system), period=str(year), by_system=True))
    return YearLine(
        year=year,
        place="within",
        approved=[print_as_written(target.approved) for target in of_year if target.approved] if is_approved else [],
        in_force=[print_as_written(target.in_force) for target in of_year if target.in_force],
        observed=observed,
        score=_score(score, scored) if score else NOT_SCORED,
        ex_ante=ex_ante.counted if ex_ante else None,
        arithmetic=(score.calculated.arithmetic if score else None) or "",
        note=(score.calculated.note if score else None) or "",
    )


def _score(score: IndicatorScore, scored: Scored) -> ScoreShown:
    return score_shown(
        decimal_string(score.counted),
        decimal_string(score.covered),
        score.standing,
        band_of(score.counted, scored.inputs.system.system),
        met=None if score.override is not None else score.calculated.met,
    )


def _observed(period: ObservedPeriod) -> ObservedShown:
    latest = period.latest
    before = list(dict.fromkeys(value.text for value in period.values if value.text != latest.text))
    return ObservedShown(latest.text, period.period, latest.provisional, before)
