"""What is wrong with what was filled in: all that can be told at once, each at its field, in the words of its label."""

import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import date
from typing import NamedTuple, Protocol

from api.language.sentences import sentence_in
from api.language.translation import filled_in, translated
from api.pages.forms import FormProblem
from api.pages.templating import label_words, printed_signs
from api.pages.visit import PlanVisit
from api.pages.work.controls import Control
from api.pages.work.filled import FilledForm
from api.settings import Language
from domain.changes.decide import MOTIVE_WORDS
from domain.errors import (
    ConcurrentChange,
    DomainError,
    Malformed,
    MotivationMissing,
    Problem,
    RetroactiveUnsaid,
    VersionOutdated,
)
from domain.point import today
from domain.validation_errors import MISSING

MOTIVE_FOR_NOW: Mapping[str, str] = {"justification": "non ancora detta", "cause": "other"}
"""What stands for a motivation that is not written yet, to see what else is wrong."""
OVERTAKEN = "Nel frattempo qualcun altro ha modificato la stessa cosa: guarda che cosa, qui sotto"
UNREASONED = "La modifica varrebbe da un giorno che è passato, e l'atto che la adotterà è ancora da venire: di' perché è retroattiva"
"""What a proposal is asked before it is kept: it could not be submitted without."""
ALSO_CALLED = {
    "series": "object",
    "indicator": "object",
    "subject": "id",
    "value": "text",
    "restates": "period",
    "version": "versions",
}
"""Fields of commands that a form calls otherwise."""
WORDS_OF_PROGRAMS = {
    "«anche se non si legge»": "la casella «anche se non si legge»",
    "restate": "«rettifica una misurazione»",
    "«unità confermata»": "la casella «unità confermata»",
    "«anche ciò che contraddice»": "la casella «anche ciò che contraddice»",
    "«stesso atto»": "la casella «stesso atto»",
}
"""What a refusal calls by its name that a form has as a box to tick, or otherwise."""


class WithControls(Protocol):
    """Something that is filled in: the fields that it asks."""

    @property
    def controls(self) -> Sequence[Control]:
        """The fields."""


class FoundWrong(NamedTuple):
    """What is wrong, and the refusal that said so, where one did."""

    problems: tuple[FormProblem, ...]
    error: DomainError | None = None


def found_wrong(filled: FilledForm, rehearsed: Callable[[FilledForm], object], *, unacted: bool) -> FoundWrong:
    """What is wrong before anything is recorded; an `unacted` change is proposed, and its act comes later."""
    day = _day_of(filled, unacted=unacted)
    act = {"act": f"ordinanza della Giunta del {day:%d/%m/%Y} (data confermata) (altro atto)"}
    missing = [c for c in filled.controls if c.required and not c.value.strip() and not (unacted and c.name == "act")]
    language = filled.visit.language
    problems = [_missing(c, language) for c in missing]
    stand_ins = {**MOTIVE_FOR_NOW, **act}
    for_now = {c.name: stand_ins[c.name] for c in missing if c.name in stand_ins}
    error: DomainError | None = None
    try:
        rehearsed(filled.with_typed(for_now | (act if unacted else {})))
    except DomainError as refused:
        if refused.status in {401, 403} or refused.status >= 500:
            raise
        error = refused
        said = {problem.field for problem in problems}
        told = problems_in_form(refused, filled, filled.visit, filled.about)
        if unacted and isinstance(refused, RetroactiveUnsaid):
            told = (FormProblem("retroactive", translated(UNREASONED, language)),)
        problems += [problem for problem in told if problem.field not in said or not problem.field]
    order = [c.name for c in filled.controls]
    problems.sort(key=lambda problem: order.index(problem.field) if problem.field in order else -1)
    return FoundWrong(tuple(dict.fromkeys(problems)), None if missing else error)


def _day_of(filled: FilledForm, *, unacted: bool) -> date:
    """The day of an act that is not written yet: from when it is to hold, else today, but within the plan.

    The act that a proposal waits for is of no day before today.
    """
    earliest = min(today(filled.visit.now), date(filled.visit.reading.history.years[-1], 12, 31))
    with suppress(ValueError):
        wanted = date.fromisoformat(filled.value("effective_on").strip())
        return max(wanted, earliest) if unacted else wanted
    return earliest


def problems_in_form(
    error: DomainError, filled: WithControls, visit: PlanVisit, about: str = ""
) -> tuple[FormProblem, ...]:
    """What a refusal says, at the fields of the form, which is `about` an object of the plan where it says so."""
    language = visit.language
    if isinstance(error, VersionOutdated | ConcurrentChange):
        return (FormProblem("", translated(OVERTAKEN, language)),)
    if isinstance(error, MotivationMissing):
        said = error.problem.found
        wanted = {name for name, words in MOTIVE_WORDS.items() if words in said.partition("manca ")[2]}
        empty = [c for c in filled.controls if c.name in wanted and not c.value.strip()]
        if empty:
            return tuple(_missing(c, language) for c in empty)
    problems = error.problems if isinstance(error, Malformed) else [error.problem]
    told = [
        _problem(visit.titled(problem, about), filled, language, malformed=isinstance(error, Malformed))
        for problem in problems
    ]
    listed = [FormProblem("", translated(visit.called(line, about), language)) for line in error.listed]
    return (*told, *([] if isinstance(error, Malformed) else listed))


def _missing(asked: Control, language: Language) -> FormProblem:
    label = (asked.label if asked.is_named else label_words(asked.label, language)).lower()
    return FormProblem(asked.name, filled_in("Manca «%(field)s»", language, field=label))


def _problem(problem: Problem, filled: WithControls, language: Language, *, malformed: bool) -> FormProblem:
    field = field_of_form(problem.where, [c.name for c in filled.controls])
    asked = next((c for c in filled.controls if c.name == field), None)
    if asked is not None and problem.found == MISSING.found:
        return _missing(asked, language)
    words = sentence_in(problem.found, language)
    if asked is not None and (malformed or asked.is_named):
        words = f"{_label(asked, language)}: {words}"
    words = words[:1].upper() + words[1:]
    if problem.accepted:
        accepted = sentence_in(problem.accepted, language)
        words = filled_in("%(found)s. Si accetta: %(accepted)s", language, found=words, accepted=accepted)
    for code, said in WORDS_OF_PROGRAMS.items():
        words = re.sub(rf"(?<![\w«]){re.escape(code)}(?![\w»])", translated(said, language), words)
    return FormProblem(field, printed_signs(words))


def _label(asked: Control, language: Language) -> str:
    """What a field is called: by an office, as it calls it."""
    return f"«{asked.label}»" if asked.is_named else label_words(asked.label, language)


def field_of_form(where: str, names: list[str]) -> str:
    """The field that a place in a command is in; empty where the form has none such."""
    numbered = re.sub(r"\[([0-9]+)\]", r".\1", where)
    for whole in (numbered, numbered.replace(".", "_")):  # what is said of an act has a field of its own
        if whole in names:
            return whole
    place = re.sub(r"\[[0-9]+\]", "", where)
    within = [name for name in names if place == name or place.startswith(f"{name}.")]
    if within:
        return max(within, key=len)
    last = place.rpartition(".")[2]
    called = ALSO_CALLED.get(last, last)
    return called if called in names else ""
