"""The page of one's own account: passkeys, password, open sessions."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from starlette.responses import Response

from api.access.passkeys import Passkey
from api.commands.sign_in.passwords import PresenceProof
from api.pages.addresses import PEOPLE_FORM, page_address
from api.pages.forms import FormProblem
from api.pages.frame import bare_frame, render
from api.pages.sign_in import PASSWORD_LENGTHS
from api.settings import Language
from domain.point import today
from projections.reminders import Mailbox

ACCOUNT = "/utenza"
ACCOUNT_PASSWORD = "/utenza/password"  # noqa: S105 - an address
ACCOUNT_PASSKEY = "/utenza/passkey"
ACCOUNT_PASSKEY_OPTIONS = "/utenza/passkey/opzioni"
ACCOUNT_PASSKEY_RENAMED = "/utenza/passkey/nome"
ACCOUNT_PASSKEY_REMOVED = "/utenza/passkey/togli"
ACCOUNT_SESSIONS_ENDED = "/utenza/sessioni/chiudi"
SIGN_OUT = "/uscita"


class TokenLine(NamedTuple):
    """A token in one row."""

    name: str
    rights: Sequence[str]
    expires_at: str | None
    used_at: str | None
    revoke: str


class RoleLine(NamedTuple):
    """A role in one row; `take` is where it is taken away, empty where nobody does from here."""

    words: str
    place: str
    take: str = ""


class AccountSecurity(NamedTuple):
    """What an account's own page shows of it; `held_back`: some of its roles want a passkey, `people`: it looks after others.

    `mailbox` is where it is reminded of what is due, and whether it wants to be.
    """

    login: str
    display_name: str
    has_password: bool
    passkeys: Sequence[Passkey]
    passkey_demanded: bool
    sessions: int
    is_of_provider: bool = False
    proof: PresenceProof = "session"
    roles: Sequence[RoleLine] = ()
    held_back: bool = False
    tokens: Sequence[TokenLine] = ()
    people: str = ""
    mailbox: Mailbox = Mailbox()


def account_page(
    account: AccountSecurity,
    language: Language = "it",
    *,
    csrf: str,
    problems: Sequence[FormProblem] = (),
    notice: str = "",
    status: int = 200,
) -> Response:
    """The page; `notice` says what was just done.

    Problems are of the fields `current`, `password`, `repeated`, `name` (of a new passkey), `name-N` (the N-th passkey), or of none.
    """
    return render(
        "entrance/account.html",
        "La tua utenza",
        bare_frame(ACCOUNT, account.display_name or account.login, account.people),
        language,
        status=status,
        scripts=("passkeys.js",),
        private=True,
        day=_day,
        account=account,
        csrf=csrf,
        problems=problems,
        notice=notice,
        password_lengths=PASSWORD_LENGTHS,
        to={
            "sign_out": SIGN_OUT,
            "add": ACCOUNT_PASSKEY,
            "options": ACCOUNT_PASSKEY_OPTIONS,
            "rename": ACCOUNT_PASSKEY_RENAMED,
            "remove": ACCOUNT_PASSKEY_REMOVED,
            "password": ACCOUNT_PASSWORD,
            "end": ACCOUNT_SESSIONS_ENDED,
            "token": page_address(PEOPLE_FORM, command="issue_token"),
            "reminders": page_address(PEOPLE_FORM, command="choose_reminders"),
        },
    )


def _day(instant: datetime) -> str:
    return f"{today(instant):%d/%m/%Y}"
