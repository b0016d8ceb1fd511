"""Reads a ZIP with one CSV a sheet, as the export writes it and as Excel saves it in Italy."""

import csv
from collections.abc import Iterator
from io import BytesIO, TextIOWrapper

from api.workbook.cells import Sheet
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


def read_csv(package: Package, counter: Counter) -> list[Sheet]:
    """The sheets, named by their files; WorkbookRefused for what is no CSV, or beyond a limit."""
    sheets: list[Sheet] = []
    for name in package.members:
        if not name.lower().endswith(".csv"):
            continue
        if len(sheets) >= SHEETS:
            raise WorkbookRefused(f"il file ha più di {SHEETS} fogli", accepted=f"al più {SHEETS}")
        sheet = Sheet(sheet_name(name.rpartition("/")[2][:-4]))
        lines = _Lines(sheet.name, package.read(name), name)
        try:
            for number, values in enumerate(csv.reader(lines, delimiter=lines.delimiter), start=1):
                lines.columns = 0
                cells = {column: restored(value) for column, value in enumerate(values, start=1) if value}
                if cells:
                    counter.rows(sheet.name)
                    longest = max(cells, key=lambda column: len(cells[column]))
                    if len(cells[longest]) > LONGEST_CELL:
                        raise cell_too_long(sheet.name, number, longest)
                    counter.cells(sheet.name, len(cells))
                    counter.cells(sheet.name, 0, sum(map(len, cells.values())))
                    sheet.rows[number] = dict(cells)
        except csv.Error:
            raise WorkbookRefused(
                f"{name[:80]!r} non è un CSV", accepted="un CSV in UTF-8, con punti e virgola"
            ) from None
        sheets.append(sheet)
    return sheets


class _Lines:
    """The lines of a CSV, refused before its reader makes a row of more columns than a sheet has."""

    def __init__(self, sheet: str, data: bytes, name: str) -> None:
        self._sheet = sheet
        self._text = TextIOWrapper(BytesIO(data), _encoding(data, name), newline="")
        first = self._text.readline()
        self.delimiter = max(";,\t", key=first.count)
        self._text.seek(0)
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


def _encoding(data: bytes, name: str) -> str:
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return encoding
    raise WorkbookRefused(f"{name[:80]!r} non è un testo", accepted="un CSV in UTF-8")
