"""The commands about accounts: decided on the stream of the accounts, with what lies beside it in the same transaction."""

import base64
import secrets
from collections.abc import Callable, Sequence
from datetime import datetime, time, timedelta
from typing import NamedTuple

from api.access.credentials_key import CredentialsKey, credentials_key, credentials_key_path
from api.access.one_time_links import OneTimeLink, mint_link
from api.access.sessions import end_sessions
from api.access.tokens import mint_token, token_digest
from api.commands.handler import Caller, Decision, Outcome
from api.commands.service import Service
from domain.access import decide as accounts
from domain.access.commands import (
    ChooseReminders,
    EndSessions,
    ErasePerson,
    GiveRole,
    IssueToken,
    MakeLink,
    OpenAccount,
    ResumeAccount,
    RevokeToken,
    SuspendAccount,
    TakeRole,
)
from domain.access.decide import ACCOUNTS, AccountState, require_manages
from domain.access.events import CredentialAdded
from domain.access.principal import MACHINE
from domain.access.roles import OF_OWN_OFFICES
from domain.administrations.offices import KnownOffices
from domain.errors import NoChange, NotFound
from domain.event import Event
from domain.facts import office_key
from domain.late import late
from domain.point import ROME, today
from domain.recording import Pending
from domain.vocabulary import is_identifier
from projections.access import door, people
from projections.access.door import AccessKind, StoredAccess
from projections.access.people import Person
from projections.store.append import StreamAppend
from projections.store.cursor import Cursor
from projections.store.reader import Reader
from projections.streams import ADMINISTRATIONS, administration_stream, find_administration

with late:  # few choose how they are reminded
    from projections.reminders import Mailbox, keep_mailbox, mailbox_of

LINKS = "/accesso/link/"
"""Where the page of a one-time link is."""

WAYS_IN: tuple[AccessKind, ...] = ("password", "passkey", "oidc")
"""By what the person of an account comes in, once it has done so by its link or by its provider."""

WriteBeside = Callable[[Cursor], None]


class Decided(NamedTuple):
    """What a command about accounts comes to: events, and what is written beside them."""

    events: tuple[Event, ...]
    beside: WriteBeside | None = None


def key_of(service: Service) -> CredentialsKey:
    """The key of the installation's credentials, made at first need."""
    return credentials_key(credentials_key_path(service.transparency_log.path))


def new_id(kind: str) -> str:
    """A new id of an account (`acc`) or of a token (`tok`): 80 random bits, that say nothing."""
    return f"{kind}-{base64.b32encode(secrets.token_bytes(10)).decode().lower()}"


def open_account(service: Service, command: OpenAccount, caller: Caller) -> Outcome:
    """Opens an account and makes the link by which its person comes in for the first time; the link is shown once."""
    account, now = command.account or new_id("acc"), service.store.clock()
    link, stored = mint_link(key_of(service), account, now)

    def decide(state: AccountState, reader: Reader) -> Decided:
        opened = accounts.account_opened(state, account, command.administration, caller.principal)
        people.require_free(reader.cursor, command.login)

        def beside(cursor: Cursor) -> None:
            people.enter(cursor, Person(account, command.name, command.login))
            _keep_link(cursor, stored, now)

        return Decided((opened, CredentialAdded(account=account, kind="link")), beside)

    # Neither the name nor what is typed goes into the digest of the request, which the record keeps.
    outcome = _record(service, caller, ["open_account", command.administration, command.account], decide)
    return _showing(outcome, f"{LINKS}{link.text}")


def make_link(service: Service, command: MakeLink, caller: Caller) -> Outcome:
    """Makes another one-time link, for an account that nobody has come into yet, or (from the machine) for any."""
    now = service.store.clock()
    link, stored = mint_link(key_of(service), command.account, now)

    def decide(state: AccountState, reader: Reader) -> Decided:
        has_credentials = any(door.of_account(reader.cursor, command.account, kind) for kind in (*WAYS_IN, "token"))
        accounts.require_first_entry(state, command.account, caller.principal, has_credentials=has_credentials)

        def beside(cursor: Cursor) -> None:
            door.forget_all(cursor, command.account, "link")
            _keep_link(cursor, stored, now)

        return Decided((CredentialAdded(account=command.account, kind="link"),), beside)

    return _showing(_record(service, caller, ["make_link", command], decide), f"{LINKS}{link.text}")


