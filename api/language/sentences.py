"""The sentences that rules put together, in another language than the Italian in which they say them.

A rule says what it saw in one sentence, with names and figures in it, and whoever keeps the answer keeps the sentence. The
catalogue holds each with numbered places where those stood: what is shown is recognised by the words between the places.
"""

import re
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from itertools import islice
from typing import NamedTuple

from api.language.translation import DOMAIN, TRANSLATIONS, translated
from api.settings import Language
from domain.patterns import regex
from domain.prepositions import articles_taken_apart

SENTENCES = "sentences"
PLACES = regex(r"((?:\{\d+\})+)")
"""Places with nothing between them are one: where one value ends and the next begins nobody can tell."""
QUOTED = regex(r"«[^«»{}]*»|\"[^\"{}]*\"")
"""What a sentence quotes: the words of an office, or an example of what is accepted."""
JOINT = regex(r"(?=[.,;:·] )|(?<=[.,;:·])(?= )|(?= [(·])")
"""Where one sentence may end and what was added to it begin: before a sign, after it, or before a bracket."""
HIDDEN = "\N{UNIT SEPARATOR}"
"""A sign that no text of ours has: with a number, it stands for what is quoted while a sentence is read."""
HIDDEN_QUOTE = regex(f'[«"]{HIDDEN}(\\d+){HIDDEN}[»"]')
_PERCENTAGE = regex(r"-?\d{1,3}(\.\d{3})*(,\d+)? %")
"""As rules spell one; an office writes no blank before the sign, or its own text is quoted."""
_SIGNS_OF_NUMBERS = str.maketrans(".,", ",.")
LONGEST = 2000
"""The longest text that is looked at, in characters: no rule says more in one sentence."""
READINGS_AT_MOST = 400
"""How many parts of a text are looked at: a sentence has few, a text that somebody made up may have very many."""
TAKEN_APART_AT_MOST = 4


def text_in(text: str, language: Language) -> str:
    """A text of ours, whichever catalogue has it: as a text of the interface, or as a sentence of a rule."""
    words = translated(text, language)
    return words if words != text else sentence_in(text, language)


@lru_cache(maxsize=4096)
def sentence_in(text: str, language: Language) -> str:
    """A sentence of a rule in a language; what the catalogue does not recognise stays as the rule says it."""
    if language == "it" or not text or len(text) > LONGEST or HIDDEN in text:
        return text
    return _catalogue(language).sentence(text)


class Message(NamedTuple):
    """A sentence as the catalogue has it, `{0}`, `{1}` where something stands in it, with its translation."""

    text: str
    translation: str


def messages_of(language: Language, domain: str = SENTENCES) -> Iterator[Message]:
    """What a catalogue of a language translates: the sentences, or the texts of the interface."""
    from babel.messages.mofile import read_mo  # noqa: PLC0415 - no start of the service waits for it

    with (TRANSLATIONS / language / "LC_MESSAGES" / f"{domain}.mo").open("rb") as compiled:
        for message in read_mo(compiled):
            if message.id and message.string:
                yield Message(str(message.id), str(message.string))


class _Reading(NamedTuple):
    """A text read as sentences of the catalogue: how many of its signs those have, and the text in the language."""

    covered: int
    translation: str


class _Form:
    """A sentence with places, by which others are recognised."""

    def __init__(self, message: Message) -> None:
        self.words, self.places = PLACES.split(message.text)[::2], PLACES.split(message.text)[1::2]
        self.translation = message.translation
        self.longest = max(self.words, key=len)
        self.weight = sum(len(word) for word in self.words)

    def values_in(self, text: str) -> list[str] | None:
        """What stands in the places of a text of this form; None where it is of another."""
        if self.longest not in text or not (text.startswith(self.words[0]) and text.endswith(self.words[-1])):
            return None
        values, start, end = [], len(self.words[0]), len(text) - len(self.words[-1])
        for word in self.words[1:-1]:
            if (at := text.find(word, start + 1, end)) < 0:
                return None
            values.append(text[start:at])
            start = at + len(word)
        return [*values, text[start:end]] if start < end else None

    def filled(self, values: Iterable[str]) -> str:
        """The translation with values in its places."""
        by_place = dict(zip(self.places, values, strict=True))
        return PLACES.sub(lambda place: by_place[place[0]], self.translation)


def _figure(text: str) -> str:
    """A percentage as rules spell it, with the signs of the language: 1.234,5 % is 1,234.5 %; any other text as it stands."""
    return text.translate(_SIGNS_OF_NUMBERS) if _PERCENTAGE.fullmatch(text) else text


def _hiding(quote: str, number: int) -> str:
    """What stands for something that is quoted while a sentence is read."""
    return f"{quote[0]}{HIDDEN}{number}{HIDDEN}{quote[-1]}"


