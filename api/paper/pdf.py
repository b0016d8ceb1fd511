"""A paper as PDF: made to PDF/A-3a and PDF/UA-1, with typefaces of our own, the same bytes for the same paper.

The same as data is attached (PDF/A-3). What the paper says reaches the typesetter as JSON, never as source of its own.
"""

import re
import unicodedata
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache, lru_cache
from importlib.resources import files
from io import BytesIO

import orjson

from api.formats.readers import READERS, FileTooCostly, ReaderFailed, ReaderLimits, ReadersBusy
from api.language.translation import translated
from api.language.values import printable
from api.pages.foot import CheckpointAtFoot, Foot
from api.paper.model import (
    Drawing,
    Heading,
    Items,
    KeyFigures,
    Paper,
    PaperBlock,
    PaperCell,
    PaperLine,
    PaperTable,
    PaperTerms,
    Paragraph,
    Row,
    Stamp,
    text_of,
)
from api.paper.setting import TASK, set_pdf
from api.settings import Language
from domain.errors import DomainError, Refusal
from domain.patterns import regex
from domain.vocabulary import JsonValue

LONGEST_UNBROKEN, LONGEST_REPEATED = 900, 240
"""Characters of a row that is kept on one page, and of the name of a group that is said again on the next."""
LONGEST_HEAD = 90
"""Characters of a title in the head of a page."""
MOST_CELLS, MOST_CHARACTERS = 60_000, 4_000_000
"""What a paper may hold: the 366 objectives of the largest plan known are some 3,000 cells and 120,000 characters."""
SMALLER = "un anno, un indicatore, un albero meno fitto"
MOST_MARKS = 6
"""Marks upon one letter: Vietnamese and pointed Hebrew have two or three."""
_ON_A_LETTER = {"Mn", "Me"}
MAY_BREAK = "\u200b"
"""A space of no width."""
_BETWEEN_SIGNS = regex(r"(?<=\S)(?=\w|[^\w\s\u0300-\u036f\ufffd])")
_WIDER_THAN_A_HEADING, _WIDER_THAN_A_PAGE = regex(r"\S{30,}"), regex(r"\S{120,}")
_WIDER_THAN_A_CELL = regex(r"\S{30,}|[0-9.,:;/+%-]{14,}")
"""Words are hyphenated as their language has it; these are none. An address fits a page."""
UNDRAWN = "\ufffd"
"""Stands for a sign that the typefaces do not have."""

LIMITS = ReaderLimits(seconds=30, memory=2_000_000_000)
"""What the setting of one paper may use, where a service has it done."""


class PaperTooLarge(Refusal):
    """The document would be larger than any that an office prints."""

    name = "paper_too_large"
    title = "Documento troppo grande"
    status = 422


class PapersBusy(DomainError):
    """As many papers are being set, and wait to be, as there is room for."""

    name = "papers_busy"
    title = "Troppi documenti in composizione"
    status = 503
    retry_after = 10


def as_pdf(paper: Paper) -> bytes:
    """The PDF of a paper, set in this process; PaperTooLarge for one that nobody would print."""
    return set_pdf(ready_to_set(paper))


def as_pdf_apart(paper: Paper) -> bytes:
    """The same, set in a process of its own within limits; PapersBusy where as many wait as may."""
    return set_apart(TASK, ready_to_set(paper))


def set_apart(task: str, ready: bytes) -> bytes:
    """What the typesetter makes in a process of its own; PapersBusy where as many wait as may."""
    try:
        return READERS.read(task, ready, {}, LIMITS)
    except (FileTooCostly, ReaderFailed) as error:  # a typesetter that finds no room ends its process
        found = f"comporre il documento richiede più di {LIMITS.seconds} secondi, o di {LIMITS.memory} byte"
        raise PaperTooLarge(found, accepted=SMALLER) from error
    except ReadersBusy as error:
        found = "il servizio sta già componendo tanti documenti quanti ne può comporre"
        raise PapersBusy(found, accepted="riprovare fra qualche secondo") from error


