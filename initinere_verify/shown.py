"""The plan that a pack shows, held against its own events, field by field."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from initinere_verify.fold import ANNULLED, Event, State, counting, fold, timelines
from initinere_verify.trees import Failed, spelling

PLAN_FIELDS = ("title", "first_year", "last_year")
PLAN_WHERE_STATED = ("levels", "drafted_on", "predecessor", "succeeded_by")
DOCUMENT = {
    *("as_of", "known_at", "version", "plan", "act", "acts", "administration", "objectives", "trees", "indicators"),
    *("measurements", "statuses"),
}
"""The fields that a plan document may have."""
NODE = ("level", "code", "title", "order", "parent", "weight")
OBJECTIVE = ("level", "code", "title", "parent", "weight")
CARD = ("series", "name", "formula", "polarity", "source", "kind", "owner", "baseline")
"""The fields that an objective, and an indicator, has in any case; then those that it has where they are stated."""
OBJECTIVE_WHERE_STATED = (
    *("condition", "period", "condition_met"),
    *("description", "benefits", "stakeholders", "budget_reference", "budget_amount", "staff", "tags"),
)
CARD_WHERE_STATED = (
    *("unit", "polarity_basis", "frequency", "code", "codes", "common", "name_from_formula"),
    *("description", "note", "baseline_unit", "baseline_on", "links", "co_owners", "measured_by"),
)
TARGET = ("text", "form", "comparator", "value", "unit")
FIGURES = ("value", "unit", "numerator", "denominator")
ACT = ("number", "title", "protocol", "sha256")
"""The fields of an act that it shows even where it does not have them."""
ACTS_OF_A_YEAR = ("act", "approval_annulled_by", "closing_act", "closing_annulled_by")


ABSENT: dict[str, str] = {"": "assente"}
"""What stands for a field that a row does not have: no event says it."""


class PackEvents(NamedTuple):
    """The events of a pack by role (plan, administration, review), how far each is known, and the texts beside them."""

    events: Mapping[str, list[Event]]
    known: Mapping[str, int]
    texts: Mapping[str, str | None]

    def text(self, digest: str | None) -> str | None:
        """The words that an event names; None when it names none, or they were removed by order."""
        return self.texts.get(digest) if digest else None


def check_plan(document: Mapping[str, Any], pack_events: PackEvents) -> int:
    """Holds a plan document against the events that it claims to come from; Failed at the first value that differs.

    Answers how many objectives, indicators and measurements were compared.
    """
    _each_once(document)
    state = fold(pack_events.events["plan"], document["as_of"], pack_events.known["plan"])
    owner = fold(pack_events.events["administration"], document["as_of"], pack_events.known["administration"])
    alive = _alive(state)
    fields_of: dict[str, dict[str, Any]] = {}
    for (key, field), entry in state.items():
        fields_of.setdefault(key, {})[field] = entry.value
    places: dict[str, list[str]] = {}
    for place in _ids(state, "assignment"):
        indicator, _, objective = place.partition("/")
        assigned = _is(state, f"assignment/{place}", "in_force") and objective in alive
        if assigned and _is(state, f"indicator/{indicator}", "in_force"):
            places.setdefault(indicator, []).append(objective)
    _same_set("obiettivi in vigore", alive, {row["id"] for row in document["objectives"]})
    _same_set("indicatori in vigore", set(places), {row["id"] for row in document["indicators"]})
    _plan(document, pack_events, state, owner)
    _administration(document["administration"], state, owner)
    for row in document["objectives"]:
        _objective(fields_of, row)
    _nodes(document, state, fields_of)
    for row in document["indicators"]:
        _indicator(state, fields_of, row, places[row["id"]])
    series = {value(state, f"indicator/{indicator}", "series") for indicator in places}
    _measurements(document, owner, series)
    _statuses(document, pack_events, state, alive | set(places))
    return len(alive) + len(places) + len(document["measurements"])


def _each_once(document: Mapping[str, Any]) -> None:
    """Nothing is shown twice, and no part that no plan has."""
    _known_fields("plan.json", document, DOCUMENT)
    indicators = document["indicators"]
    for label, rows, names in (
        ("obiettivi", document["objectives"], ("id",)),
        ("nodi di altri alberi", document.get("trees", []), ("tree", "id")),
        ("indicatori", indicators, ("id",)),
        ("misurazioni", document["measurements"], ("series", "period")),
        ("stati di avanzamento", document["statuses"], ("subject", "id")),
        ("uffici", document["administration"]["offices"], ("id",)),
        *((f"target di {row['id']}", row["targets"], ("year", "ordinal")) for row in indicators),
        *((f"obiettivi di {row['id']}", row.get("assignments") or [], ("objective",)) for row in indicators),
    ):
        shown = [tuple(str(row.get(name)) for name in names) for row in rows]
        if len(set(shown)) != len(shown):
            raise Failed("plan_differs", label, "ognuno una volta", "uno che è due volte")
    for row in indicators:
        for target in row["targets"]:
            if type(target["year"]) is not int or type(target["ordinal"]) is not int:
                raise Failed("plan_differs", f"target di {row['id']}", "anno e ordine come numeri", str(target))


def _known_fields(label: str, row: Mapping[str, Any], fields: set[str]) -> None:
    if odd := sorted(set(row) - fields):
        raise Failed("plan_differs", label, "i campi di un piano", odd[0])


def value(state: State, key: str, field: str) -> Any:  # noqa: ANN401 - any JSON
    """The value of a field, or None."""
    entry = state.get((key, field))
    return entry.value if entry else None


def _ids(state: State, kind: str) -> Iterable[str]:
    return dict.fromkeys(key.partition("/")[2] for key, _ in state if key.startswith(f"{kind}/"))


def _is(state: State, key: str, life: str) -> bool:
    return bool(value(state, key, "life") == life)


def _alive(state: State) -> set[str]:
    """The objectives that are in force with all that they hang from; each is looked at once."""
    known: dict[str, bool] = {}
    for objective in _ids(state, "objective"):
        path: list[str] = []
        current: str | None = objective
        while current is not None and current not in known:
            known[current] = False  # what hangs from itself is not in force
            path.append(current)
            if not _is(state, f"objective/{current}", "in_force"):
                break
            current = value(state, f"objective/{current}", "parent")
        root = current is None or (current not in path and known[current])
        for step in path:
            known[step] = root
    return {objective for objective, alive in known.items() if alive}


def _plan(document: Mapping[str, Any], pack_events: PackEvents, state: State, owner: State) -> None:
    row, acts = document["plan"], {event["version"]: event.get("act") for event in pack_events.events["plan"]}
    years: dict[str, dict[str, Any]] = {}
    recorded = timelines(counting(pack_events.events["plan"], pack_events.known["plan"]))
    for (key, field), entry in state.items():
        milestone, _, year = field.partition("/")
        if key == "plan" and milestone in {"approved", "closed"}:
            row_of_year = years.setdefault(year, {})
            noun = "approval" if milestone == "approved" else "closing"
            if entry.value == ANNULLED:  # what an act annulled had been given before
                row_of_year[f"{noun}_annulled_on"] = entry.effective_on
                row_of_year[f"{noun}_annulled_by"] = acts[entry.version]
                earlier = (each for each in recorded[key, field] if each[:2] < entry[:2] and each.value != ANNULLED)
                *_, entry = earlier  # noqa: PLW2901 - the one that holds in its place
            row_of_year[f"{milestone}_on"] = entry.effective_on
            row_of_year["act" if milestone == "approved" else "closing_act"] = acts[entry.version]
    systems = _systems(state, owner)
    succeeded, approved = value(state, "plan", "succeeded_by"), any("approved_on" in year for year in years.values())
    last = years.get(str(value(state, "plan", "last_year")), {})
    closed = "closed_on" in last and "closing_annulled_on" not in last
    status = "succeeded" if succeeded else "closed" if closed else "approved" if approved else "draft"
    approvals = [year for year in years.values() if "approved_on" in year]
    if status == "approved" and all("approval_annulled_on" in year for year in approvals):
        status = "approval_annulled"
    head = {"id": row["id"], **{name: value(state, "plan", name) for name in PLAN_FIELDS}}
    stated = _stated({name: value(state, "plan", name) for name in PLAN_WHERE_STATED})
    _same_row(
        "plan", head | stated | {"status": status, "years": years} | ({"systems": systems} if systems else {}), row
    )
    first_act = years.get(str(value(state, "plan", "first_year")), {}).get("act")
    cited = dict.fromkeys(year[key] for _, year in sorted(years.items()) for key in ACTS_OF_A_YEAR if key in year)
    _same("plan", "act", _act(owner, first_act) or ABSENT, document.get("act", ABSENT))
    other_acts = [act for name in cited if name not in {first_act, None} and (act := _act(owner, name))]
    _same("plan", "acts", other_acts or ABSENT, document.get("acts", ABSENT))


def _act(owner: State, act: str | None) -> dict[str, Any] | None:
    registered = value(owner, f"act/{act}", "act")
    return None if registered is None else {**dict.fromkeys(ACT), **registered}


def _systems(state: State, owner: State) -> dict[str, Any]:
    """The rules of the plan's years: what the administration adopted for a year goes before the plan's own record."""
    adopted = {
        int(field.partition("/")[2]): entry.value
        for source, of in ((state, "plan"), (owner, "administration"))
        for (key, field), entry in source.items()
        if key == of and field.startswith("system/")
    }
    first, last = value(state, "plan", "first_year"), value(state, "plan", "last_year")
    since = max((year for year in adopted if year <= first), default=first)
    return {str(year): adopted[year] for year in adopted if since <= year <= last}


def _administration(row: Mapping[str, Any], state: State, owner: State) -> None:
    offices = {
        office: {
            "id": office,
            "name": value(owner, f"office/{office}", "name"),
            "aliases": value(owner, f"office/{office}", "aliases") or [],
        }
        for office in _ids(owner, "office")
        if _is(owner, f"office/{office}", "in_force")
    }
    administration = value(state, "plan", "administration")
    expected: dict[str, Any] = {
        "id": administration,
        "name": value(owner, "administration", "name") or administration,
        "offices": offices,
    }
    stated = _stated({"ipa_code": value(owner, "administration", "ipa_code")})
    by_id = {office["id"]: office for office in row["offices"]}
    _same_row("administration", expected | stated, {**row, "offices": by_id})


def _objective(fields_of: Mapping[str, dict[str, Any]], row: Mapping[str, Any]) -> None:
    key = f"objective/{row['id']}"
    fields = fields_of.get(key, {})
    neutralised = sorted(int(field.partition("/")[2]) for field in fields if field.startswith("neutralised/"))
    expected = {
        "id": row["id"],
        **{name: fields.get(name) for name in OBJECTIVE},
        "classifications": fields.get("classifications") or {},
        "offices": fields.get("offices") or [],
        **_stated({name: fields.get(name) for name in OBJECTIVE_WHERE_STATED}),
        **({"neutralised": neutralised} if neutralised else {}),
    }
    _same_row(key, expected, row)


def _nodes(document: Mapping[str, Any], state: State, fields_of: Mapping[str, dict[str, Any]]) -> None:
    """The nodes of the further trees; a plan that states none has no such part."""
    rows = {f"{row['tree']}/{row['id']}": row for row in document.get("trees", [])}
    stated = {node for node in _ids(state, "tree") if _is(state, f"tree/{node}", "in_force")}
    _same_set("nodi in vigore di altri alberi", stated, set(rows))
    _same("plan.json", "trees", ABSENT if not stated else "presente", "presente" if "trees" in document else ABSENT)
    for node, row in rows.items():
        tree, _, id_ = node.partition("/")
        fields = fields_of[f"tree/{node}"]
        _same_row(f"tree/{node}", {"tree": tree, "id": id_, **{name: fields.get(name) for name in NODE}}, row)


def _indicator(
    state: State, fields_of: Mapping[str, dict[str, Any]], row: Mapping[str, Any], objectives: list[str]
) -> None:
    key = f"indicator/{row['id']}"
    rows = row.get("assignments") or [row]
    _same_set(f"{key} obiettivi", set(objectives), {assignment["objective"] for assignment in rows})
    places = [_place(state, row["id"], assignment["objective"]) for assignment in rows]
    fields = fields_of.get(key, {})
    targets = {f"target/{target['year']}/{target['ordinal']}": target for target in row["targets"]}
    _same_set(f"{key} target", {f for f in fields if f.startswith("target/") and fields[f]}, set(targets))
    for field, target in targets.items():
        dated = {"year": target["year"], "ordinal": target["ordinal"]}
        _same_row(f"{key} {field}", {**dated, **dict.fromkeys(TARGET), **fields[field]}, target)
    expected = {
        "id": row["id"],
        **places[0],
        **{name: fields.get(name) for name in CARD},
        **_stated({name: fields.get(name) for name in CARD_WHERE_STATED}),
        **({"assignments": places} if len(places) > 1 else {}),
        "targets": row["targets"],
    }
    _same_row(key, expected, row)


def _place(state: State, indicator: str, objective: str) -> dict[str, Any]:
    key = f"assignment/{indicator}/{objective}"
    return {"objective": objective, "weight": value(state, key, "weight"), "feeds": value(state, key, "feeds")}


def _measurements(document: Mapping[str, Any], owner: State, series: set[Any]) -> None:
    expected: dict[tuple[str, str], dict[str, Any]] = {}
    for (key, period), entry in owner.items():
        kind, _, series_id = key.partition("/")
        if kind == "series" and (series_id in series or series_id.startswith(f"{document['plan']['id']}.")):
            head = {"series": series_id, "period": period}
            expected[series_id, period] = head | _observed(entry.value["observed"]) | entry.value
    shown_rows = {(row["series"], row["period"]): row for row in document["measurements"]}
    _same_set("misurazioni", {" ".join(place) for place in expected}, {" ".join(place) for place in shown_rows})
    for place, row in shown_rows.items():
        _same_row(f"series/{' '.join(place)}", expected[place], row)


def _observed(observed: Mapping[str, Any]) -> dict[str, Any]:
    """What was observed as it was written or, where nothing was, as it was read."""
    if observed["text"].strip():
        return {"text": observed["text"]}
    if observed["kind"] == "not_available":
        return {"text": "n.d."}
    return _stated({name: observed.get(name) for name in FIGURES})


def _statuses(document: Mapping[str, Any], pack_events: PackEvents, state: State, subjects: set[str]) -> None:
    notes = {event["version"]: pack_events.text(event.get("note")) for event in pack_events.events["plan"]}
    expected = {
        key: {
            "subject": key.partition("/")[0],
            "id": key.partition("/")[2],
            "status": entry.value["status"],
            "reported_on": entry.value["reported_on"],
            **_stated({"progress": entry.value.get("progress"), "note": notes[entry.version] or None}),
        }
        for (key, field), entry in state.items()
        if field == "status" and key.partition("/")[2] in subjects
    }
    shown_rows = {f"{row['subject']}/{row['id']}": row for row in document["statuses"]}
    _same_set("stati di avanzamento", set(expected), set(shown_rows))
    for key, row in shown_rows.items():
        _same_row(key, expected[key], row)


# -- comparing ---------------------------------------------------------------------------------------------------------


def _stated(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Those of some fields that have a value."""
    return {name: field_value for name, field_value in fields.items() if field_value is not None}


def _same_row(key: str, expected: Mapping[str, Any], row: Mapping[str, Any]) -> None:
    """A row is the one that the product writes: each of its fields, of its type, and no other."""
    for field in sorted({*expected, *row}):
        _same(key, field, expected.get(field, ABSENT), row.get(field, ABSENT))


def _same(key: str, field: str, expected: object, actual: object) -> None:
    if spelling(expected) != spelling(actual):
        wanted, shown = ("assente" if each is ABSENT else repr(each) for each in (expected, actual))
        raise Failed("plan_differs", f"{key}, {field}", f"{wanted}, secondo gli eventi", shown)


def _same_set(label: str, expected: set[str], actual: set[str]) -> None:
    if expected != actual:
        odd = min(expected ^ actual)
        raise Failed("plan_differs", label, f"{odd} {'presente' if odd in expected else 'assente'}", "il contrario")
