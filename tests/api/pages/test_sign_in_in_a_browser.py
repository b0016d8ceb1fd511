"""The whole service in a browser: the first entry, passwords, passkeys, one's own account, without a complaint of the browser."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest
import trustme
from playwright.sync_api import Browser, BrowserContext, Page

from api.commands import accounts
from domain.access.commands import GiveRole
from tests.support.chamber import BY_MACHINE, OWN, Chambers
from tests.support.serving import serving_app
from tests.support.visitor import PASSWORD, login_of, opened

WAIT = 30_000
OTHER_PASSWORD = "cinque gatti sotto la scala"


class Screen(NamedTuple):
    """A page of a browser at the service, and what the browser complained of."""

    page: Page
    origin: str
    complaints: list[str]

    def open(self, path: str, heading: str) -> None:
        """Goes to an address, and sees where it leads."""
        self.page.goto(f"{self.origin}{path}")
        self.sees(heading)

    def sees(self, heading: str) -> None:
        """The heading of the page."""
        self.page.get_by_role("heading", name=heading, level=1, exact=True).wait_for(timeout=WAIT)

    def press(self, label: str) -> None:
        """A button."""
        self.page.get_by_role("button", name=label, exact=True).click(timeout=WAIT)

    def fill(self, label: str, text: str) -> None:
        """A field."""
        self.page.get_by_label(label, exact=True).fill(text, timeout=WAIT)

    def sign_in(self, account: str, password: str = PASSWORD) -> None:
        """By password, from the page of signing in."""
        self.open("/accesso", "Accedi")
        self.fill("Nome utente", login_of(account))
        self.fill("Password", password)
        self.press("Entra")


@contextmanager
def serving(chambers: Chambers, port: int = 0, certificate: Path | None = None) -> Iterator[str]:
    """The service on this machine, for a while; its origin, of TLS where it has a certificate."""
    with serving_app(chambers.client.app, port, certificate) as origin:
        yield origin


def free_port() -> int:
    """A port that nobody listens on: the address of a service must be declared before it listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@pytest.fixture(scope="module")
def chambers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chambers]:
    """One service for the tests of this module."""
    made = Chambers(tmp_path_factory.mktemp("servito"))
    yield made
    made.close()


@pytest.fixture(scope="module")
def origin(chambers: Chambers) -> Iterator[str]:
    """Where it is reached."""
    with serving(chambers) as address:
        yield address


def screen_of(context: BrowserContext, origin: str) -> Screen:
    page = context.new_page()
    complaints: list[str] = []
    page.on(
        "console", lambda message: complaints.append(message.text) if message.type in {"error", "warning"} else None
    )
    page.on("pageerror", lambda error: complaints.append(str(error)))
    return Screen(page, origin, complaints)


def with_device(screen: Screen) -> Screen:
    """The same, with a device beside it that makes passkeys and verifies the person."""
    devices = screen.page.context.new_cdp_session(screen.page)
    devices.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return screen


@pytest.fixture
def screen(browser: Browser, origin: str) -> Iterator[Screen]:
    """A browser that knows nothing yet, with a device."""
    context = browser.new_context(locale="it-IT")
    yield with_device(screen_of(context, origin))
    context.close()


@pytest.fixture
def elsewhere(browser: Browser, origin: str) -> Iterator[Screen]:
    """Another browser, without a device."""
    context = browser.new_context(locale="it-IT")
    yield screen_of(context, origin)
    context.close()


def test_a_person_comes_in_by_a_link_makes_a_passkey_goes_out_and_comes_in_by_it(
    chambers: Chambers, screen: Screen
) -> None:
    account, link = opened(chambers, "planner")
    screen.open(link, "Il primo accesso")
    screen.fill("Nome della nuova passkey", "portatile")
    screen.press("Crea una passkey ed entra")
    screen.sees("Piani della performance")
    screen.open("/utenza", "La tua utenza")
    assert login_of(account) in screen.page.get_by_role("main").inner_text()
    screen.press("Esci")
    screen.sees("Accedi")
    screen.page.goto(f"{screen.origin}/utenza")
    screen.sees("Accedi")
    screen.press("Entra con una passkey")
    screen.sees("La tua utenza")
    assert "usata l'ultima volta" in screen.page.get_by_role("main").inner_text()
    assert screen.complaints == []


