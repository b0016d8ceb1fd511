"""The comparison of two points of a plan, side by side: what differs, in which direction, why and by which acts."""

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import NamedTuple

from starlette.responses import Response

from api.formats.json_reader import into
from api.language.labels import REDACTED
from api.language.translation import translated
from api.operations.dated import Dated
from api.operations.queries import Between
from api.pages import addresses
from api.pages.addresses import DATES, FROM, KNOWN_FROM, KNOWN_TO, TO
from api.pages.behind import ActBehind, Behind, PointSide
from api.pages.difference_rows import GroupShown, grouped
from api.pages.frame import render, spoken
from api.pages.plan_reading import PlanReading
from api.pages.table_file import FORMAT, table_file, these_rows, wants_file
from api.pages.time_bar import dates_with_acts
from api.pages.visit import PAPER_FORMATS, PlanVisit, where_from
from domain.errors import NotFound
from domain.plans.differences import DifferenceType
from domain.plans.events import PlanApproved, YearApproved
from domain.point import Point, today
from domain.timelines import Timelines
from domain.vocabulary import JsonValue
from projections.differences import Difference, differences
from projections.plans import status_at
from projections.store.envelope import write_instant

PARAMETERS = {FROM: "from", KNOWN_FROM: "known_from", TO: "to", KNOWN_TO: "known_to"}
"""What the address of the page says, and what the question is asked with."""

TYPES: Mapping[str, frozenset[DifferenceType]] = {
    "rimodulati": frozenset({"target_revised"}),
    "fissati": frozenset({"target_set"}),
    "aggiunti": frozenset({"added", "reinstated", "assigned"}),
    "ritirati": frozenset({"withdrawn", "unassigned", "target_withdrawn"}),
    "altro": frozenset(
        {
            "reworded",
            "moved",
            "reweighted",
            "fed",
            "reclassified",
            "redefined",
            "neutralised",
            "condition_met",
            "condition_failed",
            "plan_changed",
        }
    ),
}
DIFFERENCE_WORDS = {
    "": ("differenza", "differenze"),
    "rimodulati": ("target rimodulato", "target rimodulati"),
    "fissati": ("target fissato", "target fissati"),
    "aggiunti": ("aggiunto", "aggiunti"),
    "ritirati": ("ritirato", "ritirati"),
    "altro": ("altra modifica", "altre modifiche"),
    "ripristinati": ("modificato e ripristinato", "modificati e ripristinati"),
}
"""How many of each there are, one and several."""
RETURNED = "ripristinati"
"""What acts changed between the two points and changed back: it is no difference, and is told beside them."""

MANY = 20
"""How many additions stand with the rest; more of them stay behind their count."""

COLUMNS = (
    "obiettivo", "che cosa", "differenza", "anno o campo", "prima", "dopo", "verso", "atti", "motivazioni", "eventi",
)  # fmt: skip
WORDED = ("differenza", "anno o campo", "verso")


class CountShown(NamedTuple):
    """How many differences of some types there are, and the address that shows these alone."""

    value: str
    number: int
    one: str
    many: str
    address: str


class StartOffered(NamedTuple):
    """A date from which a comparison may begin."""

    on: date
    words: str
    approves: bool
    address: str


class PointChosen(NamedTuple):
    """One of the two points as the form shows it: `known` is a day, empty for now."""

    as_of: date
    known_day: str
    point: Point


