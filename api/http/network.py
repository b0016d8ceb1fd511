"""What must be declared before the service listens to more than this machine, and what it refuses to start without."""

from api.http.middleware import is_loopback
from api.settings import Settings
from domain.access.decide import ACCOUNTS, AccountState
from domain.errors import Refusal
from projections.access import door
from projections.access.accounts import CREDENTIALS
from projections.store.store import Store

NARROWEST = {4: 8, 6: 7}
"""How many bits the addresses of a network of proxies have in common at least, by version: those of any private one."""


class AddressRefused(Refusal):
    """Beyond this machine the service listens only with TLS in front, declared, and never without sign-in."""

    name = "address_refused"
    title = "Indirizzo non ammesso"


class SignInNotReady(Refusal):
    """Beyond this machine the service starts only where somebody can sign in: an administrator, or a provider's people."""

    name = "sign_in_not_ready"
    title = "Accesso non configurato"


def require_declared(settings: Settings) -> None:
    """AddressRefused for an installation that says too little of what stands between it and the network, or too much."""
    for network in settings.proxies:
        if network.prefixlen < NARROWEST[network.version]:
            found = f"{network} non è un proxy: chiunque si collega direbbe da chi viene"
            raise _refused(settings, found, "gli indirizzi del proxy, per esempio 127.0.0.1", "INITINERE_PROXIES")
    if is_loopback(settings.host) and settings.public_address is None:
        return
    if settings.sign_in == "open":
        found = "senza accesso con credenziali chiunque lo raggiunge fa tutto"
        raise _refused(settings, found, "INITINERE_SIGN_IN=required", "INITINERE_SIGN_IN")
    if settings.public_address is None:
        found = "vuole TLS davanti, dichiarato, perché vi passano credenziali"
        accepted = "INITINERE_PUBLIC_ADDRESS (https://...) e INITINERE_PROXIES, oppure 127.0.0.1, ::1 o localhost"
        raise _refused(settings, found, accepted, "INITINERE_HOST")
    if not settings.proxies:
        found = "non è detto quale proxy porta qui TLS e dice da chi vengono le richieste e le credenziali"
        raise _refused(
            settings, found, "gli indirizzi del proxy, per esempio 127.0.0.1 o 10.0.0.0/24", "INITINERE_PROXIES"
        )


def require_somebody_can_enter(store: Store, settings: Settings) -> None:
    """SignInNotReady for an installation on the network into which nobody could sign in."""
    if is_loopback(settings.host) and settings.public_address is None:
        return
    if settings.oidc_issuer is not None and settings.oidc_roles is not None:
        return  # whoever has a role by its claim comes in; without a mapping, somebody must have given a role before
    store.datastore.prepare_access()
    now = store.clock()
    with store.reading() as reader:
        state = AccountState(reader.timelines(ACCOUNTS))
        for account in state.accounts():
            if any(grant.role == "administrator" for grant in state.grants(account)) and any(
                stored.expires_at is None or stored.expires_at > now
                for kind in CREDENTIALS
                for stored in door.of_account(reader.cursor, account, kind)
            ):
                return
    raise SignInNotReady(
        "nessun amministratore può entrare, e nessun fornitore d'identità dice i ruoli di chi entra",
        accepted="initinere account open, give e link per il primo amministratore; oppure INITINERE_OIDC_ISSUER con INITINERE_OIDC_ROLES",
    )


def _refused(settings: Settings, found: str, accepted: str, where: str) -> AddressRefused:
    beyond = f"su {settings.host!r}" if not is_loopback(settings.host) else f"come {settings.public_address}"
    return AddressRefused(f"il servizio non si apre {beyond}: {found}", accepted=accepted, where=where)
