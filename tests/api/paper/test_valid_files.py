"""Files of Office are valid by their schemas, for a judge that is none of ours; and that judge finds what is not."""

import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from api.paper.docx import as_docx
from api.paper.docx_template import read_template
from api.paper.model import Heading, PaperCell, PaperColumn, PaperKind, PaperTable, Row, run
from api.paper.xlsx import as_xlsx
from tests.api.paper.conftest import ASKED, Papers
from tests.api.paper.read_docx import parts_of, zip_of
from tests.api.paper.test_docx import HOSTILE
from tests.api.paper.valid import faults_of

DOCUMENT, STYLES = "word/document.xml", "word/styles.xml"


@pytest.mark.parametrize("kind", ASKED)
def test_a_document_of_word_is_valid(papers: Papers, kind: PaperKind) -> None:
    assert faults_of(as_docx(papers(kind)), ".docx") == []


@pytest.mark.parametrize("kind", [kind for kind in ASKED if kind != "revisions"])
def test_a_workbook_is_valid(papers: Papers, kind: PaperKind) -> None:
    assert faults_of(as_xlsx(papers(kind)), ".xlsx") == []


def test_a_document_of_hostile_texts_and_one_in_a_template_are_valid(papers: Papers) -> None:
    paper = papers("plan")
    cells = tuple(PaperCell((run(text),)) for text in HOSTILE)
    table = PaperTable(HOSTILE[0], tuple(PaperColumn(text) for text in HOSTILE), (Row(cells),))
    hostile = as_docx(replace(paper, title=HOSTILE[0] + "x" * 10_000, blocks=(Heading(1, HOSTILE[1]), table)))
    assert faults_of(hostile, ".docx") == []
    assert faults_of(as_docx(papers("revisions"), read_template(as_docx(paper))), ".docx") == []


SPOILT: dict[str, tuple[str, Callable[[str], str]]] = {
    "a revision without its author": (DOCUMENT, lambda xml: re.sub(r'(<w:ins[^>]*?) w:author="[^"]*"', r"\1", xml, count=1)),
    "a revision on no date": (DOCUMENT, lambda xml: re.sub(r'w:date="[^"]*"', 'w:date="ieri"', xml, count=1)),
    "two revisions of one number": (DOCUMENT, lambda xml: re.sub(r'(<w:(?:ins|del) w:id=")[0-9]+', r"\g<1>7", xml)),
    "an element that there is not": (DOCUMENT, lambda xml: xml.replace("<w:p>", "<w:zzz/><w:p>", 1)),
    "properties out of their order": (DOCUMENT, lambda xml: re.sub(r"(<w:tblStyle [^>]*/>)(<w:tblW [^>]*/>)", r"\2\1", xml, count=1)),
    "a cell without a paragraph": (DOCUMENT, lambda xml: re.sub(r"(<w:tc>(?:<w:tcPr>.*?</w:tcPr>)?)<w:p>.*?</w:p>(</w:tc>)", r"\1\2", xml, count=1)),
    "a style that there is not": (DOCUMENT, lambda xml: xml.replace('w:val="Title"', 'w:val="Titolone"', 1)),
    "sizes out of their order": (STYLES, lambda xml: re.sub(r"(<w:sz [^>]*/>)(<w:szCs [^>]*/>)", r"\2\1", xml, count=1)),
}  # fmt: skip


@pytest.mark.parametrize("what", SPOILT)
def test_the_judge_finds_what_is_not_valid(papers: Papers, what: str) -> None:
    part, spoil = SPOILT[what]
    files = parts_of(as_docx(papers("revisions")))
    spoilt = spoil(files[part].decode())
    assert spoilt.encode() != files[part]
    assert faults_of(zip_of(files | {part: spoilt.encode()}), ".docx")
