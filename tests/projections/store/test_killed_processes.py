"""A process that is killed under load loses no acknowledged command, and leaves no half of one, on both stores."""

import random
import secrets
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support import load
from tests.support.killing import Load, Tally, kill_again_and_again
from tests.support.server import databases, own_server

BATCH = 25
"""Kills on one store, before another one is taken: each looks at all that was recorded."""


def _run(
    make: Callable[[], str], folder: Path, kills: int, seconds: float, hit: Callable[[], None] = lambda: None
) -> None:
    tally = Tally()
    with Load() as program:
        for number in range(0, kills, BATCH):
            place = make(), str(folder / f"{number}.key")
            load.prepare(*place)
            kill_again_and_again(program, tally, place, min(BATCH, kills - number), seconds, hit)
    print(tally)  # noqa: T201 - shown with -s, and when it fails
    assert (tally.lost, tally.half) == ([], [])
    assert tally.found == tally.acknowledged > 0


def _files(folder: Path) -> Callable[[], str]:
    return lambda: str(folder / f"{secrets.token_hex(4)}.sqlite")


def test_a_killed_process_loses_nothing_on_a_file(tmp_path: Path) -> None:
    _run(_files(tmp_path), tmp_path, 10, 0.4)


def test_a_killed_process_loses_nothing_on_a_server(postgres_server: str, tmp_path: Path) -> None:
    with databases(postgres_server) as make:
        _run(make, tmp_path, 10, 0.4)


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_hundreds_of_kills_lose_nothing_on_a_file(tmp_path: Path) -> None:
    _run(_files(tmp_path), tmp_path, 250, 1.0)


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize(("struck", "kills"), [("client", 250), ("backend", 75), ("server", 75)])
def test_hundreds_of_kills_lose_nothing_on_a_server(tmp_path: Path, struck: str, kills: int) -> None:
    with own_server() as server, databases(server.url) as make:
        hits: dict[str, Callable[[], None]] = {
            "client": lambda: None,
            "backend": server.kill_one,
            "server": server.restart,
        }

        def hit() -> None:
            hits[struck]()
            if struck != "client":
                time.sleep(random.uniform(0.0, 0.5))  # noqa: S311 - the load finds the server again, and goes on

        _run(make, tmp_path, kills, 1.0, hit)
