"""Printed formulas: what they are proposed to mean, and the office's confirmation."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import Field

from api.commands.evaluation import confirm_formula as confirm
from api.formats.json_reader import into, parse_json
from api.formats.serializers import FormulaProposal, formula_object
from api.http.command_context import Written, previewed, recorded
from api.http.openapi_responses import answers, takes
from api.http.request_body import Body
from api.http.schemas import Recorded
from domain.formulas.commands import ConfirmFormula
from domain.formulas.reader import read_formula
from domain.vocabulary import Frozen

router = APIRouter(tags=["valutazione"])


class Printed(Frozen):
    """A formula as it is printed."""

    text: str = Field(
        max_length=4000,
        description="La formula, com'è stampata.",
        examples=["N. imprese aderenti Cassetto digitale/n. imprese attive al 31/12*100"],
    )


@router.get("/formulas", operation_id="read_formula", summary="Legge una formula", responses=answers(FormulaProposal))
def propose_formula(of: Annotated[Printed, Query()]) -> Response:
    """I termini e l'espressione che una formula stampata propone, quanto ne è sicura e perché; non registra nulla."""
    return previewed(formula_object(read_formula(of.text)))


@router.post(
    "/plans/{plan}/formulas",
    operation_id="confirm_formula",
    summary="Conferma una formula",
    responses=answers(Recorded, created=True),
    openapi_extra=takes(ConfirmFormula),
)
def confirm_formula(plan: str, body: Body, written: Written) -> Response:
    """L'ufficio fa propri i termini della formula di un indicatore, come sono proposti o corretti; o la tiene come prosa."""
    command = into(ConfirmFormula, parse_json(body))
    return recorded(confirm(written.service, plan, command, written.on(plan)))
