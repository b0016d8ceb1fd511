"""What clients do to a real process that never end what they begin, or never read what they asked for.

Each rule is held with the parser and the loop that are written in C, and with those of the standard library: a process
that finds none of the former takes the latter.
"""

import json
import logging
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, suppress
from pathlib import Path
from typing import NamedTuple

import pytest

from api.http.logs import QuietLog
from tests.support.harness import ServiceHarness

HOST = "Host: localhost\r\n"
STATUS = f"GET /v1/status HTTP/1.1\r\n{HOST}\r\n".encode()
HALF_A_HEAD = f"GET /v1/plans HTTP/1.1\r\n{HOST}".encode()
HALF_A_BODY = (
    f"POST /v1/plans HTTP/1.1\r\n{HOST}Content-Type: application/json\r\nContent-Length: 5000\r\n\r\n{{".encode()
)


class Hostile(NamedTuple):
    """What some readers of HTTP take for one thing, and some for another, or for none."""

    sent: bytes
    status: int = 400


def _get(headers: str = HOST, first: str = "GET /v1/status HTTP/1.1") -> Hostile:
    return Hostile(f"{first}\r\n{headers}\r\n".encode("latin-1"))


def _post(framing: str, body: str = "") -> Hostile:
    headers = f"{HOST}Content-Type: application/json\r\n{framing}\r\n"
    return Hostile(f"POST /v1/plans HTTP/1.1\r\n{headers}\r\n{body}".encode("latin-1"))


