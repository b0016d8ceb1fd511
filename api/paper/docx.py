"""A paper as a document of Word (OOXML): named styles, heads of tables, alternative texts; revisions where the paper has them.

The same bytes for the same paper. A text of the paper is a text of the document: what could be a sign of XML is escaped,
and no field is made but the number of the page. With a template, its styles, page, headers and footers are taken.
"""

import base64
import json
import re
import unicodedata
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time
from functools import partial
from importlib.resources import files
from itertools import count
from typing import NamedTuple
from xml.sax.saxutils import escape, quoteattr

from api.language.labels import REDACTED
from api.language.translation import filled_in, translated
from api.language.values import printable
from api.paper.docx_template import Template
from api.paper.model import (
    ActRevision,
    Drawing,
    Heading,
    Items,
    KeyFigures,
    Paper,
    PaperBlock,
    PaperCell,
    PaperColumn,
    PaperLine,
    PaperTable,
    PaperTerms,
    Paragraph,
    Row,
    Run,
    text_of,
)
from api.paper.pdf import drawable, few_marks, foot_lines, require_printable, set_apart
from api.paper.setting import DRAWING_TASK, set_drawing
from api.paper.template_parts import IMAGES
from api.paper.word_names import StyleUse
from domain.patterns import regex
from initinere_verify.archive import write_archive

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_MAIN = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_SPACES = f'xmlns:w="{_MAIN}" xmlns:r="{_R}"'
IDS: Mapping[StyleUse, str] = {
    "Title": "Title",
    "Subtitle": "Subtitle",
    "heading 1": "Heading1",
    "heading 2": "Heading2",
    "heading 3": "Heading3",
    "heading 4": "Heading4",
    "List Bullet": "ListBullet",
    "Table Grid": "TableGrid",
    "In Itinere cella": "InItinereCella",
    "In Itinere gruppo": "InItinereGruppo",
    "In Itinere introduzione": "InItinereIntroduzione",
    "In Itinere nota": "InItinereNota",
    "In Itinere da scrivere": "InItinereDaScrivere",
}
"""The ids of the styles where no template says others."""
PAGE = (11906, 16838, 1134, 1134, 1134, 1134, 567, 567)
"""A4 upright and its margins, in twentieths of a point: width, height, top, right, bottom, left, head, foot."""
LONGEST_HEAD = 90
LONGEST_AUTHOR = 250
"""Characters of an author, of which Word takes 255."""
EMU_A_PIXEL = 9525
EMU_A_TWIP = 635
HEAD_SIGN, CELL_MARGINS = 105, 230
"""Twentieths of a point of a sign of a head, and of the margins of its cell."""
INDENT = 200
"""Twentieths of a point by which a branch stands in from the one above; no more of it than MOST_INDENTED branches."""
MOST_INDENTED = 8
_NO_SIGNS = regex("[\ufffe\uffff]")
"""What is printable and no sign of XML."""


def as_docx(paper: Paper, template: Template | None = None) -> bytes:
    """The document of a paper; PaperTooLarge for one that nobody would print."""
    require_printable(paper)
    return _Document(paper, template, set_drawing).archive()


def as_docx_apart(paper: Paper, template: Template | None = None) -> bytes:
    """The same, its drawings made in processes of their own; PapersBusy where as many wait as may."""
    require_printable(paper)
    return _Document(paper, template, partial(set_apart, DRAWING_TASK)).archive()


def clean(text: str) -> str:
    """A text as Word may hold it: what steers a printer or a reader is replaced, on one line."""
    return _NO_SIGNS.sub("�", few_marks(printable(text).replace("\n", " ")))


class _Part(NamedTuple):
    """A part beside the text: its kind of relationship, its content type."""

    kind: str
    name: str
    content: bytes
    type: str


