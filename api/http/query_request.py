"""The query request: answers one question of one client; its bytes, its identity, and how long it may be kept."""

import hashlib
from collections.abc import Callable, Hashable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from functools import cache
from typing import Annotated, cast

import orjson
from fastapi import Depends, Header, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response
from starlette.types import Scope

from api.http.access import Admission
from api.http.at_least import FORMS, reading_for, stated_floor
from api.http.headers import ASK_AGAIN, FOR_EVER, NO_STORE, header_of, holds, ready_bytes
from api.http.kept_answers import KeptAnswer, KeptAnswers
from api.http.language import language_of
from api.http.plan_documents import PlanDocuments
from api.http.visitors import origin_of
from api.operations.actors import are_shown, as_shown, may_hold_actors
from api.operations.dated import AskedDates, Dated
from api.operations.model import QueryContext, Question, part_of
from api.operations.queries import Between
from api.operations.words import may_hold_words
from api.settings import Settings
from domain.access.principal import Principal
from domain.errors import StoreBusy
from domain.point import Point, today
from domain.vocabulary import Frozen, ObjectKind
from projections.history import part_named
from projections.plan_regions import Region
from projections.store.failures import failures, is_away
from projections.store.noting_reader import NotingReader
from projections.store.reader import Reader
from projections.store.store import Store
from projections.streams import PlanKnown, etag, find_administration, find_plan, tag_of

OBJECTS_IN_ADDRESSES: dict[str, ObjectKind] = {"objective": "objective", "indicator": "indicator"}
"""The parts of a plan that an address names as people do."""
NEVER_KEPT = NO_STORE
OF_OFFICES = ";offices"
OWN_DIGITS = 16
"""How much of the digest of its bytes stands in a tag behind versions."""
"""Ends the tag of an answer that names no actors: it is another one than that of whoever reads the record."""
SEEN_FROM = frozenset({"as_of", "known_at", "version"})
"""The fields by which a document names the point that it is seen from."""


class _PastTheReader:
    """The store, for a handler whose answer is to be kept: one that reads it by a way of its own is not."""

    def __init__(self, store: Store, noting: NotingReader) -> None:
        self._store = store
        self._noting = noting

    def __getattr__(self, name: str) -> object:
        self._noting.forgo()
        return getattr(self._store, name)


