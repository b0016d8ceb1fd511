import json
from collections.abc import Callable

from click.testing import Result
from freezegun import freeze_time

from tests.support.harness import PLAN

Run = Callable[..., Result]
Save = Callable[..., str]


def test_history_tells_each_value_with_its_dates_act_reason_kind_and_direction(revised: Run) -> None:
    shown = revised("history", PLAN, "incasso").stdout
    _, _, since_september = shown.partition("30/09/2022  >= 68%\n")
    assert "modifica in itinere, più facile" in since_september
    assert "atto: delibera della Giunta n. 9 del 30/09/2022" in since_september
    assert "perché: Incassi sotto le attese (fattori esterni)" in since_september
    assert "registrato il" in since_september


def test_history_as_of_a_date_stops_there(revised: Run) -> None:
    found = json.loads(revised("history", PLAN, "incasso", "--as-of", "2022-09-29", "--json").stdout)
    assert [row["value"]["text"] for row in found["values"] if row["field"] == "target/2022/1"] == [">= 70,34%"]


def test_history_of_an_objective_by_its_title(office: Run) -> None:
    assert "Digitalizzare" in office("history", PLAN, "Digitalizzare").stdout


def test_history_of_what_is_not_there_is_refused(office: Run) -> None:
    refused = office("history", PLAN, "nulla")
    assert (refused.exit_code, "Non trovato" in refused.stderr) == (1, True)


def test_audit_is_newest_first_with_a_sentence_each(revised: Run) -> None:
    found = json.loads(revised("audit", PLAN, "--json").stdout)
    assert found["events"][0]["sentence"].startswith("Rimodulato il target 2022")
    assert found["total"] == len(found["events"])
    assert "Rimodulato il target 2022" in revised("audit", PLAN, "--limit", "1").stdout
    assert revised("audit", PLAN, "--limit", "1").stdout.startswith(f"Registro · {PLAN}\n1 di {found['total']} eventi")


def test_audit_is_filtered_by_dates_kind_actor_event_and_object(revised: Run) -> None:
    def topics(*wanted: str) -> list[str]:
        events = json.loads(revised("audit", PLAN, *wanted, "--json").stdout)["events"]
        return [one["event"] for one in events]

    assert topics("--kind", "in_year_revision") == ["target-revised"]
    assert topics("--since", "2022-09-30", "--event", "target-revised") == ["target-revised"]
    assert topics("--until", "2022-09-29", "--event", "target-revised") == []
    assert topics("--actor", "nessuno") == []
    assert "target-revised" in topics("--object", "Percentuale di incasso")
    assert "target-revised" not in topics("--object", "cassetto")


def test_audit_shows_what_takes_effect_in_the_future(office: Run) -> None:
    with freeze_time("2022-02-02"):
        office("status", PLAN, "incasso", "--status", "in_line", "--on", "2022-12-31")
        assert "Riferito lo stato" in office("audit", PLAN, "--limit", "1").stdout


def test_what_an_office_typed_does_not_command_the_terminal(office: Run) -> None:
    office("status", PLAN, "incasso", "--status", "in_line", "--on", "2022-06-30", "--note", "\x1b[31mrosso\x1b[2J")
    for command in (("audit", PLAN), ("history", PLAN, "incasso"), ("show", PLAN)):
        assert "\x1b" not in office(*command).stdout


def test_history_shows_a_measurement_that_was_annulled_with_its_reason(office: Run) -> None:
    with freeze_time("2027-01-02"):
        measured = ("--value", "67%", "--period", "2022-H1", "--data-as-at", "2022-06-30")
        assert office("measure", PLAN, "incasso", *measured).exit_code == 0
    with freeze_time("2027-01-05"):
        version = json.loads(office("history", PLAN, "incasso", "--json").stdout)["measurements"][0]["version"]
        done = office("annul", PLAN, version, "--measurements", "--justification", "Refuso nel riversamento")
        assert "Registrato: 1 evento" in done.stdout
        shown = office("history", PLAN, "incasso").stdout
        assert "2022-H1: 67%  ANNULLATO" in shown
        assert "errore di registrazione" in shown
        assert "perché annullato: Refuso nel riversamento" in shown
        row = json.loads(office("history", PLAN, "incasso", "--json").stdout)["measurements"][0]
        assert (row["annulled"], row["annulment"]["justification"]) == (True, "Refuso nel riversamento")
        before = office("history", PLAN, "incasso", "--known-at", "2027-01-03", "--json").stdout
        assert not json.loads(before)["measurements"][0]["annulled"]
        trail = json.loads(office("audit", PLAN, "--event", "events-annulled", "--json").stdout)["events"]
        assert [event["justification"] for event in trail] == ["Refuso nel riversamento"]
        recorded = json.loads(office("audit", PLAN, "--event", "measurement-recorded", "--json").stdout)["events"]
        assert [event["annulled"] for event in recorded] == [True]


def test_history_shows_an_assignment_that_was_annulled_and_its_indicator_by_then(office: Run, save: Save) -> None:
    added = {
        "verb": "add_indicator",
        "object": "pec",
        "objective": "a2",
        "name": "Risposte per PEC",
        "weight": "10",
    }
    ground = {"plan": PLAN, "act": "delibera di Giunta n. 9 del 30/09/2022", "justification": "x", "cause": "other"}
    done = office("change", PLAN, save({**ground, "changes": [added]}))
    assert done.exit_code == 0, done.output
    annulling = "delibera di Giunta n. 12 del 20/10/2022"
    rows = json.loads(office("history", PLAN, "pec", "--json").stdout)["values"]
    versions = sorted({row["version"] for row in rows})
    annulled = office("annul", PLAN, *versions, "--justification", "Aggiunto per errore", "--act", annulling)
    assert annulled.exit_code == 0, annulled.output
    shown = office("history", PLAN, "pec")
    assert shown.exit_code == 0, shown.output
    assert "ANNULLATO" in shown.stdout
    assert "atto annullato" in shown.stdout
    assert "atto dell'annullamento: delibera della Giunta n. 12 del 20/10/2022" in shown.stdout
    after = json.loads(office("history", PLAN, "pec", "--json").stdout)["values"]
    assert {row["assignment"] for row in after if "assignment" in row} == {"pec/a2"}
    assert all(row["annulled"] and row["annulment"]["act"] for row in after)
    of_objective = json.loads(office("history", PLAN, "a2", "--json").stdout)["values"]
    assert [row["annulled"] for row in of_objective if row.get("assignment") == "pec/a2"].count(True) > 0
