"""What no client sends, and no hand types, in every place of every operation, at both doors: a refusal, never a failure."""

import copy
import itertools
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, TypeVar
from zlib import crc32

import click
import pytest
from click.testing import CliRunner

from api.cli import app
from api.cli.app import MODULES, load
from api.http.openapi import openapi_document
from api.operations.model import Command, Question
from api.operations.table import served
from tests.api.http.client import Client
from tests.support.harness import PLAN, ServiceHarness

Tried = TypeVar("Tried")

IN_ADDRESSES = [
    *(
        "%00",
        "%ff%fe",
        "%ed%a0%80",
        "%F0%9F%98%80",
        "%E2%80%AE",
        "%0d%0aX: y",
        "%D9%A2%D9%A0%D9%A2%D9%A2",
        "%20",
        "%2F",
    ),
    *("9" * 400, "x" * 5_000, "-1", "0", "1e999", "NaN", "[]", "{}", "null", "2022-", "1900-2200", "99999999-99999999"),
    *("0001-01-01", "9999-12-31", "2022-02-30", "9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00%2B14:00"),
]
IN_HEADERS = [
    *(b"\xff\xfe", b"9" * 400, b'"' * 300, b'W/"x"', b"*", b"x" * 8_000, "\u0663".encode(), b"-1", b"e1", b"it;q=abc"),
    *(b'"2022-09-30;99999999999999999999999;5"', b'"9999-99-99;1;1"'),
]
HEADERS = ("If-Match", "If-None-Match", "Idempotency-Key", "Actor", "Accept-Language", "Range")
IN_DOCUMENTS = [
    *(r'"\ud800"', r'"\u0000"', r'"\u202e"', '""', '" "', r'"\n"', '"../../etc"', '"=1+1"', '"NaN"', '"1E+999999999"'),
    *("null", "true", "0", "-1", "1.5", "1e999", "NaN", "9" * 99, "9" * 101, "[]", "{}", "[[]]", "[null]", '{"": ""}'),
    *(f'"{"x" * 100_000}"', f'"{"9" * 5_000}"', f'{{"{"k" * 100_000}": 1}}', r'{"\ud800": 1}', '{"a": 1, "a": 2}'),
    *('"0001-01-01"', '"9999-12-31"', '"31/02/2022"', '{"199": "x"}', '[1, "a", null, {}]', "[" * 60 + "]" * 60),
]
TYPED = [
    *("", " ", "\x00", "\n", "x" * 5_000, "\u202e", "9" * 400, "-1", "0", "1e999", "NaN", "[]", "{}", "=1+1", "e1"),
    *("0001-01-01", "9999-12-31", "2022-02-30", "9999-12-31T23:59:59-14:00", "2022-", "1900-2200", "\u0662\u0660", "/"),
    *("../../etc/passwd", "/dev/null/x", "a" * 300, "/" + "d/" * 3_000),
]
PARTS = {"plan": PLAN, "administration": "cciaa-prova", "objective": "a1", "indicator": "incasso", "version": "1"}
NOT_RUN = frozenset({"serve", "demo", "follow"})
"""They do not come to an end, or load five plans each time."""


SHARES = pytest.mark.parametrize(
    "share",
    [pytest.param(8, id="an eighth"), pytest.param(1, marks=[pytest.mark.slow, pytest.mark.timeout(1_800)], id="all")],
)
"""Of what is tried in each place, the slow run tries all; the quick one an eighth, another at each operation."""


def _some(tried: Iterable[Tried], share: int, name: str) -> list[Tried]:
    return list(tried)[crc32(name.encode()) % share :: share]


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Client:
    harness = ServiceHarness(tmp_path_factory.mktemp("hostile") / "harness.sqlite")
    harness.load()
    return Client(harness, requests_per_minute=10**9)


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> str:
    """An archive that no service has open: a command may put another file in its place."""
    harness = ServiceHarness(tmp_path_factory.mktemp("commands") / "harness.sqlite")
    harness.load()
    harness.store.close()
    return str(harness.store.location)


def _refused_or_answered(answer: Any) -> None:
    assert answer.status_code < 500, answer.text
    if answer.status_code >= 400:
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["detail"]
        assert len(answer.content) < 20_000


