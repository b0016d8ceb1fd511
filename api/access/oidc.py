"""Sign-in with the body's own identity provider, or its proxy towards SPID and CIE: OpenID Connect, code and PKCE.

Two steps, which know no route and no table. `begin` gives an address for the browser, a ticket for its cookie, and what
is kept on our side under the digest of the ticket; `complete` takes the parameters with which the browser comes back and
what was kept, *taken out of where it was kept* beforehand, whatever comes of it: so a ticket serves once, and only the
browser that holds it. What a person is told of a provider that lies is one sentence; what was wrong is `reason`.
"""

import hashlib
import secrets
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hmac import compare_digest
from typing import Annotated, NamedTuple
from urllib.parse import quote

import httpx2
from authlib.integrations.base_client import OAuthError
from authlib.integrations.httpx_client import AsyncOAuth2Client
from authlib.oidc.core import CodeIDToken
from joserfc.errors import JoseError
from pydantic import Field

from api.access.issuers import IssuerAnswerRefused, IssuerAway, IssuerConnection, IssuerKeys, Now, is_https
from api.access.oidc_configuration import OidcConfiguration
from api.access.oidc_refusals import (
    LASTS,
    AssuranceTooLow,
    IdentityRefused,
    SignInDeclined,
    SignInExpired,
    SignInNotBegun,
)
from api.access.role_claims import claim_values
from api.access.signed_claims import SignedClaims, TokenFault, fault_of
from domain.errors import Problem
from domain.patterns import regex
from domain.vocabulary import Frozen, JsonValue

METADATA_KEPT = timedelta(hours=1)
LONGEST_TEXT = 255
"""OpenID Connect Core, 2: a subject has at most 255 characters."""
LONGEST_NAME = 200
_CODE = regex(r"[\x20-\x7e]{1,2000}")
_ACCESS_TOKEN = regex(r"[!-~]{1,20000}")
_TEMPORARY = {"server_error", "temporarily_unavailable"}


class BegunSignIn(Frozen):
    """What is kept of a sign-in that was begun, until its browser comes back: as JSON, `model_dump_json`."""

    issuer: str
    redirect_uri: str
    state: Annotated[str, Field(repr=False)]
    nonce: Annotated[str, Field(repr=False)]
    verifier: Annotated[str, Field(repr=False)]
    begun_at: datetime
    expires_at: datetime


class Departure(NamedTuple):
    """Where a browser goes to sign in, the ticket that it holds meanwhile, and what is kept under the ticket's digest."""

    address: str
    ticket: str
    kept: BegunSignIn


@dataclass(frozen=True, slots=True)
class ExternalIdentity:
    """Who the provider says has signed in: `subject` is one person's for ever, within `issuer`, and may be a fiscal code.

    A text is as the provider writes it: no blank is taken off a subject.
    """

    issuer: str
    subject: str = field(repr=False)
    acr: str | None
    amr: tuple[str, ...]
    name: str = field(repr=False)
    role_values: tuple[str, ...]


class Metadata(NamedTuple):
    """What the provider publishes of itself, as far as it is used (OpenID Connect Discovery 1.0, 3)."""

    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str | None
    names_itself: bool
    """Whether its answers carry `iss` (RFC 9207)."""


class _Known(NamedTuple):
    metadata: Metadata
    keys: IssuerKeys
    until: datetime


def ticket_digest(ticket: str) -> str:
    """Under what a begun sign-in is kept: whoever reads the store cannot come back in the browser's place."""
    return hashlib.sha256(ticket.encode(errors="replace")).hexdigest()


