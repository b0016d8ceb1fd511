"""Reads a JSON document of a user into a model: every problem at once, each with its place, or the model.

What JSON parsers let through and an office would not notice is refused: a key said twice, `NaN`, a number that no
machine holds, half a character, a document nested without end.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple, TypeVar

from pydantic import BaseModel, ValidationError

from api.formats.validation_errors import malformed
from domain.errors import DomainError, Malformed, Problem
from domain.vocabulary import JsonValue

MAX_DEPTH = 64
"""How many lists and objects may lie one within the other; a plan document has four."""
MAX_DIGITS = 100
_BAD_CHARACTER = re.compile("[\x00\ud800-\udfff]")
_FINDINGS = {
    "Expecting value": "manca un valore",
    "Expecting property name enclosed in double quotes": "manca il nome di un campo, fra virgolette doppie",
    "Expecting ':' delimiter": "mancano i due punti dopo il nome di un campo",
    "Expecting ',' delimiter": "manca una virgola",
    "Extra data": "c'è altro dopo la fine del documento",
    "Unterminated string starting at": "un testo comincia qui e non finisce",
    "Invalid control character at": "un carattere di controllo in un testo",
    "Illegal trailing comma before end of object": "una virgola di troppo prima della parentesi",
    "Illegal trailing comma before end of array": "una virgola di troppo prima della parentesi",
}

Model = TypeVar("Model", bound=BaseModel)


class UnreadableFile(DomainError):
    """A file that cannot be read at all: it is not there, it is a folder, it may not be opened, it is too large."""

    name = "unreadable_file"
    title = "File non leggibile"
    status = 422


class DocumentTooLarge(UnreadableFile):
    """A document larger than the installation takes."""

    name = "too_large"
    title = "Documento troppo grande"
    status = 413


class _Wrong(NamedTuple):
    """What stands in a parsed document in the place of something that is refused."""

    found: str
    accepted: str


class _Repeated(dict[str, JsonValue]):
    """An object that said some keys twice."""

    keys_said_twice: tuple[str, ...] = ()


def read_file(path: str, limit: int) -> bytes:
    """The bytes of a file; UnreadableFile when there is none, TooLarge beyond `limit` bytes."""
    try:
        with Path(path).open("rb") as file:
            return read_stream(file, limit, path)
    except IsADirectoryError:
        raise UnreadableFile(f"{path} è una cartella", accepted="un file", where="FILE") from None
    except FileNotFoundError:
        raise UnreadableFile(f"il file {path} non c'è", accepted="il percorso di un file", where="FILE") from None
    except OSError as error:
        problem = f"il file {path} non si apre: {error.strerror or error}"
        raise UnreadableFile(problem, accepted="un file che si possa leggere", where="FILE") from None


def read_stream(stream: BinaryIO, limit: int, name: str) -> bytes:
    """All the bytes of an open stream; TooLarge beyond `limit`, without reading on."""
    data = stream.read(limit + 1)
    if len(data) > limit:
        raise DocumentTooLarge(
            f"{name} supera i {limit} byte", accepted="un documento più piccolo, o un limite più alto", where="FILE"
        )
    return data


def parse_json(data: bytes) -> JsonValue:
    """What a JSON document says; Malformed, with every problem and its place, when it is none or says what is refused."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        problem = f"non è UTF-8 (byte {error.start + 1})"
        raise Malformed([Problem(where="", found=problem, accepted="un documento JSON in UTF-8")]) from None
    if not text.strip():
        raise Malformed([Problem(where="", found="il documento è vuoto", accepted="un documento JSON in UTF-8")])
    try:
        content = json.loads(
            text, object_pairs_hook=_object, parse_constant=_constant, parse_int=_integer, parse_float=_number
        )
    except json.JSONDecodeError as error:
        where = f"riga {error.lineno}, colonna {error.colno}"
        problem = f"non è JSON: {_FINDINGS.get(error.msg, error.msg)}"
        raise Malformed([Problem(where=where, found=problem, accepted="un documento JSON in UTF-8")]) from None
    except RecursionError:
        raise Malformed([_too_deep("")]) from None
    problems = list(_problems(content))
    if problems:
        raise Malformed(problems)
    json_value: JsonValue = content
    return json_value


def into(model: type[Model], content: JsonValue) -> Model:
    """The model of a parsed document; Malformed with every finding."""
    try:
        return model.model_validate(content)
    except ValidationError as error:
        raise malformed(error) from None


def _object(pairs: list[tuple[str, JsonValue]]) -> dict[str, JsonValue]:
    mapping = dict(pairs)
    if len(mapping) == len(pairs):
        return mapping
    keys: set[str] = set()
    repeated = _Repeated(mapping)
    repeated.keys_said_twice = tuple(dict.fromkeys(key for key, _ in pairs if key in keys or keys.add(key)))  # type: ignore[func-returns-value]
    return repeated


def _constant(name: str) -> _Wrong:
    return _Wrong(f"{name} non è un numero di JSON", "un numero, oppure null")


def _integer(digits: str) -> int | _Wrong:
    return (
        int(digits) if len(digits) <= MAX_DIGITS else _Wrong("un numero di troppe cifre", f"al più {MAX_DIGITS} cifre")
    )


def _number(digits: str) -> float | _Wrong:
    number = float(digits)
    return (
        number
        if abs(number) != float("inf")
        else _Wrong(f"{digits[:40]} è troppo grande", "un numero decimale fra virgolette")
    )


class _Place(NamedTuple):
    """A place in a document: the way to it is put together only when something is wrong there."""

    before: "_Place | None"
    part: str | int

    def __str__(self) -> str:
        parts: list[str] = []
        place: _Place | None = self
        while place is not None:
            parts.append(f"[{place.part}]" if isinstance(place.part, int) else f".{place.part}")
            place = place.before
        return "".join(reversed(parts)).removeprefix(".")


def _problems(content: object) -> Iterator[Problem]:
    waiting: list[tuple[object, _Place | None, int]] = [(content, None, 1)]
    while waiting:
        value, place, depth = waiting.pop()
        where = "" if place is None else place
        if isinstance(value, _Wrong):
            yield Problem(where=str(where), found=value.found, accepted=value.accepted)
        elif isinstance(value, str):
            if _BAD_CHARACTER.search(value):
                yield Problem(
                    where=str(where), found="un carattere che nessun testo può avere", accepted="un testo in UTF-8"
                )
        elif isinstance(value, dict | list) and depth > MAX_DEPTH:
            yield _too_deep(str(where))
        elif isinstance(value, dict):
            if isinstance(value, _Repeated):
                twice = ", ".join(repr(key) for key in value.keys_said_twice)
                yield Problem(where=str(where), found=f"{twice} c'è due volte", accepted="ogni campo una volta sola")
            if any(_BAD_CHARACTER.search(key) for key in value):
                yield Problem(where=str(where), found="un nome di campo con un carattere che nessun testo può avere")
            waiting += [(member, _Place(place, key), depth + 1) for key, member in reversed(value.items())]
        elif isinstance(value, list):
            waiting += [(item, _Place(place, index), depth + 1) for index, item in reversed(list(enumerate(value)))]


def _too_deep(where: str) -> Problem:
    return Problem(where=where, found="parentesi una dentro l'altra senza fine", accepted=f"al più {MAX_DEPTH} livelli")


def an_object(content: JsonValue) -> dict[str, JsonValue]:
    """The same JSON value, when it is an object; Malformed otherwise."""
    if not isinstance(content, dict):
        raise Malformed([Problem(where="", found="non è un oggetto", accepted="un oggetto fra parentesi graffe")])
    return content
