"""A full disk refuses cleanly, leaves no half, lets everything be read; with room, writing goes on as if nothing was."""

import json
import secrets
import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager, suppress
from functools import partial
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import pytest
from click.testing import CliRunner
from eventsourcing.persistence import PersistenceError

from api.cli import app
from api.commands.handler import Caller
from domain.documents.changes import ChangeFile
from domain.errors import ConcurrentChange
from projections.proof.live_verification import verify_database
from projections.proof.log import Log
from projections.store import sqlite
from projections.store.disk_full import store_full
from projections.store.envelope import read_envelope
from projections.store.store import Store
from projections.store_copy import copy_store, fingerprints
from tests.api.http.client import Client, P, problem
from tests.support.disk import FileSizes, may_mount, tmpfs
from tests.support.harness import PLAN, ServiceHarness
from tests.support.server import databases, own_server

FILE_WAYS = ["size of a file", "number of pages", *(["tmpfs"] if may_mount() else [])]
SERVER_WAYS = ["size of a file", *(["tmpfs"] if may_mount() else [])]
WAYS = [*(("file", way) for way in FILE_WAYS), *(("server", way) for way in SERVER_WAYS)]
"""What limits the room; a file system can be mounted by root only, the other ways need no privilege."""
OF_PROCESSES = [one for one in WAYS if one not in {("file", "number of pages"), ("server", "tmpfs")}]
"""Where another process is short of room too, and a server that has none at all still takes connections."""
THREADS = 8
MOST = 5_000


def _nothing() -> None:
    """Where room is measured in bytes, no change of this size finds enough of it."""


class Full(NamedTuple):
    """A harness with a plan, an empty store beside it, what ends the room of both, and what gives it back.

    `use_up` leaves no page that the same change, whose salts are others each time, might find enough.
    """

    harness: ServiceHarness
    empty: Store
    fill: Callable[[], object]
    free: Callable[[], object]
    use_up: Callable[[], object]


@pytest.fixture(params=WAYS, ids=" ".join)
def full(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Full]:
    """Each store, with each way in which its room may end."""
    store, way = request.param
    fill: Callable[[], object]
    free: Callable[[], object]
    use_up: Callable[[], object] = _nothing
    with ExitStack() as made:
        if store == "server":
            server = made.enter_context(own_server())
            disk = made.enter_context(server.tablespace()) if way == "tmpfs" else None
            make = made.enter_context(databases(server.url, "tablespace little" if disk else ""))
            fill, free = partial(server.limit_files, str(1 << 20)), server.limit_files
        else:
            folder = tmp_path / "disco"
            folder.mkdir()
            disk = made.enter_context(tmpfs(folder)) if way == "tmpfs" else None
            make, sizes = (lambda: str(folder / f"{secrets.token_hex(4)}.sqlite")), FileSizes()
            fill, free = partial(sizes.limit, 1 << 20), sizes.free
        harness, other = ServiceHarness(make()).on("2022-02-05"), Store(make())
        made.callback(harness.store.close)
        made.callback(other.close)
        harness.service.log = Log(harness.store, tmp_path / "signing.key")
        harness.load()
        harness.on("2022-10-03")
        if disk:
            fill, free = partial(disk.leave, 400_000), disk.free
        elif way == "number of pages":
            fill, free, use_up = _pages(harness.store, other)
        made.callback(free)
        yield Full(harness, other, fill, free, use_up)


def _pages(*stores: Store) -> tuple[Callable[[], object], Callable[[], object], Callable[[], object]]:
    """Every connection of the stores is told, as it begins a transaction, how many pages the file may have.

    200; any number; no more than the first has.
    """
    most = [1 << 30]
    for store in stores:
        assert isinstance(store.datastore, sqlite.Datastore)
        store.datastore.transaction = partial(_limited, store.datastore.transaction, most)  # type: ignore[method-assign]

    def use_up() -> None:
        with stores[0].reading() as reader:
            most[0] = reader.cursor.execute("PRAGMA page_count").fetchall()[0][0]

    return partial(most.__setitem__, 0, 200), partial(most.__setitem__, 0, 1 << 30), use_up


