"""Prepositions and the articles after them, as Italian writes them: *di il target* is *del target*."""

import re
from collections.abc import Iterator
from itertools import product
from typing import NamedTuple

from domain.patterns import regex

_STEMS = {"di": "de", "a": "a", "da": "da", "in": "ne", "su": "su"}
_ENDINGS = {"il": "l", "lo": "llo", "la": "lla", "l'": "ll'", "i": "i", "gli": "gli", "le": "lle"}
_ARTICULATED = {
    _STEMS[preposition] + ending: (preposition, article)
    for preposition, (article, ending) in product(_STEMS, _ENDINGS.items())
}
"""Each preposition that holds an article, with the two that it is made of."""
_JOINED = {apart: joined for joined, apart in _ARTICULATED.items()}
_APART = regex(
    rf"(?P<quoted>«[^«»]*»)|(?<![\w'])(?P<preposition>{'|'.join(_STEMS)}) (?P<article>l'|(?:il|lo|la|i|gli|le)(?![\w']))",
    re.IGNORECASE,
)
_TOGETHER = regex(rf"(?<![\w'])(?:{'|'.join(sorted(_ARTICULATED, key=len, reverse=True))})(?:(?<=')|(?![\w']))")


def with_articles_joined(sentence: str) -> str:
    """A sentence in which each preposition before an article is one word with it; what is in «» stays as it is."""

    def joined(place: re.Match[str]) -> str:
        if place["quoted"]:
            return place[0]
        word = _JOINED[place["preposition"].lower(), place["article"].lower()]
        return word.capitalize() if place["preposition"][0].isupper() else word

    return _APART.sub(joined, sentence)


class TakenApart(NamedTuple):
    """A sentence with one preposition beside its article, and the article with the word after it."""

    sentence: str
    noun: str


def articles_taken_apart(sentence: str) -> Iterator[TakenApart]:
    """The sentence with each preposition that holds an article taken apart in turn: *del target* as *di il target*."""
    for place in _TOGETHER.finditer(sentence):
        preposition, article = _ARTICULATED[place[0]]
        rest = f"{article}{sentence[place.end() :]}"
        noun = " ".join(rest.split(" ", 2)[: 1 if article.endswith("'") else 2])
        yield TakenApart(f"{sentence[: place.start()]}{preposition} {rest}", noun)
