"""Passkeys: what is asked for, and each answer that is not right refused, whoever sends it."""

import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.access.passkeys import (
    Passkey,
    PasskeyChallenge,
    PasskeyCounterBack,
    PasskeyRefused,
    PasskeySite,
    PasskeysUnavailable,
    PasskeyUser,
    authentication_options,
    new_passkey,
    passkey_name,
    read_answer,
    registration_options,
    used_passkey,
)
from domain.errors import Malformed
from tests.support.authenticator import MAY_BE_SYNCED, PRESENT, SYNCED, VERIFIED, Authenticator, read, written

NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
SITE = PasskeySite.at("https://piani.ente.example")
ANNA = PasskeyUser(account="acc-aaaaaaaaaaaaaaaa", login="anna", display_name="Anna")
BRUNO = PasskeyUser(account="acc-bbbbbbbbbbbbbbbb", login="bruno", display_name="Bruno")


def device(**altered: Any) -> Authenticator:
    return Authenticator(**({"origin": SITE.origin, "host": SITE.host} | altered))


def registered(authenticator: Authenticator, user: PasskeyUser = ANNA, name: str = "telefono") -> Passkey:
    challenge, options = registration_options(SITE, user, [], NOW)
    return new_passkey(SITE, challenge, read_answer(authenticator.create(options)), name, NOW)


def signed_in(authenticator: Authenticator, passkey: Passkey | None, later: timedelta = timedelta(0)) -> Passkey:
    challenge, options = authentication_options(SITE, NOW)
    return used_passkey(SITE, challenge, passkey, read_answer(authenticator.get(options)), NOW + later)


@pytest.mark.parametrize(
    ("address", "origin", "host"),
    [
        ("https://piani.ente.example", "https://piani.ente.example", "piani.ente.example"),
        ("https://Piani.Ente.example:443/", "https://piani.ente.example", "piani.ente.example"),
        ("https://piani.ente.example:8443", "https://piani.ente.example:8443", "piani.ente.example"),
        ("http://localhost:8000", "http://localhost:8000", "localhost"),
    ],
)
def test_the_site_is_the_origin_and_the_host_of_the_public_address(address: str, origin: str, host: str) -> None:
    assert PasskeySite.at(address) == PasskeySite(origin=origin, host=host)


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:8000",
        "https://[::1]",
        "http://piani.ente.example",
        "piani.ente.example",
        "",
        "https://",
        "ftp://localhost",
    ],
)
def test_an_address_for_which_browsers_make_none_is_said(address: str) -> None:
    with pytest.raises(PasskeysUnavailable):
        PasskeySite.at(address)


def test_a_registration_asks_for_a_passkey_that_says_who_it_is_and_verifies_the_person() -> None:
    known = registered(device())
    challenge, text = registration_options(SITE, ANNA, [known], NOW)
    options = json.loads(text)
    assert options["rp"] == {"id": "piani.ente.example", "name": "In Itinere"}
    assert (read(options["user"]["id"]), options["user"]["name"]) == (ANNA.account.encode(), "anna")
    assert options["authenticatorSelection"] == {
        "residentKey": "required",
        "requireResidentKey": True,
        "userVerification": "required",
    }
    assert options["attestation"] == "none"
    assert [excluded["id"] for excluded in options["excludeCredentials"]] == [known.credential_id]
    assert (options["challenge"], len(read(challenge.challenge))) == (challenge.challenge, 32)
    assert (challenge.account, challenge.expires_at) == (ANNA.account, NOW + timedelta(minutes=5))


def test_a_sign_in_asks_for_any_passkey_or_for_those_of_an_account() -> None:
    known = registered(device())
    challenge, text = authentication_options(SITE, NOW)
    assert (challenge.account, json.loads(text)["allowCredentials"]) == (None, [])
    challenge, text = authentication_options(SITE, NOW, account=ANNA.account, passkeys=[known])
    options = json.loads(text)
    assert challenge.account == ANNA.account
    assert [allowed["id"] for allowed in options["allowCredentials"]] == [known.credential_id]
    assert (options["rpId"], options["userVerification"]) == ("piani.ente.example", "required")


def test_no_two_challenges_are_the_same() -> None:
    assert len({authentication_options(SITE, NOW)[0].challenge for _ in range(50)}) == 50


def test_a_passkey_is_registered_and_signs_in() -> None:
    phone = device()
    passkey = registered(phone, name="  telefono   di casa ")
    assert passkey == Passkey(
        credential_id=written(phone.id),
        account=ANNA.account,
        name="telefono di casa",
        public_key=passkey.public_key,
        sign_count=1,
        transports=("internal",),
        synced=False,
        added_at=NOW,
    )
    phone.count = 7
    used = signed_in(phone, passkey, timedelta(minutes=1))
    assert used == passkey.model_copy(update={"sign_count": 7, "last_used_at": NOW + timedelta(minutes=1)})
    assert Passkey.model_validate_json(used.model_dump_json()) == used