CHUNKED = "Transfer-Encoding: chunked"
HOSTILE = {
    "a length beside pieces": _post(f"Content-Length: 4\r\n{CHUNKED}", "0\r\n\r\n"),
    "the same length twice": _post("Content-Length: 2\r\nContent-Length: 2", "{}"),
    "two lengths in a field": _post("Content-Length: 2, 2", "{}"),
    "a length with a sign": _post("Content-Length: +2", "{}"),
    "a length of sixteen": _post("Content-Length: 0x2", "{}"),
    "a length without digits": _post("Content-Length:", "{}"),
    "a very great length": _post(f"Content-Length: {10**20}", "{}"),
    "two codings": _post("Transfer-Encoding: gzip, chunked", "0\r\n\r\n"),
    "a coding twice": _post(f"{CHUNKED}\r\n{CHUNKED}", "0\r\n\r\n"),
    "pieces that are not the last coding": _post("Transfer-Encoding: chunked, identity", "0\r\n\r\n"),
    "a blank before the colon": _post("Content-Length : 2", "{}"),
    "a folded field": _post("Transfer-Encoding:\r\n chunked", "0\r\n\r\n"),
    "pieces in HTTP/1.0": Hostile(_post(CHUNKED, "0\r\n\r\n").sent.replace(b"HTTP/1.1", b"HTTP/1.0")),
    "lone line feeds": Hostile(f"GET /v1/status HTTP/1.1\n{HOST}\n".replace("\r", "").encode()),
    "one lone line feed": _get(f"{HOST}X-A: a\nContent-Length: 5\r\n"),
    "a lone carriage return": _get(f"{HOST}X-A: a\rContent-Length: 5\r\n"),
    "a control character in a value": _get(f"{HOST}X-A: a\x01\r\n"),
    "a zero in a value": _get(f"{HOST}X-A: a\x00\r\n"),
    "a name that is none": _get(f"{HOST}X A: a\r\n"),
    "a field without a name": _get(f"{HOST}: a\r\n"),
    "a field that is folded first": _get(f" X: a\r\n{HOST}"),
    "no host": _get("X-A: a\r\n"),
    "two hosts": _get(f"{HOST}{HOST}"),
    "an empty line first": Hostile(b"\r\n" + STATUS),
    "HTTP/0.9": Hostile(b"GET /v1/status\r\n\r\n"),
    "HTTP/1.2": _get(first="GET /v1/status HTTP/1.2"),
    "HTTP/2.0": _get(first="GET /v1/status HTTP/2.0"),
    "the preface of HTTP/2": Hostile(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    "another protocol": _get(first="GET /v1/status RTSP/1.0"),
    "two blanks": _get(first="GET  /v1/status HTTP/1.1"),
    "a blank in the address": _get(first="GET /v1/sta tus HTTP/1.1"),
    "a blank at the end": _get(first="GET /v1/status HTTP/1.1 "),
    "a letter beyond ASCII in the address": _get(first="GET /v1/stat\u00f9s HTTP/1.1"),
    "a fragment": _get(first="GET /v1/status#x HTTP/1.1"),
    "the address of another host": _get(first="GET http://altrove/v1/status HTTP/1.1"),
    "an address without a beginning": _get(first="GET v1/status HTTP/1.1"),
    "a way through": Hostile(_get(first="CONNECT altrove:443 HTTP/1.1").sent, 405),
    "a method of nobody": Hostile(_get(first="PIPPO /v1/status HTTP/1.1").sent, 405),
    "a method in small letters": Hostile(_get(first="get /v1/status HTTP/1.1").sent, 405),
    "a very long method": Hostile(_get(first="G" * 4_000 + " /v1/status HTTP/1.1").sent, 405),
    "TLS": Hostile(b"\x16\x03\x01\x02\x00\x01"),
    "a piece without a length": _post(CHUNKED, "\r\n{}\r\n0\r\n\r\n"),
    "a piece with another length": _post(CHUNKED, "1\r\n{}\r\n0\r\n\r\n"),
    "a piece that is too long": _post(CHUNKED, "FFFFFFFFFFFFFFFFF\r\n{"),
    "the length of a piece with a prefix": _post(CHUNKED, "0x2\r\n{}\r\n0\r\n\r\n"),
    "the length of a piece with a sign": _post(CHUNKED, "+2\r\n{}\r\n0\r\n\r\n"),
    "a blank after the length of a piece": _post(CHUNKED, "2 \r\n{}\r\n0\r\n\r\n"),
    "a lone line feed after the length of a piece": _post(CHUNKED, "2\n{}\r\n0\r\n\r\n"),
    "a very long line before a piece": _post(CHUNKED, f"2;{'a' * 9_000}\r\n{{}}\r\n0\r\n\r\n"),
    "a trailer that is none": _post(CHUNKED, "0\r\nX A: a\r\n\r\n"),
    "trailers without an end": Hostile(_post(CHUNKED, "0\r\n" + "X-A: a\r\n" * 10_000).sent, 431),
}
LIMITS = {
    "INITINERE_MAX_CONNECTIONS": "30",
    "INITINERE_MAX_CONNECTIONS_PER_ADDRESS": "20",
    "INITINERE_IDLE_SECONDS": "2",
    "INITINERE_REQUEST_HEAD_SECONDS": "2",
    "INITINERE_REQUEST_BODY_SECONDS": "2",
    "INITINERE_ANSWER_SECONDS": "2",
    "INITINERE_STOP_SECONDS": "4",
}


IN_C = ("httptools", "uvloop")
Start = Callable[[str], "Served"]


class Served:
    """A process that serves, and what it wrote; `read_by`: whether its parser and its loop are in C, or in Python."""

    def __init__(self, folder: Path, read_by: str) -> None:
        self.log = folder / f"log-{read_by}"
        kept_out = folder / "kept-out"
        kept_out.mkdir(exist_ok=True)
        for name in IN_C:
            (kept_out / f"{name}.py").write_text("raise ImportError")
        with closing(socket.create_server(("127.0.0.1", 0))) as free:
            self.port = free.getsockname()[1]
        environment = (
            os.environ | LIMITS | {"INITINERE_DATABASE": str(folder / "served.sqlite"), "INITINERE_SIGN_IN": "open"}
        )
        if read_by == "Python":
            environment["PYTHONPATH"] = str(kept_out)
        command = f"ulimit -n 512; exec {Path(sys.executable).parent / 'initinere'} serve --port {self.port}"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(["/bin/sh", "-c", command], stdout=log, stderr=log, env=environment)
        deadline = time.monotonic() + 60
        while b"running on" not in self.log.read_bytes():
            assert self.process.poll() is None, self.log.read_text()
            assert time.monotonic() < deadline
            time.sleep(0.05)

    def connect(self, sent: bytes = b"", address: str = "127.0.0.1", received: int = 0) -> socket.socket:
        """A connection that sends something, and waits at most ten seconds for what is answered."""
        client = socket.socket()
        client.settimeout(10)
        if received:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, received)
        client.bind((address, 0))
        client.connect(("127.0.0.1", self.port))
        client.sendall(sent)
        return client

    def answers(self, sent: bytes) -> bytes:
        """All that is answered until the connection ends."""
        with self.connect(sent) as client:
            return _until_closed(client)

    def is_well(self) -> bool:
        """Whether somebody else is answered, and soon."""
        began = time.monotonic()
        with self.connect(STATUS) as client:
            return client.recv(100).startswith(b"HTTP/1.1 200") and time.monotonic() - began < 3

    def stop(self) -> float:
        """Asks it to end; the seconds that this takes."""
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)
        return time.monotonic() - began


