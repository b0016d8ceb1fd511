"""The texts that the catalogues of translations must hold, taken from what shows them; no text is marked for it.

They are those of the table of operations and of the fields of its inputs, of the command line's help, of the
description of the interface, of the templates of pages, and of the lists that pages show. `python -m tests.api.language.catalogue` brings every catalogue up to date: what is new
is without a translation, what nobody says any more is commented out.
"""

import ast
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import get_args

import click
from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS
from babel.messages.pofile import read_po, write_po
from jinja2.ext import babel_extract
from pydantic import BaseModel

from api.cli.app import app
from api.cli.frame import FRAME, PLACEHOLDER, Group
from api.http.description import retold
from api.http.openapi import openapi_document
from api.language import labels, system_rules, values
from api.language.translation import BREAK, DOMAIN, TRANSLATIONS
from api.operations.model import Command
from api.operations.table import OPERATIONS
from api.pages import account
from api.pages.comparison import DIFFERENCE_WORDS
from api.pages.glossary import GLOSSARY
from api.pages.open_data import columns_of
from domain.flags.model import RULE_TITLES
from domain.indicators.card import CARD_LABELS
from domain.objectives.fields import OBJECTIVE_LABELS
from domain.systems.model import MeasurementSystem
from domain.systems.presets import PRESETS
from projections.open_data import DATASETS
from projections.roles import ROLES
from tests.api.language.sentences import sentences

CATALOGUES = sorted(TRANSLATIONS.glob("*/LC_MESSAGES/*.po"))
"""In each language two: of the interface, and of the sentences that rules put together."""
PLACES = 3
"""How many of the places of a text are named beside it."""
WIDTH = 120
PAGES = Path(account.__file__).parent
API = PAGES.parent
ROOT = API.parent
TEMPLATES = sorted((PAGES / "templates").rglob("*.html"))
EXTRACTED = {
    "trimmed": "true",
    "newstyle_gettext": "true",
    "trim_blocks": "true",
    "lstrip_blocks": "true",
    "extensions": "jinja2.ext.do",
    "silent": "false",
}
NO_WORDS = re.compile(
    r"[A-Z]+(:[A-Z]+)?|d MMMM .*|public, .*|[a-z0-9_:.+#/-]*|.*[{}<>]|.*\.(html|css|js|svg)", re.DOTALL
)
"""What a constant of the pages says to a program: a code, an address, a template, a name of a file."""
IN_ITALIAN_ONLY = {"dcat"}
"""What is written for programs, in Italian whatever the language."""
TRANSLATES = {"translated", "filled_in", "worded"}
"""What translates its first argument, itself or for one visit."""
TO_PROGRAMS = {"accepted", "found", "where", "media_type", "headers"}


@cache
def texts() -> dict[str, list[str]]:
    """Every text, a paragraph each, in the order of the table; with the places that say it."""
    places: dict[str, list[str]] = {}
    for place, text in (
        *_of_the_table(),
        *_of_the_fields(),
        *_of_the_command_line(),
        *_of_the_description(),
        *_of_the_templates(),
        *_of_the_pages(),
        *_of_the_doors(),
        *_of_the_refusals(),
        *_of_the_lists(),
    ):
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


def source(path: Path) -> dict[str, list[str]]:
    """What a catalogue must hold, with the places that say it."""
    if path.stem == DOMAIN:
        return texts()
    of_the_interface = texts()
    return {text: places for text, places in sentences().items() if text not in of_the_interface}


def updated(path: Path) -> bytes:
    """A catalogue brought up to date with the code, as it is written."""
    catalogue = read(path)
    template = Catalog(creation_date=catalogue.creation_date)
    for text, places in source(path).items():
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
    if isinstance(command, Group):
        yield from ((ctx.command_path, title) for title in command.sections(ctx))
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


def _of_the_templates() -> Iterator[tuple[str, str]]:
    """Each text that a template marks; of one with a plural, both."""
    for path in TEMPLATES:
        with path.open("rb") as template:
            for _, _, marked, _ in babel_extract(template, tuple(DEFAULT_KEYWORDS), (), EXTRACTED):
                for text in (marked,) if isinstance(marked, str) else marked or ():
                    if isinstance(text, str):
                        yield path.name, text


def _of_the_pages() -> Iterator[tuple[str, str]]:
    """The words that the code of pages has translated: where it says so, in its constants, and what it hands on."""
    for path in sorted(PAGES.rglob("*.py")):
        if path.stem in IN_ITALIAN_ONLY:
            continue
        yield from _given_to_be_translated(path)
        for node in ast.walk(ast.parse(path.read_text())):
            match node:
                case ast.Call(args=args, keywords=keywords):
                    values = [*args, *(keyword.value for keyword in keywords if keyword.arg not in TO_PROGRAMS)]
                    yield from (
                        (path.name, text) for value in values for text in _alternatives(value) if _is_said(text)
                    )
                case ast.Dict(values=values) | ast.Tuple(elts=values):
                    yield from (
                        (path.name, text) for value in values for text in _alternatives(value) if _is_said(text)
                    )
                case ast.Assign(targets=[ast.Name(id=name)], value=ast.Tuple(elts=headings)) if name.startswith(
                    "COLUMNS"
                ):
                    yield from ((path.name, str(ast.literal_eval(heading))) for heading in headings)
                case _:
                    pass