class QueryRequest:
    """One question by one client."""

    def __init__(self, scope: Scope) -> None:
        state = scope["app"].state
        self.store: Store = state.store
        self.admission: Admission = scope["state"]["admission"]
        self.now: datetime = self.store.clock()
        self._settings: Settings = state.settings
        self.if_none_match = header_of(scope, b"if-none-match")
        self.scope = scope
        self._told_of: dict[str, object] = scope["state"]
        self.kept: KeptAnswers = state.kept
        self._documents: PlanDocuments = state.documents

    def reading(self, query: Frozen | AskedDates | None = None) -> AbstractContextManager[Reader]:
        """A reader for a question, of a server that holds what its answer must know of; of now, where none is said."""
        return reading_for(self.scope, self._points(query) if query is not None else ())

    def _points(self, query: Frozen | AskedDates) -> Sequence[Point]:
        if isinstance(query, Between):
            return query.points(self.now)
        return (query.point(self.now),) if isinstance(query, Dated | AskedDates) else ()

    def answer_question(self, row: Question, query: Frozen, subject: str, part: str = "") -> Response:
        """The answer of a question, by its row: from what is kept, where that is what would be said now."""
        if row.prepare is not None:
            self._prepare(row.prepare)
        point = self.point_of(query)
        with self.reading(query) as reader:
            part = self._admitted(row, reader, subject, part, point)
            if not _may_be_kept(row):
                context = self._context(reader, subject, part, point, self.admission.principal)
                return self._told(row, query, self._made(row, query, context, subject))
            key = self._key(row, query, subject, part, point)
            kept = self.kept.find(key, reader)
            if kept is None:
                # What the client holds was an answer once: there is no need to find it again.
                if (tag := self._tag(row, reader, subject, point)) and self._held(tag):
                    return self.answer(b"", tag, lasts=self._may_last(row, query))
                with self.kept.turn(key):
                    kept = self.kept.find(key, reader) or self._kept(row, query, reader, subject, part, point, key)
        return self._told(row, query, kept)

    def _prepare(self, prepare: Callable[[Store], object]) -> None:
        """What is followed before a question; not where the primary is away: a standby says then how far it is."""
        try:
            prepare(self.store)
        except failures(StoreBusy) as error:
            if self.store.standby is None or not is_away(error):
                raise

    def ready_question(self, row: Question, query: Frozen, reader: Reader, subject: str, part: str) -> Response | None:
        """The same, where it lies ready; None where it does not, or something is to be seen to before."""
        if (
            row.prepare is not None
            or not _may_be_kept(row)
            or not self._settles_at_once(query)
            or not self._holds_what_is_stated(reader)
        ):
            return None
        point = self.point_of(query)
        part = self._admitted(row, reader, subject, part, point)
        key = self._key(row, query, subject, part, point)
        if (kept := self.kept.get(key)) is None or (kept.rests_on and not kept.rests_on.is_short):
            return None
        return self._told(row, query, kept) if (kept := self.kept.find(key, reader)) else None

    def _admitted(self, row: Question, reader: Reader, subject: str, part: str, point: Point) -> str:
        """The part of a plan that is asked about, by its id, for whoever may ask; NotFound for whoever may not."""
        if row.scope == "plan":
            self.admission.require_published(reader, subject, point)  # of two points, their handler looks at each
        elif row.scope == "administration":
            present = Point(today(self.now))
            self.admission.require_told(reader, subject, present, present._replace(known_at=point.known_at))
        if (kind := OBJECTS_IN_ADDRESSES.get(part_of(row.path) or "")) is None:
            return part
        return part_named(reader, find_plan(reader, subject, point.known_at, even_discarded=True), kind, part)

    def _key(self, row: Question, query: Frozen, subject: str, part: str, point: Point) -> Hashable:
        """What is asked, by somebody with such rights, on this day: what else an answer rests on is noted."""
        points = query.points(self.now) if isinstance(query, Between) else (point,)
        asker = _nobody_else(self.admission.principal)
        return row.name, subject, part, query.model_dump_json(), points, today(self.now), asker

    def _kept(
        self, row: Question, query: Frozen, reader: Reader, subject: str, part: str, point: Point, key: Hashable
    ) -> KeptAnswer:
        noting = NotingReader(reader)
        context = self._context(noting, subject, part, point, _nobody_else(self.admission.principal))
        store = cast("Store", _PastTheReader(self.store, noting))
        made = self._made(row, query, context._replace(store=store), subject)
        rests_on = noting.rests_on()
        if rests_on is not None:
            made = made._replace(rests_on=rests_on)
            self.kept.put(key, made)
        return made

    def _made(self, row: Question, query: Frozen, context: QueryContext, subject: str) -> KeptAnswer:
        answer = row.handler(context, query)  # type: ignore[misc]  # a written endpoint has no route here
        if may_hold_actors(row.answer):
            answer = as_shown(answer, self.admission.principal, self._owner(row, subject))
        body = orjson.dumps(answer)
        return KeptAnswer(
            body, self._tag(row, context.reader, subject, context.point) or self._own_tag(row, body, context)
        )

    def _own_tag(self, row: Question, body: bytes, context: QueryContext) -> str:
        """The tag of an answer that is known by its bytes; of one about a plan, behind the versions that it rests on."""
        digest = hashlib.sha256(body).hexdigest()
        versions = _tag(row, context.reader, context.subject, context.point)
        return f"{versions};{digest[:OWN_DIGITS]}" if versions else digest[:32]

    def _context(self, reader: Reader, subject: str, part: str, point: Point, principal: Principal) -> QueryContext:
        return QueryContext(self.store, reader, point, self.now, subject, part, principal, self._settings.legal_dates)

    def _told(self, row: Question, query: Frozen, kept: KeptAnswer) -> Response:
        if row.identity == "none":
            return Response(kept.body, media_type=kept.media_type, headers={"Cache-Control": NEVER_KEPT})
        self._told_of["kept"] = kept.body
        return self.answer(kept.body, kept.tag, lasts=self._may_last(row, query))

    def _may_last(self, row: Question, query: Frozen) -> bool:
        """Whether a client may keep the answer for ever.

        What one reader is shown and another is not must not stay behind with a client, for whoever comes after, nor for
        themselves once they are given another role; nor a list of what there is.
        """
        return (
            "{" in str(row.path)
            and not row.varies
            and not may_hold_actors(row.answer)
            and not may_hold_words(row.answer)
            and self.lasts(query)
        )

    def _tag(self, row: Question, reader: Reader, subject: str, point: Point) -> str:
        """What the answer rests on, known before it is found; empty where only the answer itself tells."""
        tag = "" if row.varies else _tag(row, reader, subject, point)
        hides = may_hold_actors(row.answer) and not are_shown(self.admission.principal, self._owner(row, subject))
        return tag + OF_OFFICES if tag and hides else tag

    def kept_file(
        self,
        request: Request,
        how: Hashable,
        make: Callable[[Reader], Response],
        *,
        points: Sequence[Point] = (),
        is_kept: bool = True,
        by_its_bytes: bool = False,
    ) -> Response:
        """What an address answers with a file or a page of one's own: kept, made again once what it rests on went on.

        It is of some points; of now, where none is said.

        `how` is what else it depends on: the language, for whom it is. Its maker reads by the reader that it is handed, alone.
        `by_its_bytes`: it is told with the tag of them; 304 without them where the client holds it already.
        """
        key = (
            request.url.path,
            request.scope["query_string"],
            how,
            self.admission.principal._replace(session="", token=""),
        )
        with reading_for(self.scope, points) as reader:
            kept = self.kept.find(key, reader)
            if kept is None:
                with self.kept.turn(key):
                    kept = self.kept.find(key, reader)
                    if kept is None:
                        noting = NotingReader(reader)
                        answer = make(noting)
                        rests_on = noting.rests_on()
                        kept = KeptAnswer.of(answer, rests_on)
                        if by_its_bytes:
                            kept = kept._replace(tag=hashlib.sha256(kept.body).hexdigest()[:32])
                        if not is_kept or rests_on is None or answer.status_code != 200:
                            return self._told_by_tag(answer, kept.tag)
                        self.kept.put(key, kept)
        self._told_of["kept"] = kept.body
        return self._told_by_tag(kept.response, kept.tag)

    def of_file(self, request: Request, *how: Hashable) -> Hashable:
        """What a file depends on beside its address and whoever asks: its language, where it is read, and `how`; the day."""
        said = tuple(one.model_dump_json() if isinstance(one, Frozen) else one for one in how)
        return (*said, language_of(request), origin_of(request), today(self.now))

    def _told_by_tag(self, file: Response, tag: str) -> Response:
        if not tag:
            return file
        headers = {"ETag": f'"{tag}"', "Cache-Control": ASK_AGAIN}
        if holds(self.if_none_match, tag):
            return Response(status_code=304, headers=headers)
        file.headers.update(headers)
        return file

    def _owner(self, row: Question, subject: str) -> str | None:
        """The administration that a question is about; None where it is about all."""
        return self.admission.administration if row.scope == "plan" else subject or None

    def point_of(self, query: Frozen | AskedDates) -> Point:
        """The point that a question is asked from; where it says no date, today, as known now.

        Nothing will be recorded at or before the knowledge that is asked about: to be called before anything is read.
        """
        for known_at in _asked(query):
            self.store.settle(known_at, self.now)
        return query.point(self.now) if isinstance(query, Dated | AskedDates) else Point(today(self.now))

    def lasts(self, query: Frozen | AskedDates) -> bool:
        """Whether the answer can never change, but by a redaction."""
        asked = _asked(query)
        return (
            bool(asked)
            and query.says_when()  # type: ignore[union-attr]  # it asks about a knowledge: it is dated
            and all(self.store.is_settled(known_at, self.now) for known_at in asked)
        )

    def _settles_at_once(self, query: Frozen | AskedDates) -> bool:
        """Whether nothing is to be seen to in the database before the knowledge is read that a question asks about."""
        return all(self.store.settles_at_once(known_at, self.now) for known_at in _asked(query))

    async def answer_document(self, row: Question, dates: AskedDates, plan: str) -> Response:
        """What a plan says on a date, in a document that names the point that it is seen from.

        Between two days on which something takes effect, and between two appends, only that point differs: the rest is
        kept. What lies ready in a file is given within the loop, which is faster than to wait for a thread.
        """
        point = self.point_of(dates) if self._settles_at_once(dates) else await run_in_threadpool(self.point_of, dates)
        lasts = self.lasts(dates)
        with self.store.reading_on_event_loop() as reader:
            is_held = reader is not None and self._holds_what_is_stated(reader)
            if reader is not None and is_held and (answer := self._from_cache(row, reader, plan, point, lasts=lasts)):
                return answer
        return await run_in_threadpool(self._composed, row, dates, plan, point, lasts=lasts)

    def _holds_what_is_stated(self, reader: Reader) -> bool:
        """Whether a snapshot knows of the versions that whoever asks says; where it does not, it is told further on why."""
        floor = stated_floor(self.scope)
        return floor is None or not floor.missing(reader)

    def _from_cache(self, row: Question, reader: Reader, plan: str, point: Point, *, lasts: bool) -> Response | None:
        region = self._region(reader, plan, point)
        answer: Response | None = self._documents.held(region, point, self.if_none_match)
        if answer is None and (content := self.kept.find((row.name, region.key), reader)) is not None:
            answer = self._seen_from(region, point, content, lasts=lasts)
        if answer is not None:
            self._remember(reader, region, point, lasts=lasts)
        return answer

    def _region(self, reader: Reader, plan: str, point: Point) -> Region:
        """The region of a point; NotFound for whoever may not read the plan there."""
        region = Region.at(reader, plan, point)
        self.admission.require_published(reader, plan, point)
        return region

    def _remember(self, reader: Reader, region: Region, point: Point, *, lasts: bool) -> None:
        """Remembers the region of a point, where that may be; `lasts`: its knowledge was settled before the snapshot."""
        if lasts or reader.data_version is not None:
            self._documents.regions.put(reader, region, point, is_settled=lasts)

    def _composed(self, row: Question, dates: AskedDates, plan: str, point: Point, *, lasts: bool) -> Response:
        with self.reading(dates) as reader:
            region = self._region(reader, plan, point)
            self._remember(reader, region, point, lasts=lasts)
            if (held := self._documents.held(region, point, self.if_none_match)) is not None:
                return held
            key = row.name, region.key
            with self.kept.turn(key):
                content = self.kept.find(key, reader)
                if content is None:
                    noting = NotingReader(reader)
                    context = self._context(noting, plan, "", point, self.admission.principal)
                    query = Dated(as_of=dates.as_of, known_at=dates.known_at)
                    document = row.handler(context, query)  # type: ignore[misc]
                    if not isinstance(document, dict):
                        return self.answer(orjson.dumps(document), region.tag(point.as_of))
                    said = {name: value for name, value in document.items() if name not in SEEN_FROM}
                    quotes = any("note" in status for status in document.get("statuses", ()))
                    content = KeptAnswer(orjson.dumps(said)[:-1] + b",", quotes=quotes)
                    if _rests_on_plan_alone(noting, region.known):
                        self.kept.put(key, content)
            return self._seen_from(region, point, content, lasts=lasts)

    def _seen_from(self, region: Region, point: Point, content: KeptAnswer, *, lasts: bool) -> Response:
        return self._documents.seen_from(region, point, content, self.if_none_match, lasts=lasts)

    def _held(self, tag: str) -> bool:
        return self.if_none_match != "*" and holds(self.if_none_match, tag)

    def answer(self, body: bytes, tag: str, *, lasts: bool = False) -> Response:
        """The answer, or 304 without a body when the client holds it already."""
        return ready_bytes(self.if_none_match, (body,), tag, FOR_EVER if lasts else ASK_AGAIN)


