"""The commands of changes: revise and annul, and those that show what was changed: diff, changes."""

from collections.abc import Sequence
from datetime import datetime

from rich.table import Table
from rich.text import Text

from api.cli import output
from api.cli.reader import Shown, asks, records
from api.cli.recorded import act_table, tell
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
    number,
    plain,
    said,
)
from api.commands.handler import Caller
from api.commands.service import Service
from api.operations.changes import revision
from api.operations.model import Taken
from api.operations.requests import RevisionRequest
from domain.changes.rate import Variant
from domain.documents.changes import ChangeFile
from domain.names import Names
from domain.point import Point
from domain.vocabulary import JsonValue
from projections.audit import audit_trail, names_of
from projections.change_preview import ChangePreview, change_preview
from projections.change_rate import ChangesOfYear, Rates
from projections.differences import Difference, Differences
from projections.official_rate import against_the_ceiling
from projections.plan_history import PlanChange
from projections.store.preview_reader import PreviewReader
from projections.store.reader import Reader
from projections.streams import find_plan

SHOWN_APART = 10


def print_preview(service: Service, changes: ChangeFile, caller: Caller) -> None:
    """What changes would do: the changes themselves, and the change rates of the years that they touch.

    An object, or an act, that comes with the changes is named as they name it.
    """

    def foreseen(reader: PreviewReader) -> tuple[ChangePreview, Names, dict[str, str]]:
        plan = changes.plan
        return change_preview(reader, plan), names_of(reader, find_plan(reader, plan)), act_table(reader, plan)

    report, names, acts = service.preview_change(changes, caller, foreseen)
    listed = report["changes"]
    what = counted(len(listed), "modifica", "modifiche")
    output.show(output.title(f"Anteprima, nulla è stato registrato: {what} di {report['plan']}"))
    output.show(_variation_table(listed, names, acts))
    for year, rates in report["change_rate"].items():
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


def difference_table(found: Sequence[Difference], names: Names) -> None:
    """The table of differences."""
    if not found:
        output.show(Text("Nessuna differenza."))
        return
    table = output.table("Che cosa", "Di che cosa, prima e dopo")
    for one in found:
        key, field = str(one["object"]), str(one["field"])
        what = DIFFERENCES[str(one["type"])]
        if one["type"] == "target_revised" and one.get("direction"):
            what += f"\n{DIRECTIONS[str(one['direction'])]}"
        about = "il piano" if key == "plan" else called(names, key)
        if field != "life":
            about += (
                f"\n{field_name(field)}: {_side(one['before'], field, names)} → {_side(one['after'], field, names)}"
            )
        output.rows(table, [(what, about)])
    output.show(table, Text(counted(len(found), "differenza", "differenze")))


def _side(value: JsonValue, field: str, names: Names) -> str:
    if field == "parent" and value is not None:
        return called(names, f"objective/{value}")
    return said(value, field)


def print_changes(shown: Shown, found: ChangesOfYear) -> None:
    """The three rates of a year with their lists, the changes, and the first of what is counted apart."""
    print_changes_of_year(shown.reader, found, shown.point, shown.now)


def print_changes_of_year(
    reader: Reader, found: ChangesOfYear, point: Point, now: datetime, shown: int = SHOWN_APART
) -> None:
    """The same, on a reader."""
    known = find_plan(reader, found["plan"], point.known_at)
    names = names_of(reader, known)
    level = f", livello {found['level']}" if found["level"] else ""
    approved = f"approvato dal {day(found['approved_on'])}" if found["approved_on"] else "bozza, non ancora approvato"
    if found["approved_on"] and not found["approved_by_act"]:
        approved = f"senza atto che lo approvi, conta come approvato dal {day(found['approved_on'])}"
    heading = f"{banner(point, now)}\nanno {found['year']}{level}: {approved}"
    output.show(output.title(f"Tasso di modifica {found['year']} · {found['plan']}", heading))
    rates = found["change_rate"]
    table = output.table("Conta", "Toccati", "Ex ante", "Tasso", right=("Toccati", "Ex ante", "Tasso"))
    for variant, words in VARIANTS.items():
        one = rates[variant]
        output.rows(table, [(words, one["numerator"], one["denominator"], _percent(one["rate"]))])
    output.show(table)
    official = against_the_ceiling(reader, found["plan"], found["year"], point)
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
    _print_listed(reader, found, names, point, shown)


def _print_listed(reader: Reader, found: ChangesOfYear, names: Names, point: Point, shown: int) -> None:
    listed = found["changes"]
    in_year = [one for one in listed if one["kind"] == "in_year_revision"]
    output.show(Text(""), output.title(f"Modifiche in itinere ({len(in_year)})"))
    if in_year:
        output.show(_variation_table(in_year, names, act_table(reader, str(found["plan"]))))
    trail = audit_trail(reader, found["plan"], point)["events"]
    sentences = {one["version"]: one["sentence"] for one in trail if str(one["stream"]).startswith("plan/")}
    for kind in ("rolling_update", "correction", "reclassification"):
        apart = [one for one in listed if one["kind"] == kind]
        output.show(Text(f"Contate a parte, {KINDS[kind]}: {len(apart)}"))
        for one in apart[:shown]:
            output.show(
                output.entry(f"  {day(one['effective_on'])}", str(sentences.get(one["version"], one["event"])), [])
            )
        if len(apart) > shown:
            more = f"initinere audit {found['plan']} --kind {kind}"
            output.copied(f"  e altre {len(apart) - shown}: {more}")
    added = found["added"]
    if added:
        output.show(
            Text(
                plain(
                    "Obiettivi aggiunti in corso d'anno: " + ", ".join(called(names, f"objective/{a}") for a in added)
                )
            )
        )


def _variation_table(listed: Sequence[PlanChange], names: Names, acts: dict[str, str]) -> Table:
    table = output.table("In vigore dal", "Che cosa", "Prima", "Dopo")
    for one in listed:
        words = [_about(one, names), f"{KINDS[str(one['kind'])]}{_direction(one)}"]
        if one["act"]:
            words.append(f"atto: {acts.get(str(one['act']), str(one['act']))}")
        if one["justification"] or one["cause"]:
            words.append(f"perché: {one['justification'] or ''} ({CAUSES.get(str(one['cause']), 'causa non detta')})")
        before, after = (said(one[side]) for side in ("before", "after"))
        output.rows(table, [(day(one["effective_on"]), "\n".join(words), before, after)])
    return table


def _direction(one: PlanChange) -> str:
    return f", {DIRECTIONS[str(one['direction'])]}" if one["direction"] else ""


def _about(one: PlanChange, names: Names) -> str:
    target = f" · target {one['target_year']}" if one["target_year"] and one["aspect"] == "target" else ""
    if one["indicator"]:
        return called(names, f"indicator/{one['indicator']}") + target
    return "; ".join(called(names, f"objective/{key}") for key in one["objectives"]) or "il piano"


def _rate(rates: Rates, variant: Variant) -> str:
    one = rates[variant]
    return f"{_percent(one['rate'])} ({one['numerator']} di {one['denominator']})"


def _percent(rate: JsonValue) -> str:
    return "—" if rate is None else f"{number(rate)}%"


def _print_revision(taken: Taken, request: RevisionRequest) -> None:
    print_preview(taken.service, revision(taken, request), taken.caller)


COMMANDS = {
    "revise": records("revise_target", tell, tell_preview=_print_revision),
    "annul": records("annul_events", tell),
    "diff": asks({"show_differences": print_differences}),
    "changes": asks({"list_changes": print_changes}),
}
