"""Leader election by advisory lock: one at a time among those who would follow the record.

The lock only spares work. What keeps the tables right is that a step is written where its position is still that from
which it was made (`follower`): two who followed at once would each undo the other's step, never mix them. An SQLite
file needs no leader for that reason: its one write lock is the place where the second finds the step made.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import sleep
from typing import TYPE_CHECKING, LiteralString

from projections.store import sqlite
from projections.store.store import Store

if TYPE_CHECKING:
    import psycopg

LOCK = 0x1717_AC05
"""The advisory lock of the leader; it is the session's, and goes with it."""
RETRY_SECONDS = 1.0
_ASK: LiteralString = "SELECT 1"
_TRY: LiteralString = "SELECT pg_try_advisory_lock(%s)"


class Lead:
    """The lead of this process, as long as the session that has the lock; an SQLite file has none."""

    def __init__(self, session: "psycopg.Connection[tuple[object, ...]] | None") -> None:
        self._session = session

    def require(self) -> None:
        """Asks whether the session is still there; psycopg.OperationalError where the lead went with it."""
        if self._session is not None:
            self._session.execute(_ASK)


@contextmanager
def leading(store: Store, keep_waiting: Callable[[], bool] = lambda: False) -> Iterator[Lead | None]:
    """The lead, None where another has it; `keep_waiting` is asked again, a second apart, as long as that is so."""
    if isinstance(store.datastore, sqlite.Datastore):
        yield Lead(None)
        return
    import psycopg  # noqa: PLC0415 - of no use to a file: `server_driver`

    # A session of its own: a connection of the pool would take the lock back to it.
    with psycopg.connect(store.location, autocommit=True) as connection:
        leads = _tried(connection)
        while not leads and keep_waiting():
            sleep(RETRY_SECONDS)
            leads = _tried(connection)
        yield Lead(connection) if leads else None


def _tried(connection: "psycopg.Connection[tuple[object, ...]]") -> bool:
    row = connection.execute(_TRY, (LOCK,)).fetchone()
    return bool(row and row[0])
