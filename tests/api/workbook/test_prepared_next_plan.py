"""The next plan, prepared from the one before: nothing is recorded until it is loaded; loaded, it goes on where that ended."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from api.imports.importing import Importing
from api.imports.reading import read_incoming
from api.workbook.export import exported, prepared_next_plan
from api.workbook.formats import sheets_in
from api.workbook.safety import Limits
from domain.documents.difference import Decisions
from domain.documents.next_plan import NextYears
from domain.documents.plan import PlanDocument
from domain.errors import AlreadyThere, Malformed, NotFound
from projections.plan_in_force import plan_in_force
from projections.store.reader import Reader
from projections.successive_plans import predecessor_differences
from tests.support.harness import PLAN, ServiceHarness, point

PLANS = sorted((Path(__file__).parents[3] / "examples" / "plans").glob("*.json"))
FORMATS = ("json", "xlsx", "csv")
NEXT = "prova-2023-2025"
YEARS = NextYears(2023, 2025)
DECISIONS: dict[str, Any] = {"act": "delibera di Giunta n. 2 del 31/01/2025"}
PREPARED_ON, LOADED_ON = "2025-01-10", "2025-02-03"


def prepare(
    harness: ServiceHarness, form: str, years: NextYears = YEARS, plan: str = PLAN, as_of: str = PREPARED_ON
) -> bytes:
    return bytes(harness.ask(prepared_next_plan, plan, point(as_of), years, form))


def load(harness: ServiceHarness, content: bytes, **decided: Any) -> Any:
    """Loads a file on the day after the act."""
    harness.on(LOADED_ON)
    decisions = Decisions.model_validate(DECISIONS | decided)
    return Importing(harness.service).confirm(read_incoming(content, Limits()), decisions, harness.caller())


def cells(content: bytes, sheet: str) -> list[list[str]]:
    """The texts of a sheet, row by row."""
    (page,) = [candidate for candidate in sheets_in(content, Limits()) if candidate.name == sheet]
    return [[str(cell) for _, cell in sorted(page.rows[row].items())] for row in sorted(page.rows)]


@pytest.fixture
def measured(harness: ServiceHarness) -> ServiceHarness:
    """The harness, with a whole year and a half of another on record, a status and a closed year."""
    harness.on("2023-01-20").measure(series=f"{PLAN}.incasso", period="2022", text="67,46%", data_as_at="2022-12-31")
    harness.on("2023-07-20").measure(series=f"{PLAN}.incasso", period="2023-H1", text="35%", data_as_at="2023-06-30")
    harness.on("2023-07-21").report(subject="indicator", id="incasso", status="in_line", reported_on="2023-06-30")
    return harness


@pytest.fixture(params=PLANS, ids=[path.stem for path in PLANS])
def real(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[ServiceHarness, PlanDocument]]:
    """A harness with one of the five plans."""
    document = PlanDocument.model_validate(json.loads(request.param.read_bytes()))
    harness = ServiceHarness(tmp_path / "archivio.sqlite").on("2022-03-05")
    harness.service.load_plan(document, harness.caller())
    yield harness, document
    harness.store.close()


@pytest.mark.parametrize("form", FORMATS)
def test_a_real_plan_goes_on_whole_and_its_past_stays_as_it_was(
    real: tuple[ServiceHarness, PlanDocument], form: str
) -> None:
    harness, document = real
    old = document.plan
    past: Callable[[], bytes] = lambda: harness.ask(exported, old.id, point(PREPARED_ON), "json")  # noqa: E731
    before = past()
    content = prepare(harness.on(PREPARED_ON), form, NextYears(old.first_year + 1, old.last_year + 1), old.id)
    shown = Importing(harness.service).preview(read_incoming(content, Limits()), Decisions(), harness.caller())
    assert (shown.kind, shown.questions, shown.refused) == ("next_plan", (), None)
    assert shown.changes == {"continues": len(document.indicators)}
    outcome = load(harness, content)
    assert past() == before
    compared = harness.ask(predecessor_differences, outcome.plan, point(LOADED_ON))["differences"]
    assert (compared["predecessor"], compared["stated"]) == (old.id, True)
    counts = compared["counts"]
    assert {way for way, number in counts["targets"].items() if number} == {"neutral"}
    assert counts["targets"]["neutral"] == len(
        [target for row in document.indicators for target in row.targets if target.year > old.first_year]
    )
    indicators = counts["indicators"]
    assert (indicators["continues"], indicators["dropped"], indicators["added"]) == (len(document.indicators), 0, 0)
    assert (indicators["redefined"], indicators["reweighted"], indicators["cut"]) == (0, 0, 0)
    assert counts["objectives"] == {"dropped": 0, "added": 0, "changed": 0}


def test_nothing_is_recorded_until_it_is_loaded(measured: ServiceHarness) -> None:
    def heads(reader: Reader) -> dict[str, int]:
        streams = [stream for prefix in ("plan/", "administration/") for stream in reader.streams(prefix)]
        return {stream: reader.head(stream).version for stream in streams}

    before = measured.ask(heads)
    for form in FORMATS:
        prepare(measured, form)
    assert measured.ask(heads) == before
    with measured.store.reading() as reader, pytest.raises(NotFound):
        plan_in_force(reader, NEXT, point(PREPARED_ON))


def test_the_document_has_the_last_figures_beside_and_nothing_of_the_past(measured: ServiceHarness) -> None:
    document = orjson.loads(prepare(measured, "json"))
    assert set(document) == {"administration", "plan", "objectives", "indicators"}
    incasso, cassetto, _ = document["indicators"]
    assert (incasso["series"], incasso["baseline"]) == (f"{PLAN}.incasso", "67,46%")
    assert incasso["last_measured"] == {"text": "35%", "period": "2023-H1", "data_as_at": "2023-06-30"}
    assert "last_measured" not in cassetto
    earlier = orjson.loads(prepare(measured, "json", as_of="2023-06-01"))["indicators"][0]
    assert earlier["last_measured"] == {"text": "67,46%", "period": "2022", "data_as_at": "2022-12-31"}


def test_the_workbook_has_them_beside_the_targets_and_they_are_not_imported(measured: ServiceHarness) -> None:
    content = prepare(measured, "xlsx")
    heading, first, *_ = cells(content, "Target")
    assert heading == ["Indicatore", "Nome dell'indicatore", "Ordine", "Ultimo valore", "Periodo dell'ultimo valore",
                       "2023", "2024", "2025"]  # fmt: skip
    assert first == ["incasso", "Percentuale di incasso", "35%", "primo semestre 2023", ">= 71%"]
    uploaded = read_incoming(content, Limits()).uploaded
    assert not uploaded.remarks
    assert not uploaded.measurements
    load(measured, content)
    loaded = measured.ask(plan_in_force, NEXT, point(LOADED_ON))
    assert loaded["plan"]["predecessor"] == PLAN
    assert [row["period"] for row in loaded["measurements"]] == ["2022", "2023-H1"]
    assert loaded["statuses"] == []
    assert loaded["indicators"][0]["baseline"] == "67,46%"


def test_an_export_has_no_such_column(measured: ServiceHarness) -> None:
    content = measured.ask(exported, PLAN, point(PREPARED_ON), "xlsx")
    assert "Ultimo valore" not in cells(content, "Target")[0]


def test_what_was_filled_in_is_what_is_loaded_and_the_series_goes_on(measured: ServiceHarness) -> None:
    document = orjson.loads(prepare(measured, "json"))
    document["indicators"][0]["targets"] = [{"year": 2023, "text": ">= 60%"}, {"year": 2025, "text": ">= 75%"}]
    load(measured, orjson.dumps(document))
    measured.on("2026-01-20").measure(series=f"{PLAN}.incasso", period="2025", text="70%", data_as_at="2025-12-31")
    loaded = measured.ask(plan_in_force, NEXT, point("2026-02-01"))
    assert [row["period"] for row in loaded["measurements"]] == ["2022", "2023-H1", "2025"]
    compared = measured.ask(predecessor_differences, NEXT, point("2026-02-01"))["differences"]
    assert compared["counts"]["targets"] == {"easier": 1, "harder": 0, "neutral": 1, "undetermined": 0}
    assert [(row["field"], row["after"]) for row in compared["series"][0]["redefined"]] == [
        ("baseline", "67,46%"),
        ("baseline_on", "2022-12-31"),
    ]
    assert (compared["counts"]["indicators"]["rebased"], compared["counts"]["indicators"]["redefined"]) == (1, 0)


def test_years_that_do_not_follow_and_an_id_that_is_taken_are_refused(harness: ServiceHarness) -> None:
    with pytest.raises(Malformed):
        prepare(harness, "json", NextYears(2022, 2024))
    with pytest.raises(AlreadyThere):
        prepare(harness, "json", NextYears(2023, 2025, None, PLAN))
    with pytest.raises(NotFound):
        prepare(harness, "json", plan="non-ce")


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("parts", [("objectives", "indicators"), ("indicators",)])
def test_a_plan_that_lacks_objectives_or_indicators_is_prepared_too(
    harness: ServiceHarness, form: str, parts: tuple[str, ...]
) -> None:
    bare = {"id": "vuoto-2022-2024", "title": "Piano vuoto", "first_year": 2022, "last_year": 2024}
    lacking: dict[str, Any] = {part: [] for part in parts}
    harness.load(plan=bare, **lacking)
    content = prepare(harness, form, plan="vuoto-2022-2024")
    if form == "json":
        assert not set(parts) & set(json.loads(content))
    else:
        assert len(cells(content, "Obiettivi")) == (1 if "objectives" in parts else 4)
        assert len(cells(content, "Indicatori")) == 1
