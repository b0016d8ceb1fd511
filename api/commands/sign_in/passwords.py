"""By login and password; and what somebody who is in must show before another way in is made."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Literal

from api.access.attempts import (
    Attempt,
    TooManyAttempts,
    known_device,
    note_success,
    require_attempt_allowed,
)
from api.access.passwords import PasswordHashing, require_good_password
from api.access.sessions import Session, end_sessions
from api.commands.sign_in.entrance import Entrance, SignedIn
from api.commands.sign_in.passkeys import Passkeys
from domain.access.events import CredentialAdded
from domain.errors import DomainError, Malformed, Problem
from domain.vocabulary import JsonValue
from projections.access import door, people
from projections.access.door import StoredAccess
from projections.store.cursor import Cursor

FRESH = timedelta(minutes=10)
"""For how long a sign-in says that the person itself is there."""

PresenceProof = Literal["session", "password", "sign_in"]
"""By what somebody shows that it is there: its session does, its password is asked, or it must sign in again."""


class SignInNotFresh(DomainError):
    """Another way into an account is made by its person, who has signed in just now."""

    name = "sign_in_not_fresh"
    title = "Accesso da rifare"
    status = 403


class Passwords:
    """The passwords of the accounts of one service."""

    def __init__(self, entrance: Entrance, passkeys: Passkeys) -> None:
        self.entrance = entrance
        self.passkeys = passkeys
        self.hashing = PasswordHashing()

    def sign_in(self, login: str, password: str, *, address: str = "", devices: Sequence[str] = ()) -> SignedIn:
        """Signs in by login and password; SignInWrong, SignInSuspended, TooManyAttempts.

        Attempts count for the `address` they come from or, where one of the browser's `devices` is known, for that.
        """
        store, typed = self.entrance.store, login.strip().lower()
        with store.datastore.cursor() as cursor:
            person = people.by_login(cursor, typed)
            stored = door.of_account(cursor, person.account, "password")[-1:] if person else []
            known = (
                known_device(cursor, self.entrance.key, person.account, devices, self.entrance.now) if person else ""
            )
        attempt = Attempt(person.account if person else typed[:200], address, known)
        self._require_allowed(attempt, person.account if person else None)
        check = self.hashing.check_password(password, str(stored[0].state["hash"]) if stored else None)
        if person is None or not check.right:
            raise self.entrance.refused("password", "wrong_secret", person.account if person else None)
        state = self.entrance.state()
        self.entrance.require_open(state, person.account, "password")
        door.writing(store, lambda cursor: note_success(cursor, self.entrance.key, attempt))
        if self.entrance.is_to_have_passkey(state, person.account) and self.passkeys.of(person.account):
            return SignedIn(person.account, None)
        kept: dict[str, JsonValue] | None = {"hash": check.rehashed} if check.rehashed else None

        def entering(cursor: Cursor) -> SignedIn:
            door.use(cursor, "password", stored[0].id, self.entrance.now, kept)
            return self.entrance.opened(cursor, state, attempt.account, "password")

        return door.writing(store, entering)

    def _require_allowed(self, attempt: Attempt, account: str | None) -> None:
        """TooManyAttempts for one that must wait, which the record is told of."""
        try:
            door.writing(
                self.entrance.store,
                lambda cursor: require_attempt_allowed(cursor, self.entrance.key, attempt, self.entrance.now),
            )
        except TooManyAttempts:
            self.entrance.refused("password", "locked", account)
            raise

    def set_password(self, session: Session, current: str, password: str, repeated: str) -> None:
        """Gives the account of a session another password, or its first; its other sessions end."""
        account = session.account
        with self.entrance.store.datastore.cursor() as cursor:
            has_password = bool(door.of_account(cursor, account, "password"))
        if has_password:  # whatever else says who it is: a password is changed by whoever knows it
            self._require_password(account, current)
        else:
            self.require_present(session, current)
        hashed = self.hashed(account, password, repeated)

        def beside(cursor: Cursor) -> None:
            self.entrance.require_local(cursor, account)
            self.keep(cursor, account, hashed)
            end_sessions(cursor, account, but=session.digest)

        self.entrance.record(account, (CredentialAdded(account=account, kind="password"),), beside)

    def presence_proof(self, session: Session) -> PresenceProof:
        """By what the person of a session shows that it is there: who has only found its browser open does not know."""
        if session.method == "passkey" and self.entrance.now - session.began_at < FRESH:
            return "session"
        with self.entrance.store.datastore.cursor() as cursor:
            return "password" if door.of_account(cursor, session.account, "password") else "sign_in"

    def require_present(self, session: Session, current: str) -> None:
        """That the person itself makes another way into its account; CredentialsOfProvider, SignInNotFresh, Malformed."""
        with self.entrance.store.datastore.cursor() as cursor:
            self.entrance.require_local(cursor, session.account)
        match self.presence_proof(session):
            case "session":
                pass
            case "password":
                self._require_password(session.account, current)
            case "sign_in":
                minutes = FRESH // timedelta(minutes=1)
                found = f"l'accesso è di più di {minutes} minuti fa"
                raise SignInNotFresh(found, accepted=f"uscire, entrare di nuovo, e farlo entro {minutes} minuti")

    def _require_password(self, account: str, current: str) -> None:
        """Malformed for another password than an account has; TooManyAttempts."""
        with self.entrance.store.datastore.cursor() as cursor:
            stored = door.of_account(cursor, account, "password")[-1:]
        attempt = Attempt(account, "own page")
        self._require_allowed(attempt, account)
        if not self.hashing.check_password(current, str(stored[0].state["hash"]) if stored else None).right:
            self.entrance.refused("password", "wrong_secret", account)
            found, accepted = "la password attuale non è questa", "la password con cui si entra"
            raise Malformed([Problem(where="current", found=found, accepted=accepted)])
        door.writing(self.entrance.store, lambda cursor: note_success(cursor, self.entrance.key, attempt))

    def hashed(self, account: str, password: str, repeated: str) -> str:
        """The hash of a password that may be an account's; Malformed, PasswordRefused."""
        if password != repeated:
            raise Malformed([Problem(where="repeated", found="le due password non sono uguali")])
        person = self.entrance.person(account)
        require_good_password(password, login=person.login, name=person.name)
        return self.hashing.hash_password(password)

    def keep(self, cursor: Cursor, account: str, hashed: str) -> None:
        """Keeps the hash of an account's password in place of another."""
        door.forget_all(cursor, account, "password")
        door.keep(cursor, StoredAccess("password", account, account, {"hash": hashed}, self.entrance.now))
