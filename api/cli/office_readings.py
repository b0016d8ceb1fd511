"""How a file in an office's own layout is read, for people: printed to be corrected, and shown above what it changes."""

from collections.abc import Mapping

from api.cli import output, session
from api.cli.files import file_bytes
from api.cli.output_file import OutputFile
from api.imports.import_preview import FilePreview, ReadingShown, reading_shown
from api.imports.office_file import with_what_is_remembered
from api.imports.reading import limits, read_proposal, reader_limits, reading_workbook
from api.layout.mapping import lines_of_answers, parse_lines
from api.layout.said import SaidOfReading
from api.layout.vocabulary import OF_LEVEL, WORDS
from api.workbook.csvzip import decoded
from api.workbook.sheets import QUESTION
from domain.documents.uploaded import UploadedPlan

SHOWN = 400
"""How many lines of a tree a preview shows; a printed reading has them all."""


def said_of_reading(path: str | None, answers: Mapping[str, str]) -> SaidOfReading:
    """What is said of the reading: in a file, and in the answers to its questions."""
    lines = parse_lines(decoded(file_bytes(path), path)) if path else ()
    return SaidOfReading(lines, lines_of_answers(answers, QUESTION))


def give_reading(file: str, said: SaidOfReading, to: OutputFile | None, *, database: str | None, as_json: bool) -> None:
    """Gives how a file would be read, as the last of its office was: as short lines, in JSON, or as a workbook with a sheet more."""
    settings = session.settings()
    within, using, data = limits(settings), reader_limits(settings), file_bytes(file)
    with session.trying(database) as service:
        said = with_what_is_remembered(service.store, data, within, using, said)
    if to is not None and str(to.path).casefold().endswith(".xlsx"):
        output.give(reading_workbook(data, within, using=using, said=said), to)
        return
    proposed = read_proposal(data, within, using=using, said=said)
    reading = reading_shown(proposed.reading)
    if as_json:
        doubts = [
            {"where": doubt.where, "words": doubt.words, "answers": [option[0] for option in doubt.options]}
            for doubt in proposed.doubts
        ]
        remarks = [{"where": where, "words": words} for where, words in proposed.remarks]
        document = {"reading": reading, "questions": doubts, "remarks": remarks}
        output.give(output.json_bytes(document), to)
        return
    text = _text(file, proposed, reading)
    if to is None:
        output.copied(text)
    else:
        output.give(f"{text}\n".encode(), to)


def _text(file: str, proposed: UploadedPlan, reading: ReadingShown | None) -> str:
    """A reading as a file of short lines: what stands to the right of the sign may be corrected."""
    kinds = ", ".join(f"{words} NOME" if kind in OF_LEVEL else words for kind, words in WORDS.items())
    lines = [
        f"# Lettura di {file}",
        *(["# È letto come l'ultimo file dell'ente"] if reading and reading["remembered"] else []),
        "# Si corregge ciò che sta a destra del segno =; poi: initinere import FILE --map QUESTO-FILE",
        f"# Una colonna è: {kinds}",
        "# Una riga è: indicatore, continua (di quella sopra), niente, livello NOME",
        "",
    ]
    for line in reading["lines"] if reading else []:
        lines += [f"# ? {line['note']}"] if line["note"] else []
        lines.append(f"{line['label']} = {line['value']}")
    for heading, block in (
        (
            "Domande",
            [f"{doubt.where}: {doubt.words} ({'; '.join(o[0] for o in doubt.options)})" for doubt in proposed.doubts],
        ),
        ("Non preso, o da sapere", [f"{where}: {words}" for where, words in proposed.remarks]),
        ("Albero", _tree(reading) if reading else []),
    ):
        if block:
            lines += ["", f"# {heading}", *(f"#   {text}" for text in block)]
    return "\n".join(lines)


def show_reading(shown: FilePreview) -> None:
    """Shows in a preview how the file was read, as a tree."""
    if shown.reading is None:
        return
    how = (
        "come l'ultimo file dell'ente (lettura ricordata)"
        if shown.reading["remembered"]
        else "con una lettura proposta"
    )
    lines = [
        f"Il file ha una forma propria, ed è letto {how}; initinere import FILE --reading la stampa, da correggere"
    ]
    lines += [f"  {line['label']} = {line['value']}" for line in shown.reading["lines"]]
    tree = _tree(shown.reading)
    lines += ["Albero:", *(f"  {line}" for line in tree[:SHOWN])]
    lines += [f"  e altre {len(tree) - SHOWN} righe"] if len(tree) > SHOWN else []
    output.copied("\n".join(lines))


def _tree(reading: ReadingShown) -> list[str]:
    return ["  " * line["depth"] + line["text"] for line in reading["tree"]]
