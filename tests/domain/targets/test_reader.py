"""What the reader of targets reads, and what it declines to."""

import time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from domain.italian import LONGEST, print_number, read_date, read_number
from domain.targets.model import TARGET, Range, Threshold, Unread, same_commitment, typed
from domain.targets.reader import RULES, TargetRule, read_one, read_target
from domain.vocabulary import Polarity


def fields(text: str, polarity: Polarity | None = None, *, formula_is_change: bool = False) -> dict[str, object]:
    """The fields of the one target that a text of 2022 holds, without its text and nulls."""
    target = read_one(text, 2022, polarity, formula_is_change=formula_is_change)
    return {name: value for name, value in typed(target).items() if value is not None and name != "text"}


THRESHOLDS = [
    (">= 3.500", ">=", "3500", None),
    ("> = 1200", ">=", "1200", None),
    ("=> 5", ">=", "5", None),
    ("=< 5", "<=", "5", None),
    ("≤ -8,75", "<=", "-8.75", None),
    (">= - 6,00%", ">=", "-6.00", "%"),
    (">= −5", ">=", "-5", None),
    ("\uff1e\uff1d \uff19\uff10\uff05", ">=", "90", "%"),
    (">=\u00a090\u202f%", ">=", "90", "%"),
    ("90,00%", None, "90.00", "%"),
    ("69.5", None, "69.5", None),
    ("3.50", None, "3.50", None),
    ("0.125", None, "0.125", None),
    ("1.234.567,89", None, "1234567.89", None),
    ("9000", None, "9000", None),
    ("zero", "=", "0", None),
    ("0,00", None, "0.00", None),
    ("-0,00%", None, "0.00", "%"),
    ("< 30 gg", "<", "30", "days"),
    ("<=30gg.", "<=", "30", "days"),
    ("5 gg lavorativi", None, "5", "working_days"),
    ("entro 60 giorni", "<=", "60", "days"),
    ("<= 24 ore", "<=", "24", "hours"),
    ("5 (giorni)", None, "5", "days"),
    ("giorni 30", None, "30", "days"),
    ("€ 1.500,00", None, "1500.00", "EUR"),
    ("1.500 euro", None, "1500", "EUR"),
    ("1.000.000 di euro", None, "1000000", "EUR"),
    ("90 per cento", None, "90", "%"),
    ("5 per mille", None, "5", "per_mille"),
    ("3‰", None, "3", "per_mille"),
    ("85 punti", None, "85", "points"),
    ("5/mese", None, "5", "per_month"),
    ("5 al mese", None, "5", "per_month"),
    ("> 1 N", ">", "1", None),
    ("n. 5", None, "5", None),
    ("n. >= 5", ">=", "5", None),
    ("almeno 5", ">=", "5", None),
    ("non inferiore al 90%", ">=", "90", "%"),
    ("non meno di 5", ">=", "5", None),
    ("maggiore o uguale a 5", ">=", "5", None),
    ("min. 5", ">=", "5", None),
    ("superiore al 50%", ">", "50", "%"),
    ("oltre il 90%", ">", "90", "%"),
    ("non superiore a 10", "<=", "10", None),
    ("non oltre 30 gg", "<=", "30", "days"),
    ("non più di 10", "<=", "10", None),
    ("fino a 10", "<=", "10", None),
    ("massimo 10", "<=", "10", None),
    ("inferiore a 2", "<", "2", None),
    ("meno del 5%", "<", "5", "%"),
    ("pari al 100%", "=", "100", "%"),
    ("= 5", "=", "5", None),
    ("2022: 90%", None, "90", "%"),
    ("90% (2022)", None, "90", "%"),
    ("Target: >= 90%", ">=", "90", "%"),
    (">= 90%;", ">=", "90", "%"),
    (">= 2.022", ">=", "2022", None),
    ("maggiore/uguale a 5", ">=", "5", None),
    ("almeno pari a 5", ">=", "5", None),
    (">= al 70%", ">=", "70", "%"),
    ("sup. al 70%", ">", "70", "%"),
    ("Indice >= 70%", ">=", "70", "%"),
    ("valore >= 70%", ">=", "70", "%"),
    ("Target 70%", None, "70", "%"),
    ("n. 20220630", None, "20220630", None),
    ("0,0000000000000000001", None, "0.0000000000000000001", None),
]


