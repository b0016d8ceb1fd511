"""The indicators of a plan whose polarity is to be said, in one list."""

from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict

from domain.documents.plan import PlanDocument
from domain.documents.undirected import undirected
from domain.point import Point
from domain.vocabulary import Identifier, Polarity, Year
from projections.answers import OfPlan, Text
from projections.library import library_known
from projections.plan_in_force import plan_in_force
from projections.store.reader import Reader


class UndirectedRow(TypedDict):
    """Un indicatore di cui non si sa se più è meglio o meno è meglio, con i suoi target."""

    indicator: Identifier
    name: Text
    years: list[Year]
    targets: list[Text]
    proposed: Annotated[Polarity | None, Field(description="Che cosa ne dice la biblioteca degli indicatori.")]
    proposed_by: Annotated[Text | None, Field(description="La voce della biblioteca che lo dice.")]


class Undirected(OfPlan):
    """Gli indicatori di cui va detta la polarità."""

    indicators: list[UndirectedRow]


def undirected_indicators(reader: Reader, plan: str, point: Point) -> Undirected:
    """The indicators in force whose polarity nobody knows, and whose targets do not say it."""
    shown = plan_in_force(reader, plan, point)
    rows = undirected(PlanDocument.model_validate(shown), library=library_known(reader, point), on=point.as_of)
    return {
        "plan": plan,
        "as_of": shown["as_of"],
        "version": shown["version"],
        "indicators": [
            {
                "indicator": row.indicator,
                "name": row.name,
                "years": list(row.years),
                "targets": list(row.targets),
                "proposed": row.proposed,
                "proposed_by": row.proposed_by,
            }
            for row in rows
        ],
    }
