"""Targets as offices spell them: what is read, and what is left for them to say."""

import unicodedata

import pytest

from domain.targets.model import Unread, typed
from domain.targets.reader import read_one
from domain.targets.revisions import REVISED, WITHDRAWN

YEAR = 2023


def read(text: str) -> tuple[object, ...]:
    """Form, comparator, value, unit, and base of a variation."""
    target = typed(read_one(text, YEAR))
    return target["form"], target["comparator"], target["value"], target["unit"], target.get("base")


def reason(text: str) -> str | None:
    """Why a text is not read; None when it is."""
    target = read_one(text, YEAR)
    return target.reason if isinstance(target, Unread) else None


CHANGED = [
    *("80% (rideterminato: 75%)", "80% (modificata in 75%)", "80% (rettificato al 75%)", "80% (elevata a 85%)"),
    *("60 gg (ridotti a 45 gg)", "60 gg (portati a 45 gg)", "60 gg spostato a 75 gg", "60 gg diventa 75 gg"),
    *("12 eventi (aggiornato a 10)", "12 eventi, poi 10", "12 (erano 15)", "12 (in origine 15)", "12 (prima 15)"),
    *("80% (determina n. 14 del 3/11/2023: 75%)", "80% (D.G. 14/2023: 75%)", "80% (decreto 14: 75%)"),
    *("80% nuovo valore 75%", "80% (nuova soglia: 75%)", "80% ora 75%", "80% → 75%", "80% -> 75%", "80% (da rivedere)"),
    *("Sì (modificato: No)", "medio (variato in basso)", "tra 3 e 8 (rivisto)", "entro il 30/9 (anticipato al 30/6)"),
    *("80% (in corso di modifica)", "80% (variazione con atto del Presidente)", "+4% sul 2021 (corretto: +3%)"),
    *("Spostato entro il 30/9", "80% (2023: 75%)", "80% (target 2024: 75%)", "80% (2024: 75%)"),
]
ENDED = [
    *("80% (revocato)", "80% cancellato", "80% (target eliminato)", "80% - sospeso", "80% [stralciato]"),
    *("80% (indicatore soppresso con delibera n. 3/2023)", "80% (sospensione)", "entro il 30/9 (ritirato)"),
    *("Sì (annullato)", "alto (neutralizzato)", "12 eventi (obiettivo decaduto)", "80% (non più richiesto)"),
    *("giugno 40%; dicembre 90% (abrogato)", "+4% sul 2021 (escluso)", "80% delle pratiche (obiettivo sospeso)"),
]


@pytest.mark.parametrize("text", CHANGED)
def test_a_value_that_was_changed_in_its_cell_is_not_read(text: str) -> None:
    assert reason(text) is not None


@pytest.mark.parametrize("text", ENDED)
def test_a_value_that_is_no_longer_asked_for_is_not_read(text: str) -> None:
    assert reason(text) == WITHDRAWN


def test_the_reason_says_which_of_the_two() -> None:
    assert reason("80% (rivisto: 75%)") == REVISED
    assert reason("80% (revocato dalla Giunta)") == WITHDRAWN


