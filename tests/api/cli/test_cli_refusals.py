"""Whatever is wrong, the answer is a status and a reason, never a traceback."""

import json
import sqlite3
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import pytest
from click.testing import Result

from api.formats.problem_json import TYPE
from tests.support.harness import PLAN, document
from tests.support.problem_places import place_of

Run = Callable[..., Result]
Save = Callable[..., str]

BAD_FILES = {
    "not JSON": (b"ciao", "non è JSON"),
    "empty": (b" \n", "è vuoto"),
    "not UTF-8": ('{"plan": "è"}'.encode("latin-1"), "non è UTF-8"),
    "a key said twice": (b'{"plan": {"id": "a", "id": "b"}}', "'id' c'è due volte"),
    "NaN and infinities": (b'{"a": NaN, "b": [-Infinity, 1e999]}', "b n. 2"),
    "an endless number": (b'{"a": ' + b"9" * 5000 + b"}", "troppo grande"),
    "half a character": (b'{"a": "\\ud800"}', "nessun testo"),
    "a NUL": (b'{"a\\u0000": 1}', "nessun testo"),
    "a depth bomb": (b"[" * 100_000, "senza fine"),
    "a depth bomb that closes": (b'{"a":' * 500 + b"1" + b"}" * 500, "senza fine"),
    "a list": (b"[]", "non è un oggetto"),
    "a number": (b"7", "non è un oggetto"),
    "unknown fields": (b'{"piano": 1}', "non è previsto"),
}


@pytest.mark.parametrize("name", BAD_FILES)
@pytest.mark.parametrize("command", [("import",), ("change", PLAN)])
def test_a_bad_file_is_refused_with_its_reason(run: Run, save: Save, command: tuple[str, ...], name: str) -> None:
    content, reason = BAD_FILES[name]
    refused = run(*command, save(content))
    assert refused.exit_code == 1
    assert reason in refused.stderr
    assert refused.stdout == ""


def test_a_document_tells_all_that_is_wrong_at_once(run: Run, save: Save) -> None:
    content = document()
    content["plan"]["first_year"] = "boh"
    content["act"] = {"body": "Giunta", "date": "31/02/2022"}
    content["indicators"][0]["weight"] = 33.3
    content["indicators"][1]["colour"] = "blu"
    problem = json.loads(run("import", save(content), "--json").stderr)
    places = {place_of(one) for one in problem["problems"]}
    assert {"plan.first_year", "act.date", "indicators[0].weight", "indicators[1].colour"} <= places


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"objectives": [{"id": "a", "level": "l", "parent": "b"}]}, "objectives[0].parent"),
        ({"objectives": [{"id": "a", "level": "l"}, {"id": "a", "level": "l"}]}, "objectives[1].id"),
        ({"objectives": [{"id": "a", "level": "l"}] * 60_001}, "objectives"),
        ({"plan": {"id": PLAN, "title": "T", "first_year": 2023, "last_year": 2022}}, "plan.last_year"),
        ({"act": {"body": "Giunta", "date": "0"}}, "act.date"),
        ({"act": {"body": "Giunta", "date": "1767225600"}}, "act.date"),
    ],
)
def test_a_document_that_does_not_hold_together_stores_nothing(
    run: Run, save: Save, change: dict[str, object], where: str
) -> None:
    refused = run("import", save(document(**change)), "--json")
    assert refused.exit_code == 1
    assert where in {place_of(one) for one in json.loads(refused.stderr)["problems"]}
    assert json.loads(run("plans", "--json").stdout)["plans"] == []