@pytest.mark.parametrize(("text", "comparator", "value", "unit"), THRESHOLDS)
def test_a_quantity_is_read_with_its_comparator_its_digits_and_its_unit(
    text: str, comparator: str | None, value: str, unit: str | None
) -> None:
    target = read_one(text, 2022)
    expected = {"form": "threshold", "comparator": comparator, "value": value, "unit": unit, "text": text}
    assert typed(target) == expected


NOTES = [
    (">= 0,21% (140)", "(140)"),
    (">=93,30% (dato anno 2021)", "(dato anno 2021)"),
    (">=90% del personale individuato", "del personale individuato"),
    (">= 2.000 (+2.000)", "(+2.000)"),
    ("ITP < -10", "ITP"),
    ("90%*", "*"),
    ("90% (*)", "(*)"),
    ("90% (min. 80%)", "(min. 80%)"),
    ("100% delle richieste entro 5 gg", "delle richieste entro 5 gg"),
    ("> = 80 (n. maggiore del n. medio dell'ultimo triennio)", "(n. maggiore del n. medio dell'ultimo triennio)"),
    (
        ">= 60,00 % in sede di monitoraggio si valuterà se fattibile innalzamento a 70%",
        "in sede di monitoraggio si valuterà se fattibile innalzamento a 70%",
    ),
    ("5 iniziative", "iniziative"),
    ("3 ogni 1000 imprese", "imprese"),
    ("entro 60 giorni dalla richiesta", "dalla richiesta"),
    (">= 90% entro il 31/12", "entro il 31/12"),
    (">= 90% (entro il 31/12)", "(entro il 31/12)"),
    (">= 0,18% (orientativamente 120 imprese)", "(orientativamente 120 imprese)"),
    (">= 142 (livello prepandemia)", "(livello prepandemia)"),
]


@pytest.mark.parametrize(("text", "note"), NOTES)
def test_a_remark_that_leaves_the_value_as_it_is_becomes_its_note(text: str, note: str) -> None:
    target = read_one(text, 2022)
    assert isinstance(target, Threshold)
    assert target.note == note


