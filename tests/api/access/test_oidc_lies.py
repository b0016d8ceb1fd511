"""A provider that lies: what it says otherwise than it should is refused by its name, and nothing else happens."""

import asyncio
import logging
import socket
import threading
from base64 import b64decode
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qsl, unquote_plus

import anyio
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from joserfc.jwk import OctKey

from api.access import issuers
from api.access.issuers import IssuerAnswerRefused, IssuerAway
from api.access.oidc import ExternalIdentity, IdentityProvider
from api.access.oidc_refusals import LASTS, AssuranceTooLow
from api.access.role_claims import RoleClaimRefused
from domain.errors import DomainError
from tests.support.https import certificates
from tests.support.lying_provider import (
    KEY,
    RETURN,
    Answer,
    Clock,
    Json,
    LyingProvider,
    by_hand,
    ec_key,
    rsa_key,
    signed,
)
from tests.support.pyop_provider import LEVEL
from tests.support.sign_in import CODE, OURS, SignIn, configured


def test_an_honest_token_is_an_identity(sign_in: SignIn) -> None:
    identity = sign_in.back()
    assert (identity.subject, identity.name, identity.acr, identity.amr) == ("persona-55d0", "Ada Verdi", None, ())
    (exchange,) = (asked for asked in sign_in.provider.asked if asked[1] == "/token")
    assert dict(parse_qsl(exchange[3].decode())) == {
        "grant_type": "authorization_code",
        "code": CODE,
        "redirect_uri": RETURN,
        "code_verifier": sign_in.kept.verifier,
    }
    scheme, _, pair = exchange[2]["Authorization"].partition(" ")
    assert scheme == "Basic"
    assert [unquote_plus(part) for part in b64decode(pair).decode().split(":")] == [OURS, "segreto-71b4"]


@pytest.mark.parametrize(
    ("how", "body", "header"),
    [
        (
            {"oidc_client_authentication": "client_secret_post"},
            {"client_id": OURS, "client_secret": "segreto-71b4"},
            False,
        ),
        ({"oidc_client_secret": None}, {"client_id": OURS}, False),
    ],
)
def test_a_client_proves_itself_as_the_provider_wants(
    liar: LyingProvider, authority: str, clock: Clock, how: Json, body: Json, *, header: bool
) -> None:
    sign_in = SignIn(liar, authority, clock, **how)
    sign_in.answer()
    sign_in.back()
    (exchange,) = (asked for asked in liar.asked if asked[1] == "/token")
    assert body.items() <= dict(parse_qsl(exchange[3].decode())).items()
    assert ("Authorization" in exchange[2]) is header


CLAIMS: dict[str, tuple[Json, str]] = {
    "another audience with our azp": ({"aud": "altro", "azp": OURS}, "audience"),
    "another audience": ({"aud": "altro"}, "audience"),
    "audiences beside ours, with our azp": ({"aud": [OURS, "altro"], "azp": OURS}, "audience"),
    "an audience that is a prefix of ours": ({"aud": "in-iti"}, "audience"),
    "an audience that is no text": ({"aud": {OURS: True}}, "audience"),
    "no audience in the list": ({"aud": []}, "audience"),
    "another authorized party": ({"azp": "altro"}, "authorized_party"),
    "an empty subject": ({"sub": ""}, "subject"),
    "a blank subject": ({"sub": "  "}, "subject"),
    "a subject that is a number": ({"sub": 12}, "subject"),
    "a subject that is a list": ({"sub": ["persona-55d0"]}, "subject"),
    "a subject with half a character": ({"sub": "persona\ud800"}, "subject"),
    "a subject with a character that ends texts": ({"sub": "persona\x00"}, "subject"),
    "a subject without end": ({"sub": "a" * 256}, "subject"),
    "another nonce": ({"nonce": "altro"}, "nonce"),
    "an empty nonce": ({"nonce": ""}, "nonce"),
    "a nonce that is a list": ({"nonce": ["altro"]}, "nonce"),
    "another issuer": ({"iss": "https://altro.example"}, "issuer"),
    "the issuer with a slash": ({"iss": "/"}, "issuer"),
    "an expiry in words": ({"exp": "domani"}, "expired"),
    "an expiry that is yes": ({"exp": True}, "expired"),
    "an expiry without end": ({"exp": float("inf")}, "expired"),
    "an expiry that is no number": ({"exp": float("nan")}, "expired"),
    "another access token": ({"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"}, "access_token"),
    "a hash that is a number": ({"at_hash": 5}, "access_token"),
    "means that are a word": ({"amr": "pwd"}, "form"),
    "an instant of sign-in in words": ({"auth_time": "ieri"}, "form"),
}


