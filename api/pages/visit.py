"""One visit to a page of a plan: who looks, from which point, at what; and the frame and the addresses that follow."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cached_property
from typing import NamedTuple

from markupsafe import Markup

from api.language.sentences import sentence_in
from api.language.translation import filled_in, translated
from api.operations.model import Operation
from api.operations.table import COMMANDS, QUESTIONS
from api.pages import addresses
from api.pages.addresses import DATES, from_point, page_address, short_address
from api.pages.frame import (
    LANGUAGE,
    Alternate,
    CheckpointShown,
    Frame,
    PlanNamed,
    Section,
    StreamOf,
    StreamSeen,
    Visitor,
    WhereFrom,
    languages_at,
    spoken,
)
from api.pages.plan_reading import PlanReading
from api.pages.time_bar import time_bar
from api.pages.titles import with_titles
from api.settings import Language
from domain.errors import Problem
from domain.point import Point, today
from projections.proof.checkpoints import Checkpoint, checkpoint_number, covering, head_at, latest
from projections.store.cursor import Cursor

LONGEST_CODE = 1200
"""The longest text that is drawn as a code, in characters: no telephone reads a longer one off a sheet."""
WORKS = ("change_plan", "record_measurement", "answer_flag", "make_remark", "close_round", "redact_texts")
"""The commands of which whoever works on a plan may give one at least."""
SECTIONS: dict[str, tuple[str, tuple[str, ...]]] = {
    addresses.PLAN: ("Piano", ("show_plan",)),
    addresses.COMPARISON: ("Confronto", ("show_differences",)),
    addresses.CHANGES: ("Modifiche e tasso", ("list_changes",)),
    addresses.SCORES: ("Punteggi", ("show_scores",)),
    addresses.MONITORING: ("Monitoraggio", ("list_rounds",)),
    addresses.AUDIT: ("Registro", ("list_audit",)),
    addresses.PROPOSALS: ("Proposte", ("list_proposals",)),
    addresses.DOCUMENTS: ("Documenti", ("export_plan",)),
    addresses.WORK_LIST: ("Lavoro", WORKS),
}
"""The sections of a plan, each with what it answers or does: whoever may do none of it does not see the way there."""


class Choice(NamedTuple):
    """One of several ways to see a page."""

    value: str
    words: str
    address: str


AS_FILE = "formato"
"""How an address asks for the rows of its page as a file."""
PAPER_FORMATS: Mapping[str, Mapping[str, str]] = {"PDF": {}, "Word": {"format": "docx"}}
"""What an address says for each format of a document that a page offers."""


class PlanVisit:
    """A visit; `query` is what the address says, each name once, `parts` what stands in its path."""

    def __init__(
        self,
        reading: PlanReading,
        *,
        path: str,
        parts: Mapping[str, str],
        query: Mapping[str, str],
        now: datetime,
        language: Language,
        visitor: Visitor,
        origin: str,
    ) -> None:
        self.reading = reading
        self.path = path
        self.parts = parts
        self.query = query
        self.now = now
        self.language = language
        self.visitor = visitor
        self.origin = origin

    @property
    def plan(self) -> str:
        """The id of the plan."""
        return self.reading.plan

    @property
    def point(self) -> Point:
        """From where it is seen."""
        return self.reading.point

    def worded(self, text: str, **places: object) -> str:
        """A text of ours in the language of the visit, its places filled in."""
        return filled_in(text, self.language, **places) if places else translated(text, self.language)

    def said(self, sentence: str) -> str:
        """A sentence of a rule in the language of the visit."""
        return sentence_in(sentence, self.language)

    def called(self, sentence: str, *own: str) -> str:
        """A sentence of a rule with the titles of what it calls by ids; `own` are those of what it is about."""
        return with_titles(sentence, self.reading.names, *own)

    def titled(self, problem: Problem, *own: str) -> Problem:
        """What is wrong, with the same titles."""
        found, accepted = (self.called(words, *own) for words in (problem.found, problem.accepted))
        return problem.model_copy(update={"found": found, "accepted": accepted})

    def may(self, operation: str) -> bool:
        """Whether the visitor may ask a question, or give a command, of the table."""
        row: Operation = QUESTIONS.get(operation) or COMMANDS[operation]
        return self.visitor.may(row)

    def form(self, command: str, **asked: str) -> str:
        """The address of a form, where the visitor may give its command and sees the plan as it is now; else empty."""
        return self.to(addresses.WORK, asked, command=command) if self.is_now and self.may(command) else ""

    @cached_property
    def offices(self) -> frozenset[str] | None:
        """The offices for which the visitor records values, by id; None of whoever records those of all, or of none."""
        row = COMMANDS["record_measurement"]
        return self.visitor.offices(row) if self.visitor.may(row) else None

    @cached_property
    def year(self) -> int:
        """The year that is looked at: the one that the address says, if the plan has it, or that of the date."""
        said = self.query.get("anno", "")
        years = self.reading.history.years
        return int(said) if said.isdecimal() and int(said) in years else self.reading.default_year()

    def choice(self, name: str, options: Mapping[str, str]) -> str:
        """What the address chooses, if it is one of the options; else the first."""
        said = self.query.get(name, "")
        return said if said in options else next(iter(options))

    def choices(self, name: str, options: Mapping[str, str], default: str = "") -> list[Choice]:
        """Each option with the address of this page as it would choose it; the default is not said."""
        return [
            Choice(value, translated(words, self.language), self.here(**{name: "" if value == default else value}))
            for value, words in options.items()
        ]

    def to(self, path: str, query: Mapping[str, str] | None = None, **parts: str) -> str:
        """The address of a page of this plan, seen from the same point; today is not said."""
        return page_address(path, {**self.kept_dates, **(query or {})}, plan=self.plan, **parts)

    def subscribed(self, path: str) -> str:
        """The address of something of this plan that a program asks for again and again, in the language of the visit."""
        return page_address(path, spoken(self.language), plan=self.plan)

    def here(self, **changed: str) -> str:
        """The address of this page with something of its query changed."""
        return page_address(self.path, {**self.kept, **changed}, **self.parts)

    @cached_property
    def kept_dates(self) -> dict[str, str]:
        """The dates as this page's own address says them."""
        return {name: self.query[name] for name in DATES if self.query.get(name)}

    @cached_property
    def kept(self) -> dict[str, str]:
        """All that the address says but the language."""
        return {name: value for name, value in self.query.items() if name != LANGUAGE and value}

    @property
    def seen_at(self) -> datetime:
        """The instant up to which it knows: seen from the past, a page shows nothing that came after."""
        return self.point.known_at or self.now

    @property
    def is_now(self) -> bool:
        """Whether it is seen from now: what is recorded goes on from there."""
        return self.point.known_at is None

    def frame(
        self, downloads: Mapping[str, str] | None = None, *, dated: bool = True, streams: Iterable[str] = ()
    ) -> Frame:
        """The frame of a page; without a time bar where a page is of two points, or writes.

        `streams` are those that the page tells of besides the plan's and its administration's.
        """
        document = self.reading.document
        own = {name: value for name, value in self.kept.items() if name not in DATES}

        def seen_from(point: Point) -> str:
            dates = from_point(point)
            if point == Point(today(self.now)):
                dates = {}
            return page_address(self.path, {**own, **dates}, **self.parts)

        compared = page_address(addresses.COMPARISON, {"da": self.point.as_of.isoformat()}, plan=self.plan)
        return Frame(
            body=document["administration"]["name"],
            languages=languages_at(self.here()),
            visitor=self.visitor,
            plan=PlanNamed(self.plan, document["plan"]["title"], self.to(addresses.PLAN)),
            sections=[
                Section(
                    title,
                    self.to(path),
                    current=path == self.path or (path != addresses.PLAN and self.path.startswith(path)),
                )
                for path, (title, operations) in SECTIONS.items()
                if any(map(self.may, operations))
            ],
            time=time_bar(
                self.reading,
                self.now,
                page_address(self.path, **self.parts),
                own,
                seen_from,
                compared,
                self.language,
            )
            if dated
            else None,
            evidence=self.evidence(downloads, streams) if dated else None,
            kept=self.kept_dates,
            searched=self.query.get("cerca", "") if self.path == addresses.PLAN else "",
            alternates=(
                Alternate(
                    "application/atom+xml",
                    translated("Eventi del piano", self.language),
                    self.subscribed(addresses.FEED),
                ),
                Alternate(
                    "application/atom+xml",
                    translated("Scadenze del piano", self.language),
                    self.subscribed(addresses.DEADLINES_FEED),
                ),
                Alternate(
                    "text/calendar",
                    translated("Scadenze del piano", self.language),
                    self.subscribed(addresses.CALENDAR),
                ),
            ),
        )

    def evidence(self, downloads: Mapping[str, str] | None = None, streams: Iterable[str] = ()) -> WhereFrom:
        """What lets another person see the same page; `streams` as those of a frame."""
        own = {name: value for name, value in self.kept.items() if name not in {*DATES, AS_FILE}}
        known_at = self.point.known_at or self.reading.last_recorded_with(streams)
        address = self.origin + short_address(
            self.path, self.point.as_of, known_at, {**own, **spoken(self.language)}, **self.parts
        )
        return where_from(self.reading, address, downloads or {}, known_at=known_at, streams=streams)

    def founded_on(self) -> WhereFrom:
        """What a page that is of no date is founded on: the plan as it is now."""
        known_at = self.point.known_at or self.reading.last_recorded_at
        address = self.origin + short_address(
            addresses.PLAN, self.point.as_of, known_at, spoken(self.language), plan=self.plan
        )
        return where_from(self.reading, address, {}, known_at=known_at)

    def data(self, path: str, query: Mapping[str, str] | None = None) -> str:
        """The address of the same as data, from the same point."""
        return page_address("/v1/plans/{plan}" + path, {**self.kept_dates, **(query or {})}, plan=self.plan)

    def paper(self, path: str, query: Mapping[str, str] | None = None) -> str:
        """The address of a document of this plan to print, from the same point, in the language of the visit."""
        language = {"language": self.language} if self.language != "it" else {}
        return self.data(f"/papers/{path}", {**(query or {}), **language})

    def papers(self, path: str, query: Mapping[str, str] | None = None, of: str = "") -> dict[str, str]:
        """The addresses of a document in each of its formats, by their names; `of` says which, where a page has several."""
        return {
            f"{of} ({words})" if of else words: self.paper(path, {**(query or {}), **said})
            for words, said in PAPER_FORMATS.items()
        }


