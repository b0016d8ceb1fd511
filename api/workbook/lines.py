"""Reads the rows of targets, measurements and statuses, and any row into the model that it should be."""

from collections.abc import Mapping
from typing import TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError

from api.formats.validation_errors import malformed
from api.workbook.cells import Broken, FormattedCell, PercentCell, Rich, cell_address
from api.workbook.sheets import Notes, SheetLine, Table, read_line, read_lines
from api.workbook.values import cell_text
from domain.documents.plan import MeasurementRow, StatusRow, TargetRow
from domain.documents.uploaded import SERIES_LATER, UploadedMeasurement, UploadedStatus, UploadedTarget
from domain.patterns import regex
from domain.spelling import folded
from domain.vocabulary import DEFERRED, LONGEST_LINE, Cause, JsonValue

Row = TypeVar("Row", bound=BaseModel)
Stated = JsonValue | tuple[str, int]
"""What a field of a row holds: the value of its cell, or where the row stands."""
_CAUSE: TypeAdapter[Cause] = TypeAdapter(Cause, config=DEFERRED)


_BEFORE_TEXT = regex(r"^['’](?=\s*[<>=≤≥+\-0-9])")
"""The apostrophe by which a spreadsheet is told that what follows is text, typed where it was not taken for one."""


def read_cause(value: JsonValue) -> Cause | None:
    """One of the causes, or None."""
    return _CAUSE.validate_python(value) if isinstance(value, str) and value else None


def read_row(
    table: Table,
    line: SheetLine,
    model: type[Row],
    notes: Notes,
    more: Mapping[str, Stated] | None = None,
    *,
    but: tuple[str, ...] = (),
) -> Row | None:
    """The model of a row of a sheet; None, with the problems told, where it is none."""
    values, well = read_line(table, line, notes, but=but)
    if not well:
        return None
    filled: dict[str, Stated] = {}
    for name, value in values.items():
        kind = table.format.column(name).kind
        if value is None and kind in {"list", "years", "map", "json"}:
            if name == "codes":
                filled[name] = None
            elif name in model.model_fields:
                filled[name] = [] if kind in {"list", "years"} else {}
            continue
        if value is None and name in {"condition_met", "aliases"}:
            continue
        if value is None and name in {"justification", "cause"}:
            continue
        filled[name] = value
    return validated(table, line.number, model, filled | dict(more or {}), notes)


def validated(table: Table, number: int, model: type[Row], values: Mapping[str, Stated], notes: Notes) -> Row | None:
    """The model of some values; each finding is a problem of its cell."""
    try:
        return model.model_validate(values)
    except ValidationError as error:
        for detail, problem in zip(error.errors(), malformed(error).problems, strict=False):
            name = str(detail["loc"][0]) if detail["loc"] else ""
            notes.problem(table.place(number, name), problem.found, problem.accepted)
        return None


def read_targets(
    table: Table | None, readings: Table | None, notes: Notes, *, own: bool = False
) -> tuple[UploadedTarget, ...] | None:
    """The targets, a cell each; None where there is no sheet of them. In a workbook of our `own` texts are as they were recorded."""
    if table is None:
        return None
    if not table.years:
        notes.problem(table.name, "non c'è nessuna colonna di un anno", "una colonna per anno: 2022, 2023, 2024")
    typed = _readings(readings, notes)
    targets: list[UploadedTarget] = []
    row_of: dict[tuple[str, int | None], int] = {}
    for line, values in read_lines(table, notes):
        indicator, ordinal = str(values["indicator"]), values.get("ordinal")
        order = ordinal if isinstance(ordinal, int) else None
        if order is not None and order > 9:
            notes.problem(table.place(line.number, "ordinal"), f"l'ordine {order} non va bene", "un numero da 1 a 9")
            continue
        if (folded(indicator), order) in row_of:
            both_rows = f"righe {row_of[folded(indicator), order]} e {line.number}"
            notes.problem(
                table.place(line.number, "indicator"),
                f"l'indicatore {indicator[:60]!r} c'è due volte ({both_rows})",
                "una riga sola, o un Ordine diverso",
            )
            continue
        row_of[folded(indicator), order] = line.number
        where = table.where(line.number)
        for year, column in table.years.items():
            cell = line.years.get(year)
            if isinstance(cell, Broken):
                notes.problem(
                    cell_address(table.name, line.number, column),
                    f"la cella contiene {cell.what}",
                    "un target come testo",
                )
                continue
            if not 1990 <= year <= 2200:
                continue
            text = "" if cell is None else cell_text(cell).strip()
            text = text if own else _BEFORE_TEXT.sub("", text)
            struck = cell.struck if isinstance(cell, Rich) else None
            if len(text) > LONGEST_LINE:
                notes.problem(
                    cell_address(table.name, line.number, column),
                    "il testo è troppo lungo",
                    f"al più {LONGEST_LINE} caratteri",
                )
                continue
            typed_target = typed.get((indicator, year, order or 1))
            why = {name: str(values[name]) for name in ("justification", "cause") if values.get(name)}
            targets.append(
                UploadedTarget(
                    where,
                    indicator,
                    year,
                    order,
                    text or None,
                    typed_target if typed_target is not None and typed_target.text == text else None,
                    struck,
                    why.get("justification"),
                    read_cause(why.get("cause")),
                )
            )
    return tuple(targets)


