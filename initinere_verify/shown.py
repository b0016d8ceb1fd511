"""What a pack shows, held against its own events: the plan, field by field, and what its report says of each event."""

import json
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from initinere_verify.fold import ANNULLED, Event, State, counting, facts, fold, timelines
from initinere_verify.listed import UNVERIFIED, Lists
from initinere_verify.trees import Failed

PLAN_FIELDS = ("title", "first_year", "last_year", "levels", "drafted_on", "predecessor", "succeeded_by")
OF_AN_INDICATOR = {"id", "objective", "weight", "feeds", "assignments", "targets"}
OF_AN_EVENT = ("effective_on", "recorded_at", "cause")
"""What a row of the report repeats of its event."""


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
    for row in document["indicators"]:
        _indicator(state, fields_of, row, places[row["id"]])
    series = {value(state, f"indicator/{indicator}", "series") for indicator in places}
    _measurements(document, owner, series)
    _statuses(document, pack_events, state, alive | set(places))
    return len(alive) + len(places) + len(document["measurements"])


DOCUMENT = {
    "as_of",
    "known_at",
    "version",
    "plan",
    "act",
    "acts",
    "administration",
    "objectives",
    "indicators",
    "measurements",
    "statuses",
}
ADMINISTRATION = {"id", "name", "ipa_code", "offices"}
PLAN_HEAD = {*PLAN_FIELDS, "id", "status", "years", "systems"}
OBJECTIVE = {
    *("id", "level", "code", "title", "parent", "weight", "classifications", "offices", "condition", "period"),
    *("condition_met", "neutralised"),
}
INDICATOR = {
    *("id", "objective", "weight", "feeds", "series", "assignments", "name", "formula", "unit", "baseline", "source"),
    *(
        "kind",
        "frequency",
        "polarity",
        "polarity_basis",
        "owner",
        "code",
        "codes",
        "common",
        "name_from_formula",
        "targets",
    ),
}
"""The fields that a plan document may have: of the plan, of an objective, of an indicator."""


