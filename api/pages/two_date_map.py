"""The map of a target in the two times: a rectangle for each pair of boundary dates, each the way to that point."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import NamedTuple

from api.pages.chart_labels import LETTER
from api.pages.visit import PlanVisit
from domain.facts import indicator_key, target_field
from domain.plans.history import PlanHistory
from domain.point import ROME, today
from domain.recording import Recorded
from domain.targets.decide import target_of
from domain.targets.printer import print_target
from domain.timelines import Cell, fold
from domain.vocabulary import JsonValue
from projections.store.envelope import write_instant

ROW, TALLEST = 30, 110
"""Pixels: the least and the greatest height of a row."""
ON_A_PHONE = 200
"""Pixels of the whole width in the narrowest window."""
NARROWEST = 12
"""Percent of the width: the least that a column has."""
CLOSE = 34
"""Percent of the width: columns that begin nearer than this write their days on two lines."""
TINTS = 6
LENGTHS = (5, 8, 10, 11, 12, 13, 14, 15)
"""How many signs of an hour are said: the minute, the second, and as many parts of it as tell two rows apart."""
LONGEST_DAY = 10


class MapCell(NamedTuple):
    """A rectangle: what held from `since` for whoever looked from `known` on, and the address from there.

    `narrow`: on a phone its text has no room in it.
    """

    x: float
    width: float
    y: float
    height: float
    middle: float
    text: str
    tint: str
    since: date
    known: datetime
    address: str
    current: bool
    narrow: bool


class MapColumn(NamedTuple):
    """A date from which something held; `lower` where it is written beneath its neighbour."""

    since: date
    x: float
    lower: bool


class MapRow(NamedTuple):
    """An instant at which something became known, with the texts of its columns in order; rows go from above.

    `word` is how it is called at the axis, and `day` what stands beneath: the day of rows that are called by their hour.
    """

    known: datetime
    y: float
    cells: list[MapCell]
    word: str
    day: str


class TwoDateMap(NamedTuple):
    """The map of one target of a year; markers are where the point of the page stands."""

    year: int
    ordinal: int
    height: float
    columns: list[MapColumn]
    rows: list[MapRow]
    marker_x: float
    marker_y: float

    @property
    def is_long(self) -> bool:
        """Whether its rows are called by more than a day has signs."""
        return any(len(row.word) > LONGEST_DAY for row in self.rows)

    @property
    def is_single(self) -> bool:
        """Whether it never was anything else, to anybody."""
        return len(self.columns) == 1 and len(self.rows) == 1


def two_date_maps(visit: PlanVisit, indicator: str, year: int) -> list[TwoDateMap]:
    """The maps of the targets of a year, with all that the page knows: seen from the past it says the same for ever."""
    reading = visit.reading
    key = indicator_key(indicator)
    prefix = f"target/{year}/"
    fields = [field for field in reading.history.timelines.fields(key) if field.startswith(prefix)]
    ordinals = sorted(int(field.removeprefix(prefix)) for field in fields)
    return [_map(visit, reading.history, (key, target_field(year, ordinal))) for ordinal in ordinals]


def _map(visit: PlanVisit, history: PlanHistory, cell: Cell) -> TwoDateMap:
    speaking = _speaking_of(history.records, cell)
    first_day, first_instant = _published(history)
    days = sorted({max(record.effective_on, first_day) for record in speaking if _states(record, cell)})
    instants = sorted({max(record.recorded_at, first_instant) for record in speaking})
    _, year, ordinal = cell[1].split("/")
    across = _Axis([day.toordinal() for day in days], _last_day(days, int(year), visit).toordinal(), NARROWEST)
    starts = [instant.timestamp() for instant in instants]
    upwards = _Axis(starts, visit.seen_at.timestamp(), ROW, whole=min(TALLEST * len(starts), 220))
    marker_known = visit.seen_at
    selected_day = max((day for day in days if day <= visit.point.as_of), default=None)
    selected_known = max((instant for instant in instants if instant <= marker_known), default=None)
    tints: dict[str, str] = {}
    rows: list[MapRow] = []
    words = row_words(instants)
    for place, known in enumerate(instants):
        bottom, top = upwards.edges[place], upwards.edges[place + 1]
        version = max(record.version for record in speaking if record.recorded_at <= known)
        address_known = "" if visit.is_now and known is instants[-1] else write_instant(known)
        cells: list[MapCell] = []
        for column, since in enumerate(days):
            entry = fold(speaking, since, version).get(cell)
            text = _text(entry.value if entry else None, int(year))
            tint = tints.setdefault(text, f"v{len(tints) % TINTS}") if text else "v-none"
            left, right = across.edges[column], across.edges[column + 1]
            cells.append(
                MapCell(
                    x=left,
                    width=round(right - left, 2),
                    y=round(upwards.length - top, 1),
                    height=round(top - bottom, 1),
                    middle=round((left + right) / 2, 2),
                    text=text,
                    tint=tint,
                    since=since,
                    known=known,
                    address=visit.here(as_of=since.isoformat(), known_at=address_known),
                    current=since == selected_day and known == selected_known,
                    narrow=len(text) * LETTER > (right - left) / 100 * ON_A_PHONE,
                )
            )
        rows.append(MapRow(known, round(upwards.length - bottom, 1), cells, *words[place]))
    return TwoDateMap(
        year=int(year),
        ordinal=int(ordinal),
        height=upwards.length,
        columns=_columns(days, across),
        rows=rows[::-1],
        marker_x=across.at(visit.point.as_of.toordinal()),
        marker_y=round(upwards.length - upwards.at(marker_known.timestamp()), 1),
    )


def row_words(instants: Sequence[datetime]) -> list[tuple[str, str]]:
    """How rows are called, the earliest first: by their day, or, where several are of one, by the hour, with the day once.

    Seconds, and parts of them, are said where the hour alone would be said twice.
    """
    clocks = [instant.astimezone(ROME) for instant in instants]
    words: list[tuple[str, str]] = []
    for place, clock in enumerate(clocks):
        same = [other for other in clocks if other.date() == clock.date()]
        day = f"{clock:%d/%m/%Y}"
        if len(same) == 1:
            words.append((day, ""))
            continue
        spelt = [_hours(clock, signs) for signs in LENGTHS]
        told_apart = (
            word
            for word, signs in zip(spelt, LENGTHS, strict=True)
            if [_hours(other, signs) for other in same].count(word) == 1
        )
        words.append(
            (next(told_apart, spelt[-1]), day if place == 0 or clocks[place - 1].date() != clock.date() else "")
        )
    return words


def _hours(clock: datetime, signs: int) -> str:
    """An hour with as many signs of 23:05:28,107901."""
    return f"{clock:%H:%M:%S},{clock.microsecond:06d}"[:signs]


def _published(history: PlanHistory) -> tuple[date, datetime]:
    """The day and the instant from which there was a plan to see: what came before was a draft."""
    approval = history.first_approval
    if approval is None:
        return date.min, datetime.min.replace(tzinfo=UTC)
    recorded = next(record.recorded_at for record in history.records if record.version == approval.first)
    return approval.on, recorded


def _columns(days: Sequence[date], across: "_Axis") -> list[MapColumn]:
    columns: list[MapColumn] = []
    for day, x in zip(days, across.edges, strict=False):
        before = columns[-1] if columns else None
        lower = before is not None and not before.lower and x - before.x < CLOSE
        columns.append(MapColumn(day, x, lower))
    return columns


def _speaking_of(records: Sequence[Recorded], cell: Cell) -> list[Recorded]:
    """The events that state a cell, those that annul them, and those that annul these: an annulment names earlier ones."""
    speaking: list[Recorded] = []
    versions: set[int] = set()
    for record in records:
        if _states(record, cell) or not versions.isdisjoint(record.event.annulled_versions()):
            speaking.append(record)
            versions.add(record.version)
    return speaking


def _states(record: Recorded, cell: Cell) -> bool:
    return any((fact.object, fact.field) == cell for fact in record.event.facts())


def _last_day(days: Sequence[date], year: int, visit: PlanVisit) -> date:
    return max(date(year, 12, 31), days[-1] + timedelta(days=60), min(visit.point.as_of, today(visit.seen_at)))


def _text(value: JsonValue, year: int) -> str:
    return print_target(target_of(value), year) if value is not None else ""


class _Axis:
    """A scale in parts that begin at `starts`, none less than `least` long: what is short stays large enough to be hit."""

    def __init__(self, starts: Sequence[float], end: float, least: float, whole: float = 100) -> None:
        self.starts = [*starts, max(end, starts[-1] + 1)]
        lengths = [after - before for before, after in pairwise(self.starts)]
        if len(lengths) > 1:  # what goes on until today says no more for being long
            lengths[-1] = min(lengths[-1], max(lengths[:-1]))
        self.length = max(whole, least * len(lengths))
        free = self.length - least * len(lengths)
        self.edges = [0.0]
        for length in lengths:
            self.edges.append(round(self.edges[-1] + least + free * length / sum(lengths), 2))
        self.length = round(self.edges[-1], 2)

    def at(self, value: float) -> float:
        """Where a value stands."""
        if value <= self.starts[0]:
            return 0
        for (start, end), (left, right) in zip(pairwise(self.starts), pairwise(self.edges), strict=True):
            if value < end:
                return round(left + (right - left) * (value - start) / (end - start), 2)
        return self.edges[-1]
