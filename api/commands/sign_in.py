"""Signing in: by password, passkey, one-time link, or the identity that the body's provider vouches for.

Each proves an account, and a session is opened for it; none decides what the account may do, but that the roles of a
provider's claim are brought up to date by the declared mapping. What changes the credentials of an account is an event.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Literal, NamedTuple

from api.access.attempts import (
    Attempt,
    TooManyAttempts,
    known_device,
    note_refusal,
    note_success,
    remember_device,
    require_attempt_allowed,
)
from api.access.credentials_key import CredentialsKey
from api.access.oidc import (
    LASTS,
    AssuranceTooLow,
    BegunSignIn,
    ExternalIdentity,
    IdentityRefused,
    SignInExpired,
    ticket_digest,
)
from api.access.one_time_links import LinkRefused, OneTimeLink, link_digest, parse_link, require_usable
from api.access.passkeys import (
    Passkey,
    PasskeyChallenge,
    PasskeyRefused,
    PasskeySite,
    PasskeyUser,
    authentication_options,
    new_passkey,
    passkey_name,
    read_answer,
    registration_options,
    used_passkey,
)
from api.access.passwords import PasswordHashing, PasswordRefused, require_good_password
from api.access.role_claims import NoRole, RoleClaimRefused, RoleMapping, claimed_roles
from api.access.sessions import OpenedSession, SessionLife, end_sessions, open_session
from api.commands.accounts import key_of, new_id, record_of_accounts
from api.commands.handler import Caller
from api.commands.service import Service
from domain.access.decide import ACCOUNTS, AccountState
from domain.access.events import (
    OPEN,
    AccountOpened,
    CredentialAdded,
    CredentialRemoved,
    RefusalReason,
    RoleGiven,
    RoleTaken,
    SignInMethod,
    SignInRefused,
)
from domain.access.principal import Grant, Principal
from domain.errors import AlreadyThere, DomainError, Malformed, NotFound, Problem
from domain.event import Event
from domain.vocabulary import JsonValue
from projections.access import door, people
from projections.access.door import AccessKind, StoredAccess
from projections.access.people import Person
from projections.store.cursor import Cursor

PROVIDER = "fornitore-identita"
"""The actor of what the provider of identities makes happen: an account opened, roles given and taken by its claim."""


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


_Keep = Callable[[Cursor], None]
_FirstCredential = Literal["password", "passkey"]


class SignedIn(NamedTuple):
    """Who has signed in, and its session; without one, a passkey is wanted as well.

    `device` is by what the browser is known from now on, where it gave a password.
    """

    account: str
    opened: OpenedSession | None
    device: str = ""


class Departed(NamedTuple):
    """A sign-in that was begun at the provider: with which link, if any, and where its browser goes afterwards."""

    begun: BegunSignIn
    link: str = ""
    wanted: str = "/"


class Door:
    """The ways in, of one service."""

    def __init__(self, service: Service, life: SessionLife, *, is_secure: bool) -> None:
        self.service = service
        self.life = life
        self.demands_passkeys = is_secure
        self.hashing = PasswordHashing()

    @property
    def key(self) -> CredentialsKey:
        """The key of the installation's credentials."""
        return key_of(self.service)

    @property
    def now(self) -> datetime:
        """The instant of the store's clock."""
        return self.service.store.clock()

    # -- by password -----------------------------------------------------------------------------------------------

    def by_password(self, login: str, password: str, *, address: str = "", device: str = "") -> SignedIn:
        """Signs in by login and password; SignInWrong, SignInSuspended, TooManyAttempts.

        Attempts count for the `address` they come from or, where the browser's `device` is known, for that.
        """
        store, typed = self.service.store, login.strip().lower()
        with store.datastore.cursor() as cursor:
            person = people.by_login(cursor, typed)
            stored = door.of_account(cursor, person.account, "password")[-1:] if person else []
            known = known_device(cursor, self.key, person.account, device, self.now) if person else ""
        attempt = Attempt(person.account if person else typed[:200], address, known)
        self._require_allowed(attempt, person.account if person else None)
        check = self.hashing.check_password(password, str(stored[0].state["hash"]) if stored else None)
        if person is None or not check.right:
            raise self.refused("password", "wrong_secret", person.account if person else None)
        state = self._state()
        self._require_open(state, person.account, "password")

        def known_again(cursor: Cursor) -> str:
            note_success(cursor, self.key, attempt)
            return remember_device(cursor, self.key, attempt.account, known, self.now)

        remembered = door.writing(store, known_again)
        if self._wants_passkey(state, person.account) and self.passkeys(person.account):
            return SignedIn(person.account, None, remembered)
        kept: dict[str, JsonValue] | None = {"hash": check.rehashed} if check.rehashed else None

        def entering(cursor: Cursor) -> SignedIn:
            door.use(cursor, "password", stored[0].id, self.now, kept)
            return self._opened(cursor, state, attempt.account, "password")._replace(device=remembered)

        return door.writing(store, entering)

    def _require_allowed(self, attempt: Attempt, account: str | None) -> None:
        """TooManyAttempts for one that must wait, which the record is told of."""
        try:
            door.writing(
                self.service.store, lambda cursor: require_attempt_allowed(cursor, self.key, attempt, self.now)
            )
        except TooManyAttempts:
            self.refused("password", "locked", account)
            raise

    def set_password(self, account: str, current: str, password: str, repeated: str, keep_session: str) -> None:
        """Gives an account another password, or its first; its other sessions end."""
        with self.service.store.datastore.cursor() as cursor:
            stored = door.of_account(cursor, account, "password")[-1:]
        attempt = Attempt(account, "own page")
        self._require_allowed(attempt, account)
        if stored and not self.hashing.check_password(current, str(stored[0].state["hash"])).right:
            self.refused("password", "wrong_secret", account)
            raise Malformed([Problem(where="current", found="la password attuale non è questa")])
        door.writing(self.service.store, lambda cursor: note_success(cursor, self.key, attempt))
        hashed = self._good_password(account, password, repeated)

        def beside(cursor: Cursor) -> None:
            self._keep_password(cursor, account, hashed)
            end_sessions(cursor, account, but=keep_session)

        self._record(account, (CredentialAdded(account=account, kind="password"),), beside)

    def _good_password(self, account: str, password: str, repeated: str) -> str:
        if password != repeated:
            raise Malformed([Problem(where="repeated", found="le due password non sono uguali")])
        person = self.person(account)
        require_good_password(password, login=person.login, name=person.name)
        return self.hashing.hash_password(password)

    def _keep_password(self, cursor: Cursor, account: str, hashed: str) -> None:
        door.forget_all(cursor, account, "password")
        door.keep(cursor, StoredAccess("password", account, account, {"hash": hashed}, self.now))

    # -- by passkey ------------------------------------------------------------------------------------------------

    def passkeys(self, account: str) -> list[Passkey]:
        """The passkeys of an account, the oldest first."""
        with self.service.store.datastore.cursor() as cursor:
            return [Passkey.model_validate(s.state) for s in door.of_account(cursor, account, "passkey")]

    def ask_for_passkey(self, site: PasskeySite, account: str | None = None) -> str:
        """What to ask a browser for a sign-in; its challenge is kept, to be answered once."""
        passkeys = self.passkeys(account) if account else []
        challenge, options = authentication_options(site, self.now, account=account, passkeys=passkeys)
        self._keep_challenge(challenge)
        return options

    def by_passkey(self, site: PasskeySite, credential: str) -> SignedIn:
        """Signs in by a passkey; PasskeyRefused, PasskeyCounterBack, SignInSuspended."""
        answer = read_answer(credential)
        store = self.service.store
        challenge = door.writing(store, lambda cursor: self._challenge(cursor, answer.challenge))
        with store.datastore.cursor() as cursor:
            stored = door.find(cursor, "passkey", answer.credential_id, self.now)
        passkey = Passkey.model_validate(stored.state) if stored else None
        try:
            used = used_passkey(site, challenge, passkey, answer, self.now)
        except DomainError:
            self.refused("passkey", "not_genuine", passkey.account if passkey else None)
            raise
        state = self._state()
        self._require_open(state, used.account, "passkey")

        def entering(cursor: Cursor) -> SignedIn:
            # Two devices that count alike are one and its copy, and answer at once: the first one's count is kept.
            self._keep_changed(cursor, stored, used)
            return self._opened(cursor, state, used.account, "passkey")

        return door.writing(store, entering)

    def ask_for_new_passkey(self, site: PasskeySite, account: str) -> str:
        """What to ask a browser for a new passkey of an account."""
        person = self.person(account)
        user = PasskeyUser(account=account, login=person.login, display_name=person.name)
        challenge, options = registration_options(site, user, self.passkeys(account), self.now)
        self._keep_challenge(challenge)
        return options

    def add_passkey(self, site: PasskeySite, account: str, credential: str, name: str) -> None:
        """Adds a passkey to an account."""
        passkey = self._new_passkey(site, account, credential, name)
        added = (CredentialAdded(account=account, kind="passkey"),)
        self._record(account, added, lambda cursor: self._keep_new(cursor, passkey))

    def rename_passkey(self, account: str, credential_id: str, name: str) -> None:
        """Gives a passkey another name."""

        def renaming(cursor: Cursor) -> None:
            stored = door.find(cursor, "passkey", credential_id, self.now)
            if stored is None or stored.account != account:
                raise _not_own_passkey()
            passkey = Passkey.model_validate(stored.state)
            self._keep_changed(cursor, stored, passkey.model_copy(update={"name": passkey_name(name)}))

        door.writing(self.service.store, renaming)

    def remove_passkey(self, account: str, credential_id: str) -> None:
        """Takes a passkey away, unless it is the only way in."""
        if all(passkey.credential_id != credential_id for passkey in self.passkeys(account)):
            raise _not_own_passkey()
        # Behind TLS a password alone does not let whoever administers do so.
        others: tuple[AccessKind, ...] = (
            ("passkey", "oidc") if self.wants_passkey(account) else ("passkey", "oidc", "password")
        )

        def beside(cursor: Cursor) -> None:
            if door.take(cursor, "passkey", credential_id, self.now) is None:
                raise _not_own_passkey()
            if not any(door.of_account(cursor, account, kind) for kind in others):
                found = "è il solo modo di entrare di questa utenza"
                accepted = "prima, un'altra passkey" + (" o una password" if "password" in others else "")
                raise Malformed([Problem(where="", found=found, accepted=accepted)])

        self._record(account, (CredentialRemoved(account=account, kind="passkey"),), beside)

    def _new_passkey(self, site: PasskeySite, account: str, credential: str, name: str) -> Passkey:
        answer = read_answer(credential)
        challenge = door.writing(self.service.store, lambda cursor: self._challenge(cursor, answer.challenge))
        passkey = new_passkey(site, challenge, answer, name, self.now)
        if passkey.account != account:
            raise PasskeyRefused("questa passkey non è per questa utenza", accepted="ricominciare dalla pagina")
        return passkey

    def _keep_new(self, cursor: Cursor, passkey: Passkey) -> None:
        if door.find(cursor, "passkey", passkey.credential_id, self.now) is not None:
            raise PasskeyRefused("questa passkey è già registrata", accepted="un'altra passkey")
        door.keep(cursor, _stored_passkey(passkey))

    def _keep_changed(self, cursor: Cursor, stored: StoredAccess | None, passkey: Passkey) -> None:
        """Keeps a passkey as it is now, where nobody has used, renamed or removed it since it was read."""
        if stored is None or not door.replace_unchanged(cursor, stored, _stored_passkey(passkey)):
            raise PasskeyRefused("questa passkey è stata usata, o cambiata, nel frattempo", accepted="riprovare")

    def _keep_challenge(self, challenge: PasskeyChallenge) -> None:
        state = challenge.model_dump(mode="json")
        self._keep_step(f"passkey/{challenge.challenge}", challenge.account or "", state, challenge.expires_at)

    def _challenge(self, cursor: Cursor, challenge: str) -> PasskeyChallenge | None:
        stored = door.take(cursor, "step", f"passkey/{challenge}", self.now)
        return PasskeyChallenge.model_validate(stored.state) if stored else None

    # -- by a one-time link ----------------------------------------------------------------------------------------

    def link(self, text: str) -> OneTimeLink:
        """The link of an address, if it may be used; LinkRefused. Nothing is used by looking."""
        digest = link_digest(self.key, parse_link(text))
        with self.service.store.datastore.cursor() as cursor:
            stored = door.find(cursor, "link", digest, self.now)
        link = require_usable(
            OneTimeLink(digest=digest, account=stored.account, expires_at=stored.expires_at or self.now)
            if stored
            else None,
            self.now,
        )
        if self._state().status(link.account) != OPEN:
            raise _suspended()
        return link

    def _link_to_use(self, text: str) -> OneTimeLink:
        """The same, for whoever uses it; a refusal is recorded."""
        try:
            return self.link(text)
        except SignInSuspended:
            self.refused("link", "suspended", None)
            raise
        except LinkRefused:
            self.refused("link", "expired", None)
            raise

    def wants_passkey(self, account: str) -> bool:
        """Whether an account must have a passkey: where it administers, behind TLS."""
        return self._wants_passkey(self._state(), account)

    def by_link_with_password(self, text: str, password: str, repeated: str) -> SignedIn:
        """Gives the account of a link its password, uses the link, and signs in; PasswordRefused where a passkey is wanted."""
        link = self._link_to_use(text)
        if self.wants_passkey(link.account):
            raise PasswordRefused("a chi amministra serve una passkey", accepted="una passkey")
        hashed = self._good_password(link.account, password, repeated)
        return self._by_link(link, "password", lambda cursor: self._keep_password(cursor, link.account, hashed))

    def by_link_with_passkey(self, site: PasskeySite, text: str, credential: str, name: str) -> SignedIn:
        """Gives the account of a link its passkey, uses the link, and signs in."""
        link = self._link_to_use(text)
        passkey = self._new_passkey(site, link.account, credential, name)
        return self._by_link(link, "passkey", lambda cursor: self._keep_new(cursor, passkey))

    def _by_link(self, link: OneTimeLink, kind: _FirstCredential, keep: _Keep) -> SignedIn:
        def beside(cursor: Cursor) -> None:
            self._take(cursor, link)
            keep(cursor)
            end_sessions(cursor, link.account)  # who has lost its credentials does not know who holds them

        events = (
            CredentialAdded(account=link.account, kind=kind),
            CredentialRemoved(account=link.account, kind="link"),
        )
        self._record(link.account, events, beside)
        state = self._state()
        return door.writing(self.service.store, lambda cursor: self._opened(cursor, state, link.account, kind))

    def _take(self, cursor: Cursor, link: OneTimeLink) -> None:
        if door.take(cursor, "link", link.digest, self.now) is None:
            raise LinkRefused("questo link è già stato usato", accepted="un link nuovo, da chi amministra")

    # -- by an identity that a provider vouches for ----------------------------------------------------------------

    def keep_departure(self, ticket: str, departed: Departed) -> None:
        """Keeps a sign-in that was begun at the provider, to be completed once by the browser that holds the ticket."""
        kept = departed.begun
        state: dict[str, JsonValue] = {
            "begun": kept.model_dump(mode="json"),
            "link": departed.link,
            "wanted": departed.wanted,
        }
        # Longer than it serves: who comes back late is told so.
        self._keep_step(f"oidc/{ticket_digest(ticket)}", "", state, kept.expires_at + LASTS)

    def take_departure(self, ticket: str) -> Departed | None:
        """What was kept under a ticket, taken out whatever comes of it."""
        id_ = f"oidc/{ticket_digest(ticket)}"
        stored = door.writing(self.service.store, lambda cursor: door.take(cursor, "step", id_, self.now))
        if stored is None:
            return None
        begun = BegunSignIn.model_validate(stored.state["begun"])
        return Departed(begun, str(stored.state["link"]), str(stored.state["wanted"]))

    def by_identity(self, identity: ExternalIdentity, mapping: RoleMapping | None, link: str = "") -> SignedIn:
        """Signs in whoever the provider vouches for: the account that it is known as, or a new one where it has a role.

        With a mapping the roles are those of the claim, now, and whoever is left with none keeps none; without one, an
        account is reached by its link the first time. Whoever has neither is refused (NoRole).
        """
        digest = self._identity_digest(identity)
        claimed = claimed_roles(identity.role_values, mapping) if mapping else None
        account = self._account_of(digest)
        if account is None and link and claimed != ():
            usable = self._link_to_use(link)
            if claimed or self._state().grants(usable.account):
                account = self._linked(usable, digest)
        elif account is None and claimed:
            account = self._opened_for(identity, digest, claimed[0].administration)
        if account is None:
            self.refused("oidc", "no_role", None)
            raise NoRole
        state = self._state()
        self._require_open(state, account, "oidc")
        if claimed is not None:
            self._bring_up_to_date(state, account, claimed)
            state = self._state()
        if not state.grants(account):
            self.refused("oidc", "no_role", account)
            raise NoRole

        def entering(cursor: Cursor) -> SignedIn:
            door.use(cursor, "oidc", digest, self.now)
            return self._opened(cursor, state, account, "oidc", acr=identity.acr or "")

        return door.writing(self.service.store, entering)

    def _account_of(self, digest: str) -> str | None:
        with self.service.store.datastore.cursor() as cursor:
            stored = door.find(cursor, "oidc", digest, self.now)
        return None if stored is None else stored.account

    def _identity_digest(self, identity: ExternalIdentity) -> str:
        # A subject may be a fiscal code: it is kept as a digest only, under the installation's key.
        return self.key.digest("identity", f"{identity.issuer}\n{identity.subject}")

    def _linked(self, link: OneTimeLink, digest: str) -> str:
        def beside(cursor: Cursor) -> None:
            self._take(cursor, link)
            end_sessions(cursor, link.account)
            door.keep(cursor, StoredAccess("oidc", digest, link.account, {}, self.now))

        events = (
            CredentialAdded(account=link.account, kind="oidc"),
            CredentialRemoved(account=link.account, kind="link"),
        )
        self._record(link.account, events, beside)
        return link.account

    def _opened_for(self, identity: ExternalIdentity, digest: str, administration: str | None) -> str:
        account = new_id("acc")
        # The digest in place of a login: nobody types it, and no two identities share one.
        person = Person(account, identity.name or account, f"oidc.{digest[:40]}")

        def beside(cursor: Cursor) -> None:
            people.enter(cursor, person)
            door.keep(cursor, StoredAccess("oidc", digest, account, {}, self.now))

        events = (
            AccountOpened(account=account, administration=administration),
            CredentialAdded(account=account, kind="oidc"),
        )
        try:
            record_of_accounts(self.service, Caller(PROVIDER), events, beside)
        except AlreadyThere:  # the same person comes in twice at once: the account is the other's
            return self._account_of(digest) or account
        return account

    def _bring_up_to_date(self, state: AccountState, account: str, claimed: Sequence[Grant]) -> None:
        held = state.roles(account)
        events: list[Event] = [
            RoleTaken(account=account, role=grant.role, administration=grant.administration)
            for grant in held
            if all((grant.role, grant.administration) != (one.role, one.administration) for one in claimed)
        ]
        events += [
            RoleGiven(account=account, role=one.role, administration=one.administration, offices=one.offices)
            for one in claimed
            if one not in held
        ]
        if events:
            record_of_accounts(self.service, Caller(PROVIDER), tuple(events))

    # -- what all have in common -----------------------------------------------------------------------------------

    def person(self, account: str) -> Person:
        """The person of an account; NotFound where it was erased."""
        with self.service.store.datastore.cursor() as cursor:
            person = people.of_accounts(cursor, [account]).get(account)
        if person is None:
            raise NotFound("questa utenza non è più di nessuno")
        return person

    def identity_refused(self, error: DomainError) -> None:
        """Records that what the provider says of somebody was not taken."""
        match error:
            case IdentityRefused() | RoleClaimRefused():
                self.refused("oidc", "not_genuine", None)
            case AssuranceTooLow():
                self.refused("oidc", "second_factor", None)
            case SignInExpired():
                self.refused("oidc", "expired", None)
            case _:
                pass  # nobody came back whom the provider had spoken of, or it does not answer

    def refused(self, method: SignInMethod, reason: RefusalReason, account: str | None) -> DomainError:
        """Tells the record, now and then, that somebody was not let in; what that somebody is told."""
        kind = f"{account} {method} {reason}"
        times = door.writing(self.service.store, lambda cursor: note_refusal(cursor, self.key, kind, self.now))
        if times:
            event = SignInRefused(account=account, method=method, reason=reason, times=times)
            record_of_accounts(self.service, Caller("initinere"), (event,))
        if reason == "suspended":
            return _suspended()
        return SignInWrong("il nome utente o la password non sono giusti", accepted="il nome utente e la sua password")

    def _state(self) -> AccountState:
        with self.service.store.reading() as reader:
            state = AccountState(reader.timelines(ACCOUNTS))
            state.accounts()  # read whole, while there is a snapshot to read from
            return state

    def _wants_passkey(self, state: AccountState, account: str) -> bool:
        return self.demands_passkeys and any(grant.role == "administrator" for grant in state.grants(account))

    def _require_open(self, state: AccountState, account: str, method: SignInMethod) -> None:
        if state.status(account) != OPEN:
            raise self.refused(method, "suspended", account)

    def _opened(
        self, cursor: Cursor, state: AccountState, account: str, method: SignInMethod, *, acr: str = ""
    ) -> SignedIn:
        if state.status(account) != OPEN:
            raise _suspended()
        door.delete_expired(cursor, self.now)
        grants = state.grants(account)
        return SignedIn(account, open_session(cursor, self.key, account, grants, method, self.life, self.now, acr=acr))

    def _keep_step(self, id_: str, account: str, state: dict[str, JsonValue], expires_at: datetime) -> None:
        step = StoredAccess("step", id_, account, state, self.now, None, expires_at)

        def keeping(cursor: Cursor) -> None:
            door.delete_expired(cursor, self.now)  # here too: anybody may begin, and who only begins never ends
            door.keep(cursor, step)

        door.writing(self.service.store, keeping)

    def _record(self, account: str, events: tuple[Event, ...], beside: _Keep) -> None:
        record_of_accounts(self.service, Caller.of(Principal(account)), events, beside)


def _stored_passkey(passkey: Passkey) -> StoredAccess:
    state = passkey.model_dump(mode="json")
    return StoredAccess(
        "passkey", passkey.credential_id, passkey.account, state, passkey.added_at, passkey.last_used_at
    )


def _not_own_passkey() -> NotFound:
    return NotFound("questa passkey non è di questa utenza", where="credential_id")


def _suspended() -> SignInSuspended:
    return SignInSuspended("questa utenza è sospesa", accepted="chi amministra le utenze può riattivarla")
