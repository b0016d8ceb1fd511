"""Who asks: the account, or the machine's own command line, with what it holds and so may do."""

from typing import NamedTuple

from domain.access.roles import (
    ANONYMOUS,
    OF_EVERY_ACCOUNT,
    PERMISSION_WORDS,
    PERMISSIONS_OF,
    ROLE_WORDS,
    ROLES,
    Permission,
    Role,
)
from domain.errors import DomainError


class Unauthenticated(DomainError):
    """Nobody is signed in, and what is asked is not for everybody."""

    name = "unauthenticated"
    title = "Accesso necessario"
    status = 401


class Forbidden(DomainError):
    """Whoever is signed in may not do this."""

    name = "forbidden"
    title = "Operazione non consentita"
    status = 403


class Grant(NamedTuple):
    """A role in an administration (None: in all of them), for some offices where the role is held for offices."""

    role: Role
    administration: str | None
    offices: tuple[str, ...] = ()

    @property
    def right(self) -> str:
        """The role with its administration, in one word: `planner@cciaa-esempio`, `administrator`."""
        return f"{self.role}@{self.administration}" if self.administration else self.role

    @property
    def said(self) -> str:
        """The same as people say it: `programmatore@cciaa-esempio`."""
        return right_said(self.right)

    def gives(self, permission: Permission, administration: str | None) -> bool:
        """Whether it permits something in an administration; None asks whether it does in any."""
        reaches = administration is None or self.administration in {None, administration}
        return reaches and permission in PERMISSIONS_OF[self.role]


def right_said(right: str) -> str:
    """A right as people say it: `programmatore@cciaa-esempio`."""
    role, at, administration = right.partition("@")
    return f"{next((word for code, word in ROLE_WORDS.items() if code == role), role)}{at}{administration}"


class Principal(NamedTuple):
    """Who asks, and what it holds.

    `actor` is what stands in the events: the id of an account, or the role that was said on the command line of the
    machine, which may do everything (`is_machine`). `session` and `token` name what it came with. An account that holds
    nothing more reads what is published; `actor` is empty for who is not signed in. `held_back` are roles of the account
    that what it came in by does not open: a passkey would.
    """

    actor: str
    grants: tuple[Grant, ...] = ()
    is_machine: bool = False
    session: str = ""
    token: str = ""
    held_back: tuple[Grant, ...] = ()

    @property
    def is_account(self) -> bool:
        """Whether it is an account that is signed in."""
        return bool(self.actor) and not self.is_machine

    def may(self, permission: Permission, administration: str | None) -> bool:
        """Whether it may do something in an administration; None asks whether it may in any."""
        if self.is_machine or permission in ANONYMOUS or (self.is_account and permission in OF_EVERY_ACCOUNT):
            return True
        return any(grant.gives(permission, administration) for grant in self.grants)

    def require(self, permission: Permission, administration: str | None) -> None:
        """Unauthenticated or Forbidden for whoever may not."""
        if self.may(permission, administration):
            return
        if not self.actor:
            raise Unauthenticated("chi chiede non ha fatto l'accesso", accepted="l'accesso con un'utenza, o un token")
        where = f" in {administration}" if administration else ""
        wanted = PERMISSION_WORDS[permission]
        if any(grant.gives(permission, administration) for grant in self.held_back):
            raise Forbidden(
                f"per {wanted} serve un accesso con una passkey, e questo è con la sola password",
                accepted="una passkey: si aggiunge nella pagina della propria utenza (/utenza), e con quella si entra",
            )
        having = ", ".join(ROLE_WORDS[role] for role in ROLES if permission in PERMISSIONS_OF[role])
        raise Forbidden(
            f"i ruoli di chi chiede non consentono di {wanted}{where}",
            accepted=f"un ruolo che lo consente: {having}" if having else "la riga di comando della macchina",
        )

    def offices(self, permission: Permission, administration: str) -> frozenset[str] | None:
        """The offices to which it is confined when it does something in an administration; None where to none."""
        if self.is_machine:
            return None
        giving = [grant for grant in self.grants if grant.gives(permission, administration)]
        if any(not grant.offices for grant in giving):
            return None
        return frozenset(office for grant in giving for office in grant.offices)


MACHINE = Principal("ufficio-performance", is_machine=True)
"""The command line of the machine, where it does not say for which role it writes."""

NOBODY = Principal("")
"""Who is not signed in, where the installation is not open to the public."""

PUBLIC = Principal("", (Grant("reader", None),))
"""Who is not signed in, where the installation is open to the public."""
