"""A real plan with thirteen revised targets and a hundred new indicators: what its revisions come to, for an independent reader."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from functools import cache
from importlib.resources import files

import orjson
import pytest

from api.commands.handler import Caller
from api.commands.service import Service
from api.pages.plan_reading import PlanReading
from api.pages.templating import printed_signs
from api.paper.documents import Asked, machine_visitor, make_paper, paper_visit
from api.paper.docx import as_docx
from domain.documents.changes import ChangeFile
from domain.documents.plan import PlanDocument
from domain.point import Point
from projections.store.store import Store
from tests.api.paper.read_docx import Side, W, text_after, tree_of
from tests.api.paper.test_docx import table_of
from tests.api.paper.valid import faults_of

PLAN = "riviere-di-liguria-2022-2024"
CHANGES = ("riviere-di-liguria-2022-monitoring", "riviere-di-liguria-2023-update")
FIRST, LAST = date(2022, 3, 1), date(2023, 3, 1)
REVISED = 13
Revisions = Callable[[date, date], bytes]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """The plan of the example, with its changes."""
    store = Store(str(tmp_path_factory.mktemp("riviere") / "archivio.sqlite"))
    service, caller = Service(store), Caller("dimostrazione")
    service.load_plan(PlanDocument.model_validate(_document("plans", PLAN)), caller)
    for name in CHANGES:
        service.change(ChangeFile.model_validate(_document("changes", name)), caller)
    yield store
    store.close()


def _document(folder: str, name: str) -> object:
    return orjson.loads((files("examples") / folder / f"{name}.json").read_bytes())


@pytest.fixture(scope="module")
def revisions(store: Store) -> Revisions:
    """The document of Word with the revisions between two dates."""

    @cache
    def made(first: date, last: date) -> bytes:
        with store.reading() as reader:
            reading = PlanReading(reader, PLAN, Point(last), drafting=True)
            asked = Asked({"da": first.isoformat(), "a": last.isoformat()})
            visitor = machine_visitor(lambda _plan, _point: True)
            now = datetime(2023, 6, 1, tzinfo=UTC)
            visit = paper_visit(reading, "revisions", asked, now=now, visitor=visitor, origin="")
            return as_docx(make_paper(visit, "revisions"))

    return made


def test_all_accepted_give_the_one_text_and_all_rejected_the_other(revisions: Revisions) -> None:
    content = revisions(FIRST, LAST)
    assert table_of(content, "accepted") == table_of(revisions(LAST, LAST), "accepted")
    assert table_of(content, "rejected") == table_of(revisions(FIRST, FIRST), "accepted")
    assert table_of(content, "accepted") != table_of(content, "rejected")


@pytest.mark.parametrize(("side", "day"), [("accepted", LAST), ("rejected", FIRST)])
def test_each_text_has_every_target_of_the_plan_in_force(
    store: Store, revisions: Revisions, side: Side, day: date
) -> None:
    cells = [line for cell in text_after(revisions(FIRST, LAST), side) for line in cell.split("\n")]
    with store.reading() as reader:
        document = PlanReading(reader, PLAN, Point(day)).document
    targets = [target["text"] for card in document["indicators"] for target in card["targets"]]
    assert len(targets) > 40
    assert [text for text in map(printed_signs, targets) if text not in cells] == []
    titles = [row["title"] for row in document["objectives"]]
    assert [title for title in titles if not any(str(title) in line for line in cells)] == []


def test_each_revised_target_is_one_stroke_by_its_act_and_the_document_is_valid(revisions: Revisions) -> None:
    content = revisions(FIRST, LAST)
    tree = tree_of(content)
    struck = [node for paragraph in tree.iter(f"{W}p") for node in paragraph.findall(f"{W}del")]
    assert len([node for node in struck if "".join(node.itertext()).strip()]) == REVISED
    authors = {(str(node.get(f"{W}author")), str(node.get(f"{W}date"))[:10]) for node in struck}
    assert {day for _, day in authors} == {"2022-09-30", "2023-01-31"}
    assert all("delibera della Giunta" in author for author, _ in authors)
    assert faults_of(content, ".docx") == []
