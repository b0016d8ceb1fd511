"""Reads the sheets of an XLSX (ISO/IEC 29500): values, number formats, what is struck out, merged or hidden."""

import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
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
from api.workbook.number_formats import shown_day, shown_number, shown_text
from api.workbook.safety import (
    LAST_COLUMN,
    LAST_ROW,
    LONGEST_CELL,
    SHEETS,
    Counter,
    Limits,
    Package,
    WorkbookRefused,
    attribute,
    cell_too_long,
    parse_xml,
    sheet_name,
)
from domain.patterns import regex

_LONGEST_WRITTEN = 7 * LONGEST_CELL
"""Characters of a text as the format writes it, where each may be an escape of seven."""
LONGEST_FORMAT = 255
"""Characters that Excel takes in the code of a number format; what follows them is not looked at."""
_ESCAPED = regex(r"_x([0-9A-Fa-f]{4})_")
_REFERENCE = regex(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
_RANGE = regex(r"\$?([A-Z]{1,3})\$?([0-9]{1,7})(?::\$?([A-Z]{1,3})\$?([0-9]{1,7}))?")
_NOT_A_SIGN = regex(r'"[^"]*"|\\.|\[(?!\$)[^\[\]]*\]|_.')
_CURRENCY = regex(r"\[\$[^\[\]]*\]")
_DATE_FORMATS = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}
_BUILT_IN = {14: "dd/mm/yyyy", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy", 22: "dd/mm/yyyy h:mm"}
"""The formats of dates that a file does not write out."""
_PERCENT_FORMATS = {9, 10}
_NOT_SO = {"0", "false", "off"}
_STYLED_RELATIONS = {"hyperlink"}


class _Style(NamedTuple):
    """How a cell is shown, as far as its meaning depends on it."""

    kind: str = "plain"
    struck: bool = False
    code: str = ""


def read_xlsx(package: Package, counter: Counter) -> list[Sheet]:
    """The sheets in their order; WorkbookRefused for a damaged file, or beyond a limit."""
    package.refuse_active()
    limits = package.limits
    if b"macroEnabled" in package.read("[Content_Types].xml"):
        raise WorkbookRefused("il file contiene macro", accepted="lo stesso file salvato come .xlsx")
    for name in package.members:
        if name.endswith(".rels"):
            _refuse_external(package, name)
    listed, since_1904 = _workbook(package, limits)
    targets = _relations(package, limits)
    styles = _styles(package, limits)
    shared = _shared_strings(package, targets, limits)
    sheets: list[Sheet] = []
    read: set[str] = set()
    for name, visible, relation in listed:
        path = targets.get(relation)
        if path is None or not package.has(path) or "/worksheets/" not in f"/{path}":
            continue
        if path in read:
            raise WorkbookRefused(
                f"il foglio {name!r} è la stessa parte di un altro", accepted="un file salvato da Excel o LibreOffice"
            )
        read.add(path)
        reader = _SheetReader(Sheet(name, visible=visible), shared, styles, since_1904=since_1904, counter=counter)
        parse_xml(package.stream(path), limits, start=reader.start, end=reader.end, text=reader.text)
        reader.sheet.comments.update(_commented(package, path, limits))
        sheets.append(reader.sheet)
    return sheets


def _commented(package: Package, sheet: str, limits: Limits) -> dict[tuple[int, int], str]:
    """What is written beside the cells of a sheet, by (row, column)."""
    folder, _, name = sheet.rpartition("/")
    relations = f"{folder}/_rels/{name}.rels"
    parts: list[str] = []
    cells: dict[tuple[int, int], str] = {}
    within: list[tuple[int, int]] = []
    pieces: list[str] = []

    def related(tag: str, attributes: dict[str, str]) -> None:
        if tag == "Relationship" and attributes.get("Type", "").endswith("/comments"):
            target = attributes.get("Target", "")
            parts.append(target.lstrip("/") if target.startswith("/") else f"xl/{target.removeprefix('../')}")

    def begins(tag: str, attributes: dict[str, str]) -> None:
        match = _REFERENCE.fullmatch(attributes.get("ref", "")) if tag == "comment" else None
        if match is not None and len(cells) < MOST_COMMENTS:
            within[:], pieces[:] = [(int(match[2]), column_number(match[1]))], []

    def says(piece: str) -> None:
        if within and sum(map(len, pieces)) < MOST_OF_A_COMMENT:
            pieces.append(piece[:MOST_OF_A_COMMENT])

    def ends(tag: str) -> None:
        if tag == "comment" and within:
            cells[within.pop()] = comment_words("".join(pieces))

    if package.has(relations):
        parse_xml(package.stream(relations), limits, start=related)
    for part in parts:
        if package.has(part):
            parse_xml(package.stream(part), limits, start=begins, end=ends, text=says)
    return cells


def _refuse_external(package: Package, name: str) -> None:
    def start(tag: str, attributes: dict[str, str]) -> None:
        kind = attributes.get("Type", "").rpartition("/")[2]
        if tag == "Relationship" and attributes.get("TargetMode") == "External" and kind not in _STYLED_RELATIONS:
            problem = f"il file rimanda a un altro file ({kind[:40]})"
            raise WorkbookRefused(problem, accepted="una cartella .xlsx senza collegamenti esterni")

    parse_xml(package.stream(name), package.limits, start=start)


def _workbook(package: Package, limits: Limits) -> tuple[list[tuple[str, bool, str]], bool]:
    sheets: list[tuple[str, bool, str]] = []
    since_1904 = False

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal since_1904
        if tag == "sheet":
            visible = attributes.get("state", "visible") == "visible"
            name = sheet_name(unescaped(attributes.get("name", "")))
            sheets.append((name, visible, attribute(attributes, "id") or ""))
            if len(sheets) > SHEETS:
                raise WorkbookRefused(f"il file ha più di {SHEETS} fogli", accepted=f"al più {SHEETS}")
        elif tag == "workbookPr" and "date1904" in attributes:  # Excel has an extension of the same name, without it
            since_1904 = attributes["date1904"] not in _NOT_SO

    parse_xml(package.stream("xl/workbook.xml"), limits, start=start)
    return sheets, since_1904


def _relations(package: Package, limits: Limits) -> dict[str, str]:
    targets: dict[str, str] = {}

    def start(tag: str, attributes: dict[str, str]) -> None:
        if tag == "Relationship":
            target = attributes.get("Target", "")
            path = target.lstrip("/") if target.startswith("/") else f"xl/{target.removeprefix('./')}"
            targets[attributes.get("Id", "")] = path
            if attributes.get("Type", "").endswith("/sharedStrings"):
                targets["sharedStrings"] = path

    parse_xml(package.stream("xl/_rels/workbook.xml.rels"), limits, start=start)
    return targets


def _styles(package: Package, limits: Limits) -> list[_Style]:
    if not package.has("xl/styles.xml"):
        return []
    codes: dict[int, str] = {}
    kinds: dict[int, str] = {}
    fonts: list[bool] = []
    styles: list[_Style] = []
    within: list[str] = []

    def start(tag: str, attributes: dict[str, str]) -> None:
        parent = within[-1] if within else ""
        if tag == "numFmt" and parent == "numFmts":
            codes[_whole(attributes.get("numFmtId"))] = attributes.get("formatCode", "")[:LONGEST_FORMAT]
        elif tag == "font" and parent == "fonts":
            fonts.append(False)
        elif tag == "strike" and within[-2:] == ["fonts", "font"] and fonts:
            fonts[-1] = attributes.get("val", "1") not in _NOT_SO
        elif tag == "xf" and parent == "cellXfs":
            number, font = _whole(attributes.get("numFmtId")), _whole(attributes.get("fontId"))
            struck = fonts[font] if font < len(fonts) else False
            if number not in kinds:
                kinds[number] = _kind(number, codes.get(number, ""))
            styles.append(_Style(kinds[number], struck, codes.get(number, _BUILT_IN.get(number, ""))))
        within.append(tag)

    def ended(_: str) -> None:
        within.pop()

    parse_xml(package.stream("xl/styles.xml"), limits, start=start, end=ended)
    return styles


def _kind(number: int, code: str) -> str:
    if number in _PERCENT_FORMATS:
        return "percent"
    if number in _DATE_FORMATS and not code:
        return "date"
    first = code.partition(";")[0]
    if "€" in code or "EUR" in code:
        return "money"
    signs = _NOT_A_SIGN.sub("", first)
    if "%" in signs:
        return "percent"
    letters = _CURRENCY.sub("", signs).lower().replace("general", "")
    return "date" if re.search(r"[dmyhs]", letters) else "plain"


def _whole(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 10 else 0


def _shared_strings(package: Package, targets: dict[str, str], limits: Limits) -> list[CellValue]:
    path = targets.get("sharedStrings", "xl/sharedStrings.xml")
    if not package.has(path):
        return []
    strings: list[CellValue] = []
    reader = _TextReader()

    def start(tag: str, attributes: dict[str, str]) -> None:
        if tag == "si":
            reader.begin()
        else:
            reader.start(tag, attributes)

    def end(tag: str) -> None:
        if tag == "si":
            if reader.size > _LONGEST_WRITTEN:
                words = f"il testo condiviso n. {len(strings) + 1} ha più di {LONGEST_CELL} caratteri"
                raise WorkbookRefused(words, accepted=f"al più {LONGEST_CELL} caratteri in una cella")
            strings.append(reader.made())
        else:
            reader.end(tag)

    parse_xml(package.stream(path), limits, start=start, end=end, text=reader.text)
    return strings


class _TextReader:
    """Puts together the runs of a text, and which of them are struck out."""

    def __init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        """A new text begins."""
        self._runs: list[tuple[str, bool | None]] = []
        self._pieces: list[str] = []
        self._struck: bool | None = None
        self._reading = self._aside = False
        self.size = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """An element within the text."""
        if tag == "t":
            self._reading, self._pieces = not self._aside, []
        elif tag == "r":
            self._struck = None
        elif tag == "rPr":
            self._struck = False
        elif tag == "strike":
            self._struck = attributes.get("val", "1") not in _NOT_SO
        elif tag == "rPh":
            self._aside = True

    def end(self, tag: str) -> None:
        """An element within the text is over."""
        if tag == "t" and self._reading:
            self._runs.append((unescaped("".join(self._pieces)), self._struck))
            self._reading = False
        elif tag == "rPh":
            self._aside = False

    def text(self, piece: str) -> None:
        """Characters."""
        if self._reading and self.size <= _LONGEST_WRITTEN:
            self.size += len(piece)
            self._pieces.append(piece)

    def made(self) -> CellValue:
        """The text: plain, or with its runs where one of them says that it is struck out."""
        if any(struck for _, struck in self._runs):
            return Rich(tuple((text, bool(struck)) for text, struck in self._runs))
        return "".join(text for text, _ in self._runs)


class _SheetReader:
    """Puts the cells of one sheet together as its XML goes by."""

    def __init__(
        self, sheet: Sheet, shared: list[CellValue], styles: list[_Style], *, since_1904: bool, counter: Counter
    ) -> None:
        self.sheet = sheet
        self._shared, self._styles, self._counter = shared, styles, counter
        self._epoch = date(1904, 1, 1) if since_1904 else date(1899, 12, 30)
        self._row = self._column = 0
        self._type = self._tag = ""
        self._style = _Style()
        self._value: list[str] = []
        self._size = 0
        self._formula = self._hidden = False
        self._extension = 0
        self._inline = _TextReader()

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """An element begins; those of an extension, which may be called as others are, say nothing."""
        if self._extension or tag == "extLst":
            self._extension += 1
        elif tag == "c":
            self._cell(attributes)
        elif tag in {"v", "f"}:
            self._tag = tag
            self._formula = self._formula or tag == "f"
        elif tag == "col" and attributes.get("hidden", "0") not in _NOT_SO:
            begin, end = max(_whole(attributes.get("min")), 1), min(_whole(attributes.get("max")), LAST_COLUMN)
            self.sheet.hidden_columns.update(range(begin, end + 1))
        elif tag == "row":
            self._row = _number(attributes.get("r"), self._row + 1, LAST_ROW)
            self._column = 0
            self._hidden = attributes.get("hidden", "0") not in _NOT_SO
        elif tag == "is":
            self._tag = "is"
            self._inline.begin()
        elif tag == "mergeCell" and (match := _RANGE.fullmatch(attributes.get("ref", ""))) and match[3]:
            first, last = (int(match[2]), column_number(match[1])), (int(match[4]), column_number(match[3]))
            self._counter.merged(self.sheet.name)
            self.sheet.merged.append((*first, *last))
        elif self._tag == "is":
            self._inline.start(tag, attributes)

    def _cell(self, attributes: dict[str, str]) -> None:
        reference = attributes.get("r")
        if reference is None:
            self._column += 1
        else:
            match = _REFERENCE.fullmatch(reference)
            if match is None:
                raise WorkbookRefused(
                    f"la cella {reference[:20]!r} di {self.sheet.name!r} non esiste",
                    accepted="un file salvato da Excel o LibreOffice",
                )
            self._column = column_number(match[1])
            self._row = int(match[2])
        if self._column > LAST_COLUMN or self._row > LAST_ROW:
            raise WorkbookRefused(
                f"il foglio {self.sheet.name!r} ha celle oltre i confini di Excel",
                accepted="al più 1.048.576 righe e 16.384 colonne",
            )
        self._type = attributes.get("t", "n")
        style = _whole(attributes.get("s"))
        self._style = self._styles[style] if style < len(self._styles) else _Style()
        self._value, self._size = [], 0
        self._formula = False

    def end(self, tag: str) -> None:
        """An element is over."""
        if self._extension:
            self._extension -= 1
        elif tag == "c":
            self._keep()
            self._tag = ""
        elif tag in {"v", "f", "is"}:
            self._tag = ""
        elif self._tag == "is":
            self._inline.end(tag)

    def text(self, piece: str) -> None:
        """Characters."""
        if self._tag == "v":
            self._size += len(piece)
            if self._size > _LONGEST_WRITTEN:
                raise cell_too_long(self.sheet.name, self._row, self._column)
            self._value.append(piece)
        elif self._tag == "is":
            self._inline.text(piece)
            if self._inline.size > _LONGEST_WRITTEN:
                raise cell_too_long(self.sheet.name, self._row, self._column)

    def _keep(self) -> None:
        value = self._made()
        if value is None or (isinstance(value, str) and not value):
            return
        if isinstance(value, str) and len(value) > LONGEST_CELL:
            raise cell_too_long(self.sheet.name, self._row, self._column)
        row = self.sheet.rows.get(self._row)
        if row is None:
            self._counter.rows(self.sheet.name)
            row = self.sheet.rows[self._row] = {}
            if self._hidden:
                self.sheet.hidden_rows.add(self._row)
        self._counter.cells(self.sheet.name, 1, characters(value))
        row[self._column] = value

    def _made(self) -> CellValue | None:
        if self._type == "inlineStr":
            inline = self._inline.made()
            self._inline.begin()
            return self._as_struck(inline)
        text = "".join(self._value)
        if not text:
            return Broken("una formula mai calcolata") if self._formula and self._type != "str" else None
        match self._type:
            case "s":
                place = _whole(text)
                return (
                    self._as_struck(self._shared[place])
                    if place < len(self._shared)
                    else Broken("un testo che non c'è")
                )
            case "str":
                return self._as_struck(unescaped(text))
            case "b":
                return text.strip() == "1"
            case "e":
                return Broken(text[:20])
            case "d":
                return _iso(text)
            case _:
                return self._number(text)

    def _as_struck(self, value: CellValue) -> CellValue:
        if isinstance(value, str) and (error := error_in(value)):
            return Broken(error)
        if isinstance(value, str) and self._style.code:
            value = shown_text(self._style.code, value)
        if self._style.struck and isinstance(value, str) and value:
            return Rich(((value, True),))
        return value

    def _number(self, text: str) -> CellValue:
        try:
            number = from_binary(text)
        except ValueError:
            return Broken(text[:20])
        if self._style.kind == "date":
            return self._shown_day(self._day(number))
        value = _TYPES.get(self._style.kind, _as_it_is)(number)
        shown = shown_number(self._style.code, number)
        return value if shown is None else _error_or(FormattedCell(shown, value))

    def _shown_day(self, moment: CellValue) -> CellValue:
        if not isinstance(moment, date):
            return moment
        shown = shown_day(self._style.code, moment)
        return FormattedCell(shown, moment) if isinstance(shown, str) else shown

    def _day(self, number: Decimal) -> CellValue:
        if not 0 <= number < 2_958_466:
            return Broken("una data fuori dal calendario")
        days = int(number)
        # Excel believes that 1900 was a leap year: before 1 March its count is one day ahead.
        shift = 1 if self._epoch.year == 1899 and days < 60 else 0
        seconds = round((number - days) * 86_400)
        try:
            day = self._epoch + timedelta(days=days + shift)
            return day if not seconds else datetime.combine(day, time.min) + timedelta(seconds=seconds)
        except OverflowError:
            return Broken("una data fuori dal calendario")


def _as_it_is(number: Decimal) -> Decimal:
    return number


_TYPES: dict[str, Callable[[Decimal], Decimal | PercentCell | Money]] = {"percent": PercentCell, "money": Money}


def _error_or(cell: FormattedCell) -> CellValue:
    error = error_in(cell.text)
    return Broken(error) if error else cell


def _iso(text: str) -> CellValue:
    try:
        moment = datetime.fromisoformat(text.strip().removesuffix("Z"))
    except ValueError:
        return Broken(text[:20])
    return moment.date() if moment.time() == time.min else moment


def _number(text: str | None, otherwise: int, most: int) -> int:
    if text is None:
        return otherwise
    number = _whole(text)
    if not 1 <= number <= most:
        raise WorkbookRefused(f"una riga dice di essere la {text[:20]!r}", accepted=f"da 1 a {most}")
    return number


def column_number(letters: str) -> int:
    """The number of a column, from 1."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def unescaped(text: str) -> str:
    """A text of the format without the escapes (`_x000D_`) by which it writes what XML cannot."""
    if "_x" not in text:
        return text

    def character(match: re.Match[str]) -> str:
        code = int(match[1], 16)
        return match[0] if code == 0 or 0xD800 <= code <= 0xDFFF else chr(code)

    return _ESCAPED.sub(character, text)
