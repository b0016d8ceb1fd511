"""Where something hangs in the tree of a plan: the objectives above it, each with the way to its page."""

from typing import NamedTuple

from api.pages import addresses
from api.pages.visit import PlanVisit


class Above(NamedTuple):
    """An objective on the way up."""

    code: str
    title: str
    address: str


def above(visit: PlanVisit, objective: str | None) -> list[Above]:
    """An objective and those above it, from the root down; none of what is not in force."""
    rows = {row["id"]: row for row in visit.reading.document["objectives"]}
    path: list[Above] = []
    passed: set[str] = set()
    while objective in rows and objective not in passed:
        row = rows[objective]
        passed.add(objective)
        address = visit.to(addresses.OBJECTIVE, objective=objective)
        path.append(Above(row["code"] or "", row["title"] or row["code"] or objective, address))
        objective = row["parent"]
    return path[::-1]
