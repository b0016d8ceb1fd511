"""What a report must say of the proposals of a plan, from the events alone: how many came to what, the rejected ones, exceptions."""

from collections.abc import Callable, Iterable
from typing import Any

from initinere_verify.fold import Event

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
OF_A_PROPOSAL = {*BECOMES, "proposal-commented", "proposal-opinion-asked"}
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
        drafted = [one for one in life if one["topic"] in {"proposal-drafted", "proposal-amended"}]
        submitted = [one for one in life if one["topic"] == "proposal-submitted"][-1]
        about = f"proposal/{event['body']['proposal']}"
        versions = (life[0]["version"], event["body"]["submission"], event["version"])
        return {
            "proposal": event["body"]["proposal"],
            "title": self._text(
                next((one["justification"] for one in reversed(drafted) if one.get("justification")), None)
            ),
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
                    "events": [{"in": "review", "version": opinion["version"]}],
                }
                for opinion in self._reviews
                if opinion["topic"] == "opinion-given" and opinion["body"]["about"] == about
            ],
            "events": [{"in": "proposals", "version": version} for version in versions],
        }
