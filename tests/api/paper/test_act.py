"""The draft of an act: what the record knows of a proposal, and gaps where the office must write."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path

import pytest

from api.commands.handler import Caller
from api.commands.oversight import say
from api.commands.proposals import act_on_proposal, draft_proposal, foresee_unrecorded, submit_proposal
from api.pages.plan_reading import PlanReading
from api.paper.documents import Asked, machine_visitor, make_paper, paper_visit, unrecorded_act
from api.paper.docx import as_docx
from api.paper.model import Paper, PaperTable, text_of
from domain.documents.changes import ChangeFile
from domain.documents.proposal import ProposedChanges
from domain.errors import NotFound
from domain.oiv.commands import GiveOpinion
from domain.point import Point
from domain.proposals.commands import AskOpinion, SubmitProposal
from domain.proposals.decide import ProposalNotSubmitted
from tests.api.paper.read_docx import W, text_after, tree_of
from tests.support.harness import PLAN, ServiceHarness

CEILING = {"verb": "adopt_system", "year": 2022, "system": {"name": "SMVP", "change_rate_ceiling": "20"}}
HOSTILE = "meno personale </w:t> {PAGE} <b>"
OFFICE = Caller("ufficio-performance")
Drafts = Callable[[str], Paper]
DraftOfFile = Callable[..., Paper]
REVISION = {"verb": "revise_target", "object": "incasso", "year": 2022, "target": ">= 66%"}
NOW = datetime(2022, 9, 28, 12, 0, tzinfo=UTC)
GAPS = {
    "who": "[da scrivere: organo che decide, numero e data dell'atto]",
    "why": "[da scrivere: la motivazione delle variazioni]",
    "since": "[da scrivere: da quando le modifiche valgono; gli effetti che seguono sono dal 27 settembre 2022]",
    "before": "[da scrivere: perché le modifiche valgono da prima della data dell'atto]",
    "opinion": "[da scrivere: il parere dell'OIV, o perché non c'è]",
}


@pytest.fixture(scope="module")
def harness(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServiceHarness]:
    """A proposal with an opinion, one without, one that was not submitted."""
    harness = ServiceHarness(tmp_path_factory.mktemp("atto") / "archivio.sqlite").on("2022-02-05")
    harness.load()
    harness.change(CEILING, act="delibera di Giunta n. 2 del 05/02/2022")
    harness.on("2022-07-05").measure(series=f"{PLAN}.incasso", period="2022-H1", text="67%", data_as_at="2022-06-30")
    harness.on("2022-09-20")
    for target in (">= 66%", ">= 72%", ">= 73%"):
        revision = REVISION | {"target": target}
        ground = {"plan": PLAN, "title": f"Rimodulazione {target}", "justification": HOSTILE, "cause": "resources"}
        proposed = ProposedChanges.model_validate({**ground, "changes": [revision]})
        name = str(draft_proposal(harness.service, PLAN, proposed, OFFICE).proposal)
        if target != ">= 73%":
            submit = SubmitProposal.model_validate({"effective_on": "2022-09-30"})
            submit_proposal(harness.service, PLAN, name, submit, OFFICE)
    act_on_proposal(harness.service, PLAN, "proposta-1", AskOpinion(due=date(2022, 9, 28)), OFFICE)
    opinion = GiveOpinion(judgement="conditional", about="proposal/proposta-1", words="Con riserve.")
    say(harness.on("2022-09-27").service, PLAN, opinion, Caller("oiv"))
    yield harness
    harness.store.close()


@pytest.fixture(scope="module")
def drafts(harness: ServiceHarness) -> Drafts:
    """The draft for a proposal."""

    def made(name: str) -> Paper:
        with harness.store.reading() as reader:
            reading = PlanReading(reader, PLAN, Point(date(2022, 9, 28)), drafting=True)
            asked = Asked({}, {"proposal": name})
            visitor = machine_visitor(lambda _plan, _point: True)
            visit = paper_visit(reading, "act", asked, now=NOW, visitor=visitor, origin="")
            return make_paper(visit, "act")

    return made


@pytest.fixture(scope="module")
def of_file(harness: ServiceHarness) -> DraftOfFile:
    """The draft for a change that is not recorded, with what its file says beside it."""
    return partial(draft_of_file, harness)


def draft_of_file(harness: ServiceHarness, **said: object) -> Paper:
    """The same on any record."""
    file = ChangeFile.model_validate({"plan": PLAN, "changes": [REVISION], **said})
    changes = foresee_unrecorded(harness.service, file, OFFICE)
    with harness.store.reading() as reader:
        visitor = machine_visitor(lambda _plan, _point: True)
        reading = PlanReading(reader, PLAN, Point(date(2022, 9, 28)), drafting=True)
        return unrecorded_act(reading, changes, language="it", now=NOW, visitor=visitor, origin="")


def test_it_says_what_changes_why_with_which_effects_and_what_the_oiv_said(drafts: Drafts) -> None:
    content = as_docx(drafts("proposta-1"))
    told = text_after(content, "accepted")
    headings = ["Che cosa si modifica", "Perché", "Effetti", "Parere dell'OIV", "Decisione", "Allegato A. Variazioni"]
    assert [line for line in told if line in headings] == headings
    annex = told[told.index("Allegato A. Variazioni") :]
    assert annex[6:11] == [
        "«Percentuale di incasso»\nObiettivo: «Incassare», peso 100",
        "Target 2022",
        "≥\u00a070,34%",
        "≥\u00a066%",
        "più facile",
    ]
    assert any("tetto" in line for line in told)
    assert any("Con riserve." in line for line in told)
    assert f"«{HOSTILE}» (risorse)" in told
    assert as_docx(drafts("proposta-1")) == content


def test_what_the_office_must_write_is_marked(drafts: Drafts) -> None:
    said, unsaid = (as_docx(drafts(name)) for name in ("proposta-1", "proposta-2"))
    gaps = [
        ["".join(run.itertext()) for run in tree_of(content).iter(f"{W}r") if run.find(f"{W}rPr/{W}highlight") is not None]
        for content in (said, unsaid)
    ]  # fmt: skip
    assert all(gap.startswith("[da scrivere: ") for of in gaps for gap in of)
    opinion = "[da scrivere: il parere dell'OIV, o perché non c'è]"
    assert (opinion in gaps[0], opinion in gaps[1]) == (False, True)
    assert "[da scrivere: organo che decide, numero e data dell'atto]" in gaps[0]
    assert not list(tree_of(said).iter(f"{W}ins"))


def test_a_proposal_without_effects_and_one_that_is_not_there_are_refused(drafts: Drafts) -> None:
    with pytest.raises(ProposalNotSubmitted, match="proposta-3"):
        drafts("proposta-3")
    with pytest.raises(NotFound):
        drafts("proposta-9")


def test_a_file_without_act_and_motivation_has_gaps_where_they_would_stand(of_file: DraftOfFile) -> None:
    told = text_after(as_docx(of_file()), "accepted")
    assert {GAPS[name] for name in ("who", "why", "since", "opinion")} <= set(told)
    assert GAPS["before"] not in told
    assert not [line for line in told if "non ancora detta" in line]
    assert "Le segnalazioni che guardano alla data dell'atto non si sanno ancora." in told
    assert not [line for line in told if "27/09/2022" in line and "giorni" in line]
    assert [line for line in told if line.startswith("Tasso di modifica: dal 0,0") and "tetto" in line]


def test_a_file_with_its_act_cites_it_and_says_why(of_file: DraftOfFile) -> None:
    act = "delibera di Giunta n. 9 del 27/09/2022"
    reason = {"justification": HOSTILE, "cause": "resources"}
    told = text_after(as_docx(of_file(act=act, **reason)), "accepted")
    assert "Atto: delibera della Giunta n. 9 del 27/09/2022." in told
    assert f"«{HOSTILE}» (risorse)" in told
    assert not set(told) & {GAPS[name] for name in ("who", "why", "since", "before")}
    earlier = text_after(as_docx(of_file(act=act, effective_on="2022-09-01", **reason)), "accepted")
    assert GAPS["before"] in earlier


def test_the_annex_is_that_of_the_proposal_of_the_same_changes(drafts: Drafts, of_file: DraftOfFile) -> None:
    annexes = []
    for paper in (drafts("proposta-1"), of_file(effective_on="2022-09-30")):
        told = text_after(as_docx(paper), "accepted")
        annexes.append(told[told.index("Allegato A. Variazioni") : told.index("Come verificare")])
    assert annexes[0] == annexes[1]


def test_each_question_is_asked_once_and_each_kind_says_of_what(of_file: DraftOfFile) -> None:
    changes = [
        {"verb": "revise_target", "object": "incasso", "year": year, "target": ">= 50%"} for year in (2022, 2023)
    ]
    told = text_after(as_docx(of_file(changes=changes)), "accepted")
    gaps = [line for line in told if line.startswith("[da scrivere")]
    assert len(gaps) == len(set(gaps))
    assert {"modifica in itinere: Percentuale di incasso", "aggiornamento annuale: Percentuale di incasso"} <= set(told)


NEW = [
    {
        "verb": "add_objective",
        "object": "z",
        "level": "operational",
        "title": "Nuovo >= 3",
        "parent": "a",
        "weight": "5",
    },
    {
        "verb": "add_indicator",
        "object": "zz",
        "objective": "z",
        "name": "Giorni",
        "formula": "giorni / pratiche",
        "unit": "giorni",
        "weight": "100",
        "targets": [{"year": 2023, "text": "<= 5 giorni"}],
    },
    {"verb": "reweigh_indicator", "object": "zz", "objective": "z", "weight": "80"},
    {"verb": "withdraw_indicator", "object": "regolamento"},
    {"verb": "merge_objective", "object": "a2", "into": "a1"},
]


def test_the_annex_says_all_that_is_decided_of_what_comes_and_goes(of_file: DraftOfFile) -> None:
    tables = [block for block in of_file(changes=NEW).blocks if isinstance(block, PaperTable)]
    said = {}
    for row in tables[-1].rows:
        about, what, *sides = ([text_of(line) for line in cell.lines] for cell in row.cells[:4])
        said[about[0], what[0]] = tuple(sides)
    of_z = ["Livello: obiettivo operativo", "Obiettivo padre: «Riscuotere»", "Peso: 5"]
    assert said["«Nuovo >= 3»", "aggiunto"] == ([], of_z)
    of_zz = [
        "Obiettivo: «Nuovo >= 3», peso 80",
        "Formula: giorni / pratiche",
        "Unità di misura: giorni",
        "Polarità: meno è meglio",
        "Target 2023: ≤\u00a05 giorni",
    ]
    assert said["«Giorni»", "aggiunto"] == ([], of_zz)
    assert said["«Digitalizzare»", "accorpato"][1] == ["accorpato in Incassare"]
    assert "Peso: 40" in said["«Digitalizzare»", "accorpato"][0]
    assert said["«Adesione al cassetto»", "tolto dall'obiettivo"] == (["Obiettivo: «Digitalizzare»", "Peso: 50"], [])
    assert said["«Adesione al cassetto»", "assegnato"] == ([], ["Obiettivo: «Incassare»", "Peso: 50"])
    gone, _ = said["«Regolamento approvato»", "ritirato"]
    assert gone[0] == "Obiettivo: «Digitalizzare», peso 50"
    assert gone[-2:] == ["Target 2022: entro il 30/6", "Target 2022 (2°): entro il 31/12"]


def test_what_comes_back_is_said_as_it_comes_back(tmp_path: Path) -> None:
    harness = ServiceHarness(tmp_path / "archivio.sqlite").on("2022-09-20")
    harness.load()
    harness.change(
        {"verb": "withdraw_indicator", "object": "regolamento"}, act="delibera di Giunta n. 7 del 19/09/2022"
    )
    paper = draft_of_file(harness, changes=[{"verb": "reinstate_indicator", "object": "regolamento"}])
    harness.store.close()
    *_, table = (block for block in paper.blocks if isinstance(block, PaperTable))
    (row,) = table.rows
    about, what, before, after, _ = ([text_of(line) for line in cell.lines] for cell in row.cells)
    assert (about, what, before) == (["«Regolamento approvato»"], ["ripristinato"], [])
    assert after[0] == "Obiettivo: «Digitalizzare», peso 50"
    assert "Target 2022: entro il 30/6" in after
