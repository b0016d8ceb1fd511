"""What the tests of the store and of those who follow it have in common."""

import pytest

from projections.store import postgres


@pytest.fixture(params=["file", "postgresql"])
def location(request: pytest.FixtureRequest) -> str:
    """Where a store that several processes open may be."""
    if request.param == "file":
        return str(request.getfixturevalue("sqlite_path"))
    url = str(request.getfixturevalue("postgres_url"))
    postgres.migrate(url)
    return url
