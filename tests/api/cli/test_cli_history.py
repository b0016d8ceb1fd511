import json
from collections.abc import Callable

from click.testing import Result
from freezegun import freeze_time

from tests.support.desk import PLAN

Run = Callable[..., Result]


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
    assert (refused.exit_code, "not_found" in refused.stderr) == (1, True)


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
