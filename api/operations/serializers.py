"""Answers that the command line and HTTP give alike, from what the domain computes without an archive."""

from typing import Annotated, Literal

from typing_extensions import TypedDict

from api.commands.handler import Outcome
from api.operations.schemas import NoticeAnswer, Recorded
from domain.formulas.model import FormulaTerm, Proposal
from domain.notice import Notice
from domain.scoring.achievement import Achievement
from domain.scoring.numbers import decimal_string
from domain.vocabulary import JsonValue
from projections.answers import DecimalText, DescribedBy, Name, Text


class AchievementAnswer(TypedDict):
    """Quanto un valore raggiunge un target, in percento, e per quale regola."""

    achievement: DecimalText | None
    uncut: DecimalText | None
    rule: Name
    note: Text | None


class TermAnswer(TypedDict):
    """A term of a formula, as JSON."""

    id: str
    phrase: str
    years_back: int


class FormulaProposal(TypedDict):
    """Che cosa una formula stampata è proposta significare."""

    text: Text
    kind: Literal["expression", "single_term", "yes_no", "meta", "prose"]
    terms: list[Annotated[TermAnswer, DescribedBy(FormulaTerm)]]
    expression: JsonValue
    printed: Text | None
    unit: Name | None
    is_change: bool
    meta: Name | None
    threshold: DecimalText | None
    confidence: Literal["high", "medium", "low"]
    reasons: list[Text]


def row_object(achievement: Achievement) -> AchievementAnswer:
    """An achievement as one row out; percentages are decimal strings."""
    note = achievement.note
    if achievement.uncut is None and achievement.achievement is not None and note is None:
        note = achievement.arithmetic
    return {
        "achievement": decimal_string(achievement.achievement),
        "uncut": decimal_string(achievement.uncut),
        "rule": achievement.rule,
        "note": note,
    }


def formula_object(proposal: Proposal) -> FormulaProposal:
    """A proposal as JSON."""
    expression = proposal.expression
    return {
        "text": proposal.text,
        "kind": proposal.kind.value,
        "terms": [{"id": term.id, "phrase": term.phrase, "years_back": term.years_back} for term in proposal.terms],
        "expression": None if expression is None else expression.model_dump(mode="json"),
        "printed": proposal.printed,
        "unit": proposal.unit,
        "is_change": proposal.is_change,
        "meta": None if proposal.meta is None else proposal.meta.value,
        "threshold": None if proposal.threshold is None else str(proposal.threshold),
        "confidence": proposal.confidence.value,
        "reasons": list(proposal.reasons),
    }


def outcome_object(outcome: Outcome) -> Recorded:
    """What a command recorded, as both doors say it: the versions of each stream from the first to the last."""
    recorded: Recorded = {
        "command_id": outcome.command_id,
        "plan": outcome.plan,
        "warnings": [notice_object(notice) for notice in outcome.warnings],
        "repeated": outcome.repeated,
        "version": outcome.version,
        "versions": {stream: {"first": first, "last": last} for stream, (first, last) in outcome.versions.items()},
    }
    if outcome.secret:
        recorded["secret"] = outcome.secret
    if outcome.proposal is not None:
        recorded["proposal"] = outcome.proposal
    return recorded


def notice_object(notice: Notice) -> NoticeAnswer:
    """A notice as JSON."""
    return {"where": notice.where, "name": notice.name, "words": notice.words}
