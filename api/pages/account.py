"""The page of one's own account: passkeys, password, open sessions."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from fastapi.responses import Response

from api.access.passkeys import Passkey
from api.commands.sign_in.passwords import PresenceProof
from api.pages.forms import FormProblem
from api.pages.frame import page
from api.pages.sign_in import PASSKEY_NAME_HINT, PASSWORD_HINT
from domain.point import today

ACCOUNT = "/utenza"
ACCOUNT_PASSWORD = "/utenza/password"  # noqa: S105 - an address
ACCOUNT_PASSKEY = "/utenza/passkey"
ACCOUNT_PASSKEY_OPTIONS = "/utenza/passkey/opzioni"
ACCOUNT_PASSKEY_RENAMED = "/utenza/passkey/nome"
ACCOUNT_PASSKEY_REMOVED = "/utenza/passkey/togli"
ACCOUNT_SESSIONS_ENDED = "/utenza/sessioni/chiudi"
SIGN_OUT = "/uscita"

CONTENT = """
{{ forms.summary(problems) }}
{{ forms.notice(notice) }}
<p>Utenza <strong>{{ account.login }}</strong>{% if account.display_name %}, {{ account.display_name }}{% endif %}.</p>
<form method="post" action="{{ to.sign_out }}">
{{ forms.csrf(csrf) }}
<button class="second">Esci</button>
</form>

{% if account.is_of_provider %}
<h2>Accesso</h2>
<p>Questa utenza entra dal fornitore d'identità dell'ente: le sue credenziali stanno lì, e qui non se ne aggiungono.</p>
{% else %}
<h2>Passkey</h2>
<p>Con una passkey si entra senza password: il telefono, il computer o una chiave di sicurezza confermano chi sei.
{% if account.passkey_demanded %}A chi amministra è richiesta: conviene averne due, su dispositivi diversi.
{% else %}Conviene averne due, su dispositivi diversi.{% endif %}</p>
{% if account.passkeys %}
<ul class="passkeys">
{% for passkey in account.passkeys %}
<li>
<h3 id="passkey-{{ loop.index }}">{{ passkey.name }}</h3>
<p>Aggiunta il {{ day(passkey.added_at) }}; {% if passkey.last_used_at %}usata l'ultima volta il {{ day(passkey.last_used_at) }}{% else %}mai usata{% endif %};
{{ "può essere su più dispositivi" if passkey.synced else "è di un solo dispositivo" }}.</p>
<form method="post" action="{{ to.rename }}">
{{ forms.csrf(csrf) }}
<input type="hidden" name="credential_id" value="{{ passkey.credential_id }}">
{{ forms.field("name", "Nome di «" ~ passkey.name ~ "»", problems, id="name-" ~ loop.index, value=passkey.name) }}
<button class="second">Cambia nome</button>
</form>
<form method="post" action="{{ to.remove }}">
{{ forms.csrf(csrf) }}
<input type="hidden" name="credential_id" value="{{ passkey.credential_id }}">
<button class="grave" aria-describedby="passkey-{{ loop.index }}">Togli</button>
</form>
</li>
{% endfor %}
</ul>
{% else %}
<p>Non ce n'è ancora nessuna.</p>
{% endif %}
{% if account.proof == "sign_in" %}
<p>Per aggiungerne una, o una password, serve un accesso appena fatto: esci ed entra di nuovo.</p>
{% else %}
{{ forms.passkey(to.add, to.options, csrf, "Aggiungi una passkey", "create", problems, name_hint=name_hint, current=account.proof == "password") }}
<noscript><p>Per aggiungere una passkey serve JavaScript, che in questo browser è spento.</p></noscript>
{% endif %}

{% if account.has_password or account.proof != "sign_in" %}
<h2>Password</h2>
<form method="post" action="{{ to.password }}">
{{ forms.csrf(csrf) }}
<input type="text" name="login" autocomplete="username" value="{{ account.login }}" hidden>
{% if account.has_password %}
{{ forms.field("current", "Password attuale", problems, type="password", autocomplete="current-password") }}
{% else %}
<p>Questa utenza non ha una password: si può anche farne senza.</p>
{% endif %}
{{ forms.field("password", "Password nuova", problems, type="password", autocomplete="new-password", hint=password_hint) }}
{{ forms.field("repeated", "Password nuova, un'altra volta", problems, type="password", autocomplete="new-password") }}
<button>{{ "Cambia la password" if account.has_password else "Imposta una password" }}</button>
</form>
{% endif %}
{% endif %}

<h2>Sessioni</h2>
<p>{{ "C'è un accesso aperto: questo" if account.sessions == 1 else "Gli accessi aperti sono " ~ account.sessions ~ ", questo compreso" }}.
Chi ha lasciato aperto un accesso altrove può chiuderli tutti; poi si entra di nuovo.</p>
<form method="post" action="{{ to.end }}">
{{ forms.csrf(csrf) }}
<button class="grave">Chiudi ogni accesso, ovunque</button>
</form>
"""


class AccountSecurity(NamedTuple):
    """What an account's own page shows of it."""

    login: str
    display_name: str
    has_password: bool
    passkeys: Sequence[Passkey]
    passkey_demanded: bool
    sessions: int
    is_of_provider: bool = False
    proof: PresenceProof = "session"


def account_page(
    account: AccountSecurity, *, csrf: str, problems: Sequence[FormProblem] = (), notice: str = "", status: int = 200
) -> Response:
    """The page; `notice` says what was just done.

    Problems are of the fields `current`, `password`, `repeated`, `name` (of a new passkey), `name-N` (the N-th passkey), or of none.
    """
    return page(
        "La tua utenza",
        CONTENT,
        status=status,
        scripts=("passkeys.js",),
        private=True,
        day=_day,
        account=account,
        csrf=csrf,
        problems=problems,
        notice=notice,
        password_hint=PASSWORD_HINT,
        name_hint=PASSKEY_NAME_HINT,
        to={
            "sign_out": SIGN_OUT,
            "add": ACCOUNT_PASSKEY,
            "options": ACCOUNT_PASSKEY_OPTIONS,
            "rename": ACCOUNT_PASSKEY_RENAMED,
            "remove": ACCOUNT_PASSKEY_REMOVED,
            "password": ACCOUNT_PASSWORD,
            "end": ACCOUNT_SESSIONS_ENDED,
        },
    )


def _day(instant: datetime) -> str:
    return f"{today(instant):%d/%m/%Y}"