class _Document:
    """One document while it is written: numbers of its revisions, its comments, its pictures."""

    def __init__(self, paper: Paper, template: Template | None, draw: Callable[[bytes], bytes]) -> None:
        self.paper, self.template, self.draw = paper, template, draw
        ours: dict[str, str] = {str(use): id_ for use, id_ in IDS.items()}
        self.styles = ours if template is None else ours | _fallbacks(template["styles"])
        self.numbers = count(1)
        self.comments: list[str] = []
        self.told: Row | None = None
        self.parts: list[_Part] = []
        page = list(template["page"] if template else PAGE)
        if paper.is_wide and page[0] < page[1]:
            page[:2] = page[1], page[0]
        self.page = page
        self.width = max(page[0] - page[3] - page[5], 2000)

    def archive(self) -> bytes:
        """All parts as one file."""
        body = self._body()
        made = self._made()
        shared = self._shared()
        if self.comments:
            comments = f"{_HEAD}<w:comments {_SPACES}>{''.join(self.comments)}</w:comments>"
            made.append(_Part("comments", "word/comments.xml", comments.encode(), f"{_WORD}.comments+xml"))
        related = [*self.parts, *shared, *made]
        section = self._section(related)
        document = f'{_HEAD}<w:document {_SPACES} xmlns:wp="{_DRAWING}/wordprocessingDrawing" xmlns:a="{_DRAWING}/main" xmlns:pic="{_DRAWING}/picture"><w:body>{body}{section}</w:body></w:document>'
        written = {part.name: part.content for part in related}
        written["word/document.xml"] = document.encode()
        written["word/_rels/document.xml.rels"] = _relationships(
            (f"rId{place}", part.kind, part.name.removeprefix("word/")) for place, part in enumerate(related, 1)
        )
        written |= self._beside(related)
        return write_archive(written, zipfile.ZIP_DEFLATED)

    # The text.

    def _body(self) -> str:
        paper = self.paper
        told = [self._paragraph((Run(paper.title),), "Title"), self._paragraph((Run(paper.body),), "Subtitle")]
        if paper.subtitle:
            told.append(self._paragraph((Run(paper.subtitle),), "In Itinere introduzione"))
        table_before = False
        for block in paper.blocks:
            is_table = isinstance(block, PaperTable | KeyFigures)
            if is_table and table_before:
                told.append(self._paragraph((), "In Itinere nota"))
            told.append(self._block(block, apart=table_before))
            table_before = is_table
        if table_before:  # after a table a document ends with a paragraph
            told.append(self._paragraph((), "In Itinere nota"))
        return "".join(told)

    def _block(self, block: PaperBlock, *, apart: bool = False) -> str:
        """A block; a paragraph is set `apart` from a table before it, which has no space of its own."""
        match block:
            case Heading():
                return self._paragraph((Run(block.text),), f"heading {min(block.level, 4)}")
            case Paragraph():
                if block.role == "attached":
                    return ""
                styles = {"lead": "In Itinere introduzione", "note": "In Itinere nota", "gap": "In Itinere da scrivere"}
                return self._paragraph(block.line, styles.get(block.role, ""), apart=apart)
            case Items():
                return "".join(self._paragraph(item, "List Bullet") for item in block.items)
            case PaperTerms():
                return "".join(
                    self._paragraph((Run(term.name, "strong"),), "", keep=True)
                    + "".join(self._paragraph(line, "") for line in term.lines)
                    for term in block.terms
                )
            case KeyFigures():
                return self._table(_as_table(block))
            case PaperTable():
                return self._table(block)
            case Drawing():
                legend = self._paragraph(((Run(block.legend)),), "In Itinere nota") if block.legend else ""
                return f"<w:p>{self._picture(block)}</w:p>{legend}"

    def _paragraph(self, line: PaperLine, style: str, *, keep: bool = False, apart: bool = False) -> str:
        following = "<w:keepNext/>" if keep else ""
        space = '<w:spacing w:before="120"/>' if apart else ""
        return f"<w:p><w:pPr>{self._style(style)}{following}{space}</w:pPr>{self._lines((line,))}</w:p>"

    def _style(self, style: str) -> str:
        return f"<w:pStyle w:val={quoteattr(self.styles[style])}/>" if style else ""

    def _table(self, table: PaperTable) -> str:
        widths = _widths(table.columns, self.width)
        head = "".join(
            self._cell(((Run(column.head, "strong"),),), width, column.align, "In Itinere cella", shade="E8EEF5")
            for column, width in zip(table.columns, widths, strict=True)
        )
        grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
        rows = "".join(self._row(row, table.columns, widths) for row in table.rows)
        return (
            f'<w:tbl><w:tblPr><w:tblStyle w:val={quoteattr(self.styles["Table Grid"])}/><w:tblW w:w="{sum(widths)}" w:type="dxa"/>'
            '<w:tblLayout w:type="fixed"/><w:tblLook w:val="0020" w:firstRow="1" w:lastRow="0" w:firstColumn="0" w:lastColumn="0" w:noHBand="1" w:noVBand="1"/>'
            f"<w:tblCaption w:val={quoteattr(clean(table.caption))}/></w:tblPr><w:tblGrid>{grid}</w:tblGrid>"
            f"<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>{head}</w:tr>{rows}</w:tbl>"
        )

    def _row(self, row: Row, columns: Sequence[PaperColumn], widths: Sequence[int]) -> str:
        fate = self.paper.is_tracked and row.fate
        mark = self._mark("ins" if fate == "added" else "del", row.by) if fate in {"added", "withdrawn"} else ""
        short = sum(len(text_of(line)) for cell in row.cells for line in cell.lines) < 900
        told, place = [], 0
        for cell in row.cells:
            width = sum(widths[place : place + cell.columns])
            group = row.kind == "group"
            style = "In Itinere gruppo" if group else "In Itinere cella"
            indent = INDENT * min(row.depth, MOST_INDENTED) if not place and self.paper.is_tracked else 0
            told.append(
                self._cell(cell.lines, width, columns[place].align, style, span=cell.columns, row=row if mark else None,
                           indent=indent, shade="F3F6FA" if group else "")
            )  # fmt: skip
            place += cell.columns
        properties = ("<w:cantSplit/>" if short else "") + mark
        return f"<w:tr>{f'<w:trPr>{properties}</w:trPr>' if properties else ''}{''.join(told)}</w:tr>"

    def _cell(
        self,
        lines: Sequence[PaperLine],
        width: int,
        align: str,
        style: str,
        *,
        span: int = 1,
        row: Row | None = None,
        indent: int = 0,
        shade: str = "",
    ) -> str:
        spanned = f'<w:gridSpan w:val="{span}"/>' if span > 1 else ""
        shaded = f'<w:shd w:val="clear" w:color="auto" w:fill="{shade}"/>' if shade else ""
        properties = self._style(style) + (f'<w:ind w:left="{indent}"/>' if indent else "")
        properties += '<w:jc w:val="right"/>' if align == "right" else ""
        if row is not None:
            properties += f"<w:rPr>{self._mark('ins' if row.fate == 'added' else 'del', row.by)}</w:rPr>"
        return (
            f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{spanned}{shaded}</w:tcPr>'
            f"<w:p><w:pPr>{properties}</w:pPr>{self._lines(lines, row)}</w:p></w:tc>"
        )

    # Lines, and the revisions in them.

    def _lines(self, lines: Sequence[PaperLine], row: Row | None = None) -> str:
        """Lines of one paragraph, a break between two.

        A break stands with what follows it: where that holds before alone, or after alone, so does the break.
        """
        told: list[str] = []
        seen = {"before": False, "after": False}
        for line in lines:
            holds = {side: any(part.text for part in line if side in self._sides(part)) for side in seen}
            broken = [side for side in seen if seen[side] and holds[side]]
            if broken:
                told.append(self._break(broken, line, row))
            elif told and any(part.text for part in line) and not self.paper.is_tracked:
                told.append("<w:r><w:br/></w:r>")
            told += [self._run(part, row) for part in line if part.text or part.footnote]
            seen = {side: seen[side] or holds[side] for side in seen}
        return "".join(told)

    def _sides(self, part: Run) -> tuple[str, ...]:
        """On which sides of the revisions a run is read."""
        if not self.paper.is_tracked or part.mark not in {"struck", "inserted"}:
            return ("before", "after")
        if part.mark == "inserted":
            return ("after",)
        return () if part.since is not None else ("before",)

    def _break(self, sides: Sequence[str], line: PaperLine, row: Row | None) -> str:
        if row is not None:
            return self._revised("<w:r><w:br/></w:r>", "ins" if row.fate == "added" else "del", row.by)
        if len(sides) == 2:
            return "<w:r><w:br/></w:r>"
        by = next((part.by for part in line if part.by is not None), None)
        return self._revised("<w:r><w:br/></w:r>", "ins" if sides == ["after"] else "del", by)

    def _run(self, part: Run, row: Row | None) -> str:
        tracked = self.paper.is_tracked
        words = part.text + (f" ({part.footnote})" if part.footnote else "")
        if row is not None:
            what = "ins" if row.fate == "added" else "del"
            told = self._revised(self._plain(words, part.mark, deleted=what == "del"), what, row.by)
            if row is self.told:
                return told
            self.told = row
            return self._commented(told, row.by)
        if not tracked or part.mark not in {"struck", "inserted"}:
            return self._plain(words, part.mark)
        if part.mark == "inserted":
            return self._commented(self._revised(self._plain(words, "plain"), "ins", part.by), part.by)
        told = self._revised(self._plain(words, "plain", deleted=True), "del", part.by)
        if part.since is not None:
            return self._commented(self._revised(told, "ins", part.since), part.since)
        return self._commented(told, part.by)

    def _plain(self, words: str, mark: str, *, deleted: bool = False) -> str:
        text = clean(words)
        properties = _MARKS[mark] + ("<w:rtl/>" if _reads_leftward(text) else "") + self._spoken()
        element = "delText" if deleted else "t"
        properties = f"<w:rPr>{properties}</w:rPr>" if properties else ""
        return f'<w:r>{properties}<w:{element} xml:space="preserve">{escape(text)}</w:{element}></w:r>'

    def _spoken(self) -> str:
        """The language of a run, where the styles are of a template, which may say another."""
        return f'<w:lang w:val="{_region(self.paper)}"/>' if self.template else ""

    def _revised(self, told: str, what: str, by: ActRevision | None) -> str:
        return f"<w:{what} {self._by(by)}>{told}</w:{what}>"

    def _mark(self, what: str, by: ActRevision | None) -> str:
        return f"<w:{what} {self._by(by)}/>"

    def _by(self, by: ActRevision | None) -> str:
        author = clean(by.act)[:LONGEST_AUTHOR] if by and by.act else translated("nessun atto", self.paper.language)
        on = by.on if by and by.on else self.paper.stamp.as_of
        return f'w:id="{next(self.numbers)}" w:author={quoteattr(author)} w:date="{_instant(on)}"'

    def _commented(self, told: str, by: ActRevision | None) -> str:
        """A revision with its reason as a comment."""
        if by is None or not (by.reason or by.cause or by.is_redacted):
            return told
        number = len(self.comments)
        event = filled_in("evento n. %(version)s", self.paper.language, version=by.version) if by.version else ""
        taken = translated(REDACTED, self.paper.language) if by.is_redacted else ""
        words = " · ".join(part for part in (f"«{by.reason}»" if by.reason else taken, by.cause, event) if part)
        author = self._by(by).partition(" ")[2]
        self.comments.append(
            f'<w:comment w:id="{number}" {author} w:initials="A"><w:p>{self._plain(words, "plain")}</w:p></w:comment>'
        )
        reference = f'<w:r><w:commentReference w:id="{number}"/></w:r>'
        return f'<w:commentRangeStart w:id="{number}"/>{told}<w:commentRangeEnd w:id="{number}"/>{reference}'

    # Pictures, pages, parts.

    def _picture(self, drawing: Drawing) -> str:
        wide, high = drawing.width * EMU_A_PIXEL, drawing.height * EMU_A_PIXEL
        most = self.width * EMU_A_TWIP
        if wide > most:
            wide, high = most, int(high * most / wide)
        ready = json.dumps({"svg": drawable(drawing.svg), "width": str(drawing.width)}).encode()
        name = f"word/media/drawing{len(self.parts)}.png"
        self.parts.append(_Part("image", name, self.draw(ready), "image/png"))
        words = quoteattr(clean(drawing.alternative))
        return _inline(f"rId{len(self.parts)}", next(self.numbers), wide, high, words)

    def _shared(self) -> list[_Part]:
        """Styles and numbering: ours, or those of the template, with ours of the names that it does not have."""
        types = {"theme": "application/vnd.openxmlformats-officedocument.theme+xml"}
        ours = _resource("word_styles.xml").replace("LANGUAGE", _region(self.paper))
        if self.template is None:
            numbering = _resource("word_numbering.xml")
            return [
                _Part("styles", "word/styles.xml", ours.encode(), f"{_WORD}.styles+xml"),
                _Part("numbering", "word/numbering.xml", numbering.encode(), f"{_WORD}.numbering+xml"),
            ]
        taken = {name: base64.b64decode(content) for name, content in self.template["parts"].items()}
        missing = [IDS[use] for use in IDS if use not in self.template["styles"] and use != "heading 4"]
        added = "".join(
            re.sub(r"<w:basedOn [^>]*/>", "", style).replace("<w:style ", f'<w:style xmlns:w="{_MAIN}" ')
            for style in re.findall(r"<w:style .*?</w:style>", ours, re.DOTALL)
            if any(f'w:styleId="{id_}"' in style for id_ in missing)
        )
        styles = taken["word/styles.xml"]
        end = styles.rfind(b"</")
        taken["word/styles.xml"] = styles[:end] + added.encode() + styles[end:]
        return [
            _Part(kind, name, taken[name], types.get(kind, f"{_WORD}.{kind}+xml"))
            for kind, name in self.template["shared"].items()
        ]

    def _made(self) -> list[_Part]:
        """Settings, and the head and foot of a page where no template has them."""
        even = "<w:evenAndOddHeaders/>" if self.template and self.template["even_pages"] else ""
        settings = f'{_HEAD}<w:settings {_SPACES}>{even}<w:compat><w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat></w:settings>'
        made = [_Part("settings", "word/settings.xml", settings.encode(), f"{_WORD}.settings+xml")]
        if self.template and self.template["references"]:
            return made
        head = f"{clean(self.paper.body)[:LONGEST_HEAD]} · {_shortened(clean(self.paper.title))}"
        header = f"{_HEAD}<w:hdr {_SPACES}>{self._paragraph((Run(head),), 'In Itinere nota')}</w:hdr>"
        page, of = (translated(word, self.paper.language) for word in ("pagina", "di"))
        lines = foot_lines(self.paper.stamp, self.paper.language)
        numbered = (
            f"{self._plain(f'{page} ', 'plain')}{_field('PAGE')}{self._plain(f' {of} ', 'plain')}{_field('NUMPAGES')}"
        )
        foot = "".join(self._paragraph((Run(line),), "In Itinere nota") for line in lines)
        footer = f"{_HEAD}<w:ftr {_SPACES}>{foot}<w:p><w:pPr>{self._style('In Itinere nota')}</w:pPr>{numbered}</w:p></w:ftr>"
        return [
            *made,
            _Part("header", "word/header_own.xml", header.encode(), f"{_WORD}.header+xml"),
            _Part("footer", "word/footer_own.xml", footer.encode(), f"{_WORD}.footer+xml"),
            ]  # fmt: skip

    def _section(self, related: list[_Part]) -> str:
        """The page, and what stands at its head and foot; the parts that it refers to are added to the others."""
        references = ""
        if self.template:
            for each in self.template["references"]:
                content = base64.b64decode(self.template["parts"][each["part"]])
                related.append(_Part(each["kind"], each["part"], content, f"{_WORD}.{each['kind']}+xml"))
                pages = each["pages"] if each["pages"] in {"default", "first", "even"} else "default"
                references += f'<w:{each["kind"]}Reference w:type="{pages}" r:id="rId{len(related)}"/>'
        for place, part in enumerate(related, 1):
            if part.name in {"word/header_own.xml", "word/footer_own.xml"}:
                references += f'<w:{part.kind}Reference w:type="default" r:id="rId{place}"/>'
        wide, high, top, right, bottom, left, head, foot = self.page
        lying = ' w:orient="landscape"' if wide > high else ""
        first = "<w:titlePg/>" if self.template and self.template["title_page"] else ""
        return (
            f'<w:sectPr>{references}<w:pgSz w:w="{wide}" w:h="{high}"{lying}/><w:pgMar w:top="{top}" w:right="{right}" '
            f'w:bottom="{bottom}" w:left="{left}" w:header="{head}" w:footer="{foot}" w:gutter="0"/>{first}</w:sectPr>'
        )

    def _beside(self, related: Sequence[_Part]) -> dict[str, bytes]:
        """What every package has: the types of its parts, its own relationships, whose it is and when it was made."""
        known = self.paper.stamp.known_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        title, body = escape(clean(self.paper.title)), escape(clean(self.paper.body))
        core = (
            f'{_HEAD}<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" '
            'xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
            f"<dc:title>{title}</dc:title><dc:creator>{body}</dc:creator><dc:language>{_region(self.paper)}</dc:language>"
            f'<dcterms:created xsi:type="dcterms:W3CDTF">{known}</dcterms:created>'
            f'<dcterms:modified xsi:type="dcterms:W3CDTF">{known}</dcterms:modified></cp:coreProperties>'
        )
        taken = {}
        if self.template:
            held = {part.name for part in related}
            taken = {
                name: base64.b64decode(content) for name, content in self.template["parts"].items() if name not in held
            }
        overrides = {part.name: part.type for part in related if part.kind != "image"}
        overrides |= {"word/document.xml": f"{_WORD}.document.main+xml", "docProps/core.xml": "application/vnd.openxmlformats-package.core-properties+xml"}  # fmt: skip
        defaults = {
            "rels": "application/vnd.openxmlformats-package.relationships+xml",
            "xml": "application/xml",
            **IMAGES,
        }
        types = "".join(f'<Default Extension="{ending}" ContentType="{kind}"/>' for ending, kind in defaults.items())
        types += "".join(f'<Override PartName="/{name}" ContentType="{kind}"/>' for name, kind in overrides.items())
        return {
            **taken,
            "[Content_Types].xml": f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types">{types}</Types>'.encode(),
            "_rels/.rels": _relationships([("rId1", "officeDocument", "word/document.xml")], core=True),
            "docProps/core.xml": core.encode(),
        }


