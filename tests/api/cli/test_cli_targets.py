import json
from collections.abc import Callable

import pytest
from click.testing import Result

from domain.targets.model import typed
from domain.targets.reader import read_one

Run = Callable[..., Result]


def test_a_target_is_read_for_people(run: Run) -> None:
    shown = run("target", "entro il 31/7", "--year", "2023").stdout
    assert "forma: termine" in shown
    assert "31/07/2023" in shown


def test_a_target_that_cannot_be_read_says_why_and_where(run: Run) -> None:
    shown = run("target", "un buon risultato")
    assert shown.exit_code == 0
    assert "perché:" in shown.stdout


def test_two_targets_in_one_text_are_both_told(run: Run) -> None:
    assert run("target", "30/06/2022 31/12/2022", "--year", "2022").stdout.count("forma: termine") == 2


def test_the_polarity_implies_the_comparator_of_a_bare_value(run: Run) -> None:
    assert json.loads(run("target", "90,00%", "--polarity", "up", "--json").stdout)["implied"] == ">="


@pytest.mark.parametrize("text", [">= 3.500", "zero", "Sì", "da def.", "---", "≤ dato medio nazionale", "boh"])
def test_json_is_the_typed_target(run: Run, text: str) -> None:
    assert json.loads(run("target", text, "--year", "2022", "--json").stdout) == typed(read_one(text, 2022))


def test_lines_answer_one_for_one_and_a_bad_line_stops_nothing(run: Run) -> None:
    lines = [
        b'{"text": ">= 3.500", "year": 2022}',
        b"not json",
        b"",
        b"[1]",
        b'{"year": 2022}',
        b'{"text": 5}',
        b'{"text": "zero", "year": "x"}',
        b'{"text": "zero", "year": true}',
        b'{"text": "zero", "polarity": "sideways"}',
        b'{"text": "a", "text": "b"}',
        b"\xff",
        b"[" * 50_000,
        b'{"text": "' + b"x" * 200_000 + b'"}',
        b'{"text": "entro il 31/7", "year": "2023", "polarity": null}',
    ]
    done = run("target", "--json", "--lines", stdin=b"\n".join(lines))
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.exit_code == 0
    assert len(answers) == len(lines)
    assert answers[0] == typed(read_one(">= 3.500", 2022))
    assert answers[-1]["value"] == "2023-07-31"
    assert all(set(answer) <= {"error", "text"} and answer["error"] for answer in answers[1:-1])


@pytest.mark.parametrize("arguments", [(), ("--lines",), ("zero", "--lines", "--json")])
def test_a_text_or_lines_are_needed(run: Run, arguments: tuple[str, ...]) -> None:
    assert run("target", *arguments).exit_code == 2


def test_no_lines_is_no_answer(run: Run) -> None:
    assert run("target", "--json", "--lines", stdin=b"").stdout == ""
