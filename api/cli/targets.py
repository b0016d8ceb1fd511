"""The command that reads a target as an import would: target."""

import sys

import click
from rich.text import Text

from api.cli import options as o
from api.cli import output
from api.cli.frame import HELP, TranslatedCommand
from api.cli.lines import LineRefused, print_answers
from api.cli.words import printable
from domain.targets.model import Target, typed
from domain.targets.printer import print_target
from domain.targets.reader import read_one, read_target
from domain.vocabulary import JsonValue, Polarity, polarity_of

FORMS = {
    "threshold": "soglia",
    "range": "intervallo",
    "deadline": "termine",
    "milestones": "tappe",
    "yes_no": "sì o no",
    "level": "livello",
    "change": "variazione",
    "reference": "valore di riferimento",
    "survey_year": "anno di rilevazione",
    "recurring": "attività ricorrente",
    "to_be_defined": "da definire",
    "none": "nessun target",
    "unread": "non letto",
}


def target(text: str | None, *, year: int | None, polarity: Polarity | None, lines: bool, as_json: bool) -> None:
    """Reads a target, or a target from each line."""
    if lines:
        if not as_json or text is not None:
            raise click.BadParameter("va con --json, e senza TESTO", param_hint="--lines")
        print_answers(sys.stdin.buffer, target_line)
        return
    if text is None:
        raise click.BadParameter("manca il testo del target", param_hint="TESTO")
    if as_json:
        output.emit(typed(read_one(text, year, polarity)))
        return
    for read in read_target(text, year, polarity):
        output.show(_words(read, year))


def target_line(asked: dict[str, JsonValue]) -> dict[str, JsonValue] | LineRefused:
    """The typed target of one line, or its error."""
    text, year = asked.get("text"), asked.get("year")
    if not isinstance(text, str):
        return {"error": "text: manca il testo del target"}
    polarity = asked.get("polarity")
    if polarity not in {None, "up", "down"}:
        return {"error": "polarity: si accetta up, down oppure null", "text": text}
    try:
        known = None if year is None else o.read_year(_digits(year))
    except ValueError as error:
        return {"error": f"year: {error}", "text": text}
    return typed(read_one(text, known, polarity_of(polarity)))


def _digits(year: JsonValue) -> str:
    return str(year) if isinstance(year, int | str) and not isinstance(year, bool) else repr(year)


def _words(read: Target, year: int | None) -> Text:
    fields = [f"forma: {FORMS[read.form]} ({read.form})"]
    if read.form == "unread":
        fields.append(f"perché: {read.reason}, dal carattere {read.at + 1}")
    else:
        fields.append(f"si stampa: {print_target(read, year)}")
        hidden = {"form", "text"}
        fields += [
            f"{name}: {_plain(value)}"
            for name, value in typed(read).items()
            if value is not None and name not in hidden
        ]
    return Text(printable(read.text), style="bold").append(
        printable("".join(f"\n  {field}" for field in fields)), style="not bold"
    )


def _plain(value: object) -> str:
    if isinstance(value, list):
        return "; ".join(_plain(item) for item in value)
    if isinstance(value, dict):
        return " ".join(str(item) for item in value.values() if item is not None)
    return str(value)


COMMANDS: dict[str, click.Command] = {
    "target": TranslatedCommand(
        "target",
        help=o.help_of("target"),
        context_settings=HELP | {"ignore_unknown_options": True},
        params=[
            o.argument("text", "TESTO", "Il target, come lo scrive l'ufficio.", required=False),
            o.year_option("L'anno del target."),
            o.POLARITY,
            o.switch("--lines", "Legge dallo standard input, per ogni riga un oggetto {text, year}; vuole --json."),
            o.AS_JSON,
        ],
        callback=target,
    )
}
