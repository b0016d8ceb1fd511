"""The query request: answers one question of one client; its bytes, its identity, and how long it may be kept."""

import hashlib
from datetime import datetime
from threading import Lock
from typing import Annotated

import orjson
from fastapi import Depends, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response

from api.http.access import admission_of
from api.http.response_cache import FOR_EVER, Address, CachedResponse, LruCache, holds
from api.operations.actors import are_shown, as_shown, may_hold_actors
from api.operations.dated import Dated
from api.operations.model import QueryContext, Question, part_of
from api.operations.queries import Between
from api.operations.words import may_hold_words
from domain.point import Point, today
from domain.vocabulary import Frozen, JsonValue, ObjectKind
from projections.history import part_named
from projections.plans import is_published
from projections.store.envelope import write_instant
from projections.store.reader import Reader
from projections.store.store import Store
from projections.streams import PlanKnown, etag, find_administration, find_plan, tag_of

OBJECTS_IN_ADDRESSES: dict[str, ObjectKind] = {"objective": "objective", "indicator": "indicator"}
"""The parts of a plan that an address names as people do."""
ASK_AGAIN = "no-cache"
NEVER_KEPT = "no-store"
OF_OFFICES = ";offices"
"""Ends the tag of an answer that names no actors: it is another one than that of whoever reads the record."""
SEEN_FROM = frozenset({"as_of", "known_at", "version"})
"""The fields by which a document names the point that it is seen from."""

_composing = Lock()
"""One document is composed at a time: threads would only take the one interpreter from each other. Whoever waited finds
what was composed meanwhile."""


