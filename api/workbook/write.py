"""Writes a workbook: XLSX with drop-downs, notes and locked headings, or a ZIP with one CSV a sheet.

Every cell is text, or a date: never a formula. In CSV a text that a spreadsheet would take for a formula is preceded by
an apostrophe, which the reader takes away again.
"""

import csv
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from io import BytesIO, StringIO
from typing import TYPE_CHECKING

from api.workbook.cells import letter
from api.workbook.example_rows import example_row
from api.workbook.format import CHANGES, PLAN, PLAN_SHEET, READINGS, Column, PlanSheetEntry
from api.workbook.help_sheet import HELP_NAME, TECHNICAL_SHEETS, write_help
from api.workbook.look import GREY, Look, fits_paper, look_of, row_height, without_warnings
from api.workbook.rows import Fields, RowValue, Written, head, sheets_of
from domain.italian import print_date
from domain.patterns import regex
from projections.plan_in_force import PlanInForce

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

NO_DATE = datetime(1980, 1, 1, tzinfo=UTC)
"""When every workbook says that it was made, as the entries of its ZIP do: the same plan is the same bytes, as its ETag says."""
TEMPLATE_YEARS = 3
ROOM = 2_000
"""How many rows below the last have their drop-downs ready."""
OFFERED = 500
"""How many rows below the last are looked at for the names that are offered."""
NAMED_BY = {"objectives": "title", "indicators": "name", "offices": "name"}
"""The columns by which people call what other sheets refer to, by part."""
REQUIRED_OF_PLAN = frozenset({"administration_name", "first_year", "last_year"})
"""The lines of the sheet of the plan without which there is no plan."""
_NEUTRAL = regex(r"'*[=+\-@\t\r]")
_ALLOWED = {
    "format_cells": True,
    "format_columns": True,
    "format_rows": True,
    "insert_rows": True,
    "insert_columns": True,
    "delete_rows": True,
    "sort": True,
    "autofilter": True,
}

Changes = Iterable[Fields]


def write_xlsx(document: PlanInForce, changes: Changes = (), mark: str | None = None) -> bytes:
    """The workbook of a plan document; `mark` is printed at the foot of each page."""
    return _written(document, changes, mark, is_template=False)


def write_template(first_year: int) -> bytes:
    """The workbook that an office fills in from nothing, for a plan of three years: every heading with its note, an example."""
    empty: PlanInForce = {
        "administration": {"id": "", "name": "", "offices": []},
        "plan": {
            "id": "",
            "title": "",
            "first_year": first_year,
            "last_year": first_year + TEMPLATE_YEARS - 1,
            "status": "draft",
            "years": {},
        },
        "objectives": [],
        "indicators": [],
        "measurements": [],
        "statuses": [],
        "as_of": "",
        "version": 0,
    }
    return _written(empty, (), None, is_template=True)


def _written(document: PlanInForce, changes: Changes, mark: str | None, *, is_template: bool) -> bytes:
    import xlsxwriter  # noqa: PLC0415 - no start of the service waits for it

    from api.workbook.wide_sheet import WideSheet  # noqa: PLC0415 - likewise

    buffer = BytesIO()
    book = xlsxwriter.Workbook(buffer, {"strings_to_formulas": False, "strings_to_urls": False})
    title = document["plan"]["title"] or "Piano della performance"
    book.set_properties({"title": title, "created": NO_DATE})
    look = look_of(book)
    write_help(book.add_worksheet(HELP_NAME), look, is_template=is_template)
    _write_head(book.add_worksheet(PLAN_SHEET), document, look)
    sheets = list(sheets_of(document, changes))
    names = {sheet.format.part: _names_of(sheet) for sheet in sheets if sheet.format.part in NAMED_BY}
    for sheet in sheets:
        page = book.add_worksheet(sheet.name, WideSheet)
        example = example_row(sheet.format.part, sheet.columns) if is_template else []
        _write_sheet(page, sheet, names, look, example)
    for page in book.worksheets():
        page.set_footer(f"&L&8{(mark or '').replace('&', '&&')}&R&8&P / &N")
    book.close()
    return buffer.getvalue()


def _names_of(sheet: Written) -> str:
    """The cells of a sheet that hold its names, those that may still be written too."""
    number = next(n for n, column in enumerate(sheet.columns) if column.field == NAMED_BY[sheet.format.part])
    return f"='{sheet.name}'!${letter(number + 1)}$2:${letter(number + 1)}${len(sheet.rows) + OFFERED}"


def _write_head(page: "Worksheet", document: PlanInForce, look: Look) -> None:
    widths = (30, 60, 80)
    page.set_column(0, 0, widths[0])
    page.set_column(1, 1, widths[1], look.text)
    page.set_column(2, 2, widths[2], look.plain)
    for column, words in enumerate(("Campo", "Valore", "Nota")):
        page.write_string(0, column, words, look.heading)
    for row, ((label, value, note), entry) in enumerate(zip(head(document), PLAN, strict=True), start=1):
        is_required = entry.field in REQUIRED_OF_PLAN
        page.write_string(row, 0, label, look.required if is_required else look.heading)
        _put(page, row, 1, value, look.text, look.day)
        page.write_string(row, 2, f"Obbligatorio. {note}".strip() if is_required else note, look.plain)
        page.set_row(row, row_height([label, value if isinstance(value, str) else "", note], widths))
        _drop_down(page, (row, 1, row, 1), entry, {})
    page.freeze_panes(1, 1)
    fits_paper(page, 2)
    without_warnings(page)
    page.protect("", {"format_columns": True, "format_rows": True, "format_cells": True})


