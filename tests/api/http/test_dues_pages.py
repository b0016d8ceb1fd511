"""What is due, on the page of a plan, in the list of plans and in its own list: to whom it is told, and of which offices."""

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest

from api.commands import accounts
from api.commands.evaluation import open_round
from domain.access.commands import GiveRole
from domain.errors import NotFound
from domain.rounds.commands import OpenRound
from tests.support.chamber import BY_MACHINE, DRAFTS, OTHER, OWN, PUBLISHED, Browser, Chambers, signed_in

PLAN = PUBLISHED[OWN]
PAGE = f"/piani/{PLAN}"
DUES = f"{PAGE}/monitoraggio/dovuti"
LATE = "in ritardo, il primo dal 15/07/2022"


@pytest.fixture(scope="module")
def chambers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chambers]:
    """A round of the first chamber, over which the day of the answers has passed; another office owes a value, too."""
    folder: Path = tmp_path_factory.mktemp("dovuti")
    made = Chambers(folder, public=True)
    made.harness.on("2022-07-20")
    owner = {"verb": "reclassify_indicator", "object": "cassetto", "owner": "Servizio <b>Registro</b>"}
    made.harness.change(owner, act="delibera di Giunta n. 4 del 20/05/2022")
    opening = OpenRound.model_validate({"as_at": "2022-06-30", "due_by": "2022-07-15"})
    open_round(made.service, PLAN, opening, BY_MACHINE)
    made.harness.measure(series=f"{PLAN}.incasso", period="2021", text="66%", data_as_at="2021-12-31")
    yield made
    made.close()


@pytest.fixture(scope="module")
def responsible(chambers: Chambers) -> Browser:
    account, browser = signed_in(chambers, "ida")
    giving = GiveRole(account=account, role="responsible", administration=OWN, offices=("servizio  BILANCIO",))
    accounts.give_role(chambers.service, giving, BY_MACHINE)
    return browser


@pytest.mark.parametrize("office", ["Servizio che non c'è", "servizio-ignoto"])
def test_an_office_that_is_not_there_is_no_office_of_a_role(chambers: Chambers, office: str) -> None:
    account, _ = signed_in(chambers, f"eva{len(office)}")
    giving = GiveRole(account=account, role="responsible", administration=OWN, offices=(office,))
    with pytest.raises(NotFound, match=f"{office} non è un ufficio di {OWN}"):
        accounts.give_role(chambers.service, giving, BY_MACHINE)


@pytest.fixture(scope="module")
def planner(chambers: Chambers) -> Browser:
    return signed_in(chambers, "anna", "planner")[1]


def block(page: str) -> str:
    return unescape(page.partition('<section class="dues"')[2].partition("</section>")[0])


def test_a_responsible_finds_on_the_plan_what_the_office_owes(responsible: Browser) -> None:
    shown = block(responsible.open(PAGE).text)
    assert "Che cosa deve il tuo ufficio" in shown
    assert "Servizio Bilancio: 2 valori e 2 stati di avanzamento" in shown
    assert LATE in shown
    assert "Registro" not in shown
    assert f'href="{PAGE}/lavoro/record_measurement"' in shown
    assert f'href="{DUES}"' in shown


@pytest.mark.parametrize("role", ["planner", "validator", "oiv"])
def test_whoever_reads_the_monitoring_finds_it_office_by_office(chambers: Chambers, role: str) -> None:
    _, browser = signed_in(chambers, f"b-{role}", role)
    shown = browser.open(PAGE).text
    assert "Che cosa è dovuto, ufficio per ufficio" in block(shown)
    assert "3 valori e 3 stati" in block(shown)
    offices = re.findall(rf'href="({DUES}\?ufficio=[^"]*)">([^<]*)<', shown)
    assert [unescape(unescape(words)) for _, words in offices] == ["Servizio <b>Registro</b>", "Servizio Bilancio"]
    assert "<b>Registro" not in shown
    assert ("record_measurement" in block(shown)) == (role == "planner")
    listed = browser.open(unescape(offices[1][0]))
    assert listed.status_code == 200
    assert "Percentuale di incasso" in listed.text
    assert "Adesione al cassetto" not in listed.text


