"""Cuts the text of a cell that holds more than one value: two dates are two targets of the year, both to be met."""

from functools import lru_cache

from domain.patterns import regex
from domain.targets.kinds_of_notes import UNKNOWN_NOTE
from domain.targets.model import Deadline, Unread
from domain.targets.reader import read_target
from domain.targets.revisions import REVISED, WITHDRAWN

_BETWEEN = regex(r"\s*[;/|\n]\s*|\s+")


def target_texts(text: str, year: int) -> list[str]:
    """The texts of the targets that a cell holds: two where it reads as two, otherwise the text as it is."""
    parts, two_targets = parts_of(text, year)
    return parts if two_targets else [text]


@lru_cache(maxsize=20_000)
def parts_of(text: str, year: int) -> tuple[list[str], bool]:
    """The values that stand beside one another in a text, where each reads for certain and the whole does not.

    Whether the whole reads as two targets, then, which the two parts are.
    """
    read = read_target(text, year)
    if len(read) == 1 and not isinstance(read[0], Unread):
        return [], False
    for count in (2, 3):
        for parts in _cuts(text, count):
            readings = [read_target(part, year) for part in parts]
            alone = [targets[0] for targets in readings if len(targets) == 1 and not isinstance(targets[0], Unread)]
            if len(alone) == count and len({target.form for target in alone}) == 1:
                if len(read) == count and not all(isinstance(target, Deadline) for target in alone):
                    continue
                return parts, len(read) == count == 2
    return [], False


@lru_cache(maxsize=20_000)
def doubted_values(text: str, year: int) -> tuple[str, ...]:
    """The values of a cell that says it was changed, or is no longer asked for: the one that it begins with, the one it became.

    The one that it begins with, where it is not known what the note beside it says. None where the cell says none of these,
    or begins with no value that reads for certain.
    """
    read = read_target(text, year)
    if not isinstance(read[0], Unread) or read[0].reason not in {REVISED, WITHDRAWN, UNKNOWN_NOTE}:
        return ()
    words = _IN_WORDS.findall(text)
    first, rest = _first_value(words, year)
    if first is None:
        return ()
    form = read_target(first, year)[0].form
    for begin in range(len(rest) - 1, -1, -1):
        value = " ".join(rest[begin:]).strip(_AROUND)
        became = read_target(value, year)
        if len(became) == 1 and became[0].form == form:
            return (first, _with_its_sign(rest, begin, year)) if read[0].reason == REVISED else (first,)
    return (first,)


def _with_its_sign(words: list[str], begin: int, year: int) -> str:
    """The value that some words end with, and before it the words that say how it compares: `<=`, `almeno`, `non oltre`."""
    value = " ".join(words[begin:]).strip(_AROUND)
    bare = read_target(value, year)[0]
    for start in range(max(0, begin - _LONGEST_SIGN), begin):
        longer = " ".join(words[start:]).strip(_AROUND)
        read = read_target(longer, year)
        if len(read) == 1 and (read[0].form, getattr(read[0], "value", None)) == (
            bare.form,
            getattr(bare, "value", None),
        ):
            return longer
    return value


_AROUND = " :,;."
_LONGEST_SIGN = 3
"""How many words may say how a value compares."""


def says_withdrawn(text: str, year: int) -> bool:
    """Whether a cell says that its target is no longer asked for."""
    return _is_unread_because(text, year, WITHDRAWN)


def has_unknown_note(text: str, year: int) -> bool:
    """Whether beside the value of a cell stands a note of which it is not known what it says."""
    return _is_unread_because(text, year, UNKNOWN_NOTE)


def _is_unread_because(text: str, year: int, reason: str) -> bool:
    read = read_target(text, year)[0]
    return isinstance(read, Unread) and read.reason == reason


_BRACKETS = frozenset("()[]")
_IN_WORDS = regex(r"[^\s()\[\]]+|[()\[\]]")


def _first_value(words: list[str], year: int) -> tuple[str | None, list[str]]:
    """The value that a text begins with, up to the bracket or the word after which it no longer reads; and what follows."""
    bracket = next((index for index, word in enumerate(words) if word in _BRACKETS), len(words))
    for end in (bracket, *range(len(words) - 1, 0, -1)):
        value = " ".join(word for word in words[:end] if word not in _BRACKETS).strip(" ,;-:")
        read = read_target(value, year)
        if value and len(read) == 1 and not isinstance(read[0], Unread):
            return value, [word for word in words[end:] if word not in _BRACKETS]
    return None, []


def _cuts(text: str, count: int) -> list[list[str]]:
    separators = [
        (match.start(), match.end())
        for match in _BETWEEN.finditer(text)
        if match.start() > 0 and match.end() < len(text)
    ]
    if len(separators) > 12:
        return []
    if count == 2:
        return [[text[:start], text[end:]] for start, end in separators]
    return [
        [text[: first[0]], text[first[1] : second[0]], text[second[1] :]]
        for index, first in enumerate(separators)
        for second in separators[index + 1 :]
    ]
