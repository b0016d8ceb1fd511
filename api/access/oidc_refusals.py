"""What a sign-in by a provider of identities comes to where it does not let somebody in; and how long it may take."""

from datetime import timedelta
from typing import Literal

from domain.errors import Refusal
from domain.late import late

with late:  # the type of a reason
    from api.access.signed_claims import Fault

LASTS = timedelta(minutes=10)
"""How long somebody may take at the provider: the longest that a code may live (RFC 6749, 4.1.2)."""
IdentityFault = (
    Fault | Literal["callback", "response_issuer", "code", "exchange", "no_id_token", "token_type", "userinfo"]
)


class SignInNotBegun(Refusal):
    """A return from the provider that this browser is not waiting for: another's, or one that has served already."""

    name = "sign_in_not_begun"
    title = "Accesso non cominciato qui"
    status = 403

    def __init__(self) -> None:
        super().__init__(
            "questo ritorno dal fornitore d'identità non risponde a un accesso cominciato in questo browser, o è già servito",
            accepted="ricominciare l'accesso",
        )


class SignInExpired(Refusal):
    """A return from the provider that comes too late."""

    name = "sign_in_expired"
    title = "Accesso scaduto"
    status = 403

    def __init__(self) -> None:
        super().__init__("l'accesso è cominciato da più di dieci minuti", accepted="ricominciare l'accesso")


class SignInDeclined(Refusal):
    """The provider says that it has not identified the person: who gave up, or may not."""

    name = "sign_in_declined"
    title = "Accesso non concesso dal fornitore d'identità"
    status = 403

    def __init__(self) -> None:
        super().__init__(
            "il fornitore d'identità non ha concesso l'accesso, o è stato interrotto", accepted="ricominciare l'accesso"
        )


class IdentityRefused(Refusal):
    """What the provider says of who signs in does not hold; `reason` says why, for the log."""

    name = "identity_refused"
    title = "Identità non accettata"
    status = 403

    def __init__(self, reason: IdentityFault) -> None:
        self.reason = reason
        super().__init__(
            "ciò che il fornitore d'identità attesta non si può accettare",
            accepted="ricominciare l'accesso; se si ripete, dirlo a chi amministra il servizio",
        )


class AssuranceTooLow(Refusal):
    """Somebody who signed in by weaker means than the installation asks for."""

    name = "assurance_too_low"
    title = "Livello dell'accesso insufficiente"
    status = 403

    def __init__(self) -> None:
        super().__init__(
            "l'accesso è avvenuto con un livello di garanzia inferiore a quello richiesto",
            accepted="ricominciare l'accesso col livello richiesto (per SPID e CIE, di solito il 2)",
        )
