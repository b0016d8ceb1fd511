"""The page of the deviations of a year: how far each value is from its target, why, and what is done about it."""

from collections.abc import Iterator
from typing import NamedTuple

from starlette.responses import Response

from api.language.labels import REDACTED
from api.pages import addresses
from api.pages.frame import render
from api.pages.table_file import table_file, these_rows, wants_file
from api.pages.templating import day_words
from api.pages.visit import PlanVisit
from domain.deviations.events import ACTION_STATES, DEVIATION_CAUSES
from domain.measurements.events import STATUS_WORDS
from projections.deviations import CorrectiveActionRow, DeviationRow, Deviations, deviations_answer

COLUMNS = (
    "di che cosa",
    "periodo",
    "target",
    "osservato",
    "scostamento",
    "scostamento %",
    "raggiunto",
    "stato",
    "causa",
    "spiegazione",
    "azioni correttive",
    "uffici",
)
WORDED = ("stato", "causa")
SHOWS = {"mancati": "Mancati o a rischio", "senza-causa": "Senza una causa", "tutti": "Tutti i misurati"}


class ActionShown(NamedTuple):
    """A corrective action, and the forms that put it off or end it; empty where they are not to be had."""

    row: CorrectiveActionRow
    state: str
    reschedule: str
    end: str


class DeviationShown(NamedTuple):
    """A deviation, where its object stands, and the forms that explain it and plan what is done."""

    row: DeviationRow
    address: str
    cause: str
    status: str
    actions: list[ActionShown]
    explain: str
    act: str


def deviations_page(visit: PlanVisit) -> Response:
    """The deviations of the year of the visit: those that are missed, or said to be at risk, unless all are wanted."""
    year, show = visit.year, visit.choice("mostra", SHOWS)
    answer = read_deviations(visit, year)
    rows = [row for row in answer["deviations"] if _is_shown(row, show)]
    if wants_file(visit):
        return table_file(visit, f"scostamenti-{visit.plan}-{year}", COLUMNS, map(_cells, rows), WORDED)
    return render(
        "deviations.html",
        visit.worded("Scostamenti %(year)s", year=year),
        visit.frame(these_rows(visit, visit.data("/deviations", {"year": str(year)}), "mostra")),
        visit.language,
        year=year,
        year_choices=visit.choices("anno", {str(each): str(each) for each in visit.reading.history.years}),
        chosen=show,
        shows=visit.choices("mostra", SHOWS, default="mancati"),
        counts=answer["counts"],
        shown=list(deviations_shown(visit, rows)),
        monitoring=visit.to(addresses.MONITORING),
        plan_title=visit.reading.document["plan"]["title"],
    )


def read_deviations(visit: PlanVisit, year: int, indicator: str = "") -> Deviations:
    """The deviations of a year; of one indicator alone, where it is said."""
    reading = visit.reading
    scored = reading.scored_alone(indicator, year) if indicator else reading.scored_of_all(year)
    answer = deviations_answer(reading.reader, reading.known, scored, reading.record.timelines, visit.point)
    if indicator:
        answer["deviations"] = [row for row in answer["deviations"] if row["id"] == indicator]
    return answer


def deviations_shown(visit: PlanVisit, rows: list[DeviationRow]) -> Iterator[DeviationShown]:
    """Deviations as a page shows them."""
    for row in rows:
        about = {"id": f"{row['subject']}/{row['id']}", "period": row["period"]}
        address = (
            visit.to(addresses.INDICATOR, indicator=row["id"])
            if row["subject"] == "indicator"
            else visit.to(addresses.OBJECTIVE, objective=row["id"])
        )
        office = row["offices"][0] if len(row["offices"]) == 1 else ""
        yield DeviationShown(
            row=row,
            address=address,
            cause=DEVIATION_CAUSES[row["cause"]] if row["cause"] else "",
            status=STATUS_WORDS[row["status"]] if row["status"] else "",
            actions=actions_shown(visit, row["actions"]),
            explain=visit.form("explain_deviation", **about),
            act=visit.form("plan_corrective_action", **about, office=office),
        )


def actions_shown(visit: PlanVisit, actions: list[CorrectiveActionRow]) -> list[ActionShown]:
    """Corrective actions as a page shows them."""
    return [
        ActionShown(
            action,
            ACTION_STATES[action["state"]],
            visit.form("reschedule_corrective_action", action=action["id"]) if action["ended_on"] is None else "",
            visit.form("end_corrective_action", action=action["id"]) if action["ended_on"] is None else "",
        )
        for action in actions
    ]


def deviation_said(visit: PlanVisit, row: DeviationRow) -> list[str]:
    """A deviation in sentences without their full stop: how much, why, what is done about it."""
    said: list[str] = []
    if row["variance"] is not None:
        said.append(visit.worded("scostamento %(words)s", words=visit.said(row["variance"]["words"])))
        if row["variance"]["asked_words"] is not None:
            said.append(visit.worded("chiesto %(asked)s", asked=row["variance"]["asked_words"]))
    if row["note"] is not None:
        said.append(visit.said(row["note"]))
    if row["cause"] is not None:
        words = row["words"] or visit.worded(REDACTED)
        said.append(
            visit.worded("causa %(cause)s: %(words)s", cause=visit.worded(DEVIATION_CAUSES[row["cause"]]), words=words)
        )
    elif row["asks_cause"]:
        said.append(visit.worded("la causa non è stata detta"))
    for action in row["actions"]:
        day = day_words(action["ended_on"] or action["due_by"])
        state = visit.worded(ACTION_STATES[action["state"]])
        ending = visit.worded("%(state)s il %(day)s", state=state, day=day) if action["ended_on"] else visit.worded("%(state)s, entro il %(day)s", state=state, day=day)  # fmt: skip
        told = {"remedy": action["remedy"] or visit.worded(REDACTED), "office": action["office"], "ending": ending}
        said.append(visit.worded("azione correttiva: %(remedy)s (%(office)s), %(ending)s", **told))
    return said


def is_told(row: DeviationRow) -> bool:
    """Whether there is something to tell of a deviation: missed, at risk, explained, acted upon, or why it is not judged."""
    told = row["cause"] is not None or row["note"] is not None or bool(row["actions"])
    return row["met"] is False or row["asks_cause"] or told


def _is_shown(row: DeviationRow, show: str) -> bool:
    if show == "senza-causa":
        return row["asks_cause"]
    return show == "tutti" or is_told(row)


def _cells(row: DeviationRow) -> tuple[object, ...]:
    variance = row["variance"]
    return (
        row["name"],
        row["period"],
        ", ".join(row["targets"]),
        row["observed"] or "",
        variance["value"] if variance else "",
        (variance["percent"] or "") if variance else "",
        "" if row["met"] is None else row["met"],
        STATUS_WORDS[row["status"]] if row["status"] else "",
        DEVIATION_CAUSES[row["cause"]] if row["cause"] else "",
        row["words"] or "",
        "; ".join(f"{action['remedy'] or REDACTED} ({ACTION_STATES[action['state']]})" for action in row["actions"]),
        ", ".join(row["offices"]),
    )
