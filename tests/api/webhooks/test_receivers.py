"""What somebody names as a receiver leads to nothing but a receiver: no address of this machine, of its networks, no detour."""

import socket
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from ipaddress import ip_address, ip_network
from pathlib import Path
from threading import Event as Signal

import anyio
import pytest

from api.access.issuers import trusted_context
from api.webhooks.receivers import NOTHING_OF_ITS_OWN, ReceiverRules, is_allowed, receiver_of
from api.webhooks.sending import Sender
from domain.errors import Malformed
from tests.support.https import certificates, https_server
from tests.support.receiver import receiving

LOOPBACK = ReceiverRules(networks=(ip_network("127.0.0.0/8"),))


@pytest.mark.parametrize(
    "url",
    [
        *(
            "http://ente.example/",
            "ftp://ente.example/",
            "https:///x",
            "https://",
            "//ente.example/",
            "javascript:alert(1)",
        ),
        *(
            "https://user@ente.example/",
            "https://user:secret@ente.example/",
            "https://ente.example/#x",
            "https://a\\b.example/",
        ),
        *(
            "https://ente.example:0/",
            "https://ente.example:99999/",
            "https://ente.example:x/",
            "https://[::1/",
            "https://[x]/",
        ),
        *(
            "https://127.0.0.1/",
            "https://10.0.0.7/",
            "https://192.168.1.1/",
            "https://169.254.169.254/latest/meta-data",
        ),
        *("https://0.0.0.0/", "https://[::1]/", "https://[::]/", "https://[::ffff:127.0.0.1]/", "https://[fd00::1]/"),
        *("https://[64:ff9b::7f00:1]/", "https://[2002:7f00:1::]/", "https://[fe80::1%25eth0]/", "https://224.0.0.1/"),
        *("https://2130706433/", "https://0x7f.1/", "https://0177.0.0.1/", "https://127.1/", "https://100.64.0.1/"),
        *("https://-a.example/", "https://a..../", "https://a_b?.example/", "HTTPS://127.0.0.1/"),
    ],
)
def test_an_address_that_nothing_is_sent_to_is_refused_when_it_is_said(url: str) -> None:
    with pytest.raises(Malformed) as refused:
        receiver_of(url, NOTHING_OF_ITS_OWN)
    (problem,) = refused.value.problems
    assert problem.where == "url"
    assert "secret" not in str(problem.found)


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://eventi.ente.example/in-itinere?chiave=1", "eventi.ente.example"),
        ("https://Eventi.Ente.example:8443/", "eventi.ente.example:8443"),
        ("https://93.184.216.34/", "93.184.216.34"),
        ("https://[2606:4700::6810:84e5]:444/", "[2606:4700::6810:84e5]:444"),
        ("https://xn--citt-8na.example/", "xn--citt-8na.example"),
    ],
)
def test_an_address_of_the_open_network_is_named_by_its_host(url: str, host: str) -> None:
    assert receiver_of(url, NOTHING_OF_ITS_OWN).host == host


def test_what_an_installation_allows_is_allowed_and_nothing_beside_it() -> None:
    rules = ReceiverRules(networks=(ip_network("10.1.0.0/16"), ip_network("fd00::/8")), http=True)
    assert receiver_of("http://10.1.2.3/x", rules).host == "10.1.2.3"
    assert is_allowed(ip_address("::ffff:10.1.2.3"), rules.networks)
    assert is_allowed(ip_address("fd00::7"), rules.networks)
    assert not is_allowed(ip_address("10.2.0.1"), rules.networks)
    assert not is_allowed(ip_address("64:ff9b::a02:1"), rules.networks)


@pytest.fixture(scope="module")
def trusted(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return certificates(tmp_path_factory.mktemp("certificates"))


def _named(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> list[str]:
    """Has names looked up as a test says, one answer after the other; the names that were looked up."""
    asked: list[str] = []

    async def looked_up(host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        asked.append(host)
        addresses = answers[min(len(asked), len(answers)) - 1]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    monkeypatch.setattr(anyio, "getaddrinfo", looked_up)
    return asked


@pytest.mark.parametrize("addresses", [["127.0.0.1"], ["93.184.216.34", "10.0.0.1"], ["169.254.169.254"], []])
def test_a_name_that_leads_inside_is_not_sent_to(
    monkeypatch: pytest.MonkeyPatch, trusted: tuple[Path, Path], addresses: list[str]
) -> None:
    _named(monkeypatch, addresses)
    sender = Sender(NOTHING_OF_ITS_OWN, trusted_context(str(trusted[0])))
    assert sender.send("https://eventi.ente.example/", {}, b"{}").failure == "not_allowed"


def test_a_name_that_says_another_address_a_moment_later_leads_nowhere(
    monkeypatch: pytest.MonkeyPatch, trusted: tuple[Path, Path]
) -> None:
    # what was judged is what is connected to: the name is asked once a sending, and never by anybody else
    connected: list[str] = []

    async def connect(_self: object, host: str, *_: object) -> None:
        connected.append(host)
        raise OSError

    asked = _named(monkeypatch, ["93.184.216.34"], ["127.0.0.1"])
    monkeypatch.setattr("httpcore2.AnyIOBackend.connect_tcp", connect)
    sender = Sender(NOTHING_OF_ITS_OWN, trusted_context(str(trusted[0])))
    assert sender.send("https://eventi.ente.example/", {}, b"{}").failure == "away"
    assert sender.send("https://eventi.ente.example/", {}, b"{}").failure == "not_allowed"
    assert (asked, connected) == (["eventi.ente.example"] * 2, ["93.184.216.34"])


def test_a_redirect_is_a_failure_and_what_it_names_is_not_asked(trusted: tuple[Path, Path]) -> None:
    with receiving(trusted[1]) as inside, receiving(trusted[1]) as receiver:
        receiver.statuses, receiver.headers = [307], {"Location": inside.address}
        sender = Sender(LOOPBACK, trusted_context(str(trusted[0])), seconds=5)
        assert sender.send(receiver.address, {}, b"{}").failure == "redirect"
        assert (len(receiver.received), inside.received) == (1, [])


def test_a_certificate_of_nobody_is_a_failure_and_nothing_is_sent(trusted: tuple[Path, Path]) -> None:
    with receiving(trusted[1]) as receiver:
        assert (
            Sender(LOOPBACK, trusted_context(None), seconds=5).send(receiver.address, {}, b"{}").failure
            == "certificate"
        )
        assert receiver.received == []


@pytest.fixture
def never() -> Iterator[type[BaseHTTPRequestHandler]]:
    """One that takes what it is sent, and says one letter of its answer after the other."""
    ended = Signal()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            while not ended.wait(0.05):
                self.wfile.write(b"H")
                self.wfile.flush()

        def log_message(self, format: str, *args: object) -> None:  # as the library calls it
            """Nothing."""

    yield Handler
    ended.set()


def test_who_does_not_come_to_an_end_is_left_after_so_many_seconds(
    never: type[BaseHTTPRequestHandler], trusted: tuple[Path, Path]
) -> None:
    with https_server(never, trusted[1]) as address:
        sender = Sender(LOOPBACK, trusted_context(str(trusted[0])), seconds=0.5)
        assert sender.send(address, {}, b"{}").failure in {"timeout", "away"}
    assert sender.send(address, {}, b"{}").failure == "away"  # nobody is there any more
