"""The commands of subscriptions to events, and the process that sends them."""

from rich.text import Text

from api.access.issuers import trusted_context
from api.cli import options as o
from api.cli import output, session
from api.cli.administrations import tell_of_administration
from api.cli.follow import stopping
from api.cli.frame import TranslatedCommand
from api.cli.reader import Shown, asks, group, records
from api.cli.words import counted, instant, printable
from api.commands.accounts import key_of
from api.commands.handler import Outcome
from api.commands.service import Service
from api.operations.model import Operation, row_named
from api.operations.upkeep import UPKEEP
from api.operations.webhooks import WEBHOOKS
from api.webhooks.delivery import Deliveries
from api.webhooks.receivers import receiver_rules
from api.webhooks.sending import Sender
from domain.errors import StoreBusy
from projections.webhooks import UndeliveredList, WebhookList

FAILURES = {
    "away": "non raggiungibile",
    "timeout": "nessuna risposta in tempo",
    "certificate": "certificato non valido",
    "not_allowed": "indirizzo a cui non si invia",
    "redirect": "rimanda altrove",
    "refused": "rifiutato (4xx)",
    "failed": "errore (5xx)",
}
"""Why something was not delivered, as people say it."""

POLL_SECONDS = 1.0


def tell_of_webhook(service: Service, outcome: Outcome) -> None:
    """Says what was recorded, and shows the secret that came with it."""
    tell_of_administration(service, outcome)
    if outcome.secret:
        output.show(Text(f"Segreto con cui si firma, che non si vedrà più: {outcome.secret}"))


def print_webhooks(_: Shown, answer: WebhookList) -> None:
    """The subscriptions, in a table."""
    table = output.table("sottoscrizione", "indirizzo", "che cosa", "fino a", "non consegnati", "che cosa non va")
    for row in answer["webhooks"]:
        what = ", ".join(row["topics"]) or "ogni evento"
        waiting = f", si riprova {instant(row['next_at'])}" if row["next_at"] else ""
        table.add_row(
            row["webhook"],
            printable(row["url"]),
            f"{what}, anche delle bozze" if row["drafts"] else what,
            f"{row['position']} di {answer['last']}",
            str(row["undelivered"]),
            f"{FAILURES[row['failure']]}{waiting}" if row["failure"] else "",
        )
    output.show(table)


def print_undelivered(_: Shown, answer: UndeliveredList) -> None:
    """What could not be delivered, in a table."""
    table = output.table("posizione", "flusso", "evento", "abbandonato", "tentativi", "perché", "si invia di nuovo")
    for row in answer["undelivered"]:
        table.add_row(
            str(row["position"]),
            printable(row["stream"]),
            f"{row['topic']} ({row['version']})",
            instant(row["given_up_at"]),
            str(row["attempts"]),
            FAILURES[row["failure"]],
            "sì" if row["again"] else "",
        )
    output.show(table)


def _deliver(*, follow: bool, database: str | None, as_json: bool) -> None:
    """Sends what is due now, or until it is told to stop; a database that is away is waited for."""
    configured = session.settings()
    sender = Sender(receiver_rules(configured), trusted_context(configured.ca_file))
    taken = 0
    with stopping() as stopped:
        while True:
            try:
                with session.serving(database) as service:
                    key = key_of(service)
                    deliveries = Deliveries(service.store, key, sender.send, configured.public_address)
                    taken += deliveries.deliver()
                    while follow and not stopped.wait(POLL_SECONDS):
                        taken += deliveries.deliver()
                break
            except StoreBusy as error:
                if not follow or stopped.is_set():
                    raise
                output.note(f"{error.problem.found}. Si riprova.")
                stopped.wait(StoreBusy.retry_after)
    if as_json:
        output.emit({"delivered": taken})
    else:
        output.show(Text(f"Consegnati {counted(taken, 'evento', 'eventi')}."))


COMMANDS = {
    "webhooks": group(
        "webhooks",
        "Gli eventi inviati, firmati, ai programmi di un ente.",
        {
            "list": asks(WEBHOOKS, {"list_webhooks": print_webhooks}),
            "subscribe": records(WEBHOOKS, "subscribe_webhook", tell_of_webhook),
            "secret": records(WEBHOOKS, "replace_webhook_secret", tell_of_webhook),
            "end": records(WEBHOOKS, "end_webhook", tell_of_webhook),
            "undelivered": asks(WEBHOOKS, {"list_undelivered": print_undelivered}),
            "resend": records(WEBHOOKS, "send_again", tell_of_webhook),
            "deliver": TranslatedCommand(
                "deliver",
                help=row_named(UPKEEP, "webhooks_deliver", Operation).description,
                params=[o.switch("--follow", "Continua finché non lo si ferma."), o.DATABASE, o.AS_JSON],
                callback=_deliver,
            ),
        },
    ),
}
