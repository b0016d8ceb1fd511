"""What the form of an uploaded workbook says: the decisions that its command takes, and the fields that it asks."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from api.imports.import_preview import FilePreview
from api.pages.forms import FormProblem
from api.pages.visit import PlanVisit
from api.pages.work.act_details import detail_controls, with_details
from api.pages.work.controls import Control, FieldOption, control
from domain.documents.proposal import ProposedImport
from domain.vocabulary import JsonValue

MEASURES = frozenset({"measurement_new", "measurement_restated", "status_reported", "polarity_stated"})
"""What needs no act."""
ANSWER, POLARITY, SKIP = "answer:", "polarity:", "skip:"
SAID = ("act", "cause", "justification", "effective_on", "approves_year")
TITLE = "title"
WITH_ACT = frozenset({"act", "cause", "justification"})
"""What a change of an approved plan is only had with."""


class FileForm(NamedTuple):
    """The fields that are said once for the whole file."""

    controls: Sequence[Control]


def form_of(visit: PlanVisit, preview: FilePreview | None, said: Mapping[str, str]) -> FileForm:
    """The fields, with what is written in them; those without which nothing of an approved plan changes are asked for."""
    needs = preview is not None and needs_act(preview)
    years = visit.reading.history.years
    options = {
        "act": tuple(FieldOption(words, words) for words in visit.reading.acts.values()),
        "approves_year": tuple(FieldOption(str(year), str(year)) for year in years),
    }
    return FileForm(
        [
            control(
                ProposedImport,
                name,
                said.get(name, ""),
                options.get(name),
                required=(needs and name in WITH_ACT) or None,
            )
            for name in SAID
        ]
        + detail_controls(lambda name: said.get(name, ""))
    )


def needs_act(preview: FilePreview) -> bool:
    """Whether a file changes what an act decided."""
    return preview.status != "draft" and any(item.type not in MEASURES for item in preview.items)


def brings_act(preview: FilePreview) -> bool:
    """Whether the file itself says by which act."""
    return bool(preview.decides["acts"])


def decisions_of(form: Mapping[str, str]) -> dict[str, JsonValue]:
    """What a form decides of a file, as the command takes it: what is left empty is not said."""
    said: dict[str, JsonValue] = {name: form[name].strip() for name in SAID if form.get(name, "").strip()}
    if (year := str(said.get("approves_year", ""))).isdecimal():
        said["approves_year"] = int(year)
    answers, polarities, skipped = (
        {name.removeprefix(start): value for name, value in form.items() if name.startswith(start) and value}
        for start in (ANSWER, POLARITY, SKIP)
    )
    said["answers"] = dict(answers)
    if polarities:
        said["polarities"] = dict(polarities)
    said["rows"] = {item: {"skip": True} for item in skipped}
    return with_details(said, form)


def proposal_of_form(form: Mapping[str, str]) -> dict[str, JsonValue]:
    """The same as it is proposed: with a title, and without the act, which comes with the adoption."""
    said = {name: value for name, value in decisions_of(form).items() if name != "act"}
    return said | {"title": form.get(TITLE, "").strip()}


def questions_waiting(preview: FilePreview) -> tuple[FormProblem, ...]:
    """The questions that wait for their answer, each a problem at its control."""
    return tuple(
        FormProblem(f"domanda-{number}", f"Manca la risposta: {question.words}")
        for number, question in enumerate(preview.questions, 1)
        if question.answer is None
    )
