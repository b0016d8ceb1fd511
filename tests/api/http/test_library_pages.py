"""The library of indicators, written by forms: an entry looked at first, a file whose effect is shown before it is taken."""

import re
from collections.abc import Iterator

import pytest

from api.commands import accounts
from domain.access.commands import GiveRole
from domain.library.decide import LIBRARY
from tests.support.chamber import BY_MACHINE, OWN, Browser, Chambers, signed_in

ENTRY = "/biblioteca/lavoro/state_library_entry"
FILES = "/biblioteca/file"
CSV = (
    "schema;codice;nome;polarità;colore\nOC;84;Percentuale di incasso;crescente;blu\nOC;225;Tempo medio;decrescente;\n"
)


@pytest.fixture(scope="module")
def chambers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chambers]:
    made = Chambers(tmp_path_factory.mktemp("camere"))
    yield made
    made.close()


@pytest.fixture(scope="module")
def keeper(chambers: Chambers) -> Browser:
    account, browser = signed_in(chambers, "custode")
    accounts.give_role(chambers.service, GiveRole(account=account, role="administrator"), BY_MACHINE)
    return browser


def _hidden(page: str) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))


def _recorded(browser: Browser, path: str, **typed: str) -> str:
    command = path.partition("?")[0]
    browser.open(path)
    browser.send(command, **_hidden(browser.page), **typed, step="check")
    assert 'value="record"' in browser.page, browser.page
    answer = browser.http.post(command, data=_hidden(browser.page) | {"step": "record"})
    assert answer.status_code == 303, answer.text
    return browser.open(answer.headers["location"]).text


def _sent(browser: Browser, content: str | bytes, name: str = "biblioteca.csv") -> str:
    """What the page shows once a file was sent."""
    browser.open(FILES)
    answer = browser.http.post(
        FILES,
        data=_hidden(browser.page),
        files={"file": (name, content.encode() if isinstance(content, str) else content)},
    )
    browser.page = browser.http.get(answer.headers["location"]).text if answer.status_code == 303 else answer.text
    return browser.page


def _decided(browser: Browser, step: str, **typed: str) -> str:
    path = re.search(r'action="(/biblioteca/file/[^"]+)"', browser.page)
    assert path, browser.page
    answer = browser.http.post(path[1], data=_hidden(browser.page) | typed | {"step": step})
    browser.page = browser.http.get(answer.headers["location"]).text if answer.status_code == 303 else answer.text
    return browser.page


def _version(chambers: Chambers) -> int:
    with chambers.harness.store.reading() as reader:
        return reader.head(LIBRARY).version


def test_an_entry_is_written_changed_and_withdrawn_by_forms(chambers: Chambers, keeper: Browser) -> None:
    assert ENTRY in keeper.open("/biblioteca").text
    page = _recorded(
        keeper,
        ENTRY,
        scheme="KPISTD",
        code="84",
        name="Percentuale di incasso",
        terms="incassato\ndovuto",
        polarity="up",
    )
    assert "Registrato. Voce di biblioteca KPISTD 84: «Percentuale di incasso»" in page
    assert "incassato<br>dovuto" in page
    keeper.open(f"{ENTRY}?scheme=kpistd&code=84")
    assert 'value="Percentuale di incasso"' in keeper.page
    assert 'value="up" checked' in keeper.page
    typed = {"scheme": "KPISTD", "code": "84", "name": "Incasso", "polarity": "", "unit": "%"}
    shown = keeper.send(ENTRY, **_hidden(keeper.page), **typed, step="check").text
    assert (
        "nome «Percentuale di incasso»; termini «incassato; dovuto»; unità di misura; polarità «più è meglio»" in shown
    )
    before = _version(chambers)
    same = {"scheme": "KPISTD", "code": "84", "name": "Percentuale di incasso", "terms": "incassato\ndovuto"}
    assert "ha già KPISTD 84 così" in _again(keeper, ENTRY, **same, polarity="up")
    assert _version(chambers) == before
    page = _recorded(keeper, "/biblioteca/lavoro/withdraw_library_entry?scheme=KPISTD&code=84")
    assert "Ritirata la voce di biblioteca KPISTD 84" in page
    assert _again(keeper, ENTRY, scheme="KP/ISTD", code="", name="").count("wrong-text") >= 2


def _again(browser: Browser, path: str, **typed: str) -> str:
    browser.open(path)
    return browser.send(path, **_hidden(browser.page), **typed, step="check").text


def test_a_file_is_looked_at_before_it_is_taken_and_says_what_is_not(chambers: Chambers, keeper: Browser) -> None:
    _recorded(keeper, ENTRY, scheme="OC", code="225", name="Tempo medio", polarity="up", stated_on="2022-01-01")
    before = _version(chambers)
    page = _sent(keeper, CSV)
    assert _version(chambers) == before
    assert "2 voci nel file: 1 nuova, 1 cambia, 0 sono già così" in page
    assert "la colonna «colore» non è presa" in page or "la colonna &#39;colore&#39; non è presa" in page
    assert re.search(r"polarità: <del>.*più è meglio</del>.*meno è meglio</ins>", page)
    assert "Nulla è ancora registrato: ecco" in _decided(keeper, "record", stated_on="2022-01-15")
    assert "In vigore dal 15/01/2022" in keeper.page
    assert "Ciò che questo file diceva è registrato" in _decided(keeper, "record", stated_on="2022-01-15")
    assert _version(chambers) == before + 2
    assert "già così tutte le voci" in _sent(keeper, CSV)


def test_what_is_wrong_with_a_file_is_told_with_its_line(keeper: Browser) -> None:
    assert "riga 2, colonna polarità" in _sent(keeper, "schema;codice;nome;polarità\nOC;1;X;storta\n")
    assert "c&#39;è già in" in _sent(keeper, "schema;codice;nome\nOC;1;X\noc;1;Y\n")
    assert "Non è testo in UTF-8" in _sent(keeper, b"schema;codice;nome\nOC;1;citt\xe0\n")
    assert "voci: Non è previsto" in _sent(keeper, '{"voci": []}', "b.json")


def test_whoever_keeps_the_library_of_one_body_alone_is_offered_nothing(chambers: Chambers, keeper: Browser) -> None:
    _, boss = signed_in(chambers, "capo", "administrator")
    assert ENTRY not in boss.open("/biblioteca").text
    assert boss.open(ENTRY).status_code == 403
    assert boss.open(FILES).status_code == 403
    assert Browser(chambers).open(FILES).headers["location"].startswith("/accesso")
    _sent(keeper, "schema;codice;nome\nOC;7;Sette\n")
    path = re.search(r'action="(/biblioteca/file/[^"]+)"', keeper.page)
    account, other = signed_in(chambers, "altro")
    accounts.give_role(chambers.service, GiveRole(account=account, role="administrator"), BY_MACHINE)
    assert path
    assert other.open(path[1]).status_code == 404
    assert OWN not in other.page
