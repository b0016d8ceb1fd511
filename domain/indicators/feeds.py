"""Which scores the row of an indicator counts in: the tree of the objectives, the productivity, others that the plan names.

It is stored as one text: `objective`, `individual`, `both` (these two), or several names parted by a semicolon.
"""

from collections.abc import Iterable
from typing import Annotated

from pydantic import BeforeValidator, Field

from domain.spelling import folded, nearest_word

TREE, PRODUCTIVITY, BOTH, EVERY = "objective", "individual", "both", "all"
SCORE_NAMES = {TREE: "albero", PRODUCTIVITY: "produttività"}
"""The scores that have a name of ours; any other is called as the plan calls it."""
_MEANT = {
    **{folded(word): code for code, word in SCORE_NAMES.items()},
    **{code: code for code in SCORE_NAMES},
    **dict.fromkeys(("obiettivo", "obiettivi", "albero degli obiettivi"), TREE),
}
_BOTH = {BOTH, "entrambi", "tutti e due"}
_NOT_A_NAME = {EVERY, "tutto", "tutti"}
_ALMOST = 0.83
"""How alike, from 0 to 1, a name is to one of ours of which it is then a slip of the pen: `alberi` is the tree, not a score."""
MOST_NAMES = 8


def fed_scores(stored: object) -> frozenset[str]:
    """The names of the scores that a stored text says; of what says nothing, the tree and the productivity."""
    names = [part.strip() for part in str(stored or BOTH).split(";") if part.strip()]
    return frozenset(name for part in names for name in ((TREE, PRODUCTIVITY) if part == BOTH else (part,)))


def alike_score(name: str, others: Iterable[str]) -> str | None:
    """The score of which a name is another spelling, or nearly so; None where it is one of them, or like none."""
    own = {folded(other): other for other in others}
    if name in own.values():
        return None
    near = nearest_word(folded(name), [*own], _ALMOST)
    return None if near is None else own[near]


def feeds_text(names: frozenset[str]) -> str:
    """The one text under which the names of some scores are stored."""
    ours = [name for name in SCORE_NAMES if name in names]
    own = sorted(names - set(ours), key=folded)
    return "; ".join([BOTH] if len(ours) == len(SCORE_NAMES) else ours) + "".join(
        f"{'; ' if ours or place else ''}{name}" for place, name in enumerate(own)
    )


def _written(value: object) -> object:
    """What somebody writes (`albero; dirigenti`), as it is stored; what is no text is left to be refused."""
    if not isinstance(value, str):
        return value
    names: set[str] = set()
    for part in filter(None, (" ".join(part.split()) for part in value.replace("+", ";").split(";"))):
        plain = folded(part)
        if plain in _NOT_A_NAME:
            msg = f"{part!r} non è il nome di un punteggio: scrivere albero, produttività, entrambi, o il nome che usa il piano"
            raise ValueError(msg)
        if plain not in _MEANT and plain not in _BOTH and (near := nearest_word(plain, [*_MEANT, *_BOTH], _ALMOST)):
            msg = f"{part!r} non è il nome di un punteggio: forse {near!r}"
            raise ValueError(msg)
        names |= {TREE, PRODUCTIVITY} if plain in _BOTH else {_MEANT.get(plain, part)}
    if not names or len(names) > MOST_NAMES:
        msg = f"{value[:80]!r} non dice quali punteggi: albero, produttività, entrambi, o il nome che usa il piano, da uno a {MOST_NAMES}"
        raise ValueError(msg)
    return feeds_text(frozenset(names))


PlaceFeeds = Annotated[str, Field(min_length=1, max_length=400), BeforeValidator(_written)]
"""Which scores a row counts in, in each place of an indicator."""


def _score_name(value: object) -> object:
    if not isinstance(value, str):
        return value
    plain = folded(value)
    return EVERY if plain in _NOT_A_NAME else _MEANT.get(plain, " ".join(value.split()))


Feeds = Annotated[str, Field(min_length=1, max_length=120), BeforeValidator(_score_name)]
"""The score whose rows are wanted, by its name; `all`: every row."""


def counts_in(stored: object, wanted: str) -> bool:
    """Whether a row counts in the score that is wanted."""
    return wanted == EVERY or wanted in fed_scores(stored)
