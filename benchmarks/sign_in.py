"""What signing in costs, and what it costs every question after it: by session, by token, and open to the public.

`python -m benchmarks.sign_in` prints two tables. The service is a process of its own with one worker, the same for all; the
ways of asking take turns in each round, and the order is turned round from one to the next.
"""

import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import NamedTuple

import httpx2

from api.commands import accounts
from api.commands.examples import load_examples
from api.commands.handler import Caller
from api.commands.service import Service
from api.http.app import create_app
from api.settings import Settings
from benchmarks.figures import Spread, milliseconds, rates, spread
from benchmarks.http_load import free_port, process
from benchmarks.serving import WITHOUT_LIMIT, serve
from domain.access.commands import GiveRole, IssueToken, OpenAccount
from domain.access.principal import MACHINE
from domain.point import today
from projections.proof.log import Log
from projections.store.envelope import write_instant
from projections.store.store import Store
from tests.support.authenticator import Authenticator

ROUNDS, SIGN_INS, SECONDS, CONNECTIONS = 5, 10, 2.0, 8
BODY, PLAN = "cciaa-riviere-di-liguria", "riviere-di-liguria-2022-2024"
PASSWORD = "quattro cavalli sopra il ponte"  # noqa: S105 - of nobody
READY, OTHER = "un punto che è pronto", "ogni volta un altro giorno"
DAYS = [(date(2022, 3, 1) + timedelta(days=number)).isoformat() for number in range(900)]


class Ways(NamedTuple):
    """What the head of a request says of who asks, in each way."""

    anonymous: str
    session: str
    token: str


def _settings(folder: Path) -> Settings:
    database, key = folder / "archivio.sqlite", folder / "signing.key"
    return Settings(database=str(database), keys=str(key), public=True, sign_in="required")


class Prepared(NamedTuple):
    """A store with the examples and an account: its link, its token, and an instant at which all was known."""

    link: str
    token: str
    known_at: datetime


def _prepared(folder: Path) -> Prepared:
    settings = _settings(folder)
    store = Store(settings.database)
    service = Service(store, Log(store, Path(str(settings.keys))))
    load_examples(service)
    account, by = accounts.new_id("acc"), Caller(MACHINE.actor)
    opening = OpenAccount(name="Persona di prova", login="persona", account=account)
    link = accounts.open_account(service, opening, by).secret
    accounts.give_role(service, GiveRole(account=account, role="reader", administration=BODY), by)
    ends = today(store.clock()) + timedelta(days=30)
    issuing = IssueToken(name="misura", rights=(f"reader@{BODY}",), expires_on=ends, account=account)
    token = accounts.issue_token(service, issuing, by).secret
    known_at = store.clock()
    store.close()
    return Prepared(link, token, known_at)


class Visitor:
    """A person with a browser and a device, at the service."""

    def __init__(self, origin: str) -> None:
        self.http = httpx2.Client(base_url=origin)
        self.device = Authenticator(origin, "localhost")

    def _csrf(self, path: str) -> str:
        self.http.cookies.clear()
        return self.http.get(path).text.partition('name="csrf" value="')[2][:64]

    def begin(self, link: str) -> None:
        """Sets the password, and makes a passkey."""
        sent = {"csrf": self._csrf(link), "password": PASSWORD, "repeated": PASSWORD}
        _let_in(self.http.post(link, data=sent))
        csrf = self.http.get("/utenza").text.partition('name="csrf" value="')[2][:64]
        options = self.http.post("/utenza/passkey/opzioni", data={"csrf": csrf}).text
        made = {"csrf": csrf, "credential": self.device.create(options), "name": "misura"}
        _let_in(self.http.post("/utenza/passkey", data=made))

    def by_password(self) -> float:
        """Milliseconds of a sign-in by password, from the form that is sent to the session."""
        form = {"csrf": self._csrf("/accesso"), "login": "persona", "password": PASSWORD}
        return milliseconds(lambda: _let_in(self.http.post("/accesso", data=form)))

    def by_passkey(self) -> float:
        """Milliseconds of a sign-in by passkey: the question, and the answer; the device itself is not counted."""
        csrf = self._csrf("/accesso")
        start = time.perf_counter()
        options = self.http.post("/accesso/passkey/opzioni", data={"csrf": csrf}).text
        asked = time.perf_counter() - start
        self.device.count += 1
        form = {"csrf": csrf, "credential": self.device.get(options)}
        return 1000 * asked + milliseconds(lambda: _let_in(self.http.post("/accesso/passkey", data=form)))

    def page(self) -> float:
        """Milliseconds of the page of signing in."""
        return milliseconds(lambda: self.http.get("/accesso"))


def _let_in(answer: httpx2.Response) -> None:
    if answer.status_code != httpx2.codes.SEE_OTHER:
        raise RuntimeError(f"not let in: {answer.status_code}")


