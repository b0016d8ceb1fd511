"""No form asks a person for what the plan knows: neither an id, nor a code, nor a list to be written in lines."""

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest

from api.pages.work.event_choice import SOUGHT
from api.pages.work.table import WORK_FORMS
from projections.plan_in_force import plan_in_force
from tests.api.http.client import Client
from tests.api.http.test_work_pages import WORK, hidden, post, problems_in
from tests.support.chamber import OWN, PUBLISHED, Browser, Chambers, signed_in
from tests.support.harness import point

PLAN = PUBLISHED[OWN]
WRITTEN = {
    *("title", "name", "words", "note", "justification", "retroactive", "condition", "exception"),
    *("act", "office", "owner", "source", "frequency", "indicator_kind", "unit", "formula", "expression", "baseline"),
    *("target", "text", "value", "weight", "progress", "numerator", "denominator", "forced", "size", "seed", "meaning"),
    *("code", "sha256", "act_protocol", "act_file", "act_sha256", SOUGHT),
    *("description", "benefits", "baseline_unit", "measured_by", "feeds", "node", "order", "remedy", "whose", "source"),
    *("first_year", "last_year", "budget_amount", "budget_reference"),
}
"""What is written: words, acts and offices with what is known offered, figures, the code that the plan prints, what is known of an act."""
PART = re.compile(
    "(offices|co_owners|links|levels|tags|staff|stakeholders|level|classifications|codes|terms|scope.offices|scope.levels)(/.+)?|polarity.+|value.+"
)


@pytest.fixture
def chambers(tmp_path: Path) -> Iterator[Chambers]:
    made = Chambers(tmp_path)
    made.harness.on("2022-09-20")
    yield made
    made.close()


@pytest.mark.parametrize("name", sorted(WORK_FORMS))
def test_a_form_asks_for_words_and_choices_alone(name: str, forms: Client) -> None:
    about = {"indicator": "?object=incasso", "objective": "?object=a1"}.get(WORK_FORMS[name].object, "")
    page = forms.get(f"{WORK}/{name}{about}")
    assert page.status_code == 200
    main = page.text.partition("<main")[2]
    tags = re.findall(r"<(?:input|textarea)[^>]*>", main)
    typed = [tag for tag in tags if not re.search('type="(hidden|radio|checkbox|date)"', tag)]
    names = {unescape(re.findall('name="([^"]*)"', tag)[0]) for tag in typed}
    assert {each for each in names - WRITTEN if not PART.fullmatch(each)} == set()


