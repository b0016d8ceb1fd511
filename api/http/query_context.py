"""Answers questions: the bytes, the identity of the answer, and how long it may be kept."""

import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime
from threading import Lock
from typing import Annotated

import orjson
from fastapi import Depends, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response
from pydantic import Field

from api.http.response_cache import FOR_EVER, Address, CachedResponse, LruCache, holds
from api.http.temporal_params import Dated
from domain.point import Point
from domain.vocabulary import JsonValue
from projections.store.envelope import write_instant
from projections.store.reader import Reader
from projections.store.store import Store
from projections.streams import PlanKnown, etag, find_administration, find_plan

ASK_AGAIN = "no-cache"
SEEN = frozenset({"as_of", "known_at", "version"})
"""The fields by which a document names the point that it is seen from."""

_composing = Lock()
"""One document is composed at a time: threads would only take the one interpreter from each other. Whoever waited finds
what was composed meanwhile."""

At = Annotated[Dated, Query()]

Limit = Annotated[int, Field(ge=1, le=1000, description="Quante righe al più in una pagina.", examples=[100])]


class Asking:
    """One question by one client."""

    def __init__(self, request: Request) -> None:
        self.store: Store = request.app.state.store
        self.now: datetime = self.store.clock()
        self.held = request.headers.get("if-none-match", "")
        self._address: Address = (request.scope["path"], request.scope["query_string"])
        self._lasting: LruCache[Address] = request.app.state.lasting
        self._heads: LruCache[tuple[str | int, ...]] = request.app.state.heads

    def of_plan(
        self,
        plan: str,
        at: Dated,
        question: Callable[[Reader, Point], object],
        *,
        beside: Callable[[str], str] | None = None,
    ) -> Response:
        """What is asked of a plan; the identity of the answer is its date and the versions that it rests on.

        `beside` names the stream of the plan that the answer rests on too.
        """
        point = at.point(self.now)
        with self.store.reading() as reader:
            found = find_plan(reader, plan, point.known_at)
            tag = etag(found, point) + (f";{reader.known(beside(plan), point.known_at).version}" if beside else "")
            # What the client holds was an answer once: there is no need to find it again.
            body = b"" if self._holds(tag) else question(reader, point)
        return self.answer(body, tag, lasts=at.lasts(self.now))

    async def of_plan_in_force(
        self, plan: str, at: Dated, what: str, question: Callable[[Reader, Point], Mapping[str, object]]
    ) -> Response:
        """What a plan says on a date, in a document that names the point that it is seen from.

        Between two days on which something takes effect, and between two appends, only that point differs: the rest is
        kept. What lies ready in a file is given within the loop, which is faster than to wait for a thread.
        """
        if ready := self._ready(plan, at, what):
            return ready
        return await run_in_threadpool(self._found, plan, at, what, question)

    def _ready(self, plan: str, at: Dated, what: str) -> Response | None:
        point = at.point(self.now)
        with self.store.reading_on_event_loop() as reader:
            if reader is None:
                return None
            found = find_plan(reader, plan, point.known_at)
            if self._holds(etag(found, point)):
                return self.answer(b"", etag(found, point), lasts=at.lasts(self.now))
            kept = self._heads.get(_identity(reader, found, point, what))
        return None if kept is None else self._seen_from(found, point, at, kept)

    def _found(
        self, plan: str, at: Dated, what: str, question: Callable[[Reader, Point], Mapping[str, object]]
    ) -> Response:
        point = at.point(self.now)
        with self.store.reading() as reader:
            found = find_plan(reader, plan, point.known_at)
            if self._holds(etag(found, point)):
                return self.answer(b"", etag(found, point), lasts=at.lasts(self.now))
            identity = _identity(reader, found, point, what)
            with _composing:
                kept = self._heads.get(identity)
                if kept is None:
                    document = question(reader, point)
                    if _may_be_redacted(document):
                        return self.answer(document, etag(found, point), lasts=at.lasts(self.now))
                    kept = CachedResponse(
                        orjson.dumps({name: said for name, said in document.items() if name not in SEEN})[:-1] + b","
                    )
                    self._heads.put(identity, kept)
        return self._seen_from(found, point, at, kept)

    def _seen_from(self, found: PlanKnown, point: Point, at: Dated, kept: CachedResponse) -> Response:
        seen: dict[str, JsonValue] = {"as_of": point.as_of.isoformat(), "version": found.known.version}
        if point.known_at is not None:
            seen["known_at"] = write_instant(point.known_at)
        body, tag = kept.body + orjson.dumps(seen)[1:], etag(found, point)
        if at.lasts(self.now):
            self._lasting.put(self._address, CachedResponse(body, tag))
        return self.answer(body, tag, lasts=at.lasts(self.now))

    def _holds(self, tag: str) -> bool:
        return self.held != "*" and holds(self.held, tag)

    def of_administration(
        self, administration: str, at: Dated, question: Callable[[Reader, Point], object]
    ) -> Response:
        """What is asked of an administration."""
        point = at.point(self.now)
        with self.store.reading() as reader:
            known = find_administration(reader, administration, point.known_at)
            body = question(reader, point)
        return self.answer(body, f"{point.as_of.isoformat()};{known.version}", lasts=at.lasts(self.now))

    def of_all(self, at: Dated, question: Callable[[Reader, Point], object]) -> Response:
        """What is asked of the whole installation: the answer itself is its identity."""
        point = at.point(self.now)
        with self.store.reading() as reader:
            body = orjson.dumps(question(reader, point))
        return self.answer(body, hashlib.sha256(body).hexdigest()[:32], lasts=at.lasts(self.now))

    def answer(self, body: object, tag: str, *, lasts: bool = False) -> Response:
        """The answer, or 304 without a body when the client holds it already."""
        headers = {"ETag": f'"{tag}"', "Cache-Control": FOR_EVER if lasts else ASK_AGAIN}
        if holds(self.held, tag):
            return Response(status_code=304, headers=headers)
        content = body if isinstance(body, bytes) else orjson.dumps(body)
        return Response(content, media_type="application/json", headers=headers)


async def asking(request: Request) -> Asking:
    """The question of a request; in the loop, for there is nothing to wait for."""
    return Asking(request)


Asked = Annotated[Asking, Depends(asking)]


def _may_be_redacted(document: Mapping[str, object]) -> bool:
    """Whether a document holds words that may be redacted one day: the notes of the statuses."""
    statuses = document.get("statuses")
    return isinstance(statuses, list) and any("note" in row for row in statuses)


def _identity(reader: Reader, found: PlanKnown, point: Point, what: str) -> tuple[str | int, ...]:
    return (
        what,
        found.plan,
        found.known.version,
        reader.boundary(found.stream, point.as_of, found.known),
        found.administration_known.version,
        reader.boundary(found.administration_stream, point.as_of, found.administration_known),
    )