def test_a_synced_passkey_counts_nothing_and_may_be_used_again() -> None:
    phone = device(count=0, flags=PRESENT | VERIFIED | MAY_BE_SYNCED | SYNCED)
    passkey = registered(phone)
    assert passkey.synced
    assert signed_in(phone, signed_in(phone, passkey)).sign_count == 0


@pytest.mark.parametrize("count", [0, 4, 5])
def test_a_counter_that_goes_back_or_stands_still_is_refused_once_the_signature_is_right(count: int) -> None:
    phone = device(count=5)
    passkey = registered(phone)
    phone.count = count
    with pytest.raises(PasskeyCounterBack):
        signed_in(phone, passkey)
    thief = device(count=count, id=phone.id, handle=phone.handle)
    with pytest.raises(PasskeyRefused, match="non è valida") as refused:
        signed_in(thief, passkey)
    assert type(refused.value) is PasskeyRefused, "who has not the key raises no alarm"


@pytest.mark.parametrize(
    "altered",
    [
        {"origin": "https://piani.ente.example.evil.example"},
        {"origin": "http://piani.ente.example"},
        {"origin": "https://piani.ente.example:8443"},
        {"host": "ente.example"},
        {"flags": VERIFIED},
        {"flags": PRESENT},
        {"flags": PRESENT | VERIFIED | SYNCED},
        {"client": {"type": "payment.get"}},
        {"client": {"challenge": "AAAA"}},
        {"client": {"crossOrigin": True}},
        {"client": {"topOrigin": "https://evil.example"}},
        {"client": {"origin": None}},
    ],
    ids=str,
)
def test_what_is_not_right_is_refused_at_either_ceremony(altered: dict[str, Any]) -> None:
    with pytest.raises(PasskeyRefused):
        registered(device(**altered))
    phone = device()
    passkey = registered(phone)
    phone.count = 9
    for name, value in altered.items():
        setattr(phone, name, value)
    with pytest.raises(PasskeyRefused):
        signed_in(phone, passkey)


def test_a_passkey_that_was_of_one_device_and_now_may_be_on_several_is_refused() -> None:
    phone = device()
    passkey = registered(phone)
    phone.count, phone.flags = 2, PRESENT | VERIFIED | MAY_BE_SYNCED
    with pytest.raises(PasskeyRefused, match="non è più quella"):
        signed_in(phone, passkey)


@pytest.mark.parametrize(
    ("fmt", "statement", "refusal"),
    [
        ("fido-u2f", {"sig": b"x", "x5c": [b"x"]}, "attestato"),
        ("packed", {"alg": -7, "sig": b"x", "x5c": [b"x"]}, "attestato"),
        ("tpm", {}, "attestato"),
        ("android-safetynet", {"ver": "1", "response": b"a.b.c"}, "attestato"),
        ("packed", {"alg": -7, "sig": b"x"}, "non è valida"),
        ("none", {"sig": b"x"}, "non è valida"),
    ],
)
def test_an_attestation_that_was_not_asked_for_is_refused(fmt: str, statement: dict[str, Any], refusal: str) -> None:
    with pytest.raises(PasskeyRefused, match=refusal):
        registered(device(fmt=fmt, statement=statement))


def test_a_device_that_signs_with_the_new_key_itself_is_taken() -> None:
    assert registered(device(fmt="packed", signs_itself=True)).account == ANNA.account


@pytest.mark.parametrize("origin", ["https://altro.example", "https://piani.ente.example:8443", ""])
def test_the_page_of_another_origin_is_told_at_either_ceremony(origin: str) -> None:
    phone = device()
    passkey = registered(phone)
    phone.origin = origin
    for ceremony in (partial(registered, phone), partial(signed_in, phone, passkey)):
        with pytest.raises(PasskeyRefused, match="la passkey è stata usata da") as refused:
            ceremony()
        assert repr(origin) in refused.value.problem.found