def comparison_page(visit: PlanVisit) -> Response:
    """The differences between the two points of the address: from the approval of the year to today, unless it says.

    Where no act came after the approval, from the day before the last one.

    A point at which whoever looks may not read the plan is an empty plan; NotFound where it may at neither.
    """
    start, end = points_of(visit)
    sees = seen_by(visit)
    answer = differences(visit.reading.reader, visit.plan, start, end, sees)["differences"]
    counted = Counter(name for difference in answer for name, types in TYPES.items() if difference["type"] in types)
    chosen = visit.query.get("mostra", "")
    shown = _shown(answer, chosen if chosen in TYPES else "", counted["aggiunti"])
    behind = behind_points(visit, start, end)
    returned = behind.restored()
    counted[RETURNED] = len(returned)
    groups = grouped(visit, behind, [] if chosen == RETURNED else shown, returned if chosen in {"", RETURNED} else [])
    if wants_file(visit):
        return _as_csv(visit, groups, (start, end))
    ways = Counter(difference.get("direction") or "" for difference in answer if difference["type"] == "target_revised")
    kept = {name: value for name, value in visit.kept.items() if name not in {*PARAMETERS, *DATES, FORMAT}}
    lasting = lasting_address(visit, start, end, chosen)
    question = addresses.page_address("/v1/plans/{plan}/differences", _question(start, end), plan=visit.plan)
    paper = {**_question(start, end), **({"language": visit.language} if visit.language != "it" else {})}
    formats = {
        words: addresses.page_address("/v1/plans/{plan}/papers/comparison", {**paper, **said}, plan=visit.plan)
        for words, said in PAPER_FORMATS.items()
    }
    downloads = these_rows(visit, question, "mostra") | formats
    if not goes_back(visit, start, end):
        words = visit.worded("Word, con le revisioni")
        downloads[words] = addresses.page_address("/v1/plans/{plan}/papers/revisions", paper, plan=visit.plan)
    evidence = where_from(visit.reading, lasting, downloads, before=start)
    return render(
        "comparison.html",
        "Che cosa è cambiato",
        visit.frame(dated=False)._replace(evidence=evidence),
        visit.language,
        scripts=("pages.js",),
        start=_chosen(start),
        end=_chosen(end),
        downloads=downloads,
        action=addresses.page_address(addresses.COMPARISON, plan=visit.plan),
        kept=kept,
        starts=_starts(visit, start),
        counts=_counts(visit, answer, counted),
        chosen=chosen if chosen in {*TYPES, RETURNED} else "",
        easier=ways["easier"],
        harder=ways["harder"],
        left_out=len(answer) - len(shown) if not chosen else 0,
        additions=visit.here(mostra="aggiunti"),
        groups=groups,
        total=len(answer),
        in_draft=[
            point.as_of
            for point in (start, end)
            if sees(point) and status_at(visit.reading.reader, visit.plan, point) == "draft"
        ],
        lasting=lasting,
    )


def lasting_address(visit: PlanVisit, start: Point, end: Point, chosen: str = "") -> str:
    """The short address of both points; `chosen` are the differences that it shows."""
    begins, ends = ((point.as_of, point.known_at or visit.reading.last_recorded_at) for point in (start, end))
    return visit.origin + addresses.short_comparison(
        visit.plan, begins, ends, {"mostra": chosen, **spoken(visit.language)}
    )


def goes_back(visit: PlanVisit, start: Point, end: Point) -> bool:
    """Whether the second point is before the first, in either of the two times."""
    return end.as_of < start.as_of or (end.known_at or visit.now) < (start.known_at or visit.now)


def seen_by(visit: PlanVisit) -> Callable[[Point], bool]:
    """Whether whoever looks may read the plan at a point: where not, it is an empty plan."""
    return lambda point: visit.visitor.may_read(visit.plan, point)


def points_of(visit: PlanVisit) -> tuple[Point, Point]:
    """Those that the address says, and what follows from the plan where it does not."""
    approval = visit.reading.history.approvals.get(visit.year)
    drafted = visit.reading.document["plan"].get("drafted_on")
    begun = approval.on if approval else date.fromisoformat(drafted) if drafted else visit.point.as_of
    acts = [on for on, _ in dates_with_acts(visit.reading.history) if on <= visit.point.as_of]
    if len(acts) > 1 and acts[-1] <= begun:  # nothing came after the approval: what the last act changed
        begun = acts[-1] - timedelta(days=1)
    unsaid: dict[str, JsonValue] = {"from": begun.isoformat(), "to": visit.point.as_of.isoformat()}
    return into(Between, unsaid | _said(visit.query)).points(visit.now)


def two_points(query: Mapping[str, str]) -> tuple[Dated, Dated]:
    """The two points as an address says them; Malformed for what is no date.

    Where it does not say the first date, the plan does, as it is seen from the second point: that is said with it.
    """
    said = _said(query)
    between = into(Between, {"from": said.get("to", "2000-01-01"), **said})
    begins = between.from_ if said.keys() & {"from", "to"} else None
    return (
        Dated(as_of=begins, known_at=between.known_from),
        Dated(as_of=between.to, known_at=between.known_to),
    )


