"""Given who did what comes before, when somebody does the rest, then it is allowed, refused, or an exception."""

import pytest

from domain.access.roles import PERMISSION_WORDS, PERMISSIONS, ROLE_WORDS, ROLES
from domain.access.separation import (
    SWITCHED_OFF,
    DutiesNotSeparated,
    SeparationRule,
    SeparationSetting,
    require_separated,
)

RULE: SeparationRule = "drafter_does_not_enact"


@pytest.mark.parametrize("setting", ["required", "off"])
@pytest.mark.parametrize("exception", [None, "urgenza"])
def test_whoever_had_no_part_in_it_needs_no_exception(setting: SeparationSetting, exception: str | None) -> None:
    assert require_separated(RULE, "giunta", {"ufficio-performance"}, exception, setting) is None


def test_whoever_had_a_part_in_it_is_refused_and_told_how_it_could_be() -> None:
    with pytest.raises(DutiesNotSeparated, match="chi redige una proposta non la adotta") as refusal:
        require_separated(RULE, "giunta", {"giunta"}, None, "required")
    assert refusal.value.problem.where == "exception"
    with pytest.raises(DutiesNotSeparated, match="chi misura non valida"):
        require_separated("measurer_does_not_validate", "oiv", ["oiv"], None, "required")


@pytest.mark.parametrize(
    ("exception", "setting", "reason"),
    [
        ("unico funzionario", "required", "unico funzionario"),
        ("unico funzionario", "off", "unico funzionario"),
        (None, "off", SWITCHED_OFF),
    ],
)
def test_an_exception_has_a_reason_even_where_the_rule_is_off(
    exception: str | None, setting: SeparationSetting, reason: str
) -> None:
    assert require_separated(RULE, "acc-a", {"acc-a", "acc-b"}, exception, setting) == reason


def test_every_permission_and_every_role_has_words() -> None:
    assert set(PERMISSION_WORDS) == set(PERMISSIONS)
    assert set(ROLE_WORDS) == set(ROLES)


def test_a_refusal_names_no_account() -> None:
    with pytest.raises(DutiesNotSeparated, match="ed è stato chi chiede"):
        require_separated(RULE, "acc-k3v5o2aq7x4mlc6e", {"acc-k3v5o2aq7x4mlc6e"}, None, "required")
