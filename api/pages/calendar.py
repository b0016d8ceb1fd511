"""What is due of a plan, as a calendar (iCalendar, RFC 5545): what whoever subscribes to it may read."""

from datetime import UTC, datetime, timedelta

from starlette.responses import Response

from api.pages.deadline_words import deadline_address, deadlines_seen, worded_deadline
from api.pages.visit import PlanVisit
from domain.deadlines.model import DueDay

OCTETS = 75
"""How long a line of a calendar may be, in octets, its end apart."""


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
    for deadline in deadlines_seen(visit):
        lines += _event(visit, deadline, stamp)
    lines.append("END:VCALENDAR")
    body = "".join(f"{_folded(line)}\r\n" for line in lines)
    name = f'inline; filename="scadenze-{visit.plan}.ics"'
    headers = {"Cache-Control": "no-cache", "Content-Disposition": name}
    return Response(body, media_type="text/calendar; charset=utf-8", headers=headers)


def _event(visit: PlanVisit, deadline: DueDay, stamp: datetime) -> list[str]:
    words = worded_deadline(deadline, visit.reading.document["plan"]["title"], visit.language)
    return [
        "BEGIN:VEVENT",
        f"UID:{deadline.key}@{visit.plan}.in-itinere",
        f"DTSTAMP:{stamp.astimezone(UTC):%Y%m%dT%H%M%SZ}",
        f"DTSTART;VALUE=DATE:{deadline.on:%Y%m%d}",
        f"DTEND;VALUE=DATE:{deadline.on + timedelta(days=1):%Y%m%d}",
        f"SUMMARY:{_escaped(words.summary)}",
        f"DESCRIPTION:{_escaped(words.detail)}",
        f"URL:{visit.origin}{deadline_address(deadline, visit.plan)}",
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
