"""Flags of what takes away from a count: an approval that fell, one that came late, a change left out, an early effect."""

from collections.abc import Iterator
from datetime import date

from domain.annulments.events import REASON_WORDS, EventsAnnulled
from domain.changes.kinds import from_january
from domain.facts import ANNULLED, PLAN, closed_field
from domain.flags.context import LocatedCase, YearOnRecord, in_plan
from domain.flags.model import (
    ApprovalCorrected,
    ApprovalFallen,
    ApprovedLate,
    Case,
    ClosingFallen,
    Finding,
    LeftOut,
    Revised,
    Thresholds,
)
from domain.plans.history import PlanHistory, annulled_changes, approvals_of, changes_that_count
from domain.point import today

LATEST_APPROVAL = (1, 31)
"""Month and day by which a plan, or its yearly update, is adopted: art. 10 of D.Lgs. 150/2009."""


def fallen_approvals(year: YearOnRecord) -> Iterator[LocatedCase]:
    """The approvals of the year that another act annulled."""
    approvals = approvals_of(year.history.timelines, year.history.records, year.year)
    for number, approval in enumerate(approvals, start=1):
        if approval.annulled_on is not None and approval.annulled_on <= year.as_of:
            again = approvals[number].on if number < len(approvals) else None
            case = ApprovalFallen(year.year, approval.on, approval.annulled_on, again)
            yield LocatedCase(f"{year.year}-{approval.last}", case, in_plan([approval.last or 0]))


def fallen_closings(year: YearOnRecord) -> Iterator[LocatedCase]:
    """The closings of the year that another act annulled, whether or not it was closed again."""
    closed = None
    for entry in year.history.timelines.entries(PLAN, closed_field(year.year)):
        if entry.value == ANNULLED and closed is not None and entry.effective_on <= year.as_of:
            since = [change for change in year.of_year() if change.record.version > entry.version]
            case = ClosingFallen(year.year, closed.effective_on, entry.effective_on, len(since))
            events = in_plan([closed.version, entry.version, *(change.record.version for change in since)])
            yield LocatedCase(f"{year.year}-{entry.version}", case, events)
        closed = entry


def corrected_approvals(year: YearOnRecord) -> Iterator[LocatedCase]:
    """The approvals and closings of the year whose act was put right."""
    by_version = {record.version: record for record in year.history.records}
    for record in year.history.counting:
        seals = record.event.topic in {"plan-approved", "year-approved", "year-closed"}
        wrong = by_version.get(record.restores[0]) if record.claim == "correction" and record.restores else None
        if not seals or wrong is None or getattr(record.event, "year", None) != year.year:
            continue
        recorded, corrected = (
            f"{each.act or 'nessun atto'}, dal {_day(each.effective_on)}" for each in (wrong, record)
        )
        case = ApprovalCorrected(year.year, recorded, corrected)
        yield LocatedCase(f"{record.version}-{wrong.version}", case, in_plan([wrong.version, record.version]))


def late_approvals(year: YearOnRecord) -> Iterator[LocatedCase]:
    """The approval of the year by its act, and how many changes the rate would count had the year begun without it."""
    approval = year.history.approvals.get(year.year)
    if approval is None or approval.last is None or approval.on > year.as_of:
        return
    since_january = year.history.approved_by(year.year, from_january(year.year))
    uncounted = _counted(since_january, year) - _counted(year.history, year)
    case = ApprovedLate(year.year, approval.decided_on, len(uncounted))
    yield LocatedCase(f"{year.year}-{approval.last}", case, in_plan([approval.last, *sorted(uncounted)]))


def _counted(history: PlanHistory, year: YearOnRecord) -> set[int]:
    """The versions of the changes that the rate of the year counts, among what was recorded before its approval."""
    approval = year.history.approvals[year.year]
    return {
        change.record.version
        for change in changes_that_count(history, year.as_of)
        if change.year == year.year and change.record.version < (approval.first or 0)
    }


