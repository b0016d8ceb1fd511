"""What evaluation answers, field by field: scores, rounds, contradictions, rules, formulas, the official change rate."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from api.http.schemas import Answer, Count, Name, Text, Version
from domain.scoring.achievement import Standing
from domain.vocabulary import Identifier, JsonValue, Line, Polarity, Year

DecimalText = Annotated[str, Field(pattern=r"^-?\d{1,80}(\.\d{1,80})?$", max_length=170)]
"""Un numero decimale come testo, con tutte le sue cifre."""


class BandAnswer(Answer):
    """La fascia di un punteggio: colore e parola."""

    name: Text
    word: Text


class _Result(Answer):
    score: DecimalText | None
    rule: Name
    covered: DecimalText | None
    points: DecimalText | None
    band: BandAnswer | None
    notes: list[Text]


class NodeScore(_Result):
    """Il punteggio di un nodo: quello che conta, quello calcolato, quello forzato, e quanto peso ha dati."""

    calculated: DecimalText | None
    forced: DecimalText | None
    standing: Standing
    why_not: Text | None


class ObjectiveScoreRow(NodeScore):
    """Il punteggio di un obiettivo, contro i target in vigore ed ex ante."""

    id: Identifier
    level: Text | None
    code: Text | None
    title: Text | None
    parent: Identifier | None
    weight: DecimalText | None
    in_force: DecimalText | None
    ex_ante: DecimalText | None
    difference: DecimalText | None


class OrdinalTarget(Answer):
    """Un target di una cella."""

    ordinal: Annotated[int, Field(ge=1, le=9)]
    text: Text


class WeightedPlace(Answer):
    """Un posto dell'indicatore nell'albero, col suo peso lì."""

    objective: Identifier
    weight: DecimalText | None


class IndicatorScoreRow(Answer):
    """Il raggiungimento di un indicatore, con il calcolo."""

    id: Identifier
    name: Text | None
    score: DecimalText | None
    achievement: DecimalText | None
    uncut: DecimalText | None
    met: bool | None
    forced: DecimalText | None
    standing: Standing
    rule: Name
    arithmetic: Text | None
    note: Text | None
    targets: list[OrdinalTarget]
    observed: Text | None
    period: Name | None
    finality: Name | None
    measured_by_system: DecimalText | None
    places: list[WeightedPlace]
    in_force: DecimalText | None
    ex_ante: DecimalText | None
    difference: DecimalText | None


class ClassScore(_Result):
    """Il punteggio di una classe di un altro albero."""

    name: Text
    objectives: list[Identifier]


class OfficePlace(Answer):
    """Un indicatore di un ufficio, in uno degli obiettivi che serve."""

    indicator: Identifier
    objective: Identifier


class OfficeScore(_Result):
    """Il punteggio di un ufficio."""

    office: Text
    places: list[OfficePlace]


class SystemName(Answer):
    """Le regole con cui si è calcolato."""

    name: Text
    year: Year | None
    version: Version | None


class Scores(Answer):
    """I punteggi di un anno: dell'ente, degli obiettivi, degli indicatori, degli altri alberi, degli uffici."""

    plan: Identifier
    year: Year
    as_of: date
    version: Version
    basis: Literal["in_force", "ex_ante"]
    structure_on: date | None
    system: SystemName
    score: DecimalText | None
    ex_ante: DecimalText | None
    difference: DecimalText | None
    unscored: dict[str, Count]
    body: NodeScore
    objectives: list[ObjectiveScoreRow]
    indicators: list[IndicatorScoreRow]
    classifications: dict[str, list[ClassScore]]
    offices: list[OfficeScore]


class Explanation(Answer):
    """Un punteggio spiegato: l'albero del calcolo, fino ai termini, ai target e agli eventi."""

    plan: Identifier
    year: Year
    as_of: date
    version: Version
    administration_version: Count
    basis: Literal["in_force", "ex_ante"]
    system: dict[str, JsonValue]
    explanation: dict[str, JsonValue]


class AchievementRequest(Answer):
    """Un target e ciò che si è osservato: un valore, o i suoi termini."""

    target: Text
    observed: Text | None = None
    numerator: Text | None = None
    denominator: Text | None = None
    polarity: Polarity | None = None
    rounding: Text | None = None
    year: Year | None = None