def ready_to_set(paper: Paper) -> bytes:
    """A paper as the typesetter takes it; PaperTooLarge for one that nobody would print."""
    require_printable(paper)
    known = paper.stamp.known_at.astimezone(UTC).replace(microsecond=0)
    document = orjson.dumps(_Setting(paper).document(known)).decode()
    return orjson.dumps({"paper": document, "twin": paper.twin.content.decode(), "made_at": known.isoformat()})


def require_printable(paper: Paper) -> None:
    """PaperTooLarge for what is more than a paper may hold: time and memory grow with its cells and its signs."""
    cells = sum(len(row.cells) for block in paper.blocks if isinstance(block, PaperTable) for row in block.rows)
    characters = sum(len(text_of(line)) for line in paper.lines())
    if cells > MOST_CELLS or characters > MOST_CHARACTERS:
        found = f"il documento avrebbe {cells} celle e {characters} caratteri"
        accepted = (
            f"al più {MOST_CELLS} celle e {MOST_CHARACTERS} caratteri: un anno, un indicatore, un albero meno fitto"
        )
        raise PaperTooLarge(found, accepted=accepted)


class _Setting:
    """A paper as the typesetter reads it; `undrawn` once a sign had to be left out."""

    def __init__(self, paper: Paper) -> None:
        self.paper = paper
        self.undrawn = False

    def document(self, known: datetime) -> dict[str, JsonValue]:
        """All of it; `known` is when the last event that it rests on was recorded."""
        paper, language = self.paper, self.paper.language
        blocks: list[JsonValue] = [self._block(block) for block in paper.blocks]
        title, subtitle = self._text(paper.title), self._text(paper.subtitle)
        if self.undrawn:
            blocks.append({"kind": "paragraph", "role": "note", "line": [[_of_undrawn(language), "plain", ""]]})
        head: list[JsonValue] = [broken(_shortened(self._text(paper.body))), broken(_shortened(title))]
        return {
            "title": title,
            "heading": broken(title),
            "subtitle": broken(subtitle),
            "body": self._text(paper.body),
            "language": language,
            "region": "IT" if language == "it" else "GB",
            "date": {
                "year": known.year, "month": known.month, "day": known.day,
                "hour": known.hour, "minute": known.minute, "second": known.second,
            },
            "wide": paper.is_wide,
            "head": head,
            "foot": [self._text(line) for line in foot_lines(paper.stamp, language)],
            "code": code_drawn(paper.stamp.address),
            "twin": {"name": paper.twin.name, "description": paper.twin.description},
            "words": {
                "page": translated("pagina", language),
                "of": translated("di", language),
                "code": translated("Codice dell'indirizzo", language),
            },
            "blocks": blocks,
        }  # fmt: skip

    def _block(self, block: PaperBlock) -> JsonValue:
        match block:
            case Heading():
                return {"kind": "heading", "level": block.level, "text": broken(self._text(block.text))}
            case Paragraph():
                return {
                    "kind": "paragraph",
                    "role": "note" if block.role == "attached" else block.role,
                    "line": self._line(block.line),
                }
            case Items():
                return {"kind": "items", "items": [self._line(item) for item in block.items]}
            case PaperTerms():
                terms: list[JsonValue] = [
                    [self._text(term.name), [self._line(line) for line in term.lines]] for term in block.terms
                ]
                return {"kind": "terms", "terms": terms}
            case KeyFigures():
                figures: list[JsonValue] = [
                    [self._text(figure.label), self._text(figure.value), self._text(figure.note)]
                    for figure in block.figures
                ]
                return {"kind": "figures", "figures": figures}
            case PaperTable():
                return {
                    "kind": "table",
                    "heads": [self._text(column.head) for column in block.columns],
                    "shares": [column.share for column in block.columns],
                    "align": [column.align for column in block.columns],
                    "rows": [self._row(row) for row in block.rows],
                }
            case Drawing():
                return {
                    "kind": "drawing", "svg": self._text(block.svg), "alternative": self._text(block.alternative),
                    "legend": self._text(block.legend),
                }  # fmt: skip

    def _row(self, row: Row) -> JsonValue:
        length = sum(len(text_of(line)) for each in row.cells for line in each.lines)
        most = LONGEST_REPEATED if row.kind == "group" else LONGEST_UNBROKEN
        return [row.kind, row.depth, length <= most, [self._cell(each) for each in row.cells]]

    def _cell(self, cell: PaperCell) -> JsonValue:
        return [cell.columns, [self._line(line, _WIDER_THAN_A_CELL) for line in cell.lines]]

    def _line(self, line: PaperLine, wide: re.Pattern[str] = _WIDER_THAN_A_PAGE) -> JsonValue:
        return [
            [broken(self._text(part.text), wide), part.mark, broken(self._text(part.footnote), wide)] for part in line
        ]

    def _text(self, text: str) -> str:
        shown = drawable(text)
        self.undrawn = self.undrawn or UNDRAWN in shown
        return shown


