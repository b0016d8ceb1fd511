"""What is due of a plan, as a feed (Atom, RFC 4287): what is open, the first day before."""

from xml.etree import ElementTree as ET

from starlette.responses import Response

from api.language.translation import filled_in, translated
from api.pages import addresses
from api.pages.addresses import page_address
from api.pages.deadline_words import deadline_address, deadlines_seen, worded_deadline
from api.pages.feed import ATOM, add, as_xml_may_say, urn
from api.pages.templating import long_day
from api.pages.visit import PlanVisit
from projections.store.envelope import write_instant


def deadlines_feed(visit: PlanVisit) -> Response:
    """An entry for each thing that is due; `updated` is when the plan was last recorded of, for what is due follows from it."""
    title, stamp = visit.reading.document["plan"]["title"], write_instant(visit.reading.last_recorded_at)
    root = ET.Element("feed", {"xmlns": ATOM, "xml:lang": visit.language})
    add(root, "id", f"{urn(visit.plan)}:scadenze")
    add(root, "title", as_xml_may_say(f"{title}: {translated('Scadenze del piano', visit.language)}"))
    add(root, "updated", stamp)
    author = ET.SubElement(root, "author")
    add(author, "name", as_xml_may_say(visit.reading.document["administration"]["name"]))
    itself = visit.origin + visit.subscribed(visit.path)
    ET.SubElement(root, "link", {"rel": "self", "type": "application/atom+xml", "href": itself})
    plan = visit.origin + page_address(addresses.PLAN, plan=visit.plan)
    ET.SubElement(root, "link", {"rel": "alternate", "type": "text/html", "href": plan})
    for deadline in deadlines_seen(visit):
        if deadline.done:
            continue
        words, day = worded_deadline(deadline, title, visit.language), long_day(deadline.on, visit.language)
        entry = ET.SubElement(root, "entry")
        add(entry, "id", f"{urn(visit.plan)}:{deadline.key}:{deadline.on.isoformat()}")
        add(entry, "title", as_xml_may_say(words.summary))
        add(entry, "updated", stamp)
        page = visit.origin + deadline_address(deadline, visit.plan)
        ET.SubElement(entry, "link", {"rel": "alternate", "type": "text/html", "href": page})
        until = filled_in("Entro il %(day)s", visit.language, day=day)
        add(entry, "content", as_xml_may_say(f"{until}. {words.detail}"), type="text")
    body = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return Response(body, media_type="application/atom+xml", headers={"Cache-Control": "no-cache"})
