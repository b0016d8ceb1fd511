"""Answers that no projection gives: what a command recorded, the status of the service, problems."""

from typing import Annotated, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from api.formats.problem_json import Pointer, ProblemItem
from domain.notice import Notice
from domain.vocabulary import Identifier
from projections.answers import Count, DescribedBy, Name, Text, Version

HttpStatus = Annotated[int, Field(ge=100, le=599)]


class Problem(TypedDict):
    """Un errore, secondo la RFC 9457. `type` è stabile; `title` e `detail` sono per le persone."""

    type: Annotated[str, Field(max_length=200, examples=["urn:in-itinere:problem:no-change"])]
    title: Text
    status: HttpStatus
    detail: Text
    instance: Annotated[str, Field(max_length=4000)]
    where: NotRequired[Text]
    pointer: NotRequired[Pointer]
    accepted: NotRequired[Text]
    listed: NotRequired[list[Text]]
    total: NotRequired[Count]
    problems: NotRequired[Annotated[list[ProblemItem], Field(max_length=1000)]]


class Status(TypedDict):
    """Lo stato del servizio, nella forma di un problema che non c'è."""

    type: Name
    title: Text
    status: HttpStatus
    detail: Text
    name: Name
    version: Name
    plans: Count


class NoticeAnswer(TypedDict):
    """A notice, as JSON."""

    where: str
    name: str
    words: str


NoticeList = list[Annotated[NoticeAnswer, DescribedBy(Notice)]]


class Span(TypedDict):
    """Le versioni registrate in un flusso, dalla prima all'ultima."""

    first: Version
    last: Version


class Recorded(TypedDict):
    """Che cosa un comando ha registrato. `secret` è ciò che si vede una volta sola: un link d'accesso, un token."""

    command_id: Name
    plan: Identifier | None
    version: Version | None
    versions: dict[str, Span]
    warnings: NoticeList
    repeated: bool
    secret: NotRequired[Text]
    proposal: NotRequired[Annotated[Identifier, Field(description="La proposta di cui si tratta, se è di una.")]]
