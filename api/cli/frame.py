"""Commands and groups of click whose help is Italian down to its frame."""

import click

HELP = {"help_option_names": ["--help", "-h"]}
HELP_WORDS = "Mostra queste istruzioni."


class Command(click.Command):
    """A command whose help is Italian."""

    def __init__(self, name: str, **parts: object) -> None:
        super().__init__(name, **{"context_settings": HELP, "options_metavar": "[OPZIONI]"} | parts)  # type: ignore[arg-type]  # the parts are click's own

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """The option `--help`."""
        return _in_italian(super().get_help_option(ctx))

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The line that says how the command is written."""
        formatter.write_usage(ctx.command_path, " ".join(self.collect_usage_pieces(ctx)), prefix="Uso: ")

    def format_arguments(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """What stands without an option."""
        _section(self, ctx, formatter, "Argomenti", click.Argument)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The options."""
        _section(self, ctx, formatter, "Opzioni", click.Option)


class Group(click.Group):
    """A group of commands whose help is Italian; its commands are given with it."""

    def __init__(self, name: str, **parts: object) -> None:
        words = {
            "context_settings": HELP,
            "options_metavar": "[OPZIONI]",
            "subcommand_metavar": "COMANDO [ARGOMENTI]...",
        }
        super().__init__(name, **words | {"no_args_is_help": True} | parts)  # type: ignore[arg-type]  # the parts are click's own

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """The option `--help`."""
        return _in_italian(super().get_help_option(ctx))

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The line that says how the group is called."""
        formatter.write_usage(ctx.command_path, " ".join(self.collect_usage_pieces(ctx)), prefix="Uso: ")

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - the signature of the library
        """The commands in the order in which they were given."""
        return list(self.commands)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The options, and the commands."""
        _section(self, ctx, formatter, "Opzioni", click.Option)
        listed = [(name, command) for name in self.list_commands(ctx) if (command := self.get_command(ctx, name))]
        with formatter.section("Comandi"):
            formatter.write_dl([(name, command.get_short_help_str(200)) for name, command in listed])


def _in_italian(option: click.Option | None) -> click.Option | None:
    if option is not None:
        option.help = HELP_WORDS
    return option


def _section(
    command: click.Command, ctx: click.Context, formatter: click.HelpFormatter, words: str, kind: type[click.Parameter]
) -> None:
    records = [(parameter, parameter.get_help_record(ctx)) for parameter in command.get_params(ctx)]
    lines = [record for parameter, record in records if record is not None and isinstance(parameter, kind)]
    if lines:
        with formatter.section(words):
            formatter.write_dl([(names, text.replace("[required]", "(obbligatorio)")) for names, text in lines])
