"""Vouchers of PDND: bearers that another issuer signs, for a client and a purpose that the installation has admitted.

A voucher is a signed token (RFC 9068; the checks of an e-service's provider in PDND's manual) and may be shown many times
until it expires. One that is bound to a key (DPoP, RFC 9449) proves nothing in the hands of whoever shows it as a bearer.
"""

import json
from datetime import UTC, datetime, timedelta
from math import inf
from typing import Annotated, NamedTuple, Self

from joserfc.errors import JoseError
from joserfc.jws import extract_compact
from joserfc.jwt import JWTClaimsRegistry
from pydantic import AfterValidator, Field, StringConstraints, model_validator

from api.access.issuers import IssuerConnection, IssuerKeys, Now, is_https, trusted_context
from api.access.signed_claims import Fault, SignedClaims, TokenFault, fault_of
from api.formats.json_reader import into, parse_json, read_file
from api.settings import Settings, SigningAlgorithm
from domain.access.events import AccountId
from domain.errors import DomainError
from domain.patterns import regex
from domain.vocabulary import Frozen, Identifier, JsonValue

LONGEST = 16_000
"""How many characters a voucher has at most; those of PDND have about a thousand."""
LONGEST_LIFE = timedelta(hours=24)
LEEWAY_SECONDS = 60
LARGEST_FILE = 5_000_000
_TEXT = regex("[!-~]{1,400}")
_TYPES = {"at+jwt", "application/at+jwt"}


class VoucherRefused(DomainError):
    """A voucher that does not hold; `reason` says why, for the log."""

    name = "voucher_refused"
    title = "Voucher non valido"
    status = 401

    def __init__(self, reason: Fault) -> None:
        self.reason = reason
        super().__init__(
            "il voucher non vale per questo servizio, o non vale più",
            accepted="un voucher nuovo, chiesto a chi li emette",
        )


class VoucherNotAdmitted(DomainError):
    """A voucher that holds, of a client or a purpose that the installation has not admitted."""

    name = "voucher_not_admitted"
    title = "Fruitore non ammesso"
    status = 403

    def __init__(self) -> None:
        super().__init__(
            "il client e la finalità del voucher non sono fra quelli ammessi",
            accepted="l'ammissione, da chi tiene il servizio",
        )


def _https(value: str) -> str:
    if not is_https(value):
        msg = f"{value!r} non è un indirizzo https"
        raise ValueError(msg)
    return value


IssuerText = Annotated[str, StringConstraints(min_length=1, max_length=400, pattern=r"^[!-~]+$")]
"""A name as an issuer writes it: printable ASCII, no blank."""


class VoucherIssuer(Frozen):
    """Who signs vouchers, where its keys are, and by which name it calls this service."""

    issuer: IssuerText
    keys: Annotated[IssuerText, AfterValidator(_https)]
    audience: IssuerText
    algorithms: Annotated[tuple[SigningAlgorithm, ...], Field(min_length=1)] = ("RS256",)


class AdmittedClient(Frozen):
    """A client with a purpose, and the account that it acts as in an administration."""

    issuer: IssuerText
    client_id: IssuerText
    purpose_id: IssuerText
    account: AccountId
    administration: Identifier


class VoucherRules(Frozen):
    """Whose vouchers are believed, and whom they let in."""

    issuers: Annotated[tuple[VoucherIssuer, ...], Field(min_length=1, max_length=20)]
    admitted: Annotated[tuple[AdmittedClient, ...], Field(max_length=5_000)]

    @model_validator(mode="after")
    def _each_name_is_said_once(self) -> Self:
        issuers = [row.issuer for row in self.issuers]
        for position, issuer in enumerate(issuers):
            if issuers.index(issuer) != position:
                msg = f"issuers[{position}]: {issuer!r} è detto due volte"
                raise ValueError(msg)
        places: dict[tuple[str, str, str], int] = {}
        for position, row in enumerate(self.admitted):
            if row.issuer not in issuers:
                msg = f"admitted[{position}]: {row.issuer!r} non è fra gli issuers"
                raise ValueError(msg)
            first = places.setdefault((row.issuer, row.client_id, row.purpose_id), position)
            if first != position:
                msg = f"admitted[{position}] ammette di nuovo il client e la finalità di admitted[{first}]"
                raise ValueError(msg)
        return self


