"""What is imported late is used in no way in which a promise is not as good as the thing."""

import ast
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

from domain.late import late

ROOT = Path(__file__).parents[2]
MODULES = {
    file.relative_to(ROOT): ast.parse(text)
    for folder in ("api", "domain", "projections")
    for file in sorted((ROOT / folder).rglob("*.py"))
    if "with late:" in (text := file.read_text(encoding="utf-8"))
}


def _blocks(module: ast.Module) -> Iterator[ast.ImportFrom]:
    for node in module.body:
        if isinstance(node, ast.With) and ast.unparse(node.items[0].context_expr) == "late":
            yield from (one for one in node.body if isinstance(one, ast.ImportFrom))


def _annotations(module: ast.Module) -> set[int]:
    """The nodes that stand in an annotation."""
    said: list[ast.expr | None] = []
    for node in ast.walk(module):
        if isinstance(node, ast.AnnAssign | ast.arg):
            said.append(node.annotation)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            said.append(node.returns)
    return {id(part) for annotation in said if annotation is not None for part in ast.walk(annotation)}


def _misused(module: ast.Module) -> Iterator[str]:
    names = {one.asname or one.name for block in _blocks(module) for one in block.names}
    annotations = _annotations(module)
    for node in ast.walk(module):
        parts: list[ast.expr | None]
        match node:
            case ast.Compare():
                parts = [node.left, *node.comparators]
            case ast.ClassDef():
                parts = [*node.bases]
            case ast.ExceptHandler():
                parts = [node.type]
            case ast.MatchClass():
                parts = [node.cls]
            case ast.Subscript():
                parts = [node.value, node.slice]
            case _:
                continue
        for part in parts:
            inner = part.elts if isinstance(part, ast.Tuple) else [part]
            for one in inner:
                if isinstance(one, ast.Name) and one.id in names and id(one) not in annotations:
                    yield f"line {one.lineno}: {ast.unparse(node).splitlines()[0]}"


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_what_is_late_is_called_or_asked_and_never_compared_caught_or_derived_from(path: Path) -> None:
    assert list(_misused(MODULES[path])) == []


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_what_is_late_is_there_when_it_is_asked(path: Path) -> None:
    for block in _blocks(MODULES[path]):
        module = import_module(str(block.module))
        for one in block.names:
            if not hasattr(module, one.name):
                import_module(f"{block.module}.{one.name}")


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_what_is_late_is_not_imported_at_once_as_well(path: Path) -> None:
    late_names = {one.asname or one.name for block in _blocks(MODULES[path]) for one in block.names}
    at_once = [one for one in MODULES[path].body if isinstance(one, ast.ImportFrom)]
    assert late_names & {one.asname or one.name for block in at_once for one in block.names} == set()


def _module(text: str) -> ModuleType:
    module = ModuleType("made_for_a_test")
    exec(f"from domain.late import late\n{text}", module.__dict__)  # noqa: S102 - a module that imports late
    return module


def test_a_module_is_imported_when_what_it_gives_is_first_used_and_stands_there_from_then_on() -> None:
    module = _module("with late:\n    from colorsys import rgb_to_hls as hls\n    from fractions import Fraction\n")
    assert "not imported yet" in repr(module.hls)
    assert module.hls(0, 0, 0) == (0.0, 0, 0.0)
    assert module.hls is import_module("colorsys").rgb_to_hls
    assert not isinstance(1, module.Fraction)
    assert module.Fraction is import_module("fractions").Fraction


def test_outside_of_the_block_imports_are_what_they_were() -> None:
    module = _module("with late:\n    from colorsys import hls_to_rgb\nfrom colorsys import rgb_to_hls\n")
    assert module.rgb_to_hls is import_module("colorsys").rgb_to_hls
    with late:
        from colorsys import rgb_to_yiq  # noqa: PLC0415 - of this module, within the block: what it is stands in the frame
    assert "not imported yet" in repr(rgb_to_yiq)


@pytest.mark.parametrize("words", ["import colorsys", "from colorsys import ONE_SIXTH"])
def test_a_whole_module_and_a_constant_are_not_late(words: str) -> None:
    with pytest.raises(ImportError):
        _module(f"with late:\n    {words}\n")
    assert "not imported yet" not in repr(_module("from colorsys import rgb_to_hls").rgb_to_hls)
