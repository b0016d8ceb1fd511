"""What docs/ describes is what there is: events, errors, verbs, settings, fields; and its examples are taken."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from api.documentation import reference
from api.settings import Settings
from domain.catalogue import TOPICS
from domain.changes.commands import CHANGE, VERBS, AnyChange
from domain.command import Command
from domain.documents.changes import ChangeFile
from domain.documents.plan import PlanDocument
from domain.notice import Notice
from projections.store.envelope import read_envelope

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted(path.relative_to(ROOT).as_posix() for path in (*ROOT.glob("*.md"), *DOCS.rglob("*.md")))


def page(name: str) -> str:
    """The text of a page of docs/."""
    return (DOCS / name).read_text(encoding="utf-8")


def examples(name: str) -> list[dict[str, Any]]:
    """The JSON examples of a page."""
    return [json.loads(block) for block in re.findall(r"^```json\n(.*?)^```$", page(name), re.MULTILINE | re.DOTALL)]


def sections(name: str) -> dict[str, str]:
    """The sections of a page that are headed by one word of code."""
    found = re.findall(r"^### `([\w-]+)`\n(.*?)(?=^##|\Z)", page(name), re.MULTILINE | re.DOTALL)
    return dict(found)


def words(text: str) -> set[str]:
    """What a text names as code."""
    return set(re.findall(r"`([\w.-]+)`", text))


def models(annotation: object) -> Iterator[type[BaseModel]]:
    """The models that an annotation is made of."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from models(part)


def fields(model: type[BaseModel], seen: set[type[BaseModel]]) -> set[str]:
    """Every field of a model, and of the models that it is made of."""
    seen.add(model)
    found = set(model.model_fields)
    for field in model.model_fields.values():
        for one in models(field.annotation):
            found |= fields(one, seen) if one not in seen else set()
    return found


# -- generated pages ---------------------------------------------------------------------------------------------------


def test_generated_pages_say_what_the_code_says() -> None:
    assert reference.outdated() == [], "run: python -m api.documentation.reference"


def test_every_event_is_described_and_no_other() -> None:
    assert set(sections("events.md")) == set(TOPICS)


@pytest.mark.parametrize("topic", sorted(TOPICS))
def test_every_field_of_an_event_is_described(topic: str) -> None:
    described = re.findall(r"^\| `(\w+)` \|", sections("events.md")[topic], re.MULTILINE)
    assert described == list(TOPICS[topic].model_fields)


def test_every_error_is_described_and_no_other() -> None:
    described = re.findall(r"^\| `(\w+)` \| (\d+) \|", page("errors.md"), re.MULTILINE)
    assert sorted(described) == sorted((one.name, str(one.status)) for one in reference.error_types())


def test_no_two_errors_have_one_name() -> None:
    names = [one.name for one in reference.error_types()]
    assert len(set(names)) == len(names)


def test_links_to_shapes_lead_somewhere() -> None:
    text = page("events.md")
    assert set(re.findall(r"\(#(shape-[\w-]+)\)", text)) == set(re.findall(r'<a id="(shape-[\w-]+)">', text))


# -- the change file ---------------------------------------------------------------------------------------------------


def test_every_verb_has_a_section_and_an_example() -> None:
    assert set(sections("change-file.md")) == set(VERBS)
    assert {one["verb"] for one in examples("change-file.md") if "verb" in one} == set(VERBS)


@pytest.mark.parametrize("command", AnyChange.__args__)
def test_every_field_of_a_verb_is_described(command: type[Command]) -> None:
    verb = command.model_fields["verb"].annotation.__args__[0]  # type: ignore[union-attr]
    own = set(command.model_fields) - set(Command.model_fields) - {"verb", "object"}
    assert own <= words(sections("change-file.md")[verb])


def test_every_field_of_the_file_and_of_any_change_is_described() -> None:
    named = words(page("change-file.md"))
    assert set(ChangeFile.model_fields) <= named
    assert set(Command.model_fields) <= named


def test_every_example_of_a_change_file_is_taken() -> None:
    for example in examples("change-file.md"):
        if "verb" in example:
            CHANGE.validate_python(example)
        else:
            ChangeFile.model_validate(example)


def test_every_error_that_the_page_names_is_one() -> None:
    named = re.findall(
        r"^\| (`\w+`(?:, `\w+`)*)", page("change-file.md").partition("## Che cosa è rifiutato")[2], re.MULTILINE
    )
    assert named
    assert {name for row in named for name in words(row)} <= {one.name for one in reference.error_types()}


# -- the plan document -------------------------------------------------------------------------------------------------


def test_every_field_of_the_plan_document_is_described() -> None:
    assert fields(PlanDocument, set()) <= words(page("plan-document.md"))


