"""Every field in which somebody writes freely, or names an office, warns against names of people; help and schemas say it."""

from collections.abc import Iterator
from typing import get_args

import pytest
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from api.operations.table import COMMANDS
from domain.vocabulary import NO_PEOPLE

FREE = frozenset({"justification", "note", "words", "retroactive", "exception"})


def _fields(kind: object, above: set[object]) -> Iterator[tuple[str, str, FieldInfo]]:
    """The fields of a model, and of those within it."""
    if isinstance(kind, type) and issubclass(kind, BaseModel) and kind not in above:
        above.add(kind)
        for name, field in kind.model_fields.items():
            yield kind.__name__, name, field
            yield from _fields(field.annotation, above)
    for argument in get_args(kind):
        yield from _fields(argument, above)


def _taken() -> dict[str, FieldInfo]:
    above: set[object] = set()
    return {
        f"{model}.{name}": field
        for command in COMMANDS.values()
        for taken in command.inputs
        for model, name, field in _fields(taken, above)
    }


TAKEN = _taken()
FREE_TEXTS = [path for path in TAKEN if path.partition(".")[2] in FREE and not path.startswith("TargetRow.")]


@pytest.mark.parametrize("path", FREE_TEXTS)
def test_a_free_text_warns_of_names_and_of_health(path: str) -> None:
    assert NO_PEOPLE in (TAKEN[path].description or "")


def test_an_office_is_never_a_person() -> None:
    named = [path for path in TAKEN if path.partition(".")[2] in {"owner", "offices", "aliases", "office"}]
    described = {path: TAKEN[path].description for path in named if TAKEN[path].description}
    of_people = {path for path, words in described.items() if "mai " in str(words) and "person" in str(words)}
    apart = {"CloseOffice.office", "RegisterOffice.office", "GiveRole.offices", "Scope.offices"}
    assert set(described) - of_people == apart
    assert len(of_people) > 6


def test_there_is_much_to_warn_of() -> None:
    assert len(FREE_TEXTS) > 40
