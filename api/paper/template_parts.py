"""What may stand in a part of a template: elements, fields, references and pictures that are listed; all else is refused.

A head or a foot goes into every document of the body as it is, and a program that opens the document follows what stands
in it. So nothing passes for being unknown: a field for its whole instruction, however its runs divide it; a picture for
having been decoded. A fallback for programs of before 2010 is left out, for it says in another language what stands beside it.
"""

import re
from collections.abc import Collection, Iterator
from io import BytesIO
from typing import NamedTuple
from xml.etree import ElementTree as ET
from xml.parsers import expat

from api.paper.word_names import W
from domain.errors import Refusal
from domain.patterns import regex

ACCEPTED = "un modello .docx come lo salva Word o LibreOffice, senza macro, oggetti né collegamenti a file"
FIELDS_ACCEPTED = "dei campi, i numeri di pagina e di sezione; la data e il resto, come testo"
PICTURES_ACCEPTED = "figure PNG, JPEG o GIF"
MOST_PIXELS = 20_000_000
"""Of all pictures of a template together: an A4 page at 300 dots an inch has nine million."""
IMAGES = {"png": "image/png", "jpeg": "image/jpeg", "gif": "image/gif"}
"""The kinds of pictures that a template may have, by the ending that they are given."""

_OFFICE = "http://schemas.openxmlformats.org"
_MICROSOFT = "http://schemas.microsoft.com/office"
_R = f"{{{_OFFICE}/officeDocument/2006/relationships}}"
_MC = f"{{{_OFFICE}/markup-compatibility/2006}}"
_WORD_SINCE = tuple(
    f"{{{_MICROSOFT}/word/{year}}}" for year in ("2010/wordml", "2012/wordml", "2018/wordml", "2023/wordml/word16du")
)
_DRAWINGS = (
    *(f"{{{_OFFICE}/drawingml/2006/{name}}}" for name in ("wordprocessingDrawing", "main", "picture")),
    *(f"{{{_MICROSOFT}/word/2010/wordprocessing{name}}}" for name in ("Shape", "Group", "Canvas", "Drawing")),
    f"{{{_MICROSOFT}/drawing/2010/main}}",
    f"{{{_MICROSOFT}/drawing/2014/main}}",
    f"{{{_MICROSOFT}/drawing/2017/decorative}}",
    f"{{{_MICROSOFT}/thememl/2012/main}}",
)


def _of_word(names: str) -> frozenset[str]:
    return frozenset(f"{W}{name}" for name in names.split())


_STORY = _of_word(
    "hdr ftr p r t tab br cr noBreakHyphen softHyphen sym ptab pgNum lastRenderedPageBreak proofErr bookmarkStart bookmarkEnd "
    "hyperlink smartTag fldSimple fldChar instrText drawing tbl tblGrid gridCol tr tc sdt sdtContent txbxContent"
)
"""What a head or a foot is made of."""
_PROPERTIES = _of_word("pPr rPr tblPr tblPrEx trPr tcPr sdtPr sdtEndPr smartTagPr")
"""What says how it is set: beneath these stands anything that neither is text nor tells of a revision."""
_NO_PROPERTIES = _of_word(
    "p r t instrText fldSimple fldChar hyperlink drawing pict object control altChunk subDoc tbl tr tc sdt sdtContent"
)
_REVISIONS = regex(r"ins|del|move(From|To)|cell(Ins|Del|Merge)|\w+Change")
_LISTED: dict[str, frozenset[str]] = {
    "header": _STORY,
    "footer": _STORY,
    "styles": _of_word(
        "styles docDefaults rPrDefault pPrDefault latentStyles lsdException style name aliases basedOn next link autoRedefine "
        "hidden uiPriority semiHidden unhideWhenUsed qFormat locked personal personalCompose personalReply rsid tblStylePr"
    ),
    "numbering": _of_word(
        "numbering abstractNum nsid multiLevelType tmpl name styleLink numStyleLink lvl start numFmt lvlRestart pStyle isLgl "
        "suff lvlText lvlJc legacy num abstractNumId lvlOverride startOverride numIdMacAtCleanup"
    ),
    "theme": frozenset(),
}
"""The elements of Word that a part may have, by its kind."""
_CALLED = {
    "ins": "revisioni",
    "del": "revisioni",
    "pict": "una figura nel formato di prima di Word 2010 (VML)",
    "object": "un oggetto",
    "altChunk": "un altro documento",
    "numPicBullet": "un punto elenco che è una figura",
}
_FORMATS = (
    "MERGEFORMAT|CHARFORMAT|Arabic|ArabicDash|roman|alphabetic|Ordinal|OrdText|CardText|Upper|Lower|FirstCap|Caps"
)
_FIELD = regex(
    rf'\s*(PAGE|NUMPAGES|SECTION|SECTIONPAGES)(\s*\\\*\s*({_FORMATS})\b|\s*\\#\s*("[0#.,\s-]*"|[0#.,-]+))*\s*',
    re.IGNORECASE,
)
"""The whole instruction of a field that may stand: it counts pages, and says how the number is written."""
_OUTSIDE = regex(r"\s*([a-z][a-z0-9+.-]*:|\\\\|//)", re.IGNORECASE)
_IN_WORDS = {"uri", "descr", "title", "name"}
"""Attributes of a drawing that are read, never followed."""


