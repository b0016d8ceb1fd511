"""Reads targets that are due by a day: deadlines, durations after `entro`, milestones."""

import re
from datetime import date

from domain.italian import MONTHS, Unclear, day_at, period_end_at
from domain.patterns import regex
from domain.targets.model import DURATIONS, Deadline, Milestones, Step, Target, Threshold
from domain.targets.quantities import (
    Quantity,
    comparator_at,
    past,
    past_article,
    past_spaces,
    quantity_at,
    unit_at,
)
from domain.targets.revisions import REVISED, says_changed, says_ended
from domain.targets.target_text import PreparedText

_BY = regex(r"(?:entro|al|a)\b\s*", re.IGNORECASE)
_COUNTED = regex(r"\s+[a-zà-ÿ]{4,}(?:\s+[a-zà-ÿ']{2,}){0,4}?\s+(?=entro\b)", re.IGNORECASE)
_COLON = regex(r"\s*(?P<mark>[:=])?\s*(?:il\s+|l')?", re.IGNORECASE)
_NEXT_STEP = regex(r"\s*(?:[;,/-]\s*)?(?:(?:e|ed|poi)\s+)?(?:il\s+|l')?", re.IGNORECASE)


def milestones(cell: PreparedText) -> Target | None:
    """Quantities each with its day, before it (`giugno 60%`, `30/6: 3`) or after it (`60% entro il 30/6`)."""
    first = _step_at(cell, cell.start)
    if first is None:
        return None
    things = " ".join(thing[0].strip() for thing in _COUNTED.finditer(cell.body, cell.start))
    steps, end = [first[0]], first[1]
    while (following := _step_at(cell, past(_NEXT_STEP, cell.body, end))) is not None:
        steps.append(following[0])
        end = following[1]
    days = [step.by for step in steps]
    _are_of_the_target(cell, days)
    if days != sorted(set(days)):
        raise Unclear("le date delle tappe non sono in ordine", cell.start)
    if len({step.unit for step in steps}) > 1:
        raise Unclear("le tappe hanno unità di misura diverse", cell.start)
    return Milestones(text=cell.text, steps=tuple(steps), note=cell.note_from(end, before=things))


def _step_at(cell: PreparedText, position: int) -> tuple[Step, int] | None:
    day = _due_at(cell, past(_BY, cell.body, position))
    if day is not None:
        colon = _COLON.match(cell.body, day[1])
        after = past(_COLON, cell.body, day[1])
        if comparator_at(cell.body, after)[0] is not None:
            raise Unclear("nelle tappe non si accetta un segno di confronto: giugno 60%; ottobre 100%", after)
        marked = colon is not None and colon["mark"] is not None
        begins = marked or (cell.body[after : after + 1].isdigit() and _due_at(cell, after) is None)
        quantity = quantity_at(cell.body, after) if begins else None
        if quantity is None or (quantity.unit != "%" and not marked):
            return None
        return _step(quantity, day[0]), quantity.end
    quantity = quantity_at(cell.body, position)
    if quantity is None:
        return None
    thing = _COUNTED.match(cell.body, quantity.end) if quantity.unit is None and not quantity.sign else None
    term = _BY.match(cell.body, thing.end() if thing else past_spaces(cell.body, quantity.end))
    day = _due_at(cell, term.end()) if term else None
    if day is None:
        return None
    return _step(quantity, day[0]), day[1]


def _step(quantity: Quantity, by: date) -> Step:
    if quantity.sign == "+":
        raise Unclear("una tappa non può essere una variazione", quantity.start)
    return Step(by=by, value=quantity.value, unit=quantity.unit)


def _due_at(cell: PreparedText, position: int) -> tuple[date, int] | None:
    """The day, or the last day of the period, that begins at a place, after its article if it has one."""
    for place in dict.fromkeys((position, past_article(cell.body, position))):
        due = _day_at(cell, place) or period_end_at(cell.body, place, cell.year)
        if due is not None:
            return due
    return None


_LAST_MONTH_OF_THE_NEXT_YEAR = 6


