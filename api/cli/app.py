"""The command `initinere`: its group of commands, and what becomes of whatever goes wrong in one.

Exit status: 0 done, 1 refused (the reason is on the standard error), 2 the command line itself is wrong.
"""

import errno
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib import import_module
from typing import Annotated, Any, TypeVar

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command, get_command_name

from api.cli.output import prepare_streams
from api.cli.problems import print_refusal, print_usage
from domain.errors import DomainError
from projections.store.collecting import rarely_collecting

MODULES = {
    "demo": "demo",
    "import": "workbooks",
    "template": "workbooks",
    "plans": "plans",
    "show": "plans",
    "export": "workbooks",
    "change": "changes",
    "revise": "changes",
    "annul": "changes",
    "measure": "measurements",
    "restate": "measurements",
    "status": "measurements",
    "score": "scores",
    "override": "scores",
    "round": "rounds",
    "system": "systems",
    "history": "history",
    "diff": "changes",
    "changes": "changes",
    "audit": "history",
    "target": "targets",
    "formula": "formulas",
    "achieve": "scores",
    "act": "administrations",
    "office": "administrations",
    "rebuild": "store",
    "migrate": "store",
    "copy": "store",
    "serve": "server",
    "follow": "across",
    "flags": "oversight",
    "reply": "oversight",
    "blame": "oversight",
    "checkpoint": "proof",
    "verify": "proof",
    "pack": "proof",
    "redact": "proof",
    "across": "across",
    "oiv": "oversight",
    "keys": "proof",
}
"""The commands as the help lists them, as an office meets them; and the module beside this one that has each."""
REFUSED = 1
USAGE = 2

Made = TyperCommand | TyperGroup
Function = TypeVar("Function", bound=Callable[..., None])

_makers: dict[str, Callable[[], Any]] = {}


class Loaded(Mapping[str, Made]):
    """The commands by name: the module of one is imported when it is called, or shown by the help."""

    def __getitem__(self, name: str) -> Made:
        with rarely_collecting():  # what is imported stays
            import_module(f"{__package__}.{MODULES[name]}")
        made: Made = _makers[name]()
        return made

    def __iter__(self) -> Iterator[str]:
        return iter(MODULES)

    def __len__(self) -> int:
        return len(MODULES)


class Command(TyperCommand):
    """A command whose help is Italian down to its frame."""

    def get_help_option(self, ctx: Any) -> Any:  # noqa: ANN401 - the types of the library are its own
        """The option `--help`."""
        return _in_italian(super().get_help_option(ctx))

    def get_usage(self, ctx: Any) -> str:  # noqa: ANN401
        """The line that says how the command is written."""
        return _usage(super().get_usage(ctx))

    def format_help(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401
        """The help."""
        _frame_in_italian()
        super().format_help(ctx, formatter)


class Group(TyperGroup):
    """A group of commands whose help is Italian."""

    def get_help_option(self, ctx: Any) -> Any:  # noqa: ANN401
        """The option `--help`."""
        return _in_italian(super().get_help_option(ctx))

    def get_usage(self, ctx: Any) -> str:  # noqa: ANN401
        """The line that says how the group is called."""
        return _usage(super().get_usage(ctx))

    def format_help(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401
        """The help."""
        _frame_in_italian()
        super().format_help(ctx, formatter)


class Commands(Group):
    """All commands; says every refusal in the words of the product, and gives it its exit status."""

    def __init__(self, **said: Any) -> None:  # noqa: ANN401
        super().__init__(**said | {"commands": Loaded()})

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


def _frame_in_italian() -> None:
    from typer import rich_utils  # noqa: PLC0415 - brings Markdown and colours, which only a help needs

    rich_utils.ARGUMENTS_PANEL_TITLE = "Argomenti"
    rich_utils.OPTIONS_PANEL_TITLE = "Opzioni"
    rich_utils.COMMANDS_PANEL_TITLE = "Comandi"
    rich_utils.REQUIRED_LONG_STRING = "(obbligatorio)"


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


def _print_version(wanted: bool) -> None:  # noqa: FBT001 - the signature of the library
    if wanted:
        from api.http.version import NAME, VERSION  # noqa: PLC0415 - reads the metadata of the package

        typer.echo(f"{NAME} {VERSION}")
        raise typer.Exit


def _program(
    *,
    version: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="Mostra la versione del programma."),
    ] = False,
) -> None:
    """Nothing is done but by a command; `--version` has been answered by then."""


app = typer.Typer(
    cls=Commands,
    name="initinere",
    callback=_program,
    help="Il piano della performance, com'è e com'era: ogni modifica con la sua data, il suo atto, il suo perché.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["--help", "-h"]},
)


def register(name: str, alone: typer.Typer) -> None:
    """Makes the one command, or the group, of a Typer a command of the program."""
    _makers[name] = lambda: get_command(alone)


def command(name: str | None = None, *, takes_dashes: bool = False) -> Callable[[Function], Function]:
    """Makes a function a command of the program; `takes_dashes` when an argument may begin with a dash (`---`)."""

    def made(function: Function) -> Function:
        alone = typer.Typer(add_completion=False)
        register(name or get_command_name(function.__name__), alone)
        return alone.command(name, cls=Command, context_settings={"ignore_unknown_options": takes_dashes})(function)

    return made


def main() -> None:
    """Runs the command line."""
    app(prog_name="initinere")
