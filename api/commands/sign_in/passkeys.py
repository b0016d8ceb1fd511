"""By a passkey, which says whose it is."""

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
from api.commands.sign_in.entrance import Entrance, SignedIn
from domain.access.events import CredentialAdded, CredentialRemoved
from domain.errors import DomainError, Malformed, NotFound, Problem
from projections.access import door
from projections.access.door import AccessKind, StoredAccess
from projections.store.cursor import Cursor


class Passkeys:
    """The passkeys of the accounts of one service."""

    def __init__(self, entrance: Entrance) -> None:
        self.entrance = entrance

    def of(self, account: str) -> list[Passkey]:
        """The passkeys of an account, the oldest first."""
        with self.entrance.store.datastore.cursor() as cursor:
            return [Passkey.model_validate(s.state) for s in door.of_account(cursor, account, "passkey")]

    def ask(self, site: PasskeySite, account: str | None = None) -> str:
        """What to ask a browser for a sign-in; its challenge is kept, to be answered once."""
        passkeys = self.of(account) if account else []
        challenge, options = authentication_options(site, self.entrance.now, account=account, passkeys=passkeys)
        self._keep_challenge(challenge)
        return options

    def sign_in(self, site: PasskeySite, credential: str) -> SignedIn:
        """Signs in by a passkey; PasskeyRefused, PasskeyCounterBack, SignInSuspended."""
        answer = read_answer(credential)
        store = self.entrance.store
        challenge = door.writing(store, lambda cursor: self._challenge(cursor, answer.challenge))
        with store.datastore.cursor() as cursor:
            stored = door.find(cursor, "passkey", answer.credential_id, self.entrance.now)
        passkey = Passkey.model_validate(stored.state) if stored else None
        try:
            used = used_passkey(site, challenge, passkey, answer, self.entrance.now)
        except DomainError:
            self.entrance.refused("passkey", "not_genuine", passkey.account if passkey else None)
            raise
        state = self.entrance.state()
        self.entrance.require_open(state, used.account, "passkey")

        def entering(cursor: Cursor) -> SignedIn:
            # Two devices that count alike are one and its copy, and answer at once: the first one's count is kept.
            self._keep_changed(cursor, stored, used)
            return self.entrance.opened(cursor, state, used.account, "passkey")

        return door.writing(store, entering)

    def ask_for_new(self, site: PasskeySite, account: str) -> str:
        """What to ask a browser for a new passkey of an account."""
        person = self.entrance.person(account)
        user = PasskeyUser(account=account, login=person.login, display_name=person.name)
        challenge, options = registration_options(site, user, self.of(account), self.entrance.now)
        self._keep_challenge(challenge)
        return options

    def add(self, site: PasskeySite, account: str, credential: str, name: str) -> None:
        """Adds a passkey to an account; its question was asked of nobody but its person (`Passwords.require_present`)."""
        passkey = self.new(site, account, credential, name)

        def beside(cursor: Cursor) -> None:
            self.entrance.require_local(cursor, account)
            self.keep_new(cursor, passkey)

        self.entrance.record(account, (CredentialAdded(account=account, kind="passkey"),), beside)

    def rename(self, account: str, credential_id: str, name: str) -> None:
        """Gives a passkey another name."""

        def renaming(cursor: Cursor) -> None:
            stored = door.find(cursor, "passkey", credential_id, self.entrance.now)
            if stored is None or stored.account != account:
                raise _not_own_passkey()
            passkey = Passkey.model_validate(stored.state)
            self._keep_changed(cursor, stored, passkey.model_copy(update={"name": passkey_name(name)}))

        door.writing(self.entrance.store, renaming)

    def remove(self, account: str, credential_id: str) -> None:
        """Takes a passkey away, unless it is the only way in."""
        if all(passkey.credential_id != credential_id for passkey in self.of(account)):
            raise _not_own_passkey()
        # Behind TLS a password alone does not let whoever administers do so.
        others: tuple[AccessKind, ...] = (
            ("passkey", "oidc") if self.entrance.wants_passkey(account) else ("passkey", "oidc", "password")
        )

        def beside(cursor: Cursor) -> None:
            if door.take(cursor, "passkey", credential_id, self.entrance.now) is None:
                raise _not_own_passkey()
            if not any(door.of_account(cursor, account, kind) for kind in others):
                found = "è il solo modo di entrare di questa utenza"
                accepted = "prima, un'altra passkey" + (" o una password" if "password" in others else "")
                raise Malformed([Problem(where="", found=found, accepted=accepted)])

        self.entrance.record(account, (CredentialRemoved(account=account, kind="passkey"),), beside)

    def new(self, site: PasskeySite, account: str, credential: str, name: str) -> Passkey:
        """The passkey that a browser made for an account, yet to be kept; PasskeyRefused."""
        answer = read_answer(credential)
        challenge = door.writing(self.entrance.store, lambda cursor: self._challenge(cursor, answer.challenge))
        passkey = new_passkey(site, challenge, answer, name, self.entrance.now)
        if passkey.account != account:
            raise PasskeyRefused("questa passkey non è per questa utenza", accepted="ricominciare dalla pagina")
        return passkey

    def keep_new(self, cursor: Cursor, passkey: Passkey) -> None:
        """Keeps a new one; PasskeyRefused where it is there."""
        if door.find(cursor, "passkey", passkey.credential_id, self.entrance.now) is not None:
            raise PasskeyRefused("questa passkey è già registrata", accepted="un'altra passkey")
        door.keep(cursor, _stored_passkey(passkey))

    def _keep_changed(self, cursor: Cursor, stored: StoredAccess | None, passkey: Passkey) -> None:
        """Keeps a passkey as it is now, where nobody has used, renamed or removed it since it was read."""
        if stored is None or not door.replace_unchanged(cursor, stored, _stored_passkey(passkey)):
            raise PasskeyRefused("questa passkey è stata usata, o cambiata, nel frattempo", accepted="riprovare")

    def _keep_challenge(self, challenge: PasskeyChallenge) -> None:
        state = challenge.model_dump(mode="json")
        self.entrance.keep_step(f"passkey/{challenge.challenge}", challenge.account or "", state, challenge.expires_at)

    def _challenge(self, cursor: Cursor, challenge: str) -> PasskeyChallenge | None:
        stored = door.take(cursor, "step", f"passkey/{challenge}", self.entrance.now)
        return PasskeyChallenge.model_validate(stored.state) if stored else None


def _stored_passkey(passkey: Passkey) -> StoredAccess:
    state = passkey.model_dump(mode="json")
    return StoredAccess(
        "passkey", passkey.credential_id, passkey.account, state, passkey.added_at, passkey.last_used_at
    )


def _not_own_passkey() -> NotFound:
    return NotFound("questa passkey non è di questa utenza", where="credential_id")