def _said(query: Mapping[str, str]) -> dict[str, JsonValue]:
    """What an address says of the two points, by the names of the question: its second point is also that of other pages."""
    said: dict[str, JsonValue] = {question: query[name] for name, question in PARAMETERS.items() if query.get(name)}
    as_of, known_at = (query.get(name, "") for name in DATES)
    if as_of:
        said.setdefault("to", as_of)
    if known_at:
        said = {"known_to": known_at, "known_from": known_at, **said}
    return said


def behind_points(visit: PlanVisit, start: Point, end: Point) -> Behind:
    """The events of the plan, as known at whichever of the points knows more."""
    sees = seen_by(visit)
    readings = {point: PlanReading(visit.reading.reader, visit.plan, point) for point in (start, end)}
    latest = max((start, end), key=lambda point: point.known_at or visit.now)
    if latest.known_at == visit.point.known_at:
        readings[latest] = visit.reading
    shared = readings[latest]

    def side(point: Point) -> PointSide:
        if not sees(point):
            return PointSide(point, Timelines(version=0))
        if point.known_at == latest.known_at:
            return PointSide(point, shared.history.timelines)
        try:
            return PointSide(point, readings[point].history.timelines)
        except NotFound:  # nothing was known of the plan then: it differs in everything
            return PointSide(point, Timelines(version=0))

    return Behind(visit, shared, side(start), side(end))


def _shown(answer: list[Difference], chosen: str, additions: int) -> list[Difference]:
    if chosen:
        return [difference for difference in answer if difference["type"] in TYPES[chosen]]
    if additions > MANY and additions < len(answer):
        return [difference for difference in answer if difference["type"] not in TYPES["aggiunti"]]
    return answer


def _counts(visit: PlanVisit, answer: list[Difference], counted: Mapping[str, int]) -> list[CountShown]:
    of_all = CountShown("", len(answer), *DIFFERENCE_WORDS[""], visit.here(mostra=""))
    return [
        of_all,
        *(
            CountShown(name, counted[name], *DIFFERENCE_WORDS[name], visit.here(mostra=name))
            for name in (*TYPES, RETURNED)
        ),
    ]


def _starts(visit: PlanVisit, start: Point) -> list[StartOffered]:
    """The dates with acts, from which what came after can be seen, and the day before the last of them."""
    dates = list(dates_with_acts(visit.reading.history))
    acts = visit.reading.acts
    starts = [
        StartOffered(
            on=on,
            words="; ".join(acts.get(act, act) for act in dict.fromkeys(r.act for r in records) if act is not None),
            approves=any(isinstance(record.event, PlanApproved | YearApproved) for record in records),
            address=visit.here(**{FROM: on.isoformat()}),
        )
        for on, records in dates
        if on != start.as_of
    ]
    if dates and (eve := dates[-1][0] - timedelta(days=1)) != start.as_of and len(dates) > 1:
        starts.append(
            StartOffered(
                eve,
                translated("il giorno prima dell'ultimo atto", visit.language),
                approves=False,
                address=visit.here(da=f"{eve}"),
            )
        )
    return starts


def _chosen(point: Point) -> PointChosen:
    return PointChosen(point.as_of, today(point.known_at).isoformat() if point.known_at else "", point)


def _question(start: Point, end: Point) -> dict[str, str]:
    asked = {"from": start.as_of.isoformat(), "to": end.as_of.isoformat()}
    for name, point in (("known_from", start), ("known_to", end)):
        if point.known_at is not None:
            asked[name] = write_instant(point.known_at)
    return asked


def _as_csv(visit: PlanVisit, groups: list[GroupShown], points: tuple[Point, Point]) -> Response:
    rows = [
        [
            f"{group.code} {group.title}".strip(),
            row.name,
            row.what,
            line.label,
            line.before,
            line.after,
            line.direction,
            " | ".join(dict.fromkeys(reason.act for reason in row.reasons if reason.act)),
            " | ".join(dict.fromkeys(filter(None, (_why(visit, reason) for reason in row.reasons)))),
            ", ".join(str(event.version) for reason in row.reasons for event in reason.events),
        ]
        for group in groups
        for row in group.rows
        for line in row.lines
    ]
    start, end = (point.as_of.isoformat() for point in points)
    return table_file(visit, f"{visit.plan}-{start}-{end}", COLUMNS, rows, WORDED, "Che cosa è cambiato")


def _why(visit: PlanVisit, reason: ActBehind) -> str:
    return visit.worded(REDACTED) if reason.redacted else reason.why