class IdentityProvider:
    """The provider that the installation is set up for."""

    def __init__(self, configuration: OidcConfiguration, clock: Now) -> None:
        self.configuration = configuration
        self._clock = clock
        self._connection = IssuerConnection(configuration.context)
        self._known: _Known | None = None

    async def problem(self) -> Problem | None:
        """Why nobody could sign in by it now, if so."""
        try:
            await self._provider()
        except (IssuerAway, IssuerAnswerRefused) as error:
            return error.problem
        return None

    async def begin(self, redirect_uri: str) -> Departure:
        """Begins a sign-in that will come back to `redirect_uri`; IssuerAway, IssuerAnswerRefused."""
        metadata = (await self._provider()).metadata
        now = self._clock()
        kept = BegunSignIn(
            issuer=self.configuration.issuer,
            redirect_uri=redirect_uri,
            state=secrets.token_urlsafe(32),
            nonce=secrets.token_urlsafe(32),
            verifier=secrets.token_urlsafe(48),
            begun_at=now,
            expires_at=now + LASTS,
        )
        async with self._client(redirect_uri) as client:
            address, _ = client.create_authorization_url(
                metadata.authorization_endpoint,
                state=kept.state,
                nonce=kept.nonce,
                code_verifier=kept.verifier,
                acr_values=" ".join(self.configuration.acr_values) or None,
            )
        return Departure(str(address), secrets.token_urlsafe(32), kept)

    async def complete(self, callback: Sequence[tuple[str, str]], kept: BegunSignIn | None) -> ExternalIdentity:
        """Who has signed in: by every parameter of the return, and what was kept under this browser's ticket.

        SignInNotBegun, SignInExpired, SignInDeclined, IdentityRefused, AssuranceTooLow, RoleClaimRefused, IssuerAway,
        IssuerAnswerRefused.
        """
        answer = dict(callback)
        if len(answer) != len(callback):  # RFC 6749, 3.1: a parameter is said once
            raise IdentityRefused("callback")
        if kept is None or kept.issuer != self.configuration.issuer:
            raise SignInNotBegun
        if self._clock() >= kept.expires_at:
            raise SignInExpired
        if not compare_digest(answer.get("state", "").encode(errors="replace"), kept.state.encode()):
            raise SignInNotBegun
        provider = await self._provider()
        issuer = answer.get("iss", None if provider.metadata.names_itself else kept.issuer)
        if issuer != kept.issuer:
            raise IdentityRefused("response_issuer")
        if "error" in answer:
            raise IssuerAway("error") if answer["error"] in _TEMPORARY else SignInDeclined
        if not _CODE.fullmatch(answer.get("code", "")):
            raise IdentityRefused("callback")
        return await self._identity(provider, kept, answer["code"])

    async def _identity(self, provider: _Known, kept: BegunSignIn, code: str) -> ExternalIdentity:
        token = await self._exchange(provider.metadata, kept, code)
        id_token, access_token = token.get("id_token"), token.get("access_token")
        if not isinstance(id_token, str):
            raise IdentityRefused("no_id_token")
        if str(token.get("token_type")).lower() != "bearer" or not isinstance(access_token, str):
            raise IdentityRefused("token_type")
        if not _ACCESS_TOKEN.fullmatch(access_token):  # it goes into a header
            raise IdentityRefused("access_token")
        try:
            signed = await provider.keys.signed_claims(id_token, self.configuration.algorithms)
            claims = self._held_against(signed, kept, access_token)
        except TokenFault as fault:
            raise IdentityRefused(fault.fault) from None
        acr = claims.get("acr")
        if self.configuration.acr_accepted and acr not in self.configuration.acr_accepted:
            raise AssuranceTooLow
        profile = await self._profile(provider.metadata, claims, access_token)
        roles = self.configuration.roles
        amr = claims.get("amr")
        return ExternalIdentity(
            issuer=kept.issuer,
            subject=str(claims["sub"]),
            acr=_text(acr),
            amr=tuple(filter(None, map(_text, amr))) if isinstance(amr, list) else (),
            name=_name(profile),
            role_values=claim_values(profile, roles.claim) if roles else (),
        )

    async def _exchange(self, metadata: Metadata, kept: BegunSignIn, code: str) -> Mapping[str, object]:
        """What the token endpoint gives for a code."""
        async with self._client(kept.redirect_uri) as client:
            try:
                token: Mapping[str, object] = await client.fetch_token(
                    metadata.token_endpoint,
                    grant_type="authorization_code",
                    code=code,
                    code_verifier=kept.verifier,
                    redirect_uri=kept.redirect_uri,
                )
            except OAuthError as error:
                raise IdentityRefused("code" if error.error == "invalid_grant" else "exchange") from None
            except (httpx2.HTTPStatusError, ValueError, TypeError, OverflowError):  # no token, or an odd lifetime
                raise IssuerAnswerRefused("token") from None
        return token

    def _held_against(self, signed: SignedClaims, kept: BegunSignIn, access_token: str) -> dict[str, JsonValue]:
        """The claims of an id_token that is ours, of this sign-in, and of now; TokenFault."""
        configuration = self.configuration
        claims = CodeIDToken(
            signed.claims,
            signed.header,
            {
                "iss": {"essential": True, "value": configuration.issuer},
                "aud": {"essential": True, "value": configuration.client_id},
                "sub": {"essential": True},
                "exp": {"essential": True},
                "iat": {"essential": True},
                "nonce": {"essential": True, "value": kept.nonce},
            },
            {"nonce": kept.nonce, "client_id": configuration.client_id, "access_token": access_token},
        )
        leeway = configuration.leeway_seconds
        try:
            claims.validate(now=int(self._clock().timestamp()), leeway=leeway)
        except JoseError as error:
            raise TokenFault(fault_of(error)) from None
        except (TypeError, ValueError, AttributeError):  # a claim of another kind than the library takes for granted
            raise TokenFault("form") from None
        if signed.claims["aud"] not in (configuration.client_id, [configuration.client_id]):
            raise TokenFault("audience")  # OpenID Connect Core, 3.1.3.7: whom else it is for, we do not know
        subject, issued_at = signed.claims["sub"], signed.claims["iat"]
        if _text(subject) is None:
            raise TokenFault("subject")
        if isinstance(issued_at, int | float) and issued_at < kept.begun_at.timestamp() - leeway - 1:
            raise TokenFault("expired")  # issued before it was asked for
        return signed.claims

    async def _profile(
        self, metadata: Metadata, claims: dict[str, JsonValue], access_token: str
    ) -> dict[str, JsonValue]:
        """What the provider says of the person: in the id_token, and where what is looked for does not stand there, asked."""
        roles = self.configuration.roles
        if (roles.claim[0] if roles else "name") in claims or metadata.userinfo_endpoint is None:
            return claims
        profile = await self._connection.document(metadata.userinfo_endpoint, access_token)
        if profile.get("sub") != claims["sub"]:  # OpenID Connect Core, 5.3.2: it may be another's
            raise IdentityRefused("userinfo")
        return claims | profile

    async def _provider(self) -> _Known:
        """What the provider publishes, asked again when it is an hour old."""
        if self._known is None or self._clock() >= self._known.until:
            issuer = self.configuration.issuer
            address = f"{issuer.removesuffix('/')}/.well-known/openid-configuration"
            metadata = _metadata(await self._connection.document(address), issuer)
            keys = self._known.keys if self._known else None
            if keys is None or keys.address != metadata.jwks_uri:
                keys = IssuerKeys(self._connection, metadata.jwks_uri, self._clock)
            self._known = _Known(metadata, keys, self._clock() + METADATA_KEPT)
        return self._known

    def _client(self, redirect_uri: str) -> AsyncOAuth2Client:
        configuration = self.configuration
        client = AsyncOAuth2Client(
            client_id=configuration.client_id,
            client_secret=configuration.client_secret,
            token_endpoint_auth_method=configuration.client_authentication if configuration.client_secret else "none",
            scope=" ".join(configuration.scopes),
            redirect_uri=redirect_uri,
            code_challenge_method="S256",
            transport=self._connection.transport,
        )
        client.register_client_auth_method(("client_secret_basic", _basic))
        return client


