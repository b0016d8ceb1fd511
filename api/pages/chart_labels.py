"""Where the words of a chart stand: none on another, none outside of the drawing, whatever its width.

What is placed along the width is in percent, and a word is as long at any width. Places are sought in the narrowest
drawing; two words on one height then stand in the order of what they say, so that in a wider one they only move apart.
"""

from collections.abc import Iterable, Sequence
from itertools import product
from typing import NamedTuple

ABOVE, BELOW = 15, 5
"""Pixels of a word over and under its line, with the room that its typeface keeps."""
ROW = ABOVE + BELOW
LETTER = 7.6
"""Pixels of a letter of a bold word of 13 pixels, rather too many."""
LONGEST = 22
"""Letters: of a longer text the beginning stands in the drawing."""
FARTHEST = 5
"""How many rows a word may stand away from what it says."""
NOW_LENGTH, YEAR_LENGTH, HALF = 172, 32, 50
"""Pixels of the word of a date, and of a year; and the middle of the width, in percent."""
LED = 14
"""Pixels from which a line leads from a word to what it says."""


class Marked(NamedTuple):
    """Something that has a word: where it is, in percent and pixels; how far beside it the word stands, over or under it first."""

    x: float
    y: float
    text: str
    beside: float
    shifts: Sequence[float] = (-6.0, 16.0)


class Label(NamedTuple):
    """A word in its place: `dx` pixels from a place along the width; `ends` there, rather than begins. It is led to where far off."""

    x: float
    dx: float
    y: float
    text: str
    ends: bool
    led: bool


class Space(NamedTuple):
    """The room of a word: from where it hangs in percent, pixels to its left and right ends, and its height."""

    x: float
    left: float
    right: float
    top: float
    bottom: float


class Labels:
    """The words of one drawing, of `narrowest` pixels at least, between two heights."""

    def __init__(self, narrowest: float, top: float, bottom: float, taken: Iterable[Space] = ()) -> None:
        self.narrowest = narrowest
        self.top, self.bottom = top, bottom
        self._taken = list(taken)

    def place(self, mark: Marked) -> Label | None:
        """A word beside what it says, or as near as there is room; None where there is none."""
        text = for_a_drawing(mark.text)
        length = len(text) * LETTER
        steps = [step * ROW / 2 for step in range(2 * FARTHEST + 1)]
        shifts = sorted(
            {shift + way * step for shift, step, way in product(mark.shifts, steps, (-1, 1))},
            key=lambda shift: min((abs(shift - wanted), place) for place, wanted in enumerate(mark.shifts)),
        )
        for shift, ends in product(shifts, (False, True)):
            y = round(mark.y + shift, 1)
            left, right = (-mark.beside - length, -mark.beside) if ends else (mark.beside, mark.beside + length)
            space = Space(mark.x, left, right, y - ABOVE, y + BELOW)
            if self._fits(space):
                self._taken.append(space)
                led = min(abs(shift - wanted) for wanted in mark.shifts) >= LED
                return Label(mark.x, -mark.beside if ends else mark.beside, y, text, ends, led)
        return None

    def _fits(self, space: Space) -> bool:
        at = space.x / 100 * self.narrowest
        within = at + space.left >= 0 and at + space.right <= self.narrowest
        return (
            within
            and space.top >= self.top
            and space.bottom <= self.bottom
            and all(self._apart(space, other) for other in self._taken)
        )

    def _apart(self, one: Space, other: Space) -> bool:
        if one.bottom <= other.top or other.bottom <= one.top:
            return True
        before, after = sorted((one, other), key=lambda space: (space.x, space.left))
        free = (after.x - before.x) / 100 * self.narrowest + after.left - before.right
        return free >= 0


def for_a_drawing(text: str) -> str:
    """A text that a drawing has room for."""
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1].rstrip()}…"


class NowLine(NamedTuple):
    """The line of a date, and where its word hangs on a phone, where it may end rather than begin; and whether it ends at a desk."""

    x: float
    word_x: float
    ends: bool
    ends_at_desk: bool


def now_line(x: float, narrowest: float) -> NowLine:
    """The line of the date that is looked at: its word at an edge, where it has no room beside it."""
    at = x / 100 * narrowest
    if at + NOW_LENGTH <= narrowest:
        return NowLine(x, x, ends=False, ends_at_desk=False)
    if at >= NOW_LENGTH:
        return NowLine(x, x, ends=True, ends_at_desk=True)
    return NowLine(x, 100 if x > HALF else 0, ends=x > HALF, ends_at_desk=x > HALF)


def year_words(years: Sequence[int], narrowest: float) -> dict[int, str]:
    """How the years of an axis are written: with their last two figures, where the narrowest drawing has no room for four."""
    short = len(years) * YEAR_LENGTH > narrowest
    return {year: f"’{year % 100:02d}" if short else str(year) for year in years}
