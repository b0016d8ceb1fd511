"""The addresses of pages: what a page is about in the path, from where it is seen and what is wanted of it behind it."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from urllib.parse import quote, urlencode

from domain.point import Point
from projections.store.envelope import write_instant

FROM, KNOWN_FROM, TO, KNOWN_TO = "da", "da_noto", "a", "a_noto"
"""Behind the address of a comparison: its two points."""
TREE = "albero"
"""Behind the address of a plan: along which tree."""
PLAN = "/piani/{plan}"
COMPARISON = "/piani/{plan}/confronto"
INDICATOR = "/piani/{plan}/indicatori/{indicator}"
OBJECTIVE = "/piani/{plan}/obiettivi/{objective}"
CHANGES = "/piani/{plan}/modifiche"
PRECEDING = "/piani/{plan}/modifiche/piano-precedente"
FLAGS = "/piani/{plan}/segnalazioni"
SCORES = "/piani/{plan}/punteggi"
RULES = "/piani/{plan}/punteggi/regole/confronto"
SCORE = "/piani/{plan}/punteggi/{node}"
MONITORING = "/piani/{plan}/monitoraggio"
DUES = "/piani/{plan}/monitoraggio/dovuti"
DEADLINES = "/piani/{plan}/monitoraggio/scadenze"
DEVIATIONS = "/piani/{plan}/monitoraggio/scostamenti"
SHEETS = "/piani/{plan}/monitoraggio/schede"
RETURNED = "/piani/{plan}/monitoraggio/schede/{import_id}"
WATCH = "/piani/{plan}/monitoraggio/da-completare"
AUDIT = "/piani/{plan}/registro"
FIELDS = "/piani/{plan}/registro/campi"
EVENT = "/piani/{plan}/registro/{version}"
PROPOSALS = "/piani/{plan}/proposte"
PROPOSAL = "/piani/{plan}/proposte/{proposal}"
AMENDED_PROPOSAL = "/piani/{plan}/proposte/{proposal}/modifica"
PROPOSAL_ACTION = "/piani/{plan}/proposte/{proposal}/{action}"
WORK = "/piani/{plan}/lavoro/{command}"
DOCUMENTS = "/piani/{plan}/documenti"
IMPORT = "/piani/{plan}/documenti/{import_id}"
WORK_LIST = "/piani/{plan}/lavoro"
SHORT = "/p/{plan}/{dates}"
"""The stable short address of the plan on two dates, or of the comparison of two points; behind it may stand what names a page."""
FEED = "/piani/{plan}/eventi.atom"
CALENDAR = "/piani/{plan}/scadenze.ics"
DEADLINES_FEED = "/piani/{plan}/scadenze.atom"
PEOPLE = "/utenze"
PERSON = "/utenze/{account}"
PEOPLE_FORM = "/utenze/lavoro/{command}"
OPEN_DATA = "/dati"
CATALOGUE = "/dati/catalogo.rdf"
LIBRARY = "/biblioteca"
LIBRARY_FORM = "/biblioteca/lavoro/{command}"
LIBRARY_FILES = "/biblioteca/file"
LIBRARY_FILE = "/biblioteca/file/{import_id}"
GUIDE = "/guida"
ACCESSIBILITY = "/accessibilita"
LEGAL = "/note-legali"
EXAMPLES = "/esempi"
HOME = "/"
DATES = ("as_of", "known_at")
"""The parameters by which an address says from where a page is seen."""


def page_address(path: str, query: Mapping[str, str] | None = None, /, **parts: str) -> str:
    """A path with its parts filled in, and what is asked behind it; what is empty is left out."""
    filled = path.format(**{name: quote(part, safe="") for name, part in parts.items()})
    asked = urlencode({name: value for name, value in (query or {}).items() if value != ""}, safe=":")
    return f"{filled}?{asked}" if asked else filled


def dated(as_of: date | None, known_at: datetime | None) -> dict[str, str]:
    """The two dates as an address says them; one that is not said is now."""
    said: dict[str, str] = {}
    if as_of is not None:
        said["as_of"] = as_of.isoformat()
    if known_at is not None:
        said["known_at"] = write_instant(known_at).replace(".000000Z", "Z")
    return said


def from_point(point: Point) -> dict[str, str]:
    """The same, of a point: its date always."""
    return dated(point.as_of, point.known_at)


def short_address(
    path: str, as_of: date, known_at: datetime, query: Mapping[str, str] | None = None, /, **parts: str
) -> str:
    """The stable short address of a page of a plan, with both dates; `path` is the page's own, `parts` what fills it."""
    return page_address(SHORT + path.removeprefix(PLAN), query, dates=short_dates(as_of, known_at), **parts)


def short_comparison(
    plan: str, start: tuple[date, datetime], end: tuple[date, datetime], query: Mapping[str, str] | None = None
) -> str:
    """The same of the comparison of two points, each a date with what is known; a knowledge that both share is said once."""
    begins = f"{start[0]:%Y%m%d}" if start[1] == end[1] else short_dates(*start)
    return page_address(SHORT, query, plan=plan, dates=f"{begins}-{short_dates(*end)}")


def short_dates(as_of: date, known_at: datetime) -> str:
    """Both dates in one word, the date first."""
    return f"{as_of:%Y%m%d}.{short_instant(known_at)}"


def short_instant(instant: datetime) -> str:
    """An instant in UTC as a short address says it, without signs that an address would escape."""
    in_utc = instant.astimezone(UTC)
    return f"{in_utc:%Y%m%dT%H%M%S}.{in_utc.microsecond:06d}Z" if in_utc.microsecond else f"{in_utc:%Y%m%dT%H%M%SZ}"
