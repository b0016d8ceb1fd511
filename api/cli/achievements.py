"""The command that says how far a value reaches a target, without an archive: achieve."""

import sys
from collections.abc import Mapping

import click
from rich.text import Text

from api.cli import options as o
from api.cli import output
from api.cli.lines import LineRefused, print_answers
from api.cli.parameters import mistake, options_of, read_figure
from api.cli.reader import cli_of, command_of
from api.cli.words import percentage, printable
from api.operations.model import Question, row_named
from api.operations.requests import AchievementRequest
from api.operations.scoring import SCORING
from api.operations.serializers import AchievementAnswer, row_object
from domain.errors import Malformed
from domain.scoring.achievement import Achievement
from domain.scoring.row import achieve_row, read_achieve_row
from domain.scoring.rule_names import RULE_NAMES
from domain.vocabulary import JsonValue

TERMS = ("numerator", "denominator")
ROW = row_named(SCORING, "compute_achievement", Question)
CLI = cli_of(ROW)


def _achieve(*, lines: bool, as_json: bool, **asked: JsonValue) -> None:
    """Says how far one value reaches one target, or each line's."""
    row = {name: value for name, value in asked.items() if value is not None}
    if lines:
        if not as_json or row:
            raise click.BadParameter("va con --json, e con nient'altro", param_hint="--lines")
        print_answers(sys.stdin.buffer, achieve_line)
        return
    try:
        achievement = achieve_row(read_achieve_row(row | {term: _figure(row, term) for term in TERMS if term in row}))
    except Malformed as error:
        raise mistake(error, CLI) from None
    if as_json:
        output.emit(row_object(achievement))
    else:
        output.show(_words(str(row["target"]), achievement))


def _figure(row: Mapping[str, JsonValue], term: str) -> str:
    """A term with a decimal comma, as an office writes it; a point is taken for one where it can be nothing else."""
    try:
        return read_figure(str(row[term])).replace(".", ",")
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint=f"--{term}") from None


def achieve_line(asked: dict[str, JsonValue]) -> AchievementAnswer | LineRefused:
    """The achievement of one row, or its error."""
    try:
        return row_object(achieve_row(read_achieve_row(asked)))
    except Malformed as error:
        return {"error": "; ".join(str(problem) for problem in error.problems)}


def _words(target: str, achievement: Achievement) -> Text:
    heading = Text(printable(f"{target}: {percentage(achievement.achievement)}"), style="bold")
    lines = [f"regola: {RULE_NAMES.get(achievement.rule, achievement.rule)}"]
    if achievement.arithmetic:
        lines.append(f"calcolo: {achievement.arithmetic}")
    if achievement.uncut is not None and achievement.uncut != achievement.achievement:
        lines.append(f"prima del taglio: {percentage(achievement.uncut)}")
    if achievement.note:
        lines.append(f"nota: {achievement.note}")
    return heading.append(printable("".join(f"\n  {line}" for line in lines)), style="not bold")


COMMANDS: dict[str, click.Command] = {
    "achieve": command_of(
        ROW,
        [
            *options_of(AchievementRequest, CLI, all_optional=True),
            o.switch("--lines", "Legge dallo standard input un oggetto per riga; vuole --json, e nient'altro."),
            o.AS_JSON,
        ],
        _achieve,
    )
}
