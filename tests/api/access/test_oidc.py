"""Signing in with a real provider, which verifies PKCE, and the return of a browser."""

import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import anyio
import httpx2
import pytest

from api.access.issuers import IssuerAway, trusted_context
from api.access.oidc import BegunSignIn, Departure, ExternalIdentity, IdentityProvider, ticket_digest
from api.access.oidc_refusals import AssuranceTooLow, IdentityRefused, SignInDeclined, SignInExpired, SignInNotBegun
from api.access.role_claims import claimed_roles, read_role_mapping
from tests.support.lying_provider import RETURN, Answer, LyingProvider
from tests.support.pyop_provider import CLIENT, LEVEL, SECRET
from tests.support.sign_in import CODE, ROLES, SignIn, configured


class Browser:
    """Somebody at the real provider: the clock is this machine's, for the provider's is."""

    def __init__(self, issuer: str, authority: str, roles: str | None = None, **how: Any) -> None:
        said = {"oidc_client_id": CLIENT, "oidc_client_secret": SECRET, "oidc_roles": roles} | how
        self.service = IdentityProvider(configured(issuer, authority, **said), lambda: datetime.now(UTC))
        self.departure: Departure = anyio.run(self.service.begin, RETURN)
        with httpx2.Client(verify=trusted_context(authority)) as client:
            went = client.get(self.departure.address)
        self.callback = tuple(parse_qsl(urlsplit(went.headers["Location"]).query))
        assert went.headers["Location"].startswith(f"{RETURN}?")

    def back(self, kept: BegunSignIn) -> ExternalIdentity:
        """The browser comes back with what the provider gave it."""
        return anyio.run(self.service.complete, self.callback, kept)


def test_who_signs_in_at_a_real_provider_is_known_with_name_level_and_roles(
    pyop: str, authority: str, roles_file: str
) -> None:
    browser = Browser(pyop, authority, roles_file, oidc_scopes="openid profile ruoli", oidc_acr_values=LEVEL)
    kept = BegunSignIn.model_validate_json(browser.departure.kept.model_dump_json())  # as a store keeps it
    identity = browser.back(kept)
    assert (identity.issuer, identity.name, identity.acr, identity.amr) == (pyop, "Ada Verdi", LEVEL, ("pwd", "otp"))
    assert len(identity.subject) > 20
    assert identity.role_values == ("piani-redazione", "posta")
    (role,) = claimed_roles(identity.role_values, read_role_mapping(json.dumps(ROLES).encode()))
    assert (role.role, role.administration) == ("planner", "cciaa-brindisi")


def test_the_same_person_is_the_same_subject_each_time(pyop: str, authority: str) -> None:
    first, second = Browser(pyop, authority), Browser(pyop, authority)
    assert first.back(first.departure.kept).subject == second.back(second.departure.kept).subject


def test_a_real_provider_is_asked_with_all_that_holds_a_code_to_this_browser(pyop: str, authority: str) -> None:
    first, second = (Browser(pyop, authority, oidc_acr_values=f"{LEVEL} altro").departure for _ in range(2))
    query = dict(parse_qsl(urlsplit(first.address).query))
    assert query["code_challenge_method"] == "S256"
    assert query["redirect_uri"] == RETURN
    assert query["acr_values"] == f"{LEVEL} altro"
    assert query["response_type"] == "code"
    assert (query["state"], query["nonce"]) == (first.kept.state, first.kept.nonce)
    assert first.kept.verifier not in first.address
    assert first.ticket not in first.address
    secrets = [*first.kept.model_dump(include={"state", "nonce", "verifier"}).values(), first.ticket]
    others = [*second.kept.model_dump(include={"state", "nonce", "verifier"}).values(), second.ticket]
    assert len({*secrets, *others}) == 8
    assert all(len(secret) >= 43 for secret in secrets)
    assert ticket_digest(first.ticket) != ticket_digest(second.ticket)


def test_a_code_serves_once_at_a_real_provider(pyop: str, authority: str) -> None:
    browser = Browser(pyop, authority)
    browser.back(browser.departure.kept)
    with pytest.raises(IdentityRefused) as refusal:
        browser.back(browser.departure.kept)
    assert refusal.value.reason == "code"


def test_a_code_of_another_browser_is_worth_nothing_for_the_provider_verifies_pkce(pyop: str, authority: str) -> None:
    robbed, robber = Browser(pyop, authority), Browser(pyop, authority)
    stolen = (("state", robber.departure.kept.state), *(pair for pair in robbed.callback if pair[0] == "code"))
    with pytest.raises(IdentityRefused) as refusal:
        anyio.run(robber.service.complete, stolen, robber.departure.kept)
    assert refusal.value.reason == "exchange"
    assert robbed.back(robbed.departure.kept).name == "Ada Verdi"


def test_a_wrong_secret_is_no_identity(pyop: str, authority: str) -> None:
    browser = Browser(pyop, authority, oidc_client_secret="un altro")
    with pytest.raises(IdentityRefused) as refusal:
        browser.back(browser.departure.kept)
    assert refusal.value.reason == "exchange"


