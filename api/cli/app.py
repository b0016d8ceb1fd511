"""The command `initinere`: its group of commands, and what becomes of whatever goes wrong in one.

Exit status: 0 done, 1 refused (the reason is on the standard error), 2 the command line itself is wrong.
"""

import errno
import os
import sys
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import typer
from typer import rich_utils
from typer.core import TyperCommand, TyperGroup

from api.cli.output import prepare_streams
from api.cli.problems import print_refusal, print_usage
from domain.errors import DomainError

rich_utils.ARGUMENTS_PANEL_TITLE = "Argomenti"
rich_utils.OPTIONS_PANEL_TITLE = "Opzioni"
rich_utils.COMMANDS_PANEL_TITLE = "Comandi"
rich_utils.REQUIRED_LONG_STRING = "(obbligatorio)"

ORDER = (
    *("demo", "import", "template", "plans", "show", "export"),
    *("change", "revise", "annul", "measure", "restate", "status"),
    *("score", "override", "round", "system"),
    *(
        "history",
        "diff",
        "changes",
        "audit",
        "target",
        "formula",
        "achieve",
        "act",
        "office",
        "rebuild",
        "migrate",
        "copy",
    ),
    *("serve",),
)
"""The commands as the help lists them: as an office meets them."""
REFUSED = 1
USAGE = 2


class Command(TyperCommand):
    """A command whose help is Italian down to its frame."""

    def get_help_option(self, ctx: Any) -> Any:  # noqa: ANN401 - the types of the library are its own
        """The option `--help`."""
        return _in_italian(super().get_help_option(ctx))

    def get_usage(self, ctx: Any) -> str:  # noqa: ANN401
        """The line that says how the command is written."""
        return _usage(super().get_usage(ctx))


class Commands(TyperGroup):
    """Says every refusal in the words of the product, and gives it its exit status."""

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,  # noqa: FBT001, FBT002 - the signature of the library
        windows_expand_args: bool = True,  # noqa: FBT001, FBT002
        **extra: Any,  # noqa: ANN401
    ) -> Any:  # noqa: ANN401
        """Runs one command and ends the process with its status."""
        if not standalone_mode:
            return super().main(args, prog_name, complete_var, standalone_mode, windows_expand_args, **extra)
        args = list(sys.argv[1:] if args is None else args)
        sys.exit(self._status(args, prog_name or "initinere", complete_var, extra))

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ANN401
        """The commands in their order."""
        rank = {name: place for place, name in enumerate(ORDER)}
        return sorted(super().list_commands(ctx), key=lambda name: rank.get(name, len(rank)))

    def get_help_option(self, ctx: Any) -> Any:  # noqa: ANN401
        """The option `--help`."""
        return _in_italian(super().get_help_option(ctx))

    def get_usage(self, ctx: Any) -> str:  # noqa: ANN401
        """The line that says how the program is called."""
        return _usage(super().get_usage(ctx))

    def _status(self, args: list[str], prog_name: str, complete_var: str | None, extra: dict[str, Any]) -> int:
        as_json = "--json" in args
        prepare_streams()
        try:
            if any(not _is_text(arg) for arg in args):
                raise typer.BadParameter("un argomento non è UTF-8", param_hint="comando")
            status = super().main(args, prog_name, complete_var, standalone_mode=False, **extra)
            sys.stdout.flush()
        except DomainError as error:
            print_refusal(error, as_json=as_json)
            return REFUSED
        except typer.TyperException as error:
            if type(error).__name__ == "NoArgsIsHelpError":  # the help is the answer
                typer.echo(error.message)
            else:
                print_usage(error, as_json=as_json)
            return USAGE
        except typer.Abort:
            return REFUSED
        except OSError as error:
            if error.errno != errno.EPIPE:
                raise
            # Whoever read us has read enough: nothing more can be said, not even by the interpreter as it ends.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return REFUSED
        return status if isinstance(status, int) else 0


def _in_italian(option: Any) -> Any:  # noqa: ANN401
    option.help = "Mostra queste istruzioni."
    return option


def _usage(line: str) -> str:
    return (
        line.replace("Usage:", "Uso:", 1)
        .replace("[OPTIONS]", "[OPZIONI]")
        .replace("COMMAND [ARGS]", "COMANDO [ARGOMENTI]")
    )


def _is_text(argument: str) -> bool:
    try:
        argument.encode()
    except UnicodeEncodeError:
        return False
    return True


app = typer.Typer(
    cls=Commands,
    name="initinere",
    help="Il piano della performance, com'è e com'era: ogni modifica con la sua data, il suo atto, il suo perché.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["--help", "-h"]},
)


Function = TypeVar("Function", bound=Callable[..., None])


def command(name: str | None = None, *, takes_dashes: bool = False) -> Callable[[Function], Function]:
    """Makes a function a command of the program; `takes_dashes` when an argument may begin with a dash (`---`)."""
    return app.command(name, cls=Command, context_settings={"ignore_unknown_options": takes_dashes})


def main() -> None:
    """Runs the command line."""
    app(prog_name="initinere")
