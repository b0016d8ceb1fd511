"""Lays a plan document out in the rows of the workbook's sheets; `read` takes the same rows back to the same document."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import NamedTuple

import orjson

from api.language.labels import PLAN_STATUSES
from api.workbook.format import (
    ACTS,
    CHANGES,
    INDICATORS,
    LAST_MEASURED,
    MEASUREMENTS,
    OBJECTIVES,
    OFFICES,
    ORDINAL,
    PLACES,
    PLAN,
    PLAN_SHEET,
    READINGS,
    REQUESTED,
    STATUSES,
    TARGETS,
    TREES,
    VERSION,
    YEARS,
    Column,
    SheetFormat,
)
from api.workbook.safety import LONGEST_CELL
from api.workbook.values import cell_of
from domain.errors import DomainError
from domain.periods import period_said
from domain.targets.decide import read_target_text
from domain.vocabulary import JsonValue, Polarity
from projections.plan_in_force import (
    AssignmentInForce,
    IndicatorInForce,
    MeasurementInForce,
    PlanHead,
    PlanInForce,
    TargetInForce,
)
from projections.stored_objects import StoredAct

PIECE = 30_000

Fields = Mapping[str, object]
"""A row of a plan document: laid out by the names of its fields, whatever they are."""
RowValue = str | date


class CellTooLong(DomainError):
    """A text of the plan that no cell of a workbook holds."""

    name = "cell_too_long"
    title = "Testo troppo lungo per una cella"


class Written(NamedTuple):
    """A sheet to be written: its name, its note, its columns, its rows."""

    format: SheetFormat
    columns: tuple[Column, ...]
    rows: list[list[RowValue]]

    @property
    def name(self) -> str:
        """The name of the sheet."""
        return self.format.name


def structure_digest(document: PlanInForce) -> str:
    """The identity of what a plan document holds of the plan itself: its tree, its indicators, its targets."""
    plan = document["plan"]
    structure: dict[str, object] = {
        "objectives": document.get("objectives"),
        "indicators": document.get("indicators"),
        "plan": {
            "id": plan.get("id"),
            "title": plan.get("title"),
            "first_year": plan.get("first_year"),
            "last_year": plan.get("last_year"),
        },
    }
    if document.get("trees"):  # what was exported before plans had any keeps its identity
        structure["trees"] = document["trees"]
    return "sha256:" + hashlib.sha256(orjson.dumps(structure, option=orjson.OPT_SORT_KEYS)).hexdigest()


def head(document: PlanInForce) -> list[tuple[str, RowValue, str]]:
    """The lines of the first sheet: label, value, note."""
    administration = document["administration"]
    values: Fields = {
        **document["plan"],
        "status": PLAN_STATUSES[document["plan"]["status"]] if document.get("version") else None,
        "administration_id": administration["id"],
        "administration_name": administration["name"],
        "ipa_code": administration.get("ipa_code"),
        "retrospective": bool(document.get("retrospective")),
        "as_of": document.get("as_of"),
        "known_at": document.get("known_at"),
        "version": document.get("version") or None,
        "digest": structure_digest(document) if document.get("as_of") else None,
        "format": VERSION,
    }
    lines: list[tuple[str, RowValue, str]] = []
    for entry in PLAN:
        value = False if entry.field.startswith("complete_") else values.get(entry.field)
        lines.append((entry.heading, "no" if value is False else cell_of(value, entry), entry.note))
    return lines


def sheets_of(document: PlanInForce, changes: Iterable[Fields] = ()) -> Iterator[Written]:
    """Every sheet but the first, in their order."""
    indicators = document["indicators"]
    names = {indicator["id"]: indicator.get("name") for indicator in indicators}
    yield _sheet(OBJECTIVES, document["objectives"])
    yield _sheet(TREES, document.get("trees") or [])
    elsewhere = ("objective", "weight", "feeds", "assignments", "targets", "last_measured")
    yield _sheet(INDICATORS, indicators, but=elsewhere)
    yield _sheet(PLACES, _places(indicators))
    yield _targets(document["plan"], indicators)
    series = {indicator.get("series"): indicator["id"] for indicator in indicators}
    measured = [
        {"indicator": names.get(series.get(row["series"], "")), **_evidence(row)}
        for row in document.get("measurements") or []
    ]
    yield _sheet(MEASUREMENTS, measured)
    yield _sheet(STATUSES, document.get("statuses") or [])
    yield _sheet(ACTS, _acts(document))
    yield _sheet(OFFICES, document["administration"].get("offices") or [])
    yield _sheet(REQUESTED, [])
    yield _sheet(READINGS, _readings(indicators))
    yield _sheet(YEARS, _years(document["plan"]))
    yield _sheet(CHANGES, list(changes))


def _sheet(form: SheetFormat, rows: Sequence[Fields], *, but: tuple[str, ...] = ()) -> Written:
    columns = tuple(column for column in form.columns if column.written)
    covered = {column.field for column in form.columns} | set(but)
    lines: list[list[RowValue]] = []
    for row in rows:
        extra = {name: value for name, value in row.items() if name not in covered and value is not None}
        lines.append([_cell(row if column.field != "extra" else {"extra": extra}, column, form) for column in columns])
    return Written(form, columns, lines)


def _cell(row: Fields, column: Column, form: SheetFormat) -> RowValue:
    value = cell_of(row.get(column.field), column)
    if isinstance(value, str) and len(value) > LONGEST_CELL:
        problem = f"un testo di {len(value)} caratteri in {form.name}, colonna {column.heading}"
        raise CellTooLong(problem, accepted=f"al più {LONGEST_CELL} caratteri; oppure --format json")
    return value


def _places(indicators: list[IndicatorInForce]) -> list[Fields]:
    rows: list[Fields] = []
    for indicator in indicators:
        own: list[AssignmentInForce] = [indicator] if indicator.get("objective") is not None else []
        rows += [
            {
                "indicator": indicator["id"],
                "name": indicator.get("name"),
                "objective": place.get("objective"),
                "weight": place.get("weight"),
                "feeds": place.get("feeds"),
            }
            for place in indicator.get("assignments") or own
        ]
    return rows


def _in_words(figure: Mapping[str, object]) -> dict[str, str]:
    """A figure that stands beside, its period as an office says it."""
    return {name: period_said(str(value)) if name == "period" else str(value) for name, value in figure.items()}


def target_columns(years: Iterable[int], *, last_measured: bool = False) -> tuple[Column, ...]:
    """The columns of the sheet of targets: those that every row has, the last figure where it is there, then one a year."""
    fixed = tuple(c for c in TARGETS.columns if c.written or (last_measured and c in LAST_MEASURED))
    return fixed + tuple(
        Column(str(year), str(year), "target", f"Il target del {year}, come lo scrive l'ufficio.", width=20)
        for year in years
    )


def _targets(plan: PlanHead, indicators: list[IndicatorInForce]) -> Written:
    years = set(range(plan["first_year"], plan["last_year"] + 1))
    years |= {target["year"] for indicator in indicators for target in indicator.get("targets") or []}
    columns = target_columns(
        sorted(years), last_measured=any(indicator.get("last_measured") for indicator in indicators)
    )
    rows: list[list[RowValue]] = []
    for indicator in indicators:
        texts: dict[int, dict[str, str | None]] = {1: {}}
        for target in indicator.get("targets") or []:
            texts.setdefault(target.get("ordinal") or 1, {})[str(target["year"])] = target["text"]
        for ordinal, by_year in sorted(texts.items()):
            row: Fields = {
                "indicator": indicator["id"],
                "name": indicator.get("name"),
                ORDINAL.field: str(ordinal) if len(texts) > 1 else None,
                **by_year,
                **{f"last_{name}": value for name, value in _in_words(indicator.get("last_measured") or {}).items()},
            }
            rows.append([_cell(row, column, TARGETS) for column in columns])
    return Written(TARGETS, columns, rows)


def _readings(indicators: list[IndicatorInForce]) -> list[Fields]:
    return [
        {"indicator": indicator["id"], **target, "ordinal": target.get("ordinal") or 1}
        for indicator in indicators
        for target in indicator.get("targets") or []
        if target.get("form") and not _said_by_its_text(indicator, target)
    ]


def _said_by_its_text(indicator: IndicatorInForce, target: TargetInForce) -> bool:
    """Whether reading the text again gives the very target: then the text is all that has to be kept."""
    reread = _read(target["text"] or "", target["year"], indicator.get("polarity"), indicator.get("formula"))
    stated = {name: value for name, value in target.items() if value is not None and name not in {"year", "ordinal"}}
    return reread == stated


@lru_cache(maxsize=20_000)
def _read(text: str, year: int, polarity: Polarity | None, formula: str | None) -> dict[str, JsonValue]:
    return read_target_text(text, year, polarity=polarity, formula=formula).model_dump(mode="json", exclude_none=True)


def _evidence(row: MeasurementInForce) -> Fields:
    evidence = row.get("evidence") or {}
    rest = {name: value for name, value in row.items() if name != "evidence"}
    return {**rest, "evidence_reference": evidence.get("reference"), "evidence_sha256": evidence.get("sha256")}


def _acts(document: PlanInForce) -> list[Fields]:
    act = document.get("act")
    return [*([_approving(act)] if act else []), *(document.get("acts") or [])]


def _approving(act: StoredAct | str) -> Fields:
    """The act of the approval, whole or, in a document that was never recorded, the phrase that cites it."""
    return {"approves": True, "phrase": act} if isinstance(act, str) else {"approves": True, **act}


def _years(plan: PlanHead) -> list[Fields]:
    states, systems = plan.get("years") or {}, plan.get("systems") or {}
    rows: list[Fields] = []
    for year in sorted({*states, *systems}):
        text = orjson.dumps(systems[year]).decode() if year in systems else ""
        pieces = [text[start : start + PIECE] for start in range(0, len(text), PIECE)] or [""]
        for part, piece in enumerate(pieces, start=1):
            state = states.get(year) if part == 1 else None
            rows.append({"year": year, "state": state, "part": part if len(pieces) > 1 else None, "system": piece})
    return rows


__all__ = [
    "PLAN_SHEET",
    "CellTooLong",
    "Fields",
    "RowValue",
    "Written",
    "head",
    "sheets_of",
    "structure_digest",
    "target_columns",
]
