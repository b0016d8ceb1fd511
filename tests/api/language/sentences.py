"""The sentences that rules put together, with numbered places where names and figures stand; taken from the code itself.

A sentence is an f-string, a template, or a text, of the domain, of the projections, or of what takes commands and files in: one
that has a word of Italian grammar. A text with another purpose (of a docstring, a pattern, a query) is left out.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[3]
SAID_BY = ("domain", "projections", "api/access", "api/commands", "api/formats", "api/http", "api/imports", "api/operations", "api/pages", "api/proof", "api/workbook")  # fmt: skip
GRAMMAR = re.compile(
    r"(?<![\w-])(?:il|lo|la|i|gli|le|un|una|uno|di|del|dello|della|dei|delle|degli|al|alla|ai|alle|allo|agli|dal|dalla|dai"
    r"|nel|nella|nei|nelle|sul|sulla|sui|non|è|e|ed|o|che|per|con|da|in|fra|tra|ha|hanno|sono|si|ne|più|ma|se|su|come|già"
    r"|senza|dopo|entro|prima|oggi|ancora|nessun|nessuno|nessuna|manca|mancano|ogni|rispetto|a|stato|stata)(?![\w-])"
    r"|(?:\b[ldnc]|dell|nell|all|dall|sull|un|senz|quest)'(?=\w)",
    re.IGNORECASE,
)
WORDS = re.compile(r"(?<![\w-])[a-zà-ù]{4,}(?![\w-])")
"""What makes a sentence of a text with places."""
ADDED = re.compile(r"^[.,;:]? [a-zà-ù(]{4,}")
"""How what is added to a sentence begins."""
NO_SENTENCE = re.compile(
    r"\b(?:SELECT|INSERT|DELETE|UPDATE|FROM|WHERE|CREATE|DROP|PRAGMA|WITH|ALTER|VALUES|AND|OR|BY|IN|NOT|MODE|TABLE)\b|filename=|charset=|PRODID|\(\?|\\[swdb]|[<>]|://"
    r"|[a-z_]=\{|\b(?:the|has|is|of|no|an|was)\b"
)
TEMPLATE_PLACE = re.compile(r"\{[a-z_.]*(?:![rs])?(?::[^{}]*)?\}")
LONGEST = 600
IN_WORKBOOKS = {"collection_format", "collection_write", "example_rows", "help_sheet"}
"""The modules whose texts stand in files for an office: Italian, whatever the language."""


def sentences() -> dict[str, list[str]]:
    """Every sentence with the modules that say it, in the order of the modules."""
    places: dict[str, list[str]] = {}
    for package in SAID_BY:
        for path in sorted((ROOT / package).rglob("*.py")):
            if path.stem in IN_WORKBOOKS:
                continue
            for sentence in _in_module(ast.parse(path.read_text(encoding="utf-8"))):
                modules = places.setdefault(sentence, [])
                if (module := ".".join(path.relative_to(ROOT).with_suffix("").parts)) not in modules:
                    modules.append(module)
    return places


def _in_module(tree: ast.Module) -> Iterator[str]:
    parts = {id(part) for node in ast.walk(tree) for part in _silent(node)}
    for node in ast.walk(tree):
        if id(node) in parts:
            continue
        match node:
            case ast.JoinedStr(values=values):
                text = _numbered(values)
            case ast.Constant(value=str(value)):
                text = _of_a_template(value)
            case _:
                continue
        spoken = GRAMMAR.search(text) or (ADDED if isinstance(node, ast.Constant) else WORDS).search(text)
        if spoken and " " in text and len(text) <= LONGEST and not NO_SENTENCE.search(text):
            yield text


def _silent(node: ast.AST) -> Iterator[ast.AST]:
    """What is no sentence of its own: docstrings, parts of a sentence, examples of a grammar, and what describes a field, which a table shows."""
    match node:
        case ast.Expr(value=ast.Constant() as docstring):
            yield docstring
        case ast.JoinedStr(values=values):
            yield from (value for value in values if isinstance(value, ast.Constant))
            yield from (spec for value in values if isinstance(value, ast.FormattedValue) and value.format_spec for spec in ast.walk(value.format_spec))  # fmt: skip
        case ast.Call(func=ast.Name(id="Field"), keywords=keywords):
            yield from (part for keyword in keywords for part in ast.walk(keyword.value))
        case ast.Call(func=ast.Name(id="KindOfNote")):
            yield from ast.walk(node)
        case ast.Raise(exc=ast.Call(func=ast.Name(id="TypeError" | "AssertionError" | "LookupError" | "RuntimeError"))):
            yield from ast.walk(node)
        case _:
            pass


def _numbered(values: list[ast.expr]) -> str:
    text, places = "", 0
    for value in values:
        if isinstance(value, ast.Constant):
            text += str(value.value)
        else:
            text += f"{{{places}}}"
            places += 1
    return text


def _of_a_template(text: str) -> str:
    """A text with its named places numbered, as `str.format` would fill them in."""
    places = iter(range(100))
    return TEMPLATE_PLACE.sub(lambda _: f"{{{next(places)}}}", text)
