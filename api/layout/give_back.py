"""Gives an office its workbook back with a sheet more, *Lettura*: how it was read, to be corrected there and read again."""

from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from typing import TYPE_CHECKING

from api.layout.mapping import READING_SHEET
from api.layout.vocabulary import OF_LEVEL, WORDS
from api.workbook.cells import Broken, CellValue, FormattedCell, Money, PercentCell, Rich, Sheet
from api.workbook.values import cell_text
from domain.documents.uploaded import UploadedPlan
from domain.spelling import folded

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

QUESTION_COLOUR = "#FFF2CC"
_CHOICES = [words for kind, words in WORDS.items() if kind not in OF_LEVEL]


def workbook_with_reading(sheets: list[Sheet], proposed: UploadedPlan) -> bytes:
    """An XLSX with the reading first, then the office's sheets as they were read: values, merged cells, what is hidden."""
    import xlsxwriter  # noqa: PLC0415 - no start of the service waits for it

    buffer = BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    formats = {
        "text": book.add_format({"text_wrap": True, "valign": "top"}),
        "heading": book.add_format({"bold": True, "bg_color": "#E6ECF2", "border": 1}),
        "question": book.add_format({"text_wrap": True, "valign": "top", "bg_color": QUESTION_COLOUR, "border": 1}),
        "percent": book.add_format({"num_format": "0.##########%", "valign": "top"}),
        "money": book.add_format({"num_format": '#,##0.00 "€"', "valign": "top"}),
        "day": book.add_format({"num_format": "dd/mm/yyyy", "valign": "top"}),
        "instant": book.add_format({"num_format": "dd/mm/yyyy hh:mm", "valign": "top"}),
        "struck": book.add_format({"font_strikeout": True}),
    }
    _write_reading(book.add_worksheet(READING_SHEET), proposed, formats)
    for sheet in sheets:
        if folded(sheet.name) == folded(READING_SHEET):
            continue
        page = book.add_worksheet(sheet.name[:31])
        if not sheet.visible:
            page.hide()
        _write_cells(page, sheet, formats)
    book.close()
    return buffer.getvalue()


def _write_reading(page: "Worksheet", proposed: UploadedPlan, formats: dict[str, "Format"]) -> None:
    page.set_column(0, 0, 46)
    page.set_column(1, 1, 44)
    page.set_column(2, 2, 90)
    for column, words in enumerate(("Voce", "Valore", "Che cosa sapere")):
        page.write_string(0, column, words, formats["heading"])
    lines = proposed.reading.lines if proposed.reading is not None else ()
    options = {doubt.id.partition(":")[2]: [option[0] for option in doubt.options] for doubt in proposed.doubts}
    row = 1
    for line in lines:
        kind = formats["question" if line.note else "text"]
        page.write_string(row, 0, line.label, kind)
        page.write_string(row, 1, line.value, kind)
        page.write_string(row, 2, line.note, kind)
        choices = options.get(line.label) or (_CHOICES if line.label.startswith("Colonna") else [])
        if choices:
            source = choices if len(",".join(choices)) < 250 else choices[:8]
            page.data_validation(row, 1, row, 1, {"validate": "list", "source": source, "show_error": False})
        row += 1
    notes = [("# Domanda", doubt.where, doubt.words) for doubt in proposed.doubts]
    notes += [("# Non preso, o da sapere", where, words) for where, words in proposed.remarks]
    tree = proposed.reading.tree if proposed.reading is not None else ()
    notes += [("# Albero", "", "    " * depth + text) for depth, text in tree]
    for note in notes:
        for column, text in enumerate(note):
            page.write_string(row + 1, column, text[:30_000])
        row += 1
    page.freeze_panes(1, 0)
    page.set_landscape()
    page.fit_to_pages(1, 0)


def _write_cells(page: "Worksheet", sheet: Sheet, formats: dict[str, "Format"]) -> None:
    inside: set[tuple[int, int]] = set()
    for first_row, first, last_row, last in sheet.merged:
        if (last_row - first_row + 1) * (last - first + 1) > 100_000 or (last_row, last) == (first_row, first):
            continue
        page.merge_range(first_row - 1, first - 1, last_row - 1, last - 1, "", formats["text"])
        inside |= {(r, c) for r in range(first_row, last_row + 1) for c in range(first, last + 1)}
        inside.discard((first_row, first))
    page.set_column(0, max((max(row) for row in sheet.rows.values() if row), default=1), 18)
    for number, cells in sheet.rows.items():
        for column, cell in cells.items():
            if (number, column) not in inside:
                _write(page, number - 1, column - 1, cell, formats)
    for number in sheet.hidden_rows:
        page.set_row(number - 1, None, None, {"hidden": True})
    for column in sheet.hidden_columns:
        page.set_column(column - 1, column - 1, 18, None, {"hidden": True})


def _write(page: "Worksheet", row: int, column: int, cell: CellValue, formats: dict[str, "Format"]) -> None:
    match cell:
        case bool():
            page.write_boolean(row, column, cell)
        case Decimal():
            page.write_number(row, column, float(cell))
        case PercentCell():
            page.write_number(row, column, float(cell.value), formats["percent"])
        case Money():
            page.write_number(row, column, float(cell.value), formats["money"])
        case datetime() if cell.year >= 1900:
            page.write_datetime(row, column, cell, formats["instant"])
        case date() if cell.year >= 1900:
            page.write_datetime(row, column, datetime(cell.year, cell.month, cell.day), formats["day"])  # noqa: DTZ001 - a day of a sheet
        case Rich() if len(cell.runs) > 1 and all(text for text, _ in cell.runs):
            parts: list[object] = []
            for text, struck in cell.runs:
                parts += [formats["struck"], text] if struck else [text]
            page.write_rich_string(row, column, *parts)
        case Rich():
            page.write_string(row, column, cell.struck or cell.kept, formats["struck" if cell.struck else "text"])
        case FormattedCell():
            page.write_string(row, column, cell.text, formats["text"])
        case Broken():
            page.write_string(row, column, cell.what)
        case _:
            page.write_string(row, column, cell_text(cell)[:32_000], formats["text"])
