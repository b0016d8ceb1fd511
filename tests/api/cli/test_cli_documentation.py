"""docs/comandi.md describes every command and option, and what it shows is what the program prints."""

import re
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from freezegun import freeze_time

import api.http.workers  # noqa: F401 - before time stands still: models are made of the real dates
from api.cli.app import MODULES, load
from api.cli.documentation import commands_page, listing
from api.cli.listing import LISTING
from tests.support.shown_pages import Day, steps

Run = Callable[..., Result]

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "comandi.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^## initinere ([\w -]+)\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL))
COMMANDS: dict[str, Any] = {
    " ".join(filter(None, (group, name))): one
    for group, commands in ((word, load(word)) for word in MODULES)
    for name, one in getattr(commands, "commands", {"": commands}).items()
}


def test_the_tables_of_options_are_those_of_this_code() -> None:
    assert commands_page() == PAGE, "run: python -m api.cli.documentation"


def test_the_helps_list_the_commands_of_this_code() -> None:
    assert LISTING.read_text(encoding="utf-8") == listing(), "run: python -m api.cli.documentation"


def test_every_command_is_described_and_no_other() -> None:
    assert set(SECTIONS) == set(COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_argument_and_option_of_a_command_is_described(command: str) -> None:
    described = {re.split(r"[ ,`|\\]+", line)[1] for line in _table(SECTIONS[command])}
    expected = {
        one.opts[0] if one.param_type_name == "option" else one.metavar.strip("[]").split("|")[0]
        for one in COMMANDS[command].params
    }
    assert described == expected


@pytest.mark.parametrize(
    "page", ["comandi.md", "archivi.md", "proposte.md", "primo-anno.md", "scostamenti.md", "../README.md"]
)
def test_what_a_page_shows_is_what_the_program_prints(
    run: Run, page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INITINERE_DATABASE", "prova.sqlite")
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    clock, shown = "2025-03-05 10:00", 0
    for step in steps((ROOT / "docs" / page).read_text(encoding="utf-8"), tmp_path):
        if isinstance(step, Day):
            clock = step.instant
            continue
        typed, _, piped = step.command.rpartition(" | ")
        stdin = shlex.split(typed)[1] + "\n" if typed else None
        with freeze_time(clock):
            printed = run(*shlex.split(piped)[1:], stdin=stdin).output.rstrip("\n")
        pattern = ".*".join(re.escape(part) for part in step.output.split("[...]"))
        assert re.fullmatch(pattern, printed, re.DOTALL), f"$ {step.command}\n{printed}"
        shown += 1
    assert shown


def _table(section: str) -> list[str]:
    return [line for line in section.splitlines() if line.startswith("| `")]
