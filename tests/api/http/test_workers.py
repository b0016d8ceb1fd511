"""Several processes on one PostgreSQL: they know the same sessions, count together, and one that is killed is no loss."""

import http.client
import json
import os
import signal
import socket
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier
from typing import Any, NamedTuple

import pytest
import uvicorn
from uvicorn.config import STARTUP_FAILURE

from api.access.sessions import OpenedSession, find_session, sessions_of
from api.commands.sign_in.door import Door
from api.http import workers
from api.http.access import Admission, Gate
from api.http.request_counts import RequestCounts
from api.http.workers import SILENT_SECONDS, WatchedProcess
from api.settings import Settings
from domain.access.principal import Principal
from projections.access import door
from projections.store import postgres
from tests.support.accounts import cookie_header, session_of
from tests.support.chamber import OWN, PASSWORD, PUBLISHED, Chambers
from tests.support.serving import Answered, Served, serving

PROPOSALS = f"/v1/plans/{PUBLISHED[OWN]}/proposals"
REVISION = {"verb": "revise_target", "object": "incasso", "year": 2022, "target": ">= 68%"}
PROPOSED: dict[str, Any] = {
    "title": "Prova",
    "justification": "dati del monitoraggio",
    "cause": "new_data",
    "effective_on": "2022-09-30",
    "changes": [REVISION],
}


class Office(NamedTuple):
    """A service in several processes, with a planner who has a token and a session."""

    served: Served
    token: str
    cookie: dict[str, str]

    def ask(self, path: str, body: object = None, **headers: str) -> Answered:
        """One request, on a connection of its own, with the token."""
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"} | headers
        return self.served.ask(path, None if body is None else json.dumps(body).encode(), **headers)

    def workers(self) -> list[int]:
        """The processes that serve."""
        parent = self.served.process.pid
        children = Path(f"/proc/{parent}/task/{parent}/children").read_text(encoding="ascii").split()
        return [int(child) for child in children if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes()]


@contextmanager
def office(url: str, folder: Path, *arguments: str, **environment: str) -> Iterator[Office]:
    """A service in two processes on a server, or on a file."""
    if url.startswith("postgresql"):
        postgres.migrate(url)
    chambers = Chambers(folder, url)
    chambers.harness.now = datetime.now(UTC)
    token = chambers.token("planner")
    account = chambers.accounts["planner", OWN]
    app = chambers.client.app
    cookie = cookie_header(app, session_of(app, account))  # type: ignore[arg-type]
    chambers.close()
    settings = {"INITINERE_SIGN_IN": "required", "INITINERE_KEYS": str(folder / "signing.key")} | environment
    with serving(url, folder, "--workers", "2", *arguments, **settings) as served:
        served.until(200)
        yield Office(served, token, cookie)


def _worked_out(office: Office, killed: int) -> list[int]:
    deadline = time.monotonic() + 60
    while killed in (workers := office.workers()) or len(workers) != 2:
        assert time.monotonic() < deadline, office.served.told
        time.sleep(0.1)
    return workers


@pytest.mark.timeout(240)
def test_a_process_that_is_killed_takes_no_session_and_no_proposal_along(postgres_url: str, tmp_path: Path) -> None:
    with office(postgres_url, tmp_path) as desk:
        first = desk.workers()
        assert len(first) == 2

        def draft(number: int) -> None:
            """Drafts one proposal; a request that is broken off is sent again under its key."""
            key = f"bozza-{number}"
            proposed = PROPOSED | {"title": f"Bozza {number}"}
            for _ in range(20):
                try:
                    answer = desk.ask(PROPOSALS, proposed, Idempotency_Key=key)
                except (OSError, http.client.HTTPException):
                    time.sleep(0.1)
                    continue
                assert answer.status in {200, 201}, answer
                return
            raise AssertionError("it was never drafted")

        with ThreadPoolExecutor(6) as people:
            drafted = [people.submit(draft, number) for number in range(40)]
            time.sleep(0.4)
            os.kill(first[0], signal.SIGKILL)
            for one in drafted:
                one.result(120)
        titles = Counter(row["title"] for row in json.loads(desk.ask(PROPOSALS).body)["proposals"])
        assert titles == {f"Bozza {number}": 1 for number in range(40)}
        assert first[0] not in _worked_out(desk, first[0])
        for _ in range(6):  # whichever process answers
            assert desk.served.ask("/v1/account", None, **desk.cookie).status == 200
            assert desk.ask("/v1/account").status == 200
        assert "Traceback" not in desk.served.told
        lines = [json.loads(line) for line in desk.served.told.splitlines() if line.startswith("{")]
        assert {"/v1/account", "/v1/plans/{plan}/proposals"} <= {line.get("route") for line in lines}


