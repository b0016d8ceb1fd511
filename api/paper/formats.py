"""The formats of a paper: what each is called and who writes it."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from api.operations.papers import PaperFormat
from api.paper.model import Paper
from api.paper.pdf import as_pdf


class Format(NamedTuple):
    """A format: its media type, and the function from a paper to bytes."""

    media_type: str
    write: Callable[[Paper], bytes]


FORMATS: Mapping[PaperFormat, Format] = {
    "pdf": Format("application/pdf", as_pdf),
}


class PaperFile(NamedTuple):
    """A paper as a file: its name, its media type, its bytes."""

    name: str
    media_type: str
    content: bytes


def file_of(paper: Paper, format: PaperFormat) -> PaperFile:
    """The file of a paper in a format; PaperTooLarge for one that nobody would print."""
    written = FORMATS[format]
    return PaperFile(f"{paper.name}.{format}", written.media_type, written.write(paper))
