"""The chart of an indicator as SVG of a fixed size: the drawing of its page, with places in points and colours of its own.

It is put together of figures and of texts that are escaped: what an office wrote is a text in it and nothing else.
"""

from collections.abc import Iterator
from datetime import date
from typing import Literal
from xml.sax.saxutils import escape, quoteattr

from api.pages.chart_labels import Label
from api.pages.date_chart import DateChart
from api.pages.step_chart import ObservedPoint, StepChart, YearOnAxis
from api.pages.templating import day_words, number_words, printed_signs
from api.pages.visit import PlanVisit
from api.paper.model import Drawing

WIDTH = 640
"""Pixels of the drawing between its axes."""
LEFT, RIGHT = 78, 16
INK, SOFT, LINK, OLD, GRID, REACHED = "#17324d", "#455b71", "#0059b3", "#7a3e00", "#dde3ea", "#e3f1ea"
Anchor = Literal["start", "middle", "end"]


def steps_drawing(visit: PlanVisit, chart: StepChart, as_of: date) -> Drawing:
    """The steps of the targets, and the values observed."""
    marks = [
        *(_rect(each.start, each.width, each.y, each.height) for each in chart.tints),
        *(_line(0, 100, each.y, each.y, GRID) for each in chart.ticks),
        *(_text(0, each.y + 4, number_words(each.value, visit.language), SOFT, "end", -8) for each in chart.ticks),
        *_axis(chart.years, chart.height, chart.bottom),
        *(_line(each.start, each.end, each.y, each.y, OLD, 2, "6 4") for each in chart.ghosts),
        *(_line(each.x, each.x, each.top, each.bottom, LINK, 2, "2 3") for each in chart.risers),
        *(_line(each.start, each.end, each.y, each.y, LINK, 3) for each in chart.steps),
        *(_circle(each.x, each.y, 4, "#ffffff", LINK, 2) for each in chart.risers),
        *_now(
            visit,
            chart.now.x if chart.now else None,
            ends=bool(chart.now and chart.now.ends_at_desk),
            bottom=chart.bottom,
            day=as_of,
        ),
        *(_point(each) for each in chart.points),
        *(mark for each in chart.points if each.label for mark in _word(each.label, each.y, INK)),
        *(
            mark
            for each in chart.words
            if each.label
            for mark in _word(each.label, each.mark.y, OLD if each.old else LINK, bold=True)
        ),
    ]
    signs = [
        visit.worded("linea: target in vigore"),
        visit.worded("tratteggio: come approvato") if chart.ghosts else "",
        visit.worded("punto pieno: definitivo; vuoto: provvisorio; punteggiato: superato da rettifica")
        if chart.points
        else "",
        visit.worded("fondo: target raggiunto") if chart.tints else "",
    ]
    said = visit.worded("Target e valori osservati sul calendario; gli stessi dati sono nella tabella «Anno per anno».")
    return _drawing(marks, chart.height, said, "; ".join(sign for sign in signs if sign))


def days_drawing(visit: PlanVisit, chart: DateChart, as_of: date) -> Drawing:
    """The days that are due, and those on which it was done."""
    bottom = chart.height - 30
    marks = [*_axis(chart.years, chart.height, bottom)]
    for line in chart.lines:
        named = str(line.year) + (f" ({line.ordinal}°)" if line.ordinal > 1 else "")
        marks += [_text(0, line.y + 4, named, SOFT, "end", -8), _rect(0, line.due.x, line.y - 9, 18)]
        if line.approved:
            marks.append(_line(line.approved.x, line.approved.x, line.y - 13, line.y + 13, OLD, 2, "6 4"))
        marks.append(_line(line.due.x, line.due.x, line.y - 13, line.y + 13, LINK, 4))
        if line.due.label:
            marks += _word(line.due.label, line.y, LINK, bold=True)
        for done in line.done:
            marks.append(_circle(done.x, line.y, 5, INK))
            if done.label:
                marks += _word(done.label, line.y, INK)
    marks += _now(
        visit,
        chart.now.x if chart.now else None,
        ends=bool(chart.now and chart.now.ends_at_desk),
        bottom=bottom,
        day=as_of,
    )
    said = visit.worded(
        "Termini e giorni in cui si è fatto, sul calendario; gli stessi dati sono nella tabella «Anno per anno»."
    )
    legend = visit.worded("tratto: termine in vigore; tratteggio: come approvato; punto: fatto; fondo: in tempo")
    return _drawing(marks, chart.height, said, legend)


def _drawing(marks: list[str], height: int, alternative: str, legend: str) -> Drawing:
    width = LEFT + WIDTH + RIGHT
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
        f'font-family="Titillium Web, DejaVu Sans" font-size="13">{"".join(marks)}</svg>'
    )
    return Drawing(svg, width, height, alternative, legend)


def _x(percent: float, shift: float = 0) -> str:
    return f"{LEFT + percent * WIDTH / 100 + shift:.1f}"


def _line(start: float, end: float, top: float, bottom: float, colour: str, width: float = 1, dashes: str = "") -> str:
    dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
    return f'<line x1="{_x(start)}" x2="{_x(end)}" y1="{top}" y2="{bottom}" stroke="{colour}" stroke-width="{width}"{dashed}/>'


def _rect(start: float, width: float, y: float, height: float) -> str:
    return f'<rect x="{_x(start)}" width="{width * WIDTH / 100:.1f}" y="{y}" height="{height}" fill="{REACHED}"/>'


def _circle(
    x: float, y: float, radius: float, fill: str, stroke: str = "none", width: float = 0, dashes: str = ""
) -> str:
    dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
    return (
        f'<circle cx="{_x(x)}" cy="{y}" r="{radius}" fill="{fill}" stroke="{stroke}" stroke-width="{width}"{dashed}/>'
    )


def _text(
    x: float, y: float, words: str, colour: str, anchor: Anchor = "start", shift: float = 0, *, bold: bool = False
) -> str:
    weight = ' font-weight="600"' if bold else ""
    return (
        f'<text x="{_x(x, shift)}" y="{y}" fill="{colour}" text-anchor={quoteattr(anchor)}{weight} '
        f'stroke="#ffffff" stroke-width="3" paint-order="stroke">{escape(words)}</text>'
    )


def _axis(years: list[YearOnAxis], height: int, bottom: int) -> Iterator[str]:
    for year in years:
        yield _line(year.start, year.start, 20, bottom + 6, GRID)
        yield _text(year.middle, height - 10, year.year, INK if year.of_plan else SOFT, "middle", bold=year.of_plan)


def _now(visit: PlanVisit, x: float | None, *, ends: bool, bottom: int, day: date) -> Iterator[str]:
    if x is not None:
        words = visit.worded("in vigore al %(day)s", day=day_words(day))
        yield _line(x, x, 16, bottom, INK, 2)
        yield _text(x, 12, words, INK, "end" if ends else "start", bold=True)


def _point(point: ObservedPoint) -> str:
    match point.kind:
        case "final":
            return _circle(point.x, point.y, 5, INK)
        case "provisional":
            return _circle(point.x, point.y, 5, "#ffffff", INK, 2.5)
        case "superseded":
            return _circle(point.x, point.y, 5, "#ffffff", SOFT, 1.5, "2 2")


def _word(label: Label, at: float, colour: str, *, bold: bool = False) -> Iterator[str]:
    if label.led:
        yield _line(label.x, label.x, at, label.y - 4, "#9aa7b4")
    anchor: Anchor = "end" if label.ends else "start"
    yield _text(label.x, label.y, printed_signs(label.text), colour, anchor, label.dx, bold=bold)
