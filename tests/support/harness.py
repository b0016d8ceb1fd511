"""The service and a clock in a test: given what was recorded, when a command is given, then what is answered."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from api.commands.handler import Caller, Outcome
from api.commands.service import Service
from domain.annulments.commands import AnnulEvents
from domain.documents.changes import ChangeFile
from domain.documents.plan import PlanDocument
from domain.measurements.commands import RecordMeasurement, ReportStatus, RestateMeasurement
from domain.point import Point, end_of_day
from projections.plan_in_force import plan_in_force
from projections.store.store import Store

PLAN = "prova-2022-2024"
ACT_OF_PLAN = "delibera di Giunta n. 1 del 31/01/2022"


def document(**parts: Any) -> dict[str, Any]:
    """A small plan: two objectives, three indicators, one of them on two years."""
    return {
        "administration": {"id": "cciaa-prova", "name": "Camera di Commercio di Prova"},
        "plan": {"id": PLAN, "title": "Piano di prova", "first_year": 2022, "last_year": 2024},
        "act": ACT_OF_PLAN,
        "objectives": [
            {"id": "a", "level": "strategic", "title": "Riscuotere", "offices": ["Servizio Bilancio"]},
            {"id": "a1", "level": "operational", "title": "Incassare", "parent": "a", "weight": "60"},
            {"id": "a2", "level": "operational", "title": "Digitalizzare", "parent": "a", "weight": "40"},
        ],
        "indicators": [
            {
                "id": "incasso",
                "objective": "a1",
                "name": "Percentuale di incasso",
                "formula": "incassato / dovuto * 100",
                "weight": "100",
                "owner": "Servizio Bilancio",
                "targets": [{"year": 2022, "text": ">= 70,34%"}, {"year": 2023, "text": ">= 71%"}],
            },
            {
                "id": "cassetto",
                "objective": "a2",
                "name": "Adesione al cassetto",
                "formula": "aderenti / attive * 100",
                "weight": "50",
                "targets": [{"year": 2022, "text": ">= 14%"}, {"year": 2023, "text": ">= 15%"}],
            },
            {
                "id": "regolamento",
                "objective": "a2",
                "name": "Regolamento approvato",
                "weight": "50",
                "targets": [
                    {"year": 2022, "text": "entro il 30/6"},
                    {"year": 2022, "ordinal": 2, "text": "entro il 31/12"},
                ],
            },
        ],
    } | parts


class ServiceHarness:
    """A service on a store of its own, with a clock that a test sets."""

    def __init__(self, location: str | Path) -> None:
        self.now = datetime(2022, 2, 1, 9, 0, tzinfo=UTC)
        # Some archives were begun by the command line, whose clock is the machine's.
        self.store = Store(str(location), clock=self.tick, clock_tolerance=timedelta(days=36_500))
        self.service = Service(self.store)
        self.actor = "ufficio-performance"

    def tick(self) -> datetime:
        """The clock: it goes on by a second each time it is read."""
        self.now += timedelta(seconds=1)
        return self.now

    def on(self, day: str) -> "ServiceHarness":
        """Sets the clock to the morning of a day."""
        self.now = datetime.combine(date.fromisoformat(day), datetime.min.time(), tzinfo=UTC) + timedelta(hours=9)
        return self

    def caller(self, command_id: str = "", seen: int | None = None) -> Caller:
        """Who sends a command."""
        return Caller(self.actor, command_id, seen)

    def load(self, command_id: str = "", **parts: Any) -> Outcome:
        """Loads the small plan."""
        return self.service.load_plan(PlanDocument.model_validate(document(**parts)), self.caller(command_id))

    def load_and_change_its_mind(self) -> None:
        """Loads the small plan, revises it, measures it, and annuls another revision: something of every kind of row."""
        self.load()
        self.on("2022-10-03").revise(">= 68%", "2022-09-30")
        self.measure(
            series=f"{PLAN}.incasso", period="2022-H1", text="67%", data_as_at="2022-06-30", note="riversamento"
        )
        mistaken = self.on("2022-10-04").revise(">= 67%", "2022-10-01", justification="altro motivo")
        self.annul(mistaken.versions[f"plan/{PLAN}"][1])

    def change(
        self, *changes: dict[str, Any], command_id: str = "", seen: int | None = None, **overrides: Any
    ) -> Outcome:
        """Makes changes on a ground that is complete unless the test says otherwise."""
        ground = {
            "plan": PLAN,
            "act": "delibera di Giunta n. 9 del 30/09/2022",
            "justification": "dati del monitoraggio",
            "cause": "new_data",
        }
        ground |= overrides
        file = ChangeFile.model_validate(ground | {"act": confirmed(ground["act"]), "changes": list(changes)})
        return self.service.change(file, self.caller(command_id, seen))

    def revise(
        self, target: str, act: str, *, indicator: str = "incasso", year: int = 2022, **overrides: Any
    ) -> Outcome:
        """Revises one target by an act of a day (YYYY-MM-DD)."""
        change = {"verb": "revise_target", "object": indicator, "year": year, "target": target}
        return self.change(change, act={"body": "Giunta", "date": act}, **overrides)

    def annul(self, *versions: int, **options: Any) -> Outcome:
        """Annuls events of the plan."""
        command = AnnulEvents(
            versions=versions, justification="registrato per errore", take_along=options.pop("take_along", False)
        )
        return self.service.annul(PLAN, command, confirmed(options.pop("act", None)), self.caller(), **options)

    def measure(self, **fields: Any) -> Outcome:
        """Records a measurement."""
        return self.service.measure(PLAN, RecordMeasurement.model_validate(fields), self.caller())

    def restate(self, **fields: Any) -> Outcome:
        """Restates a measurement."""
        return self.service.restate(PLAN, RestateMeasurement.model_validate(fields), self.caller())

    def report(self, **fields: Any) -> Outcome:
        """Reports a status."""
        return self.service.report_status(PLAN, ReportStatus.model_validate(fields), self.caller())

    def plan(self, as_of: str = "2022-12-31", known: str | None = None) -> dict[str, Any]:
        """The plan document at a point."""
        with self.store.reading() as reader:
            return dict(plan_in_force(reader, PLAN, point(as_of, known)))

    def target(self, as_of: str, known: str | None = None, indicator: str = "incasso", year: int = 2022) -> str | None:
        """The text of a target in force at a point."""
        rows = [
            row
            for indicator_row in self.plan(as_of, known)["indicators"]
            if indicator_row["id"] == indicator
            for row in indicator_row["targets"]
        ]
        return next((row["text"] for row in rows if row["year"] == year), None)

    def ask(self, question: Any, *arguments: Any, **options: Any) -> Any:
        """Asks a projection."""
        with self.store.reading() as reader:
            return question(reader, *arguments, **options)


def confirmed(act: Any) -> Any:
    """An act whose date somebody confirmed: most tests speak of acts that their clock has not come to yet."""
    if isinstance(act, dict):
        return act | {"date_confirmed": True}
    return f"{act} (data confermata)" if isinstance(act, str) else act


def point(as_of: str, known: str | None = None) -> Point:
    """A point in the two times, from two dates."""
    return Point(date.fromisoformat(as_of), end_of_day(date.fromisoformat(known)) if known else None)


def versions(outcome: Outcome) -> Sequence[int]:
    """The versions of the plan that a command made."""
    first, last = outcome.versions[f"plan/{PLAN}"]
    return range(first, last + 1)
