"""Reads the file of an office as that office's files are read: with what was said of an earlier one, for its own plan.

What is remembered of an administration is in its stream. A file in a layout of its own is first read as it comes; where
it is of an administration that said how its files are read, it is read again with that, and the preview says so.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date

from api.formats.readers import DEFAULT, ReaderLimits
from api.imports.reading import Incoming, read_incoming, read_proposal
from api.language.labels import LEVELS
from api.layout.mapping import Lines, headings_of, lines_of_answers, lines_of_json
from api.layout.said import UNSAID, SaidOfReading
from api.workbook.safety import Limits, WorkbookRefused
from api.workbook.sheets import QUESTION
from domain.access.principal import MACHINE, Principal
from domain.administrations.events import LAYOUT
from domain.documents.plan import AdministrationPart
from domain.documents.uploaded import OfficeReading, UploadedPlan
from domain.errors import Malformed
from domain.facts import ADMINISTRATION, PLAN
from domain.objectives.levels import levels_of
from domain.plans.state import PlanState
from domain.spelling import folded
from projections.store.reader import Reader
from projections.store.store import Store
from projections.streams import ADMINISTRATIONS, administration_stream, find_plan, plan_stream, plans_of

MOST_ADMINISTRATIONS = 200
"""Among how many administrations the one of a file that names none is looked for by its headings."""

_OF_ONE_FILE = {"Titolo", "Primo anno", "Ultimo anno", "Anno dei target", "Id piano"}
"""What a reading says of one plan only."""


def read_office_file(  # noqa: PLR0913 - how a file is read, and for whom
    store: Store,
    data: bytes,
    within: Limits,
    *,
    complete: Iterable[str] = (),
    using: ReaderLimits = DEFAULT,
    said: SaidOfReading = UNSAID,
    plan: str | None = None,
    by: Principal = MACHINE,
    partly: bool = False,
    name: str = "",
) -> Incoming:
    """What a file says, read as the files of its administration are; Malformed with every problem and its place."""
    complete = tuple(complete)
    incoming, refused = _tried(
        lambda: read_incoming(data, within, complete=complete, using=using, said=said, partly=partly, name=name)
    )

    def again(store: Store, answers: Mapping[str, str]) -> Incoming:
        more = said._replace(answers=lines_of_answers(answers, QUESTION))
        return read_office_file(
            store, data, within, complete=complete, using=using, said=more, plan=plan, by=by, partly=partly, name=name
        )

    if incoming is not None and incoming.uploaded.reading is None:
        return incoming._replace(again=again)
    reading = incoming.uploaded.reading if incoming is not None else _proposed(data, within, using, said)
    part = incoming.uploaded.administration if incoming is not None else None
    remembered: Lines = ()
    if reading is not None:
        with store.reading() as reader:
            remembered = _remembered(reader, reading, part, plan, by)
    if remembered:
        more = said._replace(remembered=remembered)
        incoming = read_incoming(data, within, complete=complete, using=using, said=more)
    if incoming is None:
        raise refused

    with store.reading() as reader:
        return incoming._replace(uploaded=_identified(reader, incoming.uploaded, plan), again=again)


def _tried(read: Callable[[], Incoming]) -> tuple[Incoming | None, Malformed]:
    """What a file says as it comes; None, and what is wrong with it, where it cannot be taken."""
    try:
        return read(), Malformed([])
    except Malformed as error:
        return None, error


def _proposed(data: bytes, within: Limits, using: ReaderLimits, said: SaidOfReading) -> OfficeReading | None:
    try:
        return read_proposal(data, within, using=using, said=said).reading
    except (WorkbookRefused, Malformed):
        return None


def with_what_is_remembered(
    store: Store, data: bytes, within: Limits, using: ReaderLimits, said: SaidOfReading, *, by: Principal = MACHINE
) -> SaidOfReading:
    """What is said of the reading of a file, with what is remembered of the files of its administration beneath it."""
    if (reading := _proposed(data, within, using, said)) is None:
        return said
    with store.reading() as reader:
        return said._replace(remembered=_remembered(reader, reading, None, None, by))


def lines_to_remember(reading: OfficeReading | None) -> Lines:
    """What of a reading holds for the next file: whose it is, what the columns are; no target of a year, no row."""
    if reading is None:
        return ()
    return tuple(
        (line.label, line.value)
        for line in reading.lines
        if line.value
        and line.label not in _OF_ONE_FILE
        and not line.label.startswith("Riga")
        and not _of_a_year(line.value)
    )


def _of_a_year(value: str) -> bool:
    return value.startswith("target ")


def _remembered(
    reader: Reader, reading: OfficeReading, part: AdministrationPart | None, plan: str | None, by: Principal
) -> Lines:
    """What was said of an earlier file of the administration: of the plan, of the name in the file, of the same headings."""
    if plan is not None:
        return _lines(reader, find_plan(reader, plan).administration_stream)
    name = part.name if part is not None else _said(reading, "Ente")
    streams = list(reader.streams(ADMINISTRATIONS))[:MOST_ADMINISTRATIONS]
    streams = [stream for stream in streams if by.may("change_plan", stream.removeprefix(ADMINISTRATIONS))]
    if name:
        known = part.id if part is not None else ""
        for stream in streams:
            if stream == administration_stream(known) or folded(_name(reader, stream)) == folded(name):
                return _lines(reader, stream)
        return ()
    headings = headings_of(line.label for line in reading.lines)
    fitting = [
        lines
        for stream in streams
        if (lines := _lines(reader, stream)) and headings_of(label for label, _ in lines) <= headings
    ]
    return fitting[0] if len(fitting) == 1 else ()


def _said(reading: OfficeReading, label: str) -> str:
    return next((line.value for line in reading.lines if line.label == label), "")


def _lines(reader: Reader, stream: str) -> Lines:
    return lines_of_json(reader.timelines(stream).value(ADMINISTRATION, LAYOUT, date.max))


def _name(reader: Reader, stream: str) -> str:
    return str(reader.timelines(stream).value(ADMINISTRATION, "name", date.max) or "")


def _identified(reader: Reader, uploaded: UploadedPlan, plan: str | None) -> UploadedPlan:
    """The same, of the administration and the plan that are there already under another id than its titles make."""
    reading, part, head = uploaded.reading, uploaded.administration, uploaded.plan
    if reading is None:
        return uploaded
    if plan is not None and not _said(reading, "Id piano"):
        return _with_levels_of(reader, uploaded, plan)._replace(plan=None)  # whose it is was said
    if part is None:
        return uploaded
    if not _said(reading, "Id ente"):
        for stream in list(reader.streams(ADMINISTRATIONS))[:MOST_ADMINISTRATIONS]:
            if folded(_name(reader, stream)) == folded(part.name):
                part = part.model_copy(
                    update={"id": stream.removeprefix(ADMINISTRATIONS), "name": _name(reader, stream)}
                )
    if head is not None and not _said(reading, "Id piano"):
        same = [
            id_
            for id_ in plans_of(reader, part.id)
            if (
                reader.only_value(plan_stream(id_), PLAN, "first_year"),
                reader.only_value(plan_stream(id_), PLAN, "last_year"),
            )
            == (head.first_year, head.last_year)
        ]
        own = f"{part.id}-{head.first_year}-{head.last_year}"
        head = head.model_copy(update={"id": same[0] if len(same) == 1 else own})
    uploaded = uploaded._replace(administration=part, plan=head)
    return uploaded if head is None else _with_levels_of(reader, uploaded, head.id)


def _with_levels_of(reader: Reader, uploaded: UploadedPlan, plan: str) -> UploadedPlan:
    """The same with the levels that a plan calls by a code called so, as their words say."""
    levels = levels_of(PlanState(reader.timelines(plan_stream(plan)), date.max))
    codes = {folded(LEVELS[level]): level for level in levels if level in LEVELS}
    rows = tuple(
        row.model_copy(update={"level": codes[folded(row.level)]}) if folded(row.level) in codes else row
        for row in uploaded.objectives or ()
    )
    return uploaded._replace(objectives=rows)
