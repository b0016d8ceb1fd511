"""What a command would do, seen before it is recorded: what would be written, and what becomes of scores, rates, flags."""

from collections.abc import Callable
from datetime import date
from typing import NamedTuple

from api.pages.plan_reading import PlanReading
from api.pages.visit import PlanVisit
from domain.administrations.events import ActRegistered
from domain.names import Names
from domain.point import Point, today
from projections.audit import names_of
from projections.change_preview import AnnulledEvent, change_preview
from projections.flags import Flag
from projections.proposal_effects import EffectsShown, effects_of_change
from projections.scores import IndicatorScoreRow, NodeScore
from projections.store.preview_reader import PreviewReader
from projections.store.reader import Reader
from projections.streams import find_plan, proposals_stream, review_stream


class YearForeseen(NamedTuple):
    """The scores of a year before and after: of one indicator, where there is one, and of the whole plan."""

    year: int
    indicator_before: str | None
    indicator_after: str | None
    body_before: NodeScore
    body_after: NodeScore
    ex_ante_before: str | None
    ex_ante_after: str | None
    born: list[Flag]


class WorkForeseen(NamedTuple):
    """What a command would do; `effects` of a change of the plan alone."""

    sentences: list[str]
    names: Names
    acts: dict[str, str]
    effects: EffectsShown | None
    year: YearForeseen | None
    annulled: list[AnnulledEvent]


def foreseeing(
    plan: str, *, is_change: bool, year: int | None, indicator: str = "", whole: bool = False
) -> Callable[[PreviewReader], WorkForeseen]:
    """The question to be asked of a rehearsal: with the scores of a year where one is said, `whole` with its flags."""

    def question(reader: PreviewReader) -> WorkForeseen:
        known = find_plan(reader, plan)
        names = names_of(reader, known)
        streams = (known.stream, known.administration_stream, review_stream(plan), proposals_stream(plan))
        pending = [record for stream in streams for record in reader.pending(stream)]
        day = max([today(reader.recorded_at), *(record.effective_on for record in pending)])
        return WorkForeseen(
            sentences=[r.event.sentence(names) for r in pending if not isinstance(r.event, ActRegistered)],
            names=names,
            acts=PlanReading(reader, plan, Point(day)).acts,
            effects=effects_of_change(reader, plan, day) if is_change else None,
            year=year_foreseen(reader.before, reader, plan, year, day, indicator, whole=whole) if year else None,
            annulled=[] if is_change else change_preview(reader, plan)["annulled"],
        )

    return question


def foreseen_of_draft(visit: PlanVisit, effects: EffectsShown) -> WorkForeseen:
    """What proposed changes would do: nothing is recorded by them yet."""
    return WorkForeseen([], visit.reading.names, visit.reading.acts, effects, None, [])


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
        born=[flag for flag in will.flags(year)["flags"] if flag["id"] not in known] if whole else [],
    )


def _score_of(indicator: str, rows: list[IndicatorScoreRow]) -> str | None:
    return next((row["score"] for row in rows if row["id"] == indicator), None)