def test_a_level_below_the_accepted_one_is_refused_at_a_real_provider(pyop: str, authority: str) -> None:
    browser = Browser(pyop, authority, oidc_acr_accepted=LEVEL)  # none is asked for, and the provider gives the first
    with pytest.raises(AssuranceTooLow):
        browser.back(browser.departure.kept)


# -- the return --------------------------------------------------------------------------------------------------------


def test_a_return_to_another_browser_is_refused_and_nothing_is_asked(sign_in: SignIn) -> None:
    other = SignIn(sign_in.provider, sign_in.authority, sign_in.clock)
    sign_in.provider.asked.clear()
    for kept in (None, other.kept):
        with pytest.raises(SignInNotBegun):
            anyio.run(sign_in.service.complete, sign_in.callback, kept)
    assert sign_in.provider.asked == []


def test_what_is_kept_serves_once_where_it_is_taken_out_of_the_store(sign_in: SignIn) -> None:
    store = {ticket_digest(sign_in.departure.ticket): sign_in.kept.model_dump_json()}

    def come_back() -> ExternalIdentity:
        text = store.pop(ticket_digest(sign_in.departure.ticket), None)
        kept = BegunSignIn.model_validate_json(text) if text else None
        return anyio.run(sign_in.service.complete, sign_in.callback, kept)

    assert come_back().subject == "persona-55d0"
    with pytest.raises(SignInNotBegun):
        come_back()


def test_the_ticket_is_not_under_what_it_is_kept(sign_in: SignIn) -> None:
    assert sign_in.departure.ticket not in ticket_digest(sign_in.departure.ticket) + sign_in.kept.model_dump_json()


@pytest.mark.parametrize("state", [None, "", "altro", "è"])
def test_another_state_is_refused(sign_in: SignIn, state: str | None) -> None:
    callback = (("code", CODE), *((("state", state),) if state is not None else ()))
    with pytest.raises(SignInNotBegun):
        sign_in.back(*callback)


def test_a_sign_in_that_another_provider_began_is_refused(sign_in: SignIn) -> None:
    with pytest.raises(SignInNotBegun):
        sign_in.back(kept=sign_in.kept.model_copy(update={"issuer": "https://prima.example"}))


def test_a_return_after_ten_minutes_is_refused(sign_in: SignIn) -> None:
    sign_in.clock.forward(minutes=9, seconds=40)
    with pytest.raises(SignInExpired):
        sign_in.back()


@pytest.mark.parametrize(
    "callback",
    [
        (("code", "altro"),),
        (("state", "altro"),),
        (("x", "1"), ("x", "1")),
    ],
)
def test_a_parameter_that_is_said_twice_is_refused(sign_in: SignIn, callback: tuple[tuple[str, str], ...]) -> None:
    with pytest.raises(IdentityRefused) as refusal:
        sign_in.back(*sign_in.callback, *callback)
    assert refusal.value.reason == "callback"


@pytest.mark.parametrize("code", [None, "", "è", "a\nb", "a" * 2_001])
def test_a_return_without_a_code_is_refused(sign_in: SignIn, code: str | None) -> None:
    with pytest.raises(IdentityRefused) as refusal:
        sign_in.back(("state", sign_in.kept.state), *((("code", code),) if code is not None else ()))
    assert refusal.value.reason == "callback"
    assert sign_in.provider.times_asked("/token") == 0


def test_an_answer_that_names_another_issuer_is_refused(sign_in: SignIn) -> None:
    assert sign_in.back(*sign_in.callback, ("iss", sign_in.provider.issuer)).subject == "persona-55d0"
    with pytest.raises(IdentityRefused) as refusal:
        sign_in.back(*sign_in.callback, ("iss", "https://altro.example"))
    assert refusal.value.reason == "response_issuer"


def test_an_answer_names_its_issuer_where_the_provider_says_that_it_does(
    liar: LyingProvider, authority: str, sign_in: SignIn
) -> None:
    address = "/.well-known/openid-configuration"
    document = liar.answers[address].body
    assert isinstance(document, dict)
    liar.answers[address] = Answer(document | {"authorization_response_iss_parameter_supported": True})
    begun = SignIn(liar, authority, sign_in.clock)
    begun.answer()
    begun.refused("response_issuer")
    assert begun.back(*begun.callback, ("iss", liar.issuer)).subject == "persona-55d0"


@pytest.mark.parametrize(
    ("error", "refusal"),
    [
        ("access_denied", SignInDeclined),
        ("<script>", SignInDeclined),
        ("server_error", IssuerAway),
        ("temporarily_unavailable", IssuerAway),
    ],
)
def test_a_provider_that_has_not_identified_anybody_is_told_without_its_words(
    sign_in: SignIn, error: str, refusal: type[Exception]
) -> None:
    callback = (("state", sign_in.kept.state), ("error", error), ("error_description", "Ada Verdi"))
    with pytest.raises(refusal) as told:
        sign_in.back(*callback)
    assert "Ada" not in str(told.value)
    assert error not in str(told.value)
    with pytest.raises(SignInNotBegun):
        sign_in.back(("state", "altro"), *callback[1:])
