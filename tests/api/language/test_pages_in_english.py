"""Pages in English: no text of a template stands outside of what is translated, and what pages say is in the catalogue."""

import gettext
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from jinja2 import nodes

from api.language import translation
from api.pages.templating import environment
from tests.api.language.catalogue import CATALOGUES, TEMPLATES, read, texts
from tests.support.chamber import OWN, PUBLISHED, Browser, Chambers
from tests.support.marked import Marked

PLAN = PUBLISHED[OWN]
PLACEHOLDER = "\x00"
SHOWN_ATTRIBUTES = {"alt", "aria-label", "content", "data-label", "placeholder", "title"}
SAME_IN_BOTH = {
    "OIV",
    "SHA",
    "API",
    "Atom",
    "CSV",
    "Checkpoint",
    "ENG",
    "Excel",
    "ITA",
    "In",
    "Itinere",
    "JSON",
    "Passkey",
    "Password",
    "Target",
    "ZIP",
}
"""Names, and words that are the same in both languages."""
OF_THE_PLAN = frozenset({"delibera della Giunta del 20/09/2022", "target 2022", "target 2023"})
"""What the plan of these tests says itself, where a page asks for it as for a word of its own."""
ADDRESSES = (
    "/", "/dati", "/guida", "/accessibilita", "/note-legali",
    *(f"/piani/{PLAN}{page}" for page in (
        "", "/confronto", "/modifiche", "/punteggi", "/documenti", "/segnalazioni", "/indicatori/incasso", "/punteggi/regole/confronto",
        "/confronto?da=2022-03-01&a=2022-12-01", "?as_of=2022-03-01&known_at=2022-03-01",
    )),
)  # fmt: skip


class _Words(HTMLParser):
    """The words that a template shows by itself."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.silent += tag in {"code", "style", "script"}
        shown = [value for name, value in attrs if name in SHOWN_ATTRIBUTES and value]
        self.words += [word for value in shown for word in _words(value) if not value.startswith("width=")]

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in {"code", "style", "script"}

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.words += _words(data)


def _words(text: str) -> list[str]:
    return [word for word in re.findall(r"[^\W\d_]{2,}", text) if word not in SAME_IN_BOTH]


@pytest.fixture(scope="module")
def known() -> frozenset[str]:
    """The texts of the catalogues."""
    return frozenset(texts())


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_words_stand_in_a_template_but_those_that_are_translated(path: Path, known: frozenset[str]) -> None:
    made = environment("it")
    tree = made.parse(path.read_text())
    shown = _Words()
    shown.feed("".join(_literal(tree)))
    assert shown.words == []
    constants = {constant.value for output in tree.find_all(nodes.Output) for constant in output.find_all(nodes.Const)}
    words = {text for text in constants if isinstance(text, str) and re.search(r"[a-zà-ù]{3,} [a-zà-ù]{2,}", text)}
    assert words <= known


def _literal(tree: nodes.Template) -> Iterator[str]:
    attributes = {id(output) for block in tree.find_all(nodes.AssignBlock) for output in block.find_all(nodes.Output)}
    for output in (output for output in tree.find_all(nodes.Output) if id(output) not in attributes):
        for node in output.nodes:
            yield node.data if isinstance(node, nodes.TemplateData) else PLACEHOLDER


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parts[-3])
def test_a_translation_keeps_what_is_filled_in(path: Path) -> None:
    for message in read(path):
        if message.id:
            original, translated = (
                sorted(re.findall(r"%\(\w+\)s", str(text))) for text in (message.id, message.string)
            )
            assert original == translated, message.id


class _Noted(gettext.NullTranslations):
    """A catalogue that notes which texts were asked of it."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: set[str] = set()

    def gettext(self, message: str) -> str:
        self.asked.add(message)
        return message


