"""A small service made of the pages and the rules of passkeys, with one account, that keeps what it stores in memory."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from urllib.parse import parse_qsl

from fastapi import FastAPI, Request
from fastapi.responses import RedirectResponse, Response

from api.access.passkeys import (
    Passkey,
    PasskeyChallenge,
    PasskeyRefused,
    PasskeySite,
    PasskeyUser,
    authentication_options,
    new_passkey,
    passkey_name,
    read_answer,
    registration_options,
    used_passkey,
)
from api.http.headers import put_security_headers
from api.pages import account, sign_in
from api.pages.account import AccountSecurity, account_page
from api.pages.forms import form_problems
from api.pages.sign_in import sign_in_page
from api.pages.static_files import STATIC, static_file
from domain.errors import DomainError
from tests.support.serving import serving_app

Endpoint = Callable[[Request], Awaitable[Response]]
ANNA = "acc-aaaaaaaaaaaaaaaa"
CSRF = "as-the-session-says"
_USER = PasskeyUser(account=ANNA, login="anna", display_name="Utenza di prova")


class PasskeyTestSite:
    """What the service keeps, and the form that it was last sent."""

    def __init__(self) -> None:
        self.site = PasskeySite.at("http://localhost")  # until its port is known
        self.challenges: dict[str, PasskeyChallenge] = {}
        self.passkeys: dict[str, Passkey] = {}
        self.last_form: dict[str, str] = {}
        self.refusals: list[DomainError] = []

    @property
    def app(self) -> FastAPI:
        """The service."""
        app = FastAPI(openapi_url=None)
        app.add_route(sign_in.SIGN_IN, _answering(self.sign_in_page))
        app.add_route(account.ACCOUNT, _answering(self.own_page))
        for name in STATIC:
            app.add_route(f"/static/{name}", _answering(partial(static_file, name)))
        for path, answer in (
            (sign_in.SIGN_IN_PASSKEY_OPTIONS, self.ask_to_sign_in),
            (account.ACCOUNT_PASSKEY_OPTIONS, self.ask_for_a_new_one),
        ):
            app.add_route(path, _answering(answer), methods=["POST"])
        for path, page, work in (
            (sign_in.SIGN_IN_PASSKEY, self.sign_in_page, self.sign_in),
            (account.ACCOUNT_PASSKEY, self.own_page, self.add),
            (account.ACCOUNT_PASSKEY_RENAMED, self.own_page, self.rename),
            (account.ACCOUNT_PASSKEY_REMOVED, self.own_page, self.remove),
        ):
            app.add_route(path, self._form(page, work), methods=["POST"])
        return app

    def sign_in_page(self, error: DomainError | None = None) -> Response:
        """The page of signing in, with what was refused."""
        problems, status = ((), 200) if error is None else (form_problems(error, "it"), error.status)
        return sign_in_page(csrf=CSRF, problems=problems, status=status)

    def own_page(self, error: DomainError | None = None) -> Response:
        """The page of the account, with what was refused."""
        problems, status = ((), 200) if error is None else (form_problems(error, "it"), error.status)
        security = AccountSecurity("anna", "", False, list(self.passkeys.values()), False, 1)  # noqa: FBT003
        return account_page(security, csrf=CSRF, problems=problems, status=status)

    def ask_to_sign_in(self) -> Response:
        """Options, and their challenge kept."""
        challenge, options = authentication_options(self.site, datetime.now(UTC))
        return self._kept(challenge, options)

    def ask_for_a_new_one(self) -> Response:
        """Options, and their challenge kept."""
        challenge, options = registration_options(self.site, _USER, list(self.passkeys.values()), datetime.now(UTC))
        return self._kept(challenge, options)

    def sign_in(self, form: dict[str, str]) -> None:
        """Signs in, and stores the passkey as it then is."""
        answer = read_answer(form["credential"])
        challenge = self.challenges.pop(answer.challenge, None)
        passkey = self.passkeys.get(answer.credential_id)
        used = used_passkey(self.site, challenge, passkey, answer, datetime.now(UTC))
        self.passkeys[used.credential_id] = used

    def add(self, form: dict[str, str]) -> None:
        """Stores a new passkey."""
        answer = read_answer(form["credential"])
        challenge = self.challenges.pop(answer.challenge, None)
        passkey = new_passkey(self.site, challenge, answer, form["name"], datetime.now(UTC))
        self.passkeys[passkey.credential_id] = passkey

    def rename(self, form: dict[str, str]) -> None:
        """Gives a passkey another name."""
        passkey = self.passkeys[form["credential_id"]]
        self.passkeys[passkey.credential_id] = passkey.model_copy(update={"name": passkey_name(form["name"])})

    def remove(self, form: dict[str, str]) -> None:
        """Forgets a passkey."""
        del self.passkeys[form["credential_id"]]

    def _kept(self, challenge: PasskeyChallenge, options: str) -> Response:
        self.challenges[challenge.challenge] = challenge
        return Response(options, media_type="application/json")

    def _form(self, page: Callable[[DomainError | None], Response], work: Callable[[dict[str, str]], None]) -> Endpoint:
        async def endpoint(request: Request) -> Response:
            self.last_form = form = dict(parse_qsl((await request.body()).decode(), keep_blank_values=True))
            try:
                if form["csrf"] != CSRF:
                    raise PasskeyRefused("un modulo di altri")
                work(form)
            except DomainError as error:
                self.refusals.append(error)
                refused = page(error)
                put_security_headers(refused.headers.raw, is_secure=False)
                return refused
            return RedirectResponse(account.ACCOUNT, status_code=303)

        return endpoint


def _answering(answer: Callable[[], Response]) -> Endpoint:
    async def endpoint(_: Request) -> Response:
        given = answer()
        put_security_headers(given.headers.raw, is_secure=False)
        return given

    return endpoint


@contextmanager
def serving_passkeys() -> Iterator[PasskeyTestSite]:
    """The service on this machine, for a while, at a port of its own."""
    kept = PasskeyTestSite()
    with serving_app(kept.app) as origin:
        kept.site = PasskeySite.at(origin)
        yield kept
