"""Vouchers: those of the issuers, clients and purposes that are admitted; every lie is refused by its name."""

import asyncio
import json
import logging
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import anyio
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.access import issuers
from api.access.issuers import IssuerAnswerRefused, IssuerAway
from api.access.vouchers import VoucherIdentity, VoucherNotAdmitted, VoucherRefused, Vouchers, voucher_rules
from api.settings import Settings
from domain.errors import DomainError, Malformed
from tests.support.lying_provider import (
    BEGUN,
    KEY,
    Answer,
    Clock,
    Json,
    LyingProvider,
    by_hand,
    ec_key,
    rsa_key,
    signed,
)

PAGE = Path(__file__).parents[3] / "docs" / "accesso.md"
ISSUER = "interop.pagopa.it"
SERVICE = "https://piani.example/v1"
CLIENT, PURPOSE = "9b361d49-33f4-4f1e-a88b-4e12661f2309", "1b361d49-33f4-4f1e-a88b-4e12661f2300"
ADMITTED = {
    "issuer": ISSUER,
    "client_id": CLIENT,
    "purpose_id": PURPOSE,
    "account": "acc-aaaaaaaaaaaaaaaa",
    "administration": "cciaa-brindisi",
}
HEADER = {"alg": "RS256", "kid": KEY.kid, "typ": "at+jwt"}
CLAIMS: Json = {
    "iss": ISSUER,
    "aud": SERVICE,
    "sub": CLIENT,
    "client_id": CLIENT,
    "purposeId": PURPOSE,
    "jti": "12297ac1-c192-4573-8350-207a4213e5ac",
    "iat": int(BEGUN.timestamp()),
    "nbf": int(BEGUN.timestamp()),
    "exp": int(BEGUN.timestamp()) + 600,
    "producerId": "0e9e2dab-2e93-4f24-ba59-38d9f11198ca",
}


def voucher(changed: Json | None = None, **header: Any) -> str:
    """A voucher that is good, but for what is said; what is None is left out."""
    claims = {name: value for name, value in (CLAIMS | (changed or {})).items() if value is not None}
    return signed(claims, **{"typ": "at+jwt"} | header)


class Desk:
    """The issuer, and what reads its vouchers."""

    def __init__(self, provider: LyingProvider, authority: str, clock: Clock, folder: Path, **row: Any) -> None:
        self.provider = provider
        self.clock = clock
        issuer = {"issuer": ISSUER, "keys": f"{provider.issuer}/keys", "audience": SERVICE} | row
        self.file = folder / "vouchers.json"
        self.file.write_text(json.dumps({"issuers": [issuer], "admitted": [ADMITTED]}), encoding="utf-8")
        rules = voucher_rules(Settings(vouchers=str(self.file)))
        assert rules is not None
        self.vouchers = Vouchers(rules, authority, clock)

    def read(self, token: str) -> VoucherIdentity:
        """Who presents it."""
        return anyio.run(self.vouchers.identity, token)

    def refused(self, token: str, reason: str) -> None:
        """It is refused for this, by the one sentence that is told of it."""
        with pytest.raises(VoucherRefused) as refusal:
            self.read(token)
        assert refusal.value.reason == reason
        assert refusal.value.status == 401
        assert str(refusal.value) == str(VoucherRefused("form"))


@pytest.fixture
def desk(liar: LyingProvider, authority: str, clock: Clock, tmp_path: Path) -> Desk:
    """An issuer that is honest until a test says otherwise."""
    return Desk(liar, authority, clock, tmp_path)


def test_an_admitted_client_acts_as_its_account_for_as_long_as_the_voucher_lasts(desk: Desk) -> None:
    for _ in range(2):  # a voucher is shown many times
        assert desk.read(voucher()) == VoucherIdentity(
            issuer=ISSUER,
            client_id=CLIENT,
            purpose_id=PURPOSE,
            account="acc-aaaaaaaaaaaaaaaa",
            administration="cciaa-brindisi",
            jti=CLAIMS["jti"],
            expires_at=BEGUN + timedelta(seconds=600),
        )
    assert desk.read(voucher({"client_id": None, "aud": [SERVICE]}, typ="application/AT+JWT")).client_id == CLIENT
    assert desk.read(voucher(use="sig", altro=1)).client_id == CLIENT  # a header that nobody reads
    assert desk.provider.times_asked("/keys") == 1


