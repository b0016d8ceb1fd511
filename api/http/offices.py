"""The offices of an administration, those that a plan names, and a new one."""

from fastapi import APIRouter
from fastapi.responses import Response

from api.formats.json_reader import into, parse_json
from api.http.command_context import Written, recorded
from api.http.openapi_responses import answers, takes
from api.http.query_context import Asked, At
from api.http.request_body import Body
from api.http.schemas import OfficeList, Recorded
from domain.administrations.decide import RegisterOffice, spelling
from domain.facts import IN_FORCE, LIFE
from domain.point import Point
from domain.vocabulary import JsonValue
from projections.plan_in_force import Document, objects, plan_in_force
from projections.store.reader import Known, Reader
from projections.streams import administration_stream, find_plan

router = APIRouter(tags=["amministrazioni"])


@router.get(
    "/administrations/{administration}/offices",
    operation_id="list_offices",
    summary="Uffici di un'amministrazione",
    responses=answers(OfficeList),
)
def list_offices(administration: str, at: At, asked: Asked) -> Response:
    """Gli uffici in attività alla data, con gli altri nomi con cui i documenti li chiamano."""
    return asked.of_administration(
        administration, at, lambda reader, point, known: _offices(reader, administration, point, known, None)
    )


@router.get(
    "/plans/{plan}/offices",
    operation_id="list_plan_offices",
    summary="Uffici di un piano",
    responses=answers(OfficeList),
)
def list_plan_offices(plan: str, at: At, asked: Asked) -> Response:
    """Gli uffici che il piano in vigore alla data nomina, come responsabili di obiettivi o di indicatori."""

    def named(reader: Reader, point: Point) -> dict[str, JsonValue]:
        found = find_plan(reader, plan, point.known_at)
        names = _named(plan_in_force(reader, plan, point))
        return _offices(reader, found.administration, point, found.administration_known, names)

    return asked.of_plan(plan, at, named)


@router.post(
    "/administrations/{administration}/offices",
    operation_id="register_office",
    summary="Registra un ufficio",
    responses=answers(Recorded, created=True),
    openapi_extra=takes(RegisterOffice),
)
def register_office(administration: str, body: Body, written: Written) -> Response:
    """Registra un ufficio, oppure gli dà un altro nome o altri alias. Mai una persona."""
    command = into(RegisterOffice, parse_json(body))
    return recorded(written.service.register_office(administration, command, written.of(administration)))


def _named(document: Document) -> set[str]:
    names: list[JsonValue] = []
    for kind, field in (("objectives", "offices"), ("indicators", "owner")):
        rows = document[kind]
        for row in rows if isinstance(rows, list) else []:
            said = row.get(field) if isinstance(row, dict) else None
            names += said if isinstance(said, list) else [said]
    return {spelling(str(name)) for name in names if name}


def _offices(
    reader: Reader, administration: str, point: Point, known: Known, wanted: set[str] | None
) -> dict[str, JsonValue]:
    state = objects(reader.state(administration_stream(administration), point.as_of, known))
    rows: list[JsonValue] = []
    for office in state.of("office"):
        key = f"office/{office}"
        name, aliases = state.value(key, "name"), state.value(key, "aliases") or []
        spellings = {spelling(str(one)) for one in [name, *(aliases if isinstance(aliases, list) else [])]}
        if state.value(key, LIFE) == IN_FORCE and (wanted is None or spellings & wanted):
            rows.append({"id": office, "name": name, "aliases": aliases})
    return {
        "administration": administration,
        "as_of": point.as_of.isoformat(),
        "version": known.version,
        "offices": rows,
    }
