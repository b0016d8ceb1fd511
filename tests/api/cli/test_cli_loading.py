"""A command loads the module that has it, and no other command's."""

import pkgutil
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import click
import pytest

import api.cli
from api.cli.app import MODULES, load

ROOT = Path(api.cli.__file__).parents[2]


def test_every_command_is_listed_with_the_module_that_has_it() -> None:
    for module in set(MODULES.values()):
        listed = {word for word, name in MODULES.items() if name == module}
        assert set(import_module(f"api.cli.{module}").COMMANDS) == listed


def test_no_module_has_commands_that_are_not_listed() -> None:
    modules = {
        module.name: import_module(f"api.cli.{module.name}") for module in pkgutil.iter_modules(api.cli.__path__)
    }
    having = {
        name for name, module in modules.items() if any(map(_is_command, getattr(module, "COMMANDS", {}).values()))
    }
    assert having == set(MODULES.values())


def _is_command(value: object) -> bool:
    return isinstance(value, click.Command)


@pytest.mark.parametrize("name", MODULES)
def test_a_command_bears_the_name_that_it_is_listed_under(name: str) -> None:
    assert load(name).name == name


@pytest.mark.parametrize("name", ["serve", "show"])
def test_a_command_loads_no_other_module_with_commands_and_nothing_that_only_files_and_pages_need(name: str) -> None:
    script = (
        "import sys; from api.cli.app import load; load(sys.argv[1]); "
        "print(*(one for one in sys.modules if one.startswith('api.cli.') or one in sys.argv[2:]))"
    )
    heavy = ["fastapi", "uvicorn", "xlsxwriter", "jinja2", "cryptography.x509"]
    done = subprocess.run(
        [sys.executable, "-c", script, name, *heavy], check=True, capture_output=True, text=True, cwd=ROOT
    )
    loaded = set(done.stdout.split())
    assert not loaded & set(heavy)
    assert loaded & {f"api.cli.{module}" for module in MODULES.values()} == {f"api.cli.{MODULES[name]}"}
