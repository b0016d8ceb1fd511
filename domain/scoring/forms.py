"""The achievement of a target by its form: one rule a form, every case with a name."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import NamedTuple, assert_never

from domain.measurements.values import (
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
from domain.scoring.achievement import ALL, NOTHING, Achievement, Compared, Raw, settled, without
from domain.scoring.dated import deadline_achievement, milestones_achievement
from domain.scoring.figures import figure
from domain.scoring.numbers import over, total
from domain.scoring.observed_changes import stated_change
from domain.scoring.quantities import against, change_of, range_achievement, short, spelt
from domain.scoring.shares import resolved_share
from domain.scoring.units import things_in_another_unit, unit_of_the_value_alone
from domain.systems.model import DEFAULT, MeasurementSystem
from domain.targets.direction import target_direction
from domain.targets.levels import ranks
from domain.targets.model import (
    Change,
    Comparator,
    Deadline,
    Level,
    Milestones,
    NoTarget,
    Range,
    Recurring,
    Reference,
    SurveyYear,
    Target,
    Threshold,
    ToBeDefined,
    Unread,
    YesNo,
)
from domain.targets.printer import said_of
from domain.targets.references import BASELINE, OWN, ReferenceRule, read_reference
from domain.vocabulary import Polarity, shortened

AchievementRule = Callable[[Decimal], Raw]
_BY_POLARITY: dict[Polarity, Comparator] = {"up": ">=", "down": "<="}


class PublishedValue(NamedTuple):
    """A value of others, and in words whose it is, of when, from where."""

    value: Decimal
    words: str


class Circumstances(NamedTuple):
    """What a target is judged in beside the value itself.

    `is_ratio`: the indicator's formula divides one term by another, and is no percentage.
    `own_unit` is the indicator's unit; `year` the target's; `on` the day up to which steps are due (None: all);
    `within_year` holds what was observed for parts of the year (`2022-H1`); `earlier` the figures of earlier years and
    `baseline` the start value, for targets that speak of them; `published` the values of others, by whose they are and year.
    """

    system: MeasurementSystem = DEFAULT
    polarity: Polarity | None = None
    own_unit: str | None = None
    year: int | None = None
    on: date | None = None
    within_year: Mapping[str, Observed] = {}
    earlier: Mapping[int, Decimal] = {}
    is_ratio: bool = False
    baseline: Decimal | None = None
    published: Mapping[tuple[str, int], PublishedValue] = {}


def achieve(target: Target, observed: Observed | None, case: Circumstances = Circumstances()) -> Achievement:  # noqa: B008 - frozen
    """The achievement of one target by one observed value; total: every case has a result with a name."""
    match target:
        case NoTarget():
            return without("no_target", "non c'è un target per l'anno", "outside")
        case ToBeDefined():
            return without("target_to_be_defined", "il target è ancora da definire")
        case Unread():
            return without("target_unread", f"il target {shortened(target.text)!r} non si legge: {target.reason}")
        case Reference() if target.value is None and referred(target, case) is None:
            return without("reference_unresolved", f"il valore di riferimento ({target.reference}) non è ancora noto")
        case _:
            pass
    parts = case.within_year.values() if isinstance(target, Milestones | Deadline) else ()
    if isinstance(target, SurveyYear) or any(isinstance(part, NumberValue | DayValue | YesNoValue) for part in parts):
        return _by_form(target, observed, case)
    absent = _absent(observed, case)
    if absent is not None:
        return absent
    return _by_form(target, observed, case)


def _by_form(target: Target, observed: Observed | None, case: Circumstances) -> Achievement:
    system = case.system
    worth = resolved_share(target, observed, case.own_unit, is_ratio=case.is_ratio)
    if isinstance(worth, Achievement):
        return worth
    observed = worth
    if (in_another_unit := things_in_another_unit(target, observed, case.own_unit)) is not None:
        return in_another_unit
    match target:
        case Threshold():
            return _threshold(target, observed, case)
        case Range():
            told = unit_of_the_value_alone(target, observed, case.own_unit)
            return _number(
                observed,
                target.unit,
                case,
                lambda value: _with_note(range_achievement(value, target.low, target.high, system), told),
            )
        case Deadline():
            return _settle(deadline_achievement(target, observed, case.within_year, system, case.year), case)
        case Milestones():
            return _settle(
                milestones_achievement(target, observed, case.within_year, system, case.on, polarity=case.polarity),
                case,
            )
        case YesNo():
            return _yes_no(target, observed, case)
        case Level():
            return _level(target, observed, case)
        case Change():
            return _change(target, observed, case)
        case Reference():
            return _reference(target, observed, case)
        case SurveyYear():
            return _survey(observed, case)
        case Recurring():
            return _recurring(target, observed, case)
        case NoTarget() | ToBeDefined() | Unread():
            return without("no_target", "non c'è un target per l'anno", "outside")
        case _:
            assert_never(target)


def _with_note(raw: Raw, note: str | None) -> Raw:
    return raw._replace(note="; ".join(filter(None, (raw.note, note))) or None)


def _absent(observed: Observed | None, case: Circumstances) -> Achievement | None:
    """The result of a value that is not there, and why; None when it is."""
    system = case.system
    match observed:
        case None if case.on is not None and case.year is not None and case.on < date(case.year, 12, 31):
            result = without("not_yet_due", "l'anno non è finito, e il dato non c'è ancora", "pending")
        case None:
            result = without("not_measured", "non c'è una misurazione")
        case NotAvailable():
            result = without("not_available", "il dato non è disponibile")
        case NotYetDue():
            result = without("not_yet_due", "il dato non è ancora dovuto", "pending")
        case NotApplicable():
            return without("not_applicable", "il dato non è applicabile: non conta", "outside")
        case UnreadValue():
            return without("value_unread", f"il valore {shortened(observed.text)!r} non si legge: {observed.reason}")
        case _:
            return None
    rule = system.not_yet_due if result.standing == "pending" else system.missing
    if rule == "zero":
        note = f"{result.note}: per le regole dell'anno conta zero"
        return Achievement(achievement=NOTHING, uncut=NOTHING, met=False, rule=result.rule, note=note)
    return result


def _settle(outcome: Raw | Achievement, case: Circumstances) -> Achievement:
    return outcome if isinstance(outcome, Achievement) else settled(outcome, case.system)


def _number(observed: Observed | None, unit: str | None, case: Circumstances, rule: AchievementRule) -> Achievement:
    if not isinstance(observed, NumberValue):
        kind = {"date": "una data", "change": "una variazione", "yes_no": "un sì o no", "level": "un grado"}.get(
            getattr(observed, "kind", ""), ""
        )
        return without("not_comparable", f"il target chiede una quantità, il valore è {kind or 'di altra natura'}")
    read = figure(observed, unit, case.system, own_unit=case.own_unit)
    if read.value is None:
        return without(read.problem or "not_measured", read.note or "manca il valore")
    raw = rule(read.value)
    arithmetic = raw.arithmetic if read.computed is None else f"{read.words}; {raw.arithmetic}"
    note = "; ".join(filter(None, (read.note, raw.note))) or None
    return settled(raw._replace(arithmetic=arithmetic, note=note), case.system)


def _threshold(target: Threshold, observed: Observed | None, case: Circumstances) -> Achievement:
    comparator, note = direction_of(target.comparator, case, target.implied)
    note = "; ".join(filter(None, (note, unit_of_the_value_alone(target, observed, case.own_unit)))) or None
    if comparator is None:
        return _undirected(target.value, target.unit, observed, case)

    def judged(value: Decimal) -> Raw:
        raw = against(value, target.value, comparator, case.system, tolerance=target.tolerance, polarity=case.polarity)
        return _with_note(raw, note)

    return _number(observed, target.unit, case, judged)


def direction_of(
    comparator: Comparator | None, case: Circumstances, implied: Comparator | None = None
) -> tuple[Comparator | None, str | None]:
    """The comparator of a target, written or given by polarity, and what is to be said of it."""
    if comparator is not None:
        other = case.polarity is not None and comparator != "=" and case.polarity != _direction(comparator)
        better = "più" if case.polarity == "up" else "meno"
        return (
            comparator,
            f"il segno {comparator} non va con la polarità ({better} è meglio): vale il segno" if other else None,
        )
    direction = target_direction(None, implied, case.polarity, case.system.bare_value)
    if direction is None:
        return None, None
    if direction.basis == "bare_value":
        better = "più" if direction.better == "up" else "meno"
        return _BY_POLARITY[direction.better], f"polarità non nota: per le regole dell'anno {better} è meglio"
    return implied if direction.basis == "implied" else _BY_POLARITY[direction.better], None


def _direction(comparator: Comparator) -> Polarity:
    return "up" if comparator in {">=", ">"} else "down"


def _undirected(value: Decimal, unit: str | None, observed: Observed | None, case: Circumstances) -> Achievement:
    """A bare value whose polarity nobody knows: reached when it is equal, and no figure otherwise."""

    def judged(seen: Decimal) -> Raw:
        compared = Compared(seen, value)
        return Raw(ALL, seen == value, "equal", f"{spelt(seen)} = {spelt(value)}", compared=compared)

    result = _number(observed, unit, case, judged)
    if result.met is False:
        note = "polarità non nota: non si sa se il valore è meglio o peggio del target; va dichiarata"
        return without("unknown_polarity", note).model_copy(update={"compared": result.compared})
    return result


def _yes_no(target: YesNo, observed: Observed | None, case: Circumstances) -> Achievement:
    if not isinstance(observed, YesNoValue | DayValue):
        return without("not_comparable", "il target è sì o no, il valore non lo è: resta una nota")
    # A day is one on which it was done.
    answer = observed.value if isinstance(observed, YesNoValue) else "yes"
    met = answer == target.value
    words = {"yes": "sì", "no": "no"}
    compared = f"{words[answer]} rispetto a {words[target.value]}"
    return settled(Raw(ALL if met else NOTHING, met, "yes_no", compared), case.system)


def _level(target: Level, observed: Observed | None, case: Circumstances) -> Achievement:
    if not isinstance(observed, Degree):
        return without("not_comparable", "il target è un grado, il valore non lo è")
    places = ranks(observed.value, target.value, target.scale)
    compared = f"{observed.value} rispetto a {target.value}"
    if places is None:
        return without("scale_unknown", f"{compared}: non stanno su una stessa scala nota")
    comparator, note = direction_of(target.comparator, case)
    if comparator is None:
        if places[0] != places[1]:
            return without("unknown_polarity", f"{compared}: polarità non nota, va dichiarata")
        comparator = "="
    there, asked = Decimal(places[0] + 1), Decimal(places[1] + 1)
    raw = against(there, asked, comparator, DEFAULT)
    if case.system.levels == "steps":
        uncut = raw.uncut if raw.uncut is not None else (ALL if raw.met else NOTHING)
        return settled(
            Raw(uncut, raw.met, "level", f"{compared}: gradino {spelt(there)} su {spelt(asked)}", note), case.system
        )
    return settled(Raw(ALL if raw.met else NOTHING, raw.met, "level", compared, note), case.system)


def _change(target: Change, observed: Observed | None, case: Circumstances) -> Achievement:
    base, where = _base(target, case)
    in_percent = target.unit == "%"
    stated = stated_change(target, observed, base) if isinstance(observed, NumberValue | ChangeValue) else None
    if base == 0 and in_percent and not isinstance(stated, Decimal):
        return without("base_zero", f"{where} è zero: una variazione percentuale non si calcola")
    if isinstance(stated, Achievement):
        return stated
    if stated is not None:
        raw = against(stated, target.value, target.comparator, case.system)
        note = "il valore è letto come variazione, perché lo dice o ne porta il segno"
        return settled(raw._replace(rule="change", note=note), case.system)
    if base is None:
        return without("earlier_value_unknown", f"il target è una variazione: non è noto {where}")

    def judged(value: Decimal) -> Raw:
        moved = change_of(value, base, in_percent=in_percent)
        raw = against(moved, target.value, target.comparator, case.system)
        ratio = f" / {spelt(abs(base))} × 100" if in_percent else ""
        arithmetic = f"({spelt(value)} − {spelt(base)}){ratio} = {short(moved)}; {raw.arithmetic}"
        return raw._replace(rule="change", arithmetic=arithmetic, note=raw.note or f"base: {where}")

    return _number(observed, None, case, judged)


def _base(target: Change, case: Circumstances) -> tuple[Decimal | None, str]:
    match target.base:
        case int():
            return case.earlier.get(target.base), f"il valore del {target.base}"
        case "baseline":
            return case.baseline, "il valore di partenza"
        case "previous":
            year = (case.year or 0) - 1
            return case.earlier.get(year), f"il valore dell'anno precedente{f' ({year})' if case.year else ''}"
        case "mean3":
            years = [(case.year or 0) - back for back in (1, 2, 3)]
            values = [case.earlier[year] for year in years if year in case.earlier]
            if len(values) < len(years):
                return None, "il valore di ciascuno dei tre anni precedenti"
            return over(total(values), Decimal(3)), "la media dei tre anni precedenti"
        case _:
            assert_never(target.base)


class Referred(NamedTuple):
    """The value that a reference means, and where it comes from."""

    value: Decimal
    words: str


def referred(target: Reference, case: Circumstances) -> Referred | None:
    """The value that a reference means: the one that was said, else the indicator's own, else what others published.

    One that was said stands as it is, with its margin in it; what it took the place of is told beside it.
    """
    rule = read_reference(target.reference, case.year or 0)
    found = _of_the_rule(rule, case)
    if target.value is not None:
        aside = f", al posto di {found.words}" if found is not None else ""
        with_margin = ", margine compreso" if rule.margin is not None else ""
        return Referred(target.value, f"{said_of(target)}, detto con un atto{with_margin}{aside}")
    if found is None or rule.margin is None:
        return found
    asked = rule.with_margin(found.value)
    sign = "+" if rule.margin >= 0 else "−"
    return Referred(asked, f"{found.words}; {sign}{spelt(abs(rule.margin))}%: {short(asked)}")


def _of_the_rule(rule: ReferenceRule, case: Circumstances) -> Referred | None:
    year = case.year or 0
    if rule.of == BASELINE and case.baseline is not None:
        return Referred(case.baseline, f"{spelt(case.baseline)}, valore di partenza")
    known = [_of_year(rule, key, case) for key in rule.answered_by_year(year)] if rule.of != BASELINE else [None]
    told = [each for each in known if each is not None]
    if len(told) < len(known):
        called = next((case.published[key] for key in rule.answered_as_called(year) if key in case.published), None)
        return None if called is None else Referred(called.value, f"{spelt(called.value)} ({called.words})")
    mean = over(total([each.value for each in told]), Decimal(len(told)))
    words = (" e " if rule.of == OWN else "; ").join(each.words for each in told)
    return Referred(mean, words if len(told) == 1 else f"media di {words}: {short(mean)}")


def _of_year(rule: ReferenceRule, key: tuple[str, int], case: Circumstances) -> Referred | None:
    """The value of one of the years that a rule asks for: of the indicator's own series, else as it was published."""
    year = key[1]
    if rule.of == OWN and year in case.earlier:
        return Referred(case.earlier[year], f"{spelt(case.earlier[year])} del {year}")
    published = case.published.get(key)
    return None if published is None else Referred(published.value, f"{spelt(published.value)} ({published.words})")


