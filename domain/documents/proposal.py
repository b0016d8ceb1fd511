"""What a proposal holds: a change file without its act, which comes with the enactment."""

from typing import Annotated

from pydantic import Field

from domain.documents.changes import ChangeFile
from domain.documents.difference import Decisions
from domain.errors import Malformed, Problem
from domain.point import WrittenDay
from domain.proposals.decide import FileCounts
from domain.vocabulary import Identifier, Line

AFTER_THE_FACT = Problem(
    where="retrospective",
    found="una proposta si decide da adesso in poi: non è registrata a posteriori",
    accepted="retrospective: false, o nessun campo; ciò che fu deciso allora si registra con change, col suo atto",
)
"""What was decided long ago raises no flag on what was known then: of what is still to be decided everything is known."""

ProposalTitle = Annotated[Line, Field(min_length=1, max_length=400)]


class ProposedChanges(ChangeFile):
    """Changes that are proposed, with the title of the proposal; the act is not among them."""

    title: ProposalTitle | None = Field(
        None,
        title="oggetto",
        description="L'oggetto della proposta. A una proposta nuova serve.",
        examples=["Rimodulazione dopo il secondo monitoraggio"],
    )
    proposal: Identifier | None = Field(
        None, title="id della proposta", description="L'identificativo; altrimenti si fa."
    )
    on: WrittenDay | None = Field(
        None, title="data", description="La data della proposta; oggi, se non si dice.", examples=["2022-09-20"]
    )

    def file(self) -> ChangeFile:
        """The change file alone; Malformed where it brings its act, or says that it was recorded after the fact."""
        problems: list[Problem] = []
        if self.act is not None:
            found = "una proposta non ha ancora un atto"
            problems.append(Problem(where="act", found=found, accepted="nessun atto: viene con l'adozione"))
        if self.retrospective:
            problems.append(AFTER_THE_FACT)
        if self.exception is not None:
            found = "una proposta non ha ancora chi la adotta"
            problems.append(Problem(where="exception", found=found, accepted="nessuna eccezione: si dice adottandola"))
        if problems:
            raise Malformed(problems)
        content = self.model_dump(exclude={"title", "proposal", "on"}, exclude_unset=True)
        return ChangeFile.model_validate(content)


class ProposedImport(Decisions):
    """What was decided of a file that is proposed, with the title of the proposal."""

    title: ProposalTitle = Field(
        title="oggetto",
        description="L'oggetto della proposta.",
        examples=["Rimodulazione dopo il secondo monitoraggio"],
    )
    proposal: Identifier | None = Field(
        None, title="id della proposta", description="L'identificativo; altrimenti si fa."
    )
    on: WrittenDay | None = Field(
        None, title="data", description="La data della proposta; oggi, se non si dice.", examples=["2022-09-20"]
    )


def counts_of(file: ChangeFile, sha256: str | None = None) -> FileCounts:
    """How much a change file holds: a polarity that is stated counts as a change."""
    changes = len(file.every_change()) + len(file.polarities)
    return FileCounts(changes, len(file.measurements), len(file.statuses), sha256)


def canonical(file: ChangeFile) -> str:
    """A change file as it is kept: what was said of it, in the order of its fields."""
    return file.model_dump_json(exclude_unset=True)
