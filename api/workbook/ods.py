"""Reads the sheets of an ODS (ISO/IEC 26300): values, what is struck out, merged or hidden.

A sheet may say "this cell a million times": what is empty is skipped over, what is not counts against the limits
before it is repeated.
"""

import re
from datetime import datetime, time

from api.workbook.cells import Broken, CellValue, Money, PercentCell, Rich, Sheet, characters, from_binary
from api.workbook.safety import (
    LAST_COLUMN,
    LAST_ROW,
    LONGEST_CELL,
    SHEETS,
    Counter,
    Package,
    WorkbookRefused,
    attribute,
    cell_too_long,
    parse_xml,
    sheet_name,
)

MIMETYPE = b"application/vnd.oasis.opendocument.spreadsheet"
_LINKS = {"table-source", "dde-source", "cell-range-source", "event-listener", "dde-links", "database-source-sql"}
_HIDDEN = {"collapse", "filter"}


def read_ods(package: Package, counter: Counter) -> list[Sheet]:
    """The sheets in their order; WorkbookRefused for a damaged file, or beyond a limit."""
    package.refuse_active()
    reader = _Reader(counter)
    for part in ("styles.xml", "content.xml"):
        if part == "content.xml" or package.has(part):
            parse_xml(package.stream(part), package.limits, start=reader.start, end=reader.end, text=reader.text)
    return reader.sheets


