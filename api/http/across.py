"""Questions across administrations: the change rate of all in a year, who changed what in a period."""

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, time
from typing import Annotated
from urllib.parse import urlencode

import orjson
from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import BeforeValidator, Field

from api.http.openapi_responses import answers
from api.http.query_context import Asked, Asking, Limit
from api.http.temporal_params import DAY, KnownAt, read_known_at
from api.settings import Actor
from domain.changes.kinds import Kind
from domain.errors import Malformed, Problem
from domain.point import ROME, today
from domain.vocabulary import Cause, Frozen, Identifier, IsoDate, Year
from projections.across.changes import ChangeFilter, ChangesAcross, PageKey, changes_across, read_key
from projections.across.follower import refresh
from projections.across.rates import RatesAcross, rates_across
from projections.store.envelope import write_instant

router = APIRouter(tags=["fra amministrazioni"])


def _from_morning(value: object) -> object:
    """A date is the first instant of its day in Rome; an instant is itself."""
    if isinstance(value, str) and DAY.fullmatch(value):
        ends = read_known_at(value)  # refuses what is not in the calendar
        return datetime.combine(ends.astimezone(ROME).date(), time.min, ROME).astimezone(UTC)  # type: ignore[attr-defined]
    return read_known_at(value)


Since = Annotated[datetime, BeforeValidator(_from_morning), *KnownAt.__metadata__[1:]]


class OfAll(Frozen):
    """A year of all administrations, on a date, as known now; one level, where wanted."""

    year: Year = Field(description="L'anno.", examples=[2022])
    as_of: IsoDate | None = Field(
        None,
        description="In vigore al: contano gli atti con effetto fino a questa data. Se manca, oggi in Italia.",
        examples=["2022-12-31"],
    )
    level: str | None = Field(
        None,
        max_length=200,
        description="Solo gli obiettivi di questo livello, con il nome che ha nei piani.",
        examples=["strategico"],
    )
    after: Identifier | None = Field(
        None, description="Solo i piani dopo questo; si prende da `next`.", examples=["riviere-di-liguria-2022-2024"]
    )
    limit: Limit = 100


class InPeriod(Frozen):
    """A period, by when changes were recorded or by when they take effect, and filters: all that are said must hold."""

    recorded_since: Since | None = Field(
        None,
        description="Registrate da questa data (dal mattino in Italia) o istante, compreso.",
        examples=["2022-10-01"],
    )
    recorded_until: KnownAt | None = Field(
        None, description="Registrate fino a questa data (fino a sera) o istante, compreso.", examples=["2022-12-31"]
    )
    since: IsoDate | None = Field(None, description="Con effetto da questa data, compresa.", examples=["2022-01-01"])
    until: IsoDate | None = Field(
        None, description="Con effetto fino a questa data, compresa.", examples=["2022-12-31"]
    )
    administration: Identifier | None = Field(
        None, description="Di questa amministrazione.", examples=["cciaa-riviere-di-liguria"]
    )
    plan: Identifier | None = Field(None, description="Di questo piano.", examples=["riviere-di-liguria-2022-2024"])
    actor: Actor | None = Field(
        None, description="Registrate da questa utenza o ruolo.", examples=["ufficio-performance"]
    )
    kind: Kind | None = Field(None, description="Di questa natura.", examples=["in_year_revision"])
    cause: Cause | None = Field(None, description="Per questa causa.", examples=["new_data"])
    after: str | None = Field(
        None,
        max_length=200,
        description="Solo le modifiche dopo questa chiave (istante o data, piano, versione); si prende da `next`.",
        examples=["2022-10-03T09:00:06.000000Z/riviere-di-liguria-2022-2024/8"],
    )
    limit: Limit = 100


@router.get(
    "/change-rates",
    operation_id="list_change_rates",
    summary="Tasso di modifica di tutte le amministrazioni",
    responses=answers(RatesAcross),
)
def list_change_rates(of: Annotated[OfAll, Query()], asked: Asked) -> Response:
    """Il tasso di modifica di un anno: in totale, per livello, per causa, e piano per piano, come noto adesso.

    Ogni cifra di un piano è quella di `/v1/plans/{plan}/change-rates` alla stessa data. Nei totali un'amministrazione conta
    una volta, con l'ultimo piano che copre l'anno (`counted`). `followed` dice fino a quale evento la risposta è aggiornata.
    """
    on = of.as_of or today(asked.now)

    def question() -> RatesAcross:
        with asked.store.reading() as reader:
            answer = rates_across(reader, of.year, on, level=of.level, after=of.after or "", limit=of.limit)
        answer["next"] = _address("change-rates", of, answer["next"], as_of=on.isoformat())
        return answer

    return _answer(asked, question)


@router.get(
    "/changes",
    operation_id="list_changes_across",
    summary="Chi ha modificato che cosa in un periodo",
    responses=answers(ChangesAcross),
)
def list_changes_across(of: Annotated[InPeriod, Query()], asked: Asked) -> Response:
    """Le modifiche dei piani di tutte le amministrazioni, come note adesso, dalla più vecchia.

    L'ordine è quello di registrazione; quello degli effetti, se il periodo è detto solo con `since` e `until`. Ciò che è
    stato annullato non c'è: lo mostra il registro del piano.
    """
    wanted = ChangeFilter(**{name: getattr(of, name) for name in ChangeFilter._fields})
    after = _key(of.after) if of.after is not None else None

    def question() -> ChangesAcross:
        with asked.store.reading() as reader:
            answer = changes_across(reader, wanted, after=after, limit=of.limit)
        answer["next"] = _address("changes", of, answer["next"])
        return answer

    return _answer(asked, question)


def _answer(asked: Asking, question: Callable[[], RatesAcross | ChangesAcross]) -> Response:
    """Follows what is new, then asks; the answer itself is its identity."""
    refresh(asked.store)
    body = orjson.dumps(question())
    return asked.answer(body, hashlib.sha256(body).hexdigest()[:32])


def _key(text: str) -> PageKey:
    try:
        return read_key(text)
    except ValueError:
        found = f"{text[:80]!r} non è una chiave"
        raise Malformed([Problem(where="after", found=found, accepted="quella di next")]) from None


def _address(path: str, of: Frozen, after: str | None, **fixed: str) -> str | None:
    """The address of the next page, with the same question."""
    if after is None:
        return None
    said = {
        name: write_instant(value) if isinstance(value, datetime) else str(value)
        for name, value in of
        if value is not None
    }
    return f"/v1/{path}?{urlencode(said | fixed | {'after': after})}"
