"""The chart of an indicator whose targets are days: each year a line, with the day that is due and the day it was done."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from api.pages.chart_labels import Label, Labels, Marked, NowLine, now_line, year_words
from api.pages.observations import ObservedPeriod
from api.pages.step_chart import NARROW, YearOnAxis
from api.pages.target_pieces import TargetOfYear
from api.pages.templating import day_words
from domain.measurements.values import DayValue
from domain.targets.model import Deadline, Target

LINE, OVER_LINES = 44, 18
"""Pixels of one line, where two words have room over each other; and of the word of the date over all of them."""


class DayMark(NamedTuple):
    """A day on a line, and what says it, as long as there is room for it."""

    x: float
    day: date
    label: Label | None = None


class DateLine(NamedTuple):
    """A target of a year: the day due, that which was approved where it is another, the days on which it was done."""

    year: int
    ordinal: int
    y: int
    due: DayMark
    approved: DayMark | None
    done: list[DayMark]


class DateChart(NamedTuple):
    """All that is drawn: a line each `LINE` pixels."""

    height: int
    years: list[YearOnAxis]
    lines: list[DateLine]
    now: NowLine | None


def date_chart(targets: Sequence[TargetOfYear], periods: Sequence[ObservedPeriod], as_of: date) -> DateChart | None:
    """The chart of the targets that are days; None where none is."""
    due = [(target, day) for target in targets if (day := _day(target.in_force)) is not None]
    if not due:
        return None
    done = {period.year: value.value for period in periods if isinstance(value := period.latest.observed, DayValue)}
    days = [day for _, day in due] + list(done.values()) + [day for t, _ in due if (day := _day(t.approved))]
    start, end = date(min(day.year for day in days), 1, 1), date(max(day.year for day in days), 12, 31)

    def mark(day: date) -> DayMark:
        x = round(100 * (day - start).days / (end - start).days, 2)
        return DayMark(x, day)

    lines: list[DateLine] = []
    for place, (target, day) in enumerate(due):
        approved = _day(target.approved)
        y = place * LINE + LINE // 2 + OVER_LINES
        labels = Labels(NARROW, y - LINE / 2, y + LINE / 2)

        is_done = target.year in done
        due_mark = _said(labels, mark(day), y, f"≤ {day_words(day)}", (6, [-3.0 if is_done else 4.0]))
        lines.append(
            DateLine(
                year=target.year,
                ordinal=target.ordinal,
                y=y,
                due=due_mark,
                approved=mark(approved) if approved is not None and approved != day else None,
                done=[_said(labels, mark(each), y, day_words(each), (9, [4.0, 17.0])) for each in [done[target.year]]]
                if is_done
                else [],
            )
        )
    years = year_words(range(start.year, end.year + 1), NARROW)
    return DateChart(
        height=len(lines) * LINE + OVER_LINES + 32,
        years=[
            YearOnAxis(words, mark(date(y, 1, 1)).x, mark(date(y, 7, 2)).x, of_plan=True) for y, words in years.items()
        ],
        lines=lines,
        now=now_line(mark(as_of).x, NARROW) if start <= as_of <= end else None,
    )


def _said(labels: Labels, mark: DayMark, y: int, words: str, near: tuple[float, list[float]]) -> DayMark:
    """A day with its word: so many pixels beside it, over or under the line."""
    beside, shifts = near
    return mark._replace(label=labels.place(Marked(mark.x, y, words, beside, shifts)))


def _day(target: Target | None) -> date | None:
    return target.value if isinstance(target, Deadline) else None
