"""The events of a plan as a feed (Atom, RFC 4287): what was approved, changed, measured; nobody's name, nobody's words.

A feed is copied by whoever reads it, to where no redaction reaches: what was written beside an event is on its page.
"""

from collections.abc import Sequence
from itertools import groupby
from xml.etree import ElementTree as ET

from starlette.responses import Response

from api.language.translation import filled_in, translated
from api.pages import addresses
from api.pages.addresses import page_address
from api.pages.visit import PlanVisit
from projections.audit import AuditRow, audit_trail
from projections.store.envelope import write_instant

ATOM = "http://www.w3.org/2005/Atom"
OF_THE_PLAN = frozenset(
    {"plan-approved", "year-approved", "year-closed", "approval-annulled", "closing-annulled", "events-annulled"}
)
OF_MEASUREMENTS = frozenset({"measurement-recorded", "measurement-restated"})
ENTRIES_AT_MOST = 200
"""How many entries a feed has, the latest ones."""
SENTENCES_AT_MOST = 20
"""How many of the events of one command an entry tells."""


def feed(visit: PlanVisit) -> Response:
    """An entry for each command that recorded something, newest first; `updated` is the instant of recording."""
    reading = visit.reading
    rows = audit_trail(reading.reader, visit.plan, visit.point)["events"]
    told = [row for row in rows if _is_public(row, f"plan/{visit.plan}")]
    entries = [list(rows) for _, rows in groupby(told, key=lambda row: (row["command_id"], row["effective_on"]))]
    root = ET.Element("feed", {"xmlns": ATOM, "xml:lang": visit.language})
    add(root, "id", urn(visit.plan))
    add(root, "title", f"{reading.document['plan']['title']}: {translated('eventi', visit.language)}")
    add(root, "updated", told[0]["recorded_at"] if told else write_instant(visit.reading.last_recorded_at))
    author = ET.SubElement(root, "author")
    add(author, "name", reading.document["administration"]["name"])
    ET.SubElement(
        root,
        "link",
        {"rel": "self", "type": "application/atom+xml", "href": visit.origin + visit.subscribed(visit.path)},
    )
    plan = page_address(addresses.PLAN, plan=visit.plan)
    ET.SubElement(root, "link", {"rel": "alternate", "type": "text/html", "href": visit.origin + plan})
    for rows in entries[:ENTRIES_AT_MOST]:
        _entry(root, visit, rows)
    body = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return Response(body, media_type="application/atom+xml", headers={"Cache-Control": "no-cache"})


def _is_public(row: AuditRow, stream: str) -> bool:
    if row["event"] in OF_MEASUREMENTS:
        return True
    changes = row["kind"] is not None and row["kind"] != "drafting"
    return row["stream"] == stream and (changes or row["event"] in OF_THE_PLAN)


def _entry(root: ET.Element, visit: PlanVisit, rows: Sequence[AuditRow]) -> None:
    first = rows[-1]
    entry = ET.SubElement(root, "entry")
    add(entry, "id", f"{urn(visit.plan)}:{first['stream'].replace('/', ':')}:{first['version']}")
    add(entry, "title", _title(visit, rows))
    add(entry, "updated", rows[0]["recorded_at"])
    add(entry, "published", first["recorded_at"])
    seen = {"as_of": first["effective_on"]}
    page = visit.origin + page_address(addresses.PLAN, seen, plan=visit.plan)
    ET.SubElement(entry, "link", {"rel": "alternate", "type": "text/html", "href": page})
    sentences = [visit.said(row["sentence"]) for row in reversed(rows)]
    more = len(sentences) - SENTENCES_AT_MOST
    told = [
        *sentences[:SENTENCES_AT_MOST],
        *([filled_in("e altri %(num)s", visit.language, num=more)] if more > 0 else []),
    ]
    add(entry, "content", as_xml_may_say("\n".join(told)), type="text")


def _title(visit: PlanVisit, rows: Sequence[AuditRow]) -> str:
    """The sentence of what is alone; of several, their act and how many they are."""
    if len(rows) == 1:
        return as_xml_may_say(visit.said(rows[0]["sentence"]))
    act = next((row["act"] for row in rows if row["act"]), None)
    cited = visit.reading.acts.get(act, "") if act else ""
    events = filled_in("%(num)s eventi", visit.language, num=len(rows))
    return as_xml_may_say(f"{cited}: {events}" if cited else events)


def add(parent: ET.Element, name: str, text: str, **attributes: str) -> None:
    """Adds an element with a text."""
    ET.SubElement(parent, name, attributes).text = text


def urn(plan: str) -> str:
    """What a plan is called in a feed, for good."""
    return f"urn:in-itinere:plan:{plan}"


def as_xml_may_say(text: str) -> str:
    """A text without the signs that XML cannot say."""
    return "".join(
        sign
        for sign in text
        if sign in "\t\n" or (sign >= " " and sign not in "\ufffe\uffff" and not "\ud800" <= sign <= "\udfff")
    )
