"""The first page: which plans there are, where each stands, and how to begin where there is none."""

from collections.abc import Callable, Mapping
from typing import NamedTuple, TypeVar

from starlette.responses import Response

from api.language.labels import PLAN_STATUSES
from api.pages import addresses
from api.pages.addresses import page_address
from api.pages.dues import DuesBlock, dues_block_of
from api.pages.frame import Frame, render
from api.pages.plan_reading import PlanReading
from api.pages.plan_tree import ScoreShown, node_score
from api.pages.time_bar import dates_with_acts
from api.settings import Language
from domain.access.principal import Principal
from domain.plans.state import UNPUBLISHED
from domain.point import Point
from domain.rounds.collection import NOBODY
from projections.official_rate import OfficialRate
from projections.plans import PageOfPlans, PlanRow
from projections.scores import body_score
from projections.store.facts import day_number
from projections.store.reader import Reader
from projections.streams import heads_now

AFTER = "dopo"
"""After which plan the page of an address begins."""
PLANS_ON_A_PAGE = 20
"""Each is read with its scores and its rate."""
PART = TypeVar("PART")


class PlanFigures(NamedTuple):
    """What is shown of a plan beside its row, of the year that it is in: its score, its rate, what is missing, its last act."""

    year: int
    score: ScoreShown
    rate: OfficialRate | None
    missing: int
    last: str


class PlanListed(NamedTuple):
    """A plan of the list, with its figures; a draft has none."""

    row: PlanRow
    address: str
    figures: PlanFigures | None = None
    missing_address: str = ""
    dues: DuesBlock | None = None


def plans_page(
    reader: Reader,
    listed: PageOfPlans,
    point: Point,
    present: Point,
    frame: Frame,
    language: Language,
    *,
    principal: Principal,
    may_load: bool,
) -> Response:
    """A page of the plans from a point; today, with what is due to whoever reads their monitoring; where there is none, how to begin.

    It begins with the examples, for whoever may load them.
    """
    plans = [_listed(reader, row, point, present, frame.kept, principal) for row in listed.rows]
    return render(
        "plans.html",
        "Piani della performance",
        frame,
        language,
        plans=plans,
        point=point,
        is_now=point == present,
        statuses=PLAN_STATUSES,
        data=page_address("/v1/plans", frame.kept),
        may_load=may_load,
        following=page_address(addresses.HOME, {**frame.kept, AFTER: listed.after}) if listed.after else "",
        nobody=NOBODY,
    )


def _listed(
    reader: Reader, row: PlanRow, point: Point, present: Point, kept: Mapping[str, str], principal: Principal
) -> PlanListed:
    where = page_address(addresses.PLAN, kept, plan=row["id"])
    if row["status"] in UNPUBLISHED:
        return PlanListed(row, where)
    reading = PlanReading(reader, row["id"], point)
    figures = _made_once(reading, PlanFigures, _figures)
    missing = {**kept, "anno": str(figures.year), "mostra": "mancanti"}
    return PlanListed(
        row=row,
        address=where,
        figures=figures,
        missing_address=page_address(addresses.PLAN, missing, plan=row["id"]),
        dues=_dues(reading, principal) if point == present else None,
    )


def _made_once(reading: PlanReading, part: type[PART], make: Callable[[PlanReading], PART]) -> PART:
    """A part of what is shown of a plan, as it was made before where nothing that it rests on went on since."""
    reader, point = reading.reader, reading.point
    kept, heads = reader.plan_figures, heads_now(reader, sorted(reading.seen()), point.known_at)
    if kept is None or heads is None:
        return make(reading)
    name, day = f"{reading.plan}/{part.__name__}", day_number(point.as_of)
    made = kept.get(name, heads, day)
    if not isinstance(made, part):
        made = make(reading)
        kept.put(name, heads, (day, day + 1), made)
    return made


def _figures(reading: PlanReading) -> PlanFigures:
    year = reading.default_year()
    scored = reading.scored(year)
    acts = [on for on, _ in dates_with_acts(reading.history) if on <= reading.point.as_of]
    return PlanFigures(
        year=year,
        score=node_score(body_score(scored)),
        rate=reading.official_rate(year),
        missing=[indicator.standing for indicator in scored.scores.indicators.values()].count("missing"),
        last=f"{acts[-1]:%d/%m/%Y}" if acts else "",
    )


def _dues(reading: PlanReading, principal: Principal) -> DuesBlock | None:
    """What is due of a plan, to whoever reads its monitoring: of their offices alone, where values are theirs to record."""
    administration = reading.known.administration
    if not principal.may("read_monitoring", administration):
        return None
    records = principal.may("record_values", administration)
    offices = principal.offices("record_values", administration) if records else None
    if offices is None:
        return _made_once(reading, DuesBlock, lambda whole: dues_block_of(whole.dues().in_short(), own=False))
    return dues_block_of(reading.dues(offices).in_short(), own=True)
