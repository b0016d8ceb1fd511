"""What became of the proposals of an administration: whoever cites an act is told what it decided already."""

from typing import NamedTuple

from domain.proposals.events import ProposalEnacted, ProposalRejected
from domain.recording import Recorded
from projections.store.reader import Reader
from projections.streams import PROPOSALS


class DecidedProposal(NamedTuple):
    """A proposal of a plan that was enacted or rejected, and the event that says so."""

    plan: str
    proposal: str
    record: Recorded

    @property
    def is_enacted(self) -> bool:
        """Whether it was enacted."""
        return isinstance(self.record.event, ProposalEnacted)


def decided_proposals(reader: Reader, administration: str) -> list[DecidedProposal]:
    """The proposals of every plan of an administration that were enacted or rejected: by one question, however many plans."""
    topics = (ProposalEnacted.topic, ProposalRejected.topic)
    return [
        DecidedProposal(stream.removeprefix(PROPOSALS), record.event.proposal, record)
        for stream, record in reader.records_under(administration, PROPOSALS, topics)
        if isinstance(record.event, ProposalEnacted | ProposalRejected)
    ]
