"""What has a day by which it is due: the kinds there are, who is reminded of each, and the days that the law says.

To add a kind: its name in `DeadlineKind`, its row in `KINDS`, a function in `SOURCES` of `projections/deadlines.py`, and
its words in `api/pages/deadline_words.py`.
"""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Literal, NamedTuple

from domain.access.roles import Permission, Role

DeadlineKind = Literal["plan", "report", "round", "values", "action", "request", "opinion"]


class KindRule(NamedTuple):
    """Of a kind: what whoever is told of it must be allowed to do, and the roles that are reminded of it."""

    permission: Permission
    roles: frozenset[Role]


KINDS: Mapping[DeadlineKind, KindRule] = MappingProxyType(
    {
        "plan": KindRule("read_plan", frozenset({"planner", "approver"})),
        "report": KindRule("read_plan", frozenset({"planner", "validator", "approver", "oiv"})),
        "round": KindRule("read_monitoring", frozenset({"planner", "validator", "responsible"})),
        "values": KindRule("read_monitoring", frozenset({"planner", "responsible"})),
        "action": KindRule("read_monitoring", frozenset({"planner", "validator", "responsible"})),
        "request": KindRule("read_monitoring", frozenset({"planner"})),
        "opinion": KindRule("read_proposals", frozenset({"planner", "oiv"})),
    }
)
"""What there is: the plan, its report, rounds, values by office, corrective actions, requests of the OIV, opinions asked of it.

Values and actions are told to a responsible where they are of its offices.
"""


class LegalDates(NamedTuple):
    """The days, as month and day, by which the plan of a year and, in the year after, the report on it are due.

    D.lgs. 150/2009, article 10, paragraph 1: 31 January (letter a), 30 June (letter b). An installation may say others.
    """

    plan: tuple[int, int] = (1, 31)
    report: tuple[int, int] = (6, 30)

    def plan_on(self, year: int) -> date:
        """The day of the plan."""
        return date(year, *self.plan)

    def report_on(self, year: int) -> date:
        """The day of the report on a year."""
        return date(year + 1, *self.report)


STATUTORY = LegalDates()
"""The days of the law."""


class DueDay(NamedTuple):
    """Something that is due on a day; `key` is the same whenever it is asked for, within its plan.

    `year`, `as_at` (of which day the data are), `office`, `subject` (an action, a request, a proposal) are what the kind needs;
    `values` is how many have not come. `done_on` is the day on which it was settled, None while it is open; what is
    settled without a day of its own is `done`.
    """

    kind: DeadlineKind
    key: str
    on: date
    done: bool = False
    done_on: date | None = None
    year: int | None = None
    as_at: date | None = None
    office: str | None = None
    subject: str | None = None
    values: int = 0

    def is_late(self, today: date) -> bool:
        """Whether its day has passed, and it is open."""
        return not self.done and self.on < today