def test_it_is_told_to_nobody_who_has_not_signed_in_even_after_somebody_who_has(
    chambers: Chambers, responsible: Browser
) -> None:
    stranger = Browser(chambers)
    for browser in (responsible, stranger):
        assert bool(block(browser.open(PAGE).text)) == (browser is responsible)
    sent = stranger.open(DUES)
    assert (sent.status_code, sent.headers["location"].partition("?")[0]) == (303, "/accesso")
    first = stranger.open("/").text
    assert "/monitoraggio/dovuti" not in first
    assert "Servizio" not in first


def test_nothing_is_told_of_another_administration_nor_of_another_day(planner: Browser) -> None:
    other = f"/piani/{PUBLISHED[OTHER]}"
    assert block(planner.open(other).text) == ""
    assert planner.open(f"{other}/monitoraggio/dovuti").status_code == 403
    assert planner.open(f"/piani/{DRAFTS[OTHER]}/monitoraggio/dovuti").status_code in {403, 404}
    assert block(planner.open(f"{PAGE}?as_of=2022-03-01").text) == ""
    assert "nessun" not in planner.open(f"{DUES}?as_of=2022-03-01").text.partition("<main")[2].casefold()


def test_the_list_has_target_last_value_day_and_a_form_that_knows_what_it_is_about(responsible: Browser) -> None:
    page = responsible.open(DUES).text
    text = unescape(page)
    for words in ("≥\xa070,34%", "66%", "2021", "15/07/2022", "in ritardo", "Incassare", "primo semestre 2022"):
        assert words in text, words
    assert "Adesione al cassetto" not in text
    (form,) = re.findall(r'href="([^"]*record_measurement[^"]*object=incasso[^"]*)"', page)
    filled = responsible.open(unescape(form)).text
    assert '<option value="2022-H1" selected' in filled
    assert 'name="data_as_at" type="date" value="2022-06-30"' in filled
    assert 'value="Servizio Bilancio"' in filled
    assert 'value="provisional" checked' in filled
    status = re.findall(r'href="([^"]*report_status[^"]*)"', page)
    assert '<option value="indicator/incasso" selected' in responsible.open(unescape(status[0])).text


def test_an_office_that_owes_nothing_or_is_none_is_said_to(planner: Browser) -> None:
    text = unescape(planner.open(f"{DUES}?ufficio=<i>Nessuno</i>").text)
    assert "non deve nulla, o non è un ufficio di questo piano" in text
    assert "<i>Nessuno" not in planner.page


def test_its_links_keep_both_dates(chambers: Chambers, planner: Browser) -> None:
    known = f"{chambers.harness.now:%Y-%m-%dT%H:%M:%S}Z"
    page = planner.open(f"{DUES}?as_of=2022-07-20&known_at={known}").text
    offices = re.findall(r'href="([^"]*ufficio=[^"]*)"', page)
    assert offices
    assert all("as_of=2022-07-20" in link and "known_at=2022-07-20T" in link for link in offices)
    assert "record_measurement" not in page.partition("<main")[2], "the past takes no values"


def test_the_list_of_plans_says_it_with_its_day(planner: Browser, responsible: Browser) -> None:
    shown = unescape(planner.open("/").text)
    assert f'href="{DUES}">3 valori e 3 stati di avanzamento' in shown
    assert LATE in shown
    assert "2 uffici" in shown
    assert f"/piani/{PUBLISHED[OTHER]}/monitoraggio" not in shown
    own = unescape(responsible.open("/").text)
    assert f'href="{DUES}">2 valori e 2 stati di avanzamento' in own
    assert "Registro" not in own


def test_the_form_of_all_values_takes_the_period_that_is_due_first(responsible: Browser) -> None:
    page = responsible.open(f"{PAGE}/lavoro/record_measurement").text
    assert '<option value="2022-H1" selected' in page
    assert set(re.findall(r'name="value\.([a-z]+)"', page)) == {"incasso", "regolamento"}
