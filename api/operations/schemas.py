"""Answers that no projection gives: what a command recorded, previews, the status of the service, problems."""

from typing import Annotated, Literal, NotRequired

import orjson
from pydantic import Field
from typing_extensions import TypedDict

from api.formats.problem_json import Pointer, ProblemItem
from api.imports.import_preview import FilePreview
from domain.documents.plan import PlanDocument
from domain.notice import Notice
from domain.vocabulary import Identifier
from projections.answers import Count, DescribedBy, Instant, Name, Text, Version
from projections.deciding import Deciding
from projections.plan_in_force import PlanInForce

HttpStatus = Annotated[int, Field(ge=100, le=599)]
ImportState = Literal["working", "ready", "confirmed", "proposed", "failed"]


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


class PlanPreview(TypedDict):
    """Che cosa farebbe un documento di piano: il piano come sarebbe in vigore, e le stranezze."""

    preview: Literal[True]
    plan: Annotated[PlanInForce, DescribedBy(PlanDocument)]
    decides: Deciding
    warnings: NoticeList


class ImportPreview(TypedDict):
    """Un file inviato: a che punto è la sua anteprima, e che cosa mostra quando è pronta."""

    id: Name
    state: Annotated[ImportState, Field(description="A che punto è.")]
    stage: Text
    created_at: Instant
    expires_at: Instant
    preview: Annotated[orjson.Fragment | None, DescribedBy(FilePreview | None)]


class DecidedPreview(FilePreview):
    """L'anteprima di un file, con ciò che è stato deciso."""

    preview: Literal[True]
