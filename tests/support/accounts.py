"""Accounts in a test: opened with a role, signed in by a session or by a token."""

from datetime import timedelta

from fastapi import FastAPI

from api.access.sessions import OpenedSession, open_session
from api.commands.accounts import give_role, issue_token, open_account
from api.commands.handler import Caller
from api.commands.service import Service
from api.http.access import Gate
from domain.access.commands import GiveRole, IssueToken, OpenAccount
from domain.access.decide import ACCOUNTS, AccountState
from domain.access.roles import OF_OWN_OFFICES, Role
from domain.point import today

OFFICE = "servizio-bilancio"


def account_with(app: FastAPI, role: Role | None, administration: str | None, login: str = "") -> str:
    """A new account, that holds a role in an administration."""
    service: Service = app.state.service
    open_account(service, OpenAccount(name="Anna Prova", login=login or f"a-{role}"), Caller("ufficio-performance"))
    with service.store.reading() as reader:
        account = AccountState(reader.timelines(ACCOUNTS)).accounts()[-1]
    if role is not None:
        offices = (OFFICE,) if role in OF_OWN_OFFICES else ()
        command = GiveRole(account=account, role=role, administration=administration, offices=offices)
        give_role(service, command, Caller("ufficio-performance"))
    return account


def token_of(app: FastAPI, account: str) -> str:
    """A token of an account, for all its roles."""
    service: Service = app.state.service
    with service.store.reading() as reader:
        rights = tuple(grant.right for grant in AccountState(reader.timelines(ACCOUNTS)).grants(account))
    expires = today(service.store.clock()) + timedelta(days=30)
    command = IssueToken.model_validate(
        {"name": "prova", "rights": rights, "expires_on": expires.isoformat(), "account": account}
    )
    return issue_token(service, command, Caller("ufficio-performance")).secret


def session_of(app: FastAPI, account: str) -> OpenedSession:
    """An open session of an account."""
    gate: Gate = app.state.gate
    with gate.store.reading() as reader:
        grants = AccountState(reader.timelines(ACCOUNTS)).grants(account)
    with gate.store.datastore.cursor(commit=True) as cursor:
        return open_session(cursor, gate.key, account, grants, "passkey", gate.life, gate.store.clock())


def cookie_header(app: FastAPI, opened: OpenedSession) -> dict[str, str]:
    """The header by which a browser shows a session."""
    gate: Gate = app.state.gate
    return {"Cookie": f"{gate.cookie}={opened.secret}"}
