import ast
import builtins
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGES = ("domain", "projections", "api")

# One meaning, twice: a value and its answer in JSON, or the same thing for each of the two databases.
SHARED = {
    "Command": "what is asked for, and its row in the table of operations",
    "Datastore": "SQLite's, PostgreSQL's, and what they have in common",
    "Flag": "a case, and the switch of a command line that the trade calls a flag",
    "Notice": "a value and its answer",
    "OfficialRate": "a value and its answer",
    "PlanChange": "a value and its answer",
    "Problem": "a value and the document of RFC 9457 that holds it",
    "Recorded": "an event as recorded, and the answer that says so",
    "Recorder": "SQLite's and PostgreSQL's",
    "Reminder": "a value and its answer",
}


def test_no_class_takes_the_name_of_a_builtin() -> None:
    assert not [name for name in _classes() if hasattr(builtins, name)]


def test_no_two_public_classes_share_a_name() -> None:
    twice = {name: places for name, places in _classes().items() if len(places) > 1}
    assert {name: places for name, places in twice.items() if name not in SHARED} == {}
    assert set(SHARED) == set(twice), "a name that is no longer shared leaves the list"


def _classes() -> dict[str, list[str]]:
    """The public classes at the top of a module of the product, by name, and where each stands."""
    classes: defaultdict[str, list[str]] = defaultdict(list)
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            for node in ast.parse(path.read_text(encoding="utf-8")).body:
                if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                    classes[node.name].append(str(path.relative_to(ROOT)))
    return classes
