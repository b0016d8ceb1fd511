"""Each verb of a change file on the command line: names for ids, Italian words for codes, the same rules as everywhere."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from click.testing import Result

from tests.support.harness import PLAN

Run = Callable[..., Result]
MOTIVE = ("--atto", "DGR n. 364 del 12/03/2022", "--causa", "norme", "--motivazione", "Lo chiede la norma")
BY_ACT = ("--atto", "DGR n. 364 del 12/03/2022")


def plan_of(run: Run, as_of: str = "2022-12-31") -> dict[str, Any]:
    """The plan in force, as JSON."""
    answer: dict[str, Any] = json.loads(run("show", PLAN, "--as-of", as_of, "--json").stdout)
    return answer


def row_of(run: Run, part: str, id_: str, as_of: str = "2022-12-31") -> dict[str, Any]:
    """One objective, or indicator, of it."""
    return next(row for row in plan_of(run, as_of)[part] if row["id"] == id_)


def done(run: Run, *arguments: object) -> str:
    """What a command prints, that is not refused."""
    result = run(*arguments)
    assert result.exit_code == 0, result.output
    return result.stdout


CHANGES: dict[str, tuple[object, ...]] = {
    "target revise": ("Percentuale di incasso", "--anno", 2022, "--target", ">= 68%"),
    "target set": ("Regolamento approvato", "--anno", 2023, "--target", "entro il 31/12"),
    "target withdraw": ("regolamento", "--anno", 2022, "--ordine", 2),
    "objective add": ("--titolo", "Sportello", "--livello", "operational", "--padre", "Riscuotere", "--peso", "20"),
    "objective reword": ("Incassare", "--titolo", "Incassare meglio"),
    "objective move": ("incassare", "--padre", "nessuno"),
    "objective reweigh": ("a2", "--peso", "33,33"),
    "objective reclassify": ("a2", "--codice", "1.2", "--ufficio", "Servizio Bilancio"),
    "objective withdraw": ("Digitalizzare",),
    "objective merge": ("a2", "--into", "Incassare"),
    "objective neutralise": ("a2", "--anno", 2022),
    "indicator add": ("--nome", "Tempo medio", "--obiettivo", "Incassare", "--target", "2022=<= 20 gg"),
    "indicator redefine": ("cassetto", "--fonte", "Registro imprese", "--polarita", "Crescente"),
    "indicator reclassify": ("cassetto", "--codice", "7", "--codice-esterno", "KPISTD=084"),
    "indicator assign": ("cassetto", "--obiettivo", "Incassare", "--peso", "10", "--alimenta", "albero"),
    "indicator reweigh": ("cassetto", "--peso", "nessuno"),
    "indicator withdraw": ("Adesione al cassetto",),
    "plan amend": ("--livelli", "operational=obiettivo operativo"),
    "plan approve-year": ("--anno", 2023),
    "plan close": ("--anno", 2022, "--dal", "30/06/2023"),
    "plan succeed": ("--by", "prova-2023-2025"),
}


@pytest.mark.parametrize("words", CHANGES)
def test_a_verb_is_looked_at_and_then_recorded(office: Run, words: str) -> None:
    before = plan_of(office, "2024-12-31")
    arguments = (*words.split(), PLAN, *CHANGES[words], *MOTIVE)
    assert "nulla è stato registrato" in done(office, *arguments, "--preview")
    assert plan_of(office, "2024-12-31") == before
    assert "Registrato" in done(office, *arguments)
    assert plan_of(office, "2024-12-31") != before


def test_what_is_added_has_an_id_made_of_its_code_and_name(office: Run) -> None:
    added = ("--titolo", "Sportello unico", "--livello", "operational", "--codice", "1.3", *MOTIVE)
    done(office, "objective", "add", PLAN, *added)
    assert row_of(office, "objectives", "ob-1-3")["title"] == "Sportello unico"
    targets = ("--target", "2022=>= 1", "--target", "2022=entro il 31/12", "--target", "2023=>= 2")
    done(office, "indicator", "add", PLAN, "--id", "x", "--nome", "Nuovo", "--obiettivo", "1.3", *targets, *MOTIVE)
    texts = [(row["year"], row["ordinal"], row["text"]) for row in row_of(office, "indicators", "x")["targets"]]
    assert texts == [(2022, 1, ">= 1"), (2022, 2, "entro il 31/12"), (2023, 1, ">= 2")]


def test_what_was_withdrawn_is_taken_up_again_by_its_name(office: Run) -> None:
    done(office, "indicator", "withdraw", PLAN, "Adesione al cassetto", *MOTIVE)
    done(office, "indicator", "reinstate", PLAN, "Adesione al cassetto", *MOTIVE, "--dal", "01/06/2022")
    assert row_of(office, "indicators", "cassetto")["name"] == "Adesione al cassetto"


SAID = ("--periodo", 2021, "--pubblicato-il", "30/04/2022", "--fonte", "osservatorio camerale")


def test_a_reference_is_resolved_to_the_published_value(office: Run) -> None:
    done(office, "target", "set", PLAN, "regolamento", "--anno", 2024, "--target", ">= media nazionale", *MOTIVE)
    done(office, "target", "resolve", PLAN, "regolamento", "--anno", 2024, "--valore", "67,46%", *SAID, *MOTIVE)
    (target,) = [row for row in row_of(office, "indicators", "regolamento")["targets"] if row["year"] == 2024]
    assert (target["text"], target["value"], target["unit"]) == (">= media nazionale", "67.46", "%")
    assert (target["period"], target["published_on"]) == ("2021", "2022-04-30")


def test_a_correction_finds_the_version_that_it_restores(revised: Run) -> None:
    said = ("--anno", 2022, "--target", ">= 69%", "--natura", "rettifica", "--motivazione", "L'atto diceva 69")
    printed = done(revised, "target", "revise", PLAN, "incasso", *said)
    assert "rettifica materiale" in printed
    (target,) = [row for row in row_of(revised, "indicators", "incasso")["targets"] if row["year"] == 2022]
    assert target["text"] == ">= 69%"
    rate = json.loads(revised("changes", PLAN, "--year", 2022, "--json").stdout)["change_rate"]["any"]
    assert rate["numerator"] == 1


def test_a_condition_that_failed_is_in_the_preview(office: Run) -> None:
    said = ("--titolo", "Sede", "--livello", "operational", "--padre", "a", "--condizione", "se finanziata")
    done(office, "objective", "add", PLAN, *said, *MOTIVE)
    printed = done(office, "objective", "condition-failed", PLAN, "Sede", *MOTIVE, "--preview")
    assert "1 condizione di prova-2022-2024" in printed
    assert "condizione non avverata" in " ".join(printed.split())


def test_the_parent_of_a_node_is_a_node_by_its_name(office: Run) -> None:
    for node, title in (("m1", "Mercati"), ("m2", "Servizi"), ("p1", "Vigilanza")):
        under = ("--under", "m1") if node == "p1" else ()
        said = ("--tree", "mission", "--node", node, "--title", title, *under)
        done(office, "tree", "state", PLAN, *said, *MOTIVE)
    moved = ("--tree", "mission", "--node", "p1", "--under", "Servizi")
    printed = " ".join(done(office, "tree", "state", PLAN, *moved, *MOTIVE, "--preview").split())
    assert "Mercati" in printed
    assert "Servizi" in printed
    assert "m2" not in printed


def test_an_empty_text_empties_a_field(office: Run) -> None:
    done(office, "indicator", "redefine", PLAN, "incasso", "--formula", "", *MOTIVE)
    assert row_of(office, "indicators", "incasso")["formula"] is None


@pytest.mark.parametrize(
    ("arguments", "status", "told"),
    [
        (("objective", "reweigh", PLAN, "Incasare", "--peso", 1), 1, "OBIETTIVO: 'Incasare' non è un obiettivo"),
        (("objective", "reweigh", PLAN, "Incasare", "--peso", 1), 1, "forse «Incassare»"),
        (("objective", "move", PLAN, "a1", "--padre", "boh"), 1, "--padre: 'boh' non è un obiettivo"),
        (("objective", "reweigh", PLAN, "a1", "--peso", "tanto"), 2, "--peso: "),
        (("objective", "reweigh", PLAN, "a1"), 2, "--peso: manca"),
        (("indicator", "assign", PLAN, "cassetto", "--obiettivo", "a1", "--alimenta", "alberi"), 2, "forse 'albero'"),
        (("plan", "close", PLAN, "--anno", 2022, "--causa", "norma"), 2, "forse 'norme'"),
        (("objective", "reweigh", PLAN, "a1", "--peso", 50), 1, "manca la motivazione, la causa"),
    ],
)
def test_what_is_wrong_is_said_of_the_option_that_it_came_from(
    office: Run, arguments: tuple[object, ...], status: int, told: str
) -> None:
    refused = office(*arguments, *BY_ACT)
    assert (refused.exit_code, told in refused.stderr) == (status, True), refused.stderr
    assert "changes[0]" not in refused.stderr


def test_a_name_that_several_ever_had_means_the_one_that_is_in_force(office: Run) -> None:
    done(office, "objective", "withdraw", PLAN, "Digitalizzare", *MOTIVE)
    added = ("--titolo", "Digitalizzare", "--livello", "operational", "--padre", "a", "--id", "nuovo", *MOTIVE)
    done(office, "objective", "add", PLAN, *added)
    done(office, "objective", "reweigh", PLAN, "Digitalizzare", "--peso", 5, *MOTIVE)
    assert row_of(office, "objectives", "nuovo")["weight"] == "5"


def test_the_help_lists_the_verbs_under_what_they_are_for(run: Run) -> None:
    listed = run("--help").stdout
    assert listed.index("Modificare il piano") < listed.index("objective") < listed.index("Valori e monitoraggi")
    assert "--peso" in run("objective", "reweigh", "--help").stdout


def test_levels_change_their_names_pair_by_pair_and_a_year_is_refused_at_its_option(office: Run) -> None:
    done(
        office,
        "plan",
        "amend",
        PLAN,
        "--levels",
        "operational=obiettivo operativo",
        "--levels",
        "strategic=area",
        *MOTIVE,
    )
    assert {row["level"] for row in plan_of(office)["objectives"]} == {"area", "obiettivo operativo"}
    assert "nome=testo" in office("plan", "amend", PLAN, "--levels", "area", *MOTIVE).output
    assert (
        "--first-year: il 2022 resterebbe fuori" in office("plan", "amend", PLAN, "--first-year", 2023, *MOTIVE).output
    )
