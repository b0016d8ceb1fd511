"""What a pack shows, held against its own events: the plan, field by field, and what its report says of each event."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from initinere_verify.fold import Event, State, counting, fold, timelines
from initinere_verify.trees import Failed

PLAN_FIELDS = ("title", "first_year", "last_year", "levels", "drafted_on", "predecessor", "succeeded_by")
OF_AN_INDICATOR = {"id", "objective", "weight", "feeds", "assignments", "targets"}
OF_AN_EVENT = ("effective_on", "recorded_at", "cause")
"""What a row of the report repeats of its event."""


class Held(NamedTuple):
    """The events of a pack by role (plan, administration, review), how far each is known, and the texts beside them."""

    events: Mapping[str, list[Event]]
    known: Mapping[str, int]
    texts: Mapping[str, str | None]

    def text(self, digest: str | None) -> str | None:
        """The words that an event names; None when it names none, or they were removed by order."""
        return self.texts.get(digest) if digest else None


def check_plan(shown: Mapping[str, Any], held: Held) -> int:
    """Holds a plan document against the events that it claims to come from; Failed at the first value that differs.

    Answers how many objectives, indicators and measurements were compared.
    """
    state = fold(held.events["plan"], shown["as_of"], held.known["plan"])
    owner = fold(held.events["administration"], shown["as_of"], held.known["administration"])
    alive = {one for one in _ids(state, "objective") if _alive(state, one)}
    places: dict[str, list[str]] = {}
    for place in _ids(state, "assignment"):
        indicator, _, objective = place.partition("/")
        assigned = _is(state, f"assignment/{place}", "in_force") and objective in alive
        if assigned and _is(state, f"indicator/{indicator}", "in_force"):
            places.setdefault(indicator, []).append(objective)
    _same_set("obiettivi in vigore", alive, {row["id"] for row in shown["objectives"]})
    _same_set("indicatori in vigore", set(places), {row["id"] for row in shown["indicators"]})
    _plan(shown, held, state, owner)
    _administration(shown["administration"], state, owner)
    for row in shown["objectives"]:
        _objective(state, row)
    for row in shown["indicators"]:
        _indicator(state, row, places[row["id"]])
    series = {value(state, f"indicator/{one}", "series") for one in places}
    _measurements(shown, owner, series)
    _statuses(shown, held, state, alive | set(places))
    return len(alive) + len(places) + len(shown["measurements"])


def value(state: State, key: str, field: str) -> Any:  # noqa: ANN401 - any JSON
    """The value of a field, or None."""
    entry = state.get((key, field))
    return entry.value if entry else None


def _ids(state: State, kind: str) -> Iterable[str]:
    return dict.fromkeys(key.partition("/")[2] for key, _ in state if key.startswith(f"{kind}/"))


def _is(state: State, key: str, life: str) -> bool:
    return bool(value(state, key, "life") == life)


def _alive(state: State, objective: str) -> bool:
    seen: set[str] = set()
    current: str | None = objective
    while current is not None:
        if current in seen or not _is(state, f"objective/{current}", "in_force"):
            return False
        seen.add(current)
        current = value(state, f"objective/{current}", "parent")
    return True


def _plan(shown: Mapping[str, Any], held: Held, state: State, owner: State) -> None:
    row, acts = shown["plan"], {event["version"]: event.get("act") for event in held.events["plan"]}
    years: dict[str, dict[str, Any]] = {}
    for (key, field), entry in state.items():
        what, _, year = field.partition("/")
        if key == "plan" and what in {"approved", "closed"}:
            said = years.setdefault(year, {})
            said[f"{what}_on"] = entry.effective_on
            said["act" if what == "approved" else "closing_act"] = acts[entry.version]
    systems = {f.partition("/")[2]: e.value for (k, f), e in state.items() if k == "plan" and f.startswith("system/")}
    succeeded, approved = value(state, "plan", "succeeded_by"), any("approved_on" in year for year in years.values())
    closed = "closed_on" in years.get(str(value(state, "plan", "last_year")), {})
    status = "succeeded" if succeeded else "closed" if closed else "approved" if approved else "draft"
    _same_all("plan", {name: value(state, "plan", name) for name in PLAN_FIELDS}, row, OF_PLAN)
    for name, expected in (("years", years), ("systems", systems or None), ("status", status)):
        _same("plan", name, expected, row.get(name))
    first = years.get(str(value(state, "plan", "first_year")), {}).get("act")
    cited = dict.fromkeys(
        year[key] for _, year in sorted(years.items()) for key in ("act", "closing_act") if key in year
    )
    _same("plan", "act", value(owner, f"act/{first}", "act"), _stripped(shown.get("act")))
    others = [value(owner, f"act/{act}", "act") for act in cited if act not in {first, None}]
    _same_set("atti", {str(one) for one in others}, {str(_in_order(one, others)) for one in shown.get("acts") or ()})


OF_PLAN = {"id", "years", "systems", "status"}


def _in_order(act: Any, others: list[Any]) -> Any:  # noqa: ANN401 - any JSON
    """The act as the events write it, where one of them is the same."""
    return next((one for one in others if one == _stripped(act)), act)


def _administration(row: Mapping[str, Any], state: State, owner: State) -> None:
    offices = {
        one: (value(owner, f"office/{one}", "name"), value(owner, f"office/{one}", "aliases"))
        for one in _ids(owner, "office")
        if _is(owner, f"office/{one}", "in_force")
    }
    said = {one["id"]: (one["name"], one["aliases"]) for one in row["offices"]}
    _same("administration", "id", value(state, "plan", "administration"), row["id"])
    for field in ("name", "ipa_code"):
        _same("administration", field, value(owner, "administration", field), row.get(field))
    _same("administration", "offices", offices, said)


def _objective(state: State, row: Mapping[str, Any]) -> None:
    key = f"objective/{row['id']}"
    fields = {field: entry.value for (k, field), entry in state.items() if k == key}
    neutralised = sorted(int(field.partition("/")[2]) for field in fields if field.startswith("neutralised/"))
    _same(key, "neutralised", neutralised, row.get("neutralised", []))
    fields = {name: said for name, said in fields.items() if not name.startswith("neutralised/")}
    _same_all(key, fields, row, {"id", "life", "status", "neutralised"})


def _indicator(state: State, row: Mapping[str, Any], objectives: list[str]) -> None:
    key = f"indicator/{row['id']}"
    rows = row.get("assignments") or [row]
    _same_set(f"{key} obiettivi", set(objectives), {one["objective"] for one in rows})
    for one in rows:
        place = f"assignment/{row['id']}/{one['objective']}"
        for field in ("weight", "feeds"):
            _same(place, field, value(state, place, field), one.get(field))
    for field in ("objective", "weight", "feeds"):
        _same(key, field, rows[0][field], row[field])
    fields = {field: entry.value for (k, field), entry in state.items() if k == key}
    targets = {f"target/{one['year']}/{one['ordinal']}": one for one in row["targets"]}
    _same_set(f"{key} target", {f for f in fields if f.startswith("target/") and fields[f]}, set(targets))
    for field, one in targets.items():
        _same_all(f"{key} {field}", fields[field], one, {"year", "ordinal"})
    fields = {name: said for name, said in fields.items() if not name.startswith("target/")}
    _same_all(key, fields, row, {"life", "status", *OF_AN_INDICATOR})


def _measurements(shown: Mapping[str, Any], owner: State, series: set[Any]) -> None:
    expected: dict[tuple[str, str], dict[str, Any]] = {}
    for (key, period), entry in owner.items():
        kind, _, one = key.partition("/")
        if kind == "series" and (one in series or one.startswith(f"{shown['plan']['id']}.")):
            observed = entry.value.get("observed") or {}
            parts = ["text"] if observed.get("text") else ["value", "unit", "numerator", "denominator"]
            expected[one, period] = {part: observed.get(part) for part in parts} | entry.value
    said = {(row["series"], row["period"]): row for row in shown["measurements"]}
    _same_set("misurazioni", {" ".join(one) for one in expected}, {" ".join(one) for one in said})
    for place, row in said.items():
        _same_all(f"series/{' '.join(place)}", expected[place], row, {"series", "period"})


def _statuses(shown: Mapping[str, Any], held: Held, state: State, subjects: set[str]) -> None:
    notes = {event["version"]: held.text(event.get("note")) for event in held.events["plan"]}
    expected = {
        key: {**entry.value, "note": notes[entry.version] or None}
        for (key, field), entry in state.items()
        if field == "status" and key.partition("/")[2] in subjects
    }
    said = {f"{row['subject']}/{row['id']}": row for row in shown["statuses"]}
    _same_set("stati di avanzamento", set(expected), set(said))
    for key, row in said.items():
        _same_all(key, expected[key], row, {"subject", "id"})


# -- the report --------------------------------------------------------------------------------------------------------


def check_report(report: Mapping[str, Any], held: Held) -> int:
    """Each event that the report cites is there, and what a row repeats of its event is what the event says.

    What is computed (scores, rates, flags, sentences) is not repeated here. Answers how many events are cited.
    """
    by_version = {role: {event["version"]: event for event in listed} for role, listed in held.events.items()}
    values = timelines(counting(held.events["plan"], held.known["plan"]))
    cited, waiting = 0, [report]
    while waiting:
        row: Any = waiting.pop()
        if isinstance(row, dict):
            waiting += row.values()
            named = row.get("events") if isinstance(row.get("events"), list) else []
            for one in named or ():
                if one["version"] not in by_version[one["in"]]:
                    raise Failed("file_altered", "report.json", f"un evento {one['version']} di {one['in']}", "nessuno")
            cited += len(named or ())
            if named and len(named) == 1:
                _repeated(row, by_version[named[0]["in"]][named[0]["version"]], held)
        elif isinstance(row, list):
            waiting += row
    for row in report["variations"]:
        event = by_version["plan"][row["version"]]
        if event["topic"] in {"target-set", "target-revised"}:
            body = event["body"]
            entries = values[f"indicator/{body['indicator']}", f"target/{body['year']}/{body.get('ordinal', 1)}"]
            place = next(at for at, entry in enumerate(entries) if entry.version == row["version"])
            _reported(row, "after", entries[place].value, row["after"])
            _reported(row, "before", entries[place - 1].value if place else None, row["before"])
    return cited


def _repeated(row: Mapping[str, Any], event: Event, held: Held) -> None:
    said = {name: event.get(name) for name in OF_AN_EVENT} | {"retrospective": event.get("retrospective", False)}
    said["restores"] = event.get("restores") or event["body"].get("versions", [])
    for field, expected in said.items():
        if field in row:
            _reported(row, field, expected, row[field])
    if "justification" in row:
        _reported(
            row, "justification", held.text(event.get("justification") or event.get("note")), row["justification"]
        )
    if "words" in row and "redaction" in row:
        _reported(row, "words", held.text(event.get("note")), row["words"])


def _reported(row: Mapping[str, Any], field: str, expected: object, shown: object) -> None:
    if expected != shown:
        where = f"report.json, evento {row['events'][0]['version'] if row.get('events') else row['version']}, {field}"
        raise Failed("report_differs", where, f"{expected!r}, secondo gli eventi", repr(shown))


# -- comparing ---------------------------------------------------------------------------------------------------------


def _stripped(row: Any) -> Any:  # noqa: ANN401 - any JSON
    return {name: said for name, said in row.items() if said is not None} if isinstance(row, dict) else row


def _same_all(key: str, expected: Mapping[str, Any], row: Mapping[str, Any], but: set[str]) -> None:
    for field in sorted({*expected, *row} - but):
        _same(key, field, expected.get(field) or None, row.get(field) or None)


def _same(key: str, field: str, expected: object, shown: object) -> None:
    if expected != shown:
        raise Failed("plan_differs", f"{key}, {field}", f"{expected!r}, secondo gli eventi", repr(shown))


def _same_set(what: str, expected: set[str], shown: set[str]) -> None:
    if expected != shown:
        odd = min(expected ^ shown)
        raise Failed("plan_differs", what, f"{odd} {'presente' if odd in expected else 'assente'}", "il contrario")
