"""A score explained: the arithmetic of one node, and of all that it is made of, down to terms, targets and events."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Annotated, Literal, NamedTuple, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from domain.changes.official_rate import OfficialRate, official_rate
from domain.changes.rate import VARIANT_WORDS, Variant, counted_in, counts, year_rates
from domain.deviations.found import deviations, system_period
from domain.facts import assignment_key, indicator_key, objective_key, target_field
from domain.formulas.decide import CONFIRMED
from domain.formulas.model import META_WORDS, Meta
from domain.indicators.feeds import EVERY, SCORE_NAMES, Feeds, fed_scores
from domain.italian import print_number
from domain.measurements.printer import print_rounded
from domain.measurements.values import NumberValue
from domain.plans.history import changes_that_count
from domain.plans.invariants import MOST_LEVELS
from domain.point import Point
from domain.recording import Recorded
from domain.scoring.achievement import Standing
from domain.scoring.basis import Basis
from domain.scoring.events import ScoreOverridden
from domain.scoring.inputs import Scored, score_year
from domain.scoring.numbers import HUNDREDTH, at_step, decimal_string
from domain.scoring.quantities import short
from domain.scoring.rule_names import RULE_NAMES
from domain.scoring.tree import BODY, IndicatorNode
from domain.targets.printer import print_target
from domain.vocabulary import Identifier, Ordinal, Polarity, Year
from projections.answers import Count, Day, DecimalText, Instant, Name, OfPlan, Text, Version
from projections.deviations import DeviationRow, DeviationsTold, deviation_lines
from projections.history import object_key
from projections.plan_history import read_history
from projections.predecessors import administration_record
from projections.scores import BandPlace, band_of, text_or_none
from projections.store.envelope import write_instant
from projections.store.reader import Reader
from projections.streams import PlanKnown, find_plan

WHOLE = frozenset({"", "body", "ente", "piano"})
EventRole = Literal["measurement", "target", "weight", "card", "formula", "override", "system", "change"]
"""What an event is to a score."""
MeasuredOfPlan = Literal["weighted_mean_of_children", "share_above", "change_rate"]
MEASURED: dict[Meta, MeasuredOfPlan] = {
    Meta.WEIGHTED_MEAN_OF_CHILDREN: "weighted_mean_of_children",
    Meta.SHARE_ABOVE: "share_above",
    Meta.CHANGE_RATE: "change_rate",
}
"""What the system measures of a plan, as an answer says it."""


class ExplainedEvent(TypedDict):
    """Un evento da cui viene una cifra; `reason` è la motivazione di una forzatura, o di una modifica."""

    what: EventRole
    event: Name
    stream: Text
    version: Version
    effective_on: Day
    recorded_at: Instant
    act: Identifier | None
    reason: NotRequired[Text | None]


class ExplainedSystem(TypedDict):
    """Le regole con cui si è calcolato, e l'evento che le ha adottate; null per quelle predefinite."""

    name: Text
    year: Year | None
    event: ExplainedEvent | None


class ExplainedTarget(TypedDict):
    """Un target della cella: com'è scritto, come si legge, quanto è raggiunto."""

    ordinal: Ordinal
    text: Text
    read: Text
    achievement: DecimalText | None
    arithmetic: Text | None


class ExplainedValue(TypedDict):
    """Il valore osservato; `partial` se è di una parte dell'anno, `computed` quello che danno i suoi termini."""

    period: Name
    finality: Name | None
    partial: bool
    text: Text
    terms: dict[str, DecimalText] | None
    value: NotRequired[DecimalText | None]
    numerator: NotRequired[DecimalText | None]
    denominator: NotRequired[DecimalText | None]
    computed: NotRequired[DecimalText | None]


class RatedObjective(TypedDict):
    """Un obiettivo programmato, se il tasso lo conta fra i modificati, e gli eventi che lo hanno modificato."""

    objective: Identifier
    name: Text
    touched: bool
    events: list[ExplainedEvent]


