"""Compares the indicators of a plan with those that were uploaded: cards, places in the tree, and through them targets."""

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from domain.documents.diff_builder import DiffBuilder, Subject
from domain.documents.diff_fields import ASSIGNMENT, INDICATOR, RowHandler, Sides, diff_fields, diff_rows, said_by
from domain.documents.diff_targets import UploadedCell, diff_targets, new_targets, uploaded_cells
from domain.documents.difference import CurrentPlan
from domain.documents.plan import IndicatorRow, TargetRow
from domain.documents.references import MatchedRows
from domain.documents.row_matching import match_indicators
from domain.documents.row_targets import infers_polarity
from domain.documents.uploaded import UploadedIndicator, UploadedPlace, UploadedPlan
from domain.indicators.feeds import BOTH
from domain.indicators.series import own_series
from domain.targets.decide import inferred_polarity


class Indicators(NamedTuple):
    """The rows of indicators as matched, and the series of each id, those of new ones included."""

    matched: MatchedRows
    series: dict[str, str | None]


class _Place(NamedTuple):
    row: UploadedPlace
    objective: str


def diff_indicators(
    current: CurrentPlan, uploaded: UploadedPlan, objectives: MatchedRows, builder: DiffBuilder
) -> tuple[list[IndicatorRow], Indicators]:
    """Writes down what differs of the indicators; answers those to be withdrawn, and all as matched."""
    in_force = {row.id: row for row in current.document.indicators}
    base = {row.id: row for row in current.base.indicators} if current.base else in_force
    matched = match_indicators(current, uploaded, objectives, builder)
    series = {row.id: row.series for row in in_force.values()}
    places = _places(uploaded, matched, objectives, builder)
    cells = uploaded_cells(uploaded, matched, current.document, builder)

    def compare(row: UploadedIndicator, now: IndicatorRow, then: IndicatorRow, position: int) -> None:
        subject = Subject(f"indicator/{now.id}", now.name, matched.match(position))
        values = said_by(row, INDICATOR)
        if infers_polarity(row, now) or _states_polarity(row, subject, now, then, builder):
            values.pop("polarity", None)
        diff_fields(INDICATOR, subject, row, now, then, builder, named={"object": now.id}, values=values)

    def add(row: UploadedIndicator, id_: str, _: int) -> None:
        series[id_] = row.series or own_series(current.document.plan.id, id_)
        _add(id_, row, places.get(id_, []), cells.get(id_, []), builder)

    handler = RowHandler(lambda row: row.name, lambda row: row.name, compare, add)
    sides = Sides(in_force, base, current.withdrawn_indicators)
    complete = "indicators" in uploaded.complete
    missing = diff_rows(handler, uploaded.indicators, matched, sides, builder, complete=complete)
    rows = {id_: row for row, id_ in zip(uploaded.indicators or (), matched.ids, strict=True) if id_ is not None}
    all_targets = "targets" in uploaded.complete
    years = _years(current, uploaded)
    for id_, now in in_force.items():
        then = base.get(id_, now)
        if id_ in places:
            _diff_places(now, then, places[id_], uploaded, builder)
        if id_ in cells:
            diff_targets(now, then, rows.get(id_), cells[id_], builder)
            if all_targets:
                known = {(cell.year, cell.ordinal) for cell in cells[id_]}
                texts = {target.text for target in then.targets}
                lost = [t for t in now.targets if t.year in years and (t.year, t.ordinal) not in known]
                withdraw_targets(now, [target for target in lost if target.text in texts], builder)
    if all_targets and uploaded.targets is not None:
        for id_, now in in_force.items():
            if id_ in base and id_ not in cells and id_ not in missing.ids:
                withdraw_targets(now, now.targets, builder)
    withdrawn = [in_force[id_] for id_ in missing.ids] if missing.withdrawn else []
    return withdrawn, Indicators(matched, series)


def _states_polarity(
    row: UploadedIndicator, subject: Subject, now: IndicatorRow, then: IndicatorRow, builder: DiffBuilder
) -> bool:
    """Whether a row says a polarity that was not known: its card is completed, which is no change of the plan."""
    if now.polarity is not None or row.polarity is None:
        return False
    if builder.differs(subject, row, "polarity", uploaded=row.polarity, current=None, base=then.polarity):
        builder.step("polarity_stated", subject, row, field="polarity", after=row.polarity, polarity=row.polarity)
    return True


def _years(current: CurrentPlan, uploaded: UploadedPlan) -> set[int]:
    """The years of which the document says every target: its columns, or all those of the plan."""
    if uploaded.columns:
        return {target.year for target in uploaded.targets or ()}
    plan = current.document.plan
    return set(range(plan.first_year, plan.last_year + 1))


