"""Makes the rows of our own workbook of what a reading took, each in the cells of the office's sheet."""

import re
from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from api.layout.columns import TableColumns
from api.layout.grid import Grid, unprinted
from api.layout.nodes import Node, id_stem, unique
from api.layout.rows import RowRead, is_ditto
from api.layout.steps import END, together
from api.layout.vocabulary import ColumnRole
from api.layout.years_in_cell import targets_in
from api.workbook.cells import Broken, CellValue, Rich, cell_address, letter
from api.workbook.format import INDICATORS, OBJECTIVES, TARGETS
from api.workbook.lines import read_targets
from api.workbook.read import read_indicators, read_objectives
from api.workbook.sheets import Notes, SheetLine, Table, is_struck
from api.workbook.values import cell_text, decimal_in
from domain.documents.uploaded import UploadedIndicator, UploadedObjective, UploadedPlace, UploadedTarget
from domain.patterns import regex
from domain.spelling import folded

_FIELDS = {
    "indicator": "name", "code": "code", "formula": "formula", "weight": "weight", "unit": "unit", "baseline": "baseline",
    "source": "source", "owner": "owner", "kind": "kind", "frequency": "frequency", "polarity": "polarity",
}  # fmt: skip
_NONE = regex(r"[-–—/._]{1,6}|n\.? ?[ad]\.?|n/a", re.IGNORECASE)
_OFFICE_WORD = regex(r"(?:area|settore|servizio|ufficio|direzione|dipartimento|struttura|unit[aà]|u\.?o\.?|staff|s\.|cdr|segreteria|divisione|azienda|sezione|centro|polo|p\.?o\.?|e\.?q\.?)\b", re.IGNORECASE)  # fmt: skip


@dataclass
class IndicatorRead:
    """An indicator as a reading took it."""

    row: RowRead
    grid: Grid
    columns: TableColumns
    node: Node | None
    values: dict[str, CellValue] = field(default_factory=dict)
    targets: dict[int, CellValue] = field(default_factory=dict)
    target_columns: dict[int, int] = field(default_factory=dict)
    id: str = ""
    steps: dict[int, dict[str, str]] = field(default_factory=dict)
    """What is due within a year, by the day (MM-DD)."""
    undated: list[tuple[str, str]] = field(default_factory=list)
    """The targets of no year, and where they stand."""
    revisions: list["Revision"] = field(default_factory=list)


class Revision(NamedTuple):
    """A target that was revised, in a cell of its own: it holds in the place of the one of its year."""

    sheet: str
    row: int
    column: int
    year: int
    value: CellValue


def indicator_row(
    row: RowRead,
    grid: Grid,
    columns: TableColumns,
    node: Node | None,
    before: "IndicatorRead | None",
    years: tuple[int, int] | None,
    target_year: int | None,
    notes: Notes,
) -> IndicatorRead:
    """What a row says of an indicator; `as above` is what the indicator above says."""
    read = IndicatorRead(row, grid, columns, node)
    for column, role in sorted(columns.roles.items()):
        if not row.texts.get(column):
            continue
        if role.kind == "target":
            if role.of:
                _step(read, column, role, years, target_year)
            else:
                _targets(read, column, role.year, years, target_year, notes)
            continue
        if role.kind == "revision":
            _revised(read, column, role.year, years, target_year)
            continue
        name = _FIELDS.get(role.kind)
        if name is None:
            continue
        value = _value(row, grid, column)
        if isinstance(value, str) and is_ditto(value):
            above = before.values.get(name) if before is not None else None
            if above is not None:
                read.values[name] = above
            continue
        if name in {"weight", "polarity"} and isinstance(value, str) and _NONE.fullmatch(value):
            words = f"{value!r} non è preso: la cella vale come vuota"
            notes.remark(cell_address(grid.name, row.number, column), words)
            continue
        read.values[name] = offices_text(grid, row, column) if name == "owner" else value
    _join_steps(read)
    _kind_in_name(read)
    return read


