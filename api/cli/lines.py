"""Answers line by line: one JSON object in, one out; a line that cannot be understood is answered with its error."""

from collections.abc import Callable, Iterator
from typing import BinaryIO, NotRequired

import click
import orjson
from typing_extensions import TypedDict

from api.formats.json_reader import parse_json
from domain.errors import Malformed
from domain.vocabulary import JsonValue

LONGEST_LINE = 100_000


class LineRefused(TypedDict):
    """What is wrong with a line, in the place of its answer; `text` is what it asked about, where it said it."""

    error: str
    text: NotRequired[str]


LineQuestion = Callable[[dict[str, JsonValue]], object]
"""What answers one object with another; a mistake in it is answered as `error`."""


def print_answers(stream: BinaryIO, question: LineQuestion) -> None:
    """Answers each line of a stream as it comes."""
    for answer in answered(stream, question):
        click.echo(answer, nl=False)


def answered(stream: BinaryIO, question: LineQuestion) -> Iterator[bytes]:
    """The answer to each line of a stream, in order."""
    while line := stream.readline(LONGEST_LINE + 1):
        if len(line) > LONGEST_LINE:
            while line and not line.endswith(b"\n"):
                line = stream.readline(LONGEST_LINE)
            yield _bytes(_refused(f"la riga supera i {LONGEST_LINE} byte"))
            continue
        try:
            asked = parse_json(line)
        except Malformed as error:
            yield _bytes(_refused(str(error.problems[0])))
            continue
        if not isinstance(asked, dict):
            yield _bytes(_refused("non è un oggetto: si accetta un oggetto fra parentesi graffe"))
            continue
        yield _bytes(question(asked))


def _refused(error: str) -> LineRefused:
    return {"error": error}


def _bytes(answer: object) -> bytes:
    return orjson.dumps(answer, option=orjson.OPT_APPEND_NEWLINE)
