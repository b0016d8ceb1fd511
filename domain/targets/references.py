"""What the rule of a reference asks for: whose value, of which years, and how much more or less than it.

«media degli ultimi tre anni» is the indicator's own mean of three years, «media nazionale + 5%» the nation's value of the
year and a twentieth more. What the words do not say for certain is left to who publishes the value under the same words.
"""

from decimal import Decimal
from typing import NamedTuple

from domain.italian import read_number
from domain.patterns import regex
from domain.spelling import folded

OWN, BASELINE = "own", "baseline"
MARGIN = r"(?P<sign>[+-])\s*(?P<margin>[0-9]+(?:,[0-9]+)?)\s*%"
_MARGIN = regex(rf"\s*{MARGIN}\s*$")
_SPAN = regex(r"\b(?P<first>(?:19|20)[0-9]{2})\s*[-/]\s*(?P<last>(?:19|20)[0-9]{2})\b")
_YEAR = regex(r"\b(?:19|20)[0-9]{2}\b")
_OTHERS = (
    (regex(r"\bnazional"), "nation"),
    (regex(r"\bclus"), "peer_group"),
    (regex(r"\bregional"), "region"),
)
_OF_OTHERS = regex(r"\b(?:provincial|camer[ae]|camerale|enti|sistema)\b")
_START = regex(r"\b(?:baseline|partenza|inizial[ei])\b")
_BEFORE = (
    (regex(r"\btriennio\b|\btre\s+anni\b"), 3),
    (regex(r"\bbiennio\b|\bdue\s+anni\b"), 2),
    (regex(r"\b(?:precedent[ei]|ultim[oi])\b"), 1),
)


class ReferenceRule(NamedTuple):
    """Whose value (`own`, `baseline`, `nation`, `peer_group`, `region`, or the words themselves), of which years, and the margin.

    Of several years their mean is meant; of none that of the target. `margin` is in percent of the value, `words` are those of
    the rule without it.
    """

    of: str
    years: tuple[int, ...]
    margin: Decimal | None = None
    words: str = ""

    def answered_as_called(self, year: int) -> tuple[tuple[str, int], ...]:
        """Under which names and years a published value is the very one that a target of a year asks for, the nearest first.

        Whatever its words mean, a value that is called as they call it is meant: of the year of the target, or of the last
        that they name.
        """
        return tuple(dict.fromkeys((folded(self.words), each) for each in (year, *self.years[-1:])))

    def answered_by_year(self, year: int) -> tuple[tuple[str, int], ...]:
        """Under which name a value is published of each of the years that it asks for."""
        return tuple((folded(self.of), each) for each in self.years or (year,))

    def with_margin(self, value: Decimal) -> Decimal:
        """What is asked for, of a value of theirs."""
        return value if self.margin is None else value + abs(value) * self.margin / 100


def read_reference(rule: str, year: int) -> ReferenceRule:
    """What the words of a rule ask for, of a target of a year."""
    margin = _MARGIN.search(rule)
    called = " ".join((rule[: margin.start()] if margin else rule).split())
    words = called.casefold()
    asked = None if margin is None else read_number(margin["margin"])
    signed = None if asked is None or margin is None else -asked if margin["sign"] == "-" else asked
    years = _years(words, year)
    of = next((name for form, name in _OTHERS if form.search(words)), None)
    if of is not None:
        return ReferenceRule(of, years, signed, called)
    if _START.search(words):
        return ReferenceRule(BASELINE, (), signed, called)
    if years and not _OF_OTHERS.search(words):
        return ReferenceRule(OWN, years, signed, called)
    return ReferenceRule(called, years, signed, called)


def _years(words: str, year: int) -> tuple[int, ...]:
    if span := _SPAN.search(words):
        return tuple(range(int(span["first"]), int(span["last"]) + 1))
    if named := _YEAR.findall(words):
        return tuple(map(int, named))
    before = next((count for form, count in _BEFORE if form.search(words)), 0)
    return tuple(range(year - before, year))
