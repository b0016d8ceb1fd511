"""Passkeys (WebAuthn): what a browser is asked for, and whether what it answers is right.

Functions over values: who calls them keeps the challenge that was asked, gives it out once, and stores the passkey that
comes back. A passkey is demanded whole: found by the browser without a login, with the person verified by the device,
for our own address and no other. Attestation is not asked for: which maker's device it is decides nothing here.

Source: Web Authentication Level 3, sections 7.1 and 7.2.
"""

import base64
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from ipaddress import ip_address
from typing import TYPE_CHECKING, Annotated, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from domain.errors import DomainError, Malformed, Problem
from domain.vocabulary import Frozen

if TYPE_CHECKING:
    from webauthn.helpers.structs import PublicKeyCredentialDescriptor

CHALLENGE_LASTS = timedelta(minutes=5)
SITE_NAME = "In Itinere"
MOST_CHARACTERS = 20_000
"""How long an answer may be; those of real devices have less than 3,000 characters."""
LONGEST_NAME = 60

Base64Url = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]+$")]
"""Bytes as browsers write them: base64url without padding."""


class PasskeyRefused(DomainError):
    """A passkey, or what a browser answered with it, that is not taken."""

    name = "passkey_refused"
    title = "Passkey non accettata"
    status = 403


class PasskeyCounterBack(PasskeyRefused):
    """A passkey that counts its uses has counted less than before: a copy of it may be in use elsewhere."""

    name = "passkey_counter_back"
    title = "Passkey forse copiata"


class PasskeysUnavailable(DomainError):
    """The address of the service is one for which browsers make no passkeys: a number, or neither https nor localhost."""

    name = "passkeys_unavailable"
    title = "Passkey non disponibili a questo indirizzo"
    status = 409


class PasskeySite(Frozen):
    """For whom passkeys are made: the origin of the public address, and its host, which every passkey is bound to for ever."""

    origin: str
    host: str

    @classmethod
    def at(cls, public_address: str) -> "PasskeySite":
        """The site at an address as people type it (`https://piani.ente.example`); PasskeysUnavailable where there can be none."""
        parts = urlsplit(public_address)
        host = parts.hostname or ""
        is_local = host == "localhost" or host.endswith(".localhost")
        if (
            parts.scheme not in {"http", "https"}
            or (parts.scheme == "http" and not is_local)
            or not host
            or _is_number(host)
        ):
            raise PasskeysUnavailable(
                f"a {public_address[:200]!r} un browser non crea passkey",
                accepted="un nome con https, o http://localhost su questa macchina",
            )
        default = {"http": 80, "https": 443}[parts.scheme]
        port = "" if parts.port in {None, default} else f":{parts.port}"
        return cls(origin=f"{parts.scheme}://{host}{port}", host=host)


class PasskeyUser(Frozen):
    """Whose a new passkey is: the opaque id of the account, and what the device shows to its owner."""

    account: str
    login: str
    display_name: str


class PasskeyChallenge(Frozen):
    """What is stored between a question and its answer; `challenge` is its key, and taking it out deletes it.

    `account` is whose a new passkey will be, or whose passkeys alone are taken; None where the passkey says who signs in.
    """

    challenge: Base64Url
    ceremony: Literal["registration", "authentication"]
    account: str | None
    expires_at: datetime


class Passkey(Frozen):
    """What is stored of a passkey; `credential_id` is its key. Nothing of it is secret."""

    credential_id: Base64Url
    account: str
    name: str
    public_key: Base64Url
    sign_count: int
    transports: tuple[str, ...]
    synced: bool
    """Whether it may be on several devices of its owner; it never changes."""
    added_at: datetime
    last_used_at: datetime | None = None


class PasskeyAnswer(Frozen):
    """What a browser answered, as far as it says what to look up: the challenge, and the passkey."""

    challenge: Base64Url
    credential_id: Base64Url
    origin: str
    across_origins: bool
    user_handle: str | None
    credential: str = Field(repr=False)


class _ClientData(BaseModel):
    """What the browser itself says: for which question, of which page."""

    model_config = ConfigDict(strict=True, defer_build=True)

    challenge: Base64Url
    origin: str
    cross_origin: bool = Field(default=False, alias="crossOrigin")
    top_origin: str | None = Field(default=None, alias="topOrigin")


class _Response(BaseModel):
    model_config = ConfigDict(strict=True, defer_build=True)

    client_data: Base64Url = Field(alias="clientDataJSON")
    user_handle: Base64Url | None = Field(default=None, alias="userHandle")


class _Credential(BaseModel):
    model_config = ConfigDict(strict=True, defer_build=True)

    id: Base64Url
    response: _Response


