"""A score explained: the arithmetic of one node, and of all that it is made of, down to terms, targets and events."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import NamedTuple

from domain.facts import assignment_key, indicator_key, objective_key, target_field
from domain.italian import print_number
from domain.measurements.printer import print_value
from domain.measurements.values import Number
from domain.point import Point
from domain.recording import Recorded
from domain.scoring.events import ScoreOverridden
from domain.scoring.numbers import at_step, plain
from domain.scoring.tree import BODY
from domain.targets.printer import print_target
from domain.timelines import Entry
from domain.vocabulary import JsonValue
from projections.history import object_key
from projections.plan_history import plan_history
from projections.score_inputs import Basis, Feeds
from projections.scores import Row, Scored, scored_year
from projections.store.reader import Reader
from projections.streams import find_plan

WHOLE = frozenset({"", "body", "ente", "piano"})


class _Sources(NamedTuple):
    """The events behind the figures, read once."""

    mine: dict[int, Recorded]
    owner: dict[int, Recorded]
    reasons: Mapping[str, str | None]


def explanation(
    reader: Reader,
    plan: str,
    year: int,
    point: Point,
    node: str,
    *,
    basis: Basis = "in_force",
    feeds: Feeds = "objective",
) -> Row:
    """The tree of one node (an id, a code, an exact name; `body` for the whole) as JSON."""
    known = find_plan(reader, plan, point.known_at)
    history = plan_history(reader, plan, point)
    scored = scored_year(reader, history, year, point, basis=basis, feeds=feeds)
    key = BODY if node.casefold() in WHOLE or node == plan else object_key(reader, known, node)
    kind, _, one = key.partition("/")
    seen = {entry.entry.version for entry in scored.inputs.seen.values()}
    sources = _Sources(
        {record.version: record for record in history.records},
        {r.version: r for r in reader.records(scored.inputs.found.administration_stream, seen)},
        reader.texts([r.justification for r in history.records if isinstance(r.event, ScoreOverridden)]),
    )
    top = _objective(scored, sources, one) if kind != "indicator" else _indicator(scored, sources, one, None)
    return {
        "plan": plan,
        "year": year,
        "as_of": point.as_of.isoformat(),
        "version": history.version,
        "administration_version": known.administration_known.version,
        "basis": basis,
        "system": _system(scored, sources),
        "explanation": top,
    }


def _system(scored: Scored, sources: _Sources) -> Row:
    rules = scored.inputs.system
    said: Row = {"name": rules.system.name, "year": rules.year, "event": None}
    if rules.version is not None and rules.version in sources.mine:
        said["event"] = _event("system", sources.mine[rules.version])
    return said


def _objective(scored: Scored, sources: _Sources, one: str) -> Row:
    made = scored.inputs
    if one not in scored.scores.objectives:
        return {"node": f"objective/{one}", "score": None, "rule": "not_in_force", "parts": [], "events": []}
    score = scored.scores.objectives[one]
    key = objective_key(one)
    parts: list[JsonValue] = []
    weights = iter(score.calculated.effective)
    parts += [
        _indicator(scored, sources, indicator, one) | {"points": plain(next(weights, None))}
        for indicator in score.indicators
    ]
    parts += [_objective(scored, sources, child) | {"points": plain(next(weights, None))} for child in score.children]
    band = made.system.system.band(score.counted)
    events = _entries(scored, sources, [(key, "weight", "weight")] if one != BODY else [])
    if score.override is not None:
        events.append(_forcing(sources, score.override.version))
    return {
        "node": key if one != BODY else "body",
        "name": _name(scored, key) if one != BODY else "ente nel suo insieme",
        "score": plain(score.counted),
        "calculated": plain(score.calculated.score),
        "forced": plain(score.override.forced) if score.override else None,
        "rule": score.calculated.rule,
        "arithmetic": score.calculated.arithmetic or None,
        "covered": plain(score.calculated.covered),
        "weights_sum": plain(score.calculated.points),
        "band": band.word if band else None,
        "why_not": score.why_not,
        "notes": list(score.calculated.notes),
        "parts": parts,
        "events": events,
    }


def _indicator(scored: Scored, sources: _Sources, one: str, objective: str | None) -> Row:
    made = scored.inputs
    key = indicator_key(one)
    if one not in scored.scores.indicators:
        return {"node": key, "score": None, "rule": "not_in_force", "parts": [], "events": []}
    row, score, seen = made.forest.indicators[one], scored.scores.indicators[one], made.seen.get(one)
    wanted = [(key, target_field(made.year, ordinal), "target") for ordinal in sorted(row.targets)]
    wanted.append((key, "polarity", "card"))
    if seen is not None and seen.terms:
        wanted.append((key, "confirmed_formula", "formula"))
    if objective is not None:
        wanted.append((assignment_key(one, objective), "weight", "weight"))
    events = _entries(scored, sources, wanted)
    observed: Row | None = None
    if seen is not None:
        record = sources.owner.get(seen.entry.version)
        if record is not None:
            events.append(_event("measurement", record))
        observed = {
            "period": seen.period,
            "finality": seen.finality,
            "partial": seen.period != str(made.year),
            "text": print_value(seen.observed),
            "terms": dict(seen.terms) if seen.terms else None,
        }
        if isinstance(seen.observed, Number):
            stated = seen.observed
            observed |= {name: plain(getattr(stated, name)) for name in ("value", "numerator", "denominator")}
            if seen.terms and isinstance(row.observed, Number):
                observed["computed"] = plain(row.observed.value)
    if score.override is not None:
        events.append(_forcing(sources, score.override.version))
    return {
        "node": key,
        "name": _name(scored, key),
        "score": plain(score.counted),
        "achievement": plain(score.calculated.achievement),
        "uncut": plain(score.calculated.uncut),
        "met": score.calculated.met,
        "forced": plain(score.override.forced) if score.override else None,
        "standing": score.standing,
        "rule": score.calculated.rule,
        "arithmetic": score.calculated.arithmetic,
        "note": score.calculated.note,
        "polarity": row.case.polarity,
        "formula": made.structure.indicator(one, "formula"),
        "targets": [
            {
                "ordinal": ordinal,
                "text": target.text,
                "read": print_target(target, made.year),
                "achievement": plain(score.targets[ordinal].achievement) if ordinal in score.targets else None,
                "arithmetic": score.targets[ordinal].arithmetic if ordinal in score.targets else None,
            }
            for ordinal, target in sorted(row.targets.items())
        ],
        "observed": observed,
        "measured_by_system": plain(score.by_system),
        "parts": [],
        "events": events,
    }


def _entries(scored: Scored, sources: _Sources, wanted: list[tuple[str, str, str]]) -> list[JsonValue]:
    """The events that the values in force come from: targets as of the date, the rest as the structure stands."""
    made = scored.inputs
    found: list[JsonValue] = []
    for key, field, what in wanted:
        state = made.now if made.basis == "in_force" and what in {"target", "formula"} else made.structure
        entry: Entry | None = state.timelines.entry(key, field, state.on)
        if entry is not None and entry.version in sources.mine:
            found.append(_event(what, sources.mine[entry.version]))
    return found


def _event(what: str, record: Recorded) -> JsonValue:
    return {
        "what": what,
        "event": record.event.topic,
        "stream": record.stream,
        "version": record.version,
        "effective_on": record.effective_on.isoformat(),
        "recorded_at": record.recorded_at.isoformat().replace("+00:00", "Z"),
        "act": record.act,
    }


def _forcing(sources: _Sources, version: int) -> JsonValue:
    """The event that forced a score, with its reason."""
    record = sources.mine[version]
    event = _event("override", record)
    reason = sources.reasons.get(record.justification or "")
    return event | {"reason": reason} if isinstance(event, dict) else event


def _name(scored: Scored, key: str) -> str:
    kind, _, one = key.partition("/")
    state = scored.inputs.structure
    words = (
        [state.objective(one, "code"), state.objective(one, "title")]
        if kind == "objective"
        else [state.indicator(one, "code"), state.indicator(one, "name")]
    )
    return " ".join(str(word) for word in words if word) or one


WHATS = {
    "measurement": "misurazione",
    "target": "target",
    "weight": "peso",
    "card": "scheda",
    "formula": "formula confermata",
    "override": "forzatura",
    "system": "sistema di misurazione",
}


def explained(found: Row) -> Iterator[str]:
    """The same tree in lines of text, for people; figures of a score are shown with two decimals."""
    system = found["system"]
    if isinstance(system, dict):
        event = system["event"]
        since = f", adottato per il {system['year']}" if system["year"] else ""
        by = f" ({_cited(event)})" if isinstance(event, dict) else " (nessun sistema adottato)"
        yield f"Regole: {system['name']}{since}{by}"
    top = found["explanation"]
    if isinstance(top, dict):
        yield from _lines(top, 0)


def _lines(node: Row, depth: int) -> Iterator[str]:
    pad = "  " * depth
    points = f"  [{_figure(node['points'])} punti]" if node.get("points") is not None else ""
    forced = (
        f", forzato (calcolato {_percent(node.get('calculated', node.get('achievement')))})"
        if node.get("forced")
        else ""
    )
    yield f"{pad}{node.get('name', node['node'])}: {_percent(node['score'])}{forced}{points}"
    pad += "  "
    if node.get("why_not"):
        yield f"{pad}non conta: {node['why_not']}"
    if str(node["node"]).startswith("indicator/"):
        yield from _indicator_lines(node, pad)
    elif node.get("arithmetic"):
        yield f"{pad}{RULES.get(str(node['rule']), node['rule'])}: {node['arithmetic']}"
        yield f"{pad}peso coperto dai dati: {_percent(node['covered'])}"
    notes = node.get("notes")
    for note in notes if isinstance(notes, list) else []:
        yield f"{pad}nota: {note}"
    events = node.get("events")
    for event in events if isinstance(events, list) else []:
        if isinstance(event, dict):
            reason = f": {event['reason']}" if event.get("reason") else ""
            yield f"{pad}· {WHATS.get(str(event['what']), event['what'])}: {_cited(event)}{reason}"
    parts = node.get("parts")
    for part in parts if isinstance(parts, list) else []:
        if isinstance(part, dict):
            yield from _lines(part, depth + 1)


def _indicator_lines(node: Row, pad: str) -> Iterator[str]:
    targets = node.get("targets")
    for target in targets if isinstance(targets, list) else []:
        if isinstance(target, dict):
            yield f"{pad}target: {target['text']}"
    observed = node.get("observed")
    if isinstance(observed, dict):
        finality = " (provvisorio)" if observed["finality"] == "provisional" else ""
        finality += ": parte dell'anno, quello dell'anno non c'è" if observed["partial"] else ""
        yield f"{pad}osservato {observed['period']}: {observed['text']}{finality}"
        terms = observed.get("terms")
        for name, value in (terms if isinstance(terms, dict) else {}).items():
            yield f"{pad}  {name} = {value}"
    rule = RULES.get(str(node["rule"]), str(node["rule"]))
    yield f"{pad}{rule}" + (f": {node['arithmetic']}" if node.get("arithmetic") else "")
    if node.get("uncut") is not None and node["uncut"] != node.get("achievement"):
        yield f"{pad}prima del taglio: {_percent(node['uncut'])}"
    if node.get("note"):
        yield f"{pad}nota: {node['note']}"


RULES = {
    "weighted_mean": "media ponderata",
    "points_of_a_hundred": "punti di cento",
    "mean": "media semplice",
    "worst": "vale il peggiore",
    "no_data": "nessun dato",
    "no_weight": "nessun peso",
    "nothing_to_score": "nulla da valutare",
    "not_in_force": "non in vigore",
    "observed_over_target": "osservato / target",
    "target_over_observed": "target / osservato",
    "met_or_not": "raggiunto o no",
    "distance": "scostamento dal target",
    "within_tolerance": "entro la tolleranza",
    "zero_target": "target zero",
    "zero_observed": "valore zero",
    "negative_values": "valori negativi",
    "sign_change": "cambio di segno",
    "equal": "uguale al target",
    "unknown_polarity": "polarità non nota",
    "within_range": "nell'intervallo",
    "outside_range": "fuori dall'intervallo",
    "below_range": "sotto l'intervallo",
    "above_range": "sopra l'intervallo",
    "deadline_met": "termine rispettato",
    "days_late": "in ritardo",
    "not_done": "non fatto",
    "milestones": "tappe",
    "yes_no": "sì o no",
    "level": "grado",
    "scale_unknown": "scala non nota",
    "change": "variazione",
    "base_zero": "base zero",
    "earlier_value_unknown": "valore precedente non noto",
    "earlier_year_unknown": "anno precedente non noto",
    "division_by_zero": "divisione per zero",
    "missing_term": "termine mancante",
    "too_large": "fuori dai limiti di calcolo",
    "reference": "valore di riferimento",
    "reference_unresolved": "valore di riferimento non ancora noto",
    "survey_year": "anno di rilevazione",
    "recurring": "ricorrenza",
    "no_target": "nessun target",
    "target_to_be_defined": "target da definire",
    "target_unread": "target non letto",
    "not_measured": "non misurato",
    "not_available": "non disponibile",
    "not_yet_due": "non ancora dovuto",
    "not_applicable": "non applicabile",
    "not_comparable": "non confrontabile",
    "value_unread": "valore non letto",
    "denominator_zero": "denominatore zero",
    "unit_mismatch": "unità diverse",
    "unit_differs": "unità diverse",
    "unit_doubtful": "unità dubbia",
}
"""The Italian name of each rule, and of each case that has no figure."""


def _cited(event: Row) -> str:
    act = f", {event['act']}" if event["act"] else ""
    return f"{event['event']} v{event['version']} di {event['stream']}, dal {event['effective_on']}{act}"


def _figure(value: JsonValue) -> str:
    return "—" if value is None else print_number(_two(value))


def _percent(value: JsonValue) -> str:
    return "senza punteggio" if value is None else f"{print_number(_two(value))} %"


def _two(value: JsonValue) -> Decimal:
    return at_step(Decimal(str(value)), Decimal("0.01"), "half_up")


__all__ = ["RULES", "explained", "explanation"]
