"""Writes a workbook: XLSX with drop-downs, notes and locked headings, or a ZIP with one CSV a sheet.

Every cell is text, or a date: never a formula. In CSV a text that a spreadsheet would take for a formula is preceded by
an apostrophe, which the reader takes away again.
"""

import csv
import re
import zipfile
from collections.abc import Iterable
from datetime import UTC, date, datetime
from io import BytesIO, StringIO
from typing import TYPE_CHECKING

from api.workbook.format import CHANGES, PLAN, PLAN_SHEET, READINGS, Column, PlanSheetEntry
from api.workbook.rows import Fields, RowValue, Written, head, sheets_of
from domain.italian import print_date
from projections.plan_in_force import PlanInForce

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

NO_DATE = datetime(1980, 1, 1, tzinfo=UTC)
"""When every workbook says that it was made, as the entries of its ZIP do: the same plan is the same bytes, as its ETag says."""
TEMPLATE_YEARS = 3
ROOM = 2_000
"""How many rows below the last have their drop-downs ready."""
_NEUTRAL = re.compile(r"'*[=+\-@\t\r]")
_ALLOWED = {
    "format_cells": True,
    "format_columns": True,
    "format_rows": True,
    "insert_rows": True,
    "delete_rows": True,
    "sort": True,
    "autofilter": True,
}

Changes = Iterable[Fields]


def write_xlsx(document: PlanInForce, changes: Changes = (), mark: str | None = None) -> bytes:
    """The workbook of a plan document; `mark` is printed at the foot of each page."""
    import xlsxwriter  # noqa: PLC0415 - no start of the service waits for it

    buffer = BytesIO()
    book = xlsxwriter.Workbook(buffer, {"strings_to_formulas": False, "strings_to_urls": False})
    title = document["plan"]["title"] or "Piano della performance"
    book.set_properties({"title": title, "created": NO_DATE})
    heading = book.add_format({"bold": True, "bg_color": "#E6ECF2", "border": 1, "text_wrap": True, "valign": "top"})
    text = book.add_format({"locked": False, "num_format": "@", "text_wrap": True, "valign": "top"})
    day = book.add_format({"locked": False, "num_format": "dd/mm/yyyy", "valign": "top"})
    _write_head(book.add_worksheet(PLAN_SHEET), document, heading, text, day)
    for sheet in sheets_of(document, changes):
        _write_sheet(book.add_worksheet(sheet.name), sheet, heading, text, day)
    for page in book.worksheets():
        page.set_footer(f"&L&8{(mark or '').replace('&', '&&')}&R&8&P / &N")
    book.close()
    return buffer.getvalue()


def write_template(first_year: int) -> bytes:
    """The workbook that an office fills in from nothing, for a plan of three years: every heading with its note, no row."""
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
    return write_xlsx(empty)


def _write_head(page: "Worksheet", document: PlanInForce, heading: "Format", text: "Format", day: "Format") -> None:
    page.set_column(0, 0, 30)
    page.set_column(1, 1, 60, text)
    page.set_column(2, 2, 80)
    for column, words in enumerate(("Campo", "Valore", "Nota")):
        page.write_string(0, column, words, heading)
    for row, ((label, value, note), entry) in enumerate(zip(head(document), PLAN, strict=True), start=1):
        page.write_string(row, 0, label, heading)
        _put(page, row, 1, value, text, day)
        page.write_string(row, 2, note)
        _drop_down(page, (row, 1, row, 1), entry)
    page.freeze_panes(1, 1)
    page.protect("", {"format_columns": True, "format_rows": True, "format_cells": True})


def _write_sheet(page: "Worksheet", sheet: Written, heading: "Format", text: "Format", day: "Format") -> None:
    for column_number, column in enumerate(sheet.columns):
        page.set_column(column_number, column_number, column.width, text)
        page.write_string(0, column_number, column.heading, heading)
        note = column.note if column.read else column.note or "Da guardare: qui non si modifica."
        if note:
            page.write_comment(0, column_number, note, {"x_scale": 2, "y_scale": 1.2})
    for row, values in enumerate(sheet.rows, start=1):
        for column_number, value in enumerate(values):
            _put(page, row, column_number, value, text, day)
    for column_number, column in enumerate(sheet.columns):
        _drop_down(page, (1, column_number, len(sheet.rows) + ROOM, column_number), column)
    page.freeze_panes(1, 1)
    if sheet.rows:
        page.autofilter(0, 0, len(sheet.rows), len(sheet.columns) - 1)
    if sheet.format not in (READINGS, CHANGES):
        page.protect("", _ALLOWED)


def _put(page: "Worksheet", row: int, column: int, value: RowValue, text: "Format", day: "Format") -> None:
    if isinstance(value, str):
        if value:
            page.write_string(row, column, value, text)
    elif value.year >= 1900:
        page.write_datetime(row, column, value, day)
    else:
        page.write_string(row, column, print_date(value), text)


def _drop_down(page: "Worksheet", where: tuple[int, int, int, int], column: Column | PlanSheetEntry) -> None:
    if column.choices:
        words = [word for word, _ in column.choices]
        validation = {
            "validate": "list",
            "source": words,
            "error_title": column.heading,
            "error_message": f"Si accetta: {', '.join(words)}"[:250],
        }
        page.data_validation(*where, validation)


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
