"""What evaluation answers, field by field: scores, rounds, contradictions, rules, formulas, the official change rate."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from api.http.schemas import Answer, Count, Name, Text, Version
from domain.vocabulary import Identifier, JsonValue, Polarity, Year

DecimalText = Annotated[str, Field(pattern=r"^-?\d{1,80}(\.\d{1,80})?$", max_length=170)]
"""Un numero decimale come testo, con tutte le sue cifre."""


class AchievementRequest(Answer):
    """Un target e ciò che si è osservato: un valore, o i suoi termini."""

    target: Text
    observed: Text | None = None
    numerator: Text | None = None
    denominator: Text | None = None
    polarity: Polarity | None = None
    rounding: Text | None = None
    year: Year | None = None


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


class SystemRules(Answer):
    """Le regole proposte: quelle che non si dicono sono le predefinite, o quelle del sistema noto che si nomina."""

    rules: dict[str, JsonValue]


MODELS: tuple[type[Answer], ...] = tuple(
    model
    for name, model in vars().items()
    if isinstance(model, type)
    and issubclass(model, Answer)
    and model.__module__ == __name__
    and not name.startswith("_")
)
