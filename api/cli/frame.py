"""Commands and groups of click whose help is in the language of the installation, down to its frame."""

from collections.abc import Mapping, Sequence
from copy import copy
from typing import TypeVar

import click

from api.cli.session import settings
from api.language.option_words import italian_option, plain_option
from api.language.translation import translated
from api.settings import Language
from domain.errors import Malformed
from domain.late import late
from domain.patterns import regex
from domain.validation_errors import TWICE

with late:  # what is wrong is seldom said
    from api.cli.problems import Mistake, option_name

HELP = {"help_option_names": ["--help", "-h", "--aiuto"], "token_normalize_func": plain_option}
HELP_WORDS = "Mostra queste istruzioni."
USAGE = "Uso"
ARGUMENTS = "Argomenti"
OPTIONS = "Opzioni"
LISTED = "Comandi"
REQUIRED = "(obbligatorio)"
REPEATED = "(ripetibile)"
FRAME = (HELP_WORDS, USAGE, ARGUMENTS, OPTIONS, LISTED, REQUIRED, REPEATED)
"""The words of a help that are not of one command."""
PLACEHOLDER = regex(r"[A-Z]+(?:-[A-Z]+)*")
"""A word, in how a command is called, that stands for what a person puts there; codes are in small letters."""
SPOKEN = f"{__name__}.language"

Parameter = TypeVar("Parameter", bound=click.Argument | click.Option)


class TranslatedCommand(click.Command):
    """A command whose help is in the language of the installation, and whose options have an Italian name."""

    def __init__(self, name: str, **parts: object) -> None:
        super().__init__(name, **{"context_settings": HELP, "options_metavar": "[OPZIONI]"} | parts)  # type: ignore[arg-type]  # the parts are click's own
        for parameter in self.params:
            _say_in_italian(parameter)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """What is said, by parameter; whatever is wrong with it is said of this command."""
        try:
            self._require_words(ctx, args)
            return super().parse_args(ctx, args)
        except click.UsageError as error:
            error.ctx = error.ctx or ctx
            raise

    def _require_words(self, ctx: click.Context, args: list[str]) -> None:
        """Refuses, before anything is read, what no shell could pass, and an option of one value that is said twice.

        The first value of the two would be ignored in silence.
        """
        values, _, spoken = self.make_parser(ctx).parse_args(args=list(args))
        for parameter in spoken:
            if _has_null(values[parameter.name or ""]):
                raise click.BadParameter("contiene il carattere NUL", ctx, parameter)
        once = [one for one in spoken if isinstance(one, click.Option) and not one.multiple]
        if twice := [one for one in dict.fromkeys(once) if once.count(one) > 1]:
            raise Mistake(Malformed([TWICE.model_copy(update={"where": option_name(one)}) for one in twice]))

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """The option `--help`."""
        option = super().get_help_option(ctx)
        if option is not None:
            option.help = HELP_WORDS
        return option

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        """What stands after the name of the command in the line that says how it is called."""
        return [_placeholders(piece, _language(ctx)) for piece in super().collect_usage_pieces(ctx)]

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The line that says how the command is called."""
        prefix = f"{translated(USAGE, _language(ctx))}: "
        formatter.write_usage(ctx.command_path, " ".join(self.collect_usage_pieces(ctx)), prefix=prefix)

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """What the command does."""
        click.Command.format_help_text(_translated(self, _language(ctx)), ctx, formatter)

    def format_arguments(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """What stands without an option."""
        _section(self, ctx, formatter, ARGUMENTS, click.Argument)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The options."""
        _section(self, ctx, formatter, OPTIONS, click.Option)


class Group(TranslatedCommand, click.Group):
    """A group of commands, likewise; its commands are given with it."""

    def __init__(self, name: str, **parts: object) -> None:
        super().__init__(name, **{"subcommand_metavar": "COMANDO [ARGOMENTI]...", "no_args_is_help": True} | parts)

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - the signature of the library
        """The commands in the order in which they were given."""
        return list(self.commands)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The options, and the commands."""
        super().format_options(ctx, formatter)
        language = _language(ctx)
        for title, names in self.sections(ctx).items():
            listed = [(name, command) for name in names if (command := self.listed(ctx, name))]
            with formatter.section(translated(title, language)):
                formatter.write_dl(
                    [(name, _translated(command, language).get_short_help_str(200)) for name, command in listed]
                )

    def sections(self, ctx: click.Context) -> Mapping[str, Sequence[str]]:
        """The commands as the help lists them, under the titles of what they are for."""
        return {LISTED: self.list_commands(ctx)}

    def listed(self, ctx: click.Context, name: str) -> click.Command | None:
        """A command of which only the name and the help are shown."""
        return self.get_command(ctx, name)


class GroupWithDefault(Group):
    """A group that takes whatever is none of its commands for what one of them is said."""

    def __init__(self, name: str, *, default: str, **parts: object) -> None:
        super().__init__(name, **parts)
        self.default = default

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """What is said, after the command that it is said of."""
        if args and args[0] not in self.commands and args[0] not in ctx.help_option_names:
            args = [self.default, *args]
        return super().parse_args(ctx, args)


def _say_in_italian(parameter: click.Parameter) -> None:
    """Gives an option its Italian name, beside the one that it has."""
    for word in [name.removeprefix("--") for name in parameter.opts if name.startswith("--")]:
        if (italian := italian_option(word)) is not None and f"--{italian}" not in parameter.opts:
            parameter.opts.append(f"--{italian}")


def _has_null(value: object) -> bool:
    """Whether the character that ends a word of the system is in what was said for a parameter."""
    return "\0" in value if isinstance(value, str) else isinstance(value, list | tuple) and any(map(_has_null, value))


def _language(ctx: click.Context) -> Language:
    """The language of the installation, read once for a help."""
    if SPOKEN not in ctx.meta:
        ctx.meta[SPOKEN] = settings().language
    language: Language = ctx.meta[SPOKEN]
    return language


def _placeholders(text: str, language: Language) -> str:
    return PLACEHOLDER.sub(lambda word: translated(word[0], language), text)


def _translated(command: click.Command, language: Language) -> click.Command:
    """A copy that is only shown, with what the command does in a language."""
    shown = copy(command)
    shown.help = translated(command.help or "", language)
    return shown


def _translated_parameter(parameter: Parameter, language: Language) -> Parameter:
    """A copy that is only shown, with its help, and what stands for its value, in a language."""
    shown = copy(parameter)
    shown.help = translated(parameter.help or "", language)
    if parameter.multiple:
        shown.help += f" {translated(REPEATED, language)}"
    codes = getattr(parameter.type, "codes", ())
    if language != "it" and codes:  # each is a word of English, and is taken as it is
        shown.metavar = "|".join(codes)
    else:
        shown.metavar = _placeholders(parameter.metavar, language) if parameter.metavar else None
    return shown


def _section(
    command: click.Command, ctx: click.Context, formatter: click.HelpFormatter, title: str, kind: type[Parameter]
) -> None:
    language = _language(ctx)
    parameters = [parameter for parameter in command.get_params(ctx) if isinstance(parameter, kind)]
    shown = [_translated_parameter(parameter, language) for parameter in parameters]
    lines = [record for parameter in shown if (record := parameter.get_help_record(ctx)) is not None]
    required = translated(REQUIRED, language)
    if lines:
        with formatter.section(translated(title, language)):
            formatter.write_dl([(names, text.replace("[required]", required)) for names, text in lines])
