"""Answers that no projection gives: what a document, or a file, would do."""

from typing import Annotated, Literal

import orjson
from pydantic import Field
from typing_extensions import TypedDict

from api.imports.import_preview import FilePreview
from api.operations.schemas import NoticeList
from domain.documents.plan import PlanDocument
from projections.answers import DescribedBy, Instant, Name, Text
from projections.deciding import Deciding
from projections.plan_in_force import PlanInForce

ImportState = Literal["working", "ready", "confirmed", "proposed", "failed"]


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
