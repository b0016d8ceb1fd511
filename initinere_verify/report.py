"""The report of a pack, held against its events: what it cites, what it repeats of them, what its lists must hold."""

from collections.abc import Iterator, Mapping
from typing import Any

from initinere_verify.fold import Event, timelines
from initinere_verify.listed import UNVERIFIED, Lists, Row
from initinere_verify.shown import PackEvents
from initinere_verify.trees import Failed, spelling

OF_AN_EVENT = ("effective_on", "recorded_at", "cause")
"""What a row of the report repeats of its event; where its body says a field of that name, it is the one repeated."""
SECTIONS = {
    *("plan", "title", "year", "as_of", "version", "administration_version", "known_at", *UNVERIFIED),
    *("effects_of_acts", "change_rates", "official_rate", "counted_apart", "late", "proposals"),
    *("never_measured", "from_plan_before", "flags", "scores", "criteria", "deviations"),
}
"""What a report consists of."""
WITHOUT_PROPOSALS = SECTIONS - {"proposals", "separation_waived", "annulled_enactments"}
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
        if (repeats := _repeating(row, citations)) is not None:
            role, version = repeats
            _repeated(row, by_version[role][version], pack_events)
    return cited


def check_lists(report: Mapping[str, Any], pack_events: PackEvents, *, earlier: bool = False) -> None:
    """The report lists all that the events say of the year, and nothing else, each row once and as they say it.

    `earlier`: as an earlier program listed it. Its lists had the same rows and, besides, the rules of a year where the
    plan's own stream held them; yet earlier it said what the timeline held before a correction, and nothing of the
    plan before. One whose rows do not follow was altered, or told changes by other rules: a new pack says which.
    """
    without_proposals = set(report) <= WITHOUT_PROPOSALS and "proposals" not in pack_events.events
    sections = set(report) ^ (WITHOUT_PROPOSALS if without_proposals else SECTIONS)
    if "deviations" not in report:  # of a program that asked for no causes yet
        sections -= {"deviations"}
    yet_earlier = earlier and sections == {"from_plan_before"}
    if sections and not yet_earlier:
        odd = min(sections)
        raise Failed(
            "report_differs", "report.json", f"{odd} {'assente' if odd in report else 'presente'}", "il contrario"
        )
    lists = _lists(report, pack_events, earlier=earlier)
    title = timelines(lists.plan.counting)["plan", "title"][-1].value
    if not without_proposals:
        _same("proposals", lists.proposed.counts(), report["proposals"])
    _same("title", title, report["title"])
    _same("administration_version", pack_events.known["administration"], report["administration_version"])
    for name, rows in lists.rows().items():
        if name not in report:
            continue
        _same(name, [_named(row) for row in rows], [_named(row) for row in report[name]])
        for place, (row, actual) in enumerate(zip(rows, report[name], strict=True)):
            _same(f"{name}[{place}], campi", sorted({*row, *UNVERIFIED[name]}), sorted(actual))
            if yet_earlier and name == "variations":
                row["before"] = lists.values.before(lists.plan.events[row["version"] - 1])
            for field, expected in row.items():
                _same(f"{name}[{place}], {field}", expected, actual[field])


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


def _lists(report: Mapping[str, Any], pack_events: PackEvents, *, earlier: bool) -> Lists:
    about = report["year"], report["as_of"]
    return Lists(pack_events.events, pack_events.known, pack_events.texts, *about, earlier=earlier)


def _named(row: Row | Mapping[str, Any]) -> object:
    """What tells a row from the others: the events that it cites; of a text that is gone, its digest."""
    return cited_by(row) if "events" in row else row["digest"]


def _repeating(row: Mapping[str, Any], citations: list[tuple[str, int]]) -> tuple[str, int] | None:
    """The event that a row repeats: the only one that it cites, of several the one whose version it names."""
    named = [citation for citation in citations if citation[1] == row.get("version")]
    return citations[0] if len(citations) == 1 else named[0] if len(named) == 1 else None


def _repeated(row: Mapping[str, Any], event: Event, pack_events: PackEvents) -> None:
    of_body = {name: event["body"][name] for name in OF_AN_EVENT if name in event["body"]}
    repeated = (
        {name: event.get(name) for name in OF_AN_EVENT}
        | of_body
        | {
            "retrospective": event.get("retrospective", False),
            "restores": event.get("restores") or event["body"].get("versions", []),
            "justification": pack_events.text(event.get("justification") or event.get("note")),
        }
    )
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