def _step(
    read: IndicatorRead, column: int, role: ColumnRole, years: tuple[int, int] | None, target_year: int | None
) -> None:
    """A cell in a column that is due by a day within the year."""
    text, of = read.row.texts[column], _year_of(role.year, years, target_year)
    if is_ditto(text) or _NONE.fullmatch(text):
        return
    if of is None:
        read.undated.append((cell_address(read.grid.name, read.row.number, read.grid.real(column)), text))
        return
    read.steps.setdefault(of, {})[role.of] = text
    read.target_columns.setdefault(of, column)


def _join_steps(read: IndicatorRead) -> None:
    """The target of a year that several columns say, by the day of each; a column of the year itself is of its end."""
    for year, steps in read.steps.items():
        whole = read.targets.get(year)
        if whole is not None:
            steps.setdefault(END, cell_text(whole))
        read.targets[year] = together(steps)


_KIND = regex(
    r"\s*\(?\b(?:tipologia|tipo)(?: (?:di )?(?:kpi|indicatore))?\s*:\s*(?P<kind>[^:()]{3,40})\)?\s*$", re.IGNORECASE
)


def _kind_in_name(read: IndicatorRead) -> None:
    """The kind of an indicator that stands under its name, in the same cell."""
    name = read.values.get("name")
    match = _KIND.search(name) if isinstance(name, str) else None
    if match is not None and isinstance(name, str) and match.start() > 0 and "kind" not in read.values:
        read.values["name"], read.values["kind"] = name[: match.start()].strip(), match["kind"].strip()


def _targets(
    read: IndicatorRead,
    column: int,
    year: int | None,
    years: tuple[int, int] | None,
    target_year: int | None,
    notes: Notes,
) -> None:
    row, grid = read.row, read.grid
    value, text = _value(row, grid, column), row.texts[column]
    if isinstance(value, str) and is_ditto(value):
        notes.problem(
            cell_address(grid.name, row.number, column), f"{value!r} al posto di un target", "il target per esteso"
        )
        return
    several = targets_in(text, years) if years and not isinstance(value, Rich) else None
    if several is not None and (year is None or set(several[0]) == {year}):
        for of_year, part in several[0].items():
            read.targets[of_year], read.target_columns[of_year] = part, column
        if several[1]:
            read.values.setdefault("baseline", several[1])
        return
    of = _year_of(year, years, target_year)
    if of is None:
        read.undated.append((cell_address(grid.name, row.number, grid.real(column)), text))
        return
    read.targets[of], read.target_columns[of] = value, column


def _year_of(year: int | None, years: tuple[int, int] | None, target_year: int | None) -> int | None:
    """The year of a target: its column's, the one that was said for all, or the only one of the plan."""
    return year or target_year or (years[0] if years is not None and years[0] == years[1] else None)


def _revised(
    read: IndicatorRead, column: int, year: int | None, years: tuple[int, int] | None, target_year: int | None
) -> None:
    """A cell in a column of revised targets; one that only says `as above`, or nothing, revises none."""
    row, grid = read.row, read.grid
    value, of = _value(row, grid, column), _year_of(year, years, target_year)
    if isinstance(value, str) and (is_ditto(value) or _NONE.fullmatch(value)):
        return
    if of is None:
        read.undated.append((cell_address(grid.name, row.number, grid.real(column)), row.texts[column]))
    else:
        read.revisions.append(Revision(grid.name, row.number, grid.real(column), of, value))


def revise(read: IndicatorRead, by: IndicatorRead) -> None:
    """What another row says of the targets of an indicator holds in their place."""
    read.revisions += [
        Revision(by.grid.name, by.row.number, by.grid.real(by.target_columns[year]), year, value)
        for year, value in by.targets.items()
    ]
    read.revisions += by.revisions


def _value(row: RowRead, grid: Grid, column: int) -> CellValue:
    cell = grid.cell(row.number, column)
    if column in row.changed or cell is None or isinstance(cell, str):
        return row.texts[column]
    if isinstance(cell, Rich) and not is_struck(cell) and not cell.struck:
        return unprinted(cell.kept)
    return cell


