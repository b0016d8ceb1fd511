"""What the OIV does about a plan, what it is answered, and the log of its diligence.

The words (of an opinion, a remark, an answer) are the note of the envelope. The acts stand in the stream `review/PLAN`,
what was opened and when in `diligence/PLAN`: reading does not change the plan.
"""

from typing import Annotated, Literal

from pydantic import BeforeValidator, StringConstraints

from domain.event import Event, Occurrence
from domain.facts import Fact
from domain.flags.model import RULE_TITLES
from domain.names import Names, numbered
from domain.prepositions import with_articles_joined
from domain.vocabulary import EventVersion, Identifier, IsoDate, Line, Sha256, Year

Judgement = Literal["favourable", "conditional", "contrary"]
JUDGEMENT_WORDS: dict[Judgement, str] = {
    "favourable": "favorevole",
    "conditional": "favorevole con osservazioni",
    "contrary": "contrario",
}
SPOKEN_OF = {"piano": "plan", "relazione": "report"}
KINDS_SPOKEN_OF = {"obiettivo": "objective", "indicatore": "indicator", "proposta": "proposal"}


def _about(value: object) -> object:
    """What an act of the OIV is about, as it is recorded, where it is said in words: `piano`, `indicatore/ID`."""
    if not isinstance(value, str):
        return value
    word, sign, rest = value.strip().partition("/")
    if not sign:
        return SPOKEN_OF.get(word.casefold(), value)
    return f"{KINDS_SPOKEN_OF.get(word.strip().casefold(), word)}/{rest.strip()}"


About = Annotated[
    str,
    StringConstraints(pattern=r"^(plan|report|(objective|indicator|proposal)/[a-z0-9][a-z0-9._-]{0,119})$"),
    BeforeValidator(_about),
]
"""What an act of the OIV is about: `plan`, `report`, `objective/ID`, `indicator/ID`, `proposal/ID`."""

FlagId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]+/[A-Za-z0-9._:/-]{1,200}$")]
"""An attention flag: its rule and what it is about, `rule/object`."""

Versions = tuple[EventVersion, ...]


def about_words(about: str, versions: tuple[int, ...], names: Names) -> str:
    """What an act is about, in a sentence."""
    subject = {"plan": "il piano", "report": "la relazione"}.get(about) or names.called(about)
    if about.startswith("proposal/"):
        subject = f"la proposta {subject}"
    if not versions:
        return subject
    listed = ", ".join(map(str, versions))
    return f"{subject}, evento {listed}" if len(versions) == 1 else f"{subject}, eventi {listed}"


class ReviewAct(Occurrence):
    """An act whose one fact is all that it says."""

    def whole(self, kind: str, identifier: str) -> list[Fact]:
        """The fact of an act with an id."""
        return [Fact(f"{kind}/{identifier}", kind, self.model_dump(mode="json", exclude_none=True))]


class OpinionGiven(ReviewAct):
    """The OIV gave its opinion on a proposal, on revisions (their versions), or on the plan."""

    topic = "opinion-given"

    opinion: Identifier
    judgement: Judgement
    about: About
    versions: Versions = ()
    year: Year | None = None

    def facts(self) -> list[Fact]:
        return self.whole("opinion", self.opinion)

    def sentence(self, names: Names) -> str:
        about = about_words(self.about, self.versions, names)
        return with_articles_joined(f"Parere {JUDGEMENT_WORDS[self.judgement]} dell'OIV su {about}")


class RemarkMade(ReviewAct):
    """The OIV made a remark, on events of the plan or on one of its objects."""

    topic = "remark-made"

    remark: Identifier
    about: About
    versions: Versions = ()

    def facts(self) -> list[Fact]:
        return self.whole("remark", self.remark)

    def sentence(self, names: Names) -> str:
        about = about_words(self.about, self.versions, names)
        return with_articles_joined(f"Rilievo {numbered(self.remark)} dell'OIV su {about}")


