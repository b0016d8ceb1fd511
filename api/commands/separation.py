"""The separation of duties where values are validated: whoever recorded them does not, unless an exception says why.

On the command line of the machine, which is the office's own tool, nobody is told from anybody: there it asks nothing.
"""

from collections.abc import Callable, Collection
from datetime import date

from api.commands.administration_writer import salting
from api.commands.handler import Caller
from api.commands.service import Service
from domain.access.separation import require_separated
from domain.indicators.series import series_of
from domain.measurements.events import NewFigure, StatusReported
from domain.proposals.events import SeparationWaived
from domain.proposals.life import lives, made_in
from domain.recording import Pending, Recorded
from domain.rounds.collection import CollectedRound
from domain.vocabulary import period_year
from projections.store.reader import Reader
from projections.streams import PlanKnown, plans_of, proposals_stream


def separated_or_waived(
    service: Service, caller: Caller, measurers: Callable[[], Collection[str]], exception: str | None
) -> str | None:
    """The reason for which whoever measured validates all the same; None where it did not. DutiesNotSeparated."""
    if not caller.principal.is_account:
        return None
    return require_separated("measurer_does_not_validate", caller.actor, measurers(), exception, service.separation)


def waiver(about: str, day: date, reason: str) -> Pending:
    """The event of an exception, with its reason beside it."""
    event = SeparationWaived(rule="measurer_does_not_validate", about=about)
    return Pending(event, day, note=salting()(reason))


def measurers_of_round(reader: Reader, known: PlanKnown, collected: CollectedRound) -> frozenset[str]:
    """Who recorded what came for a round: each value with all that it was before, each status with those before it."""
    events = [due.measurement.record.event for due in collected.dues if due.measurement is not None]
    cells = {(event.series, event.period) for event in events if isinstance(event, NewFigure)}
    figures = _recorded_of(reader, known, lambda event: (event.series, event.period) in cells)
    replies = [*collected.objectives.values(), *(due.status for due in collected.dues if due.status is not None)]
    statuses = [reply.record for reply in replies]
    statuses += reader.records(known.stream, collected.superseded)
    return _behind(reader, known, figures, statuses)


def measurers_of_year(reader: Reader, known: PlanKnown, year: int) -> frozenset[str]:
    """Who recorded the figures of a year of a plan's series, and the statuses that were reported for it."""
    series = series_of(reader.timelines(known.stream))
    figures = _recorded_of(reader, known, lambda event: event.series in series and period_year(event.period) == year)
    annulled = reader.annulled(known.stream, known.known.version)
    statuses = [
        record
        for record in reader.records(known.stream)
        if isinstance(record.event, StatusReported)
        and record.event.reported_on.year == year
        and record.version not in annulled
    ]
    return _behind(reader, known, figures, statuses)


def _recorded_of(reader: Reader, known: PlanKnown, asked: Callable[[NewFigure], bool]) -> list[Recorded]:
    """What made some figures what they are: what was recorded or restated, whatever was restated since, and what was left out."""
    stream, version = known.administration_stream, known.administration_known.version
    annulled = reader.annulled(stream, version)
    records = reader.records(stream, upto=version)
    figures = {r.version: r for r in records if isinstance(r.event, NewFigure) and asked(r.event)}
    return [
        record
        for record in records
        if record.version not in annulled
        and (record.version in figures or not figures.keys().isdisjoint(record.event.annulled_versions()))
    ]


def _behind(
    reader: Reader, known: PlanKnown, figures: Collection[Recorded], statuses: Collection[Recorded]
) -> frozenset[str]:
    """Who recorded these events; of those that an act enacted, who wrote the proposal as well."""
    actors = {record.actor for record in (*figures, *statuses)}
    for plan in plans_of(reader, known.administration):
        for life in lives(reader.records(proposals_stream(plan))).values():
            if life.enactment is None:
                continue
            _, enacted = life.enactment
            if any(made_in(enacted.administration_versions, record.version) for record in figures) or (
                plan == known.plan and any(made_in(enacted.plan_versions, record.version) for record in statuses)
            ):
                actors |= life.drafters
    return frozenset(actors)
