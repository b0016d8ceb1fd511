"""An independent reader of documents of Word: it resolves the revisions as the schema says, and reads what is left.

ECMA-376, part 1, 17.13.5: what stands in `ins` is there once it is accepted, and never was once it is rejected; what
stands in `del` the other way round; a row with either in its properties goes as a whole.
"""

import zipfile
from collections.abc import Mapping
from io import BytesIO
from typing import Literal
from xml.etree import ElementTree as ET

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
Side = Literal["accepted", "rejected"]
GONE = {"accepted": f"{W}del", "rejected": f"{W}ins"}


def parts_of(content: bytes) -> dict[str, bytes]:
    """The parts of a document, by name."""
    with zipfile.ZipFile(BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zip_of(files: Mapping[str, bytes]) -> bytes:
    """A ZIP of some files."""
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def tree_of(content: bytes, part: str = "word/document.xml") -> ET.Element:
    """A part as a tree."""
    return ET.fromstring(parts_of(content)[part])  # noqa: S314 - of our own making


def text_after(content: bytes, side: Side) -> list[str]:
    """The paragraphs of a document, those of cells among them, once all its revisions are accepted, or rejected."""
    body = tree_of(content).find(f"{W}body")
    assert body is not None
    _resolve(body, GONE[side])
    return [_text(paragraph) for paragraph in body.iter(f"{W}p")]


def _resolve(element: ET.Element, gone: str) -> None:
    for child in list(element):
        properties = child.find(f"{W}trPr") if child.tag == f"{W}tr" else None
        if child.tag == gone or (properties is not None and properties.find(gone) is not None):
            element.remove(child)
        else:
            _resolve(child, gone)


def _text(paragraph: ET.Element) -> str:
    signs = {f"{W}br": "\n"}
    return "".join(
        signs.get(node.tag) or (node.text or "" if node.tag in {f"{W}t", f"{W}delText"} else "")
        for node in paragraph.iter()
    )
