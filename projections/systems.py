"""The measurement systems that an administration adopted, year by year, and those that were put right or annulled."""

from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict

from domain.administrations.events import AdministrationSystemAdopted
from domain.point import Point
from domain.vocabulary import Identifier, JsonValue, Year
from projections.answers import Day, Instant, OfAdministration, Text, Version
from projections.store.envelope import write_instant
from projections.store.reader import Reader
from projections.streams import administration_stream, find_administration


class AdoptedSystem(TypedDict):
    """Un sistema adottato per un anno: da quando vale, con quale atto; se non conta più, che cosa lo ha annullato."""

    year: Year
    version: Annotated[Version, Field(description="La versione nel registro dell'amministrazione.")]
    adopted_on: Day
    recorded_at: Instant
    act: Identifier | None
    justification: Text | None
    corrects: Annotated[Version | None, Field(description="La versione che rettifica.")]
    annulled_by: Annotated[Version | None, Field(description="La versione che lo annulla, o null se conta.")]
    system: dict[str, JsonValue]


class SystemList(OfAdministration):
    """I sistemi di misurazione di un'amministrazione."""

    systems: list[AdoptedSystem]


def systems_of_administration(reader: Reader, administration: str, point: Point) -> SystemList:
    """Every system adopted up to the date, as known at the point, in the order of year and date; what was annulled says so."""
    known = find_administration(reader, administration, point.known_at)
    stream = administration_stream(administration)
    records = reader.records(stream, upto=known.version)
    left_out = reader.annulled(stream, known.version)
    annulled_by = {
        version: record.version
        for record in records
        if record.version not in left_out
        for version in record.event.annulled_versions()
    }
    texts = reader.texts([record.justification for record in records], stream)
    systems: list[AdoptedSystem] = [
        {
            "year": record.event.year,
            "version": record.version,
            "adopted_on": record.effective_on.isoformat(),
            "recorded_at": write_instant(record.recorded_at),
            "act": record.act,
            "justification": texts.get(record.justification or ""),
            "corrects": next(iter(record.restores), None),
            "annulled_by": annulled_by.get(record.version),
            "system": record.event.system,
        }
        for record in records
        if isinstance(record.event, AdministrationSystemAdopted) and record.effective_on <= point.as_of
    ]
    return {
        "administration": administration,
        "as_of": point.as_of.isoformat(),
        "version": known.version,
        "systems": sorted(systems, key=lambda row: (row["year"], row["adopted_on"], row["version"])),
    }
