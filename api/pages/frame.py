"""What every page has: whose plan it is, its sections, the dates from which it is seen, where its data come from."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple
from urllib.parse import urlencode

from starlette.responses import Response

from api.language.translation import LANGUAGES, translated
from api.operations.model import Operation
from api.pages.addresses import DATES, HOME, page_address
from api.pages.templating import environment
from api.pages.time_bar import TimeBar
from api.settings import Language
from domain.access.roles import Permission
from domain.point import Point
from projections.store.envelope import write_instant

LANGUAGE = "lingua"
"""What an address says to be shown in another language; it is remembered, and handed on with no other address."""


def spoken(language: Language) -> dict[str, str]:
    """What an address says of its language where nobody's choice is remembered; of Italian, nothing."""
    return {} if language == "it" else {LANGUAGE: language}


class Visitor(NamedTuple):
    """Who looks: the name to be shown, the token of its forms, the way in, what it may do about the plan of the page.

    `may_read` says whether it may read a plan, that of the page or another, today and at a point. `notice` is what it
    has just recorded. `offices` are those to which it is confined in what it may do, None where to none. `mark` says for whom
    a form was made, where its session may end before it is sent. `people` is where it looks after accounts, where it does.
    `permits` says whether it is permitted something in the administration of the page, whatever operation that is of.
    """

    person: str
    csrf: str
    sign_in: str
    may: Callable[[Operation], bool]
    may_read: Callable[[str, Point], bool] = lambda _plan, _point: False
    notice: str = ""
    offices: Callable[[Operation], frozenset[str] | None] = lambda _operation: None
    mark: str = ""
    people: str = ""
    permits: Callable[[Permission], bool] = lambda _permission: False


class Section(NamedTuple):
    """A page of a plan that the band leads to."""

    title: str
    address: str
    current: bool


class PlanNamed(NamedTuple):
    """The plan that a page is of."""

    id: str
    title: str
    address: str


class CheckpointShown(NamedTuple):
    """The last checkpoint that covers what a page shows."""

    number: int
    made_at: datetime
    root: str


class StreamOf(NamedTuple):
    """What a record is of, in words, with the id that may stand in them."""

    words: str
    id: str


class StreamSeen(NamedTuple):
    """A record that a page tells of: what it is of, how far it was seen, and how far a checkpoint covers it."""

    of: StreamOf
    version: int
    covered: int

    @property
    def beyond(self) -> bool:
        """Whether something of it came after the checkpoint."""
        return self.version > self.covered


PRINTED_STYLE, PRINTED_ADDRESS = "/stampa.css", "/stampa.svg"
"""Where the foot of a printed sheet is made, and the code of its address."""


class WhereFrom(NamedTuple):
    """What lets another person see the same: the address with both dates, the versions of all that it tells of, a checkpoint.

    `seen` are the records that it tells of, the plan's first; `checkpoint` the first that covers them all, else the last
    one, which does not. `before` is the first of the two points of a comparison.
    """

    address: str
    version: int
    as_of: date
    known_at: datetime
    checkpoint: CheckpointShown | None
    qr: str
    downloads: Mapping[str, str]
    before: Point | None = None
    seen: Sequence[StreamSeen] = ()

    @property
    def beyond(self) -> list[StreamSeen]:
        """Of what it tells, what no checkpoint covers yet."""
        return [stream for stream in self.seen if stream.beyond]

    def print_style(self, language: Language) -> str:
        """The address of the style sheet of the foot of each printed sheet, in a language."""
        says = {
            "indirizzo": self.address,
            "as_of": self.as_of.isoformat(),
            "known_at": write_instant(self.known_at),
            "versione": "-".join(str(stream.version) for stream in self.seen) or str(self.version),
            "checkpoint": str(self.checkpoint.number if self.checkpoint else 0),
            "radice": self.checkpoint.root if self.checkpoint else "",
            "oltre": "si" if self.beyond else "",
            **spoken(language),
        }
        return f"{PRINTED_STYLE}?{urlencode(says)}"


class Alternate(NamedTuple):
    """The same in another form, which a program finds by the head of a page."""

    media_type: str
    title: str
    address: str


class Frame(NamedTuple):
    """What stands around the content of a page; `kept` are the parts of the address that a search keeps."""

    body: str
    languages: Mapping[Language, str]
    visitor: Visitor
    plan: PlanNamed | None = None
    sections: Sequence[Section] = ()
    time: TimeBar | None = None
    evidence: WhereFrom | None = None
    kept: Mapping[str, str] = {}
    searched: str = ""
    alternates: Sequence[Alternate] = ()

    @property
    def home(self) -> str:
        """The list of plans, on the dates from which the page is seen."""
        return page_address(HOME, {name: self.kept.get(name, "") for name in DATES})


def languages_at(address: str) -> dict[Language, str]:
    """The address of a page in each language."""
    joint = "&" if "?" in address else "?"
    return {language: f"{address}{joint}{LANGUAGE}={language}" for language in LANGUAGES}


def bare_frame(address: str | None, person: str = "", people: str = "") -> Frame:
    """The frame of a page that is of no plan, of whoever comes in; without an address, it is in one language."""
    visitor = Visitor(person, csrf="", sign_in="", may=lambda _: False, people=people)
    return Frame("", {} if address is None else languages_at(address), visitor)


def render(
    template: str,
    title: str,
    frame: Frame,
    language: Language = "it",
    *,
    status: int = 200,
    scripts: Sequence[str] = (),
    private: bool = False,
    verbatim: bool = False,
    **values: object,
) -> Response:
    """A page from its template; it takes nothing from elsewhere.

    The title is shown in the language, but `verbatim` where it is what an office wrote. `scripts` are names of static
    files; a `private` page, of a person or with a secret, is kept nowhere.
    """
    shown = title if verbatim else translated(title, language)
    is_kept = not (private or frame.visitor.notice)
    made = environment(language).get_template(template)
    html = made.render({"problems": (), **values}, title=shown, frame=frame, scripts=scripts)
    headers = {"Cache-Control": "no-cache" if is_kept else "no-store"}
    return Response(html, status_code=status, media_type="text/html; charset=utf-8", headers=headers)
