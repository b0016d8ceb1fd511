"""Who uses the service while machines fail: writers that keep what was acknowledged, readers that keep what was answered.

A writer sends one act after the other, each of several changes under an idempotency key of its own, and repeats the same
act until it is acknowledged. A reader asks with both dates in the past, at least a minute before, which is a question that
has one answer for ever, and asks again what was asked before.
"""

import hashlib
import http.client
import json
import random
import threading
import time
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import NamedTuple
from urllib.parse import urlencode

TIMEOUT = 6.0
"""How long a client waits for an answer, in seconds, before it asks again."""
CHANGES = 3
"""How many changes an act has: all of them are recorded, or none."""
OF_ONE_ACT = 10
"""How many times a writer cites an act; the first time it is recorded beside the changes, in another stream."""
YEARS = range(2022, 2026)
INDICATORS = 24
PAST = 61.0
"""How many seconds before now a reader's knowledge lies, at the least: what is known then is settled."""
SPREAD = 20.0
"""And how many more, at the most."""
ROLE = "banco"


class Acknowledged(NamedTuple):
    """An act that was acknowledged: its key, the plan, the versions that it got, when, after how many attempts and seconds."""

    key: str
    plan: str
    first: int
    last: int
    at: float
    attempts: int
    seconds: float


class Answer(NamedTuple):
    """An answer of HTTP."""

    status: int
    body: bytes
    retry_after: float


class Log:
    """What all clients saw, for several threads."""

    def __init__(self) -> None:
        self.acknowledged: list[Acknowledged] = []
        self.read: dict[str, list[float]] = {}
        self.unexpected: list[str] = []
        self.refused: Counter[str] = Counter()
        self.contradictions: list[str] = []
        self.answers: dict[str, tuple[str, str, float]] = {}
        self._lock = threading.Lock()

    def acknowledge(self, act: Acknowledged) -> None:
        """Keeps what was acknowledged."""
        with self._lock:
            self.acknowledged.append(act)

    def answered(self, where: str, path: str, body: bytes) -> None:
        """Keeps an answer, or finds that it is another one than before."""
        digest, now = hashlib.sha256(body).hexdigest(), time.time()
        with self._lock:
            self.read.setdefault(where, []).append(now)
            before = self.answers.setdefault(path, (digest, where, now))
            if before[0] != digest:
                self.contradictions.append(f"{path}: {before} then {(digest, where, now)}")

    def failed(self, where: str, answer: Answer | None) -> None:
        """Counts what was refused for the moment, and keeps what nobody should be answered."""
        if answer is None:
            self.refused[f"{where}: no answer"] += 1
        elif answer.status == 503:
            name = json.loads(answer.body).get("type", "").rsplit("/", 1)[-1]
            self.refused[f"{where}: 503 {name}"] += 1
        else:
            self.unexpected.append(f"{where}: {answer.status} {answer.body[:300].decode(errors='replace')}")

    def some_question(self, chance: random.Random) -> str | None:
        """A question that was asked before."""
        with self._lock:
            asked = list(self.answers) if len(self.answers) < 50 or chance.random() < 0.2 else list(self.answers)[-400:]
        return chance.choice(asked) if asked else None


