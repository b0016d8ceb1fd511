"""The life of a proposal as a page tells it: what happened, who did it, what was said, what the OIV said."""

from typing import NamedTuple

from api.language.labels import EVENT_NAMES
from api.pages.recorded_event import EventAddresses, Recorders
from api.pages.visit import PlanVisit
from domain.access.separation import SEPARATION_WORDS
from projections.proposals import OpinionOnProposal, ProposalLifeEvent, ProposalWhole, WaiverRow
from projections.streams import proposals_stream, review_stream

OWN_TITLE = frozenset({"proposal-drafted", "proposal-amended"})
"""Events whose reason is the title of the proposal, which the page bears above."""


class LifeLine(NamedTuple):
    """Something that happened, with what was said: `due` until when the OIV was asked, `seen_on` the day of the effects.

    `who` is empty for whoever may not know.
    """

    what: str
    due: str
    seen_on: str
    act: str
    on: str
    recorded_at: str
    who: str
    words: str
    redacted: bool
    address: str


class OpinionShown(NamedTuple):
    """An opinion of the OIV, with what is to be known of its time."""

    judgement: str
    remarks: list[str]
    on: str
    words: str
    redacted: bool
    address: str


class LifeShown(NamedTuple):
    """All that was said and done."""

    events: list[LifeLine]
    asked: list[LifeLine]
    opinions: list[OpinionShown]
    waivers: list[LifeLine]


def life_of(visit: PlanVisit, proposal: ProposalWhole) -> LifeShown:
    """The life of a proposal, from the first event on."""
    actors = [row["actor"] for row in (*proposal["events"], *proposal["separation_waived"])]
    teller = _Teller(visit, Recorders(visit, actors))
    events = [(row["event"], teller.event(row)) for row in proposal["events"]]
    return LifeShown(
        events=[line for _, line in events],
        asked=[line for event, line in events if event == "proposal-opinion-asked"],
        opinions=[teller.opinion(row) for row in proposal["opinions_given"]],
        waivers=[teller.waiver(row) for row in proposal["separation_waived"]],
    )


class _Teller:
    """How events are told to a visitor."""

    def __init__(self, visit: PlanVisit, recorders: Recorders) -> None:
        self.visit, self.recorders = visit, recorders
        self.addresses = EventAddresses(visit)

    def event(self, row: ProposalLifeEvent) -> LifeLine:
        name = EVENT_NAMES[row["event"]]
        reason = None if row["event"] in OWN_TITLE else row["justification"]
        return LifeLine(
            what=name[:1].upper() + name[1:],
            due=str(row["body"].get("due") or ""),
            seen_on=str(row["body"].get("as_of") or ""),
            act=self.visit.reading.acts.get(row["act"] or "", row["act"] or ""),
            on=row["on"],
            recorded_at=row["recorded_at"],
            who=self.recorders.name(row["actor"]),
            words=row["words"] or reason or "",
            redacted=row["redaction"] is not None,
            address=self.addresses.of(proposals_stream(self.visit.plan), row["version"]),
        )

    def opinion(self, row: OpinionOnProposal) -> OpinionShown:
        said = row["judgement_words"]
        remarks = {
            "dato dopo la scadenza": row["late"],
            "registrato dopo la scadenza": row["recorded_late"],
            "sul testo di prima": row["on_earlier_text"],
        }
        return OpinionShown(
            judgement=said[:1].upper() + said[1:],
            remarks=[words for words, holds in remarks.items() if holds],
            on=row["on"],
            words=row["words"] or "",
            redacted=row["redaction"] is not None,
            address=self.addresses.of(review_stream(self.visit.plan), row["version"]),
        )

    def waiver(self, row: WaiverRow) -> LifeLine:
        rules = {str(rule): words for rule, words in SEPARATION_WORDS.items()}
        return LifeLine(
            what=rules.get(row["rule"], ""),
            due="",
            seen_on="",
            act="",
            on=row["on"],
            recorded_at="",
            who=self.recorders.name(row["actor"]),
            words=row["words"] or "",
            redacted=row["redaction"] is not None,
            address=self.addresses.of(proposals_stream(self.visit.plan), row["version"]),
        )
