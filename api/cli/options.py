"""The arguments and options that commands written out share, and how what is said by them is read."""

import re
from collections.abc import Mapping
from typing import TypeVar, get_args

import click
from pydantic import BaseModel, TypeAdapter, ValidationError

from api.cli.parameters import TextType, options_of, read_as_it_is, read_day_text, reader_of
from api.cli.problems import usage_of
from api.cli.reader import caller_options, database_options
from api.cli.words import CAUSES
from api.formats.json_reader import into
from api.operations.model import Cli
from api.operations.upkeep import UPKEEP
from domain.errors import Malformed
from domain.vocabulary import Cause, JsonValue, Polarity, Year

Input = TypeVar("Input", bound=BaseModel)
WORDS = Cli(words="", arguments=("plan",))
"""The names of the options of an input model where no row of the table says others: those of its fields."""
MOST_DIGITS = 9


def help_of(name: str) -> str:
    """What a command that only the machine has does, as the table of operations says."""
    return next(row.description for row in UPKEEP if row.name == name)


def question_options(query: type[BaseModel]) -> list[click.Parameter]:
    """The options of a question: the two dates, and what its model holds beside them."""
    return options_of(query, WORDS)


def read_input(model: type[Input], content: Mapping[str, JsonValue]) -> Input:
    """The input that was said, what was not left out; what is wrong with it is a mistake of the command line."""
    try:
        return into(model, {name: value for name, value in content.items() if value is not None})
    except Malformed as error:
        raise usage_of(error, WORDS) from None


def read_year(text: str) -> int:
    """A year of four digits."""
    try:
        return TypeAdapter(Year).validate_python(text if re.fullmatch(r"[0-9]{4}", text) else None)
    except ValidationError:
        raise ValueError(f"{text!r} non è un anno: scrivere quattro cifre, per esempio 2022") from None


def read_positive(text: str) -> int:
    """A whole number from 1 on."""
    if re.fullmatch(rf"[0-9]{{1,{MOST_DIGITS}}}", text) and int(text) > 0:
        return int(text)
    raise ValueError(f"{text!r} non è un numero intero da 1 in su")


def argument(name: str, metavar: str, words: str, *, required: bool = True) -> click.Argument:
    """What stands without an option."""
    return click.Argument(
        [name],
        type=TextType(read_as_it_is),
        metavar=metavar if required else f"[{metavar}]",
        required=required,
        help=words,
    )


def text_option(option: str, name: str, metavar: str, words: str, *, required: bool = False) -> click.Option:
    """An option whose value is the text that is said."""
    return click.Option([option, name], type=TextType(read_as_it_is), metavar=metavar, required=required, help=words)


def switch(option: str, words: str) -> click.Option:
    """An option without a value."""
    return click.Option([option], is_flag=True, help=words)


def year_option(words: str, option: str = "--year", *, required: bool = False) -> click.Option:
    """The option of a year."""
    return click.Option([option], type=TextType(read_year), metavar="ANNO", required=required, help=words)


DATABASE, AS_JSON = database_options()
ACTOR, COMMAND_ID = caller_options()
PLAN = argument("plan", "PIANO", "L'id del piano, come lo elenca plans.")
ACT = text_option("--act", "act", "FRASE", 'L\'atto, per esempio "delibera di Giunta n. 9 del 30/09/2022".')
JUSTIFICATION = text_option("--justification", "justification", "TESTO", "La motivazione.")
CAUSE = click.Option(
    ["--cause"],
    type=TextType(reader_of(get_args(Cause))),
    metavar="CAUSA",
    help=f"La causa: {', '.join(f'{code} ({words})' for code, words in CAUSES.items())}.",
)
EFFECTIVE_ON = click.Option(
    ["--effective-on"],
    type=TextType(read_day_text),
    metavar="DATA",
    help="Da quando vale; la data dell'atto, se non si dice.",
)
PREVIEW = switch("--preview", "Mostra che cosa cambierebbe, senza registrare nulla.")
POLARITY = click.Option(
    ["--polarity"],
    type=TextType(reader_of(get_args(Polarity))),
    metavar="up|down",
    help="up: più è meglio; down: meno è meglio.",
)
OUTPUT = text_option("--output", "output_", "FILE", "Dove scrivere; sullo standard output, se non si dice.")
