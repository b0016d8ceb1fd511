"""A sum of weights that a file brings is told in the cell of the weight that it comes of."""

from decimal import Decimal

from api.imports.import_preview import located
from domain.documents.difference import DifferenceItem
from domain.documents.plan import PlanDocument
from domain.documents.warnings import PlanWarning
from domain.notice import Notice
from domain.vocabulary import JsonValue
from tests.support.harness import document

PLAN = PlanDocument.model_validate(document())


def item(type_: str, object_: str, where: str, field: str | None = None, after: JsonValue = None) -> DifferenceItem:
    said = {"id": where, "type": type_, "object": object_, "where": where, "field": field, "after": after}
    return DifferenceItem.model_validate(said)


def told(subject: str, *items: DifferenceItem) -> str:
    notice = Notice(where="altrove", name="weights_not_100", words=str(Decimal(90)))
    return located([PlanWarning(subject, notice)], items, PLAN)[0].where


def test_the_cell_is_that_of_the_weight_nearest_beneath_the_parent() -> None:
    budget = item("redefined", "objective/a1", "Obiettivi!M4", "budget_amount")
    weight = item("reweighted", "assignment/incasso/a1", "Assegnazioni!D3", "weight")
    feeds = item("fed", "assignment/cassetto/a2", "Assegnazioni!E2", "feeds")
    own = item("reweighted", "objective/a1", "Obiettivi!E3", "weight")
    assert told("objective/a1", budget, own, weight, feeds) == "Assegnazioni!D3"
    assert told("objective/a2", budget, weight, feeds) == "Assegnazioni!E2"
    assert told("objective/a", weight, own) == "Obiettivi!E3"
    assert told("plan", weight) == "Assegnazioni!D3"
    assert told("objective/a1", budget) == "altrove"


def test_what_is_added_or_leaves_weighs_where_it_stands() -> None:
    added = item("added", "indicator/nuovo", "Indicatori!A5", after={"objective": "a2", "weight": "10"})
    left = item("unassigned", "assignment/incasso/a1", "Assegnazioni!A3")
    assert told("objective/a2", added, left) == "Indicatori!A5"
    assert told("objective/a1", added, left) == "Assegnazioni!A3"
