"""The commands of a plan as a whole: plans, show. What goes in and out of it as a file is in workbooks."""

from collections import Counter, defaultdict
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
    target_words,
)
from api.commands.handler import Outcome
from domain.documents.load import Notice
from domain.measurements.events import STATUS_WORDS
from domain.point import Point
from domain.vocabulary import JsonValue
from projections.plan_in_force import (
    IndicatorInForce,
    ObjectiveInForce,
    PlanInForce,
    StatusInForce,
    TargetInForce,
    plan_in_force,
)
from projections.plans import PlanRow
from projections.plans import plans as list_plans
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
        found: list[PlanRow] = []
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


def loaded_plan(reader: Reader, plan: str) -> PlanInForce:
    """All of a plan that is recorded, whatever its dates."""
    return plan_in_force(reader, plan, Point(date.max))


def counts(document: PlanInForce) -> dict[str, int]:
    """How much a plan holds, and how its targets were read."""
    targets = [target for indicator in document["indicators"] for target in indicator["targets"]]
    forms = Counter(_how_read(target) for target in targets)
    return {
        "objectives": len(document["objectives"]),
        "indicators": len(document["indicators"]),
        "targets": len(targets),
        "targets_read": forms["read"],
        "targets_noted": forms["noted"],
        "targets_unread": forms["unread"],
        "measurements": len(document["measurements"]),
        "statuses": len(document["statuses"]),
    }


def _how_read(target: TargetInForce) -> str:
    return "unread" if target["form"] == "unread" else "noted" if target.get("note") else "read"


def counts_words(found: dict[str, int]) -> str:
    """The same in words."""
    return (
        f"{counted(found['objectives'], 'obiettivo', 'obiettivi')}, "
        f"{counted(found['indicators'], 'indicatore', 'indicatori')}, "
        f"{found['targets']} target ({found['targets_read']} letti, {found['targets_noted']} letti con una nota, "
        f"{found['targets_unread']} non letti), {counted(found['measurements'], 'misurazione', 'misurazioni')}, "
        f"{counted(found['statuses'], 'stato riferito', 'stati riferiti')}"
    )


def print_loaded(
    document: PlanInForce, warnings: list[Notice] | tuple[Notice, ...], *, preview: bool = False, repeated: bool = False
) -> None:
    """Says what a document brought, and what is odd about it."""
    plan = document["plan"]
    heading = f"{plan['id']}: {STATUSES[plan['status']]}"
    if preview:
        heading = f"Anteprima, nulla è stato registrato. {heading}"
    elif repeated:
        heading = f"Già registrato da questo stesso comando. {heading}"
    output.show(output.title(heading, f"{counts_words(counts(document))}."))
    print_warnings(warnings)


def print_warnings(warnings: list[Notice] | tuple[Notice, ...]) -> None:
    """Says what was taken as it is: for each kind how often, and the first of all."""
    if not warnings:
        return
    kinds = ", ".join(
        f"{name} {how_many}" for name, how_many in Counter(warning.name for warning in warnings).most_common()
    )
    lines = [f"  {warning.where}: {warning.words}" for warning in warnings[:SHOWN_WARNINGS]]
    if len(warnings) > SHOWN_WARNINGS:
        lines.append(f"  e altre {len(warnings) - SHOWN_WARNINGS}; con --json ci sono tutte")
    output.show(Text(plain("\n".join([f"Avvertenze ({len(warnings)}): {kinds}", *lines]))))


def print_plans(found: list[PlanRow], point: Point) -> None:
    """The table of plans."""
    output.show(output.title("Piani della performance", banner(point, now_in_utc())))
    if not found:
        output.show(Text("Nessun piano. Per cominciare: initinere import FILE, oppure initinere demo."))
        return
    table = output.table("Piano", "Stato", "Obiettivi", "Indicatori", right=("Obiettivi", "Indicatori"))
    lines = [
        (f"{plan['id']}\n{plan['administration']}", _status(plan), plan["objectives"], plan["indicators"])
        for plan in found
    ]
    output.show(output.rows(table, lines))