@SHARES
@pytest.mark.parametrize("row", served(), ids=lambda row: row.name)
def test_no_address_and_no_header_of_an_operation_makes_it_fail(
    client: Client, row: Command | Question, share: int
) -> None:
    names = [piece[1:-1] for piece in str(row.path).split("/") if piece.startswith("{")]
    content = b"{}" if row.method == "POST" else None
    sent = {"Content-Type": row.media_types[0]} if content else {}

    def address(**parts: str) -> str:
        return "/v1" + str(row.path).format(**{name: PARTS.get(name, "x") for name in names} | parts)

    for name, value in _some(itertools.product(names, IN_ADDRESSES), share, row.name):
        _refused_or_answered(client.http.request(row.method, address(**{name: value}), content=content, headers=sent))
    for name, value in _some(itertools.product(row.query.model_fields, IN_ADDRESSES), share, row.name):
        _refused_or_answered(
            client.http.request(row.method, f"{address()}?{name}={value}", content=content, headers=sent)
        )
    for header, said in _some(itertools.product(HEADERS, IN_HEADERS), share, row.name):
        headers = {key.encode(): value.encode() for key, value in sent.items()} | {header.encode(): said}
        _refused_or_answered(client.http.request(row.method, address(), content=content, headers=headers))


TAKES_THE_SAME = {"draft_act": "change_plan", "draft_act_of_import": "confirm_import"}
"""What is sent for a draft, which answers a file and so has no example: what records the same."""


def _documents() -> Iterator[tuple[str, str, list[Any]]]:
    found: dict[str, tuple[str, list[Any]]] = {}
    for path, operations in openapi_document()["paths"].items():
        for operation in operations.values():
            media = operation.get("requestBody", {}).get("content", {}).get("application/json")
            if media is not None:
                examples = [shown["value"] for shown in media.get("examples", {}).values()]
                found[operation["operationId"]] = path, examples
    for name, (path, examples) in found.items():
        yield name, path, examples or found[TAKES_THE_SAME[name]][1]


def _places(value: Any, place: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    yield place
    parts = value.items() if isinstance(value, dict) else enumerate(value[:1]) if isinstance(value, list) else ()
    for part, inner in parts:
        yield from _places(inner, (*place, part))


def _with_mark(document: Any, place: tuple[str | int, ...]) -> str:
    whole = {"": copy.deepcopy(document)}
    holder: Any = whole
    way: tuple[str | int, ...] = ("", *place)
    for part in way[:-1]:
        holder = holder[part]
    holder[way[-1]] = "@mark@"
    return json.dumps(whole[""])


@SHARES
@pytest.mark.parametrize(("name", "path", "examples"), list(_documents()))
def test_no_document_makes_an_operation_fail(
    client: Client, name: str, path: str, examples: list[Any], share: int
) -> None:
    address = path.format(
        **{part: PARTS.get(part, "x") for part in ("plan", "administration", "import_id", "round", "proposal")}
    )
    tried: set[tuple[str | int, ...]] = set()
    for example in examples:
        for place in _places(example):
            if place not in tried:
                tried.add(place)
                text = _with_mark(example, place)
                for value in _some(IN_DOCUMENTS, share, f"{name}{place}"):
                    _refused_or_answered(client.send(address, text.replace('"@mark@"', value).encode()))
    assert tried


def _commands() -> Iterator[tuple[tuple[str, ...], click.Command]]:
    def beneath(words: tuple[str, ...], command: click.Command) -> Iterator[tuple[tuple[str, ...], click.Command]]:
        if isinstance(command, click.Group):
            for word, inner in command.commands.items():
                yield from beneath((*words, word), inner)
        else:
            yield words, command

    for word in MODULES:
        if word not in NOT_RUN:
            yield from beneath((word,), load(word))


@SHARES
@pytest.mark.parametrize(("words", "command"), list(_commands()), ids=str)
def test_no_word_of_the_command_line_makes_a_command_fail(
    archive: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    words: tuple[str, ...],
    command: click.Command,
    share: int,
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("INITINERE_DATABASE", archive)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    arguments = [one for one in command.params if isinstance(one, click.Argument)]
    usual = [PARTS.get(str(one.name), PLAN) for one in arguments if one.required]
    lines = [
        [*words, "--", *usual[:place], value, *usual[place + 1 :]]
        for place, value in itertools.product(range(len(arguments)), TYPED)
    ] + [
        [*words, *usual, max(option.opts, key=len), value]
        for option, value in itertools.product(command.params, TYPED)
        if isinstance(option, click.Option) and not option.is_flag
    ]
    for line in _some(lines, share, " ".join(words)):
        done = CliRunner().invoke(app, line, input="", prog_name="initinere")
        assert isinstance(done.exception, SystemExit | None), (line[-1][:80], done.exception)
        assert "Traceback" not in done.output
        if done.exit_code:
            assert len(done.stderr) < 20_000
