"""The page of the rules of a year: what the administration adopted, and what other rules would make of the scores."""

from typing import NamedTuple

from starlette.responses import Response

from api.language.system_rules import SYSTEM_RULES, rule_value
from api.pages import addresses
from api.pages.frame import render
from api.pages.recorded_event import EventAddresses
from api.pages.score_lines import node_address
from api.pages.visit import PlanVisit
from api.pages.work.rule_sets import ADOPTED, adopted_by_administration, differing, rule_sets
from domain.systems.model import MeasurementSystem
from projections.system_comparison import SystemComparison, compared, system_in_force
from projections.systems import AdoptedSystem


class AdoptedLine(NamedTuple):
    """Rules that the administration adopted for a year."""

    year: int
    name: str
    adopted_on: str
    act: str
    reason: str
    event: str
    version: int
    counts: bool
    address: str


class PairLine(NamedTuple):
    """A score by the rules in force and by the others."""

    title: str
    address: str
    before: str | None
    after: str | None
    difference: str | None


def rules_page(visit: PlanVisit) -> Response:
    """The rules of the year of the visit, beside those that the address chooses."""
    reading, year = visit.reading, visit.year
    in_force = system_in_force(reading.reader, visit.plan, year, visit.point)
    adopted = adopted_by_administration(visit)
    alternatives = rule_sets(adopted, visit.language)
    chosen = next((each for each in alternatives if each.code == visit.query.get("con")), None)
    comparison = compared(reading.reader, visit.plan, year, chosen.system, visit.point) if chosen else None
    return render(
        "rules.html",
        "Regole",
        visit.frame({"JSON": visit.data("/system", {"year": str(year)})}),
        visit.language,
        scripts=("pages.js",),
        year=year,
        in_force=in_force,
        in_force_act=reading.acts.get(in_force["act"] or "", in_force["act"] or ""),
        rules=[
            (words, rule_value(rule, in_force["system"].get(rule), visit.language))
            for rule, words in SYSTEM_RULES.items()
        ],
        adopted=[_adopted_line(visit, each) for each in adopted],
        may_list=visit.may("list_systems"),
        alternatives=[(each, visit.here(con=each.code)) for each in alternatives],
        chosen=chosen,
        compared=comparison,
        differing=differing(comparison["rules"], visit.language) if comparison else [],
        adopt_address=_adopting(visit, chosen.code if chosen else ""),
        pairs=_pairs(visit, comparison) if comparison else [],
        year_choices=visit.choices("anno", {str(each): str(each) for each in reading.history.years}),
        scores_address=visit.to(addresses.SCORES, {"anno": str(year)}),
    )


def _adopting(visit: PlanVisit, code: str) -> str:
    """The form that adopts rules, for whoever may; the chosen ones to begin with."""
    if not visit.is_now or not visit.may("adopt_system"):
        return ""
    return visit.to(addresses.WORK, {"year": str(visit.year), "system": code}, command="adopt_system")


def _adopted_line(visit: PlanVisit, adopted: AdoptedSystem) -> AdoptedLine:
    events, acts = EventAddresses(visit), visit.reading.acts
    return AdoptedLine(
        year=adopted["year"],
        name=str(adopted["system"].get("name") or MeasurementSystem().name),
        adopted_on=adopted["adopted_on"],
        act=acts.get(adopted["act"] or "", adopted["act"] or ""),
        reason=adopted["justification"] or "",
        event=events.of(visit.reading.known.administration_stream, adopted["version"]),
        version=adopted["version"],
        counts=adopted["annulled_by"] is None,
        address=visit.here(con=f"{ADOPTED}{adopted['version']}"),
    )


def _pairs(visit: PlanVisit, comparison: SystemComparison) -> list[PairLine]:
    body = comparison["body"]
    lines = [
        PairLine(
            visit.worded("Ente nel suo insieme"),
            node_address(visit, "body"),
            body["before"],
            body["after"],
            body["difference"],
        )
    ]
    for objective in comparison["objectives"]:
        title = objective["title"] or objective["id"]
        pair = objective["before"], objective["after"], objective["difference"]
        lines.append(PairLine(title, node_address(visit, objective["id"]), *pair))
    for indicator in comparison["indicators"]:
        title = indicator["name"] or indicator["id"]
        pair = indicator["before"], indicator["after"], indicator["difference"]
        lines.append(PairLine(title, node_address(visit, indicator["id"]), *pair))
    return lines
