"""A form about an account as somebody fills it in: its fields with what is written in them, and the command that this is."""

from collections.abc import Mapping
from datetime import timedelta
from functools import cached_property

from api.commands.handler import Caller, Outcome
from api.commands.service import Service
from api.formats.json_reader import into
from api.language.translation import translated
from api.operations.model import CommandContext
from api.pages.forms import FormProblem, problem_words
from api.pages.people.table import PeopleForm
from api.pages.people.visit import PeopleVisit
from api.pages.work.controls import Control, FieldOption, control, gathered, stated
from api.pages.work.problems import field_of_form
from domain.access.decide import NobodyAdministers
from domain.access.events import EVERYWHERE
from domain.access.roles import OF_ANY_ADMINISTRATION, ROLE_WORDS
from domain.errors import DomainError, Malformed
from domain.point import today
from domain.vocabulary import JsonValue

HINTS = {
    (
        "open_account",
        "name",
    ): "Il nome della persona, come lo leggerà chi può vederlo; sta accanto al registro, e si cancella.",
    ("open_account", "login"): "Ciò che la persona scrive per entrare: lettere minuscole, cifre, punto, trattino.",
    ("give_role", "offices"): "Solo per il ruolo di responsabile: gli uffici di cui registra i valori.",
    ("issue_token", "rights"): "Fra quelli del tuo accesso: il token non può di più.",
    ("issue_token", "expires_on"): "L'ultimo giorno in cui vale: al più fra un anno.",
}
DAYS_OF_TOKEN = 90


class PeopleFilled:
    """A form with what its address, or its sender, says; `typed` is None where nobody has written in it yet."""

    def __init__(
        self, form: PeopleForm, visit: PeopleVisit, said: Mapping[str, str], *, written: bool, confirming: bool = False
    ) -> None:
        self.form = form
        self.visit = visit
        managed = visit.managed
        sole = {"administration": next(iter(managed))} if len(managed) == 1 and not visit.manages(None) else {}
        self.said = said if "administration" not in form.given or said.get("administration") else {**said, **sole}
        self.written = written
        self.confirming = confirming or bool(form.confirms and said.get(form.confirms))

    @property
    def given(self) -> dict[str, str]:
        """What the address says of it."""
        return {name: self.said[name] for name in self.form.given if self.said.get(name)}

    @property
    def account(self) -> str:
        """The account that it is about: the visitor's own where it is about that."""
        if "token" in self.form.given:
            holders = [
                a["account"] for a in self.visit.accounts for t in a["tokens"] if t["token"] == self.said.get("token")
            ]
            return next(iter(holders), self.visit.principal.actor)
        return self.visit.principal.actor if self.form.own else self.said.get("account", "")

    @property
    def wants_administration(self) -> bool:
        """Whether it is to be said first in which administration: its offices are offered."""
        return self.form.name == "give_role" and not self.said.get("administration")

    @cached_property
    def controls(self) -> list[Control]:
        """The fields that are asked."""
        names = [*self.form.fields, *([self.form.confirms] if self.confirming else [])]
        return [self._control(name) for name in names]

    def _control(self, name: str) -> Control:
        value = gathered(self.said, name) if self.written else self.said.get(name) or self._initial(name)
        made = control(self.form.model, name, value, self._options(name))
        required = made.required or (name == "administration" and not self.visit.manages(None))
        hint = HINTS.get((self.form.name, name), made.hint if name == self.form.confirms else "")
        return made._replace(hint=hint, required=required)

    def _initial(self, name: str) -> str:
        if name == "expires_on":
            return (today(self.visit.now) + timedelta(days=DAYS_OF_TOKEN)).isoformat()
        if name == "administration" and len(self.visit.managed) == 1:
            return next(iter(self.visit.managed))
        return ""

    def _options(self, name: str) -> list[FieldOption] | None:
        visit = self.visit
        match name:
            case "administration":
                return self.places
            case "role" if self.said.get("administration") == EVERYWHERE:
                return [FieldOption(role, visit.worded(ROLE_WORDS[role])) for role in sorted(OF_ANY_ADMINISTRATION)]
            case "offices":
                known = visit.managed.keys() & {self.said.get("administration", "")}
                return [FieldOption(id_, words) for one in known for id_, words in visit.offices(one).items()]
            case "rights":
                grants = dict.fromkeys(
                    g for g in visit.principal.grants if g.administration or g.role == "administrator"
                )
                return [
                    FieldOption(g.right, f"{visit.worded(ROLE_WORDS[g.role])}, {visit.place(g.administration)}")
                    for g in grants
                ]
            case _:
                return None

    @property
    def places(self) -> list[FieldOption]:
        """The administrations whose accounts the visitor looks after, and the whole installation where it does that."""
        everywhere = "" if "administration" in self.form.fields else EVERYWHERE
        whole = [FieldOption(everywhere, self.visit.place(None))] if self.visit.manages(None) else []
        return [*(FieldOption(id_, words) for id_, words in self.visit.managed.items()), *whole]

    def document(self) -> dict[str, JsonValue]:
        """What is written, as the command takes it."""
        content: dict[str, JsonValue] = {name: text for name, text in self.given.items() if text != EVERYWHERE}
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

    def is_to_confirm(self, error: DomainError) -> bool:
        """Whether it was refused for want of a confirmation that the form can ask for."""
        return isinstance(error, NobodyAdministers) and bool(self.form.confirms)
