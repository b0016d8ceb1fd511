"""The regions of the two times in which a plan says the same, found in memory: a cold point lies in one that was seen before.

In transaction time a region lies between two appends, in valid time between two days on which something takes effect. Where
those are, for an old knowledge, never changes: what will be recorded is recorded later. That of now is looked up again as
soon as anything was written.
"""

from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Sequence
from datetime import date, datetime
from threading import Lock
from typing import NamedTuple

from domain.point import Point
from projections.plans import is_published
from projections.store.append import Head
from projections.store.envelope import read_instant
from projections.store.facts import number_day
from projections.store.instants import NEVER
from projections.store.reader import Known, Reader
from projections.streams import PlanKnown, find_plan, tag_at

MOST_MARKS = 200_000
"""How many instants, and days on which something takes effect, are remembered in all: some hundred bytes each."""
MOST_APPENDS = 20_000
"""Of a plan, or an administration, with more the regions are found by the database: they are read anew with each append."""
MOST_KNOWLEDGE = 256
"""Of how many states of knowledge of one plan the regions are remembered."""


class Region(NamedTuple):
    """Where a plan says the same: what is known there, and the key that names it, with what was redacted by then.

    `is_published`: an act had approved the plan; None where nobody looked.
    """

    known: PlanKnown
    key: tuple[str | int, ...]
    is_published: bool | None = None

    @classmethod
    def at(cls, reader: Reader, plan: str, point: Point) -> "Region":
        """The region of a point; NotFound where nothing was known of the plan then."""
        known = find_plan(reader, plan, point.known_at)
        key = (
            plan,
            known.known.version,
            reader.boundary(known.stream, point.as_of, known.known),
            known.administration_known.version,
            reader.boundary(known.administration_stream, point.as_of, known.administration_known),
            reader.redacted_texts(),
        )
        return cls(known, key)

    @property
    def redacted(self) -> int:
        """How many texts were redacted by then."""
        return int(self.key[-1])

    def tag(self, as_of: date) -> str:
        """The identity of what the plan says there, on a date (`etag`)."""
        return tag_at(as_of, self.redacted, self.known.known.version, self.known.administration_known.version)


class PlanRegions:
    """The regions of one plan, as its two streams stood in a snapshot: of an instant, of a day, the region that was seen there.

    They are all that there is up to the instant `until`, whatever was recorded since; and for now, as long as nobody has
    written to the file (`data_version`).
    """

    def __init__(self, reader: Reader, region: Region) -> None:
        known = region.known
        self.heads = _heads(reader, region)
        self.redacted = region.redacted
        self.until = NEVER
        self.data_version: int | None = None
        self._boundaries = reader.boundaries(known.stream), reader.boundaries(known.administration_stream)
        own, owner = reader.knowledge(known.stream), reader.knowledge(known.administration_stream)
        latest = [Known(0, 0), Known(0, 0)]
        self._instants: list[datetime] = []
        self._known: list[tuple[Known, Known]] = []
        for instant, of_owner, then in sorted(
            [(at, False, it) for at, it in own] + [(at, True, it) for at, it in owner]
        ):
            latest[of_owner] = then
            self._instants.append(read_instant(instant))
            self._known.append((latest[0], latest[1]))
        self._seen: dict[int, tuple[list[date], dict[int, Region]]] = {}

    @property
    def marks(self) -> int:
        """How much of it is remembered."""
        return len(self._instants) + sum(map(len, self._boundaries))

    def find(self, point: Point) -> Region | None:
        """The region of a point; None where none was seen there."""
        seen = self._seen.get(self._place(point.known_at))
        return None if seen is None else seen[1].get(bisect_right(seen[0], point.as_of))

    def reach(self, point: Point) -> bool:
        """Whether all that was known at a point is here, for ever."""
        return point.known_at is not None and point.known_at <= self.until

    def put(self, point: Point, region: Region) -> None:
        """Remembers the region of a point."""
        place = self._place(point.known_at)
        seen = self._seen.get(place)
        if seen is None:
            if len(self._seen) >= MOST_KNOWLEDGE:
                self._seen.clear()
            seen = self._seen[place] = self._days(*self._known[place]), {}
        seen[1][bisect_right(seen[0], point.as_of)] = region

    def _place(self, known_at: datetime | None) -> int:
        return (len(self._instants) if known_at is None else bisect_right(self._instants, known_at)) - 1

    def _days(self, *knowns: Known) -> list[date]:
        """The days on which something takes effect in either stream, for what is known of each."""
        return sorted(
            number_day(day)
            for day in {
                day
                for known, boundaries in zip(knowns, self._boundaries, strict=True)
                for day, since in boundaries
                if since <= known.version and day <= known.horizon
            }
        )


class RegionCache:
    """The regions of the plans that were asked for last, for several threads."""

    def __init__(self, most_marks: int = MOST_MARKS) -> None:
        self._most_marks = most_marks
        self._plans: OrderedDict[str, PlanRegions] = OrderedDict()
        self._marks = 0
        self._lock = Lock()

    def get(self, plan: str) -> PlanRegions | None:
        """The regions of a plan; None where none are remembered."""
        return self._plans.get(plan)

    def put(self, reader: Reader, region: Region, point: Point, *, is_settled: bool) -> None:
        """Remembers the region of a point, as a snapshot of now has it, with whether the plan was published there.

        `is_settled`: nothing will be recorded any more at or before the instant, and that was known before the snapshot.
        """
        plan, heads = region.known.plan, _heads(reader, region)
        if _has_many_appends(reader, region, heads):
            return
        with self._lock:
            before = self._plans.get(plan)
        regions = before
        if regions is None or (regions.heads, regions.redacted) != (heads, region.redacted):
            regions = PlanRegions(reader, region)
            if before is not None and all(
                now.version >= then.version for now, then in zip(heads, before.heads, strict=True)
            ):
                regions.until = before.until
        regions.put(point, region._replace(is_published=is_published(reader, plan, point)))
        if is_settled and point.known_at is not None:
            regions.until = max(regions.until, point.known_at)
        if reader.data_version is not None:
            regions.data_version = reader.data_version
        with self._lock:
            if (before := self._plans.get(plan)) is not regions:
                self._marks += regions.marks - (before.marks if before else 0)
            self._plans[plan] = regions
            self._plans.move_to_end(plan)
            while self._marks > self._most_marks:
                _, dropped = self._plans.popitem(last=False)
                self._marks -= dropped.marks


def _heads(reader: Reader, region: Region) -> tuple[Head, Head]:
    return reader.head(region.known.stream), reader.head(region.known.administration_stream)


def _has_many_appends(reader: Reader, region: Region, heads: Sequence[Head]) -> bool:
    """Whether either stream has too many; one of few events is not counted."""
    streams = region.known.stream, region.known.administration_stream
    return any(
        head.version > MOST_APPENDS and reader.has_more_appends(stream, MOST_APPENDS)
        for stream, head in zip(streams, heads, strict=True)
    )
