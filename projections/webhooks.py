"""The subscriptions to the events of an administration: where they stand, what is to be sent next, what could not be.

A subscription is kept at the door, beside the record (`projections/access/door.py`): where it is sent to, how far it has
come, who is sending just now. Nothing of it is a secret that signs (`api/webhooks/signing.py`).
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Literal, NamedTuple

from eventsourcing.persistence import Notification
from typing_extensions import TypedDict

from domain.errors import NotFound
from domain.facts import PLAN
from domain.point import Point
from domain.vocabulary import Frozen, Identifier
from domain.webhooks.events import WebhookId
from projections.access import door
from projections.access.door import StoredAccess
from projections.answers import Count, Instant, Name, Text, Version
from projections.plans import is_published
from projections.store.cursor import Cursor
from projections.store.envelope import write_instant
from projections.store.reader import Reader
from projections.streams import PLANS, administration_stream

EVENTS_A_LOOK = 200
"""How many events of the log are looked at a time for those that go to a subscription."""

Failure = Literal["away", "timeout", "certificate", "not_allowed", "redirect", "refused", "failed"]
"""Why something was not delivered: no connection, no answer in time, a certificate that is not believed, an address that
is not sent to, an answer that leads elsewhere, 4xx, any other answer."""


class WebhookState(Frozen):
    """What is kept of a subscription: to whom, what, how far; `lease` is of the process that is sending, until it ends.

    `attempts` failed for the event that comes after `position`; it is tried again from `next_at` on.
    """

    url: str
    topics: tuple[str, ...] = ()
    drafts: bool = False
    salt: str
    former_salt: str | None = None
    former_until: datetime | None = None
    position: int = 0
    attempts: int = 0
    next_at: datetime | None = None
    failure: Failure | None = None
    delivered_at: datetime | None = None
    lease: str | None = None
    lease_until: datetime | None = None


class Webhook(NamedTuple):
    """A subscription as it was read."""

    id: WebhookId
    administration: Identifier
    state: WebhookState
    stored: StoredAccess

    def is_due(self, now: datetime) -> bool:
        """Whether nobody is sending to it, and nothing is being waited for."""
        return not any(until is not None and until > now for until in (self.state.next_at, self.state.lease_until))


class DeadLetter(NamedTuple):
    """An event that could not be delivered: at which position of the log, why, and whether it is to be tried `again`."""

    position: int
    attempts: int
    failure: Failure
    again: bool
    stored: StoredAccess


class WebhookAnswer(TypedDict):
    """Una sottoscrizione: a chi si invia che cosa, fin dove si è arrivati, che cosa non va."""

    webhook: Name
    url: Text
    topics: list[Name]
    drafts: bool
    since: Instant
    position: Count
    delivered_at: Instant | None
    attempts: Count
    next_at: Instant | None
    failure: Name | None
    undelivered: Count


class WebhookList(TypedDict):
    """Le sottoscrizioni agli eventi di un'amministrazione; `last` è la posizione dell'ultimo evento del registro."""

    administration: Identifier
    last: Count
    webhooks: list[WebhookAnswer]


class Undelivered(TypedDict):
    """Un evento che non fu consegnato."""

    position: Count
    stream: Text
    version: Version
    topic: Name
    given_up_at: Instant
    attempts: Count
    failure: Name
    again: bool


class UndeliveredList(TypedDict):
    """Ciò che non fu consegnato a una sottoscrizione, nell'ordine del registro."""

    administration: Identifier
    webhook: Name
    undelivered: list[Undelivered]


def held_by(administration: str) -> str:
    """Under whom the subscriptions of an administration are kept at the door."""
    return f"administration/{administration}"


def stored_webhook(webhook: str, administration: str, state: WebhookState, created_at: datetime) -> StoredAccess:
    """A subscription as it is kept."""
    return StoredAccess("webhook", webhook, held_by(administration), state.model_dump(mode="json"), created_at)


def webhooks_of(cursor: Cursor, administration: str) -> list[Webhook]:
    """The subscriptions of an administration, the oldest first."""
    return [_webhook(stored) for stored in door.of_account(cursor, held_by(administration), "webhook")]


def all_webhooks(cursor: Cursor) -> list[Webhook]:
    """Every subscription."""
    return [_webhook(stored) for stored in door.of_kind(cursor, "webhook")]


def find_webhook(cursor: Cursor, administration: str, webhook: str) -> Webhook:
    """A subscription of an administration; NotFound for any other, also of another administration."""
    listed = webhooks_of(cursor, administration)
    for one in listed:
        if one.id == webhook:
            return one
    accepted = f"una fra: {', '.join(one.id for one in listed)}" if listed else "prima se ne apre una"
    raise NotFound(f"la sottoscrizione {webhook} non c'è", accepted=accepted, where="webhook")


def letter_id(webhook: str, position: int) -> str:
    """Under which an event that could not be delivered is kept: sorted as the log is."""
    return f"{webhook}.{position:019}"


