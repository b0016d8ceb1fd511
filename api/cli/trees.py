"""What is printed of the further trees of a plan: by `tree list`, `show --tree`, and beside scores and changes."""

from collections import defaultdict

from rich.text import Text
from rich.tree import Tree

from api.cli import output
from api.cli.reader import Shown
from api.cli.words import banner, called, counted, number, printable
from api.language.labels import SCHEMES
from domain.names import Names
from domain.objectives.levels import level_words
from projections.audit import names_of
from projections.plan_in_force import IndicatorInForce, plan_in_force
from projections.streams import find_plan
from projections.trees import FurtherTreeAnswer, PlacedTwiceRow, TreeAnswer, TreeList, TreeNodeAnswer


def print_tree(shown: Shown, answer: TreeAnswer) -> None:
    """A further tree: its nodes, the objectives that stand there, and their indicators."""
    tree = answer["tree"]
    names = names_of(shown.reader, find_plan(shown.reader, shown.subject, shown.point.known_at))
    output.show(output.title(f"{tree_words(tree['tree'])} · {shown.subject}", banner(shown.point, shown.now)))
    output.show(Text(_sizes(tree)))
    serving: defaultdict[str, list[IndicatorInForce]] = defaultdict(list)
    for indicator in plan_in_force(shown.reader, shown.subject, shown.point)["indicators"]:
        for place in indicator.get("assignments", [indicator]):
            serving[place["objective"]].append(indicator)
    root = Tree("", hide_root=True, guide_style="")
    branches: dict[str | None, Tree] = {None: root}
    for node in tree["nodes"]:
        branch = branches[node["id"]] = branches[node["parent"]].add(_node(node))
        for objective in node["objectives"]:
            below = branch.add(Text(called(names, f"objective/{objective}")))
            for indicator in serving[objective]:
                below.add(Text(printable(f"◆ {indicator['name']}"), style="dim"))
    output.show(root)
    _print_rest(tree, names)


def print_trees(shown: Shown, answer: TreeList) -> None:
    """The further trees of a plan, each with its size."""
    output.show(output.title(f"Altri alberi · {shown.subject}", banner(shown.point, shown.now)))
    if not answer["trees"]:
        output.show(Text("Il piano ha solo l'albero degli obiettivi."))
        return
    names = names_of(shown.reader, find_plan(shown.reader, shown.subject, shown.point.known_at))
    for tree in answer["trees"]:
        output.show(output.title(f"{tree_words(tree['tree'])} ({tree['tree']})", _sizes(tree)))
        _print_rest(tree, names)


def tree_words(tree: str) -> str:
    """How a further tree is called: a usual one by its word, any other by its own name."""
    return printable(SCHEMES.get(tree, tree))


def node_title(node: TreeNodeAnswer) -> str:
    """How a node is called: its code and title, or its id."""
    return " ".join(filter(None, (node["code"], node["title"]))) or node["id"]


def print_placed_twice(rows: list[PlacedTwiceRow]) -> None:
    """The rows that stand in more than one place of a tree."""
    if rows:
        listed = [f"  «{row['name']}»: {', '.join(row['nodes'])}" for row in rows]
        output.show(Text(printable("\n".join(["Stanno in più posti dell'albero, e contano in ognuno:", *listed]))))


def _node(node: TreeNodeAnswer) -> Text:
    text = Text(printable(node_title(node)), style="bold")
    beneath = [" ".join(filter(None, (level_words(node["level"]) if node["level"] else "", node["id"])))]
    if node["weight"] is not None:
        beneath.append(f"peso {number(node['weight'])}")
    if not node["stated"]:
        beneath.append("lo nomina solo la classificazione degli obiettivi")
    return text.append(printable("\n" + " · ".join(beneath)), style="not bold")


def _sizes(tree: FurtherTreeAnswer) -> str:
    return (
        f"{counted(len(tree['nodes']), 'nodo', 'nodi')}, {counted(tree['depth'], 'livello', 'livelli')}, "
        f"{counted(tree['placed'], 'obiettivo collocato', 'obiettivi collocati')}"
    )


def _print_rest(tree: FurtherTreeAnswer, names: Names) -> None:
    if tree["unplaced"]:
        listed = [f"  {called(names, f'objective/{objective}')}" for objective in tree["unplaced"]]
        output.show(Text("\n".join(["Non stanno in nessun nodo:", *listed])))
    print_placed_twice(tree["placed_twice"])
    for row in tree["undecided"]:
        words = f"{row['scheme']}: {row['value']!r} può essere {', '.join(row['nodes'])}"
        output.show(Text(printable(f"{called(names, 'objective/' + row['objective'])}: {words}")))
