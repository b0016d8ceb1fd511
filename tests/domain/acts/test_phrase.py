"""The phrase by which an office cites an act."""

import pytest

from domain.acts.phrase import read_act
from domain.errors import Malformed


@pytest.mark.parametrize(
    ("phrase", "body", "type_", "number", "day"),
    [
        ("delibera di Giunta n. 9 del 30/09/2022", "Giunta", "delibera", "9", "2022-09-30"),
        (
            "Deliberazione della Giunta camerale n. 9/2022 del 30 settembre 2022",
            "Giunta",
            "delibera",
            "9/2022",
            "2022-09-30",
        ),
        ("Giunta camerale, deliberazione n. 9/2022 del 30/09/2022", "Giunta", "delibera", "9/2022", "2022-09-30"),
        (
            "determinazione del Segretario Generale n. 12 del 5 marzo 2023",
            "Segretario Generale",
            "determina",
            "12",
            "2023-03-05",
        ),
        ("decreto del Presidente n. 3 del 2023-02-01", "Presidente", "decreto", "3", "2023-02-01"),
        ("delibera del Consiglio del 1/4/2022", "Consiglio", "delibera", None, "2022-04-01"),
        ("delibera di Giunta n. 10 del 30/11/2022", "Giunta", "delibera", "10", "2022-11-30"),
        ("D.G.C. n. 31 del 07.05.2023", "Giunta", "delibera", "31", "2023-05-07"),
        ("D. G. C. 31/2023 del 7 maggio 2023", "Giunta", "delibera", "31/2023", "2023-05-07"),
        ("DGR 7 maggio 2023, n. 612", "Giunta", "delibera", "612", "2023-05-07"),
        ("Del. G.M. n. 31 del 7/5/2023", "Giunta", "delibera", "31", "2023-05-07"),
        ("atto di G.P. n° 31 del 7/5/2023", "Giunta", "delibera", "31", "2023-05-07"),
        ("Deliberazione Giunta Provinciale 31 del 07-05-2023", "Giunta", "delibera", "31", "2023-05-07"),
        ("deliberazione del Consiglio Comunale n. 4 del 7/5/2023", "Consiglio", "delibera", "4", "2023-05-07"),
        ("delibera del C.d.A. n. 4 del 7/5/2023", "Consiglio di amministrazione", "delibera", "4", "2023-05-07"),
        ("D.D.G. n. 18 del 2 aprile 2024", "Direttore Generale", "decreto", "18", "2024-04-02"),
        ("D.R. rep. n. 702/2024 del 2 aprile 2024", "Rettore", "decreto", "702/2024", "2024-04-02"),
        ("decreto rettorale n. 702 del 2 aprile 2024", "Rettore", "decreto", "702", "2024-04-02"),
        ("decreto sindacale n. 6 del 2/4/2024", "Sindaco", "decreto", "6", "2024-04-02"),
        ("decreto presidenziale d'urgenza n. 6 del 2/4/2024", "Presidente", "decreto", "6", "2024-04-02"),
        ("decreto del Presidente della Giunta regionale n. 6 del 2/4/2024", "Presidente", "decreto", "6", "2024-04-02"),
        ("determina dirigenziale n. 88 del 2/4/2024", "Dirigente", "determina", "88", "2024-04-02"),
        ("Det. Dir. R.G. n. 88 del 2/4/2024", "Dirigente", "determina", "88", "2024-04-02"),
        ("determina n. 88 del 2 aprile 2024", None, "determina", "88", "2024-04-02"),
        ("deliberazione aziendale n. 88 del 2/4/2024", None, "delibera", "88", "2024-04-02"),
        ("ordinanza contingibile e urgente del Sindaco n. 5 del 2/4/2024", "Sindaco", "ordinanza", "5", "2024-04-02"),
        ("delibera n. 9 della Giunta del 2/4/2024", "Giunta", "delibera", "9", "2024-04-02"),
        ("delibera n. 9 del 2/4/2024 della Giunta camerale", "Giunta", "delibera", "9", "2024-04-02"),
        ("delibera n. 9 adottata dalla Giunta nella seduta del 2 aprile 2024", "Giunta", "delibera", "9", "2024-04-02"),
        ("Giunta comunale, seduta del 2/4/2024, delibera n. 9", "Giunta", "delibera", "9", "2024-04-02"),
        ("seduta di Giunta del 2 aprile 2024", "Giunta", "delibera", None, "2024-04-02"),
        ("Deliberazione N° XII / 345 Seduta del 02/04/2024", None, "delibera", "XII/345", "2024-04-02"),
        ("delibera di Giunta n. 7 ter del 2/4/2024", "Giunta", "delibera", "7-ter", "2024-04-02"),
        ("delibera di Giunta n. 7/bis del 2/4/2024", "Giunta", "delibera", "7-bis", "2024-04-02"),
        ("delibera di Giunta n. 7 del due aprile duemilaventiquattro", "Giunta", "delibera", "7", "2024-04-02"),
        ("delibera di Giunta n. 7 del primo aprile 2024", "Giunta", "delibera", "7", "2024-04-01"),
        ("delibera di Giunta n. 7 di data 2.4.2024", "Giunta", "delibera", "7", "2024-04-02"),
        ("delibera di Giunta n. 7 dell'8 aprile '24", "Giunta", "delibera", "7", "2024-04-08"),
        ("DELIBERA DI GIUNTA N. 7 DEL 2-4-24", "Giunta", "delibera", "7", "2024-04-02"),
        ("delibera di Giunta n. 7 del 2/4/2024 e ss.mm.ii.", "Giunta", "delibera", "7", "2024-04-02"),
        (
            "delibera di Giunta n. 7 del 2/4/2024, e successive modifiche ed integrazioni",
            "Giunta",
            "delibera",
            "7",
            "2024-04-02",
        ),
        ("delibera di Giunta n. 7 del 2/4/2024 (immediatamente eseguibile)", "Giunta", "delibera", "7", "2024-04-02"),
        (
            "determinazione dirigenziale n. 3 del 2/4/2024 del Settore Cultura",
            "Dirigente del Settore Cultura",
            "determina",
            "3",
            "2024-04-02",
        ),
        ("giusta D.G.C. n. 31 del 7/5/2023", "Giunta", "delibera", "31", "2023-05-07"),
        ("approvato con delibera di Giunta n. 31 del 7/5/2023", "Giunta", "delibera", "31", "2023-05-07"),
        ("vista la deliberazione del Consiglio n. 31 del 7/5/2023", "Consiglio", "delibera", "31", "2023-05-07"),
        ("DGC n. 31/I.E. del 7/5/2023", "Giunta", "delibera", "31", "2023-05-07"),
        ("delibera di Giunta n. 31 (trentuno) del 7/5/2023", "Giunta", "delibera", "31", "2023-05-07"),
        ("determina reg. gen. 88 del 7/5/2023", None, "determina", "88", "2023-05-07"),
        ("decreto rettorale rep. 88/2023 del 7/5/2023", "Rettore", "decreto", "88/2023", "2023-05-07"),
        ("verbale del C.d.A. n. 4 del 7/5/2023", "Consiglio di amministrazione", "altro", "4", "2023-05-07"),
        ("Delib.G.C. n. 31 del 7/5/'23", "Giunta", "delibera", "31", "2023-05-07"),
        (
            "decreto del Commissario straordinario n. 5 assunto con i poteri della Giunta del 7/5/2023",
            "Commissario straordinario",
            "decreto",
            "5",
            "2023-05-07",
        ),
        (
            "determina del Responsabile dell'Area Tecnica n. 3 del 2/4/2024",
            "Responsabile dell'Area Tecnica",
            "determina",
            "3",
            "2024-04-02",
        ),
    ],
)
def test_an_act_is_read_from_its_phrase(
    phrase: str, body: str | None, type_: str, number: str | None, day: str
) -> None:
    act = read_act(phrase)
    assert (act.body, act.type, act.number, act.date.isoformat()) == (body, type_, number, day)