def first_administrator(service: Service, *, roles: Sequence[GiveRole] = (), again: bool = True) -> str:
    """Opens the first administrator of an installation that has none, and answers its link; empty where there is one.

    Where nobody has come in yet and the link has expired, another is made, if it may be made `again`. `roles` are given
    to it, besides.
    """
    caller = Caller(MACHINE.actor)
    service.store.datastore.prepare_access()
    with service.store.reading() as reader:
        state = AccountState(reader.timelines(ACCOUNTS))
        administrators = sorted(state.administrators())
        now = service.store.clock()
        has_come_in = any(door.of_account(reader.cursor, a, kind) for a in administrators for kind in WAYS_IN)
        links = [link for a in administrators for link in door.of_account(reader.cursor, a, "link")]
    if has_come_in or any(link.expires_at and link.expires_at > now for link in links):
        return ""
    if administrators:
        if not again:
            return ""
        return make_link(service, MakeLink(account=administrators[0]), caller).secret
    account = new_id("acc")
    opening = OpenAccount(name="Amministratore", login="amministratore", account=account)
    link = open_account(service, opening, caller).secret
    for role in (
        GiveRole(account=account, role="administrator"),
        *(r.model_copy(update={"account": account}) for r in roles),
    ):
        give_role(service, role, caller)
    return link


def suspend_account(service: Service, command: SuspendAccount, caller: Caller) -> Outcome:
    """Suspends an account, and ends its sessions everywhere."""

    def decide(state: AccountState, _: Reader) -> Decided:
        event = accounts.account_suspended(state, command, caller.principal)
        return Decided((event,), lambda cursor: end_sessions(cursor, command.account))

    return _record(service, caller, ["suspend_account", command], decide)


def end_account_sessions(service: Service, command: EndSessions, caller: Caller) -> Outcome:
    """Ends the sessions of an account everywhere; its credentials stay."""

    def decide(state: AccountState, _: Reader) -> Decided:
        event = accounts.sessions_ended(state, command.account, caller.principal)
        return Decided((event,), lambda cursor: end_sessions(cursor, command.account))

    return _record(service, caller, ["end_sessions", command], decide)


def resume_account(service: Service, command: ResumeAccount, caller: Caller) -> Outcome:
    """Lets a suspended account in again."""
    return _record(
        service,
        caller,
        ["resume_account", command],
        lambda state, _: Decided((accounts.account_resumed(state, command.account, caller.principal),)),
    )


def erase_person(service: Service, command: ErasePerson, caller: Caller) -> Outcome:
    """Erases the person of an account: name, credentials, sessions and tokens; its events stay whole."""

    def decide(state: AccountState, _: Reader) -> Decided:
        event = accounts.person_erased(state, command, caller.principal)

        def beside(cursor: Cursor) -> None:
            people.erase(cursor, command.account)
            door.forget_account(cursor, command.account)

        return Decided((event,), beside)

    return _record(service, caller, ["erase_person", command], decide)


def give_role(service: Service, command: GiveRole, caller: Caller) -> Outcome:
    """Gives an account a role, in an administration and for offices that are on the record."""

    def decide(state: AccountState, reader: Reader) -> Decided:
        is_entered = any(door.of_account(reader.cursor, command.account, kind) for kind in WAYS_IN)
        require_manages(caller.principal, command.administration)
        meant = _by_id(reader, command) if command.role in OF_OWN_OFFICES else command
        event = accounts.role_given(state, meant, caller.principal, is_entered=is_entered)
        _require_there(reader, meant)
        return Decided((event,))

    return _record(service, caller, ["give_role", command], decide)


def _by_id(reader: Reader, command: GiveRole) -> GiveRole:
    """The command with each office by its id, whatever name of it was said; NotFound for a name that means none."""
    if command.administration is None:
        return command
    offices = KnownOffices(reader.timelines(administration_stream(command.administration)))
    ids = [offices.id(office) or office for office in command.offices]
    for place, office in enumerate(ids):
        if not is_identifier(office):
            raise _no_office(reader, command.administration, office, place)
    return command.model_copy(update={"offices": tuple(ids)})


def _no_office(reader: Reader, administration: str, office: str, place: int) -> NotFound:
    timelines = reader.timelines(administration_stream(administration))
    there = sorted(key.partition("/")[2] for key in timelines.objects("office/"))
    return NotFound(
        f"{office[:120]} non è un ufficio di {administration}",
        accepted=f"uno fra: {', '.join(there[:50])}" if there else "prima si registra l'ufficio",
        where=f"offices[{place}]",
    )