_MARKS: Mapping[str, str] = {
    "plain": "",
    "strong": "<w:b/>",
    "soft": '<w:color w:val="455B71"/>',
    "struck": '<w:strike/><w:color w:val="7A3E00"/>',
    "inserted": '<w:color w:val="003F80"/><w:u w:val="single"/>',
    "gap": '<w:highlight w:val="yellow"/>',
}
"""How a stretch is set, in the order that the schema has for it."""


def _widths(columns: Sequence[PaperColumn], width: int) -> list[int]:
    """The width of each column, in twentieths of a point: its share, but no less than the longest word of its head takes.

    Word breaks a word that does not fit; what a narrow column is given is taken from the wide ones.
    """
    whole = sum(column.share for column in columns)
    least = [HEAD_SIGN * max(map(len, column.head.split()), default=0) + CELL_MARGINS for column in columns]
    shared = [int(width * column.share / whole) for column in columns]
    room = sum(max(share - need, 0) for share, need in zip(shared, least, strict=True))
    wanted = sum(max(need - share, 0) for share, need in zip(shared, least, strict=True))
    if wanted > room:
        return [max(share, 1) for share in shared]
    return [
        need if share <= need else share - (share - need) * wanted // room
        for share, need in zip(shared, least, strict=True)
    ]


