"""An identity provider that says what a test wants, with the keys that the test wants, as slowly as it wants."""

import hmac
import json
import threading
import warnings
from base64 import urlsafe_b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from joserfc import jws
from joserfc.errors import SecurityWarning
from joserfc.jwk import ECKey, OctKey, RSAKey
from joserfc.jws import JWSRegistry

from tests.support.https import https_server

Json = dict[str, Any]
RETURN = "https://piani.example/accesso/oidc/ritorno"
BEGUN = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
EVERY_ALGORITHM = list(JWSRegistry.algorithms)


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = BEGUN

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **how: float) -> None:
        """Some time passes."""
        self.now += timedelta(**how)

    @property
    def seconds(self) -> int:
        """Now, as tokens say it."""
        return int(self.now.timestamp())


@cache
def rsa_key(kid: str, bits: int = 2048) -> RSAKey:
    """A private key, the same each time that it is asked for."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SecurityWarning)  # of a weak one, which is made on purpose
        return RSAKey.generate_key(bits, {"kid": kid, "use": "sig"})


@cache
def ec_key(kid: str) -> ECKey:
    """A private key of the curve P-256."""
    return ECKey.generate_key("P-256", {"kid": kid, "use": "sig"})


KEY = rsa_key("chiave-1")


def signed(claims: Json, key: RSAKey | ECKey | OctKey = KEY, **header: Any) -> str:
    """A token, whatever it says and however it is signed; a header of None is left out."""
    headers = {"alg": "RS256", "kid": key.kid} | header
    kept = {name: value for name, value in headers.items() if value is not None}
    registry = JWSRegistry(algorithms=EVERY_ALGORITHM, strict_check_header=False)
    return jws.serialize_compact(kept, json.dumps(claims), key, registry=registry)


def by_hand(header: Json, claims: Json, secret: bytes | RSAKey | None = None) -> str:
    """A token that no library writes: under no signature, the HMAC of whatever secret, or our signature over whatever."""
    parts = b".".join(urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in (header, claims))
    if isinstance(secret, RSAKey):
        signature = secret.get_op_key("sign").sign(parts, PKCS1v15(), SHA256())
    else:
        signature = b"" if secret is None else hmac.digest(secret, parts, "sha256")
    return b".".join([parts, urlsafe_b64encode(signature).rstrip(b"=")]).decode()


@dataclass
class Answer:
    """What is answered to one path: a body of JSON or of bytes, and how long it takes to come."""

    body: Json | list[Any] | bytes
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    drips: bool = False
    """One byte a while, of the headers too, until the test ends."""

    @property
    def content(self) -> bytes:
        """The bytes of the body."""
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


class LyingProvider:
    """What the provider answers, and what it was asked; `answers` may be changed at any time."""

    def __init__(self) -> None:
        self.issuer = ""
        self.answers: dict[str, Answer] = {}
        self.asked: list[tuple[str, str, Mapping[str, str], bytes]] = []
        self.over = threading.Event()

    def publish(self) -> None:
        """Answers as an honest provider does, but for the token."""
        document = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
        }
        self.answers = {
            "/.well-known/openid-configuration": Answer(document),
            "/keys": Answer({"keys": [KEY.as_dict(private=False)]}),
        }

    def times_asked(self, path: str) -> int:
        """How often a path was asked for."""
        return sum(asked == path for _, asked, _, _ in self.asked)


def _handler(provider: LyingProvider) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            provider.asked.append((self.command, self.path, dict(self.headers), body))
            answer = provider.answers.get(self.path, Answer({"error": "not_found"}, 404))
            head = f"HTTP/1.1 {answer.status} X\r\n" + "".join(f"{k}: {v}\r\n" for k, v in answer.headers.items())
            whole = (
                f"{head}Content-Length: {len(answer.content)}\r\nConnection: close\r\n\r\n".encode() + answer.content
            )
            if answer.drips:
                for position in range(len(whole)):
                    self.wfile.write(whole[position : position + 1])
                    if provider.over.wait(0.05):
                        return
            self.wfile.write(whole)

        def do_POST(self) -> None:
            self.do_GET()

        def log_message(self, format: str, *arguments: object) -> None:
            """Silent."""

    return Handler


@contextmanager
def lying_provider(certificate: Path) -> Iterator[LyingProvider]:
    """A provider that serves until the end."""
    provider = LyingProvider()
    with https_server(_handler(provider), certificate) as issuer:
        provider.issuer = issuer
        try:
            yield provider
        finally:
            provider.over.set()
