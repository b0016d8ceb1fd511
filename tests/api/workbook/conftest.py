"""A harness with the small plan on it, and one with the five plans."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.api.workbook.books import load_examples
from tests.support.harness import ServiceHarness


@pytest.fixture
def harness(tmp_path: Path) -> Iterator[ServiceHarness]:
    """The small plan, approved on 31 January 2022; it is 1 October 2022."""
    made = ServiceHarness(tmp_path / "harness.sqlite")
    made.load()
    made.on("2022-10-01")
    yield made
    made.store.close()


@pytest.fixture(scope="module")
def examples(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[ServiceHarness, list[str]]]:
    """The five plans with all that was changed in them; it is 1 March 2024."""
    made = ServiceHarness(tmp_path_factory.mktemp("examples") / "harness.sqlite").on("2024-03-01")
    names = load_examples(made.service, made.caller())
    yield made, names
    made.store.close()
