"""What a report must say of the proposals of a plan, from the events alone: how many came to what, the rejected ones, exceptions."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from initinere_verify.fold import ANNULLED, Event, counting, timelines

Row = dict[str, Any]
BECOMES = {
    "proposal-drafted": "draft",
    "proposal-amended": "draft",
    "proposal-submitted": "submitted",
    "proposal-withdrawn": "withdrawn",
    "proposal-rejected": "rejected",
    "proposal-enacted": "enacted",
}
"""What becomes of a proposal by each topic; any other leaves it as it was."""
TEXTS = {"proposal-drafted", "proposal-amended"}
"""Topics that put a change file into a proposal."""
OF_A_PROPOSAL = {*BECOMES, "proposal-commented", "proposal-opinion-asked"}
ON_THE_WAY = {
    "act-registered",
    "act-completed",
    "layout-remembered",
    "office-registered",
    "office-renamed",
    "office-closed",
    "events-annulled",
}
"""Topics of what an enactment records on the way: it stays where what it came with is left out."""
PUT_RIGHT = {"corrected", "dated_by_act"}
"""Reasons of an annulment after which what it names is recorded again."""
JUDGEMENTS = {"favourable": "favorevole", "conditional": "favorevole con osservazioni", "contrary": "contrario"}


class Proposed:
    """The proposals of a plan that hold on a date, and what the OIV said of them; `text` and `order` read what lies beside an event."""

    def __init__(
        self,
        proposals: Iterable[Event],
        reviews: Iterable[Event],
        as_of: str,
        text: Callable[[str | None], str | None],
        order: Callable[[str | None], Row | None],
    ) -> None:
        self._events = [event for event in proposals if event["effective_on"] <= as_of]
        self._reviews = [event for event in reviews if event["effective_on"] <= as_of]
        self._text, self._order = text, order
        self._lives: dict[str, list[Event]] = {}
        for event in self._events:
            if event["topic"] in OF_A_PROPOSAL:
                self._lives.setdefault(event["body"]["proposal"], []).append(event)

    def counts(self) -> dict[str, int]:
        """How many proposals came to what."""
        counts = dict.fromkeys(("draft", "submitted", "withdrawn", "rejected", "enacted"), 0)
        for life in self._lives.values():
            counts[[BECOMES[event["topic"]] for event in life if event["topic"] in BECOMES][-1]] += 1
        return counts

    def rejected(self, act: Callable[[Event], str | None]) -> list[Row]:
        """The rows of the rejected proposals."""
        return [
            self._rejected(life, event, act)
            for life in self._lives.values()
            for event in life
            if event["topic"] == "proposal-rejected"
        ]

    def annulled(self, streams: Mapping[str, list[Event]], act: Callable[[Event], str | None]) -> list[Row]:
        """The rows of the enactments of which what they recorded was annulled; `streams` are the plan's and its administration's."""
        left_out = {role: _left_out(events, seals=role == "plan") for role, events in streams.items()}
        rows: list[Row] = []
        for life in self._lives.values():
            enacted = next((event for event in life if event["topic"] == "proposal-enacted"), None)
            if enacted is None:
                continue
            brought, by = 0, list[tuple[str, Event]]()
            for role, events in streams.items():
                first, last = enacted["body"].get(f"{role}_versions") or (1, 0)
                for event in events[first - 1 : last]:
                    if event["topic"] in ON_THE_WAY:
                        continue
                    brought += 1
                    annulling = left_out[role].get(event["version"])
                    if annulling is not None and annulling["body"].get("reason") not in PUT_RIGHT:
                        by.append((role, annulling))
            if by:
                rows.append(self._annulled(life, enacted, max(by, key=_place), act, whole=len(by) == brought))
        return rows

    def _annulled(
        self,
        life: list[Event],
        enacted: Event,
        by: tuple[str, Event],
        act: Callable[[Event], str | None],
        *,
        whole: bool,
    ) -> Row:
        role, annulling = by
        return {
            "proposal": enacted["body"]["proposal"],
            "title": self._title(life),
            "enacted_on": enacted["effective_on"],
            "act": act(enacted),
            "whole": whole,
            "annulled_at": annulling["recorded_at"],
            "annulling_act": act(annulling),
            "events": [
                {"in": "proposals", "version": enacted["version"]},
                {"in": role, "version": annulling["version"]},
            ],
        }

    def _title(self, life: list[Event]) -> str | None:
        drafted = [one for one in life if one["topic"] in TEXTS]
        return self._text(next((one["justification"] for one in reversed(drafted) if one.get("justification")), None))

    def waived(self) -> list[Row]:
        """The rows of the exceptions to the separation of duties."""
        return [
            {
                "rule": event["body"]["rule"],
                "about": event["body"]["about"],
                "on": event["effective_on"],
                "words": self._text(event.get("note")),
                "redaction": self._order(event.get("note")),
                "events": [{"in": role, "version": event["version"]}],
            }
            for role, events in (("proposals", self._events), ("review", self._reviews))
            for event in events
            if event["topic"] == "separation-waived"
        ]

    def _rejected(self, life: list[Event], event: Event, act: Callable[[Event], str | None]) -> Row:
        drafted = [one for one in life if one["topic"] in TEXTS]
        asked = [one for one in life if one["topic"] == "proposal-opinion-asked"]
        submitted = [one for one in life if one["topic"] == "proposal-submitted"][-1]
        about = f"proposal/{event['body']['proposal']}"
        versions = (life[0]["version"], event["body"]["submission"], event["version"])
        return {
            "proposal": event["body"]["proposal"],
            "title": self._title(life),
            "years": submitted["body"].get("years", []),
            "changes": drafted[-1]["body"]["changes"],
            "drafted_on": life[0]["effective_on"],
            "submitted_on": submitted["effective_on"],
            "rejected_on": event["effective_on"],
            "act": act(event),
            "reason": self._text(event.get("justification")),
            "reason_redaction": self._order(event.get("justification")),
            "opinions": [
                {
                    "opinion": opinion["body"]["opinion"],
                    "judgement": JUDGEMENTS[opinion["body"]["judgement"]],
                    "words": self._text(opinion.get("note")),
                    "on": opinion["effective_on"],
                    "recorded_at": opinion["recorded_at"],
                    "due": (due := _due(asked, opinion)),
                    "late": due is not None and opinion["effective_on"] > due,
                    "on_earlier_text": drafted[-1]["recorded_at"] > opinion["recorded_at"],
                    "events": [{"in": "review", "version": opinion["version"]}],
                }
                for opinion in self._reviews
                if opinion["topic"] == "opinion-given" and opinion["body"]["about"] == about
            ],
            "events": [{"in": "proposals", "version": version} for version in versions],
        }


def _due(asked: Iterable[Event], opinion: Event) -> str | None:
    """The day by which an opinion was asked for when it was given."""
    days = [one["body"].get("due") for one in asked if one["recorded_at"] < opinion["recorded_at"]]
    return days[-1] if days else None


def _place(annulment: tuple[str, Event]) -> tuple[str, int]:
    return annulment[1]["recorded_at"], annulment[1]["version"]


def _left_out(events: list[Event], *, seals: bool) -> dict[int, Event]:
    """What annulled each version that counts no more; with `seals` the approvals and closings too that another act annulled."""
    counted = counting(events, len(events))
    by: dict[int, Event] = {}
    for event in counted:
        if event["topic"] == "events-annulled":
            by |= dict.fromkeys(event["body"]["versions"], event)
    for (object_, field), entries in timelines(counted).items() if seals else ():
        if object_ != "plan" or not field.startswith(("approved/", "closed/")):
            continue
        for entry in entries:
            if entry.value == ANNULLED:
                sealed = [one.version for one in entries if one.version < entry.version and one.value != ANNULLED]
                by |= dict.fromkeys(sealed[-1:], events[entry.version - 1])
    return by
