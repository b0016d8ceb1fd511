"""The commands from one plan to the next: preparing it, and what it says otherwise than the one before."""

from collections.abc import Iterator

from rich.text import Text

from api.cli import options as o
from api.cli import output, session
from api.cli.files import write_file
from api.cli.parameters import options_of
from api.cli.plan_changes import commands_of
from api.cli.reader import Shown, asks, cli_of, command_of, group, read_input, records
from api.cli.recorded import tell
from api.cli.watch import print_watch
from api.cli.words import DIRECTIONS, banner, counted, day, field_name, printable, value_in_words
from api.cli.workbooks import with_format
from api.language.labels import FATES
from api.operations.changes import CHANGES
from api.operations.model import Question, row_named
from api.operations.monitoring import ROUNDS
from api.operations.plan_files import FILES
from api.operations.queries import OfNextPlan
from api.workbook.export import prepared_next_plan
from domain.vocabulary import JsonValue
from projections.successive_plans import (
    FieldOfBoth,
    FromPlanBefore,
    ObjectiveOfBoth,
    PlaceOfBoth,
    PredecessorDifferences,
    SeriesOfBoth,
)

NEXT = row_named(FILES, "prepare_next_plan", Question)


def next_(
    plan: str, *, output_: str | None, force: bool, database: str | None, as_json: bool, **asked: JsonValue
) -> None:
    """Writes the plan of the next years, to be filled in."""
    del as_json  # a JSON document is what it writes anyway, and a workbook is none
    question = read_input(OfNextPlan, with_format(asked, output_), cli_of(NEXT))
    wanted = question.wanted()
    to = session.output_file(output_, database, force=force)
    with session.reading(database) as reader:
        content = prepared_next_plan(reader, plan, question.point(session.now()), wanted, question.format)
    write_file(content, to)


def print_predecessor_differences(shown: Shown, answer: PredecessorDifferences) -> None:
    """What a plan says otherwise than the one before: the counts, then each series and each objective that differs."""
    compared = answer["differences"]
    heading = banner(shown.point, shown.now)
    if compared is None:
        output.show(output.title(answer["title"], heading), Text("Non segue nessun piano di questo archivio."))
        return
    output.show(output.title(f"{compared['predecessor']} → {answer['plan']}", f"{heading}\n{_compared(compared)}"))
    output.show(Text(_counts(compared)))
    table = output.table("Che cosa", "Di che cosa, prima e dopo")
    lines = [*_series_lines(compared["series"]), *_objective_lines(compared["objectives"])]
    if lines:
        output.show(output.rows(table, lines))


def _compared(compared: FromPlanBefore) -> str:
    state = "come approvato" if compared["approved"] else "bozza, com'è"
    stated = "" if compared["stated"] else " (non lo nomina: è l'ultimo di cui prosegue un indicatore)"
    years = ", ".join(map(str, compared["years"])) or "nessuno"
    return f"{state} al {day(compared['compared_on'])}, col precedente in vigore quel giorno{stated}\nanni in comune: {years}"


def _counts(compared: FromPlanBefore) -> str:
    targets, indicators = compared["counts"]["targets"], compared["counts"]["indicators"]
    objectives = compared["counts"]["objectives"]
    ways = ", ".join(f"{DIRECTIONS[way]} {number}" for way, number in targets.items())
    of_indicators = (
        f"{counted(indicators['continues'], 'continua', 'continuano')}, {indicators['dropped']} lasciati fuori, "
        f"{indicators['added']} nuovi, {indicators['redefined']} ridefiniti, {indicators['rebased']} con altro valore di "
        f"partenza, {indicators['reweighted']} con altro peso o posto, {indicators['cut']} con la serie interrotta"
    )
    of_objectives = f"{objectives['dropped']} lasciati fuori, {objectives['added']} nuovi, {objectives['changed']} detti diversamente"
    return f"Target degli anni in comune: {ways}\nIndicatori: {of_indicators}\nObiettivi: {of_objectives}"


def _series_lines(series: list[SeriesOfBoth]) -> Iterator[tuple[str, str]]:
    for row in series:
        name = printable(row["name"])
        if row["change"] != "continues":
            yield f"indicatore {FATES[row['change']]}", name
        if row["change"] == "continues" and row["series_before"] != row["series_after"]:
            yield "serie interrotta", f"{name}\n{row['series_before']} → {row['series_after']}"
        for target in row["targets"]:
            if target["direction"] != "neutral":
                field = f"target/{target['year']}/{target['ordinal']}"
                sides = f"{value_in_words(target['before'])} → {value_in_words(target['after'])}"
                yield f"target\n{DIRECTIONS[target['direction']]}", f"{name}\n{field_name(field)}: {sides}"
        yield from (("ridefinito", f"{name}\n{_field(field)}") for field in row["redefined"])
        yield from (("ripesato", f"{name}\n{_place(place)}") for place in row["places"])


def _objective_lines(objectives: list[ObjectiveOfBoth]) -> Iterator[tuple[str, str]]:
    for row in objectives:
        lines = [printable(row["name"]), *map(_field, row["fields"])]
        fate = "detto diversamente" if row["change"] == "continues" else FATES[row["change"]]
        yield f"obiettivo {fate}", "\n".join(lines)


def _field(pair: FieldOfBoth) -> str:
    before, after = (value_in_words(pair[side], pair["field"]) for side in ("before", "after"))
    return f"{field_name(pair['field'])}: {before} → {after}"


def _place(place: PlaceOfBoth) -> str:
    where = place["objective_after"] or place["objective_before"]
    before = "non lo serve" if place["objective_before"] is None else value_in_words(place["weight_before"], "weight")
    after = "non lo serve" if place["objective_after"] is None else value_in_words(place["weight_after"], "weight")
    return f"in {where}: {before} → {after}"


COMMANDS = {
    "plan": group(
        "plan",
        "Il piano intero: approvarlo, chiuderne un anno, completarlo, scartarne la bozza, preparare quello che segue.",
        {
            **commands_of("plan"),
            "discard": records(CHANGES, "discard_draft", tell),
            "next": command_of(
                NEXT, [o.PLAN, *options_of(OfNextPlan, cli_of(NEXT)), o.OUTPUT, o.FORCE, o.DATABASE, o.AS_JSON], next_
            ),
            "watch": asks(ROUNDS, {"list_watch": print_watch}),
            "compare": asks(CHANGES, {"show_predecessor_differences": print_predecessor_differences}),
        },
    )
}
