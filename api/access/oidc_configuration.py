"""What sign-in with a provider is set up with, read from the settings: whole, or refused with what is wrong and where."""

import ssl
from collections.abc import Callable, Iterator
from typing import NamedTuple, TypeVar, get_args

from api.formats.json_reader import read_file
from api.settings import ClientAuthentication, Settings, SigningAlgorithm
from domain.errors import DomainError, Malformed, Problem
from domain.late import late

with late:  # few installations have a provider
    from api.access.issuers import is_https, trusted_context
    from api.access.role_claims import RoleMapping, read_role_mapping

LARGEST_SECRET = 10_000
LARGEST_MAPPING = 5_000_000
Read = TypeVar("Read")


class OidcConfiguration(NamedTuple):
    """A provider, what the service is called there, and what is asked of it."""

    issuer: str
    client_id: str
    client_secret: str | None
    client_authentication: ClientAuthentication
    scopes: tuple[str, ...]
    acr_values: tuple[str, ...]
    acr_accepted: tuple[str, ...]
    roles: RoleMapping | None
    algorithms: tuple[str, ...]
    leeway_seconds: int
    context: ssl.SSLContext

    def __repr__(self) -> str:
        """The provider and the client: the secret is nobody's to read."""
        return f"OidcConfiguration({self.issuer!r}, {self.client_id!r})"


def oidc_configuration(settings: Settings) -> OidcConfiguration | None:
    """What the settings say, or None where they name no provider; Malformed, with every problem and its setting."""
    issuer, client_id = settings.oidc_issuer, settings.oidc_client_id
    problems = list(_problems(settings))
    # A tenth of a second: only where there is somebody to trust.
    wanted = issuer is not None or settings.ca_file is not None
    context = _read(problems, lambda: trusted_context(settings.ca_file)) if wanted else None
    secret = _read(problems, lambda: _secret(settings))
    roles = _read(problems, lambda: _roles(settings))
    if issuer is None and not problems:
        return None
    if problems or issuer is None or client_id is None or context is None:
        raise Malformed(problems)
    return OidcConfiguration(
        issuer=issuer,
        client_id=client_id,
        client_secret=secret,
        client_authentication=settings.oidc_client_authentication,
        scopes=_words(settings.oidc_scopes),
        acr_values=_words(settings.oidc_acr_values),
        acr_accepted=_words(settings.oidc_acr_accepted or settings.oidc_acr_values),
        roles=roles,
        algorithms=_words(settings.oidc_algorithms),
        leeway_seconds=settings.oidc_leeway_seconds,
        context=context,
    )


def _read(problems: list[Problem], reader: Callable[[], Read]) -> Read | None:
    """What a reader gives, or its problems beside those that there are."""
    try:
        return reader()
    except Malformed as malformed:
        problems += malformed.problems
    except DomainError as error:
        problems.append(error.problem)
    return None


def _words(text: str | None) -> tuple[str, ...]:
    return tuple(text.split(" ")) if text else ()


def _problems(settings: Settings) -> Iterator[Problem]:
    issuer = settings.oidc_issuer
    if issuer is None:
        if settings.oidc_client_id or settings.oidc_roles:
            found = "si dice come accedere a un fornitore d'identità, ma non quale"
            yield Problem(where="INITINERE_OIDC_ISSUER", found=found, accepted="l'indirizzo https del fornitore")
        return
    if not is_https(issuer) or "?" in issuer:
        found = f"{issuer!r} non è l'indirizzo di un fornitore"
        yield Problem(where="INITINERE_OIDC_ISSUER", found=found, accepted="https://..., senza ? né #")
    if settings.oidc_client_id is None:
        accepted = "il nome che il fornitore dà al servizio"
        yield Problem(where="INITINERE_OIDC_CLIENT_ID", found="manca", accepted=accepted)
    if settings.oidc_client_secret and settings.oidc_client_secret_file:
        found, accepted = "il segreto è detto due volte", "un valore, oppure un file"
        yield Problem(where="INITINERE_OIDC_CLIENT_SECRET_FILE", found=found, accepted=accepted)
    if "openid" not in _words(settings.oidc_scopes):
        yield Problem(where="INITINERE_OIDC_SCOPES", found="manca openid", accepted="openid, e altro se serve")
    for algorithm in _words(settings.oidc_algorithms):
        if algorithm not in get_args(SigningAlgorithm):
            accepted = ", ".join(get_args(SigningAlgorithm))
            yield Problem(where="INITINERE_OIDC_ALGORITHMS", found=f"{algorithm!r} non si ammette", accepted=accepted)


def _secret(settings: Settings) -> str | None:
    where, path = "INITINERE_OIDC_CLIENT_SECRET", settings.oidc_client_secret_file
    if path is not None:
        where += "_FILE"
        try:
            secret = _file(path, LARGEST_SECRET, where).decode().rstrip("\r\n")
        except UnicodeDecodeError:
            secret = ""
    elif settings.oidc_client_secret is not None:
        secret = settings.oidc_client_secret.get_secret_value()
    else:
        return None
    if not secret or not secret.isprintable():
        raise Malformed([Problem(where=where, found="non è un segreto", accepted="un testo di una riga, non vuoto")])
    return secret


def _roles(settings: Settings) -> RoleMapping | None:
    if settings.oidc_roles is None:
        return None
    where = "INITINERE_OIDC_ROLES"
    data = _file(settings.oidc_roles, LARGEST_MAPPING, where)
    try:
        return read_role_mapping(data)
    except Malformed as malformed:
        raise malformed.located(where) from None


def _file(path: str, limit: int, where: str) -> bytes:
    try:
        return read_file(path, limit)
    except DomainError as error:
        raise error.located(where) from None
