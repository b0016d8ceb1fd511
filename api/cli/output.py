"""How answers are written: one JSON document, or text for people that needs neither colour nor more than 80 columns."""

from collections.abc import Iterable, Sequence

import click
import orjson
from rich import box
from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from api.cli.words import printable
from domain.late import late
from domain.patterns import regex

with late:  # few commands write a file
    from api.cli.output_file import OutputFile

BOX = box.Box("    \n    \n ── \n    \n    \n    \n    \n    \n")
"""A line under the headings, and nothing else."""


def console(*, error: bool = False) -> Console:
    """A console on the standard output, or error, of this moment."""
    return Console(stderr=error, highlight=False, markup=False, emoji=False)


def show(*what: RenderableType) -> None:
    """Prints for people; the blanks that a table leaves at the end of its lines are taken away."""
    out = console()
    for renderable in what:
        if out.is_terminal:
            out.print(renderable)
            continue
        with out.capture() as captured:
            out.print(renderable)
        out.file.write("".join(f"{line.rstrip()}\n" for line in captured.get().splitlines() or [""]))
        out.file.flush()  # in its order with what is noted on the standard error


def note(text: str) -> None:
    """Says something beside the answer, on the standard error; never broken: it may be an address to be copied."""
    console(error=True).print(Text(printable(text)), soft_wrap=True)


def title(text: str, beneath: str = "") -> Text:
    """A heading, and what it needs to be understood."""
    heading = Text(printable(text), style="bold")
    return heading.append(f"\n{printable(beneath)}", style="not bold") if beneath else heading


def table(*headings: str, right: Sequence[str] = (), title_: str | None = None) -> Table:
    """A table with these headings; `right` are set to the right."""
    table = Table(box=BOX, pad_edge=False, title=title_, title_justify="left", title_style="bold", padding=(0, 1))
    for heading in headings:
        table.add_column(heading, justify="right" if heading in right else "left", overflow="fold")
    return table


def entry(when: str, head: Text | str, lines: Iterable[str]) -> Table:
    """A date, and beside it what happened, with what stands beneath."""
    text = head if isinstance(head, Text) else Text(printable(head))
    text.append(printable("".join(f"\n{line}" for line in lines)), style="not bold not strike")
    grid = Table.grid(padding=(0, 2))
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    grid.add_row(Text(printable(when)), text)
    return grid


def copied(text: str) -> None:
    """Prints lines that are to be copied: never broken, whatever the width."""
    console().print(Text(printable(text)), soft_wrap=True)


def rows(table: Table, lines: Iterable[Sequence[object]]) -> Table:
    """A table with these lines in it."""
    for line in lines:
        table.add_row(*(cell if isinstance(cell, Text) else Text(printable(cell)) for cell in line))
    return table


STEERING = regex("[\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")
"""Characters that JSON leaves as they are: control characters beyond ASCII, marks of direction, blanks without width."""


def json_bytes(document: object) -> bytes:
    """A JSON document in UTF-8, indented; what would steer a terminal, or is not seen, is escaped."""
    text = orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE).decode()
    return STEERING.sub(lambda sign: f"\\u{ord(sign[0]):04x}", text).encode()


def emit(document: object) -> None:
    """Prints one JSON document, whatever the encoding of the terminal."""
    click.echo(json_bytes(document), nl=False)


def give(content: bytes, to: OutputFile | None) -> None:
    """Writes a file, or (where none is named) the standard output."""
    if to is None:
        click.echo(content, nl=False)
    else:
        to.write(content)
        note(f"Scritto {to.path}.")
