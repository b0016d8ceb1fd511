"""The commands of deviations: give the cause of one, plan a corrective action, put it off, end it."""

from typing import Annotated

from pydantic import Field

from domain.deviations.events import ActionOutcome, DeviationCause
from domain.periods import Period
from domain.point import WrittenDay
from domain.vocabulary import NO_PEOPLE, Frozen, Identifier, Line, ObjectKind, OneLine, TrueOrFalse

_Words = Annotated[Line, Field(min_length=1)]


class OfDeviation(Frozen):
    """Which deviation is meant: of what, of which period."""

    subject: ObjectKind = Field(title="obiettivo o indicatore", description="Se è un obiettivo o un indicatore.")
    id: Identifier = Field(
        title="id", description="L'identificativo dell'obiettivo o dell'indicatore.", examples=["s4"]
    )
    period: Period = Field(
        title="periodo",
        description="Di quale periodo è lo scostamento: un anno, un semestre, un trimestre o un mese.",
        examples=["2022-H1"],
    )


class ExplainDeviation(OfDeviation):
    """Give the cause of a deviation, in one of the three words of the guidelines and in the office's own."""

    cause: DeviationCause = Field(
        title="causa",
        description="Esogena (venuta da fuori), endogena (dell'amministrazione), oppure un errore dell'indicatore.",
        examples=["exogenous"],
    )
    words: _Words = Field(
        title="spiegazione",
        description=f"Che cosa è accaduto, in parole. {NO_PEOPLE}",
        examples=["I versamenti sono stati prorogati al 2023."],
    )
    explained_on: WrittenDay = Field(title="alla data", description="A quale data.", examples=["2022-07-10"])
    retrospective: TrueOrFalse = Field(
        default=False, title="a posteriori", description="Una causa di allora, registrata a posteriori."
    )


class PlanCorrectiveAction(OfDeviation):
    """Plan what an office does about a deviation, and by when."""

    remedy: Annotated[OneLine, Field(min_length=1, max_length=500)] = Field(
        title="azione correttiva",
        description=f"Che cosa si fa. {NO_PEOPLE}",
        examples=["Solleciti mensili alle imprese che non hanno versato"],
    )
    office: Annotated[Line, Field(min_length=1)] = Field(
        title="ufficio", description="L'ufficio che la fa, mai una persona.", examples=["Servizio Bilancio"]
    )
    due_by: WrittenDay = Field(title="entro il", description="Entro quando.", examples=["2022-10-31"])
    planned_on: WrittenDay = Field(title="prevista il", description="Da quando è prevista.", examples=["2022-07-10"])
    action: Identifier | None = Field(
        None, title="identificativo", description="Un identificativo; altrimenti si fa dal numero."
    )
    note: Line | None = Field(None, title="nota", description=f"Una nota. {NO_PEOPLE}")
    retrospective: TrueOrFalse = Field(
        default=False, title="a posteriori", description="Un'azione di allora, registrata a posteriori."
    )


class RescheduleCorrectiveAction(Frozen):
    """Put a corrective action off, or give it to another office."""

    action: Identifier = Field(
        title="azione correttiva", description="L'identificativo dell'azione correttiva.", examples=["azione-1"]
    )
    due_by: WrittenDay | None = Field(
        None, title="entro il", description="Il nuovo termine; lo stesso, se non si dice.", examples=["2022-11-30"]
    )
    office: Line | None = Field(
        None,
        title="ufficio",
        description="L'ufficio che la fa, mai una persona; lo stesso, se non si dice.",
        examples=["Servizio Bilancio"],
    )
    words: _Words = Field(
        title="motivo", description=f"Perché. {NO_PEOPLE}", examples=["Il gestionale arriva in novembre."]
    )
    rescheduled_on: WrittenDay = Field(title="alla data", description="A quale data.", examples=["2022-10-20"])


class EndCorrectiveAction(Frozen):
    """Say that a corrective action was done, or dropped."""

    action: Identifier = Field(
        title="azione correttiva", description="L'identificativo dell'azione correttiva.", examples=["azione-1"]
    )
    outcome: ActionOutcome = Field("done", title="esito", description="Se è stata fatta o abbandonata.")
    words: Line | None = Field(
        None,
        title="che cosa ne è venuto",
        description=f"Che cosa ne è venuto; perché, se è abbandonata. {NO_PEOPLE}",
        examples=["Incassati 12.000 euro in più."],
    )
    ended_on: WrittenDay = Field(title="conclusa il", description="In quale giorno.", examples=["2022-10-28"])
