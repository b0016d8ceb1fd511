"""What adds up over a year, and what does not: a count or an amount grows day by day, a share, a mean or a span of time is what it is.

The card says it: its unit, its formula, else its name. Where it says nothing, a number without a unit that is to be reached
counts something; of a ceiling, a range or an exact number nobody knows.
"""

from typing import Literal

from domain.formulas.model import Binary, Mean, Percent, Proposal
from domain.measurements.values import Observed
from domain.patterns import regex
from domain.targets.model import Comparator
from domain.targets.quantities import unit_at
from domain.vocabulary import JsonValue

Additivity = Literal["sum", "rate"]
"""What an indicator measures: what adds up over the year, or what is the same kind of figure on each day of it."""

_AMOUNTS = frozenset({None, "EUR"})
_COUNTS = regex(r"(?:n(?:[.°ºo]|ro|um)?\.?|nr\.?|numero|conteggio|conta|quantità|unità)(?:\s+(?:di\s+)?\w+)?")
_COUNTED = regex(r"(?:\#|n[.°º]|nr\b|num\b|numero\b|conteggio\b|totale\b|somma\b|quantità\b)")
_MEAN = regex(r"\bmedi[aoe]\b(?!\s+impres)")
_RATES = regex(
    r"\b(?:temp[oi]|durat[ae]|tass[oi]|percentual[ei]|rapport[oi]|indic[ei]|grado|livell[oi]|incidenza|quota|tempestività)\b|%"
)


def nature_of(unit: JsonValue, formula: JsonValue, name: JsonValue, proposal: Proposal) -> Additivity | None:
    """What the card of an indicator says of it; None where it says nothing for certain."""
    printed, written = _plain(unit), _plain(formula) or _plain(name)
    known = unit_at(printed, 0)[0] if printed else None
    if known not in _AMOUNTS or proposal.unit == "%" or proposal.meta is not None:
        return "rate"
    if isinstance(proposal.expression, Mean | Percent) or _divides(proposal) or _MEAN.search(written):
        return "rate"
    if _COUNTED.match(written):
        return "sum"
    if _RATES.search(written):
        return "rate"
    if "/" in written:
        return None  # whether it divides is not certain
    return "sum" if known == "EUR" or _COUNTS.fullmatch(printed) else None


def adds_up(
    unit: str | None, comparator: Comparator | None, nature: Additivity | None, observed: Observed | None = None
) -> bool:
    """Whether what a target asks for adds up over the year: by its unit, or that of the value, and by what the card says."""
    said = unit or getattr(observed, "unit", None)
    if said not in _AMOUNTS or nature == "rate" or getattr(observed, "numerator", None) is not None:
        return False
    return said == "EUR" or nature == "sum" or comparator in {None, ">=", ">"}


def _plain(value: JsonValue) -> str:
    return " ".join(str(value or "").casefold().split())


def _divides(proposal: Proposal) -> bool:
    return isinstance(proposal.expression, Binary) and proposal.expression.operator == "/"
