"""The life of a proposal: changes of a plan that are drafted, seen, commented, and enacted by an act, or not.

The events stand in the stream `proposals/PLAN`, and nothing of the plan depends on them: what an enactment changes is
recorded in the plan's own stream, in the same append. The change file that a proposal holds, and the effects as they
were shown, are JSON texts beside the events (the note): they can be redacted as any other words.
"""

from typing import Annotated, ClassVar

from pydantic import StringConstraints

from domain.access.separation import SEPARATION_WORDS, SeparationRule
from domain.event import Event, Occurrence
from domain.facts import Fact
from domain.names import Names, numbered
from domain.rounds.model import round_called
from domain.vocabulary import EventVersion, Identifier, IsoDate, JsonValue, Sha256, Year

PROPOSAL = "proposal/"
VersionSpan = tuple[EventVersion, EventVersion]
"""The first and the last version that an append made of a stream."""


def proposal_key(proposal: str) -> str:
    """The object under which a proposal's facts stand."""
    return PROPOSAL + proposal


class ProposalEvent(Occurrence):
    """Something that happened to a proposal."""

    proposal: Identifier

    def fact(self, field: str, value: JsonValue = True) -> Fact:  # noqa: FBT002 - as a fact has it
        """A fact of the proposal."""
        return Fact(proposal_key(self.proposal), field, value)

    def called(self, names: Names) -> str:
        """The proposal, in quotes."""
        return names.called(proposal_key(self.proposal))


class ProposedText(ProposalEvent):
    """A change file was put into a proposal: it lies in the note, as canonical JSON; its title is the justification.

    `changes`, `measurements` and `statuses` say how many of each it holds; `sha256` is the digest of the workbook that
    it was made of, where it was made of one.
    """

    holds_document: ClassVar[bool] = True

    changes: int
    measurements: int = 0
    statuses: int = 0
    sha256: Sha256 | None = None

    def facts(self) -> list[Fact]:
        return [self.fact("status", "draft"), self.fact("changes", self.changes)]

    def counted(self) -> str:
        """How much it holds, in words."""
        parts = (
            (self.changes, "modifica", "modifiche"),
            (self.measurements, "misurazione", "misurazioni"),
            (self.statuses, "stato", "stati"),
        )
        return ", ".join(f"{count} {one if count == 1 else many}" for count, one, many in parts if count) or "nulla"


class ProposalDrafted(ProposedText):
    """Changes of a plan were proposed, as a draft."""

    topic = "proposal-drafted"

    def sentence(self, names: Names) -> str:
        return f"Redatta la proposta {self.called(names)}: {self.counted()}"


class ProposalAmended(ProposedText):
    """Another change file took the place of the one that a proposal held, which is a draft again."""

    topic = "proposal-amended"

    def sentence(self, names: Names) -> str:
        return f"Modificata la proposta {self.called(names)}: ora {self.counted()}"


class ProposalSubmitted(ProposalEvent):
    """A proposal was submitted: the text of an event, seen with its effects on a day, at the versions that were known.

    The effects lie in the note, as they were shown.
    """

    topic = "proposal-submitted"
    holds_document: ClassVar[bool] = True

    text: EventVersion
    as_of: IsoDate
    plan_version: int
    administration_version: int
    years: tuple[Year, ...] = ()

    def facts(self) -> list[Fact]:
        submission = self.model_dump(mode="json", exclude={"proposal"})
        return [self.fact("status", "submitted"), self.fact("submission", submission)]

    def sentence(self, names: Names) -> str:
        return f"Presentata la proposta {self.called(names)}, con i suoi effetti al {self.as_of:%d/%m/%Y}"


class ProposalCommented(ProposalEvent):
    """Somebody commented a proposal; the words are the note."""

    topic = "proposal-commented"

    comment: Identifier

    def facts(self) -> list[Fact]:
        return [self.fact(f"comment/{self.comment}")]

    def sentence(self, names: Names) -> str:
        return f"Commento {numbered(self.comment)} alla proposta {self.called(names)}"


class ProposalOpinionAsked(ProposalEvent):
    """The OIV was asked for its opinion on a submitted proposal, by a day or without one; what was said with it is the note."""

    topic = "proposal-opinion-asked"

    due: IsoDate | None = None

    def facts(self) -> list[Fact]:
        return [self.fact("opinion_asked", {"due": self.due.isoformat() if self.due else None})]

    def sentence(self, names: Names) -> str:
        due = f", entro il {self.due:%d/%m/%Y}" if self.due else ""
        return f"Chiesto all'OIV il parere sulla proposta {self.called(names)}{due}"


class ProposalWithdrawn(ProposalEvent):
    """A proposal was withdrawn by the office."""

    topic = "proposal-withdrawn"

    def facts(self) -> list[Fact]:
        return [self.fact("status", "withdrawn")]

    def sentence(self, names: Names) -> str:
        return f"Ritirata la proposta {self.called(names)}"


class ProposalRejected(ProposalEvent):
    """A submitted proposal was rejected, by an act or without one; the justification says why."""

    topic = "proposal-rejected"

    submission: EventVersion

    def facts(self) -> list[Fact]:
        return [self.fact("status", "rejected")]

    def sentence(self, names: Names) -> str:
        return f"Respinta la proposta {self.called(names)}"


class ProposalEnacted(ProposalEvent):
    """A submitted proposal was enacted by the act of the envelope, in the append that made these versions.

    The effects lie in the note, as they were shown at the enactment; `submission` is the event that had shown them first.
    """

    topic = "proposal-enacted"
    holds_document: ClassVar[bool] = True

    submission: EventVersion
    plan_versions: VersionSpan | None = None
    administration_versions: VersionSpan | None = None

    def facts(self) -> list[Fact]:
        return [self.fact("status", "enacted")]

    def sentence(self, names: Names) -> str:
        if self.plan_versions is None:
            return f"Adottata la proposta {self.called(names)}"
        first, last = self.plan_versions
        events = f"evento {first}" if first == last else f"eventi da {first} a {last}"
        return f"Adottata la proposta {self.called(names)}: {events} del piano"


WaivedFor = Annotated[
    str, StringConstraints(pattern=r"^((proposal|round)/[a-z0-9][a-z0-9._-]{0,119}|report/[0-9]{4})$")
]


class SeparationWaived(Occurrence):
    """A rule of the separation of duties was waived, for a proposal, a monitoring round or the report of a year; the note says why."""

    topic = "separation-waived"

    rule: SeparationRule
    about: WaivedFor

    def facts(self) -> list[Fact]:
        return [Fact(self.about, f"separation/{self.rule}", "waived")]

    def sentence(self, names: Names) -> str:
        kind, _, name = self.about.partition("/")
        subjects = {
            "proposal": f"la proposta {names.called(self.about)}",
            "round": f"il monitoraggio {round_called(name)}",
        }
        subject = subjects.get(kind, f"la relazione {name}")
        return f"Eccezione alla separazione dei compiti ({SEPARATION_WORDS[self.rule]}) per {subject}"


EVENTS: tuple[type[Event], ...] = (
    ProposalDrafted,
    ProposalAmended,
    ProposalSubmitted,
    ProposalCommented,
    ProposalOpinionAsked,
    ProposalWithdrawn,
    ProposalRejected,
    ProposalEnacted,
    SeparationWaived,
)
