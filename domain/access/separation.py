"""The separation of duties: who did one thing does not do another with it; an exception says why, and is an event."""

from collections.abc import Collection
from typing import Literal

from domain.access.events import ACCOUNT_PREFIX
from domain.errors import Refusal

SeparationRule = Literal["drafter_does_not_enact", "measurer_does_not_validate"]
SEPARATION_WORDS: dict[SeparationRule, str] = {
    "drafter_does_not_enact": "chi redige una proposta non la adotta",
    "measurer_does_not_validate": "chi misura non valida",
}
"""The rules, as people say them."""

SeparationSetting = Literal["required", "off"]
"""Whether an installation refuses what breaks a rule, or only records that it was broken."""

SWITCHED_OFF = "regola disattivata nelle impostazioni"
"""The reason of an exception that nobody gave another."""


class DutiesNotSeparated(Refusal):
    """Whoever did one thing may not do another with it, unless an exception says why."""

    name = "duties_not_separated"
    title = "Separazione dei compiti"


def require_separated(
    rule: SeparationRule, actor: str, others: Collection[str], exception: str | None, setting: SeparationSetting
) -> str | None:
    """The reason for which the rule is waived, to be recorded with what was done; None where it is kept.

    `others` are those who did what comes before. DutiesNotSeparated where the actor is one of them, the rule is
    required, and no exception is stated.
    """
    if actor not in others:
        return None
    if exception is None and setting == "required":
        raise DutiesNotSeparated(
            f"{SEPARATION_WORDS[rule]}, ed è stato {_who(actor)} a fare l'uno e vorrebbe fare l'altro",
            accepted="chi non vi ha avuto parte; oppure exception, il perché dell'eccezione, che resta registrato",
            where="exception",
        )
    return exception or SWITCHED_OFF


def _who(actor: str) -> str:
    return "chi chiede" if actor.startswith(ACCOUNT_PREFIX) else actor
