"""How what is sent is signed: HMAC-SHA256 over id, time and body, as Standard Webhooks says (whsec_, v1).

The secret of a subscription is kept nowhere. It is worked out from the key of the installation's credentials and a salt
that lies beside the record: who reads the database, or a backup, signs nothing.
"""

import hmac
from base64 import b64encode
from datetime import datetime

from api.access.credentials_key import CredentialsKey

PREFIX = "whsec_"


def secret_of(key: CredentialsKey, webhook: str, salt: str) -> str:
    """The secret by which a subscription is signed, as its receiver is given it: `whsec_` and 32 bytes in base64."""
    return PREFIX + b64encode(_secret(key, webhook, salt)).decode()


def signed_headers(
    key: CredentialsKey, webhook: str, salts: tuple[str, ...], message: str, at: datetime, body: bytes
) -> dict[str, str]:
    """The headers of a message: its id, the seconds of its sending, a signature by each of the secrets."""
    seconds = str(int(at.timestamp()))
    signed = f"{message}.{seconds}.".encode() + body
    signatures = [b64encode(hmac.digest(_secret(key, webhook, salt), signed, "sha256")).decode() for salt in salts]
    return {
        "webhook-id": message,
        "webhook-timestamp": seconds,
        "webhook-signature": " ".join(f"v1,{signature}" for signature in signatures),
    }


def _secret(key: CredentialsKey, webhook: str, salt: str) -> bytes:
    return bytes.fromhex(key.digest("webhook", f"{webhook} {salt}"))
