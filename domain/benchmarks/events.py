"""The events of what others publish of a series: the value of the nation, of the cluster, of whoever else it is called.

They are no measurements of the administration's own, and no changes of a plan: no act, no kind. They take effect on the
day on which the value was published.
"""

from decimal import Decimal
from typing import Annotated

from pydantic import BeforeValidator, Field

from domain.event import Event, Occurrence
from domain.facts import Fact, benchmark_field, benchmark_key
from domain.names import Names
from domain.periods import Period, period_said
from domain.spelling import folded
from domain.targets.model import Exact
from domain.targets.printer import print_in_unit
from domain.targets.references import OWN
from domain.vocabulary import Identifier, IsoDate, Line

NATION, CLUSTER, REGION = "nation", "peer_group", "region"
BENCHMARK_NAMES = {
    NATION: "media nazionale",
    CLUSTER: "media del cluster",
    REGION: "media regionale",
    OWN: "valore dell'ente",
}
"""Those of whom a value is usually published, and the body's own of a year that its series lacks; any other is called as the
office calls it."""
_MEANT = {
    **{folded(words): code for code, words in BENCHMARK_NAMES.items()},
    **dict.fromkeys(("nazione", "nazionale", "italia", "dato medio nazionale", "valore medio nazionale"), NATION),
    **dict.fromkeys(("cluster", "media cluster", "valore medio del cluster", "cluster dimensionale"), CLUSTER),
    **dict.fromkeys(("regione", "regionale"), REGION),
    **dict.fromkeys(("ente", "proprio", "valore proprio"), OWN),
}


def benchmark_of(written: object) -> object:
    """Of whom a value is, as it is stored: a name of ours, or the words themselves."""
    if not isinstance(written, str):
        return written
    plain = " ".join(written.split())
    return plain if plain in BENCHMARK_NAMES else _MEANT.get(folded(plain), plain)


BenchmarkOf = Annotated[str, Field(min_length=1, max_length=120), BeforeValidator(benchmark_of)]


class BenchmarkEvent(Occurrence):
    """What an event of the value of others has in common with the others."""

    series: Identifier
    whose: BenchmarkOf
    period: Period
    value: Exact
    unit: Line | None = None
    published_on: IsoDate
    source: Line

    def facts(self) -> list[Fact]:
        told = {"value", "unit", "published_on", "source"}
        body = self.model_dump(mode="json", include=told, exclude_none=True)
        return [Fact(benchmark_key(self.series), benchmark_field(self.whose, self.period), body)]

    @property
    def figure(self) -> str:
        """The value with its unit, as people read it."""
        return print_in_unit(self.value, self.unit)

    @property
    def called(self) -> str:
        """Whose value it is, in words."""
        return BENCHMARK_NAMES.get(self.whose, self.whose)


class BenchmarkPublished(BenchmarkEvent):
    """A value of others was published, for a period of a series."""

    topic = "benchmark-published"

    def sentence(self, names: Names) -> str:
        series, period = names.series(self.series), period_said(self.period)
        return f"Pubblicato il confronto di {series} ({period}), {self.called}: {self.figure}"


class BenchmarkRestated(BenchmarkEvent):
    """A published value of others was put right; `before` is kept as evidence, and the old event stays."""

    topic = "benchmark-restated"

    before: Decimal

    def sentence(self, names: Names) -> str:
        series, period = names.series(self.series), period_said(self.period)
        before = print_in_unit(self.before, None)
        return f"Rettificato il confronto di {series} ({period}), {self.called}: da {before} a {self.figure}"


EVENTS: tuple[type[Event], ...] = (BenchmarkPublished, BenchmarkRestated)
