"""Which of the known acts a citation is of."""

import pytest

from domain.acts.known import ActLooksKnown, act_on_its_day, details_to_add, resolve_act
from domain.acts.model import Act
from domain.acts.phrase import read_act, read_citation
from domain.errors import AlreadyThere, Malformed

DECIDED = read_act("delibera di Giunta n. 7 del 02/04/2024")
FILE = "ab" * 32


@pytest.mark.parametrize(
    "phrase",
    [
        "D.G.C. n. 7 del 02.04.2024",
        "deliberazione della Giunta camerale n. 7/2024 del 2 aprile 2024",
        "delibera della Giunta della Camera di commercio di Lecce n. 07 del 2/4/24",
        "atto di G.C. n° 7 del 2/4/2024",
        "delibera n. 7 del 2/4/2024",
    ],
)
def test_one_act_cited_in_two_ways_is_one(phrase: str) -> None:
    assert resolve_act(read_act(phrase), [DECIDED]).id == DECIDED.id


@pytest.mark.parametrize(
    ("phrase", "why"),
    [
        ("delibera di Giunta n. 7 del 03/04/2024", "altra data"),
        ("delibera di Consiglio n. 7 del 02/04/2024", "altro organo"),
        ("determina di Giunta n. 7 del 02/04/2024", "altro tipo"),
        ("delibera di Giunta n. 7/24 del 02/04/2024", "scritto con l'anno"),
    ],
)
def test_a_new_act_that_looks_like_a_known_one_is_asked_about(phrase: str, why: str) -> None:
    with pytest.raises(ActLooksKnown) as refused:
        resolve_act(read_act(phrase), [DECIDED])
    assert why in refused.value.listed[0]
    act = read_act(f"{phrase} (altro atto)")
    assert resolve_act(act, [DECIDED]) == act


@pytest.mark.parametrize(
    "phrase",
    [
        "delibera di Giunta n. 8 del 02/04/2024",
        "delibera di Giunta del 02/04/2024",
        "delibera di Giunta n. 7 del 02/04/2023",
        "delibera di Giunta n. 7 bis del 02/04/2024",
        "determina del Segretario Generale n. 9 del 02/04/2024",
    ],
)
def test_another_act_is_taken_as_it_is(phrase: str) -> None:
    assert resolve_act(read_act(phrase), [DECIDED]).id != DECIDED.id


def test_the_same_file_is_the_same_act_or_is_asked_about() -> None:
    known = DECIDED.model_copy(update={"sha256": FILE})
    with pytest.raises(ActLooksKnown, match="lo stesso file"):
        resolve_act(read_act(f"delibera di Giunta n. 12 del 5/5/2024, sha256 {FILE}"), [known])


def test_a_citation_without_a_body_is_of_the_only_act_that_it_can_be() -> None:
    settoriale = read_act("determina del Responsabile dell'Area Tecnica n. 7 del 2/4/2024")
    dirigenziale = read_act("determina dirigenziale n. 7 del 2/4/2024")
    bare = read_act("determina n. 7 del 2/4/2024")
    assert resolve_act(bare, [settoriale]).id == settoriale.id
    with pytest.raises(ActLooksKnown):
        resolve_act(bare, [settoriale, dirigenziale])
    with pytest.raises(ActLooksKnown):
        resolve_act(dirigenziale, [bare])


def test_a_citation_without_a_day_is_of_the_only_known_act_that_it_can_be() -> None:
    citation = read_citation("DGR n. 7/2024")
    assert act_on_its_day(citation, [DECIDED], "DGR n. 7/2024").id == DECIDED.id
    for known in ([], [DECIDED, read_act("delibera di Giunta n. 7 del 05/04/2024")]):
        with pytest.raises(Malformed, match="non il giorno"):
            act_on_its_day(citation, known, "DGR n. 7/2024")


def test_what_is_said_of_an_act_completes_it_and_never_changes_it() -> None:
    said = resolve_act(read_act("D.G.C. n. 7 del 2/4/2024, prot. 5512"), [DECIDED])
    assert details_to_add(said, DECIDED) == {"protocol": "5512"}
    known = DECIDED.model_copy(update={"protocol": "5512", "sha256": FILE})
    assert details_to_add(resolve_act(DECIDED, [known]), known) == {}
    with pytest.raises(AlreadyThere, match="protocollo 99, non 5512"):
        details_to_add(resolve_act(read_act("D.G.C. n. 7 del 2/4/2024, prot. 99"), [known]), known)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Giunta", "Giunta comunale"),
        ("Giunta", "G.C."),
        ("Dirigente", "dirigenziale"),
        ("Segretario Generale", "S.G."),
        ("Consiglio", "Consiglio della Camera di commercio"),
        ("Rettore", "rettorale"),
    ],
)
def test_one_body_under_its_several_names_is_one(first: str, second: str) -> None:
    acts = [Act(id="x", body=name, type="delibera", number="1", date=DECIDED.date) for name in (first, second)]
    assert acts[0].same_as(acts[1])


def test_the_president_of_a_body_is_not_the_body() -> None:
    acts = [
        Act(id=str(place), body=name, type="decreto", number="1", date=DECIDED.date)
        for place, name in enumerate(("Giunta", "Presidente della Giunta", "Consiglio", "Consiglio di amministrazione"))
    ]
    assert len({act.identity for act in acts}) == len(acts)
