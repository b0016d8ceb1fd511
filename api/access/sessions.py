"""Sessions: an opaque cookie on one side, its digest and when it ends on the other; every process of the service knows them.

A session ends by itself when it is not used, and at the latest after a working day; its cookie changes at sign-in and
whenever the roles of its account have changed, so that what was seen of it before is of no use.
"""

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from api.access.credentials_key import CredentialsKey
from domain.access.events import SignInMethod
from domain.access.principal import Grant
from domain.vocabulary import JsonValue
from projections.access import door
from projections.access.door import StoredAccess
from projections.store.cursor import Cursor
from projections.store.envelope import read_instant, write_instant

TOUCHED_EVERY = timedelta(minutes=1)
"""How often it is noted that a session is in use."""

HANDED_OVER = timedelta(seconds=30)
"""How long the cookie before is taken after another took its place: requests that were under way bear it."""

SECRET_BYTES = 32


class SessionLife(NamedTuple):
    """How long a session lasts without use, and at most."""

    idle: timedelta
    longest: timedelta


class Session(NamedTuple):
    """A session that is open: whose, since when, by which method, and the digest that it is known by."""

    digest: str
    account: str
    method: SignInMethod
    acr: str
    roles: str
    began_at: datetime
    used_at: datetime
    expires_at: datetime
    handed_over: bool

    def is_stale(self, now: datetime) -> bool:
        """Whether it is time to note that it is in use."""
        return now - self.used_at >= TOUCHED_EVERY


class OpenedSession(NamedTuple):
    """A session that was just opened, with the secret that its cookie holds."""

    secret: str
    session: Session


def session_digest(key: CredentialsKey, secret: str) -> str:
    """What is stored of the secret of a session, and by what it is looked up."""
    return key.digest("session", secret)


def csrf_token(secret: str) -> str:
    """What a form of this session sends along: derived from its secret, which no other site knows."""
    return hmac.new(secret.encode(), b"initinere csrf", hashlib.sha256).hexdigest()


def is_csrf_token(secret: str, sent: str) -> bool:
    """Whether a form was made by this session."""
    return hmac.compare_digest(csrf_token(secret).encode(), sent.encode())


def roles_digest(grants: tuple[Grant, ...]) -> str:
    """By what it is known that the roles of an account have changed."""
    return hashlib.sha256(repr(sorted(map(repr, grants))).encode()).hexdigest()[:32]


def open_session(  # noqa: PLR0913 - each is a fact of the session
    cursor: Cursor,
    key: CredentialsKey,
    account: str,
    grants: tuple[Grant, ...],
    method: SignInMethod,
    life: SessionLife,
    now: datetime,
    *,
    acr: str = "",
    began_at: datetime | None = None,
) -> OpenedSession:
    """Opens a session; in a transaction that writes. One that goes on keeps when it began."""
    secret = secrets.token_urlsafe(SECRET_BYTES)
    began = began_at or now
    session = Session(
        digest=session_digest(key, secret),
        account=account,
        method=method,
        acr=acr,
        roles=roles_digest(grants),
        began_at=began,
        used_at=now,
        expires_at=min(now + life.idle, began + life.longest),
        handed_over=False,
    )
    door.keep(cursor, _stored(session))
    return OpenedSession(secret, session)


def find_session(cursor: Cursor, digest: str, now: datetime) -> Session | None:
    """The session of a cookie, by its digest; None where there is none, or it has ended."""
    stored = door.find(cursor, "session", digest, now)
    return None if stored is None else _session(stored)


def touch_session(cursor: Cursor, session: Session, life: SessionLife, now: datetime) -> None:
    """Notes that a session is in use: it ends later, but not beyond its longest. One that was ended meanwhile stays so."""
    expires = session.expires_at if session.handed_over else min(now + life.idle, session.began_at + life.longest)
    door.replace_unchanged(cursor, _stored(session), _stored(session._replace(used_at=now, expires_at=expires)))


def renew_session(
    cursor: Cursor, key: CredentialsKey, session: Session, grants: tuple[Grant, ...], life: SessionLife, now: datetime
) -> OpenedSession | None:
    """Another cookie in the place of this one, for roles that have changed; None where another request was first.

    A session that was ended meanwhile stays so.
    """
    ending = session._replace(handed_over=True, expires_at=min(now + HANDED_OVER, session.expires_at))
    if not door.replace_unchanged(cursor, _stored(session), _stored(ending)):
        return None
    return open_session(
        cursor, key, session.account, grants, session.method, life, now, acr=session.acr, began_at=session.began_at
    )


def end_session(cursor: Cursor, digest: str) -> None:
    """Ends one session."""
    door.forget(cursor, "session", digest)


def end_sessions(cursor: Cursor, account: str, but: str = "") -> None:
    """Ends the sessions of an account everywhere, but one."""
    door.forget_all(cursor, account, "session", but)


def sessions_of(cursor: Cursor, account: str, now: datetime) -> list[Session]:
    """The sessions of an account that have not ended, the oldest first."""
    stored = door.of_account(cursor, account, "session")
    sessions = [_session(entry) for entry in stored if entry.expires_at is None or entry.expires_at > now]
    return [session for session in sessions if not session.handed_over]


def _stored(session: Session) -> StoredAccess:
    state: dict[str, JsonValue] = {
        "method": session.method,
        "acr": session.acr,
        "roles": session.roles,
        "began_at": write_instant(session.began_at),
        "handed_over": session.handed_over,
    }
    return StoredAccess(
        "session", session.digest, session.account, state, session.began_at, session.used_at, session.expires_at
    )


def _session(stored: StoredAccess) -> Session:
    state: Mapping[str, JsonValue] = stored.state
    method: SignInMethod = str(state["method"])  # type: ignore[assignment]  # as it was kept
    return Session(
        digest=stored.id,
        account=stored.account,
        method=method,
        acr=str(state["acr"]),
        roles=str(state["roles"]),
        began_at=read_instant(str(state["began_at"])),
        used_at=stored.used_at or stored.created_at,
        expires_at=stored.expires_at or stored.created_at,
        handed_over=bool(state["handed_over"]),
    )
