"""Whether something was recorded late: one rule for changes, figures, and what a monitoring round asks for."""

from datetime import date
from typing import Literal

RecordingDelay = Literal["in_time", "late", "not_knowable"]


def recording_delay(due: date, recorded_on: date, *, retrospective: bool, allowed_days: int = 0) -> RecordingDelay:
    """How a recording stands to the day from which it could have been made, or by which it was awaited.

    It is late when it came more than `allowed_days` after that day (Rome's days, both). Of what was loaded long after
    the fact nobody knows when it was known.
    """
    if retrospective:
        return "not_knowable"
    return "late" if (recorded_on - due).days > allowed_days else "in_time"
