"""What is due of a plan, and the reminders of it that a timer sends."""

from datetime import date

from api.cli import options as o
from api.cli import output, session
from api.cli.frame import TranslatedCommand
from api.cli.reader import Shown, asks, group
from api.cli.words import day, printable
from api.operations.model import Operation, row_named
from api.operations.monitoring import ROUNDS
from api.operations.upkeep import UPKEEP
from api.pages.deadline_words import worded_deadline
from api.reminders.mail_server import mail_server
from api.reminders.sending import OUTCOMES, send_reminders
from domain.deadlines.model import DueDay
from projections.deadlines import DeadlineAnswer, Deadlines


def print_deadlines(_: Shown, answer: Deadlines) -> None:
    """What is due, in a table."""
    table = output.table("entro il", "giorni", "che cosa", "com'è")
    for row in answer["deadlines"]:
        how = "fatto" if row["done"] else "in ritardo" if row["late"] else ""
        words = worded_deadline(_deadline(row), answer["title"], "it")
        table.add_row(day(row["on"]), str(row["days"]), printable(words.summary), how)
    output.show(table)


def _deadline(row: DeadlineAnswer) -> DueDay:
    return DueDay(
        row["kind"],
        row["id"],
        date.fromisoformat(row["on"]),
        done=row["done"],
        year=row["year"],
        as_at=date.fromisoformat(row["as_at"]) if row["as_at"] else None,
        office=row["office"],
        subject=row["subject"],
        values=row["values"],
    )


def _send(*, database: str | None, as_json: bool) -> None:
    """Writes the reminders of today, and says what became of each letter."""
    configured = session.settings()
    with session.serving(database) as service:
        outcomes = send_reminders(service, configured, mail_server(configured))
    if as_json:
        output.emit({"letters": outcomes})
        return
    table = output.table("utenza", "promemoria", "com'è andata")
    for outcome in outcomes:
        reminders = "\n".join(map(printable, outcome["reminders"]))
        table.add_row(outcome["account"], reminders, OUTCOMES[outcome["outcome"]])
    output.show(table)


COMMANDS = {
    "dues": group(
        "dues",
        "Che cosa scade, e i promemoria.",
        {
            "list": asks(ROUNDS, {"list_deadlines": print_deadlines}),
            "send": TranslatedCommand(
                "send",
                help=row_named(UPKEEP, "dues_send", Operation).description,
                params=[o.DATABASE, o.AS_JSON],
                callback=_send,
            ),
        },
    ),
}
