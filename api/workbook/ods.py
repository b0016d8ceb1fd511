"""Reads the sheets of an ODS (ISO/IEC 26300): values, what is struck out, merged or hidden.

A sheet may say "this cell a million times": what is empty is skipped over, what is not counts against the limits
before it is repeated.
"""

import re
from datetime import date, datetime, time
from decimal import Decimal
from typing import NamedTuple

from api.workbook.cells import (
    MOST_COMMENTS,
    MOST_OF_A_COMMENT,
    Broken,
    CellValue,
    FormattedCell,
    Money,
    PercentCell,
    Rich,
    Sheet,
    characters,
    comment_words,
    error_in,
    from_binary,
)
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
from domain.italian import MONTHS, read_number
from domain.patterns import regex

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


class _StyleOf(NamedTuple):
    """A style as far as it strikes out: None where it says nothing of it, and its parent does."""

    parent: str | None
    struck: bool | None = None


_NUMERAL = r"[-+−]?\(?\s?[0-9]+(?:[.,'\u00a0\u202f ][0-9]+)*(?:\s?[Ee][+-]?[0-9]+)?(?:\s[0-9]+/[0-9]+|/[0-9]+)?\)?"
_SPELLING: dict[type, re.Pattern[str]] = {
    Decimal: regex(rf"[-−]?{_NUMERAL}"),
    PercentCell: regex(rf"[-−]?{_NUMERAL}\s?%"),
    Money: regex(rf"(?:€|EUR)?\s?[-−]?{_NUMERAL}\s?(?:€|EUR|euro)?", re.IGNORECASE),
}
"""How a program spells a number, a percentage, an amount, when its format adds nothing to it."""
_MONTH_ALONE = regex(r"(?P<month>[^\W\d_]{3,10}\.?[\s/-]*|[01]?[0-9][/-])?'?(?:[0-9]{4}|[0-9]{2})")
"""A date of which the month is shown, or the year, and not the day."""
MOST_PARENTS = 20
"""How many styles one may inherit from."""


