"""The parameters of a command, made of the fields of its input model: name, type, help, whether it must be said.

A text reaches the model as it was said, save what a person may say in other words (an Italian word for a code, a
decimal comma): what is wrong with it the model says, at this door as at the other.
"""

import hashlib
import re
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import click
from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from api.language.closed_lists import code_of, code_words, listed_words
from api.operations.model import Cli
from domain.acts.citation import CitedAct
from domain.errors import Malformed
from domain.italian import read_number
from domain.late import late
from domain.vocabulary import DEFERRED, JsonValue

with late:  # what is wrong is seldom said
    from api.cli.problems import Mistake, option_name
    from api.formats.validation_errors import malformed

METAVARS = {
    "about": "OGGETTO",
    "act": "FRASE",
    "actor": "RUOLO",
    "after": "CHIAVE",
    "administration": "ENTE",
    "before": "PIANO",
    "approves_year": "ANNO",
    "action": "AZIONE",
    "cause": "CAUSA",
    "denominator": "NUMERO",
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
    "numerator": "NUMERO",
    "object": "OGGETTO",
    "objective": "OBIETTIVO",
    "objectives": "OBIETTIVO",
    "office": "UFFICIO",
    "observed": "VALORE",
    "offices": "UFFICIO",
    "period": "PERIODO",
    "plan": "PIANO",
    "topics": "TIPO",
    "url": "INDIRIZZO",
    "webhook": "SOTTOSCRIZIONE",
    "after_position": "POSIZIONE",
    "position": "POSIZIONE",
    "polarities": "INDICATORE=VERSO",
    "predecessors": "ENTE",
    "progress": "PERCENTO",
    "proposal": "PROPOSTA",
    "role": "RUOLO",
    "rounding": "MODO",
    "round": "MONITORAGGIO",
    "sample": "CAMPIONE",
    "seed": "SEME",
    "sha256": "IMPRONTA",
    "status": "STATO",
    "subject": "INDICATORE|OBIETTIVO",
    "terms": "NOME=VALORE",
    "to": "ID",
    "tree": "ALBERO",
    "under": "NODO",
    "value": "VALORE",
    "versions": "VERSIONE",
    "what": "CHE-COSA",
    "year": "ANNO",
    "years": "ANNO-ANNO",
}
"""How the value of a field is called in a help, where its type does not tell."""

BY_ANY_NAME = "L'id, il codice, il nome o il titolo esatto."
"""How an object of a plan is named on the command line."""
PAIRS = {"terms": "--term", "polarities": "--is", "classifications": "--classifications", "codes": "--codes"}
"""The option that says one pair of a field that is said pair by pair, where it is called otherwise than the field."""

_OF_A_PART = "__"
"""Stands, in the name of a parameter, between a part of the input and its field."""

Read = Callable[[str], JsonValue]


class TextType(click.ParamType[JsonValue]):
    """A value that a function reads from a text; ValueError is what only a command line can get wrong.

    `codes` are the only ones that it may be, where there is a list of them.
    """

    name = "text"

    def __init__(self, read: Read, codes: Sequence[str] = ()) -> None:
        self._read = read
        self.codes = codes

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> JsonValue:
        """The value that a text means."""
        try:
            return self._read(str(value))
        except ValueError as error:
            self.fail(str(error), param, ctx)


class OfType(click.ParamType[JsonValue]):
    """A value that no input model has: of a type, which says what is wrong with it as a model would."""

    name = "text"

    def __init__(self, kind: Any) -> None:  # noqa: ANN401 - a type, or what stands for one
        self._read = _reading(value_kind(kind))[0]
        self._type: TypeAdapter[JsonValue] = TypeAdapter(kind, config=DEFERRED)

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> JsonValue:
        """The value, as the type has it."""
        del ctx
        try:
            return self._type.validate_python(self._read(str(value)))
        except ValidationError as error:
            raise Mistake(malformed(error, _named(param))) from None


def _named(parameter: click.Parameter | None) -> str:
    """The option, or what stands for the argument, as a person sees it."""
    if isinstance(parameter, click.Argument):
        return (parameter.metavar or parameter.human_readable_name).strip("[].")
    return option_name(parameter) if parameter else ""


class ModelOption(click.Option):
    """An option whose value the input model may miss: it says so together with all else that is wrong."""

    def value_is_missing(self, value: object) -> bool:
        """Never for the command line to say."""
        del value
        return False


def read_figure(text: str) -> str:
    """A number written with a decimal comma, or point, as JSON has it; one that may mean two things, as `3.500`, is refused."""
    if re.fullmatch(r"[+-]?[1-9][0-9]{0,2}\.[0-9]{3}", text.strip()):
        whole, with_comma = text.replace(".", ""), text.replace(".", ",")
        raise ValueError(f"{text!r} può essere due numeri: scrivere {whole} oppure {with_comma}")
    number = read_number(text)
    return text if number is None else format(number, "f")


def read_term(text: str) -> tuple[str, str]:
    """A term of a formula and its value, as `nome=valore`."""
    name, sign, value = text.partition("=")
    if not sign or not name.strip():
        raise ValueError(f"{text!r}: scrivere nome=valore, ogni nome una volta")
    return name.strip(), read_figure(value)


