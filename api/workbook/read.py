"""Reads a workbook into what it wants the plan to be, with every problem and its cell, all at once."""

from collections.abc import Iterator, Mapping

from pydantic import ValidationError

from api.formats.validation_errors import malformed
from api.workbook.cells import Broken, CellValue, Sheet, cell_address
from api.workbook.format import COMPLETE_PARTS, PLAN, PLAN_SHEET, PLAN_SPELLINGS, PlanSheetEntry
from api.workbook.lines import (
    Row,
    Stated,
    read_cause,
    read_measurements,
    read_row,
    read_statuses,
    read_targets,
    validated,
)
from api.workbook.question_sheet import read_answers
from api.workbook.request_sheet import read_requests
from api.workbook.sheets import (
    Notes,
    SheetLine,
    Table,
    find_sheet,
    heading_words,
    read_line,
    read_lines,
    repeated,
    tables,
)
from api.workbook.values import CellProblem, cell_text, is_empty, value_of
from domain.acts.citation import ActPart, ActText
from domain.acts.phrase import slug
from domain.documents.plan import AdministrationPart, OfficeRow, PlanPart
from domain.documents.uploaded import (
    Base,
    FileMotivation,
    UploadedIndicator,
    UploadedNode,
    UploadedObjective,
    UploadedPlace,
    UploadedPlan,
    UploadedTarget,
)
from domain.spelling import folded
from domain.vocabulary import JsonValue

RowValues = dict[str, JsonValue]
NO_ANSWERS: Mapping[str, str] = {}


def read_workbook(sheets: list[Sheet], answers: Mapping[str, str] = NO_ANSWERS) -> UploadedPlan:
    """What the sheets want; with every problem and its cell, where there are any, what could be read beside them.

    `answers` are those to the questions of how the file is read, by the label of what each is about.
    """
    notes = Notes(answers)
    plan_sheet = find_sheet(sheets, PLAN_SHEET, PLAN_SPELLINGS)
    head = _head(plan_sheet, notes) if plan_sheet is not None else {}
    tables_by_part = tables(sheets, notes)
    if not tables_by_part and plan_sheet is None:
        names = ", ".join(repr(sheet.name) for sheet in sheets[:10]) or "nessuno"
        notes.problem(
            "cartella",
            f"nessun foglio del formato (ci sono: {names})",
            "i fogli Piano, Obiettivi, Indicatori, Target...",
        )
    indicators, inline = read_indicators(tables_by_part.get("indicators"), notes)
    places = _places(tables_by_part.get("places"), notes)
    if tables_by_part.get("places") is None and inline:
        places = inline
    act, acts = _acts(tables_by_part.get("acts"), notes)
    administration, plan = _parts(head, tables_by_part, notes)
    objectives = read_objectives(tables_by_part.get("objectives"), notes)
    read_tables = [each for table in tables_by_part.values() for each in (table, *table.beside)]
    uploaded = UploadedPlan(
        administration=administration,
        plan=plan,
        act=act,
        acts=acts,
        retrospective=head.get("retrospective") is True,
        objectives=objectives,
        trees=_trees(tables_by_part.get("trees"), notes),
        indicators=indicators,
        places=places,
        targets=_targets(tables_by_part, notes, own=bool(head.get("format"))),
        measurements=read_measurements(tables_by_part.get("measurements"), notes),
        statuses=read_statuses(tables_by_part.get("statuses"), notes),
        complete=frozenset(part for part in COMPLETE_PARTS if head.get(f"complete_{part}") is True),
        base=_base(head),
        motivation=FileMotivation(
            act=_said(head, "act"),
            justification=_said(head, "justification"),
            cause=read_cause(head.get("cause")),
            approves_year=year if isinstance(year := head.get("approves_year"), int) else None,
            act_at=_said(head, ACT_AT) or "",
        ),
        columns={table.key or table.name: table.letters() | {"": table.name} for table in read_tables},
        remarks=tuple(notes.remarks),
        doubts=tuple(notes.doubts),
        requests=tuple(read_requests(tables_by_part.get("requests"), notes)),
        answers=tuple(read_answers(tables_by_part.get("questions"), notes)),
    )
    if notes.problems:
        unread = {
            "objectives": {row.where[1] for row in objectives or ()},
            "indicators": {row.where[1] for row in indicators or ()},
        }
        return uploaded._replace(
            problems=tuple(dict.fromkeys(notes.problems)),
            unread=frozenset(
                name
                for part, rows in unread.items()
                if (table := tables_by_part.get(part)) is not None
                for line in table.lines
                if line.number not in rows
                for name in _called(line)
            ),
        )
    return uploaded


def _targets(tables_by_part: Mapping[str, Table], notes: Notes, *, own: bool) -> tuple[UploadedTarget, ...] | None:
    """The targets, those that were revised after the others."""
    table = tables_by_part.get("targets")
    if table is None:
        return None
    there = table.lines or not table.beside
    targets = read_targets(table, tables_by_part.get("readings"), notes, own=own) if there else ()
    revised = [target for beside in table.beside for target in read_targets(beside, None, notes) or ()]
    return (*(targets or ()), *(target._replace(revises=True) for target in revised))


