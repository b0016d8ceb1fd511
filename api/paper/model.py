"""What a document says, before any format: a title, from where it is seen, and blocks in their order.

A paper is a value: frozen through and through, without an address of a service but that of its code, without a clock. One
function a document makes it (`documents.py`); each format is one reader of it. A text is a text: nothing in it is markup,
a formula or a field for any format. Texts of ours are in the language of the paper already.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal, NamedTuple, TypeAlias, get_args

from api.settings import Language
from domain.point import Point

Mark = Literal["plain", "strong", "soft", "struck", "inserted", "gap"]
"""How a stretch of text is set: `soft` is smaller and paler; `struck` held before, `inserted` holds now.

`gap` is what the office must write in its place.
"""
Side = Literal["struck", "inserted"]
Align = Literal["left", "right"]
ParagraphRole = Literal["plain", "lead", "note", "attached", "gap"]
"""How a paragraph is set; `attached` is a note on what a file has attached, left out where a format attaches nothing; `gap` is
where the office must write."""
PaperRowKind = Literal["plain", "group"]
RowFate = Literal["kept", "added", "withdrawn"]
PaperKind = Literal[
    "plan", "variations", "comparison", "indicator", "scores", "round", "rates", "evidence", "revisions", "act"
]
PAPER_KINDS: tuple[PaperKind, ...] = get_args(PaperKind)


@dataclass(frozen=True, slots=True)
class ActRevision:
    """What stands behind a change: the act as it is cited (empty where none is), its date, the reason, the event.

    A format with revisions takes its author, its date and its comment from here; `on` is the day from which it is in force.
    `is_redacted` where an order took the reason away, which is then said in its place.
    """

    act: str
    on: date | None
    reason: str = ""
    cause: str = ""
    version: int = 0
    is_redacted: bool = False


class FigureSaid(NamedTuple):
    """The number that a text says: `value` as it is said (91.5 of "91,5 %"), with how many decimals.

    `says_more` where the text has more than the number: a unit, the terms of a ratio, a remark.
    """

    value: Decimal
    decimals: int
    is_percent: bool = False
    says_more: bool = False


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text that is set in one way; `by` is what struck or inserted it, `footnote` what is said at the foot.

    `since` is what had inserted it, of a struck one that held only between the two points. `figure` is the number that it
    is, for a format that is calculated with.
    """

    text: str
    mark: Mark = "plain"
    by: ActRevision | None = None
    footnote: str = ""
    since: ActRevision | None = None
    figure: FigureSaid | None = None


PaperLine: TypeAlias = tuple[Run, ...]
"""Runs that follow each other; between two of them stands nothing but what they say."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading within the paper: level 1 to 4, never more than one below the one before."""

    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph."""

    line: PaperLine
    role: ParagraphRole = "plain"


@dataclass(frozen=True, slots=True)
class Items:
    """A list without numbers."""

    items: tuple[PaperLine, ...]


@dataclass(frozen=True, slots=True)
class PaperTerm:
    """What is said of something: its name, and the lines of it."""

    name: str
    lines: tuple[PaperLine, ...]


@dataclass(frozen=True, slots=True)
class PaperTerms:
    """A list of names, each with what is said of it."""

    terms: tuple[PaperTerm, ...]


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """A figure that a reader looks for first: what it is of, the figure, what must be said beside it."""

    label: str
    value: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class KeyFigures:
    """A few figures side by side."""

    figures: tuple[KeyFigure, ...]


@dataclass(frozen=True, slots=True)
class PaperColumn:
    """A column: its head, its share of the width against the others', how its cells are aligned."""

    head: str
    share: float = 1
    align: Align = "left"


@dataclass(frozen=True, slots=True)
class PaperCell:
    """A cell of one or more lines; `is_head` where it names its row. `columns` is how many it takes."""

    lines: tuple[PaperLine, ...] = ()
    is_head: bool = False
    columns: int = 1


