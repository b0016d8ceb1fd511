"""Answers that the command line and HTTP give alike, from what the domain computes without an archive."""

from typing import Literal, cast

from typing_extensions import TypedDict

from api.commands.handler import Outcome
from domain.formulas.model import Proposal
from domain.scoring.achievement import Achievement
from domain.scoring.numbers import decimal_string
from domain.vocabulary import JsonValue
from projections.answers import DecimalText, Name, Text


class AchievementAnswer(TypedDict):
    """Quanto un valore raggiunge un target, in percento, e per quale regola."""

    achievement: DecimalText | None
    uncut: DecimalText | None
    rule: Name
    note: Text | None


class FormulaProposal(TypedDict):
    """Che cosa una formula stampata è proposta significare."""

    text: Text
    kind: Literal["expression", "single_term", "yes_no", "meta", "prose"]
    terms: list[dict[str, JsonValue]]
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
    return cast("FormulaProposal", proposal.model_dump(mode="json"))


def outcome_object(outcome: Outcome) -> dict[str, JsonValue]:
    """What a command recorded, as both doors say it: the versions of each stream from the first to the last."""
    return outcome.model_dump(mode="json", exclude={"versions"}) | {
        "version": outcome.version,
        "versions": {stream: {"first": first, "last": last} for stream, (first, last) in outcome.versions.items()},
    }
