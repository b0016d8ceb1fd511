"""Synthetic administrations with the statistics of the five plans of examples/, drawn from a seed.

What is taken from a plan: its levels and tree, the indicators of each objective, years, forms and weights; leaves come
and go by chance. What the five tell too little of is assumed, here and nowhere else: `ACTS`, `VERBS`, `LATE`,
`ANNULLED`, `REPORTED`. Names are numbers: nobody, and no body, is named.

Histories are decided by the domain (`load_document`, `decide`), so that they are legal. So many different ones are made
(`MOULDS`); beyond that number an administration has the history of an earlier one, under ids of its own.
"""

import random
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

import orjson

from api.commands.administration_writer import AdministrationWriter, act_of
from domain.administrations.events import AdministrationRegistered
from domain.annulments.events import EventsAnnulled
from domain.changes.decide import ChangeContext, decide
from domain.command import Motivation
from domain.documents.changes import ChangeFile
from domain.documents.load import load_document
from domain.documents.plan import PlanDocument
from domain.errors import DomainError
from domain.event import Event
from domain.indicators.events import IndicatorAdded
from domain.measurements.events import MeasurementRecorded, StatusReported
from domain.measurements.values import NumberValue
from domain.plans.events import PlanDrafted
from domain.recording import Pending, SaltedText
from domain.targets.decide import read_target_text
from domain.timelines import Timelines
from projections.store.append import Append, StreamAppend
from projections.store.store import Store

PLANS = Path(__file__).parents[1] / "examples" / "plans"
YEAR = 2022
MOULDS = 200
TOGETHER = 10
"""How many administrations one append holds: fewer flushes, the same events."""
ACTS = (0, 1, 1, 2, 2, 3, 4)
"""Acts that change a plan under way, in a year; each changes 1 to 5 things."""
VERBS = {
    "revise_target": 14,
    "reword_objective": 2,
    "redefine_indicator": 2,
    "withdraw_indicator": 1,
    "reweigh_indicator": 1,
}
LATE = 0.15
"""Of the acts, those recorded two months after."""
ANNULLED = 0.05
"""Of the acts, those recorded by mistake, and annulled a month later."""
REPORTED = 0.5
"""Of the objectives with indicators, those whose status is reported at a monitoring."""
CAUSES = ("new_data", "new_data", "exogenous", "organisational", "resources", "legal", "indicator_error", "other")
_FORMS = {
    "yes_no": "Sì",
    "deadline": "entro il 31/10",
    "level": "≥ Medio",
    "recurring": "Annuale",
    "survey_year": "Anno di rilevazione",
    "none": "---",
}


class Step(NamedTuple):
    """What is recorded at one instant: events of the administration, and of its plan."""

    at: datetime
    owner: tuple[Pending, ...]
    plan: tuple[Pending, ...]


class History(NamedTuple):
    """The history of one administration with one plan."""

    administration: str
    plan: str
    steps: tuple[Step, ...]

    @property
    def events(self) -> int:
        """How many events it has."""
        return sum(len(step.owner) + len(step.plan) for step in self.steps)


def history(seed: int, number: int) -> History:
    """The history of administration `number`, the same each time."""
    return _stamped(_mould(seed, number % MOULDS), number)


def fill(store: Store, clock: list[datetime], administrations: int, *, seed: int = 1, first: int = 0) -> int:
    """Records the histories of so many administrations; how many events. `clock[0]` is what the store's clock tells."""
    numbers = iter(range(first, first + administrations))
    recorded = 0
    while group := list(islice(numbers, TOGETHER)):
        histories = [history(seed, number) for number in group]
        heads: dict[str, int] = {}
        for place in range(max(len(past.steps) for past in histories)):
            stream_appends: list[StreamAppend] = []
            for past in (past for past in histories if place < len(past.steps)):
                step = past.steps[place]
                clock[0] = max(clock[0], step.at) if stream_appends else step.at
                for stream, pending in (
                    (f"administration/{past.administration}", step.owner),
                    (f"plan/{past.plan}", step.plan),
                ):
                    if pending:
                        stream_appends.append(StreamAppend(stream, heads.get(stream, 0), pending))
                        heads[stream] = stream_appends[-1].last
            command = str(UUID(int=(group[0] << 32) + place))
            store.append(Append(command, "", "ufficio-performance", tuple(stream_appends)))
            recorded += sum(len(stream_append.pending) for stream_append in stream_appends)
    return recorded


def opened(location: str | Path) -> tuple[Store, list[datetime]]:
    """A store, with the clock that `fill` sets."""
    clock = [datetime(YEAR, 1, 31, 9, tzinfo=UTC)]
    return Store(str(location), clock=lambda: clock[0]), clock


# -- a history ---------------------------------------------------------------------------------------------------------


@cache
def _profiles() -> list[dict[str, Any]]:
    """The five plans, as they are printed."""
    return [orjson.loads(path.read_bytes()) for path in sorted(PLANS.glob("*.json"))]


