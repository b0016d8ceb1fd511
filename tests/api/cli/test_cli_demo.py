import shlex
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from freezegun import freeze_time

from tests.support.harness import document

Run = Callable[..., Result]
Save = Callable[..., str]


@pytest.fixture
def told(run: Run) -> str:
    """What the demonstration says on a machine where it never ran."""
    with freeze_time("2024-03-05 10:00"):
        done = run("demo")
    assert done.exit_code == 0
    return done.stdout


def test_demo_shows_both_indicators_before_and_after_each_act(told: str) -> None:
    assert " 29/09/2022          70,34%        >= 70%        >= 72,62%" in told
    assert " 30/09/2022          68%           >= 70%        >= 72,62%" in told
    assert " 30/09/2022          >= 14%        >= 15%        >= 16%" in told
    assert " 31/01/2023          >= 14%        >= 20%        >= 23%" in told
    assert " 05/03/2024 (oggi)   >= 14%        >= 20%        >= 23%" in told


def test_demo_shows_revisions_rates_trail_and_counts(told: str) -> None:
    assert "target 2022: da 70,34% a 68%, più facile (modifica in itinere)" in told
    assert "atto: delibera della Giunta del 30/09/2022 (data presunta)" in told
    assert "Tasso di modifica 2022" in told
    assert "Tasso di modifica 2023" in told
    assert "Le ultime righe del registro" in told
    assert told.count("non letti)") + told.count("non\nletti)") == 5


def test_demo_fits_80_columns_but_for_what_is_to_be_copied(told: str) -> None:
    story, _, commands = told.partition("Che cosa provare ora:")
    assert commands
    assert [line for line in story.splitlines() if len(line) > 80 and "initinere audit" not in line] == []
    assert "\x1b" not in told


def test_the_commands_that_demo_proposes_work(told: str, run: Run) -> None:
    _, _, proposed = told.partition("Che cosa provare ora:")
    commands = [shlex.split(line) for line in proposed.replace("\\\n", "").splitlines() if line.startswith("  ")]
    assert len(commands) >= 4
    for command in commands:
        if command[1] != "serve":  # which would not end
            assert run(*command[1:]).exit_code == 0


def test_a_second_run_finds_everything_done(told: str, run: Run, tmp_path: Path) -> None:
    path = tmp_path / "demo.sqlite"
    assert str(path) in told.replace("\n", "")
    with freeze_time("2024-03-06 10:00"):
        done = run("demo")
    assert done.exit_code == 0
    assert done.stdout.count("approvato (") == 5
    assert _events(path) == _events(path)


def test_demo_goes_on_after_what_was_tried_on_its_database(told: str, run: Run, tmp_path: Path) -> None:
    assert told
    where = ("--database", tmp_path / "demo.sqlite")
    plan = "riviere-di-liguria-2022-2024"
    act = ("--act", "delibera di Giunta n. 4 del 20/02/2023")
    assert run("annul", plan, "101", "--justification", "Prova", *act, *where).exit_code == 0
    before = _events(tmp_path / "demo.sqlite")
    assert run("demo").exit_code == 0
    assert _events(tmp_path / "demo.sqlite") == before


def test_demo_never_touches_the_database_of_the_user(run: Run, save: Save, tmp_path: Path) -> None:
    assert run("import", save(document())).exit_code == 0
    before = (tmp_path / "archivio.sqlite").read_bytes()
    assert run("demo").exit_code == 0
    assert (tmp_path / "archivio.sqlite").read_bytes() == before
    refused = run("demo", "--database", tmp_path / "archivio.sqlite")
    assert (refused.exit_code, "La dimostrazione non può usare questo archivio" in refused.stderr) == (1, True)
    assert "--database" in refused.stderr
    assert (tmp_path / "archivio.sqlite").read_bytes() == before


def test_demo_takes_another_place_when_its_own_cannot_serve(run: Run, tmp_path: Path) -> None:
    (tmp_path / "demo.sqlite").write_bytes(b"qualcosa d'altro" * 100)
    done = run("demo")
    assert done.exit_code == 0
    assert (tmp_path / "demo-2.sqlite").exists()


def _events(path: Path) -> int:
    with sqlite3.connect(path) as connection:
        count = int(connection.execute("SELECT count(*) FROM stored_events").fetchone()[0])
    connection.close()
    return count
