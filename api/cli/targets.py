"""The command that reads a target as an import would: target."""

import sys
from typing import Annotated, BinaryIO

import orjson
import typer
from rich.text import Text

from api.cli import options as o
from api.cli import output
from api.cli.app import command
from api.cli.words import plain
from api.formats.json_reader import parse_json
from domain.errors import Malformed
from domain.targets.model import Target, typed
from domain.targets.printer import print_target
from domain.targets.reader import read_one, read_target
from domain.vocabulary import JsonValue, Polarity, polarity_of

LONGEST_LINE = 100_000

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


@command(takes_dashes=True)
def target(
    text: Annotated[
        str | None, typer.Argument(metavar="TESTO", help="Il target, come lo scrive l'ufficio.", show_default=False)
    ] = None,
    *,
    year: Annotated[
        int | None, typer.Option("--year", parser=o.read_year, metavar="ANNO", help="L'anno del target.")
    ] = None,
    polarity: Annotated[
        Polarity | None,
        typer.Option(
            "--polarity", parser=o.read_polarity, metavar="up|down", help="up: più è meglio; down: meno è meglio."
        ),
    ] = None,
    lines: Annotated[
        bool,
        typer.Option(
            "--lines", help="Legge dallo standard input, per ogni riga un oggetto {text, year}; vuole --json."
        ),
    ] = False,
    as_json: o.AsJson = False,
) -> None:
    """Legge il testo di un target, senza archivio: che cosa se ne è capito, o perché no."""
    if lines:
        if not as_json or text is not None:
            raise typer.BadParameter("va con --json, e senza TESTO", param_hint="--lines")
        read_lines(sys.stdin.buffer)
        return
    if text is None:
        raise typer.BadParameter("manca il testo del target", param_hint="TESTO")
    if as_json:
        output.emit(typed(read_one(text, year, polarity)))
        return
    for one in read_target(text, year, polarity):
        output.show(_words(one, year))


def read_lines(stream: BinaryIO) -> None:
    """A line out for each line in; one that cannot be understood is answered with its error, and the next is read."""
    while line := stream.readline(LONGEST_LINE + 1):
        if len(line) > LONGEST_LINE:
            while line and not line.endswith(b"\n"):
                line = stream.readline(LONGEST_LINE)
            answer: dict[str, object] = {"error": f"la riga supera i {LONGEST_LINE} byte"}
        else:
            answer = read_line(line)
        typer.echo(orjson.dumps(answer, option=orjson.OPT_APPEND_NEWLINE), nl=False)


def read_line(line: bytes) -> dict[str, object]:
    """The typed target of one line, or its error."""
    try:
        asked = parse_json(line)
    except Malformed as error:
        return {"error": str(error.problems[0])}
    if not isinstance(asked, dict):
        return {"error": 'non è un oggetto: si accetta {"text": ">= 90%", "year": 2022}'}
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
    return Text(plain(read.text), style="bold").append(
        plain("".join(f"\n  {field}" for field in fields)), style="not bold"
    )


def _plain(value: object) -> str:
    if isinstance(value, list):
        return "; ".join(_plain(one) for one in value)
    if isinstance(value, dict):
        return " ".join(str(one) for one in value.values() if one is not None)
    return str(value)
