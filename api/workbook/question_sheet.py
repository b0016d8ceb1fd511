"""The sheet of the questions of a preview: written beside the sheets of the file that they are about, read with its answers."""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO
from typing import TYPE_CHECKING

from api.workbook.cells import Broken, CellValue, FormattedCell, Money, PercentCell, Rich, Sheet
from api.workbook.format import QUESTIONS
from api.workbook.sheets import Notes, Table, find_sheet, read_lines
from domain.documents.answers import GivenAnswer, answer_words, answers_offered
from domain.documents.questions import OpenQuestion

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

DIGITS = 15
"""How many digits a spreadsheet keeps of a number; one that has more is written as a text."""
LONGEST_LIST = 250
"""Characters of the choices of a cell; of more there is no drop-down."""
_TECHNICAL = frozenset({"question", "mark"})


def read_answers(table: Table | None, notes: Notes) -> Iterator[GivenAnswer]:
    """The answers that the sheet holds, each with its cell; a cell that is empty gives none."""
    for line, values in read_lines(table, notes) if table is not None else ():
        text = values.get("text")
        if isinstance(text, str) and text.strip():
            where = table.place(line.number, "text") if table is not None else ""
            yield GivenAnswer(where, str(values["question"]), str(values.get("mark") or ""), text.strip())


def with_questions(sheets: Sequence[Sheet], questions: Sequence[OpenQuestion]) -> bytes:
    """The workbook of some sheets as they were read, with the questions about them on the first."""
    import xlsxwriter  # noqa: PLC0415 - no start of the service waits for it

    buffer = BytesIO()
    # The process that reads files may write none.
    book = xlsxwriter.Workbook(buffer, {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True})
    book.set_properties({"title": QUESTIONS.name, "created": datetime(1980, 1, 1, tzinfo=UTC)})
    _write_questions(book, questions)
    own = find_sheet(list(sheets), QUESTIONS.name, QUESTIONS.spellings)
    cells = _Cells(book)
    for sheet in sheets:
        if sheet is not own:
            cells.write(sheet)
    book.close()
    return buffer.getvalue()


def _write_questions(book: "Workbook", questions: Sequence[OpenQuestion]) -> None:
    heading = book.add_format({"bold": True, "bg_color": "#E6ECF2", "border": 1, "text_wrap": True, "valign": "top"})
    text = book.add_format({"text_wrap": True, "valign": "top", "num_format": "@"})
    answer = book.add_format(
        {"text_wrap": True, "valign": "top", "num_format": "@", "bg_color": "#FFF7D6", "border": 1, "locked": False}
    )
    grey = book.add_format({"font_color": "#A0A0A0", "font_size": 8, "valign": "top", "num_format": "@"})
    shapes = {"text": answer} | dict.fromkeys(_TECHNICAL, grey)
    page = book.add_worksheet(QUESTIONS.name)
    for place, column in enumerate(QUESTIONS.columns):
        page.set_column(place, place, column.width, grey if column.field in _TECHNICAL else text)
        page.write_string(0, place, column.heading, heading)
        if column.note:
            page.write_comment(0, place, column.note, {"x_scale": 2, "y_scale": 1.2})
    for row, question in enumerate(questions, start=1):
        words = answer_words(question.options)
        given = next(
            (word for word, option in zip(words, question.options, strict=False) if option.answer == question.answer),
            "",
        )
        said = {
            "number": str(row),
            "place": question.where,
            "words": question.words,
            "offered": answers_offered(question.options),
            "text": given,
            "question": question.id,
            "mark": question.mark,
        }
        for place, column in enumerate(QUESTIONS.columns):
            page.write_string(row, place, said[column.field], shapes.get(column.field, text))
            if column.field == "text" and len(",".join(words)) <= LONGEST_LIST:
                page.data_validation(
                    row, place, row, place, {"validate": "list", "source": list(words), "error_type": "warning"}
                )
    page.freeze_panes(1, 0)
    page.set_landscape()
    page.fit_to_pages(1, 0)
    page.print_area(0, 0, len(questions), len(QUESTIONS.columns) - len(_TECHNICAL) - 1)


class _Cells:
    """Writes what cells hold, so that it is read again for the same."""

    def __init__(self, book: "Workbook") -> None:
        self.book = book
        self.formats: dict[str, Format] = {}

    def write(self, sheet: Sheet) -> None:
        """A sheet."""
        page = self.book.add_worksheet(sheet.name)
        for row, cells in sheet.rows.items():
            for column, value in cells.items():
                self._put(page, row - 1, column - 1, value)
        for row in sheet.hidden_rows:
            page.set_row(row - 1, None, None, {"hidden": True})
        page.set_column(0, max((max(cells, default=1) for cells in sheet.rows.values()), default=1) - 1, 20)
        for column in sheet.hidden_columns:
            page.set_column(column - 1, column - 1, 20, None, {"hidden": True})
        if not sheet.visible:
            page.hide()

    def _put(self, page: "Worksheet", row: int, column: int, value: CellValue) -> None:
        match value:
            case bool():
                page.write_boolean(row, column, value)
            case str():
                page.write_string(row, column, value, self._of("@"))
            case Broken(what=what):
                page.write_string(row, column, what)
            case FormattedCell(text=text):
                page.write_string(row, column, text, self._of("@"))
            case Rich(runs=runs):
                self._put_struck(page, row, column, runs)
            case PercentCell(value=number):
                self._put_number(page, row, column, number, "0%" if number * 100 % 1 == 0 else "0.##########%")
            case Money(value=number):
                self._put_number(page, row, column, number, '#,##0.00 "€"')
            case Decimal():
                self._put_number(page, row, column, value, "General")
            case datetime():
                page.write_datetime(row, column, value, self._of("dd/mm/yyyy hh:mm:ss"))
            case date():
                page.write_datetime(row, column, value, self._of("dd/mm/yyyy"))

    def _put_number(self, page: "Worksheet", row: int, column: int, number: Decimal, shown: str) -> None:
        if len(re.sub(r"[^0-9]", "", str(number))) <= DIGITS:
            page.write_number(row, column, float(number), self._of(shown))
        else:
            page.write_string(row, column, format(number, "f").replace(".", ","), self._of("@"))

    def _put_struck(self, page: "Worksheet", row: int, column: int, runs: Sequence[tuple[str, bool]]) -> None:
        struck = self.formats.setdefault("struck", self.book.add_format({"font_strikeout": True}))
        if len(runs) == 1:
            page.write_string(row, column, runs[0][0], struck if runs[0][1] else None)
            return
        pieces: list[str | Format] = []
        for text, is_struck in runs:
            pieces += [struck, text] if is_struck else [text]
        page.write_rich_string(row, column, *pieces)

    def _of(self, number_format: str) -> "Format":
        if number_format not in self.formats:
            self.formats[number_format] = self.book.add_format({"num_format": number_format})
        return self.formats[number_format]
