"""Shows what a reading took as a tree: the nodes, their indicators, the targets of each."""

from collections import defaultdict
from collections.abc import Sequence

from api.layout.nodes import Node
from api.layout.tables import IndicatorRead
from api.workbook.cells import Broken, CellValue
from api.workbook.values import cell_text

LONGEST = 70


def tree_lines(nodes: Sequence[Node], indicators: Sequence[IndicatorRead]) -> list[tuple[int, str]]:
    """The lines of the tree, each with its depth, a node before what hangs from it."""
    of_node: defaultdict[int, list[IndicatorRead]] = defaultdict(list)
    loose: list[IndicatorRead] = []
    for row in indicators:
        if row.node is None:
            loose.append(row)
        else:
            of_node[id(row.node)].append(row)
    lines: list[tuple[int, str]] = []

    def add(node: Node, depth: int) -> None:
        weight = f" (peso {node.weight})" if node.weight else ""
        name = " ".join(filter(None, (node.code, _short(node.title))))
        lines.append((depth, f"{node.level}: {name}{weight}"))
        lines.extend((depth + 1, f"· {_indicator(row)}") for row in of_node[id(node)])
        for child in node.children:
            add(child, depth + 1)

    for node in nodes:
        if node.parent is None:
            add(node, 0)
    lines += [(0, f"senza obiettivo · {_indicator(row)}") for row in loose]
    return lines


def _indicator(row: IndicatorRead) -> str:
    revised = {revision.year: revision.value for revision in row.revisions}
    texts = {year: _short(_text(value), 30) for year, value in row.targets.items()}
    texts |= {year: _revised(value, texts.get(year)) for year, value in revised.items()}
    targets = "; ".join(f"{year}: {text}" for year, text in sorted(texts.items()))
    weight = f" [peso {_text(row.values['weight'])}]" if "weight" in row.values else ""
    return f"{_short(_text(row.values.get('name', '')))}{weight}" + (f" → {targets}" if targets else "")


def _revised(value: CellValue, before: str | None) -> str:
    return _short(_text(value), 30) + (f" (rimodulato; era {before})" if before else "")


def _text(value: CellValue) -> str:
    return value.what if isinstance(value, Broken) else " ".join(cell_text(value).split())


def _short(text: str, longest: int = LONGEST) -> str:
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"
