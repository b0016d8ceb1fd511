import json
from collections.abc import Callable
from pathlib import Path

from click.testing import Result
from freezegun import freeze_time

from tests.api.cli.conftest import REVISION
from tests.support.harness import PLAN, document

Run = Callable[..., Result]
Save = Callable[..., str]


def changes(**parts: object) -> dict[str, object]:
    """A change file: a target and a title."""
    return {
        "plan": PLAN,
        "act": "delibera di Giunta n. 9 del 30/09/2022",
        "justification": "Monitoraggio al 30 settembre",
        "cause": "new_data",
        "changes": [
            {"verb": "revise_target", "object": "incasso", "year": 2022, "target": ">= 68%"},
            {"verb": "reword_objective", "object": "a2", "title": "Digitalizzare i servizi"},
        ],
    } | parts


def test_a_change_file_is_recorded_whole_and_told_event_by_event(office: Run, save: Save) -> None:
    done = office("change", PLAN, save(changes()))
    assert done.exit_code == 0
    assert "da ≥ 70,34% a ≥ 68%" in " ".join(done.stdout.split())
    assert "modifica in itinere, più facile" in done.stdout
    assert "Riformulato l'obiettivo" in done.stdout
    assert "perché: Monitoraggio al 30 settembre (nuovi dati)" in done.stdout


def test_a_change_file_with_one_bad_change_records_nothing(office: Run, save: Save) -> None:
    before = office("export", PLAN).stdout
    bad = [*changes()["changes"], {"verb": "withdraw_objective", "object": "nessuno"}]  # type: ignore[misc]
    refused = office("change", PLAN, save(changes(changes=bad)))
    assert refused.exit_code == 1
    assert "modifiche n. 3, oggetto" in refused.stderr
    assert office("export", PLAN).stdout == before


def test_a_change_file_may_leave_the_plan_to_the_command_but_not_name_another(office: Run, save: Save) -> None:
    nameless = {key: value for key, value in changes().items() if key != "plan"}
    refused = office("change", PLAN, save(changes(plan="altro")))
    assert (refused.exit_code, "altro" in refused.stderr) == (1, True)
    assert office("change", PLAN, save(nameless)).exit_code == 0


def test_a_previewed_change_tells_how_far_the_rate_would_go_and_records_nothing(office: Run, save: Save) -> None:
    before = office("export", PLAN).stdout
    done = office("change", PLAN, save(changes()), "--preview")
    assert "nulla è stato registrato" in done.stdout
    assert " modifiche più facili     0,00% (0 di 2)   50,00% (1 di 2)" in done.stdout
    report = json.loads(office("change", PLAN, save(changes()), "--preview", "--json").stdout)
    assert report["change_rate"]["2022"]["before"]["any"]["numerator"] == 0
    assert report["change_rate"]["2022"]["after"]["any"]["rate"] == "100.00"
    assert [one["direction"] for one in report["changes"]] == ["easier", None]
    assert office("export", PLAN).stdout == before


def test_a_preview_names_what_comes_with_the_changes_as_they_do(office: Run, save: Save) -> None:
    added = {"verb": "add_objective", "object": "b", "level": "strategic", "title": "Obiettivo nuovo"}
    shown = office("change", PLAN, save(changes(changes=[added])), "--preview").stdout
    assert "Obiettivo nuovo\n" in shown
    assert "atto: delibera della" in shown


def test_revise_takes_an_indicator_by_its_name(office: Run) -> None:
    done = office(*["Percentuale di incasso" if one == "incasso" else one for one in REVISION])
    assert done.exit_code == 0


def test_revise_records_both_dates_and_who(run: Run, save: Save) -> None:
    with freeze_time("2022-02-10 08:30"):
        run("import", save(document()))
    with freeze_time("2022-10-03 08:30"):
        done = run(*REVISION, "--actor", "segretario-generale")
    assert "30/09/2022  Rimodulato il target 2022" in done.stdout
    assert "registrato il 03/10/2022 10:30 da segretario-generale" in done.stdout