def _status(plan: PlanRow) -> str:
    status, years = STATUSES[plan["status"]], plan["approved_years"]
    return f"{status} ({', '.join(str(year) for year in years)})" if years else status


def print_plan(document: PlanInForce, point: Point) -> None:
    """The tree of a plan, with what stands on each branch."""
    plan = document["plan"]
    heading = f"{plan['title']} · {document['administration']['name']}"
    lines = [
        banner(point, now_in_utc()),
        f"{plan['id']} · {STATUSES[plan['status']]}, versione {document['version']}",
    ]
    for year, decided in plan["years"].items():
        if "approved_on" in decided:
            lines.append(f"anno {year} approvato dal {day(decided['approved_on'])}")
        if "closed_on" in decided:
            lines.append(f"anno {year} chiuso dal {day(decided['closed_on'])}")
    if "act" in document:
        lines.append(f"atto: {act_words(document['act'])}")
    output.show(output.title(heading, "\n".join(lines)))
    output.show(_tree(document))


def _tree(document: PlanInForce) -> Tree:
    root = Tree("", hide_root=True, guide_style="")
    statuses = {(status["subject"], status["id"]): status for status in document["statuses"]}
    under: defaultdict[str | None, list[ObjectiveInForce]] = defaultdict(list)
    for objective in document["objectives"]:
        under[objective["parent"]].append(objective)
    bearing: defaultdict[str, list[tuple[IndicatorInForce, str | None]]] = defaultdict(list)
    for indicator in document["indicators"]:
        for place in indicator.get("assignments", [indicator]):
            bearing[place["objective"]].append((indicator, place["weight"]))
    waiting = [(objective, root) for objective in reversed(under[None])]
    while waiting:
        objective, above = waiting.pop()
        id_ = objective["id"]
        branch = above.add(_objective(objective, statuses.get(("objective", id_))))
        for indicator, weight in bearing[id_]:
            branch.add(_indicator(indicator, weight, statuses.get(("indicator", indicator["id"]))))
        waiting += [(below, branch) for below in reversed(under[id_])]
    return root


def _objective(objective: ObjectiveInForce, status: StatusInForce | None) -> Text:
    name = " ".join(part for part in (objective["code"], objective["title"]) if part)
    text = Text(plain(name or "(senza titolo)"), style="bold")
    beneath = [f"{objective['level']} {objective['id']}"]
    if objective["weight"] is not None:
        beneath.append(f"peso {number(objective['weight'])}")
    if objective["offices"]:
        beneath.append(", ".join(objective["offices"]))
    if "condition" in objective:
        met = "avverata" if objective.get("condition_met") else "non ancora avverata"
        beneath.append(f"condizionato ({met}): {objective['condition']}")
    if "neutralised" in objective:
        beneath.append(f"neutralizzato per {', '.join(str(year) for year in objective['neutralised'])}")
    return text.append(plain("\n" + "\n".join([" · ".join(beneath), *_reported(status)])), style="not bold")


def _indicator(indicator: IndicatorInForce, weight: str | None, status: StatusInForce | None) -> Text:
    text = Text(plain(f"◆ {indicator['name']}"))
    beneath = [f"{indicator['id']}"] + ([f"peso {number(weight)}"] if weight is not None else [])
    text.append(plain("\n  " + " · ".join(beneath)), style="dim")
    by_year: defaultdict[int, list[str]] = defaultdict(list)
    for target in indicator["targets"]:
        by_year[target["year"]].append(target_words(target["text"], target["form"]))
    lines = [f"{year}: {' e '.join(texts)}" for year, texts in by_year.items()]
    return text.append(plain("".join(f"\n  {line}" for line in [*lines, *_reported(status)])))


def _reported(status: StatusInForce | None) -> list[str]:
    if status is None:
        return []
    reached = status.get("progress")
    progress = f", avanzamento {number(reached)}%" if reached is not None else ""
    words = STATUS_WORDS.get(status["status"], status["status"])
    return [f"stato al {day(status['reported_on'])}: {words}{progress}"]
