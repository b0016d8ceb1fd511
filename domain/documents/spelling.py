"""Whether two texts say the same words: what nobody sees, or what changes no word, is no change of a plan."""

import re
import unicodedata
from functools import lru_cache

from domain.italian import tidy

_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_AROUND_SIGNS = re.compile(r"\s*([-+*/×÷=:()\[\]{}%,;])\s*")
WORDS = frozenset({"title", "name", "formula", "unit", "source", "kind", "frequency", "owner", "baseline"})
"""The fields of which the words count, and not how they are spelled."""


def says_the_same(first: object, second: object, field: str) -> bool:
    """Whether two values of a field say the same, spaces, invisible signs, quotes and case aside; of a formula, spaces at signs too."""
    if field not in WORDS or not isinstance(first, str) or not isinstance(second, str):
        return False
    spell = _spelled_formula if field == "formula" else spelled
    return spell(first) == spell(second)


@lru_cache(maxsize=20_000)
def spelled(text: str) -> str:
    """A text as far as its words go."""
    return " ".join(tidy(_UNSEEN.sub("", unicodedata.normalize("NFC", text))).split()).casefold()


@lru_cache(maxsize=20_000)
def _spelled_formula(text: str) -> str:
    return _AROUND_SIGNS.sub(r"\1", spelled(text))