class TemplateRefused(Refusal):
    """A file that is no template that may be read, or lacks the styles that documents are set in."""

    name = "template_refused"
    title = "Modello di Word non ammesso"
    status = 422


class _Field(NamedTuple):
    """A field that was begun: what its instruction says so far; `told` once its result follows."""

    instruction: list[str]
    told: bool = False


def without_fallbacks(data: bytes) -> bytes:
    """A part without what stands in it for programs that do not know what stands beside it; it may be no XML afterwards."""
    parser = expat.ParserCreate(namespace_separator="}")
    cut: list[tuple[int, int]] = []
    open_at: list[int] = []
    fallback = f"{_MC[1:]}Fallback"

    def start(name: str, _: object) -> None:
        if name == fallback:
            open_at.append(parser.CurrentByteIndex)

    def end(name: str) -> None:
        if name == fallback:
            begun = open_at.pop()
            if not open_at:
                cut.append((begun, data.find(b">", parser.CurrentByteIndex) + 1))

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.Parse(data, True)  # noqa: FBT003 - the signature of the library
    kept, place = bytearray(), 0
    for first, last in cut:
        kept += data[place:first]
        place = last
    return bytes(kept + data[place:])


def require_listed(tree: ET.Element, kind: str, related: Collection[str], where: str) -> None:
    """Refuses a part of a kind that has an element, a field or a reference that is not listed.

    `related` are the ids that the part may refer to: each was looked at where it leads to.
    """
    stories = [tree]
    while stories:
        fields: list[_Field] = []
        for node, within in _story(stories.pop(), stories):
            _require_attributes(node, related, where, is_drawn=node.tag.startswith(_DRAWINGS))
            if not _is_listed(node, kind, within):
                raise _refused(_CALLED.get(_local(node.tag), f"un elemento {_local(node.tag)}"), where)
            _follow(node, fields, where)
        if fields:
            raise _refused("un campo senza fine", where, FIELDS_ACCEPTED)


def _story(story: ET.Element, stories: list[ET.Element]) -> Iterator[tuple[ET.Element, bool]]:
    """What stands in a story in order, each with whether it is beneath properties.

    The text of a box, and of an alternative, is a story of its own: no field goes from one into another.
    """
    waiting = [(story, False)]
    while waiting:
        node, within = waiting.pop()
        yield node, within
        beneath = within or node.tag in _PROPERTIES
        for child in reversed(node):
            if child.tag in {f"{W}txbxContent", f"{_MC}Choice"}:
                stories.append(child)
            else:
                waiting.append((child, beneath))


