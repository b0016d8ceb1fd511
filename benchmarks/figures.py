"""What a benchmark says: figures, each the median of rounds with its extremes, and goals beside what was measured."""

import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import chain
from statistics import median
from time import perf_counter
from typing import NamedTuple

ROUNDS = 5
"""The fewest rounds whose median is a figure."""
NO_FULL = "only in the full run"


class Spread(NamedTuple):
    """The median of the rounds, the least and the greatest of them; `p99` is over every single sample.

    What another benchmark has summed up already comes with its one figure alone.
    """

    median: float
    least: float | None = None
    most: float | None = None
    p99: float | None = None

    def per(self, other: "Spread") -> float:
        """How many times the other this is, by the medians."""
        return self.median / other.median

    def tail_over(self, other: "Spread") -> float | None:
        """How many times the other's median its 99th percentile is; None of too few samples."""
        return self.p99 / other.median if self.p99 is not None else None


class Row(NamedTuple):
    """One line of a table: what was done, where, with how many events, and how it went."""

    what: str
    store: str
    spread: Spread | None
    unit: str = "ms"
    events: int | None = None
    ratio: float | None = None
    note: str = ""


class Goal(NamedTuple):
    """A figure to reach. `measured` is None where this run could not tell, and `note` says why."""

    what: str
    bound: float
    measured: float | None
    unit: str = "×"
    at_least: bool = False
    note: str = ""

    @property
    def reached(self) -> bool | None:
        """Whether it was reached; None when it was not measured."""
        if self.measured is None:
            return None
        return self.measured >= self.bound if self.at_least else self.measured <= self.bound


class Line(NamedTuple):
    """One candidate of the plot: times by number of events."""

    name: str
    points: tuple[tuple[int, float], ...]


class Findings(NamedTuple):
    """The answer to one question: what is compared, in words, then rows and goals."""

    title: str
    words: str
    rows: Sequence[Row] = ()
    goals: Sequence[Goal] = ()
    lines: Sequence[Line] = ()


class Differs(AssertionError):
    """Two candidates answered the same question differently: their times mean nothing."""


def spread(rounds: Sequence[Sequence[float]]) -> Spread:
    """Of the samples of each round their median; of those medians the median, the least, the greatest."""
    medians = [median(samples) for samples in rounds]
    return Spread(median(medians), min(medians), max(medians), p99(list(chain.from_iterable(rounds))))


def p99(samples: Sequence[float]) -> float | None:
    """The 99th percentile; None of fewer than a hundred samples."""
    ordered = sorted(samples)
    return ordered[min(len(ordered) - 1, len(ordered) * 99 // 100)] if len(ordered) >= 100 else None


def rates(samples: Sequence[float]) -> Spread:
    """A figure of each round, as it is."""
    return Spread(median(samples), min(samples), max(samples))


def milliseconds(work: Callable[[], object]) -> float:
    """How long one piece of work takes."""
    start = perf_counter()
    work()
    return 1000 * (perf_counter() - start)


@contextmanager
def not_collecting() -> Iterator[None]:
    """Without the collector, whose turn would fall to whichever candidate is at work."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
