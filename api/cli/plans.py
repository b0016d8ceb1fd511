"""The commands of plans: plans, show, history. What goes in and out of them as a file is in workbooks."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime

from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from api.cli import output
from api.cli.reader import Shown, WithoutArchive, asks
from api.cli.words import (
    ALREADY_RECORDED,
    DIRECTIONS,
    KINDS,
    banner,
    called,
    counted,
    day,
    field_name,
    instant,
    number,
    printable,
    target_words,
    value_in_words,
)
from api.language.labels import PLAN_STATUSES, feeds_words
from api.operations.plans import PARTS, PLANS
from domain.annulments.events import REASON_WORDS
from domain.indicators.feeds import BOTH
from domain.late import late
from domain.measurements.events import STATUS_WORDS
from domain.objectives.levels import level_words
from domain.point import Point
from projections.history import History, HistoryValue
from projections.plan_in_force import (
    IndicatorInForce,
    ObjectiveInForce,
    PlanInForce,
    StatusInForce,
    plan_in_force,
)
from projections.plans import PlanList, PlanRow

with late:  # each command prints one of them
    from api.cli.actors import ActorNames
    from api.cli.recorded import act_table, print_warnings, recorded_by, why
    from api.cli.trees import print_tree
    from domain.acts.model import Act
    from domain.documents.counts import PlanCounts, plan_counts
    from domain.documents.plan import PlanDocument
    from domain.notice import Notice
    from projections.audit import names_of
    from projections.store.reader import Reader
    from projections.streams import find_plan


def loaded_plan(reader: Reader, plan: str) -> PlanDocument:
    """All of a plan that is recorded, whatever its dates."""
    return PlanDocument.model_validate(plan_in_force(reader, plan, Point(date.max)))


def counts_words(counts: PlanCounts) -> str:
    """How much a plan holds, in words."""
    return (
        f"{counted(counts['objectives'], 'obiettivo', 'obiettivi')}, "
        f"{counted(counts['indicators'], 'indicatore', 'indicatori')}, "
        f"{counts['targets']} target ({counts['targets_read']} letti, {counts['targets_noted']} letti con una nota, "
        f"{counts['targets_unread']} non letti), {counted(counts['measurements'], 'misurazione', 'misurazioni')}, "
        f"{counted(counts['statuses'], 'stato riferito', 'stati riferiti')}"
    )


def print_loaded(
    document: PlanDocument, warnings: Sequence[Notice], *, preview: bool = False, repeated: bool = False
) -> None:
    """Says what a document brought, and what is odd about it."""
    heading = f"{document.plan.id}: {PLAN_STATUSES[str(document.plan.status)]}"
    if preview:
        heading = f"Anteprima, nulla è stato registrato. {heading}"
    elif repeated:
        heading = f"{ALREADY_RECORDED}. {heading}"
    output.show(output.title(heading, f"{counts_words(plan_counts(document))}."))
    print_warnings(warnings)


def print_plans(shown: Shown, listed: PlanList) -> None:
    """The table of plans, and how to go on where there are more."""
    print_table_of_plans(listed["plans"], shown.point, shown.now)
    if listed["next"] is not None:
        output.note(f"Ce ne sono altri: initinere plans --after {listed['plans'][-1]['id']}")


def print_table_of_plans(plans: Sequence[PlanRow], point: Point, now: datetime) -> None:
    """The same, wherever the plans come from; how to begin, where there are none."""
    output.show(output.title("Piani della performance", banner(point, now)))
    if not plans:
        output.show(Text("Nessun piano. Per cominciare: initinere import FILE, oppure initinere demo."))
        return
    table = output.table("Piano", "Stato", "Obiettivi", "Indicatori", right=("Obiettivi", "Indicatori"))
    lines = [
        (f"{plan['id']}\n{plan['administration']}", _status(plan), plan["objectives"], plan["indicators"])
        for plan in plans
    ]
    output.show(output.rows(table, lines))


def _status(plan: PlanRow) -> str:
    status, years = PLAN_STATUSES[plan["status"]], plan["approved_years"]
    return f"{status} ({', '.join(str(year) for year in years)})" if years else status


def print_plan(shown: Shown, document: PlanInForce) -> None:
    """The tree of a plan, with what stands on each branch."""
    plan = document["plan"]
    heading = f"{plan['title']} · {document['administration']['name']}"
    lines = [
        banner(shown.point, shown.now),
        f"{plan['id']} · {PLAN_STATUSES[plan['status']]}, versione {document['version']}",
    ]
    for year, decided in plan["years"].items():
        if "approved_on" in decided:
            lines.append(f"anno {year} approvato dal {day(decided['approved_on'])}")
        if "closed_on" in decided:
            lines.append(f"anno {year} chiuso dal {day(decided['closed_on'])}")
    if "act" in document:
        lines.append(f"atto: {printable(Act.model_validate(document['act']))}")
    output.show(output.title(heading, "\n".join(lines)))
    output.show(_tree(document))


def _tree(document: PlanInForce) -> Tree:
    root = Tree("", hide_root=True, guide_style="")
    statuses = {(status["subject"], status["id"]): status for status in document["statuses"]}
    under: defaultdict[str | None, list[ObjectiveInForce]] = defaultdict(list)
    for objective in document["objectives"]:
        under[objective["parent"]].append(objective)
    bearing: defaultdict[str, list[tuple[IndicatorInForce, str | None, str | None]]] = defaultdict(list)
    for indicator in document["indicators"]:
        for place in indicator.get("assignments", [indicator]):
            bearing[place["objective"]].append((indicator, place["weight"], place["feeds"]))
    waiting = [(objective, root) for objective in reversed(under[None])]
    while waiting:
        objective, above = waiting.pop()
        id_ = objective["id"]
        branch = above.add(_objective(objective, statuses.get(("objective", id_))))
        for indicator, weight, feeds in bearing[id_]:
            branch.add(_indicator(indicator, weight, feeds, statuses.get(("indicator", indicator["id"]))))
        waiting += [(below, branch) for below in reversed(under[id_])]
    return root


def _objective(objective: ObjectiveInForce, status: StatusInForce | None) -> Text:
    name = " ".join(part for part in (objective["code"], objective["title"]) if part)
    text = Text(printable(name or "(senza titolo)"), style="bold")
    beneath = [f"{level_words(objective['level'])} {objective['id']}"]
    if objective["weight"] is not None:
        beneath.append(f"peso {number(objective['weight'])}")
    if objective["offices"]:
        beneath.append(", ".join(objective["offices"]))
    if "condition" in objective:
        met = (
            "avverata"
            if (told := objective.get("condition_met"))
            else "non ancora avverata"
            if told is None
            else "non avverata"
        )
        beneath.append(f"condizionato ({met}): {objective['condition']}")
    if "neutralised" in objective:
        beneath.append(f"neutralizzato per {', '.join(str(year) for year in objective['neutralised'])}")
    return text.append(printable("\n" + "\n".join([" · ".join(beneath), *_reported(status)])), style="not bold")


def _indicator(
    indicator: IndicatorInForce, weight: str | None, feeds: str | None, status: StatusInForce | None
) -> Text:
    text = Text(printable(f"◆ {indicator['name']}"))
    beneath = [f"{indicator['id']}"] + ([f"peso {number(weight)}"] if weight is not None else [])
    if feeds not in {None, BOTH}:
        beneath.append(f"conta in: {feeds_words(feeds)}")
    text.append(printable("\n  " + " · ".join(beneath)), style="dim")
    by_year: defaultdict[int, list[str]] = defaultdict(list)
    for target in indicator["targets"]:
        by_year[target["year"]].append(target_words(target["text"], target["form"], meaning=target.get("meaning")))
    lines = [f"{year}: {' e '.join(texts)}" for year, texts in by_year.items()]
    return text.append(printable("".join(f"\n  {line}" for line in [*lines, *_reported(status)])))


def _reported(status: StatusInForce | None) -> list[str]:
    if status is None:
        return []
    reached = status.get("progress")
    progress = f", avanzamento {number(reached)}%" if reached is not None else ""
    words = STATUS_WORDS.get(status["status"], status["status"])
    return [f"stato al {day(status['reported_on'])}: {words}{progress}"]


def print_history(shown: Shown, history: History) -> None:
    """The values of an object, field by field; what never changed is named at the end."""
    names = names_of(shown.reader, find_plan(shown.reader, shown.subject, shown.point.known_at))
    acts, actors = act_table(shown.reader, shown.subject), _actors(shown.reader, history)
    output.show(output.title(called(names, str(history["object"])), banner(shown.point, shown.now)))
    fields: defaultdict[tuple[str, str], list[HistoryValue]] = defaultdict(list)
    for value in history["values"]:
        fields[str(value.get("assignment", "")), str(value["field"])].append(value)
    unchanged: list[str] = []
    for (assignment, field), values in fields.items():
        name = field_name(field)
        if assignment:
            name += f" in «{called(names, 'objective/' + assignment.partition('/')[2])}»"
        is_annulled = any(value["annulled"] for value in values)
        if len(values) > 1 or field.startswith("target/") or field == "status" or is_annulled:
            output.show(
                Text(""),
                output.title(f"{name[0].upper()}{name[1:]}"),
                *(_value(value, acts, actors) for value in values),
            )
        elif (not assignment and field not in {"life", "series", "polarity_basis"}) or (
            field == "weight" and values[0]["value"] is not None
        ):
            unchanged.append(
                f"{name}: {value_in_words(values[0]['value'], field)} (dal {day(values[0]['effective_on'])})"
            )
    measurements = history["measurements"]
    if measurements:
        output.show(
            Text(""),
            output.title("Valori osservati"),
            *(_measured(measurement, acts, actors) for measurement in measurements),
        )
    if unchanged:
        output.show(Text(""), output.title("Mai cambiati"), *(output.entry("", name, []) for name in unchanged))


def _actors(reader: Reader, history: History) -> ActorNames:
    values = [*history["values"], *history["measurements"]]
    annulling = (value["annulment"]["actor"] for value in values if "annulment" in value)
    return ActorNames(reader, (*(value["actor"] for value in values), *annulling))


def _value(entry: HistoryValue, acts: dict[str, str], actors: ActorNames) -> Table:
    value = value_in_words(entry["value"], str(entry["field"]))
    kind = KINDS.get(str(entry["kind"]), "")
    if entry.get("direction") and entry["kind"] != "drafting":
        kind += f"{', ' if kind else ''}{DIRECTIONS[str(entry['direction'])]}"
    lines = [kind] if kind else []
    beneath = [*lines, *why(entry, acts), recorded_by(entry, actors), *_annulled_by(entry, acts, actors)]
    return output.entry(day(entry["effective_on"]), _head(value, entry), beneath)


def _measured(measurement: HistoryValue, acts: dict[str, str], actors: ActorNames) -> Table:
    lines = [f"nota: {measurement['note']}"] if measurement["note"] else []
    restated = "rettifica: " if measurement["event"] == "measurement-restated" else ""
    head = _head(f"{measurement['period']}: {restated}{value_in_words(measurement['value'])}", measurement)
    beneath = [*lines, recorded_by(measurement, actors), *_annulled_by(measurement, acts, actors)]
    return output.entry(day(measurement["effective_on"]), head, beneath)


def _head(value: str, entry: HistoryValue) -> Text:
    head = Text(value, style="bold strike" if entry["annulled"] else "bold")
    return head.append("  ANNULLATO", style="bold not strike") if entry["annulled"] else head


def _annulled_by(entry: HistoryValue, acts: dict[str, str], actors: ActorNames) -> list[str]:
    """By which annulment a value was left out, and why."""
    if "annulment" not in entry:
        return []
    by = entry["annulment"]
    lines = [
        (
            f"annullato il {instant(by['recorded_at'])} da {actors.of(by['actor'])}, versione {by['version']}: "
            f"{REASON_WORDS[by['reason']]}"
        )
    ]
    if by["act"]:
        lines.append(f"atto dell'annullamento: {acts.get(by['act'], by['act'])}")
    if by["justification"]:
        lines.append(f"perché annullato: {by['justification']}")
    return lines


COMMANDS = {
    "plans": asks(
        PLANS,
        {"list_plans": print_plans},
        where_nothing_is=WithoutArchive(
            lambda point: {"as_of": point.as_of.isoformat(), "plans": [], "next": None},
            lambda point, now: print_table_of_plans([], point, now),
        ),
    ),
    "show": asks(PLANS, {"show_plan": print_plan, "show_tree": print_tree}),
    "history": asks(
        PARTS,
        {"show_objective_history": print_history, "show_indicator_history": print_history},
    ),
}
