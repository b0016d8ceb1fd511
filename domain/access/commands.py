"""The commands about accounts: opened and suspended, given roles, issued tokens; persons erased."""

from operator import not_
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, StringConstraints

from domain.access.events import AccountId, TokenId, TokenRight
from domain.access.roles import ROLE_WORDS, Role
from domain.point import WrittenDay
from domain.vocabulary import Frozen, Identifier, Line, SaysWhatItShows, TrueOrFalse

PersonName = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True), SaysWhatItShows]
"""The name of a person, or of a token: one line that says what it shows."""
MailAddress = Annotated[
    str,
    StringConstraints(
        pattern=r"^[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z][A-Za-z0-9-]{0,61}[A-Za-z0-9]$",
        max_length=254,
    ),
]
"""Where somebody is written to: an address in ASCII without quotes, comments or blanks, so that no header can grow of it."""
Login = Annotated[
    str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._@+-]{1,119}$", to_lower=True, strip_whitespace=True)
]
"""What a person types to say who it is; kept beside the record, with the name."""

_Account = Annotated[
    AccountId,
    Field(title="utenza", description="L'identificativo dell'utenza.", examples=["acc-k3v5o2aq7x4mlc6e"]),
]
_Administration = Annotated[
    Identifier | None,
    Field(
        title="amministrazione",
        description="L'amministrazione in cui vale; tutta l'installazione, se manca (solo per un amministratore).",
        examples=["cciaa-riviere-di-liguria"],
    ),
]
_LeavesNobody = Annotated[
    TrueOrFalse,
    Field(
        exclude_if=not_,  # a request that does not say it is the one that an older program digested
        title="resta senza chi amministra",
        description="L'amministrazione può restare senza nessuno che ne amministri le utenze: poi lo fa solo la macchina.",
    ),
]
_Role = Annotated[
    Role,
    Field(
        title="ruolo",
        description="Il ruolo.",
        examples=["planner"],
    ),
]


def _right_of(said: object) -> object:
    """A right whose role is said as people say it: `programmatore@ente`."""
    if not isinstance(said, str):
        return said
    role, at, administration = said.strip().partition("@")
    code = next((code for code, word in ROLE_WORDS.items() if word.casefold() == role.strip().casefold()), role.strip())
    return f"{code}{at}{administration.strip()}"


_Right = Annotated[TokenRight, BeforeValidator(_right_of)]


class OpenAccount(Frozen):
    """Un'utenza da aprire: chi è la persona, e come dirà chi è. Il nome sta accanto al registro, mai in un evento."""

    name: PersonName = Field(
        title="nome",
        description="Il nome della persona, per chi può vederlo. Non scrivere altro che il nome.",
        examples=["Ufficio performance, prima utenza"],
    )
    login: Login = Field(
        title="nome d'accesso", description="Ciò che la persona scrive per entrare.", examples=["ufficio.performance"]
    )
    administration: _Administration = None
    account: AccountId | None = Field(
        None, title="utenza", description="L'identificativo dell'utenza; altrimenti si fa."
    )


class MakeLink(Frozen):
    """Un altro link d'accesso, per un'utenza in cui nessuno è ancora entrato. Si vede una volta sola."""

    account: _Account


class SuspendAccount(Frozen):
    """Un'utenza da sospendere: non entra più, e le sue sessioni finiscono subito."""

    account: _Account
    leaves_nobody: _LeavesNobody = False


class EndSessions(Frozen):
    """Gli accessi aperti di un'utenza, da chiudere ovunque: entra di nuovo chi ne ha le credenziali."""

    account: _Account


class ResumeAccount(Frozen):
    """Un'utenza sospesa da riattivare."""

    account: _Account


class ErasePerson(Frozen):
    """Una persona da cancellare: il nome e le credenziali non ci sono più, gli eventi restano interi."""

    account: _Account
    leaves_nobody: _LeavesNobody = False


class GiveRole(Frozen):
    """Un ruolo da dare a un'utenza."""

    account: _Account
    role: _Role
    administration: _Administration = None
    offices: tuple[Line, ...] = Field(
        (),
        title="uffici",
        description="Gli uffici di cui è responsabile, per nome o identificativo: per un responsabile, almeno uno.",
        examples=[["Ufficio Statistica"]],
    )


class TakeRole(Frozen):
    """Un ruolo da togliere a un'utenza."""

    account: _Account
    role: _Role
    administration: _Administration = None
    leaves_nobody: _LeavesNobody = False


class IssueToken(Frozen):
    """Un token da emettere: che cosa può, e fino a quando. Il segreto si vede una volta sola."""

    name: PersonName = Field(
        title="nome", description="A che cosa serve, per ritrovarlo.", examples=["invio dei consuntivi"]
    )
    rights: tuple[_Right, ...] = Field(
        min_length=1,
        max_length=50,
        title="ruoli",
        description="I ruoli, fra quelli dell'utenza, che il token può usare: ruolo@amministrazione.",
        examples=[["planner@cciaa-riviere-di-liguria"]],
    )
    expires_on: WrittenDay = Field(
        title="scadenza", description="L'ultimo giorno in cui vale: al più un anno.", examples=["2027-06-30"]
    )
    account: AccountId | None = Field(
        None,
        title="utenza",
        description="L'utenza per cui agisce: la propria, se non si dice; dalla riga di comando va detta.",
    )


class RevokeToken(Frozen):
    """Un token da revocare."""

    token: TokenId = Field(title="token", description="L'identificativo del token.", examples=["tok-k3v5o2aq7x4mlc6e"])


class ChooseReminders(Frozen):
    """Dove e se un'utenza riceve i promemoria delle scadenze; ciò che non si dice resta com'è."""

    account: AccountId | None = Field(
        None,
        title="utenza",
        description="L'utenza: la propria, se non si dice; di altre lo dice chi le amministra.",
    )
    address: MailAddress | None = Field(
        None,
        title="indirizzo di posta",
        description="Dove si scrive. Sta accanto al registro, e si cancella con la persona.",
        examples=["ufficio.performance@ente.example"],
    )
    reminders: Literal["on", "off"] | None = Field(
        None, title="promemoria", description="Se i promemoria si ricevono: off per non riceverne più, on di nuovo."
    )
    language: Literal["it", "en"] | None = Field(
        None, title="lingua", description="In che lingua si scrive; quella dell'installazione, se non si è mai detta."
    )
