"""The cells of a file that what is said of its document is of: problems, warnings, questions."""

from collections.abc import Callable, Sequence

from api.commands.handler import Decision
from domain.documents.questions import OpenQuestion
from domain.documents.uploaded import UploadedMeasurement, UploadedPlan, UploadedRow, UploadedStatus
from domain.errors import Malformed
from domain.patterns import regex

_PLACE = regex(r"(objectives|indicators|measurements|statuses)\[(\d+)\]")


def file_cell(where: str, uploaded: UploadedPlan) -> str:
    """The row of the workbook that a place in the document was made of."""
    match = _PLACE.match(where)
    rows: Sequence[UploadedRow | UploadedMeasurement | UploadedStatus] = (
        (getattr(uploaded, match[1]) or ()) if match and uploaded.columns else ()
    )
    return uploaded.location(rows[int(match[2])].where) if match and int(match[2]) < len(rows) else where


def asked_in_cell(question: OpenQuestion, uploaded: UploadedPlan) -> OpenQuestion:
    """A question of the row of the workbook that it is about."""
    return question.model_copy(update={"where": file_cell(question.where, uploaded)})


def in_cells(uploaded: UploadedPlan, decided: Callable[[], Decision]) -> Decision:
    """What loading comes to, with each problem and warning in the cell of the file that it is of."""
    try:
        decision = decided()
    except Malformed as error:
        raise located_in_file(error, uploaded) from None
    warnings = (w.model_copy(update={"where": file_cell(w.where, uploaded)}) for w in decision.warnings)
    return decision._replace(warnings=tuple(warnings))


def located_in_file(error: Malformed, uploaded: UploadedPlan) -> Malformed:
    """Problems of a document, each in the cell of the file that it is of."""
    return error.placed(lambda where: file_cell(where, uploaded))
