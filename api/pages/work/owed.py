"""What offices owe of a period: each of their indicators without its value, with the last ones beside, entered together."""

from collections.abc import Mapping
from functools import cached_property
from typing import NamedTuple

from api.commands.handler import Caller
from api.formats.json_reader import into
from api.pages.visit import PlanVisit
from api.pages.work.choices import WorkChoices
from api.pages.work.controls import Control
from api.pages.work.filled import FilledForm, Given
from api.pages.work.table import WORK_FORMS
from domain.errors import Malformed, Problem
from domain.measurements.commands import RecordMeasurement
from domain.periods import periods_of
from domain.point import today
from domain.rounds.owed import lacking
from domain.vocabulary import PERIOD, JsonValue, last_day
from projections.dues import LAST_VALUES, DueValue, PastValue, observed_by_period
from projections.plan_in_force import IndicatorInForce

VALUE = "value."
MOST_ROWS = 40
"""How many are entered at once: a form has at most a hundred fields."""


class OwedRow(NamedTuple):
    """An indicator without its value: the objective that it stands under, what it is to reach, what was observed last, the field of its value."""

    indicator: str
    name: str
    under: str
    targets: str
    past: list[PastValue]
    field: Control


class OwedValues(FilledForm):
    """The form of several values at once."""

    def __init__(self, visit: PlanVisit, choices: WorkChoices, typed: Mapping[str, str] | None = None) -> None:
        super().__init__(WORK_FORMS["record_measurement"]._replace(object=""), visit, choices, typed)

    def with_typed(self, more: Mapping[str, str]) -> "OwedValues":
        """The same, with more written in it."""
        return OwedValues(self.visit, self.choices, {**(self.typed or {}), **more})

    @property
    def wants_object(self) -> bool:
        """It is about all that is owed."""
        return False

    @cached_property
    def dues(self) -> list[DueValue]:
        """All that the visitor's offices owe, whatever the period."""
        return self.visit.reading.dues(self.choices.offices).in_full()["values"]

    @cached_property
    def period(self) -> str:
        """The period whose values are owed: the one that is asked for, else that of the first that is due, else the year."""
        said = (self.visit.query if self.typed is None else self.typed).get("period", "")
        if PERIOD.fullmatch(said):
            return said
        return self.dues[0]["period"] if self.dues else str(self.visit.year)

    def value(self, name: str) -> str:
        """What is written in a field; the last day of another period goes along when the period is another."""
        written = super().value(name)
        ends = {last_day(period).isoformat() for period in periods_of(int(self.period[:4]))}
        if name == "data_as_at" and written in ends and written > last_day(self.period).isoformat():
            return self._initial(name)
        return written

    def _initial(self, name: str) -> str:
        if name == "period":
            return self.period
        if name == "data_as_at":
            wanted = [due["as_at"] for due in self.dues if due["period"] == self.period]
            return min([*wanted, last_day(self.period).isoformat(), today(self.visit.now).isoformat()])
        if name == "finality":
            return "provisional" if "-" in self.period else "final"
        return super()._initial(name)

    @cached_property
    def owed(self) -> list[OwedRow]:
        """What the visitor's offices owe of the period; of one that nothing is due of, the indicators without its value."""
        reading = self.visit.reading
        due = {value["indicator"] for value in self.dues if value["period"] == self.period}
        wanted = due or lacking(reading.history.timelines, reading.record.timelines, self.period, reading.point.as_of)
        rows = [row for row in reading.document["indicators"] if row["id"] in wanted]
        return [self._row(row) for row in rows if self.choices.is_own(row)]

    @property
    def rows(self) -> list[OwedRow]:
        """As many as are entered at once."""
        return self.owed[:MOST_ROWS]

    @cached_property
    def fields(self) -> list[Control]:
        """What is said of all of them, and then each value."""
        return [*self.common, *(row.field for row in self.rows)]

    @cached_property
    def common(self) -> list[Control]:
        """What is said of all of them."""
        return [self._control(name) for name in ("period", "data_as_at", "finality")]

    @cached_property
    def more(self) -> list[Control]:
        """Nothing more."""
        return []

    def given(self, caller: Caller) -> Given:
        """The values that are written, as one act of recording."""
        plan, commands = self.visit.plan, self._commands()
        return Given(lambda service: service.measure_all(plan, commands, caller))

    def document(self) -> dict[str, JsonValue]:
        """The common part of every value."""
        said = {name: self.value(name).strip() for name in ("period", "data_as_at", "finality")}
        return {name: text for name, text in said.items() if text}

    def _commands(self) -> dict[str, RecordMeasurement]:
        typed, common = self.typed or {}, self.document()
        commands: dict[str, RecordMeasurement] = {}
        problems: list[Problem] = []
        for name, text in typed.items():
            indicator = name.removeprefix(VALUE)
            if not name.startswith(VALUE) or not text.strip():
                continue
            content = {**common, "text": text.strip(), "series": self.choices.series.get(indicator, "")}
            try:
                commands[name] = into(RecordMeasurement, content)
            except Malformed as error:
                problems += [
                    problem if problem.where in common else problem.model_copy(update={"where": name})
                    for problem in error.problems
                ]
        if problems:
            raise Malformed(list(dict.fromkeys(problems)))
        return commands

    @cached_property
    def _titles(self) -> dict[str, str]:
        """How each objective is called: it tells indicators of one name apart."""
        objectives = self.visit.reading.document["objectives"]
        return {row["id"]: " ".join(filter(None, (row["code"], row["title"]))) for row in objectives}

    def _row(self, row: IndicatorInForce) -> OwedRow:
        year, name = int(self.period[:4]), f"{VALUE}{row['id']}"
        reading = self.visit.reading
        observed = observed_by_period(reading.record, row["series"] or "", reading.point.as_of)
        past = [PastValue(period=period, observed=words) for period, words in observed.items()]
        field = Control(name, row["name"], "", "line", (), required=False, value=self.value(name), is_named=True)
        targets = ", ".join(target["text"] or "" for target in row["targets"] if target["year"] == year)
        return OwedRow(
            row["id"], row["name"], self._titles.get(row["objective"], ""), targets, past[-LAST_VALUES:], field
        )
