"""What somebody typed into a form whose session had ended: kept on the server until the same account has signed in again.

A form of a session carries a mark that binds the account to it; by that mark alone is it known for whom to keep what is
sent without a session. It is no record: few of each account, none for long, and gone with the account.
"""

import hmac
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

import orjson

from api.access.credentials_key import CredentialsKey
from domain.vocabulary import JsonValue
from projections.access import door
from projections.access.door import AccessKind, StoredAccess
from projections.store.cursor import Cursor

KEPT_FOR = timedelta(hours=24)
MOST_KEPT = 5
"""How many an account has at most: a further one takes the place of the oldest."""
MOST_KEPT_BYTES = 30_000
MOST_CHECKED = 20
"""The same of forms that are being looked at."""


def form_mark(key: CredentialsKey, account: str, csrf: str) -> str:
    """What a form of a session carries: for whom it was made, which nobody else can say."""
    return f"{account}.{key.digest('form', f'{account} {csrf}')}"


def marked_account(key: CredentialsKey, mark: str, csrf: str) -> str:
    """The account for which a form was made; empty where no form of ours says so."""
    account = mark.partition(".")[0]
    return account if account and hmac.compare_digest(mark.encode(), form_mark(key, account, csrf).encode()) else ""


def keep_form(cursor: Cursor, account: str, path: str, typed: Mapping[str, str], now: datetime) -> str:
    """Keeps what was typed into the form at a path, and answers by which name; empty for more than is kept of a form."""
    if len(orjson.dumps(dict(typed))) > MOST_KEPT_BYTES:
        return ""
    return _keep(cursor, "form", account, {"path": path, "typed": dict(typed)}, MOST_KEPT, now)


def kept_form(cursor: Cursor, account: str, path: str, name: str, now: datetime) -> dict[str, str] | None:
    """What an account typed into the form at a path; None where nothing of it is kept under that name."""
    stored = door.find(cursor, "form", name, now)
    if stored is None or stored.account != account or stored.state.get("path") != path:
        return None
    return _typed(stored)


def forget_forms(cursor: Cursor, account: str, path: str, same: Mapping[str, str]) -> None:
    """Forgets what an account had typed into the form at a path that was sent now: the same one by some of its fields."""
    for stored in door.of_account(cursor, account, "form"):
        typed = _typed(stored) or {}
        if stored.state.get("path") == path and all(typed.get(name, "") == text for name, text in same.items()):
            door.forget(cursor, "form", stored.id)


class CheckedForm(NamedTuple):
    """A form that is looked at once more before it is recorded; `recorded_at` is where that shows, once it was."""

    typed: dict[str, str]
    recorded_at: str


def keep_checked(cursor: Cursor, owner: str, path: str, typed: Mapping[str, str], now: datetime) -> str:
    """Keeps a form while it is looked at, for an account, or for a browser that has none; answers by which name."""
    return _keep(cursor, "check", owner, {"path": path, "typed": dict(typed)}, MOST_CHECKED, now)


def checked_form(cursor: Cursor, owner: str, path: str, name: str, now: datetime) -> CheckedForm | None:
    """A form that is looked at; None where there is none such, or no longer."""
    stored = door.find(cursor, "check", name, now)
    if stored is None or stored.account != owner or stored.state.get("path") != path:
        return None
    return CheckedForm(_typed(stored) or {}, str(stored.state.get("recorded_at", "")))


def note_recorded(cursor: Cursor, owner: str, path: str, name: str, recorded_at: str, now: datetime) -> None:
    """Notes of a form that was looked at that it was recorded; nothing of what was typed is kept."""
    if checked_form(cursor, owner, path, name, now) is not None:
        door.use(cursor, "check", name, now, {"path": path, "recorded_at": recorded_at})


def _keep(cursor: Cursor, kind: AccessKind, owner: str, state: dict[str, JsonValue], most: int, now: datetime) -> str:
    kept = door.of_account(cursor, owner, kind)
    for oldest in kept[: max(len(kept) - most + 1, 0)]:
        door.forget(cursor, kind, oldest.id)
    name = secrets.token_urlsafe(16)
    door.keep(cursor, StoredAccess(kind, name, owner, state, now, None, now + KEPT_FOR))
    return name


def _typed(stored: StoredAccess) -> dict[str, str] | None:
    typed = stored.state.get("typed")
    return {field: str(text) for field, text in typed.items()} if isinstance(typed, dict) else None
