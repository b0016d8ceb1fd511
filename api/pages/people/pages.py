"""The pages of the people of an administration: all of them, one, a secret that is shown once."""

from collections.abc import Sequence
from typing import NamedTuple

from starlette.responses import Response

from api.pages import addresses
from api.pages.account import RoleLine, TokenLine
from api.pages.addresses import page_address
from api.pages.frame import render
from api.pages.installation.filled import InstallationFilled
from api.pages.people.table import PEOPLE_FORMS
from api.pages.people.visit import PeopleVisit
from domain.access.decide import ACCOUNT_STATUS_WORDS
from domain.access.events import ERASED, METHOD_WORDS, OPEN, SUSPENDED
from domain.spelling import folded
from projections.access.accounts import AccountAnswer, TokenAnswer

SEARCH = "cerca"


class PersonLine(NamedTuple):
    """An account in one row."""

    name: str
    login: str
    address: str
    status: str
    roles: list[str]
    credentials: str
    signed_in_at: str | None


class Deed(NamedTuple):
    """Something that may be done about an account."""

    title: str
    lead: str
    address: str
    grave: bool


def people_page(visit: PeopleVisit, wanted: str) -> Response:
    """The accounts that the visitor looks after, one administration after the other; of a search, those that it finds."""
    groups: dict[str, list[PersonLine]] = {}
    for account in visit.accounts:
        line = _line(visit, account)
        if folded(wanted) in folded(" ".join((line.name, line.login, *line.roles))):
            groups.setdefault(visit.place(account["administration"]), []).append(line)
    return render(
        "people/list.html",
        "Le utenze",
        visit.frame(),
        visit.language,
        private=True,
        groups=groups,
        total=len(visit.accounts),
        wanted=wanted,
        action=addresses.PEOPLE,
        open_address=_form_address("open_account"),
    )


def person_page(visit: PeopleVisit, account: AccountAnswer) -> Response:
    """One account: who it is, what it may do, how it comes in, and what may be done about it."""
    return render(
        "people/person.html",
        account["name"] or visit.worded("persona cancellata"),
        visit.frame(),
        visit.language,
        private=True,
        verbatim=True,
        people_address=addresses.PEOPLE,
        line=_line(visit, account),
        account=account,
        home=visit.place(account["administration"]),
        roles=_roles(visit, account),
        tokens=token_lines(visit, account["tokens"], account=account["account"]),
        give=_giving(visit, account),
        deeds=_deeds(visit, account),
    )


def secret_page(filled: InstallationFilled[PeopleVisit], secret: str, *, onwards: str) -> Response:
    """What is shown once: a link, or a token; what was shown already is not shown again, and the page says so."""
    visit, form = filled.visit, filled.form
    return render(
        "people/secret.html",
        "Fatto",
        visit.frame(),
        visit.language,
        private=True,
        scripts=("pages.js",),
        secret=secret,
        is_link=not form.own,
        words=form.shows,
        done=form.title,
        again=_form_address("make_link", account=filled.account) if not form.own else _form_address("issue_token"),
        onwards=onwards,
        own=form.own,
        roles_address=_form_address("give_role", account=filled.account) if form.name == "open_account" else "",
    )


def own_roles(visit: PeopleVisit) -> list[RoleLine]:
    """The roles of the visitor's own account, as it may use them now, in words."""
    held = visit.principal.grants
    return [
        RoleLine(
            visit.role({"role": g.role, "administration": g.administration, "offices": list(g.offices)}, placed=False),
            visit.place(g.administration),
        )
        for g in (*held, *visit.principal.held_back)
        if g.administration or g.role == "administrator"
    ]


def token_lines(visit: PeopleVisit, tokens: Sequence[TokenAnswer], account: str = "") -> list[TokenLine]:
    """The tokens of an account, each with where it is revoked."""
    about = {"account": account} if account else {}
    return [
        TokenLine(
            token["name"],
            [visit.role(role) for role in token["rights"]],
            token["expires_at"],
            token["used_at"],
            _form_address("revoke_token", token=token["token"], **about),
        )
        for token in tokens
    ]


def _line(visit: PeopleVisit, account: AccountAnswer) -> PersonLine:
    ways = [visit.worded(METHOD_WORDS[kind]) for kind in METHOD_WORDS if kind in account["credentials"]]
    return PersonLine(
        name=account["name"] or visit.worded("persona cancellata"),
        login=account["login"] or "",
        address=page_address(addresses.PERSON, account=account["account"]),
        status=visit.worded(ACCOUNT_STATUS_WORDS[account["status"]]),
        roles=[visit.role(role) for role in account["roles"]],
        credentials=", ".join(ways),
        signed_in_at=account["signed_in_at"],
    )


def _roles(visit: PeopleVisit, account: AccountAnswer) -> list[RoleLine]:
    return [
        RoleLine(
            visit.role(role, placed=False),
            visit.place(role["administration"]),
            _form_address(
                "take_role", account=account["account"], role=role["role"], administration=role["administration"] or ""
            ),
        )
        for role in account["roles"]
    ]


def _giving(visit: PeopleVisit, account: AccountAnswer) -> str:
    """Where a role is given: nobody gives one to itself, and an account that is not open is given none."""
    if account["status"] != OPEN or account["account"] == visit.principal.actor:
        return ""
    return _form_address("give_role", account=account["account"])


def _deeds(visit: PeopleVisit, account: AccountAnswer) -> list[Deed]:
    """What the visitor may do about the account itself: where it administers the administration that it is of."""
    if not visit.manages(account["administration"]) or account["status"] == ERASED:
        return []
    names = {OPEN: ["end_sessions", "suspend_account", "erase_person"], SUSPENDED: ["resume_account", "erase_person"]}
    listed = names[account["status"]]
    if account["status"] == OPEN and set(account["credentials"]) <= {"link"} and not account["tokens"]:
        listed = ["make_link", *listed]
    if not account["sessions"]:
        listed = [name for name in listed if name != "end_sessions"]
    forms = [PEOPLE_FORMS[name] for name in listed]
    return [Deed(f.title, f.lead, _form_address(f.name, account=account["account"]), f.grave) for f in forms]


def _form_address(command: str, **query: str) -> str:
    return page_address(addresses.PEOPLE_FORM, query, command=command)
