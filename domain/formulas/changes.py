"""Whether a tree measures a change: how much a quantity differs from itself some years earlier."""

from collections.abc import Mapping

from domain.formulas.model import MAX_YEARS_BACK, Binary, Expression, Number, Percent, Term, keys_of, years_earlier
from domain.patterns import regex

_CALENDAR_YEAR = regex(r"\b(?:19|20)\d\d\b")


def is_change(expression: Expression, phrases: Mapping[str, str]) -> bool:
    """`(x - t(x, -1)) / t(x, -1) * 100`, `x - t(x, -1)`, `x / t(x, -1) - 1`; a ratio of two years alone is an index."""
    match expression:
        case Percent(operand=inner) | Binary(operator="*", left=inner, right=Number()):
            return is_change(inner, phrases)
        case Binary(operator="/", left=Binary(operator="-", left=now, right=before), right=base):
            return base == before and _is_earlier(before, now, phrases)
        case Binary(operator="-", left=Binary(operator="/", left=now, right=before), right=Number()):
            return _is_earlier(before, now, phrases)
        case Binary(operator="-", left=now, right=before):
            return _is_earlier(before, now, phrases)
        case _:
            return False


def _is_earlier(before: Expression, now: Expression, phrases: Mapping[str, str]) -> bool:
    """Whether the first is the second some years earlier, said as `(t-1)` or by the calendar."""
    if isinstance(before, Term) and isinstance(now, Term) and before.id != now.id:
        first, second = (phrases.get(term.id, "") for term in (before, now))
        alike = _CALENDAR_YEAR.sub("", first).split() == _CALENDAR_YEAR.sub("", second).split()
        return alike and min(_CALENDAR_YEAR.findall(first), default="9") < min(
            _CALENDAR_YEAR.findall(second), default="0"
        )
    farthest = max((key.years_back for key in keys_of(now)), default=MAX_YEARS_BACK)
    return any(years_earlier(now, years) == before for years in range(1, MAX_YEARS_BACK - farthest + 1))
