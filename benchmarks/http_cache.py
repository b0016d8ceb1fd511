"""The same point asked again, over the limit, and points that nobody asked before: the whole way through the application, in process."""

import asyncio
import random
from collections.abc import Callable, Iterable
from datetime import timedelta
from time import process_time

from starlette.types import ASGIApp, Message

from benchmarks.as_of import LIMIT, limit, make_ready
from benchmarks.figures import Findings, Goal, Row, Spread, milliseconds, not_collecting, spread
from benchmarks.fixtures import SQLITE, Fixtures
from benchmarks.serving import product
from benchmarks.workload import BACKDATED, DAYS, FIRST_DAY, PLAN, STREAM, Workload
from projections.store.envelope import write_instant

BOUND = 0.1
IN_A_ROW = 4
"""How often each is asked before the next has its turn: the first after another kind finds the processor's caches full of that."""
KEPT, HELD = "the same point again, its bytes", "the same point again, 304"
COLD, COLD_BOUND = "a point that nobody asked before, processor time", 10


class Client:
    """Asks an application without a network: the time is the application's own."""

    def __init__(self, app: ASGIApp, path: str, query: str) -> None:
        self._loop = asyncio.new_event_loop()
        self._app = app
        self._path = path
        self._query = query

    def get(self, known_tag: str = "") -> tuple[int, bytes, str]:
        """Status, body and tag of the answer to one request."""
        start, *rest = self._loop.run_until_complete(self._asked(known_tag))
        tags = [value.decode() for name, value in start["headers"] if name == b"etag"]
        return int(start["status"]), b"".join(message.get("body", b"") for message in rest), tags[0] if tags else ""

    def take(self, known_tag: str = "") -> None:
        """Takes an answer as a server does, which puts no two parts of a body into one."""
        self._loop.run_until_complete(self._asked(known_tag))

    def spent(self, queries: Iterable[str]) -> list[float]:
        """How many milliseconds of processor time the answer to each query takes, all threads together.

        One task asks them all, as a server's does: the threads of one are there for the next.
        """

        async def ask() -> list[float]:
            await self._asked("")
            each: list[float] = []
            for self._query in queries:
                begun = process_time()
                await self._asked("")
                each.append(1000 * (process_time() - begun))
            return each

        return self._loop.run_until_complete(ask())

    async def _asked(self, known_tag: str) -> list[Message]:
        headers = [(b"host", b"127.0.0.1"), *([(b"if-none-match", known_tag.encode())] if known_tag else [])]
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "GET",
            "scheme": "http",
            "path": self._path,
            "raw_path": self._path.encode(),
            "query_string": self._query.encode(),
            "root_path": "",
            "headers": headers,
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 80),
        }
        messages: list[Message] = []

        async def receive() -> Message:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: Message) -> None:
            messages.append(message)

        await self._app(scope, receive, send)
        return messages

    def close(self) -> None:
        """Ends the loop."""
        self._loop.run_until_complete(self._loop.shutdown_default_executor())
        self._loop.close()


def cold(fixtures: Fixtures) -> Spread:
    """Points of a plan in which nearly every day and every append says something else, each asked once."""
    filled = fixtures.filled(SQLITE, Workload(fixtures.scale.sizes[0], BACKDATED))
    app = product(filled.store.location, filled.store)
    with filled.store.reading() as reader:
        instants = [write_instant(at) for *_, at in reader.appends(STREAM)]
    points = [(FIRST_DAY + timedelta(days=day), at) for day in range(DAYS) for at in instants]
    drawn = random.Random(1).sample(points, fixtures.scale.rounds * fixtures.scale.points)
    (day, at), *asked = drawn
    client = Client(app, f"/v1/plans/{PLAN}", f"as_of={day}&known_at={at}")
    times = client.spent(f"as_of={day}&known_at={at}" for day, at in asked)
    client.close()
    return spread([times])


def findings(fixtures: Fixtures) -> Findings:
    """Kept bytes and 304 of a point with both dates said, over reading the ready rows; and points that are new."""
    filled = fixtures.filled(SQLITE, Workload(fixtures.scale.sizes[1], BACKDATED))
    make_ready(filled)
    app = product(filled.store.location, filled.store)
    samples: dict[str, list[list[float]]] = {LIMIT: [], KEPT: [], HELD: []}
    with filled.store.reading() as reader, not_collecting():
        appends = reader.appends(STREAM)
        at = write_instant(appends[len(appends) // 2][2])
        day = FIRST_DAY + timedelta(days=DAYS // 2)
        client = Client(app, f"/v1/plans/{PLAN}", f"as_of={day}&known_at={at}")
        status, body, tag = client.get()
        assert (status, len(body) > 1_000) == (200, True)
        assert client.get() == (200, body, tag)
        assert client.get(tag) == (304, b"", tag)
        asked: dict[str, Callable[[], object]] = {
            LIMIT: lambda: limit(reader.cursor),
            KEPT: client.take,
            HELD: lambda: client.take(tag),
        }
        for _ in range(fixtures.scale.rounds):
            for of in samples.values():
                of.append([])
            for _ in range(fixtures.scale.points // IN_A_ROW):
                for what, ask in asked.items():
                    samples[what][-1] += [milliseconds(ask) for _ in range(IN_A_ROW)]
        client.close()
    of_each = {name: spread(rounds) for name, rounds in samples.items()}
    rows = [
        Row(name, SQLITE, times, events=filled.workload.events, ratio=times.per(of_each[LIMIT]))
        for name, times in of_each.items()
    ]
    goals = [Goal(f"{name}, over the limit", BOUND, of_each[name].per(of_each[LIMIT])) for name in (KEPT, HELD)]
    times = cold(fixtures)
    rows.append(Row(COLD, SQLITE, times, events=fixtures.scale.sizes[0]))
    goals.append(Goal(f"{COLD}, 4,000 cells", COLD_BOUND, times.median, "ms"))
    words = (
        "A request with both dates said, through the whole application in process, from the guard to the last byte; the "
        "limit is that of the state, asked in turns. Of a point that nobody asked before the document is made anew: its "
        "processor time is that of all threads."
    )
    return Findings("The same point again", words, rows, goals)
