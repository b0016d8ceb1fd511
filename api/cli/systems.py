"""The commands of the measurement system (SMVP): show, compare, adopt."""

from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from api.cli import options as o
from api.cli import output, session
from api.cli.changes import answer
from api.cli.groups import group
from api.cli.scores import percentage
from api.cli.words import banner, plain
from api.formats.json_reader import into
from domain.documents.changes import ChangeFile
from domain.errors import Malformed, Problem
from domain.point import Point
from domain.systems.decide import read_system
from domain.systems.presets import PRESETS
from domain.vocabulary import Cause, JsonValue
from projections.plan_history import plan_history
from projections.store.reader import Reader
from projections.store.store import now_in_utc
from projections.system_comparison import SystemComparison, compared, system_in_force

Row = dict[str, JsonValue]

command = group("system", "Il sistema di misurazione e valutazione: le regole dei punteggi, anno per anno.")

Preset = Annotated[str | None, typer.Option("--preset", metavar="NOME", help=f"Un sistema noto: {', '.join(PRESETS)}.")]
RulesFile = Annotated[
    str | None, typer.Option("--file", metavar="FILE", help="Le regole in JSON; - per lo standard input.")
]


@command("show")
def show(
    plan: o.PlanArgument,
    *,
    year: o.YearOption,
    as_of: o.AsOf = None,
    known_at: o.KnownAt = None,
    database: o.Database = None,
    as_json: o.AsJson = False,
) -> None:
    """Mostra le regole di un anno, e quale atto le ha adottate."""
    point = o.point(as_of, known_at)
    with session.reading(database) as reader:
        found = system_in_force(reader, plan, year, point)
    if as_json:
        output.emit(found)
        return
    source = f"adottato per il {found['adopted_for']}, atto {found['act']}" if found["adopted_for"] else "predefinito"
    output.show(output.title(f"Sistema di misurazione {year} · {plan}", f"{banner(point, now_in_utc())}\n{source}"))
    output.show(_table(found["system"]))


@command("compare")
def compare(
    plan: o.PlanArgument,
    *,
    year: Annotated[
        int,
        typer.Option("--year", parser=o.read_year, metavar="ANNO", help="L'anno da ricalcolare.", show_default=False),
    ],
    preset: Preset = None,
    file: RulesFile = None,
    as_of: o.AsOf = None,
    known_at: o.KnownAt = None,
    database: o.Database = None,
    as_json: o.AsJson = False,
) -> None:
    """Mostra che cosa altre regole farebbero di un anno: ogni punteggio prima e dopo."""
    system = read_system(_rules(preset, file))
    point = o.point(as_of, known_at)
    with session.reading(database) as reader:
        found = compared(reader, plan, year, system, point)
    if as_json:
        output.emit(found)
    else:
        print_comparison(found)


@command("adopt")
def adopt(  # noqa: PLR0913 - each option is a parameter
    plan: o.PlanArgument,
    *,
    year: o.YearOption,
    preset: Preset = None,
    file: RulesFile = None,
    justification: o.Justification = None,
    cause: o.CauseOption = None,
    act: o.ActOption = None,
    effective_on: o.EffectiveOn = None,
    preview: o.Preview = False,
    database: o.Database = None,
    actor: o.ActorOption = None,
    command_id: o.CommandIdOption = None,
    as_json: o.AsJson = False,
) -> None:
    """Adotta le regole di un anno, con il loro atto; mostra che cosa farebbero dell'anno prima."""
    rules = _rules(preset, file)
    system = read_system(rules)
    point = o.point(None, None)
    with session.reading(database) as reader:
        effect = _effect(reader, plan, year, rules, point)
    if preview:
        if as_json:
            output.emit({"preview": True, "system": system.model_dump(mode="json"), "comparison": effect})
        else:
            print_comparison(effect)
        return
    file_ = _change_file(plan, year, rules, justification, cause, act)
    if effective_on is not None:
        file_["effective_on"] = effective_on.isoformat()
    with session.serving(database) as service:
        outcome = service.change(into(ChangeFile, file_), session.caller(actor, command_id))
        if not as_json:
            print_comparison(effect)
        answer(service, outcome, as_json=as_json)


def _change_file(
    plan: str, year: int, rules: Row, justification: str | None, cause: Cause | None, act: str | None
) -> Row:
    change: Row = {"verb": "adopt_system", "year": year, "system": rules}
    return {"plan": plan, "act": act, "justification": justification, "cause": cause, "changes": [change]}


def _effect(reader: Reader, plan: str, year: int, rules: Row, point: Point) -> SystemComparison:
    """What the rules would do to the year before, or to their own where the plan has none before it."""
    years = plan_history(reader, plan, point).years
    return compared(reader, plan, year - 1 if year - 1 in years else year, read_system(rules), point)


def _rules(preset: str | None, file: str | None) -> Row:
    if (preset is None) == (file is None):
        raise typer.BadParameter("dire le regole con --preset oppure con --file, uno dei due", param_hint="--preset")
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
        output.show(Text(plain(f"- {rule['rule']}: da {_value(rule['before'])} a {_value(rule['after'])}")))
    body = answer["body"]
    output.show(Text(f"Ente: da {percentage(body['before'])} a {percentage(body['after'])}"))
    table = output.table("Obiettivo", "Oggi", "Con le nuove", right=("Oggi", "Con le nuove"))
    for row in answer["objectives"]:
        output.rows(table, [(row["title"] or row["id"], percentage(row["before"]), percentage(row["after"]))])
    output.show(table if answer["objectives"] else Text("Nessun obiettivo cambierebbe punteggio."))


def _table(rules: Row) -> Table:
    table = output.table("Regola", "Valore")
    return output.rows(table, [(name, _value(value)) for name, value in rules.items()])


def _value(value: JsonValue) -> str:
    if value is None:
        return "nessuno"
    if isinstance(value, list):
        return "; ".join(_value(one) for one in value)
    if isinstance(value, dict):
        return ", ".join(f"{name} {_value(one)}" for name, one in value.items()) or "—"
    return str(value)
