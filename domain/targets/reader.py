"""Reads the text of a target: right, or `unread` with the reason and the place; never guessed.

The grammar is `RULES`: small rules with a name and examples, tried in order; the first that recognises its own kind of
text decides. A rule gives None for a text that is not its own, and raises `Unclear` for one that is, but is wrong or
ambiguous. Numbers and dates are read by `domain.italian`, comparators and units by `quantities`, what follows a value
by `trailing_notes`.
"""

from collections.abc import Callable
from dataclasses import dataclass

from domain.italian import LONGEST, Unclear
from domain.spelling import plain_text
from domain.targets.deadlines import deadline, milestones, within
from domain.targets.keywords import (
    ambiguous,
    level,
    none,
    recurring,
    reference_value,
    survey_year,
    to_be_defined,
    yes_no,
)
from domain.targets.model import Target, Unread
from domain.targets.relative_changes import relative_change
from domain.targets.target_text import PreparedText
from domain.targets.thresholds import range_, threshold
from domain.vocabulary import Polarity


@dataclass(frozen=True)
class TargetRule:
    """A rule of the grammar: its name, texts of 2022 that it reads, and how."""

    name: str
    examples: tuple[str, ...]
    read: Callable[[PreparedText], list[Target] | Target | None]


RULES: tuple[TargetRule, ...] = (
    TargetRule("nessun target", ("", "---", "> -", "/", "non previsto"), none),
    TargetRule("da definire", ("da def.", "n.d.", "in corso di definizione"), to_be_defined),
    TargetRule("anno di rilevazione", ("Anno di rilevazione (revisione piano)",), survey_year),
    TargetRule("ricorrente", ("Annuale",), recurring),
    TargetRule("sì o no", ("Sì", ">=si", "NO", "Rispetto della tempistica prevista:sì/no"), yes_no),
    TargetRule("grado", ("≥ Medio", "alto", "almeno sufficiente"), level),
    TargetRule("parole ambigue", (), ambiguous),
    TargetRule(
        "valore di riferimento",
        ("≤ dato medio nazionale", ">= baseline", "mantenimento valore anno precedente"),
        reference_value,
    ),
    TargetRule(
        "tappe",
        ("giugno 60%; ottobre 100%", "60% entro il 30/6 e 100% entro il 31/12", "30/6: 3; 31/12: 8"),
        milestones,
    ),
    TargetRule(
        "termine",
        ("entro il 31/7", "Approvazione entro fine anno", "entro 60 giorni dalla richiesta", "entro venti giorni"),
        within,
    ),
    TargetRule("data", ("31/12/2022", "<= 30/09/2022", "30/06/2022 31/12/2022", "I semestre", "31-dic-22"), deadline),
    TargetRule(
        "variazione", ("+10% sul 2018", "riduzione del 5% rispetto all'anno precedente", "+20 utenti"), relative_change
    ),
    TargetRule("intervallo", ("tra 5 e 10", "90-95%", ">= 90% e <= 95%"), range_),
    TargetRule(
        "soglia",
        (
            ">= 3.500",
            "< 30 gg",
            "90,00%",
            "zero",
            "<=20gg.+5",
            "ITP < -10",
            "non inferiore a 5",
            "almeno due",
            "2 mln €",
        ),
        threshold,
    ),
)


def read_target(
    text: str, year: int | None = None, polarity: Polarity | None = None, *, formula_is_change: bool = False
) -> list[Target]:
    """Read the text of a cell: one target, or the two deadlines that it holds.

    `year` is that of the target, for dates without one; `polarity` is what implies the comparator of a bare value;
    `formula_is_change` says that the indicator measures a variation already, so that `+15%` is a threshold on it.
    """
    if len(text) > LONGEST:
        return [Unread(text=text, reason=f"il testo supera i {LONGEST} caratteri: è prosa, non un target", at=LONGEST)]
    places = plain_text(text).places
    try:
        cell = PreparedText.of(text, year, polarity, formula_is_change=formula_is_change)
        for rule in RULES:
            targets = rule.read(cell)
            if targets is not None:
                return targets if isinstance(targets, list) else [targets]
    except Unclear as unclear:
        return [Unread(text=text, reason=unclear.reason, at=places[min(unclear.at, len(places) - 1)])]
    reason = "testo non riconosciuto: si accetta, per esempio, >= 90%, < 30 gg, entro il 31/12, Sì, da definire, ---"
    return [Unread(text=text, reason=reason, at=places[cell.start])]


def read_one(
    text: str, year: int | None = None, polarity: Polarity | None = None, *, formula_is_change: bool = False
) -> Target:
    """Read the text of a cell that must hold one target; `unread` when it holds two."""
    targets = read_target(text, year, polarity, formula_is_change=formula_is_change)
    if len(targets) == 1:
        return targets[0]
    return Unread(text=text, reason="due target in una cella: se ne accetta uno per volta", at=0)