def _basic(
    client: AsyncOAuth2Client, method: str, uri: str, headers: dict[str, str], body: str
) -> tuple[str, dict[str, str], str]:
    """Client and secret in a header, each encoded first (RFC 6749, 2.3.1): a client is often named by an address.

    A blank is %20 and not +, which every provider reads.
    """
    del method
    pair = f"{quote(client.client_id, safe='')}:{quote(client.client_secret, safe='')}"
    headers["Authorization"] = f"Basic {b64encode(pair.encode()).decode()}"
    return uri, headers, body


def _metadata(document: dict[str, JsonValue], issuer: str) -> Metadata:
    if document.get("issuer") != issuer:
        raise IssuerAnswerRefused("other_issuer")
    userinfo = document.get("userinfo_endpoint")
    return Metadata(
        authorization_endpoint=_endpoint(document.get("authorization_endpoint")),
        token_endpoint=_endpoint(document.get("token_endpoint")),
        jwks_uri=_endpoint(document.get("jwks_uri")),
        userinfo_endpoint=None if userinfo is None else _endpoint(userinfo),
        names_itself=document.get("authorization_response_iss_parameter_supported") is True,
    )


def _endpoint(value: JsonValue) -> str:
    if not isinstance(value, str) or not is_https(value):
        raise IssuerAnswerRefused("endpoint")
    return value


def _text(value: JsonValue) -> str | None:
    """A text that somebody has written: not blank, without control characters, of a length that ends."""
    is_text = isinstance(value, str) and value.strip() and value.isprintable() and len(value) <= LONGEST_TEXT
    return value if isinstance(value, str) and is_text else None


def _name(claims: Mapping[str, JsonValue]) -> str:
    """What people call the person, in one line; empty where the provider does not say."""
    said = claims.get("name") or " ".join(
        part for part in (claims.get("given_name"), claims.get("family_name")) if isinstance(part, str)
    )
    printable = "".join(sign for sign in said if sign.isprintable()) if isinstance(said, str) else ""
    return " ".join(printable.split())[:LONGEST_NAME]
