"""Sentences of rules as people read them: what they call by its id is called by its title."""

import re

from domain.facts import indicator_key, objective_key, series_key
from domain.names import Names
from domain.patterns import regex

_NAMED = regex(
    r"«[^«»]*»|(?P<quote>['\"]?)(?<![\w«/.-])(?P<kind>indicator/|objective/)?(?P<id>[a-z0-9][a-z0-9._-]*[a-z0-9])(?![\w/-])(?P=quote)"
)
_LIKE_AN_ID = regex("[-.]")
"""What an id has, and a word of a sentence has not: a word may well be the id of something."""


def with_titles(sentence: str, names: Names, *own: str) -> str:
    """A sentence with the titles, in quotes, of the objectives and indicators that it calls by their ids.

    `own` are ids that may look like words: those of what the sentence is about.
    """

    def titled(place: re.Match[str]) -> str:
        id_ = place["id"]
        if id_ is None or not (id_ in own or place["kind"] or _LIKE_AN_ID.search(id_)):
            return place[0]
        keys = (indicator_key(id_), objective_key(id_), series_key(id_))
        wanted = [f"{place['kind']}{id_}"] if place["kind"] else keys
        return next((names.called(key) for key in wanted if names.by_key.get(key)), place[0])

    return _NAMED.sub(titled, sentence)
