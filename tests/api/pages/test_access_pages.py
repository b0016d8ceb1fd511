"""The pages of access: that a screen reader finds its way, that nothing stands in them but text, and what each offers."""

import itertools
from collections import Counter
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import NamedTuple

import pytest
from fastapi.responses import Response

from api.access.one_time_links import LinkRefused
from api.access.passkeys import Passkey
from api.access.passwords import PasswordRefused
from api.pages.account import AccountSecurity, account_page
from api.pages.forms import FormProblem, form_problems
from api.pages.sign_in import UsableLink, link_page, link_refused_page, second_step_page, sign_in_page
from api.pages.static_files import STATIC, static_address, static_file
from domain.errors import Malformed, Problem

NOW = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)
HOSTILE = "\"><script>alert(1)</script>' onx='&amp;"
PASSKEY = Passkey(
    credential_id="AAAA",
    account="acc-aaaaaaaaaaaaaaaa",
    name=HOSTILE,
    public_key="AAAA",
    sign_count=1,
    transports=(),
    synced=True,
    added_at=NOW,
)
SECURITY = AccountSecurity(HOSTILE, HOSTILE, True, [PASSKEY, PASSKEY], True, 2)  # noqa: FBT003
WRONG = (
    FormProblem("login", HOSTILE),
    FormProblem("password", "Troppo corta."),
    FormProblem("", "Altro."),
)
PAGES = {
    "sign in": sign_in_page(csrf="x", provider=HOSTILE, login=HOSTILE),
    "sign in, refused": sign_in_page(csrf="x", login="anna", problems=WRONG, status=403),
    "sign in, provider alone": sign_in_page(csrf="x", provider="Ente", passwords=False),
    "second step": second_step_page(csrf="x", problems=(FormProblem("", "No."),), status=403),
    "link": link_page(
        UsableLink("s" * 43, HOSTILE, passkey_demanded=False),
        csrf="x",
        problems=(*WRONG[1:], FormProblem("name", "Vuoto.")),
    ),
    "link, administrator": link_page(UsableLink("s" * 43, "anna", passkey_demanded=True), csrf="x"),
    "link, refused": link_refused_page(LinkRefused("questo link è scaduto", accepted="un altro"), "s" * 43),
    "account": account_page(SECURITY, csrf="x", notice=HOSTILE, problems=(FormProblem("name-1", "Vuoto."),)),
    "account, empty": account_page(AccountSecurity("anna", "", False, [], False, 1), csrf="x"),  # noqa: FBT003
}


class Element(NamedTuple):
    tag: str
    attributes: dict[str, str]
    inside: tuple[str, ...]


class Elements(HTMLParser):
    """The elements of a page, in order, and its text."""

    EMPTY = frozenset({"meta", "link", "input", "br"})

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[Element] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(html)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(Element(tag, {name: value or "" for name, value in attrs}, tuple(self.open)))
        if tag not in self.EMPTY:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data

    def of(self, tag: str) -> list[dict[str, str]]:
        return [element.attributes for element in self.elements if element.tag == tag]


def read(page: Response) -> Elements:
    return Elements(bytes(page.body).decode())


@pytest.fixture(params=PAGES, name="page")
def _page(request: pytest.FixtureRequest) -> Elements:
    return read(PAGES[request.param])


def test_a_page_has_a_language_one_heading_and_a_way_past_it(page: Elements) -> None:
    assert page.of("html") == [{"lang": "it"}]
    assert len(page.of("h1")) == len(page.of("main")) == len(page.of("title")) == 1
    assert page.of("a")[0] == {"class": "skip", "href": f"#{page.of('main')[0]['id']}"}
    levels = [int(element.tag[1]) for element in page.elements if element.tag in {"h1", "h2", "h3"}]
    assert all(level <= before + 1 for before, level in itertools.pairwise(levels))


