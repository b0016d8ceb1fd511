"""The plan in force: the whole document on one date, as known at one instant."""

from collections import defaultdict
from datetime import date
from typing import Annotated, Literal, NotRequired, TypeAlias, cast, get_args

import orjson
from typing_extensions import TypedDict

from domain.documents.plan import IndicatorRow, MeasurementRow, ObjectiveRow, StatusRow
from domain.errors import NotFound
from domain.facts import ADMINISTRATION, ANNULLED, IN_FORCE, LIFE, PLAN, SYSTEMS, node_key, office_key
from domain.indicators.card import PolarityBasis
from domain.indicators.feeds import PlaceFeeds
from domain.indicators.series import is_of_plan
from domain.plans.state import DraftedStatus, drafted_status_of
from domain.point import Point
from domain.timelines import Cell, Entry, place
from domain.trees.placed import node_of, trees_of
from domain.vocabulary import Identifier, JsonValue, Line, ObjectKind, Polarity
from projections.answers import Day, DescribedBy, Instant, Version
from projections.store.envelope import write_instant
from projections.store.reader import Known, Reader
from projections.stored_objects import (
    Entries,
    FormOfTarget,
    ObservedFigures,
    StoredAct,
    StoredMeasurement,
    StoredObjects,
    StoredPlan,
    StoredStatus,
    StoredTarget,
)
from projections.streams import PlanKnown, find_plan

_CardWhereStated = Literal[
    "unit",
    "polarity_basis",
    "frequency",
    "code",
    "codes",
    "common",
    "name_from_formula",
    "description",
    "note",
    "baseline_unit",
    "baseline_on",
    "links",
    "co_owners",
    "measured_by",
]
_CARD_WHERE_STATED: tuple[_CardWhereStated, ...] = get_args(_CardWhereStated)
"""The fields of a card that a row has only where they are stated; the others it has always."""
_ObjectiveWhereStated = Literal[
    "condition",
    "period",
    "condition_met",
    "description",
    "benefits",
    "stakeholders",
    "budget_reference",
    "budget_amount",
    "staff",
    "tags",
]
_OBJECTIVE_WHERE_STATED: tuple[_ObjectiveWhereStated, ...] = get_args(_ObjectiveWhereStated)
"""The same of an objective; a condition that failed is said to be not met."""
_FIGURES: tuple[Literal["value", "unit", "numerator", "denominator"], ...] = (
    "value",
    "unit",
    "numerator",
    "denominator",
)
_SUBJECTS: tuple[ObjectKind, ...] = ("objective", "indicator")


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


class TargetInForce(FormOfTarget):
    """A target as it is stored: its text and what was read in it; the fields of its form beside these."""

    year: int
    ordinal: int
    text: str | None
    form: str | None
    comparator: str | None
    value: str | None
    unit: str | None


class AssignmentInForce(TypedDict):
    """One of the objectives that an indicator serves."""

    objective: str
    weight: str | None
    feeds: PlaceFeeds | None


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
    description: NotRequired[str]
    benefits: NotRequired[str]
    stakeholders: NotRequired[list[str]]
    budget_reference: NotRequired[str]
    budget_amount: NotRequired[str]
    staff: NotRequired[str]
    tags: NotRequired[list[str]]
    neutralised: NotRequired[list[int]]


class NodeInForce(TypedDict):
    """A node of a further tree."""

    tree: str
    id: str
    level: str | None
    code: str | None
    title: str | None
    order: int | None
    parent: str | None
    weight: str | None


class LastMeasurement(TypedDict):
    """The last figure of a series, beside an indicator of a plan that is being prepared."""

    text: str
    period: str
    data_as_at: str


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
    polarity_basis: NotRequired[PolarityBasis]
    owner: str | None
    code: NotRequired[str]
    codes: NotRequired[dict[str, str]]
    common: NotRequired[bool]
    name_from_formula: NotRequired[bool]
    description: NotRequired[str]
    note: NotRequired[str]
    baseline_unit: NotRequired[str]
    baseline_on: NotRequired[str]
    links: NotRequired[list[str]]
    co_owners: NotRequired[list[str]]
    measured_by: NotRequired[str]
    targets: list[TargetInForce]
    last_measured: NotRequired[LastMeasurement]


class _Read(ObservedFigures):
    """The head of a measurement: its text where it was written as one, its figures where it was not."""

    series: str
    period: str
    text: NotRequired[str]


class MeasurementInForce(_Read, StoredMeasurement):
    """What was observed of a series for a period; as it was written, and as it was read."""


class StatusInForce(StoredStatus):
    """How an objective or an indicator was last reported to stand."""

    subject: ObjectKind
    id: str
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
    act: NotRequired[StoredAct]
    acts: NotRequired[list[StoredAct]]
    objectives: list[ObjectiveInForce]
    trees: NotRequired[list[NodeInForce]]
    indicators: list[IndicatorInForce]
    measurements: list[MeasurementInForce]
    statuses: list[StatusInForce]
    as_of: Day
    known_at: NotRequired[Instant]
    version: Version