@cache
def _mould(seed: int, number: int) -> History:
    chance = random.Random(seed * 1_000_003 + number)
    document = _document(chance, chance.choice(_profiles()))
    return History("ente", "piano", tuple(_steps(chance, document)))


def _document(chance: random.Random, profile: dict[str, Any]) -> PlanDocument:
    parents = {row.get("parent") for row in profile["objectives"]}
    new_ids = {
        row["id"]: f"o{place}"
        for place, row in enumerate(profile["objectives"], start=1)
        if row["id"] in parents or chance.random() > 0.1
    }
    first_year = profile["plan"]["first_year"]
    rows = [row for row in profile["objectives"] if row["id"] in new_ids]
    offices = [f"Servizio {n}" for n in range(1, 8)]
    indicators: list[dict[str, Any]] = []
    for row in profile["indicators"]:
        if row["objective"] in new_ids:
            n = len(indicators) + 1
            indicators.append(
                {
                    "id": f"i{n}",
                    "objective": new_ids[row["objective"]],
                    "name": f"Indicatore {n}",
                    "formula": "pratiche evase / pratiche ricevute * 100",
                    "owner": chance.choice(offices),
                    "targets": [
                        {"year": target["year"] - first_year + YEAR, "text": _target(chance, target)}
                        for target in _one_a_year(row["targets"])
                    ],
                }
                | {name: row[name] for name in ("weight",) if row.get(name)}
            )
    return PlanDocument.model_validate(
        {
            "administration": {"id": "ente", "name": "Ente"},
            "plan": {
                "id": "piano",
                "title": "Piano della performance",
                "first_year": YEAR,
                "last_year": max(YEAR + 2, profile["plan"]["last_year"] - first_year + YEAR),
            },
            "act": f"delibera di Giunta n. 1 del 31/01/{YEAR}",
            "objectives": [
                {
                    "id": new_ids[row["id"]],
                    "level": row["level"],
                    "title": f"Obiettivo {new_ids[row['id']]}",
                    "parent": new_ids.get(row.get("parent", "")),
                    "offices": [chance.choice(offices)],
                }
                | {name: row[name] for name in ("weight",) if row.get(name)}
                for row in rows
            ],
            "indicators": indicators,
        }
    )