class ExplainedFigure(TypedDict):
    """Come il sistema fa la cifra di un indicatore che misura il piano: il calcolo, e le sue particolarità.

    Le parti stanno nel nodo: gli obiettivi della media, gli indicatori della quota; del tasso di modifica stanno qui, in
    `objectives`, con la variante e il livello che si contano.
    """

    measures: MeasuredOfPlan
    arithmetic: Text | None
    notes: list[Text]
    threshold: NotRequired[DecimalText | None]
    variant: NotRequired[Variant]
    level: NotRequired[Text | None]
    objectives: NotRequired[list[RatedObjective]]


class ExplainedNode(TypedDict):
    """Un nodo dell'albero del calcolo: obiettivo, indicatore, o l'ente; `points` è il peso con cui conta nel padre."""

    node: Text
    name: NotRequired[Text]
    score: DecimalText | None
    calculated: NotRequired[DecimalText | None]
    achievement: NotRequired[DecimalText | None]
    uncut: NotRequired[DecimalText | None]
    met: NotRequired[bool | None]
    forced: NotRequired[DecimalText | None]
    standing: NotRequired[Standing]
    rule: Name
    arithmetic: NotRequired[Text | None]
    note: NotRequired[Text | None]
    polarity: NotRequired[Polarity | None]
    formula: NotRequired[Text | None]
    targets: NotRequired[list[ExplainedTarget]]
    observed: NotRequired[ExplainedValue | None]
    deviation: NotRequired[Annotated[DeviationRow | None, Field(description="Lo scostamento del valore che conta.")]]
    measured_by_system: NotRequired[DecimalText | None]
    figure: NotRequired[Annotated[ExplainedFigure | None, Field(description="Di ciò che il sistema misura: come.")]]
    reaches: NotRequired[Annotated[bool | None, Field(description="In una quota: se arriva alla soglia.")]]
    covered: NotRequired[DecimalText | None]
    weights_sum: NotRequired[DecimalText]
    band: NotRequired[Text | None]
    band_place: NotRequired[BandPlace | None]
    why_not: NotRequired[Text | None]
    notes: NotRequired[list[Text]]
    parts: "list[ExplainedNode]"
    events: list[ExplainedEvent]
    points: NotRequired[DecimalText | None]


class Explanation(OfPlan):
    """Un punteggio spiegato: l'albero del calcolo, fino ai termini, ai target e agli eventi."""

    year: Year
    administration_version: Count
    basis: Basis
    system: ExplainedSystem
    explanation: ExplainedNode


class _Rated(NamedTuple):
    """The official change rate of the year, with the changes by which each objective counts as touched."""

    rate: OfficialRate
    touching: Mapping[str, Sequence[Recorded]]


class _Sources(NamedTuple):
    """The events behind the figures, read once."""

    of_plan: dict[int, Recorded]
    of_administration: dict[int, Recorded]
    reasons: Mapping[str, str | None]
    deviations: Mapping[str, DeviationRow]
    """Of the value that counts of each indicator, by id."""
    rated: _Rated | None
    """Where an indicator measures it."""
    asked: str
    """The node that is explained: what stands elsewhere in its tree is not opened twice."""


def explanation(
    reader: Reader,
    plan: str,
    year: int,
    point: Point,
    node: str,
    *,
    basis: Basis = "in_force",
    feeds: Feeds = "objective",
) -> Explanation:
    """The tree of one node (an id, a code, an exact name; `body` for the whole)."""
    known = find_plan(reader, plan, point.known_at)
    history, record = read_history(reader, known), administration_record(reader, known, point.known_at)
    return explained_score(
        reader, known, score_year(history, record, year, point, basis=basis, feeds=feeds), point, node
    )


