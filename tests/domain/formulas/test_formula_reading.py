"""What a printed formula is proposed to mean: its kind, its terms, its expression, its unit."""

from decimal import Decimal

import pytest

from domain.formulas.model import Confidence, FormulaKind, Meta
from domain.formulas.reader import read_formula
from tests.support.formulas import spoken


def test_a_ratio_of_two_phrases_proposes_both_as_written() -> None:
    proposal = read_formula("N. imprese aderenti Cassetto digitale/n. imprese attive al 31/12")
    assert proposal.kind is FormulaKind.EXPRESSION
    assert [term.phrase for term in proposal.terms] == [
        "N. imprese aderenti Cassetto digitale",
        "n. imprese attive al 31/12",
    ]
    assert proposal.printed == "imprese_aderenti_cassetto_digitale / imprese_attive_31_12"
    assert (proposal.confidence, proposal.reasons, proposal.unit) == (Confidence.HIGH, (), None)


def test_a_change_is_one_term_in_two_years() -> None:
    proposal = read_formula("(Numero soggetti(t)-Numero soggetti(t-1))/Numero soggetti(t-1)*100")
    assert proposal.printed == "(soggetti - t(soggetti, -1)) / t(soggetti, -1) * 100"
    assert [(term.id, term.phrase, term.years_back) for term in proposal.terms] == [("soggetti", "Numero soggetti", 1)]
    assert proposal.is_change
    assert proposal.unit == "%"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Livello medio al 31.12 anno N / Livello medio al 31.12 anno N-1", "«Livello medio al 31.12» / «Livello medio al 31.12»(t-1)"),
        ("n° accessi annox/n° accessi annox-1", "«n° accessi» / «n° accessi»(t-1)"),
        ("N° iscritti (anno x)/ n° iscritti (anno x-1)", "«N° iscritti» / «N° iscritti»(t-1)"),
        ('azioni realizzate anno "n" / azioni programmate anno "n"', "«azioni realizzate» / «azioni programmate»"),
        ("Ricavi anno corrente/Ricavi anno precedente", "«Ricavi» / «Ricavi»(t-1)"),
        ("N. accessi anno n/anno n-1", "«N. accessi» / «N. accessi»(t-1)"),
        ("N. accessi (t)/(t-2)", "«N. accessi» / «N. accessi»(t-2)"),
        ("Costo al mq/Costo al mq anno 2014*100", "«Costo al mq» / «Costo al mq anno 2014» * 100"),
        (
            "Interventi per impresa anno N/ Media interventi per impresa anni n-1_n-3",
            "«Interventi per impresa» / media(«Interventi per impresa»(t-1); «Interventi per impresa»(t-2); «Interventi per impresa»(t-3))",
        ),
        (
            "Percentuale pratiche evase nel termine / media biennio precedente",
            "«Percentuale pratiche evase nel termine» / media(«Percentuale pratiche evase nel termine»(t-1); «Percentuale pratiche evase nel termine»(t-2))",
        ),
        ("(costi / proventi anno x) / (costi / proventi anno x-1)", "«costi» / «proventi» / («costi»(t-1) / «proventi»(t-1))"),
    ],
)  # fmt: skip
def test_the_years_that_offices_write_are_years_of_one_term(text: str, expected: str) -> None:
    assert spoken(read_formula(text)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Rapporto tra numero di pratiche evase e totale delle pratiche", "«numero di pratiche evase» / «totale delle pratiche»"),
        ("n. domande accolte su n. domande presentate", "«n. domande accolte» / «n. domande presentate»"),
        ("numero di domande accolte sul totale delle domande", "«numero di domande accolte» / «totale delle domande»"),
        ("Procedimenti conclusi diviso numero procedimenti", "«Procedimenti conclusi» / «numero procedimenti»"),
        ("Totale evase ÷ Totale ricevute", "«Totale evase» / «Totale ricevute»"),
        ("Totale evase\N{FRACTION SLASH}Totale ricevute", "«Totale evase» / «Totale ricevute»"),
        ("Totale evase\n-----------\nTotale ricevute", "«Totale evase» / «Totale ricevute»"),
        ("n. pratiche evase : n. pratiche ricevute", "«n. pratiche evase» / «n. pratiche ricevute»"),
        ("N. imprese assistite/100 imprese attive", "«N. imprese assistite» / «imprese attive» * 100"),
        ("n. incidenti ogni 1.000 abitanti", "«n. incidenti» / «abitanti» * 1000"),
        ("Differenza tra numero iscritti e numero cancellati", "«numero iscritti» - «numero cancellati»"),
        ("Numeratore: n. evase; Denominatore: n. ricevute", "«n. evase» / «n. ricevute»"),
        ("media (n. giorni A; n. giorni B)", "media(«n. giorni A»; «n. giorni B»)"),
        ("(n. corsi + n. seminari) / n. dipendenti", "(«n. corsi» + «n. seminari») / «n. dipendenti»"),
        ("[(Entrate – Spese) / Entrate] x 100", "(«Entrate» - «Spese») / «Entrate» * 100"),
        ("1 - (n. reclami / n. utenti)", "1 - «n. reclami» / «n. utenti»"),
        ("0,6 * n. corsi + 0,4 * n. seminari", "0,6 * «n. corsi» + 0,4 * «n. seminari»"),
        ("Giorni di assenza / (n. dipendenti * 220)", "«Giorni di assenza» / («n. dipendenti» * 220)"),
    ],
)  # fmt: skip
def test_an_operation_may_be_a_sign_or_words(text: str, expected: str) -> None:
    assert spoken(read_formula(text)) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Percentuale di imprese femminili sul totale delle imprese",
        "% imprese femminili/totale delle imprese",
        "Percentuale di adesione (imprese femminili / totale delle imprese)",
        "Rapporto percentuale tra imprese femminili e totale delle imprese",
        "imprese femminili / totale delle imprese (%)",
    ],
)
def test_a_ratio_said_as_a_percentage_is_multiplied_by_a_hundred(text: str) -> None:
    proposal = read_formula(text)
    assert spoken(proposal) == "percentuale(«imprese femminili» / «totale delle imprese»)"
    assert proposal.unit == "%"


