"""What each document says: the values of the answers, in their places, with what stands behind each change."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal

import orjson
import pytest

from api.pages.plan_reading import PlanReading
from api.paper.documents import Asked, machine_visitor, make_paper, paper_visit
from api.paper.docx import as_docx
from api.paper.model import (
    Drawing,
    Heading,
    KeyFigures,
    Paper,
    PaperCell,
    PaperKind,
    PaperTable,
    PaperTerms,
    Row,
    text_of,
)
from api.paper.pdf import foot_lines
from domain.errors import Malformed, NotFound, OutsidePlan
from domain.point import Point
from tests.api.http.test_what_is_redacted_is_nowhere import redact
from tests.api.pages.changed_plan import HOSTILE
from tests.api.paper.conftest import ASKED, NOW, ORIGIN, Papers
from tests.api.paper.read_docx import tree_of
from tests.support.harness import PLAN, ServiceHarness, document, versions


def rows_of(paper: Paper) -> list[list[str]]:
    """The rows of all tables, each cell as its lines."""
    return [
        [" | ".join(map(text_of, cell.lines)) for cell in row.cells]
        for block in paper.blocks
        if isinstance(block, PaperTable)
        for row in block.rows
    ]


def row_with(paper: Paper, words: str) -> Row:
    """The first row whose first cell begins with some words."""
    tables = [block for block in paper.blocks if isinstance(block, PaperTable)]
    return next(row for table in tables for row in table.rows if _said(row.cells[0]).startswith(words))


def _said(cell: PaperCell) -> str:
    return " | ".join(map(text_of, cell.lines))


def test_the_plan_shows_what_held_before_struck_over_what_holds(papers: Papers) -> None:
    row = row_with(papers("plan"), "Percentuale di incasso")
    target = row.cells[2].lines
    assert [(line[0].text, line[0].mark) for line in target] == [
        ("≥\u00a070,34%", "struck"),
        ("≥\u00a066,915%", "inserted"),
    ]
    assert "67%" in _said(row.cells[-2])
    on_the_day = row_with(papers("plan", point=Point(date(2022, 9, 1))), "Percentuale di incasso")
    assert _said(on_the_day.cells[2]) == "≥\u00a070,34%"


def test_the_plan_by_another_tree_is_by_that_tree(papers: Papers) -> None:
    headings = [
        block.text for block in papers("plan", Asked({"albero": "uffici"})).blocks if isinstance(block, Heading)
    ]
    assert headings[:2] == ["Nessun ufficio indicato", "Servizio Bilancio"]
    with pytest.raises(Malformed, match="non è un albero"):
        papers("plan", Asked({"albero": "missioni"}))


def test_a_variation_has_both_texts_its_reason_and_its_act(papers: Papers) -> None:
    paper = papers("variations")
    row = row_with(paper, "Percentuale di incasso | target 2022")
    assert [_said(cell) for cell in row.cells[1:]] == [
        "≥\u00a070,34%",
        "≥\u00a066,915% | più facile",
        f"«dati del monitoraggio» | delibera della Giunta del 30/09/2022 · nuovi dati · evento n. {row.by.version if row.by else 0}",
        "30/09/2022",
    ]
    assert row.by is not None
    assert (row.by.act, row.by.on) == ("delibera della Giunta del 30/09/2022", date(2022, 9, 30))
    assert any(HOSTILE in said for row in rows_of(paper) for said in row)
    listed = json.loads(paper.twin.content)["changes"]
    assert {change["actor"] for change in listed} == {None}


def test_a_year_without_variations_says_so(papers: Papers) -> None:
    paper = papers("variations", Asked({"anno": "2024"}))
    assert "Da questo punto di vista l'anno non ha variazioni." in [text_of(line) for line in paper.lines()]
    with pytest.raises(OutsidePlan):
        papers("variations", Asked({"anno": "2030"}))


def test_a_comparison_sets_text_beside_text_and_says_both_points(papers: Papers) -> None:
    paper = papers("comparison")
    row = row_with(paper, "Percentuale di incasso")
    assert [_said(cell) for cell in row.cells[1:4]] == ["2022 ≥\u00a070,34%", "≥\u00a066,915%", "più facile"]
    assert paper.stamp.before == Point(date(2022, 2, 5))
    assert "/p/prova-2022-2024/20220205-20221231." in paper.stamp.address


def test_the_card_of_an_indicator_has_its_chart_with_words(papers: Papers) -> None:
    paper = papers("indicator")
    (drawing,) = [block for block in paper.blocks if isinstance(block, Drawing)]
    assert "66,915" in drawing.svg
    assert drawing.alternative.startswith("Target e valori osservati sul calendario")
    with pytest.raises(NotFound):
        papers("indicator", Asked({}, {"indicator": "che-non-c-e"}))


def test_scores_have_target_result_and_percentage(papers: Papers) -> None:
    row = row_with(papers("scores"), "Percentuale di incasso")
    assert [_said(cell).replace("\u00a0", " ") for cell in row.cells[1:5]] == [
        "100",
        "≥ 66,915%",
        "67% 2022",
        "100,0 % raggiunto",
    ]


def test_a_round_says_what_is_missing(papers: Papers) -> None:
    paper = papers("round")
    assert paper.title == "Monitoraggio al 30/09/2022"
    assert list({row[-1] for row in rows_of(paper) if row[0].startswith("Adesione")}) == ["manca"]


def test_rates_list_what_they_count(papers: Papers) -> None:
    paper = papers("rates")
    variants = [row for row in rows_of(paper) if row[0].startswith("ogni modifica")]
    assert variants == [["ogni modifica ufficiale", "2", "2", "100,0\u00a0%"]]
    assert [row[0].partition(" |")[0] for row in rows_of(paper)[-2:]] == [
        "Percentuale di incasso",
        "Adesione al cassetto",
    ]


def test_the_report_says_on_which_events_it_rests(papers: Papers) -> None:
    words = [text_of(line) for line in papers("evidence").lines()]
    assert any("Veniva da una stima." in line for line in words)
    assert any(line.startswith("evento ") and line.endswith(" del piano") for line in words)


OF_THE_OFFICE = (
    HOSTILE, "dati del monitoraggio", "Veniva da una stima.", "Perché così tardi?", "regole dell'anno",
    "registrato per errore", "ufficio-performance", "oiv.presidente", "target", "Formula", "Performance", "Target",
)  # fmt: skip
"""What is in no language of ours: what people wrote, and words that both languages have."""


@pytest.mark.parametrize("kind", [kind for kind in ASKED if kind != "evidence"])
def test_in_english_no_word_of_ours_is_italian(kind: PaperKind, papers: Papers) -> None:
    ours = ASKED[kind]
    both = [
        [part.text for line in papers(kind, ours._replace(language=language)).lines() for part in line]
        for language in ("it", "en")
    ]
    told = orjson.dumps(document()).decode() + " ".join(OF_THE_OFFICE)
    acts = re.compile(r"delibera|^/p/|https?://|^[0-9]")
    alike = {
        italian.strip(" ·«»")
        for italian, english in zip(*both, strict=True)
        if italian == english and re.search("[a-z]{4}", italian) and not acts.search(italian)
    }
    left = {text for text in alike if any(word not in told for word in re.findall(r"[^\W\d_]{4,}", text))}
    assert left == set()


def test_two_instants_of_one_minute_are_two(papers: Papers) -> None:
    asked = {"da": "2022-12-01", "a": "2022-12-01", "da_noto": "2022-10-25T09:00:01Z", "a_noto": "2022-10-25T09:00:09Z"}
    known = papers("comparison", Asked(asked), Point(date(2022, 12, 1), datetime(2022, 10, 25, 9, 0, 9, tzinfo=UTC)))
    for words in (known.subtitle, foot_lines(known.stamp, "it")[0]):
        assert {"11:00:01", "11:00:09"} <= set(re.findall(r"\d\d:\d\d:\d\d", words))


@pytest.mark.parametrize("kind", [kind for kind in ASKED if kind not in {"evidence", "round"}])
def test_every_figure_and_reason_that_is_printed_is_in_the_attached_data(kind: PaperKind, papers: Papers) -> None:
    """Numbers and words of offices: what is printed of them is the rounding, or the text, of something attached."""
    paper = papers(kind)
    told = re.sub(r"\s", "", " ".join(_values(orjson.loads(paper.twin.content))))
    figures = [part.figure for line in paper.lines() for part in line if part.figure is not None]
    exact = {text for text in _values(orjson.loads(paper.twin.content)) if re.fullmatch(r"-?[0-9.]+", text)}
    known = {Decimal(text) for text in exact} | {Decimal(100) * Decimal(text) for text in exact}
    struck = [part.text for line in paper.lines() for part in line if part.mark in {"struck", "inserted"}]
    reasons = [part.text.strip("«»") for line in paper.lines() for part in line if part.text.startswith("«")]
    assert [text for text in reasons if re.sub(r"\s", "", text) not in told] == []
    signs = {"≥": ">=", "≤": "<="}
    plain = [re.sub(r"\s|^[A-Z][a-z ]+:", "", "".join(signs.get(sign, sign) for sign in text)) for text in struck]
    assert [text for text in plain if text not in told and text.replace(",", ".") not in told and text.lower() not in {"sì", "up"}] == []  # fmt: skip
    if kind in {"plan", "scores"}:
        assert [figure.value for figure in figures if figure.value not in known and f"{figure.value:f}".replace(".", ",") not in told] == []  # fmt: skip


def _values(part: object) -> list[str]:
    if isinstance(part, dict):
        return [text for name, value in part.items() for text in (str(name), *_values(value))]
    if isinstance(part, list):
        return [text for value in part for text in _values(value)]
    return [str(part)]


REORGANISED = (
    {"verb": "add_objective", "object": "z", "level": "operational", "title": "Nuovo", "parent": "a", "weight": "5"},
    {"verb": "move_objective", "object": "a1", "parent": "z"},
    {"verb": "redefine_indicator", "object": "regolamento", "polarity": "down"},
    {"verb": "reweigh_objective", "object": "a2", "weight": "77.5"},
    {"verb": "reclassify_objective", "object": "a1", "offices": ["Servizio Registro"]},
    {"verb": "merge_objective", "object": "a2", "into": "a1"},
)
REASON = "motivo da togliere"


@pytest.fixture(scope="module")
def reorganised(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Papers]:
    """Documents of a plan that one act reorganised, whose reason an order took away."""
    harness = ServiceHarness(tmp_path_factory.mktemp("riordinato") / "archivio.sqlite").on("2022-02-05")
    harness.load()
    version, *_ = versions(harness.on("2022-10-03").change(*REORGANISED, justification=REASON))
    redact(harness, version, "plan")

    def made(kind: PaperKind) -> Paper:
        with harness.store.reading() as reader:
            reading = PlanReading(reader, PLAN, Point(date(2022, 12, 31)), drafting=True)
            visitor = machine_visitor(lambda _plan, _point: True)
            asked = Asked({"anno": "2022", "da": "2022-02-05", "a": "2022-12-31"})
            return make_paper(paper_visit(reading, kind, asked, now=NOW, visitor=visitor, origin=ORIGIN), kind)

    yield made
    harness.store.close()


def test_the_report_says_fields_and_codes_in_words_before_apart_from_after(reorganised: Papers) -> None:
    paper = reorganised("evidence")
    terms = [term for block in paper.blocks if isinstance(block, PaperTerms) for term in block.terms]
    sides = {
        name: [" ".join(map(text_of, term.lines)) for term in terms if term.name == name] for name in ("Prima", "Dopo")
    }
    pairs = list(zip(sides["Prima"], sides["Dopo"], strict=True))
    assert ("—", "livello obiettivo operativo; titolo Nuovo; obiettivo padre Riscuotere; peso 5") in pairs
    assert ("Riscuotere", "Nuovo") in pairs
    assert ("40", "77,5") in pairs
    assert ("in vigore", "accorpato in Incassare") in pairs
    assert any(after.startswith("polarità meno è meglio") for _, after in pairs)
    said = " ".join(text_of(line) for line in paper.lines())
    assert not [code for code in ("merged_into", "in_force", "life", "weight", "polarity") if code in said]


def test_the_report_counts_variations_as_the_list_of_variations_does(reorganised: Papers) -> None:
    (figures,) = (block for block in reorganised("variations").blocks if isinstance(block, KeyFigures))
    in_year = figures.figures[0].value
    told = next(text_of(line) for line in reorganised("evidence").lines() if "Noto allora" in text_of(line))
    assert told.startswith(f"Modifica in itinere: {in_year}; aggiornamento annuale: 0; riclassificazione tecnica: 1.")


def test_a_reason_that_an_order_took_away_says_so_wherever_it_would_stand(reorganised: Papers) -> None:
    content = as_docx(reorganised("revisions"))
    comments = ["".join(each.itertext()) for each in tree_of(content, "word/comments.xml")]
    assert comments
    assert all(comment.startswith("testo oscurato per ordine · ") for comment in comments)
    for kind in ("variations", "comparison"):
        said = [text_of(line) for line in reorganised(kind).lines()]
        assert "testo oscurato per ordine" in said
        assert not [line for line in said if REASON in line]
