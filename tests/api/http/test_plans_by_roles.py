"""New plans by those who have a role: in their own administration, whatever the record already holds of it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from api.commands.handler import Caller
from domain.access.principal import Forbidden, Grant, Principal
from domain.documents.changes import ChangeFile
from tests.api.http.client import problem
from tests.support.chamber import DRAFTS, OTHER, OWN, PUBLISHED, Chambers


@pytest.fixture
def chambers(tmp_path: Path) -> Iterator[Chambers]:
    made = Chambers(tmp_path)
    yield made
    made.close()


def test_the_next_plan_is_recorded_as_it_was_proposed_though_it_brings_the_administration_nothing_new(
    chambers: Chambers,
) -> None:
    token = chambers.token("planner")
    proposed = chambers.ask("GET", f"/v1/plans/{PUBLISHED[OWN]}/next?years=2025-2027", token).json()
    assert chambers.ask("POST", "/v1/plans?preview=true", token, proposed).status_code == 200
    recorded = chambers.ask("POST", "/v1/plans", token, proposed)
    assert recorded.status_code == 201, recorded.text
    assert [*recorded.json()["versions"]] == [f"plan/{recorded.json()['plan']}"]


def test_what_would_be_written_to_another_administration_is_refused_as_a_preview_and_for_good(
    chambers: Chambers,
) -> None:
    proposed = chambers.ask(
        "GET", f"/v1/plans/{PUBLISHED[OTHER]}/next?years=2025-2027", chambers.token("planner", OTHER)
    ).json()
    for preview in ("", "?preview=true"):
        refused = problem(
            chambers.ask("POST", f"/v1/plans{preview}", chambers.token("planner"), proposed), 403, "forbidden"
        )
        assert OTHER in refused["detail"]


def test_the_preview_of_a_plan_that_is_not_there_is_its_senders_alone(chambers: Chambers) -> None:
    sender, elsewhere = chambers.token("planner"), chambers.token("planner", OTHER)
    colleague = chambers.issue(chambers.open_account(("planner", OWN)), f"planner@{OWN}")
    new = chambers.ask("GET", f"/v1/plans/{PUBLISHED[OWN]}/next?years=2025-2027", sender).json()
    sent = chambers.ask("POST", "/v1/imports", sender, new)
    assert sent.status_code == 201, sent.text
    address = sent.headers["location"]
    assert chambers.ask("GET", address, sender).status_code == 200
    for token in (elsewhere, colleague):
        problem(chambers.ask("GET", address, token), 404, "not-found")
        problem(chambers.ask("POST", f"{address}/confirm", token, {}), 404, "not-found")
    of_plan = chambers.ask("POST", f"/v1/plans/{DRAFTS[OWN]}/imports", sender, _draft(chambers))
    assert of_plan.status_code == 201, of_plan.text
    own, shared = of_plan.headers["location"], f"/v1/imports/{of_plan.json()['id']}"
    assert chambers.ask("GET", own, colleague).status_code == 200
    for path, token in ((own, elsewhere), (shared, elsewhere), (shared, sender)):
        problem(chambers.ask("GET", path, token), 404, "not-found")
    assert chambers.ask("POST", f"{address}/confirm", sender, {}).status_code == 201


def _draft(chambers: Chambers) -> object:
    return chambers.ask("GET", f"/v1/plans/{DRAFTS[OWN]}", chambers.token("planner")).json()


def test_a_stranger_is_shown_no_more_of_a_change_than_it_could_record(chambers: Chambers) -> None:
    stranger = Caller.of(Principal("acc-aaaaaaaaaaaaaaaa", (Grant("planner", OTHER),)))
    changes = ChangeFile.model_validate(
        {
            "plan": PUBLISHED[OWN],
            "changes": [{"verb": "revise_target", "object": "incasso", "year": 2022, "target": ">= 68%"}],
            "act": {"body": "Giunta", "date": "2022-01-31"},
            "cause": "new_data",
            "justification": "una ragione",
        }
    )
    with pytest.raises(Forbidden, match=OWN):
        chambers.service.change(changes, stranger)
    with pytest.raises(Forbidden, match=OWN):
        chambers.service.preview_change(changes, stranger, lambda _: None)
