"""Attention flags: what deserves a question, never a verdict, never about a person.

A rule sees a case, that is what the record says of one change or one figure, and answers with a finding in words and
numbers, or with None where it has nothing to say of such a case.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal, NamedTuple, get_args

from pydantic import Field, ValidationError

from domain.errors import Problem
from domain.italian import print_signs
from domain.vocabulary import Frozen, JsonValue

FlagOutcome = Literal["raised", "clear", "not_knowable"]
Severity = Literal["low", "medium", "high"]
RuleName = Literal[
    "eased_after_bad_value",
    "just_crosses",
    "decided_late",
    "recorded_late",
    "weight_to_passing",
    "redefined_with_worse_value",
    "withdrawn_while_failing",
    "easier_than_baseline",
    "eased_every_year",
    "override_without_calculation",
    "restated_after_validation",
    "correction_eases",
    "retroactive",
    "approval_annulled",
    "approved_late",
    "change_left_out",
    "closing_annulled",
    "approval_corrected",
    "surfaced_after_approval",
    "eased_between_plans",
    "departs_from_library",
]
OF_RECORDING: frozenset[RuleName] = frozenset({"recorded_late"})
"""The rules that speak of when something is recorded, not of what it does: a proposal that waits does not come to more."""
OF_THE_DECISION: frozenset[RuleName] = frozenset({"decided_late", "approved_late"})
"""The rules that speak of the day of the act alone."""
RULE_TITLES: dict[str, str] = {
    "eased_after_bad_value": "Target abbassato dopo un valore sfavorevole",
    "just_crosses": "Nuovo target appena raggiunto dal valore noto",
    "decided_late": "Deciso a ridosso della fine dell'anno, o dopo",
    "recorded_late": "Registrato molto dopo l'atto",
    "weight_to_passing": "Peso spostato su indicatori già raggiunti",
    "redefined_with_worse_value": "Indicatore ridefinito insieme a un valore peggiore",
    "withdrawn_while_failing": "Ritirato mentre non raggiungeva il target",
    "easier_than_baseline": "Target più facile del valore di partenza",
    "eased_every_year": "Alleggerito anno dopo anno",
    "override_without_calculation": "Punteggio forzato senza calcolo",
    "restated_after_validation": "Valore rettificato dopo la validazione",
    "correction_eases": "Rettifica che alleggerisce",
    "retroactive": "Efficacia anteriore all'atto",
    "approval_annulled": "Approvazione annullata",
    "approved_late": "Anno approvato dopo che era già cambiato",
    "change_left_out": "Modifica in itinere annullata",
    "closing_annulled": "Chiusura annullata",
    "approval_corrected": "Atto di approvazione rettificato",
    "surfaced_after_approval": "Registrata dopo l'approvazione, con un atto anteriore",
    "eased_between_plans": "Reso più facile fra un piano e il successivo",
    "departs_from_library": "Scheda diversa dalla biblioteca",
}
"""What each rule is called."""
ALWAYS: frozenset[RuleName] = frozenset(
    {
        "retroactive",
        "approval_annulled",
        "approved_late",
        "change_left_out",
        "closing_annulled",
        "approval_corrected",
        "surfaced_after_approval",
    }
)
"""The rules that no measurement system leaves out: they watch what is counted at all."""


class Thresholds(Frozen):
    """The thresholds of the rules, as the measurement system of the year sets them in `flags`, with their defaults.

    - `margin_percent`: how far, in percent of the known value, a new target may stand and still "just" be met by it.
    - `last_days`: how many days before the end of the year a decision is late.
    - `recording_days`: how many days after its act a change is recorded late.
    - `eased_years`: in how many years in a row the same indicator must have been eased.
    - `off`: the rules that the system leaves out.
    """

    margin_percent: Annotated[Decimal, Field(ge=0, le=100)] = Decimal(2)
    last_days: Annotated[int, Field(ge=0, le=366)] = 60
    recording_days: Annotated[int, Field(ge=0, le=3660)] = 30
    eased_years: Annotated[int, Field(ge=2, le=10)] = 2
    off: tuple[RuleName, ...] = ()


ACCEPTED = {
    "margin_percent": "un numero fra 0 e 100",
    "last_days": "un intero fra 0 e 366",
    "recording_days": "un intero fra 0 e 3660",
    "eased_years": "un intero fra 2 e 10",
    "off": "un elenco di regole fra: " + ", ".join(name for name in get_args(RuleName) if name not in ALWAYS),
}


def threshold_problems(flags: Mapping[str, JsonValue], where: str) -> list[Problem]:
    """What of a system's `flags` cannot be adopted: an unknown entry or rule, a threshold out of bounds; each with its place."""
    problems: list[Problem] = []
    for name, value in flags.items():
        if name not in ACCEPTED:
            problem = "voce delle segnalazioni non prevista"
            problems.append(Problem(where=f"{where}.{name[:80]}", found=problem, accepted=", ".join(ACCEPTED)))
        elif isinstance(value, bool) or not _accepts(name, value):
            problem = f"{str(value)[:80]!r} non è un valore di questa voce"
            problems.append(Problem(where=f"{where}.{name}", found=problem, accepted=ACCEPTED[name]))
    return problems


def _accepts(name: str, value: JsonValue) -> bool:
    if name == "off" and isinstance(value, list) and not ALWAYS.isdisjoint(map(str, value)):
        return False
    try:
        Thresholds.model_validate({name: value})
    except ValidationError:
        return False
    return True