LIES: dict[str, tuple[Json, str]] = {
    "another audience": ({"aud": "https://altro.example"}, "audience"),
    "another audience beside ours": ({"aud": [SERVICE, "https://altro.example"]}, "audience"),
    "another audience with our azp": ({"aud": "https://altro.example", "azp": SERVICE}, "audience"),
    "a slash more": ({"aud": f"{SERVICE}/"}, "audience"),
    "another issuer": ({"iss": "uat.interop.pagopa.it"}, "issuer"),
    "an issuer that is a list": ({"iss": [ISSUER]}, "issuer"),
    "an empty issuer": ({"iss": ""}, "issuer"),
    "an empty subject": ({"sub": "", "client_id": ""}, "subject"),
    "a subject that is a number": ({"sub": 5}, "subject"),
    "another client than the subject": ({"client_id": "altro"}, "subject"),
    "an expiry in words": ({"exp": "mai"}, "expired"),
    "an expiry that is no number": ({"exp": float("nan")}, "expired"),
    "an empty name": ({"jti": ""}, "form"),
    "a name that is a number": ({"jti": 5}, "form"),
    "a name with half a character": ({"jti": "\ud800"}, "form"),
    "a name without end": ({"jti": "a" * 401}, "form"),
    "an empty purpose": ({"purposeId": ""}, "form"),
    "a purpose that is a list": ({"purposeId": [PURPOSE]}, "form"),
    "a life without end": ({"exp": int(BEGUN.timestamp()) + 86_401}, "lifetime"),
    "an expiry beyond all numbers": ({"exp": 10**400}, "lifetime"),
    "the key of a holder": ({"cnf": {"jkt": "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"}}, "bound"),
}


@pytest.mark.parametrize("name", LIES)
def test_a_claim_that_lies_is_refused(desk: Desk, name: str) -> None:
    changed, reason = LIES[name]
    desk.refused(voucher(changed), reason)


@pytest.mark.parametrize("claim", ["iss", "aud", "sub", "exp", "iat", "nbf", "jti", "purposeId"])
def test_a_claim_that_is_missing_is_refused(desk: Desk, claim: str) -> None:
    desk.refused(voucher({claim: None}), "missing_claim")
    desk.refused(by_hand(HEADER, CLAIMS | {claim: None}, KEY), "missing_claim")


@pytest.mark.parametrize(
    ("claim", "seconds", "reason"), [("exp", -60, "expired"), ("iat", 61, "not_yet"), ("nbf", 61, "not_yet")]
)
def test_a_voucher_of_another_time_is_refused(desk: Desk, claim: str, seconds: int, reason: str) -> None:
    desk.refused(voucher({claim: desk.clock.seconds + seconds}), reason)


def test_a_voucher_ends(desk: Desk) -> None:
    desk.clock.forward(seconds=659)
    assert desk.read(voucher()).client_id == CLIENT
    desk.clock.forward(seconds=1)
    desk.refused(voucher(), "expired")


HS256 = HEADER | {"alg": "HS256"}
TOKENS: dict[str, tuple[Callable[[], str], str]] = {
    "an id_token": (lambda: voucher(typ="JWT"), "type"),
    "no type": (lambda: voucher(typ=None), "type"),
    "a voucher bound by its type": (lambda: voucher(typ="dpop+jwt"), "type"),
    "another key that takes its name": (
        lambda: signed(CLAIMS, rsa_key("altra"), kid=KEY.kid, typ="at+jwt"),
        "signature",
    ),
    "another key": (lambda: signed(CLAIMS, rsa_key("altra"), typ="at+jwt"), "signature"),
    "the address of a key": (lambda: signed(CLAIMS, rsa_key("altra"), jku="https://altro.example"), "signature"),
    "no signature": (lambda: by_hand(HEADER | {"alg": "none"}, CLAIMS), "algorithm"),
    "an empty signature": (lambda: by_hand(HEADER, CLAIMS), "signature"),
    "the public key for a secret": (lambda: by_hand(HS256, CLAIMS, KEY.as_pem(private=False)), "algorithm"),
    "the public key in DER for a secret": (lambda: by_hand(HS256, CLAIMS, KEY.as_der(private=False)), "algorithm"),
    "a curve that is not pinned": (lambda: signed(CLAIMS, ec_key("curva"), alg="ES256", typ="at+jwt"), "algorithm"),
    "another body": (lambda: _with_body(CLAIMS | {"sub": "altro", "client_id": "altro"}), "signature"),
    "nothing": (lambda: "", "form"),
    "one of our own tokens": (lambda: "iti_abcdefghijklmnopqrstuvwxyz", "form"),
    "two dots": (lambda: "..", "form"),
    "five parts": (lambda: "a.b.c.d.e", "form"),
    "letters that no token has": (lambda: "è.è.è", "form"),
    "a body that is a list": (lambda: f"{voucher().split('.')[0]}.W10.AAAA", "missing_claim"),
    "a body that is none": (lambda: f"{voucher().split('.')[0]}.AAAA.AAAA", "form"),
    "a body nested without end": (lambda: f"{voucher().split('.')[0]}.{'W1tb' * 3_000}.AAAA", "form"),
    "a token without end": (lambda: voucher({"x": "y" * 16_000}), "form"),
}


