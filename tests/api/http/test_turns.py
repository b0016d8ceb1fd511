"""Long work has threads of its own and a queue with an end: what takes a moment is answered meanwhile."""

import asyncio
import threading
from collections.abc import Coroutine

import pytest
from fastapi.responses import Response

from api.http.app import WRITTEN
from api.http.problems import ConnectionsBusy
from api.http.routes import endpoint_of
from api.http.turns import LARGE_BODY, LONG, SHORT, Turns, in_turn
from api.operations.table import COMMANDS, QUESTIONS


def test_work_beyond_the_queue_is_refused_and_leaves_the_shared_threads_free() -> None:
    released = threading.Event()

    def work() -> Response:
        released.wait(10)
        return Response()

    async def many() -> list[Response | BaseException]:
        turns = Turns("of a test", at_once=2, waiting=3)
        waiting = [asyncio.create_task(turns.run(work)) for _ in range(5)]
        await asyncio.sleep(0.05)
        with pytest.raises(ConnectionsBusy):
            await turns.run(work)
        released.set()
        return list(await asyncio.gather(*waiting))

    assert [type(answer) for answer in asyncio.run(many())] == [Response] * 5


@pytest.mark.parametrize(
    ("name", "size", "turns"),
    [
        ("change_plan", LARGE_BODY + 1, LONG),
        ("change_plan", 100, SHORT),
        ("send_file", 100, LONG),
        ("export_plan", 0, LONG),
        ("take_pack", 0, LONG),
        ("compare_systems", LARGE_BODY + 1, LONG),
        ("show_status", 0, None),
        ("list_changes", 0, None),
    ],
)
def test_the_row_and_the_size_of_the_body_say_whether_work_is_long(
    name: str, size: int, turns: Turns | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    operation = COMMANDS.get(name) or QUESTIONS[name]
    endpoint = WRITTEN.get(name) or endpoint_of(operation)
    waited: list[Turns] = []

    async def run(self: Turns, _: object) -> Response:
        waited.append(self)
        return Response()

    monkeypatch.setattr(Turns, "run", run)
    # when
    wrapped = in_turn(operation, endpoint)
    if turns is None:
        assert wrapped is endpoint
        return
    waiting = wrapped(body=b" " * size)
    assert isinstance(waiting, Coroutine)
    asyncio.run(waiting)
    # then
    assert waited == [turns]
