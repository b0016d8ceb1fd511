"""Reads CSV: a ZIP with one a sheet, as the export writes it and as Excel saves it in Italy, or one alone.

What divides the columns is what most lines agree on: a title above them may hold other signs. A CSV is UTF-8, UTF-16 or
what Windows writes in Italy; one with a null character is no text.
"""

import csv
import re
from collections import Counter as Counts
from collections.abc import Iterator
from io import StringIO

from api.workbook.cells import Broken, CellValue, Sheet, error_in, from_binary
from api.workbook.safety import (
    LAST_COLUMN,
    LONGEST_CELL,
    SHEETS,
    Counter,
    Package,
    WorkbookRefused,
    cell_too_long,
    sheet_name,
)
from api.workbook.write import restored
from domain.patterns import regex

DELIMITERS = ";,\t|"
BEGINNING = 100_000
LINES_LOOKED_AT = 50
"""How many lines, of how many characters, say what divides the columns."""
_SAID = regex(r"sep=(.)\s*", re.IGNORECASE)
_QUOTED = regex(r'"[^"]*"')
_NUL = "\0"


def read_csv(package: Package, counter: Counter) -> list[Sheet]:
    """The sheets, named by their files; WorkbookRefused for what is no CSV, or beyond a limit."""
    sheets: list[Sheet] = []
    for name in csv_members(package):
        if len(sheets) >= SHEETS:
            raise WorkbookRefused(f"il file ha più di {SHEETS} fogli", accepted=f"al più {SHEETS}")
        sheet = Sheet(sheet_name(name.rpartition("/")[2][:-4]))
        if any(other.name.casefold() == sheet.name.casefold() for other in sheets):
            raise WorkbookRefused(
                f"il file ha due CSV con lo stesso nome, {sheet.name[:80]!r}", accepted="un CSV per foglio"
            )
        sheets.append(sheet_of(sheet, package.read(name), counter))
    sheets += [Sheet(sheet_name(name), {1: {1: "un file che non è un CSV"}}) for name in _other_members(package)]
    return sheets


def _other_members(package: Package) -> list[str]:
    """What else stands in a ZIP of CSV, as a sheet that nobody reads: it is told as one; not what programs put beside."""
    names = [name.rpartition("/")[2] for name in package.members if not name.startswith("__MACOSX/")]
    others = [name for name in names if name and not name.lower().endswith(".csv")]
    return [name for name in dict.fromkeys(others) if not name.startswith(".") and name not in _OURS][:MOST_OTHERS]


_OURS = frozenset({"checkpoint.txt", "Thumbs.db", "desktop.ini"})
MOST_OTHERS = 20
"""How many files of another kind are told."""


def csv_members(package: Package) -> list[str]:
    """The CSV files of a ZIP, without what macOS puts beside each (`__MACOSX/._Target.csv`)."""
    return [
        name
        for name in package.members
        if name.lower().endswith(".csv")
        and not name.startswith("__MACOSX/")
        and not name.rpartition("/")[2].startswith(".")
    ]


def sheet_of(sheet: Sheet, data: bytes, counter: Counter) -> Sheet:
    """A sheet with the rows of its CSV; WorkbookRefused for what is none, or beyond a limit."""
    lines = _Lines(sheet.name, decoded(data, sheet.name))
    try:
        for number, values in enumerate(csv.reader(lines, delimiter=lines.delimiter), start=1):
            lines.columns = 0
            cells = {column: restored(value) for column, value in enumerate(values, start=1) if value}
            if cells:
                # a comma stands within numbers, too: an empty column at the end may be one that a number has pushed there
                sheet.widths[number] = len(values) if lines.delimiter == "," else max(cells)
                counter.rows(sheet.name)
                longest = max(cells, key=lambda column: len(cells[column]))
                if len(cells[longest]) > LONGEST_CELL:
                    raise cell_too_long(sheet.name, number, longest)
                counter.cells(sheet.name, len(cells))
                counter.cells(sheet.name, 0, sum(map(len, cells.values())))
                sheet.rows[number] = {column: _value(text) for column, text in cells.items()}
    except csv.Error:
        raise WorkbookRefused(
            f"{sheet.name[:80]!r} non è un CSV", accepted="un CSV in UTF-8, con punti e virgola"
        ) from None
    return sheet


