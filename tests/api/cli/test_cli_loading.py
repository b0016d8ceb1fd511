"""A command loads the module that has it, and no other command's."""

import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
from typer.main import get_command

import api.cli
from api.cli import app
from api.cli.app import MODULES, _makers

FOLDER = Path(api.cli.__file__).parent


def test_every_command_is_listed_with_the_module_that_has_it() -> None:
    having = {path.stem for path in FOLDER.glob("*.py") if path.stem not in {"app", "groups"} and _has_one(path)}
    for module in having:
        import_module(f"api.cli.{module}")
    assert set(MODULES.values()) == having
    assert set(MODULES) == set(_makers)


@pytest.mark.parametrize("name", MODULES)
def test_a_command_bears_the_name_that_it_is_listed_under(name: str) -> None:
    assert get_command(app).commands[name].name == name  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", ["serve", "show"])
def test_a_command_loads_no_other_module_with_commands_and_nothing_that_only_files_and_pages_need(name: str) -> None:
    script = (
        "import sys; from api.cli.app import Loaded; Loaded()[sys.argv[1]]; "
        "print(*(one for one in sys.modules if one.startswith('api.cli.') or one in sys.argv[2:]))"
    )
    heavy = ["xlsxwriter", "jinja2", "cryptography.x509", "typer.rich_utils"]
    done = subprocess.run(
        [sys.executable, "-c", script, name, *heavy], check=True, capture_output=True, text=True, cwd=FOLDER.parents[1]
    )
    loaded = set(done.stdout.split())
    assert not loaded & set(heavy)
    assert loaded & {f"api.cli.{module}" for module in MODULES.values()} == {f"api.cli.{MODULES[name]}"}


def _has_one(path: Path) -> bool:
    text = path.read_text(encoding="utf-8")
    return "\n@command(" in text or " = group(" in text
