"""Given the events beside which words stand, when these are redacted, then by order and once."""

from datetime import date
from decimal import Decimal

import pytest

from domain.benchmarks.events import BenchmarkPublished
from domain.errors import AlreadyAnnulled, DomainError, MotivationMissing, NotFound
from domain.objectives.events import ObjectiveWithdrawn
from domain.plans.state import PlanState
from domain.redactions.commands import RedactTexts
from domain.redactions.decide import left_in_body, redact
from domain.redactions.events import TextRedacted
from tests.support.given import Decided, Given

REASON, NOTE = "sha256:" + "1" * 64, "sha256:" + "2" * 64
WITHDRAWN = ObjectiveWithdrawn(objective="a")


def redacting(version: int, *redacted: str, act: str | None = "ordine-1") -> Decided:
    """The redaction of one of four events: two without words, one with two texts, one with a text twice."""
    plan = Given().later("2022-09-30", WITHDRAWN).later("2022-09-30", WITHDRAWN, justification=REASON, note=NOTE)
    plan.later("2022-09-30", WITHDRAWN, justification=REASON, note=REASON)
    if redacted:
        plan.later("2022-09-30", TextRedacted(digests=redacted))

    def decide(_state: PlanState, command: RedactTexts) -> TextRedacted:
        return redact(plan.records, command, act=act)

    return plan.when(decide, RedactTexts(version=version))


@pytest.mark.parametrize(
    ("version", "redacted", "digests"), [(3, (), (REASON, NOTE)), (3, (REASON,), (NOTE,)), (4, (), (REASON,))]
)
def test_the_words_beside_an_event_are_redacted_that_are_not_yet(
    version: int, redacted: tuple[str, ...], digests: tuple[str, ...]
) -> None:
    redacting(version, *redacted).then(TextRedacted(digests=digests))


@pytest.mark.parametrize(
    ("version", "redacted", "act", "error", "where"),
    [
        (3, (), None, MotivationMissing, "act"),
        (2, (), "ordine-1", NotFound, "version"),
        (5, (), "ordine-1", NotFound, "version"),
        (3, (REASON, NOTE), "ordine-1", AlreadyAnnulled, "version"),
    ],
)
def test_a_redaction_wants_an_order_and_words_that_are_there(
    version: int, redacted: tuple[str, ...], act: str | None, error: type[DomainError], where: str
) -> None:
    redacting(version, *redacted, act=act).refused(error, where=where)


def test_what_stands_in_the_body_of_an_event_is_said_to_stay() -> None:
    published = BenchmarkPublished(
        series="s.i",
        whose="dott.ssa Anna Bianchi",
        period="2022",
        value=Decimal(10),
        published_on=date(2023, 1, 31),
        source="comunicazione del dott. Mario Rossi, in malattia",
    )
    plan = Given().later("2022-09-30", published).later("2022-09-30", published, note=NOTE)
    alone, beside = plan.records[-2:]
    with pytest.raises(NotFound) as refusal:
        redact(plan.records, RedactTexts(version=alone.version), act="ordine-1")
    notice = left_in_body(beside)
    assert notice is not None
    for said in (str(refusal.value), notice.words):
        assert "nessun ordine oscura" in said
        assert "benchmark publish" in said
        assert "Rossi" not in said
    assert left_in_body(Given().later("2022-09-30", WITHDRAWN).records[-1]) is None
