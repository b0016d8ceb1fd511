"""How a refusal is said: the same text as everywhere, or a JSON problem (RFC 9457) where JSON was asked for."""

import re

import click
from rich.text import Text
from typing_extensions import TypedDict

from api.cli.output import console, json_bytes
from api.cli.parameters import METAVARS
from api.cli.words import printable
from api.operations.model import Cli
from api.operations.schemas import ProblemItem
from api.operations.serializers import problem_item
from domain.errors import DomainError, Malformed

TYPE = "urn:in-itinere:problem:"
SHOWN = 50
"""How many problems of one document are printed for people; JSON has all of them."""

_USAGE = (
    (r"^Missing command\.$", "manca il comando"),
    (r"^No such command '(.*?)'\.?(?: Did you mean (.*)\?)?$", r"il comando «\1» non c'è\2"),
    (r"^Option '(.*)' requires an argument\.$", r"l'opzione \1 vuole un valore"),
    (r"^Option '(.*)' requires (\d+) arguments\.$", r"l'opzione \1 vuole \2 valori"),
    (r"^Option '(.*)' does not take a value\.$", r"l'opzione \1 non prende valori"),
    (r"^Got unexpected extra argument(?:s|\(s\))? \((.*)\)$", r"argomenti di troppo: \1"),
)


class _Usage(DomainError):
    """A command line that does not say what it must: an option missing, a date that is none. Exit status 2."""

    name = "usage"
    title = "Comando non corretto"
    status = 422


class PrintedProblem(TypedDict):
    """A refusal as a JSON problem (RFC 9457); every member is always there."""

    type: str
    title: str
    status: int
    detail: str
    where: str
    accepted: str
    listed: list[str]
    problems: list[ProblemItem]


def problem_object(error: DomainError) -> PrintedProblem:
    """A refusal as a JSON problem; the type is the one that HTTP gives it."""
    problem = error.problem
    return {
        "type": TYPE + error.name.replace("_", "-"),
        "title": error.title,
        "status": error.status,
        "detail": problem.found,
        "where": problem.where,
        "accepted": problem.accepted,
        "listed": [] if isinstance(error, Malformed) else list(error.listed),
        "problems": [problem_item(item) for item in error.problems] if isinstance(error, Malformed) else [],
    }


def print_refusal(error: DomainError, *, as_json: bool) -> None:
    """Says a refusal on the standard error."""
    if as_json:
        click.echo(json_bytes(problem_object(error)), nl=False, err=True)
        return
    text = Text(f"{error.title} ({error.name})", style="bold")
    lines = [str(error.problem), *(f"  - {line}" for line in error.listed)]
    if isinstance(error, Malformed):
        lines = [str(error.problem), *(f"  - {problem}" for problem in error.problems[:SHOWN])]
        if len(error.problems) > SHOWN:
            lines.append(f"  e altri {len(error.problems) - SHOWN}")
    text.append(printable("\n" + "\n".join(lines)), style="not bold")
    console(error=True).print(text, soft_wrap=True)


def print_usage(error: click.ClickException, *, as_json: bool) -> None:
    """Says what is wrong with a command line on the standard error."""
    words = usage_words(error)
    if as_json:
        click.echo(json_bytes(problem_object(_Usage(words))), nl=False, err=True)
        return
    context = getattr(error, "ctx", None)
    path = context.command_path if context is not None else "initinere"
    text = Text("Comando non corretto (usage)", style="bold")
    text.append(printable(f"\n{words}\nCome si usa: {path} --help"), style="not bold")
    console(error=True).print(text, soft_wrap=True)


def usage_words(error: click.ClickException) -> str:
    """What is wrong with a command line, in Italian."""
    hint = _hint(error)
    match type(error).__name__:
        case "MissingParameter":
            return f"manca {hint}"
        case "NoSuchOption":
            near = ", ".join(getattr(error, "possibilities", None) or ())
            return f"l'opzione {getattr(error, 'option_name', '')} non c'è" + (f" (forse {near})" if near else "")
        case "BadParameter":
            return f"{hint}: {error.message.removeprefix('Value error, ')}"
        case _:
            pass
    for pattern, words in _USAGE:
        if match_ := re.match(pattern, error.message):
            translated = match_.expand(words.removesuffix(r"\2")) if words.endswith(r"\2") else match_.expand(words)
            return translated + (f" (forse {match_[2]})" if words.endswith(r"\2") and match_[2] else "")
    return error.message


def usage_of(error: Malformed, cli: Cli) -> click.UsageError:
    """Why the input of a command is wrong, said of the options that it came from."""
    words = "; ".join(
        f"{_said_as(problem.where, cli)}: {problem.found}"
        + (f", si accetta {problem.accepted}" if problem.accepted else "")
        for problem in error.problems
    )
    return click.UsageError(words)


def _said_as(where: str, cli: Cli) -> str:
    """The option, or the argument, by which a field is said."""
    name = where.partition("[")[0]
    if name in cli.arguments:
        return METAVARS.get(name, name.upper())
    word = (
        cli.switches[name].word
        if name in cli.switches
        else cli.options.get(name, name.rpartition(".")[2].replace("_", "-"))
    )
    return f"--{word}" if word else "il comando"


def _hint(error: click.ClickException) -> str:
    parameter = getattr(error, "param", None)
    if parameter is None:
        return str(getattr(error, "param_hint", "") or "un argomento")
    if parameter.param_type_name == "option":
        return str(max(parameter.opts, key=len))
    return str(parameter.metavar or parameter.name.upper())
