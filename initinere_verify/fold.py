"""A naive fold: the plan, from the bytes of its events and nothing else, annulments included.

state = for each field of each object, the value of the event with the greatest effective date not after `as_of` and,
among equals, the greatest version, of the events up to version `known` that were not annulled by then.
"""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

Event = dict[str, Any]
Cell = tuple[str, str]


class Entry(NamedTuple):
    """One value of a field: from when on it holds, and the event that says so."""

    effective_on: str
    version: int
    value: Any


State = dict[Cell, Entry]
ANNULLED = "annulled"
"""The value of an approval, or of a closing, that an act annulled."""


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
        case "plan-amended":
            yield from (("plan", field, value) for field, value in body.items() if field != "objectives")
            renamed = (body.get("objectives") or {}).items()
            yield from ((f"objective/{objective}", "level", level) for level, of in renamed for objective in of)
        case "plan-approved" | "year-approved":
            yield "plan", f"approved/{body['year']}", True
        case "year-closed":
            yield "plan", f"closed/{body['year']}", True
        case "approval-annulled":
            yield "plan", f"approved/{body['year']}", ANNULLED
        case "closing-annulled":
            yield "plan", f"closed/{body['year']}", ANNULLED
        case "plan-succeeded":
            yield "plan", "succeeded_by", body["by"]
        case "measurement-system-adopted":
            yield "plan", f"system/{body['year']}", body["system"]
        case "administration-system-adopted":
            yield "administration", f"system/{body['year']}", body["system"]
        case "objective-added":
            yield key, "life", "in_force"
            yield from (
                (key, field, value) for field, value in body.items() if field != "objective" and value not in ([], {})
            )
        case (
            "objective-reworded"
            | "objective-moved"
            | "objective-reweighted"
            | "objective-reclassified"
            | "objective-redefined"
        ):
            yield from ((key, field, value) for field, value in body.items() if field != "objective")
        case "objective-withdrawn" | "indicator-withdrawn":
            yield key, "life", "withdrawn"
        case "objective-reinstated" | "indicator-reinstated":
            yield key, "life", "in_force"
        case "objective-merged":
            yield key, "life", f"merged_into:{body['into']}"
        case "objective-neutralised":
            yield key, f"neutralised/{body['year']}", True
        case "objective-condition-met" | "objective-condition-failed":
            yield key, "condition_met", topic == "objective-condition-met"
        case "tree-node-stated" | "tree-node-reweighted":
            node = f"tree/{body['tree']}/{body['node']}"
            if topic == "tree-node-stated":
                yield node, "life", "in_force"
            yield from ((node, field, value) for field, value in body.items() if field not in {"tree", "node"})
        case "tree-node-withdrawn":
            yield f"tree/{body['tree']}/{body['node']}", "life", "withdrawn"
        case "indicator-added":
            yield key, "life", "in_force"
            yield key, "series", body["series"]
            yield from ((key, field, value) for field, value in card.items())
        case "indicator-polarity-stated":
            yield key, "polarity", body["polarity"]
            yield key, "polarity_basis", "stated"
        case "indicator-redefined" | "indicator-reclassified":
            yield from ((key, field, value) for field, value in card.items())
        case "indicator-assigned":
            yield place, "life", "in_force"
            yield place, "weight", body.get("weight")
            yield place, "feeds", body.get("feeds")
        case "indicator-unassigned":
            yield place, "life", "withdrawn"
        case "indicator-feeds-changed":
            yield place, "feeds", body["feeds"]
        case "indicator-reweighted":
            yield place, "weight", body.get("weight")
        case "target-set" | "target-revised" | "target-reference-resolved" | "target-interpreted":
            yield f"indicator/{body['indicator']}", target, body["target"]
        case "target-withdrawn":
            yield f"indicator/{body['indicator']}", target, None
        case "measurement-recorded" | "measurement-restated":
            yield (
                f"series/{body['series']}",
                body["period"],
                {k: v for k, v in body.items() if k not in {"series", "period", "before"}},
            )
        case "status-reported":
            report = {name: value for name, value in body.items() if name not in {"subject", "id"}}
            yield f"{body['subject']}/{body['id']}", "status", report
        case "benchmark-published" | "benchmark-restated":
            told = {
                name: body[name] for name in ("value", "unit", "published_on", "source") if body.get(name) is not None
            }
            yield f"benchmark/{body['series']}", f"{body['whose']}/{body['period']}", told
        case "deviation-explained":
            cause = {name: body[name] for name in ("cause", "explained_on")}
            yield f"{body['subject']}/{body['id']}", f"deviation/{body['period']}", cause
        case "corrective-action-planned" | "corrective-action-rescheduled" | "corrective-action-ended":
            step = {"planned": "planned", "rescheduled": "scheduled", "ended": "ended"}[topic.rpartition("-")[2]]
            yield f"corrective-action/{body['action']}", step, {n: v for n, v in body.items() if n != "action"}
        case "administration-registered" | "administration-renamed":
            yield from (("administration", field, value) for field, value in body.items() if field != "administration")
        case "office-registered" | "office-renamed":
            yield key, "life", "in_force"
            yield from ((key, field, body[field]) for field in ("name", "aliases"))
        case "office-closed":
            yield key, "life", "withdrawn"
        case "act-registered":
            yield f"act/{body['act']['id']}", "act", body["act"]
        case "layout-remembered":
            yield "administration", "layout", body["lines"]
        case "act-completed":
            yield from ((f"act/{body['act']}", name, value) for name, value in body.items() if name != "act")
        case _:
            return


def counting(events: Iterable[Event], known: int) -> list[Event]:
    """The events up to a version that were not annulled by then."""
    known_events = [event for event in events if event["version"] <= known]
    left_out: set[int] = set()
    for event in reversed(known_events):  # an annulment names earlier events only: the last decides first
        if event["topic"] == "events-annulled" and event["version"] not in left_out:
            left_out.update(event["body"]["versions"])
    return [event for event in known_events if event["version"] not in left_out]


def timelines(events: Iterable[Event]) -> dict[Cell, list[Entry]]:
    """Every value that each field of each object has had, by effective date and, among equals, by version."""
    entries_by_cell: dict[Cell, list[Entry]] = {}
    for event in events:
        for object_, field, value in facts(event):
            entries_by_cell.setdefault((object_, field), []).append(
                Entry(event["effective_on"], event["version"], value)
            )
    return {cell: sorted(entries, key=lambda entry: entry[:2]) for cell, entries in entries_by_cell.items()}


def fold(events: Iterable[Event], as_of: str, known: int) -> State:
    """The state of a stream as of a date, as known at a version."""
    state: State = {}
    for cell, entries in timelines(counting(events, known)).items():
        reached = [entry for entry in entries if entry.effective_on <= as_of]
        if reached:
            state[cell] = reached[-1]
    return state
