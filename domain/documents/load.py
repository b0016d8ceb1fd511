"""Loading a plan document: every event that it makes, or every problem that it has.

A document with its act creates and approves the plan at the act's date; without one it makes a draft. What is odd about
real plans is taken and told in warnings, never repaired.
"""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from pydantic import ValidationError

from domain.acts.model import Act, day_of_effect
from domain.documents.plan import ObjectiveRow, PlanDocument, TargetRow
from domain.documents.row_targets import card_of, targets_of
from domain.documents.warnings import plan_warnings
from domain.errors import Malformed, Problem
from domain.event import Event
from domain.indicators.card import Card
from domain.indicators.events import IndicatorAdded, IndicatorAssigned
from domain.indicators.series import own_series
from domain.notice import Notice
from domain.objectives.events import (
    ObjectiveAdded,
    ObjectiveConditionFailed,
    ObjectiveConditionMet,
    ObjectiveNeutralised,
)
from domain.plans.amend import LONGEST_PLAN
from domain.plans.events import (
    ApprovalAnnulled,
    ClosingAnnulled,
    PlanApproved,
    PlanDrafted,
    YearApproved,
    YearClosed,
)
from domain.plans.invariants import MOST_LEVELS, too_deep, tree_levels
from domain.recording import Pending
from domain.systems.decide import BareValues
from domain.targets.decide import read_target_text
from domain.targets.events import TargetSet
from domain.targets.model import TARGET, Target, Unread, same_commitment
from domain.trees.events import TreeNodeReweighted, TreeNodeStated
from domain.trees.fields import NODE_FIELDS
from domain.trees.placed import scheme_key
from domain.validation_errors import problem_of

TYPED = ("form", "comparator", "value", "unit", "implied", "tolerance", "note", "meaning", "low", "high", "steps", "scale", "base",
         "reference", "resolved", "period", "published_on", "source", "reason", "at")  # fmt: skip


class LoadedPlan(NamedTuple):
    """The events of a document, in order, and what is odd about it."""

    events: list[Event]
    warnings: list[Notice]


def drafting_day(document: PlanDocument, act: Act | None, effective_on: date | None, today: date) -> date:
    """The day from which a plan exists: with its act, that of the approval; without, the one that it says, else today."""
    return day_of_effect(effective_on, act, today) if act else document.plan.drafted_on or today


def later_years(document: PlanDocument, act: Act) -> list[Pending]:
    """The approval and the closing of the years beyond the first, as an exported document says them."""
    pending: list[Pending] = []
    for year, state in sorted((document.plan.years or {}).items()):
        if state.approved_on is not None and int(year) != document.plan.first_year:
            pending.append(Pending(YearApproved(year=int(year)), state.approved_on, act=state.act or act.id))
        if state.approval_annulled_on is not None:
            by = state.approval_annulled_by
            pending.append(Pending(ApprovalAnnulled(year=int(year)), state.approval_annulled_on, act=by))
        if state.closed_on is not None:
            pending.append(Pending(YearClosed(year=int(year)), state.closed_on, act=state.closing_act or act.id))
        if state.closing_annulled_on is not None:
            by = state.closing_annulled_by
            pending.append(Pending(ClosingAnnulled(year=int(year)), state.closing_annulled_on, act=by))
    return pending


def load_document(
    document: PlanDocument, drafted_on: date, *, approve: bool, bare_value: BareValues | None = None
) -> LoadedPlan:
    """The events that open the plan of a document; Malformed with all its problems when it holds any.

    The rules that it brings are the administration's: they make no event of the plan. `bare_value` is what those in
    force say.
    """
    problems: list[Problem] = []
    plan = document.plan
    if plan.last_year < plan.first_year:
        problems.append(Problem(where="plan.last_year", found="l'ultimo anno precede il primo"))
    elif plan.last_year - plan.first_year >= LONGEST_PLAN:
        found, accepted = f"il piano copre più di {LONGEST_PLAN} anni", f"al più {LONGEST_PLAN}"
        problems.append(Problem(where="plan.last_year", found=found, accepted=accepted))
    events: list[Event] = [
        PlanDrafted(
            plan=plan.id,
            administration=document.administration.id,
            title=plan.title,
            first_year=plan.first_year,
            last_year=plan.last_year,
            drafted_on=drafted_on,
            levels=plan.levels or tuple(dict.fromkeys(row.level for row in document.objectives)),
            predecessor=plan.predecessor,
        )
    ]
    events += _objectives(document, problems)
    events += _trees(document, problems)
    events += _indicators(document, problems)
    if problems:
        raise Malformed(problems)
    if approve:
        events.append(PlanApproved(year=plan.first_year))
    return LoadedPlan(events, [warning.notice for warning in plan_warnings(document, bare_value)])