def _require_there(reader: Reader, command: GiveRole) -> None:
    """NotFound for a role in an administration, or for an office, that nobody has registered.

    In a record without any administration accounts come first: nobody could register one otherwise.
    """
    if command.administration is None or not reader.streams(ADMINISTRATIONS):
        return
    find_administration(reader, command.administration, None)
    timelines = reader.timelines(administration_stream(command.administration))
    for place, office in enumerate(command.offices):
        if not timelines.known(office_key(office)):
            raise _no_office(reader, command.administration, office, place)


def take_role(service: Service, command: TakeRole, caller: Caller) -> Outcome:
    """Takes a role from an account."""
    return _record(
        service,
        caller,
        ["take_role", command],
        lambda state, _: Decided((accounts.role_taken(state, command, caller.principal),)),
    )


def issue_token(service: Service, command: IssueToken, caller: Caller) -> Outcome:
    """Issues a token for the account that asks; it is shown once, and only its digest is kept."""
    token, secret, now = new_id("tok"), mint_token(), service.store.clock()
    digest = token_digest(key_of(service), secret)

    def decide(state: AccountState, _: Reader) -> Decided:
        issued = accounts.token_issued(state, command, token, caller.principal, today(now))
        ends = datetime.combine(issued.expires_on + timedelta(days=1), time(), ROME)
        stored = StoredAccess("token", digest, issued.account, {"token": token, "name": command.name}, now, None, ends)
        return Decided((issued,), lambda cursor: door.keep(cursor, stored))

    request: list[object] = ["issue_token", command.account, str(command.rights), command.expires_on]
    return _showing(_record(service, caller, request, decide), secret.text)


def choose_reminders(service: Service, command: ChooseReminders, caller: Caller) -> Outcome:
    """Says where an account is written to, and whether it wants to be; the address lies beside the record."""
    account, now = command.account or caller.actor, service.store.clock()

    def decide(state: AccountState, reader: Reader) -> Decided:
        before = mailbox_of(reader.cursor, account, now)
        after = Mailbox(
            command.address or before.address,
            before.reminders if command.reminders is None else command.reminders == "on",
            command.language or before.language,
        )
        event = accounts.reminders_chosen(state, account, caller.principal, reminders=after.reminders)
        if after == before:
            raise NoChange(f"l'utenza {account} è già scritta così", where="account")
        return Decided((event,), lambda cursor: keep_mailbox(cursor, account, after, now))

    # The address does not go into the digest of the request, which the record keeps.
    request: list[object] = ["choose_reminders", account, command.reminders, command.language]
    return _record(service, caller, request, decide)


def revoke_token(service: Service, command: RevokeToken, caller: Caller) -> Outcome:
    """Revokes a token, at once and for every process."""

    def decide(state: AccountState, _: Reader) -> Decided:
        event = accounts.token_revoked(state, command.token, caller.principal)

        def beside(cursor: Cursor) -> None:
            for stored in door.of_account(cursor, event.account, "token"):
                if stored.state.get("token") == command.token:
                    door.forget(cursor, "token", stored.id)

        return Decided((event,), beside)

    return _record(service, caller, ["revoke_token", command], decide)


def record_of_accounts(
    service: Service, caller: Caller, events: tuple[Event, ...], beside: WriteBeside | None = None
) -> Outcome:
    """Records what took place at the door: a credential added or removed, a sign-in refused."""
    topics = [event.topic for event in events]
    return _record(service, caller, [*topics], lambda _state, _reader: Decided(events, beside))


def _record(
    service: Service, caller: Caller, request: list[object], decide: Callable[[AccountState, Reader], Decided]
) -> Outcome:
    def decided(reader: Reader) -> Decision:
        timelines, day = reader.timelines(ACCOUNTS), today(service.store.clock())
        comes_to = decide(AccountState(timelines), reader)
        pending = tuple(Pending(event, day) for event in comes_to.events)
        return Decision((StreamAppend(ACCOUNTS, timelines.version, pending),), beside=comes_to.beside)

    service.store.datastore.prepare_access()
    return service.handle(caller, None, request, decided)


def _keep_link(cursor: Cursor, link: OneTimeLink, now: datetime) -> None:
    door.keep(cursor, StoredAccess("link", link.digest, link.account, {}, now, None, link.expires_at))


def _showing(outcome: Outcome, secret: str) -> Outcome:
    return outcome if outcome.repeated else outcome.model_copy(update={"secret": secret})
