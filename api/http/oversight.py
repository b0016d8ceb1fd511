"""Oversight over HTTP: flags, blame, the acts of the OIV, the log of its diligence, redaction, export of the trail."""

from typing import Annotated, Literal

import orjson
from fastapi import APIRouter, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response
from pydantic import Field

from api.commands.handler import Caller
from api.commands.oversight import answer_flag, draw_sample, log_opened, redact_texts, say
from api.formats.audit_export import as_csv, as_json_lines
from api.formats.json_reader import into, parse_json
from api.http.audit import Wanted
from api.http.command_context import Written, recorded
from api.http.openapi_responses import answers, takes
from api.http.query_context import Asked, At
from api.http.request_body import Body
from api.http.schemas import Recorded
from api.http.schemas_proof import Diligence, FlagAnswering, FlagList, RedactionRequest, Reviews, SampleAgain
from api.http.temporal_params import Dated
from domain.errors import DomainError
from domain.oiv.commands import (
    AnswerFlag,
    DrawSample,
    GiveAnswer,
    GiveOpinion,
    LogOpened,
    MakeRemark,
    MakeRequest,
    ValidateReport,
)
from domain.redactions.decide import RedactTexts
from domain.vocabulary import Year
from projections.audit import audit_trail
from projections.blame import Blame, blame
from projections.flags import flags
from projections.reviews import diligence, reviews, sample_again
from projections.roles import role_of

router = APIRouter(tags=["vigilanza"])


async def noted(request: Request) -> None:
    """Notes in the log of diligence what the OIV opens: a reading under its role (X-Actor: oiv) of a plan's pages."""
    actor = request.headers.get("x-actor", "")
    plan = request.path_params.get("plan")
    if request.method != "GET" or plan is None or role_of(actor) != "oiv":
        return
    what = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    try:
        opened, caller = into(LogOpened, {"what": what[:400]}), Caller(actor).identified()
        await run_in_threadpool(log_opened, request.app.state.service, plan, opened, caller)
    except DomainError:
        return  # what is not there is not opened: the question itself will say so


class OfFlags(Dated):
    """The year whose flags are asked for."""

    year: Year = Field(description="L'anno del piano.", examples=[2022])


class OfBlame(Dated):
    """One object, or all."""

    object: str | None = Field(
        None, max_length=300, description="Solo questo obiettivo o indicatore.", examples=["incasso-diritto-annuale"]
    )


class Exported(Wanted):
    """The trail as it is filtered, whole, in a format."""

    format: Literal["json", "jsonl", "csv"] = Field(
        "json", description="json, jsonl (una riga un evento) oppure csv, separato da punto e virgola."
    )


@router.get("/plans/{plan}/flags", operation_id="list_flags", summary="Segnalazioni", responses=answers(FlagList))
def list_flags(plan: str, of: Annotated[OfFlags, Query()], asked: Asked) -> Response:
    """Fatti che meritano una domanda, con la loro spiegazione: mai giudizi, mai su persone; e ciò che non si può sapere."""
    return asked.of_plan(plan, of, lambda reader, point: flags(reader, plan, of.year, point))


@router.post(
    "/plans/{plan}/flag-answers",
    operation_id="answer_flag",
    summary="Risponde a una segnalazione",
    responses=answers(Recorded, created=True),
    openapi_extra=takes(FlagAnswering),
)
def answer_a_flag(plan: str, body: Body, written: Written) -> Response:
    """Registra la risposta dell'ufficio a una segnalazione che c'è."""
    asked = into(FlagAnswering, parse_json(body))
    command = AnswerFlag(flag=asked.flag, words=asked.words, on=asked.on)
    return recorded(answer_flag(written.service, plan, asked.year, command, written.on(plan)))


@router.get(
    "/plans/{plan}/blame", operation_id="show_blame", summary="Chi ha fissato ogni valore", responses=answers(Blame)
)
def show_blame(plan: str, of: Annotated[OfBlame, Query()], asked: Asked) -> Response:
    """Per ogni valore del piano in vigore: chi lo ha fissato, quando, con quale atto, in quale evento."""
    return asked.of_plan(plan, of, lambda reader, point: blame(reader, plan, point, of.object))


@router.get("/plans/{plan}/reviews", operation_id="list_reviews", summary="Atti dell'OIV", responses=answers(Reviews))
def list_reviews(plan: str, at: At, asked: Asked) -> Response:
    """Pareri, rilievi, richieste, risposte, validazioni e campioni, con le parole e ciò che attende risposta."""
    return _unkept(asked.of_plan(plan, at, lambda reader, point: reviews(reader, plan, point)))


@router.get(
    "/plans/{plan}/diligence", operation_id="list_diligence", summary="Diario dell'OIV", responses=answers(Diligence)
)
def list_diligence(plan: str, at: At, asked: Asked) -> Response:
    """Che cosa l'OIV ha aperto (le letture con X-Actor: oiv si annotano da sole), estratto e portato via."""
    return _unkept(asked.of_plan(plan, at, lambda reader, point: diligence(reader, plan, point)))


def _unkept(answer: Response) -> Response:
    """An answer that the ETag of the plan does not identify is not kept: other streams go on without the plan's."""
    answer.headers["Cache-Control"] = "no-store"
    return answer


