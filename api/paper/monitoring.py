"""A monitoring round on paper: what was asked of each office, what came and when, what is missing, what does not hold together."""

from collections.abc import Mapping

from api.language.labels import ARRIVALS
from api.pages.deviations import deviation_said, is_told
from api.pages.templating import NOTHING, day_words, number_words, period_in_words
from api.pages.visit import PlanVisit
from api.paper.model import (
    Heading,
    Items,
    KeyFigure,
    KeyFigures,
    Paper,
    PaperBlock,
    PaperCell,
    PaperColumn,
    PaperTable,
    Paragraph,
    Row,
    Run,
    cell,
    run,
)
from api.paper.sheet import PaperTitle, file_name, observed_run, paper_of, seen_from, written_run
from domain.measurements.events import STATUS_WORDS
from projections.contradictions import contradictions
from projections.deviations import DeviationRow
from projections.rounds import RoundItem, RoundOffice, round_status


def round_paper(visit: PlanVisit) -> Paper:
    """The round that the address of a visit names; NotFound where there is none."""
    reading, plan, point = visit.reading, visit.plan, visit.point
    status = round_status(reading.reader, plan, visit.parts["round"], point)
    wrong = contradictions(reading.reader, plan, point, name=status["round"]["id"])
    row = status["round"]
    due, closed = row["due_by"], row["closed_on"]
    beneath = [
        reading.document["plan"]["title"] + ".",
        visit.worded("Aperto il %(day)s.", day=day_words(row["opened_on"])),
        visit.worded("Risposte entro il %(day)s.", day=day_words(due)) if due else "",
        visit.worded("Chiuso il %(day)s.", day=day_words(closed)) if closed else visit.worded("Non ancora chiuso."),
        seen_from(visit),
    ]
    title = PaperTitle(
        visit.worded("Monitoraggio al %(day)s", day=day_words(row["as_at"])),
        " ".join(part for part in beneath if part),
        file_name(visit, "monitoraggio", row["as_at"]),
    )
    expected = status["expected_progress"]
    figures = KeyFigures(
        (
            KeyFigure(visit.worded("Chiesti"), str(status["due"])),
            KeyFigure(
                visit.worded("Risposte"),
                str(status["received"]),
                visit.worded("con un valore %(values)s", values=status["values"]),
            ),
            KeyFigure(visit.worded("Mancano"), str(status["missing"])),
            KeyFigure(
                visit.worded("Avanzamento atteso"),
                f"{number_words(expected, visit.language)} %" if expected is not None else NOTHING,
            ),
        )
    )
    blocks: list[PaperBlock] = [figures]
    told = {row["id"]: row for row in status["deviations"] if row["subject"] == "indicator" and is_told(row)}
    for office in status["offices"]:
        blocks += _office(visit, office, told)
    if not status["offices"]:
        blocks.append(Paragraph(run(visit.worded("Il monitoraggio non chiede nulla."))))
    blocks.append(Heading(1, visit.worded("Che cosa non torna")))
    items = tuple(run(visit.said(visit.called(each["words"]))) for each in wrong["contradictions"])
    blocks.append(Items(items) if items else Paragraph(run(visit.worded("Nulla."))))
    answer = {"status": status, "contradictions": wrong}
    return paper_of(visit, "round", title, blocks, answer)


def _office(visit: PlanVisit, office: RoundOffice, told: Mapping[str, DeviationRow]) -> list[PaperBlock]:
    columns = (
        PaperColumn(visit.worded("Indicatore"), 3.2),
        PaperColumn(visit.worded("Target"), 1.5),
        PaperColumn(visit.worded("Osservato"), 1.6),
        PaperColumn(visit.worded("Stato"), 1.5),
        PaperColumn(visit.worded("Nota"), 2.4),
        PaperColumn(visit.worded("Arrivato"), 1.1),
    )
    words = visit.worded(
        "chiesti %(due)s, risposte %(received)s, in ritardo %(late)s, mancano %(missing)s",
        due=office["due"],
        received=office["received"],
        late=office["late"],
        missing=len(office["missing"]),
    )
    caption = visit.worded("Che cosa è stato chiesto e che cosa è arrivato: %(office)s", office=office["office"])
    rows = tuple(_item(visit, item, told.get(item["indicator"])) for item in office["items"])
    return [
        Heading(1, office["office"]),
        Paragraph(run(words), "note"),
        *([PaperTable(caption, columns, rows)] if rows else []),
    ]


def _item(visit: PlanVisit, item: RoundItem, deviation: DeviationRow | None) -> Row:
    observed = cell(run(NOTHING))
    if item["observed"] is not None:
        period = period_in_words(item["period"] or "", visit.language)
        observed = cell((observed_run(item["observed"]), Run(f" {period}", "soft")))
    said = visit.worded(STATUS_WORDS.get(item["status"], item["status"])) if item["status"] else NOTHING
    progress = f"{number_words(item['progress'], visit.language)} %" if item["progress"] is not None else ""
    came, missing = item["came"], visit.worded("manca")
    if item["by_system"]:
        missing = visit.worded("misurato dal sistema")
    short = deviation_said(visit, deviation) if deviation is not None else []
    return Row(
        (
            cell(run(item["name"] or item["indicator"]), is_head=True),
            PaperCell(tuple((written_run(target),) for target in item["targets"]) or (run(NOTHING),)),
            observed,
            cell(run(said), run(progress, "soft")),
            cell(run(item["note"] or ""), *(run(words, "soft") for words in short)),
            cell(
                run(
                    visit.worded(ARRIVALS[came]) if came else missing,
                    "plain" if came or item["by_system"] else "strong",
                )
            ),
        )
    )
