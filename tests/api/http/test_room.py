"""The room for bodies is given to who comes first, and large documents are decided one at a time."""

import asyncio
from collections.abc import AsyncIterator, Iterable

import pytest
from starlette.types import Message, Receive, Scope, Send

from api.http import middleware
from api.http.client_address import TrustedProxies
from api.http.middleware import FrontDoor, Guard
from api.http.request_counts import RequestCounts, RequestLimits

MEGABYTE = 1_000_000
JSON = "application/json"
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class Application:
    """Takes a body in, works for a while, and knows how many it worked at together."""

    def __init__(self) -> None:
        self.working = self.most = 0

    async def __call__(self, _: Scope, receive: Receive, send: Send) -> None:
        while (await receive()).get("more_body"):
            pass
        self.working += 1
        self.most = max(self.most, self.working)
        await asyncio.sleep(0.05)
        self.working -= 1
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})


def _door() -> FrontDoor:
    return FrontDoor(None, TrustedProxies(), RequestLimits(1_000, 1_000, RequestCounts()))


async def _sent(guard: Guard, size: int, kind: str, *, declares: bool) -> int:
    async def pieces() -> AsyncIterator[Message]:
        for left in range(size // MEGABYTE, 0, -1):
            await asyncio.sleep(0)
            yield {"type": "http.request", "body": bytes(MEGABYTE), "more_body": left > 1}

    headers = [(b"host", b"localhost"), (b"content-type", kind.encode())]
    headers += [(b"content-length", str(size).encode())] if declares else []
    scope = {"type": "http", "method": "POST", "path": "/", "query_string": b"", "headers": headers}
    statuses: list[int] = []

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])
            assert message["status"] == 200 or (b"retry-after", b"5") in message["headers"]

    body = pieces()
    await guard(scope, lambda: anext(body), send)
    (status,) = statuses
    return status


def _all_sent(guard: Guard, sizes: Iterable[int], kind: str = JSON, *, declares: bool = True) -> list[int]:
    async def together() -> list[int]:
        return await asyncio.gather(*(_sent(guard, size, kind, declares=declares) for size in sizes))

    return asyncio.run(together())


def test_of_more_bodies_than_there_is_room_for_the_first_go_through() -> None:
    guard = Guard(Application(), _door(), room=20 * MEGABYTE)
    assert _all_sent(guard, [6 * MEGABYTE] * 8) == [200] * 3 + [503] * 5
    assert guard.room.taken == 0


def test_a_small_body_always_has_room() -> None:
    guard = Guard(Application(), _door(), room=20 * MEGABYTE)
    assert _all_sent(guard, [20 * MEGABYTE, MEGABYTE, MEGABYTE]) == [200] * 3
    assert guard.room.taken == 0


def test_a_body_that_does_not_say_its_length_is_counted_as_it_comes() -> None:
    guard = Guard(Application(), _door(), room=20 * MEGABYTE)
    assert _all_sent(guard, [30 * MEGABYTE, MEGABYTE], declares=False) == [503, 200]
    assert guard.room.taken == 0


@pytest.mark.parametrize(("kind", "most"), [(JSON, 1), (EXCEL, 4)])
def test_large_documents_are_decided_one_at_a_time_and_workbooks_are_not_held_up(kind: str, most: int) -> None:
    application = Application()
    assert _all_sent(Guard(application, _door()), [2 * MEGABYTE] * 4, kind) == [200] * 4
    assert application.most == most


def test_a_large_document_waits_for_its_turn_only_so_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(middleware, "TURN_SECONDS", 0.02)
    guard = Guard(Application(), _door())
    assert sorted(_all_sent(guard, [2 * MEGABYTE] * 3)) == [200, 503, 503]
    assert guard.room.taken == 0
    assert _all_sent(guard, [2 * MEGABYTE]) == [200]
