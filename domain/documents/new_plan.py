"""Makes the plan document of a workbook for a plan that is not there yet: a first plan, or the one of the next years.

Where the administration has a plan already, each indicator is matched with those of that plan: one that goes on keeps
its series, so that its measurements go on; what is new and what ends is told; what is ambiguous is asked.
"""

from collections import defaultdict
from collections.abc import Mapping
from typing import NamedTuple

from pydantic import BaseModel

from domain.documents.diff_builder import DiffBuilder, Subject
from domain.documents.diff_targets import UploadedCell, tell_unread, uploaded_cells
from domain.documents.diff_trees import node_rows
from domain.documents.difference import CurrentPlan, PlanDiff
from domain.documents.matching import Ambiguous
from domain.documents.plan import AdministrationPart, PlanDocument, PlanPart
from domain.documents.references import MatchedRows
from domain.documents.row_matching import match_indicators, match_objectives
from domain.documents.uploaded import SERIES_LATER, UploadedIndicator, UploadedPlan
from domain.errors import Malformed, Problem
from domain.indicators.series import own_series
from domain.targets.decide import read_target_text
from domain.vocabulary import JsonValue

NOT_FIELDS = {"where", "justification", "cause", "extra"}
"""What an uploaded row holds beside the fields of its object."""


class NewPlan(NamedTuple):
    """A new plan: its document, and what it takes over from the plan before."""

    document: PlanDocument
    difference: PlanDiff


class _Matched(NamedTuple):
    objectives: MatchedRows
    indicators: MatchedRows


def new_plan(uploaded: UploadedPlan, before: PlanDocument | None, answers: Mapping[str, str]) -> NewPlan:
    """The document of a plan that is not there; Malformed with every cell that cannot be taken."""
    administration, plan = _parts(uploaded)
    builder = DiffBuilder(uploaded, answers)
    builder.ask_doubts()
    empty = CurrentPlan(PlanDocument(administration=administration, plan=plan))
    objectives = match_objectives(empty, uploaded, builder)
    matched = _Matched(objectives, match_indicators(empty, uploaded, objectives, builder))
    series = _continued(uploaded, before, matched, builder) if before else {}
    document: dict[str, object] = {
        "administration": administration,
        "plan": plan.model_copy(update={"predecessor": plan.predecessor or (before.plan.id if before else None)}),
        "acts": uploaded.acts,
        "retrospective": uploaded.retrospective,
        "objectives": _objectives(uploaded, objectives, builder),
        "trees": _trees(uploaded, builder),
        "indicators": _indicators(uploaded, matched, empty.document, series, builder),
        "measurements": _measurements(uploaded, matched, plan, series, builder),
        "statuses": _statuses(uploaded, matched, builder),
    }
    if uploaded.act is not None:
        document["act"] = uploaded.act
    difference = builder.build()
    return NewPlan(PlanDocument.model_validate(document), difference)


def _parts(uploaded: UploadedPlan) -> tuple[AdministrationPart, PlanPart]:
    problems = []
    if uploaded.administration is None:
        problems.append(
            Problem(where="Piano", found="manca l'ente", accepted="la voce Ente, col nome dell'amministrazione")
        )
    if uploaded.plan is None:
        problems.append(
            Problem(where="Piano", found="mancano gli anni del piano", accepted="le voci Primo anno e Ultimo anno")
        )
    for part, sheet in (("objectives", "Obiettivi"), ("indicators", "Indicatori")):
        if getattr(uploaded, part) is None:
            problems.append(
                Problem(where=sheet, found="il foglio manca", accepted=f"il foglio {sheet}: il piano è nuovo")
            )
    if uploaded.indicators and uploaded.places is None:
        problem = "non si sa quale obiettivo serve ogni indicatore"
        problems.append(
            Problem(where="Indicatori", found=problem, accepted="la colonna Obiettivo, o il foglio Assegnazioni")
        )
    if problems or uploaded.administration is None or uploaded.plan is None:
        raise Malformed(problems)
    return uploaded.administration, uploaded.plan


def _continued(
    uploaded: UploadedPlan, before: PlanDocument, matched: _Matched, builder: DiffBuilder
) -> dict[str, str | None]:
    """The series that each indicator of the new plan continues, by its id."""
    old = {row.id: row for row in before.indicators}
    by_series = {row.series: row.id for row in before.indicators if row.series}
    rows_before = match_indicators(CurrentPlan(before), uploaded, matched.objectives, builder, certain_ids=False)
    series: dict[str, str | None] = {}
    going_on: set[str] = set()
    for position, row in enumerate(uploaded.indicators or ()):
        id_, result = matched.indicators.ids[position], rows_before.found[position]
        match = rows_before.match(position)
        before_id = by_series.get(row.series or "") or (match.id if match and row.series is None else None)
        if id_ is None or rows_before.ids[position] is None:
            going_on.update(candidate for candidate, _ in (result.candidates if isinstance(result, Ambiguous) else ()))
        elif before_id is None:
            builder.step("added", Subject(f"indicator/{id_}", row.name), row, after=row.name)
        else:
            going_on.add(before_id)
            series[id_] = old[before_id].series
            subject = Subject(f"indicator/{id_}", row.name, match)
            name_before = f"{before.plan.id}: {old[before_id].name}"
            builder.step("continues", subject, row, before=name_before, after=series[id_])
    for old_id, ended in old.items():
        if old_id not in going_on:
            builder.step("ends", Subject(f"indicator/{old_id}", ended.name), None, before=ended.series)
    return series


