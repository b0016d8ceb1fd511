"""By a one-time link, with which an account is given its first password or passkey."""

from collections.abc import Sequence
from typing import Literal

from api.access.one_time_links import LinkRefused, OneTimeLink, link_digest, parse_link, require_usable
from api.access.passkeys import PasskeySite
from api.access.passwords import PasswordRefused
from api.access.sessions import end_sessions
from api.commands.accounts import WriteBeside
from api.commands.sign_in.entrance import Entrance, SignedIn, SignInSuspended, suspended
from api.commands.sign_in.passkeys import Passkeys
from api.commands.sign_in.passwords import Passwords
from domain.access.events import OPEN, CredentialAdded, CredentialMethod, CredentialRemoved
from projections.access import door
from projections.store.cursor import Cursor


class Links:
    """The one-time links of the accounts of one service."""

    def __init__(self, entrance: Entrance, passwords: Passwords, passkeys: Passkeys) -> None:
        self.entrance = entrance
        self.passwords = passwords
        self.passkeys = passkeys

    def usable(self, text: str) -> OneTimeLink:
        """The link of an address, if it may be used; LinkRefused. Nothing is used by looking."""
        digest = link_digest(self.entrance.key, parse_link(text))
        with self.entrance.store.datastore.cursor() as cursor:
            stored = door.find(cursor, "link", digest, self.entrance.now)
        link = require_usable(
            OneTimeLink(digest=digest, account=stored.account, expires_at=stored.expires_at or self.entrance.now)
            if stored
            else None,
            self.entrance.now,
        )
        if self.entrance.state().status(link.account) != OPEN:
            raise suspended()
        return link

    def to_use(self, text: str) -> OneTimeLink:
        """The same, for whoever uses it; a refusal is recorded."""
        try:
            return self.usable(text)
        except SignInSuspended:
            self.entrance.refused("link", "suspended", None)
            raise
        except LinkRefused:
            self.entrance.refused("link", "expired", None)
            raise

    def sign_in_with_password(self, text: str, password: str, repeated: str) -> SignedIn:
        """Gives the account of a link its password, uses the link, and signs in; PasswordRefused where a passkey is wanted."""
        link = self.to_use(text)
        if self.entrance.wants_passkey(link.account):
            raise PasswordRefused("a chi amministra serve una passkey", accepted="una passkey")
        hashed = self.passwords.hashed(link.account, password, repeated)
        return self._sign_in(link, "password", lambda cursor: self.passwords.keep(cursor, link.account, hashed))

    def sign_in_with_passkey(self, site: PasskeySite, text: str, credential: str, name: str) -> SignedIn:
        """Gives the account of a link its passkey, uses the link, and signs in."""
        link = self.to_use(text)
        passkey = self.passkeys.new(site, link.account, credential, name)
        return self._sign_in(link, "passkey", lambda cursor: self.passkeys.keep_new(cursor, passkey))

    def _sign_in(self, link: OneTimeLink, kind: Literal["password", "passkey"], keep: WriteBeside) -> SignedIn:
        def beside(cursor: Cursor) -> None:
            self.take(cursor, link)
            door.forget_all(cursor, link.account, "oidc")  # an account is entered there or here, never both
            keep(cursor)
            for stored in door.of_account(cursor, link.account, kind):
                door.use(cursor, kind, stored.id, self.entrance.now)  # it comes in by it, now
            end_sessions(cursor, link.account)  # who has lost its credentials does not know who holds them

        events = (
            CredentialAdded(account=link.account, kind=kind),
            CredentialRemoved(account=link.account, kind="link"),
            *self.removed(link.account, ("oidc",)),
        )
        self.entrance.record(link.account, events, beside)
        state = self.entrance.state()
        return door.writing(self.entrance.store, lambda cursor: self.entrance.opened(cursor, state, link.account, kind))

    def removed(self, account: str, kinds: Sequence[CredentialMethod]) -> tuple[CredentialRemoved, ...]:
        """What the record is told of the credentials of some kinds that an account has, and will have no more."""
        with self.entrance.store.datastore.cursor() as cursor:
            kept = [kind for kind in kinds for _ in door.of_account(cursor, account, kind)]
        return tuple(CredentialRemoved(account=account, kind=kind) for kind in kept)

    def take(self, cursor: Cursor, link: OneTimeLink) -> None:
        """Uses a link up; LinkRefused where somebody has."""
        if door.take(cursor, "link", link.digest, self.entrance.now) is None:
            raise LinkRefused("questo link è già stato usato", accepted="un link nuovo, da chi amministra")