@dataclass(frozen=True, slots=True)
class Row:
    """A row; a `group` is one cell that names the rows beneath it. Its fate is that between two points, `by` what decided it.

    `depth` is that of its branch in the tree. `figures` are those of a group, each with the place of its column: a format that
    is calculated with has them there, one that is read says them in the cell.
    """

    cells: tuple[PaperCell, ...]
    kind: PaperRowKind = "plain"
    depth: int = 0
    fate: RowFate = "kept"
    by: ActRevision | None = None
    figures: tuple[tuple[int, PaperCell], ...] = ()


@dataclass(frozen=True, slots=True)
class PaperTable:
    """A table; its head is repeated on each page. `caption` says to a screen reader what it is of.

    `branch` is the row of what the heading above it names, where the heading says its figures, for a format that is
    calculated with.
    """

    caption: str
    columns: tuple[PaperColumn, ...]
    rows: tuple[Row, ...]
    branch: Row | None = None


@dataclass(frozen=True, slots=True)
class Drawing:
    """A chart as SVG of a fixed size, `alternative` what it shows in words, `legend` what its signs mean."""

    svg: str
    width: int
    height: int
    alternative: str
    legend: str = ""


PaperBlock: TypeAlias = Heading | Paragraph | Items | PaperTerms | KeyFigures | PaperTable | Drawing


@dataclass(frozen=True, slots=True)
class CheckpointCited:
    """The checkpoint that covers what a paper says, but for what it is told not to: its number, when it was made, its root in Base64."""

    number: int
    made_at: datetime
    root: str


@dataclass(frozen=True, slots=True)
class Stamp:
    """From where a paper is seen, so that another person sees the same; it stands on each page.

    `known_at` is an instant, at which the record said the same for ever; `address` the short address of both dates, for the
    code. `before` is the first of the two points of a comparison. The last event that the paper rests on was recorded at
    `known_at` or before: a file that says when it was made says `known_at`. `versions` are those of every record that it tells
    of, the plan's first, each with what it is of in words; `beyond` what of them came after the checkpoint, in words.
    """

    as_of: date
    known_at: datetime
    version: int
    address: str
    checkpoint: CheckpointCited | None = None
    before: Point | None = None
    versions: tuple[tuple[int, str], ...] = ()
    beyond: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Twin:
    """The same as data, to be attached: the name of the file, its bytes (JSON), what it is in words."""

    name: str
    content: bytes
    description: str


@dataclass(frozen=True, slots=True)
class Paper:
    """A document: whose it is, what it is called, from where it is seen, its blocks, and the same as data.

    `name` is that of its file without an ending; `is_wide` where its tables want the long side of the sheet; `is_tracked`
    where what is struck and inserted, and the fate of its rows, are revisions that somebody may accept or reject.
    """

    kind: PaperKind
    name: str
    language: Language
    body: str
    plan_title: str
    title: str
    subtitle: str
    stamp: Stamp
    blocks: tuple[PaperBlock, ...]
    twin: Twin
    is_wide: bool = False
    is_tracked: bool = False

    def lines(self) -> Iterator[PaperLine]:
        """Every line of it, in the order in which it is read."""
        yield from (run(self.title), run(self.subtitle))
        for block in self.blocks:
            yield from lines_of(block)


def run(text: object, mark: Mark = "plain") -> PaperLine:
    """A line of one run; no run of an empty text."""
    words = str(text)
    return (Run(words, mark),) if words else ()


def cell(*lines: PaperLine, is_head: bool = False) -> PaperCell:
    """A cell of those lines that say something."""
    return PaperCell(tuple(line for line in lines if line), is_head=is_head)


def text_of(line: PaperLine) -> str:
    """What a line says, without how it is set."""
    return "".join(part.text for part in line)


def lines_of(block: PaperBlock) -> Iterator[PaperLine]:
    """Every line of a block, in the order in which it is read."""
    match block:
        case Heading():
            yield run(block.text)
        case Paragraph():
            yield block.line
        case Items():
            yield from block.items
        case PaperTerms():
            for term in block.terms:
                yield from (run(term.name), *term.lines)
        case KeyFigures():
            for figure in block.figures:
                yield from (run(figure.label), run(figure.value), run(figure.note))
        case PaperTable():
            yield from (run(column.head) for column in block.columns)
            for row in block.rows:
                for each in row.cells:
                    yield from each.lines
        case Drawing():
            yield from (run(block.alternative), run(block.legend))
