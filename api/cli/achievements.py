"""The command that says how far a value reaches a target, without an archive: achieve."""

import sys

import click
from rich.text import Text

from api.cli import options as o
from api.cli import output
from api.cli.frame import TranslatedCommand
from api.cli.lines import LineRefused, print_answers
from api.cli.parameters import TextType, read_figure
from api.cli.words import percentage, printable
from api.operations.serializers import AchievementAnswer, row_object
from domain.errors import Malformed
from domain.scoring.achievement import Achievement
from domain.scoring.row import achieve_row, read_achieve_row
from domain.scoring.rule_names import RULE_NAMES
from domain.vocabulary import JsonValue, Polarity


def _achieve(  # noqa: PLR0913 - each option is a parameter
    *,
    target: str | None,
    observed: str | None,
    numerator: str | None,
    denominator: str | None,
    polarity: Polarity | None,
    rounding: str | None,
    year: int | None,
    lines: bool,
    as_json: bool,
) -> None:
    """Says how far one value reaches one target, or each line's."""
    if lines:
        if not as_json or target is not None or observed is not None:
            raise click.BadParameter("va con --json, e senza --target né --observed", param_hint="--lines")
        print_answers(sys.stdin.buffer, achieve_line)
        return
    if target is None:
        raise click.BadParameter("manca il target", param_hint="--target")
    row: dict[str, JsonValue] = {
        "target": target,
        "observed": observed,
        "numerator": numerator and numerator.replace(".", ","),
        "denominator": denominator and denominator.replace(".", ","),
        "polarity": polarity,
        "rounding": rounding,
        "year": year,
    }
    achievement = achieve_row(read_achieve_row(row))
    if as_json:
        output.emit(row_object(achievement))
    else:
        output.show(_words(target, achievement))


def achieve_line(asked: dict[str, JsonValue]) -> AchievementAnswer | LineRefused:
    """The achievement of one row, or its error."""
    try:
        return row_object(achieve_row(read_achieve_row(asked)))
    except Malformed as error:
        return {"error": "; ".join(str(problem) for problem in error.problems)}


def _words(target: str, achievement: Achievement) -> Text:
    heading = Text(printable(f"{target}: {percentage(achievement.achievement)}"), style="bold")
    lines = [f"regola: {RULE_NAMES.get(achievement.rule, achievement.rule)} ({achievement.rule})"]
    if achievement.arithmetic:
        lines.append(f"calcolo: {achievement.arithmetic}")
    if achievement.uncut is not None and achievement.uncut != achievement.achievement:
        lines.append(f"prima del taglio: {percentage(achievement.uncut)}")
    if achievement.note:
        lines.append(f"nota: {achievement.note}")
    return heading.append(printable("".join(f"\n  {line}" for line in lines)), style="not bold")


COMMANDS: dict[str, click.Command] = {
    "achieve": TranslatedCommand(
        "achieve",
        help="Dice quanto un valore osservato raggiunge un target, senza archivio; con --lines, riga per riga.",
        params=[
            o.text_option("--target", "target", "TESTO", "Il target, come lo scrive l'ufficio."),
            o.text_option("--observed", "observed", "VALORE", "Il valore osservato: 68%, 12, Sì, 28/07/2022."),
            click.Option(["--numerator"], type=TextType(read_figure), metavar="NUMERO", help="Il numeratore."),
            click.Option(["--denominator"], type=TextType(read_figure), metavar="NUMERO", help="Il denominatore."),
            o.POLARITY,
            o.text_option(
                "--rounding", "rounding", "MODO", "half_up o truncated, col passo: half_up:0.01. Senza, nessuno."
            ),
            o.year_option("L'anno del target."),
            o.switch("--lines", "Legge dallo standard input un oggetto per riga; vuole --json, e nient'altro."),
            o.AS_JSON,
        ],
        callback=_achieve,
    )
}
