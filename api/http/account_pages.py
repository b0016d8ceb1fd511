"""The addresses of the people of an administration: who has an account, and a form for each command about accounts.

What is shown once, a link or a token, is in the answer to the recording alone.
"""

from collections.abc import Mapping
from typing import ClassVar

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from api.commands.accounts import new_id
from api.commands.handler import Outcome
from api.http.access import admission_of
from api.http.forms import FormFields
from api.http.installation_pages import InstallationPages
from api.http.visitors import NOTICE_COOKIE, VERSION, origin_of, with_notice
from api.operations.table import QUESTIONS
from api.pages import account as own
from api.pages import addresses
from api.pages.addresses import page_address
from api.pages.installation.filled import InstallationFilled
from api.pages.installation.form import InstallationForm
from api.pages.installation.visit import InstallationVisit
from api.pages.people.filled import PeopleFilled
from api.pages.people.pages import SEARCH, people_page, person_page, secret_page
from api.pages.people.table import PEOPLE_FORMS
from api.pages.people.visit import PeopleVisit
from domain.access.decide import ACCOUNTS
from domain.access.events import RoleGiven
from domain.errors import NotFound
from domain.event import Event
from domain.names import Names


class AccountPages(InstallationPages[PeopleVisit]):
    """The routes of one service; where the door is open nobody has an account, and there are none."""

    path: ClassVar = addresses.PEOPLE_FORM
    within: ClassVar = addresses.PEOPLE
    forms: ClassVar = PEOPLE_FORMS
    stream: ClassVar = ACCOUNTS

    def add(self) -> None:
        """Adds them to the application."""
        if self.gate.is_open:
            return
        listed = QUESTIONS["list_accounts"]
        self.app.add_route(addresses.PEOPLE, self._guarded(self._all, lambda _: listed), methods=["GET"])
        self.app.add_route(addresses.PERSON, self._guarded(self._one, lambda _: listed), methods=["GET"])
        super().add()

    def _all(self, request: Request) -> Response:
        with self._visiting(request) as visit:
            return people_page(visit, request.query_params.get(SEARCH, "")[:200])

    def _one(self, request: Request) -> Response:
        with self._visiting(request) as visit:
            name = str(request.path_params["account"])
            account = visit.account(name)
            if account is None:
                raise NotFound(f"l'utenza {name[:40]} non c'è", accepted="una di quelle che si amministrano")
            return person_page(visit, account)

    def _visit_of(self, request: Request, visit: InstallationVisit) -> PeopleVisit:
        people = PeopleVisit(
            visit.reader,
            visit.principal,
            visit.visitor,
            address=visit.address,
            now=visit.now,
            language=visit.language,
        )
        people.visitor = visit.visitor._replace(notice=_notice(request, people))
        return people

    def _filled(
        self,
        form: InstallationForm,
        visit: PeopleVisit,
        said: Mapping[str, str],
        *,
        written: bool,
        confirming: bool = False,
    ) -> PeopleFilled:
        return PeopleFilled(form, visit, said, written=written, confirming=confirming)

    def _in_words(self, filled: InstallationFilled[PeopleVisit], sentence: str) -> str:
        """A sentence with the names of what it calls by ids; of an account that is not there yet, as it is to be called."""
        opened = filled.said.get("account", "") if filled.form.name == "open_account" else ""
        words = sentence.replace(opened, "\0") if opened else sentence
        said = filled.visit.said(words, filled.said.get("administration"))
        return said.replace("\0", f"«{filled.said.get('name', '')}»")

    def _kept(self, form: InstallationForm, typed: FormFields) -> FormFields:
        if form.name == "open_account" and not typed.get("account"):
            return typed | {"account": new_id("acc")}  # so that a recording that is sent twice opens one account
        return typed

    def _instead(self, visit: PeopleVisit, form: InstallationForm) -> tuple[str, str]:
        if form.fields:
            return form.title, form.address(self.path)
        return visit.worded("Le utenze"), addresses.PEOPLE

    def _recorded(
        self, request: Request, sent: FormFields, typed: FormFields, about: str, outcome: Outcome
    ) -> Response:
        form = self._form_named(request)
        is_own = form.own or about == admission_of(request).principal.actor
        address = own.ACCOUNT if is_own and not form.shows else page_address(addresses.PERSON, account=about)
        if form.own or (form.name == "revoke_token" and not typed.get("account")):
            address = own.ACCOUNT
        self.looked_at.recorded(request, sent, address)
        if form.shows:
            secret = outcome.secret
            shown = f"{origin_of(request)}{secret}" if secret.startswith("/") else secret
            with self._visiting(request) as visit:
                return secret_page(self._filled(form, visit, typed, written=True), shown, onwards=address)
        version = outcome.versions[ACCOUNTS][1]
        answer = RedirectResponse(address, status_code=303)
        return with_notice(answer, f"accounts.{version}", is_secure=self.gate.is_secure, path=addresses.PEOPLE)


def _notice(request: Request, visit: PeopleVisit) -> str:
    """What was just recorded, to whoever looks after accounts."""
    kind, _, version = request.cookies.get(NOTICE_COOKIE, "").partition(".")
    if kind != "accounts" or not VERSION.fullmatch(version) or not visit.accounts:
        return ""
    records = visit.reader.records(ACCOUNTS, [int(version)])
    return " ".join([visit.worded("Registrato."), *(_said(visit, record.event) for record in records)])


def _said(visit: PeopleVisit, event: Event) -> str:
    """What an event says, with the offices of the administration that it is of."""
    administration = event.administration if isinstance(event, RoleGiven) else None
    return visit.said(event.sentence(Names({})), administration)
