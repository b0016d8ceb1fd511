"""Passkeys from end to end: our pages, their script and their policy, in a browser with an authenticator of its own."""

from collections.abc import Iterator
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, CDPSession, Page
from playwright.sync_api import Error as PlaywrightError

from api.access.passkeys import PasskeyCounterBack, PasskeyRefused, PasskeySite
from api.http.headers import SECURITY_HEADERS
from api.pages.account import ACCOUNT
from api.pages.sign_in import SIGN_IN, SIGN_IN_PASSKEY, sign_in_page
from tests.api.pages.passkey_site import ANNA, CSRF, PasskeyTestSite, serving_passkeys

WAIT = 20_000
ASKS_FOR_LESS = """
const parse = PublicKeyCredential.parseRequestOptionsFromJSON;
PublicKeyCredential.parseRequestOptionsFromJSON = (options) => parse({...options, userVerification: "discouraged"});
"""
SENDS_AGAIN = """async ([address, form]) => {
  const answer = await fetch(address, {method: "POST", body: new URLSearchParams(form)});
  return {status: answer.status, text: await answer.text()};
}"""


class Visit(NamedTuple):
    """A page of a browser, the device beside it, and what the browser complained of."""

    page: Page
    devices: CDPSession
    device: str
    complaints: list[str]

    def open(self, address: str) -> None:
        self.page.goto(address)
        self.page.get_by_role("heading", level=1).wait_for(timeout=WAIT)

    def press(self, label: str) -> None:
        self.page.get_by_role("button", name=label, exact=True).click(timeout=WAIT)

    def sets_count(self, kept: PasskeyTestSite, count: int) -> None:
        """Makes the device say a lower count, as a copy of it would."""
        credentials = self.devices.send("WebAuthn.getCredentials", {"authenticatorId": self.device})["credentials"]
        assert [credential["credentialId"] for credential in credentials]
        self.devices.send("WebAuthn.clearCredentials", {"authenticatorId": self.device})
        for credential in credentials:
            self.devices.send(
                "WebAuthn.addCredential",
                {"authenticatorId": self.device, "credential": {**credential, "signCount": count}},
            )
        assert kept.passkeys


@pytest.fixture
def kept() -> Iterator[PasskeyTestSite]:
    with serving_passkeys() as site:
        yield site


@pytest.fixture
def visit(browser: Browser) -> Iterator[Visit]:
    context = browser.new_context(locale="it-IT")
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    devices = context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    device = devices.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]
    yield Visit(page, devices, device, complaints)
    context.close()


def register(visit: Visit, kept: PasskeyTestSite, name: str = "portatile") -> None:
    visit.open(f"{kept.site.origin}{ACCOUNT}")
    visit.page.get_by_label("Nome della nuova passkey").fill(name)
    visit.press("Aggiungi una passkey")
    visit.page.get_by_role("heading", name=name, exact=True).wait_for(timeout=WAIT)


def sign_in(visit: Visit, kept: PasskeyTestSite, arrives_at: str) -> None:
    visit.open(f"{kept.site.origin}{SIGN_IN}")
    visit.press("Entra con una passkey")
    visit.page.get_by_role("heading", name=arrives_at, level=1).wait_for(timeout=WAIT)


def alert(visit: Visit) -> str:
    summary = visit.page.get_by_role("alert")
    summary.wait_for(timeout=WAIT)
    assert visit.page.title().startswith("Errore: ")
    return summary.inner_text()


def test_a_passkey_is_added_used_named_and_removed_under_the_policy(visit: Visit, kept: PasskeyTestSite) -> None:
    register(visit, kept)
    [passkey] = kept.passkeys.values()
    assert (passkey.account, passkey.name, passkey.transports, passkey.synced) == (
        ANNA,
        "portatile",
        ("internal",),
        False,
    )
    sign_in(visit, kept, "La tua utenza")
    assert kept.passkeys[passkey.credential_id].sign_count > passkey.sign_count
    assert kept.passkeys[passkey.credential_id].last_used_at is not None
    visit.page.get_by_label("Nome di «portatile»").fill("telefono")
    visit.press("Cambia nome")
    visit.page.get_by_role("heading", name="telefono").wait_for(timeout=WAIT)
    visit.press("Togli")
    visit.page.get_by_text("Non ce n'è ancora nessuna").wait_for(timeout=WAIT)
    assert (kept.passkeys, kept.challenges, visit.complaints) == ({}, {}, [])


