"""The events of a plan as a whole: drafted, approved year by year, closed year by year, succeeded."""

from domain.event import Event, Occurrence, PlanChangeEvent, Touch
from domain.facts import PLAN, Fact
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


class PlanApproved(Occurrence):
    """The plan was approved by an act, which approves its first year."""

    topic = "plan-approved"

    year: Year

    def facts(self) -> list[Fact]:
        return [Fact(PLAN, f"approved/{self.year}")]

    def sentence(self, names: Names) -> str:
        return f"Approvato il piano, con il suo primo anno {self.year}"


class YearApproved(Occurrence):
    """A later year of the plan was approved by the act of its yearly update."""

    topic = "year-approved"

    year: Year

    def facts(self) -> list[Fact]:
        return [Fact(PLAN, f"approved/{self.year}")]

    def sentence(self, names: Names) -> str:
        return f"Approvato l'anno {self.year} con l'aggiornamento annuale"


class YearClosed(Occurrence):
    """The report on a year was approved and validated: from here on the year takes corrections only."""

    topic = "year-closed"

    year: Year

    def facts(self) -> list[Fact]:
        return [Fact(PLAN, f"closed/{self.year}")]

    def sentence(self, names: Names) -> str:
        return f"Chiuso l'anno {self.year}: relazione approvata e validata"


class PlanSucceeded(Occurrence):
    """Another plan took the place of this one."""

    topic = "plan-succeeded"

    by: Identifier

    def facts(self) -> list[Fact]:
        return [Fact(PLAN, "succeeded_by", self.by)]

    def sentence(self, names: Names) -> str:
        return f"Al piano succede {self.by}"


class MeasurementSystemAdopted(PlanChangeEvent):
    """The measurement and evaluation system (SMVP) of a year was adopted: its rules, whole."""

    topic = "measurement-system-adopted"

    year: Year
    system: dict[str, JsonValue]

    def facts(self) -> list[Fact]:
        return [Fact(PLAN, f"system/{self.year}", self.system)]

    def touch(self) -> Touch:
        return Touch("rules", self.year)

    def sentence(self, names: Names) -> str:
        return f"Adottato il sistema di misurazione {self.year}"


EVENTS: tuple[type[Event], ...] = (
    PlanDrafted,
    PlanApproved,
    YearApproved,
    YearClosed,
    PlanSucceeded,
    MeasurementSystemAdopted,
)
