"""Whether a workbook is a plan in a layout of its own, and what tells one layout from another."""

from collections.abc import Sequence

from api.layout.forms import forms_in
from api.layout.grid import Grid
from api.layout.header import Header, headers_of
from api.layout.mapping import READING_SHEET
from api.layout.sections import section_of
from api.layout.vocabulary import role_of_heading
from api.workbook.cells import Sheet
from api.workbook.format import PLAN, PLAN_SHEET, PLAN_SPELLINGS, SHEETS
from api.workbook.sheets import find_sheet, heading_words, is_of_format
from domain.spelling import folded


def is_office_plan(sheets: Sequence[Sheet]) -> bool:
    """Whether a workbook is a plan in a layout of its own: a sheet with a row an indicator, and no sheet of the plan of ours."""
    if find_sheet(list(sheets), READING_SHEET, ()) is not None:
        return True
    own = find_sheet(list(sheets), PLAN_SHEET, PLAN_SPELLINGS)
    labels = {folded(word) for entry in PLAN for word in (entry.heading, *entry.spellings, entry.field)}
    if own is not None:
        known = sum(1 in row and heading_words(row[1]) in labels for row in own.rows.values())
        if known > 1:
            return False
    grids = [Grid(sheet) for sheet in sheets if sheet.visible and not is_of_format(sheet)]
    alone = len(grids) == len(sheets) and all(find_sheet(list(sheets), f.name, f.spellings) is None for f in SHEETS)
    return any(_is_plan_table(grid, alone=alone) or forms_in(grid) is not None for grid in grids)


def _is_plan_table(grid: Grid, *, alone: bool) -> bool:
    """Whether a sheet has a row an indicator; `alone` where no other sheet has a name of our format."""
    headers = headers_of(grid)
    if len(headers) > 1 and len({layout_signature(header) for header in headers}) < len({h.signature for h in headers}):
        return True  # tables headed by the node that each is of
    for header in headers[:3]:
        kinds = {role.kind for text in header.headings.values() if (role := role_of_heading(text)) is not None}
        if "indicator" in kinds and kinds & {"target", "weight"} and (alone or kinds & {"level", "level_code"}):
            return True
        sections = any(
            len(cells) <= 2 and section_of(next(iter(cells.values()))) for cells in list(grid.texts.values())[:400]
        )
        if kinds & {"indicator", "target"} and sections and len(header.headings) > 2:
            return True
    return False


def layout_signature(header: Header) -> tuple[tuple[int, str], ...]:
    """What tells a layout from another; a heading that is none of the field does not where no heading says indicator."""
    roles = {c: role_of_heading(text) for c, text in header.headings.items()}
    if any(role is not None and role.kind == "indicator" for role in roles.values()):
        return header.signature
    return tuple((c, folded(text) if roles[c] is not None else "") for c, text in sorted(header.headings.items()))
