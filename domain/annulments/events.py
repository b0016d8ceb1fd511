"""The event that leaves earlier ones out: nothing is altered, older knowledge still sees them."""

from typing import Annotated, Literal

from pydantic import Field

from domain.event import Event


class EventsAnnulled(Event):
    """Events of the same stream were annulled: recorded by mistake, or their act was annulled.

    Annulling an annulment gives back what it had left out.
    """

    topic = "events-annulled"

    versions: Annotated[tuple[int, ...], Field(min_length=1)]
    reason: Literal["recorded_by_mistake", "act_annulled", "corrected", "taken_along"]
