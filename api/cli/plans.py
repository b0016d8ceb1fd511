"""The commands of a plan as a whole: plans, show. What goes in and out of it as a file is in workbooks."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from rich.text import Text
from rich.tree import Tree

from api.cli import options as o
from api.cli import output, session
from api.cli.app import command
from api.cli.words import (
    STATUSES,
    act_words,
    banner,
    counted,
    day,
    number,
    plain,
    said,
)
from api.commands.handler import Outcome
from domain.documents.counts import PlanCounts, plan_counts
from domain.documents.plan import PlanDocument
from domain.notice import Notice
from domain.vocabulary import JsonValue
from projections.plan_in_force import Document, plan_in_force
from projections.plans import plans as list_plans
from projections.sentences import STATUS_WORDS
from projections.store.point import Point
from projections.store.reader import Reader
from projections.store.store import now_in_utc

SHOWN_WARNINGS = 10


@command()
def plans(
    *, as_of: o.AsOf = None, known_at: o.KnownAt = None, database: o.Database = None, as_json: o.AsJson = False
) -> None:
    """Elenca i piani."""
    point = o.point(as_of, known_at)
    if database is None and not Path(session.settings().database).exists():
        found: list[Document] = []
    else:
        with session.reading(database) as reader:
            found = list_plans(reader, point)
    if as_json:
        output.emit(found)
    else:
        print_plans(found, point)


@command()
def show(
    plan: o.PlanArgument,
    *,
    as_of: o.AsOf = None,
    known_at: o.KnownAt = None,
    database: o.Database = None,
    as_json: o.AsJson = False,
) -> None:
    """Mostra un piano: l'albero, gli indicatori, i pesi, i target di ogni anno."""
    point = o.point(as_of, known_at)
    with session.reading(database) as reader:
        document = plan_in_force(reader, plan, point)
    if as_json:
        output.emit(document)
    else:
        print_plan(document, point)


def outcome_object(outcome: Outcome) -> dict[str, JsonValue]:
    """What a command did, as JSON."""
    made: dict[str, JsonValue] = outcome.model_dump(mode="json")
    return made | {"version": outcome.version}


def loaded_plan(reader: Reader, plan: str) -> PlanDocument:
    """All of a plan that is recorded, whatever its dates."""
    return PlanDocument.model_validate(plan_in_force(reader, plan, Point(date.max)))


def counts_words(found: PlanCounts) -> str:
    """How much a plan holds, in words."""
    return (
        f"{counted(found['objectives'], 'obiettivo', 'obiettivi')}, "
        f"{counted(found['indicators'], 'indicatore', 'indicatori')}, "
        f"{found['targets']} target ({found['targets_read']} letti, {found['targets_noted']} letti con una nota, "
        f"{found['targets_unread']} non letti), {counted(found['measurements'], 'misurazione', 'misurazioni')}, "
        f"{counted(found['statuses'], 'stato riferito', 'stati riferiti')}"
    )


def print_loaded(
    document: PlanDocument, warnings: Sequence[Notice], *, preview: bool = False, repeated: bool = False
) -> None:
    """Says what a document brought, and what is odd about it."""
    heading = f"{document.plan.id}: {STATUSES[str(document.plan.status)]}"
    if preview:
        heading = f"Anteprima, nulla è stato registrato. {heading}"
    elif repeated:
        heading = f"Già registrato da questo stesso comando. {heading}"
    output.show(output.title(heading, f"{counts_words(plan_counts(document))}."))
    print_warnings(warnings)


def print_warnings(warnings: Sequence[Notice]) -> None:
    """Says what was taken as it is: for each kind how often, and the first of all."""
    if not warnings:
        return
    kinds = ", ".join(f"{name} {how_many}" for name, how_many in Counter(one.name for one in warnings).most_common())
    lines = [f"  {one.where}: {one.words}" for one in warnings[:SHOWN_WARNINGS]]
    if len(warnings) > SHOWN_WARNINGS:
        lines.append(f"  e altre {len(warnings) - SHOWN_WARNINGS}; con --json ci sono tutte")
    output.show(Text(plain("\n".join([f"Avvertenze ({len(warnings)}): {kinds}", *lines]))))


def print_plans(found: list[dict[str, JsonValue]], point: Point) -> None:
    """The table of plans."""
    output.show(output.title("Piani della performance", banner(point, now_in_utc())))
    if not found:
        output.show(Text("Nessun piano. Per cominciare: initinere import FILE, oppure initinere demo."))
        return
    table = output.table("Piano", "Stato", "Obiettivi", "Indicatori", right=("Obiettivi", "Indicatori"))
    lines = [
        (f"{one['id']}\n{one['administration']}", _status(one), one["objectives"], one["indicators"]) for one in found
    ]
    output.show(output.rows(table, lines))