@contextmanager
def _limited(begun: Callable[..., Any], most: list[int], *, commit: bool) -> Iterator[Any]:
    with begun(commit=commit) as cursor:
        cursor.execute(f"PRAGMA max_page_count = {most[0]}")
        cursor.fetchall()
        yield cursor


def _change(number: int) -> dict[str, Any]:
    """A change that takes some room, which no compression gives back."""
    return {
        "plan": PLAN,
        "act": "delibera di Giunta n. 9 del 30/09/2022 (data confermata)",
        "justification": "dati del monitoraggio",
        "cause": "new_data",
        "changes": [
            {
                "verb": "revise_target",
                "object": name,
                "year": year,
                "target": f">= 0,{number + 1}%",
                "justification": secrets.token_hex(1_900),
            }
            for name in ("incasso", "cassetto")
            for year in (2022, 2023)
        ],
    }


def _taken(harness: ServiceHarness, number: int, caller: Caller, acknowledged: dict[str, Any]) -> bool:
    """Whether a change was recorded; false when there was no room, which is the only failure that there may be."""
    try:
        acknowledged[caller.command_id] = harness.service.change(ChangeFile.model_validate(_change(number)), caller)
    except (sqlite3.Error, PersistenceError) as error:
        if store_full(error) is None:
            raise
        return False
    return True


def _whole(harness: ServiceHarness, acknowledged: dict[str, Any]) -> None:
    """What was acknowledged is there, nothing is there by half, and what is derived follows from the events."""
    with harness.store.reading() as reader:
        verify_database(reader.cursor)
        recorded: dict[str, set[tuple[str, int]]] = {}
        for _, stream, version, topic, state in reader.scan(limit=100_000, settled=False):
            recorded.setdefault(read_envelope(topic, state).command_id, set()).add((stream, version))
        receipts = dict(reader.cursor.execute("SELECT command_id, answer FROM receipt").fetchall())
    assert receipts.keys() == recorded.keys()
    assert acknowledged.keys() <= recorded.keys()
    for command, answer in receipts.items():
        if answer:
            made = json.loads(answer)["versions"].items()
            assert recorded[command] == {(s, v) for s, (first, last) in made for v in range(first, last + 1)}


def test_a_write_without_room_is_a_problem_and_with_room_the_same_command_is_taken(full: Full, tmp_path: Path) -> None:
    client = Client(full.harness, keys=str(tmp_path / "signing.key"))
    full.fill()
    acknowledged: dict[str, Any] = {}
    number, change, key = 1, _change(1), "comando-1"
    while (answer := client.post(f"{P}/changes", change, Idempotency_Key=key)).status_code == 201:
        acknowledged[key] = answer.json()
        number += 1
        change, key = _change(number), f"comando-{number}"
    told = problem(answer, 503, "store-full")
    assert "spazio" in told["detail"]
    assert "liberare spazio" in told["accepted"]
    assert answer.headers["retry-after"]
    assert acknowledged
    full.use_up()
    for _ in range(3):  # and again, on whatever connection
        problem(client.post(f"{P}/changes", change, Idempotency_Key=key), 503, "store-full")
    shown = client.get(P)
    assert shown.status_code == 200
    assert f">= 0,{number}%" in shown.text
    _whole(full.harness, acknowledged)
    full.free()
    answer = client.post(f"{P}/changes", change, Idempotency_Key=key)
    assert answer.status_code == 201, answer.text
    assert answer.json()["warnings"] == []  # its checkpoint is made as well
    assert f">= 0,{number + 1}%" in client.get(P).text
    _whole(full.harness, acknowledged | {key: answer.json()})


