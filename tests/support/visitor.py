"""A person's browser in front of the whole service, without its screen: it keeps cookies, and sends the forms of its page."""

import asyncio
import re
from collections.abc import Mapping, Sequence
from html import unescape
from typing import NamedTuple
from urllib.parse import parse_qsl, urlsplit

import httpx2
from starlette.testclient import TestClient

from api.commands import accounts
from domain.access.commands import GiveRole, OpenAccount
from domain.access.decide import ACCOUNTS
from domain.access.events import SignInRefused
from domain.event import Event
from tests.support.authenticator import Authenticator
from tests.support.chamber import BY_MACHINE, OWN, Chambers

PASSWORD = "quattro cavalli sopra il ponte"
ORIGIN, SECURE_ORIGIN = "http://localhost:8000", "https://localhost"


class Visitor:
    """One browser; `page` is what it shows."""

    def __init__(self, chambers: Chambers, origin: str = ORIGIN) -> None:
        self.http = TestClient(
            chambers.client.app,
            base_url=origin,
            raise_server_exceptions=False,
            follow_redirects=False,
            headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"},
        )
        self.device = Authenticator(origin, "localhost")
        self.page = ""

    def open(self, path: str) -> httpx2.Response:
        """Goes to an address."""
        return self._shown(self.http.get(path))

    def send(self, path: str, **fields: str) -> httpx2.Response:
        """Sends a form of its page."""
        return self._shown(self.http.post(path, data={"csrf": self.csrf} | fields))

    def _shown(self, answer: httpx2.Response) -> httpx2.Response:
        if answer.headers.get("content-type", "").startswith("text/html"):
            self.page = answer.text
        return answer

    @property
    def csrf(self) -> str:
        """What the forms of its page send along."""
        written = re.search(r'name="csrf" value="([0-9a-f]{64})"', self.page)
        assert written, self.page
        return written[1]

    @property
    def actions(self) -> list[str]:
        """Where the forms of its page go."""
        return [unescape(action) for action in re.findall(r'<form method="post" action="([^"]*)"', self.page)]

    def to_provider(self) -> str:
        """The address of the page's way to the body's own provider."""
        written = re.search(r'class="button" href="([^"]*)"', self.page)
        assert written, self.page
        return unescape(written[1])

    @property
    def account(self) -> str | None:
        """The account that it is signed in as."""
        answer = self.http.get("/v1/account", headers={"Accept": "*/*"})
        return str(answer.json()["account"]) if answer.status_code == 200 else None

    def cookie(self, name: str) -> str | None:
        """The value of a cookie."""
        return next((cookie.value for cookie in self.http.cookies.jar if cookie.name == name), None)

    def sign_in(self, account: str, password: str = PASSWORD) -> httpx2.Response:
        """By password."""
        self.open("/accesso")
        return self.send("/accesso", login=login_of(account), password=password)

    def create_passkey(self, path: str, name: str = "portatile", **form: str) -> httpx2.Response:
        """Makes a passkey by the form at an address."""
        options = self.http.post(f"{path}/opzioni", data={"csrf": self.csrf, "name": name} | form)
        assert options.status_code == 200, options.text
        return self.send(path, credential=self.device.create(options.text), name=name, **form)

    def asked_for_passkey(self) -> str:
        """What the page of signing in asks a device."""
        options = self.http.post("/accesso/passkey/opzioni", data={"csrf": self.csrf})
        assert options.status_code == 200, options.text
        return options.text

    def sign_in_by_passkey(self) -> httpx2.Response:
        """By the passkey of its device, in a browser that knows nothing yet."""
        self.http.cookies.clear()
        self.open("/accesso")
        options = self.asked_for_passkey()
        self.device.count += 1
        return self.send("/accesso/passkey", credential=self.device.get(options))


def login_of(account: str) -> str:
    """What the person of an account types."""
    return account.removeprefix("acc-")


def opened(chambers: Chambers, *roles: str) -> tuple[str, str]:
    """An account with some roles in the first chamber, and its link."""
    account = accounts.new_id("acc")
    opening = OpenAccount(name="Anna", login=login_of(account), administration=OWN, account=account)
    link = accounts.open_account(chambers.service, opening, BY_MACHINE).secret
    for role in roles:
        giving = GiveRole.model_validate({"account": account, "role": role, "administration": OWN})
        accounts.give_role(chambers.service, giving, BY_MACHINE)
    return account, link


def entered(chambers: Chambers, *roles: str, origin: str = ORIGIN) -> tuple[str, Visitor]:
    """An account whose person has come in by its link, with a password."""
    account, link = opened(chambers, *roles)
    visitor = Visitor(chambers, origin)
    assert visitor.open(link).status_code == 200
    assert visitor.send(link, password=PASSWORD, repeated=PASSWORD).status_code == 303
    return account, visitor


class Sent(NamedTuple):
    """A form that a browser sends, with the others at once."""

    visitor: Visitor
    path: str
    form: Mapping[str, str]


def statuses_at_once(chambers: Chambers, sent: Sequence[Sent]) -> list[int]:
    """What is answered to forms that are sent at once, in order: in one event loop, as the service has."""

    async def answered(one: Sent) -> int:
        transport = httpx2.ASGITransport(chambers.client.app)
        cookies = one.visitor.http.cookies
        async with httpx2.AsyncClient(transport=transport, base_url=ORIGIN, cookies=cookies) as client:
            return (await client.post(one.path, data=one.form)).status_code

    async def together() -> list[int]:
        return await asyncio.gather(*map(answered, sent))

    return sorted(asyncio.run(together()))


def events_of(chambers: Chambers) -> list[Event]:
    """What is recorded of the accounts."""
    with chambers.harness.store.reading() as reader:
        return [record.event for record in reader.records(ACCOUNTS)]


def refusals_of(chambers: Chambers, since: int = 0) -> list[tuple[str, str, str | None]]:
    """Who was not let in, since so many events: by which method, why, as whom."""
    events = events_of(chambers)[since:]
    return [(event.method, event.reason, event.account) for event in events if isinstance(event, SignInRefused)]


def query_of(address: str) -> dict[str, str]:
    """The parameters of an address."""
    return dict(parse_qsl(urlsplit(address).query))