OTHER_FORMS = [
    ("tra 5 e 10", {"form": "range", "low": "5", "high": "10"}),
    ("da 5 a 10", {"form": "range", "low": "5", "high": "10"}),
    ("5-10", {"form": "range", "low": "5", "high": "10"}),
    ("18 – 20 gg", {"form": "range", "low": "18", "high": "20", "unit": "days"}),
    ("5 ÷ 10", {"form": "range", "low": "5", "high": "10"}),
    ("compreso tra 90% e 95%", {"form": "range", "low": "90", "high": "95", "unit": "%"}),
    (">=90% e <=95%", {"form": "range", "low": "90", "high": "95", "unit": "%"}),
    (">= 5 e comunque non oltre 10", {"form": "range", "low": "5", "high": "10"}),
    ("entro il 31/7", {"form": "deadline", "comparator": "<=", "value": "2022-07-31"}),
    ("entro 1/2", {"form": "deadline", "comparator": "<=", "value": "2022-02-01"}),
    ("31/12", {"form": "deadline", "comparator": "<=", "value": "2022-12-31"}),
    ("<= 31/12/2022", {"form": "deadline", "comparator": "<=", "value": "2022-12-31"}),
    ("entro giugno", {"form": "deadline", "comparator": "<=", "value": "2022-06-30"}),
    ("entro il 15 settembre", {"form": "deadline", "comparator": "<=", "value": "2022-09-15"}),
    ("entro marzo 2023", {"form": "deadline", "comparator": "<=", "value": "2023-03-31"}),
    ("entro fine anno", {"form": "deadline", "comparator": "<=", "value": "2022-12-31"}),
    ("entro il I semestre", {"form": "deadline", "comparator": "<=", "value": "2022-06-30"}),
    ("1° trimestre", {"form": "deadline", "comparator": "<=", "value": "2022-03-31"}),
    ("primo semestre 2023", {"form": "deadline", "comparator": "<=", "value": "2023-06-30"}),
    (
        "Approvazione entro il 31/7",
        {"form": "deadline", "comparator": "<=", "value": "2022-07-31", "note": "Approvazione"},
    ),
    (
        "giugno 60%; ottobre 100%",
        {
            "form": "milestones",
            "steps": [
                {"by": "2022-06-30", "value": "60", "unit": "%"},
                {"by": "2022-10-31", "value": "100", "unit": "%"},
            ],
        },
    ),
    ("100% entro il 30/6", {"form": "milestones", "steps": [{"by": "2022-06-30", "value": "100", "unit": "%"}]}),
    ("non più tardi del 30/6", {"form": "deadline", "comparator": "<=", "value": "2022-06-30"}),
    ("Completata", {"form": "yes_no", "comparator": "=", "value": "yes"}),
    ("Sì", {"form": "yes_no", "comparator": "=", "value": "yes"}),
    ("si'", {"form": "yes_no", "comparator": "=", "value": "yes"}),
    (">=si", {"form": "yes_no", "comparator": "=", "value": "yes"}),
    ("NO", {"form": "yes_no", "comparator": "=", "value": "no"}),
    ("≥ Medio", {"form": "level", "comparator": ">=", "value": "medio"}),
    ("Ottimo", {"form": "level", "value": "ottimo"}),
    ("+10%", {"form": "change", "comparator": ">=", "value": "10", "unit": "%", "base": "previous"}),
    (">= +15%", {"form": "change", "comparator": ">=", "value": "15", "unit": "%", "base": "previous"}),
    ("+10% sul 2018", {"form": "change", "comparator": ">=", "value": "10", "unit": "%", "base": 2018}),
    ("incremento del 10%", {"form": "change", "comparator": ">=", "value": "10", "unit": "%", "base": "previous"}),
    (
        "-3% rispetto al triennio precedente",
        {"form": "change", "comparator": "<=", "value": "-3", "unit": "%", "base": "mean3"},
    ),
    (
        "riduzione di almeno il 5% rispetto al 2019",
        {"form": "change", "comparator": "<=", "value": "-5", "unit": "%", "base": 2019},
    ),
    ("≤ dato medio nazionale", {"form": "reference", "comparator": "<=", "reference": "dato medio nazionale"}),
    (">= baseline", {"form": "reference", "comparator": ">=", "reference": "baseline"}),
    ("mantenimento valore anno precedente", {"form": "reference", "reference": "valore anno precedente"}),
    ("Anno di rilevazione (revisione piano)", {"form": "survey_year", "note": "(revisione piano)"}),
    ("Annuale", {"form": "recurring"}),
    ("da def.", {"form": "to_be_defined"}),
    ("N.D.", {"form": "to_be_defined"}),
    ("in corso di definizione", {"form": "to_be_defined"}),
    ("---", {"form": "none"}),
    ("> -", {"form": "none"}),
    ("  ", {"form": "none"}),
    ("non previsto", {"form": "none"}),
    ("<=20gg.+5", {"form": "threshold", "comparator": "<=", "value": "20", "unit": "days", "tolerance": "5"}),
]


@pytest.mark.parametrize(("text", "expected"), OTHER_FORMS)
def test_each_form_is_read_with_its_own_fields(text: str, expected: dict[str, object]) -> None:
    assert fields(text) == expected


