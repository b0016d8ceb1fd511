"""Commands and groups of click whose help is in the language of the installation, down to its frame."""

import re
from copy import copy
from typing import TypeVar

import click

from api.cli.session import settings
from api.language.translation import Language, translated

HELP = {"help_option_names": ["--help", "-h"]}
HELP_WORDS = "Mostra queste istruzioni."
USAGE = "Uso"
ARGUMENTS = "Argomenti"
OPTIONS = "Opzioni"
COMMANDS = "Comandi"
REQUIRED = "(obbligatorio)"
FRAME = (HELP_WORDS, USAGE, ARGUMENTS, OPTIONS, COMMANDS, REQUIRED)
"""The words of a help that are not of one command."""
PLACEHOLDER = re.compile(r"[A-Z]+(?:-[A-Z]+)*")
"""A word, in how a command is called, that stands for what a person puts there; codes are in small letters."""
SPOKEN = f"{__name__}.language"

Named = TypeVar("Named", click.Command, click.Parameter)


class Command(click.Command):
    """A command whose help is in the language of the installation."""

    def __init__(self, name: str, **parts: object) -> None:
        super().__init__(name, **{"context_settings": HELP, "options_metavar": "[OPZIONI]"} | parts)  # type: ignore[arg-type]  # the parts are click's own

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
        super(Command, _translated(self, _language(ctx))).format_help_text(ctx, formatter)

    def format_arguments(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """What stands without an option."""
        _section(self, ctx, formatter, ARGUMENTS, click.Argument)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The options."""
        _section(self, ctx, formatter, OPTIONS, click.Option)


class Group(Command, click.Group):
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
        listed = [(name, command) for name in self.list_commands(ctx) if (command := self.get_command(ctx, name))]
        with formatter.section(translated(COMMANDS, language)):
            formatter.write_dl(
                [(name, _translated(command, language).get_short_help_str(200)) for name, command in listed]
            )


def _language(ctx: click.Context) -> Language:
    """The language of the installation, read once for a help."""
    if SPOKEN not in ctx.meta:
        ctx.meta[SPOKEN] = settings().language
    language: Language = ctx.meta[SPOKEN]
    return language


def _placeholders(text: str, language: Language) -> str:
    return PLACEHOLDER.sub(lambda word: translated(word[0], language), text)


def _translated(named: Named, language: Language) -> Named:
    """A copy that is only shown: its help, and what stands for its value, are in a language."""
    shown = copy(named)
    shown.help = translated(named.help or "", language)  # type: ignore[union-attr]  # every parameter of ours has a help
    if isinstance(shown, click.Parameter) and shown.metavar:
        shown.metavar = _placeholders(shown.metavar, language)
    return shown


def _section(
    command: click.Command, ctx: click.Context, formatter: click.HelpFormatter, title: str, kind: type[click.Parameter]
) -> None:
    language = _language(ctx)
    shown = [_translated(parameter, language) for parameter in command.get_params(ctx) if isinstance(parameter, kind)]
    lines = [record for parameter in shown if (record := parameter.get_help_record(ctx)) is not None]
    required = translated(REQUIRED, language)
    if lines:
        with formatter.section(translated(title, language)):
            formatter.write_dl([(names, text.replace("[required]", required)) for names, text in lines])
