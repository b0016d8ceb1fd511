"""The formats of a paper: what each is called and who writes it."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from api.imports.reading import reader_limits
from api.operations.papers import PaperFormat
from api.paper import docx, xlsx
from api.paper.docx import as_docx, as_docx_apart
from api.paper.docx_template import Template, template_file
from api.paper.model import Paper
from api.paper.pdf import as_pdf, as_pdf_apart
from api.paper.xlsx import as_xlsx
from api.settings import Settings


class PaperWriter(NamedTuple):
    """A format: its media type, the function from a paper to bytes, and the one that a service calls."""

    media_type: str
    write: Callable[[Paper, Template | None], bytes]
    write_apart: Callable[[Paper, Template | None], bytes]


FORMATS: Mapping[PaperFormat, PaperWriter] = {
    "pdf": PaperWriter("application/pdf", lambda paper, _: as_pdf(paper), lambda paper, _: as_pdf_apart(paper)),
    "xlsx": PaperWriter(xlsx.MEDIA_TYPE, lambda paper, _: as_xlsx(paper), lambda paper, _: as_xlsx(paper)),
    "docx": PaperWriter(docx.MEDIA_TYPE, as_docx, as_docx_apart),
}


class PaperFile(NamedTuple):
    """A paper as a file: its name, its media type, its bytes."""

    name: str
    media_type: str
    content: bytes


def file_of(paper: Paper, format: PaperFormat, template: Template | None = None, *, apart: bool = False) -> PaperFile:
    """The file of a paper in a format; PaperTooLarge for one that nobody would print.

    `template` is what a format with styles takes them from. A service has what is set made `apart`, within limits, so that
    nothing of it stays behind.
    """
    media_type, write, write_apart = FORMATS[format]
    return PaperFile(f"{paper.name}.{format}", media_type, (write_apart if apart else write)(paper, template))


def template_of(settings: Settings, administration: str, named: str | None = None) -> Template | None:
    """The template that is named; else the file of an administration's id in the folder of the settings; else None.

    TemplateRefused for a file that may not be read, or lacks a style.
    """
    if named:
        return template_file(Path(named), reader_limits(settings))
    if settings.templates is None:
        return None
    path = Path(settings.templates) / f"{administration}.docx"
    return template_file(path, reader_limits(settings)) if path.exists() else None