def test_whatever_a_page_has_translated_is_in_the_catalogue(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, known: frozenset[str]
) -> None:
    noted = _Noted()
    monkeypatch.setattr(translation, "_catalogue", lambda _: noted)
    chambers = Chambers(tmp_path, sign_in="open")
    chambers.harness.on("2022-09-20").revise(">= 65%", "2022-09-20")
    chambers.harness.on("2022-11-20")
    browser = Browser(chambers)
    browser.http.cookies.set("initinere-lingua", "en")
    for address in ADDRESSES:
        answer = browser.open(address)
        assert answer.status_code == 200, address
        assert 'lang="en"' in answer.text, address
    chambers.close()
    missing = sorted(text for text in noted.asked - known if re.search(r"[^\W\d_]", text) and text not in OF_THE_PLAN)
    assert missing == [], "\n".join(missing)


def test_a_page_in_english_has_english_around_what_the_office_wrote(tmp_path: Path) -> None:
    chambers = Chambers(tmp_path, sign_in="open")
    browser = Browser(chambers)
    page = browser.open(f"/piani/{PLAN}?lingua=en").text
    for words in ("Change rate", "In force on", "Weight covered by data", "Open data", "Search the plan", "Where what"):
        assert words in page, words
    chambers.close()


def test_the_title_of_a_page_is_in_its_language_and_one_that_an_office_wrote_stays(tmp_path: Path) -> None:
    chambers = Chambers(tmp_path, sign_in="open")
    browser = Browser(chambers)
    for page, title in {
        "/segnalazioni": translation.translated("Segnalazioni", "en"),
        "/punteggi": translation.translated("Punteggi", "en"),
        "/lavoro": translation.translated("Lavoro sul piano", "en"),
        "/proposte": translation.translated("Proposte", "en"),
        "/indicatori/incasso": "Percentuale di incasso",
    }.items():
        assert f"<title>{title} · " in browser.open(f"/piani/{PLAN}{page}?lingua=en").text, page
    chambers.close()


def test_what_code_puts_together_is_worded_in_the_language_of_the_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    marked = Marked()
    monkeypatch.setattr(translation, "_catalogue", lambda _: marked)
    chambers = Chambers(tmp_path, sign_in="open")
    chambers.harness.on("2022-09-20").revise(">= 65%", "2022-09-20")
    browser = Browser(chambers)
    browser.http.cookies.set("initinere-lingua", "en")
    for page, words in {
        "/lavoro/record_measurement?object=incasso": ">⟦primo semestre⟧ 2022<",
        "/lavoro/report_status": ">⟦indicatore: Percentuale di incasso⟧<",
        "/lavoro/revise_target?object=incasso": "⟦oggi ≥",
        "/lavoro/add_objective": ">⟦nessuno: sta alla radice⟧<",
        "/punteggi/regole/confronto": "<dd>⟦restano fuori⟧</dd>",
        "/registro/campi?testo=peso": "⟦⟦peso⟧ nell&#39;obiettivo⟧",
        "/registro/1": "⟦titolo⟧ Piano di prova",
        "": "(⟦1 modifica⟧)",
    }.items():
        assert words in browser.open(f"/piani/{PLAN}{page}").text.replace("\u00a0", " "), page
    chambers.close()


def test_what_is_wrong_with_a_form_of_work_is_said_in_its_language(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    marked = Marked()
    monkeypatch.setattr(translation, "_catalogue", lambda _: marked)
    chambers = Chambers(tmp_path, sign_in="open")
    browser = Browser(chambers)
    browser.http.cookies.set("initinere-lingua", "en")
    page = browser.open(f"/piani/{PLAN}/lavoro/revise_target?object=incasso").text
    csrf = re.search(r'name="csrf" value="([^"]+)"', page)
    assert csrf
    sent = {"csrf": csrf[1], "step": "check", "object": "incasso", "year": "2022"}
    refused = browser.http.post(f"/piani/{PLAN}/lavoro/revise_target", data=sent, follow_redirects=True)
    assert refused.status_code == 422
    assert "⟦Manca «⟦nuovo target⟧»⟧" in refused.text
    chambers.close()
