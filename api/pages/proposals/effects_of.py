"""The effects of a proposal as a page shows them: those that were shown when it was submitted, or adopted, or those of now."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import NamedTuple

from api.pages.plan_reading import PlanReading
from api.pages.templating import period_in_words
from api.pages.visit import PlanVisit
from api.pages.work.effects_shown import (
    CheckedChange,
    Nature,
    YearShown,
    all_changes,
    causes_of,
    natures_of,
    years_shown,
)
from domain.measurements.events import FINALITY_WORDS
from domain.names import Names
from domain.point import Point
from domain.proposals.status import OPEN
from projections.change_preview import TargetQuestion
from projections.proposal_effects import EffectsShown
from projections.proposals import ProposalWhole
from projections.proposed_values import ProposedValue, ValueKind

TEXTS = frozenset({"proposal-drafted", "proposal-amended"})
VALUE_KINDS: Mapping[ValueKind, str] = {
    "measurement": "valore",
    "restatement": "valore rettificato",
    "status": "stato di avanzamento",
    "other": "",
}


class EffectsOfProposal(NamedTuple):
    """The effects, and when they were shown: `shown_on` is empty of those of now.

    `kind` says of what they are: now, a submission, an adoption; `earlier_text`: what was submitted was then amended.
    `oiv` is empty where there is nothing left to decide; `before` is the plan that the effects were worked out on.
    """

    kind: str
    shown_on: str
    earlier_text: bool
    changes: list[CheckedChange]
    values: list[CheckedChange]
    natures: list[Nature]
    causes: list[str]
    holds_from: list[str]
    years: list[YearShown]
    oiv: str
    questions: list[TargetQuestion]
    weights: list[str]
    before: PlanReading


class _Kept(NamedTuple):
    """Effects, with the event that bears them; none of those of now."""

    kind: str
    effects: EffectsShown
    version: int | None = None
    shown_on: str = ""
    earlier_text: bool = False


def effects_of_proposal(
    visit: PlanVisit, proposal: ProposalWhole, names: Names, now: EffectsShown | None
) -> EffectsOfProposal | None:
    """The effects that a proposal is to be judged by, or was; `now` are those of a draft. None where there are none."""
    kept = _kept(proposal, now)
    if kept is None:
        return None
    return _told(visit, kept, names, _before(visit, proposal, kept), is_open=proposal["status"] in OPEN)


def effects_of_changes(visit: PlanVisit, effects: EffectsShown, names: Names) -> EffectsOfProposal:
    """The same of changes that are not recorded, and no proposal either."""
    return _told(visit, _Kept("now", effects), names, visit.reading, is_open=True)


def _told(visit: PlanVisit, kept: _Kept, names: Names, before: PlanReading, *, is_open: bool) -> EffectsOfProposal:
    effects = kept.effects
    return EffectsOfProposal(
        kind=kept.kind,
        shown_on=kept.shown_on,
        earlier_text=kept.earlier_text,
        changes=all_changes(effects, names, visit.reading.acts, visit.language),
        values=[_value(visit, row) for row in effects["values"]],
        natures=natures_of(effects["changes"]),
        causes=causes_of(effects["changes"]),
        holds_from=sorted({change["effective_on"] for change in effects["changes"]}),
        years=years_shown(effects, names, before),
        oiv=effects["oiv"]["words"] if is_open else "",
        questions=effects["questions"] if is_open else [],
        weights=[visit.called(uneven["words"], uneven["parent"] or "") for uneven in effects["weights"]],
        before=before,
    )


def _kept(proposal: ProposalWhole, now: EffectsShown | None) -> _Kept | None:
    if now is not None:
        return _Kept("now", now)
    enacted = proposal["enactment"]
    if enacted and enacted["effects"]:
        return _Kept("enactment", enacted["effects"], enacted["version"], enacted["on"])
    if not proposal["submissions"]:
        return None
    last = proposal["submissions"][-1]
    if last["effects"] is None:
        return None
    text = max(event["version"] for event in proposal["events"] if event["event"] in TEXTS)
    return _Kept("submission", last["effects"], last["version"], last["on"], last["text"] != text)


def _before(visit: PlanVisit, proposal: ProposalWhole, kept: _Kept) -> PlanReading:
    """The plan as it was known when the effects were worked out: with the flags that would be gone."""
    event = next((event for event in proposal["events"] if event["version"] == kept.version), None)
    if event is None:
        return visit.reading
    known_at = datetime.fromisoformat(event["recorded_at"]) - timedelta(microseconds=1)
    point = Point(date.fromisoformat(kept.effects["as_of"]), known_at)
    return PlanReading(visit.reading.reader, visit.plan, point)


def _value(visit: PlanVisit, row: ProposedValue) -> CheckedChange:
    if row["kind"] == "other" or row["after"] is None:
        return CheckedChange("", row["words"], values=False, before="", after="", direction="")
    kind, period = visit.worded(VALUE_KINDS[row["kind"]]), row["period"]
    what = " ".join(filter(None, (kind, period_in_words(period, visit.language) if period else "")))
    return CheckedChange(
        about=f"«{row['subject']}»",
        what=what[:1].upper() + what[1:],
        values=True,
        before=_stand(visit, row["before"], row["before_finality"]),
        after=_stand(visit, row["after"], row["finality"]),
        direction="",
    )


def _stand(visit: PlanVisit, text: str | None, finality: str | None) -> str:
    if text is None:
        return "—"
    words = {str(code): words for code, words in FINALITY_WORDS.items()}
    return f"{text} ({visit.worded(words[finality])})" if finality else text
