"""Who measured does not validate, by whatever way the values and statuses came; an exception that is not needed is told."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from api.commands.evaluation import close_round, open_round
from api.commands.handler import Caller, Outcome
from api.commands.oversight import say
from api.commands.proposals import amend_proposal, draft_proposal, enact_proposal, submit_proposal
from domain.access.principal import Grant, Principal
from domain.access.separation import DutiesNotSeparated
from domain.documents.proposal import ProposedChanges
from domain.measurements.commands import RecordMeasurement, ReportStatus, RestateMeasurement
from domain.oiv.commands import ValidateReport
from domain.proposals.commands import EnactProposal, SubmitProposal
from domain.rounds.commands import CloseRound, OpenRound
from projections.streams import administration_stream
from tests.support.harness import PLAN, ServiceHarness

ROUND = "monitoraggio-2022-06-30"
SERIES = f"{PLAN}.incasso"
BODY = "cciaa-prova"


def account(name: str) -> Caller:
    """An account that may record values and validate them."""
    grants = (Grant("planner", BODY), Grant("validator", BODY), Grant("oiv", BODY), Grant("approver", BODY))
    return Caller.of(Principal(f"acc-{name}", grants))


VERA, CARLA, BRUNO = account("vera"), account("carla"), account("bruno")


@pytest.fixture
def harness(tmp_path: Path) -> Iterator[ServiceHarness]:
    """The small plan with a round of June that is open."""
    harness = ServiceHarness(tmp_path / "archivio.sqlite").on("2022-02-05")
    harness.load()
    opening = OpenRound.model_validate({"as_at": "2022-06-30"})
    open_round(harness.on("2022-07-01").service, PLAN, opening, harness.caller())
    harness.on("2022-07-05")
    yield harness
    harness.store.close()


def figure(text: str = "67%", finality: str = "final", **more: Any) -> dict[str, Any]:
    """A value of the round."""
    return {
        "series": SERIES, "period": "2022-H1", "text": text, "data_as_at": "2022-06-30", "finality": finality,
    } | more  # fmt: skip


def measure(harness: ServiceHarness, caller: Caller, **fields: Any) -> Outcome:
    """Records a value."""
    return harness.service.measure(PLAN, RecordMeasurement.model_validate(figure(**fields)), caller)


def restate(harness: ServiceHarness, caller: Caller, **fields: Any) -> Outcome:
    """Puts a value right."""
    command = RestateMeasurement.model_validate(figure(**fields) | {"effective_on": "2022-07-05"})
    return harness.service.restate(PLAN, command, caller)


def report(harness: ServiceHarness, caller: Caller, subject: str = "indicator", id_: str = "incasso") -> Outcome:
    """Says how something stands."""
    said = {"subject": subject, "id": id_, "status": "at_risk", "reported_on": harness.now.date()}
    return harness.service.report_status(PLAN, ReportStatus.model_validate(said), caller)


def enacted(harness: ServiceHarness, drafter: Caller, amender: Caller | None = None, **file: Any) -> None:
    """What a proposal brings, drafted by one, enacted by Carla."""
    content = {"plan": PLAN, "title": "Dati", "cause": "new_data", "justification": "monitoraggio"} | file
    proposed = ProposedChanges.model_validate(content)
    name = str(draft_proposal(harness.service, PLAN, proposed, drafter).proposal)
    if amender is not None:
        amend_proposal(harness.service, PLAN, name, proposed, amender)
    submit_proposal(harness.service, PLAN, name, SubmitProposal(), drafter)
    enactment = EnactProposal.model_validate({"act": "delibera di Giunta n. 7 del 05/07/2022"})
    enact_proposal(harness.service, PLAN, name, enactment, CARLA)


def close(harness: ServiceHarness, caller: Caller, **more: Any) -> Outcome:
    """Closes the round."""
    return close_round(harness.service, PLAN, CloseRound.model_validate({"round": ROUND} | more), caller)


def validate(harness: ServiceHarness, caller: Caller, **more: Any) -> Outcome:
    """Validates the report of 2022."""
    command = ValidateReport.model_validate({"year": 2022, "words": "Validata."} | more)
    return say(harness.on("2023-04-01").service, PLAN, command, caller)


STATUS = {"subject": "indicator", "id": "incasso", "status": "at_risk", "reported_on": "2022-07-05"}
OF_AN_OBJECTIVE = {"subject": "objective", "id": "a1", "status": "at_risk", "reported_on": "2022-07-05"}


def restated_by_a_colleague(harness: ServiceHarness) -> None:
    measure(harness, VERA, finality="provisional")
    restate(harness, CARLA)


def recorded_again_by_a_colleague(harness: ServiceHarness) -> None:
    measure(harness, VERA, finality="provisional")
    measure(harness, CARLA)


def reported_again_by_a_colleague(harness: ServiceHarness) -> None:
    report(harness, VERA)
    report(harness.on("2022-07-06"), CARLA)


def put_back_by_an_annulment(harness: ServiceHarness) -> None:
    measure(harness, CARLA, finality="provisional")
    second = measure(harness, CARLA).versions[administration_stream(BODY)][0]
    harness.actor = VERA.actor
    harness.annul(second, measurements=True)


def proposed_then_restated(harness: ServiceHarness) -> None:
    enacted(harness, VERA, measurements=[figure(finality="provisional")])
    restate(harness, CARLA)


WAYS: dict[str, Callable[[ServiceHarness], object]] = {
    "recorded": lambda harness: measure(harness, VERA),
    "restated by a colleague": restated_by_a_colleague,
    "recorded again by a colleague": recorded_again_by_a_colleague,
    "put back by an annulment": put_back_by_an_annulment,
    "a status": lambda harness: report(harness, VERA),
    "a status of an objective": lambda harness: report(harness, VERA, "objective", "a1"),
    "a status reported again": reported_again_by_a_colleague,
    "a proposal": lambda harness: enacted(harness, VERA, measurements=[figure()]),
    "a proposal that was amended": lambda harness: enacted(harness, BRUNO, VERA, measurements=[figure()]),
    "a proposal of statuses": lambda harness: enacted(harness, VERA, statuses=[STATUS, OF_AN_OBJECTIVE]),
    "a proposal, then restated": proposed_then_restated,
}  # fmt: skip


@pytest.mark.parametrize("way", WAYS)
def test_who_had_a_part_in_a_value_neither_closes_its_round_nor_validates_its_report(
    harness: ServiceHarness, way: str
) -> None:
    WAYS[way](harness)
    harness.on("2022-07-10")
    with pytest.raises(DutiesNotSeparated):
        close(harness, VERA)
    assert close(harness, account("dario")).warnings == ()
    with pytest.raises(DutiesNotSeparated):
        validate(harness, VERA)
    assert validate(harness, account("dario")).warnings == ()


def test_who_recorded_what_no_round_asks_for_closes_it(harness: ServiceHarness) -> None:
    measure(harness, VERA, period="2022-01", data_as_at="2022-01-31", text="60%")
    open_round(harness.service, PLAN, OpenRound.model_validate({"as_at": "2022-09-30"}), harness.caller())
    report(harness.on("2022-10-01"), VERA)
    measure(harness, CARLA, period="2022-06")
    close(harness.on("2022-10-02"), VERA, closed_on="2022-07-20")


def test_an_exception_that_is_not_needed_is_told_and_not_recorded(harness: ServiceHarness) -> None:
    measure(harness, VERA)
    told = [
        close(harness.on("2022-07-10"), CARLA, exception="non serve").warnings,
        validate(harness, CARLA, exception="non serve").warnings,
    ]
    assert [[(notice.where, notice.name) for notice in notices] for notices in told] == [
        [("exception", "exception_not_needed")]
    ] * 2
    waived = [r for stream in (f"proposals/{PLAN}", f"review/{PLAN}")
              for r in harness.ask(lambda reader, stream=stream: reader.records(stream))
              if r.event.topic == "separation-waived"]  # fmt: skip
    assert waived == []
