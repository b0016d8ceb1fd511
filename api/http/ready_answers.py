"""A short way to what lies ready: given before the framework reads a request, behind the same gate as all the rest.

An answer whose two dates are both said, and settled, never changes: it is given by its address alone. Any other question
whose address was asked before, or asks for a document at two dates as programs write them, is answered from what is kept.
What is not ready, is refused, or may take a while, goes on to the framework, as if nobody had looked.
"""

from collections import OrderedDict
from datetime import date, datetime
from threading import Lock
from typing import NamedTuple, cast

from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from api.http.headers import FOR_EVER, ready_bytes
from api.http.kept_answers import KeptAnswers
from api.http.query_request import QueryRequest
from api.operations.dated import Dated
from api.operations.model import Question
from api.operations.table import QUESTIONS
from domain.errors import DomainError
from domain.patterns import regex
from domain.point import FIRST_YEAR
from domain.vocabulary import Frozen
from projections.store.reader import Reader

MOST_ADDRESSES, LONGEST_ADDRESS = 10_000, 500
"""How many addresses are remembered, of how many bytes at the most: about a kilobyte each."""
Address = tuple[str, bytes]
"""A path as it was decoded, and the query as it came."""


class AskedReady(NamedTuple):
    """What an address asks: a question, with what its query was read as, of what, and of which part of it."""

    row: Question
    query: Frozen
    subject: str
    part: str = ""


class AskedBefore:
    """What the addresses ask that were answered last, for several threads."""

    def __init__(self) -> None:
        self._asked: OrderedDict[Address, AskedReady] = OrderedDict()
        self._lock = Lock()

    def get(self, address: Address) -> AskedReady | None:
        """What an address asks; None for one that was not asked of late."""
        with self._lock:
            asked = self._asked.get(address)
            if asked is not None:
                self._asked.move_to_end(address)
        return asked

    def put(self, address: Address, asked: AskedReady) -> None:
        """Remembers what an address asks; a long one is read again each time."""
        if sum(map(len, address)) > LONGEST_ADDRESS:
            return
        with self._lock:
            self._asked[address] = asked
            self._asked.move_to_end(address)
            if len(self._asked) > MOST_ADDRESSES:
                self._asked.popitem(last=False)


_DOCUMENTS = {
    str(row.path).rpartition("/")[2] if row.path != "/plans/{plan}" else "": row
    for row in QUESTIONS.values()
    if row.identity == "document"
}
_DOCUMENT = regex(rf"/v1/plans/([a-z0-9][a-z0-9._-]{{0,119}})(?:/({'|'.join(filter(None, _DOCUMENTS))}))?")
_DATES = regex(
    rb"as_of=([0-9]{4}-[0-9]{2}-[0-9]{2})"
    rb"(?:&known_at=([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:[.][0-9]{6})?Z))?"
)


def _document_at(address: Address) -> AskedReady | None:
    """What an address asks that names a document and its dates as programs do; None for any other, which the framework reads."""
    named, dates = _DOCUMENT.fullmatch(address[0]), _DATES.fullmatch(address[1])
    if named is None or dates is None:
        return None
    row = _DOCUMENTS[named[2] or ""]
    said = {name: text.decode() for name, text in zip(("as_of", "known_at"), dates.groups(), strict=True) if text}
    try:
        as_of = date.fromisoformat(said["as_of"])
        at = datetime.fromisoformat(said["known_at"]) if "known_at" in said else None
    except ValueError:
        return None
    if as_of.year < FIRST_YEAR or (at is not None and at.year < FIRST_YEAR):
        return None
    return AskedReady(row, cast("type[Dated]", row.query).model_construct(as_of=as_of, known_at=at), named[1])


class ReadyAnswers:
    """Gives what lies ready, on bare ASGI; who names a role is let through."""

    def __init__(self, app: ASGIApp, kept: KeptAnswers, asked: AskedBefore) -> None:
        self.app = app
        self.kept = kept
        self.asked = asked

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers by itself, or hands on."""
        answer = None
        if scope["type"] == "http" and scope["method"] == "GET" and not any(n == b"actor" for n, _ in scope["headers"]):
            address = (scope["path"], scope["query_string"])
            answer = self._for_ever(scope, address)
            if answer is None:
                before = self.asked.get(address)
                if asked := before or _document_at(address):
                    answer = await self._ready(asked, QueryRequest(scope, is_asked_again=before is not None), scope)
                    if answer is not None and before is None:
                        self.asked.put(address, asked)
        await (answer or self.app)(scope, receive, send)

    def _for_ever(self, scope: Scope, address: Address) -> Response | None:
        ready = self.kept.get(address)
        if (
            ready is None
            or ready.for_whom is None
            or not ready.for_whom.includes(scope["state"]["admission"].principal)
        ):
            return None
        scope["state"] |= {"route": ready.route, "kept": ready.body}
        held = Headers(scope=scope).get("if-none-match", "")
        return ready_bytes(held, ready.body, ready.tag, FOR_EVER, ready.media_type)

    async def _ready(self, asked: AskedReady, context: QueryRequest, scope: Scope) -> Response | None:
        try:
            context.admission.require(asked.row, asked.subject if asked.row.scope == "administration" else None)
            with context.store.reading_on_event_loop() as reader:
                answer = None if reader is None else _ready_on(reader, asked, context)
            if reader is None:
                answer = await run_in_threadpool(_ready_on_server, asked, context)
        except DomainError:
            return None  # refused: in the words of whoever looks at it from the beginning
        if answer is not None:
            scope["state"]["route"] = f"/v1{asked.row.path}"
        return answer


def _ready_on(reader: Reader, asked: AskedReady, context: QueryRequest) -> Response | None:
    if asked.row.identity == "document":
        return context.ready_document(asked.row, asked.query, reader, asked.subject)
    return context.ready_question(asked.row, asked.query, reader, asked.subject, asked.part)


def _ready_on_server(asked: AskedReady, context: QueryRequest) -> Response | None:
    with context.reading(asked.query) as reader:
        return _ready_on(reader, asked, context)
