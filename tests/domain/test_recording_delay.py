"""When something counts as recorded late: one rule for changes, figures and monitoring rounds."""

from datetime import date

import pytest

from domain.recording_delay import RecordingDelay, recording_delay

DUE = date(2022, 7, 15)


@pytest.mark.parametrize(
    ("recorded_on", "allowed_days", "delay"),
    [
        (date(2022, 7, 15), 0, "in_time"),
        (date(2022, 7, 16), 0, "late"),
        (date(2022, 8, 14), 30, "in_time"),
        (date(2022, 8, 15), 30, "late"),
        (date(2022, 1, 1), 0, "in_time"),
    ],
)
def test_it_is_late_when_more_days_went_by_than_are_allowed(
    recorded_on: date, allowed_days: int, delay: RecordingDelay
) -> None:
    assert recording_delay(DUE, recorded_on, retrospective=False, allowed_days=allowed_days) == delay


def test_of_what_was_loaded_long_after_the_fact_nobody_knows() -> None:
    assert recording_delay(DUE, date(2030, 1, 1), retrospective=True) == "not_knowable"
