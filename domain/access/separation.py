"""The separation of duties: who did one thing does not do another with it; an exception says why, and is an event."""

from collections.abc import Collection
from typing import Annotated, Literal

from pydantic import AfterValidator, StringConstraints

from domain.access.events import ACCOUNT_PREFIX
from domain.errors import Refusal
from domain.notice import Notice

SeparationRule = Literal["drafter_does_not_enact", "measurer_does_not_validate"]
SEPARATION_WORDS: dict[SeparationRule, str] = {
    "drafter_does_not_enact": "chi redige una proposta non la adotta",
    "measurer_does_not_validate": "chi misura non valida",
}
"""The rules, as people say them."""

SeparationSetting = Literal["required", "off"]
"""Whether an installation refuses what breaks a rule, or only records that it was broken."""

LEAST_LETTERS = 4


def _says_why(words: str) -> str:
    if sum(character.isalpha() for character in words) < LEAST_LETTERS:
        msg = f"{words!r} non dice perché: scrivere il motivo a parole, per esempio «unico funzionario in servizio»"
        raise ValueError(msg)
    return words


ExceptionReason = Annotated[
    str, StringConstraints(min_length=1, max_length=20_000, strip_whitespace=True), AfterValidator(_says_why)
]
"""Why a rule is waived: words, for an auditor reads them; a full stop or what nobody sees is no reason."""

SWITCHED_OFF = "regola disattivata nelle impostazioni"
"""The reason of an exception that nobody gave another."""


class DutiesNotSeparated(Refusal):
    """Whoever did one thing may not do another with it, unless an exception says why."""

    name = "duties_not_separated"
    title = "Separazione dei compiti"


def require_separated(
    rule: SeparationRule,
    actor: str,
    others: Collection[str],
    exception: str | None,
    setting: SeparationSetting,
    *,
    about: str | None = None,
) -> str | None:
    """The reason for which the rule is waived, to be recorded with what was done; None where it is kept.

    `others` are those who did what comes before, `about` says in words what that was. DutiesNotSeparated where the actor is one of them, the rule is
    required, and no exception is stated.
    """
    if actor not in others:
        return None
    if exception is None and setting == "required":
        raise DutiesNotSeparated(
            f"{SEPARATION_WORDS[rule]}: {about}"
            if about
            else f"{SEPARATION_WORDS[rule]}, ed è stato {_who(actor)} a fare l'uno e vorrebbe fare l'altro",
            accepted="chi non vi ha avuto parte; oppure il perché dell'eccezione, che resta registrato",
            where="exception",
        )
    return exception or SWITCHED_OFF


def unneeded(exception: str | None, waived: str | None) -> tuple[Notice, ...]:
    """Says that an exception was stated where the rule is kept without it: nothing of it is recorded."""
    if exception is None or waived is not None:
        return ()
    words = "l'eccezione non serviva: la separazione dei compiti è rispettata, e il perché non è registrato"
    return (Notice(where="exception", name="exception_not_needed", words=words),)


def _who(actor: str) -> str:
    return "chi chiede" if actor.startswith(ACCOUNT_PREFIX) else actor
