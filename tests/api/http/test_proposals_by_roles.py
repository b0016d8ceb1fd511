"""A proposal goes from hand to hand: each role does its part with its own account, and no other's."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from domain.access.roles import Role
from tests.support.chamber import OTHER, OWN, PUBLISHED, Chambers

Q = f"/v1/plans/{PUBLISHED[OWN]}/proposals"
PROPOSED: dict[str, Any] = {
    "title": "Rimodulazione",
    "justification": "dati del monitoraggio",
    "cause": "new_data",
    "changes": [{"verb": "revise_target", "object": "incasso", "year": 2022, "target": ">= 68%"}],
}
ACT = {"act": "delibera di Giunta n. 9 del 03/10/2022"}


@pytest.fixture
def chambers(tmp_path: Path) -> Iterator[Chambers]:
    """The two chambers, in October."""
    made = Chambers(tmp_path)
    made.harness.on("2022-10-03")
    yield made
    made.close()


def test_a_proposal_is_drafted_seen_and_enacted_each_by_whoever_may(chambers: Chambers) -> None:
    planner, approver, oiv = (chambers.token(role) for role in ("planner", "approver", "oiv"))
    drafted = chambers.ask("POST", Q, planner, PROPOSED)
    assert drafted.status_code == 201, drafted.text
    address = drafted.headers["location"]
    submission = {"effective_on": "2022-10-03"}
    assert chambers.ask("POST", f"{address}/submission", approver, submission).status_code == 403
    assert chambers.ask("POST", f"{address}/submission", planner, submission).status_code == 201
    assert chambers.ask("POST", f"{address}/comments", chambers.token("validator"), {"words": "?"}).status_code == 201
    assert chambers.ask("POST", f"{address}/opinion-request", planner, {"due": "2022-10-10"}).status_code == 201
    opinion = {"judgement": "favourable", "about": f"proposal/{address.rpartition('/')[2]}", "words": "Sì."}
    opinions = f"/v1/plans/{PUBLISHED[OWN]}/opinions"
    assert chambers.ask("POST", opinions, planner, opinion).status_code == 403
    assert chambers.ask("POST", opinions, oiv, opinion).status_code == 201
    without: tuple[Role, ...] = ("planner", "oiv", "validator", "administrator", "reader", "responsible")
    for role in without:
        assert chambers.ask("POST", f"{address}/enactment", chambers.token(role), ACT).status_code == 403, role
        assert (
            chambers.ask("POST", f"{address}/rejection", chambers.token(role), {"justification": "no"}).status_code
            == 403
        )
    assert chambers.ask("POST", f"{address}/enactment", chambers.token("approver", OTHER), ACT).status_code == 403
    assert chambers.ask("POST", f"{address}/enactment", approver, ACT).status_code == 201
    life = chambers.ask("GET", address, oiv).json()
    assert (life["status"], life["drafters"]) == ("enacted", [chambers.accounts["planner", OWN]])
    assert [event["actor"] for event in life["events"]] == [
        chambers.accounts[role, OWN] for role in ("planner", "planner", "validator", "planner", "approver")
    ]


def test_what_is_proposed_is_shown_to_nobody_outside(chambers: Chambers) -> None:
    address = chambers.ask("POST", Q, chambers.token("planner"), PROPOSED).headers["location"]
    strangers: list[tuple[Role, str]] = [("reader", OWN), ("responsible", OWN), ("administrator", OWN)]
    strangers += [("planner", OTHER), ("oiv", OTHER)]
    for role, body in strangers:
        for asked in (Q, address):
            answer = chambers.ask("GET", asked, chambers.token(role, body))
            assert answer.status_code == 403, (role, body)
            assert "Rimodulazione" not in answer.text
    assert chambers.ask("GET", address).status_code == 401


def test_an_account_with_both_roles_does_not_enact_what_it_drafted_but_by_an_exception(chambers: Chambers) -> None:
    account = chambers.open_account(("planner", OWN), ("approver", OWN))
    token = chambers.issue(account, f"planner@{OWN}", f"approver@{OWN}")
    address = chambers.ask("POST", Q, token, PROPOSED).headers["location"]
    assert chambers.ask("POST", f"{address}/submission", token, {"effective_on": "2022-10-03"}).status_code == 201
    refused = chambers.ask("POST", f"{address}/enactment", token, ACT)
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:in-itinere:problem:duties-not-separated")
    enacted = chambers.ask("POST", f"{address}/enactment", token, ACT | {"exception": "unico funzionario"})
    assert enacted.status_code == 201, enacted.text
    (waiver,) = chambers.ask("GET", address, token).json()["separation_waived"]
    assert (waiver["actor"], waiver["words"]) == (account, "unico funzionario")


def test_another_office_that_amends_has_a_part_in_it(chambers: Chambers) -> None:
    second = chambers.open_account(("planner", OWN), ("approver", OWN))
    token = chambers.issue(second, f"planner@{OWN}", f"approver@{OWN}")
    planner = chambers.token("planner")
    address = chambers.ask("POST", Q, planner, PROPOSED).headers["location"]
    assert chambers.ask("POST", f"{address}/submission", planner, {"effective_on": "2022-10-03"}).status_code == 201
    assert chambers.ask("POST", f"{address}/amendments", token, PROPOSED).status_code == 201
    assert chambers.ask("POST", f"{address}/submission", planner, {"effective_on": "2022-10-03"}).status_code == 201
    assert chambers.ask("POST", f"{address}/enactment", token, ACT).status_code == 409
    assert chambers.ask("POST", f"{address}/enactment", chambers.token("approver"), ACT).status_code == 201


def test_nobody_records_past_its_own_proposal_what_others_are_to_decide(chambers: Chambers) -> None:
    planner, colleague = chambers.token("planner"), chambers.open_account(("planner", OWN))
    address = chambers.ask("POST", Q, planner, PROPOSED).headers["location"]
    assert chambers.ask("POST", f"{address}/submission", planner, {"effective_on": "2022-09-30"}).status_code == 201
    plain = {name: value for name, value in PROPOSED.items() if name != "title"} | ACT
    changes = f"/v1/plans/{PUBLISHED[OWN]}/changes"
    for asked in (changes, f"{changes}?preview=true"):
        refused = chambers.ask("POST", asked, planner, plain)
        assert (refused.status_code, refused.json()["type"]) == (409, "urn:in-itinere:problem:duties-not-separated")
    by_another = chambers.ask("POST", f"{changes}?preview=true", chambers.issue(colleague, f"planner@{OWN}"), plain)
    assert by_another.status_code == 200, by_another.text
    for gone in (
        {"verb": "withdraw_target", "object": "incasso", "year": 2022},
        {"verb": "withdraw_indicator", "object": "incasso"},
    ):
        refused = chambers.ask("POST", f"{changes}?preview=true", planner, plain | {"changes": [gone]})
        assert (refused.status_code, refused.json()["type"]) == (409, "urn:in-itinere:problem:duties-not-separated")
    elsewhere = plain["changes"][0] | {"year": 2023}
    assert chambers.ask("POST", f"{changes}?preview=true", planner, plain | {"changes": [elsewhere]}).status_code == 200


@pytest.mark.parametrize("end", ["withdrawal", "rejection"])
def test_what_was_not_enacted_is_recorded_by_another_or_as_an_exception(chambers: Chambers, end: str) -> None:
    planner, closing = chambers.token("planner"), chambers.token("planner" if end == "withdrawal" else "approver")
    address = chambers.ask("POST", Q, planner, PROPOSED).headers["location"]
    chambers.ask("POST", f"{address}/submission", planner, {"effective_on": "2022-10-03"})
    assert chambers.ask("POST", f"{address}/{end}", closing, {"justification": "no"}).status_code == 201
    plain = {name: value for name, value in PROPOSED.items() if name != "title"} | ACT
    changes = f"/v1/plans/{PUBLISHED[OWN]}/changes"
    refused = chambers.ask("POST", changes, planner, plain)
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:in-itinere:problem:duties-not-separated")
    for unsaid in (".", "\u200b", "x"):
        assert chambers.ask("POST", changes, planner, plain | {"exception": unsaid}).status_code == 422
    later = plain | {"exception": "unico funzionario", "effective_on": "2022-12-01"}  # an exception is seen at once
    assert chambers.ask("POST", changes, planner, later).status_code == 201
    (waiver,) = chambers.ask("GET", address, planner).json()["separation_waived"]
    assert (waiver["words"], waiver["on"]) == ("unico funzionario", "2022-10-03")


def test_an_act_that_enacted_a_proposal_is_asked_about_before_it_decides_more(chambers: Chambers) -> None:
    planner = chambers.token("planner")
    address = chambers.ask("POST", Q, planner, PROPOSED).headers["location"]
    chambers.ask("POST", f"{address}/submission", planner, {"effective_on": "2022-10-03"})
    assert chambers.ask("POST", f"{address}/enactment", chambers.token("approver"), ACT).status_code == 201
    more = {name: value for name, value in PROPOSED.items() if name != "title"}
    more["changes"] = [PROPOSED["changes"][0] | {"year": 2023}]
    changes = f"/v1/plans/{PUBLISHED[OWN]}/changes"
    refused = chambers.ask("POST", changes, planner, more | ACT)
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:in-itinere:problem:act-reused")
    assert "«(stesso atto)» dopo la citazione" in refused.json()["accepted"]
    meant = chambers.ask("POST", changes, planner, more | {"act": f"{ACT['act']} (stesso atto)"})
    assert meant.status_code == 201, meant.text


def test_nobody_enacts_while_the_oiv_has_time_to_speak_unless_it_is_said(chambers: Chambers) -> None:
    planner, approver = chambers.token("planner"), chambers.token("approver")
    address = chambers.ask("POST", Q, planner, PROPOSED).headers["location"]
    chambers.ask("POST", f"{address}/submission", planner, {"effective_on": "2022-10-03"})
    asked = chambers.ask("POST", f"{address}/opinion-request", planner, {"due": "2022-10-10"})
    assert asked.status_code == 201
    refused = chambers.ask("POST", f"{address}/enactment", approver, ACT)
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:in-itinere:problem:opinion-awaited")
    assert chambers.ask("POST", f"{address}/enactment", approver, ACT | {"before_opinion": True}).status_code == 201


def test_a_file_is_proposed_by_whoever_sent_it(chambers: Chambers) -> None:
    sender, another = (
        chambers.token("planner"),
        chambers.issue(chambers.open_account(("planner", OWN)), f"planner@{OWN}"),
    )
    plan = f"/v1/plans/{PUBLISHED[OWN]}"
    document = chambers.ask("GET", f"{plan}?as_of=2022-10-03", sender).json()
    (card,) = (card for card in document["indicators"] if card["id"] == "incasso")
    card["targets"][0] = {"year": 2022, "text": ">= 68%"}
    preview = chambers.ask("POST", f"{plan}/imports", sender, document)
    assert preview.status_code in {200, 201, 202}, preview.text
    proposed = {"title": "Dal file", "justification": "dati", "cause": "new_data"}
    address = f"{preview.headers['location']}/proposal"
    refused = chambers.ask("POST", address, another, proposed)
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:in-itinere:problem:duties-not-separated")
    made = chambers.ask("POST", address, sender, proposed)
    assert made.status_code == 201, made.text
    life = chambers.ask("GET", made.headers["location"], sender).json()
    assert life["drafters"] == [chambers.accounts["planner", OWN]]
