"""Each field of each document with a value that it does not expect: taken, or refused with its place; never an error.

A few of the values in the quick run, all of them in the slow one.
"""

import csv
import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from api.imports import reading
from api.imports.importing import Importing
from api.imports.reading import Incoming, read_incoming
from api.workbook.export import exported
from api.workbook.safety import Limits
from domain.documents.difference import Decisions
from domain.errors import DomainError
from tests.api.http.client import Client
from tests.support.bombs import zipped
from tests.support.harness import PLAN, ServiceHarness, document, point
from tests.support.hostile import VALUES, places, renamed, replaced

ROOT = Path(__file__).parents[3]
QUICK = ("null", "half a character", "a huge number", "a list")
SETS = [
    pytest.param({name: VALUES[name] for name in QUICK}, id="a few"),
    pytest.param(VALUES, id="all", marks=[pytest.mark.slow, pytest.mark.timeout(1_200)]),
]


@pytest.fixture
def harness(tmp_path: Path) -> Iterator[ServiceHarness]:
    made = ServiceHarness(tmp_path / "harness.sqlite")
    made.load()
    yield made.on("2023-03-05")
    made.store.close()


def whole_plan() -> dict[str, Any]:
    """A plan document that says every field once."""
    plan = document()
    plan["administration"] |= {"ipa_code": "cciaa_x", "offices": [{"id": "u", "name": "Ufficio", "aliases": ["uff"]}]}
    plan["plan"] |= {
        "years": {"2022": {"approved_on": "2022-01-31", "act": "x", "closed_on": None}},
        "systems": {"2022": {"bare_value": "up"}},
        "drafted_on": None,
        "predecessor": None,
        "status": "approved",
        "levels": ["strategic", "operational"],
    }
    plan["acts"] = [{"id": "a", "type": "delibera", "number": "1", "date": "2022-01-01", "body": "Giunta"}]
    evidence = {"reference": "r", "sha256": "a" * 64}
    plan["measurements"] = [
        {
            "series": "incasso",
            "period": "2022",
            "text": "10%",
            "data_as_at": "2022-12-31",
            "office": "u",
            "note": "n",
            "finality": "final",
            "evidence": evidence,
        }
    ]
    plan["statuses"] = [
        {
            "subject": "indicator",
            "id": "incasso",
            "status": "in_line",
            "progress": "10",
            "reported_on": "2022-06-30",
            "note": "x",
        }
    ]
    return plan | {"as_of": None, "known_at": None, "version": None, "warnings": [], "retrospective": False}


@pytest.mark.parametrize("values", SETS)
def test_each_field_of_a_plan(harness: ServiceHarness, values: dict[str, Any]) -> None:
    plan = whole_plan()
    plan["plan"]["id"] = "nuovo-2022-2024"
    tried = refused = 0
    for place in places(plan):
        wrong = [replaced(plan, place, value) for value in values.values()]
        if isinstance(place[-1], str):
            wrong += [renamed(plan, place, value) for value in values.values() if isinstance(value, str)]
        for content in wrong:
            tried += 1
            try:
                incoming = read_incoming(json.dumps(content).encode(), Limits())
                Importing(harness.service).preview(incoming, Decisions(), harness.caller())
            except DomainError:
                refused += 1
    assert tried > refused > tried // 3


@pytest.mark.parametrize("values", SETS)
def test_each_field_of_each_request(tmp_path: Path, values: dict[str, Any]) -> None:
    """On the examples of the interface, in their order: each wrong one before the right one."""
    harness = ServiceHarness(tmp_path / "requests.sqlite").on("2025-03-05")
    client = Client(harness, requests_per_minute=10**9)
    examples = json.loads((ROOT / "api/http/examples.json").read_bytes())
    tried: set[tuple[str, str | None]] = set()
    statuses: set[int] = set()
    for example in examples:
        request = example["request"]
        body = request.get("body")
        if request["method"] != "POST" or not isinstance(body, dict):
            continue
        kind = (example["operation"], body.get("verb"))
        if kind not in tried and "/imports" not in request["path"]:
            tried.add(kind)
            less = {name: part[:1] if isinstance(part, list) else part for name, part in body.items()}
            for place in places(less):
                for name, value in values.items():
                    sent = json.dumps(replaced(less, place, value)).encode()
                    answer = client.send(request["path"], sent)
                    statuses.add(answer.status_code)
                    assert answer.status_code < 500, (kind, place, name, answer.text)
        client.send(request["path"], json.dumps(body).encode())
    assert len(tried) > 25
    assert {200, 409, 422} <= statuses
    harness.store.close()


@pytest.mark.parametrize("values", SETS)
def test_each_cell_of_a_workbook(harness: ServiceHarness, values: dict[str, Any]) -> None:
    with (
        harness.store.reading() as reader,
        zipfile.ZipFile(io.BytesIO(exported(reader, PLAN, point("2022-09-01"), "csv"))) as book,
    ):
        members = {name: book.read(name) for name in book.namelist()}
    texts = [v if isinstance(v, str) else json.dumps(v) for n, v in values.items() if n != "half a character"]
    refused = taken = 0
    for name, data in members.items():
        rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig")), delimiter=";"))
        if len(rows) == 1:
            rows.append([""] * len(rows[0]))
        head = name == "Piano.csv"
        cells = [(row, 1) for row in range(1, len(rows))] if head else [(1, column) for column in range(len(rows[1]))]
        for row, column in cells if not name.startswith("Modifiche") else ():
            for text in texts:
                wrong = [[*cells_of] for cells_of in rows]
                wrong[row][column] = text
                out = io.StringIO()
                csv.writer(out, delimiter=";").writerows(wrong)
                try:
                    _take(harness, zipped({**members, name: out.getvalue().encode()}, zipfile.ZIP_STORED))
                    taken += 1
                except DomainError:
                    refused += 1
    assert refused > 100
    assert taken > 100


def _take(harness: ServiceHarness, data: bytes) -> None:
    """Reads as the other process does, and looks at it as the plan that is there and as another."""
    uploaded = reading._UPLOADED.validate_json(reading.read_workbook_apart(data, Limits()._asdict()))
    incoming = Incoming(uploaded, "x" * 64)
    Importing(harness.service).preview(incoming, Decisions(), harness.caller())
    if uploaded.plan is not None:
        other = uploaded._replace(plan=uploaded.plan.model_copy(update={"id": "nuovo"}))
        Importing(harness.service).preview(Incoming(other, "y" * 64), Decisions(), harness.caller())
