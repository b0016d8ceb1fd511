"""How a text is spelt, whatever its bytes: one spelling for what looks the same, without what nobody can see.

Accents are composed (NFC), zero-width signs, soft hyphens and marks of left-to-right text are left out. What turns the
order of the signs on screen (U+202E) stays: such a text does not say what it shows.
"""

import re
import unicodedata
from collections.abc import Collection
from difflib import get_close_matches
from typing import NamedTuple

from domain.patterns import regex

_SPACES = "\t\n\r\v\f\x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))
_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63"
_QUOTES = "\u2018\u2019\u02bc\u00b4`"
_ALIKE = (
    dict.fromkeys(map(ord, _SPACES), " ")
    | dict.fromkeys(map(ord, _DASHES), "-")
    | dict.fromkeys(map(ord, _QUOTES), "'")
    | {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
    | {ord("≧"): "≥", ord("⩾"): "≥", ord("≦"): "≤", ord("⩽"): "≤", ord("º"): "°", ord("﹪"): "%"}
)
_INVISIBLE = frozenset(
    "\xad\u200b\u200c\u200d\u200e\u200f\u202a\u202c\u2060\u2061\u2062\u2063\u2064\u2066\u2068\u2069\ufeff"
)


class PlainText(NamedTuple):
    """A text in its one spelling; `places` has, for each of its signs and for its end, the place in the text as written."""

    text: str
    places: tuple[int, ...]


def tidy(text: str) -> str:
    """Spell spaces, dashes, apostrophes and full-width signs one way, character by character: places stay the same."""
    return text.translate(_ALIKE)


def plain_text(text: str) -> PlainText:
    """Spell a text one way: composed, without what is invisible, spaces and dashes tidied."""
    if text.isascii():
        return PlainText(tidy(text), tuple(range(len(text) + 1)))
    signs: list[str] = []
    places: list[int] = []
    for place, sign in enumerate(text):
        if sign in _INVISIBLE:
            continue
        if unicodedata.combining(sign) and signs:
            # Composed with the sign before it, whose place it takes; what does not compose stays as it is.
            composed = unicodedata.normalize("NFC", signs[-1] + sign)
            signs[-1:] = composed
            places += [places[-1]] * (len(composed) - 1)
        else:
            signs.append(sign)
            places.append(place)
    return PlainText(tidy("".join(signs)), (*places, len(text)))


def as_seen(text: str) -> str:
    """What a reader sees of a text: spelt one way, with single spaces for spaces and line breaks, none at its ends."""
    return " ".join(plain_text(text).text.split())


_AROUND_SIGNS = regex(r"\s*([^\w\s])\s*")


def as_seen_in(field: str, value: object) -> object:
    """A value of a field as far as it counts as another: a text as it is seen, nothing for an empty one.

    The case of a unit and the spaces around the signs of a formula say nothing.
    """
    match value:
        case str():
            text = as_seen(value)
            if field == "unit":
                text = text.casefold()
            elif field == "formula":
                text = _AROUND_SIGNS.sub(r"\1", text)
            return text or None
        case dict():
            return {as_seen_in("", key): as_seen_in("", item) for key, item in value.items()} or None
        case list() | tuple():
            return [as_seen_in("", item) for item in value] or None
        case _:
            return value


def folded(text: str | None) -> str:
    """A name without what does not tell things apart: case, accents, signs, spaces."""
    letters = unicodedata.normalize("NFKD", (text or "").casefold())
    return " ".join(re.findall(r"[a-z0-9]+", "".join(c for c in letters if not unicodedata.combining(c))))


AS_GOOD_AS_SAID = 0.85
"""How alike, from 0 to 1, what is left of a text is to a word that its beginning turns round."""
_TURNING = regex(r"^(?:non|not|no|in|im|il|ir|un|dis|s|a|anti)\s*(?=\w{4})")


def nearest_word(text: str, words: Collection[str], alike: float) -> str | None:
    """The word that a text nearly says, both folded; None where none is near, or where it says the contrary of one.

    `unfavourable` is as near to `favourable` as two words can be, and means the other end of the list.
    """
    near = get_close_matches(text, words, 1, alike)
    turned = _TURNING.sub("", text)
    if not near or (turned != text and _TURNING.sub("", near[0]) == near[0] and _nearly(turned, words)):
        return None
    return near[0]


def _nearly(text: str, words: Collection[str]) -> bool:
    return bool(get_close_matches(text, words, 1, AS_GOOD_AS_SAID))
