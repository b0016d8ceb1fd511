"""Scores, rounds, rules, formulas and single achievements on the command line."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from tests.support.harness import PLAN, document

Run = Callable[..., Result]


def test_a_row_in_gives_a_row_out_and_a_bad_row_an_error(run: Run) -> None:
    rows = [
        b'{"target": ">= 70,34%", "observed": "68%", "polarity": null, "rounding": null}',
        b'{"target": "< 30 gg", "observed": "35", "rounding": "half_up"}',
        b"not json",
        b"[]",
        b'{"observed": "1"}',
        b'{"target": "90", "observed": "85", "polarity": "sideways"}',
        b'{"target": ">= 5", "numerator": "3", "denominator": "0"}',
        b'{"target": "5", "observed": "0", "polarity": "down"}',
    ]
    done = run("achieve", "--json", "--lines", stdin=b"\n".join(rows))
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.exit_code == 0
    assert len(answers) == len(rows)
    assert answers[0] == {
        "achievement": "96.67330110889963036678987773670742",
        "uncut": "96.67330110889963036678987773670742",
        "rule": "observed_over_target",
        "note": None,
    }
    assert answers[1]["achievement"] == "85.71"
    assert all(set(answer) == {"error"} for answer in answers[2:6])
    assert (answers[6]["achievement"], answers[6]["rule"]) == (None, "denominator_zero")
    assert (answers[7]["achievement"], answers[7]["uncut"], answers[7]["rule"]) == ("100", None, "zero_observed")


@pytest.mark.parametrize(
    "arguments",
    [("--lines",), ("--lines", "--json", "--target", "5"), (), ("--target", "5", "--polarity", "sideways")],
)
def test_a_command_line_that_does_not_hold_together_is_refused(run: Run, arguments: tuple[str, ...]) -> None:
    assert run("achieve", *arguments).exit_code == 2


def test_a_bad_figure_is_refused_with_what_is_accepted(run: Run) -> None:
    refused = run("achieve", "--target", "5", "--observed", "1", "--rounding", "banker")
    assert refused.exit_code == 2
    assert "arrotondato" in refused.stderr


def test_formulas_are_read_one_by_one_and_line_by_line(run: Run) -> None:
    found = json.loads(run("formula", "pratiche evase/pratiche totali*100", "--json").stdout)
    assert [term["id"] for term in found["terms"]] == ["pratiche_evase", "pratiche_totali"]
    done = run("formula", "--json", "--lines", stdin=b'{"text": "Si/no"}\n{}\n')
    assert [json.loads(line).get("kind") for line in done.stdout.splitlines()] == ["yes_no", None]


def test_a_year_is_measured_scored_and_explained(office: Run) -> None:
    measured = office(
        *("measure", PLAN, "incasso", "--period", "2022", "--numerator", "680", "--denominator", "1000"),
        *("--data-as-at", "2022-12-31", "--office", "Servizio bilancio"),
    )
    assert measured.exit_code == 0, measured.output
    found = json.loads(office("score", PLAN, "--year", "2022", "--as-of", "2023-01-31", "--json").stdout)
    assert found["score"] == "96.67330110889963036678987773670742"
    assert found["body"]["covered"] == "60"
    text = office("score", PLAN, "--year", "2022", "--as-of", "2023-01-31", "--explain", "a1").stdout
    assert "680 / 1.000 × 100 = 68; 68 / 70,34 × 100 = 96,673301" in text
    assert "ex ante 96,67 %" in office("score", PLAN, "--year", "2022", "--as-of", "2023-01-31").stdout
    assert office("score", PLAN, "--year", "2030").exit_code == 1


def test_a_doubtful_unit_is_asked_about(office: Run) -> None:
    said = ("measure", PLAN, "cassetto", "--period", "2022", "--value", "0,15", "--data-as-at", "2022-12-31")
    refused = office(*said)
    assert (refused.exit_code, "Unità di misura dubbia" in refused.stderr) == (1, True)
    assert office(*said, "--confirm-unit").exit_code == 0


def test_a_formula_is_confirmed_and_its_terms_are_entered(office: Run) -> None:
    assert office("formula", "--plan", PLAN, "--confirm", "cassetto").exit_code == 0
    said = ("measure", PLAN, "cassetto", "--period", "2022", "--data-as-at", "2022-12-31")
    done = office(*said, "--term", "aderenti=70", "--term", "attive=1000")
    assert done.exit_code == 0, done.output
    explained = office("score", PLAN, "--year", "2022", "--as-of", "2023-01-31", "--explain", "cassetto").stdout
    assert "aderenti = 70" in explained
    assert "50,00 %" in explained
    assert office(*said, "--term", "aderenti").exit_code == 2


def test_rules_are_shown_compared_and_adopted(office: Run, tmp_path: Path) -> None:
    assert "observed" not in office("system", "show", PLAN, "--year", "2022").stdout
    rules = tmp_path / "regole.json"
    rules.write_text('{"preset": "due-decimali", "missing": "zero"}', encoding="utf-8")
    before = json.loads(office("system", "compare", PLAN, "--year", "2022", "--file", rules, "--json").stdout)
    assert before["body"] == {"before": None, "after": "0", "difference": None, "bands": [None, "non raggiunto"]}
    act = ("--act", "delibera di Giunta n. 2 del 28/02/2022", "--justification", "aggiornamento", "--cause", "other")
    assert office("system", "adopt", PLAN, "--year", "2022", "--file", rules, *act).exit_code == 0
    found = json.loads(office("system", "show", PLAN, "--year", "2023", "--json").stdout)
    assert (found["adopted_for"], found["system"]["missing"]) == (2022, "zero")
    rules.write_text('{"missing": "ignored"}', encoding="utf-8")
    refused = office("system", "compare", PLAN, "--year", "2022", "--file", rules)
    assert (refused.exit_code, "regole, dati mancanti" in refused.stderr) == (1, True)


def test_a_round_is_opened_followed_checked_and_closed_once(office: Run) -> None:
    opened = office("round", "open", PLAN, "--as-at", "2022-06-30", "--due-by", "2022-07-15", "--retrospective",
                    "--opened-on", "2022-07-01")  # fmt: skip
    assert opened.exit_code == 0, opened.output
    found = json.loads(office("round", "status", PLAN, "2022-06-30", "--json").stdout)
    assert (found["due"], found["missing"], len(found["reminders"])) == (3, 3, 1)
    assert "Solleciti (1)" in office("round", "status", PLAN, "2022-06-30").stdout
    assert "Nulla." in office("round", "check", PLAN, "2022-06-30").stdout
    assert office("round", "close", PLAN, "2022-06-30").exit_code == 0
    again = office("round", "close", PLAN, "2022-06-30")
    assert (again.exit_code, "Monitoraggio già chiuso" in again.stderr) == (1, True)


def test_polarities_are_asked_in_one_list_and_said_in_one_command(run: Run, save: Callable[..., str]) -> None:
    content = document()
    for row, text in zip(content["indicators"][:2], ("70%", "14%"), strict=True):
        row["targets"] = [{"year": 2022, "text": text}]
    run("import", save(content))
    listed = json.loads(run("undetermined", PLAN, "--json").stdout)["indicators"]
    assert [row["indicator"] for row in listed] == ["incasso", "cassetto"]
    assert run("polarity", PLAN, "--is", "incasso=up", "--is", "cassetto=unknown").exit_code == 0
    assert json.loads(run("undetermined", PLAN, "--json").stdout)["indicators"] == []
    assert "una modifica della scheda" in run("polarity", PLAN, "--is", "incasso=down").stderr
    assert run("polarity", PLAN, "--is", "incasso").exit_code == 2
    assert run("polarity", PLAN, "--is", "incasso=up", "--is", "incasso=down").exit_code == 2
