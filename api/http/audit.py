"""The audit trail: every event that concerns a plan, newest first, in one sentence each."""

from datetime import date, datetime
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import Field

from api.http.openapi_responses import answers
from api.http.query_context import Asked, Limit
from api.http.temporal_params import Dated
from api.settings import Actor
from domain.catalogue import TOPICS
from domain.changes.kinds import Kind
from domain.errors import Malformed, Problem
from domain.point import Point
from domain.vocabulary import Cause, IsoDate
from projections.audit import AuditTrail, Filter, audit_trail
from projections.roles import EVERY_ROLE
from projections.store.envelope import write_instant
from projections.store.reader import Reader
from projections.streams import find_plan, review_stream

router = APIRouter(tags=["registro"])


class Wanted(Dated):
    """What of the trail is wanted; every filter that is said must hold."""

    since: IsoDate | None = Field(None, description="Con effetto da questa data, compresa.", examples=["2022-01-01"])
    until: IsoDate | None = Field(
        None, description="Con effetto fino a questa data, compresa.", examples=["2022-12-31"]
    )
    actor: Actor | None = Field(
        None, description="Registrati da questa utenza o ruolo.", examples=["ufficio-performance"]
    )
    kind: Kind | None = Field(None, description="Di questa natura.", examples=["in_year_revision"])
    object: str | None = Field(
        None, max_length=300, description="Che riguardano questo obiettivo, indicatore o serie.", examples=["1.1.1-2"]
    )
    event: str | None = Field(None, max_length=80, description="Di questo tipo di evento.", examples=["target-revised"])
    role: str | None = Field(None, max_length=80, description="Registrati sotto questo ruolo.", examples=["oiv"])
    act: str | None = Field(
        None, max_length=300, description="Con questo atto, per id.", examples=["giunta-2022-01-31-piano"]
    )
    cause: Cause | None = Field(None, description="Per questa causa.", examples=["new_data"])
    text: str | None = Field(
        None,
        min_length=1,
        max_length=300,
        description="Che dicono queste parole, nella frase, nella motivazione o nella nota.",
        examples=["monitoraggio"],
    )
    recorded_since: IsoDate | None = Field(
        None, description="Registrati da questo giorno (in Italia), compreso.", examples=["2022-10-01"]
    )
    recorded_until: IsoDate | None = Field(
        None, description="Registrati fino a questo giorno (in Italia), compreso.", examples=["2022-12-31"]
    )
    offset: Annotated[int, Field(ge=0, le=10_000_000)] = Field(
        0, description="Quante righe saltare; si prende da `next`, non si calcola.", examples=[0]
    )
    limit: Limit = 100

    def filter(self) -> Filter:
        """The filters, as the projection wants them; Malformed for a type of event, or a role, that there is not."""
        closed = (("event", self.event, TOPICS, "un tipo di evento"), ("role", self.role, EVERY_ROLE, "un ruolo"))
        for where, said, accepted, what in closed:
            if said is not None and said not in accepted:
                raise Malformed([Problem(where=where, found=f"{said!r} non è {what}", accepted=", ".join(accepted))])
        return Filter(**self.model_dump(include=set(Filter._fields)))

    def point(self, now: datetime) -> Point:
        """The trail is of what was recorded: what takes effect on a future date is in it, unless a date is asked for."""
        return super().point(now)._replace(as_of=self.as_of or date.max)


@router.get(
    "/plans/{plan}/audit", operation_id="list_audit", summary="Registro degli eventi", responses=answers(AuditTrail)
)
def list_audit(plan: str, wanted: Annotated[Wanted, Query()], asked: Asked) -> Response:
    """Ogni evento che riguarda il piano, dal più recente, in una frase, con chi, quando, con quale atto e perché.

    Le pagine seguono `next`, che fissa i due tempi della prima: chi scrive nel frattempo non le sposta.
    """
    return asked.of_plan(plan, wanted, lambda reader, point: _page(reader, plan, wanted, point), beside=review_stream)


def _page(reader: Reader, plan: str, wanted: Wanted, point: Point) -> AuditTrail:
    page = audit_trail(reader, plan, point, wanted.filter(), offset=wanted.offset, limit=wanted.limit)
    following = wanted.offset + wanted.limit
    more = following < page["total"]
    return {**page, "next": _next(reader, plan, wanted, point, following) if more else None}


def _next(reader: Reader, plan: str, wanted: Wanted, point: Point, offset: int) -> str:
    """The address of the next page, at the very point of this one."""
    known = find_plan(reader, plan, point.known_at)
    latest = max(
        reader.head(stream).recorded_at for stream in (known.stream, known.administration_stream, review_stream(plan))
    )
    fixed = {
        "as_of": point.as_of.isoformat(),
        "known_at": write_instant(point.known_at) if point.known_at else latest,
        "offset": offset,
        "limit": wanted.limit,
    }
    said = wanted.model_dump(mode="json", exclude_none=True, exclude=set(fixed))
    return f"/v1/plans/{plan}/audit?{urlencode(said | fixed)}"
