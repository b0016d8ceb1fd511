"""The record: its audit trail, in sentences, and its events, byte by byte."""

from urllib.parse import urlencode

from api.operations.model import AnsweredBy, Cli, QueryContext
from api.operations.queries import XLSX, Nothing, OfTrail, OfTrailFile, Paged
from projections.audit import AuditEvents, AuditTrail, audit_trail
from projections.event_log import EventAnswer, EventPage
from projections.store.envelope import write_instant
from projections.streams import PlanKnown, find_plan, proposals_stream, review_stream


def list_audit(context: QueryContext, of: OfTrail) -> AuditTrail:
    """A page of the trail, with the address of the next."""
    known_at = context.point.known_at
    plan = find_plan(
        context.reader, context.subject, known_at, even_discarded=True
    )  # said before a filter that is none
    page = audit_trail(context.reader, context.subject, context.point, of.filter(), offset=of.offset, limit=of.limit)
    following = of.offset + of.limit
    more = following < page["total"]
    return {**page, "next": _next(context, plan, of, following) if more else None}


def _next(context: QueryContext, plan: PlanKnown, of: OfTrail, offset: int) -> str:
    """The address of the next page, at the very point of this one."""
    beside = (review_stream(context.subject), proposals_stream(context.subject))
    streams = (plan.stream, plan.administration_stream, *beside)
    latest = max(context.reader.head(stream).recorded_at for stream in streams)
    fixed = {
        "as_of": context.point.as_of.isoformat(),
        "known_at": write_instant(context.point.known_at) if context.point.known_at else latest,
        "offset": offset,
        "limit": of.limit,
    }
    filters = of.model_dump(mode="json", exclude_none=True, exclude={*fixed, "format"})
    return f"/v1/plans/{context.subject}/audit?{urlencode(filters | fixed)}"


RECORD = (
    AnsweredBy(AuditTrail).question(
        "list_audit",
        "Registro degli eventi",
        "Ogni evento che riguarda il piano, dal più recente, in una frase, con chi, quando, con quale atto e perché.\n\n"
        "Le pagine seguono `next`, che fissa i due tempi della prima: chi scrive nel frattempo non le sposta.",
        tag="registro",
        permission="read_record",
        path="/plans/{plan}/audit",
        cli=Cli(words="audit", left_out=frozenset({"format"})),
        query=OfTrail,
        handler=list_audit,
        sheet=True,
        beside=(review_stream, proposals_stream),
    ),
    AnsweredBy(bytes, described_as=AuditEvents).question(
        "export_audit",
        "Registro da portare via",
        "Esattamente ciò che i filtri dicono, tutto: le stesse righe, in JSON, JSON Lines, CSV (UTF-8, punto e virgola) o XLSX.",
        tag="vigilanza",
        permission="read_record",
        path="/plans/{plan}/audit-export",
        cli=Cli(words="audit"),
        query=OfTrailFile,
        identity="none",
        media_types=("application/json", "application/jsonl", "text/csv", XLSX),
    ),
    AnsweredBy(EventPage).question(
        "list_events",
        "Eventi di tutti i flussi",
        "Gli eventi registrati, così come giacciono nell'archivio, in ordine di posizione.",
        tag="registro",
        permission="operate",  # the drafts of every administration are among them
        path="/events",
        query=Paged,
        identity="answer",
    ),
    AnsweredBy(EventPage).question(
        "list_plan_events",
        "Eventi di un piano",
        "Gli eventi del flusso di un piano, così come giacciono nell'archivio, in ordine di posizione.",
        tag="registro",
        permission="read_record",
        path="/plans/{plan}/events",
        query=Paged,
        identity="answer",
    ),
    AnsweredBy(EventAnswer).question(
        "show_plan_event",
        "Un evento di un piano",
        "La busta di un evento, byte per byte.",
        tag="registro",
        permission="read_record",
        path="/plans/{plan}/events/{version}",
        query=Nothing,
        identity="answer",
    ),
    AnsweredBy(EventPage).question(
        "list_administration_events",
        "Eventi di un'amministrazione",
        "Gli eventi del flusso di un'amministrazione: uffici, atti, misurazioni delle sue serie.",
        tag="registro",
        permission="read_record",
        path="/administrations/{administration}/events",
        query=Paged,
        identity="answer",
    ),
    AnsweredBy(EventAnswer).question(
        "show_administration_event",
        "Un evento di un'amministrazione",
        "La busta di un evento, byte per byte.",
        tag="registro",
        permission="read_record",
        path="/administrations/{administration}/events/{version}",
        query=Nothing,
        identity="answer",
    ),
)