@pytest.mark.parametrize(
    "phrase",
    [
        "",
        "delibera",
        "delibera di Giunta n. 9",
        "n. 9 del 30/09/2022",
        "delibera di Giunta n. 9 del 31/02/2022",
        "x" * 500,
        "delibera n. 3 del 2/4/2024 di modifica della delibera n. 1 del 2/1/2024",
        "delibera di Giunta n. 3 e n. 4 del 2/4/2024",
        "delibere di Giunta nn. 3 e 4 del 2/4/2024",
        "delibera di Giunta n. 3 del 2/4/2024 come modificata",
        "delibera/determina di Giunta n. 3 del 2/4/2024",
        "verbale n. 3 del 2/4/2024",
        "delibera di Giunta n. tre del 2/4/2024",
        "delibera di Giunta tre del 2/4/2024",
        "delibera di Giunta n. 3-4 del 2/4/2024",
        "delibera di Giunta n. [3] del 2/4/2024",
        "delibera di Giunta 2023 del 2/4/2024 e 2024",
        "determina del Dirigente numero tre del 2/4/2024",
        "nota prot. 811 del 2/4/2024",
        "legge n. 190 del 6/11/2012",
        "D.Lgs. n. 33 del 14/3/2013",
        "delibera extracomunale n. 3 del 2/4/2024",
        "DGR n. 512/2023",
        "delibera di Giunta n. 31 (trenta) del 7/5/2023",
        "DGC n. 31 del 7/5/2023 modificata con DGC n. 40 del 9/6/2023",
        "DGC n. 31 del 7/5/2023, Comune di Siena e altri",
    ],
)
def test_what_is_no_act_is_told_with_an_example(phrase: str) -> None:
    with pytest.raises(Malformed, match="delibera di Giunta"):
        read_act(phrase)


