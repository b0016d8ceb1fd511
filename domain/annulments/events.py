"""The event that leaves earlier ones out: nothing is altered, older knowledge still sees them."""

from typing import Annotated, Literal

from pydantic import Field

from domain.event import Event, Occurrence
from domain.facts import Fact
from domain.names import Names

Reason = Literal["recorded_by_mistake", "act_annulled", "corrected", "taken_along", "dated_by_act", "draft_discarded"]
REASON_WORDS: dict[Reason, str] = {
    "recorded_by_mistake": "errore di registrazione",
    "act_annulled": "atto annullato",
    "corrected": "rettifica",
    "taken_along": "una modifica anteriore lo supera",
    "dated_by_act": "portato alla data dell'atto che approva il piano",
    "draft_discarded": "bozza scartata",
}


class EventsAnnulled(Occurrence):
    """Events of the same stream were annulled: recorded by mistake, or their act was annulled.

    Annulling an annulment gives back what it had left out.
    """

    topic = "events-annulled"

    versions: Annotated[tuple[int, ...], Field(min_length=1)]
    reason: Reason

    def facts(self) -> list[Fact]:
        return []

    def sentence(self, names: Names) -> str:
        annulled = "Annullato evento" if len(self.versions) == 1 else "Annullati eventi"
        rest = " e altri" if len(self.versions) > 20 else ""
        return f"{annulled} {', '.join(map(str, self.versions[:20]))}{rest} ({REASON_WORDS[self.reason]})"

    def annulled_versions(self) -> tuple[int, ...]:
        return self.versions


EVENTS: tuple[type[Event], ...] = (EventsAnnulled,)
