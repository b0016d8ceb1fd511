"""Cards that depart from the library of indicators under the code that they bear themselves."""

from collections.abc import Iterator
from datetime import date

from domain.facts import indicator_key
from domain.flags.context import LocatedCase, YearOnRecord, in_plan
from domain.flags.model import Case, DepartedCard, Finding, Thresholds, quoted
from domain.italian import print_date
from domain.library.known import field_said
from domain.vocabulary import shortened

MOST_QUOTED = 160
"""How much of a formula or a name is said again."""


def departed_cards(year: YearOnRecord) -> Iterator[LocatedCase]:
    """Each card with a code that the library had by the end of the year, as far as both were known."""
    if not year.library.is_there:
        return
    day = min(year.as_of, date(year.year, 12, 31))
    state = year.history.state(day)
    for coded in year.library.beside(state, day):
        if coded.known is None:
            continue
        fields = tuple(
            (each.label, _shown(each.field, each.card), _shown(each.field, each.library)) for each in coded.departs
        )
        entries = [
            state.timelines.entry(indicator_key(coded.indicator), field, day)
            for field in ("codes", *(each.field for each in coded.departs))
        ]
        versions = sorted({entry.version for entry in entries if entry is not None})
        case = DepartedCard(year.names.indicator(coded.indicator), coded.called, coded.known.since, fields)
        id_ = f"{coded.indicator}-{coded.scheme}"
        yield LocatedCase(id_, case, in_plan(versions), coded.indicator, tuple(state.serves(coded.indicator)))


def departs_from_library(case: Case, _: Thresholds) -> Finding | None:
    """A card says otherwise than the library under its own code."""
    if not isinstance(case, DepartedCard):
        return None
    if not case.fields:
        return Finding("clear", f"la scheda è come la voce {case.code} della biblioteca")
    told = "; ".join(f"{label}: {own}, in biblioteca {library}" for label, own, library in case.fields)
    words = f"la scheda di {case.name} porta il codice {case.code} e si scosta dalla voce in vigore dal {print_date(case.since)}"
    return Finding("raised", f"{words}: {told}")


def _shown(field: str, value: str | None) -> str:
    return quoted(shortened(field_said(field, value or ""), MOST_QUOTED))
