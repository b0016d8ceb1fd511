"""The commands about subscriptions to events: recorded in the stream of the accounts, with what is kept at the door."""

import secrets
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import NamedTuple

from api.commands.accounts import key_of, new_id
from api.commands.handler import Caller, Decision, Outcome
from api.commands.service import Service
from api.webhooks.receivers import receiver_of
from api.webhooks.signing import secret_of
from domain.access.decide import ACCOUNTS
from domain.catalogue import ADMINISTRATION_EVENTS, PLAN_EVENTS
from domain.errors import NoChange, NotFound, Refusal
from domain.event import Event
from domain.point import today
from domain.recording import Pending
from domain.webhooks.commands import EndWebhook, ReplaceWebhookSecret, SendAgain, SubscribeWebhook
from domain.webhooks.decide import FORMER_SECRET_KEPT, MOST_WEBHOOKS
from domain.webhooks.events import (
    WebhookEnded,
    WebhookRedeliveryAsked,
    WebhookSecretReplaced,
    WebhookSubscribed,
)
from projections.access import door
from projections.store.append import StreamAppend
from projections.store.cursor import Cursor
from projections.store.reader import Reader
from projections.streams import find_administration
from projections.webhooks import (
    Webhook,
    WebhookState,
    find_webhook,
    letters_of,
    stored_letter,
    stored_webhook,
    webhooks_of,
)

SENT_TOPICS = tuple(sorted(event.topic for event in (*PLAN_EVENTS, *ADMINISTRATION_EVENTS)))
"""The kinds of events that are sent: those of the streams of plans and of administrations."""


class TooManyWebhooks(Refusal):
    """An administration has as many subscriptions as it may."""

    name = "too_many_webhooks"
    title = "Troppe sottoscrizioni"


class _Decided(NamedTuple):
    """What a command comes to: an event, and what is written at the door."""

    event: Event
    beside: Callable[[Cursor], None]


def subscribe_webhook(service: Service, administration: str, command: SubscribeWebhook, caller: Caller) -> Outcome:
    """Begins a subscription; its secret is worked out, and shown once."""
    receiver = receiver_of(command.url, service.receivers)
    for place, topic in enumerate(command.topics):
        if topic not in SENT_TOPICS:
            accepted = f"uno fra: {', '.join(SENT_TOPICS)}"
            raise NotFound(f"{topic} non è un tipo di evento che si invia", accepted=accepted, where=f"topics[{place}]")
    webhook, salt, now = new_id("wh"), secrets.token_hex(16), service.store.clock()

    def decide(reader: Reader) -> _Decided:
        if len(webhooks_of(reader.cursor, administration)) >= MOST_WEBHOOKS:
            found = f"{administration} ha già {MOST_WEBHOOKS} sottoscrizioni"
            raise TooManyWebhooks(found, accepted="finirne una")
        position = (
            reader.last_position()
            if command.after_position is None
            else min(command.after_position, reader.last_position())
        )
        topics = tuple(dict.fromkeys(command.topics))
        state = WebhookState(url=command.url, topics=topics, drafts=command.drafts, salt=salt, position=position)
        event = WebhookSubscribed(
            webhook=webhook,
            administration=administration,
            host=receiver.host,
            drafts=command.drafts,
            topics=topics,
        )
        return _Decided(event, lambda cursor: door.keep(cursor, stored_webhook(webhook, administration, state, now)))

    # A part of the address may be a secret: only its host goes into the digest of the request, which the record keeps.
    request: list[object] = ["subscribe_webhook", administration, receiver.host, list(command.topics), command.drafts]
    outcome = _record(service, administration, caller, request, decide)
    return _showing(outcome, secret_of(key_of(service), webhook, salt))


