"""Kills a process under load, again and again, and says what is left: what was acknowledged, and no half of anything."""

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Self

import orjson

from projections.proof.live_verification import verify_database
from projections.rebuild import rebuild
from projections.store.reader import Reader
from projections.store.store import Store

Versions = dict[str, tuple[int, int]]


@dataclass
class Tally:
    """What was counted over many kills; `unacknowledged` commands were recorded while their answer was on its way."""

    kills: int = 0
    acknowledged: int = 0
    found: int = 0
    lost: list[str] = field(default_factory=list)
    half: list[str] = field(default_factory=list)
    unacknowledged: int = 0
    events: int = 0

    def __str__(self) -> str:
        return (
            f"{self.kills} kills, {self.acknowledged} acknowledged commands: {self.found} found, {len(self.lost)} lost, "
            f"{len(self.half)} half; {self.unacknowledged} recorded before their answer arrived; {self.events} events"
        )


class Load:
    """The program under load."""

    def __init__(self) -> None:
        self._program = subprocess.Popen(
            [sys.executable, "-m", "tests.support.load"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,  # a test that fails meanwhile ends the program and whoever works for it
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, failed: object, *_: object) -> None:
        assert self._program.stdin is not None
        assert self._program.stdout is not None
        if failed:
            os.killpg(self._program.pid, signal.SIGKILL)
        self._program.stdin.close()
        self._program.stdout.close()
        assert self._program.wait(30) == 0 or failed

    def killed(
        self, place: tuple[str, str], seed: str, after: float, hit: Callable[[], None], *, at_work: bool
    ) -> dict[str, Versions]:
        """What a process acknowledged until it was killed, so many seconds after it began, or after its first answer.

        `hit` may strike at something else before.
        """
        assert self._program.stdin is not None
        assert self._program.stdout is not None
        self._program.stdin.write(f"{' '.join(place)} {seed}\n")
        self._program.stdin.flush()
        acknowledged: dict[str, Versions] = {}
        killer: threading.Timer | None = None
        process = 0
        for line in self._program.stdout:
            if line.startswith("pid "):
                process = int(line.split()[1])
            elif line.startswith("ended "):
                assert int(line.split()[1]) == signal.SIGKILL, "it ended before it was killed"
                break
            else:
                acknowledgement = json.loads(line)
                acknowledged[acknowledgement["id"]] = {
                    stream: (first, last) for stream, (first, last) in acknowledgement["versions"].items()
                }
            if killer is None and (acknowledged or not at_work):
                killer = threading.Timer(after, _strike, [process, hit])
                killer.start()
        assert killer is not None
        killer.join()
        return acknowledged


def _strike(process: int, hit: Callable[[], None]) -> None:
    try:
        hit()
    finally:
        with contextlib.suppress(ProcessLookupError):  # it ended by itself: its status says so
            os.kill(process, signal.SIGKILL)


def kill_again_and_again(
    load: Load, tally: Tally, place: tuple[str, str], kills: int, seconds: float, hit: Callable[[], None]
) -> None:
    """Kills a number of processes on a store (its location and its key), and looks at the store after each.

    A process works for some time up to `seconds`, at random; one in four is killed from its very beginning on.
    """
    location, _ = place
    chance = random.Random()  # noqa: S311 - no secret hangs on it
    acknowledged: dict[str, Versions] = {}
    recorded: dict[str, set[tuple[str, int]]] = {}
    for _ in range(kills):
        seed = f"{chance.getrandbits(40):x}"
        at_work = chance.random() < 0.75
        acknowledged |= load.killed(place, seed, chance.uniform(0.0, seconds), hit, at_work=at_work)
        tally.kills += 1
        with closing(Store(location)) as store, store.reading() as reader:
            recorded = _look(reader, acknowledged, tally)
    tally.acknowledged += len(acknowledged)
    tally.found += len(acknowledged.keys() & recorded.keys())
    tally.unacknowledged += sum(command_id.count("-") == 2 for command_id in recorded.keys() - acknowledged.keys())
    with closing(Store(location)) as store:
        with store.reading() as reader:
            answers_before = _answers(reader)
            tally.events += sum(len(stream_versions) for stream_versions in recorded.values())
        rebuild(store)
        with store.reading() as reader:
            assert _answers(reader) == answers_before


def _look(reader: Reader, acknowledged: dict[str, Versions], tally: Tally) -> dict[str, set[tuple[str, int]]]:
    """Counts what is lost and what is half; whatever is derived, and the tree, follow from the events."""
    verify_database(reader.cursor)
    recorded: dict[str, set[tuple[str, int]]] = {}
    rows = reader.cursor.execute("SELECT originator_id, originator_version, state FROM stored_events").fetchall()
    for stream, version, state in rows:
        recorded.setdefault(orjson.loads(bytes(state))["command_id"], set()).add((stream, version))
    receipts = dict(reader.cursor.execute("SELECT command_id, answer FROM receipt").fetchall())
    tally.half += sorted(receipts.keys() ^ recorded.keys())
    for command, answer in receipts.items():
        if answer and _versions(json.loads(answer)["versions"]) != recorded.get(command):
            tally.half.append(command)
    tally.lost += [
        command for command, versions in acknowledged.items() if _versions(versions) != recorded.get(command)
    ]
    return recorded


def _versions(versions: dict[str, Any]) -> set[tuple[str, int]]:
    return {(stream, version) for stream, (first, last) in versions.items() for version in range(first, last + 1)}


def _answers(reader: Reader) -> list[object]:
    """What is answered about every stream, at the points of both dates that its appends make."""
    answers: list[object] = []
    streams = [
        str(row[0]) for row in reader.cursor.execute("SELECT DISTINCT originator_id FROM stored_events").fetchall()
    ]
    for stream in sorted(streams):
        appends = reader.appends(stream)
        answers += [appends, reader.annulments(stream), reader.objects(stream)]
        for _, _, at in appends[:: max(1, len(appends) // 5)]:
            known = reader.known(stream, at)
            answers += [
                reader.state(stream, day, known) for day in (date(2022, 3, 1), date(2022, 10, 1), date(2024, 1, 1))
            ]
    return answers
