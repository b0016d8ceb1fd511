"""Reads what was observed, by a grammar of small rules: right, or `unread` with the reason and the place."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from domain.italian import LONGEST, Unclear, day_at, number_at, period_end_at, print_number
from domain.measurements.accomplishments import accomplished, says_in_part
from domain.measurements.agreement import scale_of
from domain.measurements.remarks import require_final, require_observed
from domain.measurements.values import (
    Benchmark,
    ChangeValue,
    DayValue,
    Degree,
    NotApplicable,
    NotAvailable,
    NotYetDue,
    NumberValue,
    Observed,
    UnreadValue,
    YesNoValue,
)
from domain.patterns import regex
from domain.spelling import plain_text
from domain.targets.deadlines import due_day
from domain.targets.keywords import level, yes_no
from domain.targets.model import Deadline, Level, YesNo
from domain.targets.quantities import Quantity, comparator_at, counted_rate_at, past, quantity_at
from domain.targets.target_text import PreparedText
from domain.targets.thresholds import no_other_number

_DATA = r"(?:(?:il|i)\s+)?(?:dat[oi]|valor[ei])"
_THERE = r"(?:disponibil[ei]|rilevat[oaie]|rilevabil[ei]|pervenut[oaie])"
_END = r"(?=[\s.]*(?:$|\())"


def absent(cell: PreparedText) -> Observed | None:
    """No value, and why: `n.a.` may say either of two things, and is not read."""
    if cell.match(r"n[./]\s?a\b\.?\s*$"):
        raise Unclear("può dire non disponibile o non applicabile: si accetta n.d. oppure non applicabile", cell.start)
    if match := cell.match(rf"(?:n\.\s?d\.?|nd|(?:{_DATA}\s+)?non\s+{_THERE}|-[-\s]*|){_END}"):
        return NotAvailable(text=cell.text, note=cell.note_from(match.end(), no_value=True))
    if match := cell.match(rf"(?:{_DATA}\s+)?non\s+ancora\s+{_THERE}{_END}"):
        return NotYetDue(text=cell.text, note=cell.note_from(match.end(), no_value=True))
    if cell.match(rf"{_DATA}\s+(?:si\s+avr(?:à|anno)|sar(?:à|anno)\s+disponibil[ei])(?![a-z])[^()<>=%]*$"):
        return NotYetDue(text=cell.text)
    if match := cell.match(rf"non\s+(?:applicabil[ei]|pertinent[ei]|previst[oaie]){_END}"):
        return NotApplicable(text=cell.text, note=cell.note_from(match.end(), no_value=True))
    return None


def yes_no_value(cell: PreparedText) -> Observed | None:
    """Yes or no, or the day on which it was done."""
    if comparator_at(cell.body, cell.start)[0] is not None:
        return None
    reading = accomplished(cell)
    if reading is not None and reading.on is not None:
        return DayValue(text=cell.text, value=reading.on, note=reading.note)
    if reading is not None:
        return YesNoValue(text=cell.text, value="yes" if reading.done else "no", note=reading.note)
    target = yes_no(cell)
    return YesNoValue(text=cell.text, value=target.value, note=target.note) if isinstance(target, YesNo) else None


def degree(cell: PreparedText) -> Observed | None:
    """A degree on a scale of words."""
    target = level(cell)
    known = isinstance(target, Level) and target.comparator is None
    return Degree(text=cell.text, value=target.value, note=target.note) if isinstance(target, Level) and known else None


_ON = regex(r"(?:il|in\s+data|in\s+data\s+del|data|alla\s+data\s+del)\s+(?=[0-9a-z])", re.IGNORECASE)


def day_value(cell: PreparedText) -> Observed | None:
    """A day of the calendar, or the month or part of the year in which it lies; `3/5` may be a fraction, and is not read."""
    if comparator_at(cell.body, cell.start)[0] is not None:
        return None
    if _fraction(cell.body, cell.start, cell.year) is not None:
        return None
    on = _ON.match(cell.body, cell.start)
    if on is not None:
        day = day_at(cell.body, on.end(), cell.year)
        return DayValue(text=cell.text, value=day[0], note=cell.note_from(day[1])) if day else None
    target = due_day(cell)
    if isinstance(target, list):
        raise Unclear("due date in una cella: si accetta un valore per volta", cell.start)
    if not isinstance(target, Deadline):
        return None
    in_its_words = day_at(cell.body, cell.start, cell.year) or period_end_at(cell.body, cell.start, cell.year)
    if in_its_words is not None and says_in_part(target.note or ""):
        raise Unclear("ciò che segue può dire che è in parte: si accetta la sola data", in_its_words[1])
    return DayValue(text=cell.text, value=target.value, note=target.note) if in_its_words else None


def first_possible_day(day: DayValue) -> date:
    """The first day that a value may mean: where only a month or a part of the year is said, that is not its last."""
    text = plain_text(day.text).text.strip()
    for begins in re.finditer(r"(?<![\w/.,-])(?=\w)", text):
        try:
            if day_at(text, begins.start(), day.value.year) is not None:
                return day.value
            period = period_end_at(text, begins.start(), day.value.year)
        except Unclear:
            continue
        if period is not None and period[0] == day.value:
            return _first_day_of(text[begins.start() : period[1]], day.value)
    return day.value


def _first_day_of(words: str, last: date) -> date:
    lengths = (("sem", 6), ("quadr", 4), ("trim", 3), ("anno", 12))
    months = next((length for word, length in lengths if word in words.casefold()), None)
    if months is None:
        months = {"q": 3, "t": 3, "s": 6, "h": 6}.get(words[:1].casefold(), 1) if words[1:2].isdigit() else 1
    return date(last.year, max(1, last.month - months + 1), 1)


SCALES_READ = (Decimal(1), Decimal(100))
"""The scales on which terms that are named in a remark are taken for those of the value."""
_SEPARATOR = regex(r"[\s,;:-]*")
_TERMS = regex(
    r"\(?\s*num(?:eratore)?\b\.?\s*[:=]?\s*(?P<numerator>[0-9](?:[0-9.,]*[0-9])?)[\s.,;/-]*"
    r"den(?:ominatore)?\b\.?\s*[:=]?\s*(?P<denominator>[0-9](?:[0-9.,]*[0-9])?)(?![0-9a-z%])\s*\)?",
    re.IGNORECASE,
)
_SHARE = regex(
    r"(?:n\.\s?|nr\.?\s|num\.\s?)?(?P<numerator>[0-9](?:[0-9.,]*[0-9])?)(?:\s+[a-zà-ÿ]+)?\s+su\s+(?P<denominator>[0-9](?:[0-9.,]*[0-9])?)(?![0-9%])",
    re.IGNORECASE,
)
_BENCHMARK = regex(
    r"\s*[,;-]?\s*(?P<name>(?:media|valore\s+medio|dato\s+medio)(?:\s+[a-z]+\.?){1,3})\s*:\s*(?P<sign>-?)\s*(?=[0-9])",
    re.IGNORECASE,
)
_CIRCUMSTANCE = regex(r"\s*[,;]?\s*(?:nel|nella|nell'|in|secondo|dal|dalla)(?:\s+|(?<='))[a-zà-ÿ]", re.IGNORECASE)


_MORE_OR_LESS = (
    (
        r"(?:in\s+)?(?:incremento|aumento|crescita|miglioramento)|(?:incrementat|aumentat|cresciut)[oaie]|in\s+più",
        False,
    ),
    (
        r"(?:in\s+)?(?:riduzione|diminuzione|decremento|calo|contrazione|flessione|risparmio)|(?:ridott|diminuit|calat)[oaie]|in\s+meno",
        True,
    ),
)
_CHANGE_WORDS = [
    (
        regex(rf"(?:{words})(?![a-zà-ÿ])\s*(?:pari\s+)?(?:(?:del|di|al|a)\s+|dell'\s*|:\s*)?(?=[0-9])", re.IGNORECASE),
        down,
    )
    for words, down in _MORE_OR_LESS
]
_CHANGE_AFTER = [
    (regex(rf"\s*(?:di\s+)?(?:{words})(?![a-zà-ÿ])", re.IGNORECASE), down) for words, down in _MORE_OR_LESS
]
_COMPARED_WITH = regex(r"\s*\(?(?:rispetto\s+a|su\b|sul|sull|vs)[^()]*\)?\s*$", re.IGNORECASE)


def change_value(cell: PreparedText) -> Observed | None:
    """A variation in words: `incremento del 12%`, `riduzione di 3 giorni rispetto al 2021`, `5% in meno`."""
    unchanged = cell.match(
        r"(?:rimast[oaie]\s+)?(?:invariat[oaie]|stabil[ei]|nessuna\s+variazione)(?=[\s.;*]*(?:$|\())"
    )
    if unchanged is not None:
        return ChangeValue(text=cell.text, value=Decimal(0), note=cell.note_from(unchanged.end()))
    for pattern, down in _CHANGE_WORDS:
        word = pattern.match(cell.body, cell.start)
        quantity = quantity_at(cell.body, word.end()) if word else None
        if quantity is not None:
            return _change(cell, quantity, quantity.end, down=down)
    if _fraction(cell.body, cell.start, cell.year) is not None:
        return None
    quantity = quantity_at(cell.body, cell.start) if cell.body[cell.start : cell.start + 1].isdigit() else None
    if quantity is None:
        return None
    for pattern, down in _CHANGE_AFTER:
        word = pattern.match(cell.body, quantity.end)
        if word is not None:
            return _change(cell, quantity, word.end(), down=down)
    return None


def _change(cell: PreparedText, quantity: Quantity, end: int, *, down: bool) -> ChangeValue:
    compared = _COMPARED_WITH.match(cell.body, end)
    note = compared[0].strip() if compared else cell.note_from(end, unit=quantity.unit)
    value = quantity.value.copy_negate() if down else quantity.value
    return ChangeValue(text=cell.text, value=value, unit=quantity.unit, note=note)


def says_a_share(number: NumberValue) -> bool:
    """Whether the terms of a value were written "x su y", which may be a count or a mark as well as a ratio."""
    text = plain_text(number.text).text.strip()
    return number.value is None and (_SHARE.match(text) or _FRACTION.match(text)) is not None


def number_value(cell: PreparedText) -> Observed | None:
    """A number, then the terms of its ratio, benchmarks, a remark; or the terms alone (`NUM 289 DEN 89`, `5 su 10`).

    The terms that a remark names (`112 imprese su 65.991`) are taken when they give the value stated; the remark stays.
    """
    if comparator_at(cell.body, cell.start)[0] is not None:
        raise Unclear("un valore osservato non ha segno di confronto: si accetta 70%", cell.start)
    terms = (
        _terms(_TERMS, cell.body, cell.start)
        or _terms(_SHARE, cell.body, cell.start)
        or _fraction(cell.body, cell.start, cell.year)
    )
    if terms is not None:
        note = cell.note_from(terms.end)
        _agrees_with_the_remark(note or "", terms)
        return NumberValue(
            text=cell.text, value=None, numerator=terms.numerator, denominator=terms.denominator, note=note
        )
    quantity = quantity_at(cell.body, cell.start)
    if quantity is None:
        return None
    no_other_number(
        cell.body, quantity, alone=_ENDS_LIKE_A_THOUSAND.search(cell.body, quantity.start, quantity.end) is not None
    )
    require_observed(cell.body, quantity.end)
    rate = counted_rate_at(cell.body, quantity.end) if quantity.unit is None else None
    if rate is not None:
        what, unit, end = rate
        return NumberValue(
            text=cell.text, value=quantity.value, unit=unit, note=cell.note_from(end, unit=unit, before=what)
        )
    terms = _terms(_TERMS, cell.body, past(_SEPARATOR, cell.body, quantity.end))
    benchmarks, end = _benchmarks(cell.body, terms.end if terms else quantity.end)
    counts = quantity.unit is None and terms is None and not benchmarks and not _CIRCUMSTANCE.match(cell.body, end)
    note = cell.note_from(end, unit=quantity.unit, counts=counts)
    terms = terms or _terms_of_the_remark(note or "", quantity)
    if terms is None and _SHARE_ALONE.fullmatch(note or "") and quantity.unit in {"%", "per_mille"}:
        raise Unclear("il valore e il rapporto accanto sono diversi: si accetta uno solo dei due", quantity.end)
    return NumberValue(
        text=cell.text,
        value=quantity.value,
        unit=quantity.unit,
        numerator=terms.numerator if terms else None,
        denominator=terms.denominator if terms else None,
        benchmarks=benchmarks,
        note=note,
    )


_ENDS_LIKE_A_THOUSAND = regex(r"(?<![0-9.,])[1-9][0-9]{0,2},000(?![0-9.,])")
_SHARE_ALONE = regex(r"\(\s*[0-9][0-9.,]*\s+su\s+[0-9][0-9.,]*\s*\)")
_PERCENTAGE_ALONE = regex(r"\(\s*(?:pari\s+al?\s+)?(?P<percentage>[0-9][0-9.,]*)\s*%\s*\)")


@dataclass(frozen=True)
class _Terms:
    numerator: Decimal
    denominator: Decimal
    end: int


def _terms(pattern: re.Pattern[str], text: str, position: int) -> _Terms | None:
    match = pattern.match(text, position)
    if match is None:
        return None
    numerator = number_at(text, match.start("numerator"))
    denominator = number_at(text, match.start("denominator"))
    if numerator is None or denominator is None:
        return None
    return _Terms(numerator[0], denominator[0], match.end())


_FRACTION = regex(
    r"(?P<numerator>[0-9]+(?:,[0-9]+)?)\s?/\s?(?P<denominator>[0-9]+)(?=[\s.;*]*(?:$|\())|(?P<of>[0-9]+)\s+di\s+(?P<all>[0-9]+)(?=[\s.;*]*(?:$|\())",
    re.IGNORECASE,
)
_MOST_MONTHS, _MOST_DAYS, _NEAR_YEARS = 12, 31, 10


def _fraction(text: str, position: int, year: int | None) -> _Terms | None:
    """`18/20`, `4,5/5`, `5 di 5`: x of y, where it can be neither a day nor a month of a year."""
    match = _FRACTION.match(text, position)
    if match is None:
        return None
    numerator = number_at(match["numerator"] or match["of"], 0)
    denominator = number_at(match["denominator"] or match["all"], 0)
    if numerator is None or denominator is None or numerator[0] > denominator[0]:
        return None
    first, second = numerator[0], denominator[0]
    if match["of"] is None and "," not in match["numerator"]:
        is_day = first <= _MOST_DAYS and second <= _MOST_MONTHS
        of_year = first <= _MOST_MONTHS and abs(second % 100 - ((year or 2024) % 100)) <= _NEAR_YEARS and second < 2100
        if is_day or (of_year and (second < 100 or second > 1990)):
            return None
    return _Terms(first, second, match.end())


def _agrees_with_the_remark(note: str, terms: _Terms) -> None:
    """Refuse `19 su 20 (59%)`, where the percentage beside the terms is another."""
    match = _PERCENTAGE_ALONE.fullmatch(note)
    stated = number_at(match["percentage"], 0) if match else None
    if stated is None or scale_of(stated[0], terms.numerator, terms.denominator, SCALES_READ) is not None:
        return
    raise Unclear("il rapporto e la percentuale accanto sono diversi: si accetta uno solo dei due", terms.end)


def _terms_of_the_remark(note: str, quantity: Quantity) -> _Terms | None:
    terms = _terms(_SHARE, note.lstrip("( "), 0)
    if terms is None or scale_of(quantity.value, terms.numerator, terms.denominator, SCALES_READ) is None:
        return None
    return terms


def _benchmarks(text: str, position: int) -> tuple[tuple[Benchmark, ...], int]:
    benchmarks: list[Benchmark] = []
    while match := _BENCHMARK.match(text, position):
        value = number_at(text, match.end())
        if value is None:
            break
        number = value[0].copy_negate() if match["sign"] else value[0]
        benchmarks.append(Benchmark(name=" ".join(match["name"].split()), value=number))
        position = value[1]
    return tuple(benchmarks), position


@dataclass(frozen=True)
class ValueRule:
    """A rule of the grammar: its name, texts of 2022 that it reads, and how."""

    name: str
    examples: tuple[str, ...]
    read: Callable[[PreparedText], Observed | None]


RULES: tuple[ValueRule, ...] = (
    ValueRule("valore assente", ("", "n.d.", "I dati si avranno a fine anno", "non applicabile"), absent),
    ValueRule(
        "sì o no",
        ("si", "NO", "realizzato", "non raggiunto", "Sì (15/03/2022)", "delibera n. 3 del 15/03/2022"),
        yes_no_value,
    ),
    ValueRule("grado", ("medio",), degree),
    ValueRule("data", ("30/06/2022", "1° luglio", "marzo 2022", "31-dic-22"), day_value),
    ValueRule("variazione", ("incremento del 12%", "5 in meno rispetto al 2021"), change_value),
    ValueRule(
        "numero", ("17.835", "10,03% Num 6.551 - Den 65.291", "31,28 media clus.: -9,53", "NUM 43 DEN 43"), number_value
    ),
)


def _require_final(observed: Observed, cell: PreparedText) -> None:
    if observed.note and isinstance(observed, NumberValue | ChangeValue | Degree):
        require_final(observed.note, max(cell.body.find(observed.note), cell.start))


def read_value(text: str, year: int | None = None) -> Observed:
    """Read an observed value, or a baseline; `year` is the one that it describes, for a day without a year."""
    if len(text) > LONGEST:
        reason = f"il testo supera i {LONGEST} caratteri: è prosa, non un valore"
        return UnreadValue(text=text, reason=reason, at=LONGEST)
    places = plain_text(text).places
    try:
        cell = PreparedText.of(text, year, None, formula_is_change=False, observed=True)
        for rule in RULES:
            observed = rule.read(cell)
            if observed is not None:
                _require_final(observed, cell)
                return observed
    except Unclear as unclear:
        return UnreadValue(text=text, reason=unclear.reason, at=places[min(unclear.at, len(places) - 1)])
    return UnreadValue(text=text, reason=_why_unknown(cell), at=places[cell.start])


_NO_SUCH_THING = regex(r"(?:nessun[oa]?|nessun')(?![a-zà-ÿ])", re.IGNORECASE)
_ABOUT = regex(r"(?:circa|ca\.?|quasi|intorno\s+a|poco\s+(?:più|meno)\s+di|[~≈±])\s*(?=[0-9])", re.IGNORECASE)


def _why_unknown(cell: PreparedText) -> str:
    """Why a text of no kind is not read, with what an office that wrote a number in words, or about it, may write."""
    try:
        quantity = quantity_at(cell.body, cell.start, words=True)
    except Unclear:
        quantity = None
    if quantity is not None and quantity.in_words:
        figures = f"{print_number(quantity.value)}{cell.body[quantity.end :].rstrip()}"
        if quantity.unit == "%":
            figures = f"{print_number(quantity.value)}%"
        return f"è un numero in parole: si accetta {figures[:60]}"
    if _NO_SUCH_THING.match(cell.body, cell.start):
        return "può dire che non ce n'è stato alcuno, o che non è stato fatto: si accetta 0 oppure No"
    if (about := _ABOUT.match(cell.body, cell.start)) is not None:
        return f"dice un valore approssimato: si accetta il valore esatto, per esempio {cell.body[about.end() :].strip()[:60]}"
    return "testo non riconosciuto: si accetta, per esempio, 67,46%, 10,03% Num 6.551 - Den 65.291, Sì, n.d."
