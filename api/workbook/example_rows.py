"""The example row of each sheet of the template: marked in its first column, never taken as a row of the plan."""

from collections.abc import Iterable, Mapping

from api.workbook.format import (
    ACTS,
    INDICATORS,
    MEASUREMENTS,
    OBJECTIVES,
    OFFICES,
    PLACES,
    STATUSES,
    TARGETS,
    TREES,
    Column,
)
from domain.spelling import folded

EXAMPLE = "ESEMPIO"
"""What the first column of an example row says."""
_OBJECTIVE, _INDICATOR = "Semplificare i procedimenti", "Tempo medio di conclusione"
EXAMPLES: Mapping[str, Mapping[str, str]] = {
    OBJECTIVES.part: {
        "level": "obiettivo operativo",
        "code": "1.2",
        "title": _OBJECTIVE,
        "parent": "1",
        "weight": "40",
        "offices": "Servizio Edilizia\nServizio Commercio",
        "period": "2025-2027",
    },
    TREES.part: {
        "level": "programma",
        "code": "003",
        "title": "Servizi e affari generali per le amministrazioni di competenza",
        "order": "1",
        "parent": "032",
    },
    INDICATORS.part: {
        "name": _INDICATOR,
        "formula": "giorni impiegati / procedimenti conclusi",
        "unit": "giorni",
        "baseline": "42",
        "source": "protocollo informatico",
        "kind": "efficienza",
        "frequency": "semestrale",
        "polarity": "decrescente",
        "owner": "Servizio Edilizia",
        "code": "1.2.a",
    },
    PLACES.part: {"name": _INDICATOR, "objective": "1.2", "weight": "60", "feeds": "albero"},
    TARGETS.part: {"name": _INDICATOR},
    MEASUREMENTS.part: {
        "indicator": _INDICATOR,
        "period": "I semestre 2025",
        "text": "38 giorni",
        "data_as_at": "30/06/2025",
        "finality": "provvisorio",
        "office": "Servizio Edilizia",
    },
    STATUSES.part: {
        "id": "1.2",
        "status": "in linea",
        "progress": "45%",
        "reported_on": "30/06/2025",
        "note": "avviato il nuovo sportello",
    },
    ACTS.part: {"phrase": "delibera di Giunta n. 9 del 31/01/2025"},
    OFFICES.part: {"name": "Servizio Edilizia", "aliases": "Ufficio Edilizia\nS.U.E."},
}
"""What each example says, by the part of the document and the field; the first column has the mark."""

TARGET_EXAMPLES = ("<= 40 giorni", "<= 35 giorni", "da definire")
"""What the example says of the years, the first, the second, all others."""


def example_row(part: str, columns: Iterable[Column]) -> list[str]:
    """The cells of the example of a sheet, column by column; empty for a sheet without one."""
    texts = EXAMPLES.get(part)
    if texts is None:
        return []
    cells: list[str] = []
    years = 0
    for number, column in enumerate(columns):
        if column.field.isdecimal():
            cells.append(TARGET_EXAMPLES[min(years, len(TARGET_EXAMPLES) - 1)])
            years += 1
        else:
            cells.append(EXAMPLE if number == 0 else texts.get(column.field, ""))
    return cells


def is_example(texts: Mapping[str, str], first: str) -> bool:
    """Whether a row is marked as an example; `texts` are its cells by field, `first` the field of the first column."""
    return folded(texts.get(first)) == folded(EXAMPLE)


def is_untouched(part: str, texts: Mapping[str, str], years: Iterable[str], first: str) -> bool:
    """Whether an example row says what it said in the template: nothing that an office wrote is in it."""
    said = EXAMPLES.get(part, {})
    alike = all(_plain(text) in {"", _plain(said.get(field, ""))} for field, text in texts.items() if field != first)
    return alike and all(_plain(text) in {"", *map(_plain, TARGET_EXAMPLES)} for text in years)


def _plain(text: str) -> str:
    return " ".join(text.split())
