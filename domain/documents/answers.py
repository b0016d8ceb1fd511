"""How people say an answer to a question: by its Italian word, its code, or the words that stand for it; yes and no.

The codes are what programs send, and stay.
"""

from collections.abc import Sequence
from hashlib import sha256
from typing import NamedTuple

from domain.errors import Problem
from domain.spelling import as_seen, nearest_word
from domain.vocabulary import Frozen

NEW = "new"
"""The answer that something is none of what is there."""
LEFT_OUT = "ignored"
"""The answer that something of a file is no part of the plan."""
_WORDS = {
    NEW: "nuovo",
    LEFT_OUT: "fuori",
    "file": "file",
    "plan": "piano",
    "withdraw": "nessuno",
    "withdraw_row": "ritira",
    "as_written": "testo",
    "all": "tutti",
    "record": "registra",
    "restate": "rettifica",
    "keep": "lascia",
    "office": "ufficio",
    "empty": "vuoto",
}
"""The word of each answer that is no name: what people write in a cell, or say on the command line."""
_YES, _NO = frozenset({"sì", "si", "s", "sí"}), frozenset({"no", "n"})


class Option(Frozen):
    """One of the answers to a question."""

    answer: str
    words: str
    score: float | None = None

    @property
    def word(self) -> str:
        """What people write to give it."""
        return _WORDS.get(self.answer, self.answer)


class GivenAnswer(NamedTuple):
    """An answer that a file brings: its cell, the question, what marks the question as it was asked, what was written."""

    where: str
    question: str
    mark: str
    text: str


def answer_meant(options: Sequence[Option], text: str) -> str | None:
    """The code of the option that a text means; None for none, or for more than one."""
    if any(option.answer == text for option in options):
        return text
    said = _key(text)
    for spellings in (_codes_and_words, _quoted):
        meant = {option.answer for option in options if said in spellings(option)}
        if len(meant) == 1:
            return meant.pop()
    asked = [option.answer for option in options if option.answer != NEW]
    if said in _YES and len(asked) == 1:
        return asked[0]
    return NEW if said in _NO and len(asked) == 1 and len(options) == 2 else None


def mark_of(id_: str, words: str, options: Sequence[Option]) -> str:
    """What is the same as long as a question asks the same of the same: it goes with its answer."""
    asked = "\n".join([id_, words, *(f"{option.answer}={option.words}" for option in options)])
    return sha256(asked.encode()).hexdigest()[:12]


def answer_words(options: Sequence[Option]) -> dict[str, str]:
    """What people write to give each answer, with what it says: yes or no, where one thing is asked."""
    asked = [option for option in options if option.answer != NEW]
    if len(asked) == 1 and len(options) == 2:
        return {"sì" if option in asked else "no": option.words for option in options}
    return {option.word: option.words for option in options}


def answers_offered(options: Sequence[Option]) -> str:
    """The words of the answers, each with what it says."""
    return "; ".join(word if word == words else f"{word}: {words}" for word, words in answer_words(options).items())


def no_answer(where: str, text: str, options: Sequence[Option]) -> Problem:
    """That a text is none of the answers."""
    words = {_key(word): word for word in answer_words(options)}
    near = nearest_word(_key(text), words, 0.6)
    perhaps = f"; forse {words[near]}" if near else ""
    found = f"{text[:80]!r} non è fra le risposte"
    return Problem(where=where, found=found, accepted=", ".join(words.values()) + perhaps)


def _codes_and_words(option: Option) -> set[str]:
    return {_key(option.answer), _key(option.word), _key(option.words)}


def _quoted(option: Option) -> set[str]:
    """What the words of an option name between quotes: the value that would hold."""
    parts = option.words.split("'")
    return {_key(part) for part in parts[1::2]}


def _key(text: str) -> str:
    return as_seen(text).casefold().strip(" .")
