"""Forms whose session had ended when they were sent: kept for the account that they were made for, and shown to it alone."""

from collections.abc import Mapping

from fastapi import Request

from api.access.kept_forms import (
    CheckedForm,
    checked_form,
    forget_forms,
    form_mark,
    keep_checked,
    keep_form,
    kept_form,
    marked_account,
    note_recorded,
)
from api.commands.service import Service
from api.http.access import Gate, admission_of
from api.http.forms import FormFields, form_secret
from api.pages.forms import CSRF_FIELD
from projections.access import door

MARK, KEPT, LOOKED_AT = "mark", "kept", "controllo"
"""The field that says for whom a form was made; the field, and the parameter, that names what is kept of one, and
of one that is looked at."""


def account_of(request: Request) -> str:
    """The account whose session asks; empty where there is none."""
    session = admission_of(request).session
    return session.account if session else ""


class EndedSessions:
    """What was typed when a session ended, for the pages of one service."""

    def __init__(self, service: Service, gate: Gate) -> None:
        self.store = service.store
        self.key = gate.key

    def marked(self, sent: FormFields) -> str:
        """The account for which a form was made; empty where no form of ours says so."""
        return marked_account(self.key, sent.get(MARK, ""), sent.get(CSRF_FIELD, ""))

    def is_own_again(self, request: Request, sent: FormFields) -> bool:
        """Whether a form was made for the account that asks, in a session before this one."""
        account = account_of(request)
        return bool(account) and account == self.marked(sent)

    def mark_of(self, request: Request, csrf: str) -> dict[str, str]:
        """The hidden field by which a form of the account that asks is known for its own; nothing where nobody signed in."""
        account = account_of(request)
        return {MARK: form_mark(self.key, account, csrf)} if account else {}

    def kept_at(self, page: str, account: str, typed: Mapping[str, str]) -> str:
        """Keeps what was typed, and answers where it is found again: the page itself, where it is known for nobody."""
        if not account:
            return page
        now = self.store.clock()
        name = door.writing(self.store, lambda cursor: keep_form(cursor, account, page, dict(typed), now))
        return f"{page}?{KEPT}={name}" if name else page

    def typed(self, request: Request) -> dict[str, str] | None:
        """What the account that asks had typed into the form of the page; None where nothing of it is kept."""
        account, name = account_of(request), request.query_params.get(KEPT, "")
        if not account or not name:
            return None
        with self.store.reading() as reader:
            return kept_form(reader.cursor, account, request.url.path, name, self.store.clock())

    def forget(self, request: Request, page: str, same: Mapping[str, str] | None = None) -> None:
        """Forgets what was kept of a form of the page that is sent now: of the same one, by some of its fields."""
        if account := account_of(request):
            door.writing(self.store, lambda cursor: forget_forms(cursor, account, page, same or {}))


class CheckedForms:
    """Forms that are looked at before they are recorded, at an address of their own: the way back leads there again."""

    def __init__(self, service: Service, gate: Gate) -> None:
        self.store = service.store
        self.key = gate.key

    def looked_at(self, request: Request, sent: Mapping[str, str]) -> str:
        """Keeps what was sent, and answers the address at which it is looked at."""
        owner, page, now = self._owner(request), request.url.path, self.store.clock()
        name = door.writing(self.store, lambda cursor: keep_checked(cursor, owner, page, sent, now))
        return f"{page}?{LOOKED_AT}={name}"

    def find(self, request: Request) -> CheckedForm | None:
        """What is looked at at the address that is asked for; None where it is no longer there."""
        name = request.query_params.get(LOOKED_AT, "")
        with self.store.reading() as reader:
            return checked_form(reader.cursor, self._owner(request), request.url.path, name, self.store.clock())

    def recorded(self, request: Request, sent: Mapping[str, str], address: str) -> None:
        """Notes that what was looked at was recorded, and where it shows."""
        name, owner, page, now = sent.get(LOOKED_AT, ""), self._owner(request), request.url.path, self.store.clock()
        if name:
            door.writing(self.store, lambda cursor: note_recorded(cursor, owner, page, name, address, now))

    def _owner(self, request: Request) -> str:
        """The account that asks; where the door is open, the browser, which its forms are known by."""
        return account_of(request) or f"browser-{self.key.digest('form', form_secret(request))[:32]}"