def test_a_ratio_of_two_percentages_is_none_itself() -> None:
    proposal = read_formula("Percentuale di pratiche evase /Percentuale di pratiche evase (media nazionale)")
    assert spoken(proposal) == "«Percentuale di pratiche evase» / «Percentuale di pratiche evase (media nazionale)»"
    assert proposal.unit is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Biblioteca storica/giuridica: n° accessi anno x/n° accessi anno x-1", "«n° accessi» / «n° accessi»(t-1)"),
        ('Servizi "Full Digital" (n. interamente online / n. totale) - rif. Pareto', "«n. interamente online» / «n. totale»"),
        ("tempo medio (gg) = somma dei tempi / n. pratiche", "«somma dei tempi» / «n. pratiche»"),
        ("Indice di liquidità (attivo - rimanenze) / passivo", "(«attivo» - «rimanenze») / «passivo»"),
        ("n. evase/n. ricevute = 100%", "«n. evase» / «n. ricevute»"),
        ("pratiche evase/pratiche protocollate Sono stimate 11.000 pratiche", "«pratiche evase» / «pratiche protocollate»"),
    ],
)  # fmt: skip
def test_title_target_and_remark_are_left_out(text: str, expected: str) -> None:
    assert spoken(read_formula(text)) == expected


def test_parentheses_that_were_left_out_are_put_back_with_low_confidence() -> None:
    proposal = read_formula("Proventi correnti - Proventi da diritto annuale/Proventi correnti (al netto del fondo)")
    expected = "(«Proventi correnti» - «Proventi da diritto annuale») / «Proventi correnti (al netto del fondo)»"
    assert spoken(proposal) == expected
    assert proposal.confidence is Confidence.LOW
    proposal = read_formula("Proventi correnti/Oneri correnti - interventi economici")
    assert spoken(proposal) == "«Proventi correnti» / («Oneri correnti» - «interventi economici»)"
    assert proposal.confidence is Confidence.LOW


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("n. di bandi predisposti, emanati e gestiti", None),
        ("Indice sintetico di trasparenza", None),
        ("% di attuazione del piano", "%"),
        ("N. eventi (seminari, webinar, ecc.) organizzati nell'anno", None),
    ],
)
def test_one_quantity_is_a_single_term(text: str, unit: str | None) -> None:
    proposal = read_formula(text)
    assert (proposal.kind, proposal.unit, proposal.confidence) == (FormulaKind.SINGLE_TERM, unit, Confidence.HIGH)
    assert [term.phrase for term in proposal.terms] == [text]


@pytest.mark.parametrize("text", ["Si/no", "SI / NO", "Approvazione del regolamento (sì/no)", "sì o no", "on/off"])
def test_yes_or_no_is_no_calculation(text: str) -> None:
    assert read_formula(text).kind is FormulaKind.YES_NO


