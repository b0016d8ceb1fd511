"""The same mistake is the same problem on the command line and over HTTP: its name, its words, what it is about.

Every option of every row with words and an address is spoilt, by what its kind can get wrong; a new row is in by itself.
"""

import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode

import click
import pytest
from pydantic import BaseModel, ValidationError

from api.cli.app import load
from api.cli.parameters import Field, fields_of
from api.operations.library import LIBRARY
from api.operations.model import Cli, Command, Question
from api.operations.papers import PAPERS
from api.operations.table import OPERATIONS
from tests.api.operations.doors import NOW, Doors
from tests.api.operations.history import OFFICE
from tests.api.operations.test_both_doors import (
    COMMANDS_GIVEN,
    FILES_ASKED,
    QUESTIONS_ASKED,
    WRITTEN_OUT,
)
from tests.support.harness import PLAN
from tests.support.problem_places import place_of

OTHERWISE = {
    "change_plan",
    "send_file",
    "send_plan_file",
    "load_plan",
    "confirm_plan_import",
    "confirm_import",
    "draft_proposal",
    "amend_proposal",
    "propose_import",
    "template",
    "show_tree",
    *(row.name for row in PAPERS),
    *(row.name for row in LIBRARY if row.name not in {"list_library", "compare_with_library"}),
}
"""What takes a file, whose mistakes test_both_doors compares; and what answers one, and knows no --json."""
OTHER_WORDS = {"confirm_formula", "compute_achievement"}
"""A formula may begin with a dash, so that no option is unknown; an achievement names the fields that it takes."""
LOOKED_UP_FIRST = {
    ("confirm_formula", "indicator"),
    ("give_opinion", "about"),
    ("make_remark", "about"),
    ("make_request", "about"),
    ("open_round", "scope.objectives"),
}
"""What the command line takes by name as well, and asks the archive for."""
TOO_LONG, TOO_LONG_IN_ADDRESS = "x" * 21_000, "x" * 5_000
"""Texts beyond what any field takes; the second fits an address, whose own bound only HTTP has."""
MISTAKES = {
    "DATA": ("31/02/2022", "2022-9-30", "30/09/22", "1767225600"),
    "DATA|ISTANTE": ("ieri", "31/02/2022", "2022-10-10T10:00"),
    "N": ("uno", "-1", "1.5", "٢٠٢٢"),
    "NUMERO": ("x", "1,2,3", "nan"),
}
"""What is wrong for a kind of field; a text is too long, and of a choice there is no such word."""


class Spoilt(NamedTuple):
    """A request that both doors take, where one field is to be spoilt."""

    words: list[str]
    address: str
    body: Mapping[str, Any] | None
    headers: Mapping[str, str]


GIVEN_ALONE = {
    "log_opened": Spoilt(
        ["oiv", "opened", PLAN, "Cruscotto"], f"/plans/{PLAN}/diligence", {"what": "Cruscotto"}, {"Actor": "oiv"}
    ),
}


def _request(row: Command | Question) -> Spoilt:
    if row.name in COMMANDS_GIVEN:
        given = COMMANDS_GIVEN[row.name]
        about = OFFICE if row.scope == "administration" else PLAN
        words = [word.format(about, given.part) for word in given.words.split("|")]
        return Spoilt(
            words, given.address.format(about, given.part), given.body, {"Actor": given.role} if given.role else {}
        )
    if row.name in QUESTIONS_ASKED:
        asked = QUESTIONS_ASKED[row.name][0]
        parameters = asked.parameters[0]
        return Spoilt(asked.arguments(parameters), asked.target(parameters), None, {})
    if row.name in GIVEN_ALONE:
        return GIVEN_ALONE[row.name]
    written = ({**WRITTEN_OUT, **FILES_ASKED})[row.name][0]
    words = written.words.split("|")
    if row.name == "take_pack":
        words += ["--output", "fascicolo.zip"]
    body = written.body
    return Spoilt(words, written.address, body if isinstance(body, dict) else None, {})


def _command(words: str) -> click.Command:
    command = load(words.partition(" ")[0])
    for word in words.split()[1:]:
        assert isinstance(command, click.Group)
        command = command.commands[word]
    return command


class Place(NamedTuple):
    """A field that has an option: its row, its model, the option, and whether it goes into the address."""

    row: Command | Question
    model: type[BaseModel]
    name: str
    field: Field
    option: str
    in_address: bool


def _places() -> Iterator[Place]:
    for row in OPERATIONS:
        if row.cli is None or row.path is None or row.name in OTHERWISE:
            continue
        models: list[tuple[type[BaseModel], bool]] = [(row.query, True)]
        match row:
            case Command(inputs=inputs):
                models = [(model, False) for model in inputs[:1]]
            case Question(body=body):
                models += [] if body is None else [(body, False)]
        for model, in_address in models:
            yield from _fields(row, row.cli, model, in_address=in_address)


def _fields(row: Command | Question, cli: Cli, model: type[BaseModel], *, in_address: bool) -> Iterator[Place]:
    named = {"subject", "id"} if {"subject", "id"} <= set(model.model_fields) else set()
    options = {parameter.opts[0] for parameter in _command(cli.words).params}
    for name, field in fields_of(model, cli).items():
        word = f"--{cli.options.get(name, name.rpartition('.')[2].replace('_', '-'))}"
        plain = not field.switch and name not in {*cli.switches, *named, "terms", "polarities", "value"}
        if plain and word in options and (row.name, name) not in LOOKED_UP_FIRST:
            yield Place(row, model, name, field, word, in_address)


PLACES = list(_places())


