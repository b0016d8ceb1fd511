"""What an office writes as observed beside what was asked: shares, marks, variations, days and words."""

import pytest

from domain.scoring.row import achieve_row, read_achieve_row
from domain.vocabulary import JsonValue


def judged(target: str, observed: str, **more: JsonValue) -> tuple[str | None, str]:
    """The figure and its rule, for 2023."""
    achievement = achieve_row(read_achieve_row({"target": target, "observed": observed, "year": 2023, **more}))
    figure = achievement.achievement
    return None if figure is None else format(round(figure, 2).normalize(), "f"), achievement.rule


@pytest.mark.parametrize(
    ("target", "observed", "figure"),
    [
        ("almeno 8 visite", "9 su 12", "100"),
        ("8 visite", "6 su 8", "75"),
        ("<= 4 errori", "3 su 60", "100"),
        (">= 3,5", "3,8 su 4", "100"),
        (">= 70 punti", "77 su 100", "100"),
        ("tra 2 e 4", "3 su 4", "100"),
        ("10", "10 su 10", "100"),
        (">= 75%", "15 su 20", "100"),
        (">= 0,6", "6 su 12", "83.33"),
        (">= 2,5", "Num 50 - Den 20", "100"),
        ("15 giorni", "Num 300 - Den 30", "100"),
    ],
)
def test_x_out_of_y_is_x_beside_a_count_or_a_mark_and_a_ratio_beside_a_ratio(
    target: str, observed: str, figure: str
) -> None:
    polarity = "down" if "giorni" in target else "up"
    assert judged(target, observed, polarity=polarity)[0] == figure


@pytest.mark.parametrize(
    ("target", "observed"),
    [
        (">= 75", "15 su 20"),
        ("<= 3", "2 su 60"),
        ("50", "24 su 50"),
        (">= 1", "2 su 5"),
        ("<= 15 gg", "4 su 6"),
        (">= 8", "Num 8 Den 10"),
        (">= 80", "NUM 41 DEN 50"),
        ("120 punti", "90 su 100"),
    ],
)
def test_terms_that_may_be_a_count_or_a_ratio_are_asked_about(target: str, observed: str) -> None:
    assert judged(target, observed, polarity="up") == (None, "unit_doubtful")


@pytest.mark.parametrize(
    ("target", "observed", "previous", "figure"),
    [
        ("+8%", "+6%", "250", "75"),
        ("+8%", "incremento del 9%", "250", "100"),
        ("+8%", "6% in più", "250", "75"),
        ("+8%", "270", "250", "100"),
        ("riduzione del 4%", "riduzione del 3%", "250", "75"),
        ("riduzione del 4%", "aumento del 3%", "250", "0"),
        ("-4% rispetto al 2022", "-5%", "250", "100"),
        ("+4 punti percentuali", "+2", "60%", "50"),
        ("+4 punti percentuali", "62%", "60%", "50"),
        ("+50 iscritti", "1.040", "1000", "80"),
        ("+50 iscritti", "40 in più", "1000", "80"),
    ],
)
def test_a_variation_is_held_against_a_variation(target: str, observed: str, previous: str, figure: str) -> None:
    assert judged(target, observed, previous=previous) == (figure, "change")


@pytest.mark.parametrize(
    ("target", "observed", "previous"),
    [("+8%", "9%", "60%"), ("+8%", "9", "250"), ("riduzione del 4%", "5%", "250"), ("+50 iscritti", "40", "1000")],
)
def test_a_number_without_a_sign_that_may_be_the_variation_is_asked_about(
    target: str, observed: str, previous: str
) -> None:
    assert judged(target, observed, previous=previous) == (None, "unit_doubtful")


def test_a_variation_in_words_is_no_level() -> None:
    assert judged(">= 8%", "incremento del 9%") == (None, "not_comparable")


@pytest.mark.parametrize(
    ("target", "observed", "figure"),
    [
        ("entro il 31/05/2023", "trasmesso", "100"),
        ("entro il 31/05/2023", "non trasmesso", "0"),
        ("entro il 31/05/2023", "delibera n. 9 del 20/05/2023", "100"),
        ("entro il 31/05/2023", "Sì (07/06/2023)", "0"),
        ("entro il 31/05/2023", "aprile 2023", "100"),
        ("entro il 31/05/2023", "giugno 2023", "0"),
        ("Sì", "approvato il 20/05/2023", "100"),
        ("Sì", "non approvato", "0"),
        ("No", "attivato", "0"),
        ("on", "on", "100"),
    ],
)
def test_what_was_done_is_held_against_a_deadline_or_a_yes(target: str, observed: str, figure: str) -> None:
    assert judged(target, observed)[0] == figure


def test_a_month_in_which_the_deadline_lies_does_not_say_whether_it_was_met() -> None:
    assert judged("entro il 15/05/2023", "maggio 2023") == (None, "not_comparable")
