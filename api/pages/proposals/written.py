"""What a proposal holds, as somebody wrote it: each of its changes by the form of work that makes it, in words."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from api.language.labels import CAUSES, POLARITIES
from api.pages.templating import period_in_words
from api.pages.visit import PlanVisit
from api.pages.work.choices import WorkChoices
from api.pages.work.controls import as_written
from api.pages.work.filled import NEW_OBJECTS, FilledForm
from api.pages.work.table import MOTIVE, WORK_FORMS
from domain.measurements.events import STATUS_WORDS
from domain.names import Names
from domain.vocabulary import JsonValue

MOST_LINES = 200
OBJECTIVES = frozenset({"objective", "parent", "into"})


class FieldSaid(NamedTuple):
    """A field of a change, and what is written in it; `coded` are words of ours."""

    label: str
    words: str
    coded: bool


class WrittenChange(NamedTuple):
    """A change as it was written: what it does, to what, with which values, and its own reason."""

    title: str
    about: str
    fields: list[FieldSaid]
    reason: str
    cause: str


class WrittenProposal(NamedTuple):
    """What a proposal holds; `beside` are the values and statuses that it brings, `more` how many changes are not listed."""

    changes: list[WrittenChange]
    more: int
    beside: list[str]
    reason: str
    cause: str
    since: str
    retroactive: str


def names_with_new(visit: PlanVisit, file: Mapping[str, JsonValue] | None) -> Names:
    """How the objects of the plan are called, with those that a proposal adds."""
    by_key = dict(visit.reading.names.by_key)
    for change in changes_in_file(file or {}):
        kind, field = NEW_OBJECTS.get(str(change.get("verb")), ("", ""))
        if kind:
            by_key.setdefault(f"{kind}/{change.get('object')}", str(change.get(field) or change.get("object")))
    return Names(by_key)


def written_proposal(visit: PlanVisit, file: Mapping[str, JsonValue], names: Names) -> WrittenProposal:
    """A change file in words."""
    changes = changes_in_file(file)
    choices = WorkChoices(visit, None)
    return WrittenProposal(
        changes=[_change(visit, choices, change, names) for change in changes[:MOST_LINES]],
        more=max(0, len(changes) - MOST_LINES),
        beside=[*_beside(visit, file, names)],
        reason=str(file.get("justification") or ""),
        cause=CAUSES.get(str(file.get("cause")), ""),
        since=str(file.get("effective_on") or ""),
        retroactive=str(file.get("retroactive") or ""),
    )


def changes_in_file(file: Mapping[str, JsonValue]) -> list[dict[str, JsonValue]]:
    """The changes of a file, as they were written."""
    changes = file.get("changes")
    return [change for change in changes if isinstance(change, dict)] if isinstance(changes, list) else []


def typed_in(change: Mapping[str, JsonValue]) -> dict[str, str]:
    """A change as its form would have it typed."""
    return {name: as_written(value) for name, value in change.items() if value is not None}


def called_object(change: Mapping[str, JsonValue], names: Names) -> str:
    """What a change is about, in quotes; nothing where it adds it, or is of the whole plan."""
    form = WORK_FORMS.get(str(change.get("verb")))
    object_ = change.get("object")
    return names.called(f"{form.object}/{object_}") if form and form.object and object_ else ""


def _change(visit: PlanVisit, choices: WorkChoices, change: Mapping[str, JsonValue], names: Names) -> WrittenChange:
    form = WORK_FORMS.get(str(change["verb"]))
    if form is None:  # the rules of a year are adopted by a file
        year = FieldSaid("Anno", str(change.get("year") or ""), coded=False)
        return WrittenChange("Adotta le regole di un anno", "", [year], str(change.get("justification") or ""), "")
    filled = FilledForm(form, visit, choices, typed_in(change))
    return WrittenChange(
        title=form.title,
        about=called_object(change, names),
        fields=[
            FieldSaid(c.label, names.objective(c.value) if c.name in OBJECTIVES else c.shown, coded=bool(c.options))
            for c in filled.controls
            if c.value and c.name not in MOTIVE
        ],
        reason=str(change.get("justification") or ""),
        cause=CAUSES.get(str(change.get("cause")), ""),
    )


def _beside(visit: PlanVisit, file: Mapping[str, JsonValue], names: Names) -> Iterable[str]:
    for row in _rows(file, "measurements"):
        period = period_in_words(str(row.get("period")), visit.language)
        yield f"{names.series(str(row.get('series')))}, {period}: {row.get('text') or row.get('value') or ''}"
    for row in _rows(file, "statuses"):
        about, status = names.called(f"{row.get('subject')}/{row.get('id')}"), str(row.get("status"))
        words = visit.worded(STATUS_WORDS[status]) if status in STATUS_WORDS else status
        progress = f", {row['progress']}%" if row.get("progress") else ""
        yield visit.worded("Stato di %(about)s: %(status)s", about=about, status=words + progress)
    polarities = file.get("polarities")
    for indicator, polarity in polarities.items() if isinstance(polarities, dict) else ():
        words = {str(code): words for code, words in POLARITIES.items()}.get(str(polarity), "")
        yield f"{names.indicator(indicator)}: {visit.worded(words) if words else polarity}"
    if file.get("approves_year"):
        yield visit.worded("Approva l'anno %(year)s", year=file["approves_year"])


def _rows(file: Mapping[str, JsonValue], name: str) -> list[dict[str, JsonValue]]:
    rows = file.get(name)
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
