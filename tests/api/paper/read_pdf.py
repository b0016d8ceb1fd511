"""A PDF as other programs read it: its structure by qpdf, its text as a viewer shows it."""

import io
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import pikepdf
import pypdfium2

IDENTIFIED = re.compile(r"<(pdf(?:ua|a)id:\w+)>([^<]*)<")
"""What the metadata of a PDF say that it was made to."""


class Structure(NamedTuple):
    """What a PDF says of itself beside its text."""

    complaints: list[str]
    marked: bool
    language: str
    shows_title: bool
    title: str
    identified: dict[str, str]
    tags: list[str]
    alternatives: list[str]
    fonts_not_embedded: list[str]
    attached: dict[str, bytes]
    relationships: list[str]


def structure_of(content: bytes) -> Structure:
    """Reads it."""
    with pikepdf.open(io.BytesIO(content)) as pdf:
        root = pdf.Root
        identified = dict(IDENTIFIED.findall(root.Metadata.read_bytes().decode()))
        elements = list(_elements(root.StructTreeRoot))
        return Structure(
            complaints=pdf.check_pdf_syntax(),
            marked=bool(root.MarkInfo.Marked),
            language=str(root.Lang),
            shows_title=bool(root.ViewerPreferences.DisplayDocTitle),
            title=str(pdf.docinfo["/Title"]),
            identified=identified,
            tags=[str(element.S)[1:] for element in elements],
            alternatives=[str(element.get("/Alt", "")) for element in elements if element.S == "/Figure"],
            fonts_not_embedded=list(_not_embedded(pdf)),
            attached={name: file.get_file().read_bytes() for name, file in pdf.attachments.items()},
            relationships=[str(spec.AFRelationship) for spec in root.AF],
        )


def text_of_pages(content: bytes) -> list[str]:
    """What a viewer shows on each page."""
    document = pypdfium2.PdfDocument(content)
    try:
        return [page.get_textpage().get_text_range() for page in document]
    finally:
        document.close()


def bare(text: str) -> str:
    """A text without blanks and hyphens, where it may have been broken."""
    return re.sub(r"[\s\u00a0\u00ad\u2010\u0002\ufffe-]", "", text)


def _elements(node: Any) -> Iterator[Any]:
    kids = node.get("/K", [])
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
            yield kid
            yield from _elements(kid)


def _not_embedded(pdf: pikepdf.Pdf) -> Iterator[str]:
    for item in pdf.objects:
        if not isinstance(item, pikepdf.Dictionary) or item.get("/Type") != "/FontDescriptor":
            continue
        if not any(key in item for key in ("/FontFile", "/FontFile2", "/FontFile3")):
            yield str(item.FontName)
