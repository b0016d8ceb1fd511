"""Sheets of collection come back by the pages: sent, looked at, asked about, confirmed; nothing recorded unseen."""

import io
import re
import zipfile
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import httpx2
import pytest

from api.commands import accounts
from api.commands.evaluation import open_round
from domain.access.commands import GiveRole
from domain.rounds.commands import OpenRound
from tests.support.chamber import BY_MACHINE, OTHER, OWN, PUBLISHED, Browser, Chambers, signed_in
from tests.support.collection_books import filled

PLAN = PUBLISHED[OWN]
SHEETS = f"/piani/{PLAN}/monitoraggio/schede"
OFFICE = "Servizio Bilancio"


@pytest.fixture(scope="module")
def chambers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chambers]:
    """A round of 30 June, of which one office owes everything; it is 10 July."""
    folder: Path = tmp_path_factory.mktemp("schede")
    made = Chambers(folder, public=True)
    made.harness.on("2022-07-10")
    owner = {"verb": "reclassify_indicator", "object": "cassetto", "owner": "Servizio Registro"}
    made.harness.change(owner, act="delibera di Giunta n. 4 del 20/05/2022")
    opening = OpenRound.model_validate({"as_at": "2022-06-30", "due_by": "2022-07-15"})
    open_round(made.service, PLAN, opening, BY_MACHINE)
    yield made
    made.close()


@pytest.fixture(scope="module")
def planner(chambers: Chambers) -> Browser:
    return signed_in(chambers, "anna", "planner")[1]


@pytest.fixture(scope="module")
def sheet(planner: Browser) -> bytes:
    answer = planner.http.get(f"/v1/plans/{PLAN}/rounds/2022-06-30/export", params={"office": OFFICE})
    assert answer.status_code == 200, answer.text
    return answer.content


def send(browser: Browser, file: bytes, name: str = "scheda.xlsx") -> httpx2.Response:
    browser.open(SHEETS)
    files = {"file": (name, file, "application/octet-stream")}
    answer = browser.http.post(SHEETS, data={"csrf": browser.csrf}, files=files)
    if answer.status_code != 303:
        browser.page = answer.text
    return answer


def sent(browser: Browser, file: bytes) -> str:
    answer = send(browser, file)
    assert answer.status_code == 303, answer.text
    address = str(answer.headers["location"])
    assert browser.open(address).status_code == 200
    return address


def shown(page: str) -> str:
    return " ".join(unescape(re.sub("<[^>]*>", " ", page.partition("<main")[2])).split()).replace("\xa0", " ")


def measured(browser: Browser) -> int:
    return len(browser.http.get(f"/v1/plans/{PLAN}/measurements").json()["measurements"])


def press(browser: Browser, address: str, step: str, **typed: str) -> httpx2.Response:
    form = browser.page[browser.page.index('<form method="post"') :]
    carried = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form))
    return browser.send(address, **{**carried, "step": step, **typed})


def test_the_page_of_monitoring_leads_to_the_form_for_whoever_may_send(chambers: Chambers, planner: Browser) -> None:
    assert f'href="{SHEETS}"' in planner.open(f"/piani/{PLAN}/monitoraggio").text
    assert "È aperto il monitoraggio dei dati al 30/06/2022." in shown(planner.open(SHEETS).text)
    _, reader = signed_in(chambers, "leo", "oiv")
    page = reader.open(SHEETS).text
    assert 'type="file"' not in page
    assert Browser(chambers).open(SHEETS).status_code == 303


def test_a_sheet_is_shown_and_recorded_as_shown(planner: Browser, sheet: bytes) -> None:
    before = measured(planner)
    address = sent(planner, filled(sheet, {0: {"Valore": "40%", "Stato": "in linea", "Nota": "dato contabile"}}))
    said = shown(planner.page)
    assert "Nulla è stato registrato. Monitoraggio: dati al 30/06/2022." in said
    assert "dopo: 40%" in said
    assert "Target dell'anno: ≥ 70,34%." in said
    assert "Nota: dato contabile" in said
    assert measured(planner) == before
    answer = press(planner, address, "record")
    assert answer.status_code == 303
    assert answer.headers["location"].startswith(f"/piani/{PLAN}/monitoraggio?monitoraggio=")
    assert measured(planner) > before
    assert "Ciò che queste schede dicevano è registrato." in shown(planner.open(address).text)
    after = measured(planner)
    again = sent(planner, filled(sheet, {0: {"Valore": "40%", "Stato": "in linea", "Nota": "dato contabile"}}))
    assert "Le schede non dicono nulla di nuovo." in shown(planner.open(again).text)
    assert measured(planner) == after


def test_what_is_wrong_is_told_by_its_cell_and_what_is_asked_is_answered(planner: Browser, sheet: bytes) -> None:
    unread = sent(planner, filled(sheet, {1: {"Valore": "6 convocati"}}))
    assert "Da correggere prima di registrare" in shown(planner.page)
    assert 'value="record"' not in planner.page
    assert press(planner, unread, "record").status_code == 200
    doubtful = sent(planner, filled(sheet, {0: {"Valore": "5000%"}}))
    assert 'value="record"' not in planner.page
    assert 'name="late"' not in planner.page
    press(planner, doubtful, "look", confirm_unit="1")
    assert 'name="confirm_unit" value="1" checked' in planner.page
    assert 'value="record"' in planner.page


def test_what_was_shown_before_is_not_recorded_when_it_would_do_something_else(planner: Browser, sheet: bytes) -> None:
    address = sent(planner, filled(sheet, {1: {"Valore": "12%"}}))
    shown_first = planner.page
    other = sent(planner, filled(sheet, {1: {"Valore": "13%"}}))
    assert press(planner, other, "record").status_code == 303
    planner.page = shown_first
    answer = press(planner, address, "record")
    assert answer.status_code == 200
    assert "Nulla è ancora registrato: ecco che cosa farebbero le schede adesso." in shown(answer.text)


def test_a_file_that_is_no_sheet_is_told_on_the_form_and_a_zip_holds_several(planner: Browser, sheet: bytes) -> None:
    assert send(planner, b"ciao").status_code == 422
    assert "C'è un problema" in shown(planner.page)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("bilancio.xlsx", sheet)
        archive.writestr("altro.xlsx", b"ciao")
    sent(planner, packed.getvalue())
    assert "altro.xlsx" in shown(planner.page)


def test_the_sheet_of_another_office_is_not_taken_from_whoever_answers_for_one(
    chambers: Chambers, sheet: bytes
) -> None:
    account, browser = signed_in(chambers, "ugo")
    giving = GiveRole(account=account, role="responsible", administration=OWN, offices=("servizio-registro",))
    accounts.give_role(chambers.service, giving, BY_MACHINE)
    sent(browser, filled(sheet, {0: {"Valore": "41%"}}))
    assert "la scheda è di Servizio Bilancio" in shown(browser.page)
    assert "41%" not in shown(browser.page)


def test_sheets_of_one_plan_are_found_in_no_other_and_are_no_file_of_it(planner: Browser, sheet: bytes) -> None:
    name = sent(planner, sheet).rpartition("/")[2]
    assert planner.open(f"/piani/{PUBLISHED[OTHER]}/monitoraggio/schede/{name}").status_code in {403, 404}
    assert planner.open(f"/piani/{PLAN}/documenti/{name}").status_code == 404
    assert planner.http.get(f"/v1/plans/{PLAN}/imports/{name}").status_code == 404
