"""Packs of histories that nobody planned: whatever was recorded, the pack of any two dates is verified by its fold."""

import random
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from api.commands.oversight import redact_texts, say
from api.commands.service import Service
from api.proof.pack import make_pack
from domain.errors import DomainError
from domain.oiv.commands import MakeRemark
from domain.redactions.commands import RedactTexts
from initinere_verify.pack import verify_pack
from initinere_verify.trees import read_checkpoint
from projections.proof.live_verification import verify_database
from projections.proof.log import Log
from projections.store import postgres
from tests.support.harness import PLAN, ServiceHarness, point

STEPS = 45
OBJECTIVES = ("a", "a1", "a2", "b", "b1")
INDICATORS = ("incasso", "cassetto", "regolamento", "tempi")


class Office:
    """An office that does at random whatever an office may do; what the domain refuses is not done."""

    def __init__(self, harness: ServiceHarness, seed: int) -> None:
        self.harness = harness
        self.chance = random.Random(seed)  # noqa: S311 - the histories are the same each time
        self.today = date(2022, 2, 5)
        self.done: dict[str, int] = {}

    def works(self) -> None:
        """Some steps, each on a later day."""
        acts = (self.changes, self.changes, self.changes, self.measures, self.annuls, self.reports, self.reviews)
        for _ in range(STEPS):
            self.today += timedelta(days=self.chance.randint(1, 14))
            self.harness.on(self.today.isoformat())
            act = self.chance.choice(acts)
            try:
                act()
            except DomainError:
                continue
            self.done[act.__name__] = self.done.get(act.__name__, 0) + 1
        self.harness.service.transparency_log.rotate()
        self.harness.on((self.today + timedelta(days=1)).isoformat())

    def day(self) -> str:
        """A day up to now, now and then long ago."""
        return (self.today - timedelta(days=self.chance.choice((0, 1, 5, 90, 200)))).isoformat()

    def changes(self) -> None:
        """One or two changes by one act."""
        ways: list[Callable[[], dict[str, Any]]] = [
            lambda: {"verb": "revise_target", "object": self.one(INDICATORS), "target": f">= {self.number()}%"},
            lambda: {"verb": "set_target", "object": self.one(INDICATORS), "target": f">= {self.number()}%"},
            lambda: {"verb": "withdraw_target", "object": self.one(INDICATORS)},
            lambda: {"verb": "withdraw_indicator", "object": self.one(INDICATORS)},
            lambda: {"verb": "reinstate_indicator", "object": self.one(INDICATORS)},
            lambda: {"verb": "withdraw_objective", "object": self.one(OBJECTIVES)},
            lambda: {"verb": "reinstate_objective", "object": self.one(OBJECTIVES)},
            lambda: {"verb": "neutralise_objective", "object": self.one(OBJECTIVES)},
            lambda: {"verb": "reword_objective", "object": self.one(OBJECTIVES), "title": f"Titolo {self.number()}"},
            lambda: {"verb": "reweigh_objective", "object": self.one(OBJECTIVES), "weight": str(self.number())},
            lambda: {"verb": "move_objective", "object": self.one(OBJECTIVES), "parent": self.one(OBJECTIVES)},
            lambda: {"verb": "redefine_indicator", "object": self.one(INDICATORS), "source": f"fonte {self.number()}"},
            lambda: {"verb": "assign_indicator", "object": self.one(INDICATORS), "objective": self.one(OBJECTIVES)},
            lambda: {"verb": "reweigh_indicator", "object": self.one(INDICATORS), "weight": str(self.number())},
            lambda: {"verb": "reclassify_objective", "object": self.one(OBJECTIVES), "offices": ["Area Economica"]},
            lambda: {"verb": "add_objective", "object": self.one(("b", "b1")), "level": "operational", "title": "Nuovo"},
            lambda: {"verb": "add_indicator", "object": "tempi", "objective": self.one(OBJECTIVES), "name": "Tempi",
                     "targets": [{"year": 2022, "text": "<= 30 gg"}]},
            lambda: {"verb": "state_tree_node", "tree": "mission", "node": self.one(("m1", "p1")), "under": self.one((None, "m1")),
                     "title": f"Missione {self.number()}", "weight": str(self.number())},
            lambda: {"verb": "withdraw_tree_node", "tree": "mission", "node": self.one(("m1", "p1"))},
            lambda: {"verb": "approve_year", "year": 2023},
            lambda: {"verb": "close_year", "year": 2022},
        ]  # fmt: skip
        chosen = [self.chance.choice(ways)() for _ in range(self.chance.choice((1, 1, 2)))]
        dated = ("revise_target", "set_target", "withdraw_target", "neutralise_objective")
        files = [one | ({"year": self.chance.choice((2022, 2023))} if one["verb"] in dated else {}) for one in chosen]
        self.harness.change(*files, act={"body": "Giunta", "date": self.day()}, justification=f"motivo {self.number()}")

    def measures(self) -> None:
        """A figure, or its correction."""
        said = {"series": f"{PLAN}.{self.one(INDICATORS)}", "period": self.one(("2022-H1", "2022", "2022-Q3"))}
        said |= {"text": f"{self.number()}%", "data_as_at": self.day(), "note": self.one((None, "una nota"))}
        if self.chance.random() < 0.5:
            self.harness.measure(**said)
        else:
            self.harness.restate(**said, effective_on=self.day())

    def annuls(self) -> None:
        """Events of the plan left out, with what rests on them; at times an annulment itself."""
        head = self.harness.ask(lambda reader: reader.head(f"plan/{PLAN}").version)
        self.harness.annul(
            self.chance.randint(12, head), act="delibera di Giunta n. 77 del 01/02/2022", take_along=True
        )

    def reports(self) -> None:
        """How an indicator or an objective stands."""
        subject, names = self.one((("indicator", INDICATORS), ("objective", OBJECTIVES)))
        status = self.one(("in_line", "at_risk", "reached"))
        self.harness.report(subject=subject, id=self.one(names), status=status, reported_on=self.day(), note="una nota")

    def reviews(self) -> None:
        """A remark of the OIV; words removed by order."""
        version = self.chance.randint(1, self.harness.ask(lambda reader: reader.head(f"plan/{PLAN}").version))
        if self.chance.random() < 0.5:
            remark = MakeRemark(about="plan", versions=(version,), words=f"rilievo {self.number()}")
            say(self.harness.service, PLAN, remark, self.harness.caller())
        else:
            order = "decreto del Presidente n. 2 del 01/02/2022"
            redact_texts(self.harness.service, PLAN, RedactTexts(version=version), order, self.harness.caller())

    def one(self, among: Any) -> Any:
        return self.chance.choice(among)

    def number(self) -> int:
        return self.chance.randint(1, 99)


