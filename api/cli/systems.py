"""The commands of the measurement system (SMVP): show, compare, adopt."""

import click
from rich.table import Table
from rich.text import Text

from api.cli import options as o
from api.cli import output, session
from api.cli.administrations import tell_of_administration
from api.cli.parameters import options_of
from api.cli.reader import Shown, asks, cli_of, command_of, group, read_input
from api.cli.words import banner, day, percentage, printable
from api.commands.administrations import adopt_administration_system
from api.language.rules_said import rules_in_codes
from api.operations.model import Command, CommandContext, Question, row_named
from api.operations.queries import OfYear
from api.operations.scoring import SCORING, preview_adoption
from api.operations.serializers import outcome_object
from domain.administrations.commands import AdoptAdministrationSystem
from domain.errors import Malformed, Problem
from domain.point import Point, today
from domain.systems.decide import read_system
from domain.systems.presets import PRESETS
from domain.vocabulary import JsonValue
from projections.streams import find_plan, plan_is_there
from projections.system_comparison import (
    AdoptionPreview,
    SystemAnswer,
    SystemComparison,
    adoption_preview,
    compared,
)
from projections.systems import SystemList

COMPARE, ADOPT = row_named(SCORING, "compare_systems", Question), row_named(SCORING, "adopt_system", Command)
RULES = (
    o.text_option("--preset", "preset", "NOME", f"Un sistema noto: {', '.join(PRESETS)}."),
    o.text_option("--file", "file", "FILE", "Le regole in JSON; - per lo standard input."),
)


def print_system(shown: Shown, answer: SystemAnswer) -> None:
    """The rules of a year, and where they come from."""
    whose = "dall'amministrazione" if answer["adopted_by"] == "administration" else "nel piano"
    adopted = f"adottato {whose} per il {answer['adopted_for']}, atto {answer['act']}"
    beneath = f"{banner(shown.point, shown.now)}\n{adopted if answer['adopted_for'] else 'predefinito'}"
    output.show(output.title(f"Sistema di misurazione {answer['year']} · {answer['plan']}", beneath))
    output.show(_table(answer["system"]))


def print_systems(shown: Shown, answer: SystemList) -> None:
    """The systems that an administration adopted, with those that were put right or annulled."""
    output.show(output.title(f"Sistemi di misurazione · {answer['administration']}", banner(shown.point, shown.now)))
    table = output.table("Anno", "Versione", "In vigore dal", "Sistema", "Atto", right=("Anno", "Versione"))
    for row in answer["systems"]:
        name = printable(str(row["system"].get("name")))
        name += f"\nannullato dalla versione {row['annulled_by']}" if row["annulled_by"] else ""
        name += f"\nrettifica la versione {row['corrects']}" if row["corrects"] else ""
        output.rows(table, [(str(row["year"]), str(row["version"]), day(row["adopted_on"]), name, row["act"] or "—")])
    output.show(table if answer["systems"] else Text("Nessuno: valgono le regole predefinite."))


def compare(
    plan: str, *, preset: str | None, file: str | None, database: str | None, as_json: bool, **asked: JsonValue
) -> None:
    """Says what other rules would make of a year."""
    question = read_input(OfYear, asked, cli_of(COMPARE))
    system = read_system(_rules(preset, file), "rules")
    with session.reading(database) as reader:
        answer = compared(reader, plan, question.year, system, question.point(session.now()))
    if as_json:
        output.emit(answer)
    else:
        print_comparison(answer)


