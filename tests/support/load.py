"""A program that gives commands from several threads, and says each of them after it was answered.

`python -m tests.support.load` waits for lines (LOCATION KEY SEED) and forks for each a process that works until it is
killed. That process prints `pid N`, then a line of JSON for each acknowledged command: its id, and the versions that it
made. After its end `ended` is printed. What is acknowledged is what the record must hold.
"""

import itertools
import json
import logging
import os
import random
import sqlite3
import sys
import threading
import time
import traceback
from pathlib import Path
from typing import Any

from eventsourcing.persistence import PersistenceError

from api.commands.handler import Caller, Outcome
from api.commands.service import Service
from domain.annulments.commands import AnnulEvents
from domain.documents.changes import ChangeFile
from domain.documents.plan import PlanDocument
from domain.errors import ConcurrentChange, Refusal, StoreRefused
from domain.measurements.commands import RecordMeasurement, RestateMeasurement
from projections.proof.log import Log
from projections.store.store import Store
from tests.support.harness import document

THREADS = 6
AWAY_SECONDS = 30
"""How long a server may be away."""
PLANS = tuple(f"carico-{number}" for number in range(4))
INDICATORS = tuple(f"quota-{number}" for number in range(20))
YEARS = (2022, 2023)
PERIODS = tuple(f"{year}-{month:02}" for year in (2022, 2023) for month in range(1, 13))


def prepare(location: str, key: str) -> None:
    """Loads the plans, of two administrations, on which the load then falls."""
    store = Store(location)
    service = Service(store, Log(store, Path(key)))
    for number, plan in enumerate(PLANS):
        owner = {"id": f"ente-{number % 2}", "name": f"Ente {number % 2}"}
        plan_ = {"id": plan, "title": "Carico", "first_year": 2022, "last_year": 2024}
        indicators = [
            {
                "id": name,
                "objective": "a1",
                "name": f"Quota {name}",
                "formula": "fatte / dovute * 100",
                "weight": "5",
                "targets": [{"year": year, "text": ">= 70%"} for year in YEARS],
            }
            for name in INDICATORS
        ]
        plan_document = document(administration=owner, plan=plan_, indicators=indicators)
        service.load_plan(PlanDocument.model_validate(plan_document), Caller("prova", plan))
    store.close()


class Worker:
    """One thread of an office that never rests."""

    def __init__(self, service: Service, name: str, chance: random.Random) -> None:
        self.service = service
        self.name = name
        self.chance = chance
        self.last_revision: tuple[str, int] | None = None

    def run(self) -> None:
        """Gives one command after the other; one that the store did not answer is given again, as it was."""
        for turn in itertools.count():
            caller = Caller("prova", f"{self.name}-{turn}")
            plan, seed, started = self.chance.choice(PLANS), self.chance.random(), time.monotonic()
            while True:
                try:
                    outcome = self._give(plan, random.Random(seed), caller)  # noqa: S311
                except ConcurrentChange:
                    continue
                except Refusal as refusal:
                    if isinstance(refusal, StoreRefused):
                        raise
                    break  # nothing to change, or to measure, any more
                except (PersistenceError, sqlite3.Error):
                    if time.monotonic() - started > AWAY_SECONDS:
                        raise
                    time.sleep(0.01)  # the server is away; the answer may be lost, and the command recorded
                    continue
                say(json.dumps({"id": outcome.command_id, "versions": outcome.versions}))
                break

    def _give(self, plan: str, chance: random.Random, caller: Caller) -> Outcome:
        draw = chance.random()
        if draw < 0.3:
            return self._measured(plan, chance, caller)
        if draw < 0.4 and self.last_revision is not None:
            (plan, version), self.last_revision = self.last_revision, self.last_revision
            command = AnnulEvents(versions=(version,), justification="registrato per errore", take_along=True)
            return self.service.annul(plan, command, None, caller)
        count = chance.choice((1, 1, 1, 40))
        changes: list[dict[str, Any]] = [
            {"verb": "revise_target", "object": name, "year": year, "target": f">= {chance.randint(1, 9999)}%"}
            for name, year in itertools.product(INDICATORS, YEARS)
        ]
        changes += [
            {"verb": "reword_objective", "object": "a1", "title": f"Incassare {chance.randint(1, 10**9)}"},
            {"verb": "reweigh_objective", "object": "a2", "weight": str(chance.randint(1, 99))},
        ]
        chance.shuffle(changes)
        act = f"delibera di Giunta n. {chance.randint(1, 400)} del 30/09/2022 (data confermata)"
        ground = {"plan": plan, "act": act, "justification": f"prova {chance.random()}", "cause": "new_data"}
        outcome = self.service.change(ChangeFile.model_validate(ground | {"changes": changes[:count]}), caller)
        self.last_revision = (plan, outcome.versions[f"plan/{plan}"][0])
        return outcome

    def _measured(self, plan: str, chance: random.Random, caller: Caller) -> Outcome:
        fields = {
            "series": f"{plan}.{chance.choice(INDICATORS)}",
            "period": chance.choice(PERIODS),
            "text": f"{chance.randint(1, 99)}%",
            "data_as_at": "2023-12-31",
            "note": f"nota {chance.random()}",
        }
        try:
            return self.service.measure(plan, RecordMeasurement.model_validate(fields), caller)
        except ConcurrentChange:
            raise
        except Refusal:
            restatement = fields | {"effective_on": "2024-01-31"}
            return self.service.restate(plan, RestateMeasurement.model_validate(restatement), caller)


def say(line: str) -> None:
    """One line, whole or not at all."""
    os.write(1, f"{line}\n".encode())


def work(location: str, key: str, seed: str) -> None:
    """Opens the store and puts the threads to work, until this process is killed."""
    store = Store(location)
    service = Service(store, Log(store, Path(key)))
    chances = {f"{seed}-{number}": random.Random(f"{seed} {number}") for number in range(THREADS)}  # noqa: S311
    workers = [Worker(service, name, chance) for name, chance in chances.items()]
    threads = [threading.Thread(target=_rest_never, args=[worker]) for worker in workers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _rest_never(worker: Worker) -> None:
    try:
        worker.run()
    except BaseException:  # noqa: BLE001 - what nobody foresaw ends the program: the test then fails
        traceback.print_exc()
        os._exit(1)


def main() -> None:
    """Forks a process for each line that is read: what takes long to import is imported once."""
    logging.getLogger("psycopg").setLevel(logging.CRITICAL)  # it says of each conflict that it ended a batch
    for line in sys.stdin:
        child = os.fork()
        if not child:
            say(f"pid {os.getpid()}")
            try:
                work(*line.split())
            finally:
                os._exit(1)
        _, status = os.waitpid(child, 0)
        say(f"ended {os.WTERMSIG(status)}")


if __name__ == "__main__":
    main()
