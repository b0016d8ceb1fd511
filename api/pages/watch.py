"""The page of what is to be completed in a plan: a row an object, with all that it lacks, and the forms that mend it."""

from collections.abc import Sequence
from typing import NamedTuple

from starlette.responses import Response

from api.pages import addresses
from api.pages.frame import render
from api.pages.table_file import table_file, these_rows, wants_file
from api.pages.visit import PlanVisit
from domain.oiv.lacking import LACK_WORDS, Lack
from projections.watch import PlanWatch, WatchedIndicator, WatchedObjective, watch_of

LACKING = "manca"
COLUMNS = ("di che cosa", "nome", "uffici", "che cosa manca", "registrato al posto di un valore")
MENDED: dict[Lack, tuple[str, str]] = {
    "never_measured": ("record_measurement", "Inserisci il valore"),
    "no_target": ("set_target", "Di' il target"),
    "no_office": ("reclassify_indicator", "Di' l'ufficio"),
    "no_polarity": ("state_polarities", "Di' la polarità"),
    "no_formula": ("redefine_indicator", "Scrivi la formula"),
    "no_formula_terms": ("confirm_formula", "Conferma la formula"),
    "no_indicators": ("add_indicator", "Aggiungi un indicatore"),
}
"""The form by which what is lacking is given, and what its link says."""


class Lacking(NamedTuple):
    """One thing that is lacking, and the form that gives it; an empty address where it is not to be had."""

    words: str
    mend: str
    address: str


class WatchLine(NamedTuple):
    """An indicator or an objective, where it stands, and what it lacks."""

    name: str
    address: str
    offices: str
    said: str
    lacks: list[Lacking]


def watch_page(visit: PlanVisit) -> Response:
    """What is to be completed for the year of the visit; only what lacks one thing, where the address names it."""
    reading, year = visit.reading, visit.year
    wanted = next((lack for lack in LACK_WORDS if lack == visit.query.get(LACKING)), None)
    listed = watch_of(reading.reader, reading.known, reading.history, reading.document, year, visit.point, wanted)
    if wants_file(visit):
        return table_file(visit, f"da-completare-{visit.plan}-{year}", COLUMNS, _rows(visit, listed), COLUMNS[:1])
    data = {"year": str(year), "lack": wanted or ""}
    return render(
        "watch.html",
        visit.worded("Che cosa va completato per il %(year)s", year=year),
        visit.frame(these_rows(visit, visit.data("/watch", data))),
        visit.language,
        year=year,
        year_choices=visit.choices("anno", {str(each): str(each) for each in reading.history.years}),
        chosen=wanted or "",
        lackings=visit.choices(LACKING, {"": "Tutto", **{lack: LACK_WORDS[lack] for lack in listed["counts"]}}),
        counts={LACK_WORDS[lack]: count for lack, count in listed["counts"].items()},
        indicators=[_indicator(visit, row) for row in listed["indicators"]],
        objectives=[_objective(visit, row) for row in listed["objectives"]],
        plan_title=reading.document["plan"]["title"],
        monitoring=visit.to(addresses.MONITORING) if visit.may("list_rounds") else "",
    )


def _indicator(visit: PlanVisit, row: WatchedIndicator) -> WatchLine:
    year = str(visit.year)
    more: dict[Lack, dict[str, str]] = {"never_measured": {"period": year}, "no_target": {"year": year}}
    about = {"object": row["indicator"]}
    return WatchLine(
        row["name"],
        visit.to(addresses.INDICATOR, indicator=row["indicator"]),
        ", ".join(row["offices"]),
        row["said"] or "",
        [
            _lacking(visit, lack, {} if lack == "no_polarity" else about | more.get(lack, {}), MENDED[lack][0])
            for lack in row["lacks"]
        ],
    )


def _objective(visit: PlanVisit, row: WatchedObjective) -> WatchLine:
    id_ = row["objective"]
    lacks = [
        _lacking(visit, "no_indicators", {"objective": id_}, "add_indicator")
        if lack == "no_indicators"
        else _lacking(visit, "no_office", {"object": id_}, "reclassify_objective")
        for lack in row["lacks"]
    ]
    return WatchLine(row["name"], visit.to(addresses.OBJECTIVE, objective=id_), "", "", lacks)


def _lacking(visit: PlanVisit, lack: Lack, asked: dict[str, str], command: str) -> Lacking:
    return Lacking(LACK_WORDS[lack], MENDED[lack][1], visit.form(command, **asked))


def _rows(visit: PlanVisit, listed: PlanWatch) -> list[tuple[object, ...]]:
    """A row each, the objectives first."""
    return [
        *(("obiettivo", row["name"], "", _words(visit, row["lacks"]), "") for row in listed["objectives"]),
        *(
            ("indicatore", row["name"], ", ".join(row["offices"]), _words(visit, row["lacks"]), row["said"] or "")
            for row in listed["indicators"]
        ),
    ]


def _words(visit: PlanVisit, lacks: Sequence[Lack]) -> str:
    return ", ".join(visit.worded(LACK_WORDS[lack]) for lack in lacks)