def withdraw_targets(row: IndicatorRow, lost: Sequence[TargetRow], builder: DiffBuilder) -> None:
    """Writes down that targets of an indicator are withdrawn."""
    subject = Subject(f"indicator/{row.id}", row.name)
    for target in lost:
        command = {"verb": "withdraw_target", "object": row.id, "year": target.year, "ordinal": target.ordinal}
        builder.step("target_withdrawn", subject, None, command, year=target.year, ordinal=target.ordinal,
                     before=target.text, replaces=f"target/{target.year}/{target.ordinal}")  # fmt: skip


def _add(
    id_: str, row: UploadedIndicator, places: list[_Place], cells: list[UploadedCell], builder: DiffBuilder
) -> None:
    if not places:
        waiting = any(question.answer is None for question in builder.questions if question.id.startswith("match:"))
        if waiting:
            builder.warn(row.where, None, "waiting", f"{row.name!r} aspetta una risposta sul suo obiettivo")
        elif id_ not in builder.unplaced:
            accepted = "una riga nel foglio Assegnazioni, o la colonna Obiettivo"
            words = f"l'indicatore nuovo {row.name[:80]!r} non ha obiettivo"
            builder.problem(row.where, "objective", words, accepted)
        return
    parameters = INDICATOR.parameters() | {fixed.field: fixed.field for fixed in INDICATOR.fixed}
    values = {field: getattr(row, field) for field in parameters if getattr(row, field) not in (None, "", {}, False)}
    if row.polarity_basis == "inferred":  # it is inferred again, from the same signs
        values.pop("polarity", None)
    polarity = row.polarity or inferred_polarity([cell.text for cell in cells if cell.text])
    targets = new_targets(cells, polarity, row.formula, builder)
    first, *others = places
    placed = {"objective": first.objective, "weight": first.row.weight, "targets": targets}
    command = {parameters[field]: value for field, value in values.items()} | placed
    command |= {"verb": "add_indicator", "object": id_, "feeds": first.row.feeds or "both"}
    builder.step("added", Subject(f"indicator/{id_}", row.name), row, command, after={**values, **placed})
    for place in others:
        _assign(id_, row.name, place, builder)


# The places.


def _places(
    uploaded: UploadedPlan, matched: MatchedRows, objectives: MatchedRows, builder: DiffBuilder
) -> dict[str, list[_Place]]:
    places: defaultdict[str, list[_Place]] = defaultdict(list)
    for row in uploaded.places or ():
        indicator = builder.resolve(matched, row.where, "indicator", row.indicator)
        objective = builder.resolve(objectives, row.where, "objective", row.objective)
        if indicator is not None and objective is None:
            builder.unplaced.add(indicator)
        if indicator is None or objective is None:
            continue
        if any(place.objective == objective for place in places[indicator]):
            words = f"l'indicatore è assegnato due volte a {objective!r}"
            builder.problem(row.where, "objective", words, "una riga sola")
        else:
            places[indicator].append(_Place(row, objective))
    return {indicator: rows for indicator, rows in places.items() if rows}


def _diff_places(
    indicator: IndicatorRow, base: IndicatorRow, places: Sequence[_Place], uploaded: UploadedPlan, builder: DiffBuilder
) -> None:
    now = {place.objective: place for place in indicator.places()}
    then = {place.objective: place for place in base.places()}
    named = {place.objective: place for place in places}
    for objective, place in named.items():
        if objective in now:
            subject = Subject(f"assignment/{indicator.id}/{objective}", indicator.name)
            ids = {"object": indicator.id, "objective": objective}
            was = then.get(objective, now[objective])
            values = said_by(place.row, ASSIGNMENT)
            if values.get("feeds", BOTH) is None:  # an empty cell says nothing of the scores
                del values["feeds"]
            diff_fields(ASSIGNMENT, subject, place.row, now[objective], was, builder, named=ids, values=values)
    meanwhile = then if now.keys() != then.keys() else ()  # what left since the export does not come back by it
    new = [place for objective, place in named.items() if objective not in now and objective not in meanwhile]
    leaving = [objective for objective in now if objective not in named and objective in then]
    if "places" not in uploaded.complete:  # an indicator that goes to another objective leaves one
        leaving = leaving[: len(new)]
    for place in new:
        _assign(indicator.id, indicator.name, place, builder)
    for objective in leaving:
        subject = Subject(f"assignment/{indicator.id}/{objective}", indicator.name)
        command = {"verb": "unassign_indicator", "object": indicator.id, "objective": objective}
        builder.step("unassigned", subject, new[0].row if new else None, command, before=objective, replaces="life")


def _assign(id_: str, name: str, place: _Place, builder: DiffBuilder) -> None:
    command = {
        "verb": "assign_indicator",
        "object": id_,
        "objective": place.objective,
        "weight": place.row.weight,
        "feeds": place.row.feeds or "both",
    }
    subject = Subject(f"assignment/{id_}/{place.objective}", name)
    builder.step("assigned", subject, place.row, command, after=place.objective)
