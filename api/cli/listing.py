"""What a help lists: each command of the program with its help, so that none is imported to be listed.

`listing.json` is written by `python -m api.cli.documentation`, from the commands themselves.
"""

import json
from functools import cache
from pathlib import Path
from typing import NotRequired, TypedDict

import click

from api.cli.frame import Group, TranslatedCommand

LISTING = Path(__file__).with_name("listing.json")


class Listed(TypedDict):
    """A command, or a group of commands, as it is listed."""

    help: str
    commands: NotRequired[dict[str, str]]


def as_listed(name: str) -> click.Command | None:
    """The command of a name, to be shown and not to be run; None where the table does not have it."""
    command = _listing().get(name)
    if command is None:
        return None
    if "commands" not in command:
        return TranslatedCommand(name, help=command["help"])
    commands = {one: TranslatedCommand(one, help=words) for one, words in command["commands"].items()}
    return Group(name, help=command["help"], commands=commands)


def groups() -> list[str]:
    """The commands that are groups of commands."""
    return [name for name, command in _listing().items() if "commands" in command]


@cache
def _listing() -> dict[str, Listed]:
    written: dict[str, Listed] = json.loads(LISTING.read_bytes())
    return written
