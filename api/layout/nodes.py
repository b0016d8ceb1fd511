"""Builds the tree of a table: which node each row opens, which one its indicator hangs from, blank meaning as above."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from api.layout.columns import TableColumns, rank_of
from api.layout.grid import SheetPlace
from api.layout.rows import RowRead, is_ditto
from api.layout.sections import coded, is_code
from domain.acts.phrase import slug
from domain.spelling import folded

LONGEST_STEM = 40


@dataclass
class Node:
    """An objective as the rows say it, and the cell that it was first read in."""

    level: str
    code: str
    title: str
    place: SheetPlace
    parent: "Node | None" = None
    id: str = ""
    weight: str = ""
    weight_at: SheetPlace | None = None
    offices: list[str] = field(default_factory=list)
    classifications: dict[str, str] = field(default_factory=dict)
    children: list["Node"] = field(default_factory=list)

    @property
    def path(self) -> tuple[str, ...]:
        """What tells it from every other node: the titles from the root."""
        own = f"{folded(self.level)}|{folded(self.code)}|{folded(self.title)}"
        return (*self.parent.path, own) if self.parent else (own,)


class ReadTree:
    """The nodes of all the tables, each once, in the order in which they are met."""

    def __init__(self) -> None:
        self.nodes: list[Node] = []
        self.levels: list[str] = []
        self._known: dict[tuple[str, ...], Node] = {}

    def node(self, level: str, code: str, title: str, place: SheetPlace, parent: Node | None) -> Node:
        """The node of this level and title under a parent, new or known."""
        made = Node(level, code, title, place, parent)
        known = self._known.get(made.path)
        if known is not None:
            return known
        self._known[made.path] = made
        self.nodes.append(made)
        if parent is not None:
            parent.children.append(made)
        self._enter(level, parent)
        return made

    def _enter(self, level: str, parent: Node | None) -> None:
        if any(folded(level) == folded(there) for there in self.levels):
            return
        above = next(
            (i for i, there in enumerate(self.levels) if parent is not None and folded(there) == folded(parent.level)),
            -1,
        )
        self.levels.insert(above + 1 if parent is not None else len(self.levels), level)


class Walker:
    """Goes down the rows of the tables with what stands above each: sections, then the levels of the columns."""

    def __init__(self, tree: ReadTree) -> None:
        self.tree = tree
        self.sections: list[Node] = []
        self.order: list[str] = []
        self.current: dict[int, Node] = {}
        self.was_section = False
        self.hangs_higher = False
        """Whether the last row says nothing at a level under one that it opens."""

    def as_above(self, row: RowRead, columns: TableColumns) -> None:
        """Fills the levels that a row leaves blank with those above it, whatever it opens higher up."""
        for column in columns.levels:
            above = self.current.get(column)
            if not row.texts.get(column) and above is not None:
                row.texts[column] = f"{above.code} {above.title}".strip()

    def begin_sheet(self) -> None:
        """A new sheet begins with nothing above it."""
        self.sections, self.current, self.was_section = [], {}, False

    def begin_table(self) -> None:
        """A new table keeps the sections that it stands under."""
        self.current = {}

    def section(self, level: str, code: str, title: str, place: SheetPlace) -> None:
        """A row that is a node: it closes what is at its level or below."""
        key = folded(level)
        if key in self.order:
            depth = self.order.index(key)
            while self.sections and self.order.index(folded(self.sections[-1].level)) >= depth:
                self.sections.pop()
        else:
            position = 0
            if self.sections:
                last = self.order.index(folded(self.sections[-1].level))
                position = last + 1
                if not self.was_section and rank_of(level) <= rank_of(self.sections[-1].level) and rank_of(level) != 1:
                    while position and rank_of(self.order[position - 1]) >= rank_of(level):
                        position -= 1
                        if self.sections and folded(self.sections[-1].level) == self.order[position]:
                            self.sections.pop()
            self.order.insert(position, key)
        parent = self.sections[-1] if self.sections else None
        self.sections.append(self.tree.node(level, code, title, place, parent))
        self.current, self.was_section = {}, True

    def row(self, row: RowRead, columns: TableColumns, sheet: str, styles: dict[int, bool]) -> Node | None:
        """The node that a row stands under, after what it says itself; None where there is none."""
        self.was_section = self.hangs_higher = False
        parent = self.sections[-1] if self.sections else None
        node: Node | None = parent
        changed = False
        for column in columns.levels:
            text = row.texts.get(column, "")
            level = columns.roles[column].of
            code_column = columns.one("level_code", level)
            code = row.texts.get(code_column, "") if code_column is not None else ""
            code = "" if is_ditto(code) else code
            if is_ditto(text):
                text = ""
            if not text and not code:
                if changed:
                    self.hangs_higher |= self.current.pop(column, None) is not None
                    continue
                above = self.current.get(column)
                if above is not None:
                    node = above
                continue
            above = self.current.get(column)
            if not text and above is not None and folded(code) == folded(above.code):
                node = above
                continue
            title = text
            if not code:
                code, title = coded(text, bare=styles.get(column, False))
                if not code and is_code(text):
                    code, title = text.strip("(). "), ""
            place = SheetPlace(sheet, row.number, column)
            fresh = self.tree.node(level, code.strip(), title, place, node)
            if fresh is not self.current.get(column):
                changed = True
                self.current[column] = fresh
            node = fresh
        self._attributes(row, columns, sheet)
        return node

    def _attributes(self, row: RowRead, columns: TableColumns, sheet: str) -> None:
        by_level = {folded(node.level): node for node in (*self.sections, *self.current.values())}
        for column in columns.of("level_weight", "level_offices", "classification"):
            text, role = row.texts.get(column, ""), columns.roles[column]
            if not text or is_ditto(text):
                continue
            node = by_level.get(folded(role.of))
            if role.kind == "classification":
                deepest = next((self.current[c] for c in reversed(columns.levels) if c in self.current), None)
                if deepest is not None:
                    deepest.classifications.setdefault(role.of, text)
            elif node is None:
                continue
            elif role.kind == "level_weight" and not node.weight and not re.fullmatch(r"[-–—/.]+", text):
                node.weight, node.weight_at = text, SheetPlace(sheet, row.number, column)
            elif role.kind == "level_offices" and text not in node.offices:
                node.offices.append(text)


def give_ids(nodes: Iterable[Node]) -> None:
    """A short id for each node, of its title; of its place where titles are the same. The same rows give the same ids."""
    stems: dict[str, list[Node]] = {}
    for node in nodes:
        stems.setdefault(id_stem(node.title or f"{node.level} {node.code}"), []).append(node)
    taken: set[str] = set()
    for stem, bearers in stems.items():
        for node in bearers:
            above = node.parent.id or id_stem(node.parent.title) if node.parent else ""
            wanted = (
                stem
                if len(bearers) == 1
                else f"{stem}-{slug(node.code, 20) if node.code else above or slug(node.level, 20)}"
            )
            node.id = unique(wanted[:100], taken)


def id_stem(text: str) -> str:
    """The beginning of an id: the first words of a text."""
    whole = slug(text, 200)
    if len(whole) <= LONGEST_STEM:
        return whole
    return whole[: LONGEST_STEM + 1].rpartition("-")[0] or whole[:LONGEST_STEM]


def unique(wanted: str, taken: set[str]) -> str:
    """An id that nobody has, numbered where somebody has it."""
    number, id_ = 1, wanted
    while id_ in taken:
        number += 1
        id_ = f"{wanted}-{number}"
    taken.add(id_)
    return id_