def test_every_field_has_a_label_of_its_own_and_every_reference_a_target(page: Elements) -> None:
    ids = [element.attributes["id"] for element in page.elements if "id" in element.attributes]
    assert max(Counter(ids).values()) == 1
    labelled = [label["for"] for label in page.of("label")]
    fields = [field for field in page.of("input") if field.get("type") != "hidden" and "hidden" not in field]
    assert sorted(labelled) == sorted(field["id"] for field in fields)
    assert all(field.get("autocomplete") for field in fields if field["type"] == "password")
    for element in page.elements:
        for name in ("aria-describedby", "aria-labelledby"):
            assert set(element.attributes.get(name, "").split()) <= set(ids)
        if (address := element.attributes.get("href", "")).startswith("#"):
            assert address[1:] in ids


def test_nothing_runs_and_nothing_is_styled_within_a_page(page: Elements) -> None:
    assert page.of("style") == []
    assert all(set(script) == {"src", "defer"} for script in page.of("script"))
    for element in page.elements:
        assert not [name for name in element.attributes if name.startswith("on") or name == "style"]
        for name in ("src", "href", "action", "data-options"):
            assert element.attributes.get(name, "/").startswith(("/", "#"))


def test_every_form_says_that_this_service_made_it(page: Elements) -> None:
    forms = page.of("form")
    assert all(form["method"] == "post" for form in forms)
    assert [field["value"] for field in page.of("input") if field.get("name") == "csrf"] == ["x"] * len(forms)


@pytest.mark.parametrize("name", sorted(set(PAGES) - {"home"}))
def test_a_page_of_access_is_kept_nowhere(name: str) -> None:
    assert PAGES[name].headers["cache-control"] == "no-store"


def test_what_is_wrong_is_said_first_and_leads_to_its_field() -> None:
    page = read(PAGES["sign in, refused"])
    assert PAGES["sign in, refused"].status_code == 403
    [summary] = [element.attributes for element in page.elements if element.attributes.get("class") == "problems"]
    assert summary["aria-labelledby"] == "problemi"
    assert "autofocus" in summary
    assert [element.tag for element in page.elements if element.attributes.get("role") == "alert"] == ["div"]
    assert [link["href"] for link in page.of("a") if link["href"].startswith("#")][1:] == ["#login", "#password"]
    login = next(field for field in page.of("input") if field.get("id") == "login")
    assert (login["aria-invalid"], login["aria-describedby"], login["value"]) == ("true", "login-wrong", "anna")
    assert page.text.lstrip().startswith("Errore: Accedi")


def test_the_body_s_own_provider_is_offered_where_there_is_one() -> None:
    assert "Entra con l'ente" in read(PAGES["sign in"]).text
    assert "Entra con l'ente" not in read(PAGES["sign in, refused"]).text
    assert "Password" not in read(PAGES["sign in, provider alone"]).text


def test_an_administrator_s_link_gives_a_passkey_and_no_password() -> None:
    assert [form["data-passkey"] for form in read(PAGES["link, administrator"]).of("form")] == ["create"]
    assert [form.get("data-passkey") for form in read(PAGES["link"]).of("form")] == ["create", None]


def test_days_are_those_of_rome() -> None:
    assert "Aggiunta il 02/03/2026" in read(PAGES["account"]).text


def test_a_refusal_becomes_problems_at_its_fields() -> None:
    refused = PasswordRefused("la password ha 3 caratteri", accepted="da 12 a 128", where="password")
    assert form_problems(refused, "it") == (
        FormProblem("password", "La password ha 3 caratteri. Si accetta: da 12 a 128."),
    )
    assert form_problems(Malformed([Problem(where="name", found="manca")]), "it") == (FormProblem("name", "Manca."),)


@pytest.mark.parametrize("name", STATIC)
def test_a_file_of_pages_has_an_address_that_says_what_is_in_it(name: str) -> None:
    served = static_file(name)
    assert served.body
    assert served.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert static_address(name).startswith(f"/static/{name}?v=")