async def _load(port: int, head: str, addresses: Callable[[], str]) -> tuple[int, float]:
    """How many requests were answered on some connections that are kept, and in how many seconds."""
    end = time.perf_counter() + SECONDS
    answered = 0

    async def ask() -> None:
        nonlocal answered
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while time.perf_counter() < end:
            writer.write(f"GET {addresses()} HTTP/1.1\r\nHost: localhost\r\n{head}\r\n".encode())
            answer = await reader.readuntil(b"\r\n\r\n")
            if not answer.startswith(b"HTTP/1.1 200"):
                raise RuntimeError(answer.decode())
            length = int(answer.lower().partition(b"content-length: ")[2].partition(b"\r")[0])
            await reader.readexactly(length)
            answered += 1
        writer.close()

    start = time.perf_counter()
    await asyncio.gather(*(ask() for _ in range(CONNECTIONS)))
    return answered, time.perf_counter() - start


class Served(NamedTuple):
    """The service that is measured."""

    port: int
    pid: int

    def cpu_milliseconds(self) -> float:
        """The time of the processor that it has taken: on a machine that does other things too, the honest figure."""
        fields = Path(f"/proc/{self.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return 1000 * (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def _served(folder: Path) -> Iterator[Served]:
    port = free_port()
    command = [sys.executable, "-m", "benchmarks.sign_in", str(folder), str(port)]
    with process(command, f"http://localhost:{port}/v1/status") as (running, _):
        yield Served(port, running.pid)


class Figures(NamedTuple):
    """Requests a second, and milliseconds of the processor for each."""

    rate: Spread
    cpu: Spread


def _asked(served: Served, ways: Ways, known_at: datetime) -> dict[tuple[str, str], Figures]:
    """Requests a second of each question in each way: the ways take turns."""
    turn = count()

    def other_day() -> str:
        laps, day = divmod(next(turn), len(DAYS))
        instant = write_instant(known_at + timedelta(microseconds=laps))
        return f"/v1/plans/{PLAN}?as_of={DAYS[day]}&known_at={instant}"

    ready = f"/v1/plans/{PLAN}?as_of=2022-06-30&known_at={write_instant(known_at)}"
    questions: dict[str, Callable[[], str]] = {READY: lambda: ready, OTHER: other_day}
    samples: dict[tuple[str, str], list[tuple[float, float]]] = {}
    for number in range(ROUNDS):
        for question, addresses in questions.items():
            for way in ways._fields if number % 2 else reversed(ways._fields):
                before = served.cpu_milliseconds()
                answered, seconds = asyncio.run(_load(served.port, getattr(ways, way), addresses))
                cpu = (served.cpu_milliseconds() - before) / answered
                samples.setdefault((question, way), []).append((answered / seconds, cpu))
    return {key: Figures(*map(rates, zip(*values, strict=True))) for key, values in samples.items()}


def main() -> None:
    """Prints what signing in costs, then what every question costs after it."""
    with tempfile.TemporaryDirectory(prefix="accesso-") as place:
        folder = Path(place)
        link, token, known_at = _prepared(folder)
        with _served(folder) as served:
            visitor = Visitor(f"http://localhost:{served.port}")
            visitor.begin(link)
            ways_in = {
                "password (argon2id)": visitor.by_password,
                "passkey": visitor.by_passkey,
                "pagina": visitor.page,
            }
            print("| | mediana | minimo | massimo | processore |\n|---|---|---|---|---|")
            for name, sign_in in ways_in.items():
                sign_in()
                before = served.cpu_milliseconds()
                figures = spread([[sign_in() for _ in range(SIGN_INS)] for _ in range(ROUNDS)])
                cpu = (served.cpu_milliseconds() - before) / (ROUNDS * SIGN_INS)
                row = (*(f"{figure:.1f} ms" for figure in figures[:3]), f"{cpu:.1f} ms")
                print(f"| {name} | {' | '.join(row)} |", flush=True)
            visitor.by_password()
            (cookie,) = (cookie for cookie in visitor.http.cookies.jar if cookie.name == "initinere")
            ways = Ways("", f"Cookie: initinere={cookie.value}\r\n", f"Authorization: Bearer {token}\r\n")
            asked = _asked(served, ways, known_at)
            print(
                "\n| domanda | chi chiede | al secondo | minimo-massimo | × | processore |\n|---|---|---|---|---|---|"
            )
            for (question, way), (rate, cpu_spread) in asked.items():
                of_public = rate.per(asked[question, "anonymous"].rate)
                extremes = f"{rate.least:,.0f}-{rate.most:,.0f}"
                row = (
                    question,
                    way,
                    f"{rate.median:,.0f}",
                    extremes,
                    f"{of_public:.2f}",
                    f"{cpu_spread.median:.2f} ms",
                )
                print(f"| {' | '.join(row)} |")


if __name__ == "__main__":
    if sys.argv[1:]:
        serve(create_app(_settings(Path(sys.argv[1])), requests_per_minute=WITHOUT_LIMIT), int(sys.argv[2]))
    else:
        main()