def test_every_example_of_a_plan_document_is_taken() -> None:
    assert examples("plan-document.md")
    for example in examples("plan-document.md"):
        PlanDocument.model_validate(example)


def test_every_warning_of_an_import_is_described() -> None:
    written = "".join(
        (ROOT / path).read_text(encoding="utf-8")
        for path in (
            "domain/documents/warnings.py",
            "domain/plans/weights.py",
            "api/commands/administration_writer.py",
        )
    )
    names = set(re.findall(r'(?:Warning|Notice)\([^()]*name="(\w+)"', written))
    assert {"weights_not_100", "unread_target"} <= names
    assert names <= words(page("plan-document.md"))
    assert "name" in Notice.model_fields


# -- the rest ----------------------------------------------------------------------------------------------------------


def test_every_setting_is_described_with_its_default_and_no_other() -> None:
    rows = dict(re.findall(r"^\| `INITINERE_(\w+)` \|.*\| ([^|]+) \|$", page("impostazioni.md"), re.MULTILINE))
    assert set(rows) == {name.upper() for name in Settings.model_fields}
    for name, field in Settings.model_fields.items():
        if field.default_factory is None and field.default not in {None, ()}:
            assert rows[name.upper()] == f"`{field.default}`"


def test_the_envelope_of_the_page_is_read() -> None:
    (block,) = re.findall(r"^```json\n(.*?)^```$", page("envelope.md"), re.MULTILINE | re.DOTALL)
    state = block.replace("\n", "").encode()
    record = read_envelope("target-revised", state)
    assert (record.version, record.cause) == (18, "new_data")
    described = re.findall(r"^\| `(\w+)` \|", page("envelope.md"), re.MULTILINE)
    assert [name for name in described if name in json.loads(state)] == list(json.loads(state))


@pytest.mark.parametrize("name", PAGES)
def test_a_link_to_another_page_leads_there(name: str) -> None:
    text = re.sub(r"^```.*?^```$", "", (ROOT / name).read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    for link in re.findall(r"\]\(([^)\s#]+)[^)]*\)", text):
        if not re.match(r"[a-z]+:", link):
            assert ((ROOT / name).parent / link).exists(), link


def test_every_page_is_in_the_index() -> None:
    linked = set(re.findall(r"\]\(([^)\s#]+)\)", page("README.md")))
    assert {path.name for path in DOCS.iterdir() if path.suffix == ".md" and path.name != "README.md"} <= linked


@pytest.mark.parametrize("name", PAGES)
def test_a_target_of_make_that_a_page_names_is_one(name: str) -> None:
    targets = re.findall(r"^([a-z-]+):.*  ## ", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    named = re.findall(r"(?:`|^)make ([a-z-]+)", (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE)
    assert set(named) <= set(targets)


# -- decisions ---------------------------------------------------------------------------------------------------------

DECISIONS = sorted((DOCS / "decisions").glob("[0-9]*.md"))
STATUS = r"(?:Proposed\.|Accepted\.|Superseded by \[\d+\]\(\d{4}-[\w-]+\.md\)\.)"


def test_decisions_are_numbered_once() -> None:
    numbers = [path.name[:4] for path in DECISIONS]
    assert len(set(numbers)) == len(numbers)


@pytest.mark.parametrize("path", [*DECISIONS, DOCS / "decisions" / "template.md"], ids=lambda path: path.stem)
def test_a_decision_begins_with_its_number_its_title_and_its_status(path: Path) -> None:
    number = "N" if path.stem == "template" else str(int(path.name[:4]))
    assert re.match(rf"# {number}\. \S.*\n\n{STATUS}\n\n", path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", DECISIONS, ids=lambda path: path.stem)
def test_a_decision_has_the_heads_of_the_template_and_words_under_each(path: Path) -> None:
    template = (DOCS / "decisions" / "template.md").read_text(encoding="utf-8")
    text = path.read_text(encoding="utf-8")
    assert re.findall(r"^#{2,} .*", text, re.MULTILINE) == re.findall(r"^#{2,} .*", template, re.MULTILINE)
    assert all(part.strip() for part in re.split(r"^## .*", text, flags=re.MULTILINE))


def test_the_index_of_decisions_has_each_one_with_its_title_and_status() -> None:
    rows = []
    for path in DECISIONS:
        title, _, status = path.read_text(encoding="utf-8").splitlines()[:3]
        number, _, name = title.removeprefix("# ").partition(". ")
        rows.append(f"| {number} | [{name}]({path.name}) | {status} |")
    assert re.findall(r"^\| \d.*", page("decisions/README.md"), re.MULTILINE) == rows
