"""What all ways in have in common: whose account it is, whether it may come in, its session, what the record is told."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from api.access.attempts import known_device, note_refusal, remember_device
from api.access.credentials_key import CredentialsKey
from api.access.sessions import OpenedSession, SessionLife, open_session
from api.commands.accounts import WriteBeside, key_of, record_of_accounts
from api.commands.handler import Caller
from api.commands.service import Service
from domain.access.decide import ACCOUNTS, AccountState
from domain.access.events import OPEN, RefusalReason, SignInMethod, SignInRefused
from domain.access.principal import Principal
from domain.errors import DomainError, NotFound
from domain.event import Event
from domain.vocabulary import JsonValue
from projections.access import door, people
from projections.access.door import StoredAccess
from projections.access.people import Person
from projections.store.cursor import Cursor


class SignInWrong(DomainError):
    """A login and a password that do not go together; which of them is wrong is not told."""

    name = "sign_in_wrong"
    title = "Accesso non riuscito"
    status = 403


class SignInSuspended(DomainError):
    """An account that is suspended, or whose person was erased."""

    name = "sign_in_suspended"
    title = "Utenza sospesa"
    status = 403


class CredentialsOfProvider(DomainError):
    """A password or a passkey for an account that the body's provider vouches for: who is out there would be in here."""

    name = "credentials_of_provider"
    title = "Credenziali del fornitore d'identità"
    status = 403


class SignedIn(NamedTuple):
    """Who has signed in, and its session; without one, a passkey is wanted as well."""

    account: str
    opened: OpenedSession | None


class Entrance:
    """The accounts of one service, for whoever stands before it."""

    def __init__(self, service: Service, life: SessionLife, *, is_secure: bool) -> None:
        self.service = service
        self.store = service.store
        self.life = life
        self.demands_passkeys = is_secure

    @property
    def key(self) -> CredentialsKey:
        """The key of the installation's credentials."""
        return key_of(self.service)

    @property
    def now(self) -> datetime:
        """The instant of the store's clock."""
        return self.store.clock()

    def person(self, account: str) -> Person:
        """The person of an account; NotFound where it was erased."""
        with self.store.datastore.cursor() as cursor:
            person = people.of_accounts(cursor, [account]).get(account)
        if person is None:
            raise NotFound("questa utenza non è più di nessuno")
        return person

    def refused(self, method: SignInMethod, reason: RefusalReason, account: str | None) -> DomainError:
        """Tells the record, now and then, that somebody was not let in; what that somebody is told."""
        kind = f"{account} {method} {reason}"
        times = door.writing(self.store, lambda cursor: note_refusal(cursor, self.key, kind, self.now))
        if times:
            event = SignInRefused(account=account, method=method, reason=reason, times=times)
            record_of_accounts(self.service, Caller("initinere"), (event,))
        if reason == "suspended":
            return suspended()
        accepted = "un'altra prova; chi ha perso la password chiede un link nuovo a chi amministra le utenze"
        return SignInWrong("il nome utente o la password non sono giusti", accepted=accepted)

    def state(self) -> AccountState:
        """The accounts as they are now."""
        with self.store.reading() as reader:
            state = AccountState(reader.timelines(ACCOUNTS))
            state.accounts()  # read whole, while there is a snapshot to read from
            return state

    def wants_passkey(self, account: str) -> bool:
        """Whether an account must have a passkey: where it administers, behind TLS."""
        return self.is_to_have_passkey(self.state(), account)

    def is_to_have_passkey(self, state: AccountState, account: str) -> bool:
        """The same, of a state that is at hand."""
        return self.demands_passkeys and any(grant.role == "administrator" for grant in state.grants(account))

    def require_open(self, state: AccountState, account: str, method: SignInMethod) -> None:
        """SignInSuspended for an account that is not open, which the record is told of."""
        if state.status(account) != OPEN:
            raise self.refused(method, "suspended", account)

    def opened(
        self, cursor: Cursor, state: AccountState, account: str, method: SignInMethod, *, acr: str = ""
    ) -> SignedIn:
        """Opens the session of an account that has proved itself; SignInSuspended."""
        if state.status(account) != OPEN:
            raise suspended()
        door.delete_expired(cursor, self.now)
        grants = state.grants(account)
        return SignedIn(account, open_session(cursor, self.key, account, grants, method, self.life, self.now, acr=acr))

    def known_from_now_on(self, account: str, devices: Sequence[str]) -> str:
        """Knows the browser in which an account has come in again, by whatever way: the secret for its cookie.

        `devices` are the secrets that it was known by until now.
        """

        def remembering(cursor: Cursor) -> str:
            known = known_device(cursor, self.key, account, devices, self.now)
            return remember_device(cursor, self.key, account, known, self.now)

        return door.writing(self.store, remembering)

    def require_local(self, cursor: Cursor, account: str) -> None:
        """CredentialsOfProvider for an account that is known by the provider: the level and the roles are asked there."""
        if door.of_account(cursor, account, "oidc"):
            raise CredentialsOfProvider(
                "questa utenza entra dal fornitore d'identità dell'ente, e non ha credenziali sue",
                accepted="l'accesso dal fornitore; chi non può più farlo si rivolge a chi amministra le utenze",
            )

    def keep_step(self, id_: str, account: str, state: dict[str, JsonValue], expires_at: datetime) -> None:
        """Keeps what was asked of a browser until it answers, once."""
        step = StoredAccess("step", id_, account, state, self.now, None, expires_at)

        def keeping(cursor: Cursor) -> None:
            door.delete_expired(cursor, self.now)  # here too: anybody may begin, and who only begins never ends
            door.keep(cursor, step)

        door.writing(self.store, keeping)

    def record(self, account: str, events: tuple[Event, ...], beside: WriteBeside) -> None:
        """Records what an account did with its own credentials, with what is written beside the events."""
        record_of_accounts(self.service, Caller.of(Principal(account)), events, beside)


def suspended() -> SignInSuspended:
    """What a suspended account is told."""
    return SignInSuspended("questa utenza è sospesa", accepted="chi amministra le utenze può riattivarla")
