"""Reads a ZIP with one CSV a sheet, as the export writes it and as Excel saves it in Italy."""

import csv
from io import StringIO

from api.workbook.cells import Sheet
from api.workbook.safety import Counter, Package, WorkbookRefused
from api.workbook.write import restored


def read_csv(package: Package) -> list[Sheet]:
    """The sheets, named by their files; WorkbookRefused for what is no CSV, or beyond a limit."""
    counter = Counter(package.limits)
    sheets: list[Sheet] = []
    for name in package.members:
        if not name.lower().endswith(".csv"):
            continue
        sheet = Sheet(name.rpartition("/")[2][:-4])
        text = _text(package.read(name), name)
        first = text.partition("\n")[0]
        delimiter = max(";,\t", key=first.count)
        try:
            for number, values in enumerate(csv.reader(StringIO(text, newline=""), delimiter=delimiter), start=1):
                cells = {column: restored(value) for column, value in enumerate(values, start=1) if value}
                if cells:
                    counter.row(sheet.name)
                    for _ in cells:
                        counter.cell(sheet.name)
                    sheet.rows[number] = dict(cells)
        except csv.Error:
            raise WorkbookRefused(
                f"{name[:80]!r} non è un CSV", accepted="un CSV in UTF-8, con punti e virgola"
            ) from None
        sheets.append(sheet)
    return sheets


def _text(data: bytes, name: str) -> str:
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise WorkbookRefused(f"{name[:80]!r} non è un testo", accepted="un CSV in UTF-8")
