"""The rows of a page as a file: what `?formato=csv`, `json` or `xlsx` at the address of the page gives."""

from collections.abc import Collection, Iterable, Sequence

import orjson
from starlette.responses import Response

from api.formats.csv_table import csv_table
from api.language.labels import REDACTED
from api.pages.addresses import from_point
from api.pages.foot import CheckpointAtFoot, Foot
from api.pages.frame import spoken
from api.pages.visit import AS_FILE, PlanVisit
from api.workbook.table_book import TablePrinted, table_book

FORMAT = AS_FILE
FORMATS = {"JSON": "json", "CSV": "csv", "XLSX": "xlsx"}
YES, NO = "sì", "no"
TITLES = {"dovuti": "Che cosa è dovuto", "storia": "Chi l'ha fissato"}
"""What rows are whose file is not called as they are."""
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FIGURES = frozenset(
    {
        "peso",
        "raggiunto",
        "in vigore",
        "contro i target approvati",
        "differenza",
        "peso coperto",
        "osservato",
        "valore",
        "ponderato",
    }
)
"""The columns whose cells are figures where they are one: those are numbers in a workbook; of a page's other columns none is."""


def wants_file(visit: PlanVisit) -> bool:
    """Whether the address asks for the rows of the page, and not for the page."""
    return visit.query.get(FORMAT) in FORMATS.values()


def spreadsheets(visit: PlanVisit) -> dict[str, str]:
    """The addresses of the same rows for a spreadsheet, by the name of the format."""
    return {words: _address(visit, code) for words, code in FORMATS.items() if code != "json"}


def these_rows(visit: PlanVisit, whole: str = "", *filters: str) -> dict[str, str]:
    """The addresses of the same rows, in each format.

    `whole` is a question that answers the same as JSON, where one does: unless the address says any of the filters.
    """
    asked = {words: _address(visit, code) for words, code in FORMATS.items()}
    filtered = any(visit.query.get(name) for name in filters)
    return asked | {"JSON": whole} if whole and not filtered else asked


def table_file(
    visit: PlanVisit,
    name: str,
    columns: Sequence[str],
    rows: Iterable[Sequence[object]],
    worded: Collection[str] = (),
    called: str = "",
) -> Response:
    """A table to take away, in the format that the address asks for.

    CSV for a spreadsheet: UTF-8, semicolons; a cell that a spreadsheet would compute is kept as text. XLSX to be printed, and
    to be calculated with. JSON: a list of rows by the Italian names of the columns, with the two dates. Headings, and what is ours in the cells, are in the language of the
    visit: yes and no, and the columns that are `worded`; several such words are a list. `called` is what the rows are, where
    the name of the file does not begin with it.
    """
    ours = [column in worded for column in columns]
    table = [[_said(visit, cell, own=own) for own, cell in zip(ours, row, strict=True)] for row in rows]
    kind = str(visit.query.get(FORMAT))
    headers = {"Content-Disposition": f'attachment; filename="{name}.{kind}"', "Cache-Control": "no-cache"}
    if kind == "json":
        body = orjson.dumps(
            {
                "plan": visit.plan,
                **from_point(visit.point),
                "rows": [dict(zip(columns, row, strict=True)) for row in table],
            }
        )
        return Response(body, media_type="application/json", headers=headers)
    if kind == "xlsx":
        return Response(_book(visit, called or _kind(visit, name), columns, table), media_type=XLSX, headers=headers)
    cells = ([_flat(visit, cell) for cell in row] for row in table)
    return Response(
        csv_table([visit.worded(column) for column in columns], cells),
        media_type="text/csv; charset=utf-8",
        headers=headers,
    )


def _book(visit: PlanVisit, kind: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """The rows as a workbook, beneath the title of the plan and from where they are seen; on each page what covers them."""
    seen = visit.evidence()
    at = CheckpointAtFoot(*seen.checkpoint) if seen.checkpoint else None
    versions = [stream.version for stream in seen.seen] or [seen.version]
    dates, covered = Foot(seen.as_of, seen.known_at, seen.before, versions, at, bool(seen.beyond)).lines(visit.language)
    called = visit.worded(kind)
    return table_book(
        TablePrinted(
            title=visit.reading.document["plan"]["title"] or visit.plan,
            lines=[called, dates, seen.address],
            columns=[visit.worded(column) for column in columns],
            rows=rows,
            figures={visit.worded(column) for column in FIGURES},
            foot=f"{dates}  {covered}",
            yes_no=(visit.worded(YES), visit.worded(NO)),
            name=called,
        )
    )


def _kind(visit: PlanVisit, name: str) -> str:
    """What the rows are, as the name of their file begins."""
    words = name.partition(f"-{visit.plan}")[0].replace("-", " ")
    return TITLES.get(words, words[:1].upper() + words[1:])


def _address(visit: PlanVisit, code: str) -> str:
    """In the language of the page: whoever is handed the address has made no choice of one."""
    return visit.here(**{FORMAT: code, **spoken(visit.language)})


def _said(visit: PlanVisit, cell: object, *, own: bool) -> object:
    if isinstance(cell, list):
        return [_said(visit, item, own=own) for item in cell]
    return visit.said(cell) if isinstance(cell, str) and (own or cell == REDACTED) else cell


def _flat(visit: PlanVisit, cell: object) -> object:
    if isinstance(cell, bool):
        return visit.worded(YES if cell else NO)
    return "; ".join(map(str, cell)) if isinstance(cell, list) else cell