def offices_text(grid: Grid, row: RowRead, column: int) -> str:
    """The offices of a cell: several where each of its lines begins as an office does, one where lines only break."""
    cell = grid.cell(row.number, column)
    text = row.texts[column]
    if column in row.changed or not isinstance(cell, str) or "\n" not in cell.strip():
        return text
    lines = [unprinted(line) for line in cell.splitlines() if line.strip()]
    return (
        "; ".join(lines) if len(lines) > 1 and all(_OFFICE_WORD.match(line.lstrip("-•– ")) for line in lines) else text
    )


def name_indicators(rows: list[IndicatorRead]) -> None:
    """A short id for each indicator, of its name; with its objective's where several are called so."""
    stems: defaultdict[str, list[IndicatorRead]] = defaultdict(list)
    for row in rows:
        name = row.values.get("name")
        stems[id_stem(_plain(name) or f"riga-{row.row.number}")].append(row)
    taken: set[str] = set()
    for stem, bearers in stems.items():
        for row in bearers:
            of = f"-{row.node.id[:60]}" if row.node is not None and len(bearers) > 1 else ""
            row.id = unique(f"{stem}{of}"[:110], taken)


def _plain(value: CellValue | None) -> str:
    return "" if value is None or isinstance(value, Broken) else unprinted(cell_text(value))


@dataclass
class Uploaded:
    """The rows of a plan as they are uploaded, and where each kind of them has its columns."""

    objectives: list[UploadedObjective] = field(default_factory=list)
    indicators: list[UploadedIndicator] = field(default_factory=list)
    places: list[UploadedPlace] = field(default_factory=list)
    targets: list[UploadedTarget] = field(default_factory=list)
    columns: dict[str, dict[str, str]] = field(default_factory=dict)


def scale_weights(nodes: list[Node], indicators: list[IndicatorRead], notes: Notes) -> None:
    """Weights that are parts of one (0,6 and 0,4) become points of a hundred; it is told."""
    groups: defaultdict[object, list[IndicatorRead]] = defaultdict(list)
    for row in indicators:
        if "weight" in row.values:
            groups[id(row.node)].append(row)
    numbers = {key: [_points_of(row.values["weight"]) for row in rows] for key, rows in groups.items()}
    if _are_parts_of_one(list(numbers.values())):
        for key, rows in groups.items():
            for row, number in zip(rows, numbers[key], strict=True):
                row.values["weight"] = (number or Decimal(0)) * 100
        first = next(iter(groups.values()))[0]
        where = cell_address(first.grid.name, first.row.number, first.columns.one("weight"))
        notes.remark(where, "i pesi sono parti di uno (0,5): sono letti come punti su cento (50)")
    siblings: defaultdict[object, list[Node]] = defaultdict(list)
    for node in nodes:
        if node.weight:
            siblings[id(node.parent), folded(node.level)].append(node)
    of_nodes = [[_points_of(node.weight) for node in group] for group in siblings.values()]
    if _are_parts_of_one(of_nodes):
        for group, points in zip(siblings.values(), of_nodes, strict=True):
            for node, number in zip(group, points, strict=True):
                node.weight = f"{(number or Decimal(0)) * 100:f}".replace(".", ",")
        place = next(iter(siblings.values()))[0].weight_at
        if place is not None:
            words = "i pesi degli obiettivi sono parti di uno (0,5): sono letti come punti su cento (50)"
            notes.remark(cell_address(place.sheet, place.row, place.column), words)


def _points_of(value: CellValue) -> Decimal | None:
    return decimal_in(cell_text(value).strip()) if isinstance(value, str | Decimal) else None


def _are_parts_of_one(groups: list[list[Decimal | None]]) -> bool:
    numbers = [number for group in groups for number in group]
    if len(numbers) < 2 or any(number is None or not 0 < number <= 1 for number in numbers):
        return False
    whole = all(abs(sum(filter(None, group), Decimal(0)) - 1) <= Decimal("0.011") for group in groups)
    return whole and any(number != 1 for number in numbers)


