"""The sheet by which an office gives the values of a round: its columns and its technical lines, from which it is written and read."""

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

from api.workbook.format import FINALITY, STATUS, Choices, Column
from domain.deviations.events import DEVIATION_CAUSES

OPEN_SHEET = "Raccolta"
HELP_SHEET = "Istruzioni"
OFFICE_LINE = "Ufficio:"
"""How the line above the headings begins that names the office."""
TECHNICAL_SHEET = "Dati tecnici"
COLLECTION = "scheda di raccolta"
"""What the first line of the technical sheet says, by which such a workbook is recognised."""
COLLECTION_VERSION = "2"
BEFORE_CAUSES = "1"
"""The format of the sheets that asked for values and statuses alone; some may still come back."""

WrittenBy = Literal["guide", "fill"]


class CollectionColumn(NamedTuple):
    """A column of the open sheet: the field that it is, its heading, who writes it, what its cells hold."""

    field: str
    heading: str
    role: WrittenBy
    width: float
    kind: Literal["text", "target", "figure", "choice", "date"] = "text"
    choices: Choices = ()
    note: str = ""

    def read_as(self) -> Column:
        """The column as the readers of cells take it."""
        return Column(self.field, self.heading, self.kind, choices=self.choices)


GUIDES = (
    CollectionColumn("objectives", "Obiettivo", "guide", 20),
    CollectionColumn("name", "Indicatore", "guide", 28),
    CollectionColumn("formula", "Come si calcola", "guide", 20),
    CollectionColumn("unit", "Unità di misura", "guide", 10),
    CollectionColumn("targets", "Target dell'anno", "guide", 13),
    CollectionColumn("last", "Ultimi valori", "guide", 14),
    CollectionColumn("period", "Periodo", "guide", 11),
    CollectionColumn("deviation", "Che cosa manca al target", "guide", 16),
    CollectionColumn("actions", "Azioni correttive in corso", "guide", 20),
)
GIVEN = (
    CollectionColumn(
        "value", "Valore", "fill", 11, "target", note="Il valore osservato, come lo scrive l'ufficio: 67,46%, 12, Sì, 30/06/2023, n.d."
    ),
    CollectionColumn("finality", "Stato del dato", "fill", 12, "choice", FINALITY, "definitivo oppure provvisorio."),
    CollectionColumn("status", "Stato", "fill", 13, "choice", STATUS, "Come sta l'indicatore: in linea, a rischio, raggiunto..."),
    CollectionColumn("progress", "Avanzamento %", "fill", 12, "figure", note="Quanto è stato fatto finora: 45% oppure 45."),
    CollectionColumn("note", "Nota", "fill", 24, note="Ciò che aiuta a leggere il dato. Mai nomi di persone, mai dati sulla salute."),
)  # fmt: skip
CAUSE: Choices = tuple((word, code) for code, word in DEVIATION_CAUSES.items())
EXPLAINED = (
    CollectionColumn("cause", "Causa dello scostamento", "fill", 14, "choice", CAUSE, "Se il target è mancato, o a rischio: esogena, se è venuta da fuori; endogena, se è dell'ente; errore dell'indicatore, se misura altro dal suo obiettivo."),
    CollectionColumn("cause_words", "Che cosa è accaduto", "fill", 24, note="La spiegazione della causa. Mai nomi di persone, mai dati sulla salute."),
    CollectionColumn("remedy", "Azione correttiva", "fill", 24, note="Che cosa si fa per rimediare. Mai nomi di persone."),
    CollectionColumn("action_office", "Ufficio dell'azione", "fill", 16, note="L'ufficio che la fa, come si chiama nel piano."),
    CollectionColumn("action_due_by", "Azione entro il", "fill", 12, "date", note="Entro quando: 31/10/2026."),
)  # fmt: skip
"""What is asked where a target is missed, or at risk: why, and what is done about it."""
FILLED = (*GIVEN, *EXPLAINED)
WANTED_OF: Mapping[str, Sequence[CollectionColumn]] = {BEFORE_CAUSES: GIVEN}
"""The columns to fill that a sheet of an earlier format has."""
KEY = CollectionColumn("key", "Riferimento", "guide", 14)


def term_columns(number: int) -> tuple[CollectionColumn, ...]:
    """The columns of so many terms: the words of each, to be looked at, and beside it the cell of its value."""
    columns: list[CollectionColumn] = []
    for n in range(1, number + 1):
        columns += [
            CollectionColumn(f"phrase/{n}", f"Termine {n}", "guide", 14),
            CollectionColumn(f"term/{n}", f"Valore del termine {n}", "fill", 11, "figure", note=f"La cifra del termine {n}, scritto a sinistra."),
        ]  # fmt: skip
    return tuple(columns)


MOST_TERMS = 32


class TechnicalLine(NamedTuple):
    """A line of the technical sheet: the field, its label."""

    field: str
    heading: str


TECHNICAL = (
    TechnicalLine("kind", "Che cos'è"),
    TechnicalLine("plan", "Piano"),
    TechnicalLine("round", "Monitoraggio"),
    TechnicalLine("office", "Ufficio"),
    TechnicalLine("as_of", "Esportata il"),
    TechnicalLine("version", "Versione del piano"),
    TechnicalLine("administration_version", "Versione del registro dell'ente"),
    TechnicalLine("digest", "Impronta"),
    TechnicalLine("format", "Formato"),
)
