"""Groups of commands under one word (`round open`, `system show`), in Italian down to their frame."""

from collections.abc import Callable

import typer

from api.cli.app import Command, Function, Group, register


def group(name: str, help_: str) -> Callable[[str], Callable[[Function], Function]]:
    """A group of the program; what it gives makes a function a command of the group."""
    made = typer.Typer(
        cls=Group,
        name=name,
        help=help_,
        no_args_is_help=True,
        add_completion=False,
        context_settings={"help_option_names": ["--help", "-h"]},
    )
    register(name, made)
    return lambda command: made.command(command, cls=Command)
