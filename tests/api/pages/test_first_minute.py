"""An empty installation explains itself, and takes in the examples from whoever may load them."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from api.commands import accounts
from api.commands.handler import Caller
from api.http.app import create_app
from api.pages.glossary import GLOSSARY
from api.settings import Settings
from domain.access.commands import GiveRole, OpenAccount
from projections.proof.log import Log
from tests.support.chamber import BY_MACHINE, PASSWORD, Browser, Chambers
from tests.support.harness import ServiceHarness


@pytest.fixture
def harness(tmp_path: Path) -> Iterator[ServiceHarness]:
    made = ServiceHarness(tmp_path / "vuoto.sqlite").on("2026-02-05")
    made.service.log = Log(made.store, tmp_path / "signing.key")
    yield made
    made.store.close()


def _client(harness: ServiceHarness, tmp_path: Path, **settings: object) -> TestClient:
    said = {"database": harness.store.location, "keys": str(tmp_path / "signing.key")} | settings
    app = create_app(Settings.model_validate(said), harness.store)
    return TestClient(app, base_url="http://localhost:8000", raise_server_exceptions=False, follow_redirects=False)


def test_an_open_installation_offers_the_examples_and_takes_them_in_once(
    harness: ServiceHarness, tmp_path: Path
) -> None:
    client = _client(harness, tmp_path, sign_in="open")
    first = client.get("/").text
    assert "Qui non c'è ancora nessun piano" in first
    assert 'action="/esempi"' in first
    assert client.post("/esempi", data={"csrf": ""}).headers["location"] == "/"
    after = client.get("/").text
    assert after.count('<th scope="row"><a href="/piani/') == 5
    assert 'action="/esempi"' not in after
    assert client.post("/esempi", data={"csrf": ""}).status_code == 303
    assert client.get("/").text.count('<th scope="row"><a href="/piani/') == 5


def test_an_administrator_presses_the_button_and_nobody_else(harness: ServiceHarness, tmp_path: Path) -> None:
    client = _client(harness, tmp_path, public=True)
    anonymous = client.get("/").text
    assert "initinere demo" in anonymous
    assert 'action="/esempi"' not in anonymous
    assert client.post("/esempi", data={"csrf": "0" * 64}).status_code == 403
    account = accounts.new_id("acc")
    link = accounts.open_account(harness.service, OpenAccount(name="Anna", login="anna", account=account), BY_MACHINE)
    giving = GiveRole(account=account, role="administrator", administration=None)
    accounts.give_role(harness.service, giving, Caller(BY_MACHINE.actor))
    address = link.secret
    page = client.get(address).text
    csrf = _csrf(page)
    assert client.post(address, data={"csrf": csrf, "password": PASSWORD, "repeated": PASSWORD}).status_code == 303
    first = client.get("/").text
    assert 'action="/esempi"' in first
    assert client.post("/esempi", data={"csrf": "0" * 64}).status_code == 403
    assert client.post("/esempi", data={"csrf": _csrf(first)}).status_code == 303
    assert client.get("/").text.count('<th scope="row"><a href="/piani/') == 5


def test_where_other_plans_are_the_examples_are_refused(tmp_path: Path) -> None:
    chambers = Chambers(tmp_path, sign_in="open")
    browser = Browser(chambers)
    answer = browser.http.post("/esempi", data={"csrf": ""})
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:in-itinere:problem:demo-blocked")
    chambers.close()


def test_the_words_that_a_page_explains_are_in_the_guide(tmp_path: Path) -> None:
    chambers = Chambers(tmp_path, sign_in="open")
    browser = Browser(chambers)
    explained = set(re.findall(r'href="/guida#([^"]+)"', browser.open("/piani/prova-2022-2024").text))
    assert {"performance", "copertura", "tasso-di-modifica", "segnalazione", "le-due-date"} <= explained
    guide = browser.open("/guida").text
    for key in {*explained, *GLOSSARY}:
        assert guide.count(f'id="{key}"') == 1, key
    assert guide.count("<dfn>") == len(GLOSSARY)
    chambers.close()


def _csrf(page: str) -> str:
    written = re.search(r'name="csrf" value="([0-9a-f]{64})"', page)
    assert written, page
    return written[1]
