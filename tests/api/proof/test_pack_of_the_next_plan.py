"""The evidence pack of a plan that follows another: what differs from the one before is in it, and on its page."""

import json
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest

from api.commands.service import Service
from api.proof.pack import make_pack
from domain.point import read_known_at
from initinere_verify.pack import verify_pack
from projections.proof.log import Log
from tests.projections.test_successive_plans import NEXT, TARGETS, follow
from tests.support.harness import PLAN, ServiceHarness, point


@pytest.fixture
def harness(tmp_path: Path) -> Iterator[ServiceHarness]:
    """A harness with a log, the small plan, and the next one, which asks for less."""
    harness = ServiceHarness(tmp_path / "archivio.sqlite").on("2022-02-05")
    harness.service = Service(harness.store, Log(harness.store, tmp_path / "signing.key"))
    harness.load()
    objectives = [
        {"id": "a1", "level": "operational", "title": "Incassare <b>di più</b>", "weight": "60"},
        {"id": "a2", "level": "operational", "title": "Digitalizzare", "weight": "40"},
    ]
    follow(harness, targets=TARGETS | {"incasso": ">= 60%"}, objectives=objectives, linked=False)
    yield harness
    harness.store.close()


def _files(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_what_differs_from_the_plan_before_is_in_the_report_and_on_the_page(
    harness: ServiceHarness, tmp_path: Path
) -> None:
    content = make_pack(harness.store, harness.service.transparency_log, NEXT, 2023, point("2023-12-31")).content
    path = tmp_path / "fascicolo.zip"
    path.write_bytes(content)
    verify_pack(path)
    files = _files(content)
    before = json.loads(files["report.json"])["from_plan_before"]
    assert (before["predecessor"], before["counts"]["targets"]["easier"]) == (PLAN, 1)
    page = files["index.html"].decode()
    section = page[page.index('<section aria-labelledby="precedente">') :].partition("</section>")[0]
    for words in (
        "<del>&gt;= 71%</del> → <ins>&gt;= 60%</ins></td><td>più facile",
        "Regolamento approvato</td><td>lasciato fuori",
        "serie interrotta",
        "Incassare &lt;b&gt;di più&lt;/b&gt;, titolo",
        "Obiettivo Riscuotere</td><td>lasciato fuori",
    ):
        assert words in section, words


def test_it_is_the_same_whatever_becomes_of_the_plan_before(harness: ServiceHarness) -> None:
    log = harness.service.transparency_log
    first = make_pack(harness.store, log, NEXT, 2023, point("2023-12-31"))
    known = point("2023-12-31")._replace(
        known_at=read_known_at(json.loads(_files(first.content)["report.json"])["known_at"])
    )
    again = make_pack(harness.store, log, NEXT, 2023, known)
    harness.on("2023-06-01").change(
        {"verb": "revise_target", "object": "incasso", "year": 2023, "target": ">= 50%"},
        act="delibera di Giunta n. 12 del 15/12/2022",
    )
    assert make_pack(harness.store, log, NEXT, 2023, known).sha256 == again.sha256
    later = make_pack(harness.store, log, NEXT, 2023, point("2023-12-31"))
    counts = json.loads(_files(later.content)["report.json"])["from_plan_before"]["counts"]["targets"]
    assert (counts["easier"], counts["harder"]) == (0, 1)


def test_a_plan_that_follows_none_says_so_on_the_page(harness: ServiceHarness) -> None:
    content = make_pack(harness.store, harness.service.transparency_log, PLAN, 2022, point("2022-12-31")).content
    assert "Il piano non ne segue altri in questo archivio." in _files(content)["index.html"].decode()
