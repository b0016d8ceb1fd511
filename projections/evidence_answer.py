"""The answer of the evidence on a year, row by row, as `report.json` of the evidence pack holds it."""

from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict

from domain.changes.kinds import ChangeKind
from domain.event import Aspect
from domain.plans.history import Direction
from domain.systems.decide import Adopter
from domain.vocabulary import Cause, Identifier, JsonValue, Year
from projections.answers import Count, Day, DecimalText, Instant, Name, OfPlan, Text, Version
from projections.change_rate import CountedApart, CountedVersions, EarlierApproval, LeftOutChange, Rates
from projections.deviations import DeviationRow
from projections.flags import Cited, FlagList
from projections.proof.redactions import Redaction
from projections.proposals import ProposalCounts
from projections.successive_plans import FromPlanBefore
from projections.watch import NeverMeasuredRow

WithAndWithout = TypedDict("WithAndWithout", {"with": DecimalText | None, "without": DecimalText | None})
WithAndWithout.__doc__ = "Una cifra come è, e come sarebbe senza ciò di cui si parla."


class KnownFigure(TypedDict):
    """Ciò che era misurato quando la modifica fu decisa."""

    period: Name
    text: Text
    retrospective: bool


class OpinionRow(TypedDict):
    """Un parere dell'OIV sulla modifica."""

    opinion: Identifier
    judgement: Text
    words: Text | None
    events: list[Cited]


class OpinionOnRejected(OpinionRow):
    """Un parere dell'OIV su una proposta respinta: di quando, tardivo dopo la scadenza, sul testo di prima se poi fu modificata."""

    on: Day
    recorded_at: Instant
    due: Day | None
    late: bool
    on_earlier_text: bool


class VariationRow(TypedDict):
    """Una modifica dell'anno: che cosa, perché, che cosa si sapeva, che effetto ha avuto."""

    version: Version
    what: Text
    kind: ChangeKind
    aspect: Aspect
    objectives: list[Identifier]
    indicator: Identifier | None
    before: JsonValue
    after: JsonValue
    direction: Direction | None
    act: Text | None
    cause: Cause | None
    justification: Text | None
    redaction: Redaction | None
    effective_on: Day
    recorded_at: Instant
    retrospective: bool
    known: KnownFigure | None
    score: WithAndWithout | None
    change_rate: WithAndWithout | None
    opinions: list[OpinionRow]
    events: list[Cited]


class ActEffect(TypedDict):
    """L'effetto, insieme, delle modifiche in itinere di un atto."""

    act: Text | None
    score: WithAndWithout | None
    change_rate: WithAndWithout
    events: list[Cited]


class TouchedObjective(TypedDict):
    """Un obiettivo che il tasso conta."""

    objective: Identifier
    name: Text


class OfficialRateRow(TypedDict):
    """Il tasso di modifica ufficiale dell'anno."""

    variant: Name
    level: Text | None
    percent: DecimalText | None
    touched: list[TouchedObjective]
    planned: Count
    ceiling: Text | None


class LateRow(TypedDict):
    """Ciò che un'unica registrazione ha registrato tardi, o con effetto anteriore a quanto già noto."""

    what: Text
    effective_on: Day
    recorded_at: Instant
    days: int
    backdated: bool
    events: list[Cited]


class CitedEvents(TypedDict):
    """Gli eventi di cui si parla."""

    events: list[Cited]


class LateList(TypedDict):
    """Le registrazioni tarde, e gli eventi caricati a posteriori, di cui non è conoscibile."""

    threshold_days: Count
    recordings: list[LateRow]
    not_knowable: CitedEvents


class CorrectionRow(TypedDict):
    """Una rettifica, o un annullamento, con ciò che ripristina o annulla."""

    what: Text
    restores: list[Version]
    effective_on: Day
    recorded_at: Instant
    justification: Text | None
    events: list[Cited]


class OverrideRow(TypedDict):
    """Un punteggio forzato."""

    what: Text
    calculated: DecimalText | None
    forced: DecimalText
    act: Text | None
    justification: Text | None
    events: list[Cited]


class OivActRow(TypedDict):
    """Un atto dell'OIV, o la risposta dell'ufficio."""

    what: Text
    kind: Name
    on: Day
    words: Text | None
    redaction: Redaction | None
    seed: Text | None
    drawn: list[Text] | None
    events: list[Cited]


