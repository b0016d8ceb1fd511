"""The measurement and evaluation system (SMVP): the rules by which a year is scored, whole, with their defaults.

Every rule is declared here and nowhere else. The defaults are those of DESIGN section 5: observed / target or its
inverse, from unrounded figures, cut at 100 %; missing data left out, with the covered share of weight shown; weighted
means, weights brought back to 100.
"""

from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from domain.scoring.numbers import How
from domain.vocabulary import Frozen, JsonValue, Line, Polarity


def _decimal(value: object) -> object:
    if isinstance(value, float):
        msg = "scrivere il numero come testo decimale ('12.5'): un numero binario ne perde le cifre"
        raise ValueError(msg)  # noqa: TRY004 - pydantic collects ValueError only
    return value


Amount = Annotated[Decimal, BeforeValidator(_decimal), Field(allow_inf_nan=False, max_digits=28, ge=-(10**9), le=10**9)]
Percentage = Annotated[Decimal, BeforeValidator(_decimal), Field(allow_inf_nan=False, max_digits=28, ge=0, le=1000)]
"""A percentage, in points of a hundred: 100 is all."""

Step = Annotated[Decimal, BeforeValidator(_decimal), Field(allow_inf_nan=False, gt=0, le=100, max_digits=28)]


class Rounding(Frozen):
    """How a figure is rounded: half up or truncated, at a step (0.01 is two decimals)."""

    how: How = "half_up"
    step: Step = Decimal("0.01")


class Band(Frozen):
    """A band of the traffic light, from a score (included) up to the next band; the word goes with the colour."""

    from_percent: Amount
    name: Annotated[Line, Field(min_length=1)]
    word: Annotated[Line, Field(min_length=1)]


BANDS = (
    Band(from_percent=Decimal(0), name="red", word="non raggiunto"),
    Band(from_percent=Decimal(60), name="yellow", word="parzialmente raggiunto"),
    Band(from_percent=Decimal(90), name="green", word="raggiunto"),
)


class Lateness(Frozen):
    """What a deadline missed is worth: nothing, or all but some points for each day, until it is worth nothing.

    `points_per_day` are points of a hundred for each day late; `days_of_grace` cost nothing; beyond `worthless_after`
    days of lateness nothing is left.
    """

    rule: Literal["worth_nothing", "points_per_day"] = "worth_nothing"
    points_per_day: Percentage = Decimal(1)
    days_of_grace: Annotated[int, Field(ge=0, le=366)] = 0
    worthless_after: Annotated[int, Field(ge=1, le=3660)] | None = None


class MeasurementSystem(Frozen):
    """The rules of one year.

    - `thresholds`: `ratio` (observed / target, or its inverse where less is better), `met_or_not` (100 or 0),
      `distance` (100 less the distance from the target, in percent of the target).
    - `ranges`: outside, `nearest_end` (the ratio to the end that was passed) or `met_or_not`.
    - `milestones`: `mean` of the steps that are due, `last` of them, or `all` (the worst).
    - `levels`: `met_or_not`, or `steps` (place reached / place asked for on the scale).
    - `survey_years`: `not_scored`, or `by_survey` (100 when the value was surveyed, 0 when it is not available).
    - `cut_at`: no achievement counts beyond it; None credits what is beyond the target. `floor`: none below it.
    - `worthless_below`: an achievement below it counts as nothing.
    - `inputs`, `achievements`, `scores`: where figures are rounded; None is unrounded.
    - `ratio_from`: whether a ratio is taken from its terms, or as it was stated.
    - `missing`: what has no value is `excluded` (and the covered share of weight shown) or counts `zero`.
      What is not due yet follows `not_yet_due`; what cannot be measured is always left out.
    - `combination`: `weighted_mean`, `mean` or `worst`; `weights`: `rescaled` to those that count, or `as_points` of a
      hundred. A row without weight among rows that have one counts `unweighted`: the `mean` of theirs, or `zero`.
    - `parts`: an objective is made of `both` its indicators and its children (through an own indicator that is their
      mean where there is one), or `indicators_first`, or `children_first`.
    - `bare_value`: the polarity that a bare value has when nobody has stated one; None leaves it unscored.
    - `foreign_office`: whether a measurement by an office that is not responsible is refused or warned of.
    - `expected_progress`: what is expected under way: `linear` (half a year: 50 %), or `none`.
    - `change_rate_variant`, `change_rate_level`, `change_rate_ceiling` (%): the official figure, and what it must not
      pass; the ceiling comes from the plan's own indicator where it is not said.
    - `repeated_note_from`: how many subjects under one sentence are pointed out.
    - `flags`: the thresholds of the attention flags.
    """

    name: Annotated[Line, Field(min_length=1)] = "Regole predefinite"
    source: Line | None = None
    thresholds: Literal["ratio", "met_or_not", "distance"] = "ratio"
    ranges: Literal["nearest_end", "met_or_not"] = "nearest_end"
    lateness: Lateness = Lateness()
    milestones: Literal["mean", "last", "all"] = "mean"
    levels: Literal["met_or_not", "steps"] = "met_or_not"
    survey_years: Literal["not_scored", "by_survey"] = "not_scored"
    cut_at: Percentage | None = Decimal(100)
    floor: Amount = Decimal(0)
    worthless_below: Percentage | None = None
    inputs: Rounding | None = None
    achievements: Rounding | None = None
    scores: Rounding | None = None
    ratio_from: Literal["terms", "stated"] = "terms"
    missing: Literal["excluded", "zero"] = "excluded"
    not_yet_due: Literal["excluded", "zero"] = "excluded"
    combination: Literal["weighted_mean", "mean", "worst"] = "weighted_mean"
    weights: Literal["rescaled", "as_points"] = "rescaled"
    unweighted: Literal["mean", "zero"] = "mean"
    parts: Literal["both", "indicators_first", "children_first"] = "both"
    bands: tuple[Band, ...] = BANDS
    bare_value: Polarity | None = None
    foreign_office: Literal["refused", "warned"] = "refused"
    expected_progress: Literal["linear", "none"] = "linear"
    change_rate_variant: Literal["any", "substance", "easier"] = "any"
    change_rate_level: Line | None = None
    change_rate_ceiling: Percentage | None = None
    repeated_note_from: Annotated[int, Field(ge=2, le=10_000)] = 5
    flags: dict[str, JsonValue] = {}

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        if self.cut_at is not None and self.floor > self.cut_at:
            msg = "floor supera cut_at: il minimo riconosciuto non può superare il massimo"
            raise ValueError(msg)
        starts = [band.from_percent for band in self.bands]
        if starts != sorted(set(starts)):
            msg = "le fasce si scrivono dalla più bassa alla più alta, con soglie diverse"
            raise ValueError(msg)
        return self

    def band(self, score: Decimal | None) -> Band | None:
        """The band of a score; None where there is no score, or no band reaches so low."""
        if score is None:
            return None
        return next((band for band in reversed(self.bands) if score >= band.from_percent), None)


DEFAULT = MeasurementSystem()