def _objectives(document: PlanDocument, problems: list[Problem]) -> Iterator[Event]:
    rows = {row.id: (place, row) for place, row in reversed(list(enumerate(document.objectives)))}
    for place, row in enumerate(document.objectives):
        if rows[row.id][0] != place:
            problems.append(
                Problem(where=f"objectives[{place}].id", found=f"{row.id!r} c'è due volte", accepted="id diversi")
            )
    done: set[str] = set()
    levels = tree_levels({row.id: row.parent for row in document.objectives})
    for id_, level in levels.items():
        if level == MOST_LEVELS + 1:  # those under it are too deep because it is
            refusal = too_deep(id_).problem
            problems.append(refusal.model_copy(update={"where": f"objectives[{rows[id_][0]}].parent"}))
    for place, row in enumerate(document.objectives):
        chain: list[ObjectiveRow] = []
        current: ObjectiveRow | None = row
        way: set[str] = set()
        while current is not None and current.id not in done:
            if current.id in way:
                ring = " > ".join([*(above.id for above in chain[:MOST_LEVELS]), current.id])
                problem = f"{current.id!r} discende da se stesso ({ring})"
                problems.append(
                    Problem(where=f"objectives[{place}].parent", found=problem, accepted="un albero senza cicli")
                )
                done.update(above.id for above in chain)
                chain = []
                break
            chain.append(current)
            way.add(current.id)
            if current.parent is not None and current.parent not in rows:
                index = rows[current.id][0]
                problem = f"il padre {current.parent!r} non è fra gli obiettivi"
                problems.append(
                    Problem(where=f"objectives[{index}].parent", found=problem, accepted="l'id di un obiettivo")
                )
                break
            current = rows[current.parent][1] if current.parent else None
        for objective in reversed(chain):
            done.add(objective.id)
            yield _objective_added(objective)
            if objective.condition_met is not None:
                met = ObjectiveConditionMet if objective.condition_met else ObjectiveConditionFailed
                yield met(objective=objective.id)
            yield from (ObjectiveNeutralised(objective=objective.id, year=year) for year in objective.neutralised)


def _trees(document: PlanDocument, problems: list[Problem]) -> Iterator[Event]:
    """The nodes of the further trees, a parent before what hangs from it; the order of the rows stays the order of entry."""
    rows = {(row.tree, row.id): place for place, row in reversed(list(enumerate(document.trees)))}
    levels = {
        tree: tree_levels({row.id: row.parent for row in document.trees if row.tree == tree})
        for tree in dict.fromkeys(row.tree for row in document.trees)
    }
    schemes = {scheme_key(tree): tree for tree in levels}
    for place, row in enumerate(document.trees):
        where = f"trees[{place}]"
        if rows[row.tree, row.id] != place:
            problem = f"il nodo {row.id!r} dell'albero {row.tree} c'è due volte"
            problems.append(Problem(where=f"{where}.id", found=problem, accepted="id diversi"))
        if row.parent is not None and (row.tree, row.parent) not in rows:
            problem = f"il padre {row.parent!r} non è fra i nodi dell'albero {row.tree}"
            problems.append(
                Problem(where=f"{where}.parent", found=problem, accepted="l'id di un nodo dello stesso albero")
            )
        elif row.id not in levels[row.tree]:
            problem = f"{row.id!r} discende da se stesso"
            problems.append(Problem(where=f"{where}.parent", found=problem, accepted="un albero senza cicli"))
        elif levels[row.tree][row.id] > MOST_LEVELS:
            problem = f"{row.id!r} starebbe oltre il livello {MOST_LEVELS}"
            problems.append(Problem(where=f"{where}.parent", found=problem, accepted=f"al più {MOST_LEVELS} livelli"))
        if row.level and schemes.setdefault(scheme_key(row.level), row.tree) != row.tree:
            problem = f"{row.level!r} è già un livello, o il nome, dell'albero {schemes[scheme_key(row.level)]}"
            problems.append(Problem(where=f"{where}.level", found=problem, accepted="un livello di un altro nome"))
        stated = {name: value for name in NODE_FIELDS if (value := getattr(row, name)) is not None and name != "weight"}
        yield TreeNodeStated.model_validate({"tree": row.tree, "node": row.id, **stated})
        if row.weight is not None:
            yield TreeNodeReweighted(tree=row.tree, node=row.id, weight=row.weight)


