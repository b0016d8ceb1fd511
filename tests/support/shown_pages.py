"""The pages of the documentation that show commands and workbooks, followed step by step as a reader would.

A page shows commands with what they print (```` ```console ````), files (a block under the name of a file), and cells of
a workbook: a table under `` `FILE`, foglio *NAME*: ``, with the letters of the columns above and the numbers of the
rows on the left. What is bold is written there; what is not stands there already, or the page is wrong. A file that is
not there is made of all that is shown, or taken out of the ZIP in which it came. A heading that ends with a day in
brackets moves the clock to that day.
"""

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from zipfile import ZipFile

import openpyxl

MONTHS = (
    "gennaio", "febbraio", "marzo", "aprile", "maggio", "giugno", "luglio", "agosto", "settembre", "ottobre", "novembre",
    "dicembre",
)  # fmt: skip
STEP = re.compile(
    rf"^##.* \((?P<day>\d+)°? (?P<month>{'|'.join(MONTHS)}) (?P<year>\d{{4}})\)$"
    r"|(?:^`(?P<name>[\w.]+)`:\n\n)?^```(?P<language>\w+)\n(?P<block>(?:.*\n)*?)^```$"
    r"|^.*`(?P<book>[\w-]+\.xlsx)`, foglio \*(?P<sheet>[\w ]+)\*:\n\n(?P<cells>(?:\|.*\n)+)",
    re.MULTILINE,
)


class Day(NamedTuple):
    """The clock is moved: an instant in UTC."""

    instant: str


class Shown(NamedTuple):
    """A command, what the page says it prints, and where that stands in the page."""

    command: str
    output: str
    place: slice


def steps(page: str, folder: Path) -> Iterator[Day | Shown]:
    """The steps of a page in their order; its files and workbooks are written in the folder on the way."""
    for step in STEP.finditer(page):
        if step["day"]:
            yield Day(f"{step['year']}-{MONTHS.index(step['month']) + 1:02}-{int(step['day']):02} 10:00")
        elif step["book"]:
            _write_cells(folder, step["book"], step["sheet"], step["cells"])
        elif step["name"]:
            (folder / step["name"]).write_text(step["block"], encoding="utf-8")
        elif step["language"] == "console":
            yield from _commands(step["block"], step.start("block"))


def _commands(block: str, start: int) -> Iterator[Shown]:
    for example in re.finditer(r"^\$ ((?:.*\\\n)*.*)\n((?:(?!\$ ).*\n)*)", block, re.MULTILINE):
        place = slice(start + example.start(2), start + example.end(2))
        yield Shown(re.sub(r"\\\n\s*", "", example[1]), example[2].rstrip("\n"), place)


def _write_cells(folder: Path, name: str, sheet: str, table: str) -> None:
    path = folder / name
    is_new = not path.exists() and not _unpacked(folder, path)
    book = openpyxl.Workbook() if is_new else openpyxl.load_workbook(path)
    if is_new:
        book.active.title = sheet
    page = book[sheet]
    lines = [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in table.splitlines()]
    for row, *cells in lines[2:]:
        for column, text in zip(lines[0][1:], cells, strict=True):
            cell, written = page[f"{column}{row}"], text.strip("*").replace("\\|", "|")
            if text and (is_new or text.startswith("**")):
                cell.value = int(written) if written.isdecimal() else written
            elif text:
                assert str(cell.value) == written, f"{name}, {sheet}!{column}{row}: {cell.value!r}, and not {written!r}"
    book.save(path)


def _unpacked(folder: Path, path: Path) -> bool:
    """Whether a ZIP of the folder had this file, which lies there now."""
    for packed in folder.glob("*.zip"):
        with ZipFile(io.BytesIO(packed.read_bytes())) as files:
            if path.name in files.namelist():
                path.write_bytes(files.read(path.name))
                return True
    return False
