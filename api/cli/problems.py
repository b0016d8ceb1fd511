"""How a refusal is said: the same text as everywhere, or a JSON problem (RFC 9457) where JSON was asked for."""

import re
from collections.abc import Sequence

import click
from rich.text import Text

from api.cli.output import console, json_bytes
from api.cli.secrets_said import without_said_secrets
from api.cli.words import printable
from api.formats.problem_json import problem_object
from api.language.closed_lists import accepted_in_words
from api.language.option_words import option_spoken, plain_option
from api.language.places import place_words
from domain.errors import DomainError, Malformed, Problem
from domain.patterns import regex
from domain.validation_errors import MISSING, UNEXPECTED

SUGGESTED = 3
SHOWN = 50
"""How many problems of one document are printed for people; JSON has all of them."""

_USAGE = (
    (r"^Missing command\.$", "manca il comando"),
    (r"^No such command '(.*?)'\.", r"il comando «\1» non c'è"),
    (r"^Option '(.*)' does not take a value\.$", r"l'opzione \1 non prende valori"),
    (r"^Got unexpected extra argument(?:s|\(s\))? \((.*)\)$", r"argomenti di troppo: \1"),
)


class Mistake(click.UsageError):
    """What was said is wrong: the problems that HTTP would answer, said of the options and arguments. Exit status 2."""

    def __init__(self, error: Malformed) -> None:
        self.error = error
        super().__init__(str(error), click.get_current_context(silent=True))


class _Usage(DomainError):
    """Words that are no command of the program, whatever their values: a command that there is not. Exit status 2."""

    name = "usage"
    title = "Comando non corretto"
    status = 422


def print_refusal(error: DomainError, *, as_json: bool, arguments: Sequence[str] = ()) -> None:
    """Says a refusal on the standard error, without the passwords that were said among the arguments."""
    if as_json:
        told = {name: value for name, value in problem_object(error).items() if name != "pointer" or value is not None}
        words = without_said_secrets(json_bytes(told).decode(), arguments)
        click.echo(words.encode(), nl=False, err=True)
        return
    heading = Text(error.title, style="bold")
    lines = [str(said_in_words(error.problem)), *(f"  - {line}" for line in error.listed)]
    if isinstance(error, Malformed):
        lines = [str(error.problem), *(f"  - {said_in_words(problem)}" for problem in error.problems[:SHOWN])]
        if len(error.problems) > SHOWN:
            lines.append(f"  e altri {len(error.problems) - SHOWN}")
    words = without_said_secrets(_options_spoken("\n".join(lines), arguments), arguments)
    console(error=True).print(heading.append(printable(f"\n{words}"), style="not bold"), soft_wrap=True)


_OPTION = regex(r"(?<![\w-])--([a-z][a-z0-9-]*[a-z0-9])")


def _options_spoken(text: str, arguments: Sequence[str]) -> str:
    """A text that names options as whoever wrote the arguments does: --atto, where they write --atto."""
    return _OPTION.sub(lambda option: f"--{option_spoken(option[1], arguments)}", text)


OPTIONS_OF_FIELDS = {
    "anche ciò che vi poggia": "--take-along",
    "anche ciò che contraddice": "--take-along",
    "perché retroattiva": "--retroactive",
    "resta prosa": "--prose",
    "stesso atto": "--same-act",
    "unità confermata": "--confirm-unit",
    "anche se non si legge": "--accept-unread",
    "è un ufficio": "--is-office",
}
"""The option of a field that a refusal calls by its name, as the forms have it: «unità confermata» (--confirm-unit)."""


def said_in_words(problem: Problem) -> Problem:
    """A problem whose place is said in words, and which names the options of the fields that it speaks of."""
    accepted = re.sub(
        r"«([^»]*)»",
        lambda field: f"{field[0]} ({OPTIONS_OF_FIELDS[field[1]]})" if field[1] in OPTIONS_OF_FIELDS else field[0],
        accepted_in_words(problem.accepted),
    )
    return problem.model_copy(update={"where": place_words(problem.where), "accepted": accepted})


def print_usage(error: click.ClickException, *, as_json: bool, arguments: Sequence[str]) -> None:
    """Says what is wrong with a command line on the standard error."""
    refusal = _refusal(error)
    print_refusal(refusal, as_json=as_json, arguments=arguments)
    if as_json:
        return
    context = getattr(error, "ctx", None)
    near = _commands_beside(error) or getattr(error, "possibilities", None)
    hints = [f"Forse: {' oppure '.join(near)}"] if near else []
    hints.append(f"Come si usa: {context.command_path if context is not None else 'initinere'} --help")
    console(error=True).print(Text(printable("\n".join(hints))), soft_wrap=True)


def _commands_beside(error: click.ClickException) -> list[str]:
    """The commands beside one that take the option which it does not: first those whose name goes on from its own."""
    if not isinstance(error, click.NoSuchOption) or (context := error.ctx) is None or context.parent is None:
        return []
    group, name = context.parent.command, str(context.info_name)
    if not isinstance(group, click.Group):
        return []
    wanted = plain_option(error.option_name)
    taking = [other for other in group.commands if wanted in map(plain_option, _options_of(group.commands[other]))]
    nearest = [other for other in taking if other.startswith(name)] or taking
    return [f"{context.parent.command_path} {other}" for other in nearest[:SUGGESTED]]


def _options_of(command: click.Command) -> list[str]:
    return [name for parameter in command.params if isinstance(parameter, click.Option) for name in parameter.opts]


def option_name(option: click.Parameter) -> str:
    """The name of an option by which it is spoken of: the first that is no single letter."""
    return next((name for name in option.opts if name.startswith("--")), option.opts[0])


def _refusal(error: click.ClickException) -> DomainError:
    """What is wrong with a command line, as a refusal: what HTTP could be sent as well is malformed, as it is there."""
    match error:
        case Mistake(error=malformed):
            return malformed
        case click.MissingParameter():
            return Malformed([MISSING.model_copy(update={"where": _hint(error)})])
        case click.NoSuchOption(option_name=option):
            return Malformed([UNEXPECTED.model_copy(update={"where": option})])
        case click.BadOptionUsage(option_name=option) if "requires" in error.message:
            return Malformed([MISSING.model_copy(update={"where": option})])
        case click.BadParameter():
            return Malformed([Problem(where=_hint(error), found=error.message)])
        case _:
            return _Usage(_usage_words(error.message))


def _usage_words(message: str) -> str:
    """What the library says of a command line, in Italian."""
    for pattern, words in _USAGE:
        if match_ := re.match(pattern, message):
            return match_.expand(words)
    return message


def _hint(error: click.BadParameter) -> str:
    parameter = error.param
    if parameter is None:
        return str(error.param_hint or "")
    if isinstance(parameter, click.Option):
        return option_name(parameter)
    return (parameter.metavar or parameter.human_readable_name).strip("[].")
