"""Groups of commands under one word (`round open`, `system show`), in Italian down to their frame."""

from collections.abc import Callable
from typing import Any, TypeVar

import typer
from typer.core import TyperGroup

from api.cli.app import Command, app

Function = TypeVar("Function", bound=Callable[..., None])


class Group(TyperGroup):
    """A group whose help is Italian."""

    def get_help_option(self, ctx: Any) -> Any:  # noqa: ANN401 - the types of the library are its own
        """The option `--help`."""
        option: Any = super().get_help_option(ctx)
        option.help = "Mostra queste istruzioni."
        return option

    def get_usage(self, ctx: Any) -> str:  # noqa: ANN401
        """The line that says how the group is called."""
        line = super().get_usage(ctx).replace("Usage:", "Uso:", 1).replace("[OPTIONS]", "[OPZIONI]")
        return line.replace("COMMAND [ARGS]", "COMANDO [ARGOMENTI]")


def group(name: str, help_: str) -> Callable[[str], Callable[[Function], Function]]:
    """A group of the program; what it gives makes a function a command of the group."""
    made = typer.Typer(
        cls=Group,
        help=help_,
        no_args_is_help=True,
        add_completion=False,
        context_settings={"help_option_names": ["--help", "-h"]},
    )
    app.add_typer(made, name=name)
    return lambda command: made.command(command, cls=Command)
