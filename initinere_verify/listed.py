"""What the report of a year must list, from the events alone: its variations, what put it right, what the OIV said.

The kinds follow docs/decisions/0003 and 0070: a change is decided on the date of its act, and changes a year under way
where that year had been approved by then.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from initinere_verify.fold import ANNULLED, Event, counting, facts, timelines
from initinere_verify.proposed import JUDGEMENTS, Proposed
from initinere_verify.trees import Failed

Row = dict[str, Any]

Place = tuple[str, int]
"""The day of a decision, and a version."""
LONGEST_PLAN = 100
"""Years that a plan may cover."""
OF_A_YEAR = {"target-set", "target-revised", "target-withdrawn", "objective-neutralised"}
"""Topics that change what the plan says of one year."""
OF_A_YEAR_BEFORE = "measurement-system-adopted"
"""What earlier programs counted among the changes of a year too: the rules of the year, which were the plan's own."""
OF_THE_STRUCTURE = {
    *("objective-added", "objective-reworded", "objective-moved", "objective-reweighted", "objective-reclassified"),
    *("objective-redefined", "objective-withdrawn", "objective-reinstated", "objective-merged", "plan-amended"),
    *("indicator-added", "indicator-redefined", "indicator-reclassified", "indicator-assigned", "indicator-unassigned"),
    *("indicator-reweighted", "indicator-feeds-changed", "indicator-withdrawn", "indicator-reinstated"),
    *("tree-node-stated", "tree-node-reweighted", "tree-node-withdrawn"),
}
"""Topics that change the plan from their date on."""
CLASSIFICATION = {"objective-reclassified", "indicator-reclassified", "tree-node-stated", "tree-node-withdrawn"}
ASPECTS = {
    **dict.fromkeys(("target-set", "target-revised", "target-withdrawn"), "target"),
    **dict.fromkeys(("objective-added", "objective-moved", "objective-reinstated", "indicator-added"), "structure"),
    **dict.fromkeys(("indicator-assigned", "indicator-reinstated"), "structure"),
    **dict.fromkeys(
        ("objective-withdrawn", "objective-merged", "indicator-withdrawn", "indicator-unassigned"), "withdrawal"
    ),
    **dict.fromkeys(("objective-reweighted", "indicator-reweighted", "tree-node-reweighted"), "weight"),
    **dict.fromkeys(CLASSIFICATION, "classification"),
    "indicator-feeds-changed": "feeds",
    "objective-redefined": "card",
    "objective-reworded": "wording",
    "objective-neutralised": "neutralisation",
    OF_A_YEAR_BEFORE: "rules",
}
"""What each topic touches; a card that is redefined and a plan that is amended, by the fields that they name."""
NAMES_OF_LEVELS = {"levels", "objectives"}
"""The fields of a plan that is amended which only name its levels otherwise."""
FEMININE = ("giunta", "camera", "commissione", "direzione", "presidenza", "segreteria")
UNVERIFIED = {
    "variations": {"what", "objectives", "direction", "known", "score", "change_rate"},
    "corrections": {"what"},
    "overrides": {"what"},
    "acts_of_the_oiv": {"what"},
    "redactions": set[str](),
    "rejected_proposals": set[str](),
    "annulled_enactments": set[str](),
    "separation_waived": {"what"},
}
"""Fields of the rows that are signed and not recomputed: sentences, and what follows from rules or from figures."""
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

    def __init__(self, events: list[Event], known: int, owned: Iterable[Event], *, earlier: bool = False) -> None:
        self._of_a_year = OF_A_YEAR | ({OF_A_YEAR_BEFORE} if earlier else set())
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
            if year in (of_year, self._own_year(event)) and (kind != "drafting" or self._surfaced(event)):
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
        if event["topic"] not in self._of_a_year | OF_THE_STRUCTURE:
            return None
        place = self.places[event["version"]]
        in_year = next((year for year in self._touched(event) if not self._reached(year, place)), None)
        if not self.approvals:
            kind = "drafting"
        elif aspect_of(event) == "classification":
            born = event["version"] <= (self.approvals[self.years[0]].last or 0)
            kind = "drafting" if born else "reclassification"
        elif in_year is not None:
            kind = "in_year_revision"
        else:
            kind = "drafting" if self.approvals[self.years[0]].reaches(place) else "rolling_update"
        return event.get("claim") or kind, self._own_year(event) or in_year or int(event["effective_on"][:4])

    def _touched(self, event: Event) -> Collection[int]:
        own = self._own_year(event)
        return (own,) if own else range(max(self.years.start, int(event["effective_on"][:4])), self.years.stop)

    def _own_year(self, event: Event) -> int | None:
        return int(event["body"]["year"]) if event["topic"] in self._of_a_year else None

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


