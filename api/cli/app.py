"""The command `initinere`: its commands, and what becomes of whatever goes wrong in one.

Exit status: 0 done, 1 refused (the reason is on the standard error), 2 the command line itself is wrong.
"""

import errno
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib import import_module
from typing import Any, TypeVar

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command, get_command_name

from api.cli.output import prepare_streams
from api.cli.problems import print_refusal, print_usage
from domain.errors import DomainError

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
}