def _texts(place: Place) -> tuple[str, ...]:
    kind = place.field.metavar
    if place.name == "year":
        return (*MISTAKES["N"], "22")
    if place.name == "act":
        return ("una frase", "delibera di Giunta n. 9 del 31/02/2022")
    return MISTAKES.get(kind, ("boh", TOO_LONG_IN_ADDRESS if place.in_address else TOO_LONG))


def _spoilt(body: Mapping[str, Any], place: Place, text: str) -> dict[str, Any]:
    outer, dot, inner = place.name.rpartition(".")
    value: Any = [text] if place.field.repeated else text
    return {**body, outer: {**body.get(outer, {}), inner: value}} if dot else {**body, inner: value}


def _without(words: list[str], option: str) -> list[str]:
    """The words without an option and its value."""
    said = [at for at, word in enumerate(words) if word == option]
    return [word for at, word in enumerate(words) if at not in said and at - 1 not in said]


def _holds(model: type[BaseModel], body: Mapping[str, Any]) -> bool:
    try:
        model.model_validate(body)
    except ValidationError:
        return False
    return True


def _both(doors: Doors, place: Place, words: list[str], address: str, body: Any, headers: Mapping[str, str]) -> Any:
    method = place.row.method
    over_http = doors.http(method, address, body, sent=b"", **headers)
    on_the_line = doors.cli(*words, "--json")
    assert on_the_line.accepted == over_http.accepted, (words[-2:], on_the_line.content, over_http.content)
    if over_http.accepted:
        return None
    said, told = on_the_line.refusal(), over_http.refusal()
    for one, other in zip(said.get("problems", ()), told.get("problems", ()), strict=True):
        name = place_of(other).partition("[")[0]
        one["where"] = place_of(one).removeprefix("--")
        other["where"] = place.option.removeprefix("--") if name == place.name else name
        one.pop("pointer", None), other.pop("pointer", None)
    assert said == told, words[-2:]
    return said


@pytest.mark.parametrize("place", PLACES, ids=lambda place: f"{place.row.name}-{place.name}")
def test_a_value_that_cannot_be_is_refused_in_the_same_words(doors: Doors, place: Place) -> None:
    request = _request(place.row)
    for text in _texts(place):
        address, body = request.address, request.body
        if place.in_address:
            path, _, query = address.partition("?")
            kept = [part for part in query.split("&") if part and part.partition("=")[0] != place.name]
            address = f"{path}?{'&'.join([*kept, urlencode({place.name: text})])}"
        else:
            body = _spoilt(body or {}, place, text)
            if isinstance(place.row, Command) and _holds(
                place.model, body
            ):  # a command is not to be taken: it would be recorded
                assert place.field.metavar not in MISTAKES, text
                continue
        words = [*_without(request.words, place.option), place.option, text]
        refused = _both(doors, place, words, address, body, request.headers)
        if place.field.metavar in MISTAKES or place.name == "year":
            assert refused["type"].endswith(":malformed"), text


@pytest.mark.parametrize(
    "place", [place for place in PLACES if place.field.required], ids=lambda place: f"{place.row.name}-{place.name}"
)
def test_what_is_missing_is_asked_for_in_the_same_words(doors: Doors, place: Place) -> None:
    request = _request(place.row)
    words = _without(request.words, place.option)
    address, body = request.address, request.body
    if place.in_address:
        path, _, query = address.partition("?")
        address = f"{path}?{'&'.join(part for part in query.split('&') if part.partition('=')[0] != place.name)}"
    else:
        body = {name: value for name, value in (body or {}).items() if name != place.name}
    if place.name in (place.row.cli or Cli(words="")).today:
        return
    refused = _both(doors, place, words, address, body, request.headers)
    assert refused["problems"][0]["found"].startswith("manca")


@pytest.mark.parametrize(
    "row",
    list({place.row.name: place.row for place in PLACES if place.row.name not in OTHER_WORDS}.values()),
    ids=lambda row: row.name,
)
def test_what_is_not_foreseen_is_refused_in_the_same_words(doors: Doors, row: Command | Question) -> None:
    place = next(place for place in PLACES if place.row is row)
    request = _request(row)
    address, body = request.address, request.body
    if body is None:
        address += f"{'&' if '?' in address else '?'}boh=1"
    else:
        body = {**body, "boh": "1"}
    refused = _both(doors, place, [*request.words, "--boh", "1"], address, body, request.headers)
    assert [problem["found"] for problem in refused["problems"]] == ["non è previsto"]


def test_several_mistakes_are_told_together_at_both_doors(doors: Doors) -> None:
    words = ("score", PLAN, "--year", "22", "--as-of", "31/02/2022", "--feeds", "", "--json")
    said = doors.cli(*words).refusal()
    told = doors.http("GET", f"/plans/{PLAN}/scores?year=22&as_of=31/02/2022&feeds=").refusal()
    assert {place_of(problem) for problem in said["problems"]} == {"--year", "--as-of", "--feeds"}
    assert [problem | {"where": "", "pointer": ""} for problem in said["problems"]] == [
        problem | {"where": "", "pointer": ""} for problem in told["problems"]
    ]


def test_a_day_may_be_written_in_a_body_as_on_the_command_line(tmp_path: Path, recorded: Path) -> None:
    shutil.copytree(recorded, tmp_path / "copia")
    doors = Doors(tmp_path / "copia", NOW)
    given = {"as_at": "30/06/2023", "due_by": "15/07/2023", "round": "giugno-2023"}
    assert doors.http("POST", f"/plans/{PLAN}/rounds", given).accepted
    shown = doors.http("GET", f"/plans/{PLAN}/rounds/giugno-2023").document()["round"]
    doors.close()
    assert (shown["as_at"], shown["due_by"]) == ("2023-06-30", "2023-07-15")