def _with_body(claims: Json) -> str:
    header, _, signature = voucher().split(".")
    return f"{header}.{by_hand(HEADER, claims).split('.')[1]}.{signature}"


@pytest.mark.parametrize("name", TOKENS)
def test_a_token_that_is_no_voucher_is_refused(desk: Desk, name: str) -> None:
    token, reason = TOKENS[name]
    desk.refused(token(), reason)


def test_a_curve_serves_where_it_is_pinned(liar: LyingProvider, authority: str, clock: Clock, tmp_path: Path) -> None:
    desk = Desk(liar, authority, clock, tmp_path, algorithms=["RS256", "ES256"])
    liar.answers["/keys"] = Answer({"keys": [KEY.as_dict(private=False), ec_key("curva").as_dict(private=False)]})
    assert desk.read(signed(CLAIMS, ec_key("curva"), alg="ES256", typ="at+jwt")).client_id == CLIENT
    assert desk.read(voucher()).client_id == CLIENT


@pytest.mark.parametrize("changed", [{"sub": "altro", "client_id": "altro"}, {"purposeId": "altra"}])
def test_a_client_or_a_purpose_that_is_not_admitted_is_told_so(desk: Desk, changed: Json) -> None:
    with pytest.raises(VoucherNotAdmitted) as refusal:
        desk.read(voucher(changed))
    assert refusal.value.status == 403


# -- keys --------------------------------------------------------------------------------------------------------------


def test_a_token_of_a_stranger_asks_nobody(desk: Desk) -> None:
    desk.refused(voucher({"iss": desk.provider.issuer}), "issuer")
    assert desk.provider.asked == []


def test_strange_keys_have_the_issuer_asked_once_a_minute(desk: Desk) -> None:
    desk.read(voucher())
    desk.clock.forward(seconds=60)
    for attempt in range(5):
        desk.refused(signed(CLAIMS, rsa_key("altra"), kid=f"strana-{attempt}", typ="at+jwt"), "signature")
    assert desk.provider.times_asked("/keys") == 2
    assert desk.read(voucher()).client_id == CLIENT


def test_a_key_that_is_new_serves_at_once_and_one_that_is_withdrawn_for_an_hour_at_most(desk: Desk) -> None:
    desk.read(voucher())
    desk.provider.answers["/keys"] = Answer({"keys": [rsa_key("chiave-2").as_dict(private=False)]})
    desk.clock.forward(seconds=60)
    assert desk.read(voucher()).client_id == CLIENT
    assert desk.read(signed(CLAIMS, rsa_key("chiave-2"), typ="at+jwt")).client_id == CLIENT
    desk.refused(voucher(), "signature")


def test_a_withdrawn_key_is_unknown_after_an_hour(desk: Desk) -> None:
    desk.read(voucher())
    desk.provider.answers["/keys"] = Answer({"keys": [rsa_key("chiave-2").as_dict(private=False)]})
    desk.clock.forward(hours=1)
    desk.refused(voucher({"exp": desk.clock.seconds + 60}), "signature")


