"""What may be done, and which role may do it: the one table that every door is held to."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal, get_args

Permission = Literal[
    "see_status",
    "compute",
    "read_plan",
    "read_drafts",
    "read_registry",
    "read_proof",
    "read_record",
    "read_monitoring",
    "read_oversight",
    "read_proposals",
    "read_accounts",
    "change_plan",
    "record_values",
    "open_rounds",
    "close_rounds",
    "force_scores",
    "answer_flags",
    "keep_registry",
    "draft_proposals",
    "comment_proposals",
    "enact_proposals",
    "review",
    "redact",
    "take_evidence",
    "manage_accounts",
    "manage_webhooks",
    "keep_library",
    "keep_own_account",
    "operate",
]
"""What somebody must be allowed to do. `read_drafts` is no operation's own: it is what reading asks of a plan that no act
has approved. `operate` belongs to the machine: no role has it.
"""

Role = Literal["administrator", "planner", "responsible", "validator", "approver", "oiv", "reader"]
"""What an account is for an administration."""

ROLES: tuple[Role, ...] = get_args(Role)
PERMISSIONS: tuple[Permission, ...] = get_args(Permission)

_PUBLIC: frozenset[Permission] = frozenset({"see_status", "compute", "read_plan", "read_registry", "read_proof"})
_INSIDE: frozenset[Permission] = _PUBLIC | {
    *("read_drafts", "read_record", "read_monitoring", "read_proposals", "comment_proposals")
}

PERMISSIONS_OF: Mapping[Role, frozenset[Permission]] = MappingProxyType(
    {
        "administrator": _PUBLIC | {"manage_accounts", "read_accounts", "manage_webhooks", "keep_library"},
        "planner": _INSIDE
        | {
            *("change_plan", "record_values", "open_rounds", "force_scores", "answer_flags"),
            *("keep_registry", "draft_proposals", "take_evidence"),
        },
        "responsible": _PUBLIC | {"read_drafts", "read_monitoring", "record_values"},
        "validator": _INSIDE | {"close_rounds"},
        "approver": _INSIDE | {"enact_proposals", "redact", "take_evidence"},
        "oiv": _INSIDE | {"read_oversight", "review", "take_evidence"},
        "reader": _PUBLIC,
    }
)
"""What each role may do in its administration.

An account is a reader of every administration, whatever it is besides; who is not signed in is one where the installation
is open to the public, and otherwise only sees that the service is there.
"""

ANONYMOUS: frozenset[Permission] = frozenset({"see_status"})
"""What is answered to anybody: whether the service is there."""

OF_EVERY_ACCOUNT: frozenset[Permission] = frozenset({"keep_own_account"})
"""What an account may do without any role."""

OF_OWN_OFFICES: frozenset[Role] = frozenset({"responsible"})
"""The roles that are held for some offices of an administration, and reach no further than their indicators."""

NOT_BESIDE_OIV: frozenset[Role] = frozenset({"planner", "responsible", "validator", "approver"})
"""The roles that whoever is the OIV of an administration does not hold there: the law has it judge from outside."""

OF_ANY_ADMINISTRATION: frozenset[Role] = frozenset({"administrator"})
"""The roles that may be held for the whole installation."""

PERMISSION_WORDS: Mapping[Permission, str] = MappingProxyType(
    {
        "see_status": "vedere che il servizio c'è",
        "compute": "fare calcoli",
        "read_plan": "leggere i piani pubblicati",
        "read_drafts": "leggere le bozze",
        "read_registry": "leggere gli uffici e gli atti",
        "read_proof": "leggere i checkpoint",
        "read_record": "leggere il registro",
        "read_monitoring": "leggere i monitoraggi",
        "read_oversight": "leggere gli atti dell'OIV",
        "read_proposals": "leggere le proposte",
        "read_accounts": "leggere le utenze",
        "change_plan": "modificare i piani",
        "record_values": "registrare valori e stati",
        "open_rounds": "aprire i monitoraggi",
        "close_rounds": "validare e chiudere i monitoraggi",
        "force_scores": "stabilire un punteggio",
        "answer_flags": "rispondere ai segnali di attenzione",
        "keep_registry": "tenere uffici, atti e sistemi di misurazione",
        "draft_proposals": "proporre modifiche",
        "comment_proposals": "commentare le proposte",
        "enact_proposals": "adottare o respingere le proposte",
        "review": "registrare gli atti dell'OIV",
        "redact": "oscurare testi",
        "take_evidence": "prendere il fascicolo di prova",
        "manage_accounts": "amministrare le utenze",
        "manage_webhooks": "decidere a chi si inviano gli eventi",
        "keep_library": "tenere la biblioteca degli indicatori",
        "keep_own_account": "tenere la propria utenza",
        "operate": "usare la riga di comando della macchina",
    }
)
"""What may be done, as people say it."""

ROLE_WORDS: Mapping[Role, str] = MappingProxyType(
    {
        "administrator": "amministratore",
        "planner": "programmatore",
        "responsible": "responsabile",
        "validator": "validatore",
        "approver": "approvatore",
        "oiv": "OIV",
        "reader": "lettore",
    }
)
"""The roles, as people say them."""
