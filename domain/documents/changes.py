"""The change file: what `change` takes. Described in docs/change-file.md.

`{plan, act, approves_year?, justification, cause, changes: [{verb, object, ...}]}`: recorded together or not at all.
"""

from collections.abc import Sequence
from operator import not_
from typing import Annotated

from pydantic import Field

from domain.access.separation import ExceptionReason
from domain.acts.citation import ActText
from domain.changes.commands import AnyChange, VerbedChange
from domain.command import JUSTIFICATION
from domain.documents.plan import AtMost, MeasurementRow, StatusRow
from domain.errors import NoChange
from domain.indicators.commands import Polarities
from domain.plans.commands import ApprovePlan, ApproveYear
from domain.point import WrittenDay
from domain.recording import Pending
from domain.vocabulary import NO_PEOPLE, Cause, Frozen, Identifier, Line, TrueOrFalse, Year


class ChangeFile(Frozen):
    """Changes of one plan by one act. What a change leaves out (justification, cause) is taken from the file.

    A monitoring that brings values or statuses may carry them here too: they are recorded with the changes.
    """

    plan: Identifier = Field(
        title="piano", description="Il piano, per identificativo.", examples=["riviere-di-liguria-2022-2024"]
    )
    act: ActText | None = Field(
        None,
        title="atto",
        description='L\'atto, per esteso o con la frase che lo cita: "delibera di Giunta n. 9 del 30/09/2022".',
        examples=["delibera di Giunta n. 9 del 30/09/2022"],
    )
    approves_year: Year | None = Field(
        None,
        title="anno approvato",
        description="L'anno che l'atto approva, se è l'aggiornamento annuale.",
        examples=[2023],
    )
    justification: Line | None = Field(
        None,
        title="motivazione",
        description=f"La motivazione delle modifiche che non ne hanno una propria. {NO_PEOPLE}",
        examples=[JUSTIFICATION],
    )
    cause: Cause | None = Field(
        None, title="causa", description="La causa delle modifiche che non ne hanno una propria.", examples=["new_data"]
    )
    effective_on: WrittenDay | None = Field(
        None,
        title="in vigore dal",
        description="Da quando valgono; la data dell'atto, se manca.",
        examples=["2022-09-30"],
    )
    retroactive: Line | None = Field(
        None,
        exclude_if=not_,  # a request that does not say it is the one that an older program digested
        title="perché retroattiva",
        description=f"Perché le modifiche valgono da prima della data dell'atto che le decide. {NO_PEOPLE}",
        examples=["l'atto ratifica quanto disposto d'urgenza il 15/09/2022"],
    )
    retrospective: TrueOrFalse = Field(
        default=False, title="a posteriori", description="Modifiche di allora, registrate a posteriori."
    )
    exception: ExceptionReason | None = Field(
        None,
        exclude_if=not_,
        title="eccezione",
        description=f"Perché registra chi ha proposto: l'eccezione alla separazione dei compiti resta registrata. {NO_PEOPLE}",
        examples=["unico funzionario in servizio"],
    )
    changes: Annotated[tuple[VerbedChange, ...], AtMost] = Field(
        (), title="modifiche", description="Le modifiche, ciascuna con il suo verbo; insieme o per niente."
    )
    measurements: Annotated[tuple[MeasurementRow, ...], AtMost] = Field(
        (), title="misurazioni", description="I valori osservati che il monitoraggio porta con sé."
    )
    statuses: Annotated[tuple[StatusRow, ...], AtMost] = Field(
        (), title="stati di avanzamento", description="Gli stati di avanzamento che il monitoraggio porta con sé."
    )
    polarities: Annotated[Polarities, Field(max_length=20_000, exclude_if=not_)] = {}
    answers: Annotated[dict[str, str], Field(max_length=5_000)] = Field(
        {},
        exclude_if=not_,  # a request that does not say it is the one that an older program digested
        title="risposte",
        description="Le risposte alle domande, per numero o per posto della domanda, come le elenca il rifiuto.",
        examples=[{"1": "2"}],
    )
    confirmed_offices: Annotated[tuple[Line, ...], AtMost] = Field(
        (),
        exclude_if=not_,  # a request that does not say it is the one that an older program digested
        title="uffici confermati",
        description="I nomi che sembrano di persone e sono di uffici, per intero.",
        examples=[["Ufficio Rossi"]],
    )

    def every_change(self) -> list[AnyChange]:
        """The changes, with the approval of the year that the file says, unless it is among them already."""
        if self.approves_year is None or any(isinstance(c, ApprovePlan | ApproveYear) for c in self.changes):
            return list(self.changes)
        return [*self.changes, ApproveYear(verb="approve_year", year=self.approves_year)]

    def require_effect(self, pending: Sequence[Pending]) -> None:
        """Refuses a file that brings nothing: no measurement, and nothing that it changes or reports of the plan."""
        if not pending and not self.measurements:
            raise NoChange("il file non contiene modifiche", accepted="almeno una modifica, misurazione o stato")