def test_one_s_own_account_is_kept_by_its_page(chambers: Chambers, screen: Screen, elsewhere: Screen) -> None:
    account, link = opened(chambers)
    screen.open(link, "Il primo accesso")
    screen.fill("Password nuova", PASSWORD)
    screen.fill("Password nuova, un'altra volta", PASSWORD)
    screen.press("Imposta la password ed entra")
    screen.sees("Piani della performance")
    screen.open("/utenza", "La tua utenza")
    screen.fill("Nome della nuova passkey", "chiave")
    screen.fill("La tua password, per conferma", "un'altra cosa del tutto")
    screen.press("Aggiungi una passkey")
    screen.page.get_by_text("la password attuale non è questa").wait_for(timeout=WAIT)
    screen.fill("La tua password, per conferma", PASSWORD)
    screen.press("Aggiungi una passkey")
    screen.page.get_by_role("heading", name="chiave", exact=True).wait_for(timeout=WAIT)
    screen.fill("Nome di «chiave»", "chiave nel cassetto")
    screen.press("Cambia nome")
    screen.page.get_by_role("heading", name="chiave nel cassetto", exact=True).wait_for(timeout=WAIT)
    elsewhere.sign_in(account)
    elsewhere.sees("Piani della performance")
    screen.fill("Password attuale", "un'altra cosa del tutto")
    screen.fill("Password nuova", OTHER_PASSWORD)
    screen.fill("Password nuova, un'altra volta", OTHER_PASSWORD)
    screen.press("Cambia la password")
    assert "La password attuale non è questa" in screen.page.get_by_role("alert").inner_text(timeout=WAIT)
    screen.fill("Password attuale", PASSWORD)
    screen.fill("Password nuova", OTHER_PASSWORD)
    screen.fill("Password nuova, un'altra volta", OTHER_PASSWORD)
    screen.press("Cambia la password")
    screen.page.get_by_role("alert").wait_for(state="detached", timeout=WAIT)
    elsewhere.page.goto(f"{elsewhere.origin}/utenza")  # a password that changes ends the other sessions
    elsewhere.sees("Accedi")
    elsewhere.sign_in(account, OTHER_PASSWORD)
    elsewhere.sees("Piani della performance")
    screen.press("Togli")
    screen.page.get_by_text("Non ce n'è ancora nessuna.").wait_for(timeout=WAIT)
    screen.press("Chiudi ogni accesso, ovunque")
    screen.sees("Accedi")
    elsewhere.page.goto(f"{elsewhere.origin}/utenza")
    elsewhere.sees("Accedi")
    told = [complaint for complaint in screen.complaints if "422" not in complaint]  # the refusal that was asked for
    assert told == elsewhere.complaints == []


def test_a_wrong_password_says_so_at_once_to_whoever_reads_or_hears(chambers: Chambers, elsewhere: Screen) -> None:
    account, _ = opened(chambers)
    elsewhere.sign_in(account)
    alert = elsewhere.page.get_by_role("alert")
    assert "Il nome utente o la password non sono giusti" in alert.inner_text(timeout=WAIT)
    assert elsewhere.page.evaluate("document.activeElement.className") == "problems"
    assert elsewhere.page.title() == "Errore: Accedi"
    elsewhere.open("/nulla", "Indirizzo sconosciuto")
    elsewhere.page.get_by_role("link", name="Torna all'inizio").click()
    elsewhere.sees("Accedi")