@pytest.mark.parametrize("name", CLAIMS)
def test_a_claim_that_lies_is_refused(sign_in: SignIn, name: str) -> None:
    changed, reason = CLAIMS[name]
    sign_in.claims |= changed
    sign_in.answer()
    sign_in.refused(reason)


@pytest.mark.parametrize("claim", ["iss", "aud", "sub", "exp", "iat", "nonce"])
@pytest.mark.parametrize("absence", ["left out", "null"])
def test_a_claim_that_is_missing_is_refused(sign_in: SignIn, claim: str, absence: str) -> None:
    sign_in.claims[claim] = None
    if absence == "left out":
        del sign_in.claims[claim]
    sign_in.answer()
    sign_in.refused("missing_claim")


@pytest.mark.parametrize(
    ("claim", "seconds", "reason"),
    [
        ("exp", -60, "expired"),
        ("exp", -3600, "expired"),
        ("iat", 62, "not_yet"),
        ("nbf", 62, "not_yet"),
        ("iat", -82, "expired"),  # before the sign-in began, and more than the clocks may differ
    ],
)
def test_a_token_of_another_time_is_refused(sign_in: SignIn, claim: str, seconds: int, reason: str) -> None:
    sign_in.claims[claim] = sign_in.clock.seconds + seconds
    sign_in.answer()
    sign_in.refused(reason)


@pytest.mark.parametrize(("claim", "seconds"), [("exp", -59), ("iat", 60), ("nbf", 60), ("iat", -80)])
def test_clocks_may_differ_by_what_is_set(sign_in: SignIn, claim: str, seconds: int) -> None:
    sign_in.claims[claim] = sign_in.clock.seconds + seconds
    sign_in.answer()
    assert sign_in.back().subject == "persona-55d0"


HS256 = {"alg": "HS256", "kid": KEY.kid}
TOKENS: dict[str, tuple[Callable[[Json], str], str]] = {
    "another key that takes our kid": (lambda c: signed(c, rsa_key("altra"), kid=KEY.kid), "signature"),
    "another key": (lambda c: signed(c, rsa_key("altra")), "signature"),
    "a key that it carries": (
        lambda c: signed(c, ec_key("altra"), jwk=ec_key("altra").as_dict(private=False), alg="ES256"),
        "algorithm",
    ),
    "the address of a key": (lambda c: signed(c, rsa_key("altra"), jku="https://altro.example/keys"), "signature"),
    "no signature": (lambda c: by_hand({"alg": "none"}, c), "algorithm"),
    "no signature, by our key": (lambda c: by_hand({"alg": "NONE", "kid": KEY.kid}, c), "algorithm"),
    "an empty signature": (lambda c: by_hand({"alg": "RS256", "kid": KEY.kid}, c), "signature"),
    "the public key for a secret": (lambda c: by_hand(HS256, c, KEY.as_pem(private=False)), "algorithm"),
    "the public key in DER for a secret": (lambda c: by_hand(HS256, c, KEY.as_der(private=False)), "algorithm"),
    "our secret for a secret": (lambda c: by_hand(HS256, c, b"segreto-71b4"), "algorithm"),
    "an algorithm that is not pinned": (lambda c: signed(c, alg="RS512"), "algorithm"),
    "a curve that is not pinned": (lambda c: signed(c, ec_key("curva"), alg="ES256"), "algorithm"),
    "a header that is critical": (
        lambda c: by_hand({"alg": "RS256", "kid": KEY.kid, "crit": ["x"], "x": 1}, c),
        "form",
    ),
    "a body cut short": (lambda c: signed(c)[:-4] + "AAAA", "signature"),
    "another body": (lambda c: ".".join([signed(c).split(".")[0], "e30", signed(c).split(".")[2]]), "signature"),
    "one part": (lambda _: "abc", "form"),
    "two dots": (lambda _: "..", "form"),
    "five parts": (lambda _: "a.b.c.d.e", "form"),
    "letters that no token has": (lambda _: "è.è.è", "form"),
    "a header that is a list": (lambda _: "W10.e30.AAAA", "algorithm"),
    "a header that is a text": (lambda _: "ImFsZyI.e30.AAAA", "form"),
    "an algorithm that is a list": (lambda _: "eyJhbGciOltdfQ.e30.AAAA", "form"),
    "nothing": (lambda _: "", "form"),
    "a token without end": (lambda c: signed(c | {"x": "y" * 200_000}), "form"),
}