def letters_of(cursor: Cursor, webhook: str) -> list[DeadLetter]:
    """What could not be delivered to a subscription, in the order of positions."""
    letters = [
        DeadLetter(
            int(stored.id.rpartition(".")[2]),
            int(str(stored.state["attempts"])),
            stored.state["failure"],  # type: ignore[arg-type]  # only failures are kept
            bool(stored.state["again"]),
            stored,
        )
        for stored in door.of_account(cursor, f"webhook/{webhook}", "letter")
    ]
    return sorted(letters, key=lambda letter: letter.position)


def stored_letter(
    webhook: str, position: int, attempts: int, failure: Failure, given_up_at: datetime, *, again: bool = False
) -> StoredAccess:
    """What could not be delivered, as it is kept: the place of the event, nothing of it."""
    state = {"attempts": attempts, "failure": failure, "again": again}
    return StoredAccess("letter", letter_id(webhook, position), f"webhook/{webhook}", dict(state), given_up_at)


def webhook_list(reader: Reader, administration: str) -> WebhookList:
    """The subscriptions of an administration, with how far each has come."""
    return {
        "administration": administration,
        "last": reader.last_position(),
        "webhooks": [_answer(reader.cursor, one) for one in webhooks_of(reader.cursor, administration)],
    }


def undelivered(reader: Reader, administration: str, webhook: str) -> UndeliveredList:
    """What could not be delivered to a subscription of an administration."""
    one = find_webhook(reader.cursor, administration, webhook)
    listed: list[Undelivered] = []
    for letter in letters_of(reader.cursor, one.id):
        event = notification_at(reader, letter.position)
        listed.append(
            {
                "position": letter.position,
                "stream": str(event.originator_id),
                "version": event.originator_version,
                "topic": event.topic,
                "given_up_at": write_instant(letter.stored.created_at),
                "attempts": letter.attempts,
                "failure": letter.failure,
                "again": letter.again,
            }
        )
    return {"administration": administration, "webhook": webhook, "undelivered": listed}


class Outgoing(NamedTuple):
    """The events of the log that come next for a subscription, and the position up to which was looked."""

    events: list[Notification]
    last: int


def outgoing(reader: Reader, webhook: Webhook, now: Point) -> Outgoing:
    """What is to be sent next: events of the administration's own streams, those of its plans where they may leave.

    A draft leaves only where the subscription says so; what others have drafted never does, for no stream of theirs is
    looked at. The words that stand beside an event are not in its envelope: what an order takes away was never sent.
    """
    rows = reader.select_notifications(webhook.state.position, EVENTS_A_LOOK, inclusive_of_start=False)
    rule = _Rule(reader, webhook, now)
    return Outgoing([row for row in rows if rule.sends(row)], rows[-1].id if rows else webhook.state.position)


def may_leave(reader: Reader, webhook: Webhook, events: Iterable[Notification], now: Point) -> list[Notification]:
    """Those of some events that a subscription is sent today."""
    rule = _Rule(reader, webhook, now)
    return [event for event in events if rule.sends(event)]


def notification_at(reader: Reader, position: int) -> Notification:
    """The event at a position of the log."""
    (row,) = reader.select_notifications(position, 1)
    return row


class _Rule:
    """Which events go to a subscription, as things stand now."""

    def __init__(self, reader: Reader, webhook: Webhook, now: Point) -> None:
        self._reader, self._webhook, self._now = reader, webhook, now
        self._plans: dict[str, bool] = {}

    def sends(self, event: Notification) -> bool:
        """Whether an event is sent."""
        topics, stream = self._webhook.state.topics, str(event.originator_id)
        if topics and event.topic not in topics:
            return False
        if stream.startswith(PLANS):
            if stream not in self._plans:
                self._plans[stream] = self._sends_plan(stream)
            return self._plans[stream]
        return stream == administration_stream(self._webhook.administration)

    def _sends_plan(self, stream: str) -> bool:
        if self._reader.only_value(stream, PLAN, "administration") != self._webhook.administration:
            return False
        return self._webhook.state.drafts or is_published(self._reader, stream.removeprefix(PLANS), self._now)


def _webhook(stored: StoredAccess) -> Webhook:
    administration = stored.account.removeprefix("administration/")
    return Webhook(stored.id, administration, WebhookState.model_validate(stored.state), stored)


def _answer(cursor: Cursor, webhook: Webhook) -> WebhookAnswer:
    state = webhook.state
    return {
        "webhook": webhook.id,
        "url": state.url,
        "topics": list(state.topics),
        "drafts": state.drafts,
        "since": write_instant(webhook.stored.created_at),
        "position": state.position,
        "delivered_at": write_instant(state.delivered_at) if state.delivered_at else None,
        "attempts": state.attempts,
        "next_at": write_instant(state.next_at) if state.next_at else None,
        "failure": state.failure,
        "undelivered": len(letters_of(cursor, webhook.id)),
    }