class _Reader:
    def __init__(self, counter: Counter) -> None:
        self.sheets: list[Sheet] = []
        self._counter = counter
        self._styles: dict[tuple[str, str], _StyleOf] = {}
        self._hidden_styles: set[str] = set()
        self._style = ("", "")
        self._default_cells: dict[int, str] = {}
        self._columns = 0
        self._row_default: str | None = None
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
        self._comment: list[str] | None = None
        self._in_comment = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        if tag in _LINKS:
            raise WorkbookRefused(
                "il file rimanda ad altri file o contiene macro",
                accepted="una cartella .ods senza collegamenti esterni né macro",
            )
        if self._aside:
            self._aside += 1
            self._in_comment = self._in_comment or (tag == "p" and self._comment is not None)
        elif self._attributes is not None:
            self._inside(tag, attributes)
        elif tag in {"style", "default-style"}:
            name = (attribute(attributes, "name") or "") if tag == "style" else ""
            self._style = (attribute(attributes, "family") or "", name)
            self._styles[self._style] = _StyleOf(attribute(attributes, "parent-style-name"))
        elif tag == "text-properties":
            lines = [attribute(attributes, f"text-line-through-{what}") for what in ("style", "type")]
            if self._style in self._styles and any(line is not None for line in lines):
                struck = any((line or "none") != "none" for line in lines)
                self._styles[self._style] = self._styles[self._style]._replace(struck=struck)
        elif tag == "table-properties":
            if attribute(attributes, "display") == "false":
                self._hidden_styles.add(self._style[1])
        elif tag == "table-column" and self.sheets:
            self._column_begins(attributes)
        elif tag == "table" and attribute(attributes, "name") is not None:
            self._table(attributes)
        elif tag == "table-row" and self.sheets:
            self._row += 1
            self._column, self._cells, self._characters = 0, {}, 0
            self._rows_repeated = _repeated(attributes, "number-rows-repeated")
            self._hidden = attribute(attributes, "visibility") in _HIDDEN
            self._row_default = attribute(attributes, "default-cell-style-name")
        elif tag in {"table-cell", "covered-table-cell"} and self.sheets:
            self._column += 1
            self._attributes, self._pieces, self._paragraphs, self._size = attributes, [], 0, 0
            self._spans, self._struck_spans = [], 0
            style = attribute(attributes, "style-name") or self._row_default or self._default_cells.get(self._column)
            self._span("table-cell", style)
            self._within = 0

    def _table(self, attributes: dict[str, str]) -> None:
        style = attribute(attributes, "style-name") or ""
        if len(self.sheets) >= SHEETS:
            raise WorkbookRefused("il file ha troppi fogli", accepted=f"al più {SHEETS}")
        name = sheet_name(attribute(attributes, "name") or "")
        self.sheets.append(Sheet(name, visible=style not in self._hidden_styles))
        self._row = self._columns = 0
        self._default_cells = {}

    def _column_begins(self, attributes: dict[str, str]) -> None:
        times = min(_repeated(attributes, "number-columns-repeated"), LAST_COLUMN - self._columns)
        covered = range(self._columns + 1, self._columns + times + 1)
        self._columns += times
        if (default := attribute(attributes, "default-cell-style-name")) is not None:
            self._default_cells.update(dict.fromkeys(covered, default))
        if attribute(attributes, "visibility") in _HIDDEN:
            self.sheets[-1].hidden_columns.update(covered)

    def _inside(self, tag: str, attributes: dict[str, str]) -> None:
        self._within += 1
        if tag in {"annotation", "table", "shapes", "frame"}:
            self._aside = 1
            self._within -= 1
            self._comment = [] if tag == "annotation" else None
        elif tag == "p":
            if self._paragraphs:
                self._add("\n", struck=False)
            self._paragraphs += 1
        elif tag == "span":
            self._span("text", attribute(attributes, "style-name"))
        elif tag == "s":
            self._say(" " * min(_repeated(attributes, "c"), LONGEST_CELL))
        elif tag == "tab":
            self._say("\t")
        elif tag == "line-break":
            self._say("\n")

    def _span(self, family: str, style: str | None) -> None:
        struck = self._is_struck(family, style)
        if struck is None:  # as what stands around it
            struck = bool(self._spans and self._spans[-1])
        self._spans.append(struck)
        self._struck_spans = int(struck)

    def _is_struck(self, family: str, style: str | None) -> bool | None:
        """Whether a style, or one of those that it inherits from, strikes out; None where none of them says it."""
        seen: set[str] = set()
        while style is not None and style not in seen and len(seen) < MOST_PARENTS:
            seen.add(style)
            known = self._styles.get((family, style))
            if known is None:
                break
            if known.struck is not None:
                return known.struck
            style = known.parent
        default = self._styles.get((family, ""))
        return default.struck if default is not None else None

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
            self._comment_ends(tag)
        elif self._attributes is not None:
            if self._within:
                self._within -= 1
                if tag == "span":
                    self._spans.pop()
                    self._struck_spans = int(self._spans[-1])
            else:
                self._cell()
        elif tag == "table-row" and self.sheets:
            self._keep()

    def _comment_ends(self, tag: str) -> None:
        self._aside -= 1
        if self._comment is not None and tag == "p":
            self._in_comment = False
            self._comment.append("\n")
        if not self._aside and self._comment is not None:
            comments = self.sheets[-1].comments
            if len(comments) < MOST_COMMENTS:
                comments[self._row, self._column] = comment_words("".join(self._comment))
            self._comment, self._in_comment = None, False

    def text(self, piece: str) -> None:
        """Characters: outside of a paragraph they are only how the XML is laid out."""
        if self._in_comment and self._comment is not None and sum(map(len, self._comment)) < MOST_OF_A_COMMENT:
            self._comment.append(piece[:MOST_OF_A_COMMENT])
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
                value: Decimal | PercentCell | Money = PercentCell(number) if kind == "percentage" else number
                if kind == "currency" and (attribute(attributes, "currency") or "EUR") == "EUR":
                    value = Money(number)
                return self._as_shown(value)
            case "date":
                moment = _moment(attribute(attributes, "date-value") or "")
                return self._day_as_shown(moment) if isinstance(moment, date) else moment
            case "boolean":
                return attribute(attributes, "boolean-value") == "true"
            case "time":
                return Broken("un'ora")
            case _:
                return self._text_value(attributes)

    def _as_shown(self, value: Decimal | PercentCell | Money) -> CellValue:
        """A number, or what people see in its place: an error, or more than the number."""
        shown = " ".join("".join(text for text, _ in self._pieces).split())
        if error := error_in(shown):
            return Broken(error)
        if self._struck_spans and shown:
            return Rich(((shown, True),))
        return FormattedCell(shown, value) if shown and _adds(shown, value) else value

    def _day_as_shown(self, moment: date) -> CellValue:
        shown = " ".join("".join(text for text, _ in self._pieces).split())
        if error := error_in(shown):
            return Broken(error)
        if self._struck_spans and shown:
            return Rich(((shown, True),))
        day = moment.date() if isinstance(moment, datetime) else moment
        if not shown or not (month := _MONTH_ALONE.fullmatch(shown)) or day.day != 1:
            return moment
        return FormattedCell(f"{MONTHS[day.month - 1]} {day.year}" if month["month"] else str(day.year), moment)

    def _text_value(self, attributes: dict[str, str]) -> CellValue:
        whole_struck = len(self._spans) == 1 and self._spans[0]
        if any(struck for text, struck in self._pieces if text.strip()) or whole_struck:
            return Rich(tuple(self._pieces))
        text = "".join(text for text, _ in self._pieces)
        if error := error_in(text):
            return Broken(error)
        if text.startswith("#") and attribute(attributes, "formula"):
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


def _adds(shown: str, value: Decimal | PercentCell | Money) -> bool:
    """Whether what is shown says more, or another thing, than the number: a unit, a comparator, another scale."""
    expected = _SPELLING[type(value)]
    if not expected.fullmatch(shown):
        return True
    number = value if isinstance(value, Decimal) else value.points if isinstance(value, PercentCell) else value.value
    digits = re.search(r"[0-9][0-9.,]*", shown)
    if digits is None or "E" in shown or "/" in shown:
        return False
    said = read_number(digits[0].rstrip(".,"))
    return said is not None and abs(said - abs(number)) > Decimal(1).scaleb(-_decimals(said)) / 2


def _decimals(number: Decimal) -> int:
    exponent = number.as_tuple().exponent
    return -exponent if isinstance(exponent, int) and exponent < 0 else 0


def _repeated(attributes: dict[str, str], name: str) -> int:
    text = attribute(attributes, name)
    return max(1, int(text)) if text and text.isdecimal() and len(text) < 9 else 1


def _moment(text: str) -> CellValue:
    try:
        moment = datetime.fromisoformat(text[:26])
    except ValueError:
        return Broken(text[:20])
    return moment.date() if moment.time() == time.min else moment
