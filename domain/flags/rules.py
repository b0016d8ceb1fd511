"""The rules of attention, one a function, a closed list: each says in words and numbers what it saw."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from typing import NamedTuple

from domain.flags.between_plans import eased_between_plans
from domain.flags.library import departs_from_library
from domain.flags.model import (
    RULE_TITLES,
    Case,
    Corrected,
    EasedYears,
    Finding,
    Moved,
    Overridden,
    Restated,
    Revised,
    RuleName,
    Severity,
    Started,
    Thresholds,
    Value,
)
from domain.flags.what_counts import (
    approval_annulled,
    approval_corrected,
    approved_late,
    change_left_out,
    closing_annulled,
    retroactive,
    surfaced_after_approval,
)
from domain.italian import print_number
from domain.scoring.numbers import print_hundredths

NOT_KNOWABLE = "non conoscibile: caricato a posteriori, non si sa che cosa fosse noto quando fu deciso"


def eased_after_bad_value(case: Case, _: Thresholds) -> Finding | None:
    """A target was lowered after a value below it was known, or put in terms that cannot be compared and that value meets."""
    if not isinstance(case, Revised) or case.aspect != "target" or case.direction not in {"easier", "undetermined"}:
        return None
    known = case.known
    if known is None:
        return Finding("not_knowable", NOT_KNOWABLE) if case.retrospective else None
    if known.meets_before is not False:
        return Finding("clear", "non risulta che il valore noto mancasse il target")
    if case.direction == "undetermined" and known.meets_after is not True:
        return Finding("clear", "il valore noto non raggiunge nemmeno il nuovo target, che non è confrontabile")
    if case.retrospective or known.retrospective:
        return Finding("not_knowable", NOT_KNOWABLE)
    by_the_act = known.recorded_on <= case.decided
    words = (
        f"il target {case.year} di {case.name} è passato da {case.before} a {case.after}, ed era già registrato (il "
        f"{_day(known.recorded_on)}) un valore che non raggiungeva il target di prima: {known.text} per {known.period}"
    )
    if case.direction == "undetermined":
        words += ". I due target non si possono confrontare; il valore raggiunge il nuovo"
    if not by_the_act:
        words += f". L'atto è del {_day(case.decided)}, anteriore: è registrato il {_day(case.recorded_on)}"
    plain = by_the_act and not known.interim and case.direction == "easier"
    return Finding("raised", words + _beside(known), "high" if plain else "medium")


def just_crosses(case: Case, thresholds: Thresholds) -> Finding | None:
    """The new target is just met by the value that was known."""
    if not isinstance(case, Revised) or case.aspect != "target" or case.direction not in {"easier", "undetermined"}:
        return None
    known = case.known
    if known is None:
        return Finding("not_knowable", NOT_KNOWABLE) if case.retrospective else None
    if known.meets_before is not False or known.meets_after is not True or known.distance is None:
        return Finding("clear", "il nuovo target non è appena raggiunto dal valore noto")
    if known.distance > thresholds.margin_percent:
        return Finding("clear", f"il nuovo target dista {_percent(known.distance)} dal valore noto")
    if case.retrospective or known.retrospective:
        return Finding("not_knowable", NOT_KNOWABLE)
    return Finding(
        "raised",
        f"il nuovo target {case.year} di {case.name}, {case.after}, è raggiunto per {_percent(known.distance)} (soglia "
        f"{_percent(thresholds.margin_percent)}) dal valore già noto {known.text} per {known.period}; quello di prima, "
        f"{case.before}, no{_beside(known)}",
    )


def decided_late(case: Case, thresholds: Thresholds) -> Finding | None:
    """A change was decided in the last days of the year that it touches, or after it."""
    if not isinstance(case, Revised) or case.kind != "in_year_revision":
        return None
    end = date(case.year, 12, 31)
    if case.decided < end - timedelta(days=thresholds.last_days - 1):
        return Finding("clear", f"deciso il {_day(case.decided)}")
    if case.act_assumed:
        return Finding("not_knowable", "non conoscibile: la data dell'atto è presunta")
    left = (end - case.decided).days
    days = _whole(abs(left))
    when = f"{days} giorni prima della fine" if left >= 0 else f"{days} giorni dopo la fine"
    words = f"la modifica di {case.name} è del {_day(case.decided)}, {when} del {case.year}"
    if case.effective_on < case.decided:
        words += f", con effetto dal {_day(case.effective_on)}"
    return Finding(
        "raised", f"{words} (soglia: gli ultimi {thresholds.last_days} giorni)", "high" if left < 0 else None
    )


def recorded_late(case: Case, thresholds: Thresholds) -> Finding | None:
    """The act is dated long before the recording."""
    if not isinstance(case, Revised) or case.kind not in {"in_year_revision", "rolling_update", "drafting"}:
        return None
    if case.retrospective:
        return Finding("not_knowable", "non conoscibile: caricato a posteriori")
    since = min(case.decided, case.effective_on)
    days = (case.recorded_on - since).days
    if days <= thresholds.recording_days:
        return Finding("clear", f"registrato dopo {max(days, 0)} giorni")
    if case.act_assumed:
        return Finding("not_knowable", "non conoscibile: la data dell'atto è presunta")
    return Finding(
        "raised",
        f"la modifica di {case.name} vale dal {_day(since)} ed è stata registrata il "
        f"{_day(case.recorded_on)}, dopo {_whole(days)} giorni (soglia {thresholds.recording_days})",
    )


def weight_to_passing(case: Case, _: Thresholds) -> Finding | None:
    """Weight was moved from an indicator that fails to one that passes."""
    if not isinstance(case, Moved):
        return None
    lost = [f"{name} ({weights})" for name, weights, meets in case.lost if meets is False]
    gained = [f"{name} ({weights})" for name, weights, meets in case.gained if meets is True]
    if not lost or not gained:
        return Finding("clear", "nessun peso passa da un indicatore che non raggiunge il target a uno che lo raggiunge")
    return Finding(
        "raised",
        f"in {case.objective}, il {_day(case.effective_on)}, perdono peso indicatori che non raggiungono il target: "
        f"{'; '.join(lost)}; "
        f"ne guadagnano indicatori che lo raggiungono: {'; '.join(gained)}",
    )


def redefined_with_worse_value(case: Case, _: Thresholds) -> Finding | None:
    """Formula, unit or source were changed together with a worse value."""
    if not isinstance(case, Revised) or not case.fields or case.known is None:
        return None
    known = case.known
    if not known.worse and known.meets_before is not False:
        return Finding("clear", "il valore noto non era peggiore")
    than = []
    if known.worse:
        than.append(f"peggiore di quello dell'anno prima ({known.earlier})")
    if known.meets_before is False:
        than.append("tale da non raggiungere il target")
    return Finding(
        "raised",
        f"il {_day(case.effective_on)} sono cambiati {', '.join(case.fields)} di {case.name}; l'ultimo valore a quella "
        f"data, {known.text} per {known.period}, era {' e '.join(than)}{_beside(known)}",
    )


def withdrawn_while_failing(case: Case, _: Thresholds) -> Finding | None:
    """An objective, or an indicator, was withdrawn or neutralised while a value that missed the target stood."""
    if not isinstance(case, Revised) or case.withdrawn is None:
        return None
    if case.known is None or case.known.meets_before is not False:
        return Finding("clear", "nessun valore che mancasse il target a quella data")
    return Finding(
        "raised",
        f"{case.withdrawn} {case.name} il {_day(case.effective_on)}, quando il valore non raggiungeva il target "
        f"({case.before}): {case.known.text} per {case.known.period}{_beside(case.known)}",
        "medium" if case.known.interim else "high",
    )


def started_easier(case: Case, _: Thresholds) -> Finding | None:
    """A target asks for less than the start value."""
    if not isinstance(case, Started):
        return None
    if not case.easier:
        return Finding("clear", "il target non è più facile del valore di partenza")
    words = f"il target {case.year} di {case.name}, {case.target}, è più facile del valore di partenza, {case.baseline}"
    return Finding("raised", words)


def eased_every_year(case: Case, thresholds: Thresholds) -> Finding | None:
    """The same indicator was eased year after year."""
    if not isinstance(case, EasedYears):
        return None
    years = sorted(set(case.years), reverse=True)
    run = 1 + next((i for i, (later, earlier) in enumerate(pairwise(years)) if later != earlier + 1), len(years) - 1)
    if not years or run < thresholds.eased_years:
        return Finding("clear", f"alleggerito in {run if years else 0} anni di seguito")
    listed = ", ".join(map(str, sorted(years)))
    words = f"il target di {case.name} è stato reso più facile negli anni {listed}"
    if case.plans:
        words += f" (anche nei piani {', '.join(case.plans)})"
    return Finding("raised", f"{words} (soglia: {thresholds.eased_years} anni di seguito)")


def override_without_calculation(case: Case, _: Thresholds) -> Finding | None:
    """A score was forced without any calculated one beside it."""
    if not isinstance(case, Overridden):
        return None
    if case.calculated is not None:
        return Finding("clear", f"il punteggio calcolato era {_figure(case.calculated)}")
    return Finding(
        "raised",
        f"il punteggio {case.year} di {case.name} è forzato a {_figure(case.forced)} e nulla è calcolato",
        "high",
    )


def restated_after_validation(case: Case, _: Thresholds) -> Finding | None:
    """A figure, of the year or one that it is judged by, came or was restated after the report on the year was validated."""
    if not isinstance(case, Restated):
        return None
    if case.validated_on is None:
        return Finding("clear", "la relazione non è ancora validata")
    # Instant against instant: an office that records an act late has recorded no figure after it for that.
    late = case.effective_on > case.validated_on or (case.recorded_after and not case.retrospective)
    if not late:
        if case.retrospective:
            return Finding("not_knowable", "non conoscibile: caricato a posteriori")
        return Finding("clear", "la rettifica precede la validazione")
    value = f"il valore {case.period}".rstrip()
    what, recorded = ("dato", "registrato") if case.first else ("rettifica", "registrata")
    return Finding(
        "raised",
        f"{value} di {case.name} è passato da {case.before} a {case.after} ({what} del {_day(case.effective_on)}, {recorded} "
        f"il {_day(case.recorded_on)}) dopo la validazione del {_day(case.validated_on)}",
        "high",
    )


def correction_eases(case: Case, _: Thresholds) -> Finding | None:
    """A correction makes the plan easier than what had been recorded."""
    if not isinstance(case, Corrected):
        return None
    if case.direction != "easier":
        return Finding("clear", "la rettifica non rende il piano più facile")
    year = f" {case.year}" if case.year else ""
    return Finding(
        "raised", f"la rettifica di {case.name}{year} porta da {case.recorded} a {case.corrected}: più facile"
    )


class FlagRule(NamedTuple):
    """A rule: its permanent name, what it asks, how much it weighs, and the function."""

    name: RuleName
    question: str
    severity: Severity
    judge: Callable[[Case, Thresholds], Finding | None]

    @property
    def title(self) -> str:
        """What it is called."""
        return RULE_TITLES[self.name]


RULES: tuple[FlagRule, ...] = (
    FlagRule(
        "eased_after_bad_value",
        "La modifica sarebbe stata decisa anche senza quel valore?",
        "high",
        eased_after_bad_value,
    ),
    FlagRule(
        "just_crosses",
        "Come è stato scelto il nuovo valore?",
        "high",
        just_crosses,
    ),
    FlagRule("decided_late", "Perché non prima?", "medium", decided_late),
    FlagRule(
        "recorded_late",
        "Quando la modifica è stata resa nota agli uffici?",
        "medium",
        recorded_late,
    ),
    FlagRule(
        "weight_to_passing",
        "Che cosa è cambiato nell'importanza degli indicatori?",
        "high",
        weight_to_passing,
    ),
    FlagRule(
        "redefined_with_worse_value",
        "Il valore è confrontabile con quelli di prima?",
        "medium",
        redefined_with_worse_value,
    ),
    FlagRule(
        "withdrawn_while_failing",
        "Quali ragioni, diverse dal risultato, hanno portato al ritiro?",
        "high",
        withdrawn_while_failing,
    ),
    FlagRule(
        "easier_than_baseline",
        "Perché ci si attende un peggioramento?",
        "medium",
        started_easier,
    ),
    FlagRule(
        "eased_every_year",
        "Il target programmato era realistico?",
        "medium",
        eased_every_year,
    ),
    FlagRule(
        "override_without_calculation",
        "Su quali elementi poggia il punteggio?",
        "high",
        override_without_calculation,
    ),
    FlagRule(
        "restated_after_validation",
        "La relazione validata va corretta?",
        "high",
        restated_after_validation,
    ),
    FlagRule(
        "correction_eases",
        "L'atto dice davvero il valore rettificato?",
        "medium",
        correction_eases,
    ),
    FlagRule(
        "retroactive",
        "Perché la modifica vale da prima che fosse decisa?",
        "medium",
        retroactive,
    ),
    FlagRule(
        "approval_annulled",
        "Che cosa è cambiato fra la prima approvazione e quella nuova?",
        "high",
        approval_annulled,
    ),
    FlagRule(
        "approved_late",
        "Perché le modifiche decise da gennaio non sono modifiche in itinere?",
        "medium",
        approved_late,
    ),
    FlagRule(
        "change_left_out",
        "La modifica era stata decisa, oppure no?",
        "medium",
        change_left_out,
    ),
    FlagRule(
        "closing_annulled",
        "Che cosa è cambiato nell'anno dopo che era chiuso?",
        "high",
        closing_annulled,
    ),
    FlagRule(
        "approval_corrected",
        "Quale atto ha approvato davvero?",
        "medium",
        approval_corrected,
    ),
    FlagRule(
        "surfaced_after_approval",
        "Perché non era nel piano approvato?",
        "high",
        surfaced_after_approval,
    ),
    FlagRule(
        "eased_between_plans",
        "Quale atto motiva ciò che il nuovo piano chiede di meno?",
        "medium",
        eased_between_plans,
    ),
    FlagRule(
        "departs_from_library",
        "È lo stesso indicatore, o il codice è di un altro?",
        "low",
        departs_from_library,
    ),
)


def _beside(known: Value) -> str:
    """What a reader must know of a figure before asking anything."""
    words = ". Il valore è di una parte dell'anno: può ancora cambiare" if known.interim else ""
    return words + (". Il valore è stato poi annullato" if known.annulled else "")


def _whole(number: int) -> str:
    return print_number(Decimal(number))


def _day(day: date) -> str:
    return f"{day:%d/%m/%Y}"


def _percent(value: Decimal) -> str:
    return f"{print_hundredths(value)}%"


def _figure(written: str) -> str:
    """A score as it is kept, to two decimals; what is no number stays as it is."""
    try:
        return print_hundredths(Decimal(written))
    except InvalidOperation:
        return written
