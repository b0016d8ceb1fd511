"""The catalogues have every text of the interface, translated, and no other; and what is shown comes from them."""

import gettext
import re
from itertools import zip_longest
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from click.testing import CliRunner, Result

from api.cli.app import app
from api.language.translation import preferred, translated
from api.settings import Language
from tests.api.language.catalogue import CATALOGUES, read, source, updated

WORDS_OF_CODE = re.compile(
    r"`[^`]*`"  # what is marked as code
    r"|--[a-z-]+|\w+_\w+|\w+/[A-Za-z{}]+|[{}][^{}]*[{}]|\w+=\w+"  # options, names with joints, addresses, objects
    r"|[A-Z]{3,}\w*|\.[a-z]{3,}|\d+|\n"  # initials, endings of files, digits, line ends
)
TRANSLATED = {"AAAA", "YYYY", "nome=valore", "name=value"} | {
    "GG/MM", "DD/MM", "TIPO", "TYPE", "COPIATO", "COPIED", "regola/oggetto", "rule/subject"
}  # fmt: skip
"""Found by the pattern, but words: they are translated."""


@pytest.fixture(params=CATALOGUES, ids=lambda path: f"{path.parts[-3]}-{path.stem}")
def path(request: pytest.FixtureRequest) -> Path:
    """A catalogue as it is committed."""
    found: Path = request.param
    return found


@pytest.fixture
def catalogue(path: Path) -> Catalog:
    """The same, read."""
    return read(path)


def test_a_catalogue_is_as_its_tool_writes_it(path: Path) -> None:
    written, committed = updated(path).splitlines(), path.read_bytes().splitlines()
    departs = next((pair for pair in zip_longest(written, committed) if pair[0] != pair[1]), None)
    assert departs is None, "run: python -m tests.api.language.catalogue"  # the whole difference takes minutes to show


def test_every_text_is_translated_and_no_other(path: Path, catalogue: Catalog) -> None:
    translations = {message.id: message.string for message in catalogue if message.id}
    assert set(translations) == set(source(path))
    assert [text for text, words in translations.items() if not words] == []
    assert [message.id for message in catalogue if message.fuzzy and message.id] == []
    assert list(catalogue.obsolete) == []


def test_a_translation_keeps_the_words_of_code(catalogue: Catalog) -> None:
    for message in catalogue:
        if message.id and not str(message.id).isupper():
            assert _code(str(message.string)) == _code(str(message.id)), message.id


def test_what_was_compiled_is_what_is_committed(path: Path, catalogue: Catalog) -> None:
    compiled = gettext.translation(path.stem, path.parents[2], [path.parts[-3]])
    for message in catalogue:
        assert not message.id or compiled.gettext(str(message.id)) == message.string, "run: make setup"


def test_a_text_is_translated_paragraph_by_paragraph() -> None:
    text = "Un punteggio spiegato\n\nMai tradotto.\n\nRegistrato."
    assert translated(text, "en") == "A score explained\n\nMai tradotto.\n\nRecorded."
    assert translated(text, "it") == text
    assert translated("", "en") == ""


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("", "it"),
        ("en", "en"),
        ("en-GB,en;q=0.9,it;q=0.8", "en"),
        ("it-IT, en;q=0.9", "it"),
        ("en; q=0.5, it", "it"),
        ("fr, EN;q=0.3", "en"),
        ("fr, *", "it"),
        ("en;q=0", "it"),
        ("en;q=nan", "it"),
    ],
)
def test_a_reader_gets_the_language_that_he_likes_best(accepted: str, language: Language) -> None:
    assert preferred(accepted, "it") == language


def test_the_language_of_the_installation_is_spoken_where_no_other_is_liked_better() -> None:
    assert preferred("fr", "en") == "en"
    assert preferred("it", "en") == "it"


def test_a_help_is_in_the_language_of_the_installation(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INITINERE_LANGUAGE", "en")
    shown = _help("round", "open")
    assert shown.startswith("Usage: initinere round open [OPTIONS] PLAN\n")
    assert "Opens a monitoring round" in shown
    assert re.search(r"--as-at, --dati-al DATE +The date of the data. +\(required\)", shown)
    assert "measure " in _help()
    assert "Records the observed value of a series" in _help()
    assert "\nTo begin with:\n" in _help()
    assert "--of, --registro plan|administration|review|proposals\n" in _help("redact")
    monkeypatch.delenv("INITINERE_LANGUAGE")
    assert _help("round", "open").startswith("Uso: initinere round open [OPZIONI] PIANO\n")


def test_a_language_that_there_is_not_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INITINERE_LANGUAGE", "fr")
    assert _run("plans", "--help").exit_code == 1


def _code(text: str) -> list[str]:
    return sorted(word for word in WORDS_OF_CODE.findall(text) if word not in TRANSLATED)


def _help(*words: str) -> str:
    return _run(*words, "--help").output


def _run(*words: str) -> Result:
    return CliRunner().invoke(app, words, prog_name="initinere")
