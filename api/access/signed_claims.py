"""Reads a signed token (JWS in its compact form, RFC 7515) with keys and algorithms that are given, and says what is wrong.

The library refuses with many errors; here each is one word, which goes into a log and never to who sent the token.
"""

from collections.abc import Collection, Mapping
from typing import Literal, NamedTuple

from joserfc import jwt
from joserfc.errors import (
    BadSignatureError,
    ClaimError,
    ExpiredTokenError,
    InvalidKeyCurveError,
    InvalidKeyIdError,
    InvalidKeyTypeError,
    JoseError,
    KeyParameterError,
    MissingAlgorithmError,
    MissingClaimError,
    UnsupportedAlgorithmError,
)
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from domain.vocabulary import JsonValue

Fault = Literal[
    "form",
    "type",
    "algorithm",
    "signature",
    "missing_claim",
    "issuer",
    "audience",
    "authorized_party",
    "subject",
    "nonce",
    "expired",
    "not_yet",
    "access_token",
    "lifetime",
    "bound",
]
"""What is wrong with a token: `not_yet` is of the future, `bound` is one that only the holder of a key may present."""

FAULT_OF_CLAIM: Mapping[str, Fault] = {
    "iss": "issuer",
    "aud": "audience",
    "azp": "authorized_party",
    "sub": "subject",
    "nonce": "nonce",
    "exp": "expired",
    "iat": "not_yet",
    "nbf": "not_yet",
    "at_hash": "access_token",
}


class TokenFault(Exception):
    """What is wrong with a token, in one word; whoever asked for the token says it to people in theirs."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        super().__init__(fault)


class SignedClaims(NamedTuple):
    """What a token says, under a signature that holds."""

    header: Mapping[str, JsonValue]
    claims: dict[str, JsonValue]


def signed_claims(token: str, keys: KeySet, algorithms: Collection[str]) -> SignedClaims:
    """What a token says that one of `keys` has signed; TokenFault, or InvalidKeyIdError when it names none of them.

    What a token says of where its key lies (`jku`, `jwk`, `x5u`) is not read.
    """
    # Registered headers alone would refuse those that issuers add, of which none is used here.
    registry = JWSRegistry(algorithms=list(algorithms), strict_check_header=False)
    try:
        read = jwt.decode(token, keys, registry=registry)
    except InvalidKeyIdError:
        raise
    except JoseError as error:
        raise TokenFault(fault_of(error)) from None
    except (ValueError, TypeError, AttributeError, RecursionError):  # of a header, or a body, that is nothing such
        raise TokenFault("form") from None
    return SignedClaims(read.header, read.claims)


def fault_of(error: JoseError) -> Fault:
    """What an error of the library comes to."""
    match error:
        case UnsupportedAlgorithmError() | MissingAlgorithmError():
            return "algorithm"
        case BadSignatureError() | InvalidKeyCurveError() | InvalidKeyTypeError() | KeyParameterError():
            return "signature"
        case MissingClaimError():
            return "missing_claim"
        case ExpiredTokenError():
            return "expired"
        case ClaimError():
            return FAULT_OF_CLAIM.get(error.claim, "form")
        case _:
            return "form"
