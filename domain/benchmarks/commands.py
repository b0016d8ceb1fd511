"""The command that records what others published."""

from typing import Annotated

from pydantic import Field

from domain.benchmarks.events import BenchmarkOf
from domain.periods import Period
from domain.point import WrittenDay
from domain.vocabulary import NO_PEOPLE, Frozen, Line


class PublishBenchmark(Frozen):
    """Record the value of others for a period of a series, with its source; one that is there already is restated."""

    indicator: Annotated[Line, Field(min_length=1)] = Field(
        title="indicatore",
        description="L'id, il codice o il nome dell'indicatore.",
        examples=["incasso-diritto-annuale"],
    )
    whose: BenchmarkOf = Field(
        title="di chi",
        description="Media nazionale, media del cluster, media regionale, o come la chiama il target.",
        examples=["nation"],
    )
    period: Period = Field(title="periodo", description="L'anno, o la parte dell'anno, del valore.", examples=["2022"])
    text: Annotated[Line, Field(min_length=1)] = Field(
        title="valore", description="Il valore, con la sua unità, come è pubblicato.", examples=["67,46%"]
    )
    published_on: WrittenDay = Field(
        title="pubblicato il", description="Quando è stato pubblicato.", examples=["2023-04-30"]
    )
    source: Annotated[Line, Field(min_length=1)] = Field(
        title="fonte",
        description=f"Dove è pubblicato. {NO_PEOPLE}",
        examples=["osservatorio camerale, bilanci 2022"],
    )
    note: Line | None = Field(None, title="nota", description=f"Una nota. {NO_PEOPLE}")
