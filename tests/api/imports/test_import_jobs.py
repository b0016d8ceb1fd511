"""Previews are jobs: a few at a time, a few more in a queue, the others refused; ended cleanly."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import orjson
import pytest

from api.imports import import_jobs
from api.imports.import_jobs import FAILED, READY, ImportJobs, ImportsBusy, PreviewNotReady
from api.imports.importing import Incoming, read_incoming
from api.imports.options import ImportOptions
from api.settings import Settings
from domain.documents.difference import Decisions
from domain.errors import Malformed, NotFound
from projections.store.previews import StoredPreview
from tests.support.desk import PLAN, Desk, document

FILE = orjson.dumps(document())
OPTIONS = ImportOptions()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path / "desk.sqlite")
    made.load()
    yield made.on("2022-10-01")
    made.store.close()


class Office:
    """Jobs whose files are read only once a gate is opened."""

    def __init__(self, desk: Desk, monkeypatch: pytest.MonkeyPatch, *, workers: int, waiting: int) -> None:
        self.gate = threading.Event()
        self.reading = 0
        self.most = 0
        self.began = threading.Semaphore(0)
        self._lock = threading.Lock()
        self.desk = desk
        monkeypatch.setattr(import_jobs, "read_incoming", self._read)
        self.jobs = ImportJobs(desk.service, Settings(), workers=workers, waiting=waiting, wait_seconds=0.01)

    def _read(self, *given: object, **more: object) -> Incoming:
        with self._lock:
            self.reading += 1
            self.most = max(self.most, self.reading)
        self.began.release()
        self.gate.wait(30)
        with self._lock:
            self.reading -= 1
        return read_incoming(*given, **more)  # type: ignore[arg-type]

    def begin(self) -> StoredPreview:
        return self.jobs.begin(FILE, OPTIONS, self.desk.caller(), plan=PLAN)

    def end(self) -> None:
        self.gate.set()
        self.jobs._executor.shutdown(wait=True)


def test_many_files_sent_at_once_are_made_a_few_at_a_time_and_beyond_the_queue_refused(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = Office(desk, monkeypatch, workers=2, waiting=3)
    taken: list[StoredPreview] = []
    refused: list[ImportsBusy] = []

    def send(_: int) -> None:
        try:
            taken.append(office.begin())
        except ImportsBusy as error:
            refused.append(error)

    with ThreadPoolExecutor(12) as senders:
        list(senders.map(send, range(12)))
    assert (len(taken), len(refused)) == (5, 7)
    assert (refused[0].status, refused[0].retry_after) == (503, 10)
    office.end()
    assert office.most == 2
    assert {office.jobs.find(one.id, PLAN).state for one in taken} == {READY}


def test_there_is_room_again_when_a_preview_is_made_or_failed(desk: Desk) -> None:
    jobs = ImportJobs(desk.service, Settings(), workers=1, waiting=0)
    for _ in range(3):
        with pytest.raises(Malformed):
            jobs.begin(b"{}", OPTIONS, desk.caller(), plan=PLAN)
        jobs._executor.submit(int).result()
        assert jobs.begin(FILE, OPTIONS, desk.caller(), plan=PLAN).state == READY
        jobs._executor.submit(int).result()
    jobs.close()


def test_closing_stops_what_is_being_made_begins_nothing_more_and_says_so(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = Office(desk, monkeypatch, workers=1, waiting=1)
    made, waiting = office.begin(), office.begin()
    assert office.began.acquire(timeout=10)
    closer = threading.Thread(target=office.jobs.close)
    closer.start()
    while office.jobs.find(waiting.id, PLAN).state != FAILED:
        assert closer.is_alive()
    office.gate.set()
    closer.join(10)
    assert not closer.is_alive()
    told = [office.jobs.find(one.id, PLAN) for one in (made, waiting)]
    assert [one.state for one in told] == [FAILED, FAILED]
    assert all("si sta fermando" in str(one.shown) for one in told)
    with pytest.raises(ImportsBusy, match="si sta fermando"):
        office.begin()


def test_a_preview_is_found_by_its_plan_and_confirmed_once_it_is_made(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = Office(desk, monkeypatch, workers=1, waiting=0)
    stored = office.begin()
    with pytest.raises(NotFound):
        office.jobs.find(stored.id, "altro")
    with pytest.raises(PreviewNotReady):
        office.jobs.confirm(stored, Decisions(), desk.caller())
    office.end()
    ready = office.jobs.find(stored.id, PLAN)
    assert office.jobs.preview(ready, Decisions(), desk.caller()).changes_nothing
