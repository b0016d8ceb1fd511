"""Who set what an object says: each event that states something of it, the one that was recorded last first."""

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import NamedTuple

from starlette.responses import Response

from api.language.labels import CAUSES, DIRECTIONS, KINDS, REDACTED
from api.language.values import field_name, value_in_words
from api.pages.recorded_event import EventAddresses, Recorders
from api.pages.table_file import table_file
from api.pages.visit import PlanVisit
from domain.annulments.events import REASON_WORDS
from domain.facts import IN_FORCE, LIFE, indicator_key, objective_key
from domain.vocabulary import JsonValue
from projections.audit import place_of
from projections.history import History, HistoryValue, history_of_object

UNSAID = frozenset({"series", "polarity_basis", "name_from_formula", "feeds"})
"""What the record keeps for itself: nobody set it."""


FEW = 2
"""How many fields of an event stand open in its row."""


class FieldSet(NamedTuple):
    """A field with the values before and after; `of` is the other end of a place in the tree."""

    name: str
    of: str
    before: str
    after: str


class Annulled(NamedTuple):
    """By which event something was annulled, when, and why."""

    version: int
    recorded_at: str
    reason: str


class Setting(NamedTuple):
    """One event: what it set, of which nature, why and by which act, who recorded it when, and where it is shown."""

    since: str
    fields: list[FieldSet]
    nature: str
    direction: str
    way: str
    why: str
    redacted: bool
    act: str
    cause: str
    recorded_at: str
    actor: str
    version: int
    digest: str
    address: str
    annulled: Annulled | None

    @property
    def is_card(self) -> bool:
        """Whether it states many fields at once, of which none was there before."""
        return len(self.fields) > FEW and not any(field.before for field in self.fields)


class WhoSetIt(NamedTuple):
    """The events of the plan that set an object, and those of its administration that measured its series."""

    settings: list[Setting]
    measured: list[Setting]


def who_set_it(visit: PlanVisit, name: str) -> WhoSetIt:
    """The events that an object comes from, as known at the point of the visit."""
    reading = visit.reading
    history = history_of_object(
        reading.reader, reading.known, reading.history, name, reading.point, drafting=reading.drafting
    )
    return _Settings(visit, history).answer()


COLUMNS = (
    "evento", "in vigore dal", "che cosa", "di che cosa", "prima", "dopo", "natura", "verso", "registrato il", "chi", "atto",
    "causa", "motivazione", "annullato",
)  # fmt: skip
WORDED = ("natura", "verso", "causa", "annullato")


def history_file(visit: PlanVisit, history: History) -> Response:
    """A history to take away: a row for each field that an event set, then one for each value that was measured."""
    who = _Settings(visit, history).answer()
    rows = (
        (
            setting.version, setting.since, field.name, field.of, field.before, field.after, setting.nature,
            setting.direction, setting.recorded_at, setting.actor, setting.act, setting.cause,
            REDACTED if setting.redacted else setting.why, setting.annulled.reason if setting.annulled else "",
        )
        for setting in (*who.settings, *who.measured)
        for field in setting.fields
    )  # fmt: skip
    name = history["object"].partition("/")[2]
    return table_file(visit, f"storia-{visit.plan}-{name}", COLUMNS, rows, WORDED)


class _Settings:
    """The rows of a history."""

    def __init__(self, visit: PlanVisit, history: History) -> None:
        self.visit = visit
        self.history = history
        values = [*history["values"], *history["measurements"]]
        self.recorders = Recorders(visit, (value["actor"] for value in values))
        self.events = EventAddresses(visit)
        self.justified = {record.version for record in visit.reading.history.records if record.justification}
        self.offices = {row["id"]: row["name"] for row in visit.reading.document["administration"]["offices"]}

    def answer(self) -> WhoSetIt:
        """Both lists."""
        known = self.visit.reading.known
        said = [value for value in self.history["values"] if value["field"] not in UNSAID]
        return WhoSetIt(
            settings=self._listed(said, known.stream, of_plan=True),
            measured=self._listed(self.history["measurements"], known.administration_stream, of_plan=False),
        )

    def _listed(self, values: Iterable[HistoryValue], stream: str, *, of_plan: bool) -> list[Setting]:
        ordered = sorted(values, key=lambda value: (value["recorded_at"], value["version"]), reverse=True)
        return [
            self._setting(list(group), stream, of_plan=of_plan)
            for _, group in groupby(ordered, key=lambda value: value["version"])
        ]

    def _setting(self, values: Sequence[HistoryValue], stream: str, *, of_plan: bool) -> Setting:
        value, reading = values[0], self.visit.reading
        kind, way = value.get("kind"), value.get("direction") or ""
        annulment = value.get("annulment")
        version = value["version"]
        return Setting(
            since=value["effective_on"],
            fields=[field for each in values if (field := self._field(each)) is not None],
            nature=KINDS[kind] if kind else "",
            direction=DIRECTIONS[way] if way in {"easier", "harder"} and value["before"] is not None else "",
            way=way,
            why=value["justification"] or value["note"] or "",
            redacted=of_plan and value["justification"] is None and version in self.justified,
            act=reading.acts.get(value["act"] or "", ""),
            cause=CAUSES[value["cause"]] if value["cause"] else "",
            recorded_at=value["recorded_at"],
            actor=self.recorders.name(value["actor"]),
            version=version,
            digest=place_of(reading.reader, stream, version)[1],
            address=self.events.of(stream, version),
            annulled=Annulled(annulment["version"], annulment["recorded_at"], REASON_WORDS[annulment["reason"]])
            if annulment
            else None,
        )

    def _field(self, value: HistoryValue) -> FieldSet | None:
        """None where nothing is said that was not so before."""
        field, of = value["field"], self._other_end(value.get("assignment", ""))
        name = value.get("period") or field_name(field, self.visit.language)
        before, after = (self._words(side, field) for side in (value["before"], value["value"]))
        if before == after:
            return None
        if field == LIFE and not before and value["value"] == IN_FORCE:
            name, after = (
                self.visit.worded(
                    ("assegnato a" if of.startswith("objective/") else "nuovo indicatore")
                    if of
                    else "aggiunto al piano"
                ),
                "",
            )
        return FieldSet(name, self.visit.reading.names.by_key.get(of, ""), before, after)

    def _other_end(self, assignment: str) -> str:
        """Of a place in the tree, the objective for its indicator, and the indicator for its objective."""
        indicator, _, objective = assignment.partition("/")
        key = objective_key(objective)
        return "" if not assignment else indicator_key(indicator) if key == self.history["object"] else key

    def _words(self, value: JsonValue, field: str) -> str:
        if value is None:
            return ""
        if field == "owner":
            return self.offices.get(str(value), str(value))
        if field == "parent":
            return self.visit.reading.names.by_key.get(objective_key(str(value)), str(value))
        return value_in_words(value, field, self.visit.language)