def test_one_device_makes_one_passkey_of_an_account(visit: Visit, kept: PasskeyTestSite) -> None:
    register(visit, kept)
    visit.page.get_by_label("Nome della nuova passkey").fill("ancora")
    visit.press("Aggiungi una passkey")
    visit.page.get_by_text("Questo dispositivo ha già una passkey di questa utenza.").wait_for(timeout=WAIT)
    assert len(kept.passkeys) == 1


def test_a_counter_that_goes_back_is_refused(visit: Visit, kept: PasskeyTestSite) -> None:
    register(visit, kept)
    sign_in(visit, kept, "La tua utenza")
    before = dict(kept.passkeys)
    visit.sets_count(kept, 0)
    sign_in(visit, kept, "Accedi")
    assert "può esserne stata fatta una copia" in alert(visit)
    assert isinstance(kept.refusals[-1], PasskeyCounterBack)
    assert kept.passkeys == before


def test_a_device_that_does_not_verify_the_person_is_refused(visit: Visit, kept: PasskeyTestSite) -> None:
    register(visit, kept)
    # The browser itself lets no unverified person answer what demands it: a page that asks for less stands in.
    visit.page.add_init_script(ASKS_FOR_LESS)
    visit.devices.send("WebAuthn.setUserVerified", {"authenticatorId": visit.device, "isUserVerified": False})
    sign_in(visit, kept, "Accedi")
    assert "non ha verificato chi lo usa" in alert(visit)


def test_the_page_of_another_origin_is_refused(visit: Visit, kept: PasskeyTestSite) -> None:
    register(visit, kept)
    address = kept.site.origin
    kept.site = PasskeySite.at("http://localhost:1")
    visit.open(f"{address}{SIGN_IN}")
    visit.press("Entra con una passkey")
    assert address in alert(visit)
    assert isinstance(kept.refusals[-1], PasskeyRefused)


def test_a_challenge_is_answered_once(visit: Visit, kept: PasskeyTestSite) -> None:
    register(visit, kept)
    sign_in(visit, kept, "La tua utenza")
    replayed = visit.page.evaluate(SENDS_AGAIN, [SIGN_IN_PASSKEY, kept.last_form])
    assert replayed["status"] == 403
    assert "è scaduta, o ha già avuto risposta" in replayed["text"]


def test_a_device_that_does_not_confirm_is_said(visit: Visit, kept: PasskeyTestSite) -> None:
    register(visit, kept)
    visit.devices.send("WebAuthn.setUserVerified", {"authenticatorId": visit.device, "isUserVerified": False})
    visit.open(f"{kept.site.origin}{SIGN_IN}")
    visit.press("Entra con una passkey")
    visit.page.get_by_text("Il dispositivo non ha confermato").wait_for(timeout=WAIT)
    assert visit.page.get_by_role("button", name="Entra con una passkey").is_enabled()


def test_without_a_script_the_page_offers_what_works_without(browser: Browser, kept: PasskeyTestSite) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{kept.site.origin}{SIGN_IN}")
    assert page.get_by_role("button", name="Entra", exact=True).is_visible()
    assert not page.get_by_text("Entra con una passkey").is_visible()
    context.close()


def test_nothing_that_gets_into_a_page_runs_or_calls_elsewhere(visit: Visit, kept: PasskeyTestSite) -> None:
    page = sign_in_page(csrf=CSRF)
    injected = "<script>window.ran = 1</script><img src=x onerror='window.ran = 1'><style>h1 { display: none }</style>"
    body = bytes(page.body).replace(b"</main>", injected.encode() + b"</main>")
    visit.page.route(
        f"**{SIGN_IN}", lambda route: route.fulfill(body=body, headers={**page.headers, **SECURITY_HEADERS})
    )
    visit.open(f"{kept.site.origin}{SIGN_IN}")
    assert visit.page.get_by_role("heading", level=1).is_visible()
    assert visit.page.evaluate("window.ran") is None
    assert len([complaint for complaint in visit.complaints if "Content Security Policy" in complaint]) == 3
    with pytest.raises(PlaywrightError, match="Failed to fetch"):
        visit.page.evaluate("fetch('http://127.0.0.1:9/')")
