"""The time bar: on which date a plan is seen, where its acts stand on the way, what comes before and what comes next."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import groupby, pairwise
from typing import Literal, NamedTuple

from api.language.translation import filled_in
from api.settings import Language
from domain.late import late
from domain.plans.events import PlanApproved, YearApproved
from domain.point import Point, today

with late:  # a bar is drawn of a plan that is read
    from api.pages.plan_reading import PlanReading
    from domain.plans.history import PlanHistory
    from domain.recording import Recorded
    from domain.redactions.events import TextRedacted

StopKind = Literal["approval", "change", "ahead"]
APART = 4.0
"""How far apart two stops are drawn at least, in percent of the line: on a telephone, the width of their dots."""
AddressOf = Callable[[Point], str]
"""The address of this very page, seen from another point."""


class Stop(NamedTuple):
    """A date on which acts took effect: where on the line (percent), what they were, how it is reached."""

    on: date
    at: float
    kind: StopKind
    words: str
    address: str
    current: bool


class YearTick(NamedTuple):
    """Where a year begins on the line."""

    year: int
    at: float


class TimeBar(NamedTuple):
    """All that the bar shows; `kept` is what the address says beside the dates."""

    as_of: date
    known_at: datetime | None
    known_day: str
    action: str
    kept: Mapping[str, str]
    years: list[YearTick]
    stops: list[Stop]
    now_at: float
    before: Stop | None
    after: Stop | None
    last: Stop | None
    next: Stop | None
    is_now: bool
    today: str
    compared: str


def time_bar(
    reading: PlanReading,
    now: datetime,
    action: str,
    kept: Mapping[str, str],
    seen_from: AddressOf,
    compared: str,
    language: Language,
) -> TimeBar:
    """The bar of a plan at a point, in a language."""
    point, history = reading.point, reading.history
    start, end = date(history.years[0], 1, 1), date(history.years[-1], 12, 31)
    acts = list(dates_with_acts(history))
    start = min([start, *(on for on, _ in acts)])

    at = line_scale(start, end, [on for on, _ in acts])
    stops = [
        Stop(
            on=on,
            at=at(on),
            kind=_kind(records, on, point.as_of),
            words=_words(reading, on, records, language),
            address=seen_from(Point(on, point.known_at)),
            current=on == point.as_of,
        )
        for on, records in acts
    ]
    before = [stop for stop in stops if stop.on < point.as_of]
    after = [stop for stop in stops if stop.on > point.as_of]
    until_now = [stop for stop in stops if stop.on <= point.as_of]
    is_now = point.as_of == today(now) and point.known_at is None
    return TimeBar(
        as_of=point.as_of,
        known_at=point.known_at,
        known_day=today(point.known_at).isoformat() if point.known_at else "",
        action=action,
        kept=kept,
        years=[YearTick(year, at(date(year, 1, 1))) for year in history.years],
        stops=stops,
        now_at=at(point.as_of),
        before=before[-1] if before else None,
        after=after[0] if after else None,
        last=until_now[-1] if until_now else None,
        next=after[0] if after else None,
        is_now=is_now,
        today=seen_from(Point(today(now))),
        compared=compared,
    )


def line_scale(start: date, end: date, stops: Sequence[date]) -> Callable[[date], float]:
    """Where a day stands on the line, in percent: to scale, but stops a few days apart are drawn as far as a finger tells."""
    whole = max((end - start).days, 1)
    gap = min(APART, 100 / max(len(stops), 1))
    places = [100 * min(max((stop - start).days / whole, 0), 1) for stop in stops]
    for number in range(1, len(places)):
        places[number] = max(places[number], places[number - 1] + gap)
    following = 100 + gap
    for number in reversed(range(len(places))):
        places[number] = following = min(places[number], following - gap)
    known = [
        (start, min([0.0, *places])),
        *zip(stops, places, strict=True),
        (max(end, start + timedelta(days=1)), 100.0),
    ]

    def at(day: date) -> float:
        inside = min(max(day, start), known[-1][0])
        for (before, left), (after, right) in pairwise(known):
            if before <= inside <= after:
                share = (inside - before).days / max((after - before).days, 1)
                return round(left + (right - left) * share, 2) if after > before else round(right, 2)
        return 100.0

    return at


def dates_with_acts(history: PlanHistory) -> Iterator[tuple[date, list[Recorded]]]:
    """The dates on which acts took effect, in order, each with what they decided. Rules of measurement are no change of a plan."""
    acted = [
        record
        for record in history.counting
        if record.act is not None and record.stream.startswith("plan/") and not isinstance(record.event, TextRedacted)
    ]
    for on, records in groupby(sorted(acted, key=_effective), key=_effective):
        yield on, list(records)


def _effective(record: Recorded) -> date:
    return record.effective_on


def _kind(records: list[Recorded], on: date, as_of: date) -> StopKind:
    if on > as_of:
        return "ahead"
    return "approval" if any(isinstance(record.event, PlanApproved | YearApproved) for record in records) else "change"


def _words(reading: PlanReading, on: date, records: list[Recorded], language: Language) -> str:
    """The date, its acts, and how many changes they make."""
    acts = list(dict.fromkeys(record.act for record in records if record.act is not None))
    cited = "; ".join(reading.acts.get(act, act) for act in acts)
    changes = sum(not isinstance(record.event, PlanApproved | YearApproved) for record in records)
    many = filled_in("%(num)s modifica" if changes == 1 else "%(num)s modifiche", language, num=changes)
    counted = f" ({many})" if changes else ""
    day = f"{on:%d/%m/%Y}"
    return f"{cited}{counted}" if day in cited else f"{day}, {cited}{counted}"
