"""Every event that a stream may hold, by its permanent topic. A topic that is not here is refused, never imported.

The events of a noun are listed at the end of its `events` module.
"""

from domain.access import events as access
from domain.administrations import events as administrations
from domain.annulments import events as annulments
from domain.benchmarks import events as benchmarks
from domain.deviations import events as deviations
from domain.errors import UnknownRecord
from domain.event import Event
from domain.formulas import events as formulas
from domain.indicators import events as indicators
from domain.installation import events as installation
from domain.library import events as library
from domain.measurements import events as measurements
from domain.objectives import events as objectives
from domain.oiv import events as oiv
from domain.plans import events as plans
from domain.proposals import events as proposals
from domain.redactions import events as redactions
from domain.rounds import events as rounds
from domain.scoring import events as scoring
from domain.targets import events as targets
from domain.trees import events as trees
from domain.webhooks import events as webhooks

PLAN_EVENTS: tuple[type[Event], ...] = (
    *plans.EVENTS,
    *objectives.EVENTS,
    *indicators.EVENTS,
    *targets.EVENTS,
    *trees.EVENTS,
    *measurements.STATUS_EVENTS,
    *formulas.EVENTS,
    *scoring.EVENTS,
    *rounds.EVENTS,
    *deviations.EVENTS,
    *annulments.EVENTS,
    *redactions.EVENTS,
)
ADMINISTRATION_EVENTS: tuple[type[Event], ...] = (
    *administrations.EVENTS,
    *measurements.EVENTS,
    *benchmarks.EVENTS,
)
OIV_EVENTS = oiv.EVENTS
PROPOSAL_EVENTS = proposals.EVENTS
INSTALLATION_EVENTS = installation.EVENTS
ACCESS_EVENTS: tuple[type[Event], ...] = (*access.EVENTS, *webhooks.EVENTS)
LIBRARY_EVENTS = library.EVENTS

TOPICS: dict[str, type[Event]] = {
    event.topic: event
    for event in (
        *PLAN_EVENTS,
        *ADMINISTRATION_EVENTS,
        *OIV_EVENTS,
        *PROPOSAL_EVENTS,
        *INSTALLATION_EVENTS,
        *ACCESS_EVENTS,
        *LIBRARY_EVENTS,
    )
}


def event_type(topic: str) -> type[Event]:
    """The class of the events under a topic; UnknownRecord when no such topic is known."""
    try:
        return TOPICS[topic]
    except KeyError:
        raise UnknownRecord(f"il tipo di evento {topic[:80]!r} non è noto a questa versione") from None
