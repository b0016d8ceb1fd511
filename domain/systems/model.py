"""The measurement and evaluation system (SMVP): the rules by which a year is scored, whole, with their defaults.

Every rule is declared here and nowhere else. By the defaults an achievement is observed / target or its inverse, from
unrounded figures, cut at 100 %; missing data are left out, with the covered share of weight shown; means are weighted,
with the weights brought back to 100.
"""

from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from domain.italian import WrittenDecimal, WrittenPercent
from domain.scoring.numbers import How
from domain.vocabulary import Frozen, JsonValue, Line, Polarity

Amount = Annotated[WrittenDecimal, Field(allow_inf_nan=False, max_digits=28, ge=-(10**9), le=10**9)]
Percentage = Annotated[WrittenPercent, Field(allow_inf_nan=False, max_digits=28, ge=0, le=1000)]
"""A percentage, in points of a hundred: 100 is all."""

RoundingStep = Annotated[WrittenDecimal, Field(allow_inf_nan=False, gt=0, le=100, max_digits=28)]


class Rounding(Frozen):
    """How a figure is rounded: half up or truncated, at a step (0.01 is two decimals)."""

    how: How = "half_up"
    step: RoundingStep = Decimal("0.01")


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
    """What a deadline missed is worth: nothing, or all but some points for each day, until it is worth nothing."""

    rule: Annotated[
        Literal["worth_nothing", "points_per_day"],
        Field(
            description="Un termine mancato non vale nulla (worth_nothing), o perde punti al giorno (points_per_day)."
        ),
    ] = "worth_nothing"
    points_per_day: Annotated[Percentage, Field(description="I punti, su cento, persi per ogni giorno di ritardo.")] = (
        Decimal(1)
    )
    days_of_grace: Annotated[
        int, Field(ge=0, le=366, description="I primi giorni di ritardo, che non costano nulla.")
    ] = 0
    worthless_after: Annotated[
        int | None, Field(ge=1, le=3660, description="I giorni di ritardo oltre i quali non resta nulla; null: sempre.")
    ] = None