def _until_closed(client: socket.socket) -> bytes:
    answered = b""
    try:
        while data := client.recv(65_536):
            answered += data
    except ConnectionResetError:
        pass
    return answered


@pytest.fixture(scope="module")
def serving(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Start]:
    """Starts processes on an archive with a plan; gone at the end."""
    folder = tmp_path_factory.mktemp("served")
    harness = ServiceHarness(folder / "served.sqlite")
    harness.load()
    harness.store.close()
    started: list[Served] = []

    def start(read_by: str) -> Served:
        started.append(Served(folder, read_by))
        return started[-1]

    yield start
    for one in started:
        one.process.kill()
        one.process.wait()


@pytest.fixture(scope="module", params=["C", "Python"])
def served(serving: Start, request: pytest.FixtureRequest) -> Served:
    """One process for all that leave it running."""
    return serving(request.param)


def test_parser_and_loop_are_those_in_c_where_they_are_installed(serving: Start) -> None:
    for read_by in ("C", "Python"):
        one = serving(read_by)
        loaded = Path(f"/proc/{one.process.pid}/maps").read_text(encoding="utf-8")
        assert [name in loaded for name in IN_C] == [read_by == "C"] * 2


@pytest.mark.parametrize("kilobytes", [33, 49, 60])
def test_a_head_that_is_too_long_is_told_so_however_long(served: Served, kilobytes: int) -> None:
    head = f"GET /v1/status HTTP/1.1\r\n{HOST}Connection: close\r\nX-Molto: {'a' * (kilobytes * 1000)}\r\n\r\n"
    answer = served.answers(head.encode())
    assert answer.startswith(b"HTTP/1.1 431 "), answer[:200]
    assert b"head-too-large" in answer


