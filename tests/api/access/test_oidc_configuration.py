"""What sign-in with a provider is set up with: whole, or refused with every problem and its setting."""

import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from api.access.oidc_configuration import oidc_configuration
from api.settings import Settings
from domain.errors import Malformed
from tests.support.sign_in import ROLES

ISSUER = "https://identita.example/realms/ente"


def refused(**how: Any) -> list[str]:
    """The settings that a refusal names."""
    with pytest.raises(Malformed) as refusal:
        oidc_configuration(Settings(**how))
    assert "segretissimo" not in str(refusal.value)
    return [problem.where for problem in refusal.value.problems]


def test_without_a_provider_nothing_is_set_up() -> None:
    assert oidc_configuration(Settings()) is None


def test_what_is_set_is_taken_over_and_the_rest_is_what_the_page_says(tmp_path: Path) -> None:
    secret, roles = tmp_path / "segreto", tmp_path / "ruoli.json"
    secret.write_text("segretissimo\n", encoding="utf-8")
    roles.write_text(json.dumps(ROLES), encoding="utf-8")
    configuration = oidc_configuration(
        Settings(
            oidc_issuer=ISSUER,
            oidc_client_id="in-itinere",
            oidc_client_secret_file=str(secret),
            oidc_acr_values="uno due",
            oidc_roles=str(roles),
        )
    )
    assert configuration is not None
    assert configuration.client_secret == "segretissimo"
    assert configuration.scopes == ("openid", "profile")
    assert configuration.acr_values == configuration.acr_accepted == ("uno", "due")
    assert configuration.algorithms == ("RS256",)
    assert configuration.leeway_seconds == 60
    assert configuration.roles is not None
    assert configuration.roles.claim == ("ruoli",)
    assert "segretissimo" not in repr(configuration)


def test_a_secret_is_not_shown_with_the_settings() -> None:
    assert "segretissimo" not in repr(Settings(oidc_client_secret="segretissimo"))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("how", "where"),
    [
        ({"oidc_client_id": "a"}, ["INITINERE_OIDC_ISSUER"]),
        ({"oidc_issuer": ISSUER}, ["INITINERE_OIDC_CLIENT_ID"]),
        ({"oidc_issuer": "http://identita.example"}, ["INITINERE_OIDC_ISSUER", "INITINERE_OIDC_CLIENT_ID"]),
        ({"oidc_issuer": "identita.example", "oidc_client_id": "a"}, ["INITINERE_OIDC_ISSUER"]),
        ({"oidc_issuer": f"{ISSUER}?x=1", "oidc_client_id": "a"}, ["INITINERE_OIDC_ISSUER"]),
        ({"oidc_issuer": f"{ISSUER}#x", "oidc_client_id": "a"}, ["INITINERE_OIDC_ISSUER"]),
        ({"oidc_issuer": "https://a:b@identita.example", "oidc_client_id": "a"}, ["INITINERE_OIDC_ISSUER"]),
        ({"oidc_issuer": "https://", "oidc_client_id": "a"}, ["INITINERE_OIDC_ISSUER"]),
        *(
            ({"oidc_issuer": address, "oidc_client_id": "a"}, ["INITINERE_OIDC_ISSUER"])
            for address in (
                "https://[x",
                "https://[x]",
                "https://a b/",
                "https://a:0",
                "https://a:99999",
                "https://a\\b",
                "https://è.it",
            )
        ),
    ],
)
def test_a_provider_is_named_by_its_address_and_knows_the_service(how: dict[str, str], where: list[str]) -> None:
    assert refused(**how) == where


@pytest.mark.parametrize(
    ("how", "where"),
    [
        ({"oidc_client_secret": "segretissimo", "oidc_client_secret_file": __file__}, "CLIENT_SECRET_FILE"),
        ({"oidc_client_secret": ""}, "CLIENT_SECRET"),
        ({"oidc_client_secret": "segretissimo\n"}, "CLIENT_SECRET"),
        ({"oidc_client_secret_file": "/non/c'è"}, "CLIENT_SECRET_FILE"),
        ({"oidc_client_secret_file": "/"}, "CLIENT_SECRET_FILE"),
        ({"oidc_client_secret_file": __file__}, "CLIENT_SECRET_FILE"),
        ({"oidc_scopes": "profile"}, "SCOPES"),
        ({"oidc_algorithms": "none"}, "ALGORITHMS"),
        ({"oidc_algorithms": "RS256 HS256"}, "ALGORITHMS"),
        ({"oidc_algorithms": "rs256"}, "ALGORITHMS"),
        ({"oidc_roles": "/non/c'è"}, "ROLES"),
        ({"oidc_roles": __file__}, "ROLES"),
    ],
)
def test_what_cannot_be_is_named_by_its_setting(how: dict[str, str], where: str) -> None:
    (first, *_) = refused(oidc_issuer=ISSUER, oidc_client_id="in-itinere", **how)
    assert first.split(".")[0].split(",")[0] == f"INITINERE_OIDC_{where}"


@pytest.mark.parametrize("path", [__file__, "/non/c'è", "/"])
def test_authorities_that_cannot_be_read_are_refused(path: str) -> None:
    assert refused(oidc_issuer=ISSUER, oidc_client_id="a", ca_file=path) == ["INITINERE_CA_FILE"]


def test_every_problem_is_told_at_once() -> None:
    assert refused(oidc_issuer="x", oidc_scopes="y", oidc_algorithms="none", ca_file="/z", oidc_roles="/z") == [
        "INITINERE_OIDC_ISSUER",
        "INITINERE_OIDC_CLIENT_ID",
        "INITINERE_OIDC_SCOPES",
        "INITINERE_OIDC_ALGORITHMS",
        "INITINERE_CA_FILE",
        "INITINERE_OIDC_ROLES.FILE",
    ]


@pytest.mark.parametrize(
    "how",
    [
        {"oidc_leeway_seconds": 301},
        {"oidc_leeway_seconds": -1},
        {"oidc_acr_values": ""},
        {"oidc_acr_values": "a  b"},
        {"oidc_scopes": "openid è"},
        {"oidc_client_authentication": "none"},
        {"oidc_client_id": ""},
    ],
)
def test_a_setting_outside_its_form_is_refused(how: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Settings(**how)
