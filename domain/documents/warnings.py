"""The warnings of a plan: what is odd about it, taken as it is, and told wherever somebody asks.

Loading a document tells all of them; the preview of a change those that the change brings.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from domain.documents.plan import AssignmentRow, IndicatorRow, PlanDocument
from domain.documents.row_targets import row_polarity, target_of_row, targets_of
from domain.documents.undirected import undirected
from domain.indicators.feeds import fed_scores
from domain.notice import Notice
from domain.plans.weights import Weighed, WeightedTree, uneven_nodes
from domain.spelling import folded
from domain.systems.decide import BareValues
from domain.targets.decide import read_target_text
from domain.targets.easing import easier_than_baseline
from domain.targets.model import Unread
from domain.trees.placed import Classified, FurtherTree, TreeNode, scheme_key, trees_of

Places = Sequence[tuple[IndicatorRow, Sequence[AssignmentRow]]]
"""The indicators, each with where it stands."""


class PlanWarning(NamedTuple):
    """A warning of a plan, and what it is of: `objective/ID`, `indicator/ID[/YEAR/ORDINAL]`, "" for the whole plan.

    The notice says where it stands in the document that was looked at (`indicators[3]`), which may move.
    """

    subject: str
    notice: Notice


def plan_warnings(document: PlanDocument, bare_value: BareValues | None = None) -> list[PlanWarning]:
    """All the warnings of a plan, whether its document is to be loaded or shows what is recorded.

    `bare_value` is what the rules of each year say of one, where they are not those that the document brings.
    """
    places = [(row, row.places()) for row in document.indicators]
    bare_value = bare_value or document.plan.bare_value
    return [
        *_of_indicators(document, bare_value),
        *_directions(document, bare_value),
        *_weights(document, places),
        *_scores(places),
        *_printed_twice(places),
        *_in_trees(document, places),
    ]


def new_warnings(before: Iterable[PlanWarning], after: Iterable[PlanWarning]) -> list[PlanWarning]:
    """The warnings that a change brings: those of the plan after it which the plan before it did not have.

    What was said of the whole plan before is not new when it is said of its parts.
    """
    known = {(subject, notice.name, notice.words) for subject, notice in before}
    of_whole = {name for subject, name, _ in known if not subject}
    return [
        warning
        for warning in after
        if warning.notice.name not in of_whole
        and (warning.subject, warning.notice.name, warning.notice.words) not in known
    ]


def _of_indicators(document: PlanDocument, bare_value: BareValues) -> Iterator[PlanWarning]:
    any_formula = any(row.formula for row in document.indicators)
    if document.indicators and not any_formula:
        words = "nessun indicatore del documento ha una formula"
        yield PlanWarning("", Notice(where="indicators", name="formula_missing", words=words))
    for position, row in enumerate(document.indicators):
        where = f"indicators[{position}]"
        if any_formula and not row.formula:
            notice = Notice(where=where, name="formula_missing", words=f"{row.name!r} non ha formula")
            yield PlanWarning(f"indicator/{row.id}", notice)
        yield from _of_targets(row, where, bare_value)


def _of_targets(row: IndicatorRow, where: str, bare_value: BareValues) -> Iterator[PlanWarning]:
    if not row.baseline and all(target.form not in {None, "unread"} for target in row.targets):
        return
    polarity = row_polarity(row)
    for position, target in targets_of(row):
        subject, place = f"indicator/{row.id}/{target.year}/{target.ordinal}", f"{where}.targets[{position}]"
        # What was kept as a text when it was recorded is read again, as it would be when it is loaded.
        if target.form in {None, "unread"}:
            read = read_target_text(target.text, target.year, polarity=polarity, formula=row.formula)
            if isinstance(read, Unread):
                words = f"{target.text[:500]!r}: {read.reason}"
                yield PlanWarning(subject, Notice(where=place, name="unread_target", words=words))
                continue
        elif not row.baseline:
            continue
        else:
            read = target_of_row(target, polarity, row.formula)
        if easier_than_baseline(read, row.baseline, polarity, bare_value(target.year)):
            words = f"il target {target.text!r} è più facile del valore di partenza {row.baseline!r}"
            yield PlanWarning(subject, Notice(where=place, name="easier_than_baseline", words=words))


def _directions(document: PlanDocument, bare_value: BareValues) -> Iterator[PlanWarning]:
    """In one list, the indicators of which somebody has still to say whether more or less is better."""
    asked = undirected(document, bare_value)
    if asked:
        listed = ", ".join(f"«{row.name}»" for row in asked)
        many = f"{len(asked)} indicatori" if len(asked) > 1 else "un indicatore"
        words = f"di {many} non si sa se più è meglio o meno è meglio: {listed}"
        yield PlanWarning("", Notice(where="indicators", name="polarity_unknown", words=words))


def _weights(document: PlanDocument, places: Places) -> Iterator[PlanWarning]:
    """The parents under which weights do not sum up."""
    tree = WeightedTree(
        parents={row.id: row.parent for row in document.objectives},
        weights={row.id: row.weight for row in document.objectives},
        places=tuple(
            Weighed(place.objective, place.weight, fed_scores(place.feeds))
            for _, standing in places
            for place in standing
        ),
    )
    for uneven in (*tree.uneven(), *uneven_nodes(document_trees(document).values())):
        yield PlanWarning(uneven.subject, uneven.notice)


def _scores(places: Places) -> Iterator[PlanWarning]:
    """The scores that are spelt in more than one way: each spelling is a score of its own."""
    names = {name for _, standing in places for place in standing for name in fed_scores(place.feeds)}
    spelt: defaultdict[str, list[str]] = defaultdict(list)
    for name in sorted(names):
        spelt[folded(name)].append(name)
    for alike in spelt.values():
        if len(alike) > 1:
            named = ", ".join(f"«{name}»" for name in alike)
            words = f"i punteggi {named} sono diversi: se è lo stesso, si scrive allo stesso modo"
            yield PlanWarning("", Notice(where="indicators", name="scores_alike", words=words))


def _printed_twice(places: Places) -> Iterator[PlanWarning]:
    """The indicators that stand in several places with different weights: the same name and the same formula."""
    weights: defaultdict[tuple[str, str], dict[str, None]] = defaultdict(dict)
    for row, assignments in places:
        for place in assignments:
            if place.weight is not None:
                weights[row.name, row.formula or ""][f"{place.weight.normalize():f}"] = None
    for (name, _), different in weights.items():
        if len(different) > 1:
            words = f"{name!r} compare più volte, con pesi diversi: {', '.join(different)}"
            yield PlanWarning(f"name/{name}", Notice(where="indicators", name="printed_twice", words=words))


def document_trees(document: PlanDocument) -> dict[str, FurtherTree]:
    """The further trees of a plan, as its document says them."""
    nodes = (
        (row.tree, TreeNode(row.id, row.level, row.code, row.title, row.order, row.parent, row.weight))
        for row in document.trees
    )
    objectives = {row.id: Classified(row.parent, row.classifications, row.title or "") for row in document.objectives}
    return trees_of(nodes, objectives)


def _in_trees(document: PlanDocument, places: Places) -> Iterator[PlanWarning]:
    """Rows that stand in more than one place of a further tree, or at none of its nodes."""
    position = {f"objective/{row.id}": f"objectives[{place}]" for place, row in enumerate(document.objectives)}
    position |= {f"indicator/{row.id}": f"indicators[{place}]" for place, row in enumerate(document.indicators)}
    called = {f"objective/{row.id}": row.title or row.code or row.id for row in document.objectives}
    called |= {f"indicator/{row.id}": row.name for row in document.indicators}
    parents = {row.id: row.parent for row in document.objectives}
    serving = {row.id: [place.objective for place in assignments] for row, assignments in places}
    for tree in document_trees(document).values():
        for twice in tree.placed_twice(parents, serving):
            nodes = ", ".join(f"«{tree.nodes[node].name}»" for node in twice.nodes)
            words = f"{called[twice.object]!r} sta in più posti dell'albero {tree.name}: {nodes}"
            yield PlanWarning(
                twice.object, Notice(where=position[twice.object], name="placed_twice_in_tree", words=words)
            )
        for objective, scheme, value, nodes_meant in tree.undecided:
            words = f"{scheme}: {value!r} può essere più nodi dell'albero {tree.name}: {', '.join(nodes_meant)}"
            subject = f"objective/{objective}"
            yield PlanWarning(subject, Notice(where=position[subject], name="tree_node_undecided", words=words))
        if not any(node.stated for node in tree.nodes.values()):
            continue
        undecided = {(each.objective, each.value) for each in tree.undecided}
        for row in document.objectives:
            for scheme, value in row.classifications.items():
                of_tree = scheme_key(scheme) in _schemes(tree)
                if of_tree and value in tree.placed.get(row.id, ()) and not tree.nodes[value].stated:
                    if (row.id, value) in undecided:
                        continue
                    subject = f"objective/{row.id}"
                    words = f"{scheme}: {value!r} non è un nodo dell'albero {tree.name}"
                    yield PlanWarning(subject, Notice(where=position[subject], name="tree_node_unknown", words=words))


def _schemes(tree: FurtherTree) -> set[str]:
    return {scheme_key(tree.name), *(scheme_key(node.level) for node in tree.nodes.values() if node.level)}
