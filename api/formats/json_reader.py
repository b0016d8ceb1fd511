"""Reads a JSON document of a user into a model: every problem at once, each with its place, or the model.

What JSON parsers let through and an office would not notice is refused: a key said twice, `NaN`, a number that no
machine holds, half a character, a document nested without end. So is what stops being a plan by its size: more values
than the largest has, a list or an object without end; before it is read where it can be told, and before its rows are
judged where it cannot, for what is said of a wrong row takes far more than the row.
"""

import json
import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Annotated, BinaryIO, NamedTuple, TypeVar

import orjson
from pydantic import BaseModel, TypeAdapter, ValidationError

from api.formats.file_kinds import is_known_kind, kind_in_words
from domain.documents.plan import MAX_ROWS
from domain.errors import DomainError, Malformed, Problem
from domain.late import late
from domain.patterns import regex
from domain.vocabulary import JsonValue
from initinere_verify.files import open_regular

with late:  # most documents are read whole
    from api.formats.validation_errors import malformed, with_codes

LARGE = 500_000
"""Bytes from which on a document is read in a process of its own (`api.formats.readers`)."""
MAX_DEPTH = 64
"""How many lists and objects may lie one within the other; a plan document has four."""
MAX_DIGITS = 20
SMALLEST, LARGEST = -(2**63), 2**64 - 1
"""The integers that are written again as they were read."""
MAX_VALUES = 3_000_000
"""How many values a document may hold: as many as a workbook may have cells."""
MAX_MEMBERS = 2_000
"""How many members a list or an object may have; one that is a part of the document, `MAX_ROWS`."""
MAX_ROW_VALUES = 20_000
"""How many values may lie within one row of a part, or within a part that has no rows."""
MOST_PROBLEMS = 1_000
"""How many problems are told of a large document; with more, judging it ends there."""
_TEXT = regex(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?', re.DOTALL)
_BAD_CHARACTER = regex("[\x00\ud800-\udfff]")
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
    """The bytes of a file; UnreadableFile when there is none, or it is no file, TooLarge beyond `limit` bytes."""
    try:
        with open_regular(Path(path)) as file:
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


class CheckedJson(bytes):
    """A JSON document that `parse_json` has read once, written anew by the program."""

    __slots__ = ()


def parse_json(data: bytes) -> JsonValue:
    """What a JSON document says; Malformed, with every problem and its place, when it is none or says what is refused."""
    if isinstance(data, CheckedJson):
        checked: JsonValue = orjson.loads(memoryview(data))  # a kind of bytes is none to it
        return checked
    if is_known_kind(data):
        found = f"non è JSON: è {kind_in_words(data)}"
        raise Malformed([Problem(where="", found=found, accepted="un documento JSON in UTF-8")])
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        problem = f"non è UTF-8 (byte {error.start + 1})"
        raise Malformed([Problem(where="", found=problem, accepted="un documento JSON in UTF-8")]) from None
    if _has_too_many_values(data):
        problem = f"il documento ha più di {MAX_VALUES} valori"
        raise Malformed([Problem(where="", found=problem, accepted=f"al più {MAX_VALUES} valori")])
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
    problems = list(islice(_problems(content), MOST_PROBLEMS))
    if problems:
        raise Malformed(_cut(problems))
    json_value: JsonValue = content
    return json_value


def check_apart(data: bytes, _: object) -> bytes:
    """A JSON document that says nothing that is refused, written anew: what a process of its own does with a large one."""
    return orjson.dumps(parse_json(data))


def into(model: type[Model], content: JsonValue) -> Model:
    """The model of a parsed document; Malformed with every finding, or with the first of very many."""
    if isinstance(content, dict):
        _judge_rows(model, content)
    try:
        return model.model_validate(content)
    except ValidationError as error:
        coded = with_codes(content, error)
        if coded is None:
            raise malformed(error) from None
    try:
        return model.model_validate(coded)
    except ValidationError as error:
        raise malformed(error) from None


def _has_too_many_values(data: bytes) -> bool:
    """Whether there are more values than `MAX_VALUES`, without reading them: by their commas and brackets."""
    if _signs(data, 0, len(data)) <= MAX_VALUES:
        return False
    signs = position = 0
    for text in _TEXT.finditer(data):  # those within texts are none
        signs += _signs(data, position, text.start())
        position = text.end()
        if signs > MAX_VALUES:
            return True
    return signs + _signs(data, position, len(data)) > MAX_VALUES


def _signs(data: bytes, start: int, end: int) -> int:
    return data.count(b",", start, end) + data.count(b"[", start, end) + data.count(b"{", start, end)


def _judge_rows(model: type[BaseModel], content: dict[str, JsonValue]) -> None:
    """Judges the rows of a large document some at a time; Malformed where more is wrong than anybody would read.

    A document with fewer problems is judged whole afterwards, so that they come together and in their order.
    """
    parts = {name: rows for name, rows in content.items() if isinstance(rows, list) and name in model.model_fields}
    sizes = {name: [_size(row) for row in rows] for name, rows in parts.items()}
    if sum(map(sum, sizes.values())) <= MAX_ROW_VALUES:
        return
    problems: list[Problem] = []
    for name, rows in parts.items():
        first = 0
        while first < len(rows):
            last, values = first + 1, sizes[name][first]
            while last < len(rows) and values + sizes[name][last] <= MAX_ROW_VALUES:
                values += sizes[name][last]
                last += 1
            try:
                _rows_of(model, name).validate_python(rows[first:last])
            except ValidationError as error:
                problems += malformed(error, name, first).problems
            if len(problems) >= MOST_PROBLEMS:
                raise Malformed(_cut(problems))
            first = last


@lru_cache(maxsize=100)
def _rows_of(model: type[BaseModel], name: str) -> TypeAdapter[object]:
    field = model.model_fields[name]
    annotation = Annotated[(field.annotation, *field.metadata)] if field.metadata else field.annotation
    return TypeAdapter(annotation)  # type: ignore[arg-type]  # an annotation that only pydantic reads


def _size(value: JsonValue) -> int:
    """How many values there are within a value, itself included."""
    if isinstance(value, dict):
        return 1 + sum(map(_size, value.values()))
    return 1 + sum(map(_size, value)) if isinstance(value, list) else 1


def _cut(problems: list[Problem]) -> list[Problem]:
    """The first problems, and beneath them that there are more."""
    if len(problems) < MOST_PROBLEMS:
        return problems
    words = f"i problemi sono tanti: qui sono i primi {MOST_PROBLEMS}"
    return [*problems[:MOST_PROBLEMS], Problem(where="", found=words, accepted="un documento senza questi problemi")]


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
    if len(digits) <= MAX_DIGITS and SMALLEST <= (number := int(digits)) <= LARGEST:
        return number
    return _Wrong("un numero intero troppo grande", f"un intero da {SMALLEST} a {LARGEST}, o un testo")


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
            parts.append(f"[{place.part}]" if isinstance(place.part, int) else f".{place.part[:80]}")
            place = place.before
        return "".join(reversed(parts)).removeprefix(".")


def _problems(content: object) -> Iterator[Problem]:
    waiting: list[tuple[object, _Place | None, int]] = [(content, None, 1)]
    values = 0
    while waiting:
        value, place, depth = waiting.pop()
        where = "" if place is None else place
        # What lies within a row, or within a part without rows, comes before the next one.
        begins = depth <= 2 or (depth == 3 and place is not None and isinstance(place.part, int))
        values = 1 if begins else values + 1
        if values > MAX_ROW_VALUES:
            yield Problem(
                where=str(where), found=f"più di {MAX_ROW_VALUES} valori in una voce", accepted="meno valori per voce"
            )
            return
        if isinstance(value, _Wrong):
            yield Problem(where=str(where), found=value.found, accepted=value.accepted)
        elif isinstance(value, str):
            if _BAD_CHARACTER.search(value):
                yield Problem(
                    where=str(where), found="un carattere che nessun testo può avere", accepted="un testo in UTF-8"
                )
        elif isinstance(value, dict | list) and depth > MAX_DEPTH:
            yield _too_deep(str(where))
        elif isinstance(value, dict | list) and len(value) > (most := _most(value, depth)):
            what = "righe sono troppe" if isinstance(value, list) else "campi sono troppi"
            yield Problem(where=str(where), found=f"{len(value)} {what}: al più {most}", accepted=f"al più {most}")
        elif isinstance(value, dict):
            if isinstance(value, _Repeated):
                twice = ", ".join(repr(key[:80]) for key in value.keys_said_twice[:10])
                yield Problem(where=str(where), found=f"{twice} c'è due volte", accepted="ogni campo una volta sola")
            if any(_BAD_CHARACTER.search(key) for key in value):
                yield Problem(where=str(where), found="un nome di campo con un carattere che nessun testo può avere")
            waiting += [(member, _Place(place, key), depth + 1) for key, member in reversed(value.items())]
        elif isinstance(value, list):
            waiting += [(item, _Place(place, index), depth + 1) for index, item in reversed(list(enumerate(value)))]


def _most(value: dict[str, JsonValue] | list[JsonValue], depth: int) -> int:
    return MAX_ROWS if depth == 2 or (depth == 1 and isinstance(value, list)) else MAX_MEMBERS


def _too_deep(where: str) -> Problem:
    return Problem(where=where, found="parentesi una dentro l'altra senza fine", accepted=f"al più {MAX_DEPTH} livelli")


def an_object(content: JsonValue) -> dict[str, JsonValue]:
    """The same JSON value, when it is an object; Malformed otherwise."""
    if not isinstance(content, dict):
        raise Malformed([Problem(where="", found="non è un oggetto", accepted="un oggetto fra parentesi graffe")])
    return content
