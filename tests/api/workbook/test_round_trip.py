"""What goes out comes in again and changes nothing: the five plans, every format, both dates, any document at all."""

import io
from collections import Counter
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import openpyxl
import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from api.commands.handler import Caller
from api.imports.importing import Importing
from api.imports.reading import read_incoming
from api.workbook.export import exported
from api.workbook.formats import read_bytes
from api.workbook.safety import Limits
from api.workbook.write import write_csv, write_xlsx
from domain.documents.difference import Decisions
from domain.documents.new_plan import new_plan
from domain.documents.plan import PlanDocument
from domain.documents.warnings import plan_warnings
from domain.point import Point
from projections.plan_in_force import plan_in_force
from tests.api.workbook.books import EXAMPLES, as_ods, edited
from tests.support.harness import ServiceHarness

NAMES = sorted(path.stem for path in (EXAMPLES / "plans").glob("*.json"))
DATES = ("2022-03-01", "2022-12-31", "2023-06-01", "2024-03-01")


@pytest.mark.parametrize("format_", ["xlsx", "csv", "ods", "json"])
@pytest.mark.parametrize("as_of", DATES)
@pytest.mark.parametrize("plan", NAMES)
def test_what_was_exported_changes_nothing_when_it_comes_back(
    examples: tuple[ServiceHarness, list[str]], plan: str, as_of: str, format_: str
) -> None:
    harness, _ = examples
    with harness.store.reading() as reader:
        content = exported(reader, plan, Point(date.fromisoformat(as_of)), "csv" if format_ == "ods" else format_)
    incoming = read_incoming(as_ods(content) if format_ == "ods" else content, Limits())
    shown = Importing(harness.service).preview(incoming, Decisions(), harness.caller())
    assert shown.changes_nothing, shown.items[:3]
    assert shown.compared_with is not None
    assert not shown.warnings or {notice.name for notice in shown.warnings} <= {
        "weights_not_100",
        "formula_missing",
        "easier_than_baseline",
    }


@pytest.mark.parametrize("plan", NAMES)
def test_a_workbook_that_forgot_where_it_comes_from_is_compared_with_the_plan_in_force(
    examples: tuple[ServiceHarness, list[str]], plan: str
) -> None:
    harness, _ = examples
    with harness.store.reading() as reader:
        document: Any = dict(plan_in_force(reader, plan, Point(date(2024, 3, 1))))
    for name in ("as_of", "version"):
        document.pop(name)
    shown = Importing(harness.service).preview(
        read_incoming(write_xlsx(document), Limits()), Decisions(), harness.caller()
    )
    assert shown.compared_with is None
    assert shown.changes_nothing, shown.items[:3]


@pytest.mark.parametrize("plan", NAMES)
def test_a_workbook_makes_the_same_plan_in_an_empty_record(
    examples: tuple[ServiceHarness, list[str]], plan: str, tmp_path: Path
) -> None:
    harness, _ = examples
    with harness.store.reading() as reader:
        document = plan_in_force(reader, plan, Point(date(2024, 3, 1)))
    other = ServiceHarness(tmp_path / "other.sqlite").on("2024-03-01")
    incoming = read_incoming(write_xlsx(document), Limits())
    Importing(other.service).confirm(incoming, Decisions(), Caller("prova"))
    with other.store.reading() as reader:
        made = plan_in_force(reader, plan, Point(date(2024, 3, 1)))
    other.store.close()
    for part in ("objectives", "indicators", "measurements", "act"):
        assert made.get(part) == document.get(part), part


def test_two_independent_readers_see_texts_and_dates_and_never_a_formula(
    examples: tuple[ServiceHarness, list[str]],
) -> None:
    harness, names = examples
    for plan in names:
        with harness.store.reading() as reader:
            content = exported(reader, plan, Point(date(2024, 3, 1)), "xlsx")
        book = openpyxl.load_workbook(io.BytesIO(content))
        kinds = {cell.data_type for page in book for row in page.iter_rows() for cell in row if cell.value is not None}
        assert kinds <= {"s", "d"}
        ours = {
            sheet: CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_name(sheet)
            for sheet in book.sheetnames
        }
        assert ours["Obiettivi"].to_python()[1][0] == book["Obiettivi"]["A2"].value


