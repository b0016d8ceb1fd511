"""How often somebody may try to sign in with a secret that can be guessed, without keeping anybody else out.

Attempts are counted for an account *from an address*: whoever tries the account of another from elsewhere slows nobody but
itself. A browser in which an account has come in before, by whatever way, bears the cookie of a known device, one of each
of its accounts, and is counted by that: not even a neighbour behind the same address is in its way. A passkey, a one-time link and a provider's word cannot be guessed, and are
never counted here.

An attempt counts before the secret is looked at, in the database that all processes share, so that many at once are not one;
a right one gives the count back. After a few, each must wait longer than the one before.

What is refused becomes an event now and then, with how many times it was: nobody can flood the record.
"""

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import islice
from typing import NamedTuple

from api.access.credentials_key import CredentialsKey
from domain.errors import DomainError
from projections.access import door
from projections.access.door import StoredAccess
from projections.store.cursor import Cursor

FREE_ATTEMPTS = 5
"""So many attempts wait for nothing."""

FIRST_DELAY, LONGEST_DELAY = timedelta(seconds=30), timedelta(hours=1)
"""How long the next one waits; twice as long each time."""

FORGOTTEN_AFTER = timedelta(hours=12)
"""When the count begins anew, since its first attempt."""

SPREAD_ATTEMPTS = 60
"""So many attempts of one address, on whatever accounts, wait for nothing; beyond them it has one every `SPREAD_DELAY`."""

SPREAD_WINDOW, SPREAD_DELAY = timedelta(minutes=15), timedelta(seconds=5)

DEVICE_LASTS = timedelta(days=180)
MOST_DEVICES = 20
"""How many browsers of an account are known; beyond them the one that signed in longest ago is forgotten."""

TOLD_WINDOW = timedelta(hours=1)
_LONG = timedelta(days=3_650)


class TooManyAttempts(DomainError):
    """As many attempts to sign in failed, from one place, that the next must wait; others are not held up."""

    name = "too_many_attempts"
    title = "Troppi tentativi di accesso"
    status = 429


class Attempt(NamedTuple):
    """Somebody who tries to sign in: to which account, from where, from which device (empty where it is not known).

    Where no account has what was typed, that text stands for one: what has no account is counted alike.
    """

    account: str
    address: str
    device: str = ""

    @property
    def place(self) -> str:
        """As what its attempts are counted."""
        return f"device {self.account} {self.device}" if self.device else f"{self.account} from {self.address}"


def delay_after(count: int) -> timedelta:
    """How long the attempt after this one waits, in a place where so many were made."""
    if count < FREE_ATTEMPTS:
        return timedelta()
    doublings = min(count - FREE_ATTEMPTS, 16)
    return min(FIRST_DELAY * (1 << doublings), LONGEST_DELAY)


def require_attempt_allowed(cursor: Cursor, key: CredentialsKey, attempt: Attempt, now: datetime) -> None:
    """Counts an attempt before its secret is looked at; TooManyAttempts, and nothing counted, where it must wait.

    By `door.writing`: what it counts must stand whatever comes of the attempt.
    """
    place = _digest(key, attempt.place)
    _require_no_wait(cursor, place, now)
    if not attempt.device:
        _require_spread(cursor, _digest(key, f"address {attempt.address}"), now)
    count = door.count_attempt(cursor, place, now, now + FORGOTTEN_AFTER)
    if delay := delay_after(count):
        _claim(cursor, place, now, delay)


def note_success(cursor: Cursor, key: CredentialsKey, attempt: Attempt) -> None:
    """Gives the count of a place back: the secret was right. By `door.writing`."""
    place = _digest(key, attempt.place)
    for counted in (place, _waiting(place)):
        door.clear_attempts(cursor, counted)
    if not attempt.device:
        door.uncount_attempt(cursor, _digest(key, f"address {attempt.address}"))