def _write_sheet(
    page: "Worksheet", sheet: Written, names: Mapping[str, str], look: Look, example: Sequence[str]
) -> None:
    is_technical = sheet.format in TECHNICAL_SHEETS
    if is_technical:
        page.set_tab_color(GREY)
    for number, column in enumerate(sheet.columns):
        greyed = is_technical or column.technical
        page.set_column(number, number, column.width, look.technical_text if greyed else look.text)
        heading = look.required if column.required and not is_technical else look.heading
        page.write_string(0, number, column.heading, look.technical_heading if greyed else heading)
        if note := _note(column):
            page.write_comment(0, number, note, {"x_scale": 2, "y_scale": 1.2})
    # All that is not a heading can be written, and so deleted, whole rows too: what a locked cell stands in cannot.
    page.set_column(len(sheet.columns), len(sheet.columns), None, look.text)  # and all after it: it is a wide sheet
    widths = [column.width for column in sheet.columns]
    page.set_row(0, row_height([column.heading for column in sheet.columns], widths))
    if example:
        for number, text in enumerate(example):
            page.write_string(1, number, text, look.example)
        page.set_row(1, row_height(example, widths))
    for row, values in enumerate(sheet.rows, start=1):
        for number, value in enumerate(values):
            greyed = is_technical or sheet.columns[number].technical
            _put(page, row, number, value, look.technical_text if greyed else look.text, look.day)
        page.set_row(row, row_height([value if isinstance(value, str) else "" for value in values], widths))
    for number, column in enumerate(sheet.columns):
        _drop_down(page, (1, number, len(sheet.rows) + ROOM, number), column, names)
    page.freeze_panes(1, 1)
    if sheet.rows:
        page.autofilter(0, 0, len(sheet.rows), len(sheet.columns) - 1)
    first, last = printed_columns(sheet.columns)
    fits_paper(page, last, first_column=0 if example else first)
    page.hide_gridlines(0)  # they are printed, too
    without_warnings(page)
    if sheet.format not in (READINGS, CHANGES):
        page.protect("", _ALLOWED)


def _note(column: Column) -> str:
    """What the comment of a heading says."""
    note = column.note if column.read else column.note or "Da guardare: qui non si modifica."
    return f"Obbligatoria. {note}".strip() if column.required else note


def printed_columns(columns: Sequence[Column]) -> tuple[int, int]:
    """The first and the last column that are printed: what is the program's own at the edges is not, nor an id beside its name."""
    first, last = 0, len(columns) - 1
    while first < last and (columns[first].technical or columns[first + 1].field == "name"):
        first += 1
    while last > first and columns[last].technical:
        last -= 1
    return first, last


def _put(page: "Worksheet", row: int, column: int, value: RowValue, text: "Format", day: "Format") -> None:
    if isinstance(value, str):
        if value:
            page.write_string(row, column, value, text)
    elif value.year >= 1900:
        page.write_datetime(row, column, value, day)
    else:
        page.write_string(row, column, print_date(value), text)


def _drop_down(
    page: "Worksheet", where: tuple[int, int, int, int], column: Column | PlanSheetEntry, names: Mapping[str, str]
) -> None:
    """Offers what may be chosen: the words of a closed list, and no others; the names of a sheet, beside what else is written."""
    if column.choices:
        words = [word for word, _ in column.choices]
        validation = {
            "validate": "list",
            "source": words,
            "error_title": column.heading,
            "error_message": f"Si accetta: {', '.join(words)}"[:250],
        }
        page.data_validation(*where, validation)
    elif isinstance(column, Column) and column.refers_to in names:
        page.data_validation(*where, {"validate": "list", "source": names[column.refers_to], "show_error": False})


def write_csv(document: PlanInForce, changes: Changes = (), checkpoint: str | None = None) -> bytes:
    """The same sheets, one CSV each, in a ZIP: UTF-8 with a mark, semicolons, as Excel opens them in Italy.

    Beside them the checkpoint that covers the plan, as it was signed.
    """
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        lines: list[list[RowValue]] = [
            ["Campo", "Valore", "Nota"],
            *([label, value, note] for label, value, note in head(document)),
        ]
        _add(archive, PLAN_SHEET, lines)
        for sheet in sheets_of(document, changes):
            _add(archive, sheet.name, [[column.heading for column in sheet.columns], *sheet.rows])
        if checkpoint is not None:
            archive.writestr(zipfile.ZipInfo("checkpoint.txt", (1980, 1, 1, 0, 0, 0)), checkpoint)
    return buffer.getvalue()


def _add(archive: zipfile.ZipFile, name: str, lines: list[list[RowValue]]) -> None:
    page = StringIO(newline="")
    writer = csv.writer(page, delimiter=";", lineterminator="\r\n", quoting=csv.QUOTE_ALL)
    writer.writerows([[neutral(_plain(value)) for value in line] for line in lines])
    # A date of its own would make every export of the same plan another file.
    archive.writestr(
        zipfile.ZipInfo(f"{name}.csv", (1980, 1, 1, 0, 0, 0)), "\ufeff" + page.getvalue(), zipfile.ZIP_DEFLATED
    )


def _plain(value: RowValue) -> str:
    return print_date(value) if isinstance(value, date) else value


def neutral(text: str) -> str:
    """A text that no spreadsheet takes for a formula: with an apostrophe before it where it begins like one."""
    return f"'{text}" if _NEUTRAL.match(text) else text


def restored(text: str) -> str:
    """The text that was written so."""
    return text[1:] if text.startswith("'") and _NEUTRAL.match(text) else text
