"""The mail server of an installation: how it is reached, and the sending of one message."""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path
from typing import NamedTuple

from api.settings import Settings, SmtpSecurity
from domain.errors import DomainError, Malformed, Problem
from domain.late import late

with late:  # few installations have a mail server with its own authority
    from api.access.issuers import trusted_context

SECONDS = 30
"""How long is waited for each answer of the server."""
LARGEST_SECRET = 10_000


class MailServerAway(DomainError):
    """The mail server does not answer, or does not let the installation in; what was not sent is tried at the next run."""

    name = "mail_server_away"
    title = "Server di posta non raggiungibile"
    status = 503
    retry_after = 60


class MailServer(NamedTuple):
    """Where mail is handed in, and as whom."""

    host: str
    port: int
    security: SmtpSecurity
    sender: str
    user: str | None
    password: str | None
    context: ssl.SSLContext


def mail_server(settings: Settings) -> MailServer | None:
    """The server that the settings name, None where they name none; Malformed where they do not go together."""
    if settings.smtp_host is None:
        return None
    if settings.mail_from is None:
        accepted = "l'indirizzo da cui si scrive"
        raise Malformed([Problem(where="INITINERE_MAIL_FROM", found="manca", accepted=accepted)])
    password = _password(settings)
    if (settings.smtp_user is None) != (password is None):
        accepted = "tutti e due, o nessuno"
        raise Malformed([Problem(where="INITINERE_SMTP_USER", found="utente o password", accepted=accepted)])
    if password is not None and settings.smtp_security == "none":
        found, accepted = "una password in chiaro", "starttls o tls"
        raise Malformed([Problem(where="INITINERE_SMTP_SECURITY", found=found, accepted=accepted)])
    context = trusted_context(settings.ca_file)
    return MailServer(
        settings.smtp_host,
        settings.smtp_port,
        settings.smtp_security,
        settings.mail_from,
        settings.smtp_user,
        password,
        context,
    )


def _password(settings: Settings) -> str | None:
    if settings.smtp_password_file is not None:
        where = "INITINERE_SMTP_PASSWORD_FILE"
        try:
            password = Path(settings.smtp_password_file).read_bytes()[:LARGEST_SECRET].decode().rstrip("\r\n")
        except (OSError, UnicodeDecodeError):
            raise Malformed([Problem(where=where, found="non si legge", accepted="un file con la password")]) from None
        return password
    return None if settings.smtp_password is None else settings.smtp_password.get_secret_value()


class Connection:
    """A session with the server."""

    def __init__(self, smtp: smtplib.SMTP) -> None:
        self._smtp = smtp

    def send(self, message: EmailMessage) -> bool:
        """Hands a message in; False where the server refused it, and certainly did not take it.

        MailServerAway where it cannot be told: the connection broke.
        """
        try:
            self._smtp.send_message(message)
        except (smtplib.SMTPRecipientsRefused, smtplib.SMTPSenderRefused, smtplib.SMTPDataError):
            return False
        except (smtplib.SMTPException, OSError) as error:
            raise _away(error) from None
        return True


@contextmanager
def connected(server: MailServer) -> Iterator[Connection]:
    """A session with the server, over TLS unless the settings say otherwise; MailServerAway."""
    try:
        smtp = (
            smtplib.SMTP_SSL(server.host, server.port, timeout=SECONDS, context=server.context)
            if server.security == "tls"
            else smtplib.SMTP(server.host, server.port, timeout=SECONDS)
        )
    except (smtplib.SMTPException, OSError) as error:
        raise _away(error) from None
    try:
        try:
            if server.security == "starttls":
                smtp.starttls(context=server.context)
            if server.user is not None and server.password is not None:
                smtp.login(server.user, server.password)
        except (smtplib.SMTPException, OSError) as error:
            raise _away(error) from None
        yield Connection(smtp)
    finally:
        smtp.close()


def _away(error: Exception) -> MailServerAway:
    how = "non lo lascia entrare" if isinstance(error, smtplib.SMTPAuthenticationError) else "non risponde"
    return MailServerAway(f"il server di posta {how}", accepted="riprovare; INITINERE_SMTP_HOST e le altre")
