"""The page of the attention flags of a year: facts that deserve a question, and what is not knowable."""

from collections.abc import Iterable
from typing import NamedTuple

from starlette.responses import Response

from api.language.labels import REDACTED
from api.pages import addresses
from api.pages.flags_shown import FlagShown, flags_shown
from api.pages.frame import render
from api.pages.table_file import table_file, these_rows, wants_file
from api.pages.visit import PlanVisit
from domain.library.decide import LIBRARY
from projections.flags import Flag, FlagList
from projections.reviews import Reviews, reviews
from projections.streams import review_stream

COLUMNS = (
    "segnalazione",
    "regola",
    "rilievo",
    "di che cosa",
    "che cosa",
    "domanda",
    "eventi",
    "risposta",
    "rilievo dell'OIV",
)
WORDED = ("segnalazione", "rilievo", "che cosa", "domanda")
SHOWS = {"tutte": "Tutte", "aperte": "Senza risposta", "risposte": "Con risposta"}


class JudgedRule(NamedTuple):
    """How many cases a rule looked at, and what it told of them."""

    title: str
    off: bool
    judged: int
    raised: int
    not_knowable: int
    address: str


def flags_page(visit: PlanVisit) -> Response:
    """The flags of the year of the visit."""
    year, show = visit.year, visit.choice("mostra", SHOWS)
    answer = visit.reading.flags(year)
    rules = {count["rule"]: visit.worded(count["title"]) for count in answer["rules"]}
    rule = visit.query.get("regola", "")
    rule = rule if rule in rules else ""

    def wanted(flag: Flag) -> bool:
        if rule and flag["rule"] != rule:
            return False
        return show == "tutte" or (flag["answer"] is not None) == (show == "risposte")

    of_oiv = _of_oiv(visit)
    shown = flags_shown(visit, filter(wanted, answer["flags"]), of_oiv)
    unknown = flags_shown(visit, (flag for flag in answer["not_knowable"] if not rule or flag["rule"] == rule), of_oiv)
    if wants_file(visit):
        return _file(visit, [*shown, *unknown])
    return render(
        "flags.html",
        "Segnalazioni",
        visit.frame(
            these_rows(visit, visit.data("/flags", {"year": str(year)}), "mostra", "regola")
            | (
                visit.papers("evidence", {"year": str(year)}, visit.worded("Fascicolo"))
                if visit.may("print_evidence")
                else {}
            ),
            streams=[*visit.reading.preceding_streams, review_stream(visit.plan), LIBRARY],
        ),
        visit.language,
        scripts=("pages.js",),
        year=year,
        shown=shown,
        unknown=unknown,
        total=len(answer["flags"]),
        rule=rules.get(rule, ""),
        rules=[
            JudgedRule(
                title=visit.worded(count["title"]),
                off=count["off"],
                judged=count["judged"],
                raised=count["raised"],
                not_knowable=count["not_knowable"],
                address=visit.to(addresses.FLAGS, {"anno": str(year), "regola": count["rule"]}),
            )
            for count in answer["rules"]
        ],
        ignored=answer["thresholds_ignored"],
        chosen=show,
        shows=visit.choices("mostra", SHOWS, "tutte"),
        year_choices=visit.choices("anno", {str(each): str(each) for each in visit.reading.history.years}),
        all_address=visit.to(addresses.FLAGS, {"anno": str(year)}),
    )


def flags_file(visit: PlanVisit, answer: FlagList) -> Response:
    """The flags of a year to take away, and what is not knowable."""
    return _file(visit, flags_shown(visit, [*answer["flags"], *answer["not_knowable"]], _of_oiv(visit)))


def _file(visit: PlanVisit, shown: Iterable[FlagShown]) -> Response:
    return table_file(visit, f"segnalazioni-{visit.plan}-{visit.year}", COLUMNS, map(_row, shown), WORDED)


def _of_oiv(visit: PlanVisit) -> Reviews:
    """The acts of the OIV, for whoever may read them."""
    if visit.may("list_reviews"):
        return reviews(visit.reading.reader, visit.plan, visit.point)
    return {"plan": visit.plan, "as_of": visit.point.as_of.isoformat(), "events": [], "open": [], "samples": []}


def _row(flag: FlagShown) -> tuple[object, ...]:
    answer = flag.answer
    return (
        flag.title, flag.rule, flag.severity_words, flag.about, flag.words, flag.question,
        ", ".join(str(event.version) for event in flag.events),
        (REDACTED if answer.redacted else answer.words) if answer else "",
        [each.remark.words or REDACTED for each in flag.remarks],
    )  # fmt: skip