@pytest.mark.parametrize("name", TOKENS)
def test_a_token_that_is_none_is_refused(sign_in: SignIn, name: str) -> None:
    token, reason = TOKENS[name]
    sign_in.answer(id_token=token(sign_in.claims))
    sign_in.refused(reason)


def test_a_curve_serves_where_it_is_pinned(liar: LyingProvider, authority: str, clock: Clock) -> None:
    liar.answers["/keys"] = Answer({"keys": [KEY.as_dict(private=False), ec_key("curva").as_dict(private=False)]})
    sign_in = SignIn(liar, authority, clock, oidc_algorithms="RS256 ES256")
    sign_in.answer(id_token=signed(sign_in.claims, ec_key("curva"), alg="ES256"))
    assert sign_in.back().subject == "persona-55d0"
    sign_in.answer(id_token=signed(sign_in.claims, alg="PS256"))
    sign_in.refused("algorithm")


def test_a_secret_among_the_published_keys_verifies_nothing(sign_in: SignIn) -> None:
    secret = OctKey.generate_key(256, {"kid": "segreta"})
    sign_in.provider.answers["/keys"] = Answer({"keys": [KEY.as_dict(private=False), secret.as_dict(private=True)]})
    sign_in.answer(id_token=signed(sign_in.claims, secret, alg="HS256"))
    sign_in.refused("algorithm")


@pytest.mark.parametrize(
    ("token", "reason"),
    [
        ({"id_token": None}, "no_id_token"),
        ({"id_token": 5}, "no_id_token"),
        ({"id_token": ["a"]}, "no_id_token"),
        ({"token_type": "mac"}, "token_type"),
        ({"token_type": None}, "token_type"),
        ({"access_token": None}, "token_type"),
        ({"access_token": ""}, "access_token"),
        ({"access_token": "a\r\nX-Y: z"}, "access_token"),
        ({"access_token": "è"}, "access_token"),
    ],
)
def test_an_exchange_that_gives_no_token_of_ours_is_refused(sign_in: SignIn, token: Json, reason: str) -> None:
    sign_in.answer(**token)
    sign_in.refused(reason)


@pytest.mark.parametrize(
    ("error", "status", "reason"),
    [
        ("invalid_grant", 400, "code"),
        ("invalid_client", 401, "exchange"),
        ("altro", 200, "exchange"),
        (None, 200, "exchange"),
        ({"a": 1}, 400, "exchange"),
    ],
)
def test_a_code_that_the_provider_refuses_is_refused(sign_in: SignIn, error: object, status: int, reason: str) -> None:
    body = {"error": error, "error_description": "<b>il codice di Ada</b>"}
    sign_in.provider.answers["/token"] = Answer(body, status)
    sign_in.refused(reason)


@pytest.mark.parametrize("level", [None, "https://www.spid.gov.it/SpidL1", "", 2, [LEVEL]])
def test_a_level_lower_than_asked_is_refused(liar: LyingProvider, authority: str, clock: Clock, level: object) -> None:
    sign_in = SignIn(liar, authority, clock, oidc_acr_values=LEVEL)
    sign_in.claims |= {"acr": level}
    sign_in.answer()
    with pytest.raises(AssuranceTooLow):
        sign_in.back()


