"""Reads the file of a plan: a workbook, and a JSON document that is not small, in a process of its own."""

import base64
import hashlib
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

import orjson
from pydantic import TypeAdapter

from api.formats.json_reader import LARGE, into, parse_json
from api.formats.readers import DEFAULT, READERS, ReaderLimits
from api.layout.said import UNSAID, SaidOfReading
from api.settings import Settings
from api.workbook.cells import Sheet
from api.workbook.safety import Limits, WorkbookRefused, check_size, refusing_failures
from domain.documents.plan import PlanDocument
from domain.documents.questions import OpenQuestion
from domain.documents.uploaded import UploadedPlan, uploaded_of
from domain.errors import Malformed
from domain.late import late
from domain.vocabulary import DEFERRED, Frozen, JsonValue
from projections.store.gc_tuning import gc_tuned
from projections.store.store import Store

with late:  # a file comes in now and then
    from api.layout.give_back import workbook_with_reading
    from api.layout.mapping import Lines, lines_of_json
    from api.layout.reading import proposed_reading, read_office_plan
    from api.layout.recognition import is_office_plan
    from api.workbook import formats
    from api.workbook.question_sheet import with_questions
    from api.workbook.read import read_workbook

_UPLOADED = TypeAdapter(UploadedPlan, config=DEFERRED)
SAID = "said"


class Incoming(NamedTuple):
    """A file as it was read: the uploaded plan, and the document itself where it is JSON."""

    uploaded: UploadedPlan
    digest: str
    document: PlanDocument | None = None
    again: "Callable[[Store, Mapping[str, str]], Incoming] | None" = None
    """Reads a file in an office's own layout again, as the answers to the questions of its reading say."""


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
    said: SaidOfReading = UNSAID,
    partly: bool = False,
    name: str = "",
) -> Incoming:
    """What a file says, whatever its name: XLSX, ODS, a ZIP of CSV, JSON; Malformed with every problem and its place.

    One that is none of these is refused with what its `name` promised.

    Taken `partly`, a workbook with problems is what could be read beside them: what the rules find is told with them.

    `said` is what was said of the reading of an office's own layout.
    """
    digest = hashlib.sha256(data).hexdigest()
    with gc_tuned():
        if formats.format_of(data, name) == "json":
            small = len(data) <= LARGE
            content = parse_json(data) if small else orjson.loads(READERS.read(DOCUMENT, data, {}, using))
            document = into(PlanDocument, content)
            return Incoming(uploaded_of(document, complete=complete), digest, document)
        check_size(data, within)
        answer = READERS.read(
            WORKBOOK, data, _asked(within, said), using, (WorkbookRefused, formats.CollectionReturned)
        )
        with refusing_failures():
            uploaded = _UPLOADED.validate_json(answer)
        if uploaded.problems and not partly:
            raise Malformed(list(uploaded.problems))
        return Incoming(uploaded._replace(complete=uploaded.complete | frozenset(complete)), digest)


def read_proposal(
    data: bytes, within: Limits, *, using: ReaderLimits = DEFAULT, said: SaidOfReading = UNSAID
) -> UploadedPlan:
    """How a workbook in an office's own layout would be read, and nothing of its rows; WorkbookRefused for any other file."""
    _require_layout(data, within)
    with gc_tuned():
        return _UPLOADED.validate_json(READERS.read(PROPOSAL, data, _asked(within, said), using, (WorkbookRefused,)))


def reading_workbook(
    data: bytes, within: Limits, *, using: ReaderLimits = DEFAULT, said: SaidOfReading = UNSAID
) -> bytes:
    """The office's workbook with a sheet of how it would be read; WorkbookRefused for any other file."""
    _require_layout(data, within)
    return base64.b64decode(
        orjson.loads(READERS.read(GIVEN_BACK, data, _asked(within, said), using, (WorkbookRefused,)))
    )


