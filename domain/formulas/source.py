"""A printed formula prepared for reading: as written, and beside it, character by character, in a plain spelling.

The rules look at the plain spelling (lower case, one kind of quote, of bracket, of dash); the phrases are cut from the
written one, at the same places.
"""

import re
import unicodedata
from dataclasses import dataclass

from domain.patterns import regex

SourceSpan = tuple[int, int]

_PLAIN = str.maketrans(
    {
        "’": "'", "‘": "'", "´": "'", "`": "'", "ʼ": "'",
        "“": '"', "”": '"', "«": '"', "»": '"', "„": '"',
        "[": "(", "]": ")", "{": "(", "}": ")",
        "−": "-", "‐": "-", "‑": "-", "–": "-", "—": "-",
        "×": "*", "✕": "*", "·": "*", "∙": "*", "∗": "*",
        "∑": "σ", "º": "°", "˚": "°", "№": "№",
    }
)  # fmt: skip
_RULED_LINE = regex(r"\s*\n[ \t]*[-_–—─=]{3,}[ \t]*\n\s*")
_FRACTION_SIGN = regex(r"(?<!\d)\s*[⁄∕]\s*|\s*[⁄∕]\s*(?!\d)")
_INVISIBLE = regex("[\u00ad\u200b-\u200f\u2060\ufeff]")
MULTIPLIER = r"10{2,6}|1\.0{3}|10{1,2}\.0{3}|1\.0{3}\.0{3}|100,00?"
"""By how much a ratio is multiplied to be read: 100, 1.000, 10.000, 100.000, a million."""
_IN_BRACKETS = regex(
    rf"(?<=[\w)\].%])\s*[(\[]\s*(?P<sign>[xX*×✕·∗]|(?:moltiplicat[oa]\s+)?per)\s*(?P<number>{MULTIPLIER})\s*%?\s*(?P<words>[^\W\d_][^()\[\]]*)?[)\]]"
)
_MULTIPLIED = regex(rf",?\s*\bmoltiplicat[oaie]\s+(?:per|x)\s*(?={MULTIPLIER})", re.IGNORECASE)
_IN_WORDS = regex(
    r"(?:\s[xX×✕]|\s?\*|\s(?:per|PER|Per))\s*(?P<word>cento|mille|diecimila|centomila|un\s+milione)(?=\s*(?:$|[)\].;,(]))",
    re.IGNORECASE,
)
_WORDS = {"cento": "100", "mille": "1000", "diecimila": "10000", "centomila": "100000"}
_DIVIDES = regex(r"[/÷:]|\bsu\b|\bdivis[oa]\b|\bfratto\b|\brapporto\b", re.IGNORECASE)
_LEADING = regex(rf"(^|[:=(\[]\s*)({MULTIPLIER})\s*[xX×✕]\s*(?=[^\W\d_(\[])")
_DOUBLED = regex(r"(?<=[\w).\]])\s*(?:(?<![:/])//(?!/)|\\)\s*(?=[\w(\[])")
_ENUMERATOR = regex(r"(?:^|[\s,;:.])(?:\d{1,2}|[a-z]|[ivx]{1,4})$")


@dataclass(frozen=True, slots=True)
class Source:
    """`text` as written and `plain` as the rules see it, of one length; brackets by place; what is no sign by place."""

    text: str
    plain: str
    closing: dict[int, int]
    stray: tuple[int, ...]
    depth: int
    protected: frozenset[int]
    odd_sign: bool = False
    """Whether a division was written with a sign that is none: `//`, a backslash."""

    def written(self, span: SourceSpan) -> str:
        """What the office wrote there."""
        return self.text[span[0] : span[1]]

    def seen(self, span: SourceSpan) -> str:
        """The same in the plain spelling."""
        return self.plain[span[0] : span[1]]

    def trimmed(self, span: SourceSpan, edges: str = " ") -> SourceSpan:
        """The span without the given characters at its ends."""
        start, end = span
        while start < end and self.plain[start] in edges:
            start += 1
        while start < end and self.plain[end - 1] in edges:
            end -= 1
        return start, end

    def outside_brackets(self, span: SourceSpan) -> list[int]:
        """The places of a span that no bracket of it encloses, the opening ones included."""
        places = []
        position = span[0]
        while position < span[1]:
            places.append(position)
            position = self.closing.get(position, position) + 1
        return places

    def is_bracketed(self, span: SourceSpan) -> bool:
        """Whether one pair of brackets encloses all of the span."""
        return span[0] < span[1] and self.closing.get(span[0]) == span[1] - 1


def prepare_source(text: str) -> Source:
    """Spaces collapsed, a rule between two lines and a fraction sign turned into a division sign, brackets matched."""
    written = unicodedata.normalize("NFC", _INVISIBLE.sub("", text))
    written = _FRACTION_SIGN.sub(" ÷ ", _RULED_LINE.sub(" ÷ ", written.replace("\r", "\n")))
    written = " ".join(_with_multipliers(written).split()).strip()
    odd_sign = "://" not in written and "www." not in written and bool(_DOUBLED.search(written))
    written = _DOUBLED.sub(" / ", written) if odd_sign else written
    plain = "".join(_lowered(sign) for sign in written.translate(_PLAIN))
    closing, stray, depth = _brackets(plain)
    for (
        position
    ) in stray:  # a bracket that the print lost its partner of is no sign; enumerators such as "1)" are text too
        plain = plain[:position] + " " + plain[position + 1 :]
    return Source(
        written,
        plain,
        closing,
        tuple(position for position in stray if not _at_edge(written, position)),
        depth,
        _no_signs(plain),
        odd_sign,
    )


