"""The commands of the measurement system (SMVP): show, compare, adopt."""

import click
from rich.table import Table
from rich.text import Text

from api.cli import options as o
from api.cli import output, session
from api.cli.administrations import tell_of_administration
from api.cli.frame import TranslatedCommand
from api.cli.reader import Shown, asks, group
from api.cli.words import banner, day, percentage, printable
from api.commands.administrations import adopt_administration_system
from api.operations.queries import OfYear
from api.operations.serializers import outcome_object
from api.operations.table import COMMANDS as OPERATIONS
from domain.administrations.commands import AdoptAdministrationSystem
from domain.errors import Malformed, Problem
from domain.point import Point, today
from domain.systems.decide import read_system, rules_json
from domain.systems.model import MeasurementSystem
from domain.systems.presets import PRESETS
from domain.vocabulary import JsonValue
from projections.plan_history import plan_history
from projections.store.reader import Reader
from projections.streams import find_plan, plan_is_there
from projections.system_comparison import SystemAnswer, SystemComparison, compared
from projections.systems import SystemList

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
    question = o.read_input(OfYear, asked)
    system = read_system(_rules(preset, file), "rules")
    with session.reading(database) as reader:
        answer = compared(reader, plan, question.year, system, question.point(session.now()))
    if as_json:
        output.emit(answer)
    else:
        print_comparison(answer)


def adopt(  # noqa: PLR0913 - each option is a parameter
    adopter: str,
    *,
    year: int,
    preset: str | None,
    file: str | None,
    corrects: int | None,
    name: str | None,
    justification: str | None,
    cause: str | None,
    act: str | None,
    effective_on: str | None,
    preview: bool,
    database: str | None,
    actor: str | None,
    command_id: str | None,
    as_json: bool,
) -> None:
    """Adopts the rules of a year, after saying what they would make of the year before in the plan that is named."""
    rules = _rules(preset, file)
    system = read_system(rules)
    data: dict[str, JsonValue] = {"year": year, "system": rules, "act": act, "corrects": corrects, "name": name}
    data |= {"justification": justification, "cause": cause, "effective_on": effective_on}
    command = o.read_input(AdoptAdministrationSystem, data)
    with session.serving(database) as service:
        with service.store.reading() as reader:
            known = find_plan(reader, adopter) if plan_is_there(reader, adopter) else None
            effect = _effect(reader, adopter, year, rules) if known else None
        if preview:
            if as_json:
                output.emit({"preview": True, "system": system.model_dump(mode="json"), "comparison": effect})
            else:
                _print_effect(effect, system)
            return
        administration = known.administration if known else adopter
        caller = session.caller(actor, command_id)
        outcome = adopt_administration_system(service, administration, command, caller)
        if as_json:
            output.emit(outcome_object(outcome))
        else:
            _print_effect(effect, system)
            tell_of_administration(service, outcome)


def _print_effect(effect: SystemComparison | None, system: MeasurementSystem) -> None:
    """What the rules would do to a plan; where none is named, the rules."""
    if effect is not None:
        print_comparison(effect)
    else:
        output.show(_table(dict(rules_json(system))))


def _effect(reader: Reader, plan: str, year: int, rules: dict[str, JsonValue]) -> SystemComparison | None:
    """What the rules would do to the year before, or to their own where the plan has none before it; None for neither."""
    point = Point(today(session.now()))
    years = plan_history(reader, plan, point).years
    of = next((other for other in (year - 1, year) if other in years), None)
    return None if of is None else compared(reader, plan, of, read_system(rules), point)


def _rules(preset: str | None, file: str | None) -> dict[str, JsonValue]:
    if (preset is None) == (file is None):
        raise click.BadParameter("dire le regole con --preset oppure con --file, uno dei due", param_hint="--preset")
    if preset is not None:
        return {"preset": preset}
    content = session.read_json(str(file))
    if not isinstance(content, dict):
        raise Malformed([Problem(where="", found="non è un oggetto", accepted="un oggetto con le regole")])
    return content


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
            "show": asks({"show_system": print_system}),
            "list": asks({"list_systems": print_systems}),
            "compare": TranslatedCommand(
                "compare",
                help="Mostra che cosa altre regole farebbero di un anno: ogni punteggio prima e dopo.",
                params=[o.PLAN, *o.question_options(OfYear), *RULES, o.DATABASE, o.AS_JSON],
                callback=compare,
            ),
            "adopt": TranslatedCommand(
                "adopt",
                help=OPERATIONS["adopt_system"].description,
                params=[
                    o.argument(
                        "adopter", "ENTE|PIANO", "L'id dell'ente, o di un suo piano: di cui mostra gli effetti."
                    ),
                    o.year_option("L'anno.", required=True),
                    *RULES,
                    click.Option(
                        ["--corrects"],
                        type=int,
                        metavar="VERSIONE",
                        help="Rettifica: la versione dell'adozione registrata male, come la dà system list.",
                    ),
                    o.text_option(
                        "--name", "name", "NOME", "Il nome dell'ente, dove il suo primo piano non c'è ancora."
                    ),
                    o.JUSTIFICATION,
                    o.CAUSE,
                    o.ACT,
                    o.EFFECTIVE_ON,
                    o.PREVIEW,
                    o.DATABASE,
                    o.ACTOR,
                    o.COMMAND_ID,
                    o.AS_JSON,
                ],
                callback=adopt,
            ),
        },
    )
}
