"""Which slashes divide, and which belong to a date, a unit, a law, a pair of words."""

import pytest

from domain.formulas.model import Binary, Confidence, FormulaKind
from domain.formulas.reader import read_formula


@pytest.mark.parametrize(
    "text",
    [
        "n. imprese attive al 31/12",
        "n. atti pubblicati entro il 30/06/2022",
        "Numero iscritti nell'anno scolastico 2022/2023",
        "n. adempimenti ex art. 6/bis",
        "n. adempimenti ai sensi del D.Lgs. 33/2013",
        "N. self-assessment e/o assessment guidati",
        "N. contatti e / o accordi",
        "Numero schede con valore n/a",
        "Velocità media della rete in Mbit/s: tempo in ore/uomo",
        "Costo in €/mq",
        "Tempo di lavoro in ore/uomo",
        "N. accessi a www.camera.it/servizi/atti",
    ],
)
def test_a_slash_inside_a_date_a_law_a_unit_or_a_fixed_pair_is_no_sign(text: str) -> None:
    proposal = read_formula(text)
    assert proposal.kind in {FormulaKind.SINGLE_TERM, FormulaKind.PROSE}
    assert not isinstance(proposal.expression, Binary)


@pytest.mark.parametrize(
    "text",
    [
        "N. terminali POS/Pagopa attivati",
        "N. azioni/eventi di presentazione dei dati",
        "Numero di corsi di formazione/workshop/seminari",
        "n. utenti che accedono alla biblioteca storica/giuridica",
        "n. pratiche inviate/ricevute",
        "N. iniziativa/e di comunicazione",
        "N. utenti serviti in front-office/back-office",
        "n. documenti sul portale SUAP/SUE",
    ],
)
def test_a_slash_between_two_words_of_one_phrase_is_text_and_costs_certainty(text: str) -> None:
    proposal = read_formula(text)
    assert (proposal.kind, proposal.confidence) == (FormulaKind.SINGLE_TERM, Confidence.MEDIUM)
    assert any("letto come parte della frase" in reason for reason in proposal.reasons)


@pytest.mark.parametrize(
    "text",
    [
        "numero di richieste evase/n. richieste pervenute",
        "procedimenti attivati/procedimenti da attivare",
        "Patrimonio netto/Immobilizzazioni",
        "Liquidità immediata/passivo corrente (al netto del fondo rischi)",
        "Verifiche effettuate/Officine autorizzate*100",
        "n. interventi POS/Pagopa effettuati / n. interventi POS/Pagopa richiesti",
        "richieste/segnalazioni riscontrate entro 2 giorni/ totale richieste/segnalazioni riscontrate",
        "N. corsi (interni/esterni) / n. corsi previsti (interni/esterni)",
        "n. istanze di canc./sosp. evase / Numero di istanze di canc./sosp.",
        "n. pratiche 2021/n. pratiche 2022",
        "(n. a)/(n. b)",
    ],
)
def test_a_slash_between_two_quantities_divides_them(text: str) -> None:
    proposal = read_formula(text)
    assert proposal.kind is FormulaKind.EXPRESSION
    assert len(proposal.terms) == 2
    assert proposal.confidence is not Confidence.LOW


@pytest.mark.parametrize("text", ["Accessi eseguiti/richieste di intervento", "n. bandi / avvisi pubblicati", "Spesa corrente/abitanti"])  # fmt: skip
def test_a_slash_that_could_be_either_is_a_division_of_low_confidence(text: str) -> None:
    proposal = read_formula(text)
    assert (proposal.kind, proposal.confidence) == (FormulaKind.EXPRESSION, Confidence.LOW)


@pytest.mark.parametrize("text", ["n. a / n. b / n. c", "Risorse pagate/Risorse impegnate/Risorse stanziate"])
def test_two_divisions_in_a_row_are_of_low_confidence(text: str) -> None:
    assert read_formula(text).confidence is Confidence.LOW


@pytest.mark.parametrize(
    "text",
    [
        "Analisi dei fattori di rischio - data",
        'Procedura per "Amministrazione trasparente" - data',
        "N. start - up innovative assistite",
        "N. follow-up effettuati",
        "Indice sintetico 2022-2024",
    ],
)
def test_a_dash_that_joins_or_pauses_takes_nothing_away(text: str) -> None:
    assert not isinstance(read_formula(text).expression, Binary)