@pytest.mark.parametrize(
    "text",
    [
        *("70% dei siti aggiornati", "8 schede modificate", "2 aggiornamenti del portale", "15 variazioni di bilancio"),
        *("100% dei marchi cancellati", "30 archiviazioni", "90% (dato aggiornato al 31/03/2023)", "4 revisioni"),
        *(
            "90% (delibera n. 7 del 30/01/2023)",
            "90% (baseline 82%)",
            "90% (2021: 82%)",
            "90% (valore di partenza 82%)",
        ),
        *("90% (media regionale 82%)", "6 pratiche sospese d'ufficio"),
    ],
)
def test_what_is_counted_may_be_changed_or_withdrawn_things(text: str) -> None:
    assert read(text)[0] == "threshold"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("almeno tre", ("threshold", ">=", "3", None, None)),
        ("almeno una visita", ("threshold", ">=", "1", None, None)),
        ("almeno un'assemblea", ("threshold", ">=", "1", None, None)),
        ("non più di quattro errori", ("threshold", "<=", "4", None, None)),
        ("oltre duecento imprese", ("threshold", ">", "200", None, None)),
        ("entro quindici giorni", ("threshold", "<=", "15", "days", None)),
        ("entro due giorni lavorativi", ("threshold", "<=", "2", "working_days", None)),
        ("entro 5 gg. lav.", ("threshold", "<=", "5", "working_days", None)),
        ("quaranta giorni", ("threshold", None, "40", "days", None)),
        ("20 (venti) giorni", ("threshold", None, "20", "days", None)),
        ("entro quindici (15) giorni", ("threshold", "<=", "15", "days", None)),
        ("8 (otto)", ("threshold", None, "8", None, None)),
        ("n° ≥ 4", ("threshold", ">=", "4", None, None)),
        ("nr. > 7", ("threshold", ">", "7", None, None)),
        ("num ≤ 2", ("threshold", "<=", "2", None, None)),
        ("n. almeno 6", ("threshold", ">=", "6", None, None)),
        ("1.250 SUAP", ("threshold", None, "1250", None, None)),
        ("30 CUP attivi", ("threshold", None, "30", None, None)),
        ("7 I.T.S.", ("threshold", None, "7", None, None)),
        ("9 bot", ("threshold", None, "9", None, None)),
        ("12 accessi/settimana", ("threshold", None, "12", "per_week", None)),
        ("3 sportelli al giorno", ("threshold", None, "3", "per_day", None)),
        ("almeno due volte l'anno", ("threshold", ">=", "2", "per_year", None)),
        ("3 milioni di visite", ("threshold", None, "3000000", None, None)),
        ("1,25 mln €", ("threshold", None, "1250000", "EUR", None)),
        ("4M€", ("threshold", None, "4000000", "EUR", None)),
        ("€ 250k", ("threshold", None, "250000", "EUR", None)),
        ("30mila", ("threshold", None, "30000", None, None)),
        ("2 miliardi di euro", ("threshold", None, "2000000000", "EUR", None)),
        ("non deve eccedere il 3%", ("threshold", "<=", "3", "%", None)),
        ("non dovrà essere superiore a 12 giorni", ("threshold", "<=", "12", "days", None)),
        ("non deve essere inferiore al 75%", ("threshold", ">=", "75", "%", None)),
        ("dovrà risultare maggiore o uguale a 4", ("threshold", ">=", "4", None, None)),
        ("al di sotto del 2%", ("threshold", "<", "2", "%", None)),
        ("al di sopra del 60%", ("threshold", ">", "60", "%", None)),
        ("raggiungere almeno il 60%", ("threshold", ">=", "60", "%", None)),
        ("entro il 4%", ("threshold", "<=", "4", "%", None)),
        ("superiore o pari a 9", ("threshold", ">=", "9", None, None)),
        ("al 30.09", ("deadline", "<=", "2023-09-30", None, None)),
        ("entro il 05.04", ("deadline", "<=", "2023-04-05", None, None)),
        ("Trasmissione (entro il 15/10/2023)", ("deadline", "<=", "2023-10-15", None, None)),
        ("Stipula: entro il 15/10", ("deadline", "<=", "2023-10-15", None, None)),
        ("sabato 30 settembre 2023", ("deadline", "<=", "2023-09-30", None, None)),
        ("30-set-23", ("deadline", "<=", "2023-09-30", None, None)),
        ("nov-23", ("deadline", "<=", "2023-11-30", None, None)),
        ("30/09/2023 18:30", ("deadline", "<=", "2023-09-30", None, None)),
        ("2023-09-30T00:00:00", ("deadline", "<=", "2023-09-30", None, None)),
        ("entro il primo aprile", ("deadline", "<=", "2023-04-01", None, None)),
        ("Q2 2023", ("deadline", "<=", "2023-06-30", None, None)),
        ("T3 2023", ("deadline", "<=", "2023-09-30", None, None)),
        ("entro la fine del mese di maggio", ("deadline", "<=", "2023-05-31", None, None)),
        ("entro il 28/02/2024", ("deadline", "<=", "2024-02-28", None, None)),
        ("+6% rispetto alla media del triennio", ("change", ">=", "6", "%", "mean3")),
        ("-6% rispetto alla media del triennio 2020-2022", ("change", "<=", "-6", "%", "mean3")),
        ("8% in più rispetto al 2021", ("change", ">=", "8", "%", 2021)),
        ("2 in meno rispetto all'anno precedente", ("change", "<=", "-2", None, "previous")),
        ("+40 iscritti", ("change", ">=", "40", None, "previous")),
        ("riduzione dei consumi del 6%", ("change", "<=", "-6", "%", "previous")),
        ("VERO", ("yes_no", "=", "yes", None, None)),
        ("off", ("yes_no", "=", "no", None, None)),
        ("'>= 65%", ("threshold", ">=", "65", "%", None)),
    ],
)
def test_the_usual_ways_of_writing_a_target_are_read(text: str, expected: tuple[object, ...]) -> None:
    assert read(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        *("8 (nove)", "venti (21) giorni", "100% (ottanta per cento)", "almeno un quarto", "almeno due quinti"),
        *("almeno una dozzina", "sette", "un convegno", "una volta", "due su tre", "almeno uno su due"),
        *("25,400 imprese", "7,250 utenti", "€ 25,400", "25,400 €", "25,400", "3,000", "4,500 giorni"),
        *("-8% dei consumi", "- 8 % carta", "-4 reclami", "-8% (dei costi)", "<= -8% delle spese"),
        *("8% di risparmio", "8% risparmi", "8% di taglio", "8% di economie", "8% maggiori entrate"),
        *("4 ulteriori", "4 ulteriori sedi", "4 sedi aggiuntive", "almeno 4 ulteriori enti", "altre 4", "4 altre sedi"),
        *("entro maggio 2022", "30/09/2022", "60% al 30/09/2022", "60% (anno 2022)", "60% per il 2024", "2024: 60%"),
        *("60% nel corso del 2022", "60% (previsto 2025)", "entro il 31/12/2024", "dic-30"),
        *("entro il 30/6 di ogni anno", "venerdì 30 settembre 2023", "8M", "8k", "9 kg", "5 IV", "1 al trimestre"),
        *("+6% rispetto alla media del triennio 2021-2023", "+6% nel biennio", "8% in più", "3 su 4", "al 30.09%"),
        *("24/7", "entro l'anno scolastico", "entro l'anno successivo", "4 visite nel 2022", "4 visite nel biennio"),
        *("12 (cumulato 2023-2025)", "entro il 30/9 successivo", "4 visite/operatore"),
        *("riduzione a 20 giorni", "ridurre i tempi a 20 giorni", "crescita al 60%", "aumento fino a 40"),
        *("dal 60% al 70%", "da 60% a 70%", "dall'1% al 2%", "min. 2 max. 4", "- 4 giorni", "6-30", "40,"),
        *("S\u0131", "60 g\u0131orni"),
    ],
)
def test_what_may_mean_two_things_is_left_unread(text: str) -> None:
    assert reason(text) is not None


def test_things_that_are_counted_may_be_due_by_a_day() -> None:
    target = typed(read_one("2 relazioni al Consiglio entro il 30/09", YEAR))
    assert target["steps"] == [{"by": "2023-09-30", "value": "2", "unit": None}]
    assert target["note"] == "relazioni al Consiglio"


@pytest.mark.parametrize("text", ["Sì", "entro quindici giorni", "≥ 60 %", "entro il 5 luglio", "metà è 3"])
def test_what_nobody_can_see_changes_no_reading(text: str) -> None:
    spellings = [
        unicodedata.normalize("NFD", text),
        f"\ufeff{text}",
        "\u200b".join(text),
        text.replace(" ", "\u00a0"),
        f"\u200e{text}\u00ad",
    ]
    assert {read(spelling) for spelling in spellings} == {read(text)}


def test_a_text_that_shows_another_order_than_it_has_is_unread() -> None:
    assert reason("\u202e%06") is not None


def test_the_place_of_what_is_unread_is_counted_in_the_text_as_written() -> None:
    target = read_one("\ufeff\u200b60% o\u0300 70%", YEAR)
    assert isinstance(target, Unread)
    assert target.text[target.at :].startswith("70%")
