"""What happens to accounts: who is there, with which roles, and whom the door was closed to.

They stand in a stream of the installation of their own: the installation's first stream goes into every evidence pack,
and no body may learn from a pack who works for another. People's names, addresses, secrets are in no event.
"""

from typing import Annotated, Literal

from pydantic import StringConstraints

from domain.access.roles import ROLE_WORDS, Role
from domain.event import Event, Occurrence
from domain.facts import Fact
from domain.names import Names
from domain.vocabulary import Identifier, IsoDate, JsonValue

ACCOUNT_PREFIX = "acc-"
"""What the id of an account begins with; whatever else records is a role that was said on the command line."""

AccountId = Annotated[str, StringConstraints(pattern=rf"^{ACCOUNT_PREFIX}[a-z2-7]{{16}}$")]
"""An account: opaque, so that an event says who did it without saying a name."""

TokenId = Annotated[str, StringConstraints(pattern=r"^tok-[a-z2-7]{16}$")]
"""An API token, by a name that is no secret."""

TokenRight = Annotated[
    str,
    StringConstraints(
        pattern=r"^(administrator|(planner|responsible|validator|approver|oiv|reader|administrator)@[a-z0-9][a-z0-9._-]{0,119})$"
    ),
]
"""A role that a token may use, with its administration: never more than its account has at the moment."""

SignInMethod = Literal["password", "passkey", "link", "oidc", "token", "voucher", "session"]
CredentialMethod = Literal["password", "passkey", "link", "oidc"]
"""What an account may sign in by."""

METHOD_WORDS: dict[SignInMethod, str] = {
    "password": "password",
    "passkey": "passkey",
    "link": "link d'accesso",
    "oidc": "fornitore d'identità",
    "token": "token",
    "voucher": "voucher PDND",
    "session": "sessione",
}
RefusalReason = Literal[
    "wrong_secret",
    "unknown_account",
    "suspended",
    "no_role",
    "locked",
    "expired",
    "used",
    "not_genuine",
    "second_factor",
]
REASON_WORDS: dict[RefusalReason, str] = {
    "wrong_secret": "credenziale errata",
    "unknown_account": "utenza sconosciuta",
    "suspended": "utenza sospesa",
    "no_role": "nessun ruolo",
    "locked": "troppi tentativi",
    "expired": "credenziale scaduta",
    "used": "credenziale già usata",
    "not_genuine": "identità non autentica",
    "second_factor": "manca il secondo fattore",
}
STATUS = "status"
OPEN = "open"
SUSPENDED = "suspended"
ERASED = "erased"
EVERYWHERE = "*"
"""In place of an administration: the whole installation."""


def account_key(account: str) -> str:
    """The object under which an account's facts stand."""
    return f"account/{account}"


def token_key(token: str) -> str:
    """The object under which a token's facts stand."""
    return f"token/{token}"


def role_field(role: str, administration: str | None) -> str:
    """The field of an account that holds a role in an administration."""
    return f"role/{role}/{administration or EVERYWHERE}"


class AccountEvent(Occurrence):
    """What happened to one account."""

    account: AccountId

    def fact(self, field: str, value: JsonValue) -> list[Fact]:
        """The fact that a field of the account has a value from here on."""
        return [Fact(account_key(self.account), field, value)]


class AccountOpened(AccountEvent):
    """An account was opened, for the people of an administration or (None) of the whole installation."""

    topic = "account-opened"

    administration: Identifier | None = None

    def facts(self) -> list[Fact]:
        return [*self.fact(STATUS, OPEN), *self.fact("administration", self.administration)]

    def sentence(self, names: Names) -> str:
        return f"Aperta l'utenza {self.account}{_of(self.administration)}"


class AccountSuspended(AccountEvent):
    """An account may not sign in any more, until it is resumed; its sessions and tokens end."""

    topic = "account-suspended"
    takes_away = True

    def facts(self) -> list[Fact]:
        return self.fact(STATUS, SUSPENDED)

    def sentence(self, names: Names) -> str:
        return f"Sospesa l'utenza {self.account}"


class AccountResumed(AccountEvent):
    """An account that was suspended may sign in again."""

    topic = "account-resumed"

    def facts(self) -> list[Fact]:
        return self.fact(STATUS, OPEN)

    def sentence(self, names: Names) -> str:
        return f"Riattivata l'utenza {self.account}"


class SessionsEnded(AccountEvent):
    """The sessions of an account were ended everywhere by whoever administers it."""

    topic = "sessions-ended"
    takes_away = True

    def facts(self) -> list[Fact]:
        return []

    def sentence(self, names: Names) -> str:
        return f"Chiusi ovunque gli accessi dell'utenza {self.account}"