def test_a_level_that_is_accepted_beside_the_asked_one_is_accepted(
    liar: LyingProvider, authority: str, clock: Clock
) -> None:
    higher = "https://www.spid.gov.it/SpidL3"
    sign_in = SignIn(liar, authority, clock, oidc_acr_values=LEVEL, oidc_acr_accepted=f"{LEVEL} {higher}")
    sign_in.claims |= {"acr": higher}
    sign_in.answer()
    assert sign_in.back().acr == higher


# -- answers that no provider gives ------------------------------------------------------------------------------------

CONFIGURATION = "/.well-known/openid-configuration"

ANSWERS: dict[str, tuple[Answer, str]] = {
    "a redirect": (Answer({"id_token": "x"}, 302, {"Location": "/altrove"}), "redirect"),
    "a redirect elsewhere": (Answer({}, 307, {"Location": "https://altro.example/token"}), "redirect"),
    "another success": (Answer({}, 203), "status"),
    "a page": (Answer(b"<html>"), "not_json"),
    "nothing": (Answer(b""), "not_json"),
    "a list": (Answer([]), "not_json"),
    "a name said twice": (Answer(b'{"id_token": "a", "id_token": "b"}'), "not_json"),
    "nesting without end": (Answer(b"[" * 100_000), "not_json"),
    "a body without end": (Answer(b'{"x": "' + b"y" * 600_000 + b'"}'), "size"),
    "a body that unpacks": (Answer({}, 200, {"Content-Encoding": "gzip"}), "compressed"),
}


@pytest.mark.parametrize("path", [CONFIGURATION, "/keys", "/token"])
@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_that_no_provider_gives_is_refused(
    liar: LyingProvider, authority: str, clock: Clock, sign_in: SignIn, path: str, name: str
) -> None:
    answer, reason = ANSWERS[name]
    liar.answers[path] = answer
    sign_in.clock.forward(hours=1)  # all that it publishes is asked again
    begun = sign_in.kept.model_copy(update={"begun_at": clock.now, "expires_at": clock.now + LASTS})
    with pytest.raises(IssuerAnswerRefused) as refusal:
        anyio.run(sign_in.service.complete, sign_in.callback, begun)
    assert refusal.value.reason == reason
    assert liar.times_asked("/altrove") == 0
    if path == CONFIGURATION:
        with pytest.raises(IssuerAnswerRefused):
            anyio.run(IdentityProvider(configured(liar.issuer, authority), clock).begin, RETURN)