@pytest.fixture(scope="module")
def forms(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    made = Chambers(tmp_path_factory.mktemp("moduli"))
    made.harness.on("2022-09-20")
    yield Client(made.harness)
    made.close()


def planner_at(chambers: Chambers, path: str) -> Browser:
    _, planner = signed_in(chambers, "anna", "planner")
    assert planner.open(path).status_code == 200
    return planner


def objective(chambers: Chambers, id_: str) -> dict[str, object]:
    with chambers.harness.store.reading() as reader:
        rows = plan_in_force(reader, PLAN, point("2022-12-31"))["objectives"]
    return next({**row} for row in rows if row["id"] == id_)


MOTIVE = {"cause": "other", "justification": "riordino", "act": "delibera di Giunta n. 9 del 20/09/2022"}


def test_offices_are_ticked_and_others_written_beside_and_trees_have_a_field_each(chambers: Chambers) -> None:
    path = f"{WORK}/reclassify_objective"
    planner = planner_at(chambers, f"{path}?object=a")
    assert 'name="offices/Servizio Bilancio" value="sì" checked' in planner.page
    same = post(planner, path, "check", level="strategic", **{"offices/Servizio Bilancio": "sì"}, **MOTIVE)
    assert same.status_code in {409, 422}, "nothing was changed"
    changed = {
        "offices/Servizio Bilancio": "sì",
        "offices/+": "Servizio Registro\nServizio <i>Legale</i>",
        "classifications/+": "missione",
        "classifications/+=": "012",
        "level": "strategic",
        "level/+": "linea strategica",
    }
    checked = post(planner, path, "check", **changed, **MOTIVE)
    assert checked.status_code == 200, problems_in(checked.text)
    assert "<i>Legale" not in checked.text
    assert "missione: 012" in unescape(checked.text)
    back = post(planner, path, "back").text
    assert "Servizio Registro\nServizio &lt;i&gt;Legale" in back
    assert 'name="level/+" value="linea strategica"' in back
    assert 'name="classifications/+=" value="012"' in back
    post(planner, path, "check", **changed, **MOTIVE)
    assert post(planner, path, "record").status_code == 303
    row = objective(chambers, "a")
    assert row["offices"] == ["Servizio Bilancio", "Servizio Registro", "Servizio <i>Legale</i>"]
    assert (row["level"], row["classifications"]) == ("linea strategica", {"missione": "012"})
    planner.open(f"{path}?object=a")
    none = {"level": "linea strategica", "classifications/missione": "012"}
    assert post(planner, path, "check", **none, **MOTIVE).status_code == 200, problems_in(planner.page)
    assert post(planner, path, "record").status_code == 303
    assert objective(chambers, "a")["offices"] == []
    again = planner.open(f"{path}?object=a1").text
    assert 'name="classifications/missione"' in again, "a tree that is known has its own field"


def test_the_terms_of_a_confirmed_formula_have_a_field_each(chambers: Chambers) -> None:
    confirm = f"{WORK}/confirm_formula"
    planner = planner_at(chambers, f"{confirm}?object=incasso")
    assert 'name="terms/' not in planner.open(f"{WORK}/record_measurement?object=incasso").text
    planner.open(f"{confirm}?object=incasso")
    post(planner, confirm, "check", confirmed_on="2022-02-01")
    assert post(planner, confirm, "record").status_code == 303
    record = f"{WORK}/record_measurement"
    page = planner.open(f"{record}?object=incasso").text
    terms = re.findall(r'name="terms/([^"]*)"', page)
    assert len(terms) == 2
    values = dict(zip((f"terms/{term}" for term in terms), ("60", "100"), strict=True))
    measured = {"period": "2022-H1", "data_as_at": "2022-06-30", "finality": "provisional"}
    checked = post(planner, record, "check", **measured, **values)
    assert checked.status_code == 200, unescape(checked.text.partition("<main")[2])
    assert "incassato: 60" in unescape(checked.text)
    assert post(planner, record, "record").status_code == 303


def test_the_one_of_several_targets_is_chosen_by_what_it_says(chambers: Chambers) -> None:
    page = unescape(planner_at(chambers, f"{WORK}/revise_target?object=regolamento").page)
    assert '<option value="2">2022: entro il 31/12</option>' in page
    assert 'name="ordinal"' not in unescape(planner_at_again(chambers, "incasso"))


def planner_at_again(chambers: Chambers, indicator: str) -> str:
    _, planner = signed_in(chambers, "bea", "planner")
    return planner.open(f"{WORK}/revise_target?object={indicator}").text


def test_what_a_correction_restores_is_chosen_among_what_was_recorded(chambers: Chambers) -> None:
    chambers.harness.revise(">= 65%", act="2022-06-01")
    page = unescape(planner_at(chambers, f"{WORK}/revise_target?object=incasso").page)
    (version,) = re.findall(r'<option value="(\d+)">n\. \d+: Rimodulato il target 2022', page)
    assert version.isdecimal()


def test_a_text_is_taken_away_by_choosing_it(chambers: Chambers) -> None:
    chambers.harness.revise(">= 65%", act="2022-06-01", justification="scrive <u>Rossi</u> di persona")
    _, approver = signed_in(chambers, "carla", "approver")
    path = f"{WORK}/redact_texts"
    page = approver.open(path).text
    assert "<u>Rossi" not in page
    (event,) = re.findall(r'<option value="(plan\.\d+)">[^<]*scrive &lt;u&gt;Rossi', page)
    order = {"act": "provvedimento del Garante n. 3 del 10/09/2022", "justification": "ordine del Garante"}
    checked = post(approver, path, "check", version=event, **order)
    assert checked.status_code == 200, unescape(checked.text.partition("<main")[2])
    assert post(approver, path, "record").status_code == 303
    assert "Rossi" not in approver.open(path).text
    wrong = post(approver, path, "check", version="plan.niente", **order)
    assert wrong.status_code in {404, 409, 422}
    assert hidden(approver)