class PersonErased(AccountEvent):
    """The person of an account was erased: name and credentials are gone, what the account did stays under its id."""

    topic = "person-erased"
    takes_away = True

    def facts(self) -> list[Fact]:
        return self.fact(STATUS, ERASED)

    def sentence(self, names: Names) -> str:
        return f"Cancellata la persona dell'utenza {self.account}"


class RoleGiven(AccountEvent):
    """An account was given a role, in an administration or in all (None), for some offices where it is held for offices."""

    topic = "role-given"

    role: Role
    administration: Identifier | None = None
    offices: tuple[Identifier, ...] = ()

    def facts(self) -> list[Fact]:
        return self.fact(role_field(self.role, self.administration), [*self.offices])

    def sentence(self, names: Names) -> str:
        offices = f", per {', '.join(self.offices)}" if self.offices else ""
        return f"Dato a {self.account} il ruolo di {ROLE_WORDS[self.role]}{_of(self.administration)}{offices}"


class RoleTaken(AccountEvent):
    """A role was taken from an account."""

    topic = "role-taken"
    takes_away = True

    role: Role
    administration: Identifier | None = None

    def facts(self) -> list[Fact]:
        return self.fact(role_field(self.role, self.administration), None)

    def sentence(self, names: Names) -> str:
        return f"Tolto a {self.account} il ruolo di {ROLE_WORDS[self.role]}{_of(self.administration)}"


class CredentialAdded(AccountEvent):
    """An account may sign in by one more credential: a password, a passkey, a one-time link, a provider's identity."""

    topic = "credential-added"

    kind: CredentialMethod

    def facts(self) -> list[Fact]:
        return []

    def sentence(self, names: Names) -> str:
        return f"L'utenza {self.account} ha una nuova credenziale: {METHOD_WORDS[self.kind]}"


class CredentialRemoved(AccountEvent):
    """An account may not sign in any more by a credential."""

    topic = "credential-removed"
    takes_away = True

    kind: CredentialMethod

    def facts(self) -> list[Fact]:
        return []

    def sentence(self, names: Names) -> str:
        return f"Tolta all'utenza {self.account} una credenziale: {METHOD_WORDS[self.kind]}"


class TokenIssued(AccountEvent):
    """A token was issued, by which a program acts for an account, within some of its roles and until a day."""

    topic = "token-issued"

    token: TokenId
    rights: tuple[TokenRight, ...]
    expires_on: IsoDate

    def facts(self) -> list[Fact]:
        key = token_key(self.token)
        return [Fact(key, "account", self.account), Fact(key, STATUS, OPEN), Fact(key, "rights", [*self.rights])]

    def sentence(self, names: Names) -> str:
        until = f"{self.expires_on:%d/%m/%Y}"
        return f"Emesso per {self.account} il token {self.token}, fino al {until}: {', '.join(self.rights)}"


class TokenRevoked(AccountEvent):
    """A token was revoked."""

    topic = "token-revoked"
    takes_away = True

    token: TokenId

    def facts(self) -> list[Fact]:
        return [Fact(token_key(self.token), STATUS, SUSPENDED)]

    def sentence(self, names: Names) -> str:
        return f"Revocato il token {self.token} di {self.account}"


class RemindersChosen(AccountEvent):
    """An account receives reminders of what is due, or receives none; where to is in no event."""

    topic = "reminders-chosen"

    reminders: bool

    def facts(self) -> list[Fact]:
        return self.fact("reminders", self.reminders)

    def sentence(self, names: Names) -> str:
        return f"All'utenza {self.account} {'si inviano' if self.reminders else 'non si inviano più'} promemoria"


class SignInRefused(Occurrence):
    """Somebody was not let in, so many times since the refusal before: by which method and why; as whom, where it is known."""

    topic = "sign-in-refused"

    account: AccountId | None = None
    method: SignInMethod
    reason: RefusalReason
    times: int = 1

    def facts(self) -> list[Fact]:
        return []

    def sentence(self, names: Names) -> str:
        who = f" all'utenza {self.account}" if self.account else ""
        times = f", {self.times} volte" if self.times > 1 else ""
        return f"Accesso rifiutato{who} ({METHOD_WORDS[self.method]}): {REASON_WORDS[self.reason]}{times}"


def _of(administration: str | None) -> str:
    return f" in {administration}" if administration else " dell'installazione"


EVENTS: tuple[type[Event], ...] = (
    AccountOpened,
    AccountSuspended,
    AccountResumed,
    SessionsEnded,
    PersonErased,
    RoleGiven,
    RoleTaken,
    CredentialAdded,
    CredentialRemoved,
    TokenIssued,
    TokenRevoked,
    RemindersChosen,
    SignInRefused,
)