@pytest.mark.parametrize("path", [CONFIGURATION, "/keys", "/token"])
@pytest.mark.parametrize(
    "answer",
    [Answer({}, 503), Answer({}, 500), Answer({}, 429), Answer({}, drips=True), Answer({"x": "y" * 1_000}, drips=True)],
    ids=["unavailable", "broken", "busy", "slow head", "slow body"],
)
def test_a_provider_that_is_away_is_said_to_be_away(
    sign_in: SignIn, path: str, answer: Answer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(issuers, "SECONDS", 0.3)
    sign_in.provider.answers[path] = answer
    sign_in.clock.forward(hours=1)
    begun = sign_in.kept.model_copy(update={"begun_at": sign_in.clock.now, "expires_at": sign_in.clock.now + LASTS})
    with pytest.raises(IssuerAway) as refusal:
        anyio.run(sign_in.service.complete, sign_in.callback, begun)
    assert (refusal.value.status, refusal.value.retry_after) == (503, 60)
    assert refusal.value.reason == ("timeout" if answer.drips else "status")


def test_a_provider_that_nobody_answers_for_is_away(authority: str, clock: Clock) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        service = IdentityProvider(configured(f"https://127.0.0.1:{closed.getsockname()[1]}", authority), clock)
        with pytest.raises(IssuerAway) as refusal:
            anyio.run(service.begin, RETURN)
    assert refusal.value.reason == "connection"


def test_a_provider_is_reached_through_the_proxy_of_the_environment(
    liar: LyingProvider, authority: str, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as proxy:
        monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{proxy.getsockname()[1]}")

        def refuse() -> None:
            connection, _ = proxy.accept()
            with connection:
                heard.append(connection.recv(4_096))
                connection.sendall(b"HTTP/1.1 403 no\r\nContent-Length: 0\r\n\r\n")

        thread = threading.Thread(target=refuse)
        thread.start()
        with pytest.raises(IssuerAway):
            anyio.run(IdentityProvider(configured(liar.issuer, authority), clock).begin, RETURN)
        thread.join()
    assert heard[0].startswith(f"CONNECT {liar.issuer.removeprefix('https://')} HTTP/1.1".encode())
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    anyio.run(IdentityProvider(configured(liar.issuer, authority), clock).begin, RETURN)


def test_a_certificate_of_another_authority_is_not_believed(liar: LyingProvider, tmp_path: Path, clock: Clock) -> None:
    other, _ = certificates(tmp_path)
    with pytest.raises(IssuerAway) as refusal:
        anyio.run(IdentityProvider(configured(liar.issuer, str(other)), clock).begin, RETURN)
    assert refusal.value.reason == "certificate"
    assert liar.asked == []


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"issuer": "https://altro.example"}, "other_issuer"),
        ({"issuer": None}, "other_issuer"),
        ({"token_endpoint": "http://127.0.0.1/token"}, "endpoint"),
        ({"token_endpoint": None}, "endpoint"),
        ({"jwks_uri": "file:///etc/passwd"}, "endpoint"),
        ({"jwks_uri": "https://"}, "endpoint"),
        ({"authorization_endpoint": "javascript:alert(1)"}, "endpoint"),
        ({"authorization_endpoint": ["https://127.0.0.1/"]}, "endpoint"),
        ({"userinfo_endpoint": "https://qualcuno@127.0.0.1/"}, "endpoint"),
    ],
)
def test_a_provider_that_publishes_what_it_may_not_is_refused(
    liar: LyingProvider, authority: str, clock: Clock, changed: Json, reason: str
) -> None:
    document = liar.answers[CONFIGURATION].body
    assert isinstance(document, dict)
    liar.answers[CONFIGURATION] = Answer(document | changed)
    with pytest.raises(IssuerAnswerRefused) as refusal:
        anyio.run(IdentityProvider(configured(liar.issuer, authority), clock).begin, RETURN)
    assert refusal.value.reason == reason


