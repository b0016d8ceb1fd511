"""The plot: time of an as-of question against number of events, both in powers of ten, a line a candidate."""

from collections.abc import Sequence
from html import escape
from itertools import pairwise
from math import ceil, floor, log10

from benchmarks.figures import Line

WIDTH, HEIGHT = 1120, 560
LEFT, RIGHT, TOP, BOTTOM = 80, 490, 60, 60
COLOURS = ("#0b3c6f", "#1b7f79", "#000000", "#b3541e", "#7a3b8f", "#a8323e", "#5a6b1f", "#666666", "#c08a00")
SHAPES = ("circle", "square", "diamond")
LABEL_GAP = 19
LETTERS = 'font-family="Helvetica, Arial, sans-serif" font-size="13"'


def svg(lines: Sequence[Line], title: str) -> str:
    """The picture; each line has its colour, its shape of point, and its name at its end."""
    events = [x for line in lines for x, _ in line.points]
    times = [y for line in lines for _, y in line.points]
    across = _Scale(min(events), max(events), LEFT, WIDTH - RIGHT)
    up = _Scale(min(times), max(times), HEIGHT - BOTTOM, TOP)
    elements = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" {LETTERS}>',
        f"<title>{escape(title)}</title>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
        f'<text x="{LEFT}" y="30" font-size="16" font-weight="bold">{escape(title)}</text>',
        *(_grid(across.at(at), vertical=True, words=f"{at:,.0f}") for at in across.powers()),
        *(_grid(up.at(at), vertical=False, words=f"{at:,g} ms") for at in up.powers()),
        f'<text x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 14}" text-anchor="middle">events of the plan</text>',
    ]
    ends = _apart([up.at(line.points[-1][1]) for line in lines])
    for number, (line, label) in enumerate(zip(lines, ends, strict=True)):
        colour, shape = COLOURS[number % len(COLOURS)], SHAPES[number % len(SHAPES)]
        places = [(across.at(x), up.at(y)) for x, y in line.points]
        joined = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        elements.append(f'<polyline points="{joined}" fill="none" stroke="{colour}" stroke-width="2"/>')
        elements += [_mark(shape, x, y, colour) for x, y in places]
        end_point = places[-1]
        elements.append(
            f'<path d="M{end_point[0] + 6:.1f} {end_point[1]:.1f} L{WIDTH - RIGHT + 16} {label:.1f}" stroke="{colour}" '
            'stroke-width="0.7" fill="none"/>'
        )
        most, last_time = line.points[-1]
        words = f"{line.name}: {last_time:,.{0 if last_time >= 100 else 1}f} ms at {most:,}"
        elements.append(f'<text x="{WIDTH - RIGHT + 20}" y="{label + 4:.1f}" fill="{colour}">{escape(words)}</text>')
    return "\n".join([*elements, "</svg>", ""])


class _Scale:
    """A range of values in powers of ten, laid over a range of pixels."""

    def __init__(self, least: float, most: float, begin: float, end: float) -> None:
        self.low = floor(log10(least))
        self.high = max(ceil(log10(most)), self.low + 1)
        self.begin = begin
        self.end = end

    def at(self, value: float) -> float:
        """The pixel of a value."""
        return self.begin + (log10(value) - self.low) / (self.high - self.low) * (self.end - self.begin)

    def powers(self) -> list[float]:
        """The powers of ten in the range."""
        return [10.0**power for power in range(self.low, self.high + 1)]


def _grid(at: float, *, vertical: bool, words: str) -> str:
    if vertical:
        line = f'x1="{at:.1f}" x2="{at:.1f}" y1="{TOP}" y2="{HEIGHT - BOTTOM}"'
        text = f'x="{at:.1f}" y="{HEIGHT - BOTTOM + 20}" text-anchor="middle"'
    else:
        line = f'x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{at:.1f}" y2="{at:.1f}"'
        text = f'x="{LEFT - 8}" y="{at + 4:.1f}" text-anchor="end"'
    return f'<line {line} stroke="#d0d0d0"/><text {text} fill="#333333">{words}</text>'


def _mark(shape: str, x: float, y: float, colour: str) -> str:
    if shape == "circle":
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4.5" fill="{colour}"/>'
    turn = f' transform="rotate(45 {x:.1f} {y:.1f})"' if shape == "diamond" else ""
    return f'<rect x="{x - 4:.1f}" y="{y - 4:.1f}" width="8" height="8" fill="{colour}"{turn}/>'


def _apart(places: Sequence[float]) -> list[float]:
    """The places of labels, moved as little as keeps them from lying on one another."""
    order = sorted(range(len(places)), key=lambda number: places[number])
    moved = list(places)
    for before, number in pairwise(order):
        moved[number] = max(moved[number], moved[before] + LABEL_GAP)
    over = max(0.0, moved[order[-1]] - (HEIGHT - BOTTOM)) if order else 0
    for number in reversed(order):
        moved[number] -= over
        over = max(0.0, over - LABEL_GAP)
    return moved
