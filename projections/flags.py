"""The attention flags of a year: what the record says of each change and figure, judged by the rules of the domain."""

from collections.abc import Callable, Iterator
from functools import cache
from typing import Literal

from typing_extensions import TypedDict

from domain.errors import NotFound
from domain.facts import PLAN
from domain.flags.cases import cases_of
from domain.flags.context import LocatedCase, PlanBefore, StreamName, YearOnRecord
from domain.flags.figures import KnownFigures
from domain.flags.model import Finding, Severity, thresholds_of
from domain.flags.rules import RULES, FlagRule
from domain.indicators.card import CARD_LABELS
from domain.oiv.events import FlagAnswered
from domain.oiv.reviewed import settled_on, settling
from domain.plans.decide import require_plan_year
from domain.plans.history import PlanHistory, plan_changes
from domain.plans.object_names import names_in
from domain.plans.successive import stated_predecessor
from domain.point import Point
from domain.prepositions import with_articles_joined
from domain.scoring.inputs import AdministrationRecord
from domain.vocabulary import Identifier, JsonValue, Year
from projections.answers import ActorShown, Count, Day, Name, OfPlan, Text, Version
from projections.library import library_known
from projections.plan_history import plan_history, read_history
from projections.plans import may_be_followed
from projections.predecessors import PrecedingPlan, administration_record, preceding_plan
from projections.store.reader import Reader
from projections.streams import PlanKnown, find_plan, plan_stream, review_stream

Cited = TypedDict("Cited", {"in": StreamName, "version": Version})
Cited.__doc__ = "Un evento su cui poggia ciò che si dice."


class FlagReply(TypedDict):
    """La risposta dell'ufficio a una segnalazione."""

    words: Text | None
    redacted: bool
    on: Day
    actor: ActorShown
    version: Version


class Flag(TypedDict):
    """Una segnalazione: un fatto che merita una domanda, mai un giudizio, mai su una persona."""

    id: Text
    rule: Name
    title: Text
    severity: Severity
    outcome: Literal["raised", "not_knowable"]
    words: Text
    question: Text
    indicator: Identifier | None
    objectives: list[Identifier]
    events: list[Cited]
    answer: FlagReply | None


class FlagCount(TypedDict):
    """Quanti casi una regola ha guardato, e che cosa ne ha detto."""

    rule: Name
    title: Text
    off: bool
    judged: Count
    raised: Count
    not_knowable: Count


class FlagList(OfPlan):
    """Le segnalazioni di un anno, e ciò che non è conoscibile."""

    year: Year
    thresholds: dict[str, JsonValue]
    thresholds_ignored: list[Name]
    flags: list[Flag]
    not_knowable: list[Flag]
    rules: list[FlagCount]


def flags(reader: Reader, plan: str, year: int, point: Point) -> FlagList:
    """Every flag that is raised for a year, with the answer of the office, and what is not knowable, by rule."""
    known = find_plan(reader, plan, point.known_at)
    history = read_history(reader, known)
    require_plan_year(history.state(point.as_of), year)
    record = administration_record(reader, known, point.known_at)
    figures = recorded_figures(reader, known, history, record, year, point)
    return flags_of(reader, known, history, figures, point, preceding_plan(reader, known, history, point))


def flags_of(
    reader: Reader,
    known: PlanKnown,
    history: PlanHistory,
    figures: KnownFigures,
    point: Point,
    preceding: PrecedingPlan | None,
) -> FlagList:
    """The same, of a plan that was read before, with the one that it follows."""
    year = figures.year
    thresholds, ignored = thresholds_of(figures.system.flags)
    answers = _answers(reader, known.plan, point)
    before = None if preceding is None else PlanBefore(preceding.succession, _figures_of(reader, preceding, point))
    cases = list(cases_of(_on_record(reader, known, history, figures, point, before)))
    raised: list[Flag] = []
    not_knowable: list[Flag] = []
    counts: list[FlagCount] = []
    for rule in RULES:
        off = rule.name in thresholds.off
        findings = [] if off else [(case, rule.judge(case.case, thresholds)) for case in cases]
        judged = [(case, finding) for case, finding in findings if finding is not None]
        of_rule = [_flag(rule, case, "raised", f, answers) for case, f in judged if f.outcome == "raised"]
        unknown = [_flag(rule, case, "not_knowable", f, answers) for case, f in judged if f.outcome == "not_knowable"]
        raised += of_rule
        not_knowable += unknown
        counts.append(
            {
                "rule": rule.name,
                "title": rule.title,
                "off": off,
                "judged": len(judged),
                "raised": len(of_rule),
                "not_knowable": len(unknown),
            }
        )
    return {
        "plan": known.plan,
        "year": year,
        "as_of": point.as_of.isoformat(),
        "version": history.version,
        "thresholds": thresholds.model_dump(mode="json"),
        "thresholds_ignored": ignored,
        "flags": raised,
        "not_knowable": not_knowable,
        "rules": counts,
    }


