"""Documents of Word: what they say, in which styles; revisions that, accepted, give the one point and, rejected, the other."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from api.paper.documents import Asked
from api.paper.docx import as_docx, clean
from api.paper.docx_template import LARGEST_TEMPLATE, Template, read_template, template_file
from api.paper.model import (
    ActRevision,
    Heading,
    Paper,
    PaperCell,
    PaperColumn,
    PaperKind,
    PaperTable,
    Paragraph,
    Row,
    Run,
    run,
    text_of,
)
from api.paper.template_parts import TemplateRefused
from domain.point import Point
from tests.api.paper.conftest import ASKED, Papers
from tests.api.paper.read_docx import W, parts_of, text_after, tree_of, zip_of

PLAIN: tuple[PaperKind, ...] = tuple(kind for kind in ASKED if kind != "revisions")
HOSTILE = (
    '<w:fldSimple w:instr=" DDEAUTO "/>',
    "=1+1 & {PAGE} ]]> &amp;",
    "אבג دهو",
    "e\u0301\u0300n",
    "a\x07b\u202ec\ufffe",
)


@pytest.fixture(scope="module")
def written(papers: Papers) -> Callable[[PaperKind], bytes]:
    """The document of each kind, each written once."""
    return cache(lambda kind: as_docx(papers(kind)))


def template(paper: Paper, **parts: bytes | None) -> bytes:
    """A template made of a document of ours, with some parts altered, added or left out."""
    files = parts_of(as_docx(paper)) | {name: content for name, content in parts.items() if content is not None}
    return zip_of({name: content for name, content in files.items() if parts.get(name, b"") is not None})


def table_of(content: bytes, side: str) -> list[str]:
    """The text of a plan with revisions, once they are accepted or rejected: without what is said around it."""
    told = text_after(content, "accepted" if side == "accepted" else "rejected")
    return told[told.index("Obiettivi, indicatori, target") : told.index("Come verificare")]


@pytest.mark.parametrize("kind", PLAIN)
def test_a_document_says_what_its_paper_says_in_named_styles(
    kind: PaperKind, papers: Papers, written: Callable[[PaperKind], bytes]
) -> None:
    paper, content = papers(kind), written(kind)
    told = "\n".join(text_after(content, "accepted"))
    wanted = [text_of(line) for block in paper.blocks if isinstance(block, PaperTable) for row in block.rows for cell in row.cells for line in cell.lines]  # fmt: skip
    assert [text for text in wanted if clean(text) not in told] == []
    styles = {style.get(f"{W}styleId") for style in tree_of(content, "word/styles.xml").iter(f"{W}style")}
    used = {style.get(f"{W}val") for style in tree_of(content).iter(f"{W}pStyle")}
    assert used <= styles
    headings = [block.level for block in paper.blocks if isinstance(block, Heading)]
    of_word = [each.get(f"{W}val", "") for each in tree_of(content).iter(f"{W}pStyle") if "Heading" in each.get(f"{W}val", "")]  # fmt: skip
    assert of_word == [f"Heading{level}" for level in headings]


@pytest.mark.parametrize("kind", PLAIN)
def test_each_table_has_a_head_that_repeats_and_a_caption_and_each_drawing_its_words(
    kind: PaperKind, written: Callable[[PaperKind], bytes]
) -> None:
    tree = tree_of(written(kind))
    for table in tree.iter(f"{W}tbl"):
        assert table.find(f"{W}tr/{W}trPr/{W}tblHeader") is not None
        caption = table.find(f"{W}tblPr/{W}tblCaption")
        assert caption is not None
        assert caption.get(f"{W}val")
    drawings = [node for node in tree.iter() if node.tag.endswith("}docPr")]
    assert all(drawing.get("descr") for drawing in drawings)
    assert len(drawings) == (1 if kind == "indicator" else 0)


def test_no_word_of_a_head_is_wider_than_its_column(papers: Papers) -> None:
    tree = tree_of(as_docx(papers("plan")))
    narrow = PaperTable("t", tuple(PaperColumn("Osservato", share) for share in (0.1, 1, 20)), ())
    (table,) = tree_of(as_docx(replace(papers("plan"), blocks=(narrow,)))).iter(f"{W}tbl")
    for one in (table, *tree.iter(f"{W}tbl")):
        widths = [int(column.get(f"{W}w", "")) for column in one.iter(f"{W}gridCol")]
        heads = ["".join(cell.itertext()) for cell in one.find(f"{W}tr").iter(f"{W}tc")]  # type: ignore[union-attr]
        assert all(
            width >= 105 * max(map(len, head.split()), default=0) for width, head in zip(widths, heads, strict=True)
        )
        assert sum(widths) <= 9638


def test_the_same_paper_gives_the_same_bytes_and_says_its_language(papers: Papers) -> None:
    first, again = as_docx(papers("plan")), as_docx(papers("plan"))
    assert first == again
    assert 'w:lang w:val="it-IT"' in parts_of(first)["word/styles.xml"].decode()
    english = as_docx(papers("plan", Asked({"anno": "2022"}, language="en")))
    assert 'w:lang w:val="en-GB"' in parts_of(english)["word/styles.xml"].decode()
    assert "allegati a questo file" not in "".join(text_after(first, "accepted"))


def test_what_data_says_is_text_and_no_markup_and_no_field(papers: Papers) -> None:
    paper = papers("plan")
    cells = tuple(PaperCell((run(text),)) for text in HOSTILE)
    table = PaperTable(HOSTILE[0], tuple(PaperColumn(text) for text in HOSTILE), (Row(cells),))
    content = as_docx(replace(paper, title=HOSTILE[0] + "x" * 10_000, blocks=(Heading(1, HOSTILE[1]), table)))
    told = text_after(content, "accepted")
    assert all(clean(text) in told for text in HOSTILE)
    assert clean(HOSTILE[4]) == "a�b�c�"
    fields = [node for name in parts_of(content) if name.startswith("word/") and name.endswith(".xml") for node in tree_of(content, name).iter() if node.tag in {f"{W}fldSimple", f"{W}instrText"}]  # fmt: skip
    assert {field.get(f"{W}instr") for field in fields} == {" PAGE ", " NUMPAGES "}
    leftward = [node for node in tree_of(content).iter(f"{W}r") if node.find(f"{W}rPr/{W}rtl") is not None]
    assert {unicodedata.bidirectional((node.findtext(f"{W}t") or " ")[0]) for node in leftward} == {"R"}


def test_a_plan_without_objectives_is_a_document_that_says_so(papers: Papers) -> None:
    content = as_docx(papers("revisions", Asked({"da": "2021-01-01", "a": "2021-01-01"}), Point(date(2022, 12, 31))))
    assert "A nessuna delle due date il piano ha obiettivi." in text_after(content, "accepted")


def test_accepting_all_gives_the_second_point_and_rejecting_all_the_first(papers: Papers) -> None:
    first, last = "2022-02-05", "2022-12-31"
    content = as_docx(papers("revisions", Asked({"da": first, "a": last})))
    alone = {day: as_docx(papers("revisions", Asked({"da": day, "a": day}))) for day in (first, last)}
    assert table_of(content, "accepted") == table_of(alone[last], "accepted")
    assert table_of(content, "rejected") == table_of(alone[first], "accepted")
    assert not list(tree_of(alone[first]).iter(f"{W}ins"))
    assert table_of(content, "accepted") != table_of(content, "rejected")


def test_the_author_of_a_revision_is_the_act_its_date_the_acts_its_reason_a_comment(
    written: Callable[[PaperKind], bytes],
) -> None:
    content = written("revisions")
    inserted = [node for node in tree_of(content).iter(f"{W}ins") if "66,915" in "".join(node.itertext())]
    assert [(node.get(f"{W}author"), node.get(f"{W}date")) for node in inserted] == [
        ("delibera della Giunta del 30/09/2022", "2022-09-30T00:00:00Z")
    ]
    comments = [("".join(each.itertext()), each.get(f"{W}author")) for each in tree_of(content, "word/comments.xml")]
    assert any("meno personale" in words and "<script>" in words for words, _ in comments)
    referred = [node.get(f"{W}id") for node in tree_of(content).iter(f"{W}commentReference")]
    assert referred == [str(number) for number in range(len(comments))]


FIRST, SECOND = (
    ActRevision("atto primo", date(2022, 1, 1), "prima"),
    ActRevision("atto secondo", date(2022, 2, 2), "poi"),
)


def test_what_came_between_is_inserted_by_one_act_and_struck_by_the_next(papers: Papers) -> None:
    """Chains nest, lines come and go with their breaks, rows with their cells."""
    chain = (Run("1", "struck", FIRST), Run("2", "struck", SECOND, since=FIRST), Run("3", "inserted", SECOND))
    cell = PaperCell(
        (run("nome"), (Run("Fonte: via", "struck", FIRST),), (Run("Formula: nuova", "inserted", SECOND),), chain)
    )
    rows = (Row((cell,)), Row((PaperCell((run("venuta"), run("con due righe"))),), fate="added", by=FIRST), Row((PaperCell((run("andata"),)),), fate="withdrawn", by=SECOND))  # fmt: skip
    paper = papers("revisions")
    content = as_docx(
        replace(paper, blocks=(PaperTable("prova", (PaperColumn("testa"),), rows), Paragraph(run("fine"))))
    )
    nested = [node for each in tree_of(content).iter(f"{W}ins") for node in each.findall(f"{W}del")]
    assert [("".join(node.itertext()), node.get(f"{W}author")) for node in nested] == [("2", "atto secondo")]
    told = [text_after(content, side)[3:] for side in ("accepted", "rejected")]
    assert told[0] == ["testa", "nome\nFormula: nuova\n3", "venuta\ncon due righe", "fine"]
    assert told[1] == ["testa", "nome\nFonte: via\n1", "andata", "fine"]
    ids = [node.get(f"{W}id") for node in tree_of(content).iter() if node.tag in {f"{W}ins", f"{W}del"}]
    assert len(ids) == len(set(ids))


def test_a_template_lends_its_styles_its_page_its_head_and_foot_and_none_of_its_text(papers: Papers) -> None:
    styles = parts_of(as_docx(papers("plan")))["word/styles.xml"].decode()
    theirs = re.sub(r'  <w:style [^>]*w:styleId="InItinere.*\n', "", styles).replace("Heading1", "Titolo1")
    header = f'<w:hdr xmlns:w="{W[1:-1]}"><w:p><w:r><w:t>Carta intestata</w:t></w:r></w:p></w:hdr>'.encode()
    content = template(papers("plan"), **{"word/styles.xml": theirs.encode(), "word/header_own.xml": header})
    taken: Template = read_template(content)
    made = as_docx(papers("scores"), taken)
    assert b"Carta intestata" in b"".join(part for name, part in parts_of(made).items() if "header" in name)
    assert "Titolo1" in {style.get(f"{W}val") for style in tree_of(made).iter(f"{W}pStyle")}
    defined = {style.get(f"{W}styleId") for style in tree_of(made, "word/styles.xml").iter(f"{W}style")}
    assert {style.get(f"{W}val") for style in tree_of(made).iter(f"{W}pStyle")} <= defined
    assert text_after(made, "accepted") == text_after(as_docx(papers("scores")), "accepted")
    parts = set(parts_of(made))
    for name in (part for part in parts if part.endswith(".rels") and part != "_rels/.rels"):
        targets = [each.get("Target") for each in tree_of(made, name) if each.get("TargetMode") != "External"]
        assert {f"word/{target}" for target in targets} <= parts


def _bomb(paper: Paper) -> bytes:
    return template(paper, **{"word/media/bomb.png": bytes(40_000_000)})


REFUSED: dict[str, tuple[Callable[[Paper], bytes], str]] = {
    "no docx": (lambda _: b"%PDF-1.7", "danneggiato o non è un documento"),
    "another zip": (lambda _: zip_of({"a.txt": b""}), "non è un documento di Word"),
    "no styles": (
        lambda paper: template(paper, **{"word/styles.xml": f'<w:styles xmlns:w="{W[1:-1]}"/>'.encode()}),
        "mancano gli stili: Titolo (Title), Sottotitolo (Subtitle), Titolo 1 (Heading 1)",
    ),
    "a style": (
        lambda paper: template(paper, **{"word/styles.xml": parts_of(as_docx(paper))["word/styles.xml"].replace(b'w:val="heading 2"', b'w:val="h2"')}),
        "mancano gli stili: Titolo 2 (Heading 2)",
    ),
    "a bomb": (_bomb, "decompresso, supera"),
    "an entity": (
        lambda paper: template(paper, **{"word/styles.xml": b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'}),
        "tipo di documento",
    ),
    "a macro": (lambda paper: template(paper, **{"word/vbaProject.bin": b"x"}), "macro"),
    "a field that fetches": (
        lambda paper: template(paper, **{"word/footer_own.xml": f'<w:ftr xmlns:w="{W[1:-1]}"><w:p><w:fldSimple w:instr=" INCLUDEPICTURE x "/></w:p></w:ftr>'.encode()}),
        "INCLUDEPICTURE",
    ),
    "too large": (lambda _: bytes(LARGEST_TEMPLATE + 1), "supera"),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_no_template_is_refused_in_words(what: str, papers: Papers) -> None:
    make, words = REFUSED[what]
    with pytest.raises(TemplateRefused, match=re.escape(words)):
        read_template(make(papers("plan")))


def test_a_template_that_is_no_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TemplateRefused, match="è una cartella"):
        template_file(tmp_path)
