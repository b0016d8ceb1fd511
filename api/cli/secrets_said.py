"""Passwords that were said on the command line: where other users of the machine read them, and where errors repeat them."""

import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

from domain.late import late
from projections.store.location import is_server, secrets_of, shown_location, without_secrets

with late:  # few say one
    from ctypes import memmove

WARNING = (
    "La password dell'archivio era sulla riga di comando, dove altri la possono leggere: "
    "meglio INITINERE_DATABASE, o un file di password (PGPASSFILE)."
)
OF_ANOTHER = "Un segreto era sulla riga di comando, dentro un indirizzo: altri lo possono leggere."
_ARGUMENTS_BEGIN, _ARGUMENTS_END = 45, 46
"""Where the memory of the arguments begins and ends, among the fields after the name of the program (proc(5), stat)."""


def warning_about(arguments: Sequence[str]) -> str:
    """What to tell of arguments that are addresses with a password, of the archive or of another; empty for none."""
    locations = [location for argument in arguments if (location := _location(argument)) is not None]
    if not locations:
        return ""
    return WARNING if any(map(is_server, locations)) else OF_ANOTHER


def hide_from_the_system(arguments: Sequence[str]) -> None:
    """Takes passwords out of what the system shows of this process (ps, /proc), on Linux."""
    try:
        fields = Path("/proc/self/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        begin, end = int(fields[_ARGUMENTS_BEGIN]), int(fields[_ARGUMENTS_END])
        shown = Path("/proc/self/cmdline").read_bytes()
    except (OSError, ValueError, IndexError):
        return
    if not 0 < begin < end or len(shown) > end - begin:
        return
    for argument in arguments:
        location = _location(argument)
        if location is None:
            continue
        secret = location.encode(errors="surrogateescape")
        place = shown.find(secret)
        if place >= 0:
            memmove(begin + place, shown_location(location).encode()[: len(secret)].ljust(len(secret)), len(secret))


def without_said_secrets(text: str, arguments: Sequence[str]) -> str:
    """A text in which no password occurs that was said among the arguments."""
    locations = [location for argument in arguments if (location := _location(argument)) is not None]
    return without_secrets(text, *locations) if locations else text


def hide_from_tracebacks() -> None:
    """Prints what nobody foresaw without the passwords that were said."""

    def tell(kind: type[BaseException], error: BaseException, where: TracebackType | None) -> None:
        told = "".join(traceback.format_exception(kind, error, where))
        sys.stderr.write(without_said_secrets(told, sys.argv[1:]))

    sys.excepthook = tell


def _location(argument: str) -> str | None:
    """The location in an argument, where something in it is secret."""
    location = argument.partition("=")[2] if argument.startswith("--") and "=" in argument else argument
    return location if secrets_of(location) and shown_location(location) != location else None
