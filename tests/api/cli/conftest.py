"""The command line on a real file: a runner in a folder of its own, and a small plan that is loaded already."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from freezegun import freeze_time

from api.cli import app
from tests.support.harness import PLAN, document
from tests.support.whole_program import load_all

load_all()  # before a test freezes the clock under what is made when it is first used

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs `initinere` with these arguments, in an empty folder, on a database that is not there yet."""
    monkeypatch.chdir(tmp_path)
    for name in ("INITINERE_ACTOR", "INITINERE_HOST", "INITINERE_PORT", "INITINERE_MAX_DOCUMENT_BYTES", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("INITINERE_DATABASE", str(tmp_path / "archivio.sqlite"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "dati"))
    monkeypatch.setenv("COLUMNS", "80")

    def run_one(*arguments: object, stdin: bytes | str | None = None) -> Result:
        return CliRunner().invoke(
            app, [str(one) for one in arguments], input=stdin, prog_name="initinere", catch_exceptions=False
        )

    return run_one


@pytest.fixture
def save(tmp_path: Path) -> Callable[..., str]:
    """Writes a document to a file, and gives its name."""

    def save_one(content: Any, name: str = "documento.json") -> str:
        data = content if isinstance(content, bytes) else json.dumps(content).encode()
        (tmp_path / name).write_bytes(data)
        return str(tmp_path / name)

    return save_one


@pytest.fixture
def office(run: Run, save: Callable[..., str]) -> Run:
    """The runner, after the small plan was imported with its act of 31 January 2022, the day after.

    A test may then record at any later instant: the clock of an archive goes on.
    """
    with freeze_time("2022-02-01 09:00"):
        done = run("import", save(document(), "piano.json"))
    assert done.exit_code == 0, done.output
    return run


@pytest.fixture
def revised(office: Run) -> Run:
    """The same, after the target 2022 was lowered by an act of 30 September."""
    done = office(*REVISION)
    assert done.exit_code == 0, done.output
    return office


REVISION = (
    *("revise", PLAN, "incasso", "--year", "2022", "--target", ">= 68%"),
    *("--justification", "Incassi sotto le attese", "--cause", "exogenous"),
    *("--act", "delibera di Giunta n. 9 del 30/09/2022"),
)