def _reference(target: Reference, observed: Observed | None, case: Circumstances) -> Achievement:
    meant = referred(target, case)
    if meant is None:
        return without("reference_unresolved", f"il valore di riferimento ({target.reference}) non è ancora noto")
    comparator, note = direction_of(target.comparator, case)
    if comparator is None:
        return _undirected(meant.value, target.unit, observed, case)

    def judged(seen: Decimal) -> Raw:
        raw = against(seen, meant.value, comparator, case.system, polarity=case.polarity)
        resolved = f"{target.reference}: {meant.words}"
        return raw._replace(rule="reference", note="; ".join(filter(None, (resolved, raw.note, note))))

    return _number(observed, target.unit, case, judged)


def _survey(observed: Observed | None, case: Circumstances) -> Achievement:
    if case.system.survey_years == "not_scored":
        return without("survey_year", "anno di sola rilevazione: non conta nel punteggio", "outside")
    absent = _absent(observed, case)
    if absent is not None:
        return absent
    return settled(Raw(ALL, met=True, rule="survey_year", arithmetic="rilevato"), case.system)


def _recurring(target: Recurring, observed: Observed | None, case: Circumstances) -> Achievement:
    if not isinstance(observed, YesNoValue):
        return without("not_comparable", f"il target è una ricorrenza ({target.text}): si misura con sì o no")
    met = observed.value == "yes"
    return settled(Raw(ALL if met else NOTHING, met, "recurring", "svolto" if met else "non svolto"), case.system)
