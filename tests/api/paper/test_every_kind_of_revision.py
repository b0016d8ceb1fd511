"""Given acts that change whatever a plan has, when its text is asked for with revisions, then each is there, by its act, or counted."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from api.pages.plan_reading import PlanReading
from api.paper.documents import Asked, machine_visitor, make_paper, paper_visit
from api.paper.docx import as_docx
from api.paper.model import Paper, PaperKind, PaperTable, text_of
from api.paper.pdf import foot_lines
from domain.errors import Malformed
from domain.point import Point
from projections.proof.log import Log
from tests.api.paper.read_docx import W, parts_of, text_after, tree_of
from tests.api.paper.test_docx import table_of
from tests.api.paper.valid import faults_of
from tests.support.harness import PLAN, ServiceHarness, point, versions

NOW = datetime(2023, 2, 2, 12, tzinfo=UTC)
START, END = "2022-02-05", "2022-12-01"
THERE = (
    {"verb": "revise_target", "object": "incasso", "year": 2022, "target": ">= 60%"},
    {"verb": "reword_objective", "object": "a1", "title": "Incassare >=1+1 meglio"},
    {"verb": "withdraw_indicator", "object": "regolamento"},
    {"verb": "move_objective", "object": "a2", "parent": None},
    {"verb": "add_objective", "object": "breve", "level": "operational", "title": "Di passaggio", "parent": "a"},
    {"verb": "reweigh_objective", "object": "a1", "weight": "50"},
)
BACK = (
    {"verb": "revise_target", "object": "incasso", "year": 2022, "target": ">= 70,34%"},
    {"verb": "reword_objective", "object": "a1", "title": "Incassare"},
    {"verb": "reinstate_indicator", "object": "regolamento"},
    {"verb": "move_objective", "object": "a2", "parent": "a"},
    {"verb": "withdraw_objective", "object": "breve"},
    {"verb": "reweigh_objective", "object": "a1", "weight": "60"},
)
CARD = (
    {"verb": "redefine_indicator", "object": "cassetto", "polarity": "down", "unit": "giorni", "indicator_kind": "impatto", "frequency": "annuale"},
    {"verb": "neutralise_objective", "object": "a1", "year": 2022},
    {"verb": "reclassify_objective", "object": "a2", "offices": ["Servizio Nuovo"]},
    {"verb": "reclassify_indicator", "object": "cassetto", "owner": "Servizio Nuovo"},
    {"verb": "add_indicator", "object": "nuovo", "objective": "a1", "name": "Nuovo indicatore", "weight": "10", "targets": [{"year": 2022, "text": ">= 5"}]},
    {"verb": "add_indicator", "object": "altro", "objective": "a1", "name": "Altro indicatore", "weight": "10", "targets": [{"year": 2022, "text": ">= 6"}]},
)  # fmt: skip
Make = Callable[..., Paper]


@pytest.fixture(scope="module")
def harness(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServiceHarness]:
    """A plan that one act changes, a second changes back, and a third changes in everything else; a fourth was recorded by mistake."""
    folder: Path = tmp_path_factory.mktemp("revisioni")
    harness = ServiceHarness(folder / "revisioni.sqlite").on(START)
    harness.load()
    harness.on("2022-03-20").change(*THERE, act="delibera di Giunta n. 11 del 15/03/2022", justification="andata")
    harness.on("2022-06-20").change(*BACK, act="delibera di Giunta n. 22 del 15/06/2022", justification="ritorno")
    harness.on("2022-09-20").change(*CARD, act="delibera di Giunta n. 33 del 15/09/2022", justification="scheda")
    mistaken = versions(harness.on("2022-10-01").revise(">= 13%", "2022-10-01", indicator="cassetto"))
    harness.on("2022-10-20").annul(*mistaken)
    approval = "delibera di Giunta n. 44 del 31/01/2023"
    harness.on("2023-02-01").change({"verb": "approve_year", "year": 2023}, act=approval)
    harness.service.log = Log(harness.store, folder / "signing.key")
    harness.service.transparency_log.checkpoint("prova")
    harness.service.log = None
    harness.on("2023-02-02").measure(series=f"{PLAN}.cassetto", period="2022", text="13%", data_as_at="2023-01-30")
    yield harness
    harness.store.close()


@pytest.fixture(scope="module")
def made(harness: ServiceHarness) -> Make:
    """A document between two dates."""

    def make(kind: PaperKind, first: str, last: str, **known: str) -> Paper:
        asked = Asked({"da": first, "a": last, **known})
        with harness.store.reading() as reader:
            reading = PlanReading(reader, PLAN, Point(point(last).as_of), drafting=True)
            visitor = machine_visitor(lambda _plan, _point: True)
            visit = paper_visit(reading, kind, asked, now=NOW, visitor=visitor, origin="")
            return make_paper(visit, kind)

    return make


def revised(content: bytes) -> list[tuple[str, str, str, str]]:
    """Each stretch that is inserted or struck: which, its words, its author, its date."""
    return [
        (
            node.tag.removeprefix(W),
            "".join(node.itertext()),
            str(node.get(f"{W}author")),
            str(node.get(f"{W}date"))[:10],
        )
        for node in tree_of(content).iter()
        if node.tag in {f"{W}ins", f"{W}del"} and "".join(node.itertext())
    ]


def test_what_a_card_says_is_revised_by_the_act_that_changed_it(made: Make) -> None:
    content = as_docx(made("revisions", "2022-09-01", END))
    act = ("delibera della Giunta n. 33 del 15/09/2022", "2022-09-15")
    told = {each for each in revised(content) if each[2:] == act}
    assert {
        ("ins", "Polarità: meno è meglio", *act),
        ("ins", "Unità di misura: giorni", *act),
        ("ins", "Tipo: impatto", *act),
        ("ins", "Frequenza: annuale", *act),
        ("ins", "Neutralizzato 2022: sì", *act),
        ("ins", "Uffici: Servizio Nuovo", *act),
        ("ins", "Responsabile: Servizio Nuovo", *act),
        ("ins", "Nuovo indicatore", *act),
    } <= told
    alone = {day: as_docx(made("revisions", day, day)) for day in ("2022-09-01", END)}
    assert table_of(content, "accepted") == table_of(alone[END], "accepted")
    assert table_of(content, "rejected") == table_of(alone["2022-09-01"], "accepted")
    assert faults_of(content, ".docx") == []


def test_what_the_text_has_no_words_for_is_counted_at_its_head(made: Make) -> None:
    told = text_after(as_docx(made("revisions", "2022-12-15", "2023-02-01")), "accepted")
    head = told.index("Differenze che questo testo non mostra: 1")
    assert told[head + 1].startswith("Il piano, approvazione 2023")
    assert "delibera della Giunta n. 44 del 31/01/2023" in told[head + 1]
    without = text_after(as_docx(made("revisions", "2022-09-01", END)), "accepted")
    assert not any(line.startswith("Differenze che questo testo") for line in without)


def test_every_row_that_came_or_went_has_its_own_comment(made: Make) -> None:
    tree = tree_of(as_docx(made("revisions", "2022-09-01", END)))
    rows = [row for row in tree.iter(f"{W}tr") if row.find(f"{W}trPr/{W}ins") is not None]
    assert len(rows) == 2
    assert [len(list(row.iter(f"{W}commentReference"))) for row in rows] == [1, 1]


def test_what_was_changed_and_changed_back_is_told_with_both_acts(made: Make) -> None:
    content = as_docx(made("revisions", START, "2022-08-01"))
    told = text_after(content, "accepted")
    assert "Modificato fra le due date, e tornato com'era: 6" in told
    there, back = ("delibera della Giunta n. 11 del 15/03/2022", "2022-03-15"), ("delibera della Giunta n. 22 del 15/06/2022", "2022-06-15")  # fmt: skip
    found = revised(content)
    assert ("del", "≥\u00a070,34%", *there) in found
    assert ("ins", "≥\u00a070,34%", *back) in found
    assert ("del", "Percentuale di incasso", *there) not in found
    assert ("del", "Regolamento approvato", *there) in found
    assert ("ins", "Regolamento approvato", *back) in found
    assert ("del", "Digitalizzare", *there) in found
    assert table_of(content, "accepted") == table_of(content, "rejected")
    paper = made("comparison", START, "2022-08-01")
    lines = [text_of(line) for line in paper.lines()]
    assert lines.count("modificato e ripristinato") == 5
    assert lines.count("aggiunto e poi ritirato") == 1
    assert sum("«andata»" in line for line in lines) == 6
    assert sum("«ritorno»" in line for line in lines) == 6


def test_backwards_nothing_is_laid_on_an_act(made: Make) -> None:
    with pytest.raises(Malformed, match="torna indietro"):
        made("revisions", END, START)
    with pytest.raises(Malformed, match="torna indietro"):
        made("revisions", START, START, da_noto="2022-12-01", a_noto="2022-03-01")


def test_an_annulment_is_its_own_author_on_the_day_on_which_it_was_recorded(made: Make) -> None:
    content = as_docx(made("revisions", END, END, da_noto="2022-10-10", a_noto="2022-10-25"))
    assert {(what, words, on) for what, words, _, on in revised(content)} == {
        ("del", "≥\u00a013%", "2022-10-20"),
        ("ins", "≥\u00a014%", "2022-10-20"),
    }
    assert {author.partition(" (")[0] for _, _, author, _ in revised(content)} == {"annullamento"}
    comments = ET.fromstring(parts_of(content)["word/comments.xml"])  # noqa: S314 - of our own making
    assert all("registrato per errore" in "".join(each.itertext()) for each in comments)


def test_an_approved_target_stays_struck_when_the_last_revision_returns_to_it(made: Make) -> None:
    lines = [text_of(line) for line in made("plan", START, "2022-08-01").lines()]
    first = lines.index("≥\u00a070,34%")
    assert lines[first : first + 3] == ["≥\u00a070,34%", "≥\u00a060%", "≥\u00a070,34%"]


def test_the_list_of_variations_says_codes_in_words(made: Make) -> None:
    paper = made("variations", START, "2022-12-31")
    rows = [
        [" ".join(map(text_of, cell.lines)) for cell in row.cells]
        for block in paper.blocks
        if isinstance(block, PaperTable)
        for row in block.rows
    ]
    sides = {
        row[0].partition(" indicatore")[2].split(" ")[1]: row[1:3] for row in rows if row[0].startswith("Regolamento")
    }
    assert sides == {"ritirato": ["in vigore", "ritirato più facile"], "ripristinato": ["ritirato", "in vigore"]}
    told = " ".join(" ".join(row) for row in rows)
    assert not re.search(
        r"in_force|withdrawn|merged_into|inferred|\bboth\b|\bup\b|\bdown\b|vita in vigore|serie ", told
    )


def test_what_came_after_the_checkpoint_is_told(made: Make) -> None:
    paper = made("scores", START, "2023-02-02")
    (beyond,) = paper.stamp.beyond
    assert beyond.endswith("del registro dell'ente")
    versions, checkpoint = foot_lines(paper.stamp, "it")[1].split(" · ")[0], paper.stamp.checkpoint
    assert versions == "versioni " + ", ".join(str(version) for version, _ in paper.stamp.versions)
    assert checkpoint is not None
    assert "non ancora coperta per intero" in foot_lines(paper.stamp, "it")[1]
    assert any(f"Non copre ancora tutto ciò che si vede. {beyond}: dopo il checkpoint" in text_of(line) for line in paper.lines())  # fmt: skip


def test_the_words_of_an_office_are_printed_as_it_wrote_them(made: Make) -> None:
    for kind in ("comparison", "variations", "revisions"):
        assert any("Incassare >=1+1 meglio" in text_of(line) for line in made(kind, START, "2022-08-01").lines()), kind
