"""The commands across administrations, on a real file."""

import json
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

Run = Callable[..., Result]
ROOT = Path(__file__).parents[3]


def test_the_rates_of_all_are_told_and_said_in_json(revised: Run) -> None:
    told = revised("across", "rates", "--year", "2022", "--as-of", "2022-12-31")
    assert told.exit_code == 0
    assert "50,00%" in told.output
    assert "prova-2022-2024" in told.output
    assert "Aggiornato al" in told.output
    said: dict[str, Any] = json.loads(
        revised("across", "rates", "--year", "2022", "--as-of", "2022-12-31", "--json").output
    )
    assert said["total"]["change_rate"]["easier"] == {"numerator": 1, "denominator": 2, "rate": "50.00"}
    assert said["followed"]["behind"] == 0


def test_changes_are_told_with_reason_and_key_of_the_next_page(revised: Run) -> None:
    told = revised("across", "changes", "--since", "30/09/2022", "--kind", "in_year_revision")
    assert "Incassi sotto le attese (fattori esterni)" in told.output
    assert "70,34%" in told.output
    done = revised("across", "changes", "--recorded-since", "2000-01-01", "--limit", "1", "--json")
    assert json.loads(done.output)["next"] is None
    none = revised("across", "changes", "--recorded-until", "2000-01-01")
    assert "0 modifiche" in none.output


def test_a_key_that_is_none_and_a_date_that_is_none_are_refused(revised: Run) -> None:
    assert revised("across", "changes", "--after", "qui").exit_code == 2
    assert revised("across", "changes", "--recorded-since", "ieri").exit_code == 2


def test_follow_once_says_up_to_where(revised: Run) -> None:
    told = json.loads(revised("follow", "--once", "--json").output)
    assert told["events"] == told["position"] > 0
    assert told["behind"] == 0
    again = revised("follow", "--once")
    assert "Seguiti 0 eventi" in again.output


@pytest.mark.usefixtures("revised")
def test_follow_goes_on_until_it_is_told_to_stop(tmp_path: Path) -> None:
    following = subprocess.Popen(
        [sys.executable, "-c", "from api.cli import main; main()", "follow", "--json"],
        cwd=ROOT,
        env={"INITINERE_DATABASE": str(tmp_path / "archivio.sqlite"), "XDG_DATA_HOME": str(tmp_path), "PATH": ""},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert following.stderr is not None
    assert "Ctrl+C" in following.stderr.readline()
    assert "Al passo" in following.stderr.readline()
    following.send_signal(signal.SIGTERM)
    out, _ = following.communicate(timeout=60)
    assert following.returncode == 0
    assert json.loads(out)["behind"] == 0


def test_a_rebuild_drops_and_follows_these_too(revised: Run) -> None:
    before = revised("across", "rates", "--year", "2022", "--as-of", "2022-12-31").output
    assert revised("rebuild").exit_code == 0
    assert revised("across", "rates", "--year", "2022", "--as-of", "2022-12-31").output == before
