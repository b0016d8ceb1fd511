"""What the acts of the OIV state, as facts of the streams that they stand in."""

from typing import assert_never

from domain.oiv.events import (
    AnswerGiven,
    DocumentOpened,
    FlagAnswered,
    OivEvent,
    OpinionGiven,
    PackTaken,
    RemarkMade,
    ReportNotValidated,
    ReportValidated,
    RequestMade,
    SampleDrawn,
)
from domain.vocabulary import JsonValue

Said = tuple[str, str, JsonValue]
"""An object, a field of it, and its value."""


def oiv_facts(event: OivEvent) -> list[Said]:
    """The facts that an act of the OIV states."""
    body = event.model_dump(mode="json", exclude_none=True)
    match event:
        case OpinionGiven():
            return [(f"opinion/{event.opinion}", "opinion", body)]
        case RemarkMade():
            return [(f"remark/{event.remark}", "remark", body)]
        case RequestMade():
            return [(f"request/{event.request}", "request", body)]
        case AnswerGiven():
            return [(f"answer/{event.answer}", "answer", body)]
        case ReportValidated():
            return [("report", f"validated/{event.year}", True)]
        case ReportNotValidated():
            return [("report", f"validated/{event.year}", False)]
        case SampleDrawn():
            return [(f"sample/{event.sample}", "sample", body)]
        case FlagAnswered():
            return [(f"flag/{event.flag}", "answer", True)]
        case DocumentOpened() | PackTaken():
            return []
        case _:
            assert_never(event)
