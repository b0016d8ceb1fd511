"""The rules of an administration: its offices, its acts, its succession."""

from collections.abc import Collection
from datetime import date

from domain.acts.known import DETAILS, details_to_add
from domain.acts.model import Act
from domain.acts.phrase import slug
from domain.administrations.commands import CloseOffice, RegisterOffice, SucceedAdministration
from domain.administrations.events import (
    LAYOUT,
    ActCompleted,
    ActRegistered,
    AdministrationRegistered,
    AdministrationRenamed,
    AdministrationSucceeded,
    LayoutRemembered,
    OfficeClosed,
    OfficeRegistered,
    OfficeRenamed,
)
from domain.administrations.offices import KnownOffices, require_office_named
from domain.administrations.people_named import PersonNamed, person_seen
from domain.errors import ContradictsLater, NoChange, NotFound, NotInForce, TreeBroken
from domain.event import Event
from domain.facts import ADMINISTRATION, IN_FORCE, LIFE, WITHDRAWN, office_key
from domain.timelines import Timelines


def register_administration(timelines: Timelines, administration: str, name: str, ipa_code: str | None) -> list[Event]:
    """The event that enters an administration or changes its name; none when it is there under that name."""
    entries = timelines.entries(ADMINISTRATION, "name")
    if not entries:
        return [AdministrationRegistered(administration=administration, name=name, ipa_code=ipa_code)]
    codes = timelines.entries(ADMINISTRATION, "ipa_code")
    earlier_code = codes[-1].value if codes else None
    if entries[-1].value != name or (ipa_code and earlier_code != ipa_code):
        return [AdministrationRenamed(name=name, ipa_code=ipa_code)]
    return []


def remember_layout(timelines: Timelines, lines: tuple[tuple[str, str], ...], day: date) -> list[Event]:
    """The event by which a reading is remembered; none where it is remembered already, or there is nothing to remember."""
    if not lines or timelines.value(ADMINISTRATION, LAYOUT, day) == [list(line) for line in lines]:
        return []
    return [LayoutRemembered(lines=lines)]


def register_office(timelines: Timelines, command: RegisterOffice, day: date) -> list[Event]:
    """Refused when the office is in activity already under that name, with those aliases, or seems to be a person.

    A name that the administration knows is an office.
    """
    if not command.is_office:
        require_office_named(timelines, command.name, "name")
        for alias in command.aliases:
            require_office_named(timelines, alias, "aliases")
    office = command.office or KnownOffices(timelines).id(command.name) or slug(command.name, 80)
    key = office_key(office)
    if not timelines.known(key):
        return [
            OfficeRegistered(office=office, name=command.name, aliases=command.aliases, valid_from=command.valid_from)
        ]
    earlier = timelines.value(key, "aliases", day)
    aliases = tuple(str(alias) for alias in earlier) if isinstance(earlier, list) else ()
    merged = tuple(dict.fromkeys([*aliases, *command.aliases]))
    closed = timelines.value(key, LIFE, day) == WITHDRAWN
    if timelines.value(key, "name", day) == command.name and merged == aliases and not closed:
        raise NoChange(f"l'ufficio {office} è già registrato così")
    return [OfficeRenamed(office=office, name=command.name, aliases=merged)]


def close_office(timelines: Timelines, command: CloseOffice, on: date) -> list[Event]:
    """Refused when the office is not there, is not in activity, or is spoken of at a later date."""
    key = office_key(command.office)
    if not timelines.known(key):
        raise NotFound(
            f"l'ufficio {command.office} non è registrato", accepted="l'id di un ufficio dell'ente", where="office"
        )
    if timelines.value(key, LIFE, on) != IN_FORCE:
        raise NotInForce(
            f"l'ufficio {command.office} non è in attività al {on:%d/%m/%Y}",
            accepted="un ufficio in attività a quella data",
            where="office",
        )
    if later := {entry.version: entry.effective_on for _, entry in timelines.later(key, on)}:
        raise ContradictsLater(
            f"l'ufficio {command.office} è ancora in attività dopo il {on:%d/%m/%Y}",
            accepted=f"una data non anteriore al {max(later.values()):%d/%m/%Y}",
            where="effective_on",
            listed=tuple(f"versione {version}: dal {day:%d/%m/%Y}" for version, day in sorted(later.items())),
        )
    return [OfficeClosed(office=command.office)]


def register_act(timelines: Timelines, act: Act) -> list[Event]:
    """The event that enters an act, or completes one that is there; none when all of it is there already.

    Refused when its id says something else, or a link nothing.
    """
    registered = known_act(timelines, act.id)
    if registered is not None:
        more = details_to_add(act, registered)
        return [ActCompleted(act=act.id, **more)] if more else []
    require_body(act)
    for linked in (*act.ratifies, *act.annuls):
        if not timelines.known(f"act/{linked}"):
            raise NotFound(
                f"l'atto collegato {linked} non è registrato", accepted="prima l'atto collegato", where="act"
            )
    return [ActRegistered(act=act)]


def known_act(timelines: Timelines, name: str) -> Act | None:
    """An act that is registered, with what was said of it since."""
    entries = timelines.entries(f"act/{name}", "act")
    if not entries or not isinstance(entries[-1].value, dict):
        return None
    later = {field: said[-1].value for field in DETAILS if (said := timelines.entries(f"act/{name}", field))}
    return Act.model_validate(entries[-1].value | later)


def known_acts(timelines: Timelines) -> list[Act]:
    """Every act that is registered."""
    names = (key.removeprefix("act/") for key in timelines.objects("act/"))
    return [act for name in names if (act := known_act(timelines, name)) is not None]


def require_body(act: Act) -> None:
    """PersonNamed for an act whose body seems to be a person, until whoever cites it says that it is none: it is public."""
    if act.body is None or act.body_confirmed or (seen := person_seen(act.body)) is None:
        return
    raise PersonNamed(
        f"l'organo {act.body[:120]!r} sembra dire una persona, {seen.person[:80]!r}: un atto dice l'organo, e resta per sempre",
        accepted=f"{seen.office or 'Giunta, Segretario Generale, dirigente'}; se è proprio un organo, «(organo confermato)» dopo la citazione",
        where="act",
    )


def enter_act(timelines: Timelines, act: Act) -> list[Event]:
    """The event that enters an act by itself; refused when it is there already."""
    events = register_act(timelines, act)
    if not events:
        raise NoChange(f"l'atto {act.id} è già registrato")
    return events


def succeed_administration(
    timelines: Timelines, command: SucceedAdministration, *, lineage: Collection[str] = ()
) -> list[Event]:
    """Refused when the same succession is recorded, or the administration would come before itself.

    `lineage` are the bodies that the named ones took the place of in turn, themselves included.
    """
    predecessors = tuple(dict.fromkeys(command.predecessors))
    if timelines.value(ADMINISTRATION, "id", date.max) in {*predecessors, *lineage}:
        raise TreeBroken(
            "un ente non subentra a se stesso, né a chi gli è subentrato",
            accepted="altri enti",
            where="predecessors",
        )
    if set(predecessors) <= set(predecessors_of(timelines)):
        raise NoChange("la successione è già registrata")
    return [AdministrationSucceeded(how=command.how, predecessors=predecessors)]


def predecessors_of(timelines: Timelines) -> tuple[str, ...]:
    """Every body that the administration took the place of, at whatever date, in the order of the successions."""
    entries = timelines.entries(ADMINISTRATION, "predecessors")
    named = (entry.value if isinstance(entry.value, list) else [] for entry in entries)
    return tuple(dict.fromkeys(str(name) for names in named for name in names))