def _are_of_the_target(cell: PreparedText, days: list[date]) -> None:
    """Refuse days of another year than the target's; what is due on a year may be due early in the next one."""
    for day in days:
        if cell.year is None or day.year == cell.year:
            continue
        if day.year != cell.year + 1 or day.month > _LAST_MONTH_OF_THE_NEXT_YEAR:
            reason = f"la data è del {day.year}, ma il target è del {cell.year}: si accetta una data del {cell.year}"
            raise Unclear(reason, cell.start)


_TWO_DIGITS_OF_A_YEAR = regex(r"(?P<day>[0-9]{1,2})[/.-][0-9]{1,2}[/.-][0-9]{2}")
_NEARBY = 5
"""Years from the target's: a year of two digits further than that may be no year (`10/11/12`)."""


def _day_at(cell: PreparedText, position: int) -> tuple[date, int] | None:
    day = day_at(cell.body, position, cell.year)
    short = _TWO_DIGITS_OF_A_YEAR.fullmatch(cell.body[position : day[1]]) if day else None
    if day is None or short is None:
        return day
    certain = int(short["day"]) > len(MONTHS) if cell.year is None else abs(day[0].year - cell.year) <= _NEARBY
    if not certain:
        raise Unclear("l'anno di due cifre non è certo: si accetta GG/MM/AAAA", position)
    return day


_WITHIN = regex(r"(?:entro\b(?:\s+e\s+non\s+oltre\b)?|non\s+più\s+tardi(?=\s+d))\s*", re.IGNORECASE)
_WHAT = regex(
    r"(?!entro\b)(?P<what>[^0-9<>=≤≥:;()+%€]{1,120}?)(?:[\s,]+|\s*(?P<mark>[:(-])\s*)(?=entro\b)", re.IGNORECASE
)
_CLOSING = regex(r"\s*\)")
_RECURS = regex(
    r"(?<![a-zà-ÿ])(?:ogni|ciascun[oa]?|tutti\s+gli|annualmente|mensilmente|a\s+cadenza|successiv[oa]|seguente)(?![a-zà-ÿ])",
    re.IGNORECASE,
)
_NOT_A_DESCRIPTION = regex(
    r"\b(?:non|se|salvo|tranne|prima|dopo|oltre|almeno|minimo|massimo|max|min|più|meno|sì|si|no|uno|una|un|due|tre|quattro"
    r"|cinque|sei|sette|otto|nove|dieci|metà|o|oppure|ovvero|circa|entro|fino|ogni|ciascun[oa]?|mancat[oaie]|senza|assenza"
    r"|nessun[oa]?|né|eventual[ei]|prorog[a-z]+|rinvi[oi]|annullamento|revoca|sospensione|ritardo|omess[oaie]|mancanza"
    r"|qualora|purché|caso|evitare|divieto|successiv[oaie])\b",
    re.IGNORECASE,
)
_POINTED_DAY = regex(
    r"(?P<day>(?:1[3-9]|2[0-9]|3[01])(?=[.-]0?[1-9]|[.-]1[0-2])|(?:0[1-9]|1[0-2])(?=[.-](?:0[1-9]|1[0-2])))"
    r"[.-](?P<month>0?[1-9]|1[0-2])(?![0-9.,/-]*[0-9])(?!\s?[%€])"
)
_YEAR_ALONE = regex(r"(?:il\s+|anno\s+)?(?P<year>(?:19|20)[0-9]{2})\b(?![.,/-]?[0-9])", re.IGNORECASE)
_AND_BY = regex(r"\s*(?:(?:e|ed)\s+|[;,]\s*)?(?:entro\s+)?(?:il\s+|l')?", re.IGNORECASE)