def end_webhook(service: Service, administration: str, command: EndWebhook, caller: Caller) -> Outcome:
    """Ends a subscription, with what was waiting for it."""

    def decide(reader: Reader) -> _Decided:
        webhook = find_webhook(reader.cursor, administration, command.webhook)
        letters = letters_of(reader.cursor, webhook.id)

        def beside(cursor: Cursor) -> None:
            door.forget(cursor, "webhook", webhook.id)
            for letter in letters:
                door.forget(cursor, "letter", letter.stored.id)

        return _Decided(WebhookEnded(webhook=webhook.id, administration=administration), beside)

    return _record(service, administration, caller, ["end_webhook", administration, command], decide)


def replace_webhook_secret(
    service: Service, administration: str, command: ReplaceWebhookSecret, caller: Caller
) -> Outcome:
    """Gives a subscription another secret, shown once; for some days the one before signs as well."""
    salt, now = secrets.token_hex(16), service.store.clock()

    def decide(reader: Reader) -> _Decided:
        webhook = find_webhook(reader.cursor, administration, command.webhook)
        former: dict[str, str | datetime | None] = {
            "former_salt": webhook.state.salt,
            "former_until": now + FORMER_SECRET_KEPT,
            "salt": salt,
        }
        event = WebhookSecretReplaced(webhook=webhook.id, administration=administration)
        return _Decided(event, lambda cursor: _keep(cursor, webhook, **former))

    request: list[object] = ["replace_webhook_secret", administration, command]
    outcome = _record(service, administration, caller, request, decide)
    return _showing(outcome, secret_of(key_of(service), command.webhook, salt))


def send_again(service: Service, administration: str, command: SendAgain, caller: Caller) -> Outcome:
    """Has what could not be delivered tried again, and what is waiting tried now."""

    def decide(reader: Reader) -> _Decided:
        webhook = find_webhook(reader.cursor, administration, command.webhook)
        letters = letters_of(reader.cursor, webhook.id)
        asked = [letter for letter in letters if command.position in {None, letter.position}]
        if command.position is not None and not asked:
            accepted = f"una fra: {', '.join(str(letter.position) for letter in letters[:50])}" if letters else None
            found = f"l'evento alla posizione {command.position} non è fra quelli non consegnati"
            raise NotFound(found, accepted=accepted or "nessuno: tutto fu consegnato", where="position")
        if not asked and webhook.state.next_at is None:
            raise NoChange(f"nulla da inviare di nuovo a {webhook.id}", where="webhook")

        def beside(cursor: Cursor) -> None:
            _keep(cursor, webhook, next_at=None)
            for letter in asked:
                at = letter.stored.created_at
                door.keep(
                    cursor,
                    stored_letter(webhook.id, letter.position, letter.attempts, letter.failure, at, again=True),
                )

        position = command.position
        event = WebhookRedeliveryAsked(webhook=webhook.id, administration=administration, position=position)
        return _Decided(event, beside)

    return _record(service, administration, caller, ["send_again", administration, command], decide)


def _keep(cursor: Cursor, webhook: Webhook, **said: str | datetime | None) -> None:
    """Keeps a subscription with something else said; whoever is sending to it has lost it, and sends that event again."""
    freed = {"lease": None, "lease_until": None}
    state = WebhookState.model_validate(webhook.state.model_dump() | said | freed)
    door.keep(cursor, webhook.stored._replace(state=state.model_dump(mode="json")))


def _record(
    service: Service,
    administration: str,
    caller: Caller,
    request: Sequence[object],
    decide: Callable[[Reader], _Decided],
) -> Outcome:
    def decided(reader: Reader) -> Decision:
        find_administration(reader, administration, None)
        comes_to, day = decide(reader), today(service.store.clock())
        append = StreamAppend(ACCOUNTS, reader.head(ACCOUNTS).version, (Pending(comes_to.event, day),))
        return Decision((append,), beside=comes_to.beside)

    service.store.datastore.prepare_access()
    return service.handle(caller, None, list(request), decided)


def _showing(outcome: Outcome, secret: str) -> Outcome:
    return outcome if outcome.repeated else outcome.model_copy(update={"secret": secret})
