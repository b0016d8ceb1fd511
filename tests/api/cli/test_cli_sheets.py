"""Answers as sheets from the command line: written whole into a file, and only where a sheet is asked for."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from openpyxl import load_workbook

from tests.support.harness import PLAN

Run = Callable[..., Result]
QUESTIONS = (
    ("show", PLAN),
    ("score", PLAN, "--year", "2022"),
    ("score", PLAN, "--year", "2022", "--explain", "body"),
    ("changes", PLAN, "--year", "2022"),
    ("flags", PLAN, "--year", "2022"),
    ("history", PLAN, "incasso"),
    ("history", PLAN, "Digitalizzare"),
    ("audit", PLAN),
    ("show", PLAN, "--tree", "mission"),
)
NODE = ("--tree", "mission", "--node", "m1", "--title", "Servizi")
MOTIVE = ("--justification", "albero ristampato", "--dal", "01/03/2022")


def test_each_question_with_a_sheet_writes_one(office: Run) -> None:
    assert office("tree", "state", PLAN, *NODE, *MOTIVE).exit_code == 0
    for number, question in enumerate(QUESTIONS):
        file = f"{number}.xlsx"
        done = office(*question, "--format", "xlsx", "--output", file)
        assert done.exit_code == 0, (question, done.stderr)
        assert load_workbook(file).worksheets[0].max_row > 5, question
        assert office(*question, "--formato", "xlsx", "--scrivi", file).exit_code == 1  # it is there
        assert office(*question, "--format", "xlsx", "--output", file, "--force").exit_code == 0
    assert Path("7.xlsx").read_bytes() == office("audit", PLAN, "--format", "xlsx").stdout_bytes


@pytest.mark.parametrize("question", [("score", PLAN, "--year", "2022"), ("show", PLAN)])
def test_what_goes_with_no_sheet_is_refused(office: Run, question: tuple[str, ...]) -> None:
    refused = office(*question, "--output", "x.xlsx")
    assert (refused.exit_code, "va con --format xlsx" in refused.stderr) == (2, True)
    refused = office(*question, "--format", "xlsx", "--json")
    assert refused.exit_code == 2
    assert json.loads(office(*question, "--format", "json").stdout) == json.loads(office(*question, "--json").stdout)
