"""A plan and what comes for a round of it, in memory: what the tests of rounds have in common."""

from datetime import date
from typing import Any

from domain.administrations.offices import KnownOffices
from domain.measurements.events import StatusReported
from domain.plans.state import PlanState
from domain.recording import Recorded
from domain.rounds.collection import CollectedRound, awaited, collected
from domain.rounds.model import Round, Scope
from domain.scoring.inputs import AdministrationRecord
from tests.support.given import Given, measured

AS_AT = date(2022, 6, 30)
ROUND = Round("giugno", AS_AT, date(2022, 7, 1), date(2022, 7, 15), Scope(), None, 1, None)


def measure(plan: Given, series: str, text: str, period: str, data_as_at: date, **envelope: Any) -> None:
    """A value of the series of an indicator comes."""
    plan.administration.add(data_as_at, measured(f"s.{series}", text, period, data_as_at), **envelope)


def reported(
    plan: Given, id_: str, status: str, day: date, progress: str | None = None, subject: str = "indicator"
) -> None:
    """A status of an indicator, or of an objective, comes."""
    body = {"subject": subject, "id": id_, "status": status, "reported_on": day, "progress": progress}
    plan.add(day, StatusReported.model_validate(body))


def collect(plan: Given, round_: Round = ROUND, *others: Round, as_of: date = date(2022, 12, 31)) -> CollectedRound:
    """The round with all that came for it by a date."""
    timelines = plan.timelines
    owner, state = plan.record.timelines, PlanState(timelines, round_.as_at)
    what = awaited(state, owner, round_, [round_, *others], as_of, KnownOffices(owner))
    return collected(
        state,
        AdministrationRecord(owner),
        round_,
        what,
        measured=_by_version(plan.administration.records),
        reported=_by_version(plan.records),
        texts={},
    )


def _by_version(records: list[Recorded]) -> dict[int, Recorded]:
    return {record.version: record for record in records}
