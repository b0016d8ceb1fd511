"""Every form of work: which commands have one, how their fields are asked, and that each opens; where the door is open, too."""

import re
from html import unescape

import pytest

from api.operations.table import COMMANDS
from api.pages.visit import WORKS
from api.pages.work.controls import Control, closed_list, control
from api.pages.work.table import WORK_FORMS, WorkForm
from domain.access.roles import PERMISSIONS_OF
from domain.changes.commands import VERBS
from tests.api.http.client import Client
from tests.support.harness import PLAN, ServiceHarness

WORK = f"/piani/{PLAN}/lavoro"
ELSEWHERE = {
    "amend_proposal": "on the page of the proposal",
    "ask_opinion": "on the page of the proposal",
    "comment_proposal": "on the page of the proposal",
    "confirm_import": "a file is sent on the page of documents",
    "draft_proposal": "a form of a change is kept as a proposal",
    "enact_proposal": "on the page of the proposal",
    "log_opened": "a program of the OIV notes what it opened",
    "propose_import": "a file is sent on the page of documents",
    "collect_round": "sheets come back by the command line, or by a program",
    "reject_proposal": "on the page of the proposal",
    "send_file": "a file is sent on the page of documents",
    "submit_proposal": "on the page of the proposal",
    "take_library_polarities": "from the library, after its preview: by the command line, or by a program",
    "withdraw_proposal": "on the page of the proposal",
}
"""The commands about a plan that have no form here, and why."""
FORMS = [pytest.param(form, id=form.name) for form in WORK_FORMS.values()]


def controls(form: WorkForm) -> list[Control]:
    return [control(form.model_of(name), name) for name in (*form.fields, *form.more)]


def test_every_command_about_a_plan_has_a_form_or_is_given_elsewhere() -> None:
    about_plans = {row.name for row in COMMANDS.values() if row.scope == "plan"}
    given = {form.command for form in WORK_FORMS.values()} | {form.name for form in WORK_FORMS.values()}
    assert about_plans - given == set(ELSEWHERE)
    assert {form.verb for form in WORK_FORMS.values()} - {""} == set(VERBS) - {"adopt_system"}


@pytest.mark.parametrize("form", FORMS)
def test_a_form_asks_for_all_that_its_command_cannot_do_without(form: WorkForm) -> None:
    wanted = {name for name, field in form.model.model_fields.items() if field.is_required()}
    had = {"verb", "object", "indicator", "series", "subject", form.part}
    asked = {name.partition(".")[0] for name in (*form.fields, *form.more)}
    assert wanted - had - asked - ({"polarities"} if form.name == "state_polarities" else set()) == set()


@pytest.mark.parametrize("form", FORMS)
def test_what_is_chosen_from_a_closed_list_is_said_in_words(form: WorkForm) -> None:
    for field in controls(form):
        for option in field.options:
            assert option.words != option.value or option.value == "%", (field.name, option)
        assert "`" not in field.hint, field
        assert "identificativo" not in field.hint, field
    assert closed_list(str) == ()


@pytest.mark.parametrize("form", FORMS)
def test_every_form_opens_by_an_open_door(harness: ServiceHarness, client: Client, form: WorkForm) -> None:
    harness.on("2022-02-05").load()
    path = f"{WORK}/{form.name}"
    page = client.get(path)
    assert page.status_code == 200
    for address in re.findall(r'<option value="([^"]+)"', page.text)[:1] if form.object else ():
        page = client.get(f"{path}?object={unescape(address)}")
        assert page.status_code == 200
    assert page.text.count("<h1>") == 1


def test_the_forms_of_an_open_door_are_known_by_a_cookie_of_their_own(harness: ServiceHarness, client: Client) -> None:
    harness.on("2022-02-05").load()
    path = f"{WORK}/reword_objective"
    page = client.get(f"{path}?object=a1")
    assert "initinere-modulo" in page.headers["set-cookie"]
    (csrf,) = set(re.findall(r'name="csrf" value="([0-9a-f]{64})"', page.text))
    typed = {
        "csrf": csrf,
        "object": "a1",
        "title": "Incassare meglio",
        "cause": "other",
        "justification": "più chiaro",
        "act": "delibera di Giunta n. 2 del 04/02/2022",
    }
    unseen = client.http.post(path, data=typed | {"step": "record"}, follow_redirects=False)
    assert "controllo=" in unseen.headers["location"]
    looked_at = client.http.post(path, data=typed)
    assert looked_at.status_code == 200
    (checked,) = set(re.findall(r'name="checked" value="([0-9a-f]{64})"', looked_at.text))
    elsewhere = client.http.post(path, data=typed, headers={"Origin": "https://altrove.example"})
    assert elsewhere.status_code == 403
    assert client.http.post(path, data=typed | {"csrf": "0" * 64}).status_code == 403
    assert client.http.post(path, content=b"{}", headers={"Content-Type": "application/json"}).status_code == 415
    other = typed | {"step": "record", "checked": checked, "title": "Un altro titolo"}
    assert "controllo=" in client.http.post(path, data=other, follow_redirects=False).headers["location"]
    recorded = client.http.post(path, data=typed | {"step": "record", "checked": checked}, follow_redirects=False)
    assert recorded.status_code == 303
    client.http.cookies.clear()
    assert client.http.post(path, data=typed | {"step": "record"}).status_code == 403


def test_whoever_may_do_anything_by_a_form_is_led_to_the_list() -> None:
    asked = {COMMANDS[name].permission for name in WORKS}
    for permissions in PERMISSIONS_OF.values():
        works = any(form.row.permission in permissions for form in WORK_FORMS.values())
        assert works == bool(asked & permissions)