def read_pair(text: str) -> tuple[str, str]:
    """A name and what is said of it, as `nome=testo`."""
    name, sign, value = text.partition("=")
    if not sign or not name.strip():
        raise ValueError(f"{text!r}: scrivere nome=testo, ogni nome una volta")
    return name.strip(), value.strip()


def read_polarity(text: str) -> tuple[str, str]:
    """An indicator and its polarity, as `indicatore=up`."""
    name, sign, value = text.rpartition("=")
    if not sign or not name.strip():
        raise ValueError(f"{text!r}: scrivere indicatore=polarità, ogni indicatore una volta")
    return name.strip(), str(reader_of(("up", "down", "unknown"))(value.strip()))


def read_as_it_is(text: str) -> str:
    """The text."""
    return text


def reader_of(choices: tuple[object, ...]) -> Read:
    """What reads one of some values, by its Italian word; any other text is the code, or left for the model to refuse."""
    by_code: dict[str, JsonValue] = {str(choice): choice for choice in choices}  # type: ignore[misc]  # literals are JSON
    codes = tuple(by_code)
    return lambda text: by_code.get(code_of(text, codes) or text, text)


@dataclass(frozen=True)
class Field:
    """A field of an input model, as a person says it; `in_model`: that it is missing the model says."""

    name: str
    read: Read
    metavar: str
    help: str
    required: bool
    in_model: bool = True
    repeated: bool = False
    switch: bool = False
    codes: tuple[str, ...] = ()

    @property
    def parameter(self) -> str:
        """Its name as a parameter of a command: an identifier, where the field is of a part (`scope.offices`)."""
        return self.name.replace(".", _OF_A_PART)

    def option(self, word: str) -> click.Option:
        """The option of that word."""
        if self.switch:
            return click.Option([f"--{word}", self.parameter], is_flag=True, default=None, help=self.help)
        kind = ModelOption if self.in_model else click.Option
        return kind(
            [f"--{word}", self.parameter],
            type=TextType(self.read, self.codes),
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
            type=TextType(self.read, self.codes),
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
    model: type[BaseModel],
    cli: Cli,
    *,
    names: Container[str] = (),
    without: Iterable[str] = (),
    as_written: Iterable[str] = (),
    all_optional: bool = False,
) -> list[click.Parameter]:
    """The arguments and the options of a model, in the order of its fields.

    `all_optional` where the command does more than what the model is for.
    """
    fields = {
        name: replace(
            field,
            read=read_as_it_is if name in as_written else field.read,
            help=BY_ANY_NAME if name in names and name in cli.arguments else field.help,
            required=(field.required or name in cli.required) and name not in cli.today and not all_optional,
            in_model=field.required,
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
            parameters.append(field.option(_word(name, cli)))
    if "act" in fields and "act" not in left and _cites(model.model_fields["act"].annotation):
        parameters += _act_details()
    return parameters


def _cites(annotation: object) -> bool:
    """Whether a field takes the citation of an act."""
    return annotation is CitedAct or any(map(_cites, get_args(annotation)))


def _act_details() -> list[click.Parameter]:
    """What may be said of an act beside its citation, on every command that cites one."""
    details: tuple[tuple[str, str, str, Read, str], ...] = (
        ("protocol", "protocol", "PROTOCOLLO", read_as_it_is, "Il protocollo dell'atto; si può dire anche dopo."),
        (
            "file",
            "file",
            "FILE",
            digest_of_file,
            "Il file dell'atto: se ne registra l'impronta SHA-256, non il contenuto.",
        ),
        ("sha256", "sha256", "IMPRONTA", read_as_it_is, "L'impronta SHA-256 del file dell'atto, se il file non è qui."),
    )
    return [
        click.Option([f"--act-{word}", f"act{_OF_A_PART}{name}"], type=TextType(read), metavar=metavar, help=words)
        for word, name, metavar, read, words in details
    ]


def digest_of_file(path: str) -> str:
    """The SHA-256 digest of a file that is handed over; ValueError where it cannot be read."""
    try:
        with Path(path).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise ValueError(f"il file {path!r} non si legge: {error.strerror}") from None


def mistake(error: Malformed, cli: Cli) -> Mistake:
    """What is wrong with the input of a command, said of the options that it came from."""
    problems = [problem.model_copy(update={"where": option_said(problem.where, cli)}) for problem in error.problems]
    return Mistake(Malformed(problems))


def option_said(where: str, cli: Cli) -> str:
    """The option, or the argument, by which a field is said."""
    name = where.partition("[")[0].removesuffix(".citation")
    if name.startswith("act."):
        return f"--act-{name.removeprefix('act.')}"
    if name in cli.arguments:
        return METAVARS.get(name, name.upper())
    if not name:
        return ""
    return f"--{cli.switches[name].word if name in cli.switches else _word(name, cli)}"


def _word(name: str, cli: Cli) -> str:
    return cli.options.get(name, name.rpartition(".")[2].replace("_", "-"))


def content_of(values: Mapping[str, object], cli: Cli, today: date) -> dict[str, JsonValue]:
    """What was said, as the content of the model: switches as their value, dates that are today, parts put together."""
    content: dict[str, Any] = {}
    for name, value in values.items():
        if value is None or value == () or name in _ACT_DETAILS:
            continue
        part, mark, inner = name.partition(_OF_A_PART)
        if mark:
            content.setdefault(part, {})[inner] = _as_json(value)
        elif name in cli.switches:
            content[name] = cli.switches[name].value
        else:
            content[name] = _pairs(value, name) if _are_pairs(value) else _as_json(value)
    if details := {
        _ACT_DETAILS[name]: value for name, value in values.items() if name in _ACT_DETAILS and value is not None
    }:
        content["act"] = _act(content.get("act"), details)
    for name in cli.today:
        content.setdefault(name, today.isoformat())
    return content


_ACT_DETAILS = {f"act{_OF_A_PART}{name}": name for name in ("protocol", "file", "sha256")}
"""What is said of an act beside its citation, by its parameter."""


def _act(citation: object, said: dict[str, object]) -> object:
    """The act of a command: its citation with the details that were said of it."""
    if not isinstance(citation, str):
        raise click.BadParameter("va detto insieme all'atto, con --act", param_hint=f"--act-{next(iter(said))}")
    digests = {str(said.pop(name)).casefold() for name in ("file", "sha256") if name in said}
    if len(digests) > 1:
        raise click.BadParameter("il file ha un'altra impronta", param_hint="--act-sha256")
    return {"citation": citation} | said | ({"sha256": digests.pop()} if digests else {})


def _are_pairs(value: object) -> bool:
    """Whether a field was said pair by pair: another of its name may be a list of words."""
    return isinstance(value, tuple) and all(isinstance(one, tuple) for one in value)


def _as_json(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value


def _pairs(pairs: Any, field: str) -> dict[str, JsonValue]:  # noqa: ANN401 - what the reader of a pair gives, several times
    content: dict[str, JsonValue] = {}
    for name, value in pairs:
        if name in content:
            option = PAIRS.get(field, f"--{field}")
            raise click.BadParameter(f"{name!r}: scrivere nome=valore, ogni nome una volta", param_hint=option)
        content[name] = value
    return content


def _field(name: str, info: FieldInfo) -> Field:
    kind, repeated = _kind(info.annotation)
    words = info.description or ""
    read, metavar = _reading(kind)
    if get_origin(kind) is Literal and name in METAVARS:
        words = f"{words.rstrip('.')}: {listed_words(tuple(map(str, get_args(kind))))}."
    called = METAVARS.get(name, metavar)
    if kind is not dict and "=" in called:  # another of its name is said pair by pair
        called = metavar
    if kind is dict:
        # A pair is put into an object by `content_of`.
        read = {"polarities": read_polarity, "terms": read_term}.get(name, read_pair)  # type: ignore[assignment]
        repeated, called = True, called if "=" in called else "NOME=TESTO"
    return Field(
        name=name,
        read=read,
        metavar=metavar if metavar.startswith("DATA") else called,
        help=words,
        required=info.is_required(),
        repeated=repeated,
        switch=kind is bool,
        codes=tuple(map(str, get_args(kind))) if get_origin(kind) is Literal and called == metavar else (),
    )


def _reading(kind: object) -> tuple[Read, str]:
    """How a value of a type is read, and how it is called."""
    if get_origin(kind) is Literal:
        choices = get_args(kind)
        return reader_of(choices), "|".join(code_words(tuple(map(str, choices))).values())
    match kind:
        case type() if kind is bool:
            return read_as_it_is, ""
        case type() if issubclass(kind, datetime):
            return read_as_it_is, "DATA|ISTANTE"
        case type() if issubclass(kind, date):
            return read_as_it_is, "DATA"
        case type() if issubclass(kind, Decimal):
            return read_figure, "NUMERO"
        case type() if issubclass(kind, int):
            return read_as_it_is, "N"
        case type() if issubclass(kind, dict):
            return read_as_it_is, "NOME=VALORE"
        case _:
            return read_as_it_is, "TESTO"


def _kind(annotation: object) -> tuple[object, bool]:
    """The type of the values of a field, and whether there may be several."""
    kind = value_kind(annotation)
    if get_origin(kind) in {tuple, list}:
        return value_kind(get_args(kind)[0]), True
    return (get_origin(kind) or kind, False) if get_origin(kind) is dict else (kind, False)


def value_kind(annotation: object) -> object:
    """A type without None beside it and without its constraints."""
    if get_origin(annotation) is Annotated:
        return value_kind(get_args(annotation)[0])
    if get_origin(annotation) in {Union, UnionType}:
        kinds = [one for one in get_args(annotation) if one is not NoneType]
        return value_kind(kinds[0]) if len(kinds) == 1 else str
    return annotation


def _model_in(annotation: object) -> type[BaseModel] | None:
    kind = value_kind(annotation)
    return kind if isinstance(kind, type) and issubclass(kind, BaseModel) else None
