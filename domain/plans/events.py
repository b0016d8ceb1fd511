"""The events of a plan as a whole: drafted, approved year by year, closed year by year, succeeded.

An approval and a closing are sealed: another act may annul them, and that is an event after them, which leaves them
where they are.
"""

from domain.event import Event, Occurrence, PlanChangeEvent, SaysAbsence, Touch
from domain.facts import ANNULLED, PLAN, Fact, approved_field, closed_field, objective_key, system_field
from domain.names import Names
from domain.vocabulary import Identifier, IsoDate, JsonValue, Line, Year


class PlanDrafted(Occurrence):
    """A three-year plan was opened as a draft; every draft event takes `drafted_on`."""

    topic = "plan-drafted"

    plan: Identifier
    administration: Identifier
    title: Line
    first_year: Year
    last_year: Year
    drafted_on: IsoDate
    levels: tuple[str, ...] = ()
    predecessor: Identifier | None = None

    def facts(self) -> list[Fact]:
        body = self.model_dump(mode="json", exclude={"plan"}, exclude_none=True)
        return [Fact(PLAN, field, value) for field, value in body.items()]

    def sentence(self, names: Names) -> str:
        return f"Aperto in bozza il piano «{self.title}» ({self.first_year}-{self.last_year})"


class PlanAmended(SaysAbsence, PlanChangeEvent):
    """Title, years or level names of a plan were changed; `objectives` are those that a renamed level is of, by its new name."""

    topic = "plan-amended"

    title: Line | None = None
    first_year: Year | None = None
    last_year: Year | None = None
    levels: tuple[str, ...] | None = None
    objectives: dict[str, tuple[Identifier, ...]] | None = None

    def facts(self) -> list[Fact]:
        body = self.model_dump(mode="json", exclude={"objectives"}, exclude_none=True)
        renamed = self.objectives or {}
        return [
            *(Fact(PLAN, field, value) for field, value in body.items()),
            *(Fact(objective_key(objective), "level", level) for level, of in renamed.items() for objective in of),
        ]

    def touch(self) -> Touch:
        return Touch("classification" if self.model_fields_set <= {"levels", "objectives"} else "card")

    def sentence(self, names: Names) -> str:
        changed = ", ".join(PLAN_WORDS[field] for field in PLAN_WORDS if field in self.model_fields_set)
        return f"Modificato il piano: {changed}"


PLAN_WORDS = {"title": "titolo", "first_year": "primo anno", "last_year": "ultimo anno", "levels": "nomi dei livelli"}
"""What of a plan as a whole may be changed, in words."""


class PlanApproved(Occurrence):
    """The plan was approved by an act, which approves its first year."""

    topic = "plan-approved"

    year: Year

    def facts(self) -> list[Fact]:
        return [Fact(PLAN, approved_field(self.year))]

    def sentence(self, names: Names) -> str:
        return f"Approvato il piano, con il suo primo anno {self.year}"


class YearApproved(Occurrence):
    """A later year of the plan was approved by the act of its yearly update."""

    topic = "year-approved"

    year: Year

    def facts(self) -> list[Fact]:
        return [Fact(PLAN, approved_field(self.year))]

    def sentence(self, names: Names) -> str:
        return f"Approvato l'anno {self.year} con l'aggiornamento annuale"


class YearClosed(Occurrence):
    """A year was closed by an act: from here on it takes corrections only. A validation is recorded by itself."""

    topic = "year-closed"

    year: Year

    def facts(self) -> list[Fact]:
        return [Fact(PLAN, closed_field(self.year))]

    def sentence(self, names: Names) -> str:
        return f"Chiuso l'anno {self.year}"


class ApprovalAnnulled(Occurrence):
    """An act annulled the one that had approved a year: what was approved stays on record, and wants acts as before."""

    topic = "approval-annulled"

    year: Year

    def facts(self) -> list[Fact]:
        return [Fact(PLAN, approved_field(self.year), ANNULLED)]

    def sentence(self, names: Names) -> str:
        return f"Annullata l'approvazione dell'anno {self.year}"


class ClosingAnnulled(Occurrence):
    """An act annulled the one that had closed a year: the year is open again, to changes that are counted."""

    topic = "closing-annulled"

    year: Year

    def facts(self) -> list[Fact]:
        return [Fact(PLAN, closed_field(self.year), ANNULLED)]

    def sentence(self, names: Names) -> str:
        return f"Annullata la chiusura dell'anno {self.year}"


class PlanSucceeded(Occurrence):
    """Another plan took the place of this one."""

    topic = "plan-succeeded"

    by: Identifier

    def facts(self) -> list[Fact]:
        return [Fact(PLAN, "succeeded_by", self.by)]

    def sentence(self, names: Names) -> str:
        return f"Al piano succede {self.by}"


class MeasurementSystemAdopted(Occurrence):
    """The rules of a year, whole, as plans recorded them once: they belong to the administration, and change no plan."""

    topic = "measurement-system-adopted"

    year: Year
    system: dict[str, JsonValue]

    def facts(self) -> list[Fact]:
        return [Fact(PLAN, system_field(self.year), self.system)]

    def sentence(self, names: Names) -> str:
        return f"Adottato il sistema di misurazione {self.year}"


EVENTS: tuple[type[Event], ...] = (
    PlanDrafted,
    PlanAmended,
    PlanApproved,
    YearApproved,
    YearClosed,
    ApprovalAnnulled,
    ClosingAnnulled,
    PlanSucceeded,
    MeasurementSystemAdopted,
)
