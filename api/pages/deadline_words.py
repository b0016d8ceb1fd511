"""What is due, in words: for the calendar, the feed, mail and the command line."""

from typing import NamedTuple

from api.language.translation import filled_in, translated
from api.pages import addresses
from api.pages.addresses import page_address
from api.pages.templating import long_day
from api.pages.visit import PlanVisit
from api.settings import Language
from domain.deadlines.model import DeadlineKind, DueDay
from domain.rounds.collection import NOBODY
from projections.deadlines import deadlines_of
from projections.streams import find_plan


class DeadlineWords(NamedTuple):
    """Something that is due, in a line, and what is to be known of it."""

    summary: str
    detail: str


ADDRESSES: dict[DeadlineKind, str] = {
    "plan": addresses.PLAN,
    "report": addresses.PLAN,
    "round": addresses.MONITORING,
    "values": addresses.DUES,
    "action": addresses.DEVIATIONS,
    "request": addresses.MONITORING,
    "opinion": addresses.PROPOSALS,
}
"""Where each kind is worked on."""


def worded_deadline(deadline: DueDay, plan: str, language: Language) -> DeadlineWords:
    """A deadline of a plan, by the plan's title, in a language."""
    return DeadlineWords(_summary(deadline, language), _detail(deadline, plan, language))


def deadline_address(deadline: DueDay, plan: str) -> str:
    """The page on which it is worked on, without its host."""
    seen = {"ufficio": deadline.office} if deadline.kind == "values" and deadline.office else {}
    return page_address(ADDRESSES[deadline.kind], seen, plan=plan)


def deadlines_seen(visit: PlanVisit) -> list[DueDay]:
    """What is due of a plan, of what its visitor may read; of its own offices, where it records their values alone."""
    known = find_plan(visit.reading.reader, visit.plan, visit.point.known_at)
    return deadlines_of(
        visit.reading.reader,
        known,
        visit.point,
        legal=visit.reading.legal,
        may=visit.visitor.permits,
        offices=visit.offices,
    )


def subject_of(late: int, coming: int, language: Language) -> str:
    """What a message about so many things whose day has passed, and so many that come, is about."""
    if late and coming:
        return filled_in("Scadenze: %(late)s passate, %(num)s vicine", language, late=late, num=coming)
    if late:
        return filled_in("Scadenze passate: %(num)s", language, num=late)
    return filled_in("Scadenze vicine: %(num)s", language, num=coming)


def _summary(deadline: DueDay, language: Language) -> str:
    day = long_day(deadline.on, language)
    match deadline.kind:
        case "plan":
            return filled_in("Piano %(year)s: adozione entro il %(day)s", language, year=deadline.year, day=day)
        case "report":
            return filled_in(
                "Relazione sulla performance %(year)s: entro il %(day)s", language, year=deadline.year, day=day
            )
        case "round":
            as_at = long_day(deadline.as_at, language) if deadline.as_at else ""
            return filled_in("Monitoraggio al %(day)s: termine per i dati", language, day=as_at)
        case "values":
            office = translated(NOBODY, language) if deadline.office == NOBODY else deadline.office
            return filled_in("%(office)s: valori da dare, %(num)s", language, office=office, num=deadline.values)
        case "action":
            return filled_in(
                "%(office)s: azione correttiva, %(subject)s", language, office=deadline.office, subject=deadline.subject
            )
        case "request":
            return filled_in("Richiesta dell'OIV %(subject)s: risposta", language, subject=deadline.subject)
        case "opinion":
            return filled_in("Parere chiesto all'OIV sulla proposta %(subject)s", language, subject=deadline.subject)


def _detail(deadline: DueDay, plan: str, language: Language) -> str:
    match deadline.kind:
        case "plan":
            return filled_in("%(plan)s. D.lgs. 150/2009, art. 10, c. 1, lett. a", language, plan=plan)
        case "report":
            return filled_in(
                "%(plan)s. D.lgs. 150/2009, art. 10, c. 1, lett. b: validata dall'OIV e pubblicata", language, plan=plan
            )
        case "values" if deadline.as_at:
            day = long_day(deadline.as_at, language)
            return filled_in("%(plan)s. Dati al %(day)s", language, plan=plan, day=day)
        case _ if deadline.done_on:
            closed = filled_in("Chiuso il %(day)s", language, day=long_day(deadline.done_on, language))
            return f"{plan}. {closed}"
        case _:
            return plan