def _one_a_year(targets: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    return list({target["year"]: target for target in targets}.values())


def _target(chance: random.Random, like: dict[str, Any]) -> str:
    """A target of the same form as one of a plan, with figures of its own."""
    form = _form(like["text"], like["year"])
    return _FORMS.get(form) or f">= {chance.randrange(30, 99)}%"


@cache
def _form(text: str, year: int) -> str:
    return str(read_target_text(text, year, polarity=None, formula=None).form)


def _steps(chance: random.Random, document: PlanDocument) -> Iterator[Step]:
    """The plan with its act; at each monitoring what was measured; the acts of each year; the yearly update."""
    day = date(YEAR, 1, 31)
    registry = AdministrationWriter(Timelines(), date.max)
    registry.administration(document, day)
    assert document.act is not None
    act = act_of(document.act)
    registry.act(act)
    timelines = Timelines()
    pending = [Pending(event, day, act=act.id) for event in load_document(document, day, approve=True).events]
    for loaded in pending:
        timelines.evolve(loaded.event, day)
    yield Step(_at(day + timedelta(days=3)), _drained(registry), tuple(pending))
    due: list[tuple[date, str, Any]] = [
        (date(YEAR, 7, 10), "monitoring", f"{YEAR}-H1"),
        (date(YEAR + 1, 1, 20), "monitoring", f"{YEAR}"),
        (date(YEAR + 1, 2, 5), "update", date(YEAR + 1, 1, 31)),
    ]
    for year in (YEAR, YEAR + 1):
        for _ in range(chance.choice(ACTS)):
            day = date(year, 3, 1) + timedelta(days=chance.randrange(270))
            due.append((day + timedelta(days=60 if chance.random() < LATE else 4), "act", day))
    for on, kind, about in sorted(due, key=lambda entry: (entry[0], entry[1])):
        if kind == "monitoring":
            yield _monitoring(chance, document, on, about, timelines)
        else:
            yield from _act(chance, document, registry, timelines, on, about, approves=kind == "update")


def _monitoring(chance: random.Random, document: PlanDocument, on: date, period: str, timelines: Timelines) -> Step:
    as_at = date(YEAR, 6, 30) if "-" in period else date(YEAR, 12, 31)
    finality: Any = "provisional" if "-" in period else "final"
    measured = [
        Pending(
            MeasurementRecorded(
                series=f"piano.{row.id}",
                period=period,
                observed=NumberValue(text=f"{value}%", value=Decimal(value), unit="%"),
                finality=finality,
                data_as_at=as_at,
            ),
            as_at,
        )
        for row in document.indicators
        if (value := chance.randrange(20, 110))
    ]
    measured_of = {row.objective for row in document.indicators}
    reported = [
        Pending(StatusReported(subject="objective", id=row.id, status="in_line", reported_on=as_at), as_at)
        for row in document.objectives
        if row.id in measured_of and chance.random() < REPORTED
    ]
    timelines.version += len(reported)
    return Step(_at(on), tuple(measured), tuple(reported))


def _act(
    chance: random.Random,
    document: PlanDocument,
    registry: AdministrationWriter,
    timelines: Timelines,
    on: date,
    day: date,
    *,
    approves: bool,
) -> Iterator[Step]:
    """An act with its changes; one that was recorded by mistake is annulled a month later."""
    many = 12 if approves else chance.randrange(1, 6)
    act_text = f"delibera di Giunta n. {day.timetuple().tm_yday} del {day:%d/%m/%Y}"
    act = act_of(act_text)
    salted = SaltedText(salt="0" * 32, text=f"motivazione dell'atto {act.id}")
    motive = Motivation(effective_on=day, act=act.id, cause=chance.choice(CAUSES), justification=salted)  # type: ignore[arg-type]
    ground = ChangeContext(
        "piano", motive, lambda text: SaltedText(salt="0" * 32, text=text), lambda _: {}, Timelines(), dict
    )
    changes = [_change(chance, document, day.year) for _ in range(many)]
    if approves:
        changes = [change for change in changes if change["verb"] == "revise_target"] + [
            {"verb": "approve_year", "year": day.year}
        ]
    pending: list[Pending] = []
    for change in ChangeFile.model_validate({"plan": "piano", "changes": changes}).changes:
        try:
            pending += decide(timelines, [change], ground)
        except DomainError:
            continue  # by chance the change is none, or of something that is gone
    if not pending:
        return
    registry.act(act)
    yield Step(_at(on), _drained(registry), tuple(pending))
    if not approves and chance.random() < ANNULLED:
        versions = tuple(range(timelines.version - len(pending) + 1, timelines.version + 1))
        timelines.exclude(versions)
        timelines.version += 1
        event = EventsAnnulled(versions=versions, reason="recorded_by_mistake")
        words = SaltedText(salt="0" * 32, text="registrato per errore")
        annulled = Pending(event, day, claim="correction", justification=words)
        yield Step(_at(on + timedelta(days=1)), (), (annulled,))


def _change(chance: random.Random, document: PlanDocument, year: int) -> dict[str, Any]:
    verb = chance.choices(list(VERBS), list(VERBS.values()))[0]
    indicator = chance.choice([row for row in document.indicators if row.targets] or list(document.indicators))
    match verb:
        case "revise_target":
            years = [row.year for row in indicator.targets if row.year >= year] or [indicator.targets[0].year]
            return {"verb": verb, "object": indicator.id, "year": years[0], "target": f">= {chance.randrange(20, 99)}%"}
        case "reword_objective":
            return {"verb": verb, "object": indicator.objective, "title": f"Obiettivo {chance.randrange(10_000)}"}
        case "redefine_indicator":
            return {"verb": verb, "object": indicator.id, "formula": f"pratiche evase / {chance.randrange(100)} * 100"}
        case "reweigh_indicator":
            return {"verb": verb, "object": indicator.id, "weight": str(chance.randrange(1, 50))}
        case _:
            return {"verb": verb, "object": indicator.id}


def _drained(registry: AdministrationWriter) -> tuple[Pending, ...]:
    pending = tuple(registry.pending)
    registry.pending.clear()
    return pending


def _at(day: date) -> datetime:
    return datetime.combine(day, time(9), tzinfo=UTC)


# -- another one like it -----------------------------------------------------------------------------------------------


def _stamped(mould: History, number: int) -> History:
    """The same history under the ids of an administration, and with salts of its own."""
    administration = f"ente-{number:05}"
    plan = f"{administration}-{YEAR}-{YEAR + 2}"

    def of_number(event: Event) -> Event:
        match event:
            case AdministrationRegistered():
                return event.model_copy(update={"administration": administration, "name": f"Ente {number:05}"})
            case PlanDrafted():
                return event.model_copy(update={"administration": administration, "plan": plan})
            case IndicatorAdded():
                return event.model_copy(update={"series": f"{plan}.{event.indicator}"})
            case MeasurementRecorded():
                return event.model_copy(update={"series": f"{plan}.{event.series.removeprefix('piano.')}"})
            case _:
                return event

    def of_its_own(pending: Pending) -> Pending:
        words = pending.justification
        salted = SaltedText(salt=f"{number:032}", text=words.text) if words else None
        return pending._replace(event=of_number(pending.event), justification=salted)

    steps = tuple(
        Step(
            step.at + timedelta(minutes=number % 480),
            tuple(map(of_its_own, step.owner)),
            tuple(map(of_its_own, step.plan)),
        )
        for step in mould.steps
    )
    return History(administration, plan, steps)
