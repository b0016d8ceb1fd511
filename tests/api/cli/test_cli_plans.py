import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from freezegun import freeze_time

from tests.support.harness import PLAN, document

Run = Callable[..., Result]
Save = Callable[..., str]


def test_import_with_its_act_approves_the_plan_and_counts_what_it_brought(run: Run, save: Save) -> None:
    done = run("import", save(document()))
    assert done.exit_code == 0
    assert f"{PLAN}: approvato" in done.stdout
    assert "6 target (6 letti, 0 letti con una nota, 0" in done.stdout


def test_import_takes_the_act_from_a_phrase_and_its_date_from_there(run: Run, save: Save) -> None:
    content = {key: value for key, value in document().items() if key != "act"}
    assert run("import", save(content), "--act", "delibera di Giunta n. 3 del 15/02/2022").exit_code == 0
    years = json.loads(run("export", PLAN).stdout)["plan"]["years"]
    assert years["2022"] == {"approved_on": "2022-02-15", "act": "delibera-giunta-3-2022-02-15"}


def test_import_takes_effect_on_another_date_when_told(run: Run, save: Save) -> None:
    assert run("import", save(document()), "--effective-on", "28/02/2022").exit_code == 0
    assert run("show", PLAN, "--as-of", "2022-02-27").exit_code == 1
    assert run("show", PLAN, "--as-of", "2022-02-28").exit_code == 0


def test_import_without_an_act_makes_a_draft(run: Run, save: Save) -> None:
    content = {key: value for key, value in document().items() if key != "act"}
    assert f"{PLAN}: bozza" in run("import", save(content)).stdout


def test_a_previewed_import_says_what_would_be_there_and_makes_nothing(run: Run, save: Save, tmp_path: Path) -> None:
    done = run("import", save(document()), "--preview")
    assert done.exit_code == 0
    assert "nulla è stato registrato" in done.stdout
    assert not (tmp_path / "archivio.sqlite").exists()


def test_a_previewed_import_tells_its_warnings_as_the_import_does(run: Run, save: Save) -> None:
    content = document()
    content["indicators"][0]["weight"] = "40"
    preview = json.loads(run("import", save(content), "--preview", "--json").stdout)
    loaded = json.loads(run("import", save(content), "--json").stdout)
    assert preview["warnings"] == loaded["warnings"]
    assert any(one["name"] == "weights_not_100" for one in preview["warnings"])


def test_import_repeated_with_the_same_command_id_records_one_plan(run: Run, save: Save) -> None:
    first = json.loads(run("import", save(document()), "--command-id", "carico-1", "--json").stdout)
    again = json.loads(run("import", save(document()), "--command-id", "carico-1", "--json").stdout)
    assert not first["repeated"]
    assert again == first | {"repeated": True}


def test_import_reads_the_standard_input(run: Run) -> None:
    assert run("import", "-", stdin=json.dumps(document())).exit_code == 0


def test_plans_of_a_machine_that_has_none_is_an_empty_list_and_makes_no_database(run: Run, tmp_path: Path) -> None:
    assert json.loads(run("plans", "--json").stdout)["plans"] == []
    assert "Nessun piano" in run("plans").stdout
    assert list(tmp_path.iterdir()) == []


def test_plans_lists_each_plan_with_its_state(office: Run) -> None:
    [one] = json.loads(office("plans", "--json").stdout)["plans"]
    assert (one["id"], one["status"], one["approved_years"], one["indicators"]) == (PLAN, "approved", [2022], 3)
    assert "approvato (2022)" in office("plans").stdout
    assert "non ancora aperto" in office("plans", "--as-of", "2021-12-31").stdout


def test_show_prints_the_tree_with_weights_and_targets_and_the_two_dates(office: Run) -> None:
    shown = office("show", PLAN, "--as-of", "2022-03-15").stdout
    assert "in vigore al 15/03/2022 · noto al" in shown
    assert "atto: delibera della Giunta n. 1 del 31/01/2022" in shown
    assert "├── Incassare" in shown
    assert "2022: >= 70,34%" in shown
    assert "2022: entro il 30/6 e entro il 31/12" in shown
    assert "peso 60" in shown


