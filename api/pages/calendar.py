"""The dates by which something of a plan is due, as a calendar (iCalendar, RFC 5545): rounds, and what the law asks.

D.lgs. 150/2009, article 10: the plan of the three years by 31 January, the report on the year before by 30 June.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import NamedTuple

from starlette.responses import Response

from api.language.translation import filled_in
from api.pages import addresses
from api.pages.addresses import page_address
from api.pages.templating import long_day
from api.pages.visit import PlanVisit
from projections.rounds import rounds

OCTETS = 75
"""How long a line of a calendar may be, in octets, its end apart."""


class DueDate(NamedTuple):
    """A date by which something is due; `uid` is the same whenever it is asked for."""

    uid: str
    on: date
    summary: str
    description: str
    address: str


def calendar(visit: PlanVisit) -> Response:
    """The calendar of a plan, to subscribe to."""
    stamp = visit.reading.last_recorded_at
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:-//In Itinere//Scadenze//{visit.language.upper()}",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{_escaped(visit.reading.document['plan']['title'])}",
    ]
    for due in sorted(_due_dates(visit), key=lambda due: (due.on, due.uid)):
        lines += _event(due, stamp)
    lines.append("END:VCALENDAR")
    body = "".join(f"{_folded(line)}\r\n" for line in lines)
    name = f'inline; filename="scadenze-{visit.plan}.ics"'
    headers = {"Cache-Control": "no-cache", "Content-Disposition": name}
    return Response(body, media_type="text/calendar; charset=utf-8", headers=headers)


def _due_dates(visit: PlanVisit) -> Iterator[DueDate]:
    plan = visit.origin + page_address(addresses.PLAN, plan=visit.plan)
    title = visit.reading.document["plan"]["title"]
    worded = partial(filled_in, language=visit.language)
    for year in visit.reading.history.years:
        yield DueDate(
            f"piano-{year}@{visit.plan}.in-itinere",
            date(year, 1, 31),
            worded("Piano %(year)s: adozione entro il 31 gennaio", year=year),
            worded("%(plan)s. D.lgs. 150/2009, art. 10, c. 1, lett. a", plan=title),
            plan,
        )
        yield DueDate(
            f"relazione-{year}@{visit.plan}.in-itinere",
            date(year + 1, 6, 30),
            worded("Relazione sulla performance %(year)s: entro il 30 giugno", year=year),
            worded("%(plan)s. D.lgs. 150/2009, art. 10, c. 1, lett. b: validata dall'OIV e pubblicata", plan=title),
            plan,
        )
    if not visit.may("list_rounds"):
        return
    monitoring = visit.origin + page_address(addresses.MONITORING, plan=visit.plan)
    for of_round in rounds(visit.reading.reader, visit.plan, visit.point)["rounds"]:
        if of_round["due_by"] is None:
            continue
        as_at, closed_on = of_round["as_at"], of_round["closed_on"]
        closed = worded("Chiuso il %(day)s", day=long_day(closed_on, visit.language)) if closed_on else ""
        yield DueDate(
            f"monitoraggio-{of_round['id']}@{visit.plan}.in-itinere",
            date.fromisoformat(of_round["due_by"]),
            worded("Monitoraggio al %(day)s: dati entro oggi", day=long_day(as_at, visit.language)),
            f"{title}. {closed}" if closed else title,
            monitoring,
        )


def _event(due: DueDate, stamp: datetime) -> list[str]:
    return [
        "BEGIN:VEVENT",
        f"UID:{due.uid}",
        f"DTSTAMP:{stamp.astimezone(UTC):%Y%m%dT%H%M%SZ}",
        f"DTSTART;VALUE=DATE:{due.on:%Y%m%d}",
        f"DTEND;VALUE=DATE:{due.on + timedelta(days=1):%Y%m%d}",
        f"SUMMARY:{_escaped(due.summary)}",
        f"DESCRIPTION:{_escaped(due.description)}",
        f"URL:{due.address}",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
    ]


def _escaped(text: str) -> str:
    """A text as a value: what separates values, and what ends a line, is written with a sign before it."""
    signs = {"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"}
    return "".join(signs.get(sign, sign) for sign in text if sign == "\n" or (sign >= " " and sign != "\x7f"))


def _folded(line: str) -> str:
    """A line cut into several of at most 75 octets, never within a sign; what goes on begins with a blank."""
    folded, octets = [""], 0
    for sign in line:
        length = len(sign.encode())
        if octets + length > OCTETS:
            folded.append(" ")
            octets = 1
        folded[-1] += sign
        octets += length
    return "\r\n".join(folded)