@pytest.mark.timeout(240)
def test_processes_count_requests_together_and_find_the_previews_of_each_other(
    postgres_url: str, tmp_path: Path
) -> None:
    limit = {"INITINERE_REQUESTS_PER_MINUTE_OF_ACCOUNT": "60"}
    with office(postgres_url, tmp_path, **limit) as desk:
        plan = desk.ask(f"/v1/plans/{PUBLISHED[OWN]}/export?as_of=2022-12-31").body
        sent = desk.served.ask(
            f"/v1/plans/{PUBLISHED[OWN]}/imports",
            plan.encode(),
            Authorization=f"Bearer {desk.token}",
            Content_Type="application/json",
        )
        assert sent.status in {201, 202}, sent
        id_ = json.loads(sent.body)["id"]
        found = [desk.ask(f"/v1/plans/{PUBLISHED[OWN]}/imports/{id_}") for _ in range(16)]
        assert {answer.status for answer in found} == {200}
        taken = Counter(desk.ask("/v1/account").status for _ in range(150))
        assert set(taken) == {200, 429}
        assert taken[200] + 18 in {60, *range(60, 121)}  # a minute may have begun meanwhile
        assert taken[429] >= 150 - 120
        workers = desk.workers()
        desk.served.process.send_signal(signal.SIGTERM)
        assert desk.served.process.wait(30) == 0
        assert not any(map(_runs, workers))


def test_the_processes_of_a_parent_that_is_killed_end_by_themselves(sqlite_path: Path, tmp_path: Path) -> None:
    with serving(str(sqlite_path), tmp_path, "--workers", "2") as served:
        served.until(200)
        workers = Office(served, "", {}).workers()
        assert len(workers) == 2
        served.process.kill()
        served.process.wait()
        deadline = time.monotonic() + 30
        while any(map(_runs, workers)):
            assert time.monotonic() < deadline, served.told
            time.sleep(0.1)


def test_connections_come_to_each_process(sqlite_path: Path, tmp_path: Path) -> None:
    with serving(str(sqlite_path), tmp_path, "--workers", "2") as served:
        served.until(200)
        workers = Office(served, "", {}).workers()
        deadline = time.monotonic() + 30
        while served.told.count("Application startup complete") < 2:
            assert time.monotonic() < deadline, served.told
            time.sleep(0.1)
        time.sleep(0.5)  # until both listen, and what asked before is gone
        before = _sockets(workers[0])
        with ExitStack() as open_:
            for _ in range(20):
                open_.enter_context(socket.create_connection(("127.0.0.1", served.port)))
            while sum(map(_sockets, workers)) < 2 * before + 20:
                assert time.monotonic() < deadline, served.told
                time.sleep(0.05)
            assert min(_sockets(worker) - before for worker in workers) >= 5  # one that is not woken in time has fewer


def test_a_process_that_does_not_answer_yet_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    starting = WatchedProcess(uvicorn.Config("no:app"), [], [0], 0)
    monkeypatch.setattr(starting.process, "is_alive", lambda: True)
    began = time.monotonic()
    assert [starting.is_alive(SILENT_SECONDS) for _ in range(3)] == [True] * 3
    assert time.monotonic() - began < 1
    assert not starting.is_alive(0)  # silent for too long
    starting.child_conn.recv()
    assert not starting.child_conn.poll()  # asked once
    starting.child_conn.send(obj=True)
    assert starting.is_alive(SILENT_SECONDS)
    assert starting.child_conn.poll()  # and again
    starting.child_conn.close()
    starting.parent_conn.close()
    assert not starting.is_alive(SILENT_SECONDS)


