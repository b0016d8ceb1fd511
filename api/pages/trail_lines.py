"""The audit trail as rows for people: one event each, and the filters of the address as the question takes them."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from starlette.responses import Response

from api.language.labels import CAUSES, DIRECTIONS, EVENT_NAMES, KINDS, REDACTED
from api.language.system_rules import SYSTEM_RULES, rule_value
from api.language.translation import translated
from api.language.values import field_of_event, value_in_words
from api.pages.recorded_event import EventAddresses, Recorders, object_address, object_title
from api.pages.table_file import table_file
from api.pages.visit import PlanVisit
from api.settings import Language
from domain.systems.decide import rules_json
from domain.systems.model import MeasurementSystem
from domain.vocabulary import JsonValue
from projections.audit import AuditRow
from projections.roles import ACCOUNT, ROLES

FILTERS = {
    "oggetto": "object",
    "natura": "kind",
    "evento": "event",
    "atto": "act",
    "utenza": "actor",
    "ruolo": "role",
    "causa": "cause",
    "dal": "since",
    "al": "until",
    "registrati_dal": "recorded_since",
    "registrati_al": "recorded_until",
    "testo": "text",
}
"""How the address of the page calls each filter of the question."""

COLUMNS = (
    "evento", "registro", "impronta", "che cosa è successo", "di che cosa", "prima", "dopo", "natura", "verso",
    "in vigore dal", "registrato il", "chi", "ruolo", "atto", "causa", "motivazione", "nota", "annullato", "a posteriori",
)  # fmt: skip
WORDED = ("registro", "che cosa è successo", "natura", "verso", "ruolo", "causa")
ROLE_WORDS = {**ROLES, ACCOUNT: "utenza"}


class TrailLine(NamedTuple):
    """An event in one row."""

    number: int
    of: str
    address: str
    sentence: str
    event: str
    about: str
    about_address: str
    kind: str
    direction: str
    direction_words: str
    since: str
    recorded_at: str
    actor: str
    role: str
    act: str
    cause: str
    reason: str
    note: str
    redacted: bool
    annulled: bool
    retrospective: bool
    hash: str


def trail_file(visit: PlanVisit, name: str, rows: Iterable[AuditRow]) -> Response:
    """Rows of the trail to take away, as people read them."""
    listed = list(rows)
    table = (
        (
            line.number, line.of or "il piano", line.hash, line.sentence, line.about,
            *before_and_after(visit, row), line.kind, line.direction_words,
            line.since, line.recorded_at, line.actor, line.role, line.act, line.cause,
            REDACTED if line.redacted else line.reason, line.note, line.annulled, line.retrospective,
        )
        for row, line in zip(listed, trail_lines(visit, listed), strict=True)
    )  # fmt: skip
    return table_file(visit, name, COLUMNS, table, WORDED)


def asked_filters(query: Mapping[str, str]) -> dict[str, str]:
    """The filters of an address under the names of the question; what is empty is not asked for."""
    return {name: query[said].strip() for said, name in FILTERS.items() if query.get(said, "").strip()}


def trail_lines(visit: PlanVisit, rows: Iterable[AuditRow]) -> list[TrailLine]:
    """Rows of the trail for people; who recorded is told to those who may know."""
    listed = list(rows)
    events, recorders = EventAddresses(visit), Recorders(visit, (row["actor"] for row in listed))
    return [_line(visit, row, events, recorders) for row in listed]


def _line(visit: PlanVisit, row: AuditRow, events: EventAddresses, recorders: Recorders) -> TrailLine:
    key = row["object"] or ""
    direction = (row["direction"] or "") if row["kind"] != "drafting" else ""  # of what was set first there is none
    return TrailLine(
        number=row["version"],
        of=events.of_whom(row["stream"]),
        address=events.of(row["stream"], row["version"]),
        sentence=row["sentence"],
        event=EVENT_NAMES.get(row["event"], row["event"]),
        about=object_title(visit, key) if key else "",
        about_address=object_address(visit, key),
        kind=KINDS.get(row["kind"] or "", ""),
        direction=direction,
        direction_words=DIRECTIONS.get(direction, ""),
        since=row["effective_on"],
        recorded_at=row["recorded_at"],
        actor=recorders.name(row["actor"]),
        role=ROLE_WORDS.get(row["role"], row["role"]),
        act=visit.reading.acts.get(row["act"] or "", row["act"] or ""),
        cause=CAUSES.get(row["cause"] or "", ""),
        reason=row["justification"] or "",
        note=row["note"] or "",
        redacted=row["redacted"],
        annulled=row["annulled"],
        retrospective=row["retrospective"],
        hash=row["hash"],
    )


def before_and_after(visit: PlanVisit, row: AuditRow) -> tuple[str, str]:
    """What stood before an event and after it, in words."""
    language, names = visit.language, visit.reading.names
    system = row["body"].get("system")
    of_plan = row["stream"] == visit.reading.known.stream
    record = visit.reading.history.records[row["version"] - 1] if of_plan else None
    field = field_of_event(record.event) if record else ""
    about = next((fact.object for fact in record.event.facts()), "") if record else ""
    beside = names.beside(about)
    before, after = (value_in_words(row[side], field, language, beside) for side in ("before", "after"))
    return before, _system(system, language) if isinstance(system, dict) else after


def _system(system: Mapping[str, JsonValue], language: Language) -> str:
    """The rules that were adopted: those that are not the defaults."""
    defaults = rules_json(MeasurementSystem())
    said = [
        f"{translated(SYSTEM_RULES[rule], language)}: {rule_value(rule, value, language)}"
        for rule, value in system.items()
        if rule in SYSTEM_RULES and value != defaults.get(rule)
    ]
    return "; ".join(said) or translated("le regole predefinite", language)