def within(cell: PreparedText) -> list[Target] | Target | None:
    """What comes after `entro`: a day, the end of a month or of a part of the year, or a duration.

    Words of description may stand before it (`Approvazione entro il 31/7`) and become the note.
    """
    what = _WHAT.match(cell.body, cell.start)
    if what is not None:
        if _NOT_A_DESCRIPTION.search(what["what"]):
            return None
        if says_ended(what["what"], apart=True) or says_changed(what["what"], apart=True):
            raise Unclear(REVISED, cell.start)
    opening = _WITHIN.match(cell.body, what.end() if what else cell.start)
    if opening is None:
        return None
    before = what["what"].strip() if what else ""
    position = opening.end()
    due = _due_at(cell, position) or _loose_day_at(cell, past_article(cell.body, position))
    in_brackets = what is not None and what["mark"] == "("
    if due is not None:
        due = due[0], _closed(cell, due[1], in_brackets=in_brackets)
        deadlines = _deadlines(cell, due, before)
        _are_of_the_target(cell, [due[0]])
        return deadlines
    duration = quantity_at(cell.body, past_article(cell.body, position), words=True)
    if duration is not None and duration.unit in {"%", "EUR"} and what is None and not duration.sign:
        note = cell.note_from(duration.end, unit=duration.unit)
        return Threshold(text=cell.text, comparator="<=", value=duration.value, unit=duration.unit, note=note)
    if duration is None or duration.unit not in DURATIONS or duration.sign:
        raise Unclear(
            "dopo «entro» si accetta un giorno (31/12), un mese, una parte dell'anno o una durata (60 giorni)", position
        )
    end = _closed(cell, duration.end, in_brackets=in_brackets)
    note = cell.note_from(end, unit=duration.unit, before=before)
    return Threshold(text=cell.text, comparator="<=", value=duration.value, unit=duration.unit, note=note)


def _closed(cell: PreparedText, position: int, *, in_brackets: bool) -> int:
    """The place after the bracket that opened before a day."""
    if not in_brackets:
        return position
    closing = _CLOSING.match(cell.body, position)
    if closing is None:
        raise Unclear("dopo la data tra parentesi si accetta solo la chiusura", position)
    return closing.end()


def deadline(cell: PreparedText) -> list[Target] | Target | None:
    """A day or the end of a period by itself, or after `<=`, of the target's year; two days in order are two deadlines."""
    due = due_day(cell)
    if due is not None:
        targets = due if isinstance(due, list) else [due]
        _are_of_the_target(cell, [target.value for target in targets if isinstance(target, Deadline)])
    return due


_AT = regex(r"(?:al|alla\s+data\s+del)\s+(?=[0-9])", re.IGNORECASE)


def due_day(cell: PreparedText) -> list[Target] | Target | None:
    """A day or the end of a period by itself, of whatever year."""
    comparator, position = comparator_at(cell.body, cell.start)
    at = _AT.match(cell.body, position)
    due = _due_at(cell, position) or (_loose_day_at(cell, at.end()) if at else None)
    if due is None:
        return None
    if comparator not in {None, "<="} or cell.match("fino"):
        raise Unclear("una scadenza si accetta con «entro» o con <=", cell.start)
    short = re.fullmatch(r"(?P<day>[0-9]{1,2})/[0-9]{1,2}", cell.body[position : due[1]])
    if short is not None and (int(short["day"]) <= len(MONTHS) or short[0] == "24/7"):
        raise Unclear("può essere una data o una frazione: si accetta «entro il 1/2» per la data", position)
    return _deadlines(cell, due, "")


def _loose_day_at(cell: PreparedText, position: int) -> tuple[date, int] | None:
    pointed = _POINTED_DAY.match(cell.body, position)
    if pointed is not None:
        spelt = f"{pointed['day']}/{pointed['month']}"
        day = day_at(spelt, 0, cell.year)
        return (day[0], pointed.end()) if day else None
    alone = _YEAR_ALONE.match(cell.body, position)
    return (date(int(alone["year"]), 12, 31), alone.end()) if alone else None


def _deadlines(cell: PreparedText, due: tuple[date, int], before: str) -> list[Target] | Target:
    days = [due[0]]
    end = due[1]
    other = _day_at(cell, past(_AND_BY, cell.body, end))
    if other is not None:
        if other[0] <= days[0]:
            raise Unclear("due date non in ordine: non è certo se la seconda sostituisca la prima", end)
        days.append(other[0])
        end = other[1]
    after = past_spaces(cell.body, end)
    if unit_at(cell.body, after)[1] > after:
        raise Unclear("dopo la data c'è un'unità di misura", after)
    if _RECURS.search(cell.body, end):
        raise Unclear("la scadenza si ripete: si accetta quella dell'anno del target", end)
    note = cell.note_from(end, before=before)
    targets: list[Target] = [Deadline(text=cell.text, value=day, note=note) for day in days]
    return targets if len(targets) > 1 else targets[0]