def test_show_knows_only_what_was_recorded_by_then(run: Run, save: Save) -> None:
    with freeze_time("2022-02-10 09:00"):
        run("import", save(document()))
    assert run("show", PLAN, "--known-at", "2022-02-10").exit_code == 0
    assert run("show", PLAN, "--known-at", "2022-02-10T11:00:00+01:00").exit_code == 0
    refused = run("show", PLAN, "--known-at", "2022-02-09")
    assert refused.exit_code == 1
    assert "non si sapeva ancora nulla" in refused.stderr


def test_show_as_json_is_the_document_that_export_writes(office: Run) -> None:
    assert office("show", PLAN, "--json").stdout == office("export", PLAN, "--format", "json").stdout


def test_an_exported_document_is_imported_as_it_is(office: Run, tmp_path: Path) -> None:
    done = office("export", PLAN, "--as-of", "2022-09-29", "--output", "piano.json", "--force")
    assert (done.exit_code, done.stdout) == (0, "")
    assert office("import", "piano.json", "--database", "altro.sqlite").exit_code == 0
    ours = json.loads((tmp_path / "piano.json").read_text(encoding="utf-8"))
    theirs = json.loads(office("export", PLAN, "--as-of", "2022-09-29", "--database", "altro.sqlite").stdout)
    assert theirs | {"version": ours["version"]} == ours


def test_export_writes_numbers_as_decimal_texts(office: Run) -> None:
    exported = json.loads(office("export", PLAN).stdout)
    target = exported["indicators"][0]["targets"][0]
    assert (target["value"], target["comparator"], target["unit"]) == ("70.34", ">=", "%")


@pytest.mark.parametrize("path", [".", "manca/piano.json"])
def test_export_to_what_cannot_be_written_is_refused(office: Run, path: str) -> None:
    refused = office("export", PLAN, "--output", path)
    assert refused.exit_code == 1
    assert "File non leggibile" in refused.stderr


def test_act_and_office_are_registered_once(office: Run) -> None:
    assert office("act", "cciaa-prova", "determina del Segretario Generale n. 5 del 01/03/2022").exit_code == 0
    again = office("act", "cciaa-prova", "determina del Segretario Generale n. 5 del 01/03/2022")
    assert (again.exit_code, "Nessun cambiamento" in again.stderr) == (1, True)
    made = office("office", "cciaa-prova", "Servizio Studi", "--alias", "Ufficio Studi", "--json")
    assert json.loads(made.stdout)["versions"]
    assert office("office", "cciaa-prova", "Servizio Studi", "--alias", "Ufficio Studi").exit_code == 1
    assert office("office", "nessuno", "Servizio Studi").exit_code == 1


def test_protocol_and_digest_of_an_act_are_said_with_any_command_or_later(office: Run, tmp_path: Path) -> None:
    file = tmp_path / "delibera.pdf"
    file.write_bytes(b"il testo della delibera")
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    act = "determina del Segretario Generale n. 5 del 01/03/2022"
    assert office("act", "cciaa-prova", act, "--act-protocol", "77/2022").exit_code == 0
    completed = office("act", "cciaa-prova", "determina S.G. n. 5/2022 del 1 marzo 2022", "--act-file", str(file))
    assert "Completato l'atto" in completed.stdout
    assert digest in completed.stdout.replace("\n", "").replace(" ", "")
    other = office("act", "cciaa-prova", act, "--act-protocol", "78/2022")
    assert "protocollo 78/2022, non 77/2022" in other.stderr
    differs = office("act", "cciaa-prova", act, "--act-file", str(file), "--act-sha256", "ab" * 32)
    assert differs.exit_code == 2
    assert office("act", "cciaa-prova", act, "--act-file", str(tmp_path / "manca.pdf")).exit_code == 2
    alone = office("import", "piano.json", "--act-protocol", "5")
    assert (alone.exit_code, "--act" in alone.stderr) == (2, True)
    alike = office("act", "cciaa-prova", "determina del Segretario Generale n. 5 del 02/03/2022")
    assert "Un atto simile è già registrato" in alike.stderr


def test_rebuild_gives_the_same_answers_and_says_its_progress_beside_them(revised: Run) -> None:
    before = revised("export", PLAN).stdout
    done = revised("rebuild", "--json")
    assert json.loads(done.stdout)["events"] > 0
    assert "eventi di" in done.stderr
    assert revised("export", PLAN).stdout == before


def test_a_knowledge_of_the_future_is_that_of_now_and_says_so(office: Run) -> None:
    shown = office("plans", "--known-at", "2099-01-01")
    assert shown.exit_code == 0
    assert "2099" not in shown.output
    assert "(adesso)" in shown.output