class RequestMade(ReviewAct):
    """The OIV asked the office for something, by a day or without one."""

    topic = "request-made"

    request: Identifier
    about: About
    versions: Versions = ()
    due: IsoDate | None = None

    def facts(self) -> list[Fact]:
        return self.whole("request", self.request)

    def sentence(self, names: Names) -> str:
        due = f", entro il {self.due:%d/%m/%Y}" if self.due else ""
        about = about_words(self.about, self.versions, names)
        return with_articles_joined(f"Richiesta {numbered(self.request)} dell'OIV su {about}{due}")


class AnswerGiven(ReviewAct):
    """The office answered a remark or a request."""

    topic = "answer-given"

    answer: Identifier
    to: Identifier

    def facts(self) -> list[Fact]:
        return self.whole("answer", self.answer)

    def sentence(self, names: Names) -> str:
        name = numbered(self.to)
        kinds = {"rilievo": f"il rilievo {name}", "richiesta": f"la richiesta {name}"}
        answered = kinds.get(self.to.partition("-")[0], name)
        return with_articles_joined(f"Risposta dell'ufficio a {answered}")


class ReportValidated(Occurrence):
    """The OIV validated the report on a year (D.Lgs. 150/2009, art. 14)."""

    topic = "report-validated"

    year: Year
    sha256: Sha256 | None = None

    def facts(self) -> list[Fact]:
        return [Fact("report", f"validated/{self.year}", value=True)]

    def sentence(self, names: Names) -> str:
        return f"L'OIV ha validato la relazione {self.year}"


class ReportNotValidated(Occurrence):
    """The OIV did not validate the report on a year; the note says why."""

    topic = "report-not-validated"

    year: Year
    sha256: Sha256 | None = None

    def facts(self) -> list[Fact]:
        return [Fact("report", f"validated/{self.year}", value=False)]

    def sentence(self, names: Names) -> str:
        return f"L'OIV non ha validato la relazione {self.year}"


class SampleDrawn(ReviewAct):
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

    def facts(self) -> list[Fact]:
        return self.whole("sample", self.sample)

    def sentence(self, names: Names) -> str:
        drawn = f"{len(self.drawn)} misurazioni su {self.population}"
        return f"Estratto a sorte un campione di {drawn} del {self.year}"


class FlagAnswered(Occurrence):
    """The office answered an attention flag; its words are the note."""

    topic = "flag-answered"

    flag: FlagId
    rule: Identifier

    def facts(self) -> list[Fact]:
        return [Fact(f"flag/{self.flag}", "answer")]

    def sentence(self, names: Names) -> str:
        title = RULE_TITLES.get(self.rule, self.rule)  # a rule of another version keeps its name
        return f"Risposta dell'ufficio alla segnalazione «{title}»"


class DocumentOpened(Occurrence):
    """The OIV opened a page, a document or a pack: what, and at which point in the two times."""

    topic = "document-opened"

    what: Line
    as_of: IsoDate | None = None
    known: int | None = None

    def facts(self) -> list[Fact]:
        return []

    def sentence(self, names: Names) -> str:
        return f"L'OIV ha aperto {self.what}"


class PackTaken(Occurrence):
    """An evidence pack was taken away: its digest, and the checkpoint that it stands on."""

    topic = "pack-taken"

    year: Year
    sha256: Sha256
    checkpoint: int

    def facts(self) -> list[Fact]:
        return []

    def sentence(self, names: Names) -> str:
        return f"Prelevato il fascicolo probatorio {self.year}, checkpoint {self.checkpoint}"


EVENTS: tuple[type[Event], ...] = (
    OpinionGiven,
    RemarkMade,
    RequestMade,
    AnswerGiven,
    ReportValidated,
    ReportNotValidated,
    SampleDrawn,
    FlagAnswered,
    DocumentOpened,
    PackTaken,
)
