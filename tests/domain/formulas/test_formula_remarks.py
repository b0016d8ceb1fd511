"""Multipliers, remarks after a formula, and signs that print lost: read whole, or less than certain, never in silence."""

import pytest

from domain.formulas.model import Confidence, FormulaKind
from domain.formulas.reader import read_formula

DONE, DUE = "n. istanze chiuse", "n. istanze aperte"


@pytest.mark.parametrize(
    "text",
    [
        f"{DONE} / {DUE} (x100)",
        f"{DONE} / {DUE} [X 100]",
        f"{DONE} / {DUE} (*100%)",
        f"{DONE}/{DUE} (per 100)",
        f"{DONE} / {DUE} per 100",
        f"{DONE} / {DUE} moltiplicato per 100",
        f"rapporto tra {DONE} e {DUE} x 100",
    ],
)
def test_a_multiplier_is_read_however_it_is_written(text: str) -> None:
    proposal = read_formula(text)
    assert proposal.printed == "istanze_chiuse / istanze_aperte * 100"
    assert (proposal.unit, proposal.confidence) == ("%", Confidence.HIGH)


@pytest.mark.parametrize("text", [f"100 x {DONE} / {DUE}", f"100 × {DONE} / {DUE}", f"Quota: 100 x {DONE}/{DUE}"])
def test_a_multiplier_may_stand_first(text: str) -> None:
    proposal = read_formula(text)
    assert (proposal.printed, proposal.unit) == ("100 * istanze_chiuse / istanze_aperte", "%")


@pytest.mark.parametrize(
    "remark",
    [
        "(fonte: gestionale)",
        "[fonte gestionale]",
        "fonte: gestionale",
        "- fonte: gestionale",
        "; fonte gestionale",
        ", rilevato al 30/6",
        "nel semestre",
        "(esclusi i rinvii)",
        "(rendiconto 2023)",
    ],
)
@pytest.mark.parametrize("formula", [f"{DONE} / {DUE} * 100", f"({DONE}/{DUE})*100", f"[({DONE}/{DUE}) x 100]"])
def test_a_remark_after_the_multiplier_is_set_aside_and_said(formula: str, remark: str) -> None:
    proposal = read_formula(f"{formula} {remark}")
    assert (proposal.printed, proposal.unit) == ("istanze_chiuse / istanze_aperte * 100", "%")
    assert proposal.confidence is Confidence.MEDIUM
    assert any("il testo continua" in reason for reason in proposal.reasons)


@pytest.mark.parametrize("remark", ["(dati al 30/6)", "- dati al 30/6", "rilevati a fine anno"])
def test_a_remark_after_the_brackets_of_a_formula_is_set_aside(remark: str) -> None:
    proposal = read_formula(f"({DONE} / {DUE}) {remark}")
    assert (proposal.printed, proposal.confidence) == ("istanze_chiuse / istanze_aperte", Confidence.MEDIUM)


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("n. furti / popolazione residente x 1.000 abitanti", "furti / popolazione_residente * 1000"),
        ("n. furti / popolazione residente (per 100.000 abitanti)", "furti / popolazione_residente * 100000"),
        ("n. furti ogni 1.000 abitanti", "furti / abitanti * 1000"),
    ],
)
def test_so_many_each_thousand(text: str, printed: str) -> None:
    assert read_formula(text).printed == printed


def test_what_goes_on_with_a_sign_is_no_remark() -> None:
    assert read_formula(f"{DONE} / {DUE} * 100 - n. istanze sospese").printed == (
        "istanze_chiuse / istanze_aperte * 100 - istanze_sospese"
    )
    assert read_formula(f"{DONE} / {DUE} * 100 - 100").printed == "istanze_chiuse / istanze_aperte * 100 - 100"


@pytest.mark.parametrize("sign", ["//", " // ", "\\", " \\ "])
def test_a_doubled_or_leaning_slash_is_a_division_and_a_doubt(sign: str) -> None:
    proposal = read_formula(f"{DONE}{sign}{DUE}")
    assert (proposal.printed, proposal.confidence) == ("istanze_chiuse / istanze_aperte", Confidence.MEDIUM)


@pytest.mark.parametrize(
    "text",
    [
        f"{DONE}\n{DUE}",
        f"{DONE}\r\n{DUE}",
        "Totale incassi\nTotale accertamenti",
        f"{DONE} | {DUE}",
        f"{DONE}/{DUE}\n n. corsi/n. addetti",
        f"({DONE}/{DUE})*100, (n. corsi/n. addetti)*100",
        f"{DONE} / {DUE} x 100 e n. reclami",
        "=D7/E7*100",
        "=SOMMA(C2:C9)/D2",
    ],
)
def test_a_lost_sign_makes_no_term_of_two_data(text: str) -> None:
    proposal = read_formula(text)
    assert (proposal.kind, proposal.confidence) == (FormulaKind.PROSE, Confidence.LOW)


@pytest.mark.parametrize(
    "text",
    [
        f"{DONE} /\n{DUE}",
        f"{DONE}\n/ {DUE}",
        f"{DONE}\n———\n{DUE}",
        "Numero delle istanze chiuse entro i\ntempi / " + DUE,
    ],
)
def test_a_line_that_goes_on_is_one_formula(text: str) -> None:
    assert read_formula(text).kind is FormulaKind.EXPRESSION


@pytest.mark.parametrize(
    ("text", "phrases"),
    [("(G+D)/C", ["G", "D", "C"]), ("(A - B)/A x 100", ["A", "B"]), ("(N1+N2)/T*100", ["N1", "N2", "T"])],
)
def test_letters_that_stand_for_data_are_each_a_term(text: str, phrases: list[str]) -> None:
    proposal = read_formula(text)
    assert [term.phrase for term in proposal.terms] == phrases
    assert proposal.confidence is not Confidence.HIGH


def test_ratios_of_indices() -> None:
    text = "(n. domande accolte/n. domande)/(n. ricorsi accolti/n. ricorsi)"
    assert read_formula(text).printed == "domande_accolte / domande / (ricorsi_accolti / ricorsi)"
    assert read_formula("indice di resa 2024 / indice di resa 2023").printed == "indice_resa_2024 / indice_resa_2023"


def test_a_calculation_left_in_a_phrase_is_never_certain() -> None:
    for text in (
        f"{DONE} {DUE}",
        f"{DONE}\t{DUE}",
        f"{DONE} / {DUE} (100)",
        "n. turni x 8 ore",
        "n. corsi * 100 ore",
        f"{DONE} / {DUE} * 100 anno n-1",
        f"{DONE} x {DUE}",
    ):
        assert read_formula(text).confidence is Confidence.LOW


def test_a_part_of_what_is_named_on_the_left() -> None:
    proposal = read_formula("% verifiche e controlli a campione/controlli")
    assert (proposal.kind, proposal.unit, proposal.confidence) == (FormulaKind.EXPRESSION, "%", Confidence.MEDIUM)
    assert read_formula("% eventi/iniziative realizzati").kind is not FormulaKind.EXPRESSION
