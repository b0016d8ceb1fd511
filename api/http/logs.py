"""What the service writes of itself: one line a message, as JSON or for a person, and one line a request.

A line of a request says the template of its address and the id of an account: no name, no address as it came, no query, no
header, no body. What a message says of a request is shortened, and a flood of requests is no flood of the log.
"""

import logging
import secrets
import sys
from collections import Counter
from time import monotonic

import h11
import orjson
import structlog
from starlette.types import Scope
from structlog.stdlib import ExtraAdder, ProcessorFormatter

from api.http.headers import header_of
from api.settings import LogFormat
from domain.patterns import regex

REQUESTS = "api.http.requests"
REQUEST_FIELDS = ("method", "route", "status", "ms", "account")
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
REQUEST_ID = regex(r"[A-Za-z0-9][A-Za-z0-9._-]{7,63}")
requests_log = logging.getLogger(REQUESTS)


class QuietLog(logging.Filter):
    """Lets so many lines of a kind through in a minute, none of them long: a flood of requests is no flood of the log.

    A kind is what a line says before its particulars are filled in.
    """

    LINES_PER_MINUTE = 300
    TRACEBACKS_PER_MINUTE = 10
    CHARACTERS = 500

    def __init__(self, lines_per_minute: int = LINES_PER_MINUTE) -> None:
        super().__init__()
        self._lines_per_minute = lines_per_minute
        self._minute = 0
        self._written: Counter[str] = Counter()

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether a line is written; shortens what it says of a request."""
        broken = record.exc_info[1] if record.exc_info else None
        if isinstance(broken, h11.ProtocolError):  # what a client sent, said in one line: no fault of the program
            record.msg, record.args, record.exc_info = "a connection spoke no HTTP: %s", (str(broken),), None
        minute = int(monotonic() // 60)
        if minute != self._minute:
            self._minute = minute
            self._written.clear()
        kind = str(record.msg).partition("\n")[0]
        self._written[kind] += 1
        limit = self.TRACEBACKS_PER_MINUTE if record.exc_info else self._lines_per_minute
        if isinstance(record.args, tuple):
            record.args = tuple(
                f"{one[: self.CHARACTERS]}..." if isinstance(one, str) and len(one) > self.CHARACTERS else one
                for one in record.args
            )
        if self._written[kind] == limit:
            record.msg = f"{record.msg} (further lines of this kind are left out for a minute)"
        return self._written[kind] <= limit


REQUEST_LINES_PER_MINUTE = 6_000
"""Beyond them, the lines of requests are left out for the rest of the minute: a disk has an end."""


def configure_logs(form: LogFormat, *, of_requests: bool) -> None:
    """Writes all that is logged to the standard error, one line each; `of_requests`: those of requests too."""
    renderer: structlog.typing.Processor = structlog.processors.JSONRenderer(serializer=_json)
    if form == "text":
        renderer = structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        ProcessorFormatter(
            processors=[
                structlog.processors.format_exc_info,
                ProcessorFormatter.remove_processors_meta,
                renderer,
            ],
            foreign_pre_chain=[
                structlog.processors.TimeStamper(fmt="iso", utc=True),
                structlog.stdlib.add_log_level,
                structlog.stdlib.add_logger_name,
                structlog.contextvars.merge_contextvars,
                ExtraAdder(allow=REQUEST_FIELDS),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)
    for name in ("uvicorn", "uvicorn.error", "api"):
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [], True
        logger.setLevel(logging.INFO)
    requests_log.disabled = not of_requests
    for name in ("uvicorn.error", "asyncio", "api.http", "api.imports", REQUESTS):
        logger = logging.getLogger(name)
        if not any(isinstance(one, QuietLog) for one in logger.filters):
            logger.addFilter(QuietLog(REQUEST_LINES_PER_MINUTE if name == REQUESTS else QuietLog.LINES_PER_MINUTE))


def request_id_of(scope: Scope, *, is_trusted: bool) -> str:
    """The id of a request: the one that a proxy of ours gave it, else one of our own; what is logged on its way says it."""
    sent = header_of(scope, b"x-request-id") if is_trusted else ""
    request_id = sent if sent and REQUEST_ID.fullmatch(sent) else secrets.token_hex(10)
    structlog.contextvars.bind_contextvars(request_id=request_id)
    return request_id


def log_request(scope: Scope, method: str, status: int, seconds: float) -> None:
    """Writes the line of a request that was answered."""
    if not requests_log.isEnabledFor(logging.INFO):
        return
    admission = scope["state"].get("admission")
    route = getattr(scope.get("route"), "path", None) or scope["state"].get("route")
    fields = {
        "method": method if method in METHODS else "other",
        "route": route,
        "status": status,
        "ms": round(seconds * 1_000, 1),
        "account": admission.principal.actor if admission is not None and admission.principal.is_account else None,
    }
    requests_log.info("request", extra=fields)


def _json(event: structlog.typing.EventDict, **_: object) -> str:
    return orjson.dumps(event, default=str).decode()
