"""The plan in force: the whole document on one date, as known at one instant."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Annotated, NotRequired, TypeAlias, cast

import orjson
from typing_extensions import TypedDict

from domain.documents.plan import IndicatorRow, MeasurementRow, ObjectiveRow, StatusRow
from domain.errors import NotFound
from domain.facts import ADMINISTRATION, ANNULLED, IN_FORCE, LIFE, PLAN, SYSTEMS
from domain.indicators.card import CARD_FIELDS
from domain.indicators.series import is_of_plan
from domain.objectives.fields import OBJECTIVE_FIELDS
from domain.plans.objects import Objects
from domain.plans.state import DraftedStatus, status_of
from domain.point import Point
from domain.recording import Recorded
from domain.timelines import Cell, Entry, place
from domain.vocabulary import Identifier, JsonValue, Line, ObjectKind, Polarity
from projections.answers import Day, DescribedBy, Instant, Version
from projections.store.envelope import write_instant
from projections.store.reader import Known, Reader
from projections.streams import PlanKnown, find_plan

StoredRow: TypeAlias = dict[str, JsonValue]
"""A row as it is stored, or as it is being put together from what is stored."""
_OBJECTIVE_ALWAYS = frozenset({"code", "title", "parent", "weight"})
_CARD_ALWAYS = frozenset({"formula", "baseline", "source", "kind", "polarity", "owner"})
"""What a row says even where it is nothing."""
Entries = Mapping[Cell, Entry]


class OfficeAnswer(TypedDict):
    """Un ufficio in attività."""

    id: Identifier
    name: Line
    aliases: list[Line]


class AdministrationInForce(TypedDict):
    """The owner of the plan, with its offices."""

    id: str
    name: str
    ipa_code: NotRequired[str]
    offices: list[OfficeAnswer]


class YearInForce(TypedDict, total=False):
    """Where a year stands: approved and closed on which day, by which act, and where another act annulled that."""

    approved_on: str
    act: str | None
    approval_annulled_on: str
    approval_annulled_by: str | None
    closed_on: str
    closing_act: str | None
    closing_annulled_on: str
    closing_annulled_by: str | None


class PlanHead(TypedDict):
    """The plan itself."""

    id: str
    title: str
    first_year: int
    last_year: int
    levels: NotRequired[list[str]]
    drafted_on: NotRequired[str]
    predecessor: NotRequired[str]
    succeeded_by: NotRequired[str]
    status: DraftedStatus
    years: dict[str, YearInForce]
    systems: NotRequired[dict[str, JsonValue]]


class TargetInForce(TypedDict):
    """A target as it is stored: its text and what was read in it; the fields of its form beside these."""

    year: int
    ordinal: int
    text: str | None
    form: str | None
    comparator: str | None
    value: str | None
    unit: str | None
    note: NotRequired[str]


class AssignmentInForce(TypedDict):
    """One of the objectives that an indicator serves."""

    objective: str
    weight: str | None
    feeds: str | None


class ObjectiveInForce(TypedDict):
    """An objective."""

    id: str
    level: str
    code: str | None
    title: str | None
    parent: str | None
    weight: str | None
    classifications: dict[str, str]
    offices: list[str]
    condition: NotRequired[str]
    period: NotRequired[str]
    condition_met: NotRequired[bool]
    neutralised: NotRequired[list[int]]


class IndicatorInForce(AssignmentInForce):
    """An indicator: its card, its first place in the tree, all its places where there are several, its targets."""

    id: str
    series: str | None
    assignments: NotRequired[list[AssignmentInForce]]
    name: str
    formula: str | None
    unit: NotRequired[str]
    baseline: str | None
    source: str | None
    kind: str | None
    frequency: NotRequired[str]
    polarity: Polarity | None
    polarity_basis: NotRequired[str]
    owner: str | None
    code: NotRequired[str]
    codes: NotRequired[dict[str, str]]
    common: NotRequired[bool]
    name_from_formula: NotRequired[bool]
    targets: list[TargetInForce]


class MeasurementInForce(TypedDict):
    """What was observed of a series for a period; as it was written, and as it was read."""

    series: str
    period: str
    text: NotRequired[str]
    value: NotRequired[str]
    unit: NotRequired[str]
    numerator: NotRequired[str]
    denominator: NotRequired[str]
    observed: dict[str, JsonValue]
    data_as_at: str
    finality: str
    note: NotRequired[str]


class StatusInForce(TypedDict):
    """How an objective or an indicator was last reported to stand."""

    subject: ObjectKind
    id: str
    status: str
    progress: NotRequired[str | None]
    reported_on: str
    note: NotRequired[str]


Objective: TypeAlias = Annotated[ObjectiveInForce, DescribedBy(ObjectiveRow)]
Indicator: TypeAlias = Annotated[IndicatorInForce, DescribedBy(IndicatorRow)]
Measurement: TypeAlias = Annotated[MeasurementInForce, DescribedBy(MeasurementRow)]
ReportedStatus: TypeAlias = Annotated[StatusInForce, DescribedBy(StatusRow)]
"""The same, described to clients as the rows that a document brings: what is shown can be taken in again."""


class PlanInForce(TypedDict):
    """The plan document of a date; described to clients as the document that is imported."""

    administration: AdministrationInForce
    plan: PlanHead
    act: NotRequired[JsonValue]
    acts: NotRequired[list[JsonValue]]
    objectives: list[ObjectiveInForce]
    indicators: list[IndicatorInForce]
    measurements: list[MeasurementInForce]
    statuses: list[StatusInForce]
    as_of: Day
    known_at: NotRequired[Instant]
    version: Version


def objects(state: Entries) -> Objects:
    """Groups a state by object."""
    grouped: defaultdict[str, dict[str, JsonValue]] = defaultdict(dict)
    for (object_, field), entry in state.items():
        grouped[object_][field] = entry.value
    return Objects(dict(grouped))


def plan_in_force(reader: Reader, plan: str, point: Point) -> PlanInForce:
    """The plan document; NotFound when the plan was not known, or did not exist on the date."""
    known_plan = find_plan(reader, plan, point.known_at)
    state, entries = _state(reader, known_plan.stream, point.as_of, known_plan.known)
    if PLAN not in state.by_key:
        raise NotFound(
            f"il piano {plan} non esisteva ancora al {point.as_of:%d/%m/%Y}",
            accepted="una data as_of dalla stesura del piano in poi",
            where="as_of",
        )
    owner, _ = _state(reader, known_plan.administration_stream, point.as_of, known_plan.administration_known)
    alive = state.objectives_in_force()
    places = state.places_in_force(alive)
    years = _years(reader, known_plan, entries)
    approving = years.get(str(state.value(PLAN, "first_year")), {}).get("act")
    series = {str(state.value(f"indicator/{indicator}", "series")): indicator for indicator in places}
    document: dict[str, object] = {
        "administration": _administration(known_plan, owner),
        "plan": _plan(plan, state, owner, years),
        "act": owner.value(f"act/{approving}", "act"),
        "acts": _acts(owner, years, approving),
        "objectives": [_objective(state, objective) for objective in state.of("objective") if objective in alive],
        "indicators": [_indicator(state, indicator, places[indicator]) for indicator in places],
        "measurements": _measurements(known_plan, owner, series),
        "statuses": _statuses(reader, known_plan, state, entries, alive | set(places)),
        "as_of": point.as_of.isoformat(),
        "known_at": write_instant(point.known_at) if point.known_at else None,
        "version": known_plan.known.version,
    }
    # The rows are what is stored, which the deciders held to their types when they recorded it.
    return cast("PlanInForce", {field: value for field, value in document.items() if value is not None})


def _state(reader: Reader, stream: str, as_of: date, known: Known) -> tuple[Objects, Entries]:
    """A state by object, and the entries of the few fields of which a document says more than the value.

    A plan has thousands of cells: an entry of each would take as long as all the rest of its document.
    """
    grouped: defaultdict[str, dict[str, JsonValue]] = defaultdict(dict)
    entries: dict[Cell, Entry] = {}
    for object_, field, day, version, value in orjson.loads(reader.state_json(stream, as_of, known)):
        grouped[object_][field] = value
        if field == "status" or object_ == PLAN:
            entries[object_, field] = Entry(date.fromisoformat(day), version, value)
    return Objects(dict(grouped)), entries


def _administration(known_plan: PlanKnown, owner: Objects) -> dict[str, object]:
    offices = [
        {
            field: owner.value(f"office/{office}", field) if field != "id" else office
            for field in ("id", "name", "aliases")
        }
        for office in owner.of("office")
        if owner.value(f"office/{office}", LIFE) == IN_FORCE
    ]
    administration = {
        "id": known_plan.administration,
        "name": owner.value(ADMINISTRATION, "name") or known_plan.administration,
        "ipa_code": owner.value(ADMINISTRATION, "ipa_code"),
        "offices": offices,
    }
    return {field: value for field, value in administration.items() if value is not None}


def _plan(plan: str, state: Objects, owner: Objects, years: dict[str, YearInForce]) -> dict[str, object]:
    head: dict[str, object] = {"id": plan}
    for field in ("title", "first_year", "last_year", "levels", "drafted_on", "predecessor", "succeeded_by"):
        if (value := state.value(PLAN, field)) is not None:
            head[field] = value
    head["status"] = status_of(state.by_key[PLAN])
    head["years"] = years
    if systems := _systems(state, owner):
        head["systems"] = systems
    return head


def _systems(state: Objects, owner: Objects) -> dict[str, JsonValue]:
    """The rules that hold for the years of a plan, by the year that they were adopted for: the first may be earlier."""
    adopted = {
        int(field.removeprefix(SYSTEMS)): value
        for fields in (state.by_key[PLAN], owner.by_key.get(ADMINISTRATION, {}))
        for field, value in fields.items()
        if field.startswith(SYSTEMS)
    }
    first, last = state.number(PLAN, "first_year") or 0, state.number(PLAN, "last_year") or 0
    since = max((year for year in adopted if year <= first), default=first)
    return {str(year): adopted[year] for year in sorted(adopted) if since <= year <= last}


def _years(reader: Reader, known_plan: PlanKnown, entries: Entries) -> dict[str, YearInForce]:
    decisions = {f: e for (key, f), e in entries.items() if key == PLAN and f.startswith(("approved/", "closed/"))}
    annulled = {field: entry for field, entry in decisions.items() if entry.value == ANNULLED}
    if annulled:  # what an act annulled had been given before
        timelines = reader.timelines(known_plan.stream, known_plan.known.version)
        given = {f: [e for e in timelines.entries(PLAN, f) if place(e) < place(annulled[f])] for f in annulled}
        decisions |= {field: [e for e in before if e.value != ANNULLED][-1] for field, before in given.items()}
    versions = [entry.version for entry in (*decisions.values(), *annulled.values())]
    acts = {record.version: record.act for record in reader.records(known_plan.stream, versions)}
    years: dict[str, YearInForce] = {}
    for field, entry in sorted(decisions.items()):
        what, _, year = field.partition("/")
        stands = years.setdefault(year, {})
        by = annulled.get(field)
        if what == "approved":
            stands["approved_on"] = entry.effective_on.isoformat()
            stands["act"] = acts.get(entry.version)
            if by is not None:
                stands["approval_annulled_on"] = by.effective_on.isoformat()
                stands["approval_annulled_by"] = acts.get(by.version)
        else:
            stands["closed_on"] = entry.effective_on.isoformat()
            stands["closing_act"] = acts.get(entry.version)
            if by is not None:
                stands["closing_annulled_on"] = by.effective_on.isoformat()
                stands["closing_annulled_by"] = acts.get(by.version)
    return years


def _acts(owner: Objects, years: dict[str, YearInForce], but: str | None) -> list[JsonValue] | None:
    """The acts that approved or closed the years, beside the one that approved the plan; None when there are none."""
    acts = (
        (year.get("act"), year.get("approval_annulled_by"), year.get("closing_act"), year.get("closing_annulled_by"))
        for year in years.values()
    )
    cited = dict.fromkeys(act for of_year in acts for act in of_year if act)
    return [owner.value(f"act/{act}", "act") for act in cited if act != but] or None


def _objective(state: Objects, objective: str) -> StoredRow:
    fields = state.by_key[f"objective/{objective}"]
    row: StoredRow = {"id": objective}
    for field in OBJECTIVE_FIELDS:
        row[field] = fields.get(field)
    row["classifications"] = row["classifications"] or {}
    row["offices"] = row["offices"] or []
    if fields.get("condition_met"):
        row["condition_met"] = True
    neutralised: list[JsonValue] = [*sorted(int(f.partition("/")[2]) for f in fields if f.startswith("neutralised/"))]
    if neutralised:
        row["neutralised"] = neutralised
    return {field: value for field, value in row.items() if value is not None or field in _OBJECTIVE_ALWAYS}


def _indicator(state: Objects, indicator: str, places: list[str]) -> dict[str, object]:
    key = f"indicator/{indicator}"
    fields = state.by_key[key]
    assignments = [_assignment(state, indicator, objective) for objective in places]
    row: dict[str, object] = {"id": indicator, "series": fields.get("series"), **assignments[0]}
    if len(assignments) > 1:
        row["assignments"] = assignments
    row |= {field: value for field in CARD_FIELDS if (value := fields.get(field)) is not None or field in _CARD_ALWAYS}
    row["targets"] = targets_in_force(state, key)
    return row


def _assignment(state: Objects, indicator: str, objective: str) -> StoredRow:
    fields = state.by_key[f"assignment/{indicator}/{objective}"]
    return {"objective": objective, "weight": fields.get("weight"), "feeds": fields.get("feeds")}


def targets_in_force(state: Objects, key: str) -> list[TargetInForce]:
    """The targets in force of an indicator, in the order of year and ordinal."""
    stored = [
        (*_year_and_ordinal(field), value)
        for field, value in state.by_key[key].items()
        if field.startswith("target/") and isinstance(value, dict)
    ]
    # No two have the same year and ordinal, so that their values are never compared.
    return cast("list[TargetInForce]", [target_row(*target) for target in sorted(stored)])


@lru_cache(maxsize=1_000)
def _year_and_ordinal(field: str) -> tuple[int, int]:
    _, year, ordinal = field.split("/")
    return int(year), int(ordinal)


def target_row(year: int, ordinal: int, target: StoredRow) -> StoredRow:
    """A stored target as a row of the document: the common fields always, the form's own where it has them."""
    return {
        "year": year,
        "ordinal": ordinal,
        "text": None,
        "form": None,
        "comparator": None,
        "value": None,
        "unit": None,
        **target,
    }


