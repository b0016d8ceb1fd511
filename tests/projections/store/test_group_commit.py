"""Writers that wait together share one transaction: each is whole or not at all, and none undoes another."""

import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Barrier, Event

import pytest
from eventsourcing.persistence import IntegrityError

from projections.store.group_commit import MAX_BATCH, GroupCommit


class File:
    """A file of one table, that counts its commits."""

    def __init__(self, path: Path) -> None:
        self.connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self.connection.execute("CREATE TABLE written (n INTEGER PRIMARY KEY)")
        self.commits = 0
        self.flush = GroupCommit(self.transaction)

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Cursor]:
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            yield self.connection.cursor()
        except BaseException:
            if self.connection.in_transaction:
                self.connection.rollback()
            raise
        self.connection.commit()
        self.commits += 1

    def rows(self) -> list[int]:
        return [n for (n,) in self.connection.execute("SELECT n FROM written ORDER BY n")]


@pytest.fixture
def file(tmp_path: Path) -> Iterator[File]:
    made = File(tmp_path / "prova.sqlite")
    yield made
    made.connection.close()


def inserting(number: int) -> Callable[[sqlite3.Cursor], int]:
    def work(cursor: sqlite3.Cursor) -> int:
        cursor.execute("INSERT INTO written VALUES (?)", (number,))
        return number

    return work


def together(file: File, works: list[Callable[[sqlite3.Cursor], int]]) -> list[int | Exception]:
    """What each work came to, when all wait while another writes."""
    holding, free = Event(), Event()

    def hold(_: sqlite3.Cursor) -> None:
        holding.set()
        free.wait(10)

    def run(work: Callable[[sqlite3.Cursor], int]) -> int | Exception:
        waiting.wait()
        try:
            return file.flush.run(work)
        except Exception as error:  # noqa: BLE001 - it is what the test asks for
            return error

    waiting = Barrier(len(works) + 1)
    with ThreadPoolExecutor(len(works) + 1) as pool:
        first = pool.submit(file.flush.run, hold)
        holding.wait(10)
        running = [pool.submit(run, work) for work in works]
        waiting.wait()
        while len(file.flush._waiting) < len(works):
            pass
        free.set()
        first.result(10)
        return [one.result(10) for one in running]


def test_those_who_wait_are_committed_at_once(file: File) -> None:
    assert together(file, [inserting(n) for n in range(50)]) == list(range(50))
    assert file.rows() == list(range(50))
    assert file.commits == 2


def test_one_that_fails_is_undone_alone(file: File) -> None:
    def half(cursor: sqlite3.Cursor) -> int:
        cursor.execute("INSERT INTO written VALUES (100)")
        raise ValueError("no")

    answers = together(file, [inserting(1), half, inserting(2), inserting(1)])
    failures = [type(one) for one in answers if isinstance(one, Exception)]
    assert len(failures) == 2
    assert {*failures} == {ValueError, IntegrityError}
    assert file.rows() == [1, 2]


def test_what_undoes_the_whole_transaction_fails_for_all(file: File) -> None:
    def undone(cursor: sqlite3.Cursor) -> int:
        cursor.connection.rollback()  # as SQLite does by itself where the disk is full
        raise sqlite3.OperationalError("database or disk is full")

    answers = together(file, [inserting(1), undone, inserting(2)])
    assert [str(one) for one in answers] == ["database or disk is full"] * 3
    assert file.rows() == []
    assert file.flush.run(inserting(3)) == 3
    assert file.rows() == [3]


def test_more_than_share_a_flush_are_all_written(file: File) -> None:
    numbers = list(range(MAX_BATCH + 20))
    assert together(file, [inserting(n) for n in numbers]) == numbers
    assert file.rows() == numbers
    assert file.commits == 3


def test_one_alone_is_undone_by_its_error(file: File) -> None:
    with pytest.raises(ZeroDivisionError):
        file.flush.run(lambda _: 1 // 0)
    assert file.commits == 0
    assert file.flush.run(inserting(1)) == 1


def test_who_is_interrupted_hands_the_lead_on(file: File, monkeypatch: pytest.MonkeyPatch) -> None:
    class Interrupted(Event):
        def wait(self, timeout: float | None = None) -> bool:
            super().wait(timeout)
            raise KeyboardInterrupt

    holding, free = Event(), Event()

    def hold(_: sqlite3.Cursor) -> None:
        holding.set()
        free.wait(10)

    with ThreadPoolExecutor(3) as pool:
        first = pool.submit(file.flush.run, hold)
        holding.wait(10)
        with monkeypatch.context() as patched:
            patched.setattr("projections.store.group_commit.Event", Interrupted)
            interrupted = pool.submit(file.flush.run, inserting(1))
            while len(file.flush._waiting) < 1:
                pass
        last = pool.submit(file.flush.run, inserting(2))
        while len(file.flush._waiting) < 2:
            pass
        free.set()
        first.result(10)
        assert isinstance(interrupted.exception(10), KeyboardInterrupt)
        assert last.result(10) == 2
    assert file.rows() == [2]