def test_an_issuer_that_is_away_is_said_to_be_away_and_left_in_peace_for_a_minute(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(issuers, "SECONDS", 0.2)
    desk.provider.answers["/keys"] = Answer({"keys": []}, drips=True)
    for _ in range(3):
        with pytest.raises(IssuerAway):
            desk.read(voucher())
    assert desk.provider.times_asked("/keys") == 1


@pytest.mark.parametrize(
    "answer",
    [Answer({}, 302, {"Location": "/altrove"}), Answer(b"<html>"), Answer({"keys": []}), Answer({}, 404)],
    ids=["redirect", "page", "no keys", "not there"],
)
def test_an_issuer_that_answers_otherwise_is_refused(desk: Desk, answer: Answer) -> None:
    desk.provider.answers["/keys"] = answer
    with pytest.raises(IssuerAnswerRefused):
        desk.read(voucher())
    assert desk.provider.times_asked("/altrove") == 0


def test_many_at_once_have_the_keys_asked_once(desk: Desk) -> None:
    async def together() -> list[VoucherIdentity]:
        return await asyncio.gather(*(desk.vouchers.identity(voucher()) for _ in range(10)))

    assert len(set(asyncio.run(together()))) == 1
    assert desk.provider.times_asked("/keys") == 1


def test_no_voucher_is_in_the_log(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        logging.getLogger().debug("written")
        desk.read(voucher())
        desk.refused(voucher({"aud": "altro"}), "audience")
    assert "written" in caplog.text
    for secret in (voucher(), CLIENT, PURPOSE, CLAIMS["jti"]):
        assert secret not in caplog.text


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=4), inner, max_size=2),
    max_leaves=4,
)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    changed=st.dictionaries(st.sampled_from([*CLAIMS, "cnf"]), JSON, max_size=3),
    header=st.dictionaries(
        st.sampled_from(["alg", "kid", "typ", "cty", "crit", "b64", "x5c", "jku", "jwk", "zip"]), JSON, max_size=2
    ),
)
def test_whatever_an_issuer_signs_is_the_admitted_client_or_a_named_refusal(
    desk: Desk, changed: Json, header: Json
) -> None:
    try:
        identity = desk.read(by_hand(HEADER | header, CLAIMS | changed, KEY))
    except DomainError:
        return
    assert (identity.client_id, identity.purpose_id) == (CLIENT, PURPOSE)
    assert changed.get("aud", SERVICE) in (SERVICE, [SERVICE])
    assert "cnf" not in changed


# -- rules -------------------------------------------------------------------------------------------------------------

ROW = {"issuer": ISSUER, "keys": "https://interop.example/keys", "audience": SERVICE}


@pytest.mark.parametrize(
    ("rules", "where"),
    [
        ([], ""),
        ({"issuers": [ROW]}, "admitted"),
        ({"admitted": []}, "issuers"),
        ({"issuers": [], "admitted": []}, "issuers"),
        ({"issuers": [ROW], "admitted": [], "altro": 1}, "altro"),
        ({"issuers": [ROW | {"keys": "http://interop.example"}], "admitted": []}, "issuers[0].keys"),
        ({"issuers": [ROW | {"algorithms": []}], "admitted": []}, "issuers[0].algorithms"),
        ({"issuers": [ROW | {"algorithms": ["HS256"]}], "admitted": []}, "issuers[0].algorithms[0]"),
        ({"issuers": [ROW | {"algorithms": ["none"]}], "admitted": []}, "issuers[0].algorithms[0]"),
        ({"issuers": [ROW | {"audience": ""}], "admitted": []}, "issuers[0].audience"),
        ({"issuers": [ROW, ROW], "admitted": []}, ""),
        ({"issuers": [ROW], "admitted": [ADMITTED | {"account": "mario.rossi"}]}, "admitted[0].account"),
        ({"issuers": [ROW], "admitted": [ADMITTED | {"administration": "*"}]}, "admitted[0].administration"),
        ({"issuers": [ROW], "admitted": [ADMITTED | {"issuer": "altro"}]}, ""),
        ({"issuers": [ROW], "admitted": [ADMITTED, ADMITTED | {"account": "acc-bbbbbbbbbbbbbbbb"}]}, ""),
        (
            {"issuers": [ROW], "admitted": [{k: v for k, v in ADMITTED.items() if k != "purpose_id"}]},
            "admitted[0].purpose_id",
        ),
    ],
)
def test_rules_that_are_wrong_say_where(tmp_path: Path, rules: object, where: str) -> None:
    path = tmp_path / "vouchers.json"
    path.write_text(json.dumps(rules), encoding="utf-8")
    with pytest.raises(Malformed) as refusal:
        voucher_rules(Settings(vouchers=str(path)))
    assert [problem.where for problem in refusal.value.problems] == [f"INITINERE_VOUCHERS.{where}".rstrip(".")]


def test_without_a_file_no_voucher_is_read_and_one_that_is_not_there_is_told() -> None:
    assert voucher_rules(Settings()) is None
    with pytest.raises(DomainError, match=re.escape("/non/c'è")):
        voucher_rules(Settings(vouchers="/non/c'è"))


def test_the_rules_of_the_page_are_rules(tmp_path: Path) -> None:
    text = next(block for block in re.findall(r"```json\n(.*?)```", PAGE.read_text(), re.DOTALL) if "admitted" in block)
    path = tmp_path / "vouchers.json"
    path.write_text(text, encoding="utf-8")
    rules = voucher_rules(Settings(vouchers=str(path)))
    assert rules is not None
    assert rules.issuers[0].algorithms == ("RS256",)
