"""The page of what is due: by office how much and by when, each value with the last ones beside, and the form that takes it."""

from typing import NamedTuple

from starlette.responses import Response

from api.pages import addresses
from api.pages.addresses import page_address
from api.pages.frame import render
from api.pages.table_file import table_file, these_rows, wants_file
from api.pages.visit import PlanVisit
from domain.point import Point, today
from domain.rounds.collection import NOBODY
from projections.dues import DuesCounted, DuesInShort, DuesOfOffice, DueValue

OFFICE = "ufficio"
COLUMNS = ("indicatore", "periodo", "target", "ultimi valori", "da dare entro il", "in ritardo", "uffici")


class OfficeLine(NamedTuple):
    """What an office owes, and where it is listed."""

    row: DuesOfOffice
    address: str


class DueLine(NamedTuple):
    """A value that is due: where its indicator stands, under which objective, and the forms that take it; empty for none."""

    row: DueValue
    address: str
    under: str
    value_form: str
    status_form: str


class DuesBlock(NamedTuple):
    """What is due, as another page says it in short: `own` where it is of the visitor's offices alone."""

    own: bool
    total: DuesCounted
    offices: list[OfficeLine]
    address: str
    form: str


def dues_page(visit: PlanVisit) -> Response:
    """What is due of a plan; of one office, where the address names it."""
    listed = visit.reading.dues(visit.offices).in_full()
    lines = [OfficeLine(row, visit.here(ufficio=row["office"])) for row in listed["offices"]]
    names = [line.row["office"] for line in lines]
    wanted = visit.query.get(OFFICE, "")
    values = [row for row in listed["values"] if not wanted or wanted in (row["offices"] or [NOBODY])]
    objectives = visit.reading.document["objectives"]
    titles = {row["id"]: " ".join(filter(None, (row["code"], row["title"]))) for row in objectives}
    if wants_file(visit):
        return table_file(visit, f"dovuti-{visit.plan}", COLUMNS, map(_row, values))
    return render(
        "dues.html",
        "Che cosa è dovuto",
        visit.frame(these_rows(visit, visit.data("/dues"), OFFICE)),
        visit.language,
        offices=lines,
        total=listed["total"],
        wanted=wanted if wanted in names else "",
        unknown=wanted if wanted and wanted not in names else "",
        all_address=visit.here(ufficio=""),
        nobody=NOBODY,
        own=visit.offices is not None,
        lines=[_line(visit, row, titles) for row in values],
        plan_title=visit.reading.document["plan"]["title"],
        monitoring=visit.to(addresses.MONITORING),
    )


def dues_block(visit: PlanVisit) -> DuesBlock | None:
    """What is due today, in short; None for whoever reads no monitoring, and of any other day."""
    if not visit.may("list_rounds") or visit.point != Point(today(visit.now)):
        return None
    form = visit.to(addresses.WORK, command="record_measurement") if visit.may("record_measurement") else ""
    return dues_block_of(visit.reading.dues(visit.offices).in_short(), form, own=visit.offices is not None)


def dues_block_of(listed: DuesInShort, form: str = "", *, own: bool) -> DuesBlock:
    """What is due of a plan today, in short."""
    plan = listed["plan"]
    lines = [
        OfficeLine(row, page_address(addresses.DUES, {OFFICE: row["office"]}, plan=plan)) for row in listed["offices"]
    ]
    return DuesBlock(own, listed["total"], lines, page_address(addresses.DUES, plan=plan), form)


def _row(row: DueValue) -> tuple[object, ...]:
    last = "; ".join(f"{past['observed']} ({past['period']})" for past in row["last"])
    return (
        row["name"],
        row["period"],
        ", ".join(row["targets"]),
        last,
        row["due_by"] or "",
        row["late"],
        ", ".join(row["offices"]),
    )


def _line(visit: PlanVisit, row: DueValue, titles: dict[str, str]) -> DueLine:
    now = visit.is_now
    office = row["offices"][0] if len(row["offices"]) == 1 else ""
    asked = {
        "object": row["indicator"],
        "period": row["period"],
        "data_as_at": min(row["as_at"], today(visit.now).isoformat()),
        "finality": "provisional" if "-" in row["period"] else "final",
        "office": office,
    }
    return DueLine(
        row=row,
        address=visit.to(addresses.INDICATOR, indicator=row["indicator"]),
        under=", ".join(titles[objective] for objective in row["objectives"] if objective in titles),
        value_form=visit.to(addresses.WORK, asked, command="record_measurement")
        if now and visit.may("record_measurement")
        else "",
        status_form=visit.to(addresses.WORK, {"id": f"indicator/{row['indicator']}"}, command="report_status")
        if now and row["wants_status"] and visit.may("report_status")
        else "",
    )