@pytest.mark.parametrize(
    "keys",
    [
        [],
        [rsa_key("debole", 1024).as_dict(private=False)],
        [rsa_key("debole", 1024).as_dict(private=False) | {"n": "A" * 200 + str(rsa_key("debole", 1024)["n"])}],
        [KEY.as_dict(private=False) | {"n": "_" * 1_400}],
        [KEY.as_dict(private=False) | {"n": "è"}],
        [KEY.as_dict(private=False) | {"use": "enc"}],
        [{"kty": "RSA", "n": "x"}],
        [{"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}],
        [{"kty": "oct", "k": "AAAA"}],
        [{"kty": "oct", "k": "LS0tLS1CRUdJTiBQVUJMSUMgS0VZLS0tLS0K"}],
        [{"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}],
        ["altro", None, 5],
        {"altro": 1},
        [KEY.as_dict(private=False)] * 51,
    ],
)
def test_keys_that_may_verify_nothing_are_refused(sign_in: SignIn, keys: object) -> None:
    sign_in.provider.answers["/keys"] = Answer({"keys": keys})
    with pytest.raises(IssuerAnswerRefused) as refusal:
        sign_in.back()
    assert refusal.value.reason == "keys"


def test_means_and_level_that_are_no_texts_are_left_out(sign_in: SignIn) -> None:
    sign_in.claims |= {"amr": ["pwd", 5, "", "a\x00", ["otp"]], "acr": "\ud800"}
    sign_in.answer()
    identity = sign_in.back()
    assert (identity.amr, identity.acr) == (("pwd",), None)


def test_a_key_that_cannot_be_read_stands_in_nobodys_way(sign_in: SignIn) -> None:
    odd: list[object] = [
        {"kty": "AKP", "alg": "ML-DSA-44"},
        {"kty": "RSA"},
        KEY.as_dict(private=False) | {"key_ops": "altro", "x5u": ":"},
    ]
    sign_in.provider.answers["/keys"] = Answer({"keys": odd})
    assert sign_in.back().subject == "persona-55d0"


@pytest.mark.parametrize("lifetime", ["presto", {"secondi": 5}, [5], 1e400])
def test_a_lifetime_that_is_no_number_is_refused(sign_in: SignIn, lifetime: object) -> None:
    sign_in.answer(expires_in=lifetime)
    with pytest.raises(IssuerAnswerRefused) as refusal:
        sign_in.back()
    assert refusal.value.reason in {"token", "not_json"}


def test_a_provider_is_asked_for_answers_that_need_no_unpacking(sign_in: SignIn) -> None:
    sign_in.back()
    assert {headers["Accept-Encoding"] for _, _, headers, _ in sign_in.provider.asked} == {"identity"}


# -- what the provider says when it is asked ---------------------------------------------------------------------------


def asked_for_more(sign_in: SignIn, answer: Answer) -> None:
    """The name does not stand in the token, and the provider is asked for it."""
    document = sign_in.provider.answers[CONFIGURATION].body
    assert isinstance(document, dict)
    userinfo = {"userinfo_endpoint": f"{sign_in.provider.issuer}/userinfo"}
    sign_in.provider.answers |= {CONFIGURATION: Answer(document | userinfo), "/userinfo": answer}
    sign_in.service = IdentityProvider(sign_in.service.configuration, sign_in.clock)
    del sign_in.claims["name"]
    sign_in.answer()


def test_what_the_token_does_not_say_is_asked(sign_in: SignIn) -> None:
    asked_for_more(
        sign_in, Answer({"sub": "persona-55d0", "given_name": "Ada\x07", "family_name": " Verdi", "acr": "x"})
    )
    assert (sign_in.back().name, sign_in.back().acr) == ("Ada Verdi", None)
    assert sign_in.provider.asked[-1][2]["Authorization"] == "Bearer accesso-90fa"


@pytest.mark.parametrize("subject", [None, "altra", ["persona-55d0"]])
def test_what_is_said_of_another_person_is_refused(sign_in: SignIn, subject: object) -> None:
    asked_for_more(sign_in, Answer({"sub": subject, "name": "Bea Neri"}))
    sign_in.refused("userinfo")


def test_a_person_that_the_provider_knows_no_more_is_refused(sign_in: SignIn) -> None:
    asked_for_more(sign_in, Answer({"error": "invalid_token"}, 401))
    with pytest.raises(IssuerAnswerRefused) as refusal:
        sign_in.back()
    assert refusal.value.reason == "status"


def test_roles_that_cannot_be_read_refuse_the_entry(
    liar: LyingProvider, authority: str, clock: Clock, roles_file: str
) -> None:
    sign_in = SignIn(liar, authority, clock, oidc_roles=roles_file)
    sign_in.claims["ruoli"] = {"piani-redazione": True}
    sign_in.answer()
    with pytest.raises(RoleClaimRefused):
        sign_in.back()


# -- keys are kept -----------------------------------------------------------------------------------------------------


def test_keys_are_asked_once_an_hour_and_for_one_that_is_new(sign_in: SignIn) -> None:
    sign_in.back()
    sign_in.back()
    assert sign_in.provider.times_asked("/keys") == 1
    sign_in.provider.answers["/keys"] = Answer({"keys": [rsa_key("chiave-2").as_dict(private=False)]})
    sign_in.answer(id_token=signed(sign_in.claims, rsa_key("chiave-2")))
    sign_in.clock.forward(seconds=60)
    assert sign_in.back().subject == "persona-55d0"
    sign_in.answer(id_token=signed(sign_in.claims))  # the key that was withdrawn
    sign_in.refused("signature")
    assert sign_in.provider.times_asked("/keys") == 2


def test_keys_that_were_moved_are_asked_where_they_are(sign_in: SignIn) -> None:
    sign_in.back()
    document = sign_in.provider.answers[CONFIGURATION].body
    assert isinstance(document, dict)
    sign_in.provider.answers |= {
        CONFIGURATION: Answer(document | {"jwks_uri": f"{sign_in.provider.issuer}/altre"}),
        "/altre": Answer({"keys": [rsa_key("chiave-2").as_dict(private=False)]}),
    }
    sign_in.clock.forward(hours=1)
    begun = sign_in.kept.model_copy(update={"begun_at": sign_in.clock.now, "expires_at": sign_in.clock.now + LASTS})
    sign_in.claims |= {"iat": sign_in.clock.seconds, "exp": sign_in.clock.seconds + 60}
    sign_in.answer(id_token=signed(sign_in.claims, rsa_key("chiave-2")))
    assert sign_in.back(kept=begun).subject == "persona-55d0"
    assert (sign_in.provider.times_asked("/keys"), sign_in.provider.times_asked("/altre")) == (1, 1)


def test_strange_keys_have_the_provider_asked_once_a_minute(sign_in: SignIn) -> None:
    sign_in.back()
    for attempt in range(5):
        sign_in.answer(id_token=signed(sign_in.claims, rsa_key("altra"), kid=f"strana-{attempt}"))
        sign_in.refused("signature")
    assert sign_in.provider.times_asked("/keys") == 1  # a moment ago
    sign_in.clock.forward(seconds=60)
    for _ in range(5):
        sign_in.refused("signature")
    assert sign_in.provider.times_asked("/keys") == 2


def test_many_at_once_have_the_keys_asked_once(sign_in: SignIn) -> None:
    async def together() -> list[ExternalIdentity]:
        back = [sign_in.service.complete(sign_in.callback, sign_in.kept) for _ in range(10)]
        return await asyncio.gather(*back)

    assert len({identity.subject for identity in asyncio.run(together())}) == 1
    assert sign_in.provider.times_asked("/keys") == 1


def test_a_provider_without_keys_is_not_asked_again_at_once(sign_in: SignIn) -> None:
    keys = sign_in.provider.answers["/keys"]
    sign_in.provider.answers["/keys"] = Answer({}, 503)
    for _ in range(3):
        with pytest.raises(IssuerAway):
            sign_in.back()
    assert sign_in.provider.times_asked("/keys") == 1
    sign_in.provider.answers["/keys"] = keys
    sign_in.clock.forward(seconds=60)
    assert sign_in.back().subject == "persona-55d0"


# -- nothing is told ---------------------------------------------------------------------------------------------------


def test_no_token_and_no_person_is_in_the_log_or_in_what_is_shown(
    sign_in: SignIn, caplog: pytest.LogCaptureFixture
) -> None:
    sign_in.claims["at_hash"] = "AAAAAAAAAAAAAAAAAAAAAA"
    with caplog.at_level(logging.DEBUG):
        logging.getLogger().debug("written")
        identity = sign_in.back()
        sign_in.answer()
        sign_in.refused("access_token")
        shown = [repr(sign_in.kept), repr(sign_in.service.configuration), repr(identity)]
    secrets = [
        CODE,
        "segreto-71b4",
        "accesso-90fa",
        "persona-55d0",
        "Ada",
        sign_in.departure.ticket,
        signed(sign_in.claims),
    ]
    secrets += sign_in.kept.model_dump(include={"state", "nonce", "verifier"}).values()
    assert "written" in caplog.text
    for secret in secrets:
        assert secret not in caplog.text
        assert all(secret not in text for text in shown)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=4), inner, max_size=2),
    max_leaves=4,
)
CLAIM = st.sampled_from(
    [
        "iss",
        "sub",
        "aud",
        "exp",
        "iat",
        "nbf",
        "nonce",
        "azp",
        "acr",
        "amr",
        "at_hash",
        "auth_time",
        "jti",
        "name",
        "given_name",
    ]
)
HEADER = st.sampled_from(["alg", "kid", "typ", "cty", "crit", "b64", "x5c", "jku", "jwk", "zip"])


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changed=st.dictionaries(CLAIM, JSON, max_size=3), header=st.dictionaries(HEADER, JSON, max_size=2))
def test_whatever_a_provider_signs_is_an_identity_or_a_named_refusal(
    sign_in: SignIn, changed: Json, header: Json
) -> None:
    honest = {"alg": "RS256", "kid": KEY.kid}
    sign_in.answer(id_token=by_hand(honest | header, sign_in.claims | changed, KEY))
    try:
        identity = sign_in.back()
    except DomainError:
        return
    assert identity.issuer == sign_in.provider.issuer
    assert identity.subject.strip()
    assert changed.get("nonce", sign_in.kept.nonce) == sign_in.kept.nonce
    assert changed.get("aud", OURS) in (OURS, [OURS])
