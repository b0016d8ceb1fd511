"""What people do with the pages, in a real browser: by keyboard alone, with a script and without one, two at a time."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.site import RIVIERE, back, overflow, violations, visiting

PLAN = f"/piani/{RIVIERE}"
INDICATOR = "percentuale-di-incasso-del-diritto-annuale"
REVISE = f"{PLAN}/lavoro/revise_target?object={INDICATOR}&year=2024"
NAME = "Percentuale di incasso del Diritto annuale"


@pytest.fixture(params=[True, False], ids=["script", "no script"])
def script(request: pytest.FixtureRequest) -> bool:
    """Whether the browser runs scripts."""
    return bool(request.param)


def tab_to(page: Page, selector: str, most: int = 150) -> None:
    """Goes on by the tab key until what is meant has the focus, and sees that each stop on the way can be seen."""
    for _ in range(most):
        page.keyboard.press("Tab")
        focused = page.locator(":focus")
        if focused.count():
            box = focused.bounding_box()
            assert box is None or box["y"] + box["height"] > 0
        if page.locator(f"{selector}:focus").count():
            return
    pytest.fail(f"{selector} is not reached by the keyboard")


def test_a_plan_is_moved_through_time_by_keyboard(browser: Browser, origin: str, *, script: bool) -> None:
    with visiting(browser, origin, script=script) as (page, complaints):
        page.goto(f"{PLAN}?as_of=2022-12-31")
        tab_to(page, "a.stop[aria-current], a.stop" if not script else "a.stop")
        if script:
            page.keyboard.press("ArrowRight")
        page.keyboard.press("Enter")
        page.wait_for_url("**as_of=2022-*" if not script else "**as_of=2022-09-30*")
        expect(page.locator(".sees")).to_contain_text("in vigore al")
        back(page)
        expect(page.locator(".sees")).to_contain_text("31 dicembre 2022")
        page.go_forward()
        expect(page.locator("h1")).to_have_text("Piano della performance 2022-2024")
        assert complaints.said == []


def test_a_date_is_written_and_asked(browser: Browser, origin: str, *, script: bool) -> None:
    with visiting(browser, origin, 390, script=script) as (page, _):
        page.goto(PLAN)
        page.locator("#as_of").fill("2022-06-30")
        page.get_by_role("button", name="Vai").press("Enter")
        expect(page.locator(".sees")).to_contain_text("30 giugno 2022")
        expect(page.get_by_role("link", name=NAME).first).to_be_visible()


def test_what_one_looks_for_in_a_plan_is_there(browser: Browser, origin: str) -> None:
    with visiting(browser, origin) as (page, _):
        page.goto(f"{PLAN}?as_of=2022-12-31")
        page.keyboard.press("/")
        page.keyboard.type("incasso diritto")
        page.keyboard.press("Enter")
        expect(page.get_by_role("status").filter(has_text="1 indicatore")).to_be_visible()
        page.get_by_role("link", name=NAME).press("Enter")
        expect(page.locator("h1")).to_have_text(NAME)
        assert "as_of=2022-12-31" in page.url


def test_a_branch_of_the_tree_is_folded_and_still_found(browser: Browser, origin: str) -> None:
    with visiting(browser, origin) as (page, _):
        page.goto(f"{PLAN}?as_of=2022-12-31")
        page.get_by_role("button", name="Chiudi").click()
        row = page.get_by_role("link", name=NAME)
        expect(row).to_be_hidden()
        page.get_by_role("button", name="Apri tutto").click()
        expect(row).to_be_visible()


def test_a_target_is_revised_after_seeing_what_that_does(browser: Browser, origin: str, *, script: bool) -> None:
    target = ">= 73%" if script else ">= 74%"
    with visiting(browser, origin, script=script) as (page, complaints):
        page.goto(f"{PLAN}/indicatori/{INDICATOR}")
        page.get_by_role("link", name="Rimodula un target").press("Enter")
        page.get_by_label("2024").check()
        tab_to(page, "#target")
        page.keyboard.type(target)
        page.get_by_label("nuovi dati").check()
        tab_to(page, "#justification")
        page.keyboard.type("Riscossione migliore del previsto nei primi nove mesi")
        tab_to(page, "#act")
        page.keyboard.type(f"delibera di Giunta n. {7 if script else 8} del 30/09/2024")
        page.get_by_role("button", name="Vedi l'effetto", exact=True).press("Enter")
        expect(page.locator("h1")).to_have_text("Controlla prima di registrare")
        expect(page.locator("main")).to_contain_text(target.replace(">= ", "≥\u00a0"))
        assert violations(page) == [] if script else True
        page.get_by_role("button", name="Registra la modifica").press("Enter")
        expect(page.locator("main")).to_contain_text(target.replace(">= ", "≥\u00a0"))
        assert complaints.said == []


def test_a_form_that_is_wrong_says_so_first_and_keeps_what_was_typed(
    browser: Browser, origin: str, *, script: bool
) -> None:
    with visiting(browser, origin, 320, script=script) as (page, _):
        page.goto(REVISE)
        page.locator("#justification").fill("Una motivazione lunga, che nessuno vuole riscrivere")
        page.locator("form.work").evaluate("form => form.noValidate = true") if script else None
        page.locator("#target").fill("qualcosa che non si legge ≥≥")
        page.get_by_role("button", name="Vedi l'effetto", exact=True).click()
        expect(page.get_by_role("alert")).to_contain_text("C'è un problema")
        assert page.title().startswith("Errore: ")
        expect(page.locator("#justification")).to_have_value("Una motivazione lunga, che nessuno vuole riscrivere")
        assert overflow(page) == 0
        if script:
            expect(page.locator(".problems")).to_be_focused()
            assert violations(page) == []


def test_who_was_overtaken_sees_what_the_other_did_and_keeps_what_was_typed(browser: Browser, origin: str) -> None:
    address = f"{PLAN}/lavoro/revise_target?object=grado-di-rilascio-di-strumenti-digitali&year=2024"

    def filled(page: Page, target: str, act: str) -> None:
        page.locator("#target").fill(target)
        page.get_by_label("nuovi dati").check()
        page.locator("#justification").fill(f"Perché {target}")
        page.locator("#act").fill(act)
        page.get_by_role("button", name="Vedi l'effetto", exact=True).click()

    with visiting(browser, origin) as (anna, _), visiting(browser, origin) as (bruno, _):
        anna.goto(address)
        bruno.goto(address)
        filled(bruno, ">= 11%", "delibera di Giunta n. 20 del 15/10/2024")
        bruno.get_by_role("button", name="Registra la modifica").click()
        bruno.wait_for_load_state()
        filled(anna, ">= 12%", "delibera di Giunta n. 21 del 16/10/2024")
        expect(anna.locator("main")).to_contain_text("≥\u00a011%")
        expect(anna.locator("main")).to_contain_text("Perché >= 12%")


def test_the_pages_are_in_english_for_whoever_wants_it(browser: Browser, origin: str) -> None:
    with visiting(browser, origin) as (page, _):
        page.goto(f"{PLAN}?as_of=2022-12-31")
        page.get_by_role("link", name="ENG").click()
        expect(page.locator("html")).to_have_attribute("lang", "en")
        expect(page.locator(".sees")).to_contain_text("31 December 2022")
        page.get_by_role("link", name=NAME).click()
        expect(page.locator("html")).to_have_attribute("lang", "en")
        assert "lingua" not in page.url


def test_a_printed_page_says_where_it_comes_from(browser: Browser, origin: str) -> None:
    with visiting(browser, origin) as (page, _):
        page.goto(f"{PLAN}?as_of=2022-12-31")
        page.emulate_media(media="print")
        expect(page.locator(".evidence")).to_be_visible()
        expect(page.locator(".filters")).to_be_hidden()
        address = page.locator(".evidence dd a").first.get_attribute("href")
        assert address is not None
        page.goto(address)
        expect(page.locator(".sees")).to_contain_text("31 dicembre 2022")