def explained_score(reader: Reader, known: PlanKnown, scored: Scored, point: Point, node: str) -> Explanation:
    """The same, of a year that was scored before."""
    history, plan = scored.inputs.history, known.plan
    key = BODY if node.casefold() in WHOLE or node == plan else object_key(reader, known, node)
    kind, _, id_ = key.partition("/")
    apart = ""
    if kind == "indicator" and id_ not in scored.scores.indicators:
        scored, apart = _with_other_scores(reader, known, scored, point, id_)
    owned = {observation.entry.version for observation in scored.inputs.seen.values()}
    rules = scored.inputs.system
    if rules.version is not None and rules.adopter == "administration":
        owned.add(rules.version)
    rated = _rated(scored, point)
    telling = [r.justification for r in history.records if isinstance(r.event, ScoreOverridden)]
    if rated is not None:
        telling += [record.justification for records in rated.touching.values() for record in records]
    sources = _Sources(
        {record.version: record for record in history.records},
        {r.version: r for r in reader.records(known.administration_stream, owned)},
        reader.texts(telling, known.stream),
        _deviations(reader, known, scored, point),
        rated,
        key,
    )
    explained_node = _indicator(scored, sources, id_, None) if kind == "indicator" else _objective(scored, sources, id_)
    if apart:
        explained_node["notes"] = [apart, *explained_node.get("notes", [])]
    return {
        "plan": plan,
        "year": scored.inputs.year,
        "as_of": point.as_of.isoformat(),
        "version": history.version,
        "administration_version": known.administration_known.version,
        "basis": scored.inputs.basis,
        "system": _system(scored, sources),
        "explanation": explained_node,
    }


def _with_other_scores(
    reader: Reader, known: PlanKnown, scored: Scored, point: Point, indicator: str
) -> tuple[Scored, str]:
    """The year with the rows of every score, where an indicator counts in others alone; and in words, in which."""
    inputs = scored.inputs
    state = inputs.structure
    if not state.indicator_in_force(indicator):
        return scored, ""
    record = administration_record(reader, known, point.known_at)
    every = score_year(inputs.history, record, inputs.year, point, basis=inputs.basis, feeds=EVERY)
    if indicator not in every.scores.indicators:
        return scored, ""
    keys = [assignment_key(indicator, objective) for objective in state.serves(indicator)]
    fed = sorted({SCORE_NAMES.get(name, name) for key in keys for name in fed_scores(state.value(key, "feeds"))})
    return every, f"non conta nel punteggio che si chiede: conta in «{'», «'.join(fed)}»"


def _deviations(reader: Reader, known: PlanKnown, scored: Scored, point: Point) -> dict[str, DeviationRow]:
    """How far the value that counts of each indicator is from its target, with what was said of it."""
    year, by_system = str(scored.inputs.year), system_period(scored.inputs.year, point.as_of)
    counting = {indicator: seen.period for indicator, seen in scored.inputs.seen.items()}
    counting |= {id_: by_system for id_, score in scored.scores.indicators.items() if score.by_system is not None}
    found = [
        deviation
        for deviation in deviations(scored, point.as_of)
        if (id_ := deviation.subject.removeprefix("indicator/")) in scored.inputs.forest.indicators
        and deviation.period == counting.get(id_, year)
    ]
    told = DeviationsTold(reader, known, scored.inputs.structure, scored.inputs.owner, point.as_of, found)
    return {row["id"]: row for row in map(told.deviation, found) if row["subject"] == "indicator"}


def _rated(scored: Scored, point: Point) -> _Rated | None:
    """The change rate of the year with the changes behind it, as the score has it; None where nothing measures it."""
    metas = [row.meta for row in scored.inputs.forest.indicators.values() if row.meta is not None]
    if not any(meta.meta is Meta.CHANGE_RATE for meta in metas):
        return None
    history, year, system = scored.inputs.history, scored.inputs.year, scored.inputs.system.system
    changes = changes_that_count(history, point.as_of)
    rate = official_rate(history, year, point, system, year_rates(history, year, point.as_of, changes))
    touched = set(rate.touched)
    touching: defaultdict[str, list[Recorded]] = defaultdict(list)
    for change in counted_in(changes, year):
        if counts(change, rate.variant):
            for objective in touched.intersection(change.objectives):
                touching[objective].append(change.record)
    return _Rated(rate, touching)


