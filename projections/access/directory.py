"""The accounts as their events say they are now, and the directory that a service keeps of them between two events."""

from collections.abc import Mapping
from typing import NamedTuple

from domain.access.decide import ACCOUNTS, AccountState
from domain.access.events import OPEN
from domain.access.principal import Grant, Principal
from projections.store.reader import Reader

READER = Grant("reader", None)
"""What every account is, whatever it is besides."""


class Directory(NamedTuple):
    """Who may do what, at a version of the stream of the accounts."""

    version: int
    grants: Mapping[str, tuple[Grant, ...]]
    tokens: Mapping[str, tuple[Grant, ...]]

    def of_session(self, account: str, session: str, *, administers: bool = True) -> Principal | None:
        """Who asks in a session of an account; None where the account is not open.

        In one that does not administer, begun by a weaker credential than that asks for, the role is left aside.
        """
        grants = self.grants.get(account)
        if grants is None:
            return None
        held = grants if administers else tuple(grant for grant in grants if grant.role != "administrator")
        held_back = tuple(grant for grant in grants if grant not in held)
        return Principal(account, (READER, *held), session=session, held_back=held_back)

    def of_token(self, account: str, token: str) -> Principal | None:
        """Who asks with a token; None where it was revoked, or its account is not open."""
        grants = self.tokens.get(token)
        if grants is None or account not in self.grants:
            return None
        return Principal(account, (READER, *grants), token=token)


def directory(reader: Reader) -> Directory:
    """The accounts that are open, with their roles and tokens, as the stream says now."""
    state = AccountState(reader.timelines(ACCOUNTS))
    accounts = [account for account in state.accounts() if state.status(account) == OPEN]
    tokens = {
        token: state.token_rights(token)
        for token in (key.partition("/")[2] for key in state.timelines.objects("token/"))
        if state.token_account(token) in accounts
    }
    return Directory(reader.head(ACCOUNTS).version, {account: state.grants(account) for account in accounts}, tokens)


class DirectoryCache:
    """The directory of a service: read again when the stream of the accounts has gone on, by whatever process."""

    def __init__(self) -> None:
        self._directory = Directory(-1, {}, {})

    def grants_of(self, account: str) -> tuple[Grant, ...]:
        """The roles of an account, as they were last read."""
        return self._directory.grants.get(account, ())

    def at(self, reader: Reader) -> Directory:
        """The directory as it is now."""
        if reader.head(ACCOUNTS).version != self._directory.version:
            self._directory = directory(reader)
        return self._directory
