"""The settings, from the environment; docs/impostazioni.md describes each."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Literal, Self

from platformdirs import user_data_path
from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, SecretStr, StringConstraints

from domain.access.commands import MailAddress
from domain.access.separation import SeparationSetting
from domain.deadlines.model import LegalDates
from domain.deadlines.reminders import DEFAULT_DAYS
from domain.errors import Malformed, Problem

PREFIX = "initinere_"
"""What the variables of the environment begin with."""

MOST, MOST_BYTES = 1_000_000_000, 1_000_000_000_000
"""The most that a limit may be, of things and of bytes: with greater numbers no library counts on."""

ACTOR_PATTERN = r"^[a-z0-9][a-z0-9._-]{1,79}$"
Actor = Annotated[str, StringConstraints(pattern=ACTOR_PATTERN)]
"""An account or a role: lower-case letters, digits, dot, dash, underscore. Never a person's name."""

PublicAddress = Annotated[str, StringConstraints(pattern=r"^https://[a-z0-9.-]+(:[0-9]{1,5})?$")]
"""The address under which people reach the service: of TLS, without a path."""

Network = IPv4Network | IPv6Network
"""An address, or all that begin alike: `10.0.0.7`, `10.0.0.0/8`, `fd00::/8`."""

ProxyHeader = Literal["x-forwarded-for", "forwarded"]
"""The header in which the proxies of an installation say for whom they ask; any other of that kind is a client's word."""

LogFormat = Literal["json", "text"]
"""How the log is written: a JSON object a line, or a line for a person."""


def _listed(value: object) -> object:
    """The parts of a text that lists things with commas; anything else as it is."""
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


Language = Literal["it", "en"]
"""A language of the interface: Italian, as the code says its texts, or one that has a catalogue of translations."""


SigningAlgorithm = Literal["RS256", "PS256", "ES256"]
"""How a token of others may be signed: with a private key, never with a secret that both sides know, never not at all."""

ClientAuthentication = Literal["client_secret_basic", "client_secret_post"]
"""How the service proves itself to a provider: its secret in a header, or in the body."""

SmtpSecurity = Literal["starttls", "tls", "none"]
"""How the mail server is spoken to: TLS once it is greeted, TLS from the first byte, or in the clear (on this machine)."""


def _day_of_year(value: str) -> str:
    """A day of every year, `GG/MM`; ValueError where a year lacks it."""
    try:
        datetime.strptime(f"{value}/2023", "%d/%m/%Y").replace(tzinfo=UTC)
    except ValueError:
        msg = f"{value!r} non è un giorno di ogni anno: scrivere GG/MM, per esempio 31/01"
        raise ValueError(msg) from None
    return value


def _reminder_days(value: str) -> str:
    """Days before (below zero) and after something is due, with commas; ValueError for what is none."""
    if re.fullmatch(r"\s*(-?[0-9]{1,3}\s*(,\s*-?[0-9]{1,3}\s*){0,19})?", value) is None:
        msg = f"{value!r} non sono giorni: scrivere, per esempio, -14,-3,1,7"
        raise ValueError(msg)
    return value


DayOfYear = Annotated[str, StringConstraints(pattern=r"^[0-9]{2}/[0-9]{2}$"), AfterValidator(_day_of_year)]
"""A day of every year, `GG/MM`."""

ReminderDays = Annotated[str, AfterValidator(_reminder_days)]
"""How many days before (below zero) and after something is due somebody is reminded of it."""

SpacedWords = Annotated[str, StringConstraints(pattern=r"^[!-~]+( [!-~]+)*$")]
"""SpacedWords of printable ASCII, one blank between two."""


def default_database() -> str:
    """The file among the data of the user."""
    return str(Path(user_data_path("initinere")) / "initinere.sqlite")


