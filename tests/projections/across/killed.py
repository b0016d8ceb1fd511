"""Follows the record in processes that are killed at any point, while it grows; then says how it went.

`python killed.py LOCATION ROUNDS SEED`: each round records a little, begins to follow in steps of a few events, and
kills the process outright at random: after none, one or two steps, which it tells, and part of the time of a step. So the
load of the machine does not move the kills. Prints, as JSON, how many were killed with events still to follow, how many
had moved the position, and how many plans were found without the rows of what lies below it.
"""

import json
import os
import random
import signal
import sys
import time
from datetime import date

from domain.recording import Pending
from domain.targets.events import TargetRevised
from domain.targets.reader import read_one
from projections.across import follower
from projections.across.view import followed
from projections.store.store import Store
from tests.projections.across.histories import FIRST, OBJECTIVES, PLANS, Clock, append, opened, registered


def main(location: str, rounds: int, seed: int) -> None:
    """Runs the rounds."""
    follower.EVENTS_A_STEP, follower.PLANS_A_STEP = 3, 1
    chance = random.Random(seed)  # noqa: S311 - a test is the same each time
    clock = Clock()
    store = Store(location, clock)
    registered(store)
    for plan in PLANS:
        opened(store, plan, date(FIRST[plan], 1, 31))
    store.close()
    pace = _pace(location)
    told = {"rounds": rounds, "killed_at_work": 0, "moved": 0, "halves": 0}
    for _ in range(rounds):
        store = Store(location, clock)
        for _ in range(chance.randrange(4, 12)):
            _revise(store, chance)
        before = _position(store)
        store.close()  # before the fork: a connection is of one process
        _kill(location, chance.randrange(3), chance.uniform(0, pace / 2))
        store = Store(location, clock)
        with store.reading() as reader:
            behind = followed(reader)["behind"]
        told["killed_at_work"] += behind > 0
        told["moved"] += _position(store) > before
        told["halves"] += _halves(store)
        store.close()
    print(json.dumps(told))  # noqa: T201 - what it is for


def _pace(location: str) -> float:
    """How long a process takes to open the store and follow two steps, on this machine and just now."""
    start = time.perf_counter()
    store = Store(location)
    for _ in range(2):
        follower.step(store)
    store.close()
    return time.perf_counter() - start


def _kill(location: str, steps: int, seconds: float) -> None:
    """Kills a process so long after so many steps."""
    ready, said = os.pipe()
    child = os.fork()
    if not child:
        _follow(location, said)
    for _ in range(1 + steps):
        os.read(ready, 1)
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    os.close(ready)
    os.close(said)


def _position(store: Store) -> int:
    with store.reading() as reader:
        return followed(reader)["position"]


def _halves(store: Store) -> int:
    """Plans whose rows are not those of the last event that lies below the position."""
    with store.reading() as reader:
        position = followed(reader)["position"]
        rows = reader.cursor.execute("SELECT plan, version FROM across_plan").fetchall()
        versions = {str(plan): int(version) for plan, version in rows}
        found = 0
        for plan in PLANS:
            sql = "SELECT max(originator_version) FROM stored_events WHERE originator_id = ? AND position <= ?"
            row = reader.cursor.execute(sql, (f"plan/{plan}", position)).fetchone()
            found += bool(row and row[0] and versions.get(plan, 0) < row[0])
        return found


def _revise(store: Store, chance: random.Random) -> None:
    plan = chance.choice(PLANS)
    year = FIRST[plan]
    event = TargetRevised(
        indicator=f"i-{chance.choice(OBJECTIVES)}",
        year=year,
        before=read_one(">= 50%", year),
        target=read_one(f">= {chance.randrange(1, 99)}%", year),
    )
    day = date(year, chance.randrange(2, 13), 1)
    append(store, f"plan/{plan}", [Pending(event, day, cause=chance.choice(["legal", "new_data"]))])


def _follow(location: str, said: int) -> None:
    """What the child does until it is killed."""
    try:
        store = Store(location)
        os.write(said, b"!")
        while True:
            follower.step(store)
            os.write(said, b".")
    finally:
        os._exit(1)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