@pytest.mark.parametrize("phrase", ["DGC n. 31 del 7/5", "D.G.C. n. 31 del 7 maggio u.s.", "delibera n. 31 del 07.05"])
def test_a_day_without_its_year_is_told(phrase: str) -> None:
    with pytest.raises(Malformed, match="senza l'anno"):
        read_act(phrase)


def test_the_number_of_the_general_register_stands_beside_the_number_of_the_act() -> None:
    for phrase in ("determina n. 12 del 7/5/2023 (R.G. n. 88)", "DETERMINA N. 12 DEL 7.5.2023 REG. GEN. N. 88"):
        act = read_act(phrase)
        assert (act.number, act.protocol) == ("12", "R.G. 88")


def test_initials_of_several_bodies_are_asked_for_in_full() -> None:
    with pytest.raises(Malformed, match="determinazione dirigenziale, decreto direttoriale"):
        read_act("D.D. n. 12 del 2/4/2024")


@pytest.mark.parametrize(
    ("phrase", "protocol", "day"),
    [
        ("delibera di Giunta n. 7 del 2/4/2024, prot. n. 5512", "5512", "2024-04-02"),
        ("delibera di Giunta n. 7 del 2/4/2024 (prot. gen. 0005512/2024)", "0005512/2024", "2024-04-02"),
        ("delibera di Giunta n. 7 del 2/4/2024 prot. 5512 del 9/4/2024", "5512 del 9/4/2024", "2024-04-02"),
        ("decreto rettorale prot. n. 5512 del 2 aprile 2024", "5512", "2024-04-02"),
    ],
)
def test_the_protocol_is_no_number_and_its_day_not_that_of_the_act(phrase: str, protocol: str, day: str) -> None:
    act = read_act(phrase)
    assert (act.protocol, act.date.isoformat()) == (protocol, day)


@pytest.mark.parametrize(
    "phrase",
    [
        'delibera di Giunta n. 7 del 2/4/2024 "Variazione del piano"',
        "delibera di Giunta n. 7 del 2/4/2024 avente ad oggetto: Variazione del piano",
        "delibera di Giunta n. 7 del 2/4/2024 - Variazione del piano",
    ],
)
def test_the_object_is_the_title(phrase: str) -> None:
    assert read_act(phrase).title == "Variazione del piano"


def test_the_digest_of_the_file_may_be_in_the_phrase() -> None:
    assert read_act(f"delibera di Giunta n. 7 del 2/4/2024, sha256 {'ab' * 32}").sha256 == "ab" * 32


def test_what_is_confirmed_stands_after_the_citation_in_any_order() -> None:
    act = read_act("delibera di Giunta n. 7 del 2/4/2024 (altro atto) (data confermata) (presunta)")
    assert (act.other_confirmed, act.date_confirmed, act.assumed, act.body_confirmed) == (True, True, True, False)
