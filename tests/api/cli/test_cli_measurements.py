import json
from collections.abc import Callable

import pytest
from click.testing import Result
from freezegun import freeze_time

from tests.support.harness import PLAN

Run = Callable[..., Result]
MEASURE = ("measure", PLAN, "incasso", "--period", "2022", "--data-as-at", "31/12/2022")


def measured(run: Run) -> list[dict[str, object]]:
    """The measurements of the plan."""
    found: list[dict[str, object]] = json.loads(run("export", PLAN).stdout).get("measurements", [])
    return found


def test_a_value_is_recorded_as_it_is_written(office: Run) -> None:
    done = office(*MEASURE, "--value", "67,46%", "--note", "Dato di bilancio")
    assert done.exit_code == 0
    assert "67,46% (definitivo)" in done.stdout
    assert "nota: Dato di bilancio" in done.stdout
    [row] = measured(office)
    assert row["text"] == "67,46%"


def test_a_plain_number_is_a_number(office: Run) -> None:
    office(*MEASURE, "--value", "69.5", "--provisional")
    [row] = measured(office)
    assert (row["value"], row["finality"]) == ("69.5", "provisional")


def test_a_ratio_keeps_its_two_terms(office: Run) -> None:
    office(*MEASURE, "--numerator", "6.551.000", "--denominator", "9.910.000,50")
    [row] = measured(office)
    assert (row["numerator"], row["denominator"]) == ("6551000", "9910000.50")


def test_a_number_that_may_be_two_is_refused_rather_than_guessed(office: Run) -> None:
    refused = office(*MEASURE, "--value", "3.500")
    assert (refused.exit_code, "3500 oppure 3,500" in refused.stderr) == (2, True)
    assert office(*MEASURE, "--numerator", "3.500", "--denominator", "2").exit_code == 2


@pytest.mark.parametrize("said", [(), ("--numerator", "3"), ("--value", "3", "--numerator", "3", "--denominator", "4")])
def test_a_measurement_says_a_value_or_a_whole_ratio(office: Run, said: tuple[str, ...]) -> None:
    done = office(*MEASURE, *said)
    assert done.exit_code == (0 if "--value" in said else 2)


def test_a_final_value_is_restated_and_not_measured_again(office: Run) -> None:
    with freeze_time("2023-02-01 09:00"):
        office(*MEASURE, "--value", "67,46%")
        again = office(*MEASURE, "--value", "67,9%")
    assert (again.exit_code, "Esiste già" in again.stderr) == (1, True)
    with freeze_time("2023-05-04 09:00"):
        done = office("restate", *MEASURE[1:], "--value", "67,9%")
    assert "04/05/2023  Rettificato il valore" in done.stdout
    shown = office("history", PLAN, "incasso").stdout
    assert "2022: 67,46%" in shown
    assert "2022: rettifica: 67,9%" in shown


def test_a_restatement_takes_effect_when_told(office: Run) -> None:
    office(*MEASURE, "--value", "67,46%")
    assert office("restate", *MEASURE[1:], "--value", "68%", "--effective-on", "2023-02-01").exit_code == 0
    before = json.loads(office("export", PLAN, "--as-of", "2023-01-31").stdout)["measurements"]
    assert [row["text"] for row in before] == ["67,46%"]


def test_restating_what_was_never_measured_is_refused(office: Run) -> None:
    refused = office("restate", *MEASURE[1:], "--value", "68%")
    assert (refused.exit_code, "Non trovato" in refused.stderr) == (1, True)


def test_a_status_is_reported_in_italian_or_in_code(office: Run) -> None:
    done = office("status", PLAN, "incasso", "--status", "a rischio", "--progress", "40,5", "--on", "2022-06-30")
    assert done.exit_code == 0
    assert office("status", PLAN, "a2", "--status", "in_line", "--on", "2022-06-30", "--note", "bene").exit_code == 0
    shown = office("show", PLAN, "--as-of", "2022-06-30").stdout
    assert "stato al 30/06/2022: a rischio, avanzamento 40,5%" in shown
    assert "stato al 30/06/2022: in linea" in shown


def test_the_same_status_again_is_no_change(office: Run) -> None:
    said = ("status", PLAN, "incasso", "--status", "reached", "--on", "2022-06-30")
    assert office(*said).exit_code == 0
    assert office(*said).exit_code == 1


def test_an_objective_is_not_measured(office: Run) -> None:
    refused = office("measure", PLAN, "a1", "--period", "2022", "--value", "1", "--data-as-at", "2022-12-31")
    assert (refused.exit_code, "non è un indicatore" in refused.stderr) == (1, True)


@pytest.mark.parametrize("value", ["", "  "])
def test_an_empty_value_is_refused_and_not_available_is_recorded(office: Run, value: str) -> None:
    refused = office(*MEASURE, "--value", value)
    assert (refused.exit_code, "il valore è vuoto" in refused.stderr) == (2, True)
    assert office(*MEASURE, "--value", "n.d.").exit_code == 0