class VoucherIdentity(NamedTuple):
    """Who presents a voucher, and as which account of which administration it acts."""

    issuer: str
    client_id: str
    purpose_id: str
    account: str
    administration: str
    jti: str
    expires_at: datetime


def voucher_rules(settings: Settings) -> VoucherRules | None:
    """The rules of the file that the settings name, or None; UnreadableFile, Malformed with every problem and its place."""
    if settings.vouchers is None:
        return None
    try:
        return into(VoucherRules, parse_json(read_file(settings.vouchers, LARGEST_FILE)))
    except DomainError as error:
        raise error.located("INITINERE_VOUCHERS") from None


class Vouchers:
    """What reads the vouchers of the issuers that the installation believes."""

    def __init__(self, rules: VoucherRules, authorities: str | None, clock: Now) -> None:
        connection = IssuerConnection(trusted_context(authorities))
        self._clock = clock
        self._issuers = {row.issuer: (row, IssuerKeys(connection, row.keys, clock)) for row in rules.issuers}
        self._admitted = {(row.issuer, row.client_id, row.purpose_id): row for row in rules.admitted}

    async def identity(self, token: str) -> VoucherIdentity:
        """Who presents a voucher; VoucherRefused, VoucherNotAdmitted, IssuerAway, IssuerAnswerRefused."""
        try:
            issuer, keys = self._issuers[_claimed_issuer(token)]
            signed = await keys.signed_claims(token, issuer.algorithms)
            claims = self._held_against(signed, issuer)
        except KeyError:
            raise VoucherRefused("issuer") from None
        except TokenFault as fault:
            raise VoucherRefused(fault.fault) from None
        client, purpose = str(claims["sub"]), str(claims["purposeId"])
        admitted = self._admitted.get((issuer.issuer, client, purpose))
        if admitted is None:
            raise VoucherNotAdmitted
        return VoucherIdentity(
            issuer=issuer.issuer,
            client_id=client,
            purpose_id=purpose,
            account=admitted.account,
            administration=admitted.administration,
            jti=str(claims["jti"]),
            expires_at=datetime.fromtimestamp(_seconds(claims["exp"]), UTC),
        )

    def _held_against(self, signed: SignedClaims, issuer: VoucherIssuer) -> dict[str, JsonValue]:
        claims = signed.claims
        if str(signed.header.get("typ")).lower() not in _TYPES:  # an id_token of the same issuer is none
            raise TokenFault("type")
        wanted = JWTClaimsRegistry(
            now=int(self._clock().timestamp()),
            leeway=LEEWAY_SECONDS,
            iss={"essential": True, "value": issuer.issuer},
            aud={"essential": True, "value": issuer.audience},
            sub={"essential": True},
            exp={"essential": True},
            iat={"essential": True},
            nbf={"essential": True},
            jti={"essential": True},
            purposeId={"essential": True},
        )
        try:
            wanted.validate(claims)
        except JoseError as error:
            raise TokenFault(fault_of(error)) from None
        if claims["aud"] not in (issuer.audience, [issuer.audience]):
            raise TokenFault("audience")
        if claims.get("client_id", claims["sub"]) != claims["sub"]:
            raise TokenFault("subject")
        if not all(
            isinstance(claims[name], str) and _TEXT.fullmatch(str(claims[name])) for name in ("purposeId", "jti")
        ):
            raise TokenFault("form")
        if _seconds(claims["exp"]) - _seconds(claims["iat"]) > LONGEST_LIFE.total_seconds():
            raise TokenFault("lifetime")
        if "cnf" in claims:
            raise TokenFault("bound")
        return claims


def _claimed_issuer(token: str) -> str:
    """Whose a token says that it is, before that is proved: it only chooses the keys that must prove it."""
    if len(token) > LONGEST:
        raise TokenFault("form")
    try:
        claims = json.loads(extract_compact(token.encode()).payload)
    except (JoseError, ValueError, TypeError, RecursionError):
        raise TokenFault("form") from None
    issuer = claims.get("iss") if isinstance(claims, dict) else None
    if issuer is None:
        raise TokenFault("missing_claim")
    return issuer if isinstance(issuer, str) else ""


def _seconds(value: JsonValue) -> float:
    """A NumericDate that was checked to be one; one beyond all numbers has no end."""
    try:
        return float(value) if isinstance(value, int | float) else inf
    except OverflowError:
        return inf
