"""Compares a plan in force with an uploaded one: a three-way merge where it is known what the file was exported from."""

from collections.abc import Mapping

from domain.documents.diff_builder import DiffBuilder, Subject
from domain.documents.diff_indicators import diff_indicators
from domain.documents.diff_objectives import deepest_first, diff_objectives, label
from domain.documents.diff_observed import diff_measurements, diff_statuses
from domain.documents.diff_trees import diff_trees, node_label
from domain.documents.difference import CurrentPlan, PlanDiff
from domain.documents.matching import Match
from domain.documents.offices_asked import offices_of_upload
from domain.documents.references import MatchedRows
from domain.documents.row_matching import match_objectives
from domain.documents.struck_rows import struck_rows, withdraw_struck_targets
from domain.documents.uploaded import UploadedPlan
from domain.facts import node_key

MANY, HARDLY = 4, 4
"""From how many indicators on a file is held against a plan as a whole; one in how many is hardly any."""
HEADER = {"title": "il titolo", "first_year": "il primo anno", "last_year": "l'ultimo anno"}
SHEETS = {"objectives": "Obiettivi", "indicators": "Indicatori", "places": "Assegnazioni", "targets": "Target"}


def diff_plan(
    current: CurrentPlan, uploaded: UploadedPlan, answers: Mapping[str, str], *, partly: bool = False
) -> PlanDiff:
    """All that differs, in the order in which it can be recorded; Malformed with every cell that cannot be taken.

    Taken `partly`, these cells are among what it says, and what differs beside them is all the same.
    """
    builder = DiffBuilder(uploaded, answers, current)
    struck = struck_rows(current.document, uploaded)
    to_withdraw = [struck[where] for where in builder.ask_doubts(struck)]
    _tell_ignored(current, uploaded, builder)
    uploaded, offices = offices_of_upload(current, uploaded, builder)
    objectives = match_objectives(current, uploaded, builder)
    withdrawn_nodes = diff_trees(current, uploaded, builder)
    withdrawn_objectives = diff_objectives(current, uploaded, objectives, builder)
    withdrawn_indicators, indicators = diff_indicators(current, uploaded, objectives, builder)
    diff_measurements(current, uploaded, indicators, builder)
    diff_statuses(current, uploaded, objectives, indicators, builder)
    withdraw_struck_targets(to_withdraw, builder)
    for row in to_withdraw:
        if row.indicator and not row.years and row.indicator not in withdrawn_indicators:
            withdrawn_indicators.append(row.indicator)
    struck_objectives = [row.objective for row in to_withdraw if row.objective]
    in_force = {row.id: row for row in current.document.objectives}
    to_end = {row.id: row for row in [*withdrawn_objectives, *struck_objectives]}
    for indicator in withdrawn_indicators:
        subject = Subject(f"indicator/{indicator.id}", indicator.name)
        command = {"verb": "withdraw_indicator", "object": indicator.id}
        builder.step("withdrawn", subject, None, command, before=indicator.name)
    for objective in deepest_first(to_end.values(), in_force):
        subject = Subject(f"objective/{objective.id}", label(objective))
        command = {"verb": "withdraw_objective", "object": objective.id}
        builder.step("withdrawn", subject, None, command, before=objective.title)
    for node in withdrawn_nodes:
        subject = Subject(node_key(node.tree, node.id), node_label(node))
        command = {"verb": "withdraw_tree_node", "tree": node.tree, "node": node.id}
        builder.step("withdrawn", subject, None, command, before=node.title)
    return builder.build(partly=partly)._replace(
        confirmed_offices=tuple(offices.confirmed), of_another=_of_another(current, indicators.matched)
    )


def _of_another(current: CurrentPlan, indicators: MatchedRows) -> str:
    """Why a document may be of another plan: hardly any of its indicators is one of this, though both have many."""
    rows, there = len(indicators.found), len(current.document.indicators)
    known = sum(isinstance(found, Match) for found in indicators.found)
    if min(rows, there) < MANY or known * HARDLY > min(rows, there):
        return ""
    return (
        f"degli indicatori del file sono di questo piano {known} su {rows}, e il piano ne ha {there}: può essere il file di "
        "un altro ente, o di un altro piano. Ciò che non è di questo sarebbe aggiunto"
    )


def _tell_ignored(current: CurrentPlan, uploaded: UploadedPlan, builder: DiffBuilder) -> None:
    """What no change can come of: other years or another title of the plan, sheets that are not there."""
    for field, words in HEADER.items():
        value, now = getattr(uploaded.plan, field, None), getattr(current.document.plan, field)
        if value is not None and value != now:
            builder.ignored.append(f"{words} del piano nel file è {value!r}: resta {now!r}")
    in_force = current.document.plan.systems or {}
    for year, rules in (uploaded.plan.systems or {}).items() if uploaded.plan else ():
        if rules != in_force.get(year):
            words = "restano quelle dell'amministrazione (system adopt le adotta)"
            builder.ignored.append(f"le regole {year} nel file non sono quelle in vigore: {words}")
    for part, sheet in SHEETS.items():
        if getattr(uploaded, part) is None:
            builder.ignored.append(f"il file non ha il foglio {sheet}: ciò che dice resta com'è")
