"""A command imports what it uses: held by what is loaded when it ends, which does not depend on the machine."""

import json
import subprocess
import sys
import warnings
from collections.abc import Sequence
from pathlib import Path

import pytest

from api.cli.listing import groups
from api.commands.examples import load_examples
from api.commands.service import Service
from api.http.app import routes_of_the_table
from api.http.routes import LateRoute
from projections.store.store import Store
from tests.support.whole_program import load_all, models, modules

PLAN = "riviere-di-liguria-2022-2024"
OF_A_SERVER = {
    "psycopg": "the archive is a file: 20 MB, and a tenth of a second",
    "fastapi": "no HTTP is served",
    "uvicorn": "no HTTP is served",
    "structlog": "nothing is logged",
    "jinja2": "no page is made",
    "httpcore2": "nothing is sent",
    "httpx2": "no provider of identities is asked",
    "joserfc": "no token of others is read",
    "authlib": "no provider of identities is asked",
    "webauthn": "nobody signs in",
}
OF_FILES = {
    "typst": "no paper is set",
    "xlsxwriter": "no sheet is written",
    "PIL": "no picture is read",
    "segno": "no code is drawn",
    "babel": "translations were compiled when it was installed",
}
OF_READING = {
    "lark": "no formula is read: what is stored was read before",
    "domain.formulas.reader": "no formula is read",
    "domain.targets.reader": "no target is read",
    "api.commands.service": "nothing is recorded",
    "api.operations.table": "one noun is asked, not all of them",
}
OF_AN_ANSWER = {
    "rich": "a help is click's",
    "sqlite3": "no archive is opened",
    "eventsourcing": "no archive is opened",
    "cryptography": "nothing is signed or verified",
    "api.operations.model": "a help lists what `listing.json` says",
    "api.cli.reader": "no command is made",
}
MOST_OWN = {"help": 60, "show": 220, "serve": 720}
"""How many modules of ours each loads at the most: 48, 205 and 655 when this was written, of 830."""

RUN = """
import json, sys
from api.cli import app
for arguments in json.loads(sys.argv[1]):
    app.main(arguments, "initinere", standalone_mode=False)
print(json.dumps(sorted(sys.modules)), file=sys.stderr)
"""


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> str:
    place = str(tmp_path_factory.mktemp("start") / "archive.sqlite")
    store = Store(place)
    load_examples(Service(store))
    store.close()
    return place


def _loaded(archive: str, *commands: Sequence[str]) -> set[str]:
    """The modules that commands have loaded when they end."""
    done = subprocess.run(
        [sys.executable, "-c", RUN, json.dumps(commands)],
        env={"INITINERE_DATABASE": archive},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert done.stdout
    return set(json.loads(done.stderr.splitlines()[-1]))


def _own(loaded: set[str]) -> int:
    return sum(name.partition(".")[0] in {"api", "domain", "projections"} for name in loaded)


def test_a_help_loads_neither_the_commands_nor_what_they_need(archive: str) -> None:
    loaded = _loaded(archive, ["--help"], ["--version"], *([group, "--help"] for group in groups()))
    assert loaded & (OF_A_SERVER | OF_FILES | OF_READING | OF_AN_ANSWER).keys() == set()
    assert _own(loaded) <= MOST_OWN["help"]


def test_a_plan_is_shown_without_what_records_reads_or_serves(archive: str) -> None:
    loaded = _loaded(archive, ["show", PLAN])
    assert loaded & (OF_A_SERVER | OF_FILES | OF_READING).keys() == set()
    assert _own(loaded) <= MOST_OWN["show"]


def test_a_service_begins_without_what_pages_files_and_signing_in_need(archive: str) -> None:
    begun = (
        "import json, sys\n"
        "import api.cli.server, api.http.network, api.http.workers\n"
        "from api.http.app import create_app\n"
        "from api.settings import Settings\n"
        "create_app(Settings(database=sys.argv[1]))\n"
        "print(json.dumps(sorted(sys.modules)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", begun, archive], capture_output=True, text=True, check=True, timeout=60
    )
    loaded = set(json.loads(done.stdout.splitlines()[-1]))
    needed = {"fastapi", "uvicorn", "structlog"}
    assert loaded & ((OF_A_SERVER.keys() - needed) | OF_FILES.keys()) == set()
    assert _own(loaded) <= MOST_OWN["serve"]


def test_what_is_loaded_is_named_as_it_is() -> None:
    named = {name for name in OF_READING | OF_AN_ANSWER if name.startswith(("api.", "domain.", "projections."))}
    assert named <= set(modules())
    assert Path(str(sys.modules["api"].__file__)).parent.name == "api"


def test_every_model_which_is_built_when_it_is_first_used_can_be_built() -> None:
    load_all()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for model in models():
            model.model_rebuild(force=True)


def test_a_route_is_read_when_it_is_first_asked() -> None:
    route = next(route for route in routes_of_the_table.__wrapped__().routes if isinstance(route, LateRoute))
    assert "dependant" not in vars(route)
    assert route.dependant.call is route.endpoint