UNREAD = [
    *(">=9O%", "<=3O gg", "1OO%", "90%%", ">==5", "≥≥ 5", "<> 5", "5²", "½", "1e5", "±5%", "~5", "circa 5", "5 circa"),
    *("1,234,567", "1234.567", "007", "12.500%", "1 500", "1'500", "5.000.00", ".5", "--5", "\u0665"),
    *("31/02/2022", "entro il 31/13", "29/02/2023", "31/12/0022", "entro metà giugno", "giugno-luglio", "1/2", "3/5"),
    *(
        "2022",
        ">= 2022",
        "2022-2024",
        "2023: 90%",
        "90% (2023)",
        "90% nel 2023",
        "2022: 80%; 2023: 90%",
        "90% (2021-2023)",
    ),
    *(
        "15% 20%",
        "90% o 95%",
        "90% e 5 iniziative",
        "5 bandi 3 eventi",
        "90% (o 80%)",
        "5 (ex 7)",
        "5 di 10",
        "5 su 10",
    ),
    *("90% min. 80%", "90% minimo", "almeno 5 (min)", "5+", "5 o più", "90% del personale e almeno 5 corsi"),
    *(
        "50 (migliaia di euro)",
        "5 kg",
        "30 min",
        "2 incontri al trimestre",
        "20 ore/mese",
    ),
    *(
        "90% rispetto al 2021",
        "12 unità in più",
        "90% giorni",
        "5 lavorativi",
        "≥ 80% della media nazionale",
        "+10% nel triennio",
        "+10% sul 2024",
        "riduzione del -5%",
    ),
    *(
        "10-5",
        "5 -10",
        "tra 5% e 10 giorni",
        "> 5 e < 10",
        "entro 5-10 gg",
        "entro 15",
        "< 31/12/2022",
        "fino al 31/12",
    ),
    *("31/12/2022 30/06/2022", "30/06/2022 - 31/12/2022", ">= 90% entro il 30/6", "giugno 60%; maggio 100%"),
    *(
        "sì/no",
        "on/off",
        "n/a",
        "mantenimento",
        "nessuno",
        "medio-alto",
        ">= media",
        "SI entro 31/12",
        "due",
        "?",
    ),
    *("10% di riduzione", "10% di incremento", "100% del target 2021", "95% dello storico"),
    *("95% di quanto realizzato nel 2021", "95% delle presenze del 2021", "80% (85%)", "5 (x1000)", "70 centesimi"),
    *("3 coppie", "5 punti base", "3 (/5)", "72 ore lavorative", "5 gg (lavorativi)", "80 (in %)", "5 (percentuale)"),
    *("≥ 80%, con tolleranza 5%", "80% (tolleranza ±2%)", "80% (in alternativa 10)", "80% (se > 10 imprese)"),
    *("80% se finanziato", "80% salvo proroghe", "80% in caso di finanziamento", "80% (>= 70%)"),
    *("entro il 30/6 prorogato al 30/9", "entro il 30/6/2022 (proroga al 30/9/2022)", "entro 30/06 (31/07)"),
    *(
        "mancata approvazione entro il 30/6",
        "Si (entro il 30/06)",
        "Si (giugno)",
        "Realizzato (al 50%)",
        "Si (in parte)",
    ),
    *("100% (entro il 30/6)", "100% (giugno)", "100% (I semestre)", "100% nel primo semestre", "5 (entro 31 gg)"),
    *("10/11/12", "entro il 10/11/12", "20220630", "30062022"),
    *("90% (min", "90%)", "un testo qualunque", "Delibera n. 5"),
]


@pytest.mark.parametrize("text", UNREAD)
def test_what_is_wrong_or_ambiguous_stays_unread_with_a_reason_and_a_place(text: str) -> None:
    (target,) = read_target(text, 2022)
    assert isinstance(target, Unread)
    assert target.reason
    assert 0 <= target.at <= len(text)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_every_example_of_the_grammar_is_read(rule: TargetRule) -> None:
    forms = {target.form for text in rule.examples for target in read_target(text, 2022)}
    assert "unread" not in forms


def test_two_days_that_follow_one_another_are_two_deadlines() -> None:
    found = [typed(target)["value"] for target in read_target("30/06/2022 31/12/2022", 2022)]
    assert found == ["2022-06-30", "2022-12-31"]
    assert read_one("30/06/2022 31/12/2022", 2022).form == "unread"


def test_the_place_of_an_unread_text_is_a_character_of_the_text_as_written() -> None:
    (target,) = read_target(">=\u00a09O%", 2022)
    assert isinstance(target, Unread)
    assert target.at == len(">=\u00a09")


def test_a_day_without_a_year_needs_the_year_of_the_target() -> None:
    assert read_one("entro il 31/7").form == "unread"
    assert read_one("entro il 31/7/2022").form == "deadline"


def test_the_polarity_implies_the_comparator_of_a_bare_value_only() -> None:
    assert fields("68%", polarity="up")["implied"] == ">="
    assert fields("68%", polarity="down")["implied"] == "<="
    assert "implied" not in fields("68%")
    assert "implied" not in fields(">= 68%", polarity="down")


