"""Files are read in processes of their own: with limits, a queue that has an end, and an end of their own."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median

import orjson
import pytest

from api.formats import reader_server
from api.formats.json_reader import LARGE, parse_json
from api.formats.readers import FileTooCostly, ReaderFailed, ReaderLimits, Readers, ReadersBusy
from domain.errors import Malformed
from tests.support.bombs import plan, xlsx
from tests.support.problem_places import place_of

CHECK = "api.formats.json_reader:check_apart"
LIMITS = ReaderLimits(20)
SLOW = b"[" + b'{"a":[0,0,0,0,0,0,0,0]},' * 59_000 + b"0]"
"""A document that takes a second or two."""
SLOWER = b"[" + (b'{"a":[' + b"0," * 40 + b"0]},") * 59_000 + b"0]"


@pytest.fixture
def readers() -> Iterator[Readers]:
    fresh = Readers(at_once=1, waiting=1)
    yield fresh
    fresh.close()


def test_a_reader_answers_what_it_reads_and_refuses_as_the_process_itself_would(readers: Readers) -> None:
    assert readers.read(CHECK, b'{"a": [1, "\xc3\xa8"]}', {}, LIMITS) == '{"a":[1,"è"]}'.encode()
    for document in (b"{", b"", b"[NaN, NaN]", b'{"a":1,"a":2}', b"\xff", b"[" * 100):
        with pytest.raises(Malformed) as here:
            parse_json(document)
        with pytest.raises(Malformed) as apart:
            readers.read(CHECK, document, {}, LIMITS)
        assert apart.value.problems == here.value.problems


def test_a_reader_that_takes_too_long_or_too_much_is_ended_and_the_next_one_reads(readers: Readers) -> None:
    with pytest.raises(FileTooCostly, match=r"più di 1 secondi.*nulla è stato registrato.*INITINERE_READER_SECONDS"):
        readers.read(CHECK, SLOWER, {}, ReaderLimits(1))
    with pytest.raises(FileTooCostly, match=r"byte di memoria.*INITINERE_READER_MEMORY_BYTES"):
        readers.read(CHECK, b"[" + b"{}," * 900_000 + b"0]", {}, ReaderLimits(20, 120_000_000))
    assert readers.read(CHECK, b"[]", {}, LIMITS) == b"[]"


def test_beyond_the_queue_a_file_is_refused_with_when_to_send_it_again(readers: Readers) -> None:
    readers.read(CHECK, b"[]", {}, LIMITS)
    refused: list[ReadersBusy] = []

    def send(_: int) -> None:
        try:
            readers.read(CHECK, SLOW, {}, LIMITS)
        except ReadersBusy as busy:
            refused.append(busy)

    with ThreadPoolExecutor(5) as senders:
        list(senders.map(send, range(5)))
    assert [(busy.status, busy.retry_after) for busy in refused] == [(503, 10)] * 3
    assert readers.read(CHECK, b"[]", {}, LIMITS) == b"[]"


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_when_what_readers_are_forked_from_is_killed_the_next_file_starts_it_again(
    readers: Readers, how: signal.Signals
) -> None:
    readers.read(CHECK, b"[]", {}, LIMITS)
    assert readers._server is not None
    os.kill(readers._server.pid, how)
    readers._server.wait()
    assert readers.read(CHECK, b"[1]", {}, LIMITS) == b"[1]"


def test_a_reader_has_neither_the_environment_nor_the_files_of_the_service(
    readers: Readers, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("INITINERE_DATABASE", "postgresql://utente:segreto@server/archivio")
    with (tmp_path / "archivio.sqlite").open("w"):
        readers.read(CHECK, b"[]", {}, LIMITS)
        assert readers._server is not None
        process = Path(f"/proc/{readers._server.pid}")
        assert b"segreto" not in (process / "environ").read_bytes() + (process / "cmdline").read_bytes()
        assert not any("archivio" in str(file.readlink()) for file in (process / "fd").iterdir())


def test_only_what_reads_is_run_and_what_breaks_is_no_answer(readers: Readers) -> None:
    with pytest.raises(ReaderFailed):
        readers.read("os:system", b"", {}, LIMITS)
    with pytest.raises(ReaderFailed):
        readers.read("api.formats.json_reader:nothing", b"", {}, LIMITS)


def test_why_a_reader_failed_is_not_written_on_the_terminal_of_a_command(
    readers: Readers, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(ReaderFailed):
        readers.read("os:system", b"", {}, LIMITS)
    assert capfd.readouterr().err == ""


def test_a_process_that_was_copied_starts_readers_of_its_own(readers: Readers) -> None:
    readers.read(CHECK, b"[]", {}, LIMITS)
    first = readers._server
    readers._owner = -1  # as it looks to the copy
    assert readers.read(CHECK, b"[]", {}, LIMITS) == b"[]"
    assert readers._server is not first
    assert first is not None
    first.wait(20)  # its socket was closed


def test_the_ways_in_which_a_process_ends_are_told_apart() -> None:
    told = [reader_server._ended(code) for code in (0, 1, 3, -9, -6, -signal.SIGXCPU, -signal.SIGALRM, -15)]
    assert told == [None, b"F", b"M", b"M", b"M", b"T", b"T", b"F"]


# -- a service ---------------------------------------------------------------------------------------------------------

SERVE = """
import sys
from api.http.workers import serve
from api.settings import Settings
serve(Settings(database=sys.argv[1], port=int(sys.argv[2]), sign_in="open"))
"""
COSTLY = xlsx(b'<row hidden="1"/>' * 1_100_000)
"""A workbook that takes some seconds, and would take as long of the service itself."""


class Service:
    """A service in a process of its own."""

    def __init__(self, folder: Path, port: int) -> None:
        self.port = port
        command = [sys.executable, "-c", SERVE, str(folder / "a.sqlite"), str(port)]
        self.process = subprocess.Popen(command, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        for _ in range(300):
            try:
                self.ask("GET", "/v1/plans")
            except OSError:
                time.sleep(0.1)
            else:
                return
        raise AssertionError("it did not start")

    def ask(self, method: str, path: str, body: bytes = b"", kind: str = "") -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, path, body, {"Content-Type": kind} if kind else {})
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()


@pytest.fixture
def service(tmp_path: Path, unused_tcp_port: int) -> Iterator[Service]:
    running = Service(tmp_path, unused_tcp_port)
    yield running
    running.process.kill()
    running.process.wait()


@pytest.fixture
def unused_tcp_port() -> int:

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def test_the_service_answers_while_files_are_read_and_ends_at_once_when_told_to(service: Service) -> None:
    answers: list[tuple[int, bytes]] = []

    def send() -> None:
        try:
            answers.append(service.ask("POST", "/v1/imports", COSTLY, WORKBOOK))
        except (OSError, http.client.HTTPException):
            return  # the service ended

    senders = [threading.Thread(target=send) for _ in range(3)]
    for sender in senders:
        sender.start()
    waited: list[float] = []
    until = time.monotonic() + 2
    while time.monotonic() < until:
        started = time.monotonic()
        assert service.ask("GET", "/v1/plans")[0] == 200
        waited.append(time.monotonic() - started)
    assert median(waited) < 0.5  # of a machine that does other work too; the service itself would take seconds
    started = time.monotonic()
    service.process.send_signal(signal.SIGTERM)
    assert service.process.wait(15) in {0, -signal.SIGTERM}
    assert time.monotonic() - started < 10
    for sender in senders:
        sender.join()
    # Read to its end, to be gone on with, or broken off: never a failure.
    assert {status for status, _ in answers} <= {202, 422, 503}
    assert all(orjson.loads(body) for _, body in answers)


def test_a_large_document_is_refused_and_the_service_goes_on(service: Service) -> None:
    status, body = service.ask("POST", "/v1/plans", b"[" + b"0," * 5_000_000 + b"0]", "application/json")
    assert status == 422
    assert "più di 3000000 valori" in orjson.loads(body)["problems"][0]["found"]
    assert service.ask("GET", "/v1/plans")[0] == 200


def test_a_large_document_is_taken_as_a_small_one_is(service: Service) -> None:
    rows = [{"id": f"o{row}", "level": "operational", "title": "Obiettivo " + "x" * 400} for row in range(1_500)]
    document = plan(objectives=rows, indicators=[])
    assert len(document) > LARGE
    status, body = service.ask("POST", "/v1/plans?preview=true", document, "application/json")
    assert status == 200, body
    wrong = plan(objectives=[*rows, {"id": "o1"}, {"id": 3}], indicators=[])
    status, body = service.ask("POST", "/v1/plans?preview=true", wrong, "application/json")
    assert status == 422
    assert [place_of(problem) for problem in orjson.loads(body)["problems"]] == [
        "objectives[1500].level",
        "objectives[1501].level",
        "objectives[1501].id",
    ]
    assert service.ask("POST", "/v1/imports", document, "application/json")[0] in {201, 202}
