"""The page of monitoring: the rounds with what came and what is owed, what does not hold together, the acts of the OIV."""

from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import quote

from starlette.responses import Response

from api.language.labels import REDACTED
from api.language.translation import translated
from api.pages import addresses
from api.pages.addresses import page_address
from api.pages.deviations import actions_shown, deviations_shown
from api.pages.frame import render
from api.pages.table_file import table_file, these_rows, wants_file
from api.pages.visit import PlanVisit
from domain.errors import NotFound
from domain.measurements.events import STATUS_WORDS
from domain.point import today
from domain.rounds.collection import NOBODY
from projections.access.accounts import actors_of
from projections.collection_sheets import collection_sheets
from projections.contradictions import ContradictionRow, contradictions
from projections.reviews import ReviewRow, reviews
from projections.rounds import RoundRow, RoundStatus, round_status, rounds
from projections.streams import review_stream

COLUMNS = ("ufficio", "indicatore", "target", "osservato", "periodo", "stato", "avanzamento", "nota")
ANSWERED_BY_OFFICE = frozenset({"remark-made", "request-made"})


class RoundShown(NamedTuple):
    """A round of the list; `overdue` where it is open and its day has passed."""

    row: RoundRow
    status: RoundStatus
    address: str
    close: str
    overdue: bool


class SheetsShown(NamedTuple):
    """Where the sheets of collection of a round are had: all in a ZIP, and each by the name of its office."""

    all: str
    offices: dict[str, str]


class ReviewShown(NamedTuple):
    """An act of the OIV, or an answer: who recorded it, where that may be read, and the form that answers it."""

    row: ReviewRow
    words: str
    who: str
    answer: str


def monitoring_page(visit: PlanVisit) -> Response:
    """The rounds of a plan, one of them whole, and what the OIV said."""
    reading, plan, point = visit.reading, visit.plan, visit.point
    rows = rounds(reading.reader, plan, point)["rounds"]
    shown = [_round(visit, row) for row in reversed(rows)]
    wanted = visit.query.get("monitoraggio", "")
    whole = next((one for one in shown if one.row["id"] == wanted), shown[0] if shown else None)
    document = reading.document
    if wants_file(visit):
        return table_file(visit, f"monitoraggio-{plan}", COLUMNS, _asked(whole.status) if whole else (), ("stato",))
    return render(
        "monitoring.html",
        "Monitoraggio",
        visit.frame(
            these_rows(visit) | (visit.papers(f"rounds/{quote(whole.row['id'], safe='')}") if whole else {}),
            streams=[review_stream(visit.plan)],
        ),
        visit.language,
        rounds=shown,
        whole=whole,
        offices=whole.status["offices"] if whole else [],
        contradictions=_contradictions(visit, whole),
        statuses=STATUS_WORDS,
        indicator_address=visit.to(addresses.INDICATOR, indicator="INDICATOR"),
        dues_address=visit.to(addresses.DUES),
        watch_address=visit.to(addresses.WATCH),
        deadlines_address=visit.to(addresses.DEADLINES),
        deviations_address=visit.to(addresses.DEVIATIONS, {"anno": whole.row["as_at"][:4]} if whole else {}),
        deviations=list(deviations_shown(visit, whole.status["deviations"])) if whole else [],
        followed=actions_shown(visit, whole.status["actions"]) if whole else [],
        sheets=_sheets(visit, whole),
        returned_address=visit.to(addresses.SHEETS) if rows and visit.is_now and visit.may("collect_round") else "",
        open_address=visit.form("open_round"),
        values_address=visit.form("record_measurement"),
        status_address=visit.form("report_status"),
        reviews=_reviews(visit),
        reviews_data=visit.data("/reviews"),
        acts={
            title: address
            for title, name in (
                ("Fai una richiesta", "make_request"),
                ("Fai un rilievo", "make_remark"),
                ("Dai un parere", "give_opinion"),
                ("Valida la relazione", "validate_report"),
                ("Estrai un campione", "draw_sample"),
            )
            if (address := visit.form(name))
        },
        plan_title=document["plan"]["title"],
        nobody=NOBODY,
    )


def _asked(status: RoundStatus) -> Iterator[tuple[str, ...]]:
    """What a round asks for, office by office, with what came."""
    for office in status["offices"]:
        for item in office["items"]:
            said = STATUS_WORDS.get(item["status"], "") if item["status"] else ""
            values = item["observed"] or "", item["period"] or "", said, item["progress"] or "", item["note"] or ""
            yield office["office"], item["name"] or item["indicator"], ", ".join(item["targets"]), *values


def _round(visit: PlanVisit, row: RoundRow) -> RoundShown:
    status = round_status(visit.reading.reader, visit.plan, row["id"], visit.point)
    is_open = row["status"] == "open"
    due_by = row["due_by"]
    return RoundShown(
        row=row,
        status=status,
        address=visit.here(monitoraggio=row["id"]),
        close=visit.form("close_round", round=row["id"]) if is_open else "",
        overdue=is_open and due_by is not None and due_by < today(visit.seen_at).isoformat(),
    )


def _sheets(visit: PlanVisit, whole: RoundShown | None) -> SheetsShown | None:
    """Where the sheets of a round are had, by whoever may, of the visitor's own offices; None where none is awaited."""
    if whole is None or whole.row["status"] != "open" or not (visit.is_now and visit.may("export_round")):
        return None
    try:
        sheets = collection_sheets(visit.reading.reader, visit.plan, whole.row["id"], visit.point, own=visit.offices)
    except NotFound:
        return None
    path = "/v1/plans/{plan}/rounds/{round}/export"
    where = {"plan": visit.plan, "round": whole.row["id"]}
    return SheetsShown(
        all=page_address(path, {}, **where),
        offices={sheet.office: page_address(path, {"office": sheet.office}, **where) for sheet in sheets},
    )


def _contradictions(visit: PlanVisit, whole: RoundShown | None) -> list[ContradictionRow]:
    if whole is None:
        return []
    listed = contradictions(visit.reading.reader, visit.plan, visit.point, name=whole.row["id"])
    return listed["contradictions"]


def _reviews(visit: PlanVisit) -> list[ReviewShown]:
    listed = reviews(visit.reading.reader, visit.plan, visit.point)
    names: dict[str, str] = {}
    if visit.may("list_actors"):
        actors = actors_of(visit.reading.reader, visit.reading.known.administration)["actors"]
        names = {
            actor["account"]: actor["name"] or translated("persona cancellata", visit.language) for actor in actors
        }
    shown: list[ReviewShown] = []
    for row in reversed(listed["events"]):
        name = str(row["body"].get("remark") or row["body"].get("request") or "")
        awaits = row["event"] in ANSWERED_BY_OFFICE and name in listed["open"]
        shown.append(
            ReviewShown(
                row=row,
                words=row["words"] or (translated(REDACTED, visit.language) if row["redaction"] else ""),
                who=names.get(row["actor"] or "", row["actor"] or "") if visit.may("list_actors") else "",
                answer=visit.form("give_answer", to=name) if awaits else "",
            )
        )
    return shown
