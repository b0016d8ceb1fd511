"""A mail server on loopback: what was handed in, and what it refuses."""

import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any, NamedTuple

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword


class Mailed(NamedTuple):
    """One message as it came: to whom it was handed in for, and what it says."""

    recipients: list[str]
    message: EmailMessage
    raw: bytes


class MailHandler:
    """Takes what comes, and answers what a test says."""

    def __init__(self) -> None:
        self.mailed: list[Mailed] = []
        self.answer: Callable[[Mailed], str] = lambda _: "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - as the library names it
        message = message_from_bytes(envelope.content, policy=default)
        assert isinstance(message, EmailMessage)
        mailed = Mailed(list(envelope.rcpt_tos), message, bytes(envelope.content))
        told = self.answer(mailed)
        if told.startswith("250"):
            self.mailed.append(mailed)
        return told


def _only(_server: Any, _session: Any, _envelope: Any, _mechanism: str, given: Any) -> AuthResult:
    known = isinstance(given, LoginPassword) and (given.login, given.password) == (b"in-itinere", b"segreta")
    return AuthResult(success=known)


def _free_port() -> int:
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])


@contextmanager
def mail_server_at(certificate: Path | None = None) -> Iterator[tuple[MailHandler, int]]:
    """A server and its port, until the end; with a certificate it asks for TLS, and for a password."""
    context = None
    if certificate is not None:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificate)
    handler = MailHandler()
    controller = Controller(
        handler,
        hostname="127.0.0.1",
        port=_free_port(),  # the library asks the port that it was given whether somebody is there
        tls_context=context,
        require_starttls=context is not None,
        auth_required=context is not None,
        authenticator=_only,
    )
    controller.start()
    try:
        yield handler, controller.port
    finally:
        controller.stop()
