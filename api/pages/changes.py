"""The page of the changes of a year: their rate against its ceiling, by group, and the list behind each figure."""

from collections.abc import Iterable
from typing import NamedTuple

from starlette.responses import Response

from api.language.labels import CAUSES, DIRECTIONS, EVENT_NAMES, KINDS, REDACTED, VARIANTS
from api.language.translation import translated
from api.pages import addresses
from api.pages.changes_shown import (
    ChangeLine,
    WantedChanges,
    change_lines,
    counted_changes,
    not_counted,
    rate_groups,
    variant_lines,
    wanted,
    why_not,
)
from api.pages.frame import render
from api.pages.recorded_event import EventAddresses, object_title
from api.pages.table_file import table_file, these_rows, wants_file
from api.pages.visit import PlanVisit
from domain.annulments.events import REASON_WORDS
from projections.change_rate import ChangesOfYear
from projections.plan_history import PlanChange, change_key

ON_A_PAGE = 100
FILTERS = ("variante", "ufficio", "livello", "causa", "mese", "natura")
COLUMNS = (
    "modifica", "obiettivo o indicatore", "obiettivi", "che cosa", "prima", "dopo", "natura", "verso", "in vigore dal",
    "registrata il", "da", "atto", "causa", "motivazione", "segnalazioni", "perché non conta",
)  # fmt: skip
WORDED = ("che cosa", "natura", "verso", "causa", "segnalazioni", "perché non conta")


class LeftOutLine(NamedTuple):
    """A change that an annulment took out of the count."""

    event: str
    version: int
    what: str
    field: str
    kind: str
    direction_words: str
    reason: str
    annulled_on: str
    annulment: str
    act: str
    counted: bool


class BesideLine(NamedTuple):
    """How many changes of a nature the rate does not count, and where they are listed."""

    words: str
    why: str
    changes: int
    address: str


def changes_page(visit: PlanVisit) -> Response:
    """The changes of the year of the visit."""
    reading, year = visit.reading, visit.year
    answer, wish = reading.changes(year), wanted(visit)
    beside = not_counted(answer)
    chosen = beside.get(wish.kind, []) if wish.kind else counted_changes(answer, wish)
    if wants_file(visit):
        return changes_file(visit, answer, chosen)
    flagged = _flagged(visit)
    said = visit.query.get("da", "")
    offset = int(said) if said.isdecimal() and len(said) < 8 else 0
    lines = change_lines(visit, answer, chosen[offset : offset + ON_A_PAGE], flagged)
    last = offset + len(lines)
    rate = reading.official_rate(year)
    return render(
        "changes.html",
        "Modifiche e tasso",
        visit.frame(
            these_rows(visit, visit.data("/changes", {"year": str(year)}), *FILTERS)
            | visit.papers("variations", {"year": str(year)}, visit.worded("Elenco delle variazioni"))
            | visit.papers("rates", {"year": str(year)}, visit.worded("Tasso di modifica"))
        ),
        visit.language,
        scripts=("pages.js",),
        year=year,
        answer=answer,
        rate=rate,
        variants=variant_lines(visit, answer, rate["variant"] if rate else ""),
        variant_words=VARIANTS,
        groups=list(rate_groups(visit, answer)),
        lines=lines,
        total=len(chosen),
        first=offset + 1,
        last=last,
        before=f"{visit.here(da=str(offset - ON_A_PAGE) if offset > ON_A_PAGE else '')}#modifiche" if offset else "",
        after=f"{visit.here(da=str(last))}#modifiche" if last < len(chosen) else "",
        wish=wish,
        wish_words=_wish_words(visit, wish),
        beside=[
            BesideLine(
                KINDS[kind],
                ", ".join(dict.fromkeys(translated(why_not(answer, change), visit.language) for change in changes)),
                len(changes),
                f"{visit.to(addresses.CHANGES, {'anno': str(year), 'natura': kind})}#modifiche",
            )
            for kind, changes in beside.items()
        ],
        added=[object_title(visit, f"objective/{objective}") for objective in answer["added"]],
        annulled=_annulled(visit, answer),
        year_choices=visit.choices("anno", {str(each): str(each) for each in reading.history.years}),
        all_address=f"{visit.to(addresses.CHANGES, {'anno': str(year)})}#modifiche",
        flags_address=visit.to(addresses.FLAGS, {"anno": str(year)}),
        preceding_address=visit.to(addresses.PRECEDING) if visit.may("show_predecessor_differences") else "",
        preceding=reading.preceding,
    )


def changes_file(visit: PlanVisit, answer: ChangesOfYear, changes: Iterable[PlanChange]) -> Response:
    """Changes of a year to take away."""
    rows = map(_row, change_lines(visit, answer, changes, _flagged(visit)))
    return table_file(visit, f"modifiche-{visit.plan}-{visit.year}", COLUMNS, rows, WORDED)


def _flagged(visit: PlanVisit) -> dict[int, list[str]]:
    """The titles of the flags of the year that rest on each event of the plan, for whoever may read them."""
    titles: dict[int, list[str]] = {}
    for flag in visit.reading.flags(visit.year)["flags"] if visit.may("list_flags") else ():
        for event in flag["events"]:
            if event["in"] == "plan":
                titles.setdefault(event["version"], []).append(visit.worded(flag["title"]))
    return titles


def _wish_words(visit: PlanVisit, wish: WantedChanges) -> list[str]:
    """What the list leaves out, in words; none where it is whole."""
    offices = {office["id"]: office["name"] for office in visit.reading.document["administration"]["offices"]}
    cause = CAUSES.get(wish.cause, "causa non detta" if wish.cause else "")
    said = [
        translated(VARIANTS[wish.variant], visit.language) if wish.variant != "any" else "",
        offices.get(wish.office, wish.office),
        wish.level,
        translated(cause, visit.language) if cause else "",
        f"{wish.month[5:]}/{wish.month[:4]}" if wish.month else "",
        translated(KINDS[wish.kind], visit.language) if wish.kind else "",
    ]
    return [words for words in said if words]


def _annulled(visit: PlanVisit, answer: ChangesOfYear) -> list[LeftOutLine]:
    events, acts = EventAddresses(visit), visit.reading.acts
    lines: list[LeftOutLine] = []
    for change in answer["annulled"]:
        key = change_key(change)
        lines.append(
            LeftOutLine(
                event=events.of_plan(change["version"]),
                version=change["version"],
                what=object_title(visit, key),
                field=translated(EVENT_NAMES.get(change["event"], ""), visit.language),
                kind=KINDS[change["kind"]],
                direction_words=DIRECTIONS.get(change["direction"] or "", ""),
                reason=translated(REASON_WORDS[change["reason"]], visit.language),
                annulled_on=change["annulled_on"],
                annulment=events.of_plan(change["annulled_by"]),
                act=acts.get(change["act"] or "", change["act"] or ""),
                counted=change["counted"],
            )
        )
    return lines


def _row(line: ChangeLine) -> tuple[object, ...]:
    return (
        line.version, line.what, line.under, line.field, line.before, line.after, line.kind, line.direction_words,
        line.since, line.recorded_at, line.actor, line.act, line.cause,
        REDACTED if line.redacted else line.reason, list(line.flags), line.why_not,
    )  # fmt: skip
