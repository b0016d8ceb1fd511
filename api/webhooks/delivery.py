"""Sends the events of the record to those who subscribed to them: in order, at least once, by position (an outbox).

The log is the outbox: a subscription keeps the position up to which its receiver has said that it took everything. The
position moves once an answer is here, never before, so that a process that is killed between the sending and the answer
sends again, under the same id. One process sends to one subscription at a time (a lease that ends by itself); what fails
is tried again after longer and longer, and given up into a list (dead letters) from which it can be sent again.
"""

import secrets
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from random import uniform
from typing import Protocol

import orjson
from eventsourcing.persistence import Notification

from api.access.credentials_key import CredentialsKey
from api.webhooks.sending import SECONDS, Delivered
from api.webhooks.signing import signed_headers
from domain.point import Point, today
from domain.webhooks.decide import delay_of_delivery
from projections.access import door
from projections.event_log import event_answer
from projections.store.cursor import Cursor
from projections.store.envelope import read_envelope, write_instant
from projections.store.store import Store
from projections.streams import PLANS
from projections.webhooks import (
    DeadLetter,
    Webhook,
    WebhookState,
    all_webhooks,
    letters_of,
    may_leave,
    notification_at,
    outgoing,
    stored_letter,
)

LEASE = timedelta(seconds=3 * SECONDS)
"""How long a subscription is one process's after each thing that it writes: longer than one event may take."""
AT_A_TIME = 8
"""To how many subscriptions is sent at a time: a receiver that is slow keeps few others waiting."""
SPREAD = 0.2
"""By how much of itself a delay is drawn longer: those who failed together do not come back together."""

Send = Callable[[str, Mapping[str, str], bytes], Delivered]


class _Lost(Exception):
    """Somebody else has the subscription now, or it was ended."""


class Jitter(Protocol):
    """A number between two."""

    def __call__(self, low: float, high: float, /) -> float:
        """Draws it."""


class Deliveries:
    """What is to be sent, of a store; `send` sends one message."""

    def __init__(
        self, store: Store, key: CredentialsKey, send: Send, public_address: str | None = None, jitter: Jitter = uniform
    ) -> None:
        self.store, self.key, self.send = store, key, send
        self._public_address = public_address
        self._jitter = jitter

    def deliver(self) -> int:
        """Sends all that is due now; how many events were taken."""
        self.store.datastore.prepare_access()
        with self.store.reading() as reader:
            now = self.store.clock()
            due = [webhook for webhook in all_webhooks(reader.cursor) if webhook.is_due(now)]
        if len(due) < 2:
            return sum(map(self._deliver_to, due))
        with ThreadPoolExecutor(min(AT_A_TIME, len(due))) as pool:
            return sum(pool.map(self._deliver_to, due))

    def _deliver_to(self, webhook: Webhook) -> int:
        try:
            return _Turn(self, webhook).run()
        except _Lost:
            return 0

    def message(self, webhook: Webhook, event: Notification) -> tuple[str, dict[str, str], bytes]:
        """Where an event is sent, under which headers, with which bytes."""
        state, now = webhook.state, self.store.clock()
        salts = [state.salt]
        if state.former_salt and state.former_until and state.former_until > now:
            salts.append(state.former_salt)
        body = cloud_event(event, self._public_address)
        headers = signed_headers(self.key, webhook.id, tuple(salts), f"{webhook.id}.{event.id}", now, body)
        return state.url, headers, body

    def wait(self, attempts: int, asked: timedelta | None) -> timedelta | None:
        """How long to wait after so many failures; None: it is given up."""
        delay = delay_of_delivery(attempts, asked)
        return None if delay is None else delay * self._jitter(1, 1 + SPREAD)


