"""The plan in force: the whole document on one date, as known at one instant."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

import orjson

from domain.errors import NotFound
from domain.facts import ADMINISTRATION, IN_FORCE, LIFE, PLAN
from domain.plans.state import status_of
from domain.point import Point
from domain.recording import Recorded
from domain.timelines import Cell, Entry
from domain.vocabulary import JsonValue
from projections.store.envelope import write_instant
from projections.store.reader import Known, Reader
from projections.streams import PlanKnown, find_plan

Document = dict[str, Any]
OBJECTIVE_FIELDS = ("level", "code", "title", "parent", "weight", "classifications", "offices", "condition", "period")
CARD_FIELDS = ("name", "formula", "unit", "baseline", "source", "kind", "frequency", "polarity", "polarity_basis",
               "owner", "code", "codes", "common", "name_from_formula")  # fmt: skip
_OBJECTIVE_ALWAYS = frozenset({"code", "title", "parent", "weight"})
_CARD_ALWAYS = frozenset({"formula", "baseline", "source", "kind", "polarity", "owner"})
"""What a row says even where it is nothing."""
Entries = Mapping[Cell, Entry]


class Objects(NamedTuple):
    """A state by object: for each object the values of its fields in force."""

    by_key: dict[str, dict[str, JsonValue]]

    def value(self, key: str, field: str) -> JsonValue:
        """The value of one field, or None."""
        return self.by_key[key].get(field) if key in self.by_key else None

    def of(self, kind: str) -> list[str]:
        """The ids of the objects of a kind, in the order of their entry."""
        prefix = f"{kind}/"
        return [key[len(prefix) :] for key in self.by_key if key.startswith(prefix)]


def objects(state: Entries) -> Objects:
    """Groups a state by object."""
    grouped: defaultdict[str, dict[str, JsonValue]] = defaultdict(dict)
    for (object_, field), entry in state.items():
        grouped[object_][field] = entry.value
    return Objects(dict(grouped))


def objectives_in_force(state: Objects) -> set[str]:
    """The objectives that are in force with all that they hang from."""
    verdict: dict[str, bool] = {}

    def holds(objective: str, seen: frozenset[str]) -> bool:
        if objective not in verdict:
            parent = state.value(f"objective/{objective}", "parent")
            alive = state.value(f"objective/{objective}", LIFE) == IN_FORCE and objective not in seen
            verdict[objective] = alive and (parent is None or holds(str(parent), seen | {objective}))
        return verdict[objective]

    return {objective for objective in state.of("objective") if holds(objective, frozenset())}


def places_in_force(state: Objects, alive: set[str]) -> dict[str, list[str]]:
    """For each indicator in force, the objectives in force that it serves."""
    places: defaultdict[str, list[str]] = defaultdict(list)
    for assignment in state.of("assignment"):
        indicator, _, objective = assignment.partition("/")
        if objective in alive and state.value(f"assignment/{assignment}", LIFE) == IN_FORCE:
            places[indicator].append(objective)
    return {
        i: places[i] for i in state.of("indicator") if i in places and state.value(f"indicator/{i}", LIFE) == IN_FORCE
    }


def plan_in_force(reader: Reader, plan: str, point: Point) -> Document:
    """The plan document; NotFound when the plan was not known, or did not exist on the date."""
    found = find_plan(reader, plan, point.known_at)
    state, entries = _state(reader, found.stream, point.as_of, found.known)
    if PLAN not in state.by_key:
        raise NotFound(
            f"il piano {plan} non esisteva ancora al {point.as_of:%d/%m/%Y}",
            accepted="una data as_of dalla stesura del piano in poi",
            where="as_of",
        )
    owner, _ = _state(reader, found.administration_stream, point.as_of, found.administration_known)
    alive = objectives_in_force(state)
    places = places_in_force(state, alive)
    years = _years(reader, found, entries)
    approving = years.get(str(state.value(PLAN, "first_year")), {})
    series = {str(state.value(f"indicator/{i}", "series")): i for i in places}
    document: Document = {
        "administration": _administration(found, owner),
        "plan": _plan(plan, state, years),
        "act": owner.value(f"act/{approving.get('act')}", "act"),
        "acts": _acts(owner, years, approving.get("act")),
        "objectives": [_objective(state, one) for one in state.of("objective") if one in alive],
        "indicators": [_indicator(state, one, places[one]) for one in places],
        "measurements": _measurements(found, owner, series),
        "statuses": _statuses(reader, found, state, entries, alive | set(places)),
        "as_of": point.as_of.isoformat(),
        "known_at": write_instant(point.known_at) if point.known_at else None,
        "version": found.known.version,
    }
    return {key: value for key, value in document.items() if value is not None}


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


def _administration(found: PlanKnown, owner: Objects) -> Document:
    offices = [
        {"id": one, "name": owner.value(f"office/{one}", "name"), "aliases": owner.value(f"office/{one}", "aliases")}
        for one in owner.of("office")
        if owner.value(f"office/{one}", LIFE) == IN_FORCE
    ]
    said: Document = {
        "id": found.administration,
        "name": owner.value(ADMINISTRATION, "name") or found.administration,
        "ipa_code": owner.value(ADMINISTRATION, "ipa_code"),
        "offices": offices,
    }
    return {key: value for key, value in said.items() if value is not None}


def _plan(plan: str, state: Objects, years: dict[str, Document]) -> Document:
    said: Document = {"id": plan}
    for field in ("title", "first_year", "last_year", "levels", "drafted_on", "predecessor", "succeeded_by"):
        if (value := state.value(PLAN, field)) is not None:
            said[field] = value
    said["status"] = status_of(state.by_key[PLAN])
    said["years"] = years
    systems = {
        field.partition("/")[2]: value for field, value in state.by_key[PLAN].items() if field.startswith("system/")
    }
    if systems:
        said["systems"] = systems
    return said


def _years(reader: Reader, found: PlanKnown, entries: Entries) -> dict[str, Document]:
    held = {f: e for (key, f), e in entries.items() if key == PLAN and f.startswith(("approved/", "closed/"))}
    acts = {r.version: r.act for r in reader.records(found.stream, [e.version for e in held.values()])}
    years: dict[str, Document] = {}
    for field, entry in sorted(held.items()):
        what, _, year = field.partition("/")
        said = years.setdefault(year, {})
        said[f"{what}_on"] = entry.effective_on.isoformat()
        said["act" if what == "approved" else "closing_act"] = acts.get(entry.version)
    return years


def _acts(owner: Objects, years: dict[str, Document], but: str | None) -> list[Any] | None:
    """The acts that approved or closed the years, beside the one that approved the plan; None when there are none."""
    cited = dict.fromkeys(year[key] for year in years.values() for key in ("act", "closing_act") if year.get(key))
    return [owner.value(f"act/{act}", "act") for act in cited if act != but] or None


def _objective(state: Objects, objective: str) -> Document:
    fields = state.by_key[f"objective/{objective}"]
    said: Document = {"id": objective}
    for field in OBJECTIVE_FIELDS:
        said[field] = fields.get(field)
    said["classifications"] = said["classifications"] or {}
    said["offices"] = said["offices"] or []
    if fields.get("condition_met"):
        said["condition_met"] = True
    neutralised = [int(f.partition("/")[2]) for f in fields if f.startswith("neutralised/")]
    if neutralised:
        said["neutralised"] = sorted(neutralised)
    return {field: value for field, value in said.items() if value is not None or field in _OBJECTIVE_ALWAYS}


def _indicator(state: Objects, indicator: str, places: list[str]) -> Document:
    key = f"indicator/{indicator}"
    fields = state.by_key[key]
    said: Document = {"id": indicator, "series": fields.get("series")}
    rows = [_assignment(state, indicator, objective) for objective in places]
    said |= {"objective": rows[0]["objective"], "weight": rows[0]["weight"], "feeds": rows[0]["feeds"]}
    if len(rows) > 1:
        said["assignments"] = rows
    said |= {field: value for field in CARD_FIELDS if (value := fields.get(field)) is not None or field in _CARD_ALWAYS}
    said["targets"] = targets_of(state, key)
    return said


def _assignment(state: Objects, indicator: str, objective: str) -> Document:
    fields = state.by_key[f"assignment/{indicator}/{objective}"]
    return {"objective": objective, "weight": fields.get("weight"), "feeds": fields.get("feeds")}


def targets_of(state: Objects, key: str) -> list[Document]:
    """The targets in force of an indicator, typed, in the order of year and ordinal."""
    found = [
        (*_year_and_ordinal(field), value)
        for field, value in state.by_key[key].items()
        if field.startswith("target/") and isinstance(value, dict)
    ]
    # No two have the same year and ordinal, so that their values are never compared.
    return [target_row(*one) for one in sorted(found)]


@lru_cache(maxsize=1_000)
def _year_and_ordinal(field: str) -> tuple[int, int]:
    _, year, ordinal = field.split("/")
    return int(year), int(ordinal)


def target_row(year: int, ordinal: int, target: Document) -> Document:
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


def _measurements(found: PlanKnown, owner: Objects, series: dict[str, str]) -> list[JsonValue]:
    rows: list[JsonValue] = []
    for one in owner.of("series"):
        if one in series or one.startswith(f"{found.plan}."):
            fields = owner.by_key[f"series/{one}"]
            rows += [
                measurement_row(one, period, value)
                for period in sorted(fields)
                if isinstance(value := fields[period], dict)
            ]
    return rows


def measurement_row(series: str, period: str, value: Document) -> Document:
    """A stored measurement as a row of the document: what was written, and what was read in it."""
    observed = value.get("observed")
    row: Document = {"series": series, "period": period}
    if isinstance(observed, dict) and observed.get("text"):
        row["text"] = observed["text"]
    elif isinstance(observed, dict):
        row |= {f: observed[f] for f in ("value", "unit", "numerator", "denominator") if observed.get(f) is not None}
    return row | value


def _statuses(reader: Reader, found: PlanKnown, state: Objects, entries: Entries, alive: set[str]) -> list[JsonValue]:
    held = [
        (subject, one, entries[f"{subject}/{one}", "status"])
        for subject in ("objective", "indicator")
        for one in state.of(subject)
        if one in alive and (f"{subject}/{one}", "status") in entries
    ]
    records: dict[int, Recorded] = {r.version: r for r in reader.records(found.stream, [e.version for *_, e in held])}
    notes = reader.texts([record.note for record in records.values()])
    rows: list[JsonValue] = []
    for subject, one, entry in held:
        if isinstance(entry.value, dict):
            note = notes.get(records[entry.version].note or "")
            rows.append({"subject": subject, "id": one} | entry.value | ({"note": note} if note else {}))
    return rows