def uploaded_rows(nodes: list[Node], indicators: list[IndicatorRead], notes: Notes) -> Uploaded:
    """The rows of our workbook: every later check is the ordinary one, and names the office's own cells."""
    uploaded = Uploaded()
    for node in nodes:
        _objective(node, uploaded, notes)
    groups: dict[tuple[str, tuple[tuple[int, str], ...]], list[IndicatorRead]] = {}
    for row in indicators:
        signature = tuple((column, f"{role.kind}{role.year}") for column, role in sorted(row.columns.roles.items()))
        groups.setdefault((row.grid.name, signature), []).append(row)
    keys: set[str] = set()
    order = {id(row): position for position, row in enumerate(indicators)}
    placed: list[tuple[int, UploadedIndicator]] = []
    for (sheet, _), rows in groups.items():
        key = unique(sheet, keys)
        real = rows[0].grid.real
        columns = {name: real(c) for kind, name in _FIELDS.items() if (c := rows[0].columns.one(kind)) is not None}
        name_column = columns.get("name", 1)
        columns |= {name: name_column for r in rows for name in r.values if name not in columns}
        lines = [SheetLine(r.row.number, {**r.values, "id": r.id, **_objective_of(r)}, {}) for r in rows]
        table = Table(INDICATORS, sheet, columns | {"id": name_column, "objective": name_column}, {}, lines, key)
        read, places = read_indicators(table, notes)
        by_id = {row.id: order[id(row)] for row in rows}
        placed += [(by_id[row.id or ""], row) for row in read or ()]
        uploaded.places += places or ()
        years = {year: real(column) for r in rows for year, column in r.target_columns.items()}
        target_lines = [SheetLine(r.row.number, {"indicator": r.id}, dict(r.targets)) for r in rows]
        if years:
            target_table = Table(
                TARGETS, sheet, {"indicator": name_column}, dict(sorted(years.items())), target_lines, key
            )
            uploaded.targets += read_targets(target_table, None, notes) or ()
        uploaded.columns[key] = table.letters() | {str(y): letter(c) for y, c in years.items()} | {"": sheet}
    _revisions(indicators, keys, uploaded, notes)
    uploaded.indicators = [row for _, row in sorted(placed, key=lambda pair: pair[0])]
    return uploaded


def _revisions(indicators: list[IndicatorRead], keys: set[str], uploaded: Uploaded, notes: Notes) -> None:
    """The revised targets, each in the cell that it comes from."""
    of_column: defaultdict[tuple[str, int, int], list[tuple[str, Revision]]] = defaultdict(list)
    for read in indicators:
        for revision in read.revisions:
            of_column[revision.sheet, revision.column, revision.year].append((read.id, revision))
    for (sheet, column, year), revised in of_column.items():
        key = unique(sheet, keys)
        lines = [SheetLine(revision.row, {"indicator": id_}, {year: revision.value}) for id_, revision in revised]
        table = Table(TARGETS, sheet, {"indicator": column}, {year: column}, lines, key)
        uploaded.targets += [target._replace(revises=True) for target in read_targets(table, None, notes) or ()]
        uploaded.columns[key] = {str(year): letter(column), "": sheet}


def _objective_of(row: IndicatorRead) -> dict[str, CellValue]:
    return {"objective": row.node.id} if row.node is not None else {}


def _objective(node: Node, uploaded: Uploaded, notes: Notes) -> None:
    key = f"{node.place.sheet}!{letter(node.place.column)}"
    cells: dict[str, CellValue] = {"id": node.id, "level": node.level}
    cells |= {
        name: text for name, text in (("code", node.code), ("title", node.title), ("weight", node.weight)) if text
    }
    if node.parent is not None:
        cells["parent"] = node.parent.id
    if node.offices:
        cells["offices"] = "\n".join(node.offices)
    if node.classifications:
        cells["classifications"] = "\n".join(f"{name}: {value}" for name, value in node.classifications.items())
    columns = dict.fromkeys(cells, node.place.column)
    if node.weight_at is not None:
        columns["weight"] = node.weight_at.column
    table = Table(OBJECTIVES, node.place.sheet, columns, {}, [SheetLine(node.place.row, cells, {})], key)
    uploaded.objectives += read_objectives(table, notes) or ()
    uploaded.columns[key] = uploaded.columns.get(key, {}) | table.letters() | {"": node.place.sheet}
