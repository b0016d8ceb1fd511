"""What somebody typed into a form whose session had ended: kept on the server until the same account has signed in again.

A form of a session carries a mark that binds the account to it; by that mark alone is it known for whom to keep what is
sent without a session. It is no record: few of each account, none for long, and gone with the account.
"""

import hmac
import secrets
from datetime import datetime, timedelta

import orjson

from api.access.credentials_key import CredentialsKey
from projections.access import door
from projections.access.door import StoredAccess
from projections.store.cursor import Cursor

KEPT_FOR = timedelta(hours=24)
MOST_KEPT = 5
"""How many an account has at most: a further one takes the place of the oldest."""
MOST_KEPT_BYTES = 30_000


def form_mark(key: CredentialsKey, account: str, csrf: str) -> str:
    """What a form of a session carries: for whom it was made, which nobody else can say."""
    return f"{account}.{key.digest('form', f'{account} {csrf}')}"


def marked_account(key: CredentialsKey, mark: str, csrf: str) -> str:
    """The account for which a form was made; empty where no form of ours says so."""
    account = mark.partition(".")[0]
    return account if account and hmac.compare_digest(mark.encode(), form_mark(key, account, csrf).encode()) else ""


def keep_form(cursor: Cursor, account: str, path: str, typed: dict[str, str], now: datetime) -> str:
    """Keeps what was typed into the form at a path, and answers by which name; empty for more than is kept of a form."""
    if len(orjson.dumps(typed)) > MOST_KEPT_BYTES:
        return ""
    kept = door.of_account(cursor, account, "form")
    for oldest in kept[: max(len(kept) - MOST_KEPT + 1, 0)]:
        door.forget(cursor, "form", oldest.id)
    name = secrets.token_urlsafe(16)
    state = {"path": path, "typed": dict(typed)}
    door.keep(cursor, StoredAccess("form", name, account, state, now, None, now + KEPT_FOR))  # type: ignore[arg-type]  # texts are JSON
    return name


def kept_form(cursor: Cursor, account: str, path: str, name: str, now: datetime) -> dict[str, str] | None:
    """What an account typed into the form at a path; None where nothing of it is kept under that name."""
    stored = door.find(cursor, "form", name, now)
    if stored is None or stored.account != account or stored.state.get("path") != path:
        return None
    typed = stored.state.get("typed")
    return {field: str(text) for field, text in typed.items()} if isinstance(typed, dict) else None


def forget_form(cursor: Cursor, account: str, name: str) -> None:
    """Forgets one of an account: it was sent."""
    stored = door.of_account(cursor, account, "form")
    if any(one.id == name for one in stored):
        door.forget(cursor, "form", name)
