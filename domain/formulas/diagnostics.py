"""The diagnostics of a reading: why it is less than certain, and why it gives up."""

from domain.formulas.model import Confidence

_ORDER = (Confidence.LOW, Confidence.MEDIUM, Confidence.HIGH)


class Unparseable(Exception):
    """The reading would have to guess; the message is the Italian reason."""


class Diagnostics:
    """The confidence of one reading, which only falls, and the Italian reasons for it."""

    def __init__(self) -> None:
        self.confidence = Confidence.HIGH
        self.reasons: list[str] = []

    def lower(self, confidence: Confidence, reason: str) -> None:
        """Note a reason for not being surer than this."""
        self.confidence = min(self.confidence, confidence, key=_ORDER.index)
        if reason not in self.reasons:
            self.reasons.append(reason)