def _as_table(figures: KeyFigures) -> PaperTable:
    """Figures as a table of one row: Word has nothing else that stands side by side and is read in order."""
    cells = tuple(PaperCell(tuple(line for line in ((Run(each.value, "strong"),), (Run(each.note, "soft"),) if each.note else ()) if line)) for each in figures.figures)  # fmt: skip
    columns = tuple(PaperColumn(each.label) for each in figures.figures)
    return PaperTable(" · ".join(each.label for each in figures.figures), columns, (Row(cells),))


def _fallbacks(styles: Mapping[str, str]) -> dict[str, str]:
    return {"heading 4": styles["heading 3"], **styles}


def _reads_leftward(text: str) -> bool:
    """Whether the first letter of a text is of a script that runs from right to left."""
    ways = (unicodedata.bidirectional(sign) for sign in text[:LONGEST_AUTHOR])
    return next((way for way in ways if way in {"L", "R", "AL"}), "L") != "L"


def _region(paper: Paper) -> str:
    return {"it": "it-IT", "en": "en-GB"}[paper.language]


def _instant(on: date) -> str:
    return datetime.combine(on, time(), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST_HEAD else f"{text[: LONGEST_HEAD - 1].rstrip()}…"


def _field(name: str) -> str:
    return f'<w:fldSimple w:instr=" {name} "><w:r><w:t>1</w:t></w:r></w:fldSimple>'


def _inline(relationship: str, number: int, wide: int, high: int, words: str) -> str:
    """A picture in the line, with what it shows in words."""
    return (
        f'<w:r><w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent cx="{wide}" cy="{high}"/>'
        f'<wp:docPr id="{number}" name="Grafico {number}" descr={words}/>'
        f'<a:graphic><a:graphicData uri="{_DRAWING}/picture"><pic:pic><pic:nvPicPr><pic:cNvPr id="{number}" name="Grafico {number}" descr={words}/><pic:cNvPicPr/></pic:nvPicPr>'
        f'<pic:blipFill><a:blip r:embed="{relationship}"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill>'
        f'<pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="{wide}" cy="{high}"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr>'
        "</pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>"
    )


def _relationships(listed: Iterator[tuple[str, str, str]] | list[tuple[str, str, str]], *, core: bool = False) -> bytes:
    told = "".join(f'<Relationship Id="{id_}" Type="{_R}/{kind}" Target="{target}"/>' for id_, kind, target in listed)
    if core:
        told += f'<Relationship Id="rId9" Type="{_PACKAGE}/relationships/metadata/core-properties" Target="docProps/core.xml"/>'
    return f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{told}</Relationships>'.encode()


def _resource(name: str) -> str:
    return files("api.paper").joinpath(name).read_text(encoding="utf-8")
