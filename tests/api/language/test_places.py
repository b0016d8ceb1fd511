"""A place is said in words to people, and as a JSON Pointer to programs."""

from collections.abc import Iterator
from typing import get_args

import pytest
from pydantic import BaseModel

from api.cli.problems import OPTIONS_OF_FIELDS
from api.language.places import FIELD_WORDS, place_words, pointer_of
from api.operations.table import COMMANDS, QUESTIONS


def fields_of(kind: object, seen: set[object]) -> Iterator[tuple[str, str]]:
    """The fields of a model and of those within it, each with its title."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        if kind in seen:
            return
        seen.add(kind)
        for name, info in kind.model_fields.items():
            yield info.alias or name, info.title or ""
            yield from fields_of(info.annotation, seen)
        return
    for each in get_args(kind):
        yield from fields_of(each, seen)


def all_fields() -> set[tuple[str, str]]:
    """Those of whatever is taken in."""
    seen: set[object] = set()
    rows = [*COMMANDS.values(), *QUESTIONS.values()]
    inputs = [kind for row in rows for kind in (row.query, getattr(row, "body", None), *getattr(row, "inputs", ()))]
    return {field for kind in inputs for field in fields_of(kind, seen)}


def test_every_field_that_is_taken_in_has_words() -> None:
    names = {name for name, _ in all_fields()}
    assert len(names) > 100
    assert names - FIELD_WORDS.keys() == set()


def test_the_fields_that_a_refusal_names_are_those_of_the_forms() -> None:
    titles = {title for _, title in all_fields()}
    assert OPTIONS_OF_FIELDS.keys() - titles == set()


@pytest.mark.parametrize(
    ("where", "words", "pointer"),
    [
        ("changes[0].justification", "modifiche n. 1, motivazione", "/changes/0/justification"),
        ("indicators[3].targets[0].text", "indicatori n. 4, target n. 1, testo", "/indicators/3/targets/0/text"),
        ("polarities.incasso", "polarità, incasso", "/polarities/incasso"),
        ("year", "anno", "/year"),
        ("Target!C5", "Target!C5", None),
        ("--year", "--year", None),
        ("If-Match", "If-Match", None),
        ("riga 1, colonna 3", "riga 1, colonna 3", None),
        ("", "", None),
    ],
)
def test_a_place_is_said_in_words_and_as_a_pointer(where: str, words: str, pointer: str | None) -> None:
    assert (place_words(where), pointer_of(where)) == (words, pointer)