def foot_lines(stamp: Stamp, language: Language) -> tuple[str, str]:
    """What stands at the foot of each page: both dates; version and checkpoint."""
    cited = stamp.checkpoint
    checkpoint = CheckpointAtFoot(cited.number, cited.made_at, cited.root) if cited else None
    versions = [version for version, _ in stamp.versions] or [stamp.version]
    return Foot(stamp.as_of, stamp.known_at, stamp.before, versions, checkpoint, bool(stamp.beyond)).lines(language)


def code_drawn(address: str) -> str:
    """The address as a code (SVG); nothing of one that leads nowhere, for nobody said where the service is reached."""
    if not address.startswith(("https://", "http://")):
        return ""
    import segno  # noqa: PLC0415 - no start of the service waits for it

    drawn = BytesIO()
    segno.make(address, error="m").save(drawn, kind="svg", border=1, omitsize=True, xmldecl=False)
    return drawn.getvalue().decode()


@lru_cache(maxsize=8192)
def drawable(text: str) -> str:
    """A text as it can be drawn: on one line, without what steers a printer or a reader, or has no sign in our typefaces."""
    return _undrawable().sub(UNDRAWN, few_marks(printable(text).replace("\n", " ")))


def broken(text: str, wide: re.Pattern[str] = _WIDER_THAN_A_HEADING) -> str:
    """A text that may be broken within what has no place for it: a word without end, a number wider than its column."""
    return wide.sub(lambda word: _BETWEEN_SIGNS.sub(MAY_BREAK, word[0]), text)


def few_marks(text: str) -> str:
    """A text with no more marks on one letter than a script writes: a pile of them is drawn over the lines above."""
    if text.isascii():
        return text
    kept, pile = list[str](), 0
    for sign in text:
        pile = pile + 1 if unicodedata.category(sign) in _ON_A_LETTER else 0
        if pile <= MOST_MARKS:
            kept.append(sign)
        elif pile == MOST_MARKS + 1:
            kept.append(UNDRAWN)
    return "".join(kept)


@cache
def _undrawable() -> re.Pattern[str]:
    """What our typefaces do not have."""
    return re.compile(f"[^{''.join(_ranges())}]")


def _ranges() -> Iterator[str]:
    written = files("api.paper").joinpath("fonts/coverage.txt").read_text(encoding="ascii")
    for line in written.split():
        first, last = (re.escape(chr(int(code, 16))) for code in line.split("-"))
        yield f"{first}-{last}"


def _of_undrawn(language: Language) -> str:
    return translated(
        "Dove sta � l'ufficio ha scritto un segno che questo documento non sa disegnare: nei dati allegati c'è.",
        language,
    )


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST_HEAD else f"{text[: LONGEST_HEAD - 1].rstrip()}…"
