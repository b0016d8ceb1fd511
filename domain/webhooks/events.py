"""What becomes of the subscriptions by which the events of an administration are sent to a program of its own.

They stand in the stream of the accounts: who lets what leave is a matter of who may come in. The address that events are
sent to is in no event, for a part of it may be a secret; its host is, so that the record says where things went.
"""

from typing import Annotated

from pydantic import StringConstraints

from domain.event import Event, Occurrence
from domain.facts import Fact
from domain.names import Names
from domain.vocabulary import Identifier, JsonValue

WebhookId = Annotated[str, StringConstraints(pattern=r"^wh-[a-z2-7]{16}$")]
"""A subscription: opaque."""

EventTopic = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z-]{1,79}$")]
"""The permanent name of a kind of event."""

OPEN, ENDED = "open", "ended"


def webhook_key(webhook: str) -> str:
    """The object under which the facts of a subscription stand."""
    return f"webhook/{webhook}"


class WebhookEvent(Occurrence):
    """What happened to one subscription of an administration."""

    webhook: WebhookId
    administration: Identifier

    def fact(self, field: str, value: JsonValue) -> list[Fact]:
        """The fact that a field of the subscription has a value from here on."""
        return [Fact(webhook_key(self.webhook), field, value)]


class WebhookSubscribed(WebhookEvent):
    """The events of an administration are sent to a host from here on; of `topics` alone, where they are said.

    `drafts` says whether those of plans that no act has approved are, too.
    """

    topic = "webhook-subscribed"

    host: Annotated[str, StringConstraints(pattern=r"^[a-z0-9.:\[\]-]{1,260}$")]
    drafts: bool = False
    topics: tuple[EventTopic, ...] = ()

    def facts(self) -> list[Fact]:
        return [*self.fact("status", OPEN), *self.fact("administration", self.administration)]

    def sentence(self, names: Names) -> str:
        which = "Gli eventi, bozze comprese," if self.drafts else "Gli eventi"
        return f"{which} di {self.administration} si inviano a {self.host} ({self.webhook})"


class WebhookEnded(WebhookEvent):
    """Nothing is sent to it any more."""

    topic = "webhook-ended"
    takes_away = True

    def facts(self) -> list[Fact]:
        return self.fact("status", ENDED)

    def sentence(self, names: Names) -> str:
        return f"Finita la sottoscrizione {self.webhook} di {self.administration}"


class WebhookSecretReplaced(WebhookEvent):
    """What is sent to it is signed by another secret; for some days by the one before as well."""

    topic = "webhook-secret-replaced"
    takes_away = True

    def facts(self) -> list[Fact]:
        return self.fact("secret", "replaced")

    def sentence(self, names: Names) -> str:
        return f"Sostituito il segreto della sottoscrizione {self.webhook} di {self.administration}"


class WebhookRedeliveryAsked(WebhookEvent):
    """What could not be delivered is tried again: the event at a position, or (None) all of them."""

    topic = "webhook-redelivery-asked"

    position: int | None = None

    def facts(self) -> list[Fact]:
        return self.fact("again", self.position)

    def sentence(self, names: Names) -> str:
        what = "ciò che non fu consegnato" if self.position is None else f"l'evento alla posizione {self.position}"
        return f"Si invia di nuovo {what} alla sottoscrizione {self.webhook} di {self.administration}"


EVENTS: tuple[type[Event], ...] = (WebhookSubscribed, WebhookEnded, WebhookSecretReplaced, WebhookRedeliveryAsked)
