"""What of an office's sheet was not taken, or was taken though nobody sees it: each remark with its cell."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from api.layout.blocks import Block
from api.layout.columns import TableColumns, looks_like_targets, looks_like_weights
from api.layout.grid import Grid
from api.layout.mapping import column_label
from api.layout.rows import RowRead
from api.layout.vocabulary import NOTHING, role_of_heading
from api.workbook.cells import Rich, cell_address, comment_told, letter
from api.workbook.sheets import Notes, is_struck, tell_overfull

_TOGETHER = frozenset({"nota", "testo sotto la tabella"})
"""Why rows are left out that are told together where they follow one another."""


def tell_rows(grid: Grid, rows: Sequence[RowRead], notes: Notes) -> None:
    """Tells the rows that were not taken, those that follow one another together."""
    for run in _runs(rows):
        texts = " / ".join(" | ".join(dict.fromkeys(row.texts.values())) for row in run)
        until = f" (fino alla {run[-1].number})" if len(run) > 1 else ""
        where = cell_address(grid.name, run[0].number)
        notes.remark(where, f"non presa{until}, {run[0].why}: {texts[:160]!r}")


def tell_tables(
    blocks: Sequence[Block], columns: Mapping[int, TableColumns], waiting: Collection[str], notes: Notes
) -> None:
    """Tells what some tables leave out; of a column that is asked about, of which the label is `waiting`, nothing yet."""
    told: set[tuple[str, int]] = set()
    for block in blocks:
        read = columns[id(block)]
        for column, role in read.roles.items():
            heading = read.headings.get(column, "")
            asked = not {column_label(column, heading), column_label(column, heading, block.grid.name)}.isdisjoint(
                waiting
            )
            filled = [row for row in block.rows if column in block.grid.texts[row]]
            if role.kind != "nothing" or asked:
                continue
            _tell_lost_targets(block, read, column, filled, notes)
            if filled and (block.grid.name, column) not in told:
                told.add((block.grid.name, column))
                _tell_column(block, column, read.headings.get(column, "senza intestazione"), filled, notes)
        last = max([block.grid.sheet.widths.get(block.header.last, 0), *read.headings])
        tell_overfull(block.grid.sheet, last, block.header.last, notes)
        _tell_unseen(block, read, notes)


def _runs(rows: Sequence[RowRead]) -> Iterator[list[RowRead]]:
    run: list[RowRead] = []
    for row in rows:
        if run and not (run[-1].why == row.why in _TOGETHER and row.number <= run[-1].number + 2):
            yield run
            run = []
        run.append(row)
    if run:
        yield run


def _tell_column(block: Block, column: int, heading: str, filled: Sequence[int], notes: Notes) -> None:
    texts = [block.grid.text(row, column) for row in filled]
    like = " (e somiglia a un target)" if looks_like_targets(texts) and not looks_like_weights(texts) else ""
    called = " ".join(heading.split())[:60]
    words = f"colonna {called!r} non presa (celle: {len(filled)}): {texts[0][:60]!r}{like}"
    notes.remark(cell_address(block.grid.name, block.header.last, column), words)


def _tell_lost_targets(block: Block, columns: TableColumns, column: int, rows: Sequence[int], notes: Notes) -> None:
    """Tells each row of which the only target stands in a column of targets that is left out."""
    heading = role_of_heading(block.header.headings.get(column, ""))
    if heading is None or heading.kind != "target":
        return
    same = [c for c in columns.of("target", "revision") if heading.year in {None, columns.roles[c].year}]
    for row in rows:
        if not any(block.grid.text(row, c) for c in same):
            words = f"resta senza target: {block.grid.text(row, column)[:60]!r} è in una colonna lasciata fuori"
            notes.remark(cell_address(block.grid.name, row, column), words)


def _tell_unseen(block: Block, columns: TableColumns, notes: Notes) -> None:
    """Tells what is hidden and was read, comments, and rows that are struck out."""
    grid, sheet = block.grid, block.grid.sheet
    hidden = [row for row in block.rows if row in sheet.hidden_rows]
    if hidden:
        numbers = ", ".join(map(str, hidden[:10]))
        notes.remark(grid.name, f"righe nascoste lette come le altre: {numbers}")
    if block.first_of_sheet:
        shut = sorted({c for c, role in columns.roles.items() if role != NOTHING} & sheet.hidden_columns)
        if shut:
            notes.remark(grid.name, f"colonne nascoste lette come le altre: {', '.join(map(letter, shut))}")
        for place, words in sorted(sheet.comments.items()):
            notes.remark(cell_address(grid.name, *place), comment_told(words))
    for row in block.rows:
        cells = sheet.rows.get(row, {}).values()
        if len(cells) > 1 and all(isinstance(cell, Rich) and is_struck(cell) for cell in cells):
            notes.doubt(cell_address(grid.name, row), "la riga è tutta barrata")