def left_out(year: YearOnRecord) -> Iterator[LocatedCase]:
    """The changes of the year that the rate counted, and that an annulment left out."""
    for change, by in annulled_changes(year.history, year.as_of):
        if change.year != year.year or not change.counts or not isinstance(by.event, EventsAnnulled):
            continue
        if change.indicator is not None:
            name = year.names.indicator(change.indicator)
        else:
            name = ", ".join(map(year.names.objective, change.objectives)) or "il piano"
        on = by.decided_on if by.act else today(by.recorded_at)
        case = LeftOut(name, year.year, on, REASON_WORDS[by.event.reason], by_act=by.act is not None)
        version = change.record.version
        events = in_plan([version, by.version])
        yield LocatedCase(f"{by.version}-{version}", case, events, change.indicator, change.objectives)


def approval_annulled(case: Case, _: Thresholds) -> Finding | None:
    """The approval of the year fell with an act, whether or not another approved it again."""
    if not isinstance(case, ApprovalFallen):
        return None
    words = (
        f"l'approvazione del {case.year}, del {_day(case.approved_on)}, è stata annullata il {_day(case.annulled_on)}"
    )
    if case.approved_again_on is None:
        return Finding("raised", f"{words}, e nessun atto ha approvato l'anno di nuovo")
    return Finding(
        "raised",
        f"{words}; l'anno è stato approvato di nuovo il {_day(case.approved_again_on)}: il tasso riparte da lì",
    )


def closing_annulled(case: Case, _: Thresholds) -> Finding | None:
    """A year that was closed is open again."""
    if not isinstance(case, ClosingFallen):
        return None
    return Finding(
        "raised",
        f"la chiusura del {case.year}, del {_day(case.closed_on)}, è stata annullata il {_day(case.annulled_on)}; da allora "
        f"le modifiche del {case.year} registrate sono {case.changes_since}",
    )


def approval_corrected(case: Case, _: Thresholds) -> Finding | None:
    """The act of an approval, or of a closing, is not the one that had been recorded."""
    if not isinstance(case, ApprovalCorrected):
        return None
    return Finding("raised", f"l'atto registrato per il {case.year} era {case.recorded}; ora è {case.corrected}")


def surfaced_after_approval(case: Case, _: Thresholds) -> Finding | None:
    """A change was recorded after the approval of the year, by an act of before: it is part of what was approved."""
    if not isinstance(case, Revised):
        return None
    if not case.surfaced:
        return Finding("clear", "non cambia ciò che era già approvato")
    return Finding(
        "raised",
        f"la modifica di {case.name}, da {case.before} a {case.after}, è registrata il {_day(case.recorded_on)}, dopo "
        f"l'approvazione, con un atto del {_day(case.decided)}, anteriore: entra fra ciò che era approvato e non conta nel tasso",
    )


def approved_late(case: Case, _: Thresholds) -> Finding | None:
    """The year was approved after January, and what had changed in it since then is no change under way."""
    if not isinstance(case, ApprovedLate):
        return None
    if case.decided_on <= date(case.year, *LATEST_APPROVAL):
        return Finding("clear", f"approvato il {_day(case.decided_on)}")
    if not case.uncounted:
        return Finding("clear", f"approvato il {_day(case.decided_on)}: prima non era cambiato nulla")
    return Finding(
        "raised",
        f"il {case.year} è stato approvato il {_day(case.decided_on)}: le modifiche decise da gennaio che non contano come "
        f"modifiche in itinere sono {case.uncounted}",
    )


def change_left_out(case: Case, _: Thresholds) -> Finding | None:
    """A change that the rate counted was annulled."""
    if not isinstance(case, LeftOut):
        return None
    return Finding(
        "raised",
        f"una modifica in itinere {case.year} di {case.name} è stata annullata il {_day(case.annulled_on)} ({case.reason}) "
        "e non conta più nel tasso",
        "medium" if case.by_act else "high",
    )


def retroactive(case: Case, _: Thresholds) -> Finding | None:
    """A change holds from before the act that decided it."""
    if not isinstance(case, Revised):
        return None
    if case.effective_on >= case.decided:
        return Finding("clear", f"vale dal {_day(case.effective_on)}, non prima dell'atto")
    if case.act_assumed:
        return Finding("not_knowable", "non conoscibile: la data dell'atto è presunta")
    return Finding(
        "raised",
        f"la modifica di {case.name}, decisa il {_day(case.decided)}, vale già dal {_day(case.effective_on)}",
    )


def _day(day: date) -> str:
    return f"{day:%d/%m/%Y}"