def where_from(
    reading: PlanReading,
    address: str,
    downloads: Mapping[str, str],
    before: Point | None = None,
    known_at: datetime | None = None,
    streams: Iterable[str] = (),
) -> WhereFrom:
    """What lets another person see the same: `before` is the first of two points, where the page compares with one.

    `streams` are those that the page tells of besides the plan's and its administration's.
    """
    versions, cursor = reading.seen(streams), reading.reader.cursor
    number = covering(cursor, versions)
    checkpoint = latest(cursor) if number is None else checkpoint_number(cursor, number)
    shown = (
        CheckpointShown(checkpoint.number, checkpoint.text.made_at, str(checkpoint.answer()["root"]))
        if checkpoint
        else None
    )
    return WhereFrom(
        address=address,
        version=reading.known.known.version,
        as_of=reading.point.as_of,
        known_at=known_at or reading.point.known_at or reading.last_recorded_at,
        checkpoint=shown,
        qr=qr_code(address),
        downloads=downloads,
        before=before,
        seen=[
            StreamSeen(
                _record_words(stream, reading),
                version,
                version if number is not None else _covered(cursor, checkpoint, stream),
            )
            for stream, version in versions.items()
        ],
    )


OF_RECORDS = {
    "plan": "del piano",
    "administration": "del registro dell'ente",
    "review": "degli atti dell'OIV",
    "proposals": "delle proposte",
    "installation": "della biblioteca degli indicatori",
}
OF_OTHERS = {"plan": "del piano %(id)s", "administration": "del registro di %(id)s"}
"""What the version of a record is of: of the plan itself and its administration, and of any other."""


def _record_words(stream: str, reading: PlanReading) -> StreamOf:
    kind, _, id_ = stream.partition("/")
    own = stream in {reading.known.stream, reading.known.administration_stream} or kind not in OF_OTHERS
    return StreamOf(OF_RECORDS[kind] if own else OF_OTHERS[kind], id_)


def _covered(cursor: Cursor, checkpoint: Checkpoint | None, stream: str) -> int:
    """How far a record is covered by a checkpoint that does not cover the whole."""
    head = head_at(cursor, checkpoint.number, stream) if checkpoint else None
    return head.size if head else 0


def qr_code(text: str) -> Markup:
    """A text as a QR code, drawn into the page; nothing of one that no code of this size can hold."""
    if len(text) > LONGEST_CODE:
        return Markup()
    import segno  # noqa: PLC0415 - no start of the service waits for it

    return Markup(segno.make(text, error="m").svg_inline(scale=2, border=1, omitsize=True))  # noqa: S704 - it draws squares