@pytest.mark.parametrize("seed", range(8))
def test_the_pack_of_any_history_is_verified_at_any_two_dates(
    request: pytest.FixtureRequest, tmp_path: Path, seed: int
) -> None:
    location = str(tmp_path / "archivio.sqlite")
    if seed % 4 == 3:
        location = str(request.getfixturevalue("postgres_url"))
        postgres.migrate(location)
    harness = ServiceHarness(location).on("2022-02-05")
    harness.service = Service(harness.store, Log(harness.store, tmp_path / "signing.key"))
    harness.load()
    harness.load(administration={"id": "altra", "name": "Altra"}, plan={"id": "altro", "title": "Altro",
              "first_year": 2022, "last_year": 2024})  # fmt: skip
    old = read_checkpoint(harness.service.transparency_log.latest().note, "prova")
    office = Office(harness, seed)
    office.works()
    assert sum(office.done.values()) > STEPS // 4, office.done
    with harness.store.datastore.cursor() as cursor:
        assert verify_database(cursor, old).against == old
    for _ in range(4):
        at = point(office.day(), office.one((None, office.day())))
        if at.known_at and at.known_at.date() < date(2022, 2, 6):
            at = at._replace(known_at=None)
        if at.as_of < date(2022, 2, 1):
            at = at._replace(as_of=office.today)
        path = tmp_path / "fascicolo.zip"
        path.write_bytes(
            make_pack(harness.store, harness.service.transparency_log, PLAN, office.one((2022, 2023)), at).content
        )
        assert verify_pack(path, old).against == old
    harness.store.close()
