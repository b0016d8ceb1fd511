"""A proposal as the command line shows it: all that it holds, the time of the OIV, what became of its enactment."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from freezegun import freeze_time

from tests.api.cli.conftest import Run
from tests.support.harness import PLAN

FILE: dict[str, Any] = {
    "title": "Dati del monitoraggio",
    "justification": "monitoraggio",
    "cause": "new_data",
    "measurements": [
        {"series": f"{PLAN}.incasso", "period": "2022-H1", "text": "67%", "data_as_at": "2022-06-30"},
    ],
    "statuses": [{"subject": "indicator", "id": "incasso", "status": "at_risk", "reported_on": "2022-09-15"}],
}


@pytest.fixture
def proposed(office: Run, save: Callable[..., str]) -> Run:
    """The office, after a proposal of a figure and a status was submitted on 20 September."""
    with freeze_time("2022-09-20 09:00"):
        for words in (("draft", PLAN, save(FILE)), ("submit", PLAN, "proposta-1", "--effective-on", "2022-09-30")):
            done = office("proposal", *words)
            assert done.exit_code == 0, done.output
    return office


def shown(run: Run, day: str) -> str:
    """`proposal show` of a day, without the breaks of its lines."""
    with freeze_time(f"{day} 09:00"):
        done = run("proposal", "show", PLAN, "proposta-1")
    assert done.exit_code == 0, done.output
    return " ".join(done.output.split())


def test_figures_and_statuses_are_shown_as_they_were_asked_for_and_with_what_they_do(proposed: Run) -> None:
    text = shown(proposed, "2022-09-21")
    assert f"measure {PLAN}.incasso 2022-H1: text 67%" in text
    assert "status indicator/incasso: status at_risk" in text
    assert "0 modifiche e 2 altri dati" in text
    assert "Percentuale di incasso · 2022-H1 — 67% definitivo" in text
    assert "Percentuale di incasso · stato al 15/09/2022 — a rischio" in text


def test_the_time_of_the_oiv_is_told_as_it_is_now(proposed: Run) -> None:
    assert "Parere dell'OIV non chiesto" in shown(proposed, "2022-09-21")
    with freeze_time("2022-09-21 09:00"):
        assert proposed("proposal", "ask-opinion", PLAN, "proposta-1", "--due", "2022-09-28").exit_code == 0
    assert "Parere dell'OIV entro il 28/09/2022, fra 5 giorni" in shown(proposed, "2022-09-23")
    assert "Parere dell'OIV scaduto il 28/09/2022" in shown(proposed, "2022-09-29")


def test_an_enactment_that_was_annulled_is_shown_as_such(proposed: Run) -> None:
    with freeze_time("2022-10-03 09:00"):
        done = proposed(
            "proposal", "enact", PLAN, "proposta-1", "--act", "delibera di Giunta n. 9 del 30/09/2022", "--json"
        )
        assert done.exit_code == 0, done.output
    with freeze_time("2022-11-05 09:00"):
        version = f"e{json.loads(done.output)['versions']['administration/cciaa-prova']['last']}"
        done = proposed("annul", PLAN, version, "--justification", "registrato per errore")
        assert done.exit_code == 0, done.output
    assert "adottata, poi annullata in parte il 05/11/2022" in shown(proposed, "2022-11-06")
    with freeze_time("2022-11-06 09:00"):
        listed = proposed("proposal", "list", PLAN)
    assert "1 adottata (1 poi annullata)" in listed.output
