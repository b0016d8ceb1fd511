"""The command `initinere`: its commands, and what becomes of whatever goes wrong in one.

Exit status: 0 done, 1 refused (the reason is on the standard error), 2 the command line itself is wrong.
"""

import errno
import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from importlib import import_module
from typing import Any

import click

from api.cli.frame import Group
from api.cli.listing import as_listed
from api.cli.secrets_said import hide_from_the_system, hide_from_tracebacks, warning_about
from api.cli.session import settings
from api.version import NAME, VERSION
from domain.errors import DomainError
from domain.late import late
from projections.store.gc_tuning import collect_rarely

with late:  # what is wrong is seldom said
    from api.cli.output import note
    from api.cli.problems import print_refusal, print_usage
    from api.formats.json_reader import UnreadableFile

SECTIONS = {
    "Per cominciare": {"demo": "demo", "template": "workbooks", "import": "workbooks", "export": "workbooks"},
    "Il piano": {"plans": "plans", "show": "plans", "plan": "successive_plans", "history": "plans"},
    "Modificare il piano": {
        "objective": "plan_changes",
        "indicator": "plan_changes",
        "tree": "plan_changes",
        "target": "targets",
        "revise": "plan_changes",
        "change": "change_file",
        "proposal": "proposals",
        "annul": "changes",
        "discard": "changes",
    },
    "Valori e monitoraggi": {
        "measure": "measurements",
        "restate": "measurements",
        "status": "measurements",
        "benchmark": "benchmarks",
        "round": "rounds",
        "deviation": "deviations",
        "dues": "dues",
    },
    "Punteggi e regole": {
        "score": "scores",
        "override": "scores",
        "system": "systems",
        "library": "library",
        "undetermined": "polarities",
        "polarity": "polarities",
        "interpret": "polarities",
        "formula": "formulas",
        "achieve": "achievements",
    },
    "Che cosa è cambiato, e perché": {
        "diff": "changes",
        "changes": "changes",
        "audit": "audit",
        "blame": "oversight",
        "flags": "oversight",
        "reply": "oversight",
        "oiv": "oversight",
        "across": "across",
    },
    "Su carta": {"paper": "papers"},
    "L'ente": {"act": "administrations", "office": "administrations", "administration": "administrations"},
    "La prova": {"checkpoint": "proof", "verify": "proof", "verifier": "proof", "pack": "proof", "keys": "proof"},
    "L'archivio e il servizio": {
        "serve": "server",
        "account": "accounts",
        "token": "accounts",
        "webhooks": "webhooks",
        "backup": "backup",
        "restore": "backup",
        "redact": "oversight",
        "rebuild": "store",
        "migrate": "store",
        "copy": "store",
        "follow": "follow",
        "operations": "table",
    },
}
"""The commands as the help lists them, under what they are for, as an office meets them; the module that has each."""
MODULES = {name: module for commands in SECTIONS.values() for name, module in commands.items()}
REFUSED = 1
USAGE = 2


class Program(Group):
    """All commands; the module of one is imported when it is called, or listed. Every refusal has its exit status."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - the signature of the library
        """The commands, in the order in which an office meets them."""
        return list(MODULES)

    def sections(self, ctx: click.Context) -> Mapping[str, Sequence[str]]:  # noqa: ARG002
        """The commands, under what they are for."""
        return {title: list(commands) for title, commands in SECTIONS.items()}

    def listed(self, ctx: click.Context, name: str) -> click.Command | None:
        """A command as the table has it; one that is newer than the table, from its module."""
        return as_listed(name) or self.get_command(ctx, name)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that is called; of a group that is only to be shown, what the table has of it."""
        name, *rest = args
        if not rest or rest[0] in ctx.help_option_names:
            shown = as_listed(name)
            if isinstance(shown, click.Group):
                return name, shown, rest
        return super().resolve_command(ctx, args)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """A command, from the module that has it."""
        return load(cmd_name) if cmd_name in MODULES else None

    def invoke(self, ctx: click.Context) -> object:
        """Runs the command; a setting that cannot be is refused by all, also by those that need none."""
        settings()
        return super().invoke(ctx)

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
            return super().main(
                args, prog_name, complete_var, standalone_mode=False, windows_expand_args=windows_expand_args, **extra
            )
        sys.exit(self._status(list(sys.argv[1:] if args is None else args), prog_name or "initinere", extra))

    def _status(self, args: list[str], prog_name: str, extra: dict[str, Any]) -> int:
        as_json = "--json" in args
        _prepare_streams()
        if warning := warning_about(args):
            hide_from_the_system(args)
            if not as_json:
                note(warning)
        try:
            if any(not _is_text(arg) for arg in args):
                raise click.BadParameter("un argomento non è UTF-8", param_hint="comando")
            status = super().main(args, prog_name, standalone_mode=False, **extra)
            sys.stdout.flush()
        except DomainError as error:
            print_refusal(error, as_json=as_json, arguments=args)
            return REFUSED
        except click.exceptions.NoArgsIsHelpError as error:
            click.echo(error.ctx.get_help())
            return USAGE
        except click.ClickException as error:
            print_usage(error, as_json=as_json, arguments=args)
            return USAGE
        except click.Abort:
            return REFUSED
        except OSError as error:
            if error.errno != errno.EPIPE:
                print_refusal(_unusable(error), as_json=as_json)
                return REFUSED
            # Whoever read us has read enough: nothing more can be said, not even by the interpreter as it ends.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return REFUSED
        return status if isinstance(status, int) else 0


def load(name: str) -> click.Command:
    """A command by its first word; its module is imported here."""
    module = import_module(f"{__package__}.{MODULES[name]}")
    command: click.Command = module.COMMANDS[name]
    return command


def _prepare_streams() -> None:
    """Lets a terminal that lacks a character show a question mark instead of ending the command."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(AttributeError, ValueError):
            stream.reconfigure(errors="replace")  # type: ignore[union-attr]


def _unusable(error: OSError) -> UnreadableFile:
    """What the system says of a file, where no command knew it better: a name that it does not take, a disk that fails."""
    too_long = error.errno == errno.ENAMETOOLONG
    reason = "il nome è troppo lungo" if too_long else error.strerror or str(error)
    problem = f"{str(error.filename or 'un file')[:120]!r} non si può usare: {reason}"
    return UnreadableFile(problem, accepted="un percorso che il sistema ammetta", where="FILE")


def _is_text(argument: str) -> bool:
    try:
        argument.encode()
    except UnicodeEncodeError:
        return False
    return True


def _print_version(context: click.Context, _: click.Parameter, wanted: bool) -> None:  # noqa: FBT001 - the signature of the library
    if wanted:
        click.echo(f"{NAME} {VERSION}")
        context.exit()


app = Program(
    name="initinere",
    help="Il piano della performance, com'è e com'era: ogni modifica con la sua data, il suo atto, il suo perché.",
    params=[
        click.Option(
            ["--version"],
            is_flag=True,
            is_eager=True,
            expose_value=False,
            callback=_print_version,
            help="Mostra la versione del programma.",
        )
    ],
)


def main() -> None:
    """Runs the command line, in a process of its own."""
    collect_rarely()
    hide_from_tracebacks()
    app(prog_name="initinere")
