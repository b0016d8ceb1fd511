"""Subscriptions to the events of an administration: to whom they are sent, how far, what could not be delivered."""

from api.commands import webhooks
from api.operations.model import AnsweredBy, Cli, QueryContext, command
from api.operations.queries import Nothing
from domain.webhooks.commands import EndWebhook, ReplaceWebhookSecret, SendAgain, SubscribeWebhook
from projections.store.store import Store
from projections.streams import find_administration
from projections.webhooks import UndeliveredList, WebhookList, undelivered, webhook_list

TAG = "eventi inviati"


def _door(store: Store) -> None:
    store.datastore.prepare_access()


def list_webhooks(context: QueryContext, _: Nothing) -> WebhookList:
    """The subscriptions of an administration."""
    find_administration(context.reader, context.subject, None)
    return webhook_list(context.reader, context.subject)


WEBHOOKS = (
    AnsweredBy(WebhookList).question(
        "list_webhooks",
        "Le sottoscrizioni",
        "A chi si inviano gli eventi dell'amministrazione, fin dove si è arrivati, che cosa non va.",
        tag=TAG,
        permission="manage_webhooks",
        path="/administrations/{administration}/webhooks",
        cli=Cli(words="webhooks list"),
        query=Nothing,
        handler=list_webhooks,
        identity="none",
        prepare=_door,
    ),
    command(
        "subscribe_webhook",
        "Sottoscrive gli eventi",
        "Invia gli eventi dell'amministrazione a un indirizzo, firmati, nell'ordine del registro: quelli dei suoi piani "
        "pubblicati e quelli suoi. Il segreto con cui si firmano si vede una volta sola.",
        tag=TAG,
        permission="manage_webhooks",
        path="/administrations/{administration}/webhooks",
        cli=Cli(words="webhooks subscribe", arguments=("url",), options={"topics": "topic"}),
        takes=SubscribeWebhook,
        handler=lambda context, subscribing: webhooks.subscribe_webhook(
            context.service, context.subject, subscribing, context.caller
        ),
    ),
    command(
        "end_webhook",
        "Finisce una sottoscrizione",
        "Non vi si invia più nulla; ciò che aspettava, e ciò che non fu consegnato, non si conserva.",
        tag=TAG,
        permission="manage_webhooks",
        path="/administrations/{administration}/webhook-endings",
        cli=Cli(words="webhooks end", arguments=("webhook",)),
        takes=EndWebhook,
        handler=lambda context, ending: webhooks.end_webhook(context.service, context.subject, ending, context.caller),
    ),
    command(
        "replace_webhook_secret",
        "Sostituisce il segreto di una sottoscrizione",
        "Fa un altro segreto, che si vede una volta sola; per tre giorni ciò che si invia è firmato da tutti e due.",
        tag=TAG,
        permission="manage_webhooks",
        path="/administrations/{administration}/webhook-secrets",
        cli=Cli(words="webhooks secret", arguments=("webhook",)),
        takes=ReplaceWebhookSecret,
        handler=lambda context, replacing: webhooks.replace_webhook_secret(
            context.service, context.subject, replacing, context.caller
        ),
    ),
    AnsweredBy(UndeliveredList).question(
        "list_undelivered",
        "Ciò che non fu consegnato",
        "Gli eventi che una sottoscrizione non ha preso, dopo tutti i tentativi: perché, e se si inviano di nuovo.",
        tag=TAG,
        permission="manage_webhooks",
        path="/administrations/{administration}/webhooks/{webhook}/undelivered",
        cli=Cli(words="webhooks undelivered"),
        query=Nothing,
        handler=lambda context, _: undelivered(context.reader, context.subject, context.part),
        identity="none",
        prepare=_door,
    ),
    command(
        "send_again",
        "Invia di nuovo",
        "Invia di nuovo ciò che non fu consegnato, tutto o un evento solo; e ritenta subito ciò che aspettava.",
        tag=TAG,
        permission="manage_webhooks",
        path="/administrations/{administration}/webhook-redeliveries",
        cli=Cli(words="webhooks resend", arguments=("webhook",)),
        takes=SendAgain,
        handler=lambda context, sending: webhooks.send_again(context.service, context.subject, sending, context.caller),
    ),
)
