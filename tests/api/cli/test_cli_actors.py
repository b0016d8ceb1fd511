"""Who recorded something is read on the machine with the name of the person, while there is one; JSON holds ids only."""

import json
import os

import pytest

from api.commands.handler import Caller
from api.commands.service import Service
from domain.documents.changes import ChangeFile
from projections.store.store import Store
from tests.api.cli.conftest import Run
from tests.support.harness import PLAN

ASKED = (
    ("audit", PLAN),
    ("blame", PLAN),
    ("history", PLAN, "incasso"),
    ("changes", PLAN, "--year", "2022"),
    ("across", "changes"),
)
ACCOUNT = f"acc-{'a' * 16}"


@pytest.fixture
def signed(office: Run, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The small plan, loaded on the command line, with a target that the account of a person revised."""
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setattr("api.commands.accounts.secrets.token_bytes", bytes)
    done = office("account", "open", "ada.verdi", "--name", "Ada Verdi")
    assert done.exit_code == 0, done.output
    revision = {"verb": "revise_target", "object": "incasso", "year": 2022, "target": ">= 68%"}
    file = {"plan": PLAN, "act": "delibera di Giunta n. 9 del 30/09/2022", "justification": "x", "cause": "new_data"}
    with_account = Store(os.environ["INITINERE_DATABASE"])
    Service(with_account).change(ChangeFile.model_validate(file | {"changes": [revision]}), Caller(ACCOUNT))
    with_account.close()
    return office


@pytest.mark.parametrize("asked", ASKED, ids=lambda asked: asked[0])
def test_a_person_is_named_after_its_id_until_it_is_erased(signed: Run, asked: tuple[str, ...]) -> None:
    shown = signed(*asked)
    assert shown.exit_code == 0, shown.output
    assert f"{ACCOUNT} (Ada Verdi)" in shown.stdout
    as_json = signed(*asked, "--json").stdout
    assert ACCOUNT in as_json
    assert "Verdi" not in as_json
    assert "riga di comando" not in as_json
    assert signed("account", "erase", ACCOUNT).exit_code == 0
    shown = signed(*asked)
    assert f"{ACCOUNT} (persona cancellata)" in shown.stdout
    assert "Verdi" not in shown.stdout
    assert signed(*asked, "--json").stdout.count(ACCOUNT) == as_json.count(ACCOUNT)


@pytest.mark.parametrize("asked", [*ASKED[:3], ("show", PLAN)], ids=lambda asked: asked[0])
def test_whoever_recorded_on_the_command_line_is_said_to_be_there(signed: Run, asked: tuple[str, ...]) -> None:
    shown = signed(*asked).stdout
    assert ("ufficio-performance (riga di comando)" in shown) is (asked[0] != "show")
    assert json.loads(signed(*asked, "--json").stdout)
