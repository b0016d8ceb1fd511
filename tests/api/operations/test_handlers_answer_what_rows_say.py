"""A handler answers the type that its row says: mypy refuses any other, and reads this file too.

What is refused is ignored here by its code; where mypy ceased to refuse it, it would report the ignore as unused.
"""

import ast
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import get_args, get_type_hints

import pytest

from api.operations.across import list_change_rates, list_changes_across
from api.operations.changes import preview_changes
from api.operations.model import AnsweredBy, Command, Question, command
from api.operations.queries import InPeriod, OfAll
from api.operations.table import COMMANDS, QUESTIONS
from domain.documents.changes import ChangeFile
from projections.across.changes import ChangesAcross
from projections.across.rates import RatesAcross


def test_the_answer_of_a_row_is_the_type_that_its_handler_is_held_to() -> None:
    right = AnsweredBy(RatesAcross).question(
        "rates", "", "", tag="", permission="read_plan", path=None, query=OfAll, handler=list_change_rates
    )
    assert right.answer is RatesAcross
    assert right.handler is list_change_rates


def test_another_answer_is_refused() -> None:
    named = AnsweredBy(ChangesAcross).question(
        "rates",
        "",
        "",
        tag="",
        permission="read_plan",
        path=None,
        query=OfAll,
        handler=list_change_rates,  # type: ignore[arg-type]
    )
    in_place = AnsweredBy(ChangesAcross).question(
        "rates",
        "",
        "",
        tag="",
        permission="read_plan",
        path=None,
        query=OfAll,
        handler=lambda context, of: list_change_rates(context, of),  # type: ignore[arg-type, return-value]  # noqa: PLW0108
    )
    assert named.answer is in_place.answer is ChangesAcross


def test_a_handler_of_another_question_is_refused() -> None:
    row = AnsweredBy(ChangesAcross).question(
        "changes",
        "",
        "",
        tag="",
        permission="read_plan",
        path=None,
        query=OfAll,
        handler=list_changes_across,  # type: ignore[arg-type]
    )
    assert row.query is not InPeriod


def test_a_command_that_does_not_tell_what_it_recorded_is_refused() -> None:
    row = command(
        "change",
        "",
        "",
        tag="",
        permission="change_plan",
        path=None,
        takes=ChangeFile,
        handler=preview_changes,  # type: ignore[arg-type]
    )
    assert row.writes


def _printers() -> Iterator[tuple[str, str, str]]:
    """Every question that the command line asks, with the module and the name of its printer."""
    for path in sorted((Path(__file__).parents[3] / "api" / "cli").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(func=ast.Name(id="asks"), args=[_, ast.Dict(keys=keys, values=values)]):
                    for key, value in zip(keys, values, strict=True):
                        assert isinstance(key, ast.Constant)
                        assert isinstance(value, ast.Name), "a printer is a function with a name, and with types"
                        yield f"api.cli.{path.stem}", str(key.value), value.id
                case _:
                    pass


@pytest.mark.parametrize(("module", "question", "printer"), list(_printers()))
def test_a_printer_tells_the_answer_of_its_row(module: str, question: str, printer: str) -> None:
    _, told = [
        hint for name, hint in get_type_hints(getattr(import_module(module), printer)).items() if name != "return"
    ]
    assert QUESTIONS[question].answer in (get_args(told) or (told,))


@pytest.mark.parametrize("row", list(QUESTIONS.values()), ids=lambda row: row.name)
def test_a_handler_with_a_name_returns_the_answer_of_its_row(row: Question) -> None:
    returned = get_type_hints(row.handler).get("return") if row.handler is not None else None
    assert returned in (None, row.answer)


@pytest.mark.parametrize("row", [row for row in COMMANDS.values() if row.foresee is not None], ids=lambda row: row.name)
def test_what_a_command_would_do_is_told_in_the_shape_of_its_preview(row: Command) -> None:
    assert row.preview is not None
    assert get_type_hints(row.foresee).get("return") in (None, row.preview)