def _system(scored: Scored, sources: _Sources) -> ExplainedSystem:
    rules = scored.inputs.system
    of_adopter = sources.of_administration if rules.adopter == "administration" else sources.of_plan
    record = of_adopter.get(rules.version) if rules.version is not None else None
    return {
        "name": rules.system.name,
        "year": rules.year,
        "event": None if record is None else _event("system", record),
    }


TOO_DEEP = f"oltre {MOST_LEVELS} livelli il calcolo non è riportato: lo spiega chi chiede di questo obiettivo"


def _not_in_force(scored: Scored, key: str) -> ExplainedNode:
    name = _name(scored, key)
    return {"node": key, "name": name, "score": None, "rule": "not_in_force", "parts": [], "events": []}


def _objective(scored: Scored, sources: _Sources, id_: str, deeper: int = MOST_LEVELS) -> ExplainedNode:
    """An objective and what it is made of, as many levels down as a plan may have: an old record may be deeper."""
    inputs = scored.inputs
    key = objective_key(id_)
    if id_ not in scored.scores.objectives:
        return _not_in_force(scored, key)
    score = scored.scores.objectives[id_]
    parts: list[ExplainedNode] = []
    notes = list(score.calculated.notes)
    if deeper > 0 or not score.children:
        parts += [_indicator(scored, sources, indicator, id_, deeper - 1) for indicator in score.indicators]
        parts += [_objective(scored, sources, child, deeper - 1) for child in score.children]
    else:
        notes.append(TOO_DEEP)
    weights = iter(score.calculated.effective)
    for part in parts:
        part["points"] = decimal_string(next(weights, None))
    band = band_of(score.counted, inputs.system.system)
    events = _events(scored, sources, [(key, "weight", "weight")] if id_ != BODY else [])
    if score.override is not None:
        events.append(_forcing(sources, score.override.version))
    return {
        "node": key if id_ != BODY else "body",
        "name": _name(scored, key) if id_ != BODY else "ente nel suo insieme",
        "score": decimal_string(score.counted),
        "calculated": decimal_string(score.calculated.score),
        "forced": decimal_string(score.override.forced) if score.override else None,
        "rule": score.calculated.rule,
        "arithmetic": score.calculated.arithmetic or None,
        "covered": decimal_string(score.covered),
        "weights_sum": decimal_string(score.calculated.points),
        "band": band["word"] if band else None,
        "band_place": band["place"] if band else None,
        "why_not": score.why_not,
        "notes": notes,
        "parts": parts,
        "events": events,
    }


