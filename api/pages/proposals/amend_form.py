"""The form by which the changes of a proposal are written anew."""

from collections.abc import Mapping
from functools import cached_property
from typing import NamedTuple

from api.operations.proposals import read_proposed
from api.pages.forms import FormProblem
from api.pages.proposals.written import called_object, changes_in_file, names_with_new, typed_in
from api.pages.visit import PlanVisit
from api.pages.work.choices import WorkChoices
from api.pages.work.controls import Control, as_written, control, may_be_empty, stated
from api.pages.work.filled import LABELS_OF_FORM
from api.pages.work.problems import problems_in_form
from api.pages.work.table import MOTIVE, WORK_FORMS, WorkForm
from domain.documents.proposal import ProposedChanges
from domain.errors import DomainError
from domain.vocabulary import JsonValue

OF_TEXT = ("title", "justification", "cause", "effective_on", "retroactive")
"""What is said of the whole proposal."""
MOST_CHANGES = 12
"""How many changes are written anew by a form; more are written in the folder of work."""
LEFT_OUT = "left_out"


class _AsSent(NamedTuple):
    """The fields under the names by which the document that is made of them has them."""

    controls: list[Control]


class ChangeControls(NamedTuple):
    """A change of a proposal as its fields are asked; `left_out` is None where it is the only one."""

    title: str
    about: str
    controls: list[Control]
    left_out: Control | None


class AmendForm:
    """The changes of a proposal, written anew: what its form does not ask stays as it was."""

    def __init__(
        self,
        visit: PlanVisit,
        title: str,
        file: Mapping[str, JsonValue],
        typed: Mapping[str, str] | None = None,
    ) -> None:
        self.visit = visit
        self.title = title
        self.file = file
        self.typed = typed

    @cached_property
    def head(self) -> list[Control]:
        """The fields of the whole file."""
        written = {"title": self.title, **{name: as_written(self.file.get(name)) for name in OF_TEXT[1:]}}
        return [_of_proposal(name, self._value(name, written[name])) for name in OF_TEXT]

    @cached_property
    def changes(self) -> list[ChangeControls]:
        """The fields of each change; none where there are too many for a form."""
        listed = changes_in_file(self.file)
        if len(listed) > MOST_CHANGES:
            return []
        names, choices = names_with_new(self.visit, self.file), WorkChoices(self.visit, None)
        return [
            ChangeControls(
                form.title,
                called_object(change, names),
                [self._of_change(form, choices, number, name, change) for name in form.fields if name not in MOTIVE],
                self._left_out(number) if len(listed) > 1 else None,
            )
            for number, change in enumerate(listed)
            if (form := WORK_FORMS.get(str(change.get("verb"))))
        ]

    @property
    def controls(self) -> list[Control]:
        """All of them."""
        of_changes = (one for change in self.changes for one in (*change.controls, change.left_out) if one)
        return [*self.head, *of_changes]

    @property
    def beyond(self) -> int:
        """How many changes the form does not ask, because they are many."""
        return 0 if self.changes else len(changes_in_file(self.file))

    def proposed(self) -> ProposedChanges:
        """The changes as they are written now; Malformed as their command says, at the fields of the form."""
        typed = self.typed or {}
        file = dict(self.file)
        for one in self.head:
            file.pop(one.name, None)
            value = stated(ProposedChanges, one.name, typed.get(one.name, ""))
            if value is not None:
                file[one.name] = value
        changes = changes_in_file(self.file)
        file["changes"] = [
            self._change(number, changes[number]) if self.changes else changes[number] for number in self._kept
        ]
        return read_proposed(self.visit.plan, file)

    def problems_of(self, error: DomainError) -> tuple[FormProblem, ...]:
        """What a refusal says, at the fields of the form: what was left out is not counted where it speaks of a change."""
        places = {_field(number, ""): _field(place, "") for place, number in enumerate(self._kept)}
        sent: dict[str, Control] = {}
        for one in self.controls:
            prefix = ".".join(one.name.split(".")[:2]) + "."
            name = one.name.replace(prefix, places[prefix], 1) if prefix in places else one.name
            sent[name] = one
        as_sent = _AsSent([one._replace(name=name) for name, one in sent.items()])
        return tuple(
            problem._replace(field=sent[problem.field].name) if problem.field in sent else problem
            for problem in problems_in_form(error, as_sent, self.visit)
        )

    @property
    def _kept(self) -> list[int]:
        """The changes that are not left out."""
        typed = self.typed or {}
        return [n for n in range(len(changes_in_file(self.file))) if not typed.get(_field(n, LEFT_OUT))]

    def _change(self, number: int, change: dict[str, JsonValue]) -> dict[str, JsonValue]:
        form, typed = WORK_FORMS.get(str(change.get("verb"))), self.typed or {}
        if form is None:
            return change
        written = dict(change)
        for name in form.fields:
            if _field(number, name) not in typed:
                continue
            value = stated(form.model, name, typed[_field(number, name)])
            if value is None and not may_be_empty(form.model, name):
                written.pop(name, None)
            else:
                written[name] = value
        return written

    def _of_change(
        self, form: WorkForm, choices: WorkChoices, number: int, name: str, change: Mapping[str, JsonValue]
    ) -> Control:
        about = str(change.get("object") or "")
        value = self._value(_field(number, name), typed_in(change).get(name, ""))
        options = choices.of_field(form, name, self.visit.year, about)
        asked = _labelled(form, control(form.model_of(name), name, value, options))
        return asked._replace(name=_field(number, name))

    def _left_out(self, number: int) -> Control:
        name = _field(number, LEFT_OUT)
        value = self._value(name, "")
        return Control(name, "Togli questa modifica dalla proposta", "", "check", (), required=False, value=value)

    def _value(self, name: str, written: str) -> str:
        return written if self.typed is None else self.typed.get(name, "")


def _field(number: int, name: str) -> str:
    return f"changes.{number}.{name}"


def _labelled(form: WorkForm, asked: Control) -> Control:
    return asked._replace(label=LABELS_OF_FORM.get((form.name, asked.name), asked.label))


def _of_proposal(name: str, value: str) -> Control:
    """A field of the whole proposal; its title stands in one line."""
    asked = control(ProposedChanges, name, value, required=name == "title" or None)
    return asked._replace(means="line", label="Oggetto della proposta", hint="") if name == "title" else asked
