"""What the OIV does about a plan, what it is answered, and the log of its diligence.

The words (of an opinion, a remark, an answer) are the note of the envelope. The acts stand in the stream `review/PLAN`,
what was opened and when in `diligence/PLAN`: reading does not change the plan.
"""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from domain.event import Event
from domain.vocabulary import Identifier, IsoDate, Line, Year

Judgement = Literal["favourable", "conditional", "contrary"]
About = Annotated[
    str, StringConstraints(pattern=r"^(plan|report|(objective|indicator|proposal)/[a-z0-9][a-z0-9._-]{0,119})$")
]
"""What an act of the OIV is about: `plan`, `report`, `objective/ID`, `indicator/ID`, `proposal/ID`."""

Versions = tuple[Annotated[int, Field(ge=1)], ...]


class OpinionGiven(Event):
    """The OIV gave its opinion on a proposal, on revisions (their versions), or on the plan."""

    topic = "opinion-given"

    opinion: Identifier
    judgement: Judgement
    about: About
    versions: Versions = ()
    year: Year | None = None


class RemarkMade(Event):
    """The OIV made a remark, on events of the plan or on one of its objects."""

    topic = "remark-made"

    remark: Identifier
    about: About
    versions: Versions = ()


class RequestMade(Event):
    """The OIV asked the office for something, by a day or without one."""

    topic = "request-made"

    request: Identifier
    about: About
    versions: Versions = ()
    due: IsoDate | None = None


class AnswerGiven(Event):
    """The office answered a remark or a request."""

    topic = "answer-given"

    answer: Identifier
    to: Identifier


class ReportValidated(Event):
    """The OIV validated the report on a year (D.Lgs. 150/2009, art. 14)."""

    topic = "report-validated"

    year: Year
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")] | None = None


class ReportNotValidated(Event):
    """The OIV did not validate the report on a year; the note says why."""

    topic = "report-not-validated"

    year: Year
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")] | None = None


class SampleDrawn(Event):
    """Measurements of a year were drawn by lot: with the seed and the population, the draw can be repeated.

    Each measurement is ranked by SHA-256(seed newline series newline period newline version); the first are drawn.
    `known` is the version of the administration's stream up to which the population was read.
    """

    topic = "sample-drawn"

    sample: Identifier
    year: Year
    seed: Line
    known: int
    population: int
    drawn: tuple[str, ...]


class FlagAnswered(Event):
    """The office answered an attention flag; its words are the note."""

    topic = "flag-answered"

    flag: Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]+/[A-Za-z0-9._:/-]{1,200}$")]
    rule: Identifier


class DocumentOpened(Event):
    """The OIV opened a page, a document or a pack: what, and at which point in the two times."""

    topic = "document-opened"

    what: Line
    as_of: IsoDate | None = None
    known: int | None = None


class PackTaken(Event):
    """An evidence pack was taken away: its digest, and the checkpoint that it stands on."""

    topic = "pack-taken"

    year: Year
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    checkpoint: int


OivEvent = (
    OpinionGiven
    | RemarkMade
    | RequestMade
    | AnswerGiven
    | ReportValidated
    | ReportNotValidated
    | SampleDrawn
    | FlagAnswered
    | DocumentOpened
    | PackTaken
)
