"""Checkpoint, verify, pack and keys, as somebody types them, on both databases; what is altered is altered with SQL."""

import json
import os
import sqlite3
import stat
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest
from click.testing import Result

from tests.support.harness import PLAN, document

Run = Callable[..., Result]
EASED = "plan/prova-2022-2024, evento 7"


@pytest.fixture(params=["sqlite", "postgresql"])
def office(request: pytest.FixtureRequest, run: Run, save: Callable[..., str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """The runner on each database, after the small plan was imported."""
    if request.param == "postgresql":
        monkeypatch.setenv("INITINERE_DATABASE", str(request.getfixturevalue("postgres_url")))
        monkeypatch.setenv("INITINERE_KEYS", "archivio.sqlite.key")
        assert run("migrate").exit_code == 0
    assert run("import", save(document(), "piano.json")).exit_code == 0
    return run


def _altered(office_database: str) -> None:
    """A target made easier by whoever can write in the database."""
    if "://" in office_database:
        with psycopg.connect(office_database) as connection:
            connection.execute(
                "UPDATE stored_events SET state = convert_to(replace(convert_from(state, 'UTF8'), '70.34', '60.34'), "
                "'UTF8') WHERE convert_from(state, 'UTF8') LIKE '%70.34%'"
            )
        return
    with closing(sqlite3.connect(office_database)) as file, file:
        file.execute(
            "UPDATE stored_events SET state = CAST(replace(CAST(state AS TEXT), '70.34', '60.34') AS BLOB) "
            "WHERE CAST(state AS TEXT) LIKE '%70.34%'"
        )


def test_a_target_altered_in_the_database_is_named(office: Run) -> None:
    taken = office("checkpoint")
    assert taken.exit_code == 0
    Path("checkpoint.txt").write_text(taken.stdout, encoding="utf-8")
    before = office("verify", "--against", "checkpoint.txt")
    assert (before.exit_code, before.stdout.partition(":")[0]) == (0, "VERIFICATO")
    _altered(os.environ["INITINERE_DATABASE"])
    for arguments in (("--against", "checkpoint.txt"), ()):
        after = office("verify", *arguments)
        assert (after.exit_code, after.stdout) == (1, "")
        lines = after.stderr.splitlines()
        assert lines[0] == f"NON VERIFICATO: evento alterato: {EASED}"
        assert lines[1].startswith("  atteso:  foglia ")
        assert '"value":"60.34"' in lines[2]
    said = json.loads(office("verify", "--json").stdout)
    assert (said["verified"], said["kind"], said["where"]) == (False, "altered_event", EASED)


def test_a_pack_is_taken_and_verified_with_what_was_taken_before(office: Run) -> None:
    Path("prima.txt").write_text(office("checkpoint").stdout, encoding="utf-8")
    assert office("pack", PLAN, "--year", 2022, "--output", "fascicolo.zip").exit_code == 0
    done = office("verify", "fascicolo.zip", "--against", "prima.txt")
    assert (done.exit_code, done.stdout.partition(":")[0]) == (0, "VERIFICATO")
    again = json.loads(office("verify", "--against", "fascicolo.zip", "--json").stdout)
    assert (again["verified"], again["against"]) == (True, 1)
    missing = office("verify", "--against", "non-c-e.txt")
    assert (missing.exit_code, missing.stderr.splitlines()[0]) == (1, "NON VERIFICATO: non leggibile: non-c-e.txt")


def test_the_key_is_made_at_the_start_for_its_owner_only_and_rotation_is_an_event(office: Run) -> None:
    key = Path("archivio.sqlite.key")
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    first = office("keys", "show").stdout.split()
    old = office("checkpoint").stdout
    Path("prima.txt").write_text(old, encoding="utf-8")
    assert office("keys", "rotate").exit_code == 0
    keys = office("keys", "show").stdout.split()
    assert (keys[:1], len(keys)) == (first, 2)
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    made: dict[str, Any] = json.loads(office("checkpoint", "--json").stdout)
    assert (made["number"], made["occasion"]) == (2, "rotation")
    assert office("checkpoint", "--number", 1).stdout == old
    assert office("verify", "--against", "prima.txt").exit_code == 0


def test_counts_across_that_were_emptied_behind_the_events_are_named_by_both_commands(
    office: Run, tmp_path: Path
) -> None:
    assert office("across", "rates", "--year", "2022", "--as-of", "2022-12-31").exit_code == 0
    assert (office("verify").exit_code, office("rebuild", "--check").exit_code) == (0, 0)
    _sql(tmp_path, "UPDATE across_count SET objectives = 0")
    row = f"tabella across_count, year=2022, plan={PLAN}"
    verified, checked = office("verify"), office("rebuild", "--check")
    assert (verified.exit_code, row in verified.stderr, "trovato: objectives=0" in verified.stderr) == (1, True, True)
    assert (checked.exit_code, row in " ".join(checked.stdout.split())) == (1, True)
    told = json.loads(office("rebuild", "--check", "--json").stdout)
    assert (told["same"], told["differing"], told["rows"][0]["found"]) == (False, ["across_count"], "objectives=0")
    assert office("rebuild").exit_code == 0
    assert (office("verify").exit_code, office("rebuild", "--check").exit_code) == (0, 0)


def test_a_receipt_that_was_taken_away_is_named(office: Run, tmp_path: Path) -> None:
    _sql(tmp_path, "DELETE FROM receipt WHERE command_id NOT LIKE 'key-%'")
    verified = office("verify", "--json")
    assert verified.exit_code == 1
    told = json.loads(verified.stdout)
    assert (told["kind"], told["where"].startswith("tabella receipt, command_id=")) == ("receipt_altered", True)


def _sql(folder: Path, statement: str) -> None:
    location = os.environ["INITINERE_DATABASE"]
    if location.startswith("postgresql"):
        with psycopg.connect(location) as server:
            server.execute(statement)
    else:
        with closing(sqlite3.connect(folder / "archivio.sqlite")) as file, file:
            file.execute(statement)