class _Reader:
    def __init__(self, counter: Counter) -> None:
        self.sheets: list[Sheet] = []
        self._counter = counter
        self._struck_styles: set[str] = set()
        self._hidden_styles: set[str] = set()
        self._style = ""
        self._row = self._column = 0
        self._rows_repeated = 1
        self._hidden = False
        self._cells: dict[int, CellValue] = {}
        self._characters = 0
        self._attributes: dict[str, str] | None = None
        self._pieces: list[tuple[str, bool]] = []
        self._size = 0
        self._spans: list[bool] = []
        self._struck_spans = 0
        self._paragraphs = 0
        self._within = 0
        self._aside = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        if tag in _LINKS:
            raise WorkbookRefused(
                "il file rimanda ad altri file o contiene macro",
                accepted="una cartella .ods senza collegamenti esterni né macro",
            )
        if self._aside:
            self._aside += 1
        elif self._attributes is not None:
            self._inside(tag, attributes)
        elif tag == "style":
            self._style = attribute(attributes, "name") or ""
        elif tag == "text-properties":
            if (attribute(attributes, "text-line-through-style") or "none") != "none" or (
                attribute(attributes, "text-line-through-type") or "none"
            ) != "none":
                self._struck_styles.add(self._style)
        elif tag == "table-properties":
            if attribute(attributes, "display") == "false":
                self._hidden_styles.add(self._style)
        elif tag == "table" and attribute(attributes, "name") is not None:
            self._table(attributes)
        elif tag == "table-row" and self.sheets:
            self._row += 1
            self._column, self._cells, self._characters = 0, {}, 0
            self._rows_repeated = _repeated(attributes, "number-rows-repeated")
            self._hidden = attribute(attributes, "visibility") in _HIDDEN
        elif tag in {"table-cell", "covered-table-cell"} and self.sheets:
            self._column += 1
            self._attributes, self._pieces, self._paragraphs, self._size = attributes, [], 0, 0
            self._spans, self._struck_spans = [], 0
            self._span(attributes)
            self._within = 0

    def _table(self, attributes: dict[str, str]) -> None:
        style = attribute(attributes, "style-name") or ""
        if len(self.sheets) >= SHEETS:
            raise WorkbookRefused("il file ha troppi fogli", accepted=f"al più {SHEETS}")
        name = sheet_name(attribute(attributes, "name") or "")
        self.sheets.append(Sheet(name, visible=style not in self._hidden_styles))
        self._row = 0

    def _inside(self, tag: str, attributes: dict[str, str]) -> None:
        self._within += 1
        if tag in {"annotation", "table", "shapes", "frame"}:
            self._aside = 1
            self._within -= 1
        elif tag == "p":
            if self._paragraphs:
                self._add("\n", struck=False)
            self._paragraphs += 1
        elif tag == "span":
            self._span(attributes)
        elif tag == "s":
            self._say(" " * min(_repeated(attributes, "c"), LONGEST_CELL))
        elif tag == "tab":
            self._say("\t")
        elif tag == "line-break":
            self._say("\n")

    def _span(self, attributes: dict[str, str]) -> None:
        struck = (attribute(attributes, "style-name") or "") in self._struck_styles
        self._spans.append(struck)
        self._struck_spans += struck

    def _say(self, piece: str) -> None:
        self._add(piece, struck=self._struck_spans > 0)

    def _add(self, piece: str, *, struck: bool) -> None:
        self._size += len(piece)
        if self._size > LONGEST_CELL:
            raise cell_too_long(self.sheets[-1].name, self._row, self._column)
        self._pieces.append((piece, struck))

    def end(self, tag: str) -> None:
        """An element is over."""
        if self._aside:
            self._aside -= 1
        elif self._attributes is not None:
            if self._within:
                self._within -= 1
                if tag == "span":
                    self._struck_spans -= self._spans.pop()
            else:
                self._cell()
        elif tag == "table-row" and self.sheets:
            self._keep()

    def text(self, piece: str) -> None:
        """Characters: outside of a paragraph they are only how the XML is laid out."""
        if self._attributes is not None and self._paragraphs and self._within and not self._aside:
            # White space collapses in the format: runs of spaces are elements of their own.
            self._say(re.sub(r"[ \t\r\n]+", " ", piece))

    def _cell(self) -> None:
        attributes = self._attributes or {}
        self._attributes = None
        times = _repeated(attributes, "number-columns-repeated")
        value = self._value(attributes)
        if value is not None and value != "":
            if self._column + times - 1 > LAST_COLUMN:
                raise WorkbookRefused(
                    f"il foglio {self.sheets[-1].name!r} ripete una cella {times} volte",
                    accepted=f"al più {LAST_COLUMN} colonne",
                )
            self._characters += times * characters(value)
            self._cells.update(dict.fromkeys(range(self._column, self._column + times), value))
        across, down = _repeated(attributes, "number-columns-spanned"), _repeated(attributes, "number-rows-spanned")
        if across > 1 or down > 1:
            self._counter.merged(self.sheets[-1].name)
            self.sheets[-1].merged.append((self._row, self._column, self._row + down - 1, self._column + across - 1))
        self._column += times - 1

    def _value(self, attributes: dict[str, str]) -> CellValue | None:
        kind = attribute(attributes, "value-type")
        stated = attribute(attributes, "value") or ""
        match kind:
            case "float" | "percentage" | "currency":
                try:
                    number = from_binary(stated)
                except ValueError:
                    return Broken(stated[:20])
                if kind == "currency":
                    return Money(number) if (attribute(attributes, "currency") or "EUR") == "EUR" else number
                return PercentCell(number) if kind == "percentage" else number
            case "date":
                return _moment(attribute(attributes, "date-value") or "")
            case "boolean":
                return attribute(attributes, "boolean-value") == "true"
            case "time":
                return Broken("un'ora")
            case _:
                return self._text_value(attributes)

    def _text_value(self, attributes: dict[str, str]) -> CellValue:
        whole_struck = len(self._spans) == 1 and self._spans[0]
        if any(struck for text, struck in self._pieces if text.strip()) or whole_struck:
            return Rich(tuple(self._pieces))
        text = "".join(text for text, _ in self._pieces)
        if text.startswith(("#N", "#REF!", "#DIV/0!", "Err:")) and attribute(attributes, "formula"):
            return Broken(text[:20])
        return text

    def _keep(self) -> None:
        sheet = self.sheets[-1]
        if self._cells:
            if self._row + self._rows_repeated - 1 > LAST_ROW:
                raise WorkbookRefused(f"il foglio {sheet.name!r} ha troppe righe", accepted=f"al più {LAST_ROW}")
            self._counter.rows(sheet.name, self._rows_repeated)
            self._counter.cells(sheet.name, self._rows_repeated * len(self._cells))
            self._counter.cells(sheet.name, 0, self._rows_repeated * self._characters)
            for number in range(self._row, self._row + self._rows_repeated):
                sheet.rows[number] = dict(self._cells)
                if self._hidden:
                    sheet.hidden_rows.add(number)
        self._row += self._rows_repeated - 1


def _repeated(attributes: dict[str, str], name: str) -> int:
    text = attribute(attributes, name)
    return max(1, int(text)) if text and text.isdecimal() and len(text) < 9 else 1


def _moment(text: str) -> CellValue:
    try:
        moment = datetime.fromisoformat(text[:26])
    except ValueError:
        return Broken(text[:20])
    return moment.date() if moment.time() == time.min else moment
