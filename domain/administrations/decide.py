"""The rules of an administration: its offices, its acts, its succession.

Documents spell one office in several ways. Two spellings are one office when they differ in case, accents, quotes,
punctuation or spaces only; anything further is for people to say, by an alias.
"""

import unicodedata
from datetime import date
from typing import Annotated

from pydantic import Field

from domain.acts.model import Act
from domain.acts.phrase import slug
from domain.administrations.events import (
    ActRegistered,
    AdministrationRegistered,
    AdministrationRenamed,
    AdministrationSucceeded,
    OfficeClosed,
    OfficeRegistered,
    OfficeRenamed,
)
from domain.errors import AlreadyThere, NoChange, NotFound
from domain.event import Event
from domain.facts import ADMINISTRATION, IN_FORCE, LIFE
from domain.timelines import Timelines
from domain.vocabulary import Frozen, Identifier, IsoDate, Line


class RegisterOffice(Frozen):
    """Enter an office, or give one another name or further aliases."""

    name: Annotated[Line, Field(min_length=1)]
    aliases: tuple[Line, ...] = ()
    office: Identifier | None = None
    valid_from: IsoDate | None = None


class CloseOffice(Frozen):
    """Say that an office ceased to be."""

    office: Identifier


class Succeed(Frozen):
    """Say which administrations this one took the place of."""

    how: str = Field(pattern="^(merger|split)$")
    predecessors: tuple[Identifier, ...] = Field(min_length=1)


def spelling(name: str) -> str:
    """What is left of an office's name when case, accents, quotes, punctuation and spaces do not count."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    return "".join(c for c in plain if c.isalnum())


def register_administration(timelines: Timelines, administration: str, name: str, ipa_code: str | None) -> list[Event]:
    """The event that enters an administration or changes its name; none when it is there under that name."""
    entries = timelines.entries(ADMINISTRATION, "name")
    if not entries:
        return [AdministrationRegistered(administration=administration, name=name, ipa_code=ipa_code)]
    codes = timelines.entries(ADMINISTRATION, "ipa_code")
    held_code = codes[-1].value if codes else None
    if entries[-1].value != name or (ipa_code and held_code != ipa_code):
        return [AdministrationRenamed(name=name, ipa_code=ipa_code)]
    return []


def find_office(timelines: Timelines, name: str) -> str | None:
    """The id of the office that a spelling means; None when no name and no alias agrees."""
    wanted = spelling(name)
    for key in timelines.objects("office/"):
        for field in ("name", "aliases"):
            for entry in timelines.entries(key, field):
                names = entry.value if isinstance(entry.value, list) else [entry.value]
                if any(spelling(str(one)) == wanted for one in names):
                    return key.partition("/")[2]
    return None


def register_office(timelines: Timelines, command: RegisterOffice, on: date) -> list[Event]:
    """Refused when the office is there already under that name, with those aliases."""
    office = command.office or find_office(timelines, command.name) or slug(command.name, 80)
    key = f"office/{office}"
    if not timelines.known(key):
        return [
            OfficeRegistered(office=office, name=command.name, aliases=command.aliases, valid_from=command.valid_from)
        ]
    held = timelines.value(key, "aliases", on)
    aliases = tuple(str(alias) for alias in held) if isinstance(held, list) else ()
    merged = tuple(dict.fromkeys([*aliases, *command.aliases]))
    if timelines.value(key, "name", on) == command.name and merged == aliases:
        raise NoChange(f"l'ufficio {office} è già registrato così")
    return [OfficeRenamed(office=office, name=command.name, aliases=merged)]


def close_office(timelines: Timelines, command: CloseOffice, on: date) -> list[Event]:
    """Refused when the office is not there, or is closed already."""
    if timelines.value(f"office/{command.office}", LIFE, on) != IN_FORCE:
        raise NotFound(f"l'ufficio {command.office} non è in attività al {on:%d/%m/%Y}", where="office")
    return [OfficeClosed(office=command.office)]


def register_act(timelines: Timelines, act: Act) -> list[Event]:
    """The event that enters an act; none when the same act is there; refused when its id says something else, or a link nothing."""
    entries = timelines.entries(f"act/{act.id}", "act")
    if entries:
        if entries[-1].value == act.model_dump(mode="json"):
            return []
        raise AlreadyThere(
            f"l'atto {act.id} è già registrato con altri dati", accepted="un altro identificativo", where="act"
        )
    for linked in (*act.ratifies, *act.annuls):
        if not timelines.known(f"act/{linked}"):
            raise NotFound(
                f"l'atto collegato {linked} non è registrato", accepted="prima l'atto collegato", where="act"
            )
    return [ActRegistered(act=act)]


def succeed(timelines: Timelines, command: Succeed, on: date) -> list[Event]:
    """Refused when the same succession is recorded."""
    if timelines.value(ADMINISTRATION, "predecessors", on) == list(command.predecessors):
        raise NoChange("la successione è già registrata")
    return [AdministrationSucceeded.model_validate(command.model_dump())]