def test_the_keyboard_alone_is_enough(chambers: Chambers, screen: Screen) -> None:
    account, link = opened(chambers)
    screen.open(link, "Il primo accesso")
    press = screen.page.keyboard.press

    def tab_to(what: str) -> None:
        for _ in range(30):
            press("Tab")
            focused = "(e => e.labels?.[0]?.innerText || e.innerText)(document.activeElement)"
            if screen.page.evaluate(focused) == what:
                return
        raise AssertionError(what)

    tab_to("Password nuova")
    screen.page.keyboard.type(PASSWORD)
    tab_to("Password nuova, un'altra volta")
    screen.page.keyboard.type(PASSWORD)
    press("Enter")
    screen.sees("Piani della performance")
    screen.page.goto(f"{screen.origin}/utenza")
    screen.sees("La tua utenza")
    tab_to("Nome della nuova passkey")
    screen.page.keyboard.type("portatile")
    tab_to("La tua password, per conferma")
    screen.page.keyboard.type(PASSWORD)
    tab_to("Aggiungi una passkey")
    press("Enter")
    screen.page.get_by_role("heading", name="portatile", exact=True).wait_for(timeout=WAIT)
    tab_to("Esci")
    press("Enter")
    screen.sees("Accedi")
    tab_to("Entra con una passkey")
    press("Enter")
    screen.sees("Piani della performance")
    screen.page.goto(f"{screen.origin}/utenza")
    assert login_of(account) in screen.page.get_by_role("main").inner_text(timeout=WAIT)
    assert screen.complaints == []


def test_without_a_script_a_password_is_enough(chambers: Chambers, browser: Browser, origin: str) -> None:
    account, link = opened(chambers)
    context = browser.new_context(java_script_enabled=False)
    screen = screen_of(context, origin)
    screen.open(link, "Il primo accesso")
    assert not screen.page.get_by_text("Crea una passkey ed entra").is_visible()
    screen.fill("Password nuova", PASSWORD)
    screen.fill("Password nuova, un'altra volta", PASSWORD)
    screen.press("Imposta la password ed entra")
    screen.sees("Piani della performance")
    screen.open("/utenza", "La tua utenza")
    screen.press("Esci")
    screen.sees("Accedi")
    screen.sign_in(account)
    screen.sees("Piani della performance")
    context.close()


def test_a_role_that_is_given_and_then_leaving_leaves(chambers: Chambers, screen: Screen) -> None:
    account, link = opened(chambers)
    screen.open(link, "Il primo accesso")
    screen.fill("Password nuova", PASSWORD)
    screen.fill("Password nuova, un'altra volta", PASSWORD)
    screen.press("Imposta la password ed entra")
    screen.sees("Piani della performance")
    screen.open("/utenza", "La tua utenza")
    accounts.give_role(chambers.service, GiveRole(account=account, role="planner", administration=OWN), BY_MACHINE)
    screen.press("Esci")
    screen.sees("Accedi")
    screen.page.goto(f"{screen.origin}/utenza")
    screen.sees("Accedi")


def test_behind_tls_an_administrator_shows_a_passkey_beside_its_password(browser: Browser, tmp_path: Path) -> None:
    authority, port = trustme.CA(), free_port()
    certificate = tmp_path / "localhost.pem"
    authority.issue_cert("localhost").private_key_and_cert_chain_pem.write_to_path(certificate)
    chambers = Chambers(tmp_path, public_address=f"https://localhost:{port}")
    account, link = opened(chambers, "administrator")
    with serving(chambers, port, certificate) as origin:
        context = browser.new_context(locale="it-IT", ignore_https_errors=True)
        screen = with_device(screen_of(context, origin))
        screen.open(link, "Il primo accesso")
        assert not screen.page.get_by_label("Password nuova", exact=True).is_visible()
        screen.fill("Nome della nuova passkey", "portatile")
        screen.press("Crea una passkey ed entra")
        screen.sees("Piani della performance")
        screen.open("/utenza", "La tua utenza")
        screen.fill("Password nuova", PASSWORD)
        screen.fill("Password nuova, un'altra volta", PASSWORD)
        screen.press("Imposta una password")
        screen.page.get_by_label("Password attuale").wait_for(timeout=WAIT)
        screen.press("Esci")
        screen.sees("Accedi")
        screen.sign_in(account)
        screen.sees("Conferma con la passkey")
        answer = screen.page.request.get(f"{origin}/v1/account")
        assert answer.status == 401
        screen.press("Conferma con la passkey")
        screen.sees("Piani della performance")
        cookies = {cookie["name"]: cookie for cookie in context.cookies()}
        assert cookies["__Host-initinere"]["secure"]
        assert cookies["__Host-initinere"]["httpOnly"]
        assert screen.complaints == []
        context.close()
    chambers.close()