def _require_layout(data: bytes, within: Limits) -> None:
    """Refuses what has no layout, and what is too large: WorkbookRefused."""
    if formats.format_of(data) == "json":
        raise WorkbookRefused("un documento JSON non ha una lettura", accepted="una cartella .xlsx o .ods, un .csv")
    check_size(data, within)


def _asked(within: Limits, said: SaidOfReading) -> dict[str, JsonValue]:
    """What the other process is told: the limits, and what was said of the reading."""
    return {**within._asdict(), SAID: [_listed(lines) for lines in said]}


def with_questions_beside(
    data: bytes, within: Limits, questions: Iterable[OpenQuestion], *, using: ReaderLimits = DEFAULT
) -> bytes:
    """A workbook with the sheets of a file and the questions about it; WorkbookRefused for a JSON document."""
    if formats.format_of(data) == "json":
        raise WorkbookRefused(
            "le domande si scrivono accanto ai fogli di una cartella, e il file è un documento JSON",
            accepted="le risposte con --answer, per numero",
        )
    check_size(data, within)
    asked = _Asked(within=within._asdict(), questions=tuple(questions)).model_dump(mode="json")
    return READERS.read(QUESTIONED, data, asked, using, (WorkbookRefused,))


# What runs in the other process.

GIVEN_BACK = f"{__name__}:reading_workbook_apart"
PROPOSAL = f"{__name__}:read_proposal_apart"
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
        sheets = formats.sheets_in(data, Limits(**asked.within))
    return with_questions(sheets, asked.questions)


def read_workbook_apart(data: bytes, options: dict[str, JsonValue]) -> bytes:
    """What a workbook wants, in JSON: what a row does not say stays unsaid. One in an office's own layout is read by a proposal."""
    within, said = _taken(options)
    with refusing_failures():
        sheets = formats.sheets_in(data, within)
        formats.require_plan(sheets)
        own = bool(said.lines) or is_office_plan(sheets)
        if not own:
            formats.require_named(sheets)
        read = read_office_plan(sheets, said) if own else read_workbook(sheets, dict(said.answers))
        return _UPLOADED.dump_json(read, exclude_unset=True)


def read_proposal_apart(data: bytes, options: dict[str, JsonValue]) -> bytes:
    """How a workbook would be read, in JSON; one of our own format is refused: it needs no reading."""
    with refusing_failures():
        _, proposed = _proposed(data, options)
        shown = UploadedPlan(None, None, remarks=proposed.remarks, doubts=proposed.doubts, reading=proposed.reading)
        return _UPLOADED.dump_json(shown, exclude_unset=True)


def reading_workbook_apart(data: bytes, options: dict[str, JsonValue]) -> bytes:
    """The workbook with the sheet of its reading, in JSON."""
    with refusing_failures():
        return orjson.dumps(base64.b64encode(workbook_with_reading(*_proposed(data, options))).decode())


def _proposed(data: bytes, options: dict[str, JsonValue]) -> tuple[list[Sheet], UploadedPlan]:
    within, said = _taken(options)
    sheets = formats.sheets_in(data, within)
    if not said.lines and not is_office_plan(sheets):
        raise WorkbookRefused(
            "il file è nel formato di template, o non ha una tabella del piano: non c'è una lettura da proporre",
            accepted="una tabella con una riga per indicatore",
        )
    return sheets, proposed_reading(sheets, said)


def _taken(options: dict[str, JsonValue]) -> tuple[Limits, SaidOfReading]:
    parts = options.get(SAID)
    said = SaidOfReading(*(lines_of_json(lines) for lines in parts)) if isinstance(parts, list) else UNSAID
    return Limits(**{name: value for name, value in options.items() if isinstance(value, int)}), said


def _listed(lines: Lines) -> JsonValue:
    return [[label, value] for label, value in lines]


def read_document_apart(data: bytes, _: object) -> bytes:
    """A JSON plan document that is well formed, and a plan, written anew."""
    content = parse_json(data)
    into(PlanDocument, content)
    return orjson.dumps(content)