def _indicator(
    scored: Scored, sources: _Sources, id_: str, objective: str | None, deeper: int = MOST_LEVELS
) -> ExplainedNode:
    inputs = scored.inputs
    key = indicator_key(id_)
    if id_ not in scored.scores.indicators:
        return _not_in_force(scored, key)
    row, score, observation = inputs.forest.indicators[id_], scored.scores.indicators[id_], inputs.seen.get(id_)
    fields: list[tuple[str, str, EventRole]] = [
        (key, target_field(inputs.year, ordinal), "target") for ordinal in sorted(row.targets)
    ]
    fields.append((key, "polarity", "card"))
    if observation is not None and observation.terms:
        fields.append((key, CONFIRMED, "formula"))
    if objective is not None:
        fields.append((assignment_key(id_, objective), "weight", "weight"))
    events = _events(scored, sources, fields)
    observed: ExplainedValue | None = None
    if observation is not None:
        record = sources.of_administration.get(observation.entry.version)
        if record is not None:
            events.append(_event("measurement", record))
        observed = {
            "period": observation.period,
            "finality": observation.finality,
            "partial": observation.is_partial(inputs.year),
            "text": print_rounded(observation.observed),
            "terms": dict(observation.terms) if observation.terms else None,
        }
        if isinstance(observation.observed, NumberValue):
            observed["value"] = decimal_string(observation.observed.value)
            observed["numerator"] = decimal_string(observation.observed.numerator)
            observed["denominator"] = decimal_string(observation.observed.denominator)
            if observation.terms and isinstance(row.observed, NumberValue):
                observed["computed"] = decimal_string(row.observed.value)
    if score.override is not None:
        events.append(_forcing(sources, score.override.version))
    band = band_of(score.counted, inputs.system.system)
    return {
        "node": key,
        "name": _name(scored, key),
        "score": decimal_string(score.counted),
        "achievement": decimal_string(score.calculated.achievement),
        "uncut": decimal_string(score.calculated.uncut),
        "met": score.calculated.met,
        "forced": decimal_string(score.override.forced) if score.override else None,
        "standing": score.standing,
        "band": band["word"] if band else None,
        "band_place": band["place"] if band else None,
        "rule": score.calculated.rule,
        "arithmetic": score.calculated.arithmetic,
        "note": score.calculated.note,
        "polarity": row.case.polarity,
        "formula": text_or_none(inputs.structure.indicator(id_, "formula")),
        "targets": [
            {
                "ordinal": ordinal,
                "text": target.text,
                "read": print_target(target, inputs.year),
                "achievement": decimal_string(score.targets[ordinal].achievement) if ordinal in score.targets else None,
                "arithmetic": score.targets[ordinal].arithmetic if ordinal in score.targets else None,
            }
            for ordinal, target in sorted(row.targets.items())
        ],
        "observed": observed,
        "deviation": sources.deviations.get(id_),
        "measured_by_system": decimal_string(score.by_system),
        "figure": _figure_of(scored, sources, row, deeper),
        "covered": decimal_string(score.covered),
        "parts": _made_of(scored, sources, row, deeper),
        "events": events,
    }


def _figure_of(scored: Scored, sources: _Sources, row: IndicatorNode, deeper: int) -> ExplainedFigure | None:
    """How the system makes the figure of an indicator on the plan itself; None of any other."""
    if row.meta is None:
        return None
    made_of = scored.scores.indicators[row.id].made_of
    figure: ExplainedFigure = {
        "measures": MEASURED[row.meta.meta],
        "arithmetic": made_of.arithmetic or None if made_of else None,
        "notes": list(made_of.combined.notes) if made_of and made_of.combined else [],
    }
    if row.meta.meta is Meta.SHARE_ABOVE:
        figure["threshold"] = decimal_string(row.meta.threshold)
    elif row.meta.meta is Meta.WEIGHTED_MEAN_OF_CHILDREN and made_of and deeper <= 0:
        figure["notes"].append(TOO_DEEP)
    if row.meta.meta is Meta.CHANGE_RATE and sources.rated is not None:
        rate = sources.rated.rate
        if rate.figure is not None:
            figure["arithmetic"] = f"{len(rate.touched)} / {len(rate.planned)} × 100 = {short(rate.figure)}"
        figure["variant"], figure["level"] = rate.variant, rate.level
        figure["objectives"] = [_rated_objective(scored, sources, sources.rated, name) for name in rate.planned]
    return figure


def _rated_objective(scored: Scored, sources: _Sources, rated: _Rated, objective: str) -> RatedObjective:
    return {
        "objective": objective,
        "name": _name(scored, objective_key(objective)),
        "touched": objective in rated.rate.touched,
        "events": [
            {**_event("change", record), "reason": sources.reasons.get(record.justification or "")}
            for record in rated.touching.get(objective, ())
        ],
    }


