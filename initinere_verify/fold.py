"""A naive fold: the plan, from the bytes of its events and nothing else, annulments included.

state = for each field of each object, the value of the event with the greatest effective date not after `as_of` and,
among equals, the greatest version, of the events up to version `known` that were not annulled by then.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from initinere_verify.trees import Failed

Event = dict[str, Any]
State = dict[tuple[str, str], Any]


def facts(event: Event) -> Iterator[tuple[str, str, Any]]:
    """What an event says of which field of which object; an event of another kind says nothing of the plan."""
    topic, body = event["topic"], event["body"]
    noun = topic.partition("-")[0]
    key = f"{noun}/{body.get(noun)}"
    card = body.get("card") or {}
    place = f"assignment/{body.get('indicator')}/{body.get('objective')}"
    target = f"target/{body.get('year')}/{body.get('ordinal', 1)}"
    match topic:
        case "plan-drafted":
            yield from (("plan", field, value) for field, value in body.items() if field != "plan")
        case "plan-approved" | "year-approved":
            yield "plan", f"approved/{body['year']}", True
        case "year-closed":
            yield "plan", f"closed/{body['year']}", True
        case "plan-succeeded":
            yield "plan", "succeeded_by", body["by"]
        case "objective-added":
            yield key, "life", "in_force"
            yield from (
                (key, field, value) for field, value in body.items() if field != "objective" and value not in ([], {})
            )
        case "objective-reworded" | "objective-moved" | "objective-reweighted" | "objective-reclassified":
            yield from ((key, field, value) for field, value in body.items() if field != "objective")
        case "objective-withdrawn" | "indicator-withdrawn":
            yield key, "life", "withdrawn"
        case "objective-reinstated" | "indicator-reinstated":
            yield key, "life", "in_force"
        case "objective-merged":
            yield key, "life", f"merged_into:{body['into']}"
        case "objective-neutralised":
            yield key, f"neutralised/{body['year']}", True
        case "objective-condition-met":
            yield key, "condition_met", True
        case "indicator-added":
            yield key, "life", "in_force"
            yield key, "series", body["series"]
            yield from ((key, field, value) for field, value in card.items())
        case "indicator-redefined" | "indicator-reclassified":
            yield from ((key, field, value) for field, value in card.items())
        case "indicator-assigned":
            yield place, "life", "in_force"
            yield place, "weight", body.get("weight")
            yield place, "feeds", body.get("feeds")
        case "indicator-unassigned":
            yield place, "life", "withdrawn"
        case "indicator-reweighted":
            yield place, "weight", body.get("weight")
        case "target-set" | "target-revised" | "target-reference-resolved":
            yield f"indicator/{body['indicator']}", target, body["target"]
        case "target-withdrawn":
            yield f"indicator/{body['indicator']}", target, None
        case "measurement-recorded" | "measurement-restated":
            yield (
                f"series/{body['series']}",
                body["period"],
                {k: v for k, v in body.items() if k not in {"series", "period", "before"}},
            )
        case "act-registered":
            yield f"act/{body['act']['id']}", "act", body["act"]
        case _:
            return


def fold(events: Iterable[Event], as_of: str, known: int) -> State:
    """The state of a stream as of a date, as known at a version."""
    kept = [event for event in events if event["version"] <= known]
    left_out: set[int] = set()
    for event in reversed(kept):  # an annulment names earlier events only: the last decides first
        if event["topic"] == "events-annulled" and event["version"] not in left_out:
            left_out.update(event["body"]["versions"])
    state: dict[tuple[str, str], tuple[str, int, Any]] = {}
    for event in kept:
        if event["version"] in left_out or event["effective_on"] > as_of:
            continue
        for object_, field, value in facts(event):
            held = state.get((object_, field))
            if held is None or held[0] <= event["effective_on"]:
                state[object_, field] = (event["effective_on"], event["version"], value)
    return {cell: value for cell, (_, _, value) in state.items()}


def check_plan(shown: dict[str, Any], plan: list[Event], owner: list[Event], known: dict[str, int]) -> int:
    """Holds a plan document against the events that it claims to come from; Failed at the first value that differs.

    `known` is the version of each stream; answers how many objectives, indicators and measurements were compared.
    """
    as_of = shown["as_of"]
    state = fold(plan, as_of, known["plan"])
    observed = fold(owner, as_of, known["administration"])
    alive = {one for kind, one in _ids(state) if kind == "objective" and _alive(state, one)}
    places: dict[str, list[str]] = {}
    for (key, field), value in state.items():
        kind, _, rest = key.partition("/")
        indicator, _, objective = rest.partition("/")
        assigned = (kind, field, value) == ("assignment", "life", "in_force") and objective in alive
        if assigned and state.get((f"indicator/{indicator}", "life")) == "in_force":
            places.setdefault(indicator, []).append(objective)
    _same_set("obiettivi in vigore", alive, {row["id"] for row in shown["objectives"]})
    _same_set("indicatori in vigore", set(places), {row["id"] for row in shown["indicators"]})
    for field in ("title", "first_year", "last_year", "succeeded_by"):
        _same("plan", field, state.get(("plan", field)), shown["plan"].get(field))
    for row in shown["objectives"]:
        _objective(state, row)
    for row in shown["indicators"]:
        _indicator(state, row, places[row["id"]])
    for row in shown.get("measurements", ()):
        value = observed.get((f"series/{row['series']}", row["period"])) or {}
        for field, said in value.items():
            _same(f"series/{row['series']} {row['period']}", field, said, row.get(field))
    return len(alive) + len(places) + len(shown.get("measurements", ()))


def _ids(state: State) -> set[tuple[str, str]]:
    return {(key.partition("/")[0], key.partition("/")[2]) for key, _ in state}


def _alive(state: State, objective: str) -> bool:
    seen: set[str] = set()
    current: str | None = objective
    while current is not None:
        if current in seen or state.get((f"objective/{current}", "life")) != "in_force":
            return False
        seen.add(current)
        current = state.get((f"objective/{current}", "parent"))
    return True


def _objective(state: State, row: dict[str, Any]) -> None:
    key = f"objective/{row['id']}"
    _same(
        key,
        "neutralised",
        [y for y in range(1900, 2200) if state.get((key, f"neutralised/{y}"))],
        row.get("neutralised", []),
    )
    for field in {name for k, name in state if k == key} | set(row):
        if field not in {"id", "life", "status", "neutralised"} and not field.startswith("neutralised/"):
            _same(key, field, state.get((key, field)) or None, row.get(field) or None)


def _indicator(state: State, row: dict[str, Any], objectives: list[str]) -> None:
    key = f"indicator/{row['id']}"
    rows = row.get("assignments") or [row]
    _same_set(f"{key} obiettivi", set(objectives), {one["objective"] for one in rows})
    for one in rows:
        place = f"assignment/{row['id']}/{one['objective']}"
        for field in ("weight", "feeds"):
            _same(place, field, state.get((place, field)), one.get(field))
    targets = {f"target/{one['year']}/{one['ordinal']}": one for one in row["targets"]}
    fields = {field for k, field in state if k == key}
    _same_set(f"{key} target", {f for f in fields if f.startswith("target/") and state[key, f]}, set(targets))
    for field, shown in targets.items():
        for name, value in state[key, field].items():
            _same(f"{key} {field}", name, value, shown.get(name))
    for field in fields | set(row) - {"id", "objective", "weight", "feeds", "assignments", "targets"}:
        if field not in {"life", "status"} and not field.startswith("target/"):
            _same(key, field, state.get((key, field)), row.get(field))


def _same(key: str, field: str, expected: object, shown: object) -> None:
    if expected != shown:
        raise Failed("plan_differs", f"{key}, {field}", f"{expected!r}, secondo gli eventi", repr(shown))


def _same_set(what: str, expected: set[str], shown: set[str]) -> None:
    if expected != shown:
        odd = min(expected ^ shown)
        raise Failed("plan_differs", what, f"{odd} {'presente' if odd in expected else 'assente'}", "il contrario")
