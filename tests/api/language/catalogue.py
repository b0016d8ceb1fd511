"""The texts that the catalogues of translations must hold, taken from what shows them; no text is marked for it.

They are those of the table of operations and of the fields of its inputs, of the command line's help, of the
description of the interface. `python -m tests.api.language.catalogue` brings every catalogue up to date: what is new
is without a translation, what nobody says any more is commented out.
"""

import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import get_args

import click
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po
from pydantic import BaseModel

from api.cli.app import app
from api.cli.frame import FRAME, PLACEHOLDER
from api.http.description import retold
from api.http.openapi import openapi_document
from api.language.translation import BREAK, TRANSLATIONS
from api.operations.model import Command
from api.operations.table import OPERATIONS

CATALOGUES = sorted(TRANSLATIONS.glob("*/LC_MESSAGES/*.po"))
PLACES = 3
"""How many of the places of a text are named beside it."""
WIDTH = 120


def texts() -> dict[str, list[str]]:
    """Every text, a paragraph each, in the order of the table; with the places that say it."""
    places: dict[str, list[str]] = {}
    for place, text in (*_of_the_table(), *_of_the_fields(), *_of_the_command_line(), *_of_the_description()):
        for paragraph in text.split(BREAK):
            named = places.setdefault(paragraph, [])
            if place not in named and len(named) < PLACES:
                named.append(place)
    places.pop("", None)
    return places


def read(path: Path) -> Catalog:
    """A catalogue as it is committed."""
    with path.open("rb") as written:
        return read_po(written)


def updated(catalogue: Catalog) -> bytes:
    """A catalogue brought up to date with the code, as it is written."""
    template = Catalog(creation_date=catalogue.creation_date)
    for text, places in texts().items():
        template.add(text, locations=[(place.replace(" ", "-"), None) for place in places])  # type: ignore[misc]  # no line: it would change with every edit
    catalogue.update(template, no_fuzzy_matching=True)
    written = BytesIO()
    write_po(written, catalogue, width=WIDTH)
    return written.getvalue()


def _of_the_table() -> Iterator[tuple[str, str]]:
    for row in OPERATIONS:
        yield row.name, row.summary
        yield row.name, row.description


def _of_the_fields() -> Iterator[tuple[str, str]]:
    models: list[type[BaseModel]] = []
    for row in OPERATIONS:
        inputs = row.inputs if isinstance(row, Command) else (row.body,) if row.body else ()
        for model in (row.query, *inputs):
            models += [one for one in _models_in(model, set(models)) if one not in models]
    for model in models:
        for name, field in model.model_fields.items():
            place = f"{model.__name__}.{name}"
            yield place, field.title or ""
            yield place, field.description or ""


def _models_in(annotation: object, seen: set[type[BaseModel]]) -> Iterator[type[BaseModel]]:
    """The models that a type is made of, and those that their fields are made of."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel) and annotation not in seen:
        seen.add(annotation)
        yield annotation
        for field in annotation.model_fields.values():
            yield from _models_in(field.annotation, seen)
    for part in get_args(annotation):
        yield from _models_in(part, seen)


def _of_the_command_line() -> Iterator[tuple[str, str]]:
    yield from (("--help", words) for words in FRAME)
    yield from _of_a_command(app, click.Context(app, info_name="initinere"))


def _of_a_command(command: click.Command, ctx: click.Context) -> Iterator[tuple[str, str]]:
    yield ctx.command_path, command.help or ""
    for piece in click.Command.collect_usage_pieces(command, ctx):
        yield from ((ctx.command_path, word) for word in PLACEHOLDER.findall(piece))
    for parameter in command.params:
        place = max(parameter.opts, key=len)
        yield place, getattr(parameter, "help", None) or ""
        yield from ((place, word) for word in PLACEHOLDER.findall(parameter.metavar or ""))
    if isinstance(command, click.Group):
        yield from ((ctx.command_path, word) for word in PLACEHOLDER.findall(command.subcommand_metavar))
        for name in command.list_commands(ctx):
            within = command.get_command(ctx, name)
            if within is not None:
                yield from _of_a_command(within, click.Context(within, parent=ctx, info_name=name))


def _of_the_description() -> Iterator[tuple[str, str]]:
    said: list[str] = []

    def noted(text: str) -> str:
        said.append(text)
        return text

    retold(openapi_document(), noted)
    yield from (("openapi.json", text) for text in said)


def main() -> None:
    """Brings every catalogue up to date."""
    for path in CATALOGUES:
        written = updated(read(path))
        path.write_bytes(written)
        missing = sum(not message.string for message in read(path) if message.id)
        sys.stdout.write(f"{path}: {missing} without a translation\n")


if __name__ == "__main__":
    main()
