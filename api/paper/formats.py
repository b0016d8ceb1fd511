"""The formats of a paper: what each is called and who writes it."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from api.operations.papers import PaperFormat
from api.paper.model import Paper
from api.paper.pdf import as_pdf, as_pdf_apart


class Format(NamedTuple):
    """A format: its media type, the function from a paper to bytes, and the one that a service calls."""

    media_type: str
    write: Callable[[Paper], bytes]
    write_apart: Callable[[Paper], bytes]


FORMATS: Mapping[PaperFormat, Format] = {
    "pdf": Format("application/pdf", as_pdf, as_pdf_apart),
}


class PaperFile(NamedTuple):
    """A paper as a file: its name, its media type, its bytes."""

    name: str
    media_type: str
    content: bytes


def file_of(paper: Paper, format: PaperFormat, *, apart: bool = False) -> PaperFile:
    """The file of a paper in a format; PaperTooLarge for one that nobody would print.

    A service has it made `apart`, within limits, so that nothing of it stays behind.
    """
    media_type, write, write_apart = FORMATS[format]
    return PaperFile(f"{paper.name}.{format}", media_type, (write_apart if apart else write)(paper))
