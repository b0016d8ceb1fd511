"""Vouchers at the door of the whole service: every lie is refused, and an admitted client acts within its administration."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from api.access import issuers
from api.commands import accounts
from domain.access.commands import ResumeAccount, SuspendAccount
from tests.api.access.test_vouchers import ADMITTED, CLAIMS, CLIENT, ISSUER, LIES, SERVICE, TOKENS, voucher
from tests.api.http.client import problem
from tests.support.chamber import BY_MACHINE, DRAFTS, OTHER, OWN, PUBLISHED, Chambers
from tests.support.lying_provider import BEGUN, Answer, LyingProvider
from tests.support.visitor import events_of


class Desk(Chambers):
    """A service that admits one client, as an account that has roles in both chambers and in the installation."""

    def __init__(self, folder: Path, issuer: str, authority: str) -> None:
        rules = folder / "vouchers.json"
        account = "acc-aaaaaaaaaaaaaaaa"
        row = {"issuer": ISSUER, "keys": f"{issuer}/keys", "audience": SERVICE}
        admitted = ADMITTED | {"account": account, "administration": OWN}
        rules.write_text(json.dumps({"issuers": [row], "admitted": [admitted]}), encoding="utf-8")
        super().__init__(folder, vouchers=str(rules), ca_file=authority)
        self.account = self.open_account(
            ("planner", OWN), ("planner", OTHER), ("administrator", OTHER), ("administrator", None)
        )
        admitted["account"] = self.account
        rules.write_text(json.dumps({"issuers": [row], "admitted": [admitted]}), encoding="utf-8")


@pytest.fixture(scope="module")
def serving_desk(
    tmp_path_factory: pytest.TempPathFactory, serving_liar: LyingProvider, authority: str
) -> Iterator[Desk]:
    """One service for the tests of this module."""
    desk = Desk(tmp_path_factory.mktemp("sportello"), serving_liar.issuer, authority)
    yield desk
    desk.close()


@pytest.fixture
def desk(serving_desk: Desk, liar: LyingProvider) -> Desk:
    """The same, at the instant of the vouchers of these tests."""
    del liar  # asked for, so that it is honest
    serving_desk.harness.now = BEGUN
    return serving_desk


def test_an_admitted_client_acts_for_its_account_in_its_administration_alone(desk: Desk) -> None:
    shown = desk.ask("GET", "/v1/account", voucher())
    assert shown.status_code == 200, shown.text
    assert shown.json()["account"] == desk.account
    for path, status in (
        (f"/v1/plans/{DRAFTS[OWN]}", 200),
        (f"/v1/plans/{DRAFTS[OTHER]}", 404),
        (f"/v1/plans/{PUBLISHED[OTHER]}", 200),
        ("/v1/accounts", 403),
    ):
        assert desk.ask("GET", path, voucher()).status_code == status, path
    body = {"name": "Ufficio Studi", "office": "studi"}
    problem(desk.ask("POST", f"/v1/administrations/{OTHER}/offices", voucher(), body), 403, "forbidden")
    answer = desk.ask("POST", f"/v1/administrations/{OWN}/offices", voucher(), body)
    assert answer.status_code == 201, answer.text
    with desk.harness.store.reading() as reader:
        assert reader.records(f"administration/{OWN}")[-1].actor == desk.account
    issuing = {"name": "x", "rights": [f"planner@{OWN}"], "expires_on": "2026-09-01"}
    problem(desk.ask("POST", "/v1/tokens", voucher(), issuing), 403, "forbidden")
    password = {"csrf": "x", "password": "x", "repeated": "x"}
    own_page = desk.client.post(
        "/utenza/password", data=password, headers={"Authorization": f"Bearer {voucher()}"}, follow_redirects=False
    )
    assert own_page.headers["location"].startswith("/accesso")


def test_every_claim_that_lies_is_refused_by_its_name_and_told_to_the_log_alone(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    before = len(events_of(desk))
    lies = [(voucher(changed), reason) for changed, reason in LIES.values()]
    missing = ["iss", "aud", "sub", "exp", "iat", "nbf", "jti", "purposeId"]
    lies += [(voucher({claim: None}), "missing_claim") for claim in missing]
    lies += [(make(), reason) for make, reason in TOKENS.values()]
    for token, reason in lies:
        if token.count(".") != 2 or not token.isascii():
            continue  # no voucher is presented: what any other bearer is told
        caplog.clear()
        answer = desk.ask("GET", "/v1/account", token)
        if len(token) > 20_000:
            assert answer.status_code in {401, 431}
            continue
        problem(answer, 401, "voucher-refused")
        assert answer.headers["www-authenticate"].startswith("Bearer")
        assert f"voucher_refused: {reason}" in caplog.text
        assert CLIENT not in caplog.text + answer.text
    assert len(events_of(desk)) == before


def test_what_is_no_voucher_is_told_what_any_bearer_is_told(desk: Desk) -> None:
    for token in ("a.b.c.d.e", "a.b", "x"):
        assert desk.ask("GET", "/v1/account", token).status_code == 401


def test_a_voucher_of_a_client_that_is_not_admitted_or_of_another_time_is_refused(desk: Desk) -> None:
    stranger = voucher({"sub": "altro", "client_id": "altro"})
    problem(desk.ask("GET", "/v1/account", stranger), 403, "voucher-not-admitted")
    problem(desk.ask("GET", f"/v1/plans/{PUBLISHED[OWN]}", stranger), 403, "voucher-not-admitted")
    desk.harness.now = BEGUN + timedelta(seconds=700)
    problem(desk.ask("GET", "/v1/account", voucher()), 401, "voucher-refused")


def test_a_voucher_does_no_more_than_its_account_and_nothing_without_it(desk: Desk) -> None:
    desk.open_account(("administrator", None))
    desk.harness.now = BEGUN
    accounts.suspend_account(desk.service, SuspendAccount(account=desk.account), BY_MACHINE)
    desk.harness.now = BEGUN
    problem(desk.ask("GET", "/v1/account", voucher()), 401, "token-refused")
    accounts.resume_account(desk.service, ResumeAccount(account=desk.account), BY_MACHINE)
    desk.harness.now = BEGUN
    assert desk.ask("GET", "/v1/account", voucher()).status_code == 200


def test_an_issuer_that_is_away_is_said_to_be_away(
    desk: Desk, liar: LyingProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(issuers, "SECONDS", 0.2)
    now = BEGUN + timedelta(hours=2)
    desk.harness.now = now
    liar.answers["/keys"] = Answer({}, 503)
    seconds = int(now.timestamp())
    fresh = voucher(CLAIMS | {"iat": seconds, "nbf": seconds, "exp": seconds + 600})
    answer = desk.ask("GET", "/v1/account", fresh)
    problem(answer, 503, "issuer-away")
    assert answer.headers["retry-after"] == "60"
    desk.harness.now = now + timedelta(minutes=2)
    liar.publish()
    assert desk.ask("GET", "/v1/account", fresh).status_code == 200
