"""The tables of a sheet: each a header with the rows below it, down to the next."""

from collections.abc import Sequence
from typing import NamedTuple

from api.layout.columns import TableColumns
from api.layout.grid import Grid
from api.layout.header import Header
from api.layout.rows import is_page_number
from api.layout.sections import coded, section_of
from api.layout.vocabulary import role_of_heading
from domain.spelling import folded


class Block(NamedTuple):
    """A table of a sheet: its header, and the rows below it down to the next."""

    grid: Grid
    header: Header
    rows: list[int]
    first_of_sheet: bool


def breaks_page(block: Block) -> bool:
    """Whether a table goes on under the same headings: what stands between is the end of a row, or the number of a page."""
    roles = {c: role_of_heading(text) for c, text in block.header.headings.items()}
    figures = [c for c, role in roles.items() if role is not None and role.kind in {"target", "weight"}]
    tail: list[tuple[int, list[str]]] = []
    last = 0
    for row in reversed(block.rows):
        cells = block.grid.texts[row]
        if any(c in cells for c in figures):
            last = row
            break
        tail.append((row, list(cells.values())))
    for row, texts in reversed(tail):
        if all(is_page_number(text) for text in texts):
            continue
        if row != last + 1 or any(section_of(text) is not None or len(text) > 200 for text in texts):
            return False
        last = row
    return len(tail) < 8


def code_styles(block: Block, columns: TableColumns) -> dict[int, bool]:
    """By column of a level, whether its titles all begin with a code without a sign after it."""
    styles: dict[int, bool] = {}
    indicator = columns.one("indicator") or 0
    rows = [row for row in block.rows if block.grid.text(row, indicator)]
    of_column = {
        column: list(dict.fromkeys(text for row in rows if (text := block.grid.text(row, column))))
        for column in columns.levels
    }
    codes = {coded(text)[0] for texts in of_column.values() for text in texts}
    for column, texts in of_column.items():
        bare = [coded(text, bare=True)[0] for text in texts]
        holds = bool(texts) and all(code and any(below.startswith(f"{code}.") for below in codes) for code in bare)
        styles[column] = holds or (
            len(texts) > 1 and sum(map(bool, bare)) >= len(texts) * 0.8 and len(set(bare)) >= len(texts) * 0.8
        )
    return styles


def target_years(blocks: Sequence[Block]) -> set[int]:
    """The years that the headings of targets say."""
    years: set[int] = set()
    for block in blocks:
        for text in block.header.headings.values():
            role = role_of_heading(text)
            if (
                role is not None
                and role.kind == "target"
                and role.year
                and "valore" not in folded(text).replace("valore atteso", "").replace("valore target", "")
            ):
                years.add(role.year)
    return years
