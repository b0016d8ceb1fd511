"""What the forgeries have in common."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from api.commands.oversight import say
from api.commands.service import Service
from domain.oiv.commands import MakeRemark
from projections.proof.log import Log
from tests.support.harness import PLAN, ServiceHarness, versions


@pytest.fixture
def harness(tmp_path: Path) -> Iterator[ServiceHarness]:
    """A plan with a revision, one put right, one annulled, a remark of the OIV."""
    harness = ServiceHarness(tmp_path / "archivio.sqlite").on("2022-02-05")
    harness.service = Service(harness.store, Log(harness.store, tmp_path / "signing.key"))
    harness.load()
    harness.on("2022-07-15").measure(series=f"{PLAN}.incasso", period="2022-H1", text="67%", data_as_at="2022-06-30")
    revised = versions(harness.on("2022-10-03").revise(">= 66,5%", "2022-09-30"))[0]
    remark = MakeRemark(about="indicator/incasso", versions=(revised,), words="Perché?")
    say(harness.service, PLAN, remark, harness.caller())
    mistaken = versions(harness.on("2022-10-20").revise(">= 14,5%", "2022-10-18", indicator="cassetto"))[0]
    harness.annul(mistaken, act="delibera di Giunta n. 12 del 20/10/2022")
    yield harness
    harness.store.close()
