"""The commands about subscriptions: begun, ended, given another secret, asked to send again."""

from typing import Annotated

from pydantic import Field, StringConstraints

from domain.vocabulary import NO_FLAG, Frozen, TrueOrFalse
from domain.webhooks.events import EventTopic, WebhookId

ReceiverAddress = Annotated[str, StringConstraints(min_length=8, max_length=2_000, pattern=r"^[!-~]+$")]
"""The address of a receiver: printable ASCII; what it may be is judged where it is read (`api/webhooks/receivers.py`)."""

_Position = Annotated[int, Field(ge=0, le=2**53), NO_FLAG]
_Webhook = Annotated[
    WebhookId,
    Field(
        title="sottoscrizione",
        description="L'identificativo della sottoscrizione.",
        examples=["wh-k3v5o2aq7x4mlc6e"],
    ),
]


class SubscribeWebhook(Frozen):
    """Send the events of an administration to an address, signed, in the order of the record."""

    url: Annotated[
        ReceiverAddress,
        Field(
            title="indirizzo",
            description="L'indirizzo https a cui si inviano gli eventi.",
            examples=["https://eventi.ente.example/in-itinere"],
        ),
    ]
    topics: Annotated[
        tuple[EventTopic, ...],
        Field(
            max_length=100,
            title="tipi",
            description="I tipi di evento da inviare; tutti, se non se ne dice nessuno.",
            examples=[["target-revised", "measurement-recorded"]],
        ),
    ] = ()
    drafts: Annotated[
        TrueOrFalse,
        Field(title="bozze", description="Anche gli eventi dei piani dell'ente non ancora approvati da un atto."),
    ] = False
    after_position: Annotated[
        _Position | None,
        Field(
            title="dopo",
            description="La posizione del registro dopo la quale cominciare, 0 per il primo evento; se manca, da adesso.",
            examples=[0],
        ),
    ] = None


class EndWebhook(Frozen):
    """Send nothing to it any more; what it was waiting for is not kept."""

    webhook: _Webhook


class ReplaceWebhookSecret(Frozen):
    """Sign by another secret; for three days by both."""

    webhook: _Webhook


class SendAgain(Frozen):
    """Try again what could not be delivered, and what is waiting, now."""

    webhook: _Webhook
    position: Annotated[
        _Position | None,
        Field(
            title="posizione",
            description="La posizione di un solo evento fra quelli non consegnati; tutti, se manca.",
            examples=[12],
        ),
    ] = None
