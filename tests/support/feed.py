"""The feed of a server, which transactions of its other databases hold for a moment."""

import time

import pytest

from projections.across.follower import catch_up
from projections.across.view import followed
from projections.store.store import Store


def settled(store: Store, behind: int = 0) -> None:
    """Follows until no more than so many events wait: other databases of the server hold the feed too."""
    for _ in range(500):
        catch_up(store)
        with store.reading() as reader:
            if followed(reader)["behind"] <= behind:
                return
        time.sleep(0.02)
    pytest.fail("the feed is held")
