"""What lets an account in is changed only where it is as it was read: on both databases, by several at once."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread

import pytest

from projections.access import door
from projections.access.door import StoredAccess
from projections.store.store import Store

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
KEPT = StoredAccess("passkey", "id", "acc-aaaaaaaaaaaaaaaa", {"sign_count": 1, "name": "è"}, NOW)


@pytest.fixture
def store(location: str) -> Iterator[Store]:
    with closing(Store(location)) as opened:
        opened.datastore.prepare_access()
        with opened.datastore.cursor(commit=True) as cursor:
            door.keep(cursor, KEPT)
        yield opened


def test_of_many_that_change_what_they_have_read_one_does(store: Store) -> None:
    together, done = Barrier(6), []

    def change(number: int) -> None:
        together.wait()
        after = KEPT._replace(state=KEPT.state | {"sign_count": 2, "name": str(number)}, used_at=NOW)
        if door.writing(store, lambda cursor: door.replace_unchanged(cursor, KEPT, after)):
            done.append(after)

    threads = [Thread(target=change, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with store.datastore.cursor() as cursor:
        assert [door.find(cursor, "passkey", "id", NOW)] == done


def test_what_is_gone_is_not_brought_back_and_what_is_noted_may_be_noted_again(store: Store) -> None:
    with store.datastore.cursor(commit=True) as cursor:
        later = KEPT._replace(used_at=NOW, expires_at=NOW + timedelta(hours=1))
        assert door.replace_unchanged(cursor, KEPT, later)
        assert door.replace_unchanged(cursor, KEPT, later)
        assert door.find(cursor, "passkey", "id", NOW) == later
        door.forget(cursor, "passkey", "id")
        assert not door.replace_unchanged(cursor, later, later)
        assert door.find(cursor, "passkey", "id", NOW) is None
