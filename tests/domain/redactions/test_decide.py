"""Given the events beside which words stand, when these are redacted, then by order and once."""

from datetime import UTC, date, datetime

import pytest

from domain.errors import AlreadyAnnulled, MotivationMissing, NotFound
from domain.objectives.events import ObjectiveWithdrawn
from domain.recording import Recorded
from domain.redactions.commands import RedactTexts
from domain.redactions.decide import redact
from domain.redactions.events import TextRedacted

REASON, NOTE = "sha256:" + "1" * 64, "sha256:" + "2" * 64


def record(version: int, justification: str | None = None, note: str | None = None) -> Recorded:
    """An event with words beside it, or without."""
    return Recorded(
        event=ObjectiveWithdrawn(objective="a"),
        effective_on=date(2022, 9, 30),
        stream="plan/prova-2022-2024",
        version=version,
        recorded_at=datetime(2022, 10, 3, tzinfo=UTC),
        actor="ufficio-performance",
        command_id=f"c-{version}",
        justification=justification,
        note=note,
    )


RECORDS = [record(1), record(2, REASON, NOTE), record(3, REASON, REASON)]


def test_all_the_words_beside_an_event_are_redacted() -> None:
    assert redact(RECORDS, [], RedactTexts(version=2), act="ordine-1") == TextRedacted(digests=(REASON, NOTE))
    assert redact(RECORDS, [], RedactTexts(version=3), act="ordine-1") == TextRedacted(digests=(REASON,))


def test_words_that_are_redacted_already_are_left() -> None:
    assert redact(RECORDS, [REASON], RedactTexts(version=2), act="ordine-1") == TextRedacted(digests=(NOTE,))
    with pytest.raises(AlreadyAnnulled):
        redact(RECORDS, [REASON, NOTE], RedactTexts(version=2), act="ordine-1")


def test_nothing_is_redacted_without_an_order() -> None:
    with pytest.raises(MotivationMissing):
        redact(RECORDS, [], RedactTexts(version=2), act=None)


@pytest.mark.parametrize("version", [1, 4])
def test_an_event_that_is_not_there_or_says_nothing_is_not_redacted(version: int) -> None:
    with pytest.raises(NotFound):
        redact(RECORDS, [], RedactTexts(version=version), act="ordine-1")
