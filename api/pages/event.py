"""The page of one event: what it changed, by which act, who recorded it, and the proof that it is in the record."""

from datetime import date

import orjson
from starlette.responses import Response

from api.language.labels import EVENT_NAMES
from api.language.translation import translated
from api.pages import addresses
from api.pages.frame import render
from api.pages.proof_shown import proof_shown
from api.pages.recorded_event import EventAddresses
from api.pages.table_file import these_rows, wants_file
from api.pages.trail_lines import before_and_after, trail_file, trail_lines
from api.pages.visit import PlanVisit
from domain.errors import NotFound
from domain.point import Point
from projections.audit import Filter, audit_trail
from projections.event_log import stored_event
from projections.proof.log import public_keys
from projections.proof.receipt import receipt


def event_page(visit: PlanVisit) -> Response:
    """An event that concerns the plan; NotFound for any other, of this plan or of its administration."""
    reading, events = visit.reading, EventAddresses(visit)
    stream, version = events.place(visit.parts["version"])
    point = Point(date.max, visit.point.known_at)
    rows = audit_trail(reading.reader, visit.plan, point, Filter(place=(stream, version)))["events"]
    if not rows:
        raise NotFound(f"l'evento {version} non c'è", accepted="un evento del registro del piano", where="version")
    if wants_file(visit):
        return trail_file(visit, f"evento-{visit.plan}-{version}", rows)
    row = rows[0]
    line = trail_lines(visit, rows)[0]
    of = translated(line.of, visit.language) if line.of else ""
    before, after = before_and_after(visit, row)
    last = reading.reader.head(stream).version
    own, kind = stream == reading.known.stream, stream.partition("/")[0]
    data, proof = (visit.data(f"/events/{version}{of_it}") if own else "" for of_it in ("", "/proof"))
    downloads = these_rows(visit, data) | ({visit.worded("Prova (JSON)"): proof} if own else {})
    return render(
        "event.html",
        " ".join(words for words in (translated("Evento n.", visit.language), str(line.number), of) if words),
        visit.frame(downloads),
        visit.language,
        verbatim=True,
        scripts=("pages.js",),
        line=line,
        event_name=EVENT_NAMES.get(row["event"], row["event"]),
        before=before,
        after=after,
        restored=[(number, events.of(stream, number)) for number in row["restores"]],
        annulled=[
            (number, events.of(stream, number)) for number in _annulled(row["body"].get("versions"), row["event"])
        ],
        position=row["position"],
        command=row["command_id"],
        envelope=orjson.dumps(
            orjson.loads(bytes(stored_event(reading.reader, stream, version).state)), option=orjson.OPT_INDENT_2
        ).decode(),
        redaction_act=reading.acts.get(row["redaction"]["act"] or "", "") if row["redaction"] else "",
        redaction_on=row["redaction"]["on"] if row["redaction"] else "",
        annul=visit.to(addresses.WORK, {"versions": f"{'' if own else 'e'}{version}"}, command="annul_events")
        if visit.is_now and visit.may("annul_events") and not line.annulled and kind in {"plan", "administration"}
        else "",
        proof_address=proof,
        proof=_proof(visit, stream, version),
        may_prove=visit.may("prove_plan_event"),
        previous=events.of(stream, version - 1) if own and version > 1 else "",
        following=events.of(stream, version + 1) if own and version < last else "",
        trail_address=visit.to(addresses.AUDIT),
        about_trail=visit.to(addresses.AUDIT, {"oggetto": row["object"].partition("/")[2]})
        if row["object"] and line.about_address
        else "",
    )


def _annulled(versions: object, topic: str) -> list[int]:
    if topic != "events-annulled" or not isinstance(versions, list):
        return []
    return [version for version in versions if isinstance(version, int)]


def _proof(visit: PlanVisit, stream: str, version: int) -> object:
    """The proof, worked out again; None where no checkpoint covers the event yet."""
    if not visit.may("prove_plan_event"):
        return None
    reader = visit.reading.reader
    try:
        return proof_shown(receipt(reader, stream, version), public_keys(reader))
    except NotFound:
        return None