async def query_request(
    request: Request,
    version_at_least: Annotated[  # noqa: ARG001 - whoever reads reads it
        str | None,
        Header(
            description=(
                "Ciò che la risposta deve almeno sapere: l'ETag di una risposta, la versione del piano o dell'amministrazione "
                "dell'indirizzo, o flussi e versioni come li dice un comando (versions). Risponde la replica se c'è arrivata, "
                "altrimenti il primario; 412 se nessuno ha registrato quella versione, 503 se il primario non c'è."
            ),
            max_length=2_000,
            pattern=f"^({FORMS})$",
            examples=["12", "plan/riviere-di-liguria-2022-2024:12"],
        ),
    ] = None,
) -> QueryRequest:
    """The question of a request; in the loop, for there is nothing to wait for."""
    return QueryRequest(request.scope)


InQuery = Annotated[QueryRequest, Depends(query_request)]


@cache
def _is_dated(kind: type[Frozen]) -> bool:
    return issubclass(kind, Dated | Between)


def _asked(query: Frozen | AskedDates) -> tuple[datetime, ...]:
    """The knowledge that is asked about, where a question is dated and says it."""
    if isinstance(query, AskedDates):
        return query.asked()
    return query.asked() if _is_dated(type(query)) else ()  # type: ignore[attr-defined]


