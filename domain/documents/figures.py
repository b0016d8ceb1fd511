"""Compares the figures that a document brings with all that their series know, at whatever date.

What a series knows already is nothing. What would alter an answer that was given before (another figure of the same
period, of the same data or of older ones) is asked about, one by one, and never recorded without an answer.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from domain.documents.plan import MeasurementRow
from domain.documents.questions import Asking, Option
from domain.errors import DomainError
from domain.italian import print_date
from domain.measurements.commands import RecordMeasurement
from domain.measurements.decide import OBSERVED, observed_in
from domain.measurements.events import FINALITY_WORDS
from domain.measurements.printer import print_value
from domain.measurements.values import Observed
from domain.timelines import Entry
from domain.vocabulary import JsonValue

SeriesFigures = Mapping[tuple[str, str], Sequence[Entry]]
"""By series and period all that is known, in the order of the days from which it is."""

RECORD, RESTATE, KEEP = "record", "restate", "keep"


class BroughtFigure(NamedTuple):
    """A figure that a document brings, how its series is called, and where it stands."""

    row: MeasurementRow
    name: str
    where: str


def figure_to_take(figure: BroughtFigure, known: Sequence[Entry], asking: Asking) -> MeasurementRow | None:
    """The figure as it is to be recorded, or restated; None where it is nothing, is left alone, or waits for an answer."""
    row, name, where = figure
    observed = _observed(row)
    latest = known[-1] if known else None
    same = [entry for entry in known if _same(row, observed, entry)]
    if same or latest is None:
        if latest is not None and latest not in same:
            words = f"{name}, {row.period}: il file ha ancora {_words(same[-1])}, che poi è cambiato"
            asking.ignored.append(f"{where}: {words}; resta {_words(latest)}")
        return None if same else row.model_copy(update={"restated": None, "observed": None})
    if latest.effective_on < row.data_as_at and _field(latest, "finality") != "final":
        return row.model_copy(update={"restated": None, "observed": None})
    answer = asking.ask(f"measurement:{row.series}:{row.period}", where, _question(figure, observed, latest),
                        _options(row, known, latest))  # fmt: skip
    if answer is None or answer == KEEP:
        return None
    return row.model_copy(update={"restated": answer == RESTATE or None, "observed": None})


def _question(figure: BroughtFigure, observed: Observed | None, latest: Entry) -> str:
    row = figure.row
    brought = print_value(observed) if observed is not None else row.text or str(row.value or "")
    words = f"{brought} ({FINALITY_WORDS[row.finality]}, dati al {print_date(row.data_as_at)})"
    return f"{figure.name}, {row.period}: nel file {words}, la serie ha già {_words(latest)}"


def _options(row: MeasurementRow, known: Sequence[Entry], latest: Entry) -> list[Option]:
    """To record it on the day of its data, where no final figure stands then; to restate what stands; to leave it."""
    before = [entry for entry in known if entry.effective_on <= row.data_as_at]
    options: list[Option] = []
    if not before or _field(before[-1], "finality") != "final":
        words = f"si registra dal {print_date(row.data_as_at)}: cambia le risposte da quel giorno in poi"
        options.append(Option(answer=RECORD, words=words))
    restated = "si rettifica il valore che c'è, dal giorno delle modifiche: le risposte di prima restano"
    return [
        *options,
        Option(answer=RESTATE, words=restated),
        Option(answer=KEEP, words=f"resta {_words(latest)}"),
    ]


def _observed(row: MeasurementRow) -> Observed | None:
    """What a row says was observed; None where its terms alone do, or where the rules would refuse it."""
    try:
        body = row.model_dump(exclude={"observed", "restated"}, exclude_none=True)
        command = RecordMeasurement.model_validate(body | {"retrospective": True})
        stated = (command.text, command.value, command.numerator)
        return observed_in(command) if any(part is not None for part in stated) else None
    except (ValueError, DomainError):
        return None


def _same(row: MeasurementRow, observed: Observed | None, entry: Entry) -> bool:
    """Whether a figure is one that is known: of the same data, as final, and the same however it is written."""
    if _field(entry, "finality") != row.finality or _field(entry, "data_as_at") != row.data_as_at.isoformat():
        return False
    if observed is None:
        terms = _field(entry, "terms")
        given = {name: str(value) for name, value in (row.terms or {}).items()}
        return bool(given) and isinstance(terms, dict) and {n: str(value) for n, value in terms.items()} == given
    recorded = OBSERVED.validate_python(_field(entry, "observed"))
    if recorded.kind == "unread" or observed.kind == "unread":
        return recorded.text == observed.text
    return _substance(recorded) == _substance(observed)


def _substance(observed: Observed) -> dict[str, JsonValue | Decimal | date]:
    """What was observed, without how it is written: numbers by their value."""
    return observed.model_dump(exclude={"text", "note", "benchmarks"})


def _field(entry: Entry, name: str) -> JsonValue:
    return entry.value.get(name) if isinstance(entry.value, dict) else None


def _words(entry: Entry) -> str:
    figure = print_value(OBSERVED.validate_python(_field(entry, "observed")))
    finality = "definitivo" if _field(entry, "finality") == "final" else "provvisorio"
    return f"{figure} ({finality}, dal {print_date(entry.effective_on)})"
