"""The changes of a plan: what was changed in a year, and a change to make, or to see before making it."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import Field

from api.formats.json_reader import into, parse_json
from api.http.change_rates import OfYear
from api.http.command_context import Preview, Written, previewed, recorded
from api.http.openapi_responses import answers, takes
from api.http.query_context import Asked
from api.http.request_body import Body, an_object
from api.http.schemas import OneChange, Recorded
from domain.documents.changes import ChangeFile
from domain.errors import DomainError, Malformed, Problem
from domain.vocabulary import Frozen, IsoDate, JsonValue
from projections.change_preview import ChangePreview, change_preview
from projections.change_rate import ChangesOfYear, changes_of_year

router = APIRouter(tags=["modifiche"])

OF_THE_FILE = ("plan", "act", "approves_year", "justification", "cause", "effective_on", "retrospective")


class Changing(Frozen):
    """How changes are to be taken."""

    preview: Preview = False
    as_of: IsoDate | None = Field(
        None,
        description="Solo per l'anteprima: la data a cui confrontare prima e dopo. Se manca, quella dell'ultima modifica.",
        examples=["2022-09-30"],
    )


@router.get(
    "/plans/{plan}/changes",
    operation_id="list_changes",
    summary="Modifiche di un anno",
    responses=answers(ChangesOfYear),
)
def list_changes(plan: str, of: Annotated[OfYear, Query()], asked: Asked) -> Response:
    """Le modifiche di un anno, ciascuna con natura, prima e dopo, verso, atto e motivazione, e il tasso di modifica."""
    return asked.of_plan(plan, of, lambda reader, point: changes_of_year(reader, plan, of.year, point, of.level))


@router.post(
    "/plans/{plan}/changes",
    operation_id="change_plan",
    summary="Modifica il piano",
    responses=answers(Recorded, preview=ChangePreview, created=True),
    openapi_extra=takes(ChangeFile, OneChange),
)
def change_plan(plan: str, how: Annotated[Changing, Query()], body: Body, written: Written) -> Response:
    """Registra le modifiche di un file, insieme o per niente; oppure una sola modifica, con accanto atto, motivazione e causa.

    Con `preview=true` dice che cosa cambierebbe: le differenze, e il tasso di modifica prima e dopo.
    """
    content = an_object(parse_json(body))
    alone = "verb" in content and "changes" not in content
    try:
        changes = into(ChangeFile, change_file(plan, content))
        caller = written.on(plan, whole=False)
        if not how.preview:
            return recorded(written.service.change(changes, caller))
        return previewed(
            written.service.preview_change(changes, caller, lambda reader: change_preview(reader, plan, how.as_of))
        )
    except DomainError as error:
        raise (unplaced(error) if alone else error) from None


def change_file(plan: str, content: dict[str, JsonValue]) -> dict[str, JsonValue]:
    """The change file that a body is: as it came, or one change with what belongs to the file beside it."""
    if content.get("plan", plan) != plan:
        found = f"il documento è del piano {str(content['plan'])[:120]!r}, l'indirizzo del piano {plan[:120]!r}"
        raise Malformed([Problem(where="plan", found=found, accepted="lo stesso piano, o nessun campo plan")])
    content.setdefault("plan", plan)
    if "verb" not in content or "changes" in content:
        return content
    file = {name: content.pop(name) for name in OF_THE_FILE if name in content}
    return file | {"changes": [content]}


def unplaced(error: DomainError) -> DomainError:
    """The same error, said of a change that came alone."""

    def place(where: str) -> str:
        return where.removeprefix("changes[0]").removeprefix(".")

    if isinstance(error, Malformed):
        return Malformed([one.model_copy(update={"where": place(one.where)}) for one in error.problems])
    said = error.problem
    return type(error)(said.found, accepted=said.accepted, where=place(said.where), listed=error.listed)