class MeasurementSystem(Frozen):
    """The rules of one year: each field is a rule, and says what it does and what it accepts."""

    name: Annotated[Line, Field(min_length=1, description="Come si chiama il sistema.")] = "Regole predefinite"
    source: Annotated[Line | None, Field(description="Il documento da cui vengono le regole.")] = None
    thresholds: Annotated[
        Literal["ratio", "met_or_not", "distance"],
        Field(
            description="Una soglia: osservato / target, o l'inverso se meno è meglio (ratio); 100 o 0 (met_or_not); "
            "100 meno lo scostamento dal target, in percento del target (distance)."
        ),
    ] = "ratio"
    ranges: Annotated[
        Literal["nearest_end", "met_or_not"],
        Field(description="Fuori dall'intervallo: il rapporto con l'estremo superato (nearest_end), o 0 (met_or_not)."),
    ] = "nearest_end"
    lateness: Annotated[Lateness, Field(description="Quanto vale un termine mancato.")] = Lateness()
    milestones: Annotated[
        Literal["mean", "last", "all"],
        Field(description="Le tappe dovute: la media (mean), l'ultima (last), la peggiore (all)."),
    ] = "mean"
    levels: Annotated[
        Literal["met_or_not", "steps"],
        Field(description="Un grado: 100 o 0 (met_or_not), o posto raggiunto / posto atteso sulla scala (steps)."),
    ] = "met_or_not"
    survey_years: Annotated[
        Literal["not_scored", "by_survey"],
        Field(
            description="Un anno di rilevazione: non si valuta (not_scored), oppure 100 se il valore è stato rilevato e "
            "0 se non è disponibile (by_survey)."
        ),
    ] = "not_scored"
    cut_at: Annotated[
        Percentage | None,
        Field(description="Il massimo riconosciuto, in percento; null: vale anche ciò che lo supera."),
    ] = Decimal(100)
    floor: Annotated[Amount, Field(description="Il minimo riconosciuto, in percento.")] = Decimal(0)
    worthless_below: Annotated[
        Percentage | None, Field(description="Sotto questo raggiungimento, in percento, non vale nulla.")
    ] = None
    inputs: Annotated[
        Rounding | None, Field(description="Come si arrotondano i valori osservati; null: non si arrotondano.")
    ] = None
    achievements: Annotated[
        Rounding | None, Field(description="Come si arrotondano i raggiungimenti; null: non si arrotondano.")
    ] = None
    scores: Annotated[
        Rounding | None, Field(description="Come si arrotondano i punteggi; null: non si arrotondano.")
    ] = None
    ratio_from: Annotated[
        Literal["terms", "stated"],
        Field(description="Un rapporto si prende dai suoi termini (terms), o com'è dichiarato (stated)."),
    ] = "terms"
    missing: Annotated[
        Literal["excluded", "zero"],
        Field(
            description="Ciò che non ha un valore resta fuori, e si mostra la quota di peso coperta (excluded), o conta "
            "zero (zero). Ciò che non si può misurare resta sempre fuori."
        ),
    ] = "excluded"
    not_yet_due: Annotated[
        Literal["excluded", "zero"],
        Field(description="Ciò che non è ancora dovuto resta fuori (excluded), o conta zero (zero)."),
    ] = "excluded"
    combination: Annotated[
        Literal["weighted_mean", "mean", "worst"],
        Field(description="Media pesata (weighted_mean), media semplice (mean), o vale il risultato peggiore (worst)."),
    ] = "weighted_mean"
    weights: Annotated[
        Literal["rescaled", "as_points"],
        Field(description="Pesi riportati a cento fra quelli che contano (rescaled), o punti di cento (as_points)."),
    ] = "rescaled"
    unweighted: Annotated[
        Literal["mean", "zero"],
        Field(description="Chi è senza peso fra altri che lo hanno conta quanto la loro media (mean), o zero (zero)."),
    ] = "mean"
    parts: Annotated[
        Literal["both", "indicators_first", "children_first"],
        Field(
            description="Un obiettivo è fatto dei suoi indicatori e dei suoi figli, attraverso l'indicatore che ne è la "
            "media se c'è (both), o prima degli indicatori (indicators_first), o prima dei figli (children_first)."
        ),
    ] = "both"
    bands: Annotated[tuple[Band, ...], Field(description="Le fasce del semaforo, dalla più bassa alla più alta.")] = (
        BANDS
    )
    bare_value: Annotated[
        Polarity | None,
        Field(description="Il verso di un valore nudo quando nessuno ha detto la polarità; null: non si valuta."),
    ] = None
    foreign_office: Annotated[
        Literal["refused", "warned"],
        Field(description="La misurazione di un ufficio non responsabile si rifiuta (refused) o si segnala (warned)."),
    ] = "refused"
    expected_progress: Annotated[
        Literal["linear", "none"],
        Field(description="Che cosa si attende in corso d'anno: la parte di anno trascorsa (linear), o nulla (none)."),
    ] = "linear"
    change_rate_variant: Annotated[
        Literal["any", "substance", "easier"],
        Field(
            description="Il tasso di modifica ufficiale conta ogni modifica (any), quelle di sostanza (substance), o "
            "quelle che rendono più facile (easier)."
        ),
    ] = "any"
    change_rate_level: Annotated[
        Line | None, Field(description="Il livello degli obiettivi che il tasso ufficiale conta; null: tutti.")
    ] = None
    change_rate_ceiling: Annotated[
        Percentage | None,
        Field(description="Il tetto del tasso ufficiale, in percento; null: quello dell'indicatore del piano, se c'è."),
    ] = None
    repeated_note_from: Annotated[
        int, Field(ge=2, le=10_000, description="Da quanti soggetti in poi una stessa frase viene fatta notare.")
    ] = 5
    flags: Annotated[dict[str, JsonValue], Field(description="Le soglie delle segnalazioni.")] = {}

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        if self.cut_at is not None and self.floor > self.cut_at:
            msg = "il minimo riconosciuto non può superare il massimo"
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