def _is_listed(node: ET.Element, kind: str, within: bool) -> bool:  # noqa: FBT001 - as the walk says it
    tag = node.tag
    if tag in {f"{_MC}AlternateContent", f"{_MC}Choice"}:
        return True
    if tag.startswith(W):
        if within:
            return tag not in _NO_PROPERTIES and _REVISIONS.fullmatch(_local(tag)) is None
        return tag in _LISTED[kind] or (kind != "theme" and tag in _PROPERTIES)
    if tag.startswith(_WORD_SINCE):
        return within
    return kind in {"header", "footer", "theme"} and tag.startswith(_DRAWINGS)


def _require_attributes(node: ET.Element, related: Collection[str], where: str, *, is_drawn: bool) -> None:
    for name, value in node.attrib.items():
        if name.startswith(_R) and value and value not in related:
            raise _refused("un rimando a una parte che non c'è, o che non si prende", where)
        if is_drawn and name not in _IN_WORDS and _OUTSIDE.match(value):
            raise _refused(f"un rimando a {value[:80]!r}", where)


def _follow(node: ET.Element, fields: list[_Field], where: str) -> None:
    """What an element does to the fields that are begun; refused once an instruction is none that may stand."""
    if node.tag == f"{W}fldSimple":
        if fields and not fields[-1].told:
            raise _refused("un campo dentro un altro", where, FIELDS_ACCEPTED)
        _require_field(node.get(f"{W}instr", ""), where)
    elif node.tag == f"{W}instrText":
        if not fields or fields[-1].told:
            raise _refused("l'istruzione di un campo che non è cominciato", where, FIELDS_ACCEPTED)
        fields[-1].instruction.append("".join(node.itertext()))
    elif node.tag == f"{W}fldChar":
        _mark(node.get(f"{W}fldCharType", ""), fields, where)


def _mark(kind: str, fields: list[_Field], where: str) -> None:
    if kind == "begin" and not (fields and not fields[-1].told):
        fields.append(_Field([]))
    elif kind == "separate" and fields and not fields[-1].told:
        _require_field("".join(fields[-1].instruction), where)
        fields[-1] = fields[-1]._replace(told=True)
    elif kind == "end" and fields:
        _require_field("".join(fields.pop().instruction), where)
    else:
        raise _refused("un campo dentro un altro, o diviso male", where, FIELDS_ACCEPTED)


def _require_field(instruction: str, where: str) -> None:
    if _FIELD.fullmatch(instruction) is None:
        raise _refused(f"un campo {instruction.strip()[:60]!r}", where, FIELDS_ACCEPTED)


def picture_kind(data: bytes, pixels: int, where: str) -> tuple[str, int]:
    """The kind of a picture, by what its bytes are, and its pixels; refused where it is none, or has more than `pixels`."""
    from PIL import Image  # noqa: PLC0415 - only where a template has a picture

    kinds = {kind.upper(): kind for kind in IMAGES}
    try:
        with Image.open(BytesIO(data), formats=list(kinds)) as picture:
            size = picture.width * picture.height
            if size > pixels:
                raise _too_large(where)
            picture.load()
            return kinds[picture.format or ""], size
    except Image.DecompressionBombError:
        raise _too_large(where) from None
    except (OSError, EOFError, SyntaxError, ValueError, KeyError, IndexError, OverflowError):
        raise _refused("una figura che non si legge", where, PICTURES_ACCEPTED) from None


def _too_large(where: str) -> TemplateRefused:
    accepted = f"al più {MOST_PIXELS} punti in tutte le figure: un foglio A4 a 300 punti per pollice ne ha nove milioni"
    return _refused("figure troppo grandi", where, accepted)


def _refused(what: str, where: str, accepted: str = ACCEPTED) -> TemplateRefused:
    return TemplateRefused(f"il modello contiene {what}", accepted=accepted, where=where[:80])


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]