def _called(line: SheetLine) -> Iterator[str]:
    """What a row calls itself, as far as its cells can be read."""
    for name in ("id", "code", "title", "name"):
        cell = line.cells.get(name)
        if cell is not None and not isinstance(cell, Broken) and (text := cell_text(cell).strip()):
            yield text


def _said(head: RowValues, name: str) -> str | None:
    value = head.get(name)
    return value if isinstance(value, str) and value else None


# The first sheet: a label, and beside it its value.


ACT_AT = "act_at"
"""Stands, among the entries of the first sheet, for the cell of its act: what is wrong with it is found later."""


def _head(sheet: Sheet, notes: Notes) -> RowValues:
    known = {folded(word): entry for entry in PLAN for word in (entry.heading, *entry.spellings, entry.field)}
    values: RowValues = {}
    beside: int | None = None
    for number in sorted(sheet.rows):
        cells = [(column, cell) for column, cell in sorted(sheet.rows[number].items()) if not is_empty(cell)]
        if not cells or isinstance(cells[0][1], Broken):
            continue
        entry = known.get(heading_words(cells[0][1]))
        if heading_words(cells[0][1]) == "campo":
            beside = next((column for column, cell in cells if heading_words(cell) == "valore"), None)
            continue
        if entry is None:
            if len(cells) > 1:
                notes.remark(
                    cell_address(sheet.name, number, cells[0][0]),
                    f"voce {cell_text(cells[0][1])[:40]!r} non prevista: non è stata letta",
                )
            continue
        if entry.field in values:
            notes.problem(
                cell_address(sheet.name, number, cells[0][0]),
                f"la voce {entry.heading!r} c'è due volte",
                "una voce sola",
            )
            continue
        value = next((cell for cell in cells[1:] if cell[0] == (beside or cells[0][0] + 1)), None)
        if value is not None:
            _entry(sheet, number, entry, value, values, notes)
    return values


def _entry(
    sheet: Sheet, number: int, entry: PlanSheetEntry, cell: tuple[int, CellValue], values: RowValues, notes: Notes
) -> None:
    try:
        values[entry.field] = value_of(cell[1], entry)
        if entry.field == "act":
            values[ACT_AT] = cell_address(sheet.name, number, cell[0])
    except CellProblem as wrong:
        notes.problem(cell_address(sheet.name, number, cell[0]), wrong.found, wrong.accepted)
        values[entry.field] = None


def _parts(
    head: RowValues, tables_by_part: dict[str, Table], notes: Notes
) -> tuple[AdministrationPart | None, PlanPart | None]:
    offices = tuple(_rows(tables_by_part.get("offices"), OfficeRow, notes))
    administration: AdministrationPart | None = None
    name = _said(head, "administration_name")
    if name:
        id_ = _said(head, "administration_id") or slug(name, 80)
        administration = AdministrationPart(id=id_, name=name, ipa_code=_said(head, "ipa_code"), offices=offices)
    years = [head.get("first_year"), head.get("last_year")]
    if not head or not all(isinstance(year, int) for year in years):
        return administration, None
    owner = administration.id if administration else "piano"
    fields = {f: head[f] for f in ("levels", "drafted_on", "predecessor", "status", "succeeded_by") if head.get(f)}
    fields |= {
        "id": _said(head, "id") or f"{owner}-{years[0]}-{years[1]}",
        "title": _said(head, "title") or f"Piano della performance {years[0]}-{years[1]}",
        "first_year": years[0],
        "last_year": years[1],
    }
    try:
        return administration, PlanPart.model_validate(fields | _years(tables_by_part.get("years"), notes))
    except ValidationError as error:
        notes.add(malformed(error, PLAN_SHEET).problems)
        return administration, None


def _years(table: Table | None, notes: Notes) -> RowValues:
    states: RowValues = {}
    systems: dict[str, list[tuple[int, str]]] = {}
    if table is None:
        return {}
    for _, values in read_lines(table, notes):
        year = str(values["year"])
        if values.get("state") is not None:
            states[year] = values["state"]
        if values.get("system"):
            part = values.get("part")
            systems.setdefault(year, []).append((part if isinstance(part, int) else 1, str(values["system"])))
    fields: RowValues = {}
    if states:
        fields["years"] = states
    if systems:
        column = table.format.column("state")
        text_by_year = {year: "".join(text for _, text in sorted(parts)) for year, parts in systems.items()}
        try:
            fields["systems"] = {year: value_of(text, column) for year, text in text_by_year.items()}
        except CellProblem as wrong:
            notes.problem(table.name, wrong.found, wrong.accepted)
    return fields


def _base(head: RowValues) -> Base | None:
    as_of, version = _said(head, "as_of"), _said(head, "version")
    if as_of is None:
        return None
    number = int(version) if version and version.isdecimal() and len(version) < 15 else None
    return Base(as_of, _said(head, "known_at"), number, _said(head, "digest"))


