"""What was done, or not, in the words of an office."""

import unicodedata

import pytest

from domain.measurements.reader import first_possible_day, read_value
from domain.measurements.values import DayValue, UnreadValue, YesNoValue

YEAR = 2023


@pytest.mark.parametrize(
    "text",
    [
        *(
            "eseguito",
            "Trasmessa",
            "obiettivo conseguito",
            "l'attività è stata svolta",
            "interamente attuato",
            "ok",
            "OK.",
        ),
        *(
            "stipulato nei termini",
            "attivato entro i termini previsti",
            "pubblicato con delibera n. 8/2023",
            "VERO",
            "Sì*",
        ),
        *("inviato in via telematica", "approvato il bilancio di previsione", "entro i tempi stabiliti", "in anticipo"),
        *("azione conclusa", "regolarmente adottato", "approvato (verbale n. 2)", "Sì, decreto n. 4"),
    ],
)
def test_what_was_done_is_a_yes(text: str) -> None:
    observed = read_value(text, YEAR)
    assert isinstance(observed, YesNoValue)
    assert observed.value == "yes"


@pytest.mark.parametrize(
    "text",
    ["non eseguito", "obiettivo non conseguito", "non è stata svolta", "mancata approvazione", "NO", "falso", "ko"],
)
def test_what_was_not_done_is_a_no(text: str) -> None:
    observed = read_value(text, YEAR)
    assert isinstance(observed, YesNoValue)
    assert observed.value == "no"


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Sì (10/05/2023)", "2023-05-10"),
        ("SI, in data 10.05.2023", "2023-05-10"),
        ("sottoscritta il 10 maggio 2023", "2023-05-10"),
        ("determinazione n. 31/2023 del 10/05/2023", "2023-05-10"),
        ("decreto 31 del 10 maggio 2023", "2023-05-10"),
        ("approvato con delibera di Giunta n. 12 del 10/05/2023", "2023-05-10"),
        ("prot. 4512 del 10/05/2023", "2023-05-10"),
        ("inviato (10-mag-23)", "2023-05-10"),
        ("adottato a maggio 2023", "2023-05-31"),
    ],
)
def test_the_day_that_is_said_beside_it_is_the_value(text: str, day: str | None) -> None:
    observed = read_value(text, YEAR)
    assert (observed.value.isoformat() if isinstance(observed, DayValue) else None) == day


@pytest.mark.parametrize(
    "text",
    [
        *("in corso", "parzialmente eseguito", "eseguito in parte", "quasi concluso", "conclusa al 60%", "da adottare"),
        *("adottato oltre i termini", "eseguito in ritardo", "Sì, ma non tutto", "adottato il 10/05 e il 12/06/2023"),
        *("adottato il 31/02/2023", "Sì (previsto a dicembre)", "no (10/05/2023)", "delibera n. 8/2023", "sì/no"),
        *(
            "delibera n. 8 del 10/05/2019",
            "non più dovuto",
            "Sì?",
            "fatto a metà",
            "conclusa la prima fase",
            "approvata la proposta",
            "Sì, con prescrizioni",
            "adottato in bozza",
            "conclusa (mancano le firme)",
            "eseguito parz.",
            "ok con riserva",
            "approvato, da pubblicare e inserire",
            "completato ad eccezione del lotto due",
            "non ancora adottato",
            "avviato",
            "Sì, entro il 10/05/2023",
        ),
    ],
)
def test_what_is_in_part_under_way_or_late_is_not_read(text: str) -> None:
    assert isinstance(read_value(text, YEAR), UnreadValue)


def test_a_month_or_part_of_the_year_says_no_day() -> None:
    first_days = [
        first_possible_day(day).isoformat()
        for day in (
            read_value(text, YEAR) for text in ("maggio", "II trimestre", "I semestre 2023", "Q3 2023", "10/05/2023")
        )
        if isinstance(day, DayValue)
    ]
    assert first_days == ["2023-05-01", "2023-04-01", "2023-01-01", "2023-07-01", "2023-05-10"]


@pytest.mark.parametrize("text", ["Sì", "conclusa il 10/05/2023", "95 %", "5 su 8"])
def test_what_nobody_can_see_changes_no_value(text: str) -> None:
    plain = read_value(text, YEAR).model_dump(exclude={"text", "note"})
    for spelling in (unicodedata.normalize("NFD", text), f"\ufeff{text}\u200b", text.replace(" ", "\u00a0")):
        assert read_value(spelling, YEAR).model_dump(exclude={"text", "note"}) == plain
