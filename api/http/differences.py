"""The differences of a plan between two points in the two times."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import Field

from api.http.openapi_responses import answers
from api.http.query_context import Asked
from api.http.temporal_params import Dated, KnownAt
from domain.vocabulary import Frozen, IsoDate
from projections.differences import Differences, differences
from projections.streams import etag, find_plan

router = APIRouter(tags=["modifiche"])

TO_KNOWN = "Noto al, per il secondo punto: una data o un istante. Se manca, adesso."


class Between(Frozen):
    """Two points; each says what was in force on a date, as known at another."""

    from_: IsoDate = Field(alias="from", description="In vigore al, per il primo punto.", examples=["2022-09-29"])
    to: IsoDate | None = Field(
        None, description="In vigore al, per il secondo punto. Se manca, oggi in Italia.", examples=["2022-09-30"]
    )
    known_from: KnownAt | None = Field(
        None,
        description="Noto al, per il primo punto: una data o un istante. Se manca, adesso.",
        examples=["2022-10-01"],
    )
    known_to: KnownAt | None = Field(None, description=TO_KNOWN, examples=["2022-12-01"])

    @property
    def start(self) -> Dated:
        """The first point."""
        return Dated(as_of=self.from_, known_at=self.known_from)

    @property
    def end(self) -> Dated:
        """The second point."""
        return Dated(as_of=self.to, known_at=self.known_to)


@router.get(
    "/plans/{plan}/differences",
    operation_id="show_differences",
    summary="Differenze fra due punti nel tempo",
    responses=answers(Differences),
)
def show_differences(plan: str, between: Annotated[Between, Query()], asked: Asked) -> Response:
    """Che cosa differisce fra due punti: aggiunto, ritirato, riformulato, spostato, ripesato, rimodulato, e in quale verso.

    Un punto in cui il piano non era ancora noto, o non esisteva, è un piano vuoto.
    """
    start, end = between.start.point(asked.now), between.end.point(asked.now)
    with asked.store.reading() as reader:
        latest = find_plan(reader, plan)
        body = differences(reader, plan, start, end)
        tags = [
            etag(
                latest._replace(
                    known=reader.known(latest.stream, point.known_at),
                    administration_known=reader.known(latest.administration_stream, point.known_at),
                ),
                point,
            )
            for point in (start, end)
        ]
    return asked.answer(body, "/".join(tags), lasts=between.start.lasts(asked.now) and between.end.lasts(asked.now))
