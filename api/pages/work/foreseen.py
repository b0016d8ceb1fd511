"""What a command would do, seen before it is recorded: what would be written, and what becomes of scores, rates, flags."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import NamedTuple

from api.pages.plan_reading import PlanReading
from api.pages.visit import PlanVisit
from domain.administrations.events import ActRegistered
from domain.event import Event
from domain.measurements.events import NewFigure
from domain.measurements.printer import print_reading
from domain.names import Names
from domain.point import Point, today
from projections.audit import names_of
from projections.change_preview import AnnulledEvent, change_preview
from projections.flags import Flag
from projections.plan_history import read_history
from projections.plan_in_force import plan_in_force
from projections.proposal_effects import EffectsShown, effects_of_change
from projections.rounds import RoundStatus, round_status
from projections.scores import IndicatorScoreRow, NodeScore
from projections.store.preview_reader import PreviewReader
from projections.store.reader import Reader
from projections.streams import PLANS, PlanKnown, find_plan, plan_is_there, proposals_stream, review_stream
from projections.system_comparison import RuleDifference, rule_differences


class YearForeseen(NamedTuple):
    """The scores of a year before and after: of one indicator, where there is one, and of the whole plan."""

    year: int
    indicator_before: str | None
    indicator_after: str | None
    body_before: NodeScore
    body_after: NodeScore
    ex_ante_before: str | None
    ex_ante_after: str | None
    rate_before: str | None
    rate_after: str | None
    born: list[Flag]


class WorkForeseen(NamedTuple):
    """What a command would do; `effects` of a change of the plan alone.

    `rules` are those of a year that would differ, with the other `plans` that they hold for; `round` is how a round that
    is opened or closed would stand.
    """

    sentences: list[str]
    names: Names
    acts: dict[str, str]
    effects: EffectsShown | None
    years: list[YearForeseen]
    annulled: list[AnnulledEvent]
    rules: list[RuleDifference] = []
    plans: list[str] = []
    round: RoundStatus | None = None


class AskedOfWork(NamedTuple):
    """What is asked of a rehearsal: the scores of some years, `whole` with their flags, of one indicator where it is said.

    `adopted` is the year whose rules would be adopted, `round` the round that would be opened or closed.
    """

    is_change: bool
    years: Sequence[int] = ()
    indicator: str = ""
    whole: bool = False
    adopted: int | None = None
    round: str = ""


def foreseeing(plan: str, asked: AskedOfWork) -> Callable[[PreviewReader], WorkForeseen]:
    """The question to be asked of a rehearsal."""

    def question(reader: PreviewReader) -> WorkForeseen:
        known = find_plan(reader, plan)
        names = names_of(reader, known)
        streams = (known.stream, known.administration_stream, review_stream(plan), proposals_stream(plan))
        pending = [record for stream in streams for record in reader.pending(stream)]
        day = max([today(reader.recorded_at), *(record.effective_on for record in pending)])
        return WorkForeseen(
            sentences=[words for record in pending for words in _in_words(record.event, names)],
            names=names,
            acts=PlanReading(reader, plan, Point(day)).acts,
            effects=effects_of_change(reader, plan, day) if asked.is_change else None,
            years=[
                year_foreseen(reader.before, reader, plan, year, day, asked.indicator, whole=asked.whole)
                for year in asked.years
            ],
            annulled=[] if asked.is_change else change_preview(reader, plan)["annulled"],
            rules=_rules(reader, plan, asked.adopted, Point(day)) if asked.adopted else [],
            plans=_other_plans(reader, known, Point(day)) if asked.adopted else [],
            round=round_status(reader, plan, asked.round, Point(day)) if asked.round else None,
        )

    return question


def _in_words(event: Event, names: Names) -> Iterator[str]:
    """What an event says, and how a figure of it was read."""
    if isinstance(event, ActRegistered):
        return
    yield event.sentence(names)
    if isinstance(event, NewFigure) and (reading := print_reading(event.observed)):
        yield reading


def _rules(reader: PreviewReader, plan: str, year: int, point: Point) -> list[RuleDifference]:
    """The rules of a year of a plan that differ once others are adopted."""
    before, after = (read_history(each, find_plan(each, plan)) for each in (reader.before, reader))
    return rule_differences(before.system(year, point.as_of).system, after.system(year, point.as_of).system)


def _other_plans(reader: PreviewReader, known: PlanKnown, point: Point) -> list[str]:
    """The titles of the other plans of an administration."""
    of_body = reader.before.plans_of([known.administration])
    others = [stream.removeprefix(PLANS) for stream in of_body if stream != known.stream]
    return [
        plan_in_force(reader.before, plan, point)["plan"]["title"] for plan in others if plan_is_there(reader, plan)
    ]


def foreseen_of_draft(visit: PlanVisit, effects: EffectsShown) -> WorkForeseen:
    """What proposed changes would do: nothing is recorded by them yet."""
    return WorkForeseen([], visit.reading.names, visit.reading.acts, effects, [], [])


def year_foreseen(
    before: Reader, after: Reader, plan: str, year: int, day: date, indicator: str, *, whole: bool
) -> YearForeseen:
    """A year on two sides of what is not recorded."""
    was, will = (PlanReading(reader, plan, Point(day)) for reader in (before, after))
    scores_before, scores_after = was.scores(year), will.scores(year)
    known = {flag["id"] for flag in was.flags(year)["flags"]} if whole else set()
    return YearForeseen(
        year=year,
        indicator_before=_score_of(indicator, scores_before["indicators"]),
        indicator_after=_score_of(indicator, scores_after["indicators"]),
        body_before=scores_before["body"],
        body_after=scores_after["body"],
        ex_ante_before=scores_before["ex_ante"],
        ex_ante_after=scores_after["ex_ante"],
        rate_before=_rate_of(was, year),
        rate_after=_rate_of(will, year),
        born=[flag for flag in will.flags(year)["flags"] if flag["id"] not in known] if whole else [],
    )


def _rate_of(reading: PlanReading, year: int) -> str | None:
    rate = reading.official_rate(year)
    return None if rate is None else rate["rate"]


def _score_of(indicator: str, rows: list[IndicatorScoreRow]) -> str | None:
    return next((row["score"] for row in rows if row["id"] == indicator), None)