def test_revise_touches_one_of_two_targets_of_a_cell(office: Run) -> None:
    parts = [*REVISION]
    parts[2:7] = ["regolamento", "--year", "2022", "--target", "entro il 31/10"]
    assert office(*parts, "--ordinal", "2").exit_code == 0
    exported = json.loads(office("export", PLAN, "--as-of", "2022-12-31").stdout)
    [indicator] = [one for one in exported["indicators"] if one["id"] == "regolamento"]
    assert [target["value"] for target in indicator["targets"]] == ["2022-06-30", "2022-10-31"]


def test_revise_previewed_records_nothing(office: Run) -> None:
    before = office("export", PLAN).stdout
    assert office(*REVISION, "--preview").exit_code == 0
    assert office("export", PLAN).stdout == before


def test_revise_to_the_value_in_force_is_no_change(revised: Run) -> None:
    refused = revised(*REVISION)
    assert refused.exit_code == 1
    assert "Nessun cambiamento" in refused.stderr


def test_revise_without_reason_cause_or_act_is_refused_with_what_is_missing(office: Run) -> None:
    refused = office("revise", PLAN, "incasso", "--year", "2022", "--target", "68%")
    assert refused.exit_code == 1
    assert "Mancano motivazione, causa o atto" in refused.stderr
    assert all(word in refused.stderr for word in ("--justification", "la motivazione, la causa, l'atto"))


def test_revise_to_a_text_that_cannot_be_read_is_refused_with_the_reason(office: Run) -> None:
    refused = office(*[">= molti" if one == ">= 68%" else one for one in REVISION])
    assert (refused.exit_code, "Testo non interpretabile" in refused.stderr) == (1, True)


def test_revise_for_an_act_that_cannot_be_read_is_refused(office: Run) -> None:
    refused = office(*REVISION[:-1], "lo ha detto il capo")
    assert (refused.exit_code, "Dati non validi" in refused.stderr) == (2, True)
    assert "--act: " in refused.stderr


def test_an_annulled_event_counts_no_more_and_stays_written(revised: Run) -> None:
    version = json.loads(revised("audit", PLAN, "--event", "target-revised", "--json").stdout)["events"][0]["version"]
    done = revised("annul", PLAN, version, "--justification", "Registrata per errore")
    assert done.exit_code == 0
    assert "Annullat" in done.stdout
    assert "2022: >= 70,34%" in revised("show", PLAN).stdout
    assert "ANNULLATO" in revised("history", PLAN, "incasso").stdout
    again = revised("annul", PLAN, version, "--justification", "Ancora")
    assert (again.exit_code, "Già annullato" in again.stderr) == (1, True)


def test_annul_without_a_justification_is_refused(revised: Run) -> None:
    refused = revised("annul", PLAN, 3)
    assert (refused.exit_code, "Mancano motivazione, causa o atto" in refused.stderr) == (1, True)


def test_annul_lists_what_hangs_on_an_event_and_takes_it_along_when_told(office: Run, save: Save) -> None:
    added = {"verb": "add_objective", "object": "b", "level": "strategic", "title": "Nuovo"}
    child = {"verb": "add_objective", "object": "b1", "level": "operational", "title": "Sotto", "parent": "b"}
    recorded = json.loads(office("change", PLAN, save(changes(changes=[added, child])), "--json").stdout)
    version = recorded["version"] - 1
    refused = office("annul", PLAN, version, "--justification", "Errore")
    assert (refused.exit_code, f"versione {version + 1}" in refused.stderr) == (1, True)
    assert office("annul", PLAN, version, "--justification", "Errore", "--take-along").exit_code == 0
    assert "Nuovo" not in office("show", PLAN).stdout