# Any document.

texts = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1, max_size=40
).map(str.strip).filter(bool)  # fmt: skip
awkward = st.sampled_from(
    [
        "=1+1",
        "+39",
        "-5",
        "@casa",
        "'=x",
        "_x0041_",
        "a;b",
        "a\nb",
        "[x]",
        "{",
        "a\r\nb",
        "1.10",
        "sì",
        '"',
        "\x0bx",
        "0,5",
    ]
)
lines = st.one_of(texts, awkward)
ids = st.from_regex(r"[a-z][a-z0-9._-]{0,12}", fullmatch=True)
points = st.decimals(min_value=0, max_value=1000, places=2).map(str)


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    """A plan document, whatever an office may have written in it."""
    objective_ids = draw(st.lists(ids, min_size=1, max_size=4, unique=True))
    objectives = []
    for at, one in enumerate(objective_ids):
        row: dict[str, Any] = {"id": one, "level": draw(lines)}
        for name in ("code", "title", "condition", "period"):
            if draw(st.booleans()):
                row[name] = draw(lines)
        if at and draw(st.booleans()):
            row["parent"] = draw(st.sampled_from(objective_ids[:at]))
        if draw(st.booleans()):
            row["weight"] = draw(points)
        row["offices"] = draw(st.lists(lines, max_size=3))
        row["classifications"] = draw(st.dictionaries(lines, lines, max_size=2))
        objectives.append(row)
    nodes: list[dict[str, Any]] = []
    for tree, one in draw(st.lists(st.tuples(st.sampled_from(["mission", "area.b"]), ids), max_size=4, unique=True)):
        node: dict[str, Any] = {"tree": tree, "id": one}
        for name in ("code", "title"):
            if draw(st.booleans()):
                node[name] = draw(lines)
        of_tree: list[str] = [above["id"] for above in nodes if above["tree"] == tree]
        beneath = draw(st.booleans())
        if of_tree and beneath:
            node["parent"] = draw(st.sampled_from(of_tree))
        if draw(st.booleans()):
            node |= {"weight": draw(points), "order": draw(st.integers(1, 9))}
        nodes.append(node)
    indicators = []
    for one in draw(st.lists(ids, max_size=4, unique=True)):
        row = {"id": one, "series": f"s-{one}", "name": draw(lines)}
        for name in ("formula", "unit", "baseline", "source", "kind", "frequency", "owner", "code"):
            if draw(st.booleans()):
                row[name] = draw(lines)
        if draw(st.booleans()):
            row |= {
                "polarity": draw(st.sampled_from(["up", "down"])),
                "polarity_basis": draw(st.sampled_from(["stated", "inferred"])),
            }
        if draw(st.booleans()):
            row["codes"] = draw(st.dictionaries(lines, lines, min_size=1, max_size=2))
        served = draw(st.lists(st.sampled_from(objective_ids), min_size=1, max_size=3, unique=True))
        row["assignments"] = [
            {
                "objective": to,
                "weight": draw(st.none() | points),
                "feeds": draw(st.sampled_from(["objective", "individual", "both"])),
            }
            for to in served
        ]
        row["targets"] = [
            {
                "year": year,
                "ordinal": 1,
                "text": draw(st.one_of(lines, st.sampled_from([">= 70,5%", "entro il 31/7", "Sì", "15% 20%"]))),
            }
            for year in draw(st.lists(st.sampled_from([2022, 2023, 2024]), unique=True, max_size=3))
        ]
        indicators.append(row)
    measurements = [
        {
            "series": f"s-{row['id']}",
            "period": "2021",
            "data_as_at": "2021-12-31",
            "finality": "final",
            "value": draw(points),
        }
        for row in indicators
        if draw(st.booleans())
    ]
    return {
        "administration": {"id": "ente", "name": draw(lines), "offices": []},
        "plan": {
            "id": "ente-2022-2024",
            "title": draw(lines),
            "first_year": 2022,
            "last_year": 2024,
            "levels": draw(st.lists(lines, max_size=2)),
        },
        "retrospective": draw(st.booleans()),
        "objectives": objectives,
        "trees": nodes,
        "indicators": indicators,
        "measurements": measurements,
    }


