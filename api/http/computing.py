"""Questions that come with a document: what other rules would make of a year, how far a value reaches a target."""

from typing import Annotated

from fastapi import Query
from fastapi.responses import Response

from api.formats.json_reader import an_object, into, parse_json
from api.http.command_request import previewed
from api.http.query_request import InQuery
from api.http.request_body import Body
from api.http.routes import Endpoint
from api.language.rules_said import rules_in_codes
from api.operations.queries import OfYear
from api.operations.requests import SystemRules
from api.operations.serializers import row_object
from domain.scoring.row import achieve_row, read_achieve_row
from domain.systems.decide import read_system
from projections.system_comparison import compared


def compare_systems(plan: str, of: Annotated[OfYear, Query()], body: Body, context: InQuery) -> Response:
    """Every score of a year by the rules in force and by those proposed."""
    system = read_system(rules_in_codes(into(SystemRules, parse_json(body)).rules), "rules")
    point = context.point_of(of)
    with context.store.reading() as reader:
        comparison = compared(reader, plan, of.year, system, point)
    return previewed(comparison)


def compute_achievement(body: Body) -> Response:
    """How far a value reaches a target, by the rules that hold unless others are adopted."""
    return previewed(row_object(achieve_row(read_achieve_row(an_object(parse_json(body))))))


ENDPOINTS: dict[str, Endpoint] = {"compare_systems": compare_systems, "compute_achievement": compute_achievement}
