"""Values have types: a dict of anything, Any and a cast stand where raw JSON, rows of a database or options are read.

Each such module is declared here, with what it reads; all the others hold what they take and answer to its type.
"""

import ast
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGES = ("domain", "projections", "api")
BOUNDARIES: dict[str, str] = {
    "api/http/routes.py": "what a route is told, which is the library's own",
    "domain/late.py": "whatever a module holds under the names that it imports",
    "domain/documents/diff_builder.py": "puts changes together as documents, which pydantic reads",
    "domain/documents/diff_fields.py": "the fields of a row that a table names, for such a document",
    "domain/documents/new_plan.py": "puts a plan together as a document, which pydantic reads",
    "domain/documents/next_plan.py": "the fields of a row that change, for pydantic to put in their place",
    "domain/documents/opening.py": "the fields of a plan that change, for pydantic to put in their place",
    "domain/documents/uploaded.py": "rows that pydantic makes of fields which were judged already",
    "domain/event.py": "the body of a stored event, JSON that was held to its shape when it was recorded",
    "domain/indicators/card.py": "the fields of a card by name, of a row, an event or a stored card",
    "domain/library/known.py": "the fields of a card by name, of a row or a stored card",
    "domain/plans/amend.py": "the fields of a plan that change, for pydantic to put in their place",
    "domain/formulas/grammar.py": "the tree that lark gives, of whatever type",
    "projections/plan_in_force.py": "stored JSON, which was held to its types when it was recorded",
    "projections/stored_objects.py": "stored JSON, which was held to its types when it was recorded",
    "projections/across/comparison.py": "rows of a database",
    "projections/plans.py": "rows of the list, kept by what does not know their type",
    "projections/store/cursor.py": "rows of a database",
    "projections/store/noting_reader.py": "rows of a database",
    "projections/store/facts.py": "rows of a database",
    "projections/store/postgres.py": "rows of a database",
    "projections/store/previews.py": "rows of a database",
    "projections/store/store.py": "the cursor of either database",
    "projections/store/group_commit.py": "writers that wait in one queue, each for an answer of its own type",
    "api/access/oidc.py": "what a provider answers, before it is held against what was asked",
    "api/http/query_request.py": "the state of a request, and a store of which a part alone is asked",
    "api/http/workers.py": "options of the server, as uvicorn takes them",
    "api/operations/actors.py": "answers of any question, as trees of JSON",
    "api/cli/app.py": "arguments that click hands on",
    "api/cli/library.py": "the preview of a command, for its printer",
    "api/cli/papers.py": "values of options, as click reads them",
    "api/cli/parameters.py": "values of options, as click reads them",
    "api/formats/reader_server.py": "the options of a reading, which come as JSON from the process that asks for it",
    "api/cli/reader.py": "values of options, as click reads them, and answers for the printer of their row",
    "api/documentation/api_rules.py": "what another program prints of the description of the interface, as JSON",
    "api/documentation/reference.py": "JSON Schemas",
    "api/http/description.py": "the description of the interface, as the framework makes it",
    "api/http/examples.py": "requests and answers of a recorded conversation",
    "api/http/openapi.py": "the description of the interface",
    "api/http/openapi_responses.py": "parts of the description of the interface",
    "api/pages/question_tables.py": "answers of any question, for the table of its page",
    "api/paper/comparison.py": "answers as they are attached to a paper, as JSON",
    "api/paper/plan.py": "answers as they are attached to a paper, as JSON",
    "api/paper/docx_template.py": "the options of a reading, which come as JSON from the process that asks for it",
    "api/workbook/rows.py": "rows that are laid out by the names of their fields, whatever they hold",
}


def _raw(tree: ast.AST) -> set[str]:
    """What of a module takes a value of whatever type."""
    raw: set[str] = set()
    for node in ast.walk(tree):
        match node:
            case ast.Name(id="Any") | ast.Attribute(attr="Any"):
                raw.add("Any")
            case ast.Call(func=ast.Name(id="cast") | ast.Attribute(attr="cast")):
                raw.add("cast")
            case ast.Subscript(
                value=ast.Name(id="dict" | "defaultdict" | "Mapping" | "MutableMapping"),
                slice=ast.Tuple(elts=[_, value]),
            ):
                if isinstance(value, ast.Name) and value.id == "object":
                    raw.add("a dict of objects")
            case _:
                pass
    return raw


def _modules() -> dict[str, set[str]]:
    modules: defaultdict[str, set[str]] = defaultdict(set)
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            modules[str(path.relative_to(ROOT))] |= _raw(ast.parse(path.read_text(encoding="utf-8")))
    return {module: raw for module, raw in modules.items() if raw}


def test_values_have_types_outside_the_boundaries() -> None:
    assert {module: raw for module, raw in _modules().items() if module not in BOUNDARIES} == {}


def test_what_is_raw_is_recognised() -> None:
    assert _raw(ast.parse("a: dict[str, object]")) == {"a dict of objects"}
    assert _raw(ast.parse("def f(a: Mapping[str, Any]) -> None: ...")) == {"Any"}
    assert _raw(ast.parse('a = typing.cast("int", b)')) == {"cast"}
    assert _raw(ast.parse("a: dict[str, JsonValue | int]")) == set()


def test_a_boundary_that_reads_nothing_raw_any_more_leaves_the_list() -> None:
    assert set(BOUNDARIES) - set(_modules()) == set()
