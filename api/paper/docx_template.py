"""The template of a body: a `.docx` whose named styles, page, headers and footers its documents take, and nothing else of it.

It is read in a process of its own (`api.formats.readers`), and only the parts come out of it that a document takes: no
macro, no object, no text of its body, no link but those that a person would follow. What those parts may hold is listed
(`api.paper.template_parts`).
"""

import base64
import re
from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree as ET

from pydantic import TypeAdapter
from typing_extensions import TypedDict

from api.formats.readers import DEFAULT, READERS, ReaderLimits
from api.paper.template_parts import (
    ACCEPTED,
    MOST_PIXELS,
    TemplateRefused,
    picture_kind,
    require_listed,
    without_fallbacks,
)
from api.paper.word_names import REQUIRED, STYLE_WORDS, StyleUse, W
from api.workbook.safety import Limits, Package, WorkbookRefused, parse_xml, refusing_failures
from initinere_verify.files import read_regular

LARGEST_TEMPLATE = 5_000_000
"""Bytes of a template: a letterhead with its logo has some hundred thousand."""
LIMITS = Limits(packed=LARGEST_TEMPLATE, unpacked=30_000_000, ratio=100, cells=50_000)
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "{http://schemas.openxmlformats.org/package/2006/relationships}"
_OFFICE_DOCUMENT = "officeDocument"
_FOLLOWED = ("https://", "http://", "mailto:")
"""How an address begins that a person follows."""


class PageReference(TypedDict):
    """A header or a footer of the page: which of them, the pages it is for, its part."""

    kind: str
    pages: str
    part: str


class Template(TypedDict):
    """What a document takes of a template.

    The ids of its styles by use, its page in twentieths of a point (width, height, then the four margins, head and foot),
    its parts by name, in Base64, and what the headers and footers refer to.
    """

    styles: dict[str, str]
    page: list[int]
    references: list[PageReference]
    parts: dict[str, str]
    shared: dict[str, str]
    title_page: bool
    even_pages: bool


class Found(NamedTuple):
    """A relationship of a part: of which kind, to what, and whether that is outside the file."""

    id: str
    kind: str
    target: str
    outside: bool


_TEMPLATE = TypeAdapter(Template)


def template_file(path: Path, using: ReaderLimits = DEFAULT) -> Template:
    """The template that lies in a file; TemplateRefused for what is none."""
    try:
        data = read_regular(path, LARGEST_TEMPLATE)
    except OSError as error:
        raise TemplateRefused(f"il modello {path.name!r} non si legge: {error.strerror}", accepted=ACCEPTED) from None
    return read_template(data, using)


@lru_cache(maxsize=8)
def read_template(data: bytes, using: ReaderLimits = DEFAULT) -> Template:
    """A template; TemplateRefused for what is none, or lacks a style, with the styles."""
    if len(data) > LARGEST_TEMPLATE:
        raise TemplateRefused(f"il modello supera i {LARGEST_TEMPLATE} byte", accepted=ACCEPTED)
    return _TEMPLATE.validate_json(READERS.read(TASK, data, {}, using, (TemplateRefused,)))


# What runs in the other process.

TASK = f"{__name__}:read_template_apart"


def read_template_apart(data: bytes, _: Mapping[str, object]) -> bytes:
    """The template in a file, in JSON."""
    try:
        with refusing_failures():
            return _TEMPLATE.dump_json(_template(Package(data, LIMITS)))
    except WorkbookRefused as error:
        raise TemplateRefused(error.problem.found.replace("una cartella di lavoro", "un documento"), accepted=ACCEPTED, where=error.problem.where) from None  # fmt: skip


def _template(package: Package) -> Template:
    package.refuse_active()
    main = next((each.target for each in _relationships(package, "") if each.kind == _OFFICE_DOCUMENT), "")
    if not package.has(main):
        raise TemplateRefused("il file non è un documento di Word", accepted=ACCEPTED)
    document = _parsed(package, main)
    if document.tag != f"{W}document":
        raise TemplateRefused("il file non è un documento di Word", accepted=ACCEPTED)
    related = {each.id: each for each in _relationships(package, main)}
    by_kind = {each.kind: each.target for each in related.values() if not each.outside}
    if "styles" not in by_kind or not package.has(by_kind["styles"]):
        raise _without(list(REQUIRED))
    styles = _styles(_parsed(package, by_kind["styles"]))
    if missing := [use for use in REQUIRED if use not in styles]:
        raise _without(missing)
    taking = _Taking(package)
    shared: dict[str, str] = {}
    for kind in ("styles", "numbering", "theme"):
        if kind in by_kind and package.has(by_kind[kind]):
            taking.parts[f"word/{kind}.xml"] = taking.part(by_kind[kind], kind, ())
            shared[kind] = f"word/{kind}.xml"
    section = document.findall(f".//{W}sectPr")[-1:]
    references = [each for one in section for each in taking.references(one, related)]
    return {
        "styles": dict(styles.items()),
        "page": _page(section[0] if section else None),
        "references": references,
        "parts": {name: base64.b64encode(content).decode() for name, content in taking.parts.items()},
        "shared": shared,
        "title_page": bool(section and section[0].find(f"{W}titlePg") is not None),
        "even_pages": "settings" in by_kind and package.has(by_kind["settings"]) and _parsed(package, by_kind["settings"]).find(f"{W}evenAndOddHeaders") is not None,
    }  # fmt: skip


def _without(missing: list[StyleUse]) -> TemplateRefused:
    words = ", ".join(STYLE_WORDS[use] for use in missing)
    return TemplateRefused(
        f"nel modello mancano gli stili: {words}",
        accepted="un .docx che abbia tutti questi stili: Word conserva quelli usati almeno una volta nel documento",
    )


