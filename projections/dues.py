"""What is due of a plan, office by office: the values that have not come, by when, with the last ones that did."""

from collections.abc import Collection
from datetime import date
from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict

from domain.administrations.offices import KnownOffices
from domain.deadlines.model import STATUTORY, LegalDates
from domain.measurements.decide import OBSERVED
from domain.measurements.printer import print_value
from domain.plans.history import PlanHistory
from domain.plans.state import PlanState
from domain.point import Point
from domain.rounds.collection import NOBODY
from domain.rounds.owed import Owed, owed_values
from domain.scoring.inputs import AdministrationRecord
from domain.targets.decide import target_of
from domain.vocabulary import Identifier
from projections.answers import Count, Day, Name, OfPlan, Text
from projections.plan_history import read_history
from projections.predecessors import administration_record
from projections.store.reader import Reader
from projections.streams import find_plan

LAST_VALUES = 3


class PastValue(TypedDict):
    """Un valore osservato: di quale periodo, com'è scritto."""

    period: Name
    observed: Text


class DueValue(TypedDict):
    """Un valore dovuto: di quale indicatore e periodo, entro quando, con gli ultimi valori."""

    indicator: Identifier
    name: Text
    objectives: list[Identifier]
    offices: list[Text]
    targets: list[Text]
    last: list[PastValue]
    period: Name
    as_at: Day
    due_by: Day | None
    late: Annotated[bool, Field(description="Se il giorno entro cui era dovuto è passato.")]
    round: Annotated[Text | None, Field(description="Il monitoraggio che lo aspetta; null: un anno finito.")]
    wants_status: Annotated[bool, Field(description="Se il monitoraggio non ne ha neppure uno stato.")]


class DuesCounted(TypedDict):
    """Quanto è dovuto, ed entro quando il primo."""

    values: Count
    statuses: Count
    late: Count
    due_by: Day | None


class DuesOfOffice(DuesCounted):
    """Quanto deve un ufficio."""

    office: Text


class DuesInShort(OfPlan):
    """Quanto è dovuto di un piano, in tutto e per ufficio."""

    total: DuesCounted
    offices: list[DuesOfOffice]


class PlanDues(DuesInShort):
    """Ciò che è dovuto di un piano."""

    values: list[DueValue]


def plan_dues(
    reader: Reader,
    plan: str,
    point: Point,
    offices: Collection[str] | None = None,
    *,
    legal: LegalDates = STATUTORY,
) -> PlanDues:
    """What is due of a plan on the date of the point; of some `offices` alone, by name or id, where they are said."""
    known = find_plan(reader, plan, point.known_at)
    history = read_history(reader, known)
    record = administration_record(reader, known, point.known_at)
    return ReadDues(history, record, point, offices, legal=legal).in_full()


class ReadDues:
    """What is due of a plan that is read already; of some `offices` alone, by name or id, where they are said."""

    def __init__(
        self,
        history: PlanHistory,
        record: AdministrationRecord,
        point: Point,
        offices: Collection[str] | None = None,
        *,
        legal: LegalDates = STATUTORY,
    ) -> None:
        self.history, self.record, self.point = history, record, point
        known = KnownOffices(record.timelines)
        owed = owed_values(history.timelines, record.timelines, point.as_of, legal)
        self.owed = [each for each in owed if known.among(each.offices, offices)]
        named = {name for each in self.owed for name in each.offices or (NOBODY,)}
        self.offices = sorted(name for name in named if known.among([name], offices))

    def in_short(self) -> DuesInShort:
        """How much it is, without the values one by one."""
        return {
            "plan": self.history.plan,
            "as_of": self.point.as_of.isoformat(),
            "version": self.history.version,
            "total": _counted(self.owed),
            "offices": [
                {"office": name, **_counted([each for each in self.owed if name in (each.offices or (NOBODY,))])}
                for name in self.offices
            ],
        }

    def in_full(self) -> PlanDues:
        """The same, with each value."""
        values = [_value(each, self.history.state(each.as_at), self.record, self.point.as_of) for each in self.owed]
        return {**self.in_short(), "values": values}


def observed_by_period(record: AdministrationRecord, series: str, as_of: date) -> dict[str, str]:
    """What was observed of a series, by period, as it prints."""
    facts = {period: entry.value for period, entry in record.measured(series, as_of).items()}
    return {
        period: print_value(OBSERVED.validate_python(fact["observed"]))
        for period, fact in sorted(facts.items())
        if isinstance(fact, dict) and fact.get("observed")
    }


def last_values(record: AdministrationRecord, series: str, as_of: date) -> list[PastValue]:
    """The last values of a series, to be shown beside what is due."""
    observed = observed_by_period(record, series, as_of)
    return [PastValue(period=period, observed=words) for period, words in observed.items()][-LAST_VALUES:]


def _counted(owed: list[Owed]) -> DuesCounted:
    days = [each.due_by for each in owed if each.due_by is not None]
    return {
        "values": len(owed),
        "statuses": sum(each.wants_status for each in owed),
        "late": sum(each.late for each in owed),
        "due_by": min(days).isoformat() if days else None,
    }


def _value(owed: Owed, state: PlanState, record: AdministrationRecord, as_of: date) -> DueValue:
    targets = [
        target_of(value).text
        for (year, _), value in sorted(state.targets(owed.indicator).items())
        if year == owed.as_at.year
    ]
    return {
        "indicator": owed.indicator,
        "name": str(state.indicator(owed.indicator, "name") or owed.indicator),
        "objectives": list(state.serves(owed.indicator)),
        "offices": list(owed.offices),
        "targets": targets,
        "last": last_values(record, str(state.indicator(owed.indicator, "series")), as_of),
        "period": owed.period,
        "as_at": owed.as_at.isoformat(),
        "due_by": owed.due_by.isoformat() if owed.due_by else None,
        "late": owed.late,
        "round": owed.round,
        "wants_status": owed.wants_status,
    }
