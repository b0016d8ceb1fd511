"""Workbooks for the tests: those of the plans, edited cell by cell, and small ones made from nothing."""

import csv
import io
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
from odfdo import Cell, Document, Paragraph, Row, Table

from api.commands.service import Service
from api.imports.import_preview import FilePreview
from api.imports.importing import Importing
from api.imports.reading import read_incoming
from api.workbook.safety import Limits
from api.workbook.write import restored, write_xlsx
from domain.documents.changes import ChangeFile
from domain.documents.difference import Decisions
from domain.documents.plan import PlanDocument
from projections.plan_in_force import plan_in_force
from tests.support.harness import PLAN, ServiceHarness, point

EXAMPLES = Path(__file__).parents[3] / "examples"
GROUND = {
    "act": "delibera di Giunta n. 9 del 30/09/2022",
    "justification": "dati del monitoraggio",
    "cause": "new_data",
}


def load_examples(service: Service, caller: Any) -> list[str]:
    """Loads the five plans and the changes to them; answers their ids."""
    names = sorted(path.stem for path in (EXAMPLES / "plans").glob("*.json"))
    for name in names:
        service.load_plan(PlanDocument.model_validate_json((EXAMPLES / "plans" / f"{name}.json").read_bytes()), caller)
    for path in sorted((EXAMPLES / "changes").glob("*.json")):
        service.change(ChangeFile.model_validate_json(path.read_bytes()), caller)
    return names


def book(harness: ServiceHarness, as_of: str = "2022-09-01", plan: str = PLAN) -> bytes:
    """The workbook of a plan on a date."""
    with harness.store.reading() as reader:
        return write_xlsx(plan_in_force(reader, plan, point(as_of)))


def edited(content: bytes, edit: Callable[[Any], None]) -> bytes:
    """A workbook after somebody edited it with another program."""
    made = openpyxl.load_workbook(io.BytesIO(content))
    edit(made)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def sheets(**named: list[list[Any]]) -> bytes:
    """A workbook made from nothing."""
    made = openpyxl.Workbook()
    made.remove(made.active)
    for name, rows in named.items():
        page = made.create_sheet(name)
        for row in rows:
            page.append(row)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def parts(content: bytes, **changed: bytes | None) -> bytes:
    """The same ZIP with some parts replaced, added, or (None) left out; `__` in a name stands for a slash."""
    named = {name.replace("__", "/").replace("_dot_", "."): data for name, data in changed.items()}
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in named:
                new.writestr(name, old.read(name))
        for name, data in named.items():
            if data is not None:
                new.writestr(name, data)
    return out.getvalue()


def as_ods(content: bytes) -> bytes:
    """A ZIP of CSV as the same sheets in an ODS, each cell a text."""
    made = Document("spreadsheet")
    made.body.clear()
    with zipfile.ZipFile(io.BytesIO(content)) as pages:
        for name in pages.namelist():
            table = Table(name.removesuffix(".csv"))
            text = pages.read(name).decode("utf-8-sig")
            for values in csv.reader(io.StringIO(text, newline=""), delimiter=";"):
                row = Row()
                for value in values:
                    row.append_cell(_ods_cell(restored(value)))
                table.append_row(row)
            made.body.append(table)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def _ods_cell(text: str) -> Cell:
    cell = Cell()
    if text:
        cell.set_attribute("office:value-type", "string")
        for line in text.split("\n"):
            cell.append(Paragraph(line))
    return cell


def preview(harness: ServiceHarness, content: bytes, *, complete: tuple[str, ...] = (), **said: Any) -> FilePreview:
    """What a file would do."""
    incoming = read_incoming(content, Limits(), complete=complete)
    return Importing(harness.service).preview(incoming, Decisions.model_validate(GROUND | said), harness.caller())


def confirm(
    harness: ServiceHarness, content: bytes, *, complete: tuple[str, ...] = (), version: int | None = None, **said: Any
) -> Any:
    """Records what a file changes."""
    incoming = read_incoming(content, Limits(), complete=complete)
    return Importing(harness.service).confirm(
        incoming, Decisions.model_validate(GROUND | said), harness.caller(), version=version
    )


def types(shown: FilePreview) -> dict[str, int]:
    """How many differences of each type."""
    return shown.changes


def today_is(harness: ServiceHarness, day: str) -> date:
    """Sets the clock of the harness."""
    harness.on(day)
    return date.fromisoformat(day)
