"""What may be done with a proposal from its page: the forms, with what was typed in one that was refused."""

import re
from collections.abc import Mapping
from typing import NamedTuple

from api.operations.model import Command
from api.operations.table import COMMANDS
from api.pages import addresses
from api.pages.forms import FormProblem
from api.pages.visit import PlanVisit
from api.pages.work.act_details import ACT, cites_act, detail_controls
from api.pages.work.controls import Control, FieldOption, control
from api.pages.work.problems import problems_in_form
from domain.access.separation import DutiesNotSeparated
from domain.errors import DomainError, VersionOutdated
from domain.proposals.decide import ActReused, OpinionAwaited
from projections.proposals import ProposalWhole

DRAFT_OR_SUBMITTED = frozenset({"draft", "submitted"})
SUBMITTED = frozenset({"submitted"})
ASKED_ON_REFUSAL: Mapping[str, type[DomainError]] = {
    "same_act": ActReused,
    "before_opinion": OpinionAwaited,
    "exception": DutiesNotSeparated,
}
"""Fields that are asked of nobody before a refusal says that they are needed."""
SUBMITTED_AGAIN = "La proposta è stata presentata di nuovo: guarda gli effetti di adesso, qui sotto, e poi decidi"
OWN_PROPOSAL = (
    "Chi redige una proposta non la adotta. Se non può farlo un altro, di' perché: l'eccezione resta registrata"
)


class ProposalForm(NamedTuple):
    """A form: the last word of its address, its command, in which states it is offered, its title, its fields.

    With `of_submission` it is of the submission that was seen: what was submitted since is told as a conflict.
    """

    name: str
    command: str
    states: frozenset[str]
    title: str
    fields: tuple[str, ...]
    lead: str = ""
    grave: bool = False
    of_submission: bool = False

    @property
    def row(self) -> Command:
        """Its row of the table."""
        return COMMANDS[self.command]

    @property
    def accepted(self) -> tuple[str, ...]:
        """All the fields that it may send."""
        own = self.row.inputs[0].model_fields
        return (*self.fields, *(name for name in ASKED_ON_REFUSAL if name in own))


PROPOSAL_FORMS: dict[str, ProposalForm] = {
    form.name: form
    for form in (
        ProposalForm(
            "presenta",
            "submit_proposal",
            DRAFT_OR_SUBMITTED,
            "Presenta con i suoi effetti",
            ("effective_on",),
            lead="Gli effetti sono calcolati adesso, e restano come sono mostrati a chi decide.",
        ),
        ProposalForm("parere", "ask_opinion", SUBMITTED, "Chiedi il parere dell'OIV", ("due", "words")),
        ProposalForm("commenta", "comment_proposal", DRAFT_OR_SUBMITTED, "Commenta", ("words",)),
        ProposalForm(
            "adotta",
            "enact_proposal",
            SUBMITTED,
            "Adotta con un atto",
            ("act",),
            lead="Le modifiche sono registrate tutte insieme, con l'atto e alla sua data.",
            of_submission=True,
        ),
        ProposalForm("respingi", "reject_proposal", SUBMITTED, "Respingi", ("justification", "act"), grave=True),
        ProposalForm("ritira", "withdraw_proposal", DRAFT_OR_SUBMITTED, "Ritira", ("justification",), grave=True),
    )
}
"""What may be done with a proposal from its page, by the last word of its address."""


class RefusedForm(NamedTuple):
    """A form that was refused: what was typed in it, and why; or one whose session had ended, which nothing refused."""

    name: str
    typed: Mapping[str, str]
    error: DomainError | None = None


class ProposalAction(NamedTuple):
    """A form as the page shows it; `submission` is the version that the page shows, where it is of that one alone."""

    name: str
    title: str
    lead: str
    address: str
    controls: list[Control]
    act_details: list[Control]
    grave: bool
    submission: str
    refused: bool


class FilledAction(NamedTuple):
    """All that a form asks, where what is wrong is told."""

    controls: list[Control]


def actions_of(visit: PlanVisit, proposal: ProposalWhole, refused: RefusedForm | None) -> list[ProposalAction]:
    """What the visitor may do with a proposal now."""
    seen = [str(one["version"]) for one in proposal["submissions"] if one["current"]]
    return [
        ProposalAction(
            form.name,
            form.title,
            form.lead,
            visit.to(addresses.PROPOSAL_ACTION, proposal=proposal["proposal"], action=form.name),
            _controls(visit, form, refused if refused and refused.name == form.name else None),
            _details(form, refused if refused and refused.name == form.name else None),
            form.grave,
            seen[-1] if form.of_submission and seen else "",
            refused is not None and refused.name == form.name,
        )
        for form in PROPOSAL_FORMS.values()
        if proposal["status"] in form.states and visit.may(form.command)
    ]


def problems_of_action(
    visit: PlanVisit, proposal: ProposalWhole, refused: RefusedForm, actions: list[ProposalAction]
) -> tuple[FormProblem, ...]:
    """What is wrong with a form, at its fields; what was decided meanwhile is of none."""
    if refused.error is None:
        return ()
    action = next((action for action in actions if action.refused), None)
    if action is None:  # it is no longer offered
        return (FormProblem("", without_id(visit.worded(refused.error.problem.found), proposal)),)
    if isinstance(refused.error, VersionOutdated):
        return (FormProblem("", visit.worded(SUBMITTED_AGAIN)),)
    if isinstance(refused.error, DutiesNotSeparated):
        return (FormProblem(f"{action.name}-exception", visit.worded(OWN_PROPOSAL)),)
    asked = FilledAction([*action.controls, *action.act_details])
    problems = problems_in_form(refused.error, asked, visit)
    return tuple(
        FormProblem(f"{action.name}-{problem.field}" if problem.field else "", without_id(problem.text, proposal))
        for problem in problems
    )


def without_id(words: str, proposal: ProposalWhole) -> str:
    """Words of a refusal, without the id of the proposal that the page is of."""
    text = re.sub(rf"\b(la proposta) {re.escape(proposal['proposal'])}\b", r"\1", words, flags=re.IGNORECASE)
    return text[:1].upper() + text[1:]


def _details(form: ProposalForm, refused: RefusedForm | None) -> list[Control]:
    """What may be said of the act beside its citation."""
    typed = refused.typed if refused else {}
    asks = ACT in form.fields and cites_act(form.row.inputs[0])
    return detail_controls(lambda name: typed.get(name, "")) if asks else []


def _controls(visit: PlanVisit, form: ProposalForm, refused: RefusedForm | None) -> list[Control]:
    typed = refused.typed if refused else {}
    asked = [
        name
        for name in form.accepted
        if name in form.fields or typed.get(name) or (refused and isinstance(refused.error, ASKED_ON_REFUSAL[name]))
    ]
    acts = tuple(FieldOption(words, words) for words in visit.reading.acts.values())
    model = form.row.inputs[0]
    controls = [control(model, name, typed.get(name, ""), acts if name == "act" else None) for name in asked]
    return [one._replace(required=True) if one.name in ASKED_ON_REFUSAL else one for one in controls]