def _parsed(package: Package, name: str) -> ET.Element:
    """A part as a tree: refused where it declares a document type, or is not UTF-8."""
    return _tree(package.read(name), name)


def _tree(data: bytes, name: str) -> ET.Element:
    parse_xml(iter([data]), LIMITS, start=lambda _name, _attributes: None)
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        raise TemplateRefused("una parte del modello non è scritta in UTF-8", accepted=ACCEPTED, where=name[:80]) from None  # fmt: skip
    return ET.fromstring(data)  # noqa: S314 - judged above: no document type, no entity, bounded in its elements


def _relationships(package: Package, part: str) -> Iterator[Found]:
    """What a part refers to; of the package itself, with an empty name."""
    folder, _, name = part.rpartition("/")
    listed = f"{folder}/_rels/{name}.rels" if folder else f"_rels/{name}.rels"
    if not package.has(listed):
        return
    for each in _parsed(package, listed).iter(f"{_PACKAGE}Relationship"):
        target, outside = each.get("Target", ""), each.get("TargetMode") == "External"
        if not outside:
            target = target.lstrip("/") if target.startswith("/") else f"{folder}/{target}".lstrip("/")
        yield Found(each.get("Id", ""), each.get("Type", "").rpartition("/")[2], target, outside)


def _styles(root: ET.Element) -> dict[StyleUse, str]:
    """The ids of the styles that documents are set in, by use; programs write the names of Word's own in either case."""
    named = {
        (style.get(f"{W}type", ""), name.get(f"{W}val", "").casefold()): style.get(f"{W}styleId", "")
        for style in root.iter(f"{W}style")
        if (name := style.find(f"{W}name")) is not None
    }
    found: dict[StyleUse, str] = {}
    for use in STYLE_WORDS:
        kind = "table" if use == "Table Grid" else "paragraph"
        if id_ := named.get((kind, use.casefold())):
            found[use] = id_
    return found


def _page(section: ET.Element | None) -> list[int]:
    size = section.find(f"{W}pgSz") if section is not None else None
    margins = section.find(f"{W}pgMar") if section is not None else None
    wanted = ((size, "w", 11906, 31680), (size, "h", 16838, 31680), *((margins, side, 1134, 5000) for side in ("top", "right", "bottom", "left", "header", "footer")))  # fmt: skip
    return [_measure(element, name, otherwise, most) for element, name, otherwise, most in wanted]


def _measure(element: ET.Element | None, name: str, otherwise: int, most: int) -> int:
    said = element.get(f"{W}{name}", "") if element is not None else ""
    return min(int(said), most) if re.fullmatch(r"[0-9]{1,6}", said) else otherwise


class _Taking:
    """What is taken of a template, part by part: `parts` by the name that they have in a document."""

    def __init__(self, package: Package) -> None:
        self.package = package
        self.parts: dict[str, bytes] = {}
        self.pictures: dict[str, str] = {}
        self.pixels = MOST_PIXELS

    def part(self, name: str, kind: str, related: Collection[str]) -> bytes:
        """The bytes of a part; refused where anything in it is not listed for its kind."""
        _parsed(self.package, name)
        data = without_fallbacks(self.package.read(name))
        require_listed(_tree(data, name), kind, related, name)
        return data

    def references(self, section: ET.Element, found: Mapping[str, Found]) -> Iterator[PageReference]:
        """The headers and footers of a page, with the pictures in them; what they refer to else is refused."""
        for kind in ("header", "footer"):
            for each in section.findall(f"{W}{kind}Reference"):
                part = found.get(each.get(f"{{{_R}}}id", ""))
                if part is None or part.outside or not self.package.has(part.target):
                    continue
                name = f"word/{kind}{len(self.parts)}.xml"
                beneath = self._beneath(part.target)
                self.parts[name] = self.part(part.target, kind, {one.get("Id", "") for one in beneath})
                listed = bytes(ET.tostring(beneath, encoding="utf-8", xml_declaration=True))
                self.parts[f"word/_rels/{name.rpartition('/')[2]}.rels"] = listed
                yield {"kind": kind, "pages": each.get(f"{W}type", "default"), "part": name}

    def _beneath(self, part: str) -> ET.Element:
        """The relationships of a header or a footer: its pictures, and addresses that a person follows."""
        root = ET.Element(f"{_PACKAGE}Relationships")
        for each in _relationships(self.package, part):
            made = {"Id": each.id, "Type": f"{_R}/{each.kind}"}
            if each.kind == "image" and not each.outside and self.package.has(each.target):
                made["Target"] = self._picture(each.target)
            elif each.kind == "hyperlink" and each.outside and each.target.startswith(_FOLLOWED):
                made |= {"Target": each.target, "TargetMode": "External"}
            else:
                found = f"un'intestazione o un piè di pagina del modello rimanda a {each.target[:80]!r}"
                raise TemplateRefused(found, accepted=ACCEPTED)
            ET.SubElement(root, f"{_PACKAGE}Relationship", made)
        ET.register_namespace("", _PACKAGE.strip("{}"))
        return root

    def _picture(self, target: str) -> str:
        """The name of a picture in a document, of the kind that its bytes are; one that stands in two places is there once."""
        if target not in self.pictures:
            data = self.package.read(target)
            kind, pixels = picture_kind(data, self.pixels, target)
            self.pixels -= pixels
            self.pictures[target] = f"media/template{len(self.pictures)}.{kind}"
            self.parts[f"word/{self.pictures[target]}"] = data
        return self.pictures[target]