def _each_once(document: Mapping[str, Any]) -> None:
    """Nothing is shown twice, and nothing that no event can say."""
    _known_fields("plan.json", document, DOCUMENT)
    _known_fields("administration", document["administration"], ADMINISTRATION)
    indicators = document["indicators"]
    for label, rows, names in (
        ("obiettivi", document["objectives"], ("id",)),
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
    for row in document["administration"]["offices"]:
        _known_fields(f"office/{row['id']}", row, {"id", "name", "aliases"})
    for row in indicators:
        for assignment in row.get("assignments") or []:
            _known_fields(f"indicator/{row['id']}", assignment, {"objective", "weight", "feeds"})
        for target in row["targets"]:
            if type(target["year"]) is not int or type(target["ordinal"]) is not int:
                raise Failed("plan_differs", f"target di {row['id']}", "anno e ordine come numeri", str(target))
    _known_fields("plan", document["plan"], PLAN_HEAD)
    for row in document["objectives"]:
        _known_fields(f"objective/{row['id']}", row, OBJECTIVE)
    for row in indicators:
        _known_fields(f"indicator/{row['id']}", row, INDICATOR)


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
    _same_all("plan", {name: value(state, "plan", name) for name in PLAN_FIELDS}, row, OF_PLAN)
    for name, expected in (("years", years), ("systems", systems or None), ("status", status)):
        _same("plan", name, expected, row.get(name))
    first_act = years.get(str(value(state, "plan", "first_year")), {}).get("act")
    cited = dict.fromkeys(year[key] for _, year in sorted(years.items()) for key in ACTS_OF_A_YEAR if key in year)
    _same("plan", "act", value(owner, f"act/{first_act}", "act"), _stripped(document.get("act")))
    other_acts = [value(owner, f"act/{act}", "act") for act in cited if act not in {first_act, None}]
    shown_acts = [_spelt(_stripped(act)) for act in document.get("acts") or ()]
    _same_set("atti", {_spelt(act) for act in other_acts}, set(shown_acts))
    if len(set(shown_acts)) != len(shown_acts):
        raise Failed("plan_differs", "atti", "ognuno una volta", "uno che è due volte")


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


ACTS_OF_A_YEAR = ("act", "approval_annulled_by", "closing_act", "closing_annulled_by")
OF_PLAN = {"id", "years", "systems", "status"}


def _administration(row: Mapping[str, Any], state: State, owner: State) -> None:
    offices = {
        office: (value(owner, f"office/{office}", "name"), value(owner, f"office/{office}", "aliases"))
        for office in _ids(owner, "office")
        if _is(owner, f"office/{office}", "in_force")
    }
    shown_offices = {office["id"]: (office["name"], office["aliases"]) for office in row["offices"]}
    _same("administration", "id", value(state, "plan", "administration"), row["id"])
    for field in ("name", "ipa_code"):
        _same("administration", field, value(owner, "administration", field), row.get(field))
    _same("administration", "offices", offices, shown_offices)


def _objective(fields_of: Mapping[str, dict[str, Any]], row: Mapping[str, Any]) -> None:
    key = f"objective/{row['id']}"
    fields = fields_of.get(key, {})
    neutralised = sorted(int(field.partition("/")[2]) for field in fields if field.startswith("neutralised/"))
    _same(key, "neutralised", neutralised, row.get("neutralised", []))
    fields = {name: field_value for name, field_value in fields.items() if not name.startswith("neutralised/")}
    _same_all(key, fields, row, {"id", "life", "status", "neutralised"})


def _indicator(
    state: State, fields_of: Mapping[str, dict[str, Any]], row: Mapping[str, Any], objectives: list[str]
) -> None:
    key = f"indicator/{row['id']}"
    rows = row.get("assignments") or [row]
    _same_set(f"{key} obiettivi", set(objectives), {assignment["objective"] for assignment in rows})
    for assignment in rows:
        place = f"assignment/{row['id']}/{assignment['objective']}"
        for field in ("weight", "feeds"):
            _same(place, field, value(state, place, field), assignment.get(field))
    for field in ("objective", "weight", "feeds"):
        _same(key, field, rows[0][field], row[field])
    fields = fields_of.get(key, {})
    targets = {f"target/{target['year']}/{target['ordinal']}": target for target in row["targets"]}
    _same_set(f"{key} target", {f for f in fields if f.startswith("target/") and fields[f]}, set(targets))
    for field, target in targets.items():
        _same_all(f"{key} {field}", fields[field], target, {"year", "ordinal"})
    fields = {name: field_value for name, field_value in fields.items() if not name.startswith("target/")}
    _same_all(key, fields, row, {"life", "status", *OF_AN_INDICATOR})


def _measurements(document: Mapping[str, Any], owner: State, series: set[Any]) -> None:
    expected: dict[tuple[str, str], dict[str, Any]] = {}
    for (key, period), entry in owner.items():
        kind, _, series_id = key.partition("/")
        if kind == "series" and (series_id in series or series_id.startswith(f"{document['plan']['id']}.")):
            observed = entry.value.get("observed") or {}
            names = ["text"] if observed.get("text") else ["value", "unit", "numerator", "denominator"]
            expected[series_id, period] = {name: observed.get(name) for name in names} | entry.value
    shown_rows = {(row["series"], row["period"]): row for row in document["measurements"]}
    _same_set("misurazioni", {" ".join(place) for place in expected}, {" ".join(place) for place in shown_rows})
    for place, row in shown_rows.items():
        _same_all(f"series/{' '.join(place)}", expected[place], row, {"series", "period"})


def _statuses(document: Mapping[str, Any], pack_events: PackEvents, state: State, subjects: set[str]) -> None:
    notes = {event["version"]: pack_events.text(event.get("note")) for event in pack_events.events["plan"]}
    expected = {
        key: {**entry.value, "note": notes[entry.version] or None}
        for (key, field), entry in state.items()
        if field == "status" and key.partition("/")[2] in subjects
    }
    shown_rows = {f"{row['subject']}/{row['id']}": row for row in document["statuses"]}
    _same_set("stati di avanzamento", set(expected), set(shown_rows))
    for key, row in shown_rows.items():
        _same_all(key, expected[key], row, {"subject", "id"})


# -- the report --------------------------------------------------------------------------------------------------------


def check_report(report: Mapping[str, Any], pack_events: PackEvents) -> int:
    """Each event that the report cites is there, and what a row repeats of its event is what the event says.

    What is computed (scores, rates, flags, sentences) is not repeated here. Answers how many events are cited.
    """
    by_version = {role: {event["version"]: event for event in listed} for role, listed in pack_events.events.items()}
    targets = _target_values(counting(pack_events.events["plan"], pack_events.known["plan"]))
    cited, waiting = 0, [report]
    while waiting:
        row: Any = waiting.pop()
        if isinstance(row, dict):
            waiting += row.values()
            cited_events = row.get("events") if isinstance(row.get("events"), list) else []
            for citation in cited_events or ():
                if citation["version"] not in by_version[citation["in"]]:
                    raise Failed(
                        "file_altered", "report.json", f"un evento {citation['version']} di {citation['in']}", "nessuno"
                    )
            cited += len(cited_events or ())
            if cited_events and len(cited_events) == 1:
                _repeated(row, by_version[cited_events[0]["in"]][cited_events[0]["version"]], pack_events)
        elif isinstance(row, list):
            waiting += row
    for row in report["variations"]:
        event = by_version["plan"][row["version"]]
        if event["topic"] in {"target-set", "target-revised"}:
            before, after = targets[row["version"]]
            _reported(row, "after", after, row["after"])
            if "from_plan_before" in report:  # an earlier program says what the timeline held before a correction
                before = _restored_target(event, by_version["plan"], before)
            _reported(row, "before", before, row["before"])
    return cited


def _target_values(events: Iterable[Event]) -> dict[int, tuple[Any, Any]]:
    """The target before and after each event, in its timeline."""
    values: dict[int, tuple[Any, Any]] = {}
    for (_, field), entries in timelines(events).items():
        if field.startswith("target/"):
            before = None
            for entry in entries:
                values[entry.version] = (before, entry.value)
                before = entry.value
    return values


SECTIONS = {
    *("plan", "title", "year", "as_of", "version", "administration_version", "known_at", *UNVERIFIED),
    *("effects_of_acts", "change_rates", "official_rate", "counted_apart", "late", "rejected_proposals"),
    *("never_measured", "from_plan_before", "flags", "scores", "criteria"),
}
"""What a report consists of."""


def check_lists(report: Mapping[str, Any], pack_events: PackEvents) -> None:
    """The report lists all that the events say of the year, and nothing else, each row once and as they say it."""
    known = pack_events.known
    _same_sections(set(report))
    lists = Lists(pack_events.events, known, pack_events.texts, report["year"], report["as_of"])
    _reported_as("rejected_proposals", [], report["rejected_proposals"])
    title = timelines(lists.plan.counting)["plan", "title"][-1].value
    for field, expected in (("title", title), ("administration_version", known["administration"])):
        _reported_as(field, expected, report[field])
    for name, rows in lists.rows().items():
        cited = [_cited(row) for row in report[name]] if name != "redactions" else [r["digest"] for r in report[name]]
        expected_citations = [_cited(row) for row in rows] if name != "redactions" else [r["digest"] for r in rows]
        _reported_as(name, expected_citations, cited)
        for place, (row, actual) in enumerate(zip(rows, report[name], strict=True)):
            where = f"{name}[{place}]"
            _reported_as(f"{where}, campi", sorted({*row, *UNVERIFIED[name]}), sorted(actual))
            for field, expected in row.items():
                _reported_as(f"{where}, {field}", expected, actual[field])


def citations(report: Mapping[str, Any]) -> set[tuple[str, int]]:
    """Every event that a report cites: the role of its stream, and its version."""
    cited: set[tuple[str, int]] = set()
    waiting: list[Any] = [report]
    while waiting:
        row = waiting.pop()
        if isinstance(row, dict):
            waiting += row.values()
            if isinstance(row.get("events"), list):
                cited |= set(_cited(row))
        elif isinstance(row, list):
            waiting += row
    return cited


def omitted(report: Mapping[str, Any], pack_events: PackEvents) -> str:
    """Which events the lists of an earlier program's report leave out, by the rules of today, in words."""
    lists = Lists(pack_events.events, pack_events.known, pack_events.texts, report["year"], report["as_of"])
    left_out = [
        f"{name}: " + ", ".join(f"{role} {version}" for role, version in missing)
        for name, rows in lists.rows().items()
        if name != "redactions"
        and (
            missing := sorted(
                {citation for row in rows for citation in _cited(row)}
                - {citation for row in report[name] for citation in _cited(row)}
            )
        )
    ]
    return "; ".join(left_out)


def _same_sections(sections: set[str]) -> None:
    if sections != SECTIONS:
        odd = min(sections ^ SECTIONS)
        raise Failed(
            "report_differs", "report.json", f"{odd} {'assente' if odd in sections else 'presente'}", "il contrario"
        )


def _reported_as(where: str, expected: object, actual: object) -> None:
    if _spelt(expected) != _spelt(actual):
        raise Failed("report_differs", f"report.json, {where}", f"{expected!r}, secondo gli eventi", repr(actual))


def _spelt(value: object) -> str:
    """A value as JSON spells it: 1, 1.0 and true are three."""
    return json.dumps(value, sort_keys=True)


def _cited(row: Mapping[str, Any]) -> list[tuple[str, int]]:
    return [(citation["in"], citation["version"]) for citation in row["events"]]


def _restored_target(event: Event, plan_events: Mapping[int, Event], before: object) -> object:
    """What a correction of a target stands in the place of: the one that it restores, where it says another."""
    restored = (
        plan_events.get(next(iter(event.get("restores") or ()), 0)) if event.get("claim") == "correction" else None
    )
    if restored is None or restored["topic"] not in {"target-set", "target-revised"}:
        return before
    return before if list(facts(restored)) == list(facts(event)) else restored["body"]["target"]


def _repeated(row: Mapping[str, Any], event: Event, pack_events: PackEvents) -> None:
    expected_fields = {name: event.get(name) for name in OF_AN_EVENT} | {
        "retrospective": event.get("retrospective", False)
    }
    expected_fields["restores"] = event.get("restores") or event["body"].get("versions", [])
    for field, expected in expected_fields.items():
        if field in row:
            _reported(row, field, expected, row[field])
    if "justification" in row:
        _reported(
            row,
            "justification",
            pack_events.text(event.get("justification") or event.get("note")),
            row["justification"],
        )
    if "words" in row and "redaction" in row:
        _reported(row, "words", pack_events.text(event.get("note")), row["words"])


def _reported(row: Mapping[str, Any], field: str, expected: object, actual: object) -> None:
    if expected != actual:
        where = f"report.json, evento {row['events'][0]['version'] if row.get('events') else row['version']}, {field}"
        raise Failed("report_differs", where, f"{expected!r}, secondo gli eventi", repr(actual))


# -- comparing ---------------------------------------------------------------------------------------------------------


def _stripped(row: Any) -> Any:  # noqa: ANN401 - any JSON
    return (
        {name: field_value for name, field_value in row.items() if field_value is not None}
        if isinstance(row, dict)
        else row
    )


def _same_all(key: str, expected: Mapping[str, Any], row: Mapping[str, Any], but: set[str]) -> None:
    for field in sorted({*expected, *row} - but):
        _same(key, field, expected.get(field) or None, row.get(field) or None)


def _same(key: str, field: str, expected: object, actual: object) -> None:
    if _spelt(expected) != _spelt(actual):
        raise Failed("plan_differs", f"{key}, {field}", f"{expected!r}, secondo gli eventi", repr(actual))


def _same_set(label: str, expected: set[str], actual: set[str]) -> None:
    if expected != actual:
        odd = min(expected ^ actual)
        raise Failed("plan_differs", label, f"{odd} {'presente' if odd in expected else 'assente'}", "il contrario")
