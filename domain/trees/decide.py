"""The rules of the further trees: every node under one of its tree, none under itself, no name of two trees, on every date."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal

from domain.errors import NoChange, NotFound, TreeBroken
from domain.event import Event
from domain.facts import IN_FORCE, LIFE, WITHDRAWN, node_key
from domain.notice import Notice
from domain.objectives.decide import same_points
from domain.plans.invariants import MOST_LEVELS, tree_levels
from domain.plans.state import PlanState
from domain.spelling import as_seen_in
from domain.timelines import Timelines
from domain.trees.commands import ReweighTreeNode, StateTreeNode, WithdrawTreeNode
from domain.trees.events import TreeNodeReweighted, TreeNodeStated, TreeNodeWithdrawn
from domain.trees.fields import NODE_HEADING
from domain.trees.placed import FurtherTree, TreeNode, node_of, nodes_called, nodes_in, scheme_key, trees_in, weighed_in
from domain.vocabulary import JsonValue


def state_tree_node(state: PlanState, command: StateTreeNode) -> list[Event]:
    """Refused when nothing would differ, when the tree would not hold on some date, or its level is another tree's.

    Where what it says of itself changes what its weight, or that of others, weighs, its weight is stated with it.
    """
    key = node_key(command.tree, command.node)
    new = state.life(key) != IN_FORCE
    stated = command.model_dump(mode="json", include=set(NODE_HEADING), exclude_unset=True)
    if "under" in command.model_fields_set:
        stated["parent"] = None if command.under is None else node_meant(state, command.tree, command.under, "under").id
    if new:
        gone = {field: None for field in (*NODE_HEADING, "parent") if state.value(key, field) is not None}
        stated = gone | {field: value for field, value in stated.items() if value is not None or field in gone}
    changed = {
        field: value
        for field, value in stated.items()
        if as_seen_in(field, state.value(key, field)) != as_seen_in(field, value)
    }
    events: list[Event] = []
    if changed or new:
        _level_of_one_tree(state, command)
        event = TreeNodeStated.model_validate({"tree": command.tree, "node": command.node, **changed})
        require_tree_holds(state, command.tree, {command.node: {LIFE: IN_FORCE, **changed}}, "under")
        events.append(event)
    weight = state.value(key, "weight")
    says_weight = "weight" in command.model_fields_set or (new and weight is not None)
    if says_weight and not same_points(weight, command.weight):
        events.append(TreeNodeReweighted(tree=command.tree, node=command.node, weight=command.weight))
    elif events and _scored_otherwise(state, command.tree, command.node, {LIFE: IN_FORCE, **changed}):
        points = None if weight is None else Decimal(str(weight))
        events.append(TreeNodeReweighted(tree=command.tree, node=command.node, weight=points))
    if not events:
        raise NoChange(f"il nodo {command.node} dell'albero {command.tree} è già così")
    return events


def reweigh_tree_node(state: PlanState, command: ReweighTreeNode) -> list[Event]:
    """Refused when the weight is the one in force."""
    node = node_meant(state, command.tree, command.node)
    if same_points(node.weight, command.weight):
        raise NoChange(f"il peso di {node.id} è già {command.weight}")
    return [TreeNodeReweighted(tree=command.tree, node=node.id, weight=command.weight)]


def withdraw_tree_node(state: PlanState, command: WithdrawTreeNode) -> list[Event]:
    """Refused while another node hangs from it, then or later.

    Its weight goes first, where the scores of the tree go by it, or by those beside it: it is weighed no more.
    """
    node = node_meant(state, command.tree, command.node)
    require_tree_holds(state, command.tree, {node.id: {LIFE: WITHDRAWN}}, "node")
    events: list[Event] = [TreeNodeWithdrawn(tree=command.tree, node=node.id)]
    if _scored_otherwise(state, command.tree, node.id, {LIFE: WITHDRAWN}):
        events.insert(0, TreeNodeReweighted(tree=command.tree, node=node.id, weight=None))
    return events


def _scored_otherwise(state: PlanState, tree: str, node: str, fields: Mapping[str, JsonValue]) -> bool:
    """Whether a tree would be scored by other weights, or by those of other objectives, were these the fields of a node."""
    key = node_key(tree, node)
    held = {**{field: state.value(key, field) for field in state.timelines.fields(key)}, **fields}
    others = [(of_tree, each) for of_tree, each in nodes_in(state) if (of_tree, each.id) != (tree, node)]
    stated = [*others, (tree, node_of(node, held))] if held[LIFE] == IN_FORCE else others
    return weighed_in(trees_in(state).get(tree)) != weighed_in(trees_in(state, stated).get(tree))


def node_meant(state: PlanState, tree: str, name: str, where: str = "node") -> TreeNode:
    """The node in force of a tree that an id, a code or a title means; NotFound where none does, or several."""
    nodes = [node for of_tree, node in nodes_in(state) if of_tree == tree]
    called = nodes_called(nodes, name)
    if len(called) == 1:
        return called[0]
    if called:
        which = ", ".join(node.id for node in called)
        raise NotFound(f"{name[:120]!r} può essere più nodi", accepted=f"uno fra: {which}", where=where)
    listed = ", ".join(node.id for node in nodes[:20])
    raise NotFound(
        f"{name[:120]!r} non è un nodo dell'albero {tree} al {state.on:%d/%m/%Y}",
        accepted=f"uno fra: {listed}" if listed else "un nodo dell'albero: non ne ha ancora",
        where=where,
    )


def require_tree_holds(
    state: PlanState, tree: str, stated: Mapping[str, Mapping[str, JsonValue]], where: str = "parent"
) -> None:
    """Refuses what would leave a tree that does not hold, on the date of the state or on a later one.

    `stated` are the fields of nodes as they would be stated on that date.
    """
    timelines = state.timelines
    later = {
        entry.effective_on
        for key in timelines.objects(f"tree/{tree}/")
        for field, entry in timelines.later(key, state.on)
        if field in {LIFE, "parent"}
    }
    for day in sorted({state.on, *later}):
        parents = _parents(timelines, tree, day)
        for node, fields in stated.items():
            key = node_key(tree, node)
            overtaken = {field for field, entry in timelines.later(key, state.on) if entry.effective_on <= day}
            life = fields.get(LIFE) if LIFE in fields and LIFE not in overtaken else timelines.value(key, LIFE, day)
            parent = timelines.value(key, "parent", day)
            if "parent" in fields and "parent" not in overtaken:
                parent = fields["parent"]
            parents.pop(node, None)
            if life == IN_FORCE:
                parents[node] = None if parent is None else str(parent)
        _holds(tree, parents, day, where)


def trees_hold(timelines: Timelines) -> None:
    """Refuses further trees of which, on some date, a node hangs from itself, or from one that is not there."""
    for tree in dict.fromkeys(key.split("/")[1] for key in timelines.objects("tree/")):
        days = {
            entry.effective_on
            for key in timelines.objects(f"tree/{tree}/")
            for field in (LIFE, "parent")
            for entry in timelines.entries(key, field)
        }
        for day in sorted(days):
            _holds(tree, _parents(timelines, tree, day), day, "parent")


def _parents(timelines: Timelines, tree: str, day: date) -> dict[str, str | None]:
    state = PlanState(timelines, day)
    return {node.id: node.parent for of_tree, node in nodes_in(state) if of_tree == tree}


def _holds(tree: str, parents: Mapping[str, str | None], day: date, where: str) -> None:
    for node, parent in parents.items():
        if parent is not None and parent not in parents:
            problem = f"al {day:%d/%m/%Y} il nodo {node} starebbe sotto {parent}, che non è nell'albero {tree}"
            raise TreeBroken(problem, accepted="un nodo in vigore dello stesso albero", where=where)
    levels = tree_levels(parents)
    for node in parents:
        if node not in levels:
            problem = f"al {day:%d/%m/%Y} il nodo {node} dell'albero {tree} discenderebbe da se stesso"
            raise TreeBroken(problem, accepted="un albero senza cicli, a ogni data", where=where)
        if levels[node] > MOST_LEVELS:
            problem = f"il nodo {node} dell'albero {tree} starebbe oltre il livello {MOST_LEVELS}"
            raise TreeBroken(problem, accepted=f"un albero di al più {MOST_LEVELS} livelli", where=where)


def _level_of_one_tree(state: PlanState, command: StateTreeNode) -> None:
    schemes = schemes_of((tree, node) for tree, node in nodes_in(state) if tree != command.tree)
    for name in filter(None, (command.level, command.tree)):
        if (other := schemes.get(scheme_key(name))) is not None:
            where = "level" if name == command.level else "tree"
            raise TreeBroken(
                f"{name!r} è già dell'albero {other}: non si saprebbe di quale albero è una classificazione",
                accepted=f"{other}, se è quello; altrimenti un livello, e un albero, di un altro nome",
                where=where,
            )


def schemes_of(nodes: Iterable[tuple[str, TreeNode]]) -> dict[str, str]:
    """The trees by the schemes that mean them: their names, and the levels of their nodes."""
    listed = list(nodes)
    of_levels = {scheme_key(node.level): tree for tree, node in listed if node.level}
    return of_levels | {scheme_key(tree): tree for tree, _ in listed}


def trees_begun(before: PlanState, events: Iterable[Event]) -> Iterator[Notice]:
    """Of each further tree that no node, and no classification, named before: that it begins, and which were there."""
    there: dict[str, FurtherTree] | None = None
    begun: set[str] = set()
    for event in events:
        if isinstance(event, TreeNodeStated) and event.tree not in begun:
            there = trees_in(before) if there is None else there
            if scheme_key(event.tree) not in map(scheme_key, there):
                begun.add(event.tree)
                beside = f"accanto a: {', '.join(there)}" if there else "il primo"
                yield Notice(where=event.tree, name="tree_begun", words=f"comincia un altro albero del piano, {beside}")
