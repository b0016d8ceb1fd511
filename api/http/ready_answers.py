"""A short way to what lies ready: given before the framework reads a request, behind the same gate as all the rest.

A document of a plan at two dates, as programs write them, is answered from memory alone where that has it. Of any question
whose address was asked before, and of a file, the address is not read again: it is answered from what is kept, where that
stands, else anew. What is refused goes on to the framework, as if nobody had looked.
"""

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from datetime import date, datetime
from threading import Lock
from typing import NamedTuple, TypeAlias

from fastapi import Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from api.http.access import AccessGate, Admission
from api.http.at_least import HEADER
from api.http.compression import Compression
from api.http.headers import ReadyBytes, WholeAnswer, header_of, request_headers
from api.http.plan_documents import PlanDocuments
from api.http.query_request import QueryRequest
from api.operations.dated import AskedDates
from api.operations.model import Question
from api.operations.table import QUESTIONS
from domain.errors import DomainError
from domain.patterns import regex
from domain.point import FIRST_YEAR
from domain.vocabulary import Frozen

MOST_ADDRESSES, LONGEST_ADDRESS = 10_000, 500
"""How many addresses are remembered, of how many bytes at the most: about a kilobyte each."""
_FLOOR = HEADER.lower().encode()
Address = tuple[str, bytes]
"""A path as it was decoded, and the query as it came."""


class AskedReady(NamedTuple):
    """What an address asks: a question, with what its query was read as, of what, and of which part of it."""

    row: Question
    query: Frozen | AskedDates
    subject: str
    part: str = ""


class AskedFile(NamedTuple):
    """What an address asks that is answered with a file: its row, the parts of its path, and what answers it again."""

    row: Question
    path: Mapping[str, str]
    answer: Callable[[Request, QueryRequest], Awaitable[object]]


AskedAddress: TypeAlias = AskedReady | AskedFile


class AskedBefore:
    """What the addresses ask that were answered last, for several threads."""

    def __init__(self) -> None:
        self._asked: OrderedDict[Address, AskedAddress] = OrderedDict()
        self._lock = Lock()

    def get(self, address: Address) -> AskedAddress | None:
        """What an address asks; None for one that was not asked of late."""
        with self._lock:
            asked = self._asked.get(address)
            if asked is not None:
                self._asked.move_to_end(address)
        return asked

    def put(self, address: Address, asked: AskedAddress) -> None:
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
    rb"(?:as_of=([0-9]{4}-[0-9]{2}-[0-9]{2})"
    rb"(?:&known_at=([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:[.][0-9]{6})?Z))?)?"
)


def _document_at(address: Address) -> AskedReady | None:
    """What an address asks that names a document, and its dates as programs do, or none; None for any other, which the framework reads."""
    named, dates = _DOCUMENT.fullmatch(address[0]), _DATES.fullmatch(address[1])
    if named is None or dates is None:
        return None
    day, instant = dates.groups()
    try:
        as_of = None if day is None else date.fromisoformat(day.decode())
        at = None if instant is None else datetime.fromisoformat(instant.decode())
    except ValueError:
        return None
    if any(said is not None and said.year < FIRST_YEAR for said in (as_of, at)):
        return None
    return AskedReady(_DOCUMENTS[named[2] or ""], AskedDates(as_of, at), named[1])


class ReadyAnswers:
    """Gives what lies ready, on bare ASGI; who names a role is let through."""

    def __init__(self, app: ASGIApp, documents: PlanDocuments, asked: AskedBefore) -> None:
        self.app = app
        self.documents = documents
        self.asked = asked

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers by itself, or hands on."""
        answer: Response | None = None
        if scope["type"] == "http" and (asked := self._asked(scope)) is not None:
            try:
                answer = self._remembered(asked, scope) or await self._looked_up(asked, scope)
            except DomainError:
                answer = None  # refused: in the words of whoever looks at it from the beginning
        await (answer or self.app)(scope, receive, send)

    def at_once(self, scope: Scope) -> ReadyBytes | None:
        """What memory alone has, for who was admitted; None where something is to be looked up."""
        asked = self._asked(scope)
        try:
            return None if asked is None else self._remembered(asked, scope)
        except DomainError:
            return None

    def _asked(self, scope: Scope) -> AskedAddress | None:
        if scope["method"] != "GET" or b"actor" in request_headers(scope):
            return None
        address = scope["path"], scope["query_string"]
        return self.asked.get(address) or _document_at(address)

    def _remembered(self, asked: AskedAddress, scope: Scope) -> ReadyBytes | None:
        if isinstance(asked, AskedFile) or not isinstance(asked.query, AskedDates) or _FLOOR in request_headers(scope):
            return None  # what must be known is looked for in the record
        admission: Admission = scope["state"]["admission"]
        admission.require(asked.row, None)
        held = header_of(scope, b"if-none-match")
        answer = self.documents.remembered(asked.row, asked.query, asked.subject, admission, held)
        if answer is not None:
            scope["state"]["route"] = f"/v1{asked.row.path}"
        return answer

    @staticmethod
    async def _looked_up(asked: AskedAddress, scope: Scope) -> Response | None:
        context, row = QueryRequest(scope), asked.row
        if isinstance(asked, AskedFile):
            answer = await _file(context, asked, scope)
        else:
            context.admission.require(row, asked.subject if row.scope == "administration" else None)
            if isinstance(asked.query, AskedDates):
                answer = await context.answer_document(row, asked.query, asked.subject)
            else:
                answer = await _question(context, asked, asked.query)
        if answer is not None:
            scope["state"]["route"] = f"/v1{row.path}"
        return answer


class ShortWay(NamedTuple):
    """What lies in memory, for whoever is admitted at once: through the same layers, each by one call and not by messages."""

    gate: AccessGate
    ready: ReadyAnswers
    compression: Compression

    def answer(self, scope: Scope, *, is_secure: bool) -> WholeAnswer | None:
        """The whole answer to a request; None where somebody is to be waited for."""
        if scope["method"] != "GET" or (admission := self.gate.at_once(scope)) is None:
            return None
        scope["state"]["admission"] = admission
        answer = self.ready.at_once(scope)
        return None if answer is None else self.compression.at_once(scope, answer, is_secure=is_secure)


async def _question(context: QueryRequest, asked: AskedReady, query: Frozen) -> Response:
    with context.store.reading_on_event_loop() as reader:
        if reader is not None:
            ready = context.ready_question(asked.row, query, reader, asked.subject, asked.part)
            if ready is not None:
                return ready
    return await run_in_threadpool(context.answer_question, asked.row, query, asked.subject, asked.part)


async def _file(context: QueryRequest, asked: AskedFile, scope: Scope) -> Response | None:
    if _FLOOR in request_headers(scope):
        return None  # whether it says a version is for the framework to see
    context.admission.require(asked.row, asked.path.get("administration"))
    scope["path_params"] = dict(asked.path)
    answer = await asked.answer(Request(scope), context)
    return answer if isinstance(answer, Response) else None
