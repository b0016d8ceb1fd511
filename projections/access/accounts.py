"""The accounts as those who administer them see them, the people behind the actors of events, and one's own tokens."""

from datetime import datetime

from typing_extensions import TypedDict

from domain.access.decide import ACCOUNTS, AccountState
from domain.access.principal import Grant, Principal
from domain.access.roles import Role
from domain.vocabulary import Identifier
from projections.access import door, people
from projections.access.door import AccessKind
from projections.answers import Count, Instant, Name, Text
from projections.store.cursor import Cursor
from projections.store.envelope import write_instant
from projections.store.reader import Reader


class RoleAnswer(TypedDict):
    """Un ruolo: in quale amministrazione (null: tutta l'installazione), e per quali uffici dove vale per uffici."""

    role: Role
    administration: Identifier | None
    offices: list[Identifier]


class TokenAnswer(TypedDict):
    """Un token di un'utenza; il segreto non si conserva."""

    token: Name
    name: Text
    rights: list[RoleAnswer]
    expires_at: Instant | None
    used_at: Instant | None


class AccountAnswer(TypedDict):
    """Un'utenza; `name` e `login` sono null quando la persona è stata cancellata.

    Ruoli e token sono quelli che chi chiede amministra; `sessions` sono gli accessi aperti.
    """

    account: Name
    status: Text
    administration: Identifier | None
    name: Text | None
    login: Text | None
    roles: list[RoleAnswer]
    tokens: list[TokenAnswer]
    credentials: list[Name]
    sessions: Count
    signed_in_at: Instant | None


class AccountList(TypedDict):
    """Le utenze che chi chiede amministra, nell'ordine in cui furono aperte."""

    accounts: list[AccountAnswer]


class ActorAnswer(TypedDict):
    """Chi ha un ruolo, o l'ha avuto, in un'amministrazione; `name` è null quando la persona è stata cancellata."""

    account: Name
    name: Text | None


class ActorList(TypedDict):
    """I nomi da leggere al posto degli identificativi che stanno negli eventi."""

    actors: list[ActorAnswer]


class TokenList(TypedDict):
    """I token in vigore della propria utenza, dal più vecchio."""

    tokens: list[TokenAnswer]


class OwnAccount(TypedDict):
    """L'utenza di chi chiede: chi è, che cosa può, come è entrata."""

    account: Name
    name: Text | None
    roles: list[RoleAnswer]


CREDENTIALS: tuple[AccessKind, ...] = ("password", "passkey", "oidc", "link")


def accounts_of(reader: Reader, by: Principal, now: datetime) -> AccountList:
    """The accounts whose home somebody administers, or that hold a role in an administration that it administers."""
    state = AccountState(reader.timelines(ACCOUNTS))
    managed = [account for account in state.accounts() if _manages(state, account, by)]
    persons = people.of_accounts(reader.cursor, managed)
    return {"accounts": [_account(reader.cursor, state, persons.get(a), by, a, now) for a in managed]}


def actors_of(reader: Reader, administration: str) -> ActorList:
    """Whoever has, or had, a role in an administration, with the name that people read."""
    state = AccountState(reader.timelines(ACCOUNTS))
    suffix = f"/{administration}"
    held = [
        account
        for account in state.accounts()
        if state.home(account) == administration or any(f.endswith(suffix) for f in state.fields(account))
    ]
    persons = people.of_accounts(reader.cursor, held)
    return {"actors": [{"account": a, "name": persons[a].name if a in persons else None} for a in held]}


def tokens_of(reader: Reader, by: Principal, now: datetime) -> TokenList:
    """The tokens of somebody's own account that still hold."""
    state = AccountState(reader.timelines(ACCOUNTS))
    return {"tokens": _tokens(reader.cursor, state, by.actor, now)}


def _tokens(
    cursor: Cursor, state: AccountState, account: str, now: datetime, seen_by: Principal | None = None
) -> list[TokenAnswer]:
    """The tokens of an account that hold; to another than itself, with the rights where that one administers."""
    return [
        {
            "token": str(stored.state["token"]),
            "name": str(stored.state["name"]),
            "rights": [
                role_answer(grant)
                for grant in state.token_rights(str(stored.state["token"]))
                if seen_by is None or seen_by.may("manage_accounts", grant.administration or "")
            ],
            "expires_at": write_instant(stored.expires_at) if stored.expires_at else None,
            "used_at": write_instant(stored.used_at) if stored.used_at else None,
        }
        for stored in door.of_account(cursor, account, "token")
        if stored.expires_at is None or stored.expires_at > now
    ]


def own_account(reader: Reader, by: Principal) -> OwnAccount:
    """Who somebody is, and what it holds; the machine's own line is no account, and has every role."""
    person = people.of_accounts(reader.cursor, [by.actor]).get(by.actor) if by.is_account else None
    return {
        "account": by.actor,
        "name": person.name if person else None,
        "roles": [role_answer(grant) for grant in by.grants if grant != Grant("reader", None)],
    }


def role_answer(grant: Grant) -> RoleAnswer:
    """A role as it is answered."""
    return {"role": grant.role, "administration": grant.administration, "offices": list(grant.offices)}


def _manages(state: AccountState, account: str, by: Principal) -> bool:
    if by.may("manage_accounts", state.home(account) or ""):
        return True
    return any(by.may("manage_accounts", g.administration) for g in state.roles(account) if g.administration)


def _account(
    cursor: Cursor, state: AccountState, person: people.Person | None, by: Principal, account: str, now: datetime
) -> AccountAnswer:
    credentials = [stored for kind in CREDENTIALS for stored in door.of_account(cursor, account, kind)]
    used = [stored.used_at for stored in credentials if stored.used_at]
    return {
        "account": account,
        "status": state.status(account) or "",
        "administration": state.home(account),
        "name": person.name if person else None,
        "login": person.login if person else None,
        "roles": [
            role_answer(grant)
            for grant in state.roles(account)
            if by.may("manage_accounts", grant.administration or "")
        ],
        # A token is revoked by whoever administers the account that it is of, and seen by nobody else.
        "tokens": _tokens(cursor, state, account, now, by)
        if by.may("manage_accounts", state.home(account) or "")
        else [],
        "credentials": list(dict.fromkeys(stored.kind for stored in credentials)),
        "sessions": sum(
            stored.expires_at is None or stored.expires_at > now
            for stored in door.of_account(cursor, account, "session")
        ),
        "signed_in_at": write_instant(max(used)) if used else None,
    }