def _made_of(scored: Scored, sources: _Sources, row: IndicatorNode, deeper: int) -> list[ExplainedNode]:
    """The parts of a figure of the system's own: the objectives of a mean with their points, the indicators of a share."""
    made_of = scored.scores.indicators[row.id].made_of
    if row.meta is None or made_of is None or deeper <= 0:
        return []
    if made_of.combined is not None:
        parts = [_objective(scored, sources, objective, deeper - 1) for objective in made_of.parts]
        for part, points in zip(parts, made_of.combined.effective, strict=True):
            part["points"] = decimal_string(points)
        return parts
    shared = [
        _indicator(scored, sources, part, None)
        if sources.asked == indicator_key(row.id)
        else _in_short(scored, part)  # it stands in the tree that is explained, with all that is behind it
        for part in made_of.parts
    ]
    for part, counted in zip(shared, (scored.scores.indicators[part].counted for part in made_of.parts), strict=True):
        threshold = row.meta.threshold
        part["reaches"] = None if counted is None or threshold is None else counted >= threshold
    return shared


def _in_short(scored: Scored, id_: str) -> ExplainedNode:
    """What an indicator achieves, without what is behind it."""
    score = scored.scores.indicators[id_]
    key = indicator_key(id_)
    return {
        "node": key,
        "name": _name(scored, key),
        "score": decimal_string(score.counted),
        "standing": score.standing,
        "rule": score.calculated.rule,
        "arithmetic": score.calculated.arithmetic,
        "parts": [],
        "events": [],
    }


def _events(scored: Scored, sources: _Sources, fields: list[tuple[str, str, EventRole]]) -> list[ExplainedEvent]:
    """The events that the values in force come from: targets as of the date, the rest as the structure stands."""
    events: list[ExplainedEvent] = []
    for key, field, role in fields:
        entry = scored.inputs.entry(key, field)
        if entry is not None and entry.version in sources.of_plan:
            events.append(_event(role, sources.of_plan[entry.version]))
    return events


def _event(role: EventRole, record: Recorded) -> ExplainedEvent:
    return {
        "what": role,
        "event": record.event.topic,
        "stream": record.stream,
        "version": record.version,
        "effective_on": record.effective_on.isoformat(),
        "recorded_at": write_instant(record.recorded_at),
        "act": record.act,
    }


def _forcing(sources: _Sources, version: int) -> ExplainedEvent:
    """The event that forced a score, with its reason."""
    record = sources.of_plan[version]
    return {**_event("override", record), "reason": sources.reasons.get(record.justification or "")}


def _name(scored: Scored, key: str) -> str:
    kind, _, id_ = key.partition("/")
    state = scored.inputs.structure
    words = (
        [state.objective(id_, "code"), state.objective(id_, "title")]
        if kind == "objective"
        else [state.indicator(id_, "code"), state.indicator(id_, "name")]
    )
    return " ".join(str(word) for word in words if word) or id_


ROLE_NAMES: dict[EventRole, str] = {
    "measurement": "misurazione",
    "target": "target",
    "weight": "peso",
    "card": "scheda",
    "formula": "formula confermata",
    "override": "forzatura",
    "system": "sistema di misurazione",
    "change": "modifica",
}


def explained(answer: Explanation) -> Iterator[str]:
    """The same tree in lines of text, for people; figures of a score are shown with two decimals."""
    system = answer["system"]
    since = f", adottato per il {system['year']}" if system["year"] else ""
    by = f" ({_cited(system['event'])})" if system["event"] else " (nessun sistema adottato)"
    yield f"Regole: {system['name']}{since}{by}"
    yield from _lines(answer["explanation"], 0)


