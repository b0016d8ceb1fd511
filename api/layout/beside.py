"""Sheets that stand beside a plan and say only targets: their rows are known by the name of the indicator, or its code."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from difflib import get_close_matches

from api.layout.blocks import Block
from api.layout.columns import TableColumns
from api.layout.rows import RowRead
from api.layout.sections import section_of
from api.layout.tables import IndicatorRead, indicator_row, revise
from api.layout.vocabulary import ColumnRole, RoleKind, role_of_heading
from api.workbook.cells import cell_address, letter
from api.workbook.sheets import Notes
from api.workbook.values import cell_text
from domain.spelling import folded

_OF_A_TREE: frozenset[RoleKind] = frozenset({"level", "level_code"})


def target_sheets(blocks: Sequence[Block]) -> list[Block]:
    """The tables of the sheets without any node of the tree that name indicators of a sheet which has them."""
    of_sheet: defaultdict[str, list[Block]] = defaultdict(list)
    for block in blocks:
        of_sheet[block.grid.name].append(block)
    beside = {name for name, tables in of_sheet.items() if all(map(_is_flat, tables)) and section_of(name) is None}
    plan = [block for block in blocks if block.grid.name not in beside]
    if not any(role.kind in _OF_A_TREE for block in plan for role in _roles(block).values()):
        return []
    known = {name for block in plan for name in _names(block)}
    named = {name for name in beside if any(known & _names(block) for block in of_sheet[name])}
    return [block for block in blocks if block.grid.name in named]


def has_targets(blocks: Iterable[Block]) -> bool:
    """Whether a heading of some tables says targets."""
    return any(role.kind == "target" for block in blocks for role in _roles(block).values())


def _roles(block: Block) -> dict[int, ColumnRole]:
    roles = {column: role_of_heading(text) for column, text in block.header.headings.items()}
    return {column: role for column, role in roles.items() if role is not None}


def _is_flat(block: Block) -> bool:
    """Whether a table has indicators and targets, and nothing that they hang from."""
    kinds = {role.kind for role in _roles(block).values()}
    if not {"indicator", "target"} <= kinds or kinds & _OF_A_TREE:
        return False
    alone = (texts for row in block.grid.rows if len(texts := block.grid.texts[row]) == 1)
    return not any(section_of(text) is not None for texts in alone for text in texts.values())


def _names(block: Block) -> set[str]:
    columns = [column for column, role in _roles(block).items() if role.kind == "indicator"]
    return {folded(text) for row in block.rows for column in columns if (text := block.grid.text(row, column))}


def join_targets(
    block: Block,
    columns: TableColumns,
    indicators: Sequence[IndicatorRead],
    years: tuple[int, int] | None,
    target_year: int | None,
    notes: Notes,
) -> None:
    """Gives each indicator the targets of its row; what is of none, or of several, is asked about."""
    grid, column = block.grid, columns.one("indicator")
    if column is None:
        return
    by_name: defaultdict[str, list[IndicatorRead]] = defaultdict(list)
    for read in indicators:
        for name in {_called(read, "name"), _called(read, "code")} - {""}:
            by_name[name].append(read)
    for number in block.rows:
        name = grid.text(number, column)
        if not name:
            continue
        of = by_name.get(folded(name), [])
        if len(of) != 1:
            near = get_close_matches(folded(name), list(by_name), 1, 0.7)
            perhaps = f"; forse {cell_text(by_name[near[0]][0].values['name'])!r}" if near and not of else ""
            found = "è di più indicatori" if of else "non è fra gli indicatori del piano"
            words = f"{name[:80]!r} {found}{perhaps}: la riga non è stata letta"
            notes.doubt(cell_address(grid.name, number, column), words)
            continue
        row = RowRead(number, "indicator", dict(grid.texts[number]))
        revise(of[0], indicator_row(row, grid, columns, None, None, years, target_year, notes))
    told = {"indicator", "code", "target", "revision", "nothing"}
    others = [
        c for c, role in columns.roles.items() if role.kind not in told and any(grid.text(r, c) for r in block.rows)
    ]
    for other in others:
        heading = " ".join(columns.headings.get(other, letter(other)).split())[:60]
        where = cell_address(grid.name, block.header.last, other)
        notes.remark(where, f"colonna {heading!r} non presa: di questo foglio si prendono i target")


def _called(read: IndicatorRead, name: str) -> str:
    value = read.values.get(name)
    return folded(value) if isinstance(value, str) else ""
