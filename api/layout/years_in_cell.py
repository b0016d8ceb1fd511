"""A cell that holds the targets of several years: `Anno: 2022 >= 2 Anno: 2023 >= 3`, `2022: 15%; 2023: 20%`."""

import re

from domain.patterns import regex

_SURE = regex(
    r"(?:^|(?<=[\s;,|]))(?:anno|target|valore|risultato|atteso|t\.)\s*:?\s*((?:19|20|21)[0-9]{2})(?:\s*[:=]|[-–—](?=\s)|\s+[-–—]\s+(?=\S))?\s*",
    re.IGNORECASE,
)
_BARE = regex(
    r"(?:^|(?<=[\s;,|]))((?:19|20|21)[0-9]{2})(?:\s*[:=]|[-–—](?=\s)|\s+[-–—]\s+(?=\S))?\s*(?![0-9]{0,2}[/.])"
)
_MONTH = regex(
    r"(?:gennaio|febbraio|marzo|aprile|maggio|giugno|luglio|agosto|settembre|ottobre|novembre|dicembre|al|anno|del|nel|dal|entro il|entro)\s*$",
    re.IGNORECASE,
)
_BASELINE = regex(r"^(?:baseline|valore (?:iniziale|di partenza)|base)\s*:?\s*(?P<value>.{1,60})$", re.IGNORECASE)


def targets_in(text: str, years: tuple[int, int]) -> tuple[dict[int, str], str] | None:
    """The targets that a text says by year, and the baseline before them; None where it is not made of years for certain."""
    for pattern in (_SURE, _BARE):
        marks = [m for m in pattern.finditer(text) if pattern is _SURE or not _MONTH.search(text[: m.start()])]
        said = [int(mark[1]) for mark in marks]
        if not said or said != sorted(set(said)) or not all(years[0] <= year <= years[1] for year in said):
            continue
        single = len(said) == 1 and not re.match(r"(?:19|20|21)[0-9]{2}\s*[:=]", text)
        if pattern is _BARE and (marks[0].start() != 0 or single):
            continue
        ends = [*(mark.start() for mark in marks[1:]), len(text)]
        parts = {year: text[mark.end() : end].strip(" ;,|") for year, mark, end in zip(said, marks, ends, strict=True)}
        before = text[: marks[0].start()].strip(" ;,|")
        baseline = _BASELINE.match(before)
        if (before and baseline is None) or not any(parts.values()):
            continue
        return {year: part for year, part in parts.items() if part}, baseline["value"].strip() if baseline else ""
    return None
