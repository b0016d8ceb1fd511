"""Previews are jobs: a few at a time, a few more in a queue, the others refused; ended cleanly."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import orjson
import pytest

from api.commands.service import Service
from api.imports import import_jobs, office_file
from api.imports.import_jobs import FAILED, READY, ImportJobs, ImportsBusy, PreviewNotReady
from api.imports.options import ImportOptions
from api.imports.reading import Incoming, read_incoming
from api.settings import Settings
from domain.documents.difference import Decisions
from domain.errors import Malformed, NotFound
from projections.proof.log import Log
from projections.store.previews import PreviewAltered, PreviewsFull, StoredPreview
from tests.support.harness import PLAN, ServiceHarness, document

FILE = orjson.dumps(document())
OPTIONS = ImportOptions()


@pytest.fixture
def harness(tmp_path: Path) -> Iterator[ServiceHarness]:
    made = ServiceHarness(tmp_path / "harness.sqlite")
    made.load()
    yield made.on("2022-10-01")
    made.store.close()


class Office:
    """Jobs whose files are read only once a gate is opened."""

    def __init__(self, harness: ServiceHarness, monkeypatch: pytest.MonkeyPatch, *, workers: int, waiting: int) -> None:
        self.gate = threading.Event()
        self.reading = 0
        self.most = 0
        self.began = threading.Semaphore(0)
        self._lock = threading.Lock()
        self.harness = harness
        monkeypatch.setattr(office_file, "read_incoming", self._read)
        self.jobs = ImportJobs(harness.service, Settings(), workers=workers, waiting=waiting, wait_seconds=0.01)

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
        return self.jobs.begin(FILE, OPTIONS, self.harness.caller(), plan=PLAN)

    def end(self) -> None:
        self.gate.set()
        self.jobs._executor.shutdown(wait=True)


def test_many_files_sent_at_once_are_made_a_few_at_a_time_and_beyond_the_queue_refused(
    harness: ServiceHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = Office(harness, monkeypatch, workers=2, waiting=3)
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


def test_there_is_room_again_when_a_preview_is_made_or_failed(harness: ServiceHarness) -> None:
    jobs = ImportJobs(harness.service, Settings(), workers=1, waiting=0)
    for _ in range(3):
        with pytest.raises(Malformed):
            jobs.begin(b"{}", OPTIONS, harness.caller(), plan=PLAN)
        jobs._executor.submit(int).result()
        assert jobs.begin(FILE, OPTIONS, harness.caller(), plan=PLAN).state == READY
        jobs._executor.submit(int).result()
    jobs.close()


def test_closing_stops_what_is_being_made_begins_nothing_more_and_says_so(
    harness: ServiceHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = Office(harness, monkeypatch, workers=1, waiting=1)
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
    harness: ServiceHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = Office(harness, monkeypatch, workers=1, waiting=0)
    stored = office.begin()
    with pytest.raises(NotFound):
        office.jobs.find(stored.id, "altro")
    with pytest.raises(PreviewNotReady):
        office.jobs.confirm(stored, Decisions(), harness.caller())
    office.end()
    ready = office.jobs.find(stored.id, PLAN)
    assert office.jobs.preview(ready, Decisions(), harness.caller()).changes_nothing


# -- what is kept --------------------------------------------------------------------------------------------------------


def rows(harness: ServiceHarness) -> int:
    with harness.store.datastore.cursor() as cursor:
        return len(cursor.execute("SELECT id FROM preview").fetchall())


def test_a_file_that_is_refused_is_not_kept_and_its_sender_is_told_why(
    harness: ServiceHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = Office(harness, monkeypatch, workers=1, waiting=0)
    stored = office.jobs.begin(b'{"plan": 7}', OPTIONS, harness.caller(), plan=PLAN)
    assert (stored.state, rows(harness)) == ("lettura del file", 0)
    office.end()
    failed = office.jobs.find(stored.id, PLAN)
    assert (failed.state, failed.file, rows(harness)) == (FAILED, b"", 0)
    assert "non" in str(failed.shown)


def test_the_reasons_of_so_many_refused_files_are_remembered_and_of_no_more(
    harness: ServiceHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_jobs, "FAILED_AT_MOST", 3)
    jobs = ImportJobs(harness.service, Settings(), workers=1, waiting=0)
    for _ in range(5):
        with pytest.raises(Malformed):
            jobs.begin(b"{}", OPTIONS, harness.caller(), plan=PLAN)
        jobs._executor.submit(int).result()
    assert (len(jobs._unkept), rows(harness)) == (3, 0)
    jobs.close()


def test_beyond_the_quota_a_file_is_not_looked_at(harness: ServiceHarness) -> None:
    jobs = ImportJobs(
        harness.service, Settings(max_previews_bytes_per_administration=len(FILE) * 3), workers=1, waiting=0
    )
    jobs.begin(FILE, OPTIONS, harness.caller(), plan=PLAN)
    jobs._executor.submit(int).result()
    with pytest.raises(PreviewsFull, match="per questa amministrazione"):
        jobs.begin(FILE + b" " * 2 * len(FILE), OPTIONS, harness.caller(), plan=PLAN)
    assert rows(harness) == 1
    jobs.close()


def test_what_expires_goes_by_itself(harness: ServiceHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_jobs, "EXPIRY_SECONDS", 0.02)
    jobs = ImportJobs(harness.service, Settings(preview_hours=1), workers=1, waiting=0)
    stored = jobs.begin(FILE, OPTIONS, harness.caller(), plan=PLAN)
    jobs.watch()
    assert jobs.find(stored.id, PLAN).state == READY
    harness.on("2022-10-02")
    deadline = time.monotonic() + 10
    while rows(harness):
        assert time.monotonic() < deadline
    jobs.close()


# -- what lies in the database -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("with_key", [True, False], ids=["sealed with the key", "sealed by the process"])
@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("file", orjson.dumps(document(objectives=[]))),
        ("said", '{"complete": "targets"}'),
        ("version", 1),
        ("shown", "another text"),
        ("state", "confirmed"),
        ("expires_at", "2032-01-01T00:00:00.000000Z"),
    ],
)
def test_a_preview_that_was_altered_is_neither_shown_nor_confirmed(
    harness: ServiceHarness, tmp_path: Path, *, with_key: bool, column: str, value: object
) -> None:
    if with_key:
        log = Log(harness.store, tmp_path / "signing.key")
        log.begin()
        harness.service = Service(harness.store, log)
    jobs = ImportJobs(harness.service, Settings(), workers=1, waiting=0)
    stored = jobs.begin(FILE, OPTIONS, harness.caller(), plan=PLAN)
    assert jobs.find(stored.id, PLAN).state == READY
    with harness.store.datastore.cursor(commit=True) as cursor:
        if column == "shown":
            cursor.execute("UPDATE preview SET shown = replace(shown, 'items', 'other')")
        else:
            cursor.execute(f"UPDATE preview SET {column} = ?", (value,))
    with pytest.raises(PreviewAltered):
        jobs.find(stored.id, PLAN)
    jobs.close()


def test_a_preview_that_no_seal_of_ours_covers_is_not_there(harness: ServiceHarness) -> None:
    """An older program sealed none, and a process without a key seals for itself alone: the file is sent again."""
    jobs = ImportJobs(harness.service, Settings(), workers=1, waiting=0)
    stored = jobs.begin(FILE, OPTIONS, harness.caller(), plan=PLAN)
    with pytest.raises(NotFound):
        ImportJobs(harness.service, Settings(), workers=1, waiting=0).find(stored.id, PLAN)
    with harness.store.datastore.cursor(commit=True) as cursor:
        cursor.execute("UPDATE preview SET shown = NULL")
    with pytest.raises(NotFound):
        jobs.find(stored.id, PLAN)
    jobs.close()


# -- several processes -------------------------------------------------------------------------------------------------


class Processes:
    """Two processes of one installation, as far as previews go: jobs of their own, one database, one key."""

    def __init__(self, harness: ServiceHarness, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        log = Log(harness.store, folder / "signing.key")
        log.begin()
        service = Service(harness.store, log)
        self.office = Office(harness, monkeypatch, workers=1, waiting=1)
        self.office.jobs.close()
        settings = Settings(workers=2)
        self.maker = self.office.jobs = ImportJobs(service, settings, workers=1, waiting=1, wait_seconds=0.01)
        self.other = ImportJobs(service, settings)

    def close(self) -> None:
        self.office.gate.set()
        self.maker.close()
        self.other.close()


@pytest.fixture
def processes(harness: ServiceHarness, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Processes]:
    made = Processes(harness, tmp_path, monkeypatch)
    yield made
    made.close()


def test_another_process_says_of_a_preview_that_it_is_being_made_until_it_is_there(
    processes: Processes, harness: ServiceHarness
) -> None:
    begun = processes.office.begin()
    seen = processes.other.find(begun.id, PLAN)
    assert (seen.state, seen.shown, seen.file) == ("lettura del file", None, b"")
    with pytest.raises(PreviewNotReady):
        processes.other.confirm(seen, Decisions(), harness.caller())
    processes.office.gate.set()
    _until_settled(processes.maker, begun.id)
    ready = processes.other.find(begun.id, PLAN)
    assert (ready.state, ready.file) == (READY, FILE)
    assert rows(harness) == 1


def test_another_process_says_why_a_preview_failed(processes: Processes) -> None:
    begun = processes.maker.begin(b"{}", OPTIONS, processes.office.harness.caller(), plan=PLAN)
    processes.office.gate.set()
    _until_settled(processes.maker, begun.id)
    seen = processes.other.find(begun.id, PLAN)
    assert seen.state == FAILED
    assert seen.shown == processes.maker.find(begun.id, PLAN).shown


def test_a_preview_whose_process_is_gone_is_gone_after_a_while(processes: Processes, harness: ServiceHarness) -> None:
    begun = processes.office.begin()
    assert processes.other.find(begun.id, PLAN).shown is None
    harness.now += import_jobs.MADE_WITHIN
    with pytest.raises(NotFound, match="inviare di nuovo"):
        processes.other.find(begun.id, PLAN)


def test_what_is_being_made_takes_nobodys_room(processes: Processes, harness: ServiceHarness) -> None:
    processes.office.begin()
    verify = processes.other._stored
    with harness.store.datastore.cursor() as cursor:
        (size,) = cursor.execute("SELECT sum(length(file)) FROM preview").fetchone() or (None,)
    assert (size, verify.plans()) == (0, {PLAN})


def _until_settled(jobs: ImportJobs, id_: str) -> None:
    deadline = time.monotonic() + 20
    while jobs.find(id_, PLAN).state not in {READY, FAILED}:
        assert time.monotonic() < deadline
        time.sleep(0.01)
