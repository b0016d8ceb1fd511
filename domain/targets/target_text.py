"""The text of a target prepared for reading: spelt one way, labels set aside, places counted in that spelling."""

import re
from dataclasses import dataclass
from functools import cache
from typing import Self

from domain.italian import Unclear
from domain.patterns import regex
from domain.spelling import plain_text
from domain.targets.model import Unit
from domain.targets.quantities import past_spaces
from domain.targets.trailing_notes import note_at
from domain.targets.values_in_force import label_agrees
from domain.vocabulary import Polarity

_LABEL = regex(
    r"\s*(?:(?:target|obiettivo|(?:valore|risultato)\s+(?:atteso|target))\s*)?(?:(?:anno\s+)?(?P<year>(?:19|20)[0-9]{2}))?\s*:"
    r"|\s*(?:(?:il\s+)?(?:target|(?:valore|risultato)(?:\s+(?:atteso|target))?|indice|tempo)|n\.|n°|nr\.?|num\.?|numero)"
    r"(?=\s*[<>=≤≥]|\s+(?:non\s+)?(?:deve|dovrà|può|almeno|massimo|non|pari|superiore|inferiore|maggiore|minore)\b)"
    r"|\s*'(?=[<>=≤≥]|[0-9]+\D)"
    r"|\s*target(?=\s+[0-9]{1,3}(?:,[0-9]+)?\s?%)",
    re.IGNORECASE,
)
_LOOKS_LIKE_ANOTHER = regex("[\u0131\u0130\u017f\u212a]")
"""Signs that a comparison without case takes for `i`, `s`, `k`."""
_ACRONYM = regex(r"\s*(?P<name>(?!(?:SI|NO|NON|MAX|MIN|ENTRO|EX)\b)[A-Z]{2,8})\s*(?=[<>=≤≥])")


@cache
def _in_any_case(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


@dataclass(frozen=True)
class PreparedText:
    """What is to be read: `body` is `text` in its plain spelling, labels blanked out, and begins at `start`.

    A label with the target's own year (`2023: 90%`) is dropped, the acronym before a comparator (`ITP < -10`) is kept
    as `subject`, for the note.
    """

    text: str
    body: str
    start: int
    year: int | None
    polarity: Polarity | None
    formula_is_change: bool
    subject: str | None
    observed: bool = False

    @classmethod
    def of(
        cls, text: str, year: int | None, polarity: Polarity | None, *, formula_is_change: bool, observed: bool = False
    ) -> Self:
        """Prepare a text; `observed` for one that is no target; Unclear when its label is of another year than the target's."""
        body = plain_text(text).text
        alike = _LOOKS_LIKE_ANOTHER.search(body)
        if alike is not None:
            raise Unclear(f"«{alike[0]}» somiglia a una lettera, e non lo è", alike.start())
        label = _LABEL.match(body)
        if label is not None:
            if label["year"] is not None:
                label_agrees(label["year"], label.start("year"), year)
            body = " " * label.end() + body[label.end() :]
        acronym = _ACRONYM.match(body)
        if acronym is not None:
            body = " " * acronym.end() + body[acronym.end() :]
        return cls(
            text=text,
            body=body,
            start=past_spaces(body, 0),
            year=year,
            polarity=polarity,
            formula_is_change=formula_is_change,
            subject=acronym["name"] if acronym else None,
            observed=observed,
        )

    def match(self, pattern: str) -> re.Match[str] | None:
        """Match a pattern where the body begins, whatever the case."""
        return _in_any_case(pattern).match(self.body, self.start)

    def note_from(
        self,
        position: int,
        *,
        unit: Unit | None = None,
        counts: bool = False,
        before: str = "",
        no_value: bool = False,
    ) -> str | None:
        """The note that stands from a place to the end, after the subject and what else is known already.

        `no_value`: what precedes it is no value, which a note could change.
        """
        rest = note_at(
            self.body, position, self.year, unit=unit, counts=counts, no_value=no_value, observed=self.observed
        )
        return " ".join(filter(None, (self.subject, before, rest))) or None
