"""A small plan in the middle of its year: changed, measured, remarked on, and signed for."""

import re
from html import unescape
from pathlib import Path

from api.commands.administrations import adopt_administration_system
from api.commands.handler import Caller
from api.commands.oversight import answer_flag, say
from domain.administrations.commands import AdoptAdministrationSystem
from domain.oiv.commands import AnswerFlag, MakeRemark
from projections.proof.log import Log
from tests.api.http.client import Client
from tests.support.harness import PLAN, ServiceHarness, confirmed, versions

ADMINISTRATION = "cciaa-prova"
HOSTILE = "<script>alert(1)</script> meno personale"


class ChangedPlan:
    """The harness of the plan, and the versions of what happened to it."""

    def __init__(self, folder: Path) -> None:
        self.harness = ServiceHarness(folder / "cambiato.sqlite").on("2022-02-05")
        harness = self.harness
        harness.service.log = Log(harness.store, folder / "signing.key")
        harness.load()
        rules = {
            "year": 2022,
            "system": {"change_rate_ceiling": "20"},
            "act": confirmed("delibera di Giunta n. 2 del 08/02/2022"),
            "justification": "regole dell'anno",
        }
        harness.on("2022-02-10")
        adoption = AdoptAdministrationSystem.model_validate(rules)
        adopt_administration_system(harness.service, ADMINISTRATION, adoption, harness.caller())
        harness.on("2022-09-15").measure(series=f"{PLAN}.incasso", period="2022", text="67%", data_as_at="2022-09-10")
        self.eased = versions(harness.on("2022-10-03").revise(">= 66,915%", "2022-09-30"))[0]
        self.hostile = versions(
            harness.on("2022-10-20").revise(
                ">= 12%", "2022-10-15", indicator="cassetto", justification=HOSTILE, cause="resources"
            )
        )[0]
        self.rolling = versions(
            harness.on("2022-10-21").revise(">= 20%", "2022-10-15", indicator="cassetto", year=2023)
        )[0]
        self.annulled = versions(harness.on("2022-10-25").revise(">= 60%", "2022-10-24"))[0]
        harness.annul(self.annulled)
        remark = MakeRemark(about="indicator/incasso", words="Perché così tardi?", versions=(self.eased,))
        say(harness.service, PLAN, remark, Caller("oiv.presidente"))
        answer = AnswerFlag(flag=f"eased_after_bad_value/{self.eased}", words="Veniva da una stima.")
        answer_flag(harness.service, PLAN, 2022, answer, harness.caller())
        harness.service.transparency_log.checkpoint("prova")
        harness.on("2022-12-01").measure(series=f"{PLAN}.cassetto", period="2022", text="13%", data_as_at="2022-11-30")


def shown_page(client: Client, address: str) -> str:
    """The page at an address, as a browser is given it."""
    answer = client.get(address, Accept="text/html")
    assert answer.status_code == 200, answer.text
    return answer.text


def text_of(page: str) -> str:
    """What a page says, without its marks."""
    words = re.sub(r"<(script|style)[^>]*>.*?</\1>", " ", page, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", words)).replace("\u00a0", " ").split())


def links_of(page: str) -> list[str]:
    """The addresses that a page leads to."""
    return [unescape(address) for address in re.findall(r'href="([^"]+)"', page)]