def plan_in_force(reader: Reader, plan: str, point: Point) -> PlanInForce:
    """The plan document; NotFound when the plan was not known, or did not exist on the date."""
    known_plan = find_plan(reader, plan, point.known_at)
    state, entries = _state(reader, known_plan.stream, point.as_of, known_plan.known)
    stored = state.plan()
    if stored is None:
        raise NotFound(
            f"il piano {plan} non esisteva ancora al {point.as_of:%d/%m/%Y}",
            accepted="una data dalla stesura del piano in poi",
            where="as_of",
        )
    owner, _ = _state(reader, known_plan.administration_stream, point.as_of, known_plan.administration_known)
    alive = state.objectives_in_force()
    places = state.places_in_force(alive)
    years = _years(reader, known_plan, entries)
    approving = years.get(str(stored["first_year"]), {}).get("act")
    series = {str(state.indicator(indicator).get("series")) for indicator in places}
    document: PlanInForce = {
        "administration": _administration(known_plan, owner),
        "plan": _plan(plan, stored, state, owner, years),
        "objectives": [_objective(state, objective) for objective in state.of("objective") if objective in alive],
        "indicators": [_indicator(state, indicator, places[indicator]) for indicator in places],
        "measurements": _measurements(known_plan, owner, series),
        "statuses": _statuses(reader, known_plan, state, entries, alive | set(places)),
        "as_of": point.as_of.isoformat(),
        "version": known_plan.known.version,
    }
    if nodes := _nodes(state):
        document["trees"] = nodes
    if approving is not None and (act := owner.act(approving)) is not None:
        document["act"] = act
    if acts := _acts(owner, years, approving):
        document["acts"] = acts
    if point.known_at is not None:
        document["known_at"] = write_instant(point.known_at)
    return document


def _state(reader: Reader, stream: str, as_of: date, known: Known) -> tuple[StoredObjects, Entries]:
    """A state by object, and the entries of the few fields of which a document says more than the value.

    A plan has thousands of cells: an entry of each would take as long as all the rest of its document.
    """
    grouped: defaultdict[str, dict[str, JsonValue]] = defaultdict(dict)
    entries: dict[Cell, Entry] = {}
    for object_, field, day, version, value in orjson.loads(reader.state_json(stream, as_of, known)):
        grouped[object_][field] = value
        if field == "status" or object_ == PLAN:
            entries[object_, field] = Entry(date.fromisoformat(day), version, value)
    return StoredObjects(dict(grouped)), entries


def _administration(known_plan: PlanKnown, owner: StoredObjects) -> AdministrationInForce:
    stored = owner.administration()
    administration: AdministrationInForce = {
        "id": known_plan.administration,
        "name": stored.get("name") or known_plan.administration,
        "offices": [
            _office(owner, office) for office in owner.of("office") if owner.value(office_key(office), LIFE) == IN_FORCE
        ],
    }
    if (ipa_code := stored.get("ipa_code")) is not None:
        administration["ipa_code"] = ipa_code
    return administration


def _office(owner: StoredObjects, office: str) -> OfficeAnswer:
    stored = owner.office(office)
    return {"id": office, "name": stored["name"], "aliases": stored.get("aliases") or []}


def _plan(
    plan: str, stored: StoredPlan, state: StoredObjects, owner: StoredObjects, years: dict[str, YearInForce]
) -> PlanHead:
    head: PlanHead = {
        "id": plan,
        "title": stored["title"],
        "first_year": stored["first_year"],
        "last_year": stored["last_year"],
        "status": drafted_status_of(state.by_key[PLAN]),
        "years": years,
    }
    if (levels := stored.get("levels")) is not None:
        head["levels"] = levels
    if (drafted_on := stored.get("drafted_on")) is not None:
        head["drafted_on"] = drafted_on
    if (predecessor := stored.get("predecessor")) is not None:
        head["predecessor"] = predecessor
    if (succeeded_by := stored.get("succeeded_by")) is not None:
        head["succeeded_by"] = succeeded_by
    if systems := _systems(stored, state, owner):
        head["systems"] = systems
    return head


def _systems(stored: StoredPlan, state: StoredObjects, owner: StoredObjects) -> dict[str, JsonValue]:
    """The rules that hold for the years of a plan, by the year that they were adopted for: the first may be earlier."""
    adopted = {
        int(field.removeprefix(SYSTEMS)): value
        for fields in (state.by_key[PLAN], owner.by_key.get(ADMINISTRATION, {}))
        for field, value in fields.items()
        if field.startswith(SYSTEMS)
    }
    first, last = stored["first_year"], stored["last_year"]
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


def _acts(owner: StoredObjects, years: dict[str, YearInForce], but: str | None) -> list[StoredAct]:
    """The acts that approved or closed the years, beside the one that approved the plan."""
    acts = (
        (year.get("act"), year.get("approval_annulled_by"), year.get("closing_act"), year.get("closing_annulled_by"))
        for year in years.values()
    )
    cited = dict.fromkeys(act for of_year in acts for act in of_year if act)
    return [act for name in cited if name != but and (act := owner.act(name)) is not None]