def _may_be_kept(row: Question) -> bool:
    """Whether an answer is kept in the process: any about a plan, and any that a client may keep.

    Who asks what there is of its own account is answered by the clock.
    """
    return row.scope == "plan" or row.identity != "none"


def _nobody_else(principal: Principal) -> Principal:
    """Somebody with the same rights: an answer is the same to all of them, whatever they are called."""
    return principal._replace(actor="utenza" if principal.is_account else "", session="", token="")


def _rests_on_plan_alone(noting: NotingReader, known: PlanKnown) -> bool:
    """Whether a document was made of its plan and of its administration alone, as its key names them."""
    rests_on = noting.rests_on()
    own = {known.stream, known.administration_stream}
    return rests_on is not None and not rests_on.statements and rests_on.streams <= own


def _tag(row: Question, reader: Reader, subject: str, point: Point) -> str:
    """What the answer rests on, known before it is found; empty where only the answer itself tells."""
    match row.identity:
        case "plan":
            # A draft that was discarded is still in the record: the handler refuses it where that is not what is asked for.
            known = find_plan(reader, subject, point.known_at, even_discarded=True)
            if not row.beside:
                return etag(reader, known, point)
            # Streams only grow: the sum of their versions is another one whenever one of them is.
            streams = (stream(subject) for stream in row.beside)
            beside = sum(reader.known(stream, point.known_at).version for stream in streams)
            return etag(reader, known, point, beside)
        case "administration":
            version = find_administration(reader, subject, point.known_at).version
            return tag_of(reader, point, version)
        case _:
            return ""