@router.post(
    "/plans/{plan}/opinions",
    operation_id="give_opinion",
    summary="Parere dell'OIV",
    responses=answers(Recorded, created=True),
    openapi_extra=takes(GiveOpinion),
)
def give_opinion(plan: str, body: Body, written: Written) -> Response:
    """Un parere su una proposta, su modifiche o sul piano; le parole stanno accanto all'evento."""
    command = into(GiveOpinion, parse_json(body))
    return recorded(say(written.service, plan, command, written.on(plan)))


@router.post(
    "/plans/{plan}/remarks",
    operation_id="make_remark",
    summary="Rilievo dell'OIV",
    responses=answers(Recorded, created=True),
    openapi_extra=takes(MakeRemark),
)
def make_remark(plan: str, body: Body, written: Written) -> Response:
    """Un rilievo, su eventi o su un oggetto del piano."""
    command = into(MakeRemark, parse_json(body))
    return recorded(say(written.service, plan, command, written.on(plan)))


@router.post(
    "/plans/{plan}/requests",
    operation_id="make_request",
    summary="Richiesta dell'OIV",
    responses=answers(Recorded, created=True),
    openapi_extra=takes(MakeRequest),
)
def make_request(plan: str, body: Body, written: Written) -> Response:
    """Una richiesta all'ufficio, con o senza scadenza."""
    command = into(MakeRequest, parse_json(body))
    return recorded(say(written.service, plan, command, written.on(plan)))


@router.post(
    "/plans/{plan}/answers",
    operation_id="give_answer",
    summary="Risposta dell'ufficio",
    responses=answers(Recorded, created=True),
    openapi_extra=takes(GiveAnswer),
)
def give_answer(plan: str, body: Body, written: Written) -> Response:
    """La risposta a un rilievo o a una richiesta."""
    command = into(GiveAnswer, parse_json(body))
    return recorded(say(written.service, plan, command, written.on(plan)))


@router.post(
    "/plans/{plan}/validations",
    operation_id="validate_report",
    summary="Validazione della relazione",
    responses=answers(Recorded, created=True),
    openapi_extra=takes(ValidateReport),
)
def validate_report(plan: str, body: Body, written: Written) -> Response:
    """L'OIV valida, o non valida, la relazione di un anno finito."""
    command = into(ValidateReport, parse_json(body))
    return recorded(say(written.service, plan, command, written.on(plan)))


@router.post(
    "/plans/{plan}/samples",
    operation_id="draw_sample",
    summary="Campione a sorte",
    responses=answers(Recorded, created=True),
    openapi_extra=takes(DrawSample),
)
def draw_a_sample(plan: str, body: Body, written: Written) -> Response:
    """Estrae misurazioni di un anno; il seme è registrato, e con esso l'estrazione si ripete."""
    command = into(DrawSample, parse_json(body))
    return recorded(draw_sample(written.service, plan, command, written.on(plan)))


@router.get(
    "/plans/{plan}/samples/{sample}",
    operation_id="draw_sample_again",
    summary="Ripete un'estrazione",
    responses=answers(SampleAgain),
)
def draw_again(plan: str, sample: str, asked: Asked) -> Response:
    """L'estrazione ripetuta dal seme fra ciò che era noto allora: l'intera popolazione in ordine, e se il campione è lo stesso."""
    with asked.store.reading() as reader:
        found = sample_again(reader, plan, sample)
    headers = {"Cache-Control": "no-store"}
    return Response(orjson.dumps(found), media_type="application/json", headers=headers)


@router.post(
    "/plans/{plan}/redactions",
    operation_id="redact_texts",
    summary="Oscura un testo per ordine",
    responses=answers(Recorded, created=True),
    openapi_extra=takes(RedactionRequest),
)
def redact(plan: str, body: Body, written: Written) -> Response:
    """Toglie per ordine di un atto le parole accanto a un evento; l'evento, e la sua impronta, restano."""
    asked = into(RedactionRequest, parse_json(body))
    command = RedactTexts(version=asked.version, of=asked.of, justification=asked.justification)
    return recorded(redact_texts(written.service, plan, command, asked.act, written.on(plan)))


@router.get(
    "/plans/{plan}/audit-export",
    operation_id="export_audit",
    summary="Registro da portare via",
    responses={
        200: {
            "description": "Il registro filtrato.",
            "content": {"application/json": {}, "application/jsonl": {}, "text/csv": {}},
        }
    },
)
def export_audit(plan: str, wanted: Annotated[Exported, Query()], asked: Asked) -> Response:
    """Esattamente ciò che i filtri dicono, tutto: le stesse righe, in JSON, JSON Lines o CSV (UTF-8, punto e virgola)."""
    point = wanted.point(asked.now)
    with asked.store.reading() as reader:
        found = audit_trail(reader, plan, point, wanted.filter())
    name = f'attachment; filename="registro-{plan}.{wanted.format}"'
    headers = {"Cache-Control": "no-store", "Content-Disposition": name}
    if wanted.format == "json":
        return Response(orjson.dumps(found), media_type="application/json", headers=headers)
    if wanted.format == "jsonl":
        return Response(as_json_lines(found["events"]), media_type="application/jsonl", headers=headers)
    return Response(as_csv(found["events"]), media_type="text/csv; charset=utf-8", headers=headers)
