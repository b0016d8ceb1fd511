"""A text in which a person seems to be named is told where it is recorded; nobody is refused for it."""

from pathlib import Path

from api.commands.deviations import explain_deviation
from domain.deviations.commands import ExplainDeviation
from tests.support.harness import PLAN, ServiceHarness


def test_a_person_in_a_text_of_an_objective_or_of_a_cause_is_told(tmp_path: Path) -> None:
    harness = ServiceHarness(tmp_path / "h.sqlite").on("2022-02-05")
    harness.load()
    harness.on("2022-10-03")
    staff = {"verb": "redefine_objective", "object": "a1", "staff": "Mario Rossi", "stakeholders": ["imprese"]}
    told = harness.change(staff).warnings
    assert [(notice.where, notice.name) for notice in told] == [("staff", "person_in_text")]
    said = {"subject": "indicator", "id": "incasso", "period": "2022-H1", "cause": "endogenous"}
    said |= {"words": "La dott.ssa Anna Bianchi era assente.", "explained_on": "2022-07-10"}
    outcome = explain_deviation(harness.service, PLAN, ExplainDeviation.model_validate(said), harness.caller())
    assert [notice.name for notice in outcome.warnings] == ["person_in_text"]
    said |= {"words": "Versamenti prorogati.", "explained_on": "2022-07-11"}
    assert not explain_deviation(
        harness.service, PLAN, ExplainDeviation.model_validate(said), harness.caller()
    ).warnings
