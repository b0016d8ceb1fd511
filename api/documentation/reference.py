"""Writes the pages of docs/ that say what the code says: every event, every error, the schemas of the two documents.

`python -m api.documentation.reference` writes them; with `--check` it writes nothing, and ends with status 1 when one is out of date.
"""

import importlib
import json
import pkgutil
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, models_json_schema

import api
import domain
import projections
from api.documentation.permissions import permissions_page
from domain.catalogue import (
    ACCESS_EVENTS,
    ADMINISTRATION_EVENTS,
    INSTALLATION_EVENTS,
    LIBRARY_EVENTS,
    OIV_EVENTS,
    PLAN_EVENTS,
    PROPOSAL_EVENTS,
    TOPICS,
)
from domain.documents.changes import ChangeFile
from domain.documents.plan import PlanDocument
from domain.errors import DomainError
from domain.event import Event, SaysAbsence

DOCS = Path(__file__).parents[2] / "docs"
PACKAGES = (domain, projections, api)
MARK = "<!-- Written by `python -m api.documentation.reference`; not by hand. -->\n"
GROUPS: tuple[tuple[str, str, tuple[type[Event], ...]], ...] = (
    ("Plans", "In the stream `plan/PLAN`.", PLAN_EVENTS),
    (
        "Administrations",
        (
            "In the stream `administration/ADMINISTRATION`; measurements too, see [decision 2](decisions/"
            "0002-one-stream-a-plan-measurements-with-the-administration.md)."
        ),
        ADMINISTRATION_EVENTS,
    ),
    ("The OIV", "In the stream `review/PLAN`; what was opened and taken away, in `diligence/PLAN`.", OIV_EVENTS),
    ("Proposals", "In the stream `proposals/PLAN`; nothing of a plan depends on it.", PROPOSAL_EVENTS),
    ("The installation", "In the stream `installation`.", INSTALLATION_EVENTS),
    (
        "The accounts",
        "In the stream `installation/accounts`, which goes into no evidence pack: who works for a body is no other's business.",
        ACCESS_EVENTS,
    ),
    (
        "The library of indicators",
        "In the stream `installation/library`, which goes into no evidence pack.",
        LIBRARY_EVENTS,
    ),
)

Json = dict[str, Any]


class _Decimals(GenerateJsonSchema):
    """The library's schemas, but that a decimal is text or an integer: a binary number would lose its digits."""

    def decimal_schema(self, schema: object) -> Json:
        """A decimal as it is written, or as it is taken in."""
        del schema
        text = {"type": "string", "format": "decimal"}
        return text if self.mode == "serialization" else {"anyOf": [{"type": "integer"}, text]}


def pages() -> dict[str, str]:
    """The text of each generated file, by its name in docs/."""
    return {
        "events.md": events(),
        "errors.md": errors(),
        "permessi.md": permissions_page(MARK),
        "plan-document.schema.json": schema(PlanDocument),
        "change-file.schema.json": schema(ChangeFile),
    }


def outdated() -> list[str]:
    """The names of the generated files that are missing, or say something else than the code."""
    return [name for name, text in pages().items() if not _says(DOCS / name, text)]


def write_all() -> list[str]:
    """Writes what is out of date, and says which."""
    names = outdated()
    for name in names:
        (DOCS / name).write_text(pages()[name], encoding="utf-8")
    return names


def _says(path: Path, text: str) -> bool:
    return path.exists() and path.read_text(encoding="utf-8") == text


# -- events ------------------------------------------------------------------------------------------------------------


def events() -> str:
    """Every event: topic, class version, when, fields."""
    mapped, schemas = models_json_schema(
        [(cls, "serialization") for cls in TOPICS.values()], schema_generator=_Decimals
    )
    shapes: Json = schemas["$defs"]
    names = {cls: mapped[cls, "serialization"]["$ref"].rpartition("/")[2] for cls in TOPICS.values()}
    parts = [
        "# Events\n\n",
        MARK,
        (
            "\nWhat happened, one fact an event, under a topic that never changes. Around each stands the "
            "[envelope](envelope.md); below are the fields of its `body`. `tests/samples/events/` holds the stored bytes of "
            "one event of every topic.\n\nDates are `YYYY-MM-DD`, decimals are strings with the digits as they were said. A "
            "field whose last column says *left out* does not stand in the body when nothing was said of it; a value there "
            "is what is written then.\n"
        ),
    ]
    for title, where, classes in GROUPS:
        parts.append(f"\n## {title}\n\n{where}\n")
        parts += [_event(cls, shapes[names[cls]]) for cls in classes]
    parts.append("\n## Shapes\n\nWhat the fields above are made of.\n")
    parts += [_shape(name, shapes[name]) for name in sorted(set(shapes) - set(names.values()), key=_title)]
    return "".join(parts)


def _event(cls: type[Event], shape: Json) -> str:
    absence = " Here null is a value: it empties the field." if issubclass(cls, SaysAbsence) else ""
    return (
        f"\n### `{cls.topic}`\n\n{_doc(cls)}{absence}\n\n`{cls.__name__}`, class version {cls.class_version}.\n\n"
        + _fields(cls, shape)
    )


