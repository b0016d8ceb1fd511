"""A real identity provider, pyop (the one within SATOSA), as a process of its own: it verifies PKCE and signs.

`python -m tests.support.pyop_provider CERTIFICATE REDIRECT_URI` prints its address and serves until its input ends.
"""

import json
import sys
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from jwkest.jwk import RSAKey, import_rsa_key
from pyop.authz_state import AuthorizationState
from pyop.exceptions import InvalidAuthorizationCode, InvalidClientAuthentication, OAuthError
from pyop.provider import Provider
from pyop.subject_identifier import HashBasedSubjectIdentifierFactory
from pyop.userinfo import Userinfo

from tests.support.https import https_server

CLIENT = "https://piani.example/accesso"
SECRET = "un segreto con spazi: e due punti"
PERSON = {"name": "Ada Verdi", "ruoli": ["piani-redazione", "posta"]}
LOWEST = "https://www.spid.gov.it/SpidL1"
LEVEL = "https://www.spid.gov.it/SpidL2"


def _key() -> RSAKey:
    private = rsa.generate_private_key(65_537, 2048).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )
    return RSAKey(key=import_rsa_key(private), alg="RS256", use="sig", kid="pyop-1")


def _provider(issuer: str, redirect_uri: str) -> Provider:
    client = {
        "client_secret": SECRET,
        "redirect_uris": [redirect_uri],
        "response_types": ["code"],
        "token_endpoint_auth_method": "client_secret_basic",
    }
    configuration = {
        "issuer": issuer,
        "authorization_endpoint": f"{issuer}/authorize",
        "token_endpoint": f"{issuer}/token",
        "jwks_uri": f"{issuer}/keys",
        "userinfo_endpoint": f"{issuer}/userinfo",
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "scopes_supported": ["openid", "profile"],
    }
    return Provider(
        _key(),
        configuration,
        AuthorizationState(HashBasedSubjectIdentifierFactory("salt")),
        {CLIENT: client},
        Userinfo({"ada": PERSON}),
        extra_scopes={"ruoli": ["ruoli"]},
    )


class _Handler(BaseHTTPRequestHandler):
    provider: Provider

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        match address.path:
            case "/.well-known/openid-configuration":
                self._send(200, self.provider.provider_configuration.to_json())
            case "/keys":
                self._send(200, json.dumps(self.provider.jwks))
            case "/userinfo":
                answer = self.provider.handle_userinfo_request("", {"Authorization": self.headers["Authorization"]})
                self._send(200, answer.to_json())
            case "/authorize":
                request = self.provider.parse_authentication_request(address.query)
                answer = self.provider.authorize(request, "ada")
                self.send_response(303)
                self.send_header("Location", answer.request(request["redirect_uri"]))
                self.end_headers()
            case _:
                self._send(404, "{}")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        try:
            code = parse_qs(body)["code"][0]
            asked = self.provider.authz_state.get_authorization_request_for_code(code).get("acr_values", [LOWEST])
            answer = self.provider.handle_token_request(
                body, {"Authorization": self.headers.get("Authorization")}, {"acr": asked[0], "amr": ["pwd", "otp"]}
            )
        except InvalidClientAuthentication:
            self._send(401, json.dumps({"error": "invalid_client"}))
        except (OAuthError, InvalidAuthorizationCode) as error:
            refusal = getattr(error, "oauth_error", "invalid_grant")
            self._send(400, json.dumps({"error": refusal, "error_description": str(error)}))
        else:
            self._send(200, answer.to_json())

    def _send(self, status: int, body: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body.encode())))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, format: str, *arguments: object) -> None:
        """Silent: the process is read by a test."""


def main() -> None:
    """Serves until the input ends."""
    certificate, redirect_uri = sys.argv[1:]
    with https_server(_Handler, Path(certificate)) as issuer:
        _Handler.provider = _provider(issuer, redirect_uri)
        sys.stdout.write(f"{issuer}\n")
        sys.stdout.flush()
        sys.stdin.read()


if __name__ == "__main__":
    main()
