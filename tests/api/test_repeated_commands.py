"""A command that is repeated is answered from its receipt, and from no other: its events say what it recorded."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier

import orjson
import pytest

from domain.errors import CommandReused
from domain.measurements.commands import ReportStatus
from projections.proof.receipts import ReceiptAltered
from tests.support.harness import PLAN, ServiceHarness

STREAM = f"plan/{PLAN}"
ID = "variazione-settembre"


@pytest.fixture
def harness(location: str) -> Iterator[ServiceHarness]:
    harness = ServiceHarness(location).on("2022-02-05")
    harness.load()
    harness.on("2022-10-03").revise(">= 68%", "2022-09-30", command_id=ID)
    yield harness
    harness.store.close()


def write(harness: ServiceHarness, statement: str, *values: object) -> None:
    with harness.store.datastore.cursor(commit=True) as cursor:
        cursor.execute(statement, values)


def again(harness: ServiceHarness) -> tuple[int, int]:
    return harness.revise(">= 68%", "2022-09-30", command_id=ID).versions[STREAM]


def test_a_command_repeated_has_its_first_answer(harness: ServiceHarness) -> None:
    first, last = again(harness)
    assert last == harness.store.head(STREAM).version
    assert first <= last


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("versions", {STREAM: [2, 3]}),
        ("versions", {}),
        ("versions", {STREAM: [900, 901]}),
        ("warnings", [{"where": "plan", "name": "altro", "words": "altro"}]),
        ("plan", "altro"),
        ("command_id", "altro"),
    ],
)
def test_an_answer_that_was_altered_is_not_given(harness: ServiceHarness, part: str, value: object) -> None:
    with harness.store.reading() as reader:
        receipt = reader.receipt(ID)
    assert receipt is not None
    answer = orjson.dumps({**orjson.loads(receipt[1]), part: value}).decode()
    write(harness, "UPDATE receipt SET answer = ? WHERE command_id = ?", answer, ID)
    before = harness.store.head(STREAM)
    with pytest.raises(Exception) as refused:  # noqa: PT011 - of a receipt of nothing, what the rules say now
        again(harness)
    assert isinstance(refused.value, ReceiptAltered) or not value
    assert harness.store.head(STREAM) == before


def test_a_request_that_was_altered_answers_no_other(harness: ServiceHarness) -> None:
    write(harness, "UPDATE receipt SET request = ? WHERE command_id = ?", "0" * 64, ID)
    with pytest.raises(ReceiptAltered, match=ID):
        again(harness)


def test_an_invented_receipt_of_nothing_hides_no_command(harness: ServiceHarness) -> None:
    """Nobody is told that a command was taken which recorded nothing, while there is something to record."""
    harness.service.report_status(PLAN, _status(), harness.caller("uno"))
    harness.annul(harness.store.head(STREAM).version)
    with harness.store.reading() as reader:
        receipt = reader.receipt("uno")
    assert receipt is not None
    write(harness, "DELETE FROM receipt WHERE command_id = ?", "uno")
    answer = {"command_id": "uno", "plan": PLAN, "versions": {}, "warnings": [], "repeated": False}
    sql = "INSERT INTO receipt (administration, command_id, request, answer) VALUES ('', ?, ?, ?)"
    write(harness, sql, "uno", receipt[0], orjson.dumps(answer).decode())
    with pytest.raises(CommandReused):
        harness.service.report_status(PLAN, _status(), harness.caller("uno"))


def _status() -> ReportStatus:
    return ReportStatus.model_validate(
        {"subject": "indicator", "id": "incasso", "status": "at_risk", "reported_on": "2022-10-05"}
    )


def test_a_key_serves_one_of_two_commands_that_come_together_for_two_administrations(harness: ServiceHarness) -> None:
    other = "altro-2022-2024"
    administration = {"id": "cciaa-altra", "name": "Camera di Commercio Altra"}
    harness.load(administration=administration, plan={"id": other, "title": "T", "first_year": 2022, "last_year": 2024})

    def reported(plan: str, number: int, ready: Barrier) -> str:
        ready.wait(timeout=60)
        command = _status().model_copy(update={"progress": Decimal(number)})
        try:
            harness.service.report_status(plan, command, harness.caller(f"una-{number}"))
        except CommandReused:
            return "refused"
        return "recorded"

    with ThreadPoolExecutor(2) as both:
        for number in range(5):
            ready = Barrier(2)
            asked = [both.submit(reported, plan, number, ready) for plan in (PLAN, other)]
            assert sorted(one.result(timeout=60) for one in asked) == ["recorded", "refused"]