def _objective_added(row: ObjectiveRow) -> ObjectiveAdded:
    fields = row.model_dump(exclude={"id", "condition_met", "neutralised"})
    return ObjectiveAdded(objective=row.id, **fields)


def _indicators(document: PlanDocument, problems: list[Problem]) -> Iterator[Event]:
    objectives = {row.id for row in document.objectives}
    seen: set[str] = set()
    for place, row in enumerate(document.indicators):
        where = f"indicators[{place}]"
        if row.id in seen:
            problems.append(Problem(where=f"{where}.id", found=f"{row.id!r} c'è due volte", accepted="id diversi"))
        seen.add(row.id)
        places = row.places()
        if not places:
            problems.append(
                Problem(where=f"{where}.objective", found="manca l'obiettivo", accepted="l'id di un obiettivo")
            )
        for position, assignment in enumerate(places):
            location = f"{where}.assignments[{position}].objective" if row.assignments else f"{where}.objective"
            if assignment.objective not in objectives:
                problem = f"l'obiettivo {assignment.objective!r} non è fra gli obiettivi"
                problems.append(Problem(where=location, found=problem, accepted="l'id di un obiettivo"))
            if any(other.objective == assignment.objective for other in places[:position]):
                problems.append(Problem(where=location, found=f"l'obiettivo {assignment.objective!r} c'è due volte"))
        card = card_of(row)
        series = row.series or own_series(document.plan.id, row.id)
        yield IndicatorAdded(indicator=row.id, series=series, card=card)
        for assignment in places:
            yield IndicatorAssigned(indicator=row.id, **dict(assignment))
        cells: set[tuple[int, int]] = set()
        for position, target in targets_of(row):
            location = f"{where}.targets[{position}]"
            if not document.plan.first_year <= target.year <= document.plan.last_year:
                years = f"dal {document.plan.first_year} al {document.plan.last_year}"
                problem = f"l'anno {target.year} non è del piano"
                problems.append(Problem(where=f"{location}.year", found=problem, accepted=f"un anno {years}"))
                continue
            if (target.year, target.ordinal) in cells:
                problem = f"due target per il {target.year} con ordinal {target.ordinal}"
                problems.append(Problem(where=location, found=problem, accepted="un ordinal diverso"))
            cells.add((target.year, target.ordinal))
            read = _checked_target(target, card, location, problems)
            if read is not None:
                yield TargetSet(indicator=row.id, year=target.year, ordinal=target.ordinal, target=read)


def _checked_target(row: TargetRow, card: Card, where: str, problems: list[Problem]) -> Target | None:
    """The target of a row: its text read, or its typed fields where the text cannot be; a problem where they differ."""
    read = read_target_text(row.text, row.year, polarity=card.polarity, formula=card.formula)
    if row.form is None:
        return read
    stated = {name: getattr(row, name) for name in TYPED if getattr(row, name) is not None}
    try:
        typed = TARGET.validate_python(stated | {"text": row.text})
    except ValidationError as error:
        first = problem_of(error.errors(include_url=False)[0], "")
        problem = f"i campi del target non formano un {row.form!r} ({first.found})"
        problems.append(Problem(where=where, found=problem, accepted="solo text: il testo viene letto"))
        return None
    if isinstance(read, Unread):
        return typed
    if not same_commitment(read, typed) and not isinstance(typed, Unread):
        problem = f"il testo {row.text!r} si legge come {read.form}, i campi dicono {typed.form} o altro valore"
        problems.append(Problem(where=where, found=problem, accepted="campi che concordano col testo, o il solo text"))
    return typed if same_commitment(read, typed) else read
