"""The page of monitoring: its rounds, what is owed, what does not hold together, and the acts of the OIV with their forms."""

from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest

from api.commands.evaluation import open_round
from api.commands.oversight import say
from domain.oiv.commands import MakeRemark
from domain.rounds.commands import OpenRound
from tests.support.chamber import BY_MACHINE, OTHER, OWN, PUBLISHED, Chambers, signed_in

PLAN = PUBLISHED[OWN]
PAGE = f"/piani/{PLAN}/monitoraggio"


@pytest.fixture
def chambers(tmp_path: Path) -> Iterator[Chambers]:
    made = Chambers(tmp_path)
    made.harness.on("2022-07-05")
    opening = OpenRound.model_validate({"as_at": "2022-06-30", "due_by": "2022-07-15"})
    open_round(made.service, PLAN, opening, BY_MACHINE)
    series = f"{PLAN}.incasso"
    made.harness.measure(series=series, period="2022-H1", text="60%", data_as_at="2022-06-30")
    remark = MakeRemark.model_validate({"words": "<script>Quali dati?</script>", "about": "indicator/incasso"})
    say(made.service, PLAN, remark, BY_MACHINE)
    yield made
    made.close()


def test_rounds_are_shown_with_what_came_and_what_is_missing(chambers: Chambers) -> None:
    _, planner = signed_in(chambers, "anna", "planner")
    page = planner.open(PAGE)
    assert page.status_code == 200
    text = unescape(page.text)
    assert "Monitoraggio al 30/06/2022" in text
    assert "15/07/2022" in text
    assert "1 su 3" in text
    assert "manca" in text
    assert "scaduto" not in text
    chambers.harness.on("2022-07-20")
    _, planner = signed_in(chambers, "ada", "planner")
    assert "scaduto" in planner.open(PAGE).text


def test_what_the_oiv_said_is_answered_from_the_page_by_whoever_may(chambers: Chambers) -> None:
    _, planner = signed_in(chambers, "anna", "planner")
    page = planner.open(PAGE)
    assert "<script>Quali" not in page.text
    assert "Quali dati?" in page.text
    assert f"/piani/{PLAN}/lavoro/give_answer?to=" in unescape(page.text)
    assert f"/piani/{PLAN}/lavoro/make_request" not in page.text
    _, oiv = signed_in(chambers, "olga", "oiv")
    page = oiv.open(PAGE)
    assert f"/piani/{PLAN}/lavoro/make_request" in page.text
    assert "lavoro/give_answer" not in page.text
    _, validator = signed_in(chambers, "vera", "validator")
    assert "lavoro/close_round" in validator.open(PAGE).text


def test_a_page_of_the_past_keeps_its_dates_and_offers_no_form(chambers: Chambers) -> None:
    chambers.harness.on("2022-07-20")
    _, planner = signed_in(chambers, "anna", "planner")
    page = unescape(planner.open(f"{PAGE}?as_of=2022-07-06&known_at=2022-07-05").text)
    assert "as_of=2022-07-06&known_at=2022-07-05" in page
    assert "lavoro/" not in page


def test_who_may_not_follow_a_monitoring_does_not_see_it(chambers: Chambers) -> None:
    _, reader = signed_in(chambers, "rita", "reader")
    assert reader.open(PAGE).status_code == 403
    assert reader.open(PAGE.replace(PLAN, PUBLISHED[OTHER])).status_code == 403