def _readings(table: Table | None, notes: Notes) -> dict[tuple[str, int, int], TargetRow]:
    targets: dict[tuple[str, int, int], TargetRow] = {}
    if table is None:
        return targets
    for line, values in read_lines(table, notes):
        indicator = str(values.pop("indicator"))
        fields = {name: value for name, value in values.items() if value is not None}
        fields["text"] = values["text"] or ""
        if "base" in fields and str(fields["base"]).isdecimal():
            fields["base"] = int(str(fields["base"]))
        if "at" in fields and str(fields["at"]).isdecimal():
            fields["at"] = int(str(fields["at"]))
        row = validated(table, line.number, TargetRow, dict(fields), notes)
        if row is not None:
            targets[indicator, row.year, row.ordinal] = row
    return targets


def read_measurements(table: Table | None, notes: Notes) -> tuple[UploadedMeasurement, ...] | None:
    """The measurements; None where there is no sheet of them."""
    if table is None:
        return None
    rows: list[UploadedMeasurement] = []
    for line, values in read_lines(table, notes):
        indicator = values.pop("indicator", None)
        data: dict[str, JsonValue] = {name: value for name, value in values.items() if value is not None}
        evidence = {n: data.pop(f"evidence_{n}") for n in ("reference", "sha256") if f"evidence_{n}" in data}
        extra = data.pop("extra", {})
        if evidence:
            data["evidence"] = evidence
        cell = line.cells.get("value")
        if isinstance(cell.value if isinstance(cell, FormattedCell) else cell, PercentCell):
            data.setdefault("unit", "%")
        if "series" not in data:
            if not indicator:
                notes.problem(table.place(line.number, "series"), "manca la serie", "la serie, oppure l'indicatore")
                continue
            data["series"] = SERIES_LATER
        if not data.keys() & {"text", "value", "numerator"} and not (isinstance(extra, dict) and extra.get("terms")):
            notes.problem(
                table.place(line.number, "text"),
                "manca il valore",
                "il testo, oppure il valore, oppure numeratore e denominatore",
            )
            continue
        if ("numerator" in data) != ("denominator" in data):
            notes.problem(
                table.place(line.number, "numerator"),
                "numeratore e denominatore vanno insieme",
                "tutti e due, o nessuno",
            )
            continue
        row = validated(table, line.number, MeasurementRow, data | (extra if isinstance(extra, dict) else {}), notes)
        if row is not None:
            rows.append(UploadedMeasurement(table.where(line.number), str(indicator) if indicator else None, row))
    return tuple(rows)


def read_statuses(table: Table | None, notes: Notes) -> tuple[UploadedStatus, ...] | None:
    """The statuses; None where there is no sheet of them."""
    if table is None:
        return None
    rows: list[UploadedStatus] = []
    for line, values in read_lines(table, notes):
        data: dict[str, JsonValue] = {name: value for name, value in values.items() if value is not None}
        extra = data.pop("extra", {})
        reference = str(data.pop("id"))
        row = validated(
            table, line.number, StatusRow, data | (extra if isinstance(extra, dict) else {}) | {"id": "x"}, notes
        )
        if row is not None:
            rows.append(UploadedStatus((table.name, line.number), row.model_copy(update={"id": reference})))
    return tuple(rows)