class AchievementAnswer(Answer):
    """Quanto un valore raggiunge un target, in percento, e per quale regola."""

    achievement: DecimalText | None
    uncut: DecimalText | None
    rule: Name
    note: Text | None


class RoundScope(Answer):
    """A chi e di che cosa chiede un monitoraggio."""

    offices: list[Text]
    levels: list[Text]
    objectives: list[Identifier]


class RoundRow(Answer):
    """Un monitoraggio."""

    id: Text
    as_at: date
    opened_on: date
    due_by: date | None
    closed_on: date | None
    status: Literal["open", "closed"]
    scope: RoundScope


class RoundList(Answer):
    """I monitoraggi di un piano."""

    plan: Identifier
    version: Version
    rounds: list[RoundRow]


class RoundItem(Answer):
    """Una voce di un monitoraggio: che cosa si chiede, che cosa è arrivato e quando."""

    indicator: Identifier
    name: Text | None
    objectives: list[Identifier]
    targets: list[Text]
    period: Name | None
    observed: Text | None
    status: Name | None
    progress: DecimalText | None
    note: Text | None
    answered: bool
    came: Literal["in_time", "late", "after_closing", "not_knowable"] | None
    recorded_at: datetime | None


class RoundOffice(Answer):
    """Ciò che un ufficio deve e ha dato."""

    office: Text
    due: Count
    received: Count
    values: Count
    late: Count
    missing: list[Identifier]
    items: list[RoundItem]


class Reminder(Answer):
    """Un sollecito."""

    office: Text
    words: Text
    missing: list[Text]
    values: list[Text]


class RoundStatus(Answer):
    """Come sta un monitoraggio, ufficio per ufficio, con i solleciti."""

    plan: Identifier
    version: Version
    round: RoundRow
    year: Year
    expected_progress: DecimalText | None
    due: Count
    received: Count
    values: Count
    missing: Count
    statuses: dict[str, Count]
    offices: list[RoundOffice]
    reminders: list[Reminder]


class ContradictionRow(Answer):
    """Una cosa che non torna."""

    kind: Name
    words: Text
    subjects: list[Text]
    offices: list[Text]
    versions: list[Version]


class Contradictions(Answer):
    """Che cosa non torna in un monitoraggio."""

    plan: Identifier
    version: Version
    round: RoundRow
    total: Count
    by_kind: dict[str, Count]
    contradictions: list[ContradictionRow]


class RoundClosing(Answer):
    """La chiusura di un monitoraggio."""

    closed_on: date | None = None
    retrospective: bool = False


class SystemAnswer(Answer):
    """Le regole di un anno, e da dove vengono."""

    plan: Identifier
    year: Year
    as_of: date
    version: Version
    adopted_for: Year | None
    adopted_on: date | None
    event: Version | None
    act: Text | None
    system: dict[str, JsonValue]


class SystemRules(Answer):
    """Le regole proposte: quelle che non si dicono sono le predefinite, o quelle del sistema noto che si nomina."""

    rules: dict[str, JsonValue]


class SystemComparison(Answer):
    """Che cosa altre regole farebbero di un anno."""

    plan: Identifier
    year: Year
    as_of: date
    version: Version
    rules: list[dict[str, JsonValue]]
    body: dict[str, JsonValue]
    objectives: list[dict[str, JsonValue]]
    indicators: list[dict[str, JsonValue]]
    objectives_compared: Count
    indicators_compared: Count


class FormulaProposal(Answer):
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


class OfficialRate(Answer):
    """Il tasso di modifica ufficiale di un anno, con il suo tetto se il piano ne ha uno."""

    year: Year
    variant: Name
    level: Line | None
    rate: DecimalText | None
    numerator: Count
    denominator: Count
    objectives: list[Identifier]
    ceiling: dict[str, JsonValue] | None
    words: Text


class OfficialRates(Answer):
    """Il tasso ufficiale di ogni anno del piano già cominciato."""

    plan: Identifier
    as_of: date
    version: Version
    years: list[OfficialRate]


MODELS: tuple[type[Answer], ...] = tuple(
    model
    for name, model in vars().items()
    if isinstance(model, type)
    and issubclass(model, Answer)
    and model.__module__ == __name__
    and not name.startswith("_")
)