def test_a_file_that_is_not_there_a_folder_and_one_too_large_are_refused(
    run: Run, save: Save, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "non c'è" in run("import", tmp_path / "manca.json").stderr
    assert "è una cartella" in run("import", tmp_path).stderr
    monkeypatch.setenv("INITINERE_MAX_DOCUMENT_BYTES", "1000")
    refused = run("import", save(document()), "--json")
    assert json.loads(refused.stderr)["type"] == f"{TYPE}too-large"
    assert run("import", "-", stdin=json.dumps(document())).exit_code == 1


def test_a_plan_that_is_there_already_changes_only_on_an_act_with_its_reason(office: Run, save: Save) -> None:
    content = document()
    content["indicators"][0]["targets"][1]["text"] = ">= 60%"
    refused = office("import", save(content))
    assert refused.exit_code == 1
    assert "Mancano motivazione, causa o atto" in refused.stderr


def test_a_refusal_in_json_is_one_problem_object_on_the_standard_error(office: Run) -> None:
    refused = office("show", "nessuno", "--json")
    assert refused.exit_code == 1
    assert refused.stdout == ""
    problem = json.loads(refused.stderr)
    assert set(problem) == {"type", "title", "status", "detail", "where", "pointer", "accepted", "listed", "problems"}
    assert (problem["type"], problem["status"], problem["pointer"]) == (f"{TYPE}not-found", 404, "/plan")
    assert problem["accepted"] == "uno dell'elenco dei piani"


@pytest.mark.parametrize(
    "arguments",
    [
        ("plans", "--as-of", "31/02/2022"),
        ("plans", "--as-of", "0"),
        ("plans", "--as-of", "1767225600"),
        ("plans", "--as-of", "2022-9-30"),
        ("plans", "--as-of", "30/09/22"),
        ("plans", "--known-at", "ieri"),
        ("plans", "--known-at", "2022-10-10T10:00"),
        ("plans", "--known-at", "0001-01-01T00:00:00+14:00"),
        ("plans", "--boh"),
        ("plans", "--database"),
        ("show",),
        ("export", PLAN, "--format", "xml"),
        ("changes", PLAN),
        ("changes", PLAN, "--year", "22"),
        ("changes", PLAN, "--year", "٢٠٢٢"),
        ("diff", PLAN, "--to", "2022-01-01"),
        ("audit", PLAN, "--limit", "0"),
        ("audit", PLAN, "--kind", "boh"),
        ("annul", PLAN),
        ("annul", PLAN, "uno"),
        ("annul", PLAN, "0"),
        ("annul", PLAN, "99999999999999999999"),
        ("revise", PLAN, "incasso", "--year", "2022"),
        ("revise", PLAN, "incasso", "--year", "2022", "--target", "1", "--cause", "boh"),
        ("revise", PLAN, "incasso", "--year", "2022", "--target", "1", "--ordinal", "10"),
        ("measure", PLAN, "incasso", "--period", "2022-13", "--value", "1", "--data-as-at", "2022-12-31"),
        ("measure", PLAN, "incasso", "--period", "2022", "--value", "1"),
        ("measure", PLAN, "incasso", "--period", "2022", "--numerator", "x", "--data-as-at", "2022-12-31"),
        ("status", PLAN, "incasso", "--status", "boh"),
        ("score", PLAN, "--year", "2022", "--explain", ""),
        ("round", "check", PLAN, ""),
        ("show", ""),
        ("changes", PLAN, "--year", "2022", "--year", "2023"),
        ("show", PLAN, "--database", "a", "--database", "b"),
        ("import", "x.json", "--actor", "Mario Rossi"),
        ("import", "x.json", "--command-id", "con spazi"),
        ("serve", "--port", "99999"),
    ],
)
def test_a_command_line_that_is_wrong_ends_with_status_2_and_says_why_in_italian(
    run: Run, arguments: tuple[str, ...]
) -> None:
    refused = run(*arguments)
    assert refused.exit_code == 2
    assert refused.stdout == ""
    assert "Dati non validi" in refused.stderr
    assert f"Come si usa: initinere {arguments[0]}" in refused.stderr
    words = 2 if arguments[0] == "round" else 1
    problem = json.loads(run(*arguments[:words], "--json", *arguments[words:]).stderr)
    assert problem["type"] == f"{TYPE}malformed"
    assert all(place_of(one) and one["found"] for one in problem["problems"])


@pytest.mark.parametrize("value", ["", "x" * 21_000])
@pytest.mark.parametrize(
    "command", [("measure", "--period", "2022"), ("restate", "--period", "2022", "--effective-on", "2022-12-31")]
)
def test_what_is_wrong_with_an_observed_value_is_said_of_its_option(
    run: Run, command: tuple[str, ...], value: str
) -> None:
    name, *options = command
    refused = run(name, PLAN, "incasso", *options, "--value", value, "--data-as-at", "2022-12-31", "--json")
    assert [place_of(one) for one in json.loads(refused.stderr)["problems"]] == ["--value"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("piano",), "il comando «piano» non c'è"),
        (("plans", "di troppo"), "argomenti di troppo: di troppo"),
        (("plans", "--json=1"), "l'opzione --json non prende valori"),
        (("round",), "Uso: initinere round"),
    ],
)
def test_words_that_are_no_command_end_with_status_2(run: Run, arguments: tuple[str, ...], words: str) -> None:
    refused = run(*arguments)
    assert refused.exit_code == 2
    assert words in refused.output


def test_an_option_that_there_is_not_comes_with_those_that_it_may_be(run: Run) -> None:
    assert "\nForse: --known-at oppure --known" not in run("plans", "--knownat", "2022-01-01").stderr
    assert "\nForse: --known-at\n" in run("plans", "--knownat", "2022-01-01").stderr