class Lists:
    """The rows that the report of a year must have, as known and on a date; `texts` are the words that remain.

    `earlier` is the form of what an earlier program listed.
    """

    def __init__(
        self,
        streams: Mapping[str, list[Event]],
        known: Mapping[str, int],
        texts: Mapping[str, str | None],
        year: int,
        as_of: str,
        *,
        earlier: bool = False,
    ) -> None:
        self.year, self.as_of, self.texts = year, as_of, texts
        self.owned = streams["administration"]
        self.owned_known = known["administration"]
        self.plan = PlanEvents(streams["plan"], known["plan"], self.owned, earlier=earlier)
        self.values = Values(self.plan)
        self.reviews = counting(streams.get("review", []), known.get("review", 0))
        self.acts = {
            event["body"]["act"]["id"]: act_words(event["body"]["act"])
            for event in self.owned[: self.owned_known]
            if event["topic"] == "act-registered"
        }
        self.orders = {
            digest: {
                "on": event["effective_on"],
                "act": event.get("act"),
                "stream": event["stream"],
                "version": event["version"],
            }
            for role in ("plan", "administration", "review", "proposals")
            for event in streams.get(role, [])
            if event["topic"] == "text-redacted"
            for digest in event["body"]["digests"]
        }

        proposals = streams.get("proposals", [])[: known.get("proposals", 0)]
        self.proposed = Proposed(
            proposals, self.reviews, as_of, self._text, lambda digest: self.orders.get(digest or "")
        )

    def rows(self) -> dict[str, list[Row]]:
        """Of each list its rows, without the fields of `UNVERIFIED`."""
        return {
            "variations": self._variations(),
            "corrections": self._corrections(),
            "overrides": self._overrides(),
            "acts_of_the_oiv": self._acts_of_the_oiv(),
            "redactions": [{"digest": digest, **order} for digest, order in sorted(self.orders.items())],
            "rejected_proposals": self.proposed.rejected(self._act),
            "annulled_enactments": self.proposed.annulled(
                {"plan": self.plan.events, "administration": self.owned[: self.owned_known]}, self._act
            ),
            "separation_waived": self.proposed.waived(),
        }

    def _variations(self) -> list[Row]:
        opinions = opinions_on(self.reviews, self.as_of)
        rows = []
        for version, kind in self.plan.variations(self.year, self.as_of):
            event = self.plan.events[version - 1]
            before, after = self.values.of(event)
            rows.append(
                {
                    "version": version,
                    "kind": kind,
                    "aspect": aspect_of(event),
                    "indicator": event["body"].get("indicator"),
                    "before": before,
                    "after": after,
                    "act": self._act(event),
                    "cause": event.get("cause"),
                    "justification": self._text(event.get("justification")),
                    "redaction": self.orders.get(event.get("justification")),
                    "effective_on": event["effective_on"],
                    "recorded_at": event["recorded_at"],
                    "retrospective": event.get("retrospective", False),
                    "opinions": [
                        {
                            "opinion": opinion["body"]["opinion"],
                            "judgement": JUDGEMENTS[opinion["body"]["judgement"]],
                            "words": self._text(opinion.get("note")),
                            "events": _citing("review", opinion),
                        }
                        for opinion in opinions.get(version, [])
                    ],
                    "events": _citing("plan", event),
                }
            )
        return rows

    def _corrections(self) -> list[Row]:
        return [
            {
                "restores": _restored(event),
                "effective_on": event["effective_on"],
                "recorded_at": event["recorded_at"],
                "justification": self._text(event.get("justification") or event.get("note")),
                "events": _citing(role, event),
            }
            for role, event in put_right(self.plan, self.owned, self.owned_known, self.year, self.as_of)
        ]

    def _overrides(self) -> list[Row]:
        return [
            {
                "calculated": plain(event["body"].get("calculated")),
                "forced": plain(event["body"]["forced"]),
                "act": self._act(event),
                "justification": self._text(event.get("justification")),
                "events": _citing("plan", event),
            }
            for event in self.plan.counting
            if event["topic"] == "score-overridden"
            and event["body"]["year"] == self.year
            and event["effective_on"] <= self.as_of
        ]

    def _acts_of_the_oiv(self) -> list[Row]:
        return [
            {
                "kind": event["topic"],
                "on": event["effective_on"],
                "words": self._text(event.get("note")),
                "redaction": self.orders.get(event.get("note")),
                "seed": event["body"]["seed"] if event["topic"] == "sample-drawn" else None,
                "drawn": event["body"]["drawn"] if event["topic"] == "sample-drawn" else None,
                "events": _citing("review", event),
            }
            for event in self.reviews
            if event["topic"] in SAID_BY_THE_OIV and event["effective_on"] <= self.as_of
        ]

    def _text(self, digest: str | None) -> str | None:
        return self.texts.get(digest) if digest else None

    def _act(self, event: Event) -> str | None:
        act = event.get("act")
        return self.acts.get(act, act) if act else None


