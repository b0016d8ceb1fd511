"""A command loads the module that has it, and no other command's."""

import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

import api.cli
from api.cli.app import MODULES, Loaded

FOLDER = Path(api.cli.__file__).parent


def test_every_command_that_a_module_has_is_listed() -> None:
    source = {path.stem: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.py")}
    with_commands = {name for name, text in source.items() if "\n@command(" in text or " = group(" in text}
    for name in with_commands:
        import_module(f"api.cli.{name}")
    from api.cli.app import _makers
