"""Answers questions: the bytes, the identity of the answer, and how long it may be kept."""

import hashlib
from collections.abc import Callable
from datetime import datetime
from typing import Annotated

import orjson
from fastapi import Depends, Query, Request
from fastapi.responses import Response
from pydantic import Field

from api.http.points import Dated
from domain.errors import NotFound
from projections.store.point import Point
from projections.store.reader import Known, Reader
from projections.store.store import Store
from projections.streams import ADMINISTRATIONS, administration_stream, etag, find_plan

FOR_EVER = "private, immutable, max-age=31536000"
ASK_AGAIN = "no-cache"

At = Annotated[Dated, Query()]

Limit = Annotated[int, Field(ge=1, le=1000, description="Quante righe al più in una pagina.", examples=[100])]


class Asking:
    """One question by one client."""

    def __init__(self, request: Request) -> None:
        self.store: Store = request.app.state.store
        self.now: datetime = self.store.clock()
        self.held = request.headers.get("if-none-match", "")

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
            body = question(reader, point)
            also = f";{reader.known(beside(plan), point.known_at).version}" if beside else ""
        return self.answer(body, etag(found, point) + also, lasts=at.lasts(self.now))

    def of_administration(
        self, administration: str, at: Dated, question: Callable[[Reader, Point, Known], object]
    ) -> Response:
        """What is asked of an administration."""
        point = at.point(self.now)
        with self.store.reading() as reader:
            known = find_administration(reader, administration, point.known_at)
            body = question(reader, point, known)
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


Asked = Annotated[Asking, Depends(Asking)]


def holds(header: str, tag: str) -> bool:
    """Whether an If-None-Match names the tag; a weak tag is as good for this."""
    named = {one.strip().removeprefix("W/").strip('"') for one in header.split(",")}
    return tag in named or header.strip() == "*"


def find_administration(reader: Reader, administration: str, known_at: datetime | None) -> Known:
    """What is known of an administration at an instant; NotFound when nothing was."""
    stream = administration_stream(administration)
    known = reader.known(stream, known_at)
    if known.version:
        return known
    if reader.head(stream).version:
        found = f"dell'amministrazione {administration} non si sapeva ancora nulla a quell'istante"
        raise NotFound(found, accepted="un known_at successivo alla prima registrazione", where="known_at")
    names = ", ".join(name.removeprefix(ADMINISTRATIONS) for name in reader.streams(ADMINISTRATIONS)[:20]) or "nessuna"
    raise NotFound(
        f"l'amministrazione {administration[:120]!r} non c'è", accepted=f"una fra: {names}", where="administration"
    )
