"""By an identity that the body's provider vouches for."""

from collections.abc import Sequence
from typing import NamedTuple

from api.access.oidc_refusals import LASTS, AssuranceTooLow, IdentityRefused, SignInExpired
from api.access.one_time_links import OneTimeLink
from api.access.role_claims import NoRole, RoleClaimRefused, RoleMapping, claimed_roles
from api.access.sessions import end_sessions
from api.commands.accounts import new_id, record_of_accounts
from api.commands.handler import Caller
from api.commands.sign_in.entrance import Entrance, SignedIn
from api.commands.sign_in.links import Links
from domain.access.decide import AccountState
from domain.access.events import (
    AccountOpened,
    CredentialAdded,
    CredentialMethod,
    CredentialRemoved,
    RoleGiven,
    RoleTaken,
)
from domain.access.principal import Grant
from domain.errors import AlreadyThere, DomainError
from domain.event import Event
from domain.late import late
from domain.vocabulary import JsonValue
from projections.access import door, people
from projections.access.door import StoredAccess
from projections.access.people import Person
from projections.store.cursor import Cursor

with late:  # few installations have a provider
    from api.access.oidc import BegunSignIn, ExternalIdentity, ticket_digest

PROVIDER = "fornitore-identita"
"""The actor of what the provider of identities makes happen: an account opened, roles given and taken by its claim."""


class Departed(NamedTuple):
    """A sign-in that was begun at the provider: with which link, if any, and where its browser goes afterwards."""

    begun: BegunSignIn
    link: str = ""
    wanted: str = "/"


class Identities:
    """The identities by which accounts of one service are known to its provider."""

    def __init__(self, entrance: Entrance, links: Links) -> None:
        self.entrance = entrance
        self.links = links

    def keep_departure(self, ticket: str, departed: Departed) -> None:
        """Keeps a sign-in that was begun at the provider, to be completed once by the browser that holds the ticket."""
        kept = departed.begun
        state: dict[str, JsonValue] = {
            "begun": kept.model_dump(mode="json"),
            "link": departed.link,
            "wanted": departed.wanted,
        }
        # Longer than it serves: who comes back late is told so.
        self.entrance.keep_step(f"oidc/{ticket_digest(ticket)}", "", state, kept.expires_at + LASTS)

    def take_departure(self, ticket: str) -> Departed | None:
        """What was kept under a ticket, taken out whatever comes of it."""
        id_ = f"oidc/{ticket_digest(ticket)}"
        stored = door.writing(self.entrance.store, lambda cursor: door.take(cursor, "step", id_, self.entrance.now))
        if stored is None:
            return None
        begun = BegunSignIn.model_validate(stored.state["begun"])
        return Departed(begun, str(stored.state["link"]), str(stored.state["wanted"]))

    def sign_in(self, identity: ExternalIdentity, mapping: RoleMapping | None, link: str = "") -> SignedIn:
        """Signs in whoever the provider vouches for: the account that it is known as, or a new one where it has a role.

        With a mapping the roles are those of the claim, now, and whoever is left with none keeps none; without one, an
        account is reached by its link the first time. Whoever has neither is refused (NoRole).
        """
        digest = self._digest(identity)
        claimed = claimed_roles(identity.role_values, mapping) if mapping else None
        account = self._account_of(digest)
        if account is None and link and claimed != ():
            usable = self.links.to_use(link)
            if claimed or self.entrance.state().grants(usable.account):
                account = self._linked(usable, digest)
        elif account is None and claimed:
            account = self._opened_for(identity, digest, claimed[0].administration)
        if account is None:
            self.entrance.refused("oidc", "no_role", None)
            raise NoRole
        state = self.entrance.state()
        self.entrance.require_open(state, account, "oidc")
        if claimed is not None:
            self._bring_up_to_date(state, account, claimed)
            state = self.entrance.state()
        if not state.grants(account):
            self.entrance.refused("oidc", "no_role", account)
            raise NoRole

        def entering(cursor: Cursor) -> SignedIn:
            door.use(cursor, "oidc", digest, self.entrance.now)
            return self.entrance.opened(cursor, state, account, "oidc", acr=identity.acr or "")

        return door.writing(self.entrance.store, entering)

    def _account_of(self, digest: str) -> str | None:
        with self.entrance.store.datastore.cursor() as cursor:
            stored = door.find(cursor, "oidc", digest, self.entrance.now)
        return None if stored is None else stored.account

    def _digest(self, identity: ExternalIdentity) -> str:
        # A subject may be a fiscal code: it is kept as a digest only, under the installation's key.
        return self.entrance.key.digest("identity", f"{identity.issuer}\n{identity.subject}")

    def _linked(self, link: OneTimeLink, digest: str) -> str:
        local: tuple[CredentialMethod, ...] = ("password", "passkey")

        def beside(cursor: Cursor) -> None:
            self.links.take(cursor, link)
            for kind in local:
                door.forget_all(cursor, link.account, kind)  # who is out there is out here
            end_sessions(cursor, link.account)
            door.keep(cursor, StoredAccess("oidc", digest, link.account, {}, self.entrance.now))

        events = (
            CredentialAdded(account=link.account, kind="oidc"),
            CredentialRemoved(account=link.account, kind="link"),
            *self.links.removed(link.account, local),
        )
        self.entrance.record(link.account, events, beside)
        return link.account

    def _opened_for(self, identity: ExternalIdentity, digest: str, administration: str | None) -> str:
        account = new_id("acc")
        # The digest in place of a login: nobody types it, and no two identities share one.
        person = Person(account, identity.name or account, f"oidc.{digest[:40]}")

        def beside(cursor: Cursor) -> None:
            people.enter(cursor, person)
            door.keep(cursor, StoredAccess("oidc", digest, account, {}, self.entrance.now))

        events = (
            AccountOpened(account=account, administration=administration),
            CredentialAdded(account=account, kind="oidc"),
        )
        try:
            record_of_accounts(self.entrance.service, Caller(PROVIDER), events, beside)
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
            record_of_accounts(self.entrance.service, Caller(PROVIDER), tuple(events))

    def note_refused(self, error: DomainError) -> None:
        """Records that what the provider says of somebody was not taken."""
        match error:
            case IdentityRefused() | RoleClaimRefused():
                self.entrance.refused("oidc", "not_genuine", None)
            case AssuranceTooLow():
                self.entrance.refused("oidc", "second_factor", None)
            case SignInExpired():
                self.entrance.refused("oidc", "expired", None)
            case _:
                pass  # nobody came back whom the provider had spoken of, or it does not answer