class Settings(BaseModel):
    """What an installation may set."""

    database: str = Field(default_factory=default_database)
    actor: Actor = "ufficio-performance"
    confirmed_roles: Annotated[tuple[Actor, ...], BeforeValidator(_listed)] = ()
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535)] = 8000
    language: Language = "it"
    sign_in: Literal["required", "open"] = "required"
    public: bool = False
    public_address: PublicAddress | None = None
    writes_at: PublicAddress | None = None
    standby: str | None = None
    standby_lag_seconds: Annotated[int, Field(ge=0, le=86_400)] = 0
    proxies: Annotated[tuple[Network, ...], BeforeValidator(_listed)] = ()
    proxy_header: ProxyHeader = "x-forwarded-for"
    workers: Annotated[int, Field(ge=1, le=64)] = 1
    requests_per_minute: Annotated[int, Field(ge=10, le=MOST)] = 30_000
    requests_per_minute_of_account: Annotated[int, Field(ge=10, le=MOST)] = 30_000
    kept_megabytes: Annotated[int, Field(ge=1, le=100_000)] = 64
    log: LogFormat = "json"
    log_requests: bool = True
    session_minutes: Annotated[int, Field(ge=1, le=24 * 60)] = 60
    session_hours: Annotated[int, Field(ge=1, le=24 * 7)] = 12
    separation: SeparationSetting = "required"
    keys: str | None = None
    timestamps: str | None = None
    templates: str | None = None
    max_document_bytes: Annotated[int, Field(ge=1_000, le=MOST_BYTES)] = 50_000_000
    max_json_bytes: Annotated[int, Field(ge=1_000, le=MOST_BYTES)] = 20_000_000
    max_workbook_unpacked_bytes: Annotated[int, Field(ge=1_000, le=MOST_BYTES)] = 200_000_000
    max_workbook_ratio: Annotated[int, Field(ge=10, le=MOST)] = 200
    max_workbook_rows: Annotated[int, Field(ge=100, le=MOST)] = 200_000
    max_workbook_cells: Annotated[int, Field(ge=1_000, le=MOST)] = 3_000_000
    reader_seconds: Annotated[int, Field(ge=1, le=3_600)] = 60
    reader_memory_bytes: Annotated[int, Field(ge=500_000_000, le=MOST_BYTES)] = 2_000_000_000
    clock_tolerance_seconds: Annotated[int, Field(ge=0, le=86_400)] = 300
    preview_hours: Annotated[int, Field(ge=1, le=24 * 90)] = 72
    max_previews_bytes: Annotated[int, Field(ge=1_000, le=MOST_BYTES)] = 500_000_000
    max_previews_bytes_per_administration: Annotated[int, Field(ge=1_000, le=MOST_BYTES)] = 200_000_000
    max_connections: Annotated[int, Field(ge=4, le=100_000)] = 400
    max_connections_per_address: Annotated[int, Field(ge=2, le=100_000)] = 300
    idle_seconds: Annotated[int, Field(ge=1, le=3_600)] = 5
    request_head_seconds: Annotated[int, Field(ge=1, le=3_600)] = 10
    request_body_seconds: Annotated[int, Field(ge=1, le=3_600)] = 120
    answer_seconds: Annotated[int, Field(ge=1, le=3_600)] = 120
    stop_seconds: Annotated[int, Field(ge=1, le=3_600)] = 20
    oidc_issuer: str | None = None
    oidc_client_id: Annotated[str, Field(min_length=1, max_length=400)] | None = None
    oidc_client_secret: SecretStr | None = None
    oidc_client_secret_file: str | None = None
    oidc_client_authentication: ClientAuthentication = "client_secret_basic"
    oidc_scopes: SpacedWords = "openid profile"
    oidc_acr_values: SpacedWords | None = None
    oidc_acr_accepted: SpacedWords | None = None
    oidc_roles: str | None = None
    oidc_algorithms: SpacedWords = "RS256"
    oidc_leeway_seconds: Annotated[int, Field(ge=0, le=300)] = 60
    vouchers: str | None = None
    ca_file: str | None = None
    webhook_networks: Annotated[tuple[Network, ...], BeforeValidator(_listed)] = ()
    webhook_http: bool = False
    plan_due: DayOfYear = "31/01"
    report_due: DayOfYear = "30/06"
    reminder_days: ReminderDays = ",".join(map(str, DEFAULT_DAYS))
    smtp_host: Annotated[str, Field(min_length=1, max_length=255)] | None = None
    smtp_port: Annotated[int, Field(ge=1, le=65535)] = 587
    smtp_security: SmtpSecurity = "starttls"
    smtp_user: Annotated[str, Field(min_length=1, max_length=255)] | None = None
    smtp_password: SecretStr | None = None
    smtp_password_file: str | None = None
    mail_from: MailAddress | None = None

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> Self:
        """The settings of an environment, each of `INITINERE_` and its name, in whichever letters.

        ValidationError when one of them cannot be, Malformed when one is said in two spellings.
        """
        spellings: dict[str, list[str]] = {}
        for name in environment:
            spellings.setdefault(name.lower(), []).append(name)
        names = {field: spellings[PREFIX + field] for field in cls.model_fields if PREFIX + field in spellings}
        if doubles := [
            Problem(
                where=(PREFIX + field).upper(),
                found=f"è detta due volte, {' e '.join(sorted(said))}",
                accepted="una sola delle due",
            )
            for field, said in names.items()
            if len(said) > 1
        ]:
            raise Malformed(doubles)
        return cls.model_validate({field: environment[name] for field, (name,) in names.items()})

    @property
    def clock_tolerance(self) -> timedelta:
        """How far the clock may be behind the last instant of the store."""
        return timedelta(seconds=self.clock_tolerance_seconds)

    @property
    def standby_lag(self) -> timedelta:
        """How late an answer of now may be that a standby gives, unasked for."""
        return timedelta(seconds=self.standby_lag_seconds)

    @property
    def legal_dates(self) -> LegalDates:
        """The days by which a plan and its report are due here."""

        def month_and_day(said: str) -> tuple[int, int]:
            return int(said[3:]), int(said[:2])

        return LegalDates(month_and_day(self.plan_due), month_and_day(self.report_due))

    @property
    def days_of_reminders(self) -> tuple[int, ...]:
        """The days of the reminders, the first before; none where nobody is to be reminded."""
        return tuple(sorted({int(day) for day in self.reminder_days.split(",") if day.strip()}))

    @property
    def is_secure(self) -> bool:
        """Whether TLS stands in front: a cookie may then ask for it."""
        return self.public_address is not None

    def key_file(self, location: str) -> Path | None:
        """Where the signing key lies: where it is said, else beside the file of the database, under its name.

        A server's is in the user's data; a database in memory has none.
        """
        if self.keys:
            return Path(self.keys)
        if location.startswith("file:"):
            return None
        if "://" in location:
            return Path(user_data_path("initinere")) / "signing.key"
        return Path(f"{location}.key")
