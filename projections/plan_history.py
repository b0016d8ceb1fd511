"""The history of a plan, loaded from the record as known at a point, and a change of it as JSON."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict

from domain.changes.kinds import ChangeKind
from domain.event import Aspect
from domain.facts import PLAN, indicator_key, objective_key
from domain.plans import history as rules
from domain.plans.history import Direction, PlanHistory, history_of
from domain.point import Point
from domain.systems.decide import AdoptedSystems, adopted_systems
from domain.timelines import annulled
from domain.vocabulary import Cause, Identifier, JsonValue, Ordinal, Year
from projections.answers import ActorShown, Day, Instant, Name, Text, Version
from projections.store.envelope import write_instant
from projections.store.reader import Reader
from projections.streams import PlanKnown, find_plan


class ChangeSubject(TypedDict):
    """Che cosa una modifica tocca: un indicatore, un nodo di un altro albero, degli obiettivi; nulla: il piano."""

    objectives: list[Identifier]
    indicator: Identifier | None
    node: Annotated[Name | None, Field(description="Il nodo di un altro albero, dopo il nome del suo albero.")]


class PlanChange(ChangeSubject):
    """Una modifica: natura, che cosa tocca, prima e dopo, verso, atto e motivazione."""

    version: Version
    event: Name
    kind: ChangeKind
    restored_kind: ChangeKind | None
    restores: list[Version]
    aspect: Aspect
    year: Year | None
    target_year: Year | None
    ordinal: Ordinal | None
    before: JsonValue
    after: JsonValue
    direction: Direction | None
    counts: Annotated[bool, Field(description="Se il tasso del suo anno la conta.")]
    effective_on: Day
    decided_on: Annotated[Day, Field(description="La data dell'atto; dove non c'è atto, quella di efficacia.")]
    retroactive: Annotated[bool, Field(description="Se vale da prima della data dell'atto.")]
    recorded_at: Instant
    act: Identifier | None
    cause: Cause | None
    justification: Text | None
    note: Annotated[Text | None, Field(description="Accanto alla motivazione: perché è retroattiva.")]
    redacted: bool
    actor: ActorShown
    retrospective: bool


def plan_history(reader: Reader, plan: str, point: Point) -> PlanHistory:
    """Reads a plan's events as known at a point; NotFound when nothing was known of it then."""
    return read_history(reader, find_plan(reader, plan, point.known_at))


def read_history(reader: Reader, known: PlanKnown) -> PlanHistory:
    """The same, of a plan whose streams were found before."""
    version = known.known.version
    if reader.histories is not None and _is_head(reader, known):
        return reader.histories.history(reader, known.plan, known.stream, known.administration_stream)
    return history_of(
        known.plan,
        version,
        reader.plan_records(known.stream, known.administration_stream, upto=version),
        annulled(reader.annulments(known.stream), version),
        systems_of(reader, known),
    )


def _is_head(reader: Reader, known: PlanKnown) -> bool:
    """Whether what is known of a plan, and of its administration, is all that is recorded of them."""
    owner = known.administration_stream
    versions = known.known.version, known.administration_known.version
    return versions == (reader.head(known.stream).version, reader.head(owner).version)


def systems_of(reader: Reader, known: PlanKnown) -> AdoptedSystems:
    """What the administration of a plan adopted for each year, as known with the plan."""
    return adopted_systems(reader.timelines(known.administration_stream, known.administration_known.version))


def change_key(change: ChangeSubject) -> str:
    """The object that a change is about: an indicator, a node of another tree, the first objective; else the plan."""
    if change["indicator"] is not None:
        return indicator_key(change["indicator"])
    first = next(iter(change["objectives"]), None)
    return change["node"] or (PLAN if first is None else objective_key(first))


def change_answer(change: rules.PlanChange, texts: Mapping[str, str | None]) -> PlanChange:
    """A change as JSON: what, before and after, by which act, why, who, both dates."""
    record = change.record
    return {
        "version": record.version,
        "event": record.event.topic,
        "kind": change.kind,
        "restored_kind": change.restored_kind,
        "restores": list(record.restores),
        "aspect": change.touch.aspect,
        "year": change.year,
        "target_year": change.touch.year,
        "ordinal": getattr(record.event, "ordinal", None),
        "objectives": list(change.objectives),
        "indicator": change.indicator,
        "node": change.node,
        "before": change.before,
        "after": change.after,
        "direction": change.direction,
        "counts": change.counts,
        "effective_on": record.effective_on.isoformat(),
        "decided_on": record.decided_on.isoformat(),
        "retroactive": record.retroactive,
        "recorded_at": write_instant(record.recorded_at),
        "act": record.act,
        "cause": record.cause,
        "note": texts.get(record.note or ""),
        "justification": texts.get(record.justification or ""),
        "redacted": record.justification is not None and texts.get(record.justification) is None,
        "actor": record.actor,
        "retrospective": record.retrospective,
    }
