"""What a plan says in a region of the two times lies in memory, and is seen from any point of it: no reading, no thread.

Only what names the point differs from one point of a region to the next: it ends the document.
"""

import orjson

from api.http.access import Admission
from api.http.headers import ASK_AGAIN, FOR_EVER, ReadyBytes, holds, ready_bytes
from api.http.kept_answers import KeptAnswer, KeptAnswers
from api.operations.dated import AskedDates
from api.operations.model import Question
from domain.point import Point
from domain.vocabulary import JsonValue
from projections.plan_regions import Region, RegionCache
from projections.store.envelope import write_instant
from projections.store.store import Store


class PlanDocuments:
    """The documents of the plans of a store: what each says in the regions in which it was asked for."""

    def __init__(self, store: Store, kept: KeptAnswers) -> None:
        self.store = store
        self.kept = kept
        self.regions = RegionCache()

    def remembered(
        self, row: Question, dates: AskedDates, plan: str, admission: Admission, if_none_match: str
    ) -> ReadyBytes | None:
        """The document at a point, where memory alone has it; None where something is to be looked up, or seen to, before.

        Of a knowledge that is settled, what is remembered stays so for ever; for any other, while nobody wrote.
        """
        regions = self.regions.get(plan)
        if regions is None:
            return None
        now, known_at, lasts = self.store.clock(), dates.known_at, False
        if known_at is not None:
            if not self.store.settles_at_once(known_at, now):
                return None
            lasts = self.store.settle(known_at, now) and dates.as_of is not None
        point = dates.point(now)
        region = regions.find(point)
        if region is None or not (region.is_published or admission.reads_drafts):
            return None
        content = self.kept.get((row.name, region.key))
        if content is None:
            return None
        if not (lasts and not content.quotes and regions.reach(point)):
            if not self._stands(regions.data_version):
                return None
            if lasts and point.known_at is not None:
                regions.until = max(regions.until, point.known_at)
        return self.seen_from(region, point, content, if_none_match, lasts=lasts)

    def _stands(self, data_version: int | None) -> bool:
        """Whether nobody has written since."""
        return data_version is not None and data_version == self.store.data_version()

    @staticmethod
    def held(region: Region, point: Point, if_none_match: str) -> ReadyBytes | None:
        """304 where the client holds the document at a point; None where it does not, or says no tag."""
        if not if_none_match or if_none_match == "*":
            return None
        tag = region.tag(point.as_of)
        return ready_bytes(if_none_match, (), tag, ASK_AGAIN) if holds(if_none_match, tag) else None

    def seen_from(
        self, region: Region, point: Point, content: KeptAnswer, if_none_match: str, *, lasts: bool
    ) -> ReadyBytes:
        """The document at a point of a region, of which the content is there."""
        if (held := self.held(region, point, if_none_match)) is not None:
            return held
        seen_from: dict[str, JsonValue] = {"as_of": point.as_of.isoformat(), "version": region.known.known.version}
        if point.known_at is not None:
            seen_from["known_at"] = write_instant(point.known_at)
        rest = orjson.dumps(seen_from)[1:]
        # Words that may be redacted one day stay behind with nobody.
        kept = FOR_EVER if lasts and not content.quotes else ASK_AGAIN
        return ready_bytes(if_none_match, (content.body, rest), region.tag(point.as_of), kept)
