"""A sign-in with the provider that lies: begun honestly, so that only what a test changes is wrong."""

from functools import cache
from typing import Any

import anyio
import pytest

from api.access.oidc import BegunSignIn, Departure, ExternalIdentity, IdentityProvider
from api.access.oidc_configuration import OidcConfiguration, oidc_configuration
from api.access.oidc_refusals import IdentityRefused
from api.settings import Settings
from tests.support.lying_provider import RETURN, Answer, Clock, Json, LyingProvider, signed

ROLES = {
    "claim": "ruoli",
    "roles": [
        {"value": "piani-redazione", "role": "planner", "administration": "cciaa-brindisi"},
        {"value": "piani-lettura", "role": "reader", "administration": "cciaa-brindisi"},
    ],
}
OURS, SECRET = "in-itinere", "segreto-71b4"
CODE = "codice-8e3c21"


@cache
def configured(issuer: str, authority: str, **how: Any) -> OidcConfiguration:
    """What the settings of a test come to; kept, for the authorities of the system are many."""
    said: Json = {"oidc_issuer": issuer, "oidc_client_id": OURS, "oidc_client_secret": SECRET, "ca_file": authority}
    configuration = oidc_configuration(Settings(**said | how))
    assert configuration is not None
    return configuration


class SignIn:
    """A sign-in with the provider that lies: begun honestly, so that only what is changed is wrong."""

    def __init__(self, provider: LyingProvider, authority: str, clock: Clock, **how: Any) -> None:
        self.provider = provider
        self.authority = authority
        self.clock = clock
        self.service = IdentityProvider(configured(provider.issuer, authority, **how), clock)
        self.departure: Departure = anyio.run(self.service.begin, RETURN)
        self.kept = self.departure.kept
        clock.forward(seconds=20)
        self.claims: Json = {
            "iss": provider.issuer,
            "aud": OURS,
            "sub": "persona-55d0",
            "exp": clock.seconds + 300,
            "iat": clock.seconds,
            "nonce": self.kept.nonce,
            "name": "Ada Verdi",
        }
        self.token: Json = {"access_token": "accesso-90fa", "token_type": "Bearer", "expires_in": 300}

    @property
    def callback(self) -> tuple[tuple[str, str], ...]:
        """The parameters of an honest return."""
        return (("state", self.kept.state), ("code", CODE))

    def answer(self, **token: Any) -> None:
        """What the token endpoint gives, honest but for what is said; what is None is left out."""
        content = {"id_token": signed(self.claims)} | self.token | token
        self.provider.answers["/token"] = Answer({k: v for k, v in content.items() if v is not None})

    def back(self, *callback: tuple[str, str], kept: BegunSignIn | None = None) -> ExternalIdentity:
        """The browser comes back."""
        return anyio.run(self.service.complete, callback or self.callback, kept or self.kept)

    def refused(self, reason: str) -> None:
        """It is refused for this, by the one sentence that is told of it; nobody is told why."""
        with pytest.raises(IdentityRefused) as refusal:
            self.back()
        assert refusal.value.reason == reason
        assert str(refusal.value) == str(IdentityRefused("form"))