def ask(
    port: int, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
) -> Answer | None:
    """One request on a connection of its own; None where there is no answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT)
    try:
        connection.request(method, path, body, {"Content-Type": "application/json", **(headers or {})})
        response = connection.getresponse()
        read = response.read()
        return Answer(response.status, read, float(response.headers.get("Retry-After") or 0))
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


class Client(threading.Thread, ABC):
    """Somebody who asks again and again until it is told to stop."""

    def __init__(self, name: str, port: int, log: Log, pause: float) -> None:
        super().__init__(name=name, daemon=True)
        self.port = port
        self.log = log
        self.pause = pause
        self.chance = random.Random(name)
        self.stopped = threading.Event()

    def run(self) -> None:
        """Does its one thing until it is told to stop."""
        while not self.stopped.is_set():
            self.once()
            self.stopped.wait(self.pause * self.chance.uniform(0.5, 1.5))

    @abstractmethod
    def once(self) -> None:
        """One act, or one question."""


class Writer(Client):
    """Revises the targets of some indicators of a plan, which are its own: several in each act."""

    def __init__(self, number: int, port: int, plan: str, log: Log, pause: float) -> None:
        super().__init__(f"writer-{number}", port, log, pause)
        self.plan = plan
        self.number = number
        self.count = 0

    def once(self) -> None:
        """One act, repeated until it is acknowledged."""
        self.count += 1
        key = f"{self.name}-{self.count:06}"
        body, began = json.dumps(self._act()).encode(), time.time()
        for attempt in range(1, 1000):
            answer = ask(
                self.port, "POST", f"/v1/plans/{self.plan}/changes", body, {"Idempotency-Key": key, "Actor": ROLE}
            )
            if answer is not None and answer.status in {200, 201}:
                versions = json.loads(answer.body)["versions"][f"plan/{self.plan}"]
                now = time.time()
                self.log.acknowledge(
                    Acknowledged(key, self.plan, versions["first"], versions["last"], now, attempt, now - began)
                )
                return
            self.log.failed("write", answer)
            if (answer is not None and answer.status != 503) or self.stopped.is_set():
                return
            time.sleep(0.25)

    def _act(self) -> dict[str, object]:
        own = [f"i{n}" for n in range(INDICATORS) if n % 4 == self.number % 4]
        number = 1000 * (self.number + 1) + self.count // OF_ONE_ACT
        day = date(2022, 2, 1) + timedelta(days=37 * number % 1000)
        return {
            "act": {"id": f"delibera-{number}", "body": "Giunta", "number": str(number), "date": day.isoformat()},
            "justification": "dati",
            "cause": "new_data",
            "changes": [
                {
                    "verb": "revise_target",
                    "object": indicator,
                    "year": self.chance.choice(YEARS),
                    "target": f">= {100 + self.count},{place}%",
                }
                for place, indicator in enumerate(self.chance.sample(own, CHANGES))
            ],
        }


class Reader(Client):
    """Asks what was in force on a date, as known at an instant that is settled; half of the time what was asked before."""

    def __init__(self, number: int, port: int, where: str, plans: list[str], log: Log, pause: float) -> None:
        super().__init__(f"reader-{where}-{number}", port, log, pause)
        self.where = where
        self.plans = plans

    def once(self) -> None:
        """One question."""
        again = self.log.some_question(self.chance) if self.chance.random() < 0.5 else None
        path = again or self._question()
        # Whoever says who they are is not given what lies ready.
        answer = ask(self.port, "GET", path, headers={"Actor": ROLE} if self.chance.random() < 0.7 else {})
        if answer is not None and answer.status == 200:
            self.log.answered(self.where, path, answer.body)
        else:
            self.log.failed(self.where, answer)

    def _question(self) -> str:
        known = datetime.now(UTC) - timedelta(seconds=PAST + self.chance.uniform(0, SPREAD))
        day = date(2022, 2, 1) + timedelta(days=self.chance.randrange(1100))
        dates = {"as_of": day.isoformat(), "known_at": known.isoformat(timespec="microseconds").replace("+00:00", "Z")}
        part = self.chance.choice(["", "", "/indicators"])
        return f"/v1/plans/{self.chance.choice(self.plans)}{part}?{urlencode(dates)}"


class AcrossReader(Client):
    """Asks, of all administrations, what changed: a question that rests on what is followed."""

    def __init__(self, port: int, where: str, log: Log, pause: float) -> None:
        super().__init__(f"across-{where}", port, log, pause)
        self.where = where
        self.answered = 0

    def once(self) -> None:
        """One question."""
        answer = ask(self.port, "GET", "/v1/change-rates?year=2024")
        if answer is not None and answer.status == 200:
            self.answered += 1
        else:
            self.log.failed(self.where, answer)


def longest_gap(instants: list[float], begin: float, end: float) -> float:
    """The longest time within a span in which nothing succeeded, from the last success before it on; seconds."""
    inside = [at for at in instants if begin <= at <= end]
    before = max((at for at in instants if at < begin), default=begin)
    points = [before, *sorted(inside), end]
    return max(later - earlier for earlier, later in pairwise(points))