def _objective(state: StoredObjects, objective: str) -> ObjectiveInForce:
    stored = state.objective(objective)
    row: ObjectiveInForce = {
        "id": objective,
        "level": stored["level"],
        "code": stored.get("code"),
        "title": stored.get("title"),
        "parent": stored.get("parent"),
        "weight": stored.get("weight"),
        "classifications": stored.get("classifications") or {},
        "offices": stored.get("offices") or [],
    }
    for field in _OBJECTIVE_WHERE_STATED:
        if (value := stored.get(field)) is not None:
            row[field] = value
    if neutralised := state.neutralised(objective):
        row["neutralised"] = neutralised
    return row


def _nodes(state: StoredObjects) -> list[NodeInForce]:
    """The nodes of the further trees in force, tree by tree, each before those beneath it."""
    stated: dict[tuple[str, str], NodeInForce] = {}
    for key in state.of("tree"):
        tree, _, id_ = key.partition("/")
        if state.value(node_key(tree, id_), LIFE) == IN_FORCE:
            stored = state.node(tree, id_)
            stated[tree, id_] = {
                "tree": tree,
                "id": id_,
                "level": stored.get("level"),
                "code": stored.get("code"),
                "title": stored.get("title"),
                "order": stored.get("order"),
                "parent": stored.get("parent"),
                "weight": stored.get("weight"),
            }
    trees = trees_of(
        ((tree, node_of(id_, cast("dict[str, JsonValue]", row))) for (tree, id_), row in stated.items()), {}
    )
    return [stated[tree.name, id_] for tree in trees.values() for id_ in tree.nodes]


def _indicator(state: StoredObjects, indicator: str, places: list[str]) -> IndicatorInForce:
    stored = state.indicator(indicator)
    assignments = [_assignment(state, indicator, objective) for objective in places]
    first = assignments[0]
    row: IndicatorInForce = {
        "id": indicator,
        "series": stored.get("series"),
        "objective": first["objective"],
        "weight": first["weight"],
        "feeds": first["feeds"],
        "name": stored["name"],
        "formula": stored.get("formula"),
        "polarity": stored.get("polarity"),
        "source": stored.get("source"),
        "kind": stored.get("kind"),
        "owner": stored.get("owner"),
        "baseline": stored.get("baseline"),
        "targets": [target_row(*target) for target in state.targets(indicator)],
    }
    if len(assignments) > 1:
        row["assignments"] = assignments
    for field in _CARD_WHERE_STATED:
        if (value := stored.get(field)) is not None:
            row[field] = value
    return row


def _assignment(state: StoredObjects, indicator: str, objective: str) -> AssignmentInForce:
    stored = state.assignment(indicator, objective)
    return {"objective": objective, "weight": stored.get("weight"), "feeds": stored.get("feeds")}


def target_row(year: int, ordinal: int, target: StoredTarget) -> TargetInForce:
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


def _measurements(known_plan: PlanKnown, owner: StoredObjects, continued: set[str]) -> list[MeasurementInForce]:
    return [
        _measurement(series, period, stored)
        for series in owner.of("series")
        if series in continued or is_of_plan(series, known_plan.plan)
        for period, stored in owner.measurements(series)
    ]


def _measurement(series: str, period: str, stored: StoredMeasurement) -> MeasurementInForce:
    """A stored measurement as a row of the document: what was written, and what was read in it."""
    observed = stored["observed"]
    row: _Read = {"series": series, "period": period}
    if observed["text"].strip():
        row["text"] = observed["text"]
    elif observed["kind"] == "not_available":
        row["text"] = "n.d."  # of what was once taken from an empty cell
    else:
        for field in _FIGURES:
            if (figure := observed.get(field)) is not None:
                row[field] = figure
    return {**row, **stored}


def _statuses(
    reader: Reader, known_plan: PlanKnown, state: StoredObjects, entries: Entries, alive: set[str]
) -> list[StatusInForce]:
    reported = [
        (subject, id_, entries[f"{subject}/{id_}", "status"].version, stored)
        for subject in _SUBJECTS
        for id_ in state.of(subject)
        if id_ in alive and (stored := state.status(subject, id_)) is not None
    ]
    versions = [version for _, _, version, _ in reported]
    records = {record.version: record for record in reader.records(known_plan.stream, versions)}
    notes = reader.texts([record.note for record in records.values()], known_plan.stream)
    rows: list[StatusInForce] = []
    for subject, id_, version, stored in reported:
        row: StatusInForce = {
            "subject": subject,
            "id": id_,
            "status": stored["status"],
            "reported_on": stored["reported_on"],
        }
        if (progress := stored.get("progress")) is not None:
            row["progress"] = progress
        if note := notes.get(records[version].note or ""):
            row["note"] = note
        rows.append(row)
    return rows
