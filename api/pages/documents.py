"""The documents of a plan: what can be taken away, and the form by which a workbook comes in."""

from collections.abc import Sequence

from starlette.responses import Response

from api.imports.options import PARTS
from api.pages import addresses
from api.pages.forms import FormProblem
from api.pages.frame import render
from api.pages.visit import Choice, PlanVisit

NOT_TAKEN = "non_preso"
"""The parameter that names a file that was not taken, for the session of its sender had ended."""
PARTS_IN_WORDS = {
    "objectives": "Gli obiettivi",
    "trees": "Gli altri alberi",
    "indicators": "Gli indicatori",
    "places": "Le collocazioni",
    "targets": "I target",
}


def documents_page(visit: PlanVisit) -> Response:
    """What can be taken away, and the form for a workbook."""
    return documents_again(visit, (), 200)


def documents_again(visit: PlanVisit, problems: Sequence[FormProblem], status: int) -> Response:
    """The same, with what was wrong with a file."""
    years = visit.reading.history.years
    next_years = f"{years[0] + 1}-{years[-1] + 1}"
    may_send = visit.is_now and visit.may("send_file")
    return render(
        "documents.html",
        "Documenti",
        visit.frame(
            {
                "JSON": visit.data(""),
                "Excel": visit.data("/export", {"format": "xlsx"}),
                **visit.papers("plan"),
            }
        ),
        visit.language,
        status=status,
        private=may_send,
        problems=problems,
        exports={kind: visit.data("/export", {"format": kind}) for kind in ("xlsx", "csv", "json")},
        next_years=next_years,
        next_plan=visit.data("/next", {"years": next_years, "format": "xlsx"}),
        papers=_papers(visit, years),
        elsewhere=_elsewhere(visit),
        transparency=visit.paper("transparency"),
        packs={str(year): visit.data("/pack", {"year": str(year)}) for year in years} if visit.may("take_pack") else {},
        trail=visit.data("/audit-export", {"format": "csv"}) if visit.may("export_audit") else "",
        feed=visit.subscribed(addresses.FEED),
        calendar=visit.subscribed(addresses.CALENDAR),
        open_data=addresses.OPEN_DATA,
        may_send=may_send,
        not_taken=visit.query.get(NOT_TAKEN, "") if may_send else "",
        written={name: visit.query.get(name, "") for name in ("effective_on", *PARTS)},
        send_address=visit.to(addresses.DOCUMENTS),
        parts=[(part, PARTS_IN_WORDS[part]) for part in PARTS],
    )


def _elsewhere(visit: PlanVisit) -> list[Choice]:
    """The documents of a part of the plan, each with the page from which it is printed."""
    pages = [
        ("print_comparison", "Il confronto di due date, e il testo con le revisioni (Word)", addresses.COMPARISON),
        ("print_indicator", "La scheda di un indicatore, col suo grafico: dalla sua pagina", addresses.PLAN),
        ("print_round", "Un monitoraggio", addresses.MONITORING),
        ("print_act", "La bozza dell'atto (Word): da una proposta presentata", addresses.PROPOSALS),
    ]
    return [Choice(row, visit.worded(words), visit.to(page)) for row, words, page in pages if visit.may(row)]


def _papers(visit: PlanVisit, years: Sequence[int]) -> list[Choice]:
    """The documents to print, each with its address."""
    printed = [Choice("plan", visit.worded("Il piano"), visit.paper("plan"))]
    for year in years:
        said = {"year": str(year)}
        printed += [
            Choice("variations", visit.worded("Variazioni %(year)s", year=year), visit.paper("variations", said)),
            Choice("rates", visit.worded("Tasso di modifica %(year)s", year=year), visit.paper("rates", said)),
            Choice("scores", visit.worded("Risultati e punteggi %(year)s", year=year), visit.paper("scores", said)),
        ]
        if visit.may("print_evidence"):
            words = visit.worded("Relazione del fascicolo %(year)s", year=year)
            printed.append(Choice("evidence", words, visit.paper("evidence", said)))
    return printed