def test_hundreds_of_requests_that_never_end_keep_nobody_from_being_answered(served: Served) -> None:
    size = served.log.stat().st_size
    with ExitStack() as open_:
        never_ended = (b"", HALF_A_HEAD, HALF_A_BODY)
        clients = [open_.enter_context(served.connect(never_ended[number // 200])) for number in range(600)]
        assert all(served.is_well() for _ in range(5))
        time.sleep(3)
        assert [client for client in clients if not _is_closed(client)] == []
        assert served.is_well()
    assert served.log.stat().st_size - size < 3_000


def _is_closed(client: socket.socket) -> bool:
    client.settimeout(0)
    try:
        return not client.recv(100)
    except BlockingIOError:
        return False
    except ConnectionResetError:
        return True


def test_the_crowd_of_one_address_leaves_the_connections_of_another_alone(served: Served) -> None:
    with ExitStack() as open_:
        other = open_.enter_context(served.connect(HALF_A_HEAD, "127.0.0.2"))
        for _ in range(100):
            open_.enter_context(served.connect(HALF_A_HEAD, "127.0.0.3"))
        other.sendall(b"\r\n")
        assert other.recv(100).startswith(b"HTTP/1.1 200")


def test_a_request_that_is_sent_byte_by_byte_has_no_more_time_than_any_other(served: Served) -> None:
    began = time.monotonic()
    with served.connect(HALF_A_HEAD) as head, served.connect(HALF_A_BODY) as body:
        ended: dict[socket.socket, float] = {}
        while len(ended) < 2 and time.monotonic() - began < 10:
            for client in {head, body} - ended.keys():
                try:
                    client.sendall(b"x")
                except OSError:
                    ended[client] = time.monotonic() - began
            time.sleep(0.2)
    assert [1.5 < seconds < 5 for seconds in ended.values()] == [True, True]


def test_who_asks_again_and_again_is_not_cut_off(served: Served) -> None:
    with served.connect() as client:
        for _ in range(6):
            client.sendall(STATUS)
            time.sleep(0.5)
            assert client.recv(65_536).startswith(b"HTTP/1.1 200")


def test_a_body_that_is_shorter_than_it_says_is_no_failure_of_the_service(served: Served) -> None:
    with served.connect(HALF_A_BODY):
        pass
    time.sleep(0.5)
    assert served.is_well()
    assert "Traceback" not in served.log.read_text()


def test_a_body_in_very_many_pieces_is_refused_and_keeps_nobody_from_being_answered(served: Served) -> None:
    head = f"POST /v1/plans HTTP/1.1\r\n{HOST}Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    crumbs = b"1\r\n \r\n" * 9_000
    with ExitStack() as open_:
        clients = [open_.enter_context(served.connect(head.encode() + crumbs)) for _ in range(4)]
        assert served.is_well()
        for client in clients:
            with suppress(OSError):
                client.sendall(crumbs)
            assert "in più di 10000 pezzi" in _until_closed(client).decode()
    pieces = b"100\r\n" + b" " * 256 + b"\r\n"
    with served.connect(head.encode() + pieces * 11_000 + b"2\r\n{}\r\n0\r\n\r\n") as client:
        assert client.recv(100).startswith(b"HTTP/1.1 422")


def test_what_comes_after_the_body_that_was_declared_is_no_part_of_it(served: Served) -> None:
    head = f"POST /v1/plans HTTP/1.1\r\n{HOST}Content-Type: application/json\r\nContent-Length: 2\r\n\r\n"
    first, _, second = served.answers(f"{head}{{}} and more\r\n\r\n".encode()).partition(b"HTTP/1.1 400")
    assert first.startswith(b"HTTP/1.1 422")
    assert b"application/problem+json" in second


def test_a_body_that_nobody_reads_ends_the_connection(served: Served) -> None:
    head = f"POST /v1/plans HTTP/1.1\r\n{HOST}Content-Type: text/plain\r\nContent-Length: 900000000\r\n\r\n"
    began = time.monotonic()
    with served.connect(head.encode()) as client:
        assert client.recv(100).startswith(b"HTTP/1.1 415")
        try:
            while time.monotonic() - began < 10:
                client.sendall(b"x" * 1_000)
                time.sleep(0.1)
        except OSError:
            pass
    assert time.monotonic() - began < 6


def test_an_answer_that_is_not_read_ends_the_connection(served: Served) -> None:
    asked = f"GET /v1/openapi.json HTTP/1.1\r\n{HOST}\r\n".encode() * 40
    with served.connect(asked, received=4_096) as client:
        time.sleep(5)
        assert served.is_well()
        assert _until_closed(client).count(b"HTTP/1.1 200") < 40


def test_requests_that_come_together_are_answered_in_their_order(served: Served) -> None:
    other = f"GET /v1/nothing HTTP/1.1\r\n{HOST}Connection: close\r\n\r\n".encode()
    answered = served.answers(STATUS * 20 + other)
    assert re.findall(rb"HTTP/1.1 (\d+)", answered) == [b"200"] * 20 + [b"404"]


@pytest.mark.parametrize(
    ("target", "headers", "status"),
    [
        ("/v1/plans?x=" + "x" * 20_000, "", 431),
        ("/v1/plans", "".join(f"X-{number}: x\r\n" for number in range(200)), 431),
        ("/v1/plans", f"X-Long: {'x' * 40_000}\r\n", 431),
        ("/v1/plans", f"X-Long: {'x' * 400_000}\r\n", 431),
        ("/v1/plans", "not a header\r\n", 400),
        ("/v1/plans", "Content-Length: 1\r\nContent-Length: 2\r\n", 400),
        ("/v1/plans", "Content-Length: -1\r\n", 400),
        ("/v1/plans", "Transfer-Encoding: nothing\r\n", 400),
        ("/v1/pl\x00ans", "", 400),
    ],
)
def test_a_head_that_no_client_sends_is_a_problem(served: Served, target: str, headers: str, status: int) -> None:
    answered = served.answers(f"GET {target} HTTP/1.1\r\n{HOST}{headers}Connection: close\r\n\r\n".encode())
    _require_problem(answered, status)


def _require_problem(answered: bytes, status: int) -> None:
    head, _, body = answered.partition(b"\r\n\r\n")
    assert head.startswith(f"HTTP/1.1 {status} ".encode()), answered
    assert b"\r\nconnection: close" in head.lower()
    assert b"application/problem+json" in head
    assert json.loads(body)["status"] == status  # and nothing comes after it


@pytest.mark.parametrize("asked", HOSTILE.values(), ids=HOSTILE)
def test_what_can_be_read_in_two_ways_is_read_in_none(served: Served, asked: Hostile) -> None:
    """And what follows it on its connection, a request of its own for some reader, is read neither."""
    _require_problem(served.answers(asked.sent + STATUS), asked.status)


def test_who_would_speak_another_protocol_is_answered_in_this_one(served: Served) -> None:
    upgrade = f"{HOST}Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n"
    body = "GET /v1/nothing HTTP/1.1\r\n\r\n"
    asked = f"POST /v1/plans HTTP/1.1\r\n{upgrade}Content-Length: {len(body)}\r\n\r\n{body}".encode()
    last = STATUS.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
    assert re.findall(rb"HTTP/1.1 (\d+)", served.answers(asked + STATUS + last)) == [b"415", b"200", b"200"]


def test_pieces_and_trailers_are_read_as_they_are_framed(served: Served) -> None:
    head = f"POST /v1/plans HTTP/1.1\r\n{HOST}Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    asked = f"{head}1;a=b\r\n{{\r\n01\r\n}}\r\n0\r\nHost: altrove\r\n\r\n".encode() + STATUS
    with served.connect() as client:
        for byte in asked:
            client.sendall(bytes([byte]))
        answered = b""
        while answered.count(b"HTTP/1.1 ") < 2:
            answered += client.recv(65_536)
    assert re.findall(rb"HTTP/1.1 (\d+)", answered) == [b"422", b"200"]


def test_an_old_client_is_answered_and_its_connection_ended(served: Served) -> None:
    asked = STATUS.replace(b"HTTP/1.1", b"HTTP/1.0").replace(b"\r\n\r\n", b"\r\nConnection: keep-alive\r\n\r\n")
    head, _, body = served.answers(asked + STATUS).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 ")
    assert f"content-length: {len(body)}\r\n".encode() in head


def test_a_large_body_is_read_to_its_end_and_no_faster_than_it_is_taken(served: Served) -> None:
    body = b" " * 3_000_000
    head = f"POST /v1/plans HTTP/1.1\r\n{HOST}Content-Type: application/json\r\nConnection: close\r\n"
    for sent in (
        f"Content-Length: {len(body)}\r\n\r\n".encode() + body,
        b"Transfer-Encoding: chunked\r\n\r\n" + b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body),
    ):
        assert served.answers(head.encode() + sent).startswith(b"HTTP/1.1 422 ")


def test_bytes_that_are_no_http_are_a_problem_and_no_flood_of_the_log(served: Served) -> None:
    size = served.log.stat().st_size
    for _ in range(600):
        assert served.answers(b"\x16\x03\x01 is no HTTP\r\n\r\n").startswith(b"HTTP/1.1 400")
    assert served.log.stat().st_size - size < 60_000


@pytest.mark.parametrize("read_by", ["C", "Python"])
def test_the_service_ends_in_time_whatever_hangs_on_it(serving: Start, read_by: str) -> None:
    served = serving(read_by)
    asked = f"GET /v1/openapi.json HTTP/1.1\r\n{HOST}\r\n".encode() * 40
    with ExitStack() as open_:
        for sent in (b"", HALF_A_HEAD, HALF_A_BODY, asked):
            open_.enter_context(served.connect(sent, received=4_096))
        time.sleep(0.5)
        assert served.stop() < 6
    assert "Traceback" not in served.log.read_text()


def test_a_log_takes_so_many_lines_of_a_kind_and_no_long_ones() -> None:
    quiet = QuietLog()
    lines = [logging.LogRecord("x", logging.INFO, "", 1, "%s %d", ("y" * 9_000, 1), None) for _ in range(1_000)]
    written = [line.getMessage() for line in lines if quiet.filter(line)]
    assert (len(written), max(map(len, written)) < 700) == (QuietLog.LINES_PER_MINUTE, True)
    assert written[-1].endswith("left out for a minute)")
    assert quiet.filter(logging.LogRecord("x", logging.INFO, "", 1, "another", None, None))


def test_what_is_no_http_is_a_line_of_the_log_and_no_traceback(served: Served) -> None:
    size = served.log.stat().st_size
    chunked = "Transfer-Encoding: chunked\r\n"
    json_type = "Content-Type: application/json\r\n"
    bodies = (
        f"{chunked}Content-Length: 5\r\n\r\nZZZ\r\n",
        f"{chunked}{json_type}\r\nZZZ\r\n{{",
        f"{chunked}{json_type}\r\nFFFFFFFFFFFFFFFFF\r\n{{",
    )
    for host in ("Host: altrove\r\n", HOST):
        for body in bodies:
            served.answers(f"POST /v1/plans HTTP/1.1\r\n{host}{body}".encode())
    assert served.is_well()
    written = served.log.read_bytes()[size:].decode()
    assert "Traceback" not in written
    assert written.count("\n") < 20