def test_annul_of_a_measurement_leaves_the_plan_alone(office: Run) -> None:
    measured = ("measure", PLAN, "incasso", "--period", "2022", "--value", "67,9%", "--data-as-at", "2022-12-31")
    recorded = json.loads(office(*measured, "--json").stdout)
    version = recorded["versions"]["administration/cciaa-prova"]["last"]
    assert office("annul", PLAN, version, "--measurements", "--justification", "Refuso").exit_code == 0
    assert json.loads(office("export", PLAN).stdout)["measurements"] == []


def test_diff_words_each_difference(revised: Run) -> None:
    done = revised("diff", PLAN, "--from", "2022-06-30", "--to", "2022-09-30")
    assert done.exit_code == 0
    assert "target rimodulato" in done.stdout
    assert "più facile" in done.stdout
    assert "target 2022: >= 70,34% → >= 68%" in done.stdout
    assert "1 differenza" in done.stdout
    assert "Nessuna differenza" in revised("diff", PLAN, "--from", "2022-03-01", "--to", "2022-06-30").stdout


def test_diff_between_what_was_known_then_and_is_known_now(run: Run, save: Save) -> None:
    with freeze_time("2022-02-01 09:00"):
        run("import", save(document()))
    with freeze_time("2022-10-03 09:00"):
        run(*REVISION)
    known = ("--known-from", "2022-10-01", "--known-to", "2022-10-31")
    found = json.loads(run("diff", PLAN, "--from", "2022-10-01", "--to", "2022-10-01", *known, "--json").stdout)
    assert [one["type"] for one in found["differences"]] == ["target_revised"]


def test_changes_gives_three_rates_with_their_lists_and_what_is_counted_apart(revised: Run) -> None:
    rates = json.loads(revised("changes", PLAN, "--year", "2022", "--json").stdout)["change_rate"]
    assert set(rates) == {"any", "substance", "easier"}
    assert rates["easier"] == {"numerator": 1, "denominator": 2, "rate": "50.00", "objectives": ["a1"]}
    shown = revised("changes", PLAN, "--year", "2022").stdout
    assert "50,00%" in shown
    assert "Obiettivi toccati, ogni modifica:\n  Incassare" in shown
    assert "Contate a parte, aggiornamento annuale: 0" in shown
    assert "perché: Incassi sotto le attese (fattori esterni)" in " ".join(shown.split())


def test_changes_of_one_level_counts_only_its_objectives(revised: Run) -> None:
    asked = ("changes", PLAN, "--year", "2022", "--level", "strategic", "--json")
    assert json.loads(revised(*asked).stdout)["change_rate"]["any"]["denominator"] == 0


def test_changes_of_a_year_that_the_plan_does_not_cover_is_refused(office: Run) -> None:
    refused = office("changes", PLAN, "--year", "2031")
    assert (refused.exit_code, "Fuori dal piano" in refused.stderr) == (1, True)


def test_commands_other_than_import_make_no_database(run: Run, save: Save, tmp_path: Path) -> None:
    path = save(changes())
    for command in (("change", PLAN, path), REVISION, ("annul", PLAN, 1), ("rebuild",), ("act", "x", "decreto")):
        assert run(*command).exit_code == 1
    assert not (tmp_path / "archivio.sqlite").exists()


def test_the_questions_of_a_change_file_are_answered_as_those_of_an_import(office: Run, save: Save) -> None:
    open_yet = [{"verb": "revise_target", "object": "incasso", "year": 2022, "target": "70% (rimodulato: 66%)"}]
    file = save(changes(changes=open_yet))
    for more in ((), ("--preview",)):
        refused = office("change", PLAN, file, *more)
        assert refused.exit_code == 1
        assert "1. modifiche n. 1, target 2022: la cella '70% (rimodulato: 66%)'" in " ".join(refused.stderr.split())
        assert "--answer" in refused.stderr
    assert office("change", PLAN, file, "--answer", "2=66%").exit_code == 1
    assert "66%" in office("change", PLAN, file, "--answer", "1=66%").stdout
