"""The rounds: what fails in each, what is counted after it, and the service that is used meanwhile."""

import json
import os
import signal
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import psycopg

from benchmarks.cluster.clients import (
    CHANGES,
    INDICATORS,
    PAST,
    ROLE,
    SPREAD,
    Acknowledged,
    AcrossReader,
    Client,
    Log,
    Reader,
    Writer,
    ask,
    longest_gap,
)
from benchmarks.cluster.machines import PRIMARY_PORT, RESTART_SECONDS, SERVICE, Cluster, Node
from benchmarks.workload import document
from domain.targets.events import TargetRevised
from projections.store import postgres
from projections.store.envelope import read_envelope

PLANS = ["prova-1", "prova-2"]
WRITERS, READERS = 4, 2
WRITES_EVERY, READS_EVERY, ACROSS_EVERY = 0.4, 0.4, 2.0
"""The pauses of each client, in seconds: the load is moderate on purpose, what is measured is not speed."""
SERVICE_PORT, STANDBY_SERVICE_PORT = 18000, 18001
WORKERS = 2
PROGRAM = "from api.cli import main; main()"
BEFORE, AFTER = 1.5, 2.0
"""How long all is well before a fault, and how long before it is mended; seconds."""
PATIENCE = 120.0
PAST_SECONDS = PAST + SPREAD + 1
AGAIN_AT_END = 1000
"""How many of the questions are asked again at the end, of services that keep nothing."""


class Round(NamedTuple):
    """What one round came to."""

    kind: str
    acknowledged: int
    retried: int
    lost: int
    halves: int
    twice: int
    contradictions: int
    without_writes: float
    without_reads: float
    without_standby_reads: float
    until_whole: float


class Audit(NamedTuple):
    """What the record holds against what was acknowledged."""

    lost: list[str]
    halves: list[str]
    twice: list[str]


class Seen(NamedTuple):
    """What audits have seen of the record: the last event of each stream, and where the changes of each act are."""

    heads: dict[str, tuple[int, bytes]]
    acts: defaultdict[str, list[tuple[str, int]]]


