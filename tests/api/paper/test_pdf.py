"""Each document as PDF: what a screen reader, an archive and a person find in it."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from api.formats.readers import ReaderLimits, Readers
from api.language.values import printable
from api.paper import pdf
from api.paper.model import (
    Paper,
    PaperCell,
    PaperColumn,
    PaperKind,
    PaperTable,
    Paragraph,
    Row,
    Run,
    Twin,
    run,
    text_of,
)
from api.paper.pdf import MAY_BREAK, PapersBusy, PaperTooLarge, as_pdf, as_pdf_apart, broken, drawable, few_marks
from domain.point import Point
from tests.api.paper.conftest import ASKED, ORIGIN, Papers
from tests.api.paper.read_pdf import bare, structure_of, text_of_pages

KINDS = [pytest.param(kind, id=kind) for kind in ASKED]
Pdfs = Callable[[PaperKind], bytes]
FONTS = Path(pdf.__file__).with_name("fonts")
HOSTILE = (
    '#import "x": y #read("/etc/passwd") *strong* _em_ $x^2$ = Titolo\n'
    "\\u{41} <b>b</b> @rif // no /* no */ `raw` ~ --- ... https://x.example/#a [c] {d} \\"
)
SIGNS = "حروف עברית e\u0301\u0323\u0302\u0301 Ωμέγα Жук → ▲ ✓ ≥ ﬁ"


@pytest.fixture(scope="module")
def as_bytes(papers: Papers) -> Pdfs:
    """The PDF of a document, made once."""
    return cache(lambda kind: as_pdf(papers(kind)))


@pytest.mark.parametrize("kind", KINDS)
def test_a_document_is_made_for_a_screen_reader_and_for_an_archive(
    as_bytes: Pdfs, papers: Papers, kind: PaperKind
) -> None:
    found = structure_of(as_bytes(kind))
    assert found.complaints == []
    assert (found.marked, found.language, found.shows_title) == (True, "it-IT", True)
    assert found.title == papers(kind).title
    assert found.identified["pdfuaid:part"] == "1"
    assert (found.identified["pdfaid:part"], found.identified["pdfaid:conformance"]) == ("3", "A")
    assert found.fonts_not_embedded == []
    assert all(found.alternatives)
    levels = [int(tag[1]) for tag in found.tags if len(tag) == 2 and tag[0] == "H" and tag[1].isdigit()]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    tables = sum(isinstance(block, PaperTable) for block in papers(kind).blocks)
    assert found.tags.count("Table") == tables
    assert found.tags.count("THead") >= tables
    assert found.tags.count("TH") >= 2 * tables


@pytest.mark.parametrize("kind", KINDS)
def test_a_document_says_all_that_its_answer_says_and_carries_it_as_data(
    as_bytes: Pdfs, papers: Papers, kind: PaperKind
) -> None:
    paper = papers(kind)
    pages = text_of_pages(as_bytes(kind))
    found = structure_of(as_bytes(kind))
    shown = bare("".join([*pages, *found.alternatives]))
    said = [bare(printable(part.text)) for line in paper.lines() for part in line]
    assert [words for words in said if words not in shown] == []
    assert found.attached == {paper.twin.name: paper.twin.content}
    assert found.relationships == ["/Alternative"]
    assert json.loads(paper.twin.content)


@pytest.mark.parametrize("kind", KINDS)
def test_every_page_says_from_where_it_is_seen(as_bytes: Pdfs, papers: Papers, kind: PaperKind) -> None:
    paper = papers(kind)
    assert paper.stamp.checkpoint is not None
    assert paper.stamp.address.startswith(f"{ORIGIN}/p/prova-2022-2024/")
    pages = text_of_pages(as_bytes(kind))
    for number, page in enumerate(pages, 1):
        words = " ".join(page.split())
        assert "In vigore al 31/12/2022 · noto al " in words
        versions = ", ".join(str(version) for version, _ in paper.stamp.versions)
        assert f"versioni {versions} · checkpoint n. {paper.stamp.checkpoint.number} del " in words
        assert f"pagina {number} di {len(pages)}" in words


def test_the_same_paper_is_the_same_bytes_whatever_was_set_between(as_bytes: Pdfs, papers: Papers) -> None:
    again = as_pdf(papers("plan"))
    assert again == as_bytes("plan")
    assert as_pdf(papers("plan", point=Point(papers("plan").stamp.as_of, papers("plan").stamp.known_at))) != b""


def test_a_document_in_english_says_so(papers: Papers) -> None:
    made = as_pdf(papers("variations", ASKED["variations"]._replace(language="en")))
    assert structure_of(made).language == "en-GB"
    assert "Riscuotere" not in text_of_pages(made)[0].splitlines()[0]


def _with(paper: Paper, **changed: object) -> Paper:
    return replace(paper, **changed)  # type: ignore[arg-type]


def test_nothing_that_an_office_wrote_is_taken_as_markup(papers: Papers) -> None:
    paper = papers("variations")
    table = PaperTable(
        "t", (PaperColumn(HOSTILE),), (Row((PaperCell((run(HOSTILE, "struck"), (Run(SIGNS, footnote=HOSTILE),))),)),)
    )
    made = as_pdf(_with(paper, title=HOSTILE, body=HOSTILE, blocks=(table, Paragraph(run(HOSTILE)))))
    shown = bare("".join(text_of_pages(made)))
    assert shown.count(bare(HOSTILE)) >= 5
    assert structure_of(made).complaints == []
    assert set(structure_of(made).attached) == {paper.twin.name}


def test_a_title_of_ten_thousand_signs_and_one_that_no_page_holds_are_set(papers: Papers) -> None:
    paper = papers("variations")
    long = "Obiettivo lunghissimo " * 460
    group = Row((PaperCell((run(long),), columns=2),), "group", 1)
    row = Row((PaperCell((run(long),)), PaperCell((run("x" * 10_000),))))
    made = as_pdf(
        _with(paper, title=long, blocks=(PaperTable("t", (PaperColumn("a"), PaperColumn("b")), (group, row)),))
    )
    pages = text_of_pages(made)
    assert bare("".join(pages)).count("lunghissimo") >= 3 * 460
    assert len(pages) < 60


def test_a_word_and_a_number_without_end_are_broken_at_the_edge_of_their_place(papers: Papers) -> None:
    paper = papers("variations")
    row = Row((PaperCell((run("0,1234567890123456789"),)), PaperCell((run("accanto"),))))
    table = PaperTable("t", (PaperColumn("a", 1), PaperColumn("b", 6)), (row,))
    pages = text_of_pages(as_pdf(_with(paper, title="T" * 1500, body="C" * 900, blocks=(table,))))
    lines = [line.replace(MAY_BREAK, "") for page in pages for line in page.splitlines()]
    assert sum(line.count("T") for line in lines) >= 1500
    assert max(map(len, lines)) < 130
    assert not [line for line in lines if "CCC" in line and "TTT" in line]
    assert not [line for line in lines if "0123456789" in line.replace(",", "")[-12:] and "accanto" in line]
    assert broken("amministrazione del 31/12/2022", re.compile(r"[0-9/]{14,}")) == "amministrazione del 31/12/2022"


def test_no_more_marks_stand_on_a_letter_than_a_script_writes() -> None:
    assert few_marks("Việt e\u0301\u0302 שָׁלוֹם") == "Việt e\u0301\u0302 שָׁלוֹם"
    assert few_marks("a" + "\u0301" * 2000 + "b") == "a" + "\u0301" * 6 + "\ufffdb"


def test_signs_that_no_typeface_has_are_told_and_stay_in_the_data(papers: Papers) -> None:
    paper = papers("variations")
    made = as_pdf(_with(paper, blocks=(Paragraph(run("ufficio 漢字 \U0001f600 \ue000 a\x07b\u202eribaltato")),)))
    words = " ".join("".join(text_of_pages(made)).split())
    assert "ufficio \ufffd\ufffd" in words
    assert "Dove sta \ufffd l'ufficio ha scritto un segno" in words
    assert "\u202e" not in words
    assert drawable(SIGNS) == SIGNS


def test_what_can_be_drawn_is_what_the_typefaces_have() -> None:
    drawn = {sign for path in FONTS.glob("*.ttf") for sign in TTFont(path).getBestCmap()}
    written = (FONTS / "coverage.txt").read_text(encoding="ascii").split()
    listed = {
        code
        for line in written
        for first, last in [line.split("-")]
        for code in range(int(first, 16), int(last, 16) + 1)
    }
    assert listed <= drawn
    assert {code for code in drawn if chr(code).isprintable()} <= listed
    assert all(path.with_suffix("").name for path in FONTS.glob("*LICENSE.txt"))


def test_a_paper_that_nobody_would_print_is_refused(papers: Papers) -> None:
    paper = papers("variations")
    row = Row(tuple(PaperCell() for _ in range(100)))
    huge = PaperTable("t", tuple(PaperColumn("c") for _ in range(100)), (row,) * 601)
    with pytest.raises(PaperTooLarge, match="60100 celle"):
        as_pdf(_with(paper, blocks=(huge,)))
    with pytest.raises(PaperTooLarge, match="caratteri"):
        as_pdf(_with(paper, blocks=(Paragraph(run("x" * 4_000_001)),)))


def test_a_service_has_a_paper_set_apart_within_limits(
    as_bytes: Pdfs, papers: Papers, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert as_pdf_apart(papers("plan")) == as_bytes("plan")
    monkeypatch.setattr(pdf, "LIMITS", ReaderLimits(seconds=30, memory=60_000_000))
    with pytest.raises(PaperTooLarge, match="60000000 byte"):
        as_pdf_apart(papers("plan"))
    monkeypatch.setattr(pdf, "READERS", Readers(at_once=0, waiting=0))
    with pytest.raises(PapersBusy):
        as_pdf_apart(papers("plan"))


def test_lines_are_what_the_blocks_say(papers: Papers) -> None:
    paper = papers("indicator")
    words = [text_of(line) for line in paper.lines()]
    assert words[0] == "Percentuale di incasso"
    assert "incassato / dovuto * 100" in words
    assert isinstance(paper.twin, Twin)
