"""The events of deviations: the cause of one, and the corrective actions that are taken, put off, ended.

They are no changes of the plan: no act, no kind. Their words lie beside the event, by digest. The causes are the three
of the guidelines of the Dipartimento della Funzione Pubblica (n. 2/2017): what happened outside, what happened inside,
and an indicator that measures something else than its objective.
"""

from typing import Literal

from domain.event import Event, Occurrence
from domain.facts import Fact, deviation_field
from domain.italian import print_date
from domain.names import Names
from domain.periods import Period, period_said
from domain.vocabulary import Identifier, IsoDate, Line, ObjectKind

DeviationCause = Literal["exogenous", "endogenous", "indicator_error"]
DEVIATION_CAUSES: dict[DeviationCause, str] = {
    "exogenous": "esogena",
    "endogenous": "endogena",
    "indicator_error": "errore dell'indicatore",
}
ActionOutcome = Literal["done", "dropped"]
ActionState = Literal["under_way", "overdue", "done", "dropped"]
ACTION_OUTCOMES: dict[ActionOutcome, str] = {"done": "fatta", "dropped": "abbandonata"}
ACTION_STATES: dict[ActionState, str] = {
    "under_way": "in corso",
    "overdue": "scaduta",
    "done": ACTION_OUTCOMES["done"],
    "dropped": ACTION_OUTCOMES["dropped"],
}
"""How a corrective action stands."""

ACTIONS = "corrective-action/"
PLANNED, SCHEDULED, ENDED = "planned", "scheduled", "ended"


def action_key(action: str) -> str:
    """The object under which the facts of a corrective action stand."""
    return f"{ACTIONS}{action}"


def subject_key(kind: ObjectKind, id_: str) -> str:
    """The objective or the indicator of which something is said."""
    return f"{kind}/{id_}"


class DeviationExplained(Occurrence):
    """The cause of a deviation was given: of an objective or an indicator, of a period; the words lie beside the event."""

    topic = "deviation-explained"

    subject: ObjectKind
    id: Identifier
    period: Period
    cause: DeviationCause
    explained_on: IsoDate

    def facts(self) -> list[Fact]:
        body = self.model_dump(mode="json", include={"cause", "explained_on"})
        return [Fact(subject_key(self.subject, self.id), deviation_field(self.period), body)]

    def sentence(self, names: Names) -> str:
        subject, period = names.called(subject_key(self.subject, self.id)), period_said(self.period)
        return f"Detta la causa dello scostamento di {subject} ({period}): {DEVIATION_CAUSES[self.cause]}"


class ActionEvent(Occurrence):
    """What an event of a corrective action has in common with the others."""

    action: Identifier

    def fact(self, field: str) -> Fact:
        """All that the event says of the action, under a field of it."""
        return Fact(action_key(self.action), field, self.model_dump(mode="json", exclude={"action"}, exclude_none=True))


class CorrectiveActionPlanned(ActionEvent):
    """An office was given something to do about a deviation, by a day; what, lies beside the event in the first line of its note.

    Events of before have it in `remedy`, from which no order can take it away.
    """

    topic = "corrective-action-planned"

    subject: ObjectKind
    id: Identifier
    period: Period
    remedy: Line | None = None
    office: Line
    due_by: IsoDate
    planned_on: IsoDate

    def facts(self) -> list[Fact]:
        return [self.fact(PLANNED)]

    def sentence(self, names: Names) -> str:
        subject, due_by = names.called(subject_key(self.subject, self.id)), print_date(self.due_by)
        words = f"Prevista un'azione correttiva per {subject}, di {self.office}, entro il {due_by}"
        return words if self.remedy is None else f"{words}: «{self.remedy}»"


class CorrectiveActionRescheduled(ActionEvent):
    """A corrective action was put off, or given to another office; why lies beside the event."""

    topic = "corrective-action-rescheduled"

    office: Line
    due_by: IsoDate
    rescheduled_on: IsoDate

    def facts(self) -> list[Fact]:
        return [self.fact(SCHEDULED)]

    def sentence(self, names: Names) -> str:
        action = names.called(action_key(self.action))
        return f"Riprogrammata l'azione correttiva {action}: di {self.office}, entro il {print_date(self.due_by)}"


class CorrectiveActionEnded(ActionEvent):
    """A corrective action was done, or dropped; what came of it lies beside the event."""

    topic = "corrective-action-ended"

    outcome: ActionOutcome
    ended_on: IsoDate

    def facts(self) -> list[Fact]:
        return [self.fact(ENDED)]

    def sentence(self, names: Names) -> str:
        action, outcome = names.called(action_key(self.action)), ACTION_OUTCOMES[self.outcome]
        return f"Conclusa l'azione correttiva {action}: {outcome} il {print_date(self.ended_on)}"


EVENTS: tuple[type[Event], ...] = (
    DeviationExplained,
    CorrectiveActionPlanned,
    CorrectiveActionRescheduled,
    CorrectiveActionEnded,
)
