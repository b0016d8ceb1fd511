"""The separation of duties where values are validated: whoever recorded them does not, unless an exception says why.

On the command line of the machine, which is the office's own tool, nobody is told from anybody: there it asks nothing.
"""

from collections.abc import Callable, Collection
from datetime import date

from api.commands.administration_writer import salting
from api.commands.handler import Caller
from api.commands.service import Service
from domain.access.separation import require_separated
from domain.proposals.events import SeparationWaived
from domain.recording import Pending
from projections.reviews import measurements_to_draw
from projections.store.reader import Reader
from projections.streams import PlanKnown


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


def measurers_of(reader: Reader, known: PlanKnown, year: int) -> frozenset[str]:
    """Who recorded the measurements of a year of a plan's series that count."""
    versions = [int(measurement.rpartition("\n")[2]) for measurement in measurements_to_draw(reader, known, year)]
    return frozenset(record.actor for record in reader.records(known.administration_stream, versions))
