"""A formula of letters with their legend: `A / B * 100 dove A = pratiche evase e B = pratiche ricevute`."""

import re

from domain.patterns import regex

_LETTER = r"[A-Za-z][0-9]?"
_LEGEND = regex(r"[\s,;:.(]*\b(?:dove|con|in\s+cui|ove)\b\s*:?\s*(?P<pairs>.+?)\)?[\s.;]*$", re.IGNORECASE | re.DOTALL)
_PAIR = regex(rf"(?:^|(?<=[\s,;]))(?P<letter>{_LETTER})\s*(?:=|:|è|e'|indica)\s*")
_OF_LETTERS = regex(rf"(?:{_LETTER}(?![^\W\d_])|[0-9][0-9.,]*|[-+*/÷×x:()\[\]%\s])+")
_BETWEEN_PAIRS = regex(r"[\s,;.]*(?:\s(?:e|ed))?[\s,;.]*$", re.IGNORECASE)
_NO_PHRASE = regex(r"[/*+=()\[\]]|^\W*$")


def spelt_out(text: str) -> str | None:
    """The formula with what its letters stand for in their places; None where a letter has no legend, or there is none."""
    legend = _LEGEND.search(text)
    if legend is None or not _OF_LETTERS.fullmatch(text[: legend.start()]):
        return None
    pairs = list(_PAIR.finditer(legend["pairs"]))
    ends = [pair.start() for pair in pairs[1:]] + [len(legend["pairs"])]
    phrases = {
        pair["letter"]: _BETWEEN_PAIRS.sub("", legend["pairs"][pair.end() : end])
        for pair, end in zip(pairs, ends, strict=True)
    }
    formula = text[: legend.start()]
    letters = set(re.findall(rf"(?<![A-Za-z0-9]){_LETTER}(?![A-Za-z])", formula)) - {"x"}
    if len(phrases) < 2 or letters != set(phrases) or any(map(_NO_PHRASE.search, phrases.values())):
        return None
    return re.sub(
        rf"(?<![A-Za-z0-9])(?:{'|'.join(map(re.escape, phrases))})(?![A-Za-z0-9])",
        lambda match: f" {phrases[match[0]]} ",
        formula,
    )