def thresholds_of(flags: Mapping[str, JsonValue]) -> tuple[Thresholds, list[str]]:
    """The thresholds that a system's `flags` say, and what of them could not be taken: total, it never raises."""
    kept: dict[str, JsonValue] = {}
    ignored: list[str] = []
    for name, value in flags.items():
        if (
            name == "off"
            and isinstance(value, list)
            and (off := [rule for rule in value if rule not in ALWAYS]) != value
        ):
            ignored.append(name)
            value = off  # noqa: PLW2901 - the rest of it is taken
        if name in ACCEPTED and _accepts(name, value):
            kept[name] = value
        else:
            ignored.append(name)
    return Thresholds.model_validate(kept), ignored


def quoted(text: str) -> str:
    """What an office wrote, in a sentence for people."""
    return f"«{print_signs(text)}»"


class Finding(NamedTuple):
    """What a rule found, in words; `severity` where this case weighs otherwise than the rule in general."""

    outcome: FlagOutcome
    words: str
    severity: Severity | None = None


class Value(NamedTuple):
    """A figure that was there when something was decided.

    `recorded_on` is the day on which it was recorded; `meets_before` and `meets_after` say whether it meets the target
    before and after the change, None where that cannot be said; `distance` is how far the new target stands from it, in
    percent of the value, or for a deadline of the days of a year; `worse` whether it is worse than the figure of the
    same part of the year before; `annulled` whether it counts no more.
    """

    period: str
    text: str
    data_as_at: date
    recorded_on: date
    retrospective: bool = False
    meets_before: bool | None = None
    meets_after: bool | None = None
    distance: Decimal | None = None
    worse: bool | None = None
    earlier: str | None = None
    annulled: bool = False

    @property
    def interim(self) -> bool:
        """Whether the figure is of a part of the year: it may still grow."""
        return "-" in self.period


class Revised(NamedTuple):
    """A change of the plan, with what was known; `known` is None where nothing was measured by its recording.

    `decided_on` is the date of the act, `effective_on` where there is none: an act may give its changes an earlier effect.
    """

    name: str
    year: int
    kind: str
    aspect: str
    direction: str | None
    before: str
    after: str
    effective_on: date
    recorded_on: date
    retrospective: bool
    act: str | None = None
    act_assumed: bool = False
    known: Value | None = None
    fields: tuple[str, ...] = ()
    withdrawn: str | None = None
    decided_on: date | None = None
    surfaced: bool = False

    @property
    def decided(self) -> date:
        """The day on which the change was decided, as documented."""
        return self.decided_on or self.effective_on


class Moved(NamedTuple):
    """Weights of one objective that changed on one day: who lost a share, who gained, and whether each meets its target."""

    objective: str
    effective_on: date
    lost: tuple[tuple[str, str, bool | None], ...]
    gained: tuple[tuple[str, str, bool | None], ...]


class Started(NamedTuple):
    """A target and the start value of its indicator; `easier` says whether it asks for less than that."""

    name: str
    year: int
    target: str
    baseline: str
    easier: bool


class EasedYears(NamedTuple):
    """The years, up to the one that is asked about, whose target of one indicator was eased; `plans` are earlier ones."""

    name: str
    years: tuple[int, ...]
    plans: tuple[str, ...] = ()


class Overridden(NamedTuple):
    """A score that was forced; `calculated` is None where the rules gave none."""

    name: str
    year: int
    forced: str
    calculated: str | None


class Restated(NamedTuple):
    """A figure put right, or (`first`) that there was none of, and the day on which the year was validated or closed.

    `name` is what has the figure, `period` its own one, empty where the name says it; `recorded_after` whether it came into
    the record after that closing or validation did.
    """

    name: str
    period: str
    before: str
    after: str
    effective_on: date
    recorded_on: date
    validated_on: date | None
    retrospective: bool = False
    first: bool = False
    recorded_after: bool = False


class Corrected(NamedTuple):
    """A correction: what was recorded, what it was put right to, and in which direction that goes."""

    name: str
    year: int | None
    recorded: str
    corrected: str
    direction: str | None


class ApprovalFallen(NamedTuple):
    """An approval of a year that another act annulled; `approved_again_on` is None where none approved it since."""

    year: int
    approved_on: date
    annulled_on: date
    approved_again_on: date | None


class ClosingFallen(NamedTuple):
    """A closing of a year that another act annulled, and how many changes of the year were recorded since."""

    year: int
    closed_on: date
    annulled_on: date
    changes_since: int


class ApprovalCorrected(NamedTuple):
    """The act of an approval, or its date, was put right: how it was recorded, and how it is now."""

    year: int
    recorded: str
    corrected: str


class ApprovedLate(NamedTuple):
    """The act that approved a year, and how many changes of the year it took out of the count."""

    year: int
    decided_on: date
    uncounted: int


class LeftOut(NamedTuple):
    """A change that the rate counted, and the annulment that left it out."""

    name: str
    year: int
    annulled_on: date
    reason: str
    by_act: bool


class BetweenPlans(NamedTuple):
    """What the plan before promised of an indicator, and what this one does: `before` and `after` are told as texts.

    `dropped` is an indicator that this plan left out; `known` is then the last figure that was there of it. `year` is the
    one of the target, or the last for which a figure of what was dropped is there.
    """

    name: str
    plan: str
    year: int
    before: str
    after: str
    direction: str
    on: date
    dropped: bool = False
    known: Value | None = None


class DepartedCard(NamedTuple):
    """A card that departs from the entry of the library under its code: each field with its words, own and the library's.

    `since` is the day from which the entry holds.
    """

    name: str
    code: str
    since: date
    fields: tuple[tuple[str, str, str], ...]


Case = (
    Revised
    | Moved
    | Started
    | EasedYears
    | Overridden
    | Restated
    | Corrected
    | ApprovalFallen
    | ApprovedLate
    | LeftOut
    | ClosingFallen
    | ApprovalCorrected
    | BetweenPlans
    | DepartedCard
)