def _values(row: BaseModel, exclude: set[str]) -> dict[str, JsonValue]:
    """What a row says of its object, its further fields included."""
    dumped: dict[str, JsonValue] = row.model_dump(mode="json", exclude_none=True, exclude=exclude)
    return {name: value for name, value in dumped.items() if value not in ("", {}, [])} | getattr(row, "extra", {})


def _objectives(uploaded: UploadedPlan, matched: MatchedRows, builder: DiffBuilder) -> list[dict[str, JsonValue]]:
    rows: list[dict[str, JsonValue]] = []
    for row, id_ in zip(uploaded.objectives or (), matched.ids, strict=True):
        if not row.level:
            builder.problem(row.where, "level", "manca il livello dell'obiettivo", "il nome di un livello")
            continue
        parent = None
        if row.parent:
            parent = builder.resolve(matched, row.where, "parent", row.parent, called="l'obiettivo padre")
        rows.append(_values(row, NOT_FIELDS | {"parent"}) | {"id": id_} | ({"parent": parent} if parent else {}))
    return rows


def _trees(uploaded: UploadedPlan, builder: DiffBuilder) -> list[dict[str, JsonValue]]:
    return [
        _values(node.row, NOT_FIELDS | {"parent"})
        | {"tree": node.tree, "id": node.id}
        | ({"parent": node.parent} if node.parent else {})
        for node in node_rows(uploaded, builder)
    ]


def _indicators(
    uploaded: UploadedPlan,
    matched: _Matched,
    empty: PlanDocument,
    series: Mapping[str, str | None],
    builder: DiffBuilder,
) -> list[dict[str, JsonValue]]:
    cells = uploaded_cells(uploaded, matched.indicators, empty, builder)
    places: defaultdict[str, list[dict[str, JsonValue]]] = defaultdict(list)
    for place in uploaded.places or ():
        indicator = builder.resolve(matched.indicators, place.where, "indicator", place.indicator)
        objective = builder.resolve(matched.objectives, place.where, "objective", place.objective)
        if indicator is not None and objective is not None:
            weight = None if place.weight is None else str(place.weight)
            places[indicator].append({"objective": objective, "weight": weight, "feeds": place.feeds or "both"})
        elif indicator is not None:
            builder.unplaced.add(indicator)
    rows: list[dict[str, JsonValue]] = []
    for row, id_ in zip(uploaded.indicators or (), matched.indicators.ids, strict=True):
        if id_ is None:
            continue
        if not places[id_] and id_ not in builder.unplaced:
            accepted = "una riga nel foglio Assegnazioni, o la colonna Obiettivo"
            builder.problem(row.where, None, f"l'indicatore {row.name[:80]!r} non ha obiettivo", accepted)
        values = _values(row, NOT_FIELDS)
        if series.get(id_):
            values["series"] = series[id_]
        if len(places[id_]) == 1:
            values |= places[id_][0]
        else:
            values["assignments"] = list(places[id_])
        targets: list[JsonValue] = [
            target for cell in cells.get(id_, []) if (target := _target(row, cell, builder)) is not None
        ]
        rows.append(values | {"id": id_, "targets": targets})
    return rows


def _target(row: UploadedIndicator, cell: UploadedCell, builder: DiffBuilder) -> dict[str, JsonValue] | None:
    text, typed = cell.text or "", cell.source.typed
    place: dict[str, JsonValue] = {"year": cell.year, "ordinal": cell.ordinal}
    if typed is not None and typed.text == text:
        dumped: dict[str, JsonValue] = typed.model_dump(mode="json", exclude_none=True)
        return dumped | place
    if not text:
        return None
    tell_unread(cell, read_target_text(text, cell.year, polarity=row.polarity, formula=row.formula), builder)
    return {**place, "text": text}


def _measurements(
    uploaded: UploadedPlan,
    matched: _Matched,
    plan: PlanPart,
    series: Mapping[str, str | None],
    builder: DiffBuilder,
) -> list[JsonValue]:
    rows: list[JsonValue] = []
    own = {id_: row.series for row, id_ in zip(uploaded.indicators or (), matched.indicators.ids, strict=True)}
    for measurement in uploaded.measurements or ():
        values = measurement.row.model_dump(mode="json", exclude_none=True)
        if measurement.row.series == SERIES_LATER:
            id_ = builder.resolve(matched.indicators, measurement.where, "indicator", measurement.indicator or "")
            if id_ is None:
                continue
            values["series"] = series.get(id_) or own.get(id_) or own_series(plan.id, id_)
        rows.append(values)
    return rows


def _statuses(uploaded: UploadedPlan, matched: _Matched, builder: DiffBuilder) -> list[JsonValue]:
    rows: list[JsonValue] = []
    for status in uploaded.statuses or ():
        side = matched.objectives if status.row.subject == "objective" else matched.indicators
        id_ = builder.resolve(side, status.where, "id", status.row.id, accepted="un identificativo")
        if id_ is not None:
            rows.append(status.row.model_dump(mode="json", exclude_none=True) | {"id": id_})
    return rows