def adopt(
    adopter: str,
    *,
    preset: str | None,
    file: str | None,
    preview: bool,
    database: str | None,
    actor: str | None,
    command_id: str | None,
    as_json: bool,
    **asked: JsonValue,
) -> None:
    """Adopts the rules of a year, after saying what they would make of the year before in the plan that is named."""
    adoption = read_input(AdoptAdministrationSystem, asked | {"system": _rules(preset, file)}, cli_of(ADOPT))
    system = read_system(adoption.system, "system")  # a mistake is said before the archive is looked for
    with session.serving(database) as service:
        with service.store.reading() as reader:
            known = find_plan(reader, adopter) if plan_is_there(reader, adopter) else None
            administration, plan = (known.administration, known.plan) if known else (adopter, None)
            effect = adoption_preview(reader, administration, adoption.year, system, Point(today(session.now())), plan)
        context = CommandContext(service, administration, session.caller(actor, command_id))
        if preview:
            effect = preview_adoption(context, adoption, plan)
            if as_json:
                output.emit(effect)
            else:
                _print_effect(effect)
            return
        outcome = adopt_administration_system(service, administration, adoption, context.caller)
        if as_json:
            output.emit(outcome_object(outcome))
        else:
            _print_effect(effect)
            tell_of_administration(service, outcome)


def _print_effect(effect: AdoptionPreview) -> None:
    """What the rules would do to each plan; where there is none, the rules."""
    for comparison in effect["comparisons"]:
        print_comparison(comparison)
    if not effect["comparisons"]:
        output.show(_table(effect["system"]))


def _rules(preset: str | None, file: str | None) -> dict[str, JsonValue]:
    if (preset is None) == (file is None):
        raise click.BadParameter("dire le regole con --preset oppure con --file, uno dei due", param_hint="--preset")
    if preset is not None:
        return {"preset": preset}
    content = session.read_json(str(file))
    if not isinstance(content, dict):
        raise Malformed([Problem(where="", found="non è un oggetto", accepted="un oggetto con le regole")])
    return rules_in_codes(content)


def print_comparison(answer: SystemComparison) -> None:
    """The body, then what would change."""
    output.show(output.title(f"Che cosa le regole farebbero del {answer['year']} · {answer['plan']}"))
    for rule in answer["rules"]:
        output.show(Text(printable(f"- {rule['rule']}: da {_value(rule['before'])} a {_value(rule['after'])}")))
    body = answer["body"]
    output.show(Text(f"Ente: da {percentage(body['before'])} a {percentage(body['after'])}"))
    table = output.table("Obiettivo", "Oggi", "Con le nuove", right=("Oggi", "Con le nuove"))
    for row in answer["objectives"]:
        output.rows(table, [(row["title"] or row["id"], percentage(row["before"]), percentage(row["after"]))])
    output.show(table if answer["objectives"] else Text("Nessun obiettivo cambierebbe punteggio."))


def _table(rules: dict[str, JsonValue]) -> Table:
    table = output.table("Regola", "Valore")
    return output.rows(table, [(name, _value(value)) for name, value in rules.items()])


def _value(value: JsonValue) -> str:
    if value is None:
        return "nessuno"
    if isinstance(value, list):
        return "; ".join(_value(item) for item in value)
    if isinstance(value, dict):
        return ", ".join(f"{name} {_value(part)}" for name, part in value.items()) or "—"
    return str(value)


COMMANDS: dict[str, click.Command] = {
    "system": group(
        "system",
        "Il sistema di misurazione e valutazione: le regole dei punteggi, anno per anno.",
        {
            "show": asks(SCORING, {"show_system": print_system}),
            "list": asks(SCORING, {"list_systems": print_systems}),
            "compare": command_of(
                COMPARE,
                [o.PLAN, *options_of(COMPARE.query, cli_of(COMPARE)), *RULES, o.DATABASE, o.AS_JSON],
                compare,
            ),
            "adopt": command_of(
                ADOPT,
                [
                    o.argument(
                        "adopter", "ENTE|PIANO", "L'id dell'ente, o di un suo piano: di cui mostra gli effetti."
                    ),
                    *options_of(AdoptAdministrationSystem, cli_of(ADOPT)),
                    *RULES,
                    o.PREVIEW,
                    o.DATABASE,
                    o.ACTOR,
                    o.IS_ROLE,
                    o.COMMAND_ID,
                    o.AS_JSON,
                ],
                adopt,
            ),
        },
    )
}
