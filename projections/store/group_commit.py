"""Writers that arrive together share one transaction, and so one flush to the disk: a savepoint each.

A database file has one writer at a time. Who comes first leads: it writes for all that wait by then, tells them, and
hands the lead to the first of those that came meanwhile.
"""

import sqlite3
from collections import deque
from collections.abc import Callable
from contextlib import AbstractContextManager
from threading import Event, Lock
from typing import Any, Generic, TypeVar

from eventsourcing.persistence import IntegrityError

Answer = TypeVar("Answer")
MOST = 200
"""How many share a flush at the most: the first of them waits for the last."""


class _Waiting(Generic[Answer]):
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
        self._waiting: deque[_Waiting[Any]] = deque()
        self._led = False
        self._lock = Lock()

    def run(self, work: Callable[[sqlite3.Cursor], Answer]) -> Answer:
        """Runs a piece of work, whole or not at all; answers when it is durable, raises what it raised.

        The work may read, and sees what those before it in the same transaction wrote.
        """
        mine = _Waiting(work)
        with self._lock:
            self._waiting.append(mine)
            leads, self._led = not self._led, True
        if not leads:
            self._wait(mine)
        if not mine.done:
            self._lead()
        return mine.answer()

    def _wait(self, mine: _Waiting[Any]) -> None:
        try:
            mine.woken.wait()
        except BaseException:  # an interruption: who does not wait any more must not be left with the lead
            with self._lock:
                leads = mine.woken.is_set() and not mine.done
                if mine in self._waiting:
                    self._waiting.remove(mine)
            if leads:
                self._hand_on([])
            raise

    def _lead(self) -> None:
        with self._lock:
            batch = [self._waiting.popleft() for _ in range(min(MOST, len(self._waiting)))]
        try:
            self._write(batch)
        finally:
            self._hand_on(batch)

    def _hand_on(self, batch: list[_Waiting[Any]]) -> None:
        """Tells those whose work is done, and the first of those that wait that it leads."""
        with self._lock:
            self._led = bool(self._waiting)
            woken = [*batch, *([self._waiting[0]] if self._led else [])]
        for one in woken:
            one.woken.set()

    def _write(self, batch: list[_Waiting[Any]]) -> None:
        try:
            with self._transaction() as cursor:
                if len(batch) == 1:
                    batch[0].run(cursor)
                else:
                    for one in batch:
                        _run_apart(cursor, one)
        except BaseException as error:
            for one in batch:
                if not one.done:
                    one.fail(error)
            if not isinstance(error, Exception):
                raise
        for one in batch:
            one.done = True


def _run_apart(cursor: sqlite3.Cursor, one: _Waiting[Any]) -> None:
    """Runs one of several: what it wrote is undone when it fails, what the others wrote is not."""
    cursor.execute("SAVEPOINT apart")
    try:
        one.run(cursor)
    except Exception as error:
        if not cursor.connection.in_transaction:
            raise  # no room on the disk, for one: SQLite has undone everything
        cursor.execute("ROLLBACK TO apart")
        one.fail(IntegrityError(error) if isinstance(error, sqlite3.IntegrityError) else error)
    cursor.execute("RELEASE apart")