def registration_options(
    site: PasskeySite, user: PasskeyUser, passkeys: Sequence[Passkey], now: datetime
) -> tuple[PasskeyChallenge, str]:
    """What to store, and what to ask a browser for a new passkey: JSON for `parseCreationOptionsFromJSON`.

    A device that holds one of the account's `passkeys` already makes no second one.
    """
    from webauthn import generate_registration_options, options_to_json  # noqa: PLC0415 - a quarter of a second, at first need
    from webauthn.helpers.structs import (  # noqa: PLC0415
        AuthenticatorSelectionCriteria,
        ResidentKeyRequirement,
        UserVerificationRequirement,
    )

    challenge = _challenge("registration", user.account, now)
    options = generate_registration_options(
        rp_id=site.host,
        rp_name=SITE_NAME,
        user_id=user.account.encode(),
        user_name=user.login,
        user_display_name=user.display_name,
        challenge=_bytes(challenge.challenge),
        timeout=_milliseconds(CHALLENGE_LASTS),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
        exclude_credentials=_descriptors(passkeys),
    )
    return challenge, options_to_json(options)


def authentication_options(
    site: PasskeySite, now: datetime, *, account: str | None = None, passkeys: Sequence[Passkey] = ()
) -> tuple[PasskeyChallenge, str]:
    """What to store, and what to ask a browser for a sign-in: JSON for `parseRequestOptionsFromJSON`.

    Without an account the passkey says whose it is; with one, after a password, one of its `passkeys` is wanted.
    """
    from webauthn import generate_authentication_options, options_to_json  # noqa: PLC0415
    from webauthn.helpers.structs import UserVerificationRequirement  # noqa: PLC0415

    challenge = _challenge("authentication", account, now)
    options = generate_authentication_options(
        rp_id=site.host,
        challenge=_bytes(challenge.challenge),
        timeout=_milliseconds(CHALLENGE_LASTS),
        allow_credentials=_descriptors(passkeys),
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return challenge, options_to_json(options)


def read_answer(credential: str) -> PasskeyAnswer:
    """What a browser answered (`JSON.stringify` of a credential); PasskeyRefused for what cannot be one."""
    with _refusing_the_unreadable():
        if len(credential) > MOST_CHARACTERS:
            raise _unreadable()
        whole = _Credential.model_validate_json(credential)
        client = _ClientData.model_validate_json(_bytes(whole.response.client_data))
        handle = whole.response.user_handle
        return PasskeyAnswer(
            challenge=client.challenge,
            credential_id=whole.id,
            origin=client.origin,
            across_origins=client.cross_origin or client.top_origin is not None,
            user_handle=None if handle is None else _bytes(handle).decode(),
            credential=credential,
        )


def new_passkey(
    site: PasskeySite, challenge: PasskeyChallenge | None, answer: PasskeyAnswer, name: str, now: datetime
) -> Passkey:
    """The passkey to store for the account of the challenge that was taken out for this answer.

    PasskeyRefused where the challenge is not there or not for this, or the answer is not right; Malformed for its name.
    The store must refuse a `credential_id` that any account has.
    """
    from webauthn import verify_registration_response  # noqa: PLC0415
    from webauthn.helpers import bytes_to_base64url, parse_registration_credential_json  # noqa: PLC0415
    from webauthn.helpers.structs import CredentialDeviceType  # noqa: PLC0415

    account = _require_asked(site, challenge, answer, "registration", now).account
    if account is None:
        raise _too_late()
    with _refusing_the_unreadable():
        credential = parse_registration_credential_json(answer.credential)
        _require_no_attestation(credential.response.attestation_object)
        verified = verify_registration_response(
            credential=credential,
            expected_challenge=_bytes(answer.challenge),
            expected_rp_id=site.host,
            expected_origin=site.origin,
        )
    _require_verified_person(user_verified=verified.user_verified)
    return Passkey(
        credential_id=bytes_to_base64url(verified.credential_id),
        account=account,
        name=passkey_name(name),
        public_key=bytes_to_base64url(verified.credential_public_key),
        sign_count=verified.sign_count,
        transports=tuple(transport.value for transport in credential.response.transports or ()),
        synced=verified.credential_device_type is CredentialDeviceType.MULTI_DEVICE,
        added_at=now,
    )


def used_passkey(
    site: PasskeySite,
    challenge: PasskeyChallenge | None,
    passkey: Passkey | None,
    answer: PasskeyAnswer,
    now: datetime,
) -> Passkey:
    """The passkey as it is to be stored now that its owner, `account`, has signed in with it.

    `challenge` was taken out for this answer, `passkey` found by its `credential_id`. PasskeyRefused where either is not
    there or not for this, or the answer is not right; PasskeyCounterBack where all is right but the counter.
    """
    from webauthn import verify_authentication_response  # noqa: PLC0415
    from webauthn.helpers.structs import CredentialDeviceType  # noqa: PLC0415

    asked = _require_asked(site, challenge, answer, "authentication", now)
    if passkey is None or passkey.credential_id != answer.credential_id or asked.account not in {None, passkey.account}:
        raise PasskeyRefused(
            "questa passkey non è registrata qui", accepted="un'altra passkey, o un altro modo di accedere"
        )
    if answer.user_handle != passkey.account and (asked.account is None or answer.user_handle is not None):
        raise PasskeyRefused("questa passkey è di un'altra utenza", accepted="una passkey creata qui")
    with _refusing_the_unreadable():
        verified = verify_authentication_response(
            credential=answer.credential,
            expected_challenge=_bytes(answer.challenge),
            expected_rp_id=site.host,
            expected_origin=site.origin,
            credential_public_key=_bytes(passkey.public_key),
            credential_current_sign_count=0,  # the library looks at it before the signature, and says nothing else of it
        )
    _require_verified_person(user_verified=verified.user_verified)
    if (verified.credential_device_type is CredentialDeviceType.MULTI_DEVICE) is not passkey.synced:
        raise PasskeyRefused("la passkey non è più quella che fu registrata", accepted="registrarla di nuovo")
    if max(verified.new_sign_count, passkey.sign_count) > 0 and verified.new_sign_count <= passkey.sign_count:
        raise PasskeyCounterBack(
            "il contatore della passkey è tornato indietro: può esserne stata fatta una copia",
            accepted="un'altra passkey; questa va tolta dall'utenza",
        )
    return passkey.model_copy(update={"sign_count": verified.new_sign_count, "last_used_at": now})


def passkey_name(text: str) -> str:
    """The name that its owner gives to a passkey, in one line; Malformed where it is empty or too long."""
    name = " ".join(text.split())
    if not 1 <= len(name) <= LONGEST_NAME or not name.isprintable():
        found = f"il nome ha {len(name)} caratteri" if name.isprintable() else "il nome ha segni che non si vedono"
        raise Malformed([Problem(where="name", found=found, accepted=f"da 1 a {LONGEST_NAME} caratteri")])
    return name


def _require_asked(
    site: PasskeySite,
    challenge: PasskeyChallenge | None,
    answer: PasskeyAnswer,
    ceremony: Literal["registration", "authentication"],
    now: datetime,
) -> PasskeyChallenge:
    if (
        challenge is None
        or challenge.challenge != answer.challenge
        or challenge.ceremony != ceremony
        or challenge.expires_at <= now
    ):
        raise _too_late()
    if answer.origin != site.origin or answer.across_origins:
        where = "una pagina dentro un'altra" if answer.origin == site.origin else f"{answer.origin!r}"
        raise PasskeyRefused(f"la passkey è stata usata da {where}", accepted=f"la pagina di accesso di {site.origin}")
    return challenge


def _require_no_attestation(attestation_object: bytes) -> None:
    """Lets no certificate in: it was not asked for, and browsers take it away; some devices sign with the new key itself."""
    from webauthn.helpers import parse_attestation_object  # noqa: PLC0415

    attestation = parse_attestation_object(attestation_object)
    if attestation.fmt not in {"none", "packed"} or attestation.att_stmt.x5c:
        raise PasskeyRefused(
            "la passkey porta un attestato che non è stato chiesto", accepted="una passkey senza attestato"
        )


def _require_verified_person(*, user_verified: bool) -> None:
    if not user_verified:
        raise PasskeyRefused(
            "il dispositivo non ha verificato chi lo usa",
            accepted="il suo PIN, l'impronta o il volto, quando li chiede",
        )


def _too_late() -> PasskeyRefused:
    return PasskeyRefused(
        "la richiesta di questa passkey è scaduta, o ha già avuto risposta", accepted="ricominciare dalla pagina"
    )


def _unreadable() -> PasskeyRefused:
    return PasskeyRefused("la risposta della passkey non è valida", accepted="ricominciare dalla pagina")


@contextmanager
def _refusing_the_unreadable() -> Iterator[None]:
    """Any error of a library over bytes that anybody may send is a refusal: it lets those of its decoders through."""
    try:
        yield
    except DomainError:
        raise
    except Exception as error:
        raise _unreadable() from error


def _challenge(
    ceremony: Literal["registration", "authentication"], account: str | None, now: datetime
) -> PasskeyChallenge:
    text = secrets.token_urlsafe(32)
    return PasskeyChallenge(challenge=text, ceremony=ceremony, account=account, expires_at=now + CHALLENGE_LASTS)


def _descriptors(passkeys: Sequence[Passkey]) -> "list[PublicKeyCredentialDescriptor]":
    from webauthn.helpers.structs import AuthenticatorTransport, PublicKeyCredentialDescriptor  # noqa: PLC0415

    return [
        PublicKeyCredentialDescriptor(
            id=_bytes(passkey.credential_id),
            transports=[AuthenticatorTransport(transport) for transport in passkey.transports],
        )
        for passkey in passkeys
    ]


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _milliseconds(lasts: timedelta) -> int:
    return lasts // timedelta(milliseconds=1)


def _is_number(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