def _status(one: dict[str, JsonValue]) -> str:
    years = one["approved_years"]
    said_ = STATUSES[str(one["status"])]
    return f"{said_} ({', '.join(str(year) for year in years)})" if isinstance(years, list) and years else said_


def print_plan(document: Document, point: Point) -> None:
    """The tree of a plan, with what stands on each branch."""
    plan = _object(document, "plan")
    administration = _object(document, "administration")
    heading = f"{plan['title']} · {administration['name']}"
    lines = [
        banner(point, now_in_utc()),
        f"{plan['id']} · {STATUSES[str(plan['status'])]}, versione {document['version']}",
    ]
    years = plan.get("years")
    for year, words in years.items() if isinstance(years, dict) else ():
        if isinstance(words, dict) and "approved_on" in words:
            lines.append(f"anno {year} approvato dal {day(words['approved_on'])}")
        if isinstance(words, dict) and "closed_on" in words:
            lines.append(f"anno {year} chiuso dal {day(words['closed_on'])}")
    if "act" in document:
        lines.append(f"atto: {act_words(document['act'])}")
    output.show(output.title(heading, "\n".join(lines)))
    output.show(_tree(document))


def _tree(document: Document) -> Tree:
    root = Tree("", hide_root=True, guide_style="")
    statuses = {(one["subject"], one["id"]): one for one in _list(document, "statuses")}
    under: defaultdict[str | None, list[Document]] = defaultdict(list)
    for objective in _list(document, "objectives"):
        parent = objective.get("parent")
        under[None if parent is None else str(parent)].append(objective)
    bearing: defaultdict[str, list[tuple[Document, JsonValue]]] = defaultdict(list)
    for indicator in _list(document, "indicators"):
        for place in _list(indicator, "assignments") or [indicator]:
            bearing[str(place["objective"])].append((indicator, place.get("weight")))
    waiting = [(objective, root) for objective in reversed(under[None])]
    while waiting:
        objective, above = waiting.pop()
        key = str(objective["id"])
        branch = above.add(_objective(objective, statuses.get(("objective", key))))
        for indicator, weight in bearing[key]:
            branch.add(_indicator(indicator, weight, statuses.get(("indicator", indicator["id"]))))
        waiting += [(below, branch) for below in reversed(under[key])]
    return root


def _objective(objective: Document, status: Document | None) -> Text:
    name = " ".join(str(part) for part in (objective.get("code"), objective.get("title")) if part)
    text = Text(plain(name or "(senza titolo)"), style="bold")
    beneath = [f"{objective['level']} {objective['id']}"]
    if objective.get("weight") is not None:
        beneath.append(f"peso {number(objective['weight'])}")
    offices = objective.get("offices")
    if isinstance(offices, list) and offices:
        beneath.append(", ".join(str(office) for office in offices))
    if objective.get("condition"):
        met = "avverata" if objective.get("condition_met") else "non ancora avverata"
        beneath.append(f"condizionato ({met}): {objective['condition']}")
    neutralised = objective.get("neutralised")
    if isinstance(neutralised, list) and neutralised:
        beneath.append(f"neutralizzato per {', '.join(str(year) for year in neutralised)}")
    return text.append(plain("\n" + "\n".join([" · ".join(beneath), *_reported(status)])), style="not bold")


def _indicator(indicator: Document, weight: JsonValue, status: Document | None) -> Text:
    text = Text(plain(f"◆ {indicator['name']}"))
    beneath = [f"{indicator['id']}"] + ([f"peso {number(weight)}"] if weight is not None else [])
    text.append(plain("\n  " + " · ".join(beneath)), style="dim")
    by_year: defaultdict[str, list[str]] = defaultdict(list)
    for target in _list(indicator, "targets"):
        by_year[str(target["year"])].append(said(target))
    lines = [f"{year}: {' e '.join(texts)}" for year, texts in by_year.items()]
    return text.append(plain("".join(f"\n  {line}" for line in [*lines, *_reported(status)])))


def _reported(status: Document | None) -> list[str]:
    if status is None:
        return []
    progress = f", avanzamento {number(status['progress'])}%" if status.get("progress") is not None else ""
    words = STATUS_WORDS.get(str(status["status"]), str(status["status"]))
    return [f"stato al {day(status['reported_on'])}: {words}{progress}"]


def _list(document: Document, field: str) -> list[Document]:
    found = document.get(field)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _object(document: Document, field: str) -> Document:
    found = document[field]
    return found if isinstance(found, dict) else {}