# The sheets with a row a thing.


def _rows(table: Table | None, model: type[Row], notes: Notes, **more: Stated) -> list[Row]:
    if table is None:
        return []
    return [row for line in table.lines if (row := read_row(table, line, model, notes, more)) is not None]


def read_objectives(table: Table | None, notes: Notes) -> tuple[UploadedObjective, ...] | None:
    """The objectives; None where there is no table of them."""
    if table is None:
        return None
    rows: list[UploadedObjective] = []
    for line in table.lines:
        row = read_row(table, line, UploadedObjective, notes, {"where": table.where(line.number)})
        rows += [row] if row is not None else []
    _same_ids(table, [(row.id, row.where[1]) for row in rows], notes)
    _same_codes(table, [(row.code, row.id, row.where[1]) for row in rows], notes)
    return tuple(rows)


def read_indicators(
    table: Table | None, notes: Notes
) -> tuple[tuple[UploadedIndicator, ...] | None, tuple[UploadedPlace, ...] | None]:
    """The cards of the indicators, and the objectives that they serve where their rows say them; None for what is not there."""
    if table is None:
        return None, None
    rows: list[UploadedIndicator] = []
    places: list[UploadedPlace] = []
    assignment_fields = ("objective", "weight", "feeds")
    for line in table.lines:
        where = table.where(line.number)
        row = read_row(table, line, UploadedIndicator, notes, {"where": where}, but=assignment_fields)
        if row is None:
            continue
        rows.append(row)
        if "objective" in line.cells:
            values, well = read_line(table, line, notes)
            stated = {
                name: values[name] for name in assignment_fields if name in values and (name != "feeds" or values[name])
            }
            reference: dict[str, Stated] = {"indicator": row.id or row.code or row.name, "where": where}
            place = validated(table, line.number, UploadedPlace, {**stated, **reference}, notes) if well else None
            places += [place] if place is not None else []
    _same_ids(table, [(row.id, row.where[1]) for row in rows], notes)
    _same_codes(table, [(row.code, row.id, row.where[1]) for row in rows], notes)
    return tuple(rows), tuple(places) if table.has("objective") else None


def _trees(table: Table | None, notes: Notes) -> tuple[UploadedNode, ...] | None:
    """The nodes of the further trees; None where there is no table of them."""
    if table is None:
        return None
    read = (read_row(table, line, UploadedNode, notes, {"where": table.where(line.number)}) for line in table.lines)
    return tuple(row for row in read if row is not None)


def _same_ids(table: Table, ids: list[tuple[str | None, int]], notes: Notes) -> None:
    for value, rows in repeated([(id_, row) for id_, row in ids if id_]):
        row_numbers = ", ".join(str(row) for row in rows[:10])
        notes.problem(
            table.place(rows[1], "id"),
            f"l'identificativo {value!r} è in più righe ({row_numbers})",
            "identificativi diversi",
        )


def _same_codes(table: Table, codes: list[tuple[str | None, str | None, int]], notes: Notes) -> None:
    rows_with_id = {row for _, id_, row in codes if id_}
    for value, rows in repeated([(code, row) for code, _, row in codes if code]):
        words = f"il codice {value!r} è in più righe ({', '.join(str(row) for row in rows[:10])})"
        nameless = [row for row in rows if row not in rows_with_id]
        where = table.place((nameless or rows)[-1], "code")
        notes.remark(
            where, f"{words}: si guarda l'identificativo" if not nameless else f"{words}: si guardano nome e posto"
        )


def _places(table: Table | None, notes: Notes) -> tuple[UploadedPlace, ...] | None:
    if table is None:
        return None
    rows: list[UploadedPlace] = []
    for line in table.lines:
        row = read_row(table, line, UploadedPlace, notes, {"where": table.where(line.number)})
        if row is not None:
            rows.append(row)
    for value, numbers in repeated(
        [(f"{folded(row.indicator)} / {folded(row.objective)}", row.where[1]) for row in rows]
    ):
        notes.problem(
            table.place(numbers[1], "objective"),
            f"l'assegnazione {value} è in più righe ({', '.join(map(str, numbers[:10]))})",
            "una riga sola",
        )
    return tuple(rows)


def _acts(table: Table | None, notes: Notes) -> tuple[ActText | None, tuple[ActPart, ...]]:
    act: ActText | None = None
    acts: list[ActPart] = []
    if table is None:
        return None, ()
    for line, values in read_lines(table, notes):
        approves, phrase = values.pop("approves", None) is True, values.pop("phrase", None)
        if approves and act is not None:
            notes.problem(table.place(line.number, "approves"), "un altro atto approva già il piano", "un atto solo")
        if phrase:
            if approves:
                act = str(phrase)
            continue
        stated = {name: value for name, value in values.items() if value is not None}
        part = validated(table, line.number, ActPart, dict(stated), notes)
        if part is None:
            continue
        if approves:
            act = part
        else:
            acts.append(part)
    return act, tuple(acts)