def recorded_figures(
    reader: Reader, known: PlanKnown, history: PlanHistory, record: AdministrationRecord, year: int, point: Point
) -> KnownFigures:
    """The figures of a year of a plan, as its administration recorded them."""
    records = reader.records(known.administration_stream, upto=known.administration_known.version)
    return KnownFigures(history, record, records, year, point)


def _figures_of(reader: Reader, preceding: PrecedingPlan, point: Point) -> Callable[[int], KnownFigures]:
    """The figures of a year of the plan before, read when they are asked for."""

    @cache
    def figures(year: int) -> KnownFigures:
        known, history = preceding.known, preceding.succession.before
        record = administration_record(reader, known, point.known_at)
        return recorded_figures(reader, known, history, record, year, point)

    return figures


def _flag(
    rule: FlagRule,
    located: LocatedCase,
    outcome: Literal["raised", "not_knowable"],
    finding: Finding,
    answers: dict[str, FlagReply],
) -> Flag:
    id_ = f"{rule.name}/{located.id}"
    return {
        "id": id_,
        "rule": rule.name,
        "title": rule.title,
        "severity": finding.severity or rule.severity,
        "outcome": outcome,
        "words": with_articles_joined(finding.words),
        "question": rule.question,
        "indicator": located.indicator,
        "objectives": list(located.objectives),
        "events": [cited(stream, version) for stream, version in located.events],
        "answer": answers.get(id_),
    }


def cited(stream: StreamName, version: int) -> Cited:
    """An event, as an answer names it."""
    return {"in": stream, "version": version}


def _answers(reader: Reader, plan: str, point: Point) -> dict[str, FlagReply]:
    stream = review_stream(plan)
    known = reader.known(stream, point.known_at)
    annulled = reader.annulled(stream, known.version)
    records = [r for r in reader.records(stream, upto=known.version) if r.version not in annulled]
    texts = reader.texts([record.note for record in records], stream)
    return {
        record.event.flag: {
            "words": texts.get(record.note or ""),
            "redacted": record.note is not None and texts.get(record.note) is None,
            "on": record.effective_on.isoformat(),
            "actor": record.actor,
            "version": record.version,
        }
        for record in records
        if isinstance(record.event, FlagAnswered) and record.effective_on <= point.as_of
    }


def _on_record(
    reader: Reader,
    known: PlanKnown,
    history: PlanHistory,
    figures: KnownFigures,
    point: Point,
    before: PlanBefore | None,
) -> YearOnRecord:
    stream = review_stream(known.plan)
    review = reader.timelines(stream, reader.known(stream, point.known_at).version)
    closings, validations = settling(history.timelines, review, figures.year, point.as_of)
    settled = [history.recorded(entry.version) for entry in closings]
    settled += reader.records(stream, [entry.version for entry in validations]) if validations else []
    return YearOnRecord(
        history=history,
        changes=plan_changes(history, point.as_of, drafting=False),
        year=figures.year,
        as_of=point.as_of,
        figures=figures,
        names=names_in(history.timelines),
        field_words=CARD_LABELS,
        earlier=_earlier_plans(reader, history, point),
        validated_on=settled_on(history.timelines, review, figures.year, point.as_of),
        settled_at=min((record.recorded_at for record in settled), default=None),
        before=before,
        library=library_known(reader, point),
    )


def _earlier_plans(reader: Reader, history: PlanHistory, point: Point) -> Iterator[PlanHistory]:
    """The plans that a plan took over from, the nearest first, as far as they are on record."""
    visited, plan = {history.plan}, stated_predecessor(history)
    own = reader.only_value(plan_stream(history.plan), PLAN, "administration")
    while plan is not None and plan not in visited and may_be_followed(reader, plan, own, point):
        visited.add(plan)
        try:
            earlier = plan_history(reader, plan, point)
        except NotFound:
            return
        yield earlier
        plan = stated_predecessor(earlier)
