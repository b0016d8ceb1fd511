"""The page of the audit trail: every event that concerns a plan, newest first, filtered by the address."""

from collections.abc import Mapping
from datetime import date

from starlette.responses import Response

from api.formats.json_reader import into
from api.language.labels import CAUSES, EVENT_NAMES, KINDS
from api.language.translation import translated
from api.operations.queries import OfTrail
from api.pages import addresses
from api.pages.addresses import DATES, page_address
from api.pages.forms import form_problems
from api.pages.frame import render
from api.pages.recorded_event import object_title
from api.pages.table_file import spreadsheets, wants_file
from api.pages.trail_lines import FILTERS, ROLE_WORDS, asked_filters, trail_file, trail_lines
from api.pages.visit import PlanVisit
from api.settings import Language
from domain.errors import DomainError, Malformed, NotFound
from domain.point import Point
from domain.vocabulary import JsonValue
from projections.audit import AuditEvents, audit_trail
from projections.streams import proposals_stream, review_stream

ON_A_PAGE = 50
EXPORTS = {"JSON": "json", "JSON Lines": "jsonl"}
IN_FIELD = {name: said for said, name in FILTERS.items()}


def trail_page(visit: PlanVisit) -> Response:
    """The trail from the point of the visit; a filter that cannot be is told, and nothing is listed."""
    asked = asked_filters(visit.query)
    offset = _offset(visit.query.get("da", ""))
    problems: list[object] = []
    trail: AuditEvents = {
        "plan": visit.plan, "as_of": "", "version": visit.reading.known.known.version, "total": 0, "events": [],
    }  # fmt: skip
    try:
        filters = into(OfTrail, dict[str, JsonValue](asked)).filter()
        if wants_file(visit):
            whole = audit_trail(visit.reading.reader, visit.plan, trail_point(visit), filters)
            return trail_file(visit, f"registro-{visit.plan}", whole["events"])
        trail = audit_trail(
            visit.reading.reader, visit.plan, trail_point(visit), filters, offset=offset, limit=ON_A_PAGE
        )
    except (Malformed, NotFound) as error:
        problems = list(_problems(error, visit.language))
    last = offset + len(trail["events"])
    return render(
        "trail.html",
        "Registro",
        visit.frame(
            {**{words: _export(visit, asked, code) for words, code in EXPORTS.items()}, **spreadsheets(visit)},
            streams=(review_stream(visit.plan), proposals_stream(visit.plan)),
        ),
        visit.language,
        status=422 if problems else 200,
        scripts=("pages.js",),
        problems=problems,
        lines=trail_lines(visit, trail["events"]),
        total=trail["total"],
        first=offset + 1,
        last=last,
        newer=visit.here(da=str(max(offset - ON_A_PAGE, 0)) if offset > ON_A_PAGE else "") if offset else "",
        older=visit.here(da=str(last)) if last < trail["total"] else "",
        said={said: visit.query.get(said, "") for said in FILTERS},
        filtered=bool(asked),
        action=page_address(addresses.AUDIT, plan=visit.plan),
        kept=visit.kept_dates,
        clear=visit.to(addresses.AUDIT),
        fields_address=visit.to(addresses.FIELDS) if visit.may("show_blame") else "",
        objects=_objects(visit),
        kinds=_translated(visit, KINDS),
        events=_translated(visit, EVENT_NAMES),
        acts=visit.reading.acts,
        roles=_translated(visit, ROLE_WORDS),
        causes=_translated(visit, CAUSES),
        may_see_actors=visit.may("list_actors"),
    )


def trail_point(visit: PlanVisit) -> Point:
    """From where the trail is seen: what takes effect on a future date is in it, unless a date is asked for."""
    return visit.point if visit.query.get("as_of") else Point(date.max, visit.point.known_at)


def _translated(visit: PlanVisit, labels: Mapping[str, str]) -> dict[str, str]:
    return {code: translated(words, visit.language) for code, words in labels.items()}


def _offset(said: str) -> int:
    return int(said) if said.isdecimal() and len(said) < 8 else 0


def _problems(error: DomainError, language: Language) -> list[object]:
    return [problem._replace(field=IN_FIELD.get(problem.field, "")) for problem in form_problems(error, language)]


def _export(visit: PlanVisit, asked: Mapping[str, str], format_: str) -> str:
    """Exactly what the filters say, whole, as a file."""
    dates = {name: visit.query[name] for name in DATES if visit.query.get(name)}
    return visit.data("/audit-export", {**dates, **asked, "format": format_})


def _objects(visit: PlanVisit) -> list[tuple[str, str]]:
    """The objectives and indicators that may be asked for, by title."""
    timelines = visit.reading.history.timelines
    keys = [*timelines.objects("objective/"), *timelines.objects("indicator/")]
    return sorted(((key.partition("/")[2], object_title(visit, key)) for key in keys), key=lambda pair: pair[1])
