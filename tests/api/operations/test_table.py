"""The table of operations is whole: the doors have what it says and nothing beside, and every input says what it is."""

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import click
import pytest
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from api.cli.app import MODULES, load
from api.http.app import WRITTEN, create_app
from api.operations.model import Command, Operation, Question, part_of
from api.operations.table import OPERATIONS, QUESTIONS
from api.pages.question_tables import QUESTION_TABLES
from api.settings import Settings
from domain.documents.plan import MeasurementRow, PlanDocument, StatusRow
from projections.store.store import Store

ROWS_OF_A_DOCUMENT = {PlanDocument, MeasurementRow, StatusRow}
"""What a plan document holds is described by docs/plan-document.md, and no door asks for it field by field."""
WITH_EXAMPLES = {"act", "year", "period", "target"}
"""The fields whose form a person cannot guess; dates, too, which are told by their type."""
BY_NAME = pytest.mark.parametrize("row", OPERATIONS, ids=lambda row: row.name)


def test_no_two_operations_have_one_name() -> None:
    names = [row.name for row in OPERATIONS]
    assert len(set(names)) == len(names)


def test_no_two_operations_have_one_address() -> None:
    addresses = [(row.method, row.path) for row in OPERATIONS if row.path is not None]
    assert len(set(addresses)) == len(addresses)


@BY_NAME
def test_an_operation_says_what_it_is_and_who_may_do_it(row: Operation) -> None:
    assert row.summary.strip()
    assert row.description.strip()
    assert row.tag
    assert row.permission
    assert row.scope in {"plan", "administration", "installation"}
    assert row.path is not None or row.cli is not None


@BY_NAME
def test_an_operation_without_a_handler_is_written_out_at_each_of_its_doors(row: Command | Question) -> None:
    if row.handler is None:
        assert row.path is None or row.name in WRITTEN
        assert row.cli is None or row.cli.written or row.path is not None


def test_what_is_written_out_over_http_has_a_row() -> None:
    assert set(WRITTEN) <= {row.name for row in OPERATIONS if row.path is not None}


def test_the_table_has_the_words_of_every_command_and_no_others() -> None:
    words = {words for row in OPERATIONS if row.cli is not None for words in (row.cli.words, *row.cli.also)}
    assert words == {path for name in MODULES for path in _paths(load(name), name)}


def _paths(command: click.Command, path: str) -> list[str]:
    if isinstance(command, click.Group):
        return [deeper for name, inner in command.commands.items() for deeper in _paths(inner, f"{path} {name}")]
    return [path]


def test_every_route_under_its_version_is_a_row_and_every_row_with_an_address_is_a_route(tmp_path: Path) -> None:
    store = Store(tmp_path / "empty.sqlite")
    paths = create_app(Settings(database="unused", sign_in="open"), store).openapi()["paths"]
    store.close()
    routes = {
        (method.upper(), path): operation["operationId"]
        for path, methods in paths.items()
        for method, operation in methods.items()
        if path.startswith("/v1/")
    }
    assert routes == {(row.method, f"/v1{row.path}"): row.name for row in OPERATIONS if row.path is not None}


@BY_NAME
def test_what_its_words_say_of_a_field_is_said_of_a_field_that_it_has(row: Command | Question) -> None:
    if row.cli is None:
        return
    fields = {where.rpartition(".")[2] for where, _ in _fields(row)}
    named = {
        *row.cli.arguments,
        *row.cli.options,
        *row.cli.switches,
        *row.cli.left_out,
        *row.cli.today,
        *row.cli.required,
    }
    assert {name.rpartition(".")[2] for name in named} - {part_of(row.path)} <= fields


@BY_NAME
def test_every_field_that_a_door_shows_is_described_in_its_input(row: Command | Question) -> None:
    missing = [where for where, field in _fields(row) if not (field.description or "").strip()]
    assert missing == []


@BY_NAME
def test_a_field_whose_form_cannot_be_guessed_has_an_example(row: Command | Question) -> None:
    missing = [where for where, field in _fields(row) if _wants_example(where, field) and not field.examples]
    assert missing == []


def _wants_example(where: str, field: FieldInfo) -> bool:
    return where.rpartition(".")[2] in WITH_EXAMPLES or not {date, datetime}.isdisjoint(_types(field.annotation))


def _fields(row: Command | Question) -> Iterator[tuple[str, FieldInfo]]:
    """The fields of the inputs of an operation, of their parts too; a verb is not asked for, it is chosen."""
    models: list[type[BaseModel]] = [row.query]
    match row:
        case Command(inputs=inputs):
            models += inputs
        case Question(body=body):
            models += [] if body is None else [body]
    seen: set[Any] = set(ROWS_OF_A_DOCUMENT)
    while models:
        model = models.pop()
        if model in seen:
            continue
        seen.add(model)
        for name, field in model.model_fields.items():
            models += [
                kind for kind in _types(field.annotation) if isinstance(kind, type) and issubclass(kind, BaseModel)
            ]
            if not (get_origin(field.annotation) is Literal and len(get_args(field.annotation)) == 1):
                yield f"{model.__name__}.{name}", field


def _types(annotation: Any) -> Iterator[Any]:
    """The types that an annotation is made of."""
    if get_origin(annotation) is Literal:
        return
    yield get_origin(annotation) or annotation
    for part in get_args(annotation):
        yield from _types(part)


def test_every_question_with_a_sheet_has_its_table_and_no_other() -> None:
    assert {row.name for row in QUESTIONS.values() if row.sheet} == set(QUESTION_TABLES)