class Values:
    """What each event found in the fields that it speaks of, and what it left there."""

    def __init__(self, plan: "PlanEvents") -> None:
        self._plan = plan
        self._before: dict[tuple[str, str, int], Any] = {}
        for (object_, field), entries in timelines(plan.counting).items():
            before = None
            for entry in entries:
                self._before[object_, field, entry.version] = before
                before = entry.value

    def of(self, event: Event) -> tuple[Any, Any]:
        """Before and after: one value, or one a field; before a correction of a target stands the one that it restores."""
        after = {field: value for _, field, value in facts(event)}
        restored = self._restored_target(event)
        before = self.before(event) if restored is None else restored["body"]["target"]
        return before, next(iter(after.values())) if len(after) == 1 else after

    def before(self, event: Event) -> Any:  # noqa: ANN401 - any JSON
        """What the timelines hold before an event: one value, or one a field."""
        before = {field: self._before.get((object_, field, event["version"])) for object_, field, _ in facts(event)}
        if len(before) == 1:
            return next(iter(before.values()))
        return {field: value for field, value in before.items() if value is not None} or None

    def _restored_target(self, event: Event) -> Event | None:
        if event.get("claim") != "correction" or not event.get("restores"):
            return None
        restored: Event = self._plan.events[event["restores"][0] - 1]
        if restored["topic"] not in {"target-set", "target-revised"} or list(facts(restored)) == list(facts(event)):
            return None
        return restored


def act_words(act: Mapping[str, Any]) -> str:
    """An act as it is cited: kind, body, number, date."""
    body = str(act.get("body") or "")
    first = body.partition(" ")[0].casefold()
    of = "della " if first in FEMININE else "dell'" if first[:1] in tuple("aeiou") else "del "
    of_body = "" if not body or body.casefold() in act["type"] else f" {of}{body}"
    number = f" n. {act['number']}" if act.get("number") else ""
    year, month, day = act["date"].split("-")
    return f"{act['type']}{of_body}{number} del {day}/{month}/{year}" + (
        " (data presunta)" if act.get("assumed") else ""
    )


def plain(number: str | None) -> str | None:
    """A decimal number without the zeros that say nothing."""
    if number is None:
        return None
    text = format(Decimal(str(number)), "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in {"-0", ""} else text


def aspect_of(event: Event) -> str:
    """What a change touches: by its topic, else by the fields that it names."""
    if event["topic"] == "indicator-redefined":
        card = event["body"].get("card") or {}
        return "formula" if "formula" in card else "wording" if "name" in card else "card"
    if event["topic"] == "plan-amended":
        return "classification" if set(event["body"]) <= NAMES_OF_LEVELS else "card"
    return ASPECTS[event["topic"]]


def _citing(role: str, event: Event) -> list[Row]:
    return [{"in": role, "version": event["version"]}]


def put_right(plan: PlanEvents, owned: list[Event], owned_known: int, year: int, as_of: str) -> list[tuple[str, Event]]:
    """What put the record of a year right: each correction, annulment and restatement, and the role of its stream."""
    of_series = [event for event in owned[:owned_known] if event["body"].get("series") in plan.series]
    return [
        *_putting_right("plan", plan.counting, plan.events, year, as_of),
        *_putting_right("administration", counting(owned, owned_known), of_series, year, as_of),
    ]


def _putting_right(
    role: str, events: Iterable[Event], righted: Iterable[Event], year: int, as_of: str
) -> Iterator[tuple[str, Event]]:
    by_version = {event["version"]: event for event in righted}
    for event in events:
        restored = _restored(event)
        if restored is None or (event["effective_on"] > as_of and event["topic"] != "events-annulled"):
            continue  # what an annulment left out is gone at whatever date: it is a matter of what is known
        if any(_year_of(by_version[v]) == year for v in restored or [event["version"]] if v in by_version):
            yield role, event


def _restored(event: Event) -> list[int] | None:
    if event["topic"] == "events-annulled":
        return list(event["body"]["versions"])
    if event["topic"] == "measurement-restated":
        return []
    return list(event.get("restores") or []) if event.get("claim") == "correction" else None


def _year_of(event: Event) -> int:
    """The year that an event concerns: the one that it speaks of, else that of its date."""
    if event["topic"] in MEASUREMENTS:
        return int(event["body"]["period"][:4])
    return int(event["body"]["year"] if event["topic"] in OF_A_YEAR else event["effective_on"][:4])


def opinions_on(reviews: Iterable[Event], as_of: str) -> Mapping[int, list[Event]]:
    """The opinions on each event of the plan, by its version."""
    opinions: dict[int, list[Event]] = {}
    for event in reviews:
        if event["topic"] == "opinion-given" and event["effective_on"] <= as_of:
            for version in dict.fromkeys(event["body"].get("versions") or ()):
                opinions.setdefault(version, []).append(event)
    return opinions
