"""The parameters of a command, made of the fields of its input model: name, type, help, whether it must be said."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import click
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from api.language.labels import CAUSES, SYNONYMS
from api.operations.model import Cli
from domain import point
from domain.italian import read_number
from domain.vocabulary import JsonValue

METAVARS = {
    "about": "OGGETTO",
    "act": "FRASE",
    "actor": "RUOLO",
    "after": "CHIAVE",
    "administration": "ENTE",
    "before": "PIANO",
    "cause": "CAUSA",
    "event": "TIPO",
    "expression": "FORMULA",
    "flag": "SEGNALAZIONE",
    "forced": "PERCENTO",
    "id": "ID",
    "indicator": "INDICATORE",
    "judgement": "ESITO",
    "kind": "NATURA",
    "level": "LIVELLO",
    "levels": "LIVELLO",
    "name": "NOME",
    "node": "NODO",
    "object": "OGGETTO",
    "objectives": "OBIETTIVO",
    "office": "UFFICIO",
    "offices": "UFFICIO",
    "period": "PERIODO",
    "plan": "PIANO",
    "predecessors": "ENTE",
    "progress": "PERCENTO",
    "role": "RUOLO",
    "round": "MONITORAGGIO",
    "sample": "CAMPIONE",
    "seed": "SEME",
    "sha256": "IMPRONTA",
    "status": "STATO",
    "subject": "INDICATORE|OBIETTIVO",
    "terms": "NOME=VALORE",
    "to": "ID",
    "value": "VALORE",
    "versions": "VERSIONE",
    "what": "CHE-COSA",
    "year": "ANNO",
    "years": "ANNO-ANNO",
}
"""How the value of a field is called in a help, where its type does not tell."""

_OF_A_PART = "__"
"""Stands, in the name of a parameter, between a part of the input and its field."""

Read = Callable[[str], JsonValue]


class TextType(click.ParamType[JsonValue]):
    """A value that a function reads from a text; what it cannot read is a mistake of the command line, said in Italian."""

    name = "text"

    def __init__(self, read: Read) -> None:
        self._read = read

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> JsonValue:
        """The value that a text means."""
        try:
            return self._read(str(value))
        except ValueError as error:
            self.fail(str(error), param, ctx)


def read_day_text(text: str) -> str:
    """A day as people write it, as ISO does."""
    return point.read_day(text).isoformat()


def read_figure(text: str) -> str:
    """A number, as `12345`, `1234,5` or `1234.5`; one that may mean two things, as `3.500`, is refused."""
    if re.fullmatch(r"[+-]?[1-9][0-9]{0,2}\.[0-9]{3}", text.strip()):
        whole, with_comma = text.replace(".", ""), text.replace(".", ",")
        raise ValueError(f"{text!r} può essere due numeri: scrivere {whole} oppure {with_comma}")
    number = read_number(text)
    if number is None and re.fullmatch(r"[+-]?[0-9]{1,24}(\.[0-9]{1,12})?", text.strip()):
        number = Decimal(text.strip())
    if number is None:
        raise ValueError(f"{text!r} non è un numero: scrivere per esempio 1234,5")
    return format(number, "f")


def read_whole(text: str) -> int:
    """A whole number."""
    if re.fullmatch(r"[0-9]{1,15}", text.strip()):
        return int(text)
    raise ValueError(f"{text!r} non è un numero intero")


def read_version(text: str) -> int:
    """The version of an event."""
    if (version := read_whole(text)) > 0:
        return version
    raise ValueError(f"{text!r} non è un numero intero da 1 in su")


def read_term(text: str) -> tuple[str, str]:
    """A term of a formula and its value, as `nome=valore`."""
    name, sign, value = text.partition("=")
    if not sign or not name.strip():
        raise ValueError(f"{text!r}: scrivere nome=valore, ogni nome una volta")
    return name.strip(), read_figure(value)


def read_as_it_is(text: str) -> str:
    """The text."""
    return text


def reader_of(choices: tuple[object, ...]) -> Read:
    """What reads one of some values, in code or by its Italian word."""
    by_word: dict[str, JsonValue] = {str(choice).casefold(): choice for choice in choices}  # type: ignore[misc]  # literals are JSON
    by_word |= {word: code for word, code in SYNONYMS.items() if code in choices}

    def read(text: str) -> JsonValue:
        if (word := text.strip().casefold()) in by_word:
            return by_word[word]
        raise ValueError(f"{text!r} non c'è: scrivere uno fra {', '.join(str(choice) for choice in choices)}")

    return read


@dataclass(frozen=True)
class Field:
    """A field of an input model, as a person says it."""

    name: str
    read: Read
    metavar: str
    help: str
    required: bool
    repeated: bool = False
    switch: bool = False

    @property
    def parameter(self) -> str:
        """Its name as a parameter of a command: an identifier, where the field is of a part (`scope.offices`)."""
        return self.name.replace(".", _OF_A_PART)

    def option(self, word: str) -> click.Option:
        """The option of that word."""
        if self.switch:
            return click.Option([f"--{word}", self.parameter], is_flag=True, default=None, help=self.help)
        return click.Option(
            [f"--{word}", self.parameter],
            type=TextType(self.read),
            metavar=self.metavar,
            required=self.required,
            multiple=self.repeated,
            help=self.help,
        )

    def argument(self) -> click.Argument:
        """The argument that stands without a word."""
        metavar = f"{self.metavar}..." if self.repeated else self.metavar if self.required else f"[{self.metavar}]"
        return click.Argument(
            [self.parameter],
            type=TextType(self.read),
            metavar=metavar,
            required=self.required,
            nargs=-1 if self.repeated else 1,
            help=self.help,
        )


def fields_of(model: type[BaseModel], cli: Cli) -> dict[str, Field]:
    """The fields of a model that a person says; those of a part of it (`scope`) stand beside the others."""
    fields: dict[str, Field] = {}
    for name, info in model.model_fields.items():
        if name in cli.left_out or name == "verb":
            continue
        if (part := _model_in(info.annotation)) is not None and name != "act":
            inner = {f"{name}.{inner}": field for inner, field in fields_of(part, cli).items()}
            fields |= {path: replace(field, name=path) for path, field in inner.items()}
            continue
        wire = info.alias or name
        fields[wire] = _field(wire, info)
    return fields


def options_of(
    model: type[BaseModel], cli: Cli, *, without: Iterable[str] = (), as_written: Iterable[str] = ()
) -> list[click.Parameter]:
    """The arguments and the options of a model, in the order of its fields."""
    fields = {
        name: replace(
            field,
            read=read_as_it_is if name in as_written else field.read,
            required=(field.required or name in cli.required) and name not in cli.today,
        )
        for name, field in fields_of(model, cli).items()
    }
    left = set(without)
    parameters: list[click.Parameter] = [fields[name].argument() for name in cli.arguments if name in fields]
    for name, field in fields.items():
        if name in cli.arguments or name in left:
            continue
        if name in cli.switches:
            switch = cli.switches[name]
            parameters.append(click.Option([f"--{switch.word}", name], is_flag=True, default=None, help=switch.help))
        else:
            parameters.append(field.option(cli.options.get(name, name.rpartition(".")[2].replace("_", "-"))))
    return parameters


def content_of(values: Mapping[str, object], cli: Cli, today: date) -> dict[str, JsonValue]:
    """What was said, as the content of the model: switches as their value, dates that are today, parts put together."""
    content: dict[str, Any] = {}
    for name, value in values.items():
        if value is None or value == ():
            continue
        part, mark, inner = name.partition(_OF_A_PART)
        if mark:
            content.setdefault(part, {})[inner] = _as_json(value)
        elif name in cli.switches:
            content[name] = cli.switches[name].value
        else:
            content[name] = _terms(value) if name == "terms" else _as_json(value)
    for name in cli.today:
        content.setdefault(name, today.isoformat())
    return content


def _as_json(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value


def _terms(pairs: Any) -> dict[str, JsonValue]:  # noqa: ANN401 - what `read_term` gives, several times
    terms: dict[str, JsonValue] = {}
    for name, value in pairs:
        if name in terms:
            raise click.BadParameter(f"{name!r}: scrivere nome=valore, ogni nome una volta", param_hint="--term")
        terms[name] = value
    return terms


def _field(name: str, info: FieldInfo) -> Field:
    kind, repeated = _kind(info.annotation)
    words = info.description or ""
    if name == "cause":
        words = f"La causa: {', '.join(f'{code} ({word})' for code, word in CAUSES.items())}."
    read, metavar = _reading(kind)
    if name == "versions":
        read = read_version
    if kind is dict:
        repeated = True
    return Field(
        name=name,
        read=read,
        metavar=metavar if metavar.startswith("DATA") else METAVARS.get(name, metavar),
        help=words,
        required=info.is_required(),
        repeated=repeated,
        switch=kind is bool,
    )


def _reading(kind: object) -> tuple[Read, str]:
    """How a value of a type is read, and how it is called."""
    if get_origin(kind) is Literal:
        choices = get_args(kind)
        return reader_of(choices), "|".join(str(choice) for choice in choices)
    match kind:
        case type() if kind is bool:
            return read_as_it_is, ""
        case type() if issubclass(kind, datetime):
            return read_as_it_is, "DATA|ISTANTE"
        case type() if issubclass(kind, date):
            return read_day_text, "DATA"
        case type() if issubclass(kind, Decimal):
            return read_figure, "NUMERO"
        case type() if issubclass(kind, int):
            return read_whole, "N"
        case type() if issubclass(kind, dict):
            return read_term, "NOME=VALORE"  # type: ignore[return-value]  # a pair is put into an object by `content_of`
        case _:
            return read_as_it_is, "TESTO"


def _kind(annotation: object) -> tuple[object, bool]:
    """The type of the values of a field, and whether there may be several."""
    kind = _plain(annotation)
    if get_origin(kind) in {tuple, list}:
        return _plain(get_args(kind)[0]), True
    return (get_origin(kind) or kind, False) if get_origin(kind) is dict else (kind, False)


def _plain(annotation: object) -> object:
    """A type without None beside it and without its constraints."""
    if get_origin(annotation) is Annotated:
        return _plain(get_args(annotation)[0])
    if get_origin(annotation) in {Union, UnionType}:
        kinds = [one for one in get_args(annotation) if one is not NoneType]
        return _plain(kinds[0]) if len(kinds) == 1 else str
    return annotation


def _model_in(annotation: object) -> type[BaseModel] | None:
    kind = _plain(annotation)
    return kind if isinstance(kind, type) and issubclass(kind, BaseModel) else None
