"""Changes that have no act yet, seen as one would make them."""

from datetime import date
from typing import NamedTuple

from domain.acts.citation import ActPart
from domain.documents.changes import ChangeFile
from domain.plans.commands import ApprovePlan, ApproveYear, CloseYear

UNSAID = "non ancora detta: proposta in bozza"
"""What stands for a motivation that nobody has said yet."""


class Provisional(NamedTuple):
    """A change file under an act that stands for the one that is to come, seen on a day from which it would hold.

    `known_on` is the day of the question: an act that approves or closes is taken for one of that day, because one that
    is still to come does neither; so is the act of changes that hold from a day that is past, because it is still to come.
    """

    file: ChangeFile
    day: date
    known_on: date

    @property
    def act(self) -> ActPart:
        """The act that stands for one."""
        sealing = any(isinstance(one, ApprovePlan | ApproveYear | CloseYear) for one in self.file.every_change())
        stated = self.file.effective_on
        adopted = min(self.day, self.known_on) if sealing else self.day
        if stated is not None and stated < self.known_on:
            adopted = self.known_on
        return ActPart(body="Proposta", type="altro", date=adopted, date_confirmed=True)

    def by_act(self) -> ChangeFile:
        """The changes as that act would make them."""
        return self.file.model_copy(update={"act": self.act, "effective_on": self.day})

    def by_act_of(self, day: date) -> ChangeFile:
        """The changes as an act of that day would make them."""
        return self.file.model_copy(update={"act": self.act.model_copy(update={"date": day}), "effective_on": self.day})

    def motivated(self) -> "Provisional":
        """The same, with a motivation that nobody has said yet: enough to see whether the changes can be made."""
        said = {"justification": self.file.justification or UNSAID, "cause": self.file.cause or "other"}
        if self.day < self.known_on:
            said["retroactive"] = self.file.retroactive or UNSAID
        return self._replace(file=self.file.model_copy(update=said))
