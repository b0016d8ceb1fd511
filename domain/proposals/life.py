"""What became of a proposal, from the events of its stream: its status, the text that it holds, who had a part in it.

The days of a proposal's events never go back (`decide.day_of_event`), so that what had become of it on a date is told by
its events up to that date, in their order.
"""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from domain.oiv.events import OpinionGiven
from domain.point import today
from domain.proposals.events import (
    ProposalEnacted,
    ProposalEvent,
    ProposalOpinionAsked,
    ProposalRejected,
    ProposalSubmitted,
    ProposalWithdrawn,
    ProposedText,
    VersionSpan,
)
from domain.proposals.status import OPEN, ProposalStatus
from domain.recording import Recorded


class ProposalLife(NamedTuple):
    """A proposal: what happened to it, in order."""

    proposal: str
    records: tuple[Recorded, ...]

    @property
    def status(self) -> ProposalStatus:
        """What became of it; an event that is neither of these leaves it as it was."""
        status: ProposalStatus = "draft"
        for record in self.records:
            match record.event:
                case ProposedText():
                    status = "draft"
                case ProposalSubmitted():
                    status = "submitted"
                case ProposalWithdrawn():
                    status = "withdrawn"
                case ProposalRejected():
                    status = "rejected"
                case ProposalEnacted():
                    status = "enacted"
                case _:
                    pass
        return status

    @property
    def texts(self) -> list[Recorded]:
        """The events that put a change file into it, the one that it holds last."""
        return [record for record in self.records if isinstance(record.event, ProposedText)]

    @property
    def text(self) -> Recorded:
        """The event that put in the change file that it holds."""
        return self.texts[-1]

    @property
    def title(self) -> str | None:
        """The digest of its title: the last that was said."""
        return next((record.justification for record in reversed(self.texts) if record.justification), None)

    @property
    def submission(self) -> tuple[Recorded, ProposalSubmitted] | None:
        """The latest submission, of this text or of an earlier one."""
        submitted = [(record, record.event) for record in self.records if isinstance(record.event, ProposalSubmitted)]
        return submitted[-1] if submitted else None

    @property
    def submitted_on(self) -> date | None:
        """The day on which the text that it holds was submitted first; None of what was not submitted as it stands."""
        version = self.text.version
        submissions = (
            record.effective_on
            for record in self.records
            if isinstance(record.event, ProposalSubmitted) and record.event.text == version
        )
        return next(submissions, None)

    @property
    def closed_on(self) -> date | None:
        """The day on which it was withdrawn, rejected or enacted; None while it is open."""
        return self.records[-1].effective_on if self.status not in OPEN else None

    @property
    def enactment(self) -> tuple[Recorded, ProposalEnacted] | None:
        """Its enactment, where an act enacted it."""
        enacted = [(record, record.event) for record in self.records if isinstance(record.event, ProposalEnacted)]
        return enacted[-1] if enacted else None

    @property
    def drafters(self) -> frozenset[str]:
        """Who drafted or amended it, at whatever time."""
        return frozenset(record.actor for record in self.texts)

    @property
    def asked(self) -> tuple[Recorded, ProposalOpinionAsked] | None:
        """The latest time that the OIV was asked for its opinion."""
        asked = [(record, record.event) for record in self.records if isinstance(record.event, ProposalOpinionAsked)]
        return asked[-1] if asked else None

    @property
    def last_day(self) -> date:
        """The day of the last that happened to it."""
        return max(record.effective_on for record in self.records)


class ProposalOpinion(NamedTuple):
    """An opinion of the OIV on a proposal, `on_earlier_text` where that was amended since.

    `late` after the day by which it was asked; `recorded_late` where it is dated in time, and was recorded after that day.
    """

    record: Recorded
    event: OpinionGiven
    due: date | None
    late: bool
    recorded_late: bool
    on_earlier_text: bool


def lives(records: Iterable[Recorded]) -> dict[str, ProposalLife]:
    """Every proposal of a stream, in the order in which they were drafted."""
    by_proposal: dict[str, list[Recorded]] = {}
    for record in records:
        if isinstance(record.event, ProposalEvent):
            by_proposal.setdefault(record.event.proposal, []).append(record)
    return {proposal: ProposalLife(proposal, tuple(of_one)) for proposal, of_one in by_proposal.items()}


def opinions_on_proposal(life: ProposalLife, reviews: Iterable[Recorded]) -> list[ProposalOpinion]:
    """What the OIV said of a proposal, against the request that was there when it spoke."""
    about = f"proposal/{life.proposal}"
    opinions: list[ProposalOpinion] = []
    for record in reviews:
        if not isinstance(record.event, OpinionGiven) or record.event.about != about:
            continue
        asked = [
            earlier.event.due
            for earlier in life.records
            if isinstance(earlier.event, ProposalOpinionAsked) and earlier.recorded_at < record.recorded_at
        ]
        due = asked[-1] if asked else None
        late = due is not None and record.effective_on > due
        recorded_late = due is not None and not late and today(record.recorded_at) > due
        earlier_text = life.text.recorded_at > record.recorded_at
        opinions.append(ProposalOpinion(record, record.event, due, late, recorded_late, earlier_text))
    return opinions


def late_by(life: ProposalLife | None, day: date) -> date | None:
    """The day by which the OIV was asked, where an opinion of this day comes after it; None where it is in time."""
    due = life.asked[1].due if life is not None and life.asked is not None else None
    return due if due is not None and day > due else None


def is_enacted_at(life: ProposalLife, version: int) -> bool:
    """Whether the enactment of a proposal recorded an event of the plan."""
    return life.enactment is not None and made_in(life.enactment[1].plan_versions, version)


def made_in(span: VersionSpan | None, version: int) -> bool:
    """Whether a version is one of those that an append made of a stream."""
    return span is not None and span[0] <= version <= span[1]
