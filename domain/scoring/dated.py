"""Deadlines, met or late by days, and milestones: quantities due by successive days.

A part of the year (`2022-H1`) may have been observed on its own: a day, or a step, is judged by the smallest part that
holds it, and by the year's own value where there is none.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from domain.italian import print_date
from domain.measurements.reader import first_possible_day
from domain.measurements.values import DayValue, NumberValue, Observed, YesNoValue
from domain.scoring.achievement import ALL, NOTHING, Achievement, Compared, Raw, without
from domain.scoring.figures import figure
from domain.scoring.numbers import minus, over, times, total
from domain.scoring.quantities import against
from domain.systems.model import MeasurementSystem
from domain.targets.direction import target_direction
from domain.targets.model import Comparator, Deadline, Milestones, Step
from domain.vocabulary import Polarity, first_day, last_day


def smallest_part(day: date, within_year: Mapping[str, Observed]) -> Observed | None:
    """What was observed for the smallest part of the year that holds a day."""
    holding = [period for period in within_year if first_day(period) <= day <= last_day(period)]
    if not holding:
        return None
    return within_year[min(holding, key=lambda period: (last_day(period) - first_day(period), period))]


def deadline_achievement(
    target: Deadline,
    observed: Observed | None,
    within_year: Mapping[str, Observed],
    system: MeasurementSystem,
    year: int | None = None,
) -> Raw | Achievement:
    """Done by the day, or late by so many days; a bare yes is taken at its word.

    A day before the year of the target is asked about: a slip of the keyboard makes a year early of a month late.
    """
    seen = smallest_part(target.value, within_year)
    if not isinstance(seen, DayValue | YesNoValue):
        seen = observed
    match seen:
        case YesNoValue(value="yes"):
            note = "è detto fatto, senza la data: si intende entro il termine"
            return Raw(
                ALL, met=True, rule="deadline_met", arithmetic=f"entro il {print_date(target.value)}: sì", note=note
            )
        case YesNoValue():
            return Raw(NOTHING, met=False, rule="not_done", arithmetic=f"entro il {print_date(target.value)}: no")
        case DayValue(value=done):
            first = first_possible_day(seen)
            if first <= target.value < done:
                words = (
                    f"«{seen.text}» non dice il giorno, e il termine è il {print_date(target.value)}: scrivere la data"
                )
                return without("not_comparable", words)
            if done.year < (year or target.value.year - 1):
                words = f"{print_date(done)} è prima dell'anno del target: scrivere la data giusta, oppure Sì se fu fatto allora"
                return without("not_comparable", words)
            exact = first == done
            raw = _done(target.value, done, system, exact=exact)
            return raw._replace(compared=in_days(done, target.value) if exact else None)
        case None:
            return without("not_measured", "non c'è una misurazione")
        case _:
            return without("not_comparable", "il target è un termine: il valore deve essere una data, sì oppure no")


def in_days(done: date, due: date) -> Compared:
    """A day held against the one by which it was to be done: how many days late, where none was to be."""
    return Compared(Decimal((done - due).days), NOTHING)


def _done(due: date, done: date, system: MeasurementSystem, *, exact: bool) -> Raw:
    late = (done - due).days
    arithmetic = f"{print_date(done)} rispetto a {print_date(due)}"
    if late <= 0:
        early = f"con {'' if exact else 'almeno '}{-late} giorni di anticipo" if late else None
        return Raw(ALL, met=True, rule="deadline_met", arithmetic=arithmetic, note=early)
    rule = system.lateness
    note = f"{late} giorni di ritardo" if late > 1 else "un giorno di ritardo"
    if late <= rule.days_of_grace:
        return Raw(ALL, met=False, rule="days_late", arithmetic=arithmetic, note=f"{note}, entro i giorni tollerati")
    if rule.rule == "worth_nothing" or (rule.worthless_after is not None and late > rule.worthless_after):
        return Raw(NOTHING, met=False, rule="days_late", arithmetic=arithmetic, note=f"{note}: nessun credito")
    counted = Decimal(late - rule.days_of_grace)
    left = max(NOTHING, minus(ALL, times(rule.points_per_day, counted)))
    arithmetic = f"{arithmetic}; 100 − {counted} × {rule.points_per_day} = {left}"
    return Raw(left, met=False, rule="days_late", arithmetic=arithmetic, note=note)


def milestones_achievement(
    target: Milestones,
    observed: Observed | None,
    within_year: Mapping[str, Observed],
    system: MeasurementSystem,
    on: date | None,
    *,
    polarity: Polarity | None = None,
) -> Raw | Achievement:
    """The steps that are due, each by what was observed at its day; put together as the rules say."""
    due = [step for step in target.steps if on is None or step.by <= on]
    if not due:
        return without("not_yet_due", f"la prima tappa è al {print_date(target.steps[0].by)}", "pending")
    judged = [(step, _step(step, within_year, system, polarity)) for step in due]
    known = [(step, raw) for step, raw in judged if raw is not None]
    last = target.steps[-1]
    final = observed if isinstance(observed, NumberValue) else None
    if final is not None and due[-1] == last:
        known = [(step, raw) for step, raw in known if step != last]
        read = figure(final, last.unit, system)
        if read.value is not None:
            known.append((last, against(read.value, last.value, step_sign(polarity, system), system)))
    if not known:
        return without("not_measured", "nessuna tappa dovuta ha una misurazione")
    lacking = len(due) - len(known)
    note = f"tappe dovute senza misurazione: {lacking}" if lacking else None
    arithmetic = "; ".join(f"{print_date(step.by)}: {raw.arithmetic}" for step, raw in known)
    figures = [raw.uncut if raw.uncut is not None else ALL for _, raw in known]
    met = all(raw.met for _, raw in known)
    compared = known[-1][1].compared
    if system.milestones == "last":
        return Raw(figures[-1], known[-1][1].met, "milestones", arithmetic, note, compared)
    if system.milestones == "all":
        return Raw(min(figures), met, "milestones", arithmetic, note, compared)
    capped = [figure if system.cut_at is None else min(figure, system.cut_at) for figure in figures]
    return Raw(over(total(capped), Decimal(len(capped))), met, "milestones", arithmetic, note, compared)


def step_sign(polarity: Polarity | None, system: MeasurementSystem) -> Comparator:
    """A step is a quantity that grows, where nobody says otherwise."""
    direction = target_direction(None, None, polarity, system.bare_value)
    return "<=" if direction is not None and direction.better == "down" else ">="


def _step(
    step: Step, within_year: Mapping[str, Observed], system: MeasurementSystem, polarity: Polarity | None
) -> Raw | None:
    ending = {period: seen for period, seen in within_year.items() if last_day(period) == step.by}
    seen = smallest_part(step.by, ending or within_year)
    if not isinstance(seen, NumberValue):
        return None
    read = figure(seen, step.unit, system)
    return None if read.value is None else against(read.value, step.value, step_sign(polarity, system), system)
