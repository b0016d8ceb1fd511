"""The page of who set each value: for every field of the plan in force, the event that it comes from."""

from starlette.responses import Response

from api.pages import addresses
from api.pages.field_lines import FieldLine, field_lines, field_words
from api.pages.frame import render
from api.pages.recorded_event import object_title
from api.pages.table_file import table_file, these_rows, wants_file
from api.pages.visit import PlanVisit
from projections.blame import BlameRow, blame

ON_A_PAGE = 200
COLUMNS = (
    "obiettivo o indicatore",
    "campo",
    "valore",
    "in vigore dal",
    "atto",
    "causa",
    "registrato il",
    "da",
    "evento",
)


def fields_page(visit: PlanVisit) -> Response:
    """The values in force from the point of the visit, of one object where the address names it."""
    object_ = visit.query.get("oggetto") or None
    words = visit.query.get("testo", "").casefold().split()
    rows = [
        row
        for row in blame(visit.reading.reader, visit.plan, visit.point, object_)["fields"]
        if _says(visit, row, words)
    ]
    if wants_file(visit):
        return table_file(visit, f"valori-{visit.plan}", COLUMNS, map(_row, field_lines(visit, rows)), ("causa",))
    said = visit.query.get("da", "")
    offset = int(said) if said.isdecimal() and len(said) < 8 else 0
    page = rows[offset : offset + ON_A_PAGE]
    return render(
        "fields.html",
        "Chi ha fissato ogni valore",
        visit.frame(these_rows(visit, visit.data("/blame", {"object": object_ or ""}), "testo")),
        visit.language,
        scripts=("pages.js",),
        lines=field_lines(visit, page),
        total=len(rows),
        first=offset + 1,
        last=offset + len(page),
        before=visit.here(da=str(offset - ON_A_PAGE) if offset > ON_A_PAGE else "") if offset else "",
        after=visit.here(da=str(offset + ON_A_PAGE)) if offset + ON_A_PAGE < len(rows) else "",
        text=visit.query.get("testo", ""),
        about=object_title(visit, rows[0]["object"]) if object_ and rows else "",
        kept={name: value for name, value in visit.kept.items() if name not in {"testo", "da"}},
        action=visit.path.format(plan=visit.plan),
        clear=visit.to(addresses.FIELDS),
        trail_address=visit.to(addresses.AUDIT),
    )


def _says(visit: PlanVisit, row: BlameRow, words: list[str]) -> bool:
    text = f"{object_title(visit, row['object'])} {field_words(row['object'], row['field'], visit.language)}".casefold()
    return all(word in text for word in words)


def _row(line: FieldLine) -> tuple[object, ...]:
    return (
        line.what, line.field, line.value, line.since, line.act, line.cause, line.recorded_at, line.who, line.version,
    )  # fmt: skip