class RedactionRow(Redaction):
    """Un testo oscurato, per impronta."""

    digest: Text


class ScoredIndicator(TypedDict):
    """Il raggiungimento di un indicatore."""

    indicator: Identifier
    name: Text
    observed: Text | None
    achievement: DecimalText | None
    met: bool | None
    reference: Annotated[
        Text | None,
        Field(description="Di un target che rimanda ad altro: a che cosa, quanto vale, di quando e da quale fonte."),
    ]


class BodyScores(TypedDict):
    """La performance complessiva sulle due basi, con gli indicatori."""

    in_force: DecimalText | None
    ex_ante: DecimalText | None
    difference: DecimalText | None
    system: Text
    system_version: Version | None
    system_adopted_by: Adopter | None
    indicators: list[ScoredIndicator]


class StatementRow(TypedDict):
    """Ciò che il registro mostra, e gli eventi che lo dicono."""

    words: Text
    events: list[Cited]


class CriterionRow(TypedDict):
    """Un criterio delle linee guida, con ciò che il registro ne mostra."""

    criterion: Name
    title: Text
    statements: list[StatementRow]


class EvidenceRates(TypedDict):
    """I tassi di modifica dell'anno, nelle loro varianti."""

    change_rate: Rates
    indicators: Rates
    targets: Rates
    by_level: dict[str, Rates]
    by_cause: dict[str, list[Identifier]]
    counted: CountedVersions
    annulled: list[LeftOutChange]
    retroactive: list[Version]
    earlier_approvals: list[EarlierApproval]


class RejectedProposalRow(TypedDict):
    """Una proposta respinta: che cosa fu proposto, quando e perché non se n'è fatto nulla, che cosa ne disse l'OIV."""

    proposal: Identifier
    title: Text | None
    years: list[Year]
    changes: Count
    drafted_on: Day
    submitted_on: Day
    rejected_on: Day
    act: Text | None
    reason: Text | None
    reason_redaction: Redaction | None
    opinions: list[OpinionOnRejected]
    events: list[Cited]


class AnnulledEnactmentRow(TypedDict):
    """Una proposta adottata e poi annullata: tutto ciò che aveva registrato (`whole`), o una parte."""

    proposal: Identifier
    title: Text | None
    enacted_on: Day
    act: Text | None
    whole: bool
    annulled_at: Annotated[Instant, Field(description="Quando l'annullamento è stato registrato.")]
    annulling_act: Text | None
    events: list[Cited]


class SeparationWaivedRow(TypedDict):
    """Un'eccezione alla separazione dei compiti, col suo perché."""

    what: Text
    rule: Name
    about: Name
    on: Day
    words: Text | None
    redaction: Redaction | None
    events: list[Cited]


class EvidenceDeviation(DeviationRow):
    """Uno scostamento, con gli eventi che ne dicono la causa e che cosa si è fatto."""

    events: list[Cited]


class YearEvidence(OfPlan):
    """Ciò che l'OIV deve giudicare di un anno.

    `known_at` è l'istante dell'ultimo evento su cui poggia. Le proposte, contate per esito, quelle respinte, quelle adottate e
    poi annullate e le eccezioni alla separazione dei compiti sono tutte quelle del piano fino alla data, come gli atti dell'OIV.
    """

    title: Text
    year: Year
    administration_version: Count
    known_at: Instant
    variations: list[VariationRow]
    effects_of_acts: list[ActEffect]
    change_rates: EvidenceRates
    official_rate: OfficialRateRow
    counted_apart: CountedApart
    late: LateList
    corrections: list[CorrectionRow]
    proposals: ProposalCounts
    rejected_proposals: list[RejectedProposalRow]
    annulled_enactments: list[AnnulledEnactmentRow]
    separation_waived: list[SeparationWaivedRow]
    never_measured: list[NeverMeasuredRow]
    deviations: list[EvidenceDeviation]
    overrides: list[OverrideRow]
    acts_of_the_oiv: list[OivActRow]
    redactions: list[RedactionRow]
    from_plan_before: FromPlanBefore | None
    flags: FlagList
    scores: BodyScores
    criteria: list[CriterionRow]