class _Turn:
    """One process's turn to send to one subscription."""

    def __init__(self, deliveries: Deliveries, webhook: Webhook) -> None:
        self._of, self._webhook, self._lease = deliveries, webhook, secrets.token_hex(8)
        self._taken = 0

    def run(self) -> int:
        """Sends what was asked for again, then what comes next, until nothing does or something fails."""
        self._write(lease=self._lease)
        self._again()
        while self._next():
            pass
        self._write(lease=None)
        return self._taken

    def _write(
        self, *, lease: str | None, letter: DeadLetter | None = None, given_up: bool = False, **said: object
    ) -> None:
        """Notes how far it has come, with the lease for as long as it goes on; _Lost where another wrote meanwhile."""
        before, store = self._webhook, self._of.store
        until = store.clock() + LEASE if lease else None
        state = WebhookState.model_validate(before.state.model_dump() | said | {"lease": lease, "lease_until": until})
        after = before.stored._replace(state=state.model_dump(mode="json"))

        def write(cursor: Cursor) -> bool:
            if not door.replace_unchanged(cursor, before.stored, after):
                return False
            if letter is not None:
                if given_up:
                    door.keep(cursor, letter.stored)
                else:
                    door.forget(cursor, "letter", letter.stored.id)
            return True

        if not door.writing(store, write):
            raise _Lost
        self._webhook = before._replace(state=state, stored=after)

    def _again(self) -> None:
        """Sends what could not be delivered and was asked for again, the first before; one that fails again stays."""
        with self._of.store.reading() as reader:
            asked = [letter for letter in letters_of(reader.cursor, self._webhook.id) if letter.again]
            events = {letter.position: notification_at(reader, letter.position) for letter in asked}
            sent = {event.id for event in may_leave(reader, self._webhook, events.values(), self._today())}
        for letter in asked:
            delivered = self._sent(events[letter.position]) if letter.position in sent else Delivered(None)
            if delivered.failure is None:
                self._taken += letter.position in sent
                self._write(lease=self._lease, letter=letter)
            else:
                at = letter.stored.created_at
                kept = stored_letter(self._webhook.id, letter.position, letter.attempts + 1, delivered.failure, at)
                self._write(lease=self._lease, letter=letter._replace(stored=kept), given_up=True)

    def _next(self) -> bool:
        """Sends what comes next; False when nothing does, or when something failed."""
        with self._of.store.reading() as reader:
            looked = outgoing(reader, self._webhook, self._today())
        if looked.last == self._webhook.state.position:
            return False
        for event in looked.events:
            delivered = self._sent(event)
            now = self._of.store.clock()
            if delivered.failure is None:
                self._taken += 1
                self._write(
                    lease=self._lease, position=event.id, delivered_at=now, attempts=0, next_at=None, failure=None
                )
            else:
                self._failed(event, delivered, now)
                return False
        self._write(lease=self._lease, position=looked.last)
        return True

    def _failed(self, event: Notification, delivered: Delivered, now: datetime) -> None:
        """Waits longer, or gives the event up and goes on after it."""
        attempts = self._webhook.state.attempts + 1
        wait = self._of.wait(attempts, delivered.retry_after)
        if wait is not None:
            self._write(lease=self._lease, attempts=attempts, next_at=now + wait, failure=delivered.failure)
            return
        failure = delivered.failure or "failed"
        kept = stored_letter(self._webhook.id, event.id, attempts, failure, now)
        letter = DeadLetter(event.id, attempts, failure, again=False, stored=kept)
        self._write(
            lease=self._lease,
            letter=letter,
            given_up=True,
            position=event.id,
            attempts=0,
            next_at=None,
            failure=failure,
        )

    def _sent(self, event: Notification) -> Delivered:
        return self._of.send(*self._of.message(self._webhook, event))

    def _today(self) -> Point:
        return Point(today(self._of.store.clock()))


def cloud_event(event: Notification, public_address: str | None) -> bytes:
    """An event as CloudEvents 1.0 writes it in JSON; its data are those of the feed (`/v1/events`), byte by byte.

    `id` and `source` name it for ever, whoever it is sent to and how often; `sequence` sorts as the log does.
    """
    stream = str(event.originator_id)
    kind, _, name = stream.partition("/")
    if public_address is None:
        source = f"urn:in-itinere:{kind}:{name}"
    else:
        source = f"{public_address}/v1/{'plans' if stream.startswith(PLANS) else 'administrations'}/{name}"
    return orjson.dumps(
        {
            "specversion": "1.0",
            "id": f"{stream}/{event.originator_version}",
            "source": source,
            "type": f"in-itinere.{event.topic}",
            "subject": stream,
            "time": write_instant(read_envelope(event.topic, event.state).recorded_at),
            "datacontenttype": "application/json",
            "sequence": f"{event.id:019}",
            "data": event_answer(event),
        }
    )
