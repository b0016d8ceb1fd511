"""Accounts of a record that was copied: each comes in as before, once the key of the credentials came along."""

from contextlib import closing
from pathlib import Path
from shutil import copyfile

import pytest
from starlette.testclient import TestClient

from api.access.credentials_key import credentials_key_path
from api.commands import accounts
from api.http.app import create_app
from domain.access.commands import ErasePerson
from projections.store.store import Store
from projections.store_copy import copy_store
from tests.support.chamber import BY_MACHINE, DRAFTS, OWN, PASSWORD, Chambers, signed_in


@pytest.mark.parametrize("with_key", [True, False])
def test_a_copied_account_comes_in_as_before_where_the_key_came_along(tmp_path: Path, *, with_key: bool) -> None:
    chambers = Chambers(tmp_path)
    account, browser = signed_in(chambers, "anna", "planner")
    gone, _ = signed_in(chambers, "bea", "planner")
    token = chambers.issue(account, f"planner@{OWN}")
    accounts.erase_person(chambers.service, ErasePerson(account=gone), BY_MACHINE)
    keys = tmp_path / "copia.key"
    with closing(Store(str(tmp_path / "copia.sqlite"), clock=chambers.harness.tick)) as copy:
        copy_store(chambers.harness.store, copy)
        copyfile(tmp_path / "signing.key", keys)
        if with_key:
            copyfile(credentials_key_path(tmp_path / "signing.key"), credentials_key_path(keys))
        for key in tmp_path.glob("copia.key*"):
            key.chmod(0o600)
        settings = chambers.settings.model_copy(update={"database": copy.location, "keys": keys})
        there = TestClient(create_app(settings, copy), base_url="http://localhost:8000", follow_redirects=False)
        asked = there.get(f"/v1/plans/{DRAFTS[OWN]}", headers={"Authorization": f"Bearer {token}"})
        assert asked.status_code == (200 if with_key else 401)
        before, browser.http = browser.http, there
        there.cookies.update(before.cookies)
        assert browser.open("/v1/account").status_code == 401
        there.cookies.clear()
        browser.open("/accesso")
        assert browser.send("/accesso", login="bea", password=PASSWORD).status_code == 403
        assert browser.send("/accesso", login="anna", password=PASSWORD).status_code == 303
        assert browser.open("/v1/account").json()["name"] == "Anna"
    chambers.close()
