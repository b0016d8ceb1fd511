"""The commands of targets: those that change one, and the one that reads a text as an import would."""

import sys

import click
from rich.text import Text

from api.cli import options as o
from api.cli import output
from api.cli.frame import HELP, GroupWithDefault
from api.cli.lines import LineRefused, print_answers
from api.cli.parameters import options_of
from api.cli.plan_changes import commands_of
from api.cli.reader import cli_of, command_of, read_input
from api.cli.words import printable, value_in_words
from api.formats.json_reader import into
from api.language.labels import TARGET_FORMS
from api.language.places import FIELD_WORDS
from api.operations.model import Question, row_named
from api.operations.queries import TargetToRead
from api.operations.upkeep import UPKEEP
from domain.errors import Malformed
from domain.targets.model import Target, typed
from domain.targets.printer import print_target
from domain.targets.reader import read_one, read_target
from domain.vocabulary import JsonValue, polarity_of

ROW = row_named(UPKEEP, "target_read", Question)


def target(text: str | None, *, lines: bool, as_json: bool, **asked: JsonValue) -> None:
    """Reads a target, or a target from each line."""
    if lines:
        if not as_json or text is not None:
            raise click.BadParameter("va con --json, e senza TESTO", param_hint="--lines")
        print_answers(sys.stdin.buffer, target_line)
        return
    of = read_input(TargetToRead, {"text": text, **asked}, cli_of(ROW))
    if as_json:
        output.emit(typed(read_one(of.text, of.year, of.polarity)))
        return
    for read in read_target(of.text, of.year, of.polarity):
        output.show(_words(read, of.year))


def target_line(asked: dict[str, JsonValue]) -> dict[str, JsonValue] | LineRefused:
    """The typed target of one line, or its error."""
    text, year = asked.get("text"), asked.get("year")
    if not isinstance(text, str):
        return {"error": "text: manca il testo del target"}
    polarity = asked.get("polarity")
    if polarity not in {None, "up", "down"}:
        return {"error": "polarity: si accetta up, down oppure null", "text": text}
    try:
        known = into(TargetToRead, {"text": "", "year": year}).year
    except Malformed as error:
        return {"error": str(error.problems[0]), "text": text}
    return typed(read_one(text, known, polarity_of(polarity)))


PRINTED = frozenset({"form", "text", "comparator", "value", "unit", "base", "low", "high", "steps", "reference"})
"""What the target says as it is printed."""


def _words(read: Target, year: int | None) -> Text:
    fields = [f"forma: {TARGET_FORMS[read.form]}"]
    if read.form == "unread":
        fields.append(f"perché: {read.reason}, dal carattere {read.at + 1}")
    else:
        fields.append(f"si stampa: {print_target(read, year)}")
        fields += [
            f"{FIELD_WORDS.get(name, name)}: {value_in_words(value, 'weight')}"
            for name, value in typed(read).items()
            if value is not None and name not in PRINTED
        ]
    return Text(printable(read.text), style="bold").append(
        printable("".join(f"\n  {field}" for field in fields)), style="not bold"
    )


_READ = command_of(
    ROW,
    [
        *options_of(ROW.query, cli_of(ROW), all_optional=True),
        o.switch("--lines", "Legge dallo standard input, per ogni riga un oggetto {text, year}; vuole --json."),
        o.AS_JSON,
    ],
    target,
    context_settings=HELP | {"ignore_unknown_options": True},
)
COMMANDS: dict[str, click.Command] = {
    "target": GroupWithDefault(
        "target",
        help="I target: fissarli, rimodularli, ritirarli, dire il valore a cui rimandano; leggerne il testo.",
        commands={**commands_of("target"), "read": _READ},
        default="read",
    )
}