def canonical(document: PlanDocument) -> dict[str, Any]:
    """A document as far as it says anything: where each indicator stands, without what is empty."""
    made = document.model_dump(mode="json", exclude_none=True)
    for row, held in zip(made["indicators"], document.indicators, strict=True):
        for name in ("objective", "weight", "feeds", "assignments"):
            row.pop(name, None)
        row["places"] = [place.model_dump(mode="json", exclude_none=True) for place in held.places()]
        row["targets"].sort(key=lambda one: (one["year"], one["ordinal"]))
    said: dict[str, Any] = _said(made)
    return said


def _said(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _said(one) for name, one in value.items() if one not in (None, "", [], {})}
    return [_said(one) for one in value] if isinstance(value, list) else value


@settings(max_examples=80, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(documents(), st.sampled_from(["xlsx", "csv"]))
def test_nothing_that_a_document_holds_is_lost(content: dict[str, Any], format_: str) -> None:
    document = PlanDocument.model_validate(content)
    plain = orjson.loads(document.model_dump_json())
    uploaded = read_bytes(write_xlsx(plain) if format_ == "xlsx" else write_csv(plain), Limits())
    answers: dict[str, str] = {}
    made = new_plan(uploaded, None, answers)
    while made.difference.open_questions:
        answers |= {one.id: "as_written" for one in made.difference.open_questions}
        made = new_plan(uploaded, None, answers)
    assert canonical(made.document) == canonical(document)


@settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(documents())
def test_any_plan_that_is_recorded_comes_back_from_its_workbook_unchanged(content: dict[str, Any]) -> None:
    with TemporaryDirectory() as folder:
        harness = ServiceHarness(Path(folder) / "harness.sqlite").on("2022-10-01")
        # Levels that it does not name would be asked about.
        unasked = {"act": "delibera di Giunta n. 1 del 31/01/2022", "plan": content["plan"] | {"levels": []}}
        harness.service.load_plan(PlanDocument.model_validate(content | unasked), harness.caller())
        with harness.store.reading() as reader:
            book = exported(reader, "ente-2022-2024", Point(date(2022, 10, 1)), "xlsx")
        shown = Importing(harness.service).preview(read_incoming(book, Limits()), Decisions(), harness.caller())
        harness.store.close()
    assert shown.changes_nothing, shown.items[:3]


@pytest.mark.parametrize("plan", NAMES)
def test_the_same_plan_has_the_same_warnings_loaded_exported_or_edited(plan: str, tmp_path: Path) -> None:
    harness = ServiceHarness(tmp_path / "harness.sqlite")
    document = PlanDocument.model_validate_json((EXAMPLES / "plans" / f"{plan}.json").read_bytes())
    outcome = harness.service.load_plan(document, harness.caller())
    loaded = [one for one in outcome.warnings if one.name not in {"unread_value", "ratio_differs"}]
    harness.on("2023-10-01")
    with harness.store.reading() as reader:
        shown = plan_in_force(reader, plan, Point(date(2023, 10, 1)))
    in_force = [warning.notice for warning in plan_warnings(PlanDocument.model_validate(shown))]
    assert Counter((one.name, one.words) for one in in_force) == Counter((one.name, one.words) for one in loaded)

    def edit(book: Any) -> None:
        book["Target"]["E2"].value = "così così"

    content = edited(write_xlsx(shown), edit)
    told = Importing(harness.service).preview(read_incoming(content, Limits()), Decisions(), harness.caller())
    assert told.changes in ({"target_revised": 1}, {"target_set": 1})
    assert [(one.where, one.name) for one in told.warnings] == [("Target!E2", "unread_target")]
    harness.store.close()