def test_a_language_that_there_is_not_is_refused_by_every_command(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INITINERE_LANGUAGE", "fr")
    for command in (("plans",), ("target", "1"), ("achieve", "--target", "1", "--observed", "1"), ("--help",)):
        refused = run(*command)
        assert refused.exit_code == 1
        assert "'fr' non è fra i valori ammessi. Si accetta: it oppure en" in " ".join(refused.stderr.split())


def test_a_help_says_which_options_may_be_repeated(run: Run) -> None:
    lines = " ".join(run("oiv", "remark", "--help").stdout.split())
    assert "di cui si parla. (ripetibile)" in lines


def test_no_arguments_at_all_gives_the_help(run: Run) -> None:
    shown = run()
    assert shown.exit_code == 2
    assert "Uso: initinere" in shown.stdout


def test_the_version_is_said_without_a_command(run: Run) -> None:
    said = run("--version")
    assert (said.exit_code, said.output) == (0, f"In Itinere {version('in-itinere')}\n")


def test_the_help_is_italian_and_ends_well(run: Run) -> None:
    shown = run("revise", "--help")
    assert shown.exit_code == 0
    assert "Mostra queste istruzioni." in shown.stdout
    assert "Rimodula un target" in shown.stdout


def test_an_argument_that_is_no_text_is_refused(run: Run) -> None:
    assert run("show", "\udcff").exit_code == 2


@pytest.mark.parametrize(
    ("name", "value"),
    [("ACTOR", "Mario Rossi"), ("CLOCK_TOLERANCE_SECONDS", "9" * 30), ("PORT", ""), ("MAX_WORKBOOK_ROWS", "9" * 30)],
)
def test_a_setting_that_cannot_be_is_refused(run: Run, monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"INITINERE_{name}", value)
    refused = run("plans")
    assert (refused.exit_code, f"INITINERE_{name}" in refused.stderr) == (1, True)


def test_a_setting_is_said_in_whichever_letters_and_once(office: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("INITINERE_LANGUAGE", raising=False)
    monkeypatch.setenv("initinere_language", "en")
    assert "Usage: initinere" in office("--help").output
    monkeypatch.setenv("INITINERE_LANGUAGE", "it")
    refused = office("plans")
    assert refused.exit_code == 1
    assert "è detta due volte, INITINERE_LANGUAGE e initinere_language" in " ".join(refused.stderr.split())


def test_a_question_to_a_database_that_is_not_there_makes_none(run: Run, tmp_path: Path) -> None:
    refused = run("show", PLAN)
    assert (refused.exit_code, "initinere import" in refused.stderr) == (1, True)
    assert run("plans", "--database", "altro.sqlite").exit_code == 1
    assert list(tmp_path.iterdir()) == []


def test_a_database_of_another_program_is_refused_and_untouched(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "altrui.sqlite"
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE cose (nome TEXT)")
    other.close()
    before = path.read_bytes()
    for command in (("plans",), ("show", PLAN), ("rebuild",), ("demo",)):
        refused = run(*command, "--database", path)
        assert (refused.exit_code, "Archivio non utilizzabile" in refused.stderr) == (1, True)
    assert path.read_bytes() == before


@pytest.mark.parametrize("content", [b"non sono un archivio" * 100, b"SQLite format 3\x00" + b"x" * 5000])
def test_a_file_that_is_no_database_is_refused_and_untouched(run: Run, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "testo.sqlite"
    path.write_bytes(content)
    refused = run("plans", "--database", path)
    assert (refused.exit_code, "Archivio non utilizzabile" in refused.stderr) == (1, True)
    assert path.read_bytes() == content


def test_a_folder_as_database_and_one_that_cannot_be_made_are_refused(run: Run, save: Save, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    for path in (tmp_path, tmp_path / "file" / "sotto.sqlite"):
        refused = run("import", save(document()), "--database", path)
        assert (refused.exit_code, "Archivio non utilizzabile" in refused.stderr) == (1, True)


@pytest.mark.parametrize(
    ("words", "where"),
    [
        (("plans", "--database", "a\0b"), "--database"),
        (("export", PLAN, "--output=nome\0nascosto"), "--output"),
        (("copy", "archivio.sqlite", "a\0b"), "A"),
        (("copy", "a\0b", "nuova.sqlite"), "DA"),
        (("revise", PLAN, "incasso", "--act", "atto\0"), "--act"),
    ],
)
def test_what_no_shell_could_pass_is_refused_with_its_place(run: Run, words: tuple[str, ...], where: str) -> None:
    refused = run(*words)
    assert (refused.exit_code, f"  - {where}: contiene il carattere NUL" in refused.stderr) == (2, True), refused.stderr
    assert list(Path().iterdir()) == []