def _of_the_doors() -> Iterator[tuple[str, str]]:
    for path in sorted(path for folder in ("http", "language", "paper") for path in (API / folder).glob("*.py")):
        yield from _given_to_be_translated(path)


def _of_the_refusals() -> Iterator[tuple[str, str]]:
    """What a page says of a refusal: the title of each, and the words of those of the entrance that stand in the code."""
    named = {"Problem", "__init__"}
    for path in sorted(path for folder in ("api", "domain", "projections") for path in (ROOT / folder).rglob("*.py")):
        for kind in (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.ClassDef)):
            said = {
                ast.unparse(target): assigned.value.value
                for assigned in kind.body
                if isinstance(assigned, ast.Assign | ast.AnnAssign) and isinstance(assigned.value, ast.Constant)
                for target in (assigned.targets if isinstance(assigned, ast.Assign) else [assigned.target])
            }
            if "title" in said and "name" in said:
                named.add(kind.name)
                yield kind.name, str(said["title"])
    modules = [path for folder in ("access", "commands/sign_in", "http") for path in (API / folder).glob("*.py")]
    for path in sorted(modules):
        for node in ast.walk(ast.parse(path.read_text())):
            match node:
                case ast.Call(func=ast.Name(id=called) | ast.Attribute(attr=called)) if called in named:
                    words = [
                        *node.args[:1],
                        *(word.value for word in node.keywords if word.arg in {"found", "accepted"}),
                    ]
                    yield from ((path.name, text) for word in words for text in _alternatives(word) if _is_said(text))
                case _:
                    pass


def _given_to_be_translated(path: Path) -> Iterator[tuple[str, str]]:
    """The texts of a module that it has translated, by name or by a partial of it."""
    for node in ast.walk(ast.parse(path.read_text())):
        match node:
            case ast.Call(func=ast.Name(id=called) | ast.Attribute(attr=called), args=[said, *_]) if (
                called in TRANSLATES
            ):
                yield from ((path.name, text) for text in _strings(said) if not NO_WORDS.fullmatch(text))
                yield from ((path.name, text) for text in _alternatives(said))
            case _:
                pass


def _is_said(text: str) -> bool:
    return not NO_WORDS.fullmatch(text) and re.match(r"[A-ZÈÀa-zèàù%] ?[^\W\d_]", text) is not None


def _alternatives(node: ast.AST) -> Iterator[str]:
    """The text that a part of an expression is, whichever of two it may be."""
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.IfExp(body=body, orelse=otherwise):
            yield from (*_alternatives(body), *_alternatives(otherwise))
        case ast.Tuple(elts=elements):
            yield from (text for element in elements for text in _alternatives(element))
        case _:
            pass


def _strings(node: ast.AST) -> Iterator[str]:
    return (part.value for part in ast.walk(node) if isinstance(part, ast.Constant) and isinstance(part.value, str))


def _of_the_lists() -> Iterator[tuple[str, str]]:
    """The closed lists in words, the glossary, the data sets with their columns."""
    said: list[tuple[str, Iterable[object]]] = [
        (name, _within(words))
        for module in (labels, system_rules, values)
        for name, words in vars(module).items()
        if name.isupper() and isinstance(words, Mapping) and name != "SYNONYMS"
    ]
    said += [
        ("ROLES", ROLES.values()),
        ("REDACTED", [labels.REDACTED]),
        ("RULE_TITLES", RULE_TITLES.values()),
        ("PRESETS", [system.name for system in PRESETS.values()]),
        ("bands", [band.word for system in PRESETS.values() for band in system.bands]),
        ("bands", [band.word for band in MeasurementSystem().bands]),
    ]
    said += [("OBJECTIVE_LABELS", OBJECTIVE_LABELS.values()), ("CARD_LABELS", CARD_LABELS.values())]
    said += [("DIFFERENCE_WORDS", words) for words in DIFFERENCE_WORDS.values()]
    said += [("GLOSSARY", term) for term in GLOSSARY.values()]
    for dataset in DATASETS.values():
        columns = (column.description for column in columns_of(dataset))
        said.append(("DATASETS", (dataset.title, dataset.description, *columns)))
    for name, words in said:
        yield from ((name, str(word)) for word in words if isinstance(word, str))


def _within(words: Mapping[object, object]) -> Iterator[object]:
    for word in words.values():
        yield from _within(word) if isinstance(word, Mapping) else (word,)


def main() -> None:
    """Brings every catalogue up to date."""
    for path in CATALOGUES:
        path.write_bytes(updated(path))
        missing = sum(not message.string for message in read(path) if message.id)
        sys.stdout.write(f"{path}: {missing} without a translation\n")


if __name__ == "__main__":
    main()