def test_all_that_wait_together_are_refused_whole_and_taken_whole(full: Full) -> None:
    acknowledged: dict[str, Any] = {}

    def write_until_full(thread: int) -> str:
        for turn in range(MOST):
            caller = Caller("prova", f"{thread}-{turn}")
            with suppress(ConcurrentChange):
                if not _taken(full.harness, 1_000 * thread + turn, caller, acknowledged):
                    return caller.command_id
        pytest.fail("the disk was never full")

    full.fill()
    with ThreadPoolExecutor(THREADS) as pool:
        refused = list(pool.map(write_until_full, range(THREADS)))
        _whole(full.harness, acknowledged)
        full.free()
        for number, key in enumerate((*refused, "poi", "e poi")):
            assert _taken(full.harness, 100_000 + number, Caller("prova", key.replace(" ", "-")), acknowledged)
    _whole(full.harness, acknowledged)


@pytest.mark.parametrize("full", OF_PROCESSES, indirect=True, ids=" ".join)
def test_the_command_line_says_that_there_is_no_room_and_still_reads(full: Full, tmp_path: Path) -> None:
    runner, where = CliRunner(), ["--database", full.harness.store.location]
    (tmp_path / "modifiche.json").write_text(json.dumps(_change(9_000)), encoding="utf-8")
    command = ["change", PLAN, str(tmp_path / "modifiche.json"), "--command-id", "da-ripetere", *where]
    full.fill()
    numbers = count()
    while _taken(full.harness, number := next(numbers), Caller("prova", f"c{number}"), {}):
        pass
    done = runner.invoke(app, command)
    assert (done.exit_code, "Spazio esaurito" in done.stderr) == (1, True), done.output
    assert runner.invoke(app, ["show", PLAN, *where]).exit_code == 0
    full.free()
    done = runner.invoke(app, command)
    assert done.exit_code == 0, done.output
    _whole(full.harness, {"da-ripetere": None})


def test_a_copy_that_finds_no_room_leaves_nothing_and_is_made_when_there_is(full: Full, tmp_path: Path) -> None:
    with closing(ServiceHarness(tmp_path / "origine.sqlite").store) as source:
        harness = ServiceHarness(source.location)
        harness.load()
        for number in range(100):
            harness.service.change(ChangeFile.model_validate(_change(number)), Caller("prova", f"c{number}"))
        full.fill()
        target = full.empty
        with pytest.raises((sqlite3.Error, PersistenceError)) as error:
            copy_store(source, target)
        assert store_full(error.value) is not None
        with target.reading() as reader:
            assert not any(one.rows for one in fingerprints(reader.cursor).values())
        full.free()
        copy_store(source, target)
        with source.reading() as one, target.reading() as other:
            assert fingerprints(one.cursor) == fingerprints(other.cursor)


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("way", SERVER_WAYS)
def test_a_server_with_all_its_files_on_the_full_disk_loses_nothing(way: str, tmp_path: Path) -> None:
    with ExitStack() as made:
        folder = Path(made.enter_context(TemporaryDirectory(prefix="in-itinere-disco-")))
        disk = made.enter_context(tmpfs(folder)) if way == "tmpfs" else None
        folder.chmod(0o755)  # the server may be another user's
        server = made.enter_context(own_server(folder))
        harness = ServiceHarness(made.enter_context(databases(server.url))()).on("2022-02-05")
        made.callback(harness.store.close)
        harness.service.log = Log(harness.store, tmp_path / "signing.key")
        harness.load()
        harness.on("2022-10-03")
        harness.service.change(ChangeFile.model_validate(_change(0)), Caller("prova", "prima"))
        if disk:
            disk.leave(1_000_000)
        else:
            server.limit_files("300000")
        acknowledged: dict[str, Any] = {}
        numbers = count(1)
        while True:
            number = next(numbers)
            said, caller = ChangeFile.model_validate(_change(number)), Caller("prova", f"c{number}")
            try:
                acknowledged[caller.command_id] = harness.service.change(said, caller)
            except PersistenceError:
                break
        if disk:
            disk.free()
        else:
            assert "PANIC" in server.log()  # no room for its own log: it stops
        server.restart()
        acknowledged[caller.command_id] = harness.service.change(said, caller)
        _whole(harness, acknowledged)
