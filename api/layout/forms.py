"""Plans printed as forms: a label and its value a row, one indicator below the other (`INDICATORE | KPI | ...`)."""

import re
from typing import NamedTuple

from api.layout.columns import TableColumns
from api.layout.grid import Grid, SheetPlace
from api.layout.rows import RowRead
from api.layout.sections import coded, level_label, section_of
from api.layout.vocabulary import NOTHING, ColumnRole, level_name, role_of_heading
from api.workbook.cells import CellValue, Sheet
from domain.spelling import folded

_TITLE = {"titolo", "denominazione", "nome", "obiettivo", "titolo obiettivo", "descrizione sintetica"}
_INDICATOR = {"indicatore", "indicatori", "kpi"}
FEWEST_INDICATORS = 2
SHARE = 0.5
"""The share of rows with a label that is known, from which a sheet is made of forms."""


class FormEntry(NamedTuple):
    """A row of a form: a node of the tree, offices of the node above, or a field of an indicator; or nothing known."""

    kind: str
    label: str
    text: str
    place: SheetPlace
    level: str = ""
    code: str = ""
    role: ColumnRole | None = None
    said: str = ""
    """What the label of an indicator says beside: the code of a system, its kind."""


class Form(NamedTuple):
    """A sheet of forms: its entries in order, and what its labels are."""

    grid: Grid
    entries: list[FormEntry]

    def labels(self) -> dict[str, ColumnRole]:
        """The labels of the indicators' fields in the order in which they are met, and what each is."""
        roles: dict[str, ColumnRole] = {}
        for entry in self.entries:
            if entry.kind in {"field", "indicator"}:
                roles.setdefault(entry.label, entry.role or NOTHING)
        return roles


class FormGrid(Grid):
    """The fields of forms as if they stood in columns: one for each label, a row for each indicator."""

    def __init__(self, sheet: Sheet, value_column: int) -> None:
        super().__init__(sheet)
        self.of_form: dict[tuple[int, int], SheetPlace] = {}
        self.value_column = value_column

    def cell(self, row: int, column: int) -> CellValue | None:
        """The cell that holds a field of the indicator of a row."""
        place = self.of_form.get((row, column))
        return self.sheet.rows.get(place.row, {}).get(place.column) if place is not None else None

    def real(self, column: int) -> int:
        """The column in which values stand."""
        del column
        return self.value_column


def forms_in(grid: Grid) -> Form | None:
    """The forms of a sheet; None where it is not made of them."""
    if sum(len(cells) > 3 for cells in grid.texts.values()) > len(grid.rows) / 10:
        return None
    entries: list[FormEntry] = []
    known = labelled = 0
    for row in grid.rows:
        entry = _entry(grid, row)
        if entry is None:
            continue
        labelled += 1
        known += entry.kind != "other"
        entries.append(entry)
    indicators = sum(entry.kind == "indicator" for entry in entries)
    names = {folded(entry.text) for entry in entries if entry.kind == "indicator"}
    if min(indicators, len(names)) < FEWEST_INDICATORS or known < labelled * SHARE:
        return None
    return Form(grid, entries)


def _entry(grid: Grid, row: int) -> FormEntry | None:
    cells = grid.texts[row]
    columns = sorted(cells)
    if len(columns) == 1:
        section = section_of(cells[columns[0]])
        if section is None:
            return None
        return FormEntry(
            "level", section.level, section.title, SheetPlace(grid.name, row, columns[0]), section.level, section.code
        )
    if len(columns) > 3:
        return None
    label, text = cells[columns[-2]].rstrip(" :"), cells[columns[-1]]
    group = cells[columns[0]].rstrip(" :") if len(columns) == 3 else ""
    place = SheetPlace(grid.name, row, columns[-1])
    of_group = level_label(re.sub(r"\([^)]*\)", "", group)) if group else None
    if of_group and (folded(label) in _TITLE or folded(label) == folded(group)):
        code, title = coded(text)
        return FormEntry("level", label, title, place, of_group, code)
    if not group and folded(label) in {"titolo", "denominazione"}:
        code, title = coded(text)
        return FormEntry("level", label, title, place, "", code)  # of the level of those before it
    role = role_of_heading(label)
    begins = folded(group) in _INDICATOR or (role is not None and role.kind == "indicator")
    if begins and (role is None or role.kind in {"indicator", "code", "nothing"}):
        return FormEntry("indicator", "KPI", text, place, role=ColumnRole("indicator"), said=label)
    section = section_of(f"{label}: {text}") if role is None or role.kind in {"level", "nothing"} else None
    if section is not None and len(label.split()) <= 5 and not folded(label).startswith("descrizione"):
        named = re.match(r"^(?P<name>[^0-9]*?)\s*[-–:]?\s*(?P<code>[0-9][0-9A-Za-z.]*)$", label)
        level = level_name(named["name"]) if named else level_name(label)
        code, title = (named["code"], text) if named else coded(text)
        return FormEntry("level", label, title, place, level, code)
    if role is not None and role.kind == "owner":
        return FormEntry("offices", label, text, place, role=role)
    if role is not None and role.kind not in {"nothing", "level"}:
        return FormEntry("field", label, text, place, role=role)
    return FormEntry("other", label, text, place)


def said_in_label(label: str) -> dict[str, CellValue]:
    """What the label of an indicator says of it: `KPISTD 166 (Qualità)` is a code of another system, and a kind."""
    values: dict[str, CellValue] = {}
    if match := re.search(r"\b(KPI[A-Z]*|OC)\s*([0-9]+[a-z]?)\b", label):
        values["codes"] = f"{match[1]}: {match[2]}"
    if match := re.search(r"\(([^()]{3,60})\)", label):
        values["kind"] = match[1]
    return values


def indicator_rows(
    form: Form, roles: dict[str, ColumnRole]
) -> tuple[FormGrid, TableColumns, dict[int, RowRead], list[FormEntry]]:
    """The indicators of forms as rows of a table whose columns are the labels; and fields that are of none of them."""
    value_column = max(entry.place.column for entry in form.entries if entry.kind == "indicator")
    grid = FormGrid(form.grid.sheet, value_column)
    numbers = {label: position for position, label in enumerate(roles, start=1)}
    columns = TableColumns(
        {numbers[label]: role for label, role in roles.items()}, {n: label for label, n in numbers.items()}
    )
    rows: dict[int, RowRead] = {}
    loose: list[FormEntry] = []
    current: RowRead | None = None
    for entry in form.entries:
        if entry.kind == "level":
            current = None
        if entry.kind == "indicator":
            current = RowRead(entry.place.row, "indicator", {})
            rows[entry.place.row] = current
        if entry.kind not in {"field", "indicator"} or entry.label not in numbers:
            continue
        column = numbers[entry.label]
        if current is None or column in current.texts:  # a second one: of an indicator whose own row is not seen
            loose.append(entry)
            current = None
            continue
        current.texts[column] = entry.text
        grid.of_form[current.number, column] = entry.place
    return grid, columns, rows, loose
