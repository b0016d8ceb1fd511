"""The commands of accounts and tokens: what is shown once is shown here, and nowhere again."""

from rich.text import Text

from api.cli import output, session
from api.cli.administrations import tell_of_administration
from api.cli.reader import Shown, asks, group, records
from api.cli.words import printable
from api.commands.handler import Outcome
from api.commands.service import Service
from api.operations.accounts import ACCOUNTS
from domain.access.roles import ROLE_WORDS
from projections.access.accounts import AccountList


def tell_of_account(service: Service, outcome: Outcome) -> None:
    """Says what was recorded, and shows the secret that came with it."""
    tell_of_administration(service, outcome)
    if outcome.secret.startswith("/"):
        settings = session.settings()
        address = settings.public_address or f"http://localhost:{settings.port}"
        output.show(Text(f"Link d'accesso, da aprire una volta sola entro un giorno: {address}{outcome.secret}"))
    elif outcome.secret:
        output.show(Text(f"Token, che non si vedrà più: {outcome.secret}"))


def print_accounts(_: Shown, answer: AccountList) -> None:
    """The accounts, in a table."""
    table = output.table("utenza", "stato", "nome", "nome d'accesso", "ruoli", "entra con")
    for account in answer["accounts"]:
        roles = ", ".join(
            f"{ROLE_WORDS[role['role']]}@{role['administration']}"
            if role["administration"]
            else ROLE_WORDS[role["role"]]
            for role in account["roles"]
        )
        table.add_row(
            account["account"],
            account["status"],
            printable(account["name"] or "—"),
            printable(account["login"] or "—"),
            roles or "nessuno",
            ", ".join(account["credentials"]) or "nulla",
        )
    output.show(table)


COMMANDS = {
    "account": group(
        "account",
        "Le utenze: chi può entrare, con quali ruoli.",
        {
            "list": asks(ACCOUNTS, {"list_accounts": print_accounts}),
            "open": records(ACCOUNTS, "open_account", tell_of_account),
            "link": records(ACCOUNTS, "make_link", tell_of_account),
            "give": records(ACCOUNTS, "give_role", tell_of_account),
            "take": records(ACCOUNTS, "take_role", tell_of_account),
            "reminders": records(ACCOUNTS, "choose_reminders", tell_of_account),
            "suspend": records(ACCOUNTS, "suspend_account", tell_of_account),
            "end-sessions": records(ACCOUNTS, "end_sessions", tell_of_account),
            "resume": records(ACCOUNTS, "resume_account", tell_of_account),
            "erase": records(ACCOUNTS, "erase_person", tell_of_account),
        },
    ),
    "token": group(
        "token",
        "I token con cui un programma agisce per un'utenza.",
        {
            "issue": records(ACCOUNTS, "issue_token", tell_of_account),
            "revoke": records(ACCOUNTS, "revoke_token", tell_of_account),
        },
    ),
}