def test_a_variation_is_a_threshold_where_the_formula_is_a_variation_already() -> None:
    assert fields(">= +15%", formula_is_change=True) == {
        "form": "threshold",
        "comparator": ">=",
        "value": "15",
        "unit": "%",
    }
    assert fields("-3,00%", formula_is_change=True)["value"] == "-3.00"
    assert fields("riduzione del 5%", formula_is_change=True)["form"] == "unread"
    assert fields("+15% sul 2018", formula_is_change=True)["form"] == "unread"


def test_a_sign_against_the_polarity_is_unread() -> None:
    assert fields("+10% sul 2018", polarity="down")["form"] == "unread"
    assert fields("<= +10% sul 2018", polarity="down")["form"] == "change"


def test_a_scale_is_a_yes_only_after_the_accomplishment_that_it_is_about() -> None:
    assert fields("Rispetto della tempistica prevista:sì/no")["value"] == "yes"
    assert fields("Esito: sì/no")["form"] == "unread"


def test_a_text_of_more_than_500_characters_is_prose() -> None:
    assert read_one("90%" + " " * LONGEST).form == "unread"


def test_targets_with_the_same_commitment_differ_in_spelling_only() -> None:
    assert same_commitment(read_one(">= 90%"), read_one("almeno il 90,00% (circa 140)"))
    assert not same_commitment(read_one(">= 90%"), read_one("> 90%"))
    assert not same_commitment(read_one("Annuale"), read_one("Mensile"))


def test_a_target_goes_through_json_with_its_digits() -> None:
    target = read_one(">= 90,00%", 2022)
    assert TARGET.validate_json(TARGET.dump_json(target)) == target
    assert '"90.00"' in target.model_dump_json()
    assert '"0.0000000000000000001"' in read_one("0,0000000000000000001").model_dump_json()


def test_illegal_targets_cannot_be_written() -> None:
    with pytest.raises(ValidationError):
        Range(text="", low=Decimal(5), high=Decimal(5))
    with pytest.raises(ValidationError):
        Threshold(text="", comparator=">=", value=Decimal(1), tolerance=Decimal(1))
    with pytest.raises(ValidationError):
        TARGET.validate_python({"form": "threshold", "text": "", "comparator": None, "value": 0.1})


NEAR_TARGETS = st.lists(
    st.sampled_from(
        [
            *">=<≤≥%€+-/.,;:()0123456789 ",
            "gg",
            "entro",
            " il ",
            "31/12",
            "giugno",
            "sì",
            "tra ",
            " e ",
            "rispetto al ",
            "2021",
        ]
    ),
    max_size=30,
).map("".join)


@given(
    st.one_of(st.text(max_size=60), NEAR_TARGETS), st.sampled_from([None, 2022]), st.sampled_from([None, "up", "down"])
)
def test_any_text_gives_targets_and_never_an_error(text: str, year: int | None, polarity: Polarity | None) -> None:
    targets = read_target(text, year, polarity)
    assert targets
    assert all(target.text == text for target in targets)


@pytest.mark.parametrize(
    "piece", ["dell' ", "0", "- ", "(", "a ", "entro ", "90% e ", "1.", "giugno 6% ", "+", ">= ", "media "]
)
def test_a_long_text_is_read_in_bounded_time(piece: str) -> None:
    text = (piece * LONGEST)[:LONGEST]
    begun = time.perf_counter()
    read_target(text, 2022)
    assert time.perf_counter() - begun < 1


@given(st.decimals(allow_nan=False, allow_infinity=False, places=3), st.booleans())
def test_a_number_is_read_as_it_is_printed(number: Decimal, grouped: bool) -> None:  # noqa: FBT001 - drawn
    assert str(read_number(print_number(number, grouped=grouped))).lstrip("-") == f"{number:f}".lstrip("-")


def test_a_date_is_a_day_of_the_calendar_or_nothing() -> None:
    assert str(read_date("1° luglio 2022")) == "2022-07-01"
    assert read_date("31/02/2022") is None
    assert read_date("luglio 2022") is None
    assert read_date("31/12") is None
