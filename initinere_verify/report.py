"""The report of a pack, held against its events: what it cites, what it repeats of them, what its lists must hold."""

from collections.abc import Iterator, Mapping
from typing import Any

from initinere_verify.fold import Event, timelines
from initinere_verify.listed import UNVERIFIED, Lists, Row
from initinere_verify.shown import PackEvents
from initinere_verify.trees import Failed, spelling

OF_AN_EVENT = ("effective_on", "recorded_at", "cause")
"""What a row of the report repeats of its event."""
SECTIONS = {
    *("plan", "title", "year", "as_of", "version", "administration_version", "known_at", *UNVERIFIED),
    *("effects_of_acts", "change_rates", "official_rate", "counted_apart", "late", "proposals"),
    *("never_measured", "from_plan_before", "flags", "scores", "criteria"),
}
"""What a report consists of."""
WITHOUT_PROPOSALS = SECTIONS - {"proposals", "separation_waived"}
"""What a report consists of that was made by a program without proposals: of a record that has none."""


def check_report(report: Mapping[str, Any], pack_events: PackEvents) -> int:
    """Each event that the report cites is there, and what a row repeats of its event is what the event says.

    What is computed (scores, rates, flags, sentences) is not repeated here. Answers how many events are cited.
    """
    by_version = {role: {event["version"]: event for event in listed} for role, listed in pack_events.events.items()}
    cited = 0
    for row in citing_rows(report):
        citations = cited_by(row)
        for role, version in citations:
            if version not in by_version[role]:
                raise Failed("file_altered", "report.json", f"un evento {version} di {role}", "nessuno")
        cited += len(citations)
        if len(citations) == 1:
            role, version = citations[0]
            _repeated(row, by_version[role][version], pack_events)
    return cited


def check_targets(report: Mapping[str, Any], pack_events: PackEvents) -> None:
    """Before and after of each target that an earlier program's report says to have changed."""
    values = _lists(report, pack_events).values
    plan_events = {event["version"]: event for event in pack_events.events["plan"]}
    for row in report["variations"]:
        event = plan_events[row["version"]]
        if event["topic"] in {"target-set", "target-revised"}:
            before, after = values.of(event)
            if "from_plan_before" not in report:  # yet earlier, it said what the timeline held before a correction
                before = values.before(event)
            _reported(row, "after", after, row["after"])
            _reported(row, "before", before, row["before"])


def check_lists(report: Mapping[str, Any], pack_events: PackEvents) -> None:
    """The report lists all that the events say of the year, and nothing else, each row once and as they say it."""
    lists = _lists(report, pack_events)
    earlier = set(report) == WITHOUT_PROPOSALS and "proposals" not in pack_events.events
    if not earlier and (sections := set(report) ^ SECTIONS):
        odd = min(sections)
        raise Failed(
            "report_differs", "report.json", f"{odd} {'assente' if odd in report else 'presente'}", "il contrario"
        )
    title = timelines(lists.plan.counting)["plan", "title"][-1].value
    if not earlier:
        _same("proposals", lists.proposed.counts(), report["proposals"])
    _same("title", title, report["title"])
    _same("administration_version", pack_events.known["administration"], report["administration_version"])
    for name, rows in lists.rows().items():
        if name not in report:
            continue
        _same(name, [_named(row) for row in rows], [_named(row) for row in report[name]])
        for place, (row, actual) in enumerate(zip(rows, report[name], strict=True)):
            _same(f"{name}[{place}], campi", sorted({*row, *UNVERIFIED[name]}), sorted(actual))
            for field, expected in row.items():
                _same(f"{name}[{place}], {field}", expected, actual[field])


def omitted(report: Mapping[str, Any], pack_events: PackEvents) -> str:
    """Which events the lists of an earlier program's report leave out, by the rules of today, in words."""
    left_out: list[str] = []
    for name, rows in _lists(report, pack_events).rows().items():
        if name == "redactions" or name not in report:
            continue
        wanted, listed = ({citation for row in of for citation in cited_by(row)} for of in (rows, report[name]))
        if missing := sorted(wanted - listed):
            left_out.append(f"{name}: " + ", ".join(f"{role} {version}" for role, version in missing))
    return "; ".join(left_out)


def citations(report: object) -> set[tuple[str, int]]:
    """Every event that a report cites: the role of its stream, and its version."""
    return {citation for row in citing_rows(report) for citation in cited_by(row)}


def citing_rows(report: object) -> Iterator[Mapping[str, Any]]:
    """Each row of a report, at whatever depth, that cites events."""
    waiting = [report]
    while waiting:
        node: Any = waiting.pop()
        if isinstance(node, dict):
            waiting += node.values()
            if isinstance(node.get("events"), list):
                yield node
        elif isinstance(node, list):
            waiting += node


def cited_by(row: Mapping[str, Any]) -> list[tuple[str, int]]:
    """The events that a row cites."""
    return [(citation["in"], citation["version"]) for citation in row["events"]]


def _lists(report: Mapping[str, Any], pack_events: PackEvents) -> Lists:
    return Lists(pack_events.events, pack_events.known, pack_events.texts, report["year"], report["as_of"])


def _named(row: Row | Mapping[str, Any]) -> object:
    """What tells a row from the others: the events that it cites; of a text that is gone, its digest."""
    return cited_by(row) if "events" in row else row["digest"]


def _repeated(row: Mapping[str, Any], event: Event, pack_events: PackEvents) -> None:
    repeated = {name: event.get(name) for name in OF_AN_EVENT} | {
        "retrospective": event.get("retrospective", False),
        "restores": event.get("restores") or event["body"].get("versions", []),
        "justification": pack_events.text(event.get("justification") or event.get("note")),
    }
    if "redaction" in row:
        repeated["words"] = pack_events.text(event.get("note"))
    for field, expected in repeated.items():
        if field in row:
            _reported(row, field, expected, row[field])


def _reported(row: Mapping[str, Any], field: str, expected: object, actual: object) -> None:
    if expected != actual:
        where = f"report.json, evento {row['events'][0]['version'] if row.get('events') else row['version']}, {field}"
        raise Failed("report_differs", where, f"{expected!r}, secondo gli eventi", repr(actual))


def _same(where: str, expected: object, actual: object) -> None:
    if spelling(expected) != spelling(actual):
        raise Failed("report_differs", f"report.json, {where}", f"{expected!r}, secondo gli eventi", repr(actual))
