"""What the pages and the docstrings name is there: files, modules, and the names that they are said to hold."""

import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("api", "benchmarks", "domain", "examples", "initinere_verify", "projections", "tests")
FOLDER = rf"(?:{'|'.join((*PACKAGES, 'docs'))})"
FILE = re.compile(rf"(?<![\w/.])({FOLDER}/[\w/.-]+\.(?:py|md|json|toml|svg|lark|css|html))(?![\w*])")
DIRECTORY = re.compile(rf"`({FOLDER}/(?:[\w-]+/)*)`")
MODULE = re.compile(rf"(?:`|-m )((?:{'|'.join(PACKAGES)})(?:\.[a-z_]\w*)+(?:\.[A-Z]\w*)?)(?=[`\s])")
HELD = re.compile(r"`([A-Za-z_][\w.]*)`(?: in | \()`([\w/]+\.py)`")
NAMED_BY_CODE = re.compile(r'(?<!")"[\w/.-]+"(?!")')
"""A text of the program that is a name and nothing else: one that is missing shows when it runs, or is meant to be."""
MADE = re.compile(r"^(?:docs|benchmarks)/.*\.(?:html|svg)$")
"""What a command writes, and may not be there yet."""


def _is_history(path: Path) -> bool:
    """A decision that another one took the place of names what there was."""
    return path.parent.name == "decisions" and "\nSuperseded by " in path.read_text(encoding="utf-8")


PAGES = [path for path in sorted((*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"))) if not _is_history(path)]
SOURCES = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _missing_files(text: str) -> Iterator[str]:
    for name in FILE.findall(text):
        if not (ROOT / name).exists() and not MADE.match(name):
            yield name


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_a_file_or_a_folder_that_a_page_names_is_there(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert list(_missing_files(text)) == []
    assert [name for name in DIRECTORY.findall(text) if not (ROOT / name).is_dir()] == []


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_a_module_that_a_page_names_is_there(page: Path) -> None:
    for name in MODULE.findall(page.read_text(encoding="utf-8")):
        assert _is_there(name), name


def _is_there(dotted: str) -> bool:
    """Whether a dotted name is a module, or what a module holds."""
    path = ROOT / dotted.replace(".", "/")
    if path.is_dir() or path.with_suffix(".py").is_file():
        return True
    module, _, held = dotted.rpartition(".")
    return (ROOT / module.replace(".", "/")).with_suffix(".py").is_file() and hasattr(import_module(module), held)


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_a_name_that_a_page_says_a_module_has_is_in_it(page: Path) -> None:
    for name, path in HELD.findall(page.read_text(encoding="utf-8")):
        if (ROOT / path).is_file():
            words = (ROOT / path).read_text(encoding="utf-8")
            assert re.search(rf"\b{name.rpartition('.')[2]}\b", words), f"{name} in {path}"


def test_a_file_that_a_docstring_or_a_comment_names_is_there() -> None:
    texts = {_name(path): NAMED_BY_CODE.sub("", path.read_text(encoding="utf-8")) for path in SOURCES}
    missing = {name: files for name, text in texts.items() if (files := [*_missing_files(text)])}
    assert missing == {}


def test_a_word_of_the_glossary_is_found_in_the_code() -> None:
    page = (ROOT / "docs" / "glossario.md").read_text(encoding="utf-8")
    code = "\n".join(
        path.read_text(encoding="utf-8")
        for path in SOURCES
        if path.relative_to(ROOT).parts[0] in {"api", "domain", "projections"}
    )
    words = re.findall(r"`(\w+)`", page)
    assert words
    assert [word for word in words if not re.search(rf"\b{word}\b", code)] == []
