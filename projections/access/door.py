"""Keeps what lets an account in: credentials, sessions, tokens, steps of signing in; who knocked how often; what goes out.

None of it is the record: no event, and no answer about a plan, depends on it. A secret that is all that somebody has
stands here as a digest only.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Literal, NamedTuple, TypeVar

import orjson
from eventsourcing.persistence import IntegrityError

from domain.errors import StoreBusy
from domain.vocabulary import JsonValue
from projections.store.cursor import Cursor
from projections.store.envelope import read_instant, write_instant
from projections.store.store import Store

AccessKind = Literal[
    "password",
    "passkey",
    "link",
    "oidc",
    "session",
    "token",
    "step",
    "device",
    "form",
    "check",
    "webhook",
    "letter",
    "mail",
    "reminder",
]
"""A credential (password, passkey, one-time link, identity of a provider), a session, a token, a step of signing in that is
under way, a device that an account has signed in from, a form whose session ended before it was sent, one that is being looked at. And what goes out by itself: a subscription to
events and what could not be delivered to it, where an account is written to, what it was written already."""

_COLUMNS = "kind, id, account, state, created_at, used_at, expires_at"


class StoredAccess(NamedTuple):
    """One thing that lets an account in; `state` is what its kind keeps of it, as JSON."""

    kind: AccessKind
    id: str
    account: str
    state: dict[str, JsonValue]
    created_at: datetime
    used_at: datetime | None = None
    expires_at: datetime | None = None


Written = TypeVar("Written")
WRITTEN_AGAIN = 20
"""How often it is tried to write where others write at the same moment."""


def writing(store: Store, work: Callable[[Cursor], Written]) -> Written:
    """Runs what writes at the door in a transaction of its own, again where another writer was in the way.

    StoreBusy where ever one is; whatever `work` raises leaves nothing written.
    """
    for _ in range(WRITTEN_AGAIN):
        try:
            with store.datastore.cursor(commit=True) as cursor:
                return work(cursor)
        except IntegrityError:
            continue
    raise StoreBusy("troppi accessi nello stesso momento", accepted=f"riprovare fra {StoreBusy.retry_after} secondi")


def keep(cursor: Cursor, stored: StoredAccess) -> None:
    """Keeps it, in the place of one of the same kind and id."""
    forget(cursor, stored.kind, stored.id)
    cursor.execute(
        f"INSERT INTO access ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)",  # noqa: S608 - our own names
        (
            stored.kind,
            stored.id,
            stored.account,
            orjson.dumps(stored.state).decode(),
            write_instant(stored.created_at),
            stored.used_at and write_instant(stored.used_at),
            stored.expires_at and write_instant(stored.expires_at),
        ),
    )


def find(cursor: Cursor, kind: AccessKind, id_: str, now: datetime) -> StoredAccess | None:
    """What is kept under an id and has not expired."""
    sql = f"SELECT {_COLUMNS} FROM access WHERE kind = ? AND id = ?"  # noqa: S608 - our own names
    row = cursor.execute(sql, (kind, id_)).fetchone()
    stored = None if row is None else _read(row)
    return None if stored is None or (stored.expires_at is not None and stored.expires_at <= now) else stored


def take(cursor: Cursor, kind: AccessKind, id_: str, now: datetime) -> StoredAccess | None:
    """What is kept under an id, once: of several that take it at a time one has it. In a transaction that writes."""
    sql = f"DELETE FROM access WHERE kind = ? AND id = ? RETURNING {_COLUMNS}"  # noqa: S608 - our own names
    row = cursor.execute(sql, (kind, id_)).fetchone()
    stored = None if row is None else _read(row)
    return None if stored is None or (stored.expires_at is not None and stored.expires_at <= now) else stored


def of_account(cursor: Cursor, account: str, kind: AccessKind) -> list[StoredAccess]:
    """All of a kind that an account has, the oldest first; expired ones too."""
    sql = f"SELECT {_COLUMNS} FROM access WHERE account = ? AND kind = ? ORDER BY created_at, id"  # noqa: S608
    return [_read(row) for row in cursor.execute(sql, (account, kind)).fetchall()]


def of_kind(cursor: Cursor, kind: AccessKind) -> list[StoredAccess]:
    """All of a kind, whosever they are, the oldest first; expired ones too."""
    sql = f"SELECT {_COLUMNS} FROM access WHERE kind = ? ORDER BY created_at, id"  # noqa: S608 - our own names
    return [_read(row) for row in cursor.execute(sql, (kind,)).fetchall()]


def use(cursor: Cursor, kind: AccessKind, id_: str, now: datetime, state: dict[str, JsonValue] | None = None) -> None:
    """Notes that it was used, with what its kind keeps of that."""
    cursor.execute("UPDATE access SET used_at = ? WHERE kind = ? AND id = ?", (write_instant(now), kind, id_))
    if state is not None:
        sql = "UPDATE access SET state = ? WHERE kind = ? AND id = ?"
        cursor.execute(sql, (orjson.dumps(state).decode(), kind, id_))


def replace_unchanged(cursor: Cursor, before: StoredAccess, after: StoredAccess) -> bool:
    """Keeps what became of it, where it is still there as it was read; False where it is not: others were first.

    In a transaction that writes. What was deleted meanwhile stays so.
    """
    row = cursor.execute(
        "UPDATE access SET state = ?, used_at = ?, expires_at = ? WHERE kind = ? AND id = ? AND state = ? RETURNING id",
        (
            orjson.dumps(after.state).decode(),
            after.used_at and write_instant(after.used_at),
            after.expires_at and write_instant(after.expires_at),
            before.kind,
            before.id,
            orjson.dumps(before.state).decode(),
        ),
    ).fetchone()
    return row is not None


def forget(cursor: Cursor, kind: AccessKind, id_: str) -> None:
    """Deletes one."""
    cursor.execute("DELETE FROM access WHERE kind = ? AND id = ?", (kind, id_))


def forget_all(cursor: Cursor, account: str, kind: AccessKind, but: str = "") -> None:
    """Deletes all of a kind that an account has, but one."""
    cursor.execute("DELETE FROM access WHERE account = ? AND kind = ? AND id <> ?", (account, kind, but))


def forget_account(cursor: Cursor, account: str) -> None:
    """Deletes everything that lets an account in."""
    cursor.execute("DELETE FROM access WHERE account = ?", (account,))


def forget_typed(cursor: Cursor) -> None:
    """Deletes all that people have typed and not recorded: words that an order takes away may be in it."""
    cursor.execute("DELETE FROM access WHERE kind IN ('form', 'check')")


def delete_expired(cursor: Cursor, now: datetime) -> None:
    """Deletes what has expired, and counts of windows that have ended."""
    instant = write_instant(now)
    cursor.execute("DELETE FROM access WHERE expires_at <= ?", (instant,))
    cursor.execute("DELETE FROM attempt WHERE until <= ?", (instant,))


def count_attempt(cursor: Cursor, key: str, now: datetime, until: datetime) -> int:
    """Counts once more under a key, and answers how often it was by now; a window that has ended begins anew.

    In a transaction that writes: several processes count together.
    """
    row = cursor.execute(
        "INSERT INTO attempt (key, count, until) VALUES (?, 1, ?) ON CONFLICT (key) DO UPDATE SET "
        "count = CASE WHEN attempt.until <= ? THEN 1 ELSE attempt.count + 1 END, "
        "until = CASE WHEN attempt.until <= ? THEN excluded.until ELSE attempt.until END RETURNING count",
        (key, write_instant(until), write_instant(now), write_instant(now)),
    ).fetchone()
    return int(row[0]) if row else 0


def attempts_of(cursor: Cursor, key: str, now: datetime) -> tuple[int, datetime | None]:
    """How often somebody was counted under a key in a window that has not ended, and when it ends."""
    sql = "SELECT count, until FROM attempt WHERE key = ? AND until > ?"
    row = cursor.execute(sql, (key, write_instant(now))).fetchone()
    return (int(row[0]), read_instant(row[1])) if row else (0, None)


def uncount_attempt(cursor: Cursor, key: str) -> None:
    """Takes one back that was counted under a key."""
    cursor.execute("UPDATE attempt SET count = count - 1 WHERE key = ? AND count > 0", (key,))


def clear_attempts(cursor: Cursor, key: str) -> None:
    """Begins a key's count anew."""
    cursor.execute("DELETE FROM attempt WHERE key = ?", (key,))


def _read(row: tuple[str, ...]) -> StoredAccess:
    kind, id_, account, state, created_at, used_at, expires_at = row
    return StoredAccess(
        kind,  # type: ignore[arg-type]  # only kinds are kept
        id_,
        account,
        orjson.loads(state),
        read_instant(created_at),
        used_at and read_instant(used_at),  # type: ignore[arg-type]  # None stays None
        expires_at and read_instant(expires_at),  # type: ignore[arg-type]
    )
