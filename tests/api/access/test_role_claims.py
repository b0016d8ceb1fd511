"""Roles from a claim: only those that the installation declares, and a claim in its declared form."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.access.role_claims import (
    RoleClaimRefused,
    RoleMapping,
    claim_values,
    claimed_roles,
    read_role_mapping,
)
from domain.access.principal import Grant
from domain.errors import Malformed
from tests.support.lying_provider import Json

PAGE = Path(__file__).parents[3] / "docs" / "accesso.md"


def row(
    value: object = "redazione", role: str = "planner", administration: str | None = "cciaa", **more: object
) -> Json:
    return {"value": value, "role": role, "administration": administration} | more


def mapping(*rows: Json, claim: object = "ruoli") -> RoleMapping:
    return read_role_mapping(json.dumps({"claim": claim, "roles": rows or [row()]}).encode())


def test_each_value_gives_what_the_mapping_says_and_an_unknown_one_nothing() -> None:
    declared = mapping(
        row("redazione"),
        row("redazione", "reader", "cciaa-bis"),
        row("ragioneria", "responsible", offices=["ragioneria"]),
        row("capi"),
        row("informatica", "administrator", administration=None),
    )
    assert claimed_roles(["posta", "ragioneria", "redazione", "capi", "informatica"], declared) == (
        Grant(role="planner", administration="cciaa"),
        Grant(role="reader", administration="cciaa-bis"),
        Grant(role="responsible", administration="cciaa", offices=("ragioneria",)),
        Grant(role="administrator", administration=None),
    )


@pytest.mark.parametrize("values", [[], ["posta"], ["Redazione"], ["redazione "], ["redazion"], ["planner"], ["*"]])
def test_a_value_that_is_not_declared_gives_nothing(values: list[str]) -> None:
    assert claimed_roles(values, mapping()) == ()


def test_a_value_is_as_the_provider_writes_it_blanks_and_all() -> None:
    declared = mapping(row(" Ufficio PIAO "))
    assert claimed_roles([" Ufficio PIAO "], declared)
    assert claimed_roles(["Ufficio PIAO"], declared) == ()


def test_a_role_that_several_values_give_is_for_the_offices_of_them_all() -> None:
    declared = mapping(
        row("ragioneria", "responsible", offices=["ragioneria", "tributi"]),
        row("personale", "responsible", offices=["personale", "ragioneria"]),
        row("personale", "responsible", "cciaa-bis", offices=["personale"]),
    )
    assert claimed_roles(["personale", "ragioneria"], declared) == (
        Grant("responsible", "cciaa", ("personale", "ragioneria", "tributi")),
        Grant("responsible", "cciaa-bis", ("personale",)),
    )


@pytest.mark.parametrize(
    ("claims", "claim", "values"),
    [
        ({"ruoli": "redazione"}, "ruoli", ("redazione",)),
        ({"ruoli": "a b"}, "ruoli", ("a b",)),
        ({"ruoli": ["a", "b", "a"]}, "ruoli", ("a", "b", "a")),
        ({"ruoli": []}, "ruoli", ()),
        ({"ruoli": None}, "ruoli", ()),
        ({}, "ruoli", ()),
        ({"realm_access": {"roles": ["a"]}}, ["realm_access", "roles"], ("a",)),
        ({"realm_access": {}}, ["realm_access", "roles"], ()),
        ({"https://ente.example/ruoli": ["a"]}, "https://ente.example/ruoli", ("a",)),
    ],
)
def test_a_claim_is_a_text_or_texts_where_it_is_declared(claims: Json, claim: object, values: tuple[str, ...]) -> None:
    assert claim_values(claims, mapping(claim=claim).claim) == values


@pytest.mark.parametrize(
    "value",
    ["", "  ", [""], ["a", ""], 5, True, ["a", 5], ["a", None], ["a\x00"], "\ud800", {"a": True}, [["a"]], ["a"] * 501],
)
def test_a_claim_of_another_form_refuses_the_entry_whole(value: object) -> None:
    with pytest.raises(RoleClaimRefused):
        claim_values({"ruoli": value}, ("ruoli",))  # type: ignore[dict-item]


def test_a_path_through_what_is_no_object_refuses_the_entry() -> None:
    with pytest.raises(RoleClaimRefused):
        claim_values({"realm_access": ["roles"]}, ("realm_access", "roles"))


@pytest.mark.parametrize(
    ("document", "where"),
    [
        (b"", ""),
        (b"[]", ""),
        (b'{"claim": "ruoli", "claim": "gruppi", "roles": []}', ""),
        (json.dumps({"claim": "", "roles": [row()]}).encode(), "claim[0]"),
        (json.dumps({"claim": [], "roles": [row()]}).encode(), "claim"),
        (json.dumps({"claim": 5, "roles": [row()]}).encode(), "claim"),
        (json.dumps({"roles": [row()]}).encode(), "claim"),
        (json.dumps({"claim": "ruoli"}).encode(), "roles"),
        (json.dumps({"claim": "ruoli", "roles": []}).encode(), "roles"),
        (json.dumps({"claim": "ruoli", "roles": [row()], "altro": 1}).encode(), "altro"),
        (json.dumps({"claim": "ruoli", "roles": [row(), row(role="capo")]}).encode(), "roles[1].role"),
        (json.dumps({"claim": "ruoli", "roles": [row(value="")]}).encode(), "roles[0].value"),
        (json.dumps({"claim": "ruoli", "roles": [row(value=5)]}).encode(), "roles[0].value"),
        (json.dumps({"claim": "ruoli", "roles": [row(administration="*")]}).encode(), "roles[0].administration"),
        (json.dumps({"claim": "ruoli", "roles": [row(offices=["a"])]}).encode(), "roles[0]"),
        (json.dumps({"claim": "ruoli", "roles": [row(role="responsible")]}).encode(), "roles[0]"),
        (
            json.dumps({"claim": "ruoli", "roles": [row(role="responsible", offices=["*"])]}).encode(),
            "roles[0].offices[0]",
        ),
        (json.dumps({"claim": "ruoli", "roles": [row(administration=None)]}).encode(), "roles[0]"),
        (json.dumps({"claim": "ruoli", "roles": [row(ente="a")]}).encode(), "roles[0].ente"),
    ],
)
def test_a_mapping_that_is_wrong_says_where(document: bytes, where: str) -> None:
    with pytest.raises(Malformed) as refusal:
        read_role_mapping(document)
    assert [problem.where for problem in refusal.value.problems] == [where]


def test_a_row_said_twice_is_refused() -> None:
    with pytest.raises(Malformed, match=re.escape("roles[2] ripete roles[0]")):
        mapping(row(), row("capi"), row())


def test_the_mapping_of_the_page_is_one() -> None:
    document = next(
        block for block in re.findall(r"```json\n(.*?)```", PAGE.read_text(), re.DOTALL) if '"claim"' in block
    )
    assert len(read_role_mapping(document.encode()).roles) == 3


@given(st.lists(st.text(min_size=1, max_size=3), max_size=4))
def test_no_value_gives_a_role_that_is_not_declared_for_it(values: list[str]) -> None:
    declared = mapping(row("a"), row("bb", "oiv"), row("c d", "reader"))
    given_roles = {role.role for role in claimed_roles(values, declared)}
    assert given_roles == {entry.role for entry in declared.roles if entry.value in values}


def test_who_is_the_oiv_has_no_other_part_in_what_it_assesses() -> None:
    declared = mapping(row("oiv", "oiv"), row("capi"), row("capi", "planner", "cciaa-bis"), row("tutti", "reader"))
    assert claimed_roles(["capi", "oiv", "tutti"], declared) == (
        Grant("oiv", "cciaa"),
        Grant("planner", "cciaa-bis"),
        Grant("reader", "cciaa"),
    )
