"""The people of an administration in a browser: an account from its opening to its token, and what axe says of each page."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from api.commands import accounts
from domain.access.commands import GiveRole
from tests.support.accounts import session_of
from tests.support.chamber import BY_MACHINE, OWN, Chambers, link_of
from tests.support.serving import serving_app
from tests.support.site import judge, visiting

WIDTHS = (1280, 390)


@pytest.fixture(scope="module")
def origin(chambers: Chambers) -> Iterator[str]:
    pia, _ = link_of(chambers, "pia")
    giving = GiveRole(account=pia, role="planner", administration=OWN)
    accounts.give_role(chambers.service, giving, BY_MACHINE)
    chambers.issue(pia, f"planner@{OWN}")
    with serving_app(chambers.client.app) as address:
        yield address


@pytest.fixture(scope="module")
def page(chambers: Chambers, browser: Browser, origin: str) -> Iterator[Page]:
    account = chambers.open_account(("administrator", OWN), ("planner", OWN), login="capo")
    opened = session_of(chambers.client.app, account)  # type: ignore[arg-type]  # it is one
    with visiting(browser, origin, script=True) as (page, complaints):
        page.context.add_cookies([{"name": "initinere", "value": opened.secret, "url": origin}])
        yield page
        assert [said for said in complaints.said if "422" not in said] == []  # a form that was filled in wrongly


def test_an_account_is_opened_given_a_role_and_erased_and_every_page_is_accessible(page: Page, origin: str) -> None:
    page.goto(f"{origin}/")
    page.get_by_role("link", name="Utenze").click()
    page.get_by_role("heading", name="Le utenze", level=1).wait_for()
    judge(page, WIDTHS)
    page.set_viewport_size({"width": 1280, "height": 900})

    page.get_by_role("link", name="Apri un'utenza").click()
    page.get_by_label("Nome d'accesso").fill("lia rame")
    page.get_by_role("button", name="Controlla").click()
    page.get_by_role("heading", name="C'è un problema").wait_for()
    judge(page, WIDTHS)
    page.set_viewport_size({"width": 1280, "height": 900})
    page.get_by_label("Nome", exact=True).fill("Lia Rame")
    page.get_by_label("Nome d'accesso").fill("lia.rame")
    page.get_by_role("button", name="Controlla").click()
    page.get_by_text("Aperta l'utenza «Lia Rame»").wait_for()
    judge(page, WIDTHS)
    page.set_viewport_size({"width": 1280, "height": 900})
    page.get_by_role("button", name="Apri un'utenza").click()
    assert "/accesso/link/" in page.get_by_label("Il link, da consegnare").input_value()
    judge(page, WIDTHS)
    page.set_viewport_size({"width": 1280, "height": 900})

    page.get_by_role("link", name="Dai un ruolo").click()
    page.get_by_label("validatore").check()
    judge(page, WIDTHS)
    page.set_viewport_size({"width": 1280, "height": 900})
    page.get_by_role("button", name="Controlla").click()
    page.get_by_role("button", name="Dai un ruolo").click()
    page.get_by_text("Registrato.").wait_for()
    judge(page, WIDTHS)
    page.set_viewport_size({"width": 1280, "height": 900})

    page.get_by_role("link", name="Cancella la persona").click()
    page.get_by_role("button", name="Cancella la persona").click()
    page.get_by_role("heading", name="persona cancellata", level=1).wait_for()


def test_ones_own_page_has_its_roles_and_its_tokens(page: Page, origin: str) -> None:
    page.goto(f"{origin}/utenza")
    page.get_by_text("programmatore").first.wait_for()
    page.get_by_role("link", name="Emetti un token").click()
    page.get_by_label("Nome", exact=True).fill("invio dei consuntivi")
    page.get_by_label("programmatore, Camera di Commercio di Prova").check()
    page.get_by_label("Scadenza").fill("2022-07-01")
    page.get_by_role("button", name="Controlla").click()
    page.get_by_role("button", name="Emetti un token").click()
    assert page.get_by_label("Il token").input_value().startswith("iit_")
    page.get_by_role("link", name="La tua utenza").click()
    page.get_by_text("invio dei consuntivi").first.wait_for()
    judge(page, WIDTHS)
    page.set_viewport_size({"width": 1280, "height": 900})
    page.get_by_role("link", name="Revoca «invio dei consuntivi»").click()
    page.get_by_role("button", name="Revoca il token").click()
    page.get_by_role("heading", name="La tua utenza").wait_for()
    assert page.get_by_text("invio dei consuntivi").count() == 0


def test_a_page_of_one_account_is_accessible(page: Page, origin: str) -> None:
    page.goto(f"{origin}/utenze?cerca=anna")
    page.get_by_role("link", name="Anna").click()
    page.get_by_role("heading", name="Token").wait_for()
    judge(page, WIDTHS)
