"""Attention flags as a page tells them: what they rest on, what the office answered, what the OIV remarked."""

from collections.abc import Iterable
from typing import NamedTuple

from api.language.labels import EVENT_NAMES, SEVERITIES
from api.pages.recorded_event import EventAddresses, Recorders, object_address, object_title
from api.pages.visit import PlanVisit
from domain.flags.model import Severity
from projections.flags import Flag
from projections.reviews import ReviewRow, Reviews

ANSWER = "/piani/{plan}/lavoro/answer_flag"
REMARK = "/piani/{plan}/lavoro/make_remark"


class Spoken(NamedTuple):
    """What the office, or the OIV, said."""

    words: str
    redacted: bool
    on: str
    who: str
    event: str
    version: int


class RemarkShown(NamedTuple):
    """A remark of the OIV, with what it was answered."""

    remark: Spoken
    answers: list[Spoken]


class CitedEvent(NamedTuple):
    """An event that a flag rests on."""

    words: str
    version: int
    address: str


class FlagShown(NamedTuple):
    """A flag; `answer_address` and `remark_address` are empty for whoever may not write, or looks at the past."""

    id: str
    rule: str
    title: str
    severity: Severity
    severity_words: str
    words: str
    question: str
    about: str
    about_address: str
    events: list[CitedEvent]
    answer: Spoken | None
    remarks: list[RemarkShown]
    answer_address: str
    remark_address: str


def flags_shown(visit: PlanVisit, flags: Iterable[Flag], reviews: Reviews) -> list[FlagShown]:
    """Flags with all that was said of them."""
    listed = list(flags)
    actors = [flag["answer"]["actor"] for flag in listed if flag["answer"]]
    recorders = Recorders(visit, [*actors, *(row["actor"] for row in reviews["events"])])
    told = _Told(visit, reviews, recorders)
    return [_flag(visit, flag, told, recorders) for flag in listed]


class _Told:
    """What the OIV remarked, and what it was answered."""

    def __init__(self, visit: PlanVisit, reviews: Reviews, recorders: Recorders) -> None:
        self.events = EventAddresses(visit)
        self.stream = f"review/{visit.plan}"
        self.recorders = recorders
        self.remarks = [row for row in reviews["events"] if row["event"] == "remark-made"]
        self.answers: dict[str, list[ReviewRow]] = {}
        for row in reviews["events"]:
            if row["event"] == "answer-given":
                self.answers.setdefault(str(row["body"]["to"]), []).append(row)

    def of(self, flag: Flag) -> list[RemarkShown]:
        """The remarks on an event that a flag rests on, or, where it names none, on its indicator."""
        versions = {event["version"] for event in flag["events"] if event["in"] == "plan"}
        return [
            RemarkShown(self.spoken(row), [self.spoken(answer) for answer in self.answers.get(_id(row), [])])
            for row in self.remarks
            if versions.intersection(_versions(row))
            or (not _versions(row) and row["body"].get("about") == f"indicator/{flag['indicator']}")
        ]

    def spoken(self, row: ReviewRow) -> Spoken:
        return Spoken(
            words=row["words"] or "",
            redacted=row["redaction"] is not None,
            on=row["on"],
            who=self.recorders.name(row["actor"]),
            event=self.events.of(self.stream, row["version"]),
            version=row["version"],
        )


def _id(row: ReviewRow) -> str:
    return str(row["body"].get("remark"))


def _versions(row: ReviewRow) -> list[int]:
    versions = row["body"].get("versions")
    return [version for version in versions if isinstance(version, int)] if isinstance(versions, list) else []


def _flag(visit: PlanVisit, flag: Flag, told: _Told, recorders: Recorders) -> FlagShown:
    objective = next(iter(flag["objectives"]), None)
    key = f"objective/{objective}" if objective is not None else "plan"
    if flag["indicator"] is not None:
        key = f"indicator/{flag['indicator']}"
    answer = flag["answer"]
    versions = [event["version"] for event in flag["events"] if event["in"] == "plan"]
    remark = {"about": key, "versions": ",".join(map(str, versions))}
    return FlagShown(
        id=flag["id"],
        rule=flag["rule"],
        title=visit.worded(flag["title"]),
        severity=flag["severity"],
        severity_words=SEVERITIES[flag["severity"]],
        words=flag["words"],
        question=flag["question"],
        about=object_title(visit, key),
        about_address=object_address(visit, key),
        events=[
            CitedEvent(_event_words(visit, event["in"], event["version"]), event["version"], address)
            for event in flag["events"]
            for address in [told.events.cited(event["in"], event["version"])]
        ],
        answer=Spoken(
            words=answer["words"] or "",
            redacted=answer["redacted"],
            on=answer["on"],
            who=recorders.name(answer["actor"]),
            event=told.events.of(told.stream, answer["version"]),
            version=answer["version"],
        )
        if answer
        else None,
        remarks=told.of(flag),
        answer_address=_writing(visit, "answer_flag", ANSWER, {"flag": flag["id"], "year": str(visit.year)}),
        remark_address=_writing(visit, "make_remark", REMARK, remark),
    )


def _writing(visit: PlanVisit, command: str, path: str, said: dict[str, str]) -> str:
    return visit.to(path, said) if visit.is_now and visit.may(command) else ""


def _event_words(visit: PlanVisit, of: str, version: int) -> str:
    """What an event was, in words; those of the administration are figures."""
    if of != "plan":
        return "valore dell'amministrazione"
    record = next((record for record in visit.reading.history.records if record.version == version), None)
    return EVENT_NAMES.get(record.event.topic, "evento") if record else "evento"