_NOISE = regex(r"(?P<whole>-?[0-9]{1,15})(?P<point>[.,])(?P<part>[0-9]{12,17})(?P<after>\s*%?)")
_SHORTER = 4
"""How many digits less a number has without the noise of a binary one."""


def _value(text: str) -> CellValue:
    error = error_in(text)
    return Broken(error) if error else without_noise(text)


def without_noise(text: str) -> str:
    """A number without what a program's binary arithmetic left at its end: 33.33000000000001% is 33.33%."""
    match = _NOISE.fullmatch(text.strip())
    if match is None:
        return text
    meant = f"{from_binary(match['whole'] + '.' + match['part']):f}"
    if len(match["whole"]) + 1 + len(match["part"]) - len(meant) < _SHORTER:
        return text
    return meant.replace(".", match["point"]) + match["after"]


def delimiter_of(text: str) -> str:
    """What divides the columns of a text: what it says in its first line, or what most of its lines have equally often."""
    first = text.partition("\n")[0]
    if said := _SAID.fullmatch(first.strip('"\r\n ')):
        return said[1]
    beginning = text[:BEGINNING]
    if beginning.count('"') % 2 == 0 or len(text) > BEGINNING:
        beginning = _QUOTED.sub('""', beginning)  # what stands within quotes, over lines too, divides nothing
    lines = beginning.split("\n", LINES_LOOKED_AT)[:LINES_LOOKED_AT]

    def agreement(delimiter: str) -> tuple[int, int]:
        counts = Counts(count for line in lines if (count := line.count(delimiter)))
        if not counts:
            return (0, 0)
        often, agreeing = max(counts.items(), key=lambda item: (item[1], item[0]))
        return (agreeing, often)

    return max(DELIMITERS, key=agreement)


class _Lines:
    """The lines of a CSV, refused before its reader makes a row of more columns than a sheet has."""

    def __init__(self, sheet: str, text: str) -> None:
        self._sheet = sheet
        self._text = StringIO(text, newline="")
        self.delimiter = delimiter_of(text.replace("\r\n", "\n").replace("\r", "\n"))
        self.columns = 0
        """How many the row has that is being read, at most; a quoted text may go over lines."""

    def __iter__(self) -> Iterator[str]:
        for line in self._text:
            self.columns += line.count(self.delimiter)
            if self.columns >= LAST_COLUMN:
                raise WorkbookRefused(
                    f"una riga del foglio {self._sheet!r} ha più di {LAST_COLUMN} colonne",
                    accepted=f"al più {LAST_COLUMN} colonne",
                )
            yield line


def decoded(data: bytes, name: str) -> str:
    """The text of a CSV; WorkbookRefused for what is none."""
    text = _text(data)
    if text is None:
        raise WorkbookRefused(f"{name[:80]!r} non è un testo", accepted="un CSV in UTF-8")
    if _NUL in text:
        line = text.count("\n", 0, text.index(_NUL)) + 1
        raise WorkbookRefused(
            f"{name[:80]!r} contiene un carattere nullo alla riga {line}", accepted="un CSV di solo testo, in UTF-8"
        )
    return text


def _text(data: bytes) -> str | None:
    encodings = ["utf-8-sig", "cp1252"]
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    elif len(data) > 1 and (wide := _wide(data)):
        encodings = [wide]
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def _wide(data: bytes) -> str | None:
    """UTF-16 without its mark: every other byte of the beginning is a zero."""
    start = data[:200]
    if start[1::2].count(0) > len(start) // 3 and not start[::2].count(0):
        return "utf-16-le"
    if start[::2].count(0) > len(start) // 3 and not start[1::2].count(0):
        return "utf-16-be"
    return None
