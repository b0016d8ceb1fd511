"""Reads the file of a plan: a workbook, and a JSON document that is not small, in a process of its own."""

import hashlib
from collections.abc import Iterable
from typing import NamedTuple

import orjson
from pydantic import TypeAdapter

from api.formats.json_reader import LARGE, into, parse_json
from api.formats.readers import DEFAULT, READERS, ReaderLimits
from api.settings import Settings
from api.workbook.formats import CollectionReturned, format_of, read_partly, sheets_in
from api.workbook.question_sheet import with_questions
from api.workbook.safety import Limits, WorkbookRefused, check_size, refusing_failures
from domain.documents.plan import PlanDocument
from domain.documents.questions import OpenQuestion
from domain.documents.uploaded import UploadedPlan, uploaded_of
from domain.errors import Malformed
from domain.vocabulary import Frozen, JsonValue
from projections.store.gc_tuning import gc_tuned

_UPLOADED = TypeAdapter(UploadedPlan)


class Incoming(NamedTuple):
    """A file as it was read: the uploaded plan, and the document itself where it is JSON."""

    uploaded: UploadedPlan
    digest: str
    document: PlanDocument | None = None


def limits(settings: Settings) -> Limits:
    """The limits of a workbook, from the settings."""
    return Limits(
        packed=settings.max_document_bytes,
        unpacked=settings.max_workbook_unpacked_bytes,
        ratio=settings.max_workbook_ratio,
        rows=settings.max_workbook_rows,
        cells=settings.max_workbook_cells,
    )


def reader_limits(settings: Settings) -> ReaderLimits:
    """The limits of the process that reads a file, from the settings."""
    return ReaderLimits(settings.reader_seconds, settings.reader_memory_bytes)


def read_incoming(
    data: bytes,
    within: Limits,
    *,
    complete: Iterable[str] = (),
    using: ReaderLimits = DEFAULT,
    partly: bool = False,
    name: str = "",
) -> Incoming:
    """What a file says, whatever its name: XLSX, ODS, a ZIP of CSV, JSON; Malformed with every problem and its place.

    One that is none of these is refused with what its `name` promised.

    Taken `partly`, a workbook with problems is what could be read beside them: what the rules find is told with them.
    """
    digest = hashlib.sha256(data).hexdigest()
    with gc_tuned():
        if format_of(data, name) == "json":
            small = len(data) <= LARGE
            content = parse_json(data) if small else orjson.loads(READERS.read(DOCUMENT, data, {}, using))
            document = into(PlanDocument, content)
            return Incoming(uploaded_of(document, complete=complete), digest, document)
        check_size(data, within)
        answer = READERS.read(WORKBOOK, data, within._asdict(), using, (WorkbookRefused, CollectionReturned))
        with refusing_failures():
            uploaded = _UPLOADED.validate_json(answer)
        if uploaded.problems and not partly:
            raise Malformed(list(uploaded.problems))
        return Incoming(uploaded._replace(complete=uploaded.complete | frozenset(complete)), digest)


def with_questions_beside(
    data: bytes, within: Limits, questions: Iterable[OpenQuestion], *, using: ReaderLimits = DEFAULT
) -> bytes:
    """A workbook with the sheets of a file and the questions about it; WorkbookRefused for a JSON document."""
    if format_of(data) == "json":
        raise WorkbookRefused(
            "le domande si scrivono accanto ai fogli di una cartella, e il file è un documento JSON",
            accepted="le risposte con --answer, per numero",
        )
    check_size(data, within)
    asked = _Asked(within=within._asdict(), questions=tuple(questions)).model_dump(mode="json")
    return READERS.read(QUESTIONED, data, asked, using, (WorkbookRefused,))


# What runs in the other process.

WORKBOOK, DOCUMENT = f"{__name__}:read_workbook_apart", f"{__name__}:read_document_apart"
QUESTIONED = f"{__name__}:write_questions_apart"


class _Asked(Frozen):
    """What is asked of the process that writes the questions beside the sheets."""

    within: dict[str, int]
    questions: tuple[OpenQuestion, ...]


def write_questions_apart(data: bytes, options: dict[str, JsonValue]) -> bytes:
    """The workbook of the sheets of a file, with the questions about it."""
    asked = _Asked.model_validate(options)
    with refusing_failures():
        sheets = sheets_in(data, Limits(**asked.within))
    return with_questions(sheets, asked.questions)


def read_workbook_apart(data: bytes, within: dict[str, int]) -> bytes:
    """What a workbook wants, in JSON: what a row does not say stays unsaid."""
    with refusing_failures():
        return _UPLOADED.dump_json(read_partly(data, Limits(**within)), exclude_unset=True)


def read_document_apart(data: bytes, _: object) -> bytes:
    """A JSON plan document that is well formed, and a plan, written anew."""
    content = parse_json(data)
    into(PlanDocument, content)
    return orjson.dumps(content)
