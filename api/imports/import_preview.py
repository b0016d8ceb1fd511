"""What a preview says: what a file would do, in one model that the command line prints and HTTP answers."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal

from typing_extensions import TypedDict

from domain.documents.counts import PlanCounts
from domain.documents.difference import DifferenceItem, UnreadCell
from domain.documents.plan import PlanDocument
from domain.documents.questions import OpenQuestion
from domain.documents.undirected import UndirectedIndicator
from domain.documents.uploaded import OfficeReading
from domain.documents.warnings import PlanWarning
from domain.facts import objective_key
from domain.notice import Notice
from domain.vocabulary import Frozen
from projections.change_preview import PlainBeforeAfter
from projections.deciding import Deciding

PreviewKind = Literal["difference", "new_plan", "next_plan"]


class ComparedWith(TypedDict):
    """Da che cosa un file è stato esportato: le due date e la versione del piano."""

    as_of: str | None
    known_at: str | None
    version: int | None


class ReadingLineShown(TypedDict):
    """Una riga della lettura di un file che ha una forma propria: di che cosa, che cos'è, perché è in dubbio."""

    label: str
    value: str
    note: str


class TreeLineShown(TypedDict):
    """Una riga dell'albero di ciò che è stato letto: quanto sta in basso, e che cosa dice."""

    depth: int
    text: str


class ReadingShown(TypedDict):
    """Come è stato letto un file che ha una forma propria: riga per riga, e come albero; se vale la lettura ricordata."""

    lines: list[ReadingLineShown]
    tree: list[TreeLineShown]
    remembered: bool


def reading_shown(reading: OfficeReading | None) -> ReadingShown | None:
    """How a file in an office's own layout was read; None for any other."""
    if reading is None:
        return None
    lines: list[ReadingLineShown] = [
        {"label": line.label, "value": line.value, "note": line.note} for line in reading.lines
    ]
    tree: list[TreeLineShown] = [{"depth": depth, "text": text} for depth, text in reading.tree]
    return {"lines": lines, "tree": tree, "remembered": reading.remembered}


_PLACING = frozenset({"added", "assigned", "unassigned", "moved", "withdrawn", "reinstated"})
"""The differences by which something comes to stand under a parent, or leaves it."""


class FilePreview(Frozen):
    """What a file would do: nothing of it is recorded.

    `version` is the plan's, 0 for a plan that is not there; `refused` says what the rules would refuse, and why;
    `remarks` are what the file holds and was not taken, or was taken although nobody sees it;
    `of_another` says why it may be the file of another plan, or of another body: it is told before anything else;
    `reading` is how a file in an office's own layout was read;
    `undetermined` are the indicators whose polarity is asked, all in one list: `polarities` answers it in the decisions.
    """

    kind: PreviewKind
    plan: str
    status: str | None = None
    version: int
    effective_on: str
    compared_with: ComparedWith | None = None
    decides: Deciding = {"acts": [], "years": []}
    remarks: tuple[Notice, ...] = ()
    changes: dict[str, int]
    items: tuple[DifferenceItem, ...]
    questions: tuple[OpenQuestion, ...] = ()
    unread: tuple[UnreadCell, ...] = ()
    warnings: tuple[Notice, ...] = ()
    left_alone: tuple[str, ...] = ()
    change_rate: dict[str, PlainBeforeAfter] = {}
    undetermined: tuple[UndirectedIndicator, ...] = ()
    counts: PlanCounts
    refused: str | None = None
    of_another: str = ""
    reading: ReadingShown | None = None

    @property
    def changes_nothing(self) -> bool:
        """Whether there is nothing to record."""
        waiting = any(question.answer is None for question in self.questions)
        return self.kind == "difference" and not (self.items or waiting or self.decides["years"])


def _cells_of_weights(items: Sequence[DifferenceItem], after: PlanDocument) -> dict[str, str]:
    """By what a sum of weights is told of, the cell of the nearest weight beneath it that changed."""
    parents = {row.id: row.parent for row in after.objectives}
    nearest: dict[str, tuple[int, str]] = {}
    for item in items:
        if item.where and item.field in {None, "weight", "feeds"} and (item.field or item.type in _PLACING):
            for far, subject in enumerate(_above(item, parents)):
                if subject not in nearest or far < nearest[subject][0]:
                    nearest[subject] = (far, item.where)
    return {subject: where for subject, (_, where) in nearest.items()}


def _above(item: DifferenceItem, parents: Mapping[str, str | None]) -> Iterator[str]:
    """What the weight of a difference stands under, nearest first, up to the plan."""
    kind, _, id_ = item.object.partition("/")
    stands = item.after.get("objective") if isinstance(item.after, dict) else None
    under = {"assignment": id_.partition("/")[2], "objective": parents.get(id_), "indicator": stands}.get(kind)
    passed: set[str] = set()
    while isinstance(under, str) and under and under not in passed:
        yield objective_key(under)
        passed.add(under)
        under = parents.get(under)
    yield "plan"


def located(warnings: Iterable[PlanWarning], items: Sequence[DifferenceItem], after: PlanDocument) -> list[Notice]:
    """The notices of the warnings that a file brings: each in the cell of the difference that it comes of, if one does.

    A sum of weights is in the cell of the weight that changed nearest beneath its parent; `after` is the plan with the changes.
    """
    cells: dict[str, str] = {}
    for item in items:
        place = f"/{item.year}/{item.ordinal}" if item.ordinal is not None else ""
        cells.setdefault(item.object + place, item.where)
    weighing = _cells_of_weights(items, after)
    notices: list[Notice] = []
    for subject, notice in warnings:
        kind, _, id_ = subject.partition("/")
        cell = cells.get(subject) or cells.get(f"{kind}/{id_.partition('/')[0]}")
        if notice.name == "weights_not_100":
            cell = weighing.get(subject)
        notices.append(notice.model_copy(update={"where": cell}) if cell else notice)
    return notices
