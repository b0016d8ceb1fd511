import ast
import builtins
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGES = ("domain", "projections", "api")

# One meaning, twice: a value and its answer in JSON, the same thing for each of the two databases, a rule and its door.
SHARED = {
    "Benchmark": "the value of others that holds, and the one that is printed beside one's own",
    "Command": "what is asked for, and its row in the table of operations",
    "Datastore": "SQLite's, PostgreSQL's, and what they have in common",
    "OfficialRate": "a value and its answer",
    "PlanChange": "a value and its answer",
    "Problem": "a value and the document of RFC 9457 that holds it",
    "Recorded": "an event as recorded, and the answer that says so",
    "Recorder": "SQLite's and PostgreSQL's",
    "Reminder": "a value and its answer",
    "check": "SQLite's and PostgreSQL's",
    "close_office": "the decision, and the command that records it",
    "close_round": "the decision, and the command that records it",
    "confirm_formula": "the decision, and the command that records it",
    "end_corrective_action": "the decision, and the command that records it",
    "explain_deviation": "the decision, and the command that records it",
    "interpret_target": "the decision, and the command that records it",
    "load_library": "the decision, and the command that records it",
    "main": "what a program begins with",
    "migrate": "of either database: SQLite's, and PostgreSQL's",
    "official_rates": "values and their answer",
    "open_round": "the decision, and the command that records it",
    "override_score": "the decision, and the command that records it",
    "plan_corrective_action": "the decision, and the command that records it",
    "publish_benchmark": "the decision, and the command that records it",
    "reschedule_corrective_action": "the decision, and the command that records it",
    "state_entry": "the decision, and the command that records it",
    "succeed_administration": "the decision, and the command that records it",
    "take_polarities": "the decision, and the command that records it",
    "withdraw_entry": "the decision, and the command that records it",
}


def test_no_class_takes_the_name_of_a_builtin() -> None:
    assert not [name for name in _public() if hasattr(builtins, name)]


def test_no_two_public_classes_aliases_or_functions_share_a_name() -> None:
    twice = {name: sorted(places) for name, places in _public().items() if len(places) > 1}
    assert {name: places for name, places in twice.items() if name not in SHARED} == {}
    assert set(SHARED) == set(twice), "a name that is no longer shared leaves the list"


def _public() -> dict[str, set[str]]:
    """What is public at the top of the modules of the product, constants apart: by name, and where each stands."""
    public: defaultdict[str, set[str]] = defaultdict(set)
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            for node in ast.parse(path.read_text(encoding="utf-8")).body:
                for name in _names(node):
                    if not name.startswith("_"):
                        public[name].add(str(path.relative_to(ROOT)))
    return public


def _names(node: ast.stmt) -> Iterator[str]:
    """The class or function that a statement defines, or the alias of a type; a type variable means nothing by itself."""
    match node:
        case ast.ClassDef(name=name) | ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
            yield name
        case ast.Assign(value=ast.Call(func=ast.Name(id="TypeVar"))):
            return
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
            if name[0].isupper() and not name.isupper():
                yield name
        case _:
            return
