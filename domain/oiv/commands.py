"""The commands of the OIV, and the answers of the office."""

from typing import Annotated

from pydantic import Field, StringConstraints

from domain.oiv.events import About, Judgement, Versions
from domain.vocabulary import Frozen, Identifier, IsoDate, Line, Year

Words = Annotated[str, StringConstraints(min_length=1, max_length=20_000, strip_whitespace=True)]
Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class _Said(Frozen):
    """What every act has: its words, and its date (today, when it is not said)."""

    words: Words
    on: IsoDate | None = None


class GiveOpinion(_Said):
    """Give an opinion on a proposal, on revisions, or on the plan."""

    judgement: Judgement
    about: About = "plan"
    versions: Versions = ()
    year: Year | None = None
    opinion: Identifier | None = None


class MakeRemark(_Said):
    """Make a remark."""

    about: About = "plan"
    versions: Versions = ()
    remark: Identifier | None = None


class MakeRequest(_Said):
    """Ask the office for something."""

    about: About = "plan"
    versions: Versions = ()
    due: IsoDate | None = None
    request: Identifier | None = None


class GiveAnswer(_Said):
    """Answer a remark or a request; the office does."""

    to: Identifier
    answer: Identifier | None = None


class ValidateReport(_Said):
    """Validate the report on a year, or not."""

    year: Year
    validated: bool = True
    sha256: Digest | None = None


class AnswerFlag(_Said):
    """Answer an attention flag; the office does."""

    flag: Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]+/[A-Za-z0-9._:/-]{1,200}$")]


class DrawSample(Frozen):
    """Draw measurements of a year by lot; the seed is made when it is not said."""

    year: Year
    size: Annotated[int, Field(ge=1, le=10_000)]
    seed: Annotated[Line, Field(min_length=1, max_length=200)] | None = None
    sample: Identifier | None = None
    on: IsoDate | None = None


class LogOpened(Frozen):
    """Note in the log of diligence that something was opened."""

    what: Annotated[Line, Field(min_length=1, max_length=400)]
    as_of: IsoDate | None = None
    known: int | None = None
