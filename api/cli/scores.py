"""The commands of scores: score, which explains itself, override, and achieve, which needs no archive."""

import sys
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Annotated

import typer
from rich.text import Text

from api.cli import options as o
from api.cli import output, session
from api.cli.app import command
from api.cli.changes import answer
from api.cli.lines import answered
from api.cli.words import banner, plain
from api.commands.evaluation import override_score
from api.formats.json_reader import into
from api.formats.serializers import row_object
from domain.errors import Malformed
from domain.italian import print_number
from domain.scoring.achievement import Achievement
from domain.scoring.commands import OverrideScore
from domain.scoring.numbers import at_step
from domain.scoring.row import achieve_row, read_row
from domain.scoring.rule_names import RULE_NAMES
from domain.vocabulary import JsonValue, Polarity
from projections.explanations import Explanation, explained, explanation
from projections.history import object_key
from projections.score_inputs import Basis, Feeds
from projections.scores import Scores, scores
from projections.store.store import now_in_utc
from projections.streams import find_plan

Row = dict[str, JsonValue]


def read_feeds(text: str) -> Feeds:
    """Which score is asked for: of the plan (objective), individual, or of all the rows."""
    words: dict[str, Feeds] = {"objective": "objective", "individual": "individual", "all": "all"}
    words |= {"albero": "objective", "produttivita": "individual", "produttività": "individual", "tutto": "all"}
    if text.strip().casefold() in words:
        return words[text.strip().casefold()]
    raise ValueError(f"{text!r} non è un punteggio: scrivere objective, individual oppure all")


@command()
def score(  # noqa: PLR0913 - each option is a parameter
    plan: o.PlanArgument,
    *,
    year: o.YearOption,
    explain: Annotated[
        str | None,
        typer.Option(
            "--explain", metavar="NODO", help="Spiega il punteggio di un obiettivo o indicatore; body, per l'ente."
        ),
    ] = None,
    ex_ante: Annotated[
        bool, typer.Option("--ex-ante", help="Contro i target approvati a inizio anno, e non quelli in vigore.")
    ] = False,
    feeds: Annotated[
        Feeds,
        typer.Option(
            "--feeds",
            parser=read_feeds,
            metavar="objective|individual|all",
            help="Le righe che contano: dell'albero (se non si dice), della produttività, o tutte.",
        ),
    ] = "objective",
    as_of: o.AsOf = None,
    known_at: o.KnownAt = None,
    database: o.Database = None,
    as_json: o.AsJson = False,
) -> None:
    """Calcola i punteggi di un anno: in vigore ed ex ante, con la loro differenza; ogni numero si spiega."""
    point = o.point(as_of, known_at)
    basis: Basis = "ex_ante" if ex_ante else "in_force"
    heading = output.title(f"Punteggi {year} · {plan}" + (" · ex ante" if ex_ante else ""), banner(point, now_in_utc()))
    with session.reading(database) as reader:
        if explain is None:
            whole = scores(reader, plan, year, point, basis=basis, feeds=feeds)
            _answer(whole, heading, lambda: print_scores(whole), as_json=as_json)
        else:
            node = explanation(reader, plan, year, point, explain, basis=basis, feeds=feeds)
            _answer(node, heading, lambda: output.copied("\n".join(explained(node))), as_json=as_json)


def _answer(answer: Scores | Explanation, heading: Text, show: Callable[[], None], *, as_json: bool) -> None:
    if as_json:
        output.emit(answer)
        return
    output.show(heading)
    show()


@command()
def override(  # noqa: PLR0913 - each option is a parameter
    plan: o.PlanArgument,
    subject: o.SubjectArgument,
    *,
    year: o.YearOption,
    forced: Annotated[
        Decimal,
        typer.Option(
            "--score", parser=o.read_figure, metavar="PERCENTO", help="Il punteggio che conta.", show_default=False
        ),
    ],
    justification: Annotated[
        str, typer.Option("--justification", metavar="TESTO", help="La motivazione.", show_default=False)
    ],
    act: Annotated[
        str,
        typer.Option(
            "--act", metavar="FRASE", help='L\'atto: "delibera di Giunta n. 9 del 30/09/2022".', show_default=False
        ),
    ],
    database: o.Database = None,
    actor: o.ActorOption = None,
    command_id: o.CommandIdOption = None,
    as_json: o.AsJson = False,
) -> None:
    """Forza un punteggio: quello calcolato resta accanto, con la motivazione e l'atto."""
    with session.reading(database) as reader:
        kind, _, one = object_key(reader, find_plan(reader, plan), subject).partition("/")
    said: Row = {"subject": kind, "id": one, "year": year, "forced": str(forced)}
    made = into(OverrideScore, said | {"justification": justification, "act": act})
    with session.serving(database) as service:
        answer(service, override_score(service, plan, made, session.caller(actor, command_id)), as_json=as_json)


