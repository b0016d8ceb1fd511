"""The page of everything of a plan that has a date: what has passed, what comes, what was done; each with where it is worked on."""

from typing import NamedTuple

from starlette.responses import Response

from api.pages import addresses
from api.pages.deadline_words import deadline_address, deadlines_seen, worded_deadline
from api.pages.frame import render
from api.pages.table_file import table_file, these_rows, wants_file
from api.pages.templating import long_day
from api.pages.visit import PlanVisit
from domain.deadlines.model import DueDay

COLUMNS = ("entro il", "che cosa", "di che cosa si tratta", "stato")
LATE, COMING, DONE = "passata", "aperta", "chiusa"


class DeadlineLine(NamedTuple):
    """Something that is due: by when, what, where it is worked on, and how it stands."""

    day: str
    summary: str
    detail: str
    address: str
    standing: str


def deadlines_page(visit: PlanVisit) -> Response:
    """The one list, in the order of days, of what whoever asks may read."""
    lines = [_line(visit, deadline) for deadline in deadlines_seen(visit)]
    if wants_file(visit):
        rows = [(line.day, line.summary, line.detail, visit.worded(line.standing)) for line in lines]
        return table_file(visit, f"scadenze-{visit.plan}", COLUMNS, rows, ("stato",))
    return render(
        "deadlines.html",
        "Che cosa scade",
        visit.frame(these_rows(visit, visit.data("/deadlines"))),
        visit.language,
        groups={
            "Scadenze passate": [line for line in lines if line.standing == LATE],
            "Scadenze che vengono": [line for line in lines if line.standing == COMING],
            "Chiuse": [line for line in lines if line.standing == DONE],
        },
        calendar=visit.to(addresses.CALENDAR),
        feed=visit.to(addresses.DEADLINES_FEED),
        plan_title=visit.reading.document["plan"]["title"],
        monitoring=visit.to(addresses.MONITORING) if visit.may("list_rounds") else "",
    )


def _line(visit: PlanVisit, deadline: DueDay) -> DeadlineLine:
    words = worded_deadline(deadline, visit.reading.document["plan"]["title"], visit.language)
    return DeadlineLine(
        long_day(deadline.on, visit.language),
        words.summary,
        words.detail,
        deadline_address(deadline, visit.plan),
        DONE if deadline.done else LATE if deadline.is_late(visit.point.as_of) else COMING,
    )
