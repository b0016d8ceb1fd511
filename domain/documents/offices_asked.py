"""What of a document looks like a person where an office belongs: it is asked about, once for each name.

Nothing is taken in silence, nothing is dropped: the office that is said beside the person, the name as it is, or nothing.
"""

from collections.abc import Callable, Iterable
from functools import cache
from typing import TypeVar

from domain.administrations.offices import spelling
from domain.administrations.people_named import person_seen
from domain.documents.difference import CurrentPlan
from domain.documents.plan import AdministrationPart, MeasurementRow, PlanDocument
from domain.documents.questions import Asking, Option
from domain.documents.uploaded import (
    UploadedIndicator,
    UploadedMeasurement,
    UploadedObjective,
    UploadedPlan,
    UploadedRow,
)
from domain.indicators.card import OFFICE_FIELDS, card_offices

OFFICE, KEEP, EMPTY = "office", "keep", "empty"
"""The answers: the office beside the person, an office that is called so, nobody."""

Row = TypeVar("Row", bound=UploadedRow)
IsKnown = Callable[[str], bool]
"""Whether an administration knows an office by a name."""


class OfficesAsked:
    """The names of offices as they are to be taken, and those that somebody said to be of an office."""

    def __init__(self, asking: Asking, is_known: IsKnown) -> None:
        self.asking = asking
        self.is_known = is_known
        self.confirmed: dict[str, None] = {}

    def taken(self, name: str, where: str) -> str | None:
        """A name as it is to be taken, empty where nobody is to be named; None while that is open."""
        seen = person_seen(name)
        if seen is None or name in self.confirmed:
            return name
        if self.is_known(name):
            self.confirmed[name] = None
            return name
        id_ = f"person:{spelling(name)[:100]}"
        asked = next((question for question in self.asking.questions if question.id == id_), None)
        if asked is not None:
            answer = asked.answer
        else:
            options = [Option(answer=OFFICE, words=f"è di {seen.office!r}")] if seen.office else []
            options += [
                Option(answer=KEEP, words="è un ufficio, e si chiama così"),
                Option(answer=EMPTY, words="resta vuoto: un piano non nomina persone"),
            ]
            words = f"{name[:200]!r} sembra il nome di una persona ({seen.person!r}): di quale ufficio si tratta?"
            answer = self.asking.ask(id_, where, words, options)
        match answer:
            case "office":
                return seen.office
            case "keep":
                self.confirmed[name] = None
                return name
            case "empty":
                return ""
            case _:
                return None

    def all_taken(self, names: Iterable[str], where: str) -> tuple[str, ...] | None:
        """Several names as they are to be taken; None while one of them is open."""
        taken = [self.taken(name, where) for name in names]
        return None if None in taken else tuple(dict.fromkeys(name for name in taken if name))


def offices_of_upload(
    current: CurrentPlan, uploaded: UploadedPlan, asking: Asking
) -> tuple[UploadedPlan, OfficesAsked]:
    """What was uploaded, with its offices as they are to be taken; what is still asked about is not said.

    What the plan in force names already is not asked about again.
    """
    offices = OfficesAsked(asking, _known_to(current))

    def objective(row: UploadedObjective) -> UploadedObjective:
        if not _asks(row.offices):
            return row
        taken = offices.all_taken(row.offices, uploaded.location(row.where, "offices"))
        return row.model_copy(update={"offices": taken}) if taken is not None else _unsaid(row, "offices", ())

    def indicator(row: UploadedIndicator) -> UploadedIndicator:
        for field in OFFICE_FIELDS:
            value = getattr(row, field)
            named = [value] if isinstance(value, str) else [*(value or ())]
            if not named or not _asks(named):
                continue
            taken = offices.all_taken(named, uploaded.location(row.where, field))
            if taken is None:
                row = _unsaid(row, field, None)
            else:
                row = row.model_copy(update={field: _as_named(value, taken)})
        return row

    def measurement(one: UploadedMeasurement) -> UploadedMeasurement:
        return one._replace(row=_measured(one.row, offices, uploaded.location(one.where, "office")))

    taken = uploaded._replace(
        objectives=uploaded.objectives and tuple(map(objective, uploaded.objectives)),
        indicators=uploaded.indicators and tuple(map(indicator, uploaded.indicators)),
        measurements=uploaded.measurements and tuple(map(measurement, uploaded.measurements)),
    )
    return taken, offices


