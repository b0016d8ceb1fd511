"""Group commit: writers that arrive together share one transaction, and so one flush to the disk, a savepoint each.

A database file has one writer at a time. Who comes first is the leader: it writes for all that wait by then, tells its
followers, and hands over to the first of those that came meanwhile.
"""

import sqlite3
from collections import deque
from collections.abc import Callable
from contextlib import AbstractContextManager
from threading import Event, Lock
from typing import Any, Generic, TypeVar

from eventsourcing.persistence import IntegrityError

Answer = TypeVar("Answer")
MAX_BATCH = 200
"""How many share a flush at the most: the first of them waits for the last."""


class _Waiter(Generic[Answer]):
    """One writer, and what its work came to."""

    def __init__(self, work: Callable[[sqlite3.Cursor], Answer]) -> None:
        self.work = work
        self.woken = Event()
        self.done = False
        self.failed: BaseException | None = None
        self.answers: list[Answer] = []

    def run(self, cursor: sqlite3.Cursor) -> None:
        self.answers.append(self.work(cursor))

    def fail(self, error: BaseException) -> None:
        self.failed, self.done = error, True

    def answer(self) -> Answer:
        if self.failed is not None:
            raise self.failed
        return self.answers[0]


class GroupCommit:
    """The one way to write to a file, within this process."""

    def __init__(self, transaction: Callable[[], AbstractContextManager[sqlite3.Cursor]]) -> None:
        self._transaction = transaction
        self._waiting: deque[_Waiter[Any]] = deque()
        self._has_leader = False
        self._lock = Lock()

    def run(self, work: Callable[[sqlite3.Cursor], Answer]) -> Answer:
        """Runs a piece of work, whole or not at all; answers when it is durable, raises what it raised.

        The work may read, and sees what those before it in the same transaction wrote.
        """
        waiter = _Waiter(work)
        with self._lock:
            self._waiting.append(waiter)
            leads, self._has_leader = not self._has_leader, True
        if not leads:
            self._wait(waiter)
        if not waiter.done:
            self._lead_batch()
        return waiter.answer()

    def _wait(self, waiter: _Waiter[Any]) -> None:
        try:
            waiter.woken.wait()
        except BaseException:  # an interruption: who does not wait any more must not be left as the leader
            with self._lock:
                leads = waiter.woken.is_set() and not waiter.done
                if waiter in self._waiting:
                    self._waiting.remove(waiter)
            if leads:
                self._hand_over([])
            raise

    def _lead_batch(self) -> None:
        with self._lock:
            batch = [self._waiting.popleft() for _ in range(min(MAX_BATCH, len(self._waiting)))]
        try:
            self._write(batch)
        finally:
            self._hand_over(batch)

    def _hand_over(self, batch: list[_Waiter[Any]]) -> None:
        """Tells those whose work is done, and the first of those that wait that it is the leader."""
        with self._lock:
            self._has_leader = bool(self._waiting)
            woken = [*batch, *([self._waiting[0]] if self._has_leader else [])]
        for waiter in woken:
            waiter.woken.set()

    def _write(self, batch: list[_Waiter[Any]]) -> None:
        try:
            with self._transaction() as cursor:
                if len(batch) == 1:
                    batch[0].run(cursor)
                else:
                    for waiter in batch:
                        _run_in_savepoint(cursor, waiter)
        except BaseException as error:
            for waiter in batch:
                if not waiter.done:
                    waiter.fail(error)
            if not isinstance(error, Exception):
                raise
        for waiter in batch:
            waiter.done = True


def _run_in_savepoint(cursor: sqlite3.Cursor, waiter: _Waiter[Any]) -> None:
    """Runs one of several: what it wrote is undone when it fails, what the others wrote is not."""
    cursor.execute("SAVEPOINT follower")
    try:
        waiter.run(cursor)
    except Exception as error:
        if not cursor.connection.in_transaction:
            raise  # no room on the disk, for one: SQLite has undone everything
        cursor.execute("ROLLBACK TO follower")
        waiter.fail(IntegrityError(error) if isinstance(error, sqlite3.IntegrityError) else error)
    cursor.execute("RELEASE follower")
