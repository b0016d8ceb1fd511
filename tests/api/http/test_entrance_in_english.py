"""The pages by which people come in, and those of refusals, in the language that was chosen: nothing on them stays behind."""

from collections.abc import Iterator

import httpx2
import pytest

from api.language import translation
from api.pages.sign_in import second_step_page
from tests.api.http.client import Client
from tests.api.http.test_sign_in_forms import cheaply_hashing
from tests.support.chamber import Chambers
from tests.support.harness import PLAN, ServiceHarness
from tests.support.marked import Marked, unmarked, unmarked_words
from tests.support.visitor import PASSWORD, Visitor, entered, login_of, opened

FROM_BEFORE = f"/piani/{PLAN}?as_of=1990-01-01"


@pytest.fixture(scope="module")
def chambers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chambers]:
    """One service for all the tests of this module."""
    with cheaply_hashing(Chambers(tmp_path_factory.mktemp("inglese"))) as service:
        yield service


@pytest.fixture(autouse=True)
def _marked(monkeypatch: pytest.MonkeyPatch) -> None:
    marked = Marked()
    monkeypatch.setattr(translation, "_catalogue", lambda _: marked)


def is_in_english(answer: httpx2.Response, status: int, *names: str) -> None:
    """All that a page shows was translated, but for names; it leads back to Italian."""
    assert answer.status_code == status, answer.text
    assert '<html lang="en">' in answer.text
    assert unmarked_words(answer.text) <= {word for name in names for word in unmarked(name)}


def test_signing_in_is_in_the_language_that_is_chosen_and_stays_there(chambers: Chambers) -> None:
    visitor = Visitor(chambers)
    assert '<html lang="it">' in visitor.open("/accesso?poi=/checkpoint").text
    assert 'href="/accesso?poi=/checkpoint&amp;lingua=en"' in visitor.page
    chosen = visitor.open("/accesso?poi=/checkpoint&lingua=en")
    is_in_english(chosen, 200)
    assert visitor.cookie("initinere-lingua") == "en"
    assert chosen.headers["cache-control"] == "no-store"
    assert 'action="/accesso?poi=/checkpoint"' in visitor.page
    assert 'data-waiting="⟦In attesa del dispositivo…⟧"' in visitor.page
    is_in_english(visitor.send("/accesso?poi=/checkpoint", login="nessuno", password="sbagliata per davvero"), 403)
    assert '<html lang="it">' in visitor.open("/accesso?lingua=it").text


def test_a_second_step_is_in_english() -> None:
    page = second_step_page("en", csrf="x", wanted="/checkpoint")
    assert unmarked_words(bytes(page.body).decode()) == set()
    assert 'href="/accesso?poi=/checkpoint&amp;lingua=it"' in bytes(page.body).decode()


def test_a_link_is_in_english_before_and_after_it_is_used(chambers: Chambers) -> None:
    account, link = opened(chambers)
    visitor = Visitor(chambers)
    assert f'href="{link}?lingua=en"' in visitor.open(link).text
    is_in_english(visitor.open(f"{link}?lingua=en"), 200, login_of(account))
    is_in_english(visitor.send(link, password=PASSWORD, repeated="un'altra"), 422, login_of(account))
    assert visitor.send(link, password=PASSWORD, repeated=PASSWORD).status_code == 303
    is_in_english(visitor.open(link), 403)


def test_one_s_own_account_is_in_english(chambers: Chambers) -> None:
    account, visitor = entered(chambers)
    is_in_english(visitor.open("/utenza?lingua=en"), 200, login_of(account), "Anna")
    visitor.create_passkey("/utenza/passkey", current=PASSWORD)
    shown = visitor.open("/utenza")
    is_in_english(shown, 200, login_of(account), "Anna portatile")
    assert "⟦Nome di «portatile»⟧" in shown.text
    assert shown.headers["cache-control"] == "no-store"
    wrong = visitor.send("/utenza/password", current="sbagliata per davvero", password=PASSWORD, repeated=PASSWORD)
    is_in_english(wrong, 422, login_of(account), "Anna portatile")


def test_the_checkpoint_is_in_english(client: Client) -> None:
    is_in_english(client.get("/checkpoint?lingua=en"), 200)
    assert client.get("/checkpoint").headers["cache-control"] == "no-cache"


def test_a_refusal_is_in_english_and_is_asked_again_in_italian(client: Client) -> None:
    people = {"accept": "text/html"}
    answer = client.http.get("/non-c-e?x=1&lingua=en", headers=people)
    assert answer.status_code == 404
    assert "<title>⟦Errore: ⟧⟦Indirizzo sconosciuto⟧</title>" in answer.text
    assert 'href="?x=1&amp;lingua=it"' in answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert client.http.get("/non-c-e-nemmeno", headers=people).text.count('lang="en"') == 1


def test_a_refusal_never_leads_to_an_address_elsewhere(client: Client) -> None:
    answer = client.http.get("http://testserver//altrove.it/x?lingua=en", headers={"accept": "text/html"})
    assert "altrove.it" not in "".join(part.partition('"')[0] for part in answer.text.split('href="')[1:])


def test_what_was_sent_is_not_asked_again_in_another_language(client: Client) -> None:
    refused = client.http.post("/non-c-e", headers={"accept": "text/html", "cookie": "initinere-lingua=en"})
    assert refused.status_code in {404, 405}
    assert "⟦Torna all'inizio⟧" in refused.text
    assert "hreflang" not in refused.text


def test_before_a_plan_is_in_english(client: Client, harness: ServiceHarness) -> None:
    harness.load()
    answer = client.get(f"{FROM_BEFORE}&lingua=en")
    assert answer.status_code == 404
    assert 'href="?as_of=1990-01-01&amp;lingua=it"' in answer.text