def _as_named(value: object, offices: tuple[str, ...]) -> str | tuple[str, ...] | None:
    """Offices in the shape in which a field named them: one, or several; None where none is left."""
    return (offices[0] if isinstance(value, str) else offices) if offices else None


def _known_to(current: CurrentPlan) -> IsKnown:
    """The offices that the administration ever registered, and whatever the plan in force is entrusted to."""

    @cache
    def entrusted() -> frozenset[str]:
        document = current.document
        named = (name for row in document.objectives for name in row.offices)
        owners = (office for row in document.indicators for office in card_offices(dict(row)))
        measuring = (row.office for row in document.measurements if row.office)
        return frozenset(map(spelling, (*named, *owners, *measuring)))

    return lambda name: spelling(name) in entrusted() or current.knows_office(name)


def offices_of_document(document: PlanDocument, asking: Asking, is_known: IsKnown) -> PlanDocument:
    """A document with its offices as they are to be taken; what is still asked about is left out."""
    stated = {spelling(name) for name in document.confirmed_offices}
    offices = OfficesAsked(asking, lambda name: spelling(name) in stated or is_known(name))
    administration = _registered(document.administration, offices)
    objectives = tuple(
        row.model_copy(update={"offices": offices.all_taken(row.offices, f"objectives[{place}].offices") or ()})
        if _asks(row.offices)
        else row
        for place, row in enumerate(document.objectives)
    )
    indicators = tuple(
        row.model_copy(
            update={
                field: _as_named(value, offices.all_taken(named, f"indicators[{place}].{field}") or ())
                for field in OFFICE_FIELDS
                if (value := getattr(row, field)) and _asks(named := [value] if isinstance(value, str) else [*value])
            }
        )
        for place, row in enumerate(document.indicators)
    )
    measurements = tuple(
        _measured(row, offices, f"measurements[{place}].office") for place, row in enumerate(document.measurements)
    )
    if not asking.questions:
        return document
    parts = {
        "administration": administration,
        "objectives": objectives,
        "indicators": indicators,
        "measurements": measurements,
        "confirmed_offices": (*document.confirmed_offices, *offices.confirmed),
    }
    return document.model_copy(update=parts)


def _registered(part: AdministrationPart, offices: OfficesAsked) -> AdministrationPart:
    rows = []
    for place, row in enumerate(part.offices):
        where = f"administration.offices[{place}]"
        name = offices.taken(row.name, f"{where}.name")
        aliases = offices.all_taken(row.aliases, f"{where}.aliases") or ()
        if name == row.name:
            rows.append(row.model_copy(update={"aliases": aliases}) if aliases != row.aliases else row)
        elif name:  # what its id was made of may be the person
            rows.append(row.model_copy(update={"id": None, "name": name, "aliases": aliases}))
    return part.model_copy(update={"offices": tuple(rows)})


def _asks(names: Iterable[str]) -> bool:
    """Whether one of several names is worth a closer look: most are not."""
    return any(person_seen(name) is not None for name in names)


def _measured(row: MeasurementRow, offices: OfficesAsked, where: str) -> MeasurementRow:
    if not row.office or not _asks([row.office]):
        return row
    return row.model_copy(update={"office": offices.taken(row.office, where) or None})


def _unsaid(row: Row, field: str, nothing: object) -> Row:
    """A row that says nothing of a field."""
    left = row.model_copy(update={field: nothing})
    left.model_fields_set.discard(field)
    return left
