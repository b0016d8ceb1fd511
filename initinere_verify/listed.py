"""What the report of a year must list, from the events alone: its variations with their kinds, and what put it right.

The kinds follow docs/decisions/0003 and 0070: a change is decided on the date of its act, and changes a year under way
where that year had been approved by then.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import NamedTuple

from initinere_verify.fold import ANNULLED, Event, counting, timelines
from initinere_verify.trees import Failed

Place = tuple[str, int]
"""The day of a decision, and a version."""
LONGEST_PLAN = 100
"""Years that a plan may cover."""
OF_A_YEAR = {"target-set", "target-revised", "target-withdrawn", "objective-neutralised"}
"""Topics that change what the plan says of one year."""
OF_THE_STRUCTURE = {
    *("objective-added", "objective-reworded", "objective-moved", "objective-reweighted", "objective-reclassified"),
    *("objective-withdrawn", "objective-reinstated", "objective-merged"),
    *("indicator-added", "indicator-redefined", "indicator-reclassified", "indicator-assigned", "indicator-unassigned"),
    *("indicator-reweighted", "indicator-withdrawn", "indicator-reinstated"),
}
"""Topics that change the plan from their date on."""
CLASSIFICATION = {"objective-reclassified", "indicator-reclassified"}
MEASUREMENTS = {"measurement-recorded", "measurement-restated"}
SAID_BY_THE_OIV = {
    *("opinion-given", "remark-made", "request-made", "answer-given", "report-validated", "report-not-validated"),
    "sample-drawn",
}


class Approval(NamedTuple):
    """The approval of a year: decided when, and the append (first to last version) of the act that gave it."""

    decided_on: str
    first: int | None = None
    last: int | None = None

    def reaches(self, place: Place) -> bool:
        """Whether what stands there belongs to the state that was approved."""
        if self.first is None or self.last is None:
            return place[0] <= self.decided_on
        return self.first <= place[1] <= self.last or place <= (self.decided_on, self.last)


class PlanEvents:
    """The events of a plan up to a version, as the changes of a year are told from them."""

    def __init__(self, events: list[Event], known: int, owned: Iterable[Event]) -> None:
        self.events = events[:known]
        self.counting = counting(events, known)
        self.series = {event["body"]["series"] for event in self.counting if event["topic"] == "indicator-added"}
        dates = {e["body"]["act"]["id"]: e["body"]["act"]["date"] for e in owned if e["topic"] == "act-registered"}
        self._decided_on = {
            event["version"]: str(dates.get(event.get("act"), event["effective_on"])) for event in self.events
        }
        self.places: dict[int, Place] = {}
        for event in self.events:
            place = (self._decided_on[event["version"]], event["version"])
            restored = (event.get("restores") or [None])[0] if event.get("claim") == "correction" else None
            self.places[event["version"]] = self.places.get(restored, place) if restored is not None else place
        entries = timelines(self.counting)
        first, last = (int(entries["plan", field][-1].value) for field in ("first_year", "last_year"))
        if not 0 <= last - first < LONGEST_PLAN:
            raise Failed("plan_differs", "plan, years", f"al più {LONGEST_PLAN} anni", f"dal {first} al {last}")
        self.years = range(first, last + 1)
        given = {
            year: [entry.version for entry in entries.get(("plan", f"approved/{year}"), []) if entry.value != ANNULLED]
            for year in self.years
        }
        self.approvals: dict[int, Approval] = {}
        if any(given.values()):
            self.approvals = {
                year: self._approval(versions[-1]) if versions else Approval(f"{year:04}-01-01")
                for year, versions in given.items()
            }

    def variations(self, year: int, as_of: str) -> list[tuple[int, str]]:
        """The version and the kind of each change of a year that holds on a date, by effective date and version."""
        rows = []
        for event in self.counting:
            kind_and_year = self._kind(event) if event["effective_on"] <= as_of else None
            if kind_and_year is None:
                continue
            kind, of_year = kind_and_year
            if year in (of_year, _own_year(event)) and (kind != "drafting" or self._surfaced(event)):
                rows.append((event["effective_on"], event["version"], kind))
        return [(version, kind) for _, version, kind in sorted(rows)]

    def _approval(self, version: int) -> Approval:
        event = self.events[version - 1]
        while event.get("claim") == "correction" and event.get("restores") and event["restores"][0] < event["version"]:
            event = self.events[event["restores"][0] - 1]
        first = last = event["version"]
        while first > 1 and self.events[first - 2]["recorded_at"] == event["recorded_at"]:
            first -= 1
        while last < len(self.events) and self.events[last]["recorded_at"] == event["recorded_at"]:
            last += 1
        return Approval(self._decided_on[event["version"]], first, last)

    def _kind(self, event: Event) -> tuple[str, int] | None:
        """The kind of a change, and the year that it is of; None of an event that changes nothing of the plan."""
        if event["topic"] not in OF_A_YEAR | OF_THE_STRUCTURE:
            return None
        place = self.places[event["version"]]
        in_year = next((year for year in self._touched(event) if not self._reached(year, place)), None)
        if not self.approvals:
            kind = "drafting"
        elif event["topic"] in CLASSIFICATION:
            kind = "reclassification"
        elif in_year is not None:
            kind = "in_year_revision"
        else:
            kind = "drafting" if self.approvals[self.years[0]].reaches(place) else "rolling_update"
        return event.get("claim") or kind, _own_year(event) or in_year or int(event["effective_on"][:4])

    def _touched(self, event: Event) -> Collection[int]:
        own = _own_year(event)
        return (own,) if own else range(max(self.years.start, int(event["effective_on"][:4])), self.years.stop)

    def _reached(self, year: int, place: Place) -> bool:
        return year not in self.approvals or self.approvals[year].reaches(place)

    def _surfaced(self, event: Event) -> bool:
        """Whether it was recorded after a year was approved, by an act of before."""
        place = self.places[event["version"]]
        return any(
            approval.last is not None and place[1] > approval.last and approval.reaches(place)
            for year in self._touched(event)
            if (approval := self.approvals.get(year)) is not None
        )


def put_right(plan: PlanEvents, owned: list[Event], owned_known: int, year: int, as_of: str) -> list[tuple[str, int]]:
    """What put the record of a year right: the stream and the version of each correction, annulment and restatement."""
    of_series = [event for event in owned[:owned_known] if event["body"].get("series") in plan.series]
    return [
        *_putting_right("plan", plan.counting, plan.events, year, as_of),
        *_putting_right("administration", counting(owned, owned_known), of_series, year, as_of),
    ]


def _putting_right(
    role: str, events: Iterable[Event], righted: Iterable[Event], year: int, as_of: str
) -> Iterator[tuple[str, int]]:
    by_version = {event["version"]: event for event in righted}
    for event in events:
        restored = _restored(event)
        if restored is None or event["effective_on"] > as_of:
            continue
        if any(_year_of(by_version[v]) == year for v in restored or [event["version"]] if v in by_version):
            yield role, event["version"]


def _restored(event: Event) -> list[int] | None:
    if event["topic"] == "events-annulled":
        return list(event["body"]["versions"])
    if event["topic"] == "measurement-restated":
        return []
    return list(event.get("restores") or []) if event.get("claim") == "correction" else None


def _own_year(event: Event) -> int | None:
    return int(event["body"]["year"]) if event["topic"] in OF_A_YEAR else None


def _year_of(event: Event) -> int:
    """The year that an event concerns: the one that it speaks of, else that of its date."""
    if event["topic"] in MEASUREMENTS:
        return int(event["body"]["period"][:4])
    return _own_year(event) or int(event["effective_on"][:4])


def said_by_the_oiv(reviews: Iterable[Event], as_of: str) -> list[int]:
    """The versions of what the OIV said and drew, and was answered, among the events of a review that count."""
    return [e["version"] for e in reviews if e["topic"] in SAID_BY_THE_OIV and e["effective_on"] <= as_of]


def opinions_on(reviews: Iterable[Event], as_of: str) -> Mapping[int, list[int]]:
    """The versions of the opinions on each event of the plan."""
    opinions: dict[int, list[int]] = {}
    for event in reviews:
        if event["topic"] == "opinion-given" and event["effective_on"] <= as_of:
            for version in event["body"].get("versions") or ():
                opinions.setdefault(version, []).append(event["version"])
    return opinions


def overrides(plan: PlanEvents, year: int, as_of: str) -> list[int]:
    """The versions of the scores of a year that were forced."""
    return [
        event["version"]
        for event in plan.counting
        if event["topic"] == "score-overridden" and event["body"]["year"] == year and event["effective_on"] <= as_of
    ]


def redacted_digests(streams: Iterable[Iterable[Event]]) -> list[str]:
    """The texts that orders in some streams removed, each by its digest."""
    removed: set[str] = set()
    for events in streams:
        for event in events:
            if event["topic"] == "text-redacted":
                removed.update(event["body"]["digests"])
    return sorted(removed)
