"""A form about something of the installation as somebody fills it in: its fields, and the command that this is."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from functools import cached_property
from typing import ClassVar, Generic, TypeVar

from api.commands.handler import Caller, Outcome
from api.commands.service import Service
from api.formats.json_reader import into
from api.language.translation import translated
from api.operations.model import CommandContext
from api.pages.forms import FormProblem, problem_words
from api.pages.installation.form import InstallationForm
from api.pages.installation.visit import InstallationVisit
from api.pages.work.controls import Control, FieldOption, control, gathered, stated
from api.pages.work.problems import field_of_form
from domain.errors import DomainError, Malformed
from domain.vocabulary import JsonValue

VISIT = TypeVar("VISIT", bound=InstallationVisit)


class InstallationFilled(ABC, Generic[VISIT]):
    """A form with what its address, or its sender, says; `written`: somebody has written in it already."""

    HINTS: ClassVar[Mapping[tuple[str, str], str]] = {}
    """What is said of a field beneath its label, by form and field."""

    def __init__(
        self,
        form: InstallationForm,
        visit: VISIT,
        said: Mapping[str, str],
        *,
        written: bool,
        confirming: bool = False,
    ) -> None:
        self.form = form
        self.visit = visit
        self.said = said
        self.written = written
        self.confirming = confirming or bool(form.confirms and said.get(form.confirms))

    @property
    def given(self) -> dict[str, str]:
        """What the address says of it."""
        return {name: self.said[name] for name in self.form.given if self.said.get(name)}

    @property
    def account(self) -> str:
        """The account that it is about; empty where it is about none."""
        return self.said.get("account", "")

    @property
    @abstractmethod
    def crumb(self) -> tuple[str, str]:
        """The way back: what it is called, and where it is."""

    @property
    def beside(self) -> list[str]:
        """What else there is to know before it is recorded."""
        return []

    @property
    def choices(self) -> list[FieldOption] | None:
        """What is to be chosen first, before the rest can be asked; None where nothing is."""
        return None

    @cached_property
    def controls(self) -> list[Control]:
        """The fields that are asked."""
        names = [*self.form.fields, *([self.form.confirms] if self.confirming else [])]
        return [self._control(name) for name in names]

    def _control(self, name: str) -> Control:
        value = gathered(self.said, name) if self.written else self.said.get(name) or self._initial(name)
        made = control(self.form.model, name, value, self._options(name))
        hint = self.HINTS.get((self.form.name, name), made.hint if name == self.form.confirms else "")
        return made._replace(hint=hint, required=made.required or self._is_required(name))

    def _initial(self, _name: str) -> str:
        return ""

    def _options(self, _name: str) -> list[FieldOption] | None:
        return None

    def _is_required(self, _name: str) -> bool:
        return False

    def document(self) -> dict[str, JsonValue]:
        """What is written, as the command takes it."""
        content: dict[str, JsonValue] = {**self.given}
        for asked in self.controls:
            value = stated(self.form.model, asked.name, asked.value)
            if value not in (None, False, []):
                content[asked.name] = value
        return content

    def give(self, service: Service, caller: Caller) -> Outcome:
        """The command, given to a service; refused as its row refuses it."""
        return self.give_document(service, caller, self.document())

    def give_document(self, service: Service, caller: Caller, document: dict[str, JsonValue]) -> Outcome:
        """The same, once what was read to fill it in is given back."""
        row = self.form.row
        if row.handler is None:
            raise TypeError(f"{row.name} has no handler")
        return row.handler(CommandContext(service, "", caller, ""), into(row.inputs[0], document))

    @property
    def missing(self) -> tuple[FormProblem, ...]:
        """What must be said and is not."""
        return tuple(self._missing(asked) for asked in self.controls if asked.required and not asked.value.strip())

    def _missing(self, asked: Control) -> FormProblem:
        label = translated(asked.label, self.visit.language).lower()
        return FormProblem(asked.name, self.visit.worded("Manca «%(field)s»", field=label))

    def problems(self, error: DomainError) -> tuple[FormProblem, ...]:
        """What a refusal says, at the fields of the form."""
        language = self.visit.language
        names = [asked.name for asked in self.controls]
        told: list[FormProblem] = []
        for problem in error.problems if isinstance(error, Malformed) else [error.problem]:
            field = field_of_form(problem.where, names)
            words = self.visit.said(problem_words(problem, language), self.said.get("administration"))
            if field and isinstance(error, Malformed):
                label = next(translated(asked.label, language) for asked in self.controls if asked.name == field)
                words = f"{label}: {words[:1].lower()}{words[1:]}"
            told.append(FormProblem(field, words))
        return (
            *self.missing,
            *(one for one in dict.fromkeys(told) if one.field not in {m.field for m in self.missing}),
        )

    def is_to_confirm(self, _error: DomainError) -> bool:
        """Whether it was refused for want of a confirmation that the form can ask for."""
        return False
