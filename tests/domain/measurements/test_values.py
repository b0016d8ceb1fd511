"""What the reader of observed values reads, and what it declines to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from domain.measurements.reader import RULES, ValueRule, read_value
from domain.measurements.values import Observed, UnreadValue

OBSERVED: TypeAdapter[Observed] = TypeAdapter(Observed)


def fields(text: str) -> dict[str, object]:
    """The fields of what a text of 2021 says, without its text and nulls."""
    dumped = read_value(text, 2021).model_dump(mode="json", exclude={"text"})
    return {name: value for name, value in dumped.items() if value is not None and value != []}


NUMBERS = [
    ("17.835", {"value": "17835"}),
    ("0,2%", {"value": "0.2", "unit": "%"}),
    ("-8,33", {"value": "-8.33"}),
    ("zero", {"value": "0"}),
    ("69.5", {"value": "69.5"}),
    ("€ 46,72", {"value": "46.72", "unit": "EUR"}),
    ("€ 48,46 (i.e. per impresa)", {"value": "48.46", "unit": "EUR", "note": "(i.e. per impresa)"}),
    ("108 (dato al monitoraggio)", {"value": "108", "note": "(dato al monitoraggio)"}),
    ("79,8% (punteggi 6/5/4)", {"value": "79.8", "unit": "%", "note": "(punteggi 6/5/4)"}),
    (
        "75,10 nella piattaforma Pareto risulta 75,92",
        {"value": "75.10", "note": "nella piattaforma Pareto risulta 75,92"},
    ),
    (
        "10,03% Num 6.551 - Den 65.291",
        {"value": "10.03", "unit": "%", "numerator": "6551", "denominator": "65291"},
    ),
    ("5,88 Num 3.839 - Den 65.291", {"value": "5.88", "numerator": "3839", "denominator": "65291"}),
    ("1,05 NUM: 82,10 DEN: 78,07", {"value": "1.05", "numerator": "82.10", "denominator": "78.07"}),
    ("NUM 289 DEN 89", {"numerator": "289", "denominator": "89"}),
    ("5 su 10", {"numerator": "5", "denominator": "10"}),
    (
        "0,17 (112 imprese su 65.991 attive)",
        {"value": "0.17", "numerator": "112", "denominator": "65991", "note": "(112 imprese su 65.991 attive)"},
    ),
    ("0,30 (112 imprese su 65.991 attive)", {"value": "0.30", "note": "(112 imprese su 65.991 attive)"}),
    (
        "31,28 media clus.: -9,53 media naz.: -9,65",
        {
            "value": "31.28",
            "benchmarks": [{"name": "media clus.", "value": "-9.53"}, {"name": "media naz.", "value": "-9.65"}],
        },
    ),
    ("2021: 31,28", {"value": "31.28"}),
    ("8 accessi/mese", {"value": "8", "unit": "per_month", "note": "accessi"}),
    ("2,5 mln €", {"value": "2500000", "unit": "EUR"}),
    ("9\u200b5\u00a0%", {"value": "95", "unit": "%"}),
    ("17/24", {"numerator": "17", "denominator": "24"}),
    ("3,5/5", {"numerator": "3.5", "denominator": "5"}),
    ("90/100", {"numerator": "90", "denominator": "100"}),
    ("7 di 7", {"numerator": "7", "denominator": "7"}),
    ("17 su 20 (85%)", {"numerator": "17", "denominator": "20", "note": "(85%)"}),
    ("12 (previsti 15)", {"value": "12", "note": "(previsti 15)"}),
    ("8 incontri", {"value": "8", "note": "incontri"}),
]


@pytest.mark.parametrize(("text", "expected"), NUMBERS)
def test_a_number_is_read_with_its_terms_its_benchmarks_and_its_note(text: str, expected: dict[str, object]) -> None:
    assert fields(text) == {"kind": "number"} | expected


OTHER_KINDS = [
    ("si", {"kind": "yes_no", "value": "yes"}),
    ("NO", {"kind": "yes_no", "value": "no"}),
    ("medio", {"kind": "level", "value": "medio"}),
    ("30/06/2021", {"kind": "date", "value": "2021-06-30"}),
    ("30-giu-21", {"kind": "date", "value": "2021-06-30"}),
    ("in data 30/06/2021", {"kind": "date", "value": "2021-06-30"}),
    ("giugno", {"kind": "date", "value": "2021-06-30"}),
    ("incremento del 7%", {"kind": "change", "value": "7", "unit": "%"}),
    (
        "4 giorni in meno rispetto al 2020",
        {"kind": "change", "value": "-4", "unit": "days", "note": "rispetto al 2020"},
    ),
    ("invariato", {"kind": "change", "value": "0"}),
    ("nei termini", {"kind": "yes_no", "value": "yes"}),
    ("con 6 giorni di anticipo", {"kind": "yes_no", "value": "yes"}),
    ("", {"kind": "not_available"}),
    ("---", {"kind": "not_available"}),
    ("n.d.", {"kind": "not_available"}),
    ("dato non disponibile", {"kind": "not_available"}),
    ("dato non ancora disponibile", {"kind": "not_yet_due"}),
    ("I dati si avranno a fine anno", {"kind": "not_yet_due"}),
    ("non applicabile", {"kind": "not_applicable"}),
]


@pytest.mark.parametrize(("text", "expected"), OTHER_KINDS)
def test_zero_is_not_the_same_as_no_value_and_no_value_has_a_kind(text: str, expected: dict[str, object]) -> None:
    assert fields(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        *(">=70%", "n.a.", "9O", "15% 20%", "10 e 12", "1/2", "2022", "2022: 5", "3 kg", "1.05.2", "sì/no"),
        *("30/06/2021 31/12/2021", "entro giugno", "in linea con il target", "obiettivi raggiunti al 100%", "1,2 M"),
        *("8 previsti", "8 incontri programmati", "8 da svolgere", "4,000", "€ 25,000", "8,", "5/6", "10/21", "31/24"),
        *(
            "90% (parziale)",
            "90% - stima",
            "90% (da validare)",
            "8 incontri (2 annullati)",
            "8 in corso",
            "15/06/2021 (bozza)",
        ),
        *(
            "8 indetti",
            "8 seminari prenotati",
            "8 in calendario",
            "8 (proiezione)",
            "90% (preliminare)",
            "8 (cinque fissati)",
        ),
        *("sette", "sette seminari", "circa 8", "nessun seminario", "+7% (provvisorio)", "17 su 20 (dato preliminare)"),
        *("17 su 20 (58%)", "90% (11 su 20)", "8 giorni di anticipo", "7 gg in anticipo"),
    ],
)
def test_what_is_wrong_or_ambiguous_is_an_unread_value(text: str) -> None:
    observed = read_value(text, 2021)
    assert isinstance(observed, UnreadValue)
    assert observed.reason
    assert 0 <= observed.at <= len(text)


@pytest.mark.parametrize(
    "text",
    [
        *("8 (fonte: registro)", "8 imprese assistite", "8 proposte", "8 (verbali agli atti)", "8 seminari svolti"),
        *("90% (al netto delle sospese)", "8 (tutti conclusi)", "8 seminari (3 online)", "+7% (da 100 a 107)"),
        *("8 (di cui 2 a Prato)", "8 su 10 programmati", "90% (Area II)", "20 gg (in media)", "8 (previsti 6)"),
    ],
)
def test_what_is_known_to_leave_a_figure_as_it_is_stays_beside_it(text: str) -> None:
    assert read_value(text, 2021).kind in {"number", "change"}


@pytest.mark.parametrize(
    ("text", "accepted"),
    [
        ("sette seminari", "7 seminari"),
        ("novanta per cento", "90%"),
        ("~8", "8"),
        ("nessuno", "0 oppure No"),
        ("determina n. 8/2021", "la sua data"),
        ("8 convocati", "ciò che è stato fatto"),
        ("90% (provv.)", "provvisorio"),
    ],
)
def test_an_unread_value_is_told_with_what_may_be_written_for_it(text: str, accepted: str) -> None:
    observed = read_value(text, 2021)
    assert isinstance(observed, UnreadValue)
    assert accepted in observed.reason.partition("si accetta ")[2]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_every_example_of_the_values_grammar_is_read(rule: ValueRule) -> None:
    assert all(read_value(text, 2022).kind != "unread" for text in rule.examples)


@given(
    st.text(max_size=60) | st.text(alphabet="0123456789.,%-/() numden:su", max_size=60), st.sampled_from([None, 2022])
)
def test_any_text_gives_a_value_and_never_an_error(text: str, year: int | None) -> None:
    observed = read_value(text, year)
    assert observed.text == text
    assert OBSERVED.validate_json(observed.model_dump_json()) == observed
