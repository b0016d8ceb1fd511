"""Two chambers on one service with its door closed: an account of each role in each, a draft and a published plan of each."""

import re
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import httpx2
from starlette.testclient import TestClient

from api.commands import accounts
from api.commands.handler import Caller
from api.http.app import create_app
from api.settings import Settings
from domain.access.commands import GiveRole, IssueToken, OpenAccount
from domain.access.principal import MACHINE
from domain.access.roles import OF_OWN_OFFICES, Role
from projections.proof.log import Log
from tests.support.harness import ServiceHarness

OWN, OTHER = "cciaa-prova", "cciaa-altra"
PUBLISHED = {OWN: "prova-2022-2024", OTHER: "altra-2022-2024"}
DRAFTS = {OWN: "bozza-2024-2026", OTHER: "altra-bozza-2024-2026"}
OFFICE = "servizio-bilancio"
BY_MACHINE = Caller(MACHINE.actor)
PASSWORD = "quattro cavalli sopra il ponte"


class Chambers:
    """The service, its accounts, and clients that bear their tokens."""

    def __init__(self, folder: Path, location: str = "", **settings: Any) -> None:
        self.harness = ServiceHarness(location or folder / "camere.sqlite").on("2022-02-05")
        self.service = self.harness.service
        self.service.log = Log(self.harness.store, folder / "signing.key")
        self.harness.load()
        self.harness.load(
            administration={"id": OTHER, "name": "Camera di Commercio Altra"},
            plan={"id": PUBLISHED[OTHER], "title": "Piano dell'altra", "first_year": 2022, "last_year": 2024},
        )
        for body, name in ((OWN, "Camera di Commercio di Prova"), (OTHER, "Camera di Commercio Altra")):
            self.harness.load(
                administration={"id": body, "name": name},
                plan={"id": DRAFTS[body], "title": "Bozza", "first_year": 2024, "last_year": 2026},
                act=None,
                objectives=[{"id": "a", "level": "operational", "title": "A"}],
                indicators=[],
            )
        settings = {"database": self.harness.store.location, "keys": str(folder / "signing.key")} | settings
        self.settings = Settings(**settings)
        self.accounts: dict[tuple[Role | None, str | None], str] = {}
        self.tokens: dict[tuple[Role | None, str | None], str] = {}

    @cached_property
    def client(self) -> TestClient:
        """A client that bears nothing."""
        app = create_app(self.settings, self.harness.store)
        return TestClient(app, base_url="http://localhost:8000", raise_server_exceptions=False)

    def open_account(self, *roles: tuple[Role, str | None], login: str = "") -> str:
        """Opens an account with some roles."""
        account = accounts.new_id("acc")
        name = login or account.removeprefix("acc-")
        accounts.open_account(
            self.service, OpenAccount(name=f"Persona {name}", login=name, account=account), BY_MACHINE
        )
        for role, administration in roles:
            offices = (OFFICE,) if role in OF_OWN_OFFICES else ()
            giving = GiveRole(account=account, role=role, administration=administration, offices=offices)
            accounts.give_role(self.service, giving, BY_MACHINE)
        return account

    def issue(self, account: str, *rights: str) -> str:
        """A token of an account."""
        expires_on = date.fromisoformat(self.harness.store.clock().date().isoformat()) + timedelta(days=300)
        issuing = IssueToken(name="prova", rights=rights, expires_on=expires_on, account=account)
        return accounts.issue_token(self.service, issuing, BY_MACHINE).secret

    def token(self, role: Role, administration: str | None = OWN) -> str:
        """The token of the account that holds a role, opened at first need."""
        key = (role, administration)
        if key not in self.tokens:
            self.accounts[key] = account = self.open_account(key)
            self.tokens[key] = self.issue(account, f"{role}@{administration}" if administration else role)
        return self.tokens[key]

    def ask(self, method: str, path: str, token: str = "", body: object = None, **headers: str) -> httpx2.Response:
        """One request, with a token where one is given."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if token:
            named["Authorization"] = f"Bearer {token}"
        if method == "GET":
            return self.client.get(path, headers=named)
        return self.client.post(path, json=body, headers=named)

    def close(self) -> None:
        """Gives the store back."""
        self.harness.store.close()


class Browser:
    """A browser: it keeps cookies, and sends forms with what their page says."""

    def __init__(self, chambers: Chambers) -> None:
        self.http = TestClient(
            chambers.client.app, base_url="http://localhost:8000", raise_server_exceptions=False, follow_redirects=False
        )
        self.page = ""

    def open(self, path: str) -> httpx2.Response:
        """Opens a page."""
        answer = self.http.get(path)
        self.page = answer.text
        return answer

    @property
    def csrf(self) -> str:
        """What the forms of the page send along."""
        found = re.search(r'name="csrf" value="([0-9a-f]{64})"', self.page)
        assert found, self.page
        return found[1]

    def send(self, path: str, **fields: str) -> httpx2.Response:
        """Sends a form of the page, and goes on to where it is looked at."""
        answer = self.http.post(path, data={"csrf": self.csrf} | fields)
        if "controllo=" in answer.headers.get("location", ""):
            answer = self.http.get(answer.headers["location"])
        if answer.headers.get("content-type", "").startswith("text/html"):
            self.page = answer.text
        return answer


def link_of(chambers: Chambers, login: str = "anna") -> tuple[str, str]:
    """A new account, and its link."""
    account = accounts.new_id("acc")
    opening = OpenAccount(name="Anna", login=login, administration=OWN, account=account)
    return account, accounts.open_account(chambers.service, opening, BY_MACHINE).secret


def signed_in(chambers: Chambers, login: str = "anna", *roles: str) -> tuple[str, Browser]:
    """A new account with some roles, and a browser in which its person has signed in."""
    account, link = link_of(chambers, login)
    for role in roles:
        giving = GiveRole.model_validate({"account": account, "role": role, "administration": OWN})
        accounts.give_role(chambers.service, giving, BY_MACHINE)
    browser = Browser(chambers)
    assert browser.open(link).status_code == 200
    assert browser.send(link, password=PASSWORD, repeated=PASSWORD).status_code == 303
    return account, browser