def _fields(cls: type[BaseModel], shape: Json) -> str:
    unsaid_left_out = issubclass(cls, SaysAbsence)
    lines = ["| field | type | when nothing is said |\n|---|---|---|\n"]
    for name, field in cls.model_fields.items():
        if field.is_required():
            absent = "always there"
        elif unsaid_left_out or field.default is None:
            absent = "left out"
        else:
            absent = f"`{json.dumps(shape['properties'][name].get('default'), ensure_ascii=False)}`"
        lines.append(f"| `{name}` | {_type(shape['properties'][name], null=unsaid_left_out)} | {absent} |\n")
    return "".join(lines)


def _shape(name: str, shape: Json) -> str:
    text = f'\n### {_title(name)}\n\n<a id="{_anchor(name)}"></a>'
    if description := shape.get("description"):
        text += " ".join(str(description).split("\n\n")[0].split())
    if "properties" not in shape:
        return text + f" {_type(shape)}\n" if shape else text + " Any JSON value.\n"
    rows = "".join(f"| `{name}` | {_type(property_)} |\n" for name, property_ in shape["properties"].items())
    return f"{text}\n\n| field | type |\n|---|---|\n{rows}"


def _type(schema: Json, *, null: bool = False) -> str:
    """A type in words, with links to the shapes."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f"[{_title(name)}](#{_anchor(name)})"
    if "const" in schema:
        return f"`{schema['const']}`"
    if "enum" in schema:
        return " or ".join(f"`{word}`" for word in schema["enum"])
    if options := schema.get("anyOf") or schema.get("oneOf"):
        types = dict.fromkeys(_type(option) for option in options if null or option.get("type") != "null")
        return " or ".join(types)
    match schema.get("type"):
        case "array":
            return f"list of {_type(schema.get('items', {}))}"
        case "object":
            return f"object of {_type(schema.get('additionalProperties', {}))} by name"
        case "string":
            return _text(schema)
        case "integer":
            low, high = schema.get("minimum"), schema.get("maximum")
            return f"integer, {low} to {high}" if high is not None else "integer"
        case None:
            return "any JSON value"
        case other:
            return str(other)


KNOWN_PATTERNS = {
    r"^[a-z0-9][a-z0-9._-]{0,119}$": "identifier",
    r"^[12][0-9]{3}(-(H[12]|Q[1-4]|0[1-9]|1[0-2]))?$": "period: `2022`, `2022-H1`, `2022-Q3`, `2022-09`",
    r"^[0-9a-f]{64}$": "SHA-256, 64 hexadecimal digits",
    r"^sha256:[0-9a-f]{64}$": "salted digest: `sha256:` and 64 hexadecimal digits",
}


def _text(schema: Json) -> str:
    pattern = schema.get("pattern")
    if format_ := schema.get("format"):
        return str(format_)
    if pattern is None:
        return "text"
    return KNOWN_PATTERNS.get(pattern) or "text like `{}`".format(pattern.replace("|", "\\|"))


def _title(name: str) -> str:
    """A shape's own name; where two modules have one of the same name, with its module."""
    return name.replace("__", ".")


def _anchor(name: str) -> str:
    return "shape-" + re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-")


# -- errors ------------------------------------------------------------------------------------------------------------


def errors() -> str:
    """Every refusal and failure that has a name."""
    parts = [
        "# Errors\n\n",
        MARK,
        (
            "\nWhat the product says no to. The name is permanent: HTTP answers `application/problem+json` whose `type` is "
            "`urn:in-itinere:problem:` and the name; the command line prints the same Italian words. A refusal by the rules "
            "is 409 (404 for what is not there, 412 for a version that was overtaken), an input whose form is wrong is 422 "
            "and lists every problem with its place.\n\n| name | status | title | meaning |\n|---|---|---|---|\n"
        ),
    ]
    parts += [
        f"| `{cls.name}` | {cls.status} | {cls.title} | {_doc(cls)} |\n"
        for cls in sorted(error_types(), key=lambda cls: (cls.name, cls.__module__))
    ]
    return "".join(parts)


def error_types() -> list[type[DomainError]]:
    """Every error of the product that has a name of its own; all its modules are imported to find them."""
    for package in PACKAGES:
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            importlib.import_module(module.name)
    package_prefixes = tuple(f"{package.__name__}." for package in PACKAGES)
    return [cls for cls in _below(DomainError) if cls.__module__.startswith(package_prefixes) and "name" in vars(cls)]


def _below(cls: type[DomainError]) -> Iterator[type[DomainError]]:
    for subclass in cls.__subclasses__():
        yield subclass
        yield from _below(subclass)


# -- schemas -----------------------------------------------------------------------------------------------------------


def schema(cls: type[BaseModel]) -> str:
    """The JSON Schema of what is taken in; a decimal is a string or an integer, never a binary number."""
    schema = cls.model_json_schema(schema_generator=_Decimals)
    return json.dumps({"$schema": _Decimals.schema_dialect} | schema, ensure_ascii=False, indent=1) + "\n"


def _doc(cls: type) -> str:
    """What a class says of itself, on one line that fits a cell; nothing where only its parent says something."""
    return " ".join((vars(cls).get("__doc__") or "").split()).replace("|", "\\|")


def main(arguments: list[str]) -> int:
    """Writes the pages, or with --check says which are out of date; the status to end with."""
    checking = arguments == ["--check"]
    names = outdated() if checking else write_all()
    for name in names:
        print(f"docs/{name}: {'out of date, run python -m api.documentation.reference' if checking else 'written'}")  # noqa: T201
    return 1 if checking and names else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
