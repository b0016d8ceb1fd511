"""What people read has no English code, no name of a field, no path of a document, no pattern: every catalogue is walked."""

import re
from collections.abc import Iterator

import click
import pytest

from api.cli.app import MODULES, load
from api.formats import audit_export
from api.formats.validation_errors import FORMS
from api.language.closed_lists import CLOSED_LISTS
from api.language.places import FIELD_WORDS
from api.pages import changes, comparison, dues, fields, flags, indicator, monitoring, preceding, scores, watch
from api.pages.proposals import list_page
from api.workbook.format import PLAN, SHEETS
from domain.errors import DomainError
from projections.roles import ROLES
from tests.api.language.sentences import sentences

ITALIAN_TOO = {"zero", "all", *ROLES}
CODES = {code for words in CLOSED_LISTS for code, word in words.items() if code != word} - ITALIAN_TOO
CODE = re.compile(rf"(?<![\w./<-])(?:{'|'.join(sorted(map(re.escape, CODES), key=len, reverse=True))})(?![\w./>=-])")
FIELD = re.compile(r"(?<![\w./{-])[a-z]+(?:_[a-z]+)+(?![\w.}])")
PATH = re.compile(r"\w\[\d+\]\.?")
PATTERN = re.compile(r"\[[a-z0-9]-[a-z0-9]|\\d|\(\?|\]\{\d")


def commands(command: click.Command, words: tuple[str, ...] = ()) -> Iterator[tuple[str, click.Command]]:
    """Every command beneath one, with the words that call it."""
    yield " ".join(words), command
    if isinstance(command, click.Group):
        for name, each in command.commands.items():
            yield from commands(each, (*words, name))


def printed_by_the_command_line() -> Iterator[tuple[str, str]]:
    for words, command in (each for name in MODULES for each in commands(load(name), (name,))):
        yield words, command.help or ""
        for parameter in command.params:
            yield f"{words} {parameter.name}", getattr(parameter, "help", None) or ""
            yield f"{words} {parameter.name}", parameter.metavar or ""


def errors(kind: type[DomainError] = DomainError) -> Iterator[type[DomainError]]:
    yield kind
    for each in kind.__subclasses__():
        yield from errors(each)


def printed_elsewhere() -> Iterator[tuple[str, str]]:
    for kind in errors():
        yield f"error {kind.name}", kind.title
    yield from (("form", words) for words in FORMS.values())
    yield from (("place", words) for words in FIELD_WORDS.values())
    yield from (("list", word) for words in CLOSED_LISTS for word in words.values())
    for sheet in SHEETS:
        yield sheet.name, sheet.note
        for column in sheet.columns:
            yield f"{sheet.name}, {column.heading}", f"{column.heading} {column.note}"
            yield from ((f"{sheet.name}, {column.heading}", word) for word, _ in column.choices)
    yield from ((f"Piano, {entry.heading}", f"{entry.heading} {entry.note}") for entry in PLAN)
    for module in (
        audit_export,
        changes,
        comparison,
        dues,
        fields,
        flags,
        indicator,
        list_page,
        monitoring,
        preceding,
        scores,
        watch,
    ):
        yield from ((f"CSV of {module.__name__}", heading) for heading in module.COLUMNS)


@pytest.mark.parametrize("printed", [printed_by_the_command_line, printed_elsewhere])
def test_what_is_printed_is_in_words(printed: object) -> None:
    assert callable(printed)
    texts = list(printed())
    assert len(texts) > 50
    said = [(where, text, match[0]) for where, text in texts for match in _no_words(text)]
    assert said == []


def test_what_a_rule_says_is_in_words() -> None:
    """Save what is written for programs (descriptions with code in them), for their log, or of a program of the database."""
    texts = [text for text in sentences() if "`" not in text and "pg_hba" not in text]
    said = [(text, match[0]) for text in texts for match in (*FIELD.finditer(text), *PATH.finditer(text))]
    assert [each for each in said if each[1] not in {"pg_restore", "made_at"}] == []


def _no_words(text: str) -> Iterator[re.Match[str]]:
    for form in (CODE, FIELD, PATH, PATTERN):
        yield from form.finditer(text)
