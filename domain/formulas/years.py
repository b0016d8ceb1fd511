"""Which year a phrase speaks of: `(t)`, `(t-1)`, `anno n-1`, `anno precedente`, `anni n-1_n-3`, `media triennio precedente`."""

from dataclasses import dataclass

from domain.patterns import regex

_LETTER = r"[\"']?\s?[tnx]\s?[\"']?"
_IN = r"(?:\b(?:nell|dell|all|sull)'|\b(?:nel|del|al|per)\s+(?:l')?|\bl')?"
_YEAR = r"(?:anno|esercizio|a\.)"

_LETTERED = regex(
    rf"(?:\(\s*(?:{_IN}{_YEAR}\s*)?{_LETTER}\s*(?P<back1>-\s?\d{{1,2}})?\s*\)"
    rf"|(?<!\w){_IN}{_YEAR}\s*{_LETTER}\.?\s*(?P<back2>-\s?\d{{1,2}})?(?!\w)(?!\s?\+)"
    r"|(?<![\w.])[tnx]\s?(?P<back3>-\s?\d{1,2})(?!\w))"
)
_NAMED = regex(
    rf"\(?(?<!\w){_IN}(?:{_YEAR}|stesso periodo (?:dell'|del)\s*{_YEAR})\s+"
    r"(?:(?P<before>precedente|scorso|prec\.)|corrente|in corso|di riferimento)(?!\w)\)?"
)
_RANGE = regex(
    r"\(?\s*(?:\b(?:degli|negli|dei|nei|gli)\s+)?\bann[io]\s*[tnx]\s?-\s?1\s*(?:[/_,;-]|e|a|al|÷|\.\.+)\s*(?:[tnx]\s?-\s?)?(?P<last>[1-9])\s*\)?$"
)
_SPAN_OF_YEARS = regex(
    r"\(?\s*(?:\b(?:del|nel|al|sul)\s+|\b(?:dei|nei|degli|negli)\s+)?(?:(?P<named>biennio|triennio|quadriennio|quinquennio)\s+precedente|"
    r"(?P<counted>due|tre|quattro|cinque|[2-5])\s+(?:anni|esercizi)\s+precedenti)\s*\)?$"
)
_COMPARES = regex(r"(?:rispetto|confronto|paragone|relazione)(?:\s+con)?\s*$")
_HOW_MANY = {
    "biennio": 2, "triennio": 3, "quadriennio": 4, "quinquennio": 5, "due": 2, "tre": 3, "quattro": 4, "cinque": 5,
}  # fmt: skip
_MEAN = regex(
    r"^\s*(?:la\s+|il\s+)?(?:valore\s+medio|media|medio)(?!\w)\s*(?:(?:di|del|della|dei|degli|delle)\s+|dell')?"
)
_LATER = regex(r"[\(\s][tnx]\s?\+\s?\d")


@dataclass(frozen=True, slots=True)
class YearMention:
    """A year said in a phrase: where, and how many years back."""

    start: int
    end: int
    years_back: int


def year_mentions(plain: str) -> list[YearMention]:
    """Every mention of the measured year or of an earlier one, in reading order."""
    mentions = []
    for match in _LETTERED.finditer(plain):
        back = match["back1"] or match["back2"] or match["back3"]
        mentions.append(YearMention(match.start(), match.end(), int(back.lstrip("- ")) if back else 0))
    mentions += [
        YearMention(match.start(), match.end(), 1 if match["before"] else 0)
        for match in _NAMED.finditer(plain)
        if not _COMPARES.search(plain, 0, match.start())
    ]
    return sorted(mentions, key=lambda mark: mark.start)


def is_year_mention(plain: str) -> bool:
    """Whether a piece of text says a year and nothing else."""
    stripped = plain.strip()
    return any(mark.start == 0 and mark.end == len(stripped) for mark in year_mentions(stripped))


def says_later_year(plain: str) -> bool:
    """Whether a year to come is mentioned, which no formula can know."""
    return bool(_LATER.search(plain))


def mean_of_earlier(plain: str) -> tuple[int, int, int] | None:
    """For `media X anni n-1_n-3`: where X starts and ends, and how many years back the mean goes; else None."""
    lead = _MEAN.match(plain)
    tail = (in_range := _RANGE.search(plain)) or _SPAN_OF_YEARS.search(plain)
    if lead is None or tail is None:
        return None
    span = in_range["last"] if in_range else tail["named"] or tail["counted"]
    years = _HOW_MANY.get(span) or int(span)
    return lead.end(), max(tail.start(), lead.end()), years
