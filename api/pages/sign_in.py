"""The pages by which a person gets in: sign-in, its second step, and the first credential after a one-time link.

Each works without a script, but for passkeys: their forms are shown by the script that sends them.
"""

from collections.abc import Sequence
from urllib.parse import urlencode

from fastapi.responses import Response

from api.access.one_time_links import LinkRefused
from api.access.passwords import LONGEST, SHORTEST
from api.pages.forms import CSRF_FIELD, FormProblem, form_problems
from api.pages.frame import page

NEXT = "poi"
"""The parameter that says where somebody wanted to go before it had to sign in."""

SIGN_IN = "/accesso"
SIGN_IN_PROVIDER = "/accesso/oidc"
SIGN_IN_PASSKEY = "/accesso/passkey"
SIGN_IN_PASSKEY_OPTIONS = "/accesso/passkey/opzioni"
SIGN_IN_LINK = "/accesso/link/{secret}"
SIGN_IN_LINK_PASSKEY = "/accesso/link/{secret}/passkey"
SIGN_IN_LINK_PASSKEY_OPTIONS = "/accesso/link/{secret}/passkey/opzioni"

PASSWORD_HINT = f"Da {SHORTEST} a {LONGEST} caratteri: per esempio quattro o cinque parole senza legame fra loro. Nessun segno è obbligatorio."
PASSKEY_NAME_HINT = "Per riconoscerla: per esempio «portatile dell'ufficio»."
_SCRIPTS = ("passkeys.js",)

SIGN_IN_CONTENT = """
{{ forms.summary(problems) }}
{% if provider %}
<p><a class="button" href="{{ provider_address }}">Entra con l'ente</a></p>
<p class="hint">Con le credenziali di {{ provider }}.</p>
{% endif %}
{{ forms.passkey(passkey, options, csrf, "Entra con una passkey", "get") }}
{% if passwords %}
<h2>Con nome utente e password</h2>
<form method="post" action="{{ action }}">
{{ forms.csrf(csrf) }}
{{ forms.field("login", "Nome utente", problems, autocomplete="username", value=login) }}
{{ forms.field("password", "Password", problems, type="password", autocomplete="current-password") }}
<button>Entra</button>
</form>
<p>Chi ha perso la password o la passkey chiede un link nuovo a chi amministra il servizio, che prima si accerta
di chi lo chiede: nessun messaggio di posta basta a entrare.</p>
{% endif %}
"""

SECOND_STEP_CONTENT = """
{{ forms.summary(problems) }}
<p>La password è giusta. Per entrare serve anche una passkey di questa utenza.</p>
{{ forms.passkey(passkey, options, csrf, "Conferma con la passkey", "get") }}
<noscript><p>Le passkey vogliono JavaScript, che in questo browser è spento.</p></noscript>
<p><a href="{{ action }}">Ricomincia</a></p>
"""

LINK_CONTENT = """
{{ forms.summary(problems) }}
<p>Questo link è per l'utenza <strong>{{ login }}</strong>, e vale una volta sola. Scegli come entrerai d'ora in
poi.</p>
{% if provider %}
<h2>Con l'ente</h2>
<p><a class="button" href="{{ provider_address }}">Entra con l'ente</a></p>
<p class="hint">Con le credenziali di {{ provider }}.</p>
{% endif %}
<h2>Con una passkey</h2>
<p>Il telefono, il computer o una chiave di sicurezza confermano chi sei, col loro PIN, l'impronta o il volto. È il modo
più sicuro{% if passkey_demanded %}, ed è richiesto a chi amministra{% endif %}.</p>
{{ forms.passkey(passkey, options, csrf, "Crea una passkey ed entra", "create", problems, name_hint=name_hint) }}
<noscript><p>Le passkey vogliono JavaScript, che in questo browser è spento.</p></noscript>
{% if not passkey_demanded %}
<h2>Con una password</h2>
<form method="post" action="{{ action }}">
{{ forms.csrf(csrf) }}
<input type="text" name="login" autocomplete="username" value="{{ login }}" hidden>
{{ forms.field("password", "Password nuova", problems, type="password", autocomplete="new-password", hint=password_hint) }}
{{ forms.field("repeated", "Password nuova, un'altra volta", problems, type="password", autocomplete="new-password") }}
<button>Imposta la password ed entra</button>
</form>
{% endif %}
"""

LINK_REFUSED_CONTENT = """
{{ forms.summary(problems) }}
<p>Un link vale una volta sola, e per poche ore. Chi amministra il servizio può farne un altro.</p>
<p><a href="{{ action }}">Vai all'accesso</a></p>
"""


def onwards(address: str, wanted: str) -> str:
    """An address of the sign-in that leads to where somebody wanted to go."""
    return address if wanted == "/" else f"{address}?{urlencode({NEXT: wanted}, safe='/')}"


def sign_in_page(
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
    return page(
        "Accedi",
        SIGN_IN_CONTENT,
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
    *, csrf: str, wanted: str = "/", problems: Sequence[FormProblem] = (), status: int = 200
) -> Response:
    """The page after a right password, of an account that must show a passkey too."""
    return page(
        "Conferma con la passkey",
        SECOND_STEP_CONTENT,
        status=status,
        scripts=_SCRIPTS,
        private=True,
        csrf=csrf,
        problems=problems,
        action=onwards(SIGN_IN, wanted),
        passkey=onwards(SIGN_IN_PASSKEY, wanted),
        options=SIGN_IN_PASSKEY_OPTIONS,
    )


def link_page(
    *,
    csrf: str,
    secret: str,
    login: str,
    passkey_demanded: bool,
    provider: str | None = None,
    proof: str = "",
    problems: Sequence[FormProblem] = (),
    status: int = 200,
) -> Response:
    """The page of a one-time link that may be used: it gives the account its first passkey or password, and uses the link.

    `provider` is the body's own, where one is configured; `proof` goes there with the link, and says that this page sent it.
    Problems are of the fields `password`, `repeated`, `name` (of a new passkey), or of none. Opening the page uses nothing.
    """
    return page(
        "Il primo accesso",
        LINK_CONTENT,
        status=status,
        scripts=_SCRIPTS,
        private=True,
        csrf=csrf,
        login=login,
        passkey_demanded=passkey_demanded,
        provider=provider,
        provider_address=f"{SIGN_IN_PROVIDER}?{urlencode({'link': secret, CSRF_FIELD: proof})}",
        problems=problems,
        password_hint=PASSWORD_HINT,
        name_hint=PASSKEY_NAME_HINT,
        action=SIGN_IN_LINK.format(secret=secret),
        passkey=SIGN_IN_LINK_PASSKEY.format(secret=secret),
        options=SIGN_IN_LINK_PASSKEY_OPTIONS.format(secret=secret),
    )


def link_refused_page(error: LinkRefused) -> Response:
    """The page of a link that cannot be used any more, with the reason."""
    return page(
        "Il link non vale più",
        LINK_REFUSED_CONTENT,
        status=error.status,
        private=True,
        problems=form_problems(error),
        action=SIGN_IN,
    )