class QueryRequest:
    """One question by one client."""

    def __init__(self, request: Request) -> None:
        self.store: Store = request.app.state.store
        self.admission = admission_of(request)
        self.now: datetime = self.store.clock()
        self.legal = request.app.state.settings.legal_dates
        self.if_none_match = request.headers.get("if-none-match", "")
        self._address: Address = (request.scope["path"], request.scope["query_string"])
        self._immutable: LruCache[Address] = request.app.state.lasting
        self._heads: LruCache[tuple[str | int, ...]] = request.app.state.heads

    def answer_question(self, row: Question, query: Frozen, subject: str, part: str = "") -> Response:
        """The answer of a question, by its row."""
        if row.prepare is not None:
            row.prepare(self.store)
        named, owner = may_hold_actors(row.answer), self._owner(row, subject)
        point = self.point_of(query)
        # What one reader is shown and another is not must not stay behind with a client, for whoever comes after.
        lasts = self.lasts(query) and not named and not may_hold_words(row.answer)
        with self.store.reading() as reader:
            if row.scope == "plan":
                self.admission.require_published(reader, subject, point)  # of two points, their handler looks at each
            elif row.scope == "administration":
                present = Point(today(self.now))
                self.admission.require_told(reader, subject, present, present._replace(known_at=point.known_at))
            if (kind := OBJECTS_IN_ADDRESSES.get(part_of(row.path) or "")) is not None:
                part = part_named(reader, find_plan(reader, subject, point.known_at, even_discarded=True), kind, part)
            context = QueryContext(
                self.store, reader, point, self.now, subject, part, self.admission.principal, self.legal
            )
            tag = _tag(row, context)
            if tag and named and not are_shown(context.principal, owner):
                tag += OF_OFFICES
            # What the client holds was an answer once: there is no need to find it again.
            if tag and self._held(tag):
                return self.answer(b"", tag, lasts=lasts)
            answer = row.handler(context, query)  # type: ignore[misc]  # a written endpoint has no route here
            body = orjson.dumps(as_shown(answer, context.principal, owner) if named else answer)
        if row.identity == "none":
            return Response(body, media_type="application/json", headers={"Cache-Control": NEVER_KEPT})
        return self.answer(body, tag or hashlib.sha256(body).hexdigest()[:32], lasts=lasts)

    def _owner(self, row: Question, subject: str) -> str | None:
        """The administration that a question is about; None where it is about all."""
        return self.admission.administration if row.scope == "plan" else subject or None

    def point_of(self, query: Frozen) -> Point:
        """The point that a question is asked from; where it says no date, today, as known now.

        Nothing will be recorded at or before the knowledge that is asked about: to be called before anything is read.
        """
        if isinstance(query, Dated | Between):
            for known_at in query.asked():
                self.store.settle(known_at, self.now)
        return query.point(self.now) if isinstance(query, Dated) else Point(today(self.now))

    def lasts(self, query: Frozen) -> bool:
        """Whether the answer can never change, but by a redaction."""
        return (
            isinstance(query, Dated | Between)
            and query.says_when()
            and all(self.store.is_settled(known_at, self.now) for known_at in query.asked())
        )

    async def answer_document(self, row: Question, query: Frozen, plan: str) -> Response:
        """What a plan says on a date, in a document that names the point that it is seen from.

        Between two days on which something takes effect, and between two appends, only that point differs: the rest is
        kept. What lies ready in a file is given within the loop, which is faster than to wait for a thread.
        """
        if isinstance(query, Dated) and not all(self.store.is_settled(asked, self.now) for asked in query.asked()):
            point = await run_in_threadpool(self.point_of, query)
        else:
            point = self.point_of(query)
        lasts = self.lasts(query)
        with self.store.reading_on_event_loop() as reader:
            if reader is not None and (answer := self._from_cache(row, reader, plan, point, lasts=lasts)):
                return answer
        return await run_in_threadpool(self._composed, row, query, plan, point, lasts=lasts)

    def _from_cache(self, row: Question, reader: Reader, plan: str, point: Point, *, lasts: bool) -> Response | None:
        known = find_plan(reader, plan, point.known_at)
        self.admission.require_published(reader, plan, point)
        if self._held(tag := etag(reader, known, point)):
            return self.answer(b"", tag)
        cached = self._heads.get(_content_key(row, reader, known, point))
        return None if cached is None else self._seen_from(row, reader, known, point, cached, tag, lasts=lasts)

    def _composed(self, row: Question, query: Frozen, plan: str, point: Point, *, lasts: bool) -> Response:
        with self.store.reading() as reader:
            known = find_plan(reader, plan, point.known_at)
            self.admission.require_published(reader, plan, point)
            if self._held(tag := etag(reader, known, point)):
                return self.answer(b"", tag)
            key = _content_key(row, reader, known, point)
            with _composing:
                cached = self._heads.get(key)
                if cached is None:
                    document = row.handler(
                        QueryContext(self.store, reader, point, self.now, plan, principal=self.admission.principal),
                        query,
                    )  # type: ignore[misc]
                    if not isinstance(document, dict) or any(
                        "note" in status for status in document.get("statuses", ())
                    ):
                        return self.answer(orjson.dumps(document), tag)  # words that may be redacted one day
                    content = {name: value for name, value in document.items() if name not in SEEN_FROM}
                    cached = CachedResponse(orjson.dumps(content)[:-1] + b",")
                    self._heads.put(key, cached)
            return self._seen_from(row, reader, known, point, cached, tag, lasts=lasts)

    def _seen_from(
        self,
        row: Question,
        reader: Reader,
        known: PlanKnown,
        point: Point,
        cached: CachedResponse,
        tag: str,
        *,
        lasts: bool,
    ) -> Response:
        seen_from: dict[str, JsonValue] = {"as_of": point.as_of.isoformat(), "version": known.known.version}
        if point.known_at is not None:
            seen_from["known_at"] = write_instant(point.known_at)
        body = cached.body + orjson.dumps(seen_from)[1:]
        if lasts:
            published = is_published(reader, known.plan, point)
            ready = CachedResponse(body, tag, row.permission, known.administration, published, f"/v1{row.path}")
            self._immutable.put(self._address, ready)
        return self.answer(body, tag, lasts=lasts)

    def _held(self, tag: str) -> bool:
        return self.if_none_match != "*" and holds(self.if_none_match, tag)

    def answer(self, body: bytes, tag: str, *, lasts: bool = False) -> Response:
        """The answer, or 304 without a body when the client holds it already."""
        headers = {"ETag": f'"{tag}"', "Cache-Control": FOR_EVER if lasts else ASK_AGAIN}
        if holds(self.if_none_match, tag):
            return Response(status_code=304, headers=headers)
        return Response(body, media_type="application/json", headers=headers)


async def query_request(request: Request) -> QueryRequest:
    """The question of a request; in the loop, for there is nothing to wait for."""
    return QueryRequest(request)


InQuery = Annotated[QueryRequest, Depends(query_request)]


def _tag(row: Question, context: QueryContext) -> str:
    """What the answer rests on, known before it is found; empty where only the answer itself tells."""
    match row.identity:
        case "plan":
            # A draft that was discarded is still in the record: the handler refuses it where that is not what is asked for.
            known = find_plan(context.reader, context.subject, context.point.known_at, even_discarded=True)
            if not row.beside:
                return etag(context.reader, known, context.point)
            # Streams only grow: the sum of their versions is another one whenever one of them is.
            streams = (stream(context.subject) for stream in row.beside)
            beside = sum(context.reader.known(stream, context.point.known_at).version for stream in streams)
            return etag(context.reader, known, context.point, beside)
        case "administration":
            version = find_administration(context.reader, context.subject, context.point.known_at).version
            return tag_of(context.reader, context.point, version)
        case _:
            return ""


def _content_key(row: Question, reader: Reader, known: PlanKnown, point: Point) -> tuple[str | int, ...]:
    return (
        row.name,
        known.plan,
        known.known.version,
        reader.boundary(known.stream, point.as_of, known.known),
        known.administration_known.version,
        reader.boundary(known.administration_stream, point.as_of, known.administration_known),
    )
