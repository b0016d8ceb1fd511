"""What a proposal holds is a change file without an act, and comes back as it was."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from domain.documents.changes import ChangeFile
from domain.documents.proposal import ProposedChanges, canonical, counts_of
from domain.errors import Malformed

PAGE = (Path(__file__).parents[3] / "docs" / "change-file.md").read_text(encoding="utf-8")
EXAMPLES: list[dict[str, Any]] = [
    example
    for block in re.findall(r"^```json\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    for example in [json.loads(block)]
]
CHANGE = {"verb": "revise_target", "object": "incasso", "year": 2022, "target": ">= 68%"}


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: str(example.get("verb", "file")))
def test_every_change_comes_back_as_it_was_said(example: dict[str, Any]) -> None:
    content = {"plan": "p", "changes": [example]} if "verb" in example else example
    file = ChangeFile.model_validate(content)
    assert ChangeFile.model_validate_json(canonical(file)) == file
    assert [sorted(change.model_fields_set) for change in ChangeFile.model_validate_json(canonical(file)).changes] == [
        sorted(change.model_fields_set) for change in file.changes
    ]


def test_what_belongs_to_the_proposal_is_not_in_its_file() -> None:
    proposed = ProposedChanges.model_validate(
        {"plan": "p", "title": "Oggetto", "proposal": "a", "on": "2022-09-20", "cause": "legal", "changes": [CHANGE]}
    )
    assert json.loads(canonical(proposed.file())) == {"plan": "p", "cause": "legal", "changes": [CHANGE]}


def test_a_proposal_that_brings_its_act_is_refused() -> None:
    proposed = ProposedChanges.model_validate({"plan": "p", "act": "delibera di Giunta n. 9 del 30/09/2022"})
    with pytest.raises(Malformed) as refusal:
        proposed.file()
    assert [problem.where for problem in refusal.value.problems] == ["act"]


def test_changes_measurements_and_statuses_are_counted_apart() -> None:
    figure = {"series": "s", "period": "2022-H1", "text": "67%", "data_as_at": "2022-06-30"}
    status = {"subject": "indicator", "id": "i", "status": "in_line", "reported_on": "2022-06-30"}
    file = ChangeFile.model_validate(
        {
            "plan": "p",
            "approves_year": 2023,
            "changes": [CHANGE],
            "measurements": [figure, figure],
            "statuses": [status],
            "polarities": {"i": "up"},
        }
    )
    assert counts_of(file, "9" * 64) == (3, 2, 1, "9" * 64)
