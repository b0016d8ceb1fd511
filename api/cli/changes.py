"""The commands of changes: revise and annul, and those that show what was changed: diff, changes."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from rich.table import Table
from rich.text import Text

from api.cli import output
from api.cli.actors import ActorNames
from api.cli.reader import Shown, asks, records
from api.cli.recorded import act_table, deciding_words, tell, version_words
from api.cli.trees import tree_words
from api.cli.words import (
    CAUSES,
    DIFFERENCES,
    DIRECTIONS,
    KINDS,
    VARIANTS,
    banner,
    called,
    counted,
    day,
    field_name,
    field_of_change,
    number,
    printable,
    value_in_words,
)
from api.commands.handler import Caller
from api.commands.service import Service
from api.language.labels import REDACTED
from api.operations.changes import CHANGES, preview_annulment
from api.operations.model import CommandContext
from api.operations.requests import AnnulmentRequest
from domain.annulments.events import REASON_WORDS
from domain.changes.rate import Variant
from domain.documents.changes import ChangeFile
from domain.names import Names
from domain.notice import Notice
from domain.objectives.levels import level_words
from domain.point import Point
from domain.vocabulary import JsonValue
from projections.audit import audit_trail, names_of
from projections.change_preview import BeforeAfter, ChangePreview, change_preview
from projections.change_rate import ChangesOfYear, NodeRates, Rates
from projections.differences import Difference, Differences
from projections.official_rate import against_the_ceiling
from projections.plan_history import PlanChange
from projections.store.preview_reader import PreviewReader
from projections.store.reader import Reader
from projections.streams import find_plan

SHOWN_APART = 10
CONDITIONS = frozenset({"condition_met", "condition_failed"})
"""The differences that are no change of the plan, and are shown beside those that are."""


def print_preview(service: Service, changes: ChangeFile, caller: Caller) -> None:
    """What changes would do: the changes themselves, and the change rates of the years that they touch.

    An object, or an act, that comes with the changes is named as they name it.
    """

    def foreseen(reader: PreviewReader) -> tuple[ChangePreview, Names, dict[str, str]]:
        plan = changes.plan
        return change_preview(reader, plan), names_of(reader, find_plan(reader, plan)), act_table(reader, plan)

    told: list[Notice] = []
    report, names, acts = service.preview_change(changes, caller, foreseen, told)
    listed = report["changes"]
    conditions = [row for row in report["differences"] if row["type"] in CONDITIONS]
    what = counted(len(listed), "modifica", "modifiche") if listed or not conditions else ""
    if conditions:
        what = " e ".join(filter(None, (what, counted(len(conditions), "condizione", "condizioni"))))
    heading = f"Anteprima, nulla è stato registrato: {what} di {report['plan']}"
    output.show(output.title(heading, "\n".join(deciding_words(report["decides"]))))
    if listed or not conditions:
        output.show(variation_table(listed, names, acts))
    if conditions:
        difference_table(conditions, names)
    for row in report["overtaken"]:
        of = row["object"]
        until, then = (
            date.fromisoformat(row["until"]),
            value_in_words(row["then"], row["field"], names=names.beside(of)),
        )
        by = acts.get(row["act"] or "", "")
        what = f"{names.called(of)}, {field_name(row['field'], of=of)}"
        output.show(
            Text(f"{what}: vale fino al {until:%d/%m/%Y}, poi è già registrato {then}{f' ({by})' if by else ''}")
        )
    for question in report["questions"]:
        output.show(
            Text(
                f"{names.indicator(question['indicator'])}, {question['year']}: {question['words']}. {question['question']}"
            )
        )
    for notice in told:
        where = "" if notice.name == "weights_not_100" else f"{notice.where}: "
        output.show(Text(printable(f"Avvertenza: {where}{notice.words}")))
    print_rates_of_years(report["change_rate"])


def print_rates_of_years(rates_of_years: Mapping[str, BeforeAfter]) -> None:
    """The change rates of some years, before and after, and the official one against its ceiling."""
    for year, rates in rates_of_years.items():
        before, after = rates["before"], rates["after"]
        table = output.table(f"Tasso di modifica {year}", "Prima", "Dopo")
        lines = [(words, _rate(before, variant), _rate(after, variant)) for variant, words in VARIANTS.items()]
        output.show(output.rows(table, lines))
        official = rates["official"]
        if official["ceiling_respected"] is not None:
            output.show(Text(f"Tasso ufficiale {year}: {official['words']}", style="bold"))


def print_differences(shown: Shown, answer: Differences) -> None:
    """The table of differences, beneath the two points."""
    start, end = shown.query.points(shown.now)
    heading = f"da: {banner(start, shown.now)}\na:  {banner(end, shown.now)}"
    output.show(output.title(f"Differenze · {shown.subject}", heading))
    difference_table(answer["differences"], names_of(shown.reader, find_plan(shown.reader, shown.subject)))


def difference_table(differences: Sequence[Difference], names: Names) -> None:
    """The table of differences."""
    if not differences:
        output.show(Text("Nessuna differenza."))
        return
    table = output.table("Che cosa", "Di che cosa, prima e dopo")
    for difference in differences:
        key, field = str(difference["object"]), str(difference["field"])
        what = DIFFERENCES[str(difference["type"])]
        if difference["type"] == "target_revised" and difference.get("direction"):
            what += f"\n{DIRECTIONS[str(difference['direction'])]}"
        about = "il piano" if key == "plan" else called(names, key)
        if field != "life":
            sides = (value_in_words(difference[side], field, names=names.beside(key)) for side in ("before", "after"))
            about += f"\n{field_name(field, of=key)}: {' → '.join(sides)}"
        output.rows(table, [(what, about)])
    output.show(table, Text(counted(len(differences), "differenza", "differenze")))


def print_changes(shown: Shown, changes: ChangesOfYear) -> None:
    """The three rates of a year with their lists, the changes, and the first of what is counted apart."""
    print_changes_of_year(shown.reader, changes, shown.point, shown.now)
    if shown.query.tree is not None:
        for tree, nodes in changes["by_tree"].items():
            _print_nodes(tree, nodes)


def _print_nodes(tree: str, nodes: Sequence[NodeRates]) -> None:
    """The rate of each node of a further tree, and the changes that touch it."""
    table = output.table(
        tree_words(tree), "Toccati", "Ex ante", "Tasso", "Modifiche", right=("Toccati", "Ex ante", "Tasso")
    )
    for node in nodes:
        rate = node["change_rate"]["any"]
        versions = ", ".join(map(str, node["versions"])) or "—"
        name = f"{'  ' * node['depth']}{printable(node['name'])}"
        output.rows(table, [(name, rate["numerator"], rate["denominator"], _percent(rate["rate"]), versions)])
    output.show(table)


def print_changes_of_year(
    reader: Reader, changes: ChangesOfYear, point: Point, now: datetime, shown: int = SHOWN_APART
) -> None:
    """The same, on a reader."""
    known = find_plan(reader, changes["plan"], point.known_at)
    names = names_of(reader, known)
    level = f", livello {level_words(changes['level'])}" if changes["level"] else ""
    approved = (
        f"approvato dal {day(changes['approved_on'])}" if changes["approved_on"] else "bozza, non ancora approvato"
    )
    if changes["approved_on"] and not changes["approved_by_act"]:
        approved = f"senza atto che lo approvi, conta come approvato dal {day(changes['approved_on'])}"
    if changes["approval_annulled_on"]:
        approved += f", approvazione annullata il {day(changes['approval_annulled_on'])}"
    if changes["closed_on"]:
        approved += f", chiuso il {day(changes['closed_on'])}"
    if changes["closing_annulled_on"]:
        approved += f", chiusura annullata il {day(changes['closing_annulled_on'])}"
    heading = f"{banner(point, now)}\nanno {changes['year']}{level}: {approved}"
    output.show(output.title(f"Tasso di modifica {changes['year']} · {changes['plan']}", heading))
    rates = changes["change_rate"]
    table = output.table("Conta", "Toccati", "Ex ante", "Tasso", right=("Toccati", "Ex ante", "Tasso"))
    for variant, words in VARIANTS.items():
        rate = rates[variant]
        output.rows(table, [(words, rate["numerator"], rate["denominator"], _percent(rate["rate"]))])
    output.show(table)
    official = against_the_ceiling(reader, changes["plan"], changes["year"], point)
    if official["ceiling"] is not None:
        output.show(Text(f"Tasso ufficiale: {official['words']}"))
    previous: list[str] | None = None
    for variant, words in VARIANTS.items():
        objectives = rates[variant]["objectives"]
        listed = [f"  {called(names, f'objective/{key}')}" for key in objectives]
        if objectives == previous and listed:
            listed = ["  gli stessi"]
        previous = objectives
        output.show(Text("\n".join([f"Obiettivi toccati, {words}:", *(listed or ["  nessuno"])])))
    _print_listed(reader, changes, names, point, shown)


def _print_listed(reader: Reader, changes: ChangesOfYear, names: Names, point: Point, shown: int) -> None:
    listed = changes["changes"]
    acts = act_table(reader, str(changes["plan"]))
    actors = ActorNames(reader, (change["actor"] for change in listed))
    counts = [change for change in listed if change["counts"] and change["year"] == changes["year"]]
    counted_versions = changes["counted"]["any"]
    output.show(Text(""), output.title(f"Modifiche in itinere ({len(counts)})"))
    if counts:
        output.show(variation_table(counts, names, acts, actors))
    beyond = len(counts) - len(counted_versions)
    if beyond:
        output.show(Text(f"Di queste, {beyond} toccano solo obiettivi che non erano fra quelli programmati."))
    surfaced = [change for change in listed if change["version"] in changes["surfaced"]]
    if surfaced:
        output.show(
            output.title(
                f"Registrate dopo l'approvazione, con un atto anteriore ({len(surfaced)}): non contano nel tasso"
            ),
            variation_table(surfaced, names, acts, actors),
        )
    if changes["retroactive"]:
        versions = ", ".join(map(str, changes["retroactive"]))
        output.show(Text(f"Valgono da prima dell'atto che le decide: versioni {versions}"))
    for left_out in changes["annulled"]:
        by_act = f", atto: {acts.get(left_out['act'], left_out['act'])}" if left_out["act"] else ", senza atto"
        what = "modifica in itinere" if left_out["counted"] else "modifica"
        output.show(
            Text(
                f"Tolta dal conto il {day(left_out['annulled_on'])}: {what} della versione {left_out['version']} "
                f"({REASON_WORDS[left_out['reason']]}{by_act})"
            )
        )
    for earlier in changes["earlier_approvals"]:
        rate = earlier["change_rate"]["any"]
        output.show(
            Text(
                f"Rispetto all'approvazione del {day(earlier['approved_on'])}, annullata: {_percent(rate['rate'])} "
                f"({rate['numerator']} di {rate['denominator']})"
            )
        )
    trail = audit_trail(reader, changes["plan"], point)["events"]
    sentences = {event["version"]: event["sentence"] for event in trail if str(event["stream"]).startswith("plan/")}
    for kind in ("rolling_update", "correction", "reclassification"):
        apart = [change for change in listed if change["kind"] == kind]
        output.show(Text(f"Contate a parte, {KINDS[kind]}: {len(apart)}"))
        for change in apart[:shown]:
            output.show(
                output.entry(
                    f"  {day(change['effective_on'])}", str(sentences.get(change["version"], change["event"])), []
                )
            )
        if len(apart) > shown:
            more = f"initinere audit {changes['plan']} --kind {kind}"
            output.copied(f"  e altre {len(apart) - shown}: {more}")
    added = changes["added"]
    if added:
        output.show(
            Text(
                printable(
                    "Obiettivi aggiunti in corso d'anno: " + ", ".join(called(names, f"objective/{a}") for a in added)
                )
            )
        )


def variation_table(
    listed: Sequence[PlanChange], names: Names, acts: dict[str, str], actors: ActorNames | None = None
) -> Table:
    """Changes, each with its kind, act and reason, before and after; with who recorded them, where it is to be said."""
    table = output.table("In vigore dal", "Che cosa", "Prima", "Dopo")
    for change in listed:
        words = [_about(change, names), f"{KINDS[str(change['kind'])]}{_direction(change)}"]
        if change["act"]:
            words.append(f"atto: {acts.get(str(change['act']), str(change['act']))}")
        if change["justification"] or change["cause"] or change["redacted"]:
            cause = f"({CAUSES.get(str(change['cause']), 'causa non detta')})"
            why = REDACTED if change["redacted"] else change["justification"]
            words.append(" ".join(filter(None, ("perché:", why, cause))))
        if actors is not None:
            words.append(f"registrato da {actors.of(change['actor'])}")
        field = field_of_change(change["event"], change["aspect"])
        beside = names.beside(change["node"] or "")
        before, after = (value_in_words(change[side], field, names=beside) for side in ("before", "after"))
        output.rows(table, [(day(change["effective_on"]), "\n".join(words), before, after)])
    return table


def _direction(change: PlanChange) -> str:
    return f", {DIRECTIONS[str(change['direction'])]}" if change["direction"] else ""


def _about(change: PlanChange, names: Names) -> str:
    target = f" · target {change['target_year']}" if change["target_year"] and change["aspect"] == "target" else ""
    if change["indicator"]:
        return called(names, f"indicator/{change['indicator']}") + target
    if change["node"]:
        tree = change["node"].split("/")[1]
        return f"{called(names, change['node'])}, nodo dell'albero {tree_words(tree)}"
    return "; ".join(called(names, f"objective/{key}") for key in change["objectives"]) or "il piano"


def _rate(rates: Rates, variant: Variant) -> str:
    rate = rates[variant]
    return f"{_percent(rate['rate'])} ({rate['numerator']} di {rate['denominator']})"


def _percent(rate: JsonValue) -> str:
    return "—" if rate is None else f"{number(rate)}%"


def _print_annulment(context: CommandContext, request: AnnulmentRequest) -> None:
    """What would count no more, what an act would make of the years, and the change rates before and after."""
    report = preview_annulment(context, request)
    what = counted(len(report["annulled"]), "evento", "eventi")
    heading = f"Anteprima, nulla è stato annullato: {what} di {report['plan']}"
    output.show(output.title(heading, "\n".join(deciding_words(report["decides"]))))
    for row in report["annulled"]:
        beneath = [f"atto: {row['act']}"] if row["act"] else []
        output.show(
            output.entry(day(row["effective_on"]), f"{row['sentence']} (versione {version_words(row)})", beneath)
        )
    print_rates_of_years(report["change_rate"])


COMMANDS = {
    "annul": records(CHANGES, "annul_events", tell, tell_preview=_print_annulment, asks_before=True),
    "discard": records(CHANGES, "discard_draft", tell),
    "diff": asks(CHANGES, {"show_differences": print_differences}),
    "changes": asks(CHANGES, {"list_changes": print_changes}),
}