class _Catalogue:
    """The sentences of a language: those that are always the same, those with places, and what they quote themselves."""

    def __init__(self, language: Language) -> None:
        of_rules, of_interface = list(messages_of(language)), list(messages_of(language, DOMAIN))
        quoted = [
            (quote, quote in m.translation) for m in (*of_interface, *of_rules) for quote in QUOTED.findall(m.text)
        ]
        self.quotes = {quote for quote, is_kept in quoted if not is_kept}
        kept = dict.fromkeys(quote for quote, is_kept in quoted if is_kept and quote not in self.quotes)
        self.kept = list(kept)
        self._tokens = {quote: _hiding(quote, number) for number, quote in enumerate(self.kept)}
        sentences = [Message(self._without_kept(m.text), self._without_kept(m.translation)) for m in of_rules]
        self.fixed = {self._without_kept(m.text): self._without_kept(m.translation) for m in of_interface}
        self.fixed |= {message.text: message.translation for message in sentences if not PLACES.search(message.text)}
        self.forms = [_Form(message) for message in sentences if PLACES.search(message.text)]

    def _without_kept(self, text: str) -> str:
        """A text of the catalogue with what it quotes, and its translation quotes as well, hidden."""
        return QUOTED.sub(lambda quote: self._tokens.get(quote[0], quote[0]), text)

    def sentence(self, text: str) -> str:
        """A sentence in the language; what is quoted in it, but by the sentence itself, is left as it stands."""
        quotes = self.kept.copy()

        def hidden(quote: re.Match[str]) -> str:
            if quote[0] in self.quotes:
                return quote[0]
            if quote[0] in self._tokens:
                return self._tokens[quote[0]]
            quotes.append(quote[0])
            return _hiding(quote[0], len(quotes) - 1)

        shown = _Parts(self).sentence(QUOTED.sub(hidden, text)).translation
        return HIDDEN_QUOTE.sub(lambda place: quotes[int(place[1])], shown)


class _Parts:
    """One text and its parts, each read once. Of two readings, the wordier."""

    def __init__(self, catalogue: _Catalogue) -> None:
        self.catalogue = catalogue
        self.wholes: dict[str, _Reading | None] = {}
        self.sentences: dict[str, _Reading] = {}

    def sentence(self, text: str) -> _Reading:
        """Whether or not it was given a capital where it is shown, or one with others added to it."""
        if text not in self.sentences:
            self.sentences[text] = self._widest(text)
        return self.sentences[text]

    def _widest(self, text: str) -> _Reading:
        """It may be shown with a capital, and with a stop or without one, as the catalogue does not have it."""
        readings = [self._with_added(text)]
        bare = text.removesuffix(".")
        for first in dict.fromkeys((bare[:1], bare[:1].lower())):
            for stop in ("", "."):
                reading = self._whole(first + bare[1:] + stop)
                if reading is not None:
                    words = reading.translation.removesuffix(stop) + ("." if text.endswith(".") else "")
                    words = words[:1].upper() + words[1:] if text[:1].isupper() else words
                    readings.append(_Reading(reading.covered, words))
        return max(readings, key=lambda reading: reading.covered)

    def _with_added(self, text: str) -> _Reading:
        readings = [_Reading(0, _figure(text))]
        for joint in JOINT.finditer(text):
            if joint.start() and (added := self._whole(text[joint.start() :])) is not None:
                head = self.sentence(text[: joint.start()])
                readings.append(_Reading(head.covered + added.covered, head.translation + added.translation))
        return max(readings, key=lambda reading: reading.covered)

    def _whole(self, text: str) -> _Reading | None:
        """A text that is one sentence of the catalogue from its first sign to its last."""
        if text not in self.wholes:
            self.wholes[text] = self._read(text) if len(self.wholes) < READINGS_AT_MOST else None
        return self.wholes[text]

    def _read(self, text: str) -> _Reading | None:
        """As it stands, or as a rule put it together, before prepositions and articles were joined."""
        readings = [reading] if (reading := self._by_words(text)) is not None else []
        for apart in islice(articles_taken_apart(text), TAKEN_APART_AT_MOST):
            reading = self._by_words(apart.sentence)
            if reading is not None and apart.noun not in reading.translation:  # it is a word of ours, not of an office
                readings.append(reading)
        return max(readings, key=lambda reading: reading.covered, default=None)

    def _by_words(self, text: str) -> _Reading | None:
        if text in self.catalogue.fixed:
            return _Reading(len(text), self.catalogue.fixed[text])
        readings: list[_Reading] = []
        for form in self.catalogue.forms:
            if (values := form.values_in(text)) is not None:
                within = [self._value(value) for value in values]
                covered = form.weight + sum(reading.covered for reading in within)
                readings.append(_Reading(covered, form.filled(reading.translation for reading in within)))
        return max(readings, key=lambda reading: reading.covered, default=None)

    def _value(self, text: str) -> _Reading:
        """What stands in a place: a part of the sentence, or what an office wrote, which begins like a name and stays."""
        return self._with_added(text) if text[:1].isupper() else self.sentence(text)


@cache
def _catalogue(language: Language) -> _Catalogue:
    return _Catalogue(language)
