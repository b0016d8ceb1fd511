"""The rows of a page as a file: what `?formato=csv` at the address of the page gives."""

from collections.abc import Iterable, Sequence

from fastapi.responses import Response

from api.formats.csv_table import csv_table
from api.pages.visit import PlanVisit

FORMAT = "formato"


def wants_csv(visit: PlanVisit) -> bool:
    """Whether the address asks for the rows of the page, and not for the page."""
    return visit.query.get(FORMAT) == "csv"


def csv_address(visit: PlanVisit) -> str:
    """The address of the same rows as a file."""
    return visit.here(**{FORMAT: "csv"})


def csv_file(visit: PlanVisit, name: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Response:
    """A table for a spreadsheet: UTF-8, semicolons; a cell that a spreadsheet would compute is kept as text.

    The columns are called in the language of the visit.
    """
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"', "Cache-Control": "no-cache"}
    return Response(
        csv_table([visit.worded(column) for column in columns], rows),
        media_type="text/csv; charset=utf-8",
        headers=headers,
    )