def test_a_challenge_is_of_one_ceremony_one_account_and_five_minutes() -> None:
    phone = device()
    passkey = registered(phone)
    phone.count = 2
    challenge, options = authentication_options(SITE, NOW)
    answer = read_answer(phone.get(options))
    other, _ = authentication_options(SITE, NOW)
    registering, _ = registration_options(SITE, ANNA, [], NOW)
    wrong: list[tuple[PasskeyChallenge | None, datetime]] = [
        (None, NOW),
        (other, NOW),
        (registering.model_copy(update={"challenge": challenge.challenge}), NOW),
        (challenge, challenge.expires_at),
    ]
    for stored, instant in wrong:
        with pytest.raises(PasskeyRefused, match="ha già avuto risposta"):
            used_passkey(SITE, stored, passkey, answer, instant)
    with pytest.raises(PasskeyRefused, match="non è registrata qui"):
        used_passkey(SITE, challenge.model_copy(update={"account": BRUNO.account}), passkey, answer, NOW)
    assert used_passkey(SITE, challenge, passkey, answer, NOW).sign_count == 2
    with pytest.raises(PasskeyRefused, match="ha già avuto risposta"):
        new_passkey(SITE, challenge, answer, "telefono", NOW)


def test_a_passkey_of_nobody_or_of_another_is_refused() -> None:
    annas, brunos = device(), device()
    passkey, other = registered(annas), registered(brunos, BRUNO)
    annas.count = brunos.count = 2
    for stored in (None, other):
        with pytest.raises(PasskeyRefused, match="non è registrata qui"):
            signed_in(annas, stored)
    annas.handle = brunos.handle
    with pytest.raises(PasskeyRefused, match="di un'altra utenza"):
        signed_in(annas, passkey)
    annas.handle = ""
    with pytest.raises(PasskeyRefused):
        signed_in(annas, passkey)


def test_after_a_password_a_device_need_not_say_whose_it_is() -> None:
    phone = device()
    passkey = registered(phone)
    phone.count = 2
    challenge, options = authentication_options(SITE, NOW, account=ANNA.account, passkeys=[passkey])
    answer = read_answer(phone.get(options)).model_copy(update={"user_handle": None})
    assert used_passkey(SITE, challenge, passkey, answer, NOW).account == ANNA.account


@pytest.mark.parametrize("name", ["", "   ", "x" * 61, "no\u200bme", "\x1b[31m"])
def test_a_name_that_cannot_be_read_is_refused(name: str) -> None:
    with pytest.raises(Malformed):
        passkey_name(name)


def hostile(credential: str, place: int, byte: int) -> str:
    """The same answer with one byte of one of its parts altered."""
    whole = json.loads(credential)
    parts = sorted(set(whole["response"]) - {"transports", "userHandle"})
    part = parts[place % len(parts)]
    data = bytearray(read(whole["response"][part]))
    at = place // len(parts) % len(data)
    data[at] ^= byte
    whole["response"][part] = written(bytes(data))
    return json.dumps(whole)


@given(place=st.integers(0, 5_000), byte=st.integers(1, 255))
def test_an_answer_with_any_byte_altered_is_refused_or_registers_another_key(place: int, byte: int) -> None:
    phone = device()
    challenge, options = registration_options(SITE, ANNA, [], NOW)
    with suppress(PasskeyRefused):
        new_passkey(SITE, challenge, read_answer(hostile(phone.create(options), place, byte)), "x", NOW)
    passkey = registered(phone)
    phone.count = 2
    challenge, options = authentication_options(SITE, NOW)
    with pytest.raises(PasskeyRefused):
        used_passkey(SITE, challenge, passkey, read_answer(hostile(phone.get(options), place, byte)), NOW)


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(
    whole=JSON_VALUES,
    response=st.dictionaries(st.sampled_from(["clientDataJSON", "attestationObject", "userHandle"]), JSON_VALUES),
)
def test_what_is_no_answer_is_refused(whole: object, response: object) -> None:
    for sent in (whole, {"id": "AA", "rawId": "AA", "type": "public-key", "response": response}):
        with pytest.raises(PasskeyRefused):
            read_answer(json.dumps(sent))


@pytest.mark.parametrize(
    "attestation", [b"\x81" * 12_000, b"\xbb" + b"\xff" * 8, b"\x5b" + b"\x7f" * 8, b"\xd8\x1c" * 100, b""]
)
def test_hostile_cbor_is_refused_at_once(attestation: bytes) -> None:
    challenge, options = registration_options(SITE, ANNA, [], NOW)
    whole = json.loads(device().create(options))
    whole["response"]["attestationObject"] = written(attestation)
    with pytest.raises(PasskeyRefused):
        new_passkey(SITE, challenge, read_answer(json.dumps(whole)), "x", NOW)


@pytest.mark.parametrize("text", ["", "[" * 19_000, "{}", "null", '"x"', "{" + '"a":1,' * 5_000, "\ud800"])
def test_hostile_json_is_refused_at_once(text: str) -> None:
    with pytest.raises(PasskeyRefused, match="non è valida"):
        read_answer(text)
