"""The further trees of a plan on a date: missions and programmes, perspectives, areas; where each objective stands in them."""

from typing_extensions import TypedDict

from domain.plans.state import PlanState
from domain.point import Point
from domain.scoring.numbers import decimal_string
from domain.trees.placed import FurtherTree, named_tree, trees_in
from domain.vocabulary import Identifier
from projections.answers import Count, DecimalText, Name, SeenOfPlan, Text
from projections.plan_history import plan_history
from projections.store.envelope import write_instant
from projections.store.reader import Reader


class TreeNodeAnswer(TypedDict):
    """Un nodo, con gli obiettivi che vi stanno; `stated` è falso per un nodo che solo una classificazione nomina."""

    id: Text
    level: Text | None
    code: Text | None
    title: Text | None
    order: Count | None
    parent: Text | None
    depth: Count
    weight: DecimalText | None
    stated: bool
    objectives: list[Identifier]


class PlacedTwiceRow(TypedDict):
    """Un obiettivo, o un indicatore, che sta in più posti di un albero, e conta in ognuno."""

    object: Name
    name: Text
    nodes: list[Text]


class UndecidedRow(TypedDict):
    """Una classificazione che può voler dire più nodi."""

    objective: Identifier
    scheme: Text
    value: Text
    nodes: list[Text]


class FurtherTreeAnswer(TypedDict):
    """Un altro albero del piano: i nodi in ordine, ognuno prima di quelli sotto; gli obiettivi che non stanno in nessuno."""

    tree: Text
    depth: Count
    nodes: list[TreeNodeAnswer]
    placed: Count
    unplaced: list[Identifier]
    placed_twice: list[PlacedTwiceRow]
    undecided: list[UndecidedRow]


class TreeList(SeenOfPlan):
    """Gli altri alberi del piano."""

    trees: list[FurtherTreeAnswer]


class TreeAnswer(SeenOfPlan):
    """Un altro albero del piano."""

    tree: FurtherTreeAnswer


def trees(reader: Reader, plan: str, point: Point) -> TreeList:
    """The further trees of a plan."""
    seen, state = _seen(reader, plan, point)
    return {**seen, "trees": [_tree(state, each) for each in trees_in(state).values()]}


def tree(reader: Reader, plan: str, point: Point, name: str) -> TreeAnswer:
    """One of them; NotFound, with those there are, where the plan has none of that name."""
    seen, state = _seen(reader, plan, point)
    return {**seen, "tree": _tree(state, named_tree(trees_in(state), name))}


def _seen(reader: Reader, plan: str, point: Point) -> tuple[SeenOfPlan, PlanState]:
    history = plan_history(reader, plan, point)
    known_at = write_instant(point.known_at) if point.known_at is not None else None
    seen: SeenOfPlan = {
        "plan": plan,
        "as_of": point.as_of.isoformat(),
        "known_at": known_at,
        "version": history.version,
    }
    return seen, history.state(point.as_of)


def placed_twice(state: PlanState, of: FurtherTree) -> list[PlacedTwiceRow]:
    """The rows that stand in a tree in more than one place, by name."""
    parents = {id_: state.parent(id_) for id_ in state.objectives_in_force()}
    serving: dict[str, list[str]] = {}
    for indicator, objective in state.assignments():
        if objective in parents and state.indicator_in_force(indicator):
            serving.setdefault(indicator, []).append(objective)
    return [
        {"object": twice.object, "name": _name(state, twice.object), "nodes": list(twice.nodes)}
        for twice in of.placed_twice(parents, serving)
    ]


def _tree(state: PlanState, of: FurtherTree) -> FurtherTreeAnswer:
    parents = {id_: state.parent(id_) for id_ in state.objectives_in_force()}
    standing: dict[str, list[str]] = {}
    for objective, nodes in of.placed.items():
        for node in nodes:
            standing.setdefault(node, []).append(objective)
    return {
        "tree": of.name,
        "depth": of.depth,
        "nodes": [
            {
                "id": node.id,
                "level": node.level,
                "code": node.code,
                "title": node.title,
                "order": node.order,
                "parent": node.parent,
                "depth": len(of.above(node.id)),
                "weight": decimal_string(node.weight),
                "stated": node.stated,
                "objectives": standing.get(node.id, []),
            }
            for node in of.nodes.values()
        ],
        "placed": len(of.placed),
        "unplaced": of.unplaced(parents),
        "placed_twice": placed_twice(state, of),
        "undecided": [
            {"objective": each.objective, "scheme": each.scheme, "value": each.value, "nodes": list(each.nodes)}
            for each in of.undecided
        ],
    }


def _name(state: PlanState, key: str) -> str:
    kind, _, id_ = key.partition("/")
    return str(state.value(key, "title" if kind == "objective" else "name") or id_)
