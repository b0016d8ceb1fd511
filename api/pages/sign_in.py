"""The pages by which a person gets in: sign-in, its second step, and the first credential after a one-time link.

Each works without a script, but for passkeys: their forms are shown by the script that sends them.
"""

from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import urlencode

from starlette.responses import Response

from api.access.one_time_links import LinkRefused
from api.access.passwords import LONGEST, SHORTEST
from api.pages.forms import CSRF_FIELD, FormProblem, form_problems
from api.pages.frame import bare_frame, render
from api.settings import Language

NEXT = "poi"
"""The parameter that says where somebody wanted to go before it had to sign in."""

SIGN_IN = "/accesso"
SIGN_IN_PROVIDER = "/accesso/oidc"
SIGN_IN_PASSKEY = "/accesso/passkey"
SIGN_IN_PASSKEY_OPTIONS = "/accesso/passkey/opzioni"
SIGN_IN_LINK = "/accesso/link/{secret}"
SIGN_IN_LINK_PASSKEY = "/accesso/link/{secret}/passkey"
SIGN_IN_LINK_PASSKEY_OPTIONS = "/accesso/link/{secret}/passkey/opzioni"

PASSWORD_LENGTHS = (SHORTEST, LONGEST)
_SCRIPTS = ("passkeys.js",)


def onwards(address: str, wanted: str) -> str:
    """An address of the sign-in that leads to where somebody wanted to go."""
    return address if wanted == "/" else f"{address}?{urlencode({NEXT: wanted}, safe='/')}"


def sign_in_page(
    language: Language = "it",
    *,
    csrf: str,
    provider: str | None = None,
    wanted: str = "/",
    passwords: bool = True,
    login: str = "",
    problems: Sequence[FormProblem] = (),
    status: int = 200,
) -> Response:
    """The page of signing in; `provider` is the name of the body's own provider of identities, where one is configured.

    Problems are of the fields `login` and `password`, or of none; `status` is that of the refusal they tell of.
    """
    return render(
        "entrance/sign_in.html",
        "Accedi",
        bare_frame(onwards(SIGN_IN, wanted)),
        language,
        status=status,
        scripts=_SCRIPTS,
        private=True,
        csrf=csrf,
        provider=provider,
        provider_address=onwards(SIGN_IN_PROVIDER, wanted),
        passwords=passwords,
        login=login,
        problems=problems,
        action=onwards(SIGN_IN, wanted),
        passkey=onwards(SIGN_IN_PASSKEY, wanted),
        options=SIGN_IN_PASSKEY_OPTIONS,
    )


def second_step_page(
    language: Language = "it",
    *,
    csrf: str,
    wanted: str = "/",
    problems: Sequence[FormProblem] = (),
    status: int = 200,
) -> Response:
    """The page after a right password, of an account that must show a passkey too."""
    return render(
        "entrance/second_step.html",
        "Conferma con la passkey",
        bare_frame(onwards(SIGN_IN, wanted)),
        language,
        status=status,
        scripts=_SCRIPTS,
        private=True,
        csrf=csrf,
        problems=problems,
        action=onwards(SIGN_IN, wanted),
        passkey=onwards(SIGN_IN_PASSKEY, wanted),
        options=SIGN_IN_PASSKEY_OPTIONS,
    )


class UsableLink(NamedTuple):
    """A one-time link that may be used: the account that it lets in, and whether with a passkey alone."""

    secret: str
    login: str
    passkey_demanded: bool


def link_page(
    link: UsableLink,
    language: Language = "it",
    *,
    csrf: str,
    provider: str | None = None,
    proof: str = "",
    problems: Sequence[FormProblem] = (),
    status: int = 200,
) -> Response:
    """The page of a one-time link: it gives the account its first passkey or password, and uses the link.

    `provider` is the body's own, where one is configured; `proof` goes there with the link, and says that this page sent it.
    Problems are of the fields `password`, `repeated`, `name` (of a new passkey), or of none. Opening the page uses nothing.
    """
    address = SIGN_IN_LINK.format(secret=link.secret)
    return render(
        "entrance/link.html",
        "Il primo accesso",
        bare_frame(address),
        language,
        status=status,
        scripts=_SCRIPTS,
        private=True,
        csrf=csrf,
        login=link.login,
        passkey_demanded=link.passkey_demanded,
        provider=provider,
        provider_address=f"{SIGN_IN_PROVIDER}?{urlencode({'link': link.secret, CSRF_FIELD: proof})}",
        problems=problems,
        password_lengths=PASSWORD_LENGTHS,
        action=address,
        passkey=SIGN_IN_LINK_PASSKEY.format(secret=link.secret),
        options=SIGN_IN_LINK_PASSKEY_OPTIONS.format(secret=link.secret),
    )


def link_refused_page(error: LinkRefused, secret: str, language: Language = "it") -> Response:
    """The page of a link that cannot be used any more, with the reason."""
    return render(
        "entrance/link_refused.html",
        "Il link non vale più",
        bare_frame(SIGN_IN_LINK.format(secret=secret)),
        language,
        status=error.status,
        private=True,
        problems=form_problems(error, language),
        action=SIGN_IN,
    )