@command()
def achieve(  # noqa: PLR0913 - each option is a parameter
    *,
    target: Annotated[
        str | None, typer.Option("--target", metavar="TESTO", help="Il target, come lo scrive l'ufficio.")
    ] = None,
    observed: Annotated[
        str | None, typer.Option("--observed", metavar="VALORE", help="Il valore osservato: 68%, 12, Sì, 28/07/2022.")
    ] = None,
    numerator: o.NumeratorOption = None,
    denominator: o.DenominatorOption = None,
    polarity: Annotated[
        Polarity | None,
        typer.Option(
            "--polarity", parser=o.read_polarity, metavar="up|down", help="up: più è meglio; down: meno è meglio."
        ),
    ] = None,
    rounding: Annotated[
        str | None,
        typer.Option(
            "--rounding", metavar="MODO", help="half_up o truncated, col passo: half_up:0.01. Senza, nessuno."
        ),
    ] = None,
    year: Annotated[
        int | None, typer.Option("--year", parser=o.read_year, metavar="ANNO", help="L'anno del target.")
    ] = None,
    lines: Annotated[
        bool,
        typer.Option("--lines", help="Legge dallo standard input un oggetto per riga; vuole --json, e nient'altro."),
    ] = False,
    as_json: o.AsJson = False,
) -> None:
    """Dice quanto un valore osservato raggiunge un target, senza archivio; con --lines, riga per riga."""
    if lines:
        if not as_json or target is not None or observed is not None:
            raise typer.BadParameter("va con --json, e senza --target né --observed", param_hint="--lines")
        for line in answered(sys.stdin.buffer, achieve_line):
            typer.echo(line, nl=False)
        return
    if target is None:
        raise typer.BadParameter("manca il target", param_hint="--target")
    said: Row = {"target": target, "observed": observed, "polarity": polarity, "rounding": rounding, "year": year}
    for name, value in (("numerator", numerator), ("denominator", denominator)):
        said[name] = None if value is None else format(value, "f").replace(".", ",")
    found = achieve_row(read_row(said))
    if as_json:
        output.emit(row_object(found))
    else:
        output.show(_achievement(target, found))


def achieve_line(asked: Row) -> Mapping[str, object]:
    """The achievement of one row, or its error."""
    try:
        return row_object(achieve_row(read_row(asked)))
    except Malformed as error:
        return {"error": "; ".join(str(problem) for problem in error.problems)}


def _achievement(target: str, found: Achievement) -> Text:
    made = Text(plain(f"{target}: {percentage(found.achievement)}"), style="bold")
    lines = [f"regola: {RULE_NAMES.get(found.rule, found.rule)} ({found.rule})"]
    if found.arithmetic:
        lines.append(f"calcolo: {found.arithmetic}")
    if found.uncut is not None and found.uncut != found.achievement:
        lines.append(f"prima del taglio: {percentage(found.uncut)}")
    if found.note:
        lines.append(f"nota: {found.note}")
    return made.append(plain("".join(f"\n  {line}" for line in lines)), style="not bold")


def percentage(value: object) -> str:
    """A figure in percent for people: two decimals, half up."""
    if value is None:
        return "nessun punteggio"
    return f"{print_number(at_step(Decimal(str(value)), Decimal('0.01'), 'half_up'))} %"


def print_scores(answer: Scores) -> None:
    """The body, the objectives level by level as the tree goes, what the revisions were worth, and the offices."""
    covered = answer["body"]["covered"]
    shown = "nessuno" if covered is None else percentage(covered)
    lines = [
        f"Ente: {percentage(answer['score'])}; ex ante {percentage(answer['ex_ante'])}",
        f"differenza dovuta alle modifiche: {_signed(answer['difference'])}",
        f"peso coperto dai dati: {shown}; regole: {answer['system']['name']}",
    ]
    if answer["unscored"]:
        listed = ", ".join(f"{RULE_NAMES.get(rule, rule)} {count}" for rule, count in answer["unscored"].items())
        lines.append(f"indicatori senza punteggio: {listed}")
    output.show(Text(plain("\n".join(lines))))
    table = output.table(
        "Obiettivo", "Punteggio", "Ex ante", "Coperto", "Fascia", right=("Punteggio", "Ex ante", "Coperto")
    )
    for row in answer["objectives"]:
        if row["standing"] == "outside" and row["why_not"] is None:
            continue
        words = row["why_not"] or (row["band"]["word"] if row["band"] else "—")
        name = " ".join(word for word in (row["code"], row["title"]) if word) or row["id"]
        figures = [
            "—" if figure is None else percentage(figure) for figure in (row["score"], row["ex_ante"], row["covered"])
        ]
        output.rows(table, [(name, *figures, words)])
    output.show(table)
    offices = output.table("Ufficio", "Punteggio", "Indicatori", right=("Punteggio", "Indicatori"))
    for office in answer["offices"]:
        score = "—" if office["score"] is None else percentage(office["score"])
        output.rows(offices, [(office["office"], score, len(office["places"]))])
    if answer["offices"]:
        output.show(offices)


def _signed(value: str | None) -> str:
    if value is None:
        return "non calcolabile"
    figure = at_step(Decimal(str(value)), Decimal("0.01"), "half_up")
    return f"{'+' if figure > 0 else ''}{print_number(figure)} punti"