@pytest.mark.parametrize(
    "text",
    [
        "Realizzazione interventi",
        "Rispetto dei termini di legge",
        "data pubblicazione del nuovo sito",
        "---",
        "",
        "100",
    ],
)
def test_what_is_no_quantity_stays_prose(text: str) -> None:
    assert read_formula(text).kind is FormulaKind.PROSE


@pytest.mark.parametrize(
    "text",
    [
        "n° soggetti coinvolti (anno x) n° soggetti coinvolti (anno x-1)",
        "n. pratiche (evase / n. ricevute",
        "n. evase/n. ricevute; n. chiuse/n. aperte",
        "Numero utenti (t+1)/Numero utenti (t)",
        "Numero utenti anno n/anno n-10",
        "n. iscritti - n. cessati / n. attivi - n. sospesi",
    ],
)
def test_what_would_be_a_guess_stays_prose_and_says_why(text: str) -> None:
    proposal = read_formula(text)
    assert proposal.kind is FormulaKind.PROSE
    assert proposal.confidence is Confidence.LOW
    assert proposal.reasons


@pytest.mark.parametrize(
    ("text", "meta", "threshold"),
    [
        ("Media ponderata delle azioni*100", Meta.WEIGHTED_MEAN_OF_CHILDREN, None),
        ("media ponderata del grado di raggiungimento delle azioni", Meta.WEIGHTED_MEAN_OF_CHILDREN, None),
        ("Media pesata dei risultati degli obiettivi operativi", Meta.WEIGHTED_MEAN_OF_CHILDREN, None),
        ("Metaindicatore: n. indicatori con risultati OK (sopra il 90%)/n. indicatori", Meta.SHARE_ABOVE, Decimal(90)),
        ("n. KPI con risultato >= 82,5% / n. totale KPI", Meta.SHARE_ABOVE, Decimal("82.5")),
        ("N° obiettivi soggetti a modifica in itinere / n° obiettivi programmati ex ante", Meta.CHANGE_RATE, None),
    ],
)
def test_what_the_plan_knows_by_itself_is_recognised(text: str, meta: Meta, threshold: Decimal | None) -> None:
    proposal = read_formula(text)
    assert (proposal.kind, proposal.meta, proposal.threshold) == (FormulaKind.META, meta, threshold)


@pytest.mark.parametrize("text", ["Media ponderata dei tempi di risposta", "n. obiettivi raggiunti / n. obiettivi", "n. indicatori rilevati / n. indicatori"])  # fmt: skip
def test_what_only_resembles_it_is_not(text: str) -> None:
    assert read_formula(text).kind is not FormulaKind.META


@pytest.mark.parametrize(
    ("text", "is_change"),
    [
        ("Diff. tra tasso di evasione nei t. anno n. e tasso di evasione nei t. anno n-1", True),
        ("Variazione percentuale dei ricavi rispetto all'anno precedente", True),
        ("Variazione % dei ricavi rispetto al 2019", True),
        ("Tasso di variazione delle iscrizioni", True),
        ("Riduzione % dei costi", True),
        ("(Ricavi 2022 - Ricavi 2021)/Ricavi 2021", True),
        ("(costi anno n / costi anno n-1) - 1", True),
        ("Numero soggetti(t)/Numero soggetti(t-1)", False),
        ("(Proventi - Oneri)/Proventi", False),
        ("(n. conclusi - n. programmati)/n. programmati", False),
    ],
)
def test_a_change_from_an_earlier_value_is_told_from_a_ratio(text: str, is_change: bool) -> None:  # noqa: FBT001 - a row
    assert read_formula(text).is_change is is_change


def test_a_change_without_its_formula_is_spelt_out_and_said_to_be_less_sure() -> None:
    proposal = read_formula("Variazione percentuale dei ricavi rispetto all'anno precedente")
    assert proposal.printed == "percentuale((ricavi - t(ricavi, -1)) / t(ricavi, -1))"
    assert proposal.confidence is Confidence.MEDIUM


def test_too_long_a_text_too_deep_and_too_many_terms_are_prose_with_a_reason() -> None:
    terms = "/".join(f"(n. {chr(97 + one)}{chr(97 + two)})" for one in range(6) for two in range(6))
    for text in ("n. evase / n. ricevute " * 50, "(" * 40 + "n. a" + ")" * 40, terms, "n. a / " + "9" * 35):
        proposal = read_formula(text)
        assert (proposal.kind, proposal.confidence) == (FormulaKind.PROSE, Confidence.LOW)
        assert proposal.reasons