def test_a_process_that_is_killed_while_it_starts_is_replaced_at_once_and_the_service_ends_when_told(
    sqlite_path: Path, tmp_path: Path
) -> None:
    with office(str(sqlite_path), tmp_path) as them:
        known = {*them.workers()}
        os.kill(min(known), signal.SIGKILL)
        for _ in range(2):  # the one that takes its place, and the one after that
            new = _new_process(them, known)
            known.add(new)
            os.kill(new, signal.SIGKILL)
        assert _new_process(them, known)
        them.served.process.terminate()
        them.served.process.wait(20)


def _new_process(them: Office, known: set[int]) -> int:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        with suppress(FileNotFoundError):  # gone while it was looked at
            if new := {*them.workers()} - known:
                return new.pop()
        time.sleep(0.02)
    raise AssertionError(them.served.told)


def test_a_process_that_cannot_serve_is_not_begun_again_and_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "configure_logs", lambda *_, **__: None)
    counts = RequestCounts()
    refused = Settings(database=str(tmp_path), sign_in="open")
    with pytest.raises(SystemExit) as ended:
        workers._worker(refused, counts.shared)
    assert ended.value.code == STARTUP_FAILURE
    counts.close()


def _sockets(process: int) -> int:
    return sum(str(one.readlink()).startswith("socket:") for one in Path(f"/proc/{process}/fd").iterdir())


def _runs(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_requests_of_one_session_at_the_same_moment_are_all_answered(postgres_url: str, tmp_path: Path) -> None:
    postgres.migrate(postgres_url)
    chambers = Chambers(tmp_path, postgres_url)
    chambers.token("planner")
    app = chambers.client.app
    opened = session_of(app, chambers.accounts["planner", OWN])  # type: ignore[arg-type]
    gate: Gate = app.state.gate  # type: ignore[attr-defined]
    assert chambers.client.get("/v1/account", headers=cookie_header(app, opened)).status_code == 200  # type: ignore[arg-type]
    with ThreadPoolExecutor(8) as requests:
        for _ in range(4):
            with gate.store.reading() as reader:
                session = find_session(reader.cursor, opened.session.digest, chambers.harness.now)
            assert session is not None
            chambers.harness.now += timedelta(minutes=3)  # long enough to be noted anew
            admission = Admission(Principal(session.account, session=session.digest), session=session)
            together = Barrier(8)

            def asked(_: int) -> OpenedSession | None:
                together.wait(30)  # noqa: B023 - the round is over when the next begins
                return gate.renewed(admission, chambers.harness.now, is_safe=True)  # noqa: B023

            assert len(list(requests.map(asked, range(8)))) == 8
    chambers.close()


def test_people_who_come_in_at_the_same_moment_all_come_in(postgres_url: str, tmp_path: Path) -> None:
    postgres.migrate(postgres_url)
    chambers = Chambers(tmp_path, postgres_url)
    account = chambers.open_account(("planner", OWN))
    gate: Gate = chambers.client.app.state.gate  # type: ignore[attr-defined]
    ways_in = Door(chambers.service, gate.life, is_secure=False)
    store = chambers.harness.store
    hashed = ways_in.passwords.hashing.hash_password(PASSWORD)
    login = ways_in.entrance.person(account).login
    door.writing(store, lambda cursor: ways_in.passwords.keep(cursor, account, hashed))
    for n in range(20):  # what has expired is deleted on the way, by each of them
        ways_in.entrance.keep_step(f"scaduto-{n}", "", {}, chambers.harness.now)
    together = Barrier(6)

    def comes_in(number: int) -> str:
        together.wait(30)
        return ways_in.passwords.sign_in(login, PASSWORD, address=f"203.0.113.{number}").account

    with ThreadPoolExecutor(6) as people:
        assert set(people.map(comes_in, range(6))) == {account}
    with store.datastore.cursor() as cursor:
        assert len(sessions_of(cursor, account, chambers.harness.now)) == 6
    chambers.close()
