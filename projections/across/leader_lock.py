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
"""The advisory lock of the leader; it is a transaction's, and goes with it."""
RETRY_SECONDS = 1.0
_ASK: LiteralString = "SELECT 1"
_TRY: LiteralString = "SELECT current_setting('transaction_read_only') = 'off' AND pg_try_advisory_xact_lock(%s)"
"""Where nothing can be written, as on a standby, nobody leads."""


class Lead:
    """The lead of this process, as long as the transaction that has the lock; an SQLite file has none."""

    def __init__(self, transaction: "psycopg.Connection[tuple[object, ...]] | None") -> None:
        self._transaction = transaction

    def require(self) -> None:
        """Asks whether the transaction is still there; psycopg.Error where the lead went with it."""
        if self._transaction is not None:
            self._transaction.execute(_ASK)


@contextmanager
def leading(store: Store, keep_waiting: Callable[[], bool] = lambda: False) -> Iterator[Lead | None]:
    """The lead, None where another has it; `keep_waiting` is asked again, a second apart, as long as that is so."""
    if isinstance(store.datastore, sqlite.Datastore):
        yield Lead(None)
        return
    import psycopg  # noqa: PLC0415 - of no use to a file: `server_driver`

    # A connection of its own, on which one transaction is held open: a pooler that gives each transaction to another
    # process of the server keeps it in one. It sees no snapshot between two statements, and so holds nothing up.
    with psycopg.connect(store.location, prepare_threshold=None) as connection:
        connection.isolation_level = psycopg.IsolationLevel.READ_COMMITTED
        leads = _tried(connection)
        while not leads and keep_waiting():
            sleep(RETRY_SECONDS)
            leads = _tried(connection)
        yield Lead(connection) if leads else None


def _tried(connection: "psycopg.Connection[tuple[object, ...]]") -> bool:
    row = connection.execute(_TRY, (LOCK,)).fetchone()
    if row and row[0]:
        return True
    connection.rollback()
    return False