def _measurements(known_plan: PlanKnown, owner: Objects, indicators: dict[str, str]) -> list[StoredRow]:
    rows: list[StoredRow] = []
    for series in owner.of("series"):
        if series in indicators or is_of_plan(series, known_plan.plan):
            fields = owner.by_key[f"series/{series}"]
            rows += [
                measurement_row(series, period, value)
                for period in sorted(fields)
                if isinstance(value := fields[period], dict)
            ]
    return rows


def measurement_row(series: str, period: str, value: StoredRow) -> StoredRow:
    """A stored measurement as a row of the document: what was written, and what was read in it."""
    observed = value.get("observed")
    row: StoredRow = {"series": series, "period": period}
    if isinstance(observed, dict) and observed.get("text"):
        row["text"] = observed["text"]
    elif isinstance(observed, dict):
        row |= {f: observed[f] for f in ("value", "unit", "numerator", "denominator") if observed.get(f) is not None}
    return row | value


def _statuses(
    reader: Reader, known_plan: PlanKnown, state: Objects, entries: Entries, alive: set[str]
) -> list[StoredRow]:
    reported = [
        (subject, id_, entries[f"{subject}/{id_}", "status"])
        for subject in ("objective", "indicator")
        for id_ in state.of(subject)
        if id_ in alive and (f"{subject}/{id_}", "status") in entries
    ]
    versions = [entry.version for *_, entry in reported]
    records: dict[int, Recorded] = {record.version: record for record in reader.records(known_plan.stream, versions)}
    notes = reader.texts([record.note for record in records.values()])
    rows: list[StoredRow] = []
    for subject, id_, entry in reported:
        if isinstance(entry.value, dict):
            note = notes.get(records[entry.version].note or "")
            rows.append({"subject": subject, "id": id_, **entry.value} | ({"note": note} if note else {}))
    return rows
