"""Where an archive is: a file, or a database of a server; and how it is shown, without what is secret in it."""

import re
from itertools import zip_longest
from urllib.parse import quote, unquote

from domain.errors import StoreRefused
from domain.patterns import regex
from domain.vocabulary import shortened

_SERVER = ("postgresql://", "postgres://")
_LIKE_A_SERVER = regex(r"\s*postgres|[\s\w+.-]*://", re.IGNORECASE)
"""The address of some server, well written or not."""
_PARAMETERS = regex(r"(?:^|\s)(?:host|hostaddr|port|dbname|user|password|passfile|service|ssl\w+)\s*=", re.IGNORECASE)
"""The other form in which libpq takes an address, of words and values: it is not ours."""
_VISIBLE = frozenset({"user", "host", "hostaddr", "port", "dbname", "service", "connect_timeout", "application_name"})
"""What of an address may be shown; of whatever else libpq takes, nothing is."""
_SECRET = regex("password|secret|token|key", re.IGNORECASE)
_WRITTEN = (
    regex(r"//?[^/@\s:]*:([^@]*)@"),
    regex(r"//?[^/@\s:]*:(.*)@"),
    regex(r"password\s*=\s*'?([^\s'&]+)", re.IGNORECASE),
)
"""Where a password stands in what a person wrote: up to the first sign that ends it, and up to the last."""
_NAME_BYTES = 63
"""The longest name of a database, or of a role, in PostgreSQL: it would cut a longer one, and take another."""
_HIDDEN = "***"
_SHOWN = 1_000
_SHORTEST = 3
"""A shorter secret is looked for in no text: it would be found in every other word."""

ADDRESS = "postgresql://utente@macchina:porta/base; nella password @ : / ? # % si scrivono %40 %3A %2F %3F %23 %25"


def is_server(location: str) -> bool:
    """Whether a location names a PostgreSQL database, and not a file."""
    return location.startswith(_SERVER)


def require_location(location: str, where: str = "--database") -> None:
    """StoreRefused for what can name neither a file nor a database; nothing is opened."""
    shown = shown_location(location)
    if "\0" in location:
        raise StoreRefused("il nome dell'archivio contiene il carattere NUL", accepted="un percorso", where=where)
    if is_server(location):
        address = _address(location)
        if address is None:
            raise StoreRefused(f"l'indirizzo {shown} non si legge", accepted=ADDRESS, where=where)
        for name, words in (("dbname", "della base di dati"), ("user", "dell'utente")):
            if len(address.get(name, "").encode()) > _NAME_BYTES:
                found = f"il nome {words} supera i {_NAME_BYTES} byte"
                raise StoreRefused(found, accepted="un nome che PostgreSQL ammette", where=where)
    elif (_LIKE_A_SERVER.match(location) and ":" in location) or _PARAMETERS.search(location):
        raise StoreRefused(
            f"{shown} non è il percorso di un file, né un indirizzo che si legge", accepted=ADDRESS, where=where
        )
    elif location in {"", ":memory:"}:
        raise StoreRefused(f"{location!r} non nomina nessun file", accepted="il percorso di un file", where=where)


def shown_location(location: str) -> str:
    """A location for people, logs and errors: of a server's address only who, where and which database.

    A path that is longer than any that opens is shown as far as it helps: the reason comes after it.
    """
    if not is_server(location):
        like_an_address = re.search(r":.*@", location) or (_LIKE_A_SERVER.match(location) and ":" in location)
        if like_an_address or _PARAMETERS.search(location):
            return _HIDDEN
        return shortened(location, _SHOWN)
    address = _address(location)
    if address is None:
        return f"postgresql://{_HIDDEN}"
    if address.keys() <= _VISIBLE:
        return location
    user, hosts = address.get("user", ""), address.get("host", address.get("hostaddr", ""))
    database = quote(address.get("dbname", ""), safe="")
    who = f"{quote(user, safe='')}@" if user else ""
    if hosts.startswith(("/", "@")):
        return f"postgresql://{who}/{database}?host={quote(hosts, safe='')}"
    return f"postgresql://{who}{_named(hosts.split(','), address.get('port', '').split(','))}/{database}"


def _named(hosts: list[str], ports: list[str]) -> str:
    """Hosts with their ports, as an address names them; one port is that of all."""
    names = [f"[{host}]" if ":" in host else host for host in hosts]
    ports = ports * len(hosts) if len(ports) == 1 else ports
    return ",".join(f"{name}:{port}" if port else name for name, port in zip_longest(names, ports, fillvalue=""))


def without_secrets(text: str, *locations: str) -> str:
    """A text, of a driver or of a person, in which nothing that is secret in some locations occurs."""
    for location in locations:
        text = text.replace(location, shown_location(location)) if is_server(location) else text
    secrets = {secret for location in locations for secret in secrets_of(location)}
    for secret in sorted(secrets, key=len, reverse=True):
        text = text.replace(secret, _HIDDEN)
    return re.sub(r"(://[^:/@\s]*):[^@\s]*@", rf"\1:{_HIDDEN}@", text)


def secrets_of(location: str) -> set[str]:
    """What is secret in a location, as it is written there, well or not, and as it is meant."""
    address = _address(location) or {} if is_server(location) else {}
    secrets = {value for name, value in address.items() if _SECRET.search(name)}
    for pattern in _WRITTEN:
        secrets |= set(pattern.findall(location))
    secrets |= {value for name, value in re.findall(r"[?&]([^=&]*)=([^&]*)", location) if _SECRET.search(unquote(name))}
    return {secret for secret in secrets if len(secret) >= _SHORTEST}


def _address(location: str) -> dict[str, str] | None:
    """An address as libpq reads it; None where it cannot, or where a password that was not escaped is read as a name."""
    import psycopg  # noqa: PLC0415 - of no use to a file: `server_driver`
    from psycopg.conninfo import conninfo_to_dict  # noqa: PLC0415 - as above

    rest = location.partition("://")[2]
    credentials = re.match(r"[^@/]*@", rest)
    if "@" in (rest[credentials.end() :] if credentials else rest).partition("?")[0]:
        return None
    try:
        address = {name: str(value) for name, value in conninfo_to_dict(location).items()}
    except (psycopg.Error, ValueError):
        return None
    return address if re.fullmatch(r"[\d,]*", address.get("port", "")) else None