def _lines(node: ExplainedNode, depth: int) -> Iterator[str]:
    pad = "  " * depth
    points = f"  [{_figure(node['points'])} punti]" if node.get("points") is not None else ""
    calculated = node.get("calculated", node.get("achievement"))
    forced = f", forzato (calcolato {_percent(calculated)})" if node.get("forced") else ""
    reached = node.get("reaches")
    reaches = "" if reached is None else ", arriva alla soglia" if reached else ", non arriva alla soglia"
    yield f"{pad}{node.get('name', node['node'])}: {_percent(node['score'])}{forced}{points}{reaches}"
    pad += "  "
    if node.get("why_not"):
        yield f"{pad}non conta: {node['why_not']}"
    if node["node"].startswith("indicator/"):
        yield from _indicator_lines(node, pad)
    elif node.get("arithmetic"):
        yield f"{pad}{RULE_NAMES.get(node['rule'], node['rule'])}: {node['arithmetic']}"
        yield f"{pad}peso coperto dai dati: {_percent(node['covered'])}"
    for note in node.get("notes", []):
        yield f"{pad}nota: {note}"
    for event in node["events"]:
        reason = f": {event['reason']}" if event.get("reason") else ""
        yield f"{pad}· {ROLE_NAMES[event['what']]}: {_cited(event)}{reason}"
    for part in node["parts"]:
        yield from _lines(part, depth + 1)


def _indicator_lines(node: ExplainedNode, pad: str) -> Iterator[str]:
    for target in node.get("targets", []):
        yield f"{pad}target: {target['text']}"
    observed = node.get("observed")
    if observed is not None:
        finality = " (provvisorio)" if observed["finality"] == "provisional" else ""
        finality += ": parte dell'anno, quello dell'anno non c'è" if observed["partial"] else ""
        yield f"{pad}osservato {observed['period']}: {observed['text']}{finality}"
        for name, value in (observed["terms"] or {}).items():
            yield f"{pad}  {name} = {value}"
    rule = RULE_NAMES.get(node["rule"], node["rule"])
    yield f"{pad}{rule}" + (f": {node['arithmetic']}" if node.get("arithmetic") else "")
    if node.get("uncut") is not None and node["uncut"] != node.get("achievement"):
        yield f"{pad}prima del taglio: {_percent(node['uncut'])}"
    if node.get("note"):
        yield f"{pad}nota: {node['note']}"
    if (figure := node.get("figure")) is not None:
        yield from _figure_lines(figure, pad)
    if (deviation := node.get("deviation")) is not None:
        told = f"nota: {node.get('note')}"
        yield from (f"{pad}{line}" for line in deviation_lines(deviation) if line != told)


def _figure_lines(figure: ExplainedFigure, pad: str) -> Iterator[str]:
    """How the system makes a figure; the objectives of a change rate are told here, its parts with the node's."""
    of = f", {VARIANT_WORDS[figure['variant']]}" if "variant" in figure else ""
    of += f", livello {level}" if (level := figure.get("level")) else ""
    yield f"{pad}{META_WORDS[Meta(figure['measures'])]}{of}" + (
        f": {figure['arithmetic']}" if figure["arithmetic"] else ""
    )
    yield from (f"{pad}nota: {note}" for note in figure["notes"])
    touched = [objective for objective in figure.get("objectives", []) if objective["touched"]]
    for objective in touched:
        yield f"{pad}  modificato: {objective['name']}"
        for event in objective["events"]:
            reason = f": {event['reason']}" if event.get("reason") else ""
            yield f"{pad}    · {ROLE_NAMES[event['what']]}: {_cited(event)}{reason}"
    if untouched := len(figure.get("objectives", [])) - len(touched):
        yield f"{pad}  programmati e non modificati: {untouched}"


def _cited(event: ExplainedEvent) -> str:
    act = f", {event['act']}" if event["act"] else ""
    return f"{event['event']} v{event['version']} di {event['stream']}, dal {event['effective_on']}{act}"


def _figure(value: str | None) -> str:
    return "—" if value is None else print_number(_two(value))


def _percent(value: str | None) -> str:
    return "senza punteggio" if value is None else f"{print_number(_two(value))} %"


def _two(value: str) -> Decimal:
    return at_step(Decimal(value), HUNDREDTH, "half_up")
