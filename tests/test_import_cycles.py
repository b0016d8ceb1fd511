import grimp
import pytest


@pytest.mark.parametrize("package", ["domain", "projections", "api"])
def test_no_module_imports_itself_by_way_of_others(package: str) -> None:
    """Imports within functions, and those for types alone, count: the files could not be read one after the other."""
    graph = grimp.build_graph(package, cache_dir=None)
    waiting = {module: set(graph.find_modules_directly_imported_by(module)) for module in graph.modules}
    while free := {module for module, imported in waiting.items() if not imported & waiting.keys()}:
        for module in free:
            del waiting[module]
    assert _circles(waiting) == []


def _circles(waiting: dict[str, set[str]]) -> list[list[str]]:
    """A circle for what is left, each module with one that it imports, until the first comes again."""
    if not waiting:
        return []
    path = [min(waiting)]
    while (following := min(waiting[path[-1]] & waiting.keys())) not in path:
        path.append(following)
    return [[*path[path.index(following) :], following]]
