"""The library through its commands: a CSV there and back, a plan beside it, flags as they were known, its page."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from starlette.testclient import TestClient

from api.commands import library
from api.commands.handler import Caller
from api.formats.library_csv import library_csv, read_library_csv
from api.http.app import create_app
from api.imports.importing import Importing
from api.imports.reading import read_incoming
from api.operations.library import load_library_file
from api.operations.model import CommandContext
from api.operations.requests import LibraryToLoad
from api.settings import Settings
from api.workbook.safety import Limits
from domain.access.principal import Forbidden, Grant, Principal
from domain.documents.difference import Decisions
from domain.errors import Malformed, NoChange
from domain.library.commands import TakePolarities
from projections.flags import flags
from projections.library import library_file, plan_beside_library
from projections.undirected import undirected_indicators
from tests.support.harness import PLAN, ServiceHarness, document, point

CSV = """schema;codice;nome;formula;termini;polarità;colore
KPISTD;84;Percentuale di incasso;"=incassato / dovuto; * 100";incassato: riscosso | dovuto: diritto;crescente;blu
KPISTD;225;Tempo medio di pagamento;;;decrescente;
"""


def blind() -> dict[str, Any]:
    """The small plan with bare values and codes: nobody knows of two indicators whether more is better."""
    content = document()
    for row, text, code in zip(content["indicators"][:2], ("70%", "14%"), ("84", "225"), strict=True):
        row["targets"] = [{"year": 2022, "text": text}]
        row["codes"] = {"KPISTD": code}
    return content


def load(harness: ServiceHarness, text: str, **told: Any) -> Any:
    context = CommandContext(harness.service, "", harness.caller())
    return load_library_file(context, LibraryToLoad.model_validate({"csv": text} | told))


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> ServiceHarness:
    harness = ServiceHarness(tmp_path_factory.mktemp("biblioteca") / "harness.sqlite").on("2022-02-05")
    harness.load(**blind())
    load(harness.on("2022-06-01"), CSV, stated_on="2022-01-01")
    return harness


def test_what_is_wrong_with_a_table_is_told_with_its_line_and_column() -> None:
    wrong = 'schema;codice;nome;polarità\n;84;Incasso;su\nKPISTD;"8\n5";Incasso;crescente\nKPISTD;86;;a;b\n'
    with pytest.raises(Malformed) as refused:
        read_library_csv(wrong)
    places = [problem.where for problem in refused.value.problems]
    assert places == ["riga 2, colonna schema", "riga 2, colonna polarità", "riga 3, colonna codice", "riga 5"]
    with pytest.raises(Malformed, match="manca la colonna codice"):
        read_library_csv("schema;nome\nKPISTD;Incasso\n")


def test_a_table_comes_back_as_it_went_out_and_what_is_not_taken_is_told(loaded: ServiceHarness) -> None:
    out = loaded.ask(library_file, point("2022-12-31"))["entries"]
    assert [(entry["code"], entry["formula"], entry["terms"]) for entry in out] == [
        ("84", "=incassato / dovuto; * 100", ["incassato: riscosso", "dovuto: diritto"]),
        ("225", None, []),
    ]
    again = read_library_csv(library_csv(out).decode())
    assert [entry.model_dump(mode="json") for entry in again.entries] == out
    assert [notice.words for notice in read_library_csv(CSV).not_taken] == ["la colonna 'colore' non è presa"]
    with pytest.raises(NoChange):
        load(loaded, library_csv(out).decode())


def test_flags_see_the_library_as_it_was_known(loaded: ServiceHarness) -> None:
    def departing(*at: str) -> list[str]:
        found = loaded.ask(flags, PLAN, 2022, point(*at))["flags"]
        return [flag["id"] for flag in found if flag["rule"] == "departs_from_library"]

    assert departing("2022-12-31", "2022-05-01") == []
    assert departing("2022-12-31", "2022-07-01") == [
        "departs_from_library/incasso-KPISTD",
        "departs_from_library/cassetto-KPISTD",
    ]
    assert departing("2021-12-31") == []


def test_only_who_administers_the_installation_writes_it(loaded: ServiceHarness) -> None:
    of_one = Caller.of(Principal("acc-" + "a" * 16, (Grant("administrator", "cciaa-prova"),)))
    with pytest.raises(Forbidden):
        load_library_file(CommandContext(loaded.service, "", of_one), LibraryToLoad(csv=CSV))


def test_the_preview_of_a_plan_says_what_the_library_answers(loaded: ServiceHarness) -> None:
    other = blind() | {"plan": blind()["plan"] | {"id": "altro-2022-2024"}}
    incoming = read_incoming(orjson.dumps(other), Limits())
    shown = Importing(loaded.service).preview(incoming, Decisions(), loaded.caller())
    assert [(row.proposed, row.proposed_by) for row in shown.undetermined] == [
        ("up", "KPISTD 84"),
        ("down", "KPISTD 225"),
    ]


@pytest.fixture(scope="module")
def client(loaded: ServiceHarness, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    keys = str(tmp_path_factory.mktemp("chiavi") / "signing.key")
    app = create_app(Settings(database=loaded.store.location, keys=keys, sign_in="open"), loaded.store)
    with TestClient(app, base_url="http://127.0.0.1:8000") as client:
        yield client


def test_the_pages_show_an_entry_and_where_a_card_departs(client: TestClient) -> None:
    assert "Tempo medio di pagamento" in client.get("/biblioteca?testo=pagamento").text
    alone = client.get("/biblioteca?schema=KPISTD&codice=84").text
    assert "incassato: riscosso" in alone
    assert "Tempo medio" not in alone
    shown = client.get(f"/piani/{PLAN}/indicatori/incasso").text
    assert "/biblioteca?schema=KPISTD&amp;codice=84" in shown
    assert "La scheda se ne scosta" in shown


def test_polarities_are_taken_once_and_the_repeated_command_is_answered_again(tmp_path: Path) -> None:
    harness = ServiceHarness(tmp_path / "harness.sqlite").on("2022-02-05")
    harness.load(**blind())
    load(harness, CSV)
    foreseen = library.preview_taking(harness.service, PLAN, TakePolarities())
    assert [(row["indicator"], row["polarity"]) for row in foreseen["polarities"]] == [
        ("incasso", "up"),
        ("cassetto", "down"),
    ]
    taken = [
        library.take_polarities(harness.service, PLAN, TakePolarities(), harness.caller("presa-1")) for _ in range(2)
    ]
    assert [outcome.repeated for outcome in taken] == [False, True]
    assert [row["polarity"] for row in harness.plan()["indicators"][:2]] == ["up", "down"]
    assert harness.ask(undirected_indicators, PLAN, point("2022-12-31"))["indicators"] == []
    assert harness.ask(plan_beside_library, PLAN, point("2022-12-31"))["polarities"] == []
    with pytest.raises(NoChange):
        library.take_polarities(harness.service, PLAN, TakePolarities(), harness.caller())