def _with_multipliers(written: str) -> str:
    """A multiplier in brackets, in words, or with a letter for its sign, as a sign and its number."""

    def bare(match: re.Match[str]) -> str:
        if (match["words"] or match["sign"].endswith("per")) and not _DIVIDES.search(written[: match.start()]):
            return match[0]
        return f" * {match['number']} {match['words'] or ''}"

    def in_figures(match: re.Match[str]) -> str:
        if not _DIVIDES.search(written[: match.start()]):
            return match[0]
        return f" * {_WORDS.get(match['word'].lower(), '1000000')}"

    written = _MULTIPLIED.sub(" * ", _IN_BRACKETS.sub(bare, written))
    written = _IN_WORDS.sub(in_figures, written)
    return _LEADING.sub(r"\1\2 * ", written)


def _lowered(sign: str) -> str:
    lower = sign.lower()
    return lower if len(lower) == 1 else sign


def _brackets(plain: str) -> tuple[dict[int, int], list[int], int]:
    closing: dict[int, int] = {}
    stray: list[int] = []
    waiting: list[int] = []
    depth = 0
    for position, sign in enumerate(plain):
        if sign == "(":
            waiting.append(position)
            depth = max(depth, len(waiting))
        elif sign == ")" and waiting:
            closing[waiting.pop()] = position
        elif sign == ")" and not _ENUMERATOR.search(plain[max(position - 6, 0) : position]):
            stray.append(position)
    return closing, sorted(stray + waiting), depth


def _at_edge(written: str, position: int) -> bool:
    return not written[:position].strip() or not written[position + 1 :].strip(" .;,")


_UNIT = r"(?:km|m|cm|mm|kg|g|mg|t|q|l|ml|hl|mc|mq|m2|m3|k?wh?|mwh|h|ha|ora|ore|min|sec|giorn[oi]|gg|€|euro|eur|[mg]bit|[mg]b|ab)"
_PER_UNIT = (
    r"(?:h|ora|min|sec|s|giorno|gg|settimana|mese|anno|kg|l|m|mq|mc|m2|m3|km|ha|kwh|ab\.?|abitante|persona|uomo|"
    r"dipendente|addetto|utente|pratica|alunno|posto|unità)"
)
_NO_SIGNS = tuple(
    regex(pattern)
    for pattern in (
        r"\d+(?:\s?/\d+)+",  # dates, laws, school years: 31/12, d.lgs. 33/2013, 2022/2023
        r"\d+\s?/\s?(?:bis|ter|quater|quinquies|sexies|septies)\b",  # art. 6/bis
        r"\d/[a-mo-z]\b(?!\.)",  # allegato 3/a, but not 2021/n. pratiche
        r"\b(?:e\s?/\s?o|o\s?/\s?e|and\s?/\s?or)\b",
        r"\bn\s?/\s?[adpv](?!\w)(?!\s*(?:\)\s*)?[*x]\s*\d)",  # but not n/d*100
        r"\b(?:s[iì]'?\s?/\s?no|no\s?/\s?s[iì]|a/r|c/c|c/o|s/n|b/n|i/o|tcp/ip)(?!\w)",
        r"(?<![\w.])c/(?=[a-z]{4})",  # c/residui, c/capitale
        r"\b(?:on\s?/\s?off|on\s?/\s?off|in/out|24/7|h24/7)\b",
        rf"(?<![\w.]){_UNIT}/{_PER_UNIT}(?!\w)",  # km/h, €/mq, ore/uomo
        r"(?:https?://|www\.)\S+|\b[\w-]+(?:\.[\w-]+)*\.(?:it|eu|com|org|net|gov|info)/\S+|//+",
        r"\b\d{1,2}:\d{2}\b",
        r"(?<=\d)-(?=\d)|\b(?:19|20)\d\d\s*-\s*(?:19|20)\d\d\b",
        r"\b(?:start|on|off|follow|e|back|front|check|self|web|know|help|pre|post|ex|non|multi|inter|sub|auto)\s?-\s?(?=\w)",
        r"(?<![\w.])[tnx][\"']?\s?-\s?\d\b|\banno\s*[tnx][\"']?\s?-\s?\d\b",  # anno n-1, anno "n"-1
        r"\banni\s*[tnx]\s?-\s?\d\s*[/_,;-]\s*(?:[tnx]\s?-\s?)?\d\b",
        r"\+\s?\d+(?:[.,]\d+)?\s?%|\w\+\+|\d\+(?!\s*[\w(])",
    )
)


def _no_signs(plain: str) -> frozenset[int]:
    return frozenset(
        position
        for pattern in _NO_SIGNS
        for match in pattern.finditer(plain)
        for position in range(match.start(), match.end())
    )