class Service:
    """The service: one at the primary, one that reads the standby, and a follower; each through the bouncer."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self.folder = cluster.folder / "servizio"
        self.folder.mkdir(exist_ok=True)
        self._running: list[subprocess.Popen[bytes]] = []

    def start(self) -> None:
        """Starts them, and waits until both answer."""
        before = self.begun()
        self._serve(self.cluster.url(), SERVICE_PORT, WORKERS)
        self._serve(self.cluster.standby_url, STANDBY_SERVICE_PORT, 1)
        self._running.append(self._started("follow", "--database", self.cluster.url()))
        deadline = time.monotonic() + 60
        for port in (SERVICE_PORT, STANDBY_SERVICE_PORT):
            while (answer := ask(port, "GET", "/v1/status")) is None or answer.status != 200:
                if time.monotonic() > deadline:
                    raise RuntimeError(f"no answer at {port}: {answer}")
                time.sleep(0.2)
        while self.begun() < before + WORKERS:
            time.sleep(0.2)

    def _serve(self, url: str, port: int, workers: int) -> None:
        words = ["serve", "--database", url, "--port", str(port), "--workers", str(workers)]
        self._running.append(self._started(*words))

    def _started(self, *words: str) -> subprocess.Popen[bytes]:
        with (self.cluster.folder / f"{words[0]}-{words[4] if words[4:] else ''}.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-c", PROGRAM, *words], env=self.environment, stdout=log, stderr=log
            )

    @property
    def environment(self) -> dict[str, str]:
        """That of every command: open, with the keys in the folder."""
        own = {"INITINERE_SIGN_IN": "open", "XDG_DATA_HOME": str(self.folder), "INITINERE_ACTOR": ROLE}
        return os.environ | own | {"INITINERE_LOG_REQUESTS": "false"}

    def run(self, *words: str) -> str:
        """Runs a command of the product; what it printed. RuntimeError where it ends with anything but 0."""
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM, *words], env=self.environment, check=False, capture_output=True, text=True
        )
        if done.returncode:
            raise RuntimeError(f"initinere {words[0]}: {done.stdout}{done.stderr}")
        return done.stdout

    def workers(self) -> list[int]:
        """The processes that answer at the primary."""
        parent = self._running[0].pid
        listed = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
        return [int(pid) for pid in listed if b"spawn_main" in _command_line(int(pid))]

    def begun(self) -> int:
        """How many processes have begun to answer at the primary so far, the killed ones too."""
        log = self.cluster.folder / f"serve-{SERVICE_PORT}.log"
        return log.read_text(encoding="utf-8").count("Application startup complete") if log.exists() else 0

    def stop(self) -> None:
        """Ends them."""
        for process in self._running:
            process.terminate()
        for process in self._running:
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self._running.clear()


class Drill:
    """A cluster under load, on which one fault after the other is tried."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self.service = Service(cluster)
        self.log = Log()
        self.clients: list[Client] = []
        self.checkpoints: list[Path] = []
        self._seen = Seen({}, defaultdict(list))

    def begin(self) -> None:
        """Makes the tables, starts the service, records the plans, takes a checkpoint, lets the clients in.

        Readers come once there is a past that is settled.
        """
        postgres.migrate(self.cluster.direct_url, SERVICE)
        self.service.start()
        for plan in PLANS:
            body = document(plan, INDICATORS).model_dump_json(exclude_unset=True).encode()
            answer = ask(SERVICE_PORT, "POST", "/v1/plans", body, {"Actor": ROLE})
            assert answer is not None, "no answer"
            assert answer.status == 201, answer.body
        self.checkpoint("prima")
        log = self.log
        time.sleep(PAST_SECONDS)
        self.clients += [Writer(n, SERVICE_PORT, PLANS[n % 2], log, WRITES_EVERY) for n in range(WRITERS)]
        for where, port in (("primary", SERVICE_PORT), ("standby", STANDBY_SERVICE_PORT)):
            self.clients += [Reader(n, port, where, PLANS, log, READS_EVERY) for n in range(READERS)]
            self.clients.append(AcrossReader(port, f"{where}, across", log, ACROSS_EVERY))
        for client in self.clients:
            client.start()

    def checkpoint(self, name: str) -> None:
        """Keeps a checkpoint of now, to verify the record against at the end."""
        place = self.cluster.folder / f"checkpoint-{name}.txt"
        place.write_text(self.service.run("checkpoint", "--database", self.cluster.url()))
        self.checkpoints.append(place)

    def round(self, kind: str, number: int) -> Round:
        """One fault, from a while before it to the cluster being whole again."""
        self.cluster.until_whole(PATIENCE)
        time.sleep(BEFORE)
        acknowledged, contradictions = len(self.log.acknowledged), len(self.log.contradictions)
        began = time.time()
        until_whole = FAULTS[kind](self, number)
        time.sleep(1)
        ended = time.time()
        acts = self.log.acknowledged[acknowledged:]
        audit = self.audit_new(acknowledged)
        read = self.log.read
        return Round(
            kind,
            len(acts),
            sum(act.attempts > 1 for act in acts),
            len(audit.lost),
            len(audit.halves),
            len(audit.twice),
            len(self.log.contradictions) - contradictions,
            longest_gap([act.at for act in self.log.acknowledged], began, ended),
            longest_gap(read.get("primary", []), began, ended),
            longest_gap(read.get("standby", []), began, ended),
            until_whole,
        )

    # -- the faults ----------------------------------------------------------------------------------------------------

    def until_written(self, since: float, seconds: float = PATIENCE) -> None:
        """Waits until something that was sent after an instant is acknowledged."""
        deadline = time.monotonic() + seconds
        while not self.log.acknowledged or self.log.acknowledged[-1].at < since:
            if time.monotonic() > deadline:
                raise RuntimeError(f"nothing is acknowledged for {seconds} s: {self.log.refused}")
            time.sleep(0.1)

    def another_primary(self, than: Node) -> None:
        """Waits until another node is the primary, and takes writes."""
        deadline = time.monotonic() + PATIENCE
        while (now := self.cluster.primary()) is None or now == than:
            if time.monotonic() > deadline:
                raise RuntimeError(f"no other primary: {self.cluster.members()}")
            time.sleep(0.2)
        self.until_written(time.time())
        time.sleep(AFTER)

    def _primary(self) -> Node:
        primary = self.cluster.primary()
        assert primary is not None, "the cluster is whole"
        return primary

    def primary_killed(self, number: int) -> float:
        """Every process of the primary's machine is killed; then it is started again."""
        del number
        primary = self._primary()
        self.cluster.signal_node(primary, signal.SIGKILL)
        self.another_primary(primary)
        self.cluster.start_node(primary)
        return self.cluster.until_whole(PATIENCE)

    def primary_stopped(self, number: int) -> float:
        """Every process of the primary's machine is stopped; later it goes on, as if nothing had happened."""
        del number
        primary = self._primary()
        self.cluster.signal_node(primary, signal.SIGSTOP)
        self.another_primary(primary)
        self.cluster.signal_node(primary, signal.SIGCONT)
        return self.cluster.until_whole(PATIENCE)

    def primary_cut_off(self, number: int) -> float:
        """The primary's network is cut; then it is joined again."""
        del number
        primary = self._primary()
        self.cluster.cut_off(primary)
        self.another_primary(primary)
        self.cluster.joined(primary)
        return self.cluster.until_whole(PATIENCE)

    def standby_killed(self, number: int) -> float:
        """Every process of a standby's machine is killed: the synchronous one and the other in turns."""
        standby = self.cluster.standby(synchronous=number % 2 == 0)
        assert standby is not None, "the cluster is whole"
        killed = time.time()
        self.cluster.signal_node(standby, signal.SIGKILL)
        time.sleep(0.5)
        self.until_written(killed + 0.5)
        time.sleep(AFTER)
        self.cluster.start_node(standby)
        return self.cluster.until_whole(PATIENCE)

    def bouncer_killed(self, number: int) -> float:
        """The bouncer is killed, and started again by whoever looks after it."""
        del number
        self.cluster.kill_bouncer()
        time.sleep(RESTART_SECONDS)
        self.cluster.start_bouncer()
        self.until_written(time.time())
        time.sleep(AFTER)
        return self.cluster.until_whole(PATIENCE)

    def worker_killed(self, number: int) -> float:
        """One of the processes that answer is killed; the service puts another in its place, until that one answers."""
        workers, begun = self.service.workers(), self.service.begun()
        began = time.monotonic()
        os.kill(workers[number % len(workers)], signal.SIGKILL)
        while self.service.begun() == begun:
            if time.monotonic() - began > PATIENCE:
                raise RuntimeError(f"no process in the place of one of {workers}: {self.service.workers()}")
            time.sleep(0.1)
        self.until_written(time.time())
        time.sleep(AFTER)
        return self.cluster.until_whole(PATIENCE)

    # -- what is counted -----------------------------------------------------------------------------------------------

    def audit_new(self, since: int) -> Audit:
        """Holds what was acknowledged since, and all that was recorded since the last audit, against the record.

        An act may be acknowledged, after a repetition, in a later round than that in which it was recorded.
        """
        return self._audit(self._seen, self.log.acknowledged[since:])

    def audit_all(self) -> Audit:
        """The same of everything, from the first event."""
        return self._audit(Seen({}, defaultdict(list)), tuple(self.log.acknowledged))

    def _audit(self, seen: Seen, acknowledged: Sequence[Acknowledged]) -> Audit:
        audit = Audit([], [], [])
        new: set[str] = set()
        for stream in (f"plan/{plan}" for plan in PLANS):
            after, digest = seen.heads.get(stream, (0, b""))
            rows = self._events(stream, after)
            if after and (not rows or sha256(rows.pop(0)[2]).digest() != digest):
                audit.lost.append(f"{stream} {after} is another event than it was, or none")
            for version, topic, state in rows:
                recorded = read_envelope(topic, state)
                if recorded.command_id.startswith("writer-"):
                    assert isinstance(recorded.event, TargetRevised), recorded.event
                    seen.acts[recorded.command_id].append((stream, version))
                    new.add(recorded.command_id)
            if rows:
                seen.heads[stream] = rows[-1][0], sha256(rows[-1][2]).digest()
        for key in sorted(new):
            places = seen.acts[key]
            (stream, first), whole = places[0], len(places) == CHANGES
            if len(places) > CHANGES:
                audit.twice.append(f"{key}: {places}")
            elif not whole or places != [(stream, version) for version in range(first, first + CHANGES)]:
                audit.halves.append(f"{key}: {places}")
        for act in acknowledged:
            told = [(f"plan/{act.plan}", version) for version in range(act.first, act.last + 1)]
            if seen.acts.get(act.key) != told:
                audit.lost.append(f"{act}: recorded as {seen.acts.get(act.key)}")
        for found in (*audit.lost, *audit.halves, *audit.twice):
            print(f"  !! {found}", flush=True)
        return audit

    def _events(self, stream: str, since: int) -> list[tuple[int, str, bytes]]:
        sql = (
            "SELECT originator_version, topic, state FROM stored_events "
            "WHERE administration = (SELECT administration FROM plan_owner WHERE originator_id = %s) "
            "AND originator_id = %s AND originator_version >= %s ORDER BY originator_version"
        )
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                with self.cluster.connected(self.cluster.url(port=PRIMARY_PORT)) as connection:
                    rows = connection.execute(sql, (stream, stream, since)).fetchall()
                return [(int(version), str(topic), bytes(state)) for version, topic, state in rows]
            except psycopg.Error:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.5)

    def _followed(self) -> str:
        """Whether the follower that was started at the beginning has come to the end of the record."""
        deadline = time.monotonic() + PATIENCE
        while True:
            answer = ask(STANDBY_SERVICE_PORT, "GET", "/v1/change-rates?year=2024")
            followed = json.loads(answer.body)["followed"] if answer is not None and answer.status == 200 else {}
            if followed.get("behind") == 0:
                return f"the follower, by what the standby answers across administrations: level at {followed['position']:,}"
            if time.monotonic() > deadline:
                return f"**the follower is behind: {followed}**"
            time.sleep(1)

    def end(self) -> list[str]:
        """Lets the clients go, asks again what was asked, of services that keep nothing, and verifies; what it found."""
        for client in self.clients:
            client.stopped.set()
        for client in self.clients:
            client.join()
        self.cluster.until_whole(PATIENCE)
        told = [self._followed()]
        self.service.stop()
        self.service.start()
        paths = [*self.log.answers][:: max(1, len(self.log.answers) // AGAIN_AT_END)]
        for where, port in (("primary", SERVICE_PORT), ("standby", STANDBY_SERVICE_PORT)):
            for path in paths:
                answer = ask(port, "GET", path)
                if answer is not None and answer.status == 200:
                    self.log.answered(f"{where}, at the end", path, answer.body)
                else:
                    self.log.failed(f"{where}, at the end", answer)
        told.append(f"{len(paths)} questions asked again of new processes, at the primary and at the standby")
        for place in self.checkpoints:
            words = ["verify", "--against", str(place), "--database", self.cluster.direct_url]
            told.append(f"{place.stem}: {self.service.run(*words).splitlines()[0]}")
        return told


FAULTS: dict[str, Callable[[Drill, int], float]] = {
    "primary killed": Drill.primary_killed,
    "primary stopped": Drill.primary_stopped,
    "primary cut off": Drill.primary_cut_off,
    "standby killed": Drill.standby_killed,
    "bouncer killed": Drill.bouncer_killed,
    "worker killed": Drill.worker_killed,
}


@contextmanager
def drill(folder: Path, interface: str) -> Iterator[Drill]:
    """A cluster in a folder, with the service on it, until the end."""
    cluster = Cluster(folder, interface)
    drilled = Drill(cluster)
    try:
        cluster.start()
        drilled.begin()
        yield drilled
    finally:
        for client in drilled.clients:
            client.stopped.set()
        drilled.service.stop()
        cluster.stop()


def _command_line(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""