def note_refusal(cursor: Cursor, key: CredentialsKey, kind: str, now: datetime) -> int:
    """Counts a refusal of a kind (account, method and reason): how many the record is to be told of now, mostly none.

    It is told at the 1st, 10th, 100th of an hour, of all since it was told last. By `door.writing`.
    """
    digest = _digest(key, f"refused {kind}")
    pending = door.count_attempt(cursor, f"{digest}/pending", now, now + _LONG)
    count = door.count_attempt(cursor, f"{digest}/told", now, now + TOLD_WINDOW)
    if str(count).strip("0") != "1":
        return 0
    door.clear_attempts(cursor, f"{digest}/pending")
    return pending


# -- devices -----------------------------------------------------------------------------------------------------------


def remember_device(cursor: Cursor, key: CredentialsKey, account: str, device: str, now: datetime) -> str:
    """Knows a browser again from now on: the secret for its cookie, another each time. By `door.writing`.

    `device` is what the browser was known by until now, if it was.
    """
    if device:
        door.forget(cursor, "device", device)
    known = sorted(door.of_account(cursor, account, "device"), key=lambda one: one.created_at)
    for outdated in known[: max(len(known) - MOST_DEVICES + 1, 0)]:
        door.forget(cursor, "device", outdated.id)
    secret = secrets.token_urlsafe(32)
    door.keep(cursor, StoredAccess("device", key.digest("device", secret), account, {}, now, None, now + DEVICE_LASTS))
    return secret


def known_device(
    cursor: Cursor, key: CredentialsKey, account: str, device_secrets: Iterable[str], now: datetime
) -> str:
    """By what the browser of some cookies is known to an account; empty where it is not."""
    for secret in islice(device_secrets, MOST_DEVICES):
        stored = door.find(cursor, "device", key.digest("device", secret), now) if secret else None
        if stored is not None and stored.account == account:
            return stored.id
    return ""


def device_cookie_name(account: str = "", key: CredentialsKey | None = None, *, is_secure: bool) -> str:
    """The name of the cookie by which a browser is known to an account; of any account, what all of them begin with.

    Behind TLS, it is one that no other host and no other path can set. Who finds it cannot tell whose it is.
    """
    of_account = f"-{key.digest('device', f'of {account}')[:16]}" if key else ""
    return f"{'__Host-' if is_secure else ''}initinere-device{of_account}"


def device_cookie(name: str, secret: str, *, is_secure: bool) -> str:
    """The header that hands a browser what it is known by."""
    lasts = int(DEVICE_LASTS.total_seconds())
    secure = "; Secure" if is_secure else ""
    return f"{name}={secret}; Path=/; Max-Age={lasts}; HttpOnly; SameSite=Strict{secure}"


# -- counts ------------------------------------------------------------------------------------------------------------


def _require_no_wait(cursor: Cursor, place: str, now: datetime) -> None:
    _, until = door.attempts_of(cursor, _waiting(place), now)
    if until is not None:
        raise _too_many(until - now)


def _claim(cursor: Cursor, place: str, now: datetime, delay: timedelta) -> None:
    """Of several attempts at once, one goes on: the one that counts first."""
    if door.count_attempt(cursor, _waiting(place), now, now + delay) > 1:
        _require_no_wait(cursor, place, now)


def _require_spread(cursor: Cursor, address: str, now: datetime) -> None:
    _require_no_wait(cursor, address, now)
    if door.count_attempt(cursor, address, now, now + SPREAD_WINDOW) > SPREAD_ATTEMPTS:
        _claim(cursor, address, now, SPREAD_DELAY)


def _too_many(wait: timedelta) -> TooManyAttempts:
    seconds = max(int(wait.total_seconds()) + (wait.microseconds > 0), 1)
    error = TooManyAttempts("troppi tentativi da qui", accepted=f"riprovare fra {seconds} secondi, o con una passkey")
    error.retry_after = seconds
    return error


def _waiting(place: str) -> str:
    return f"{place}/wait"


def _digest(key: CredentialsKey, text: str) -> str:
    return key.digest("attempt", text)
