"""What a monitoring says that does not hold together: words against figures, figures without values, one pasted sentence.

A contradiction is pointed out, never judged: it names what was said, what stands against it, and whom to ask.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from domain.measurements.events import STATUS_WORDS
from domain.measurements.values import Number
from domain.point import Point
from domain.rounds.expected import expected_progress, expected_value
from domain.scoring.figures import figure
from domain.scoring.forms import Circumstances, achieve, direction_of
from domain.scoring.numbers import HUNDRED, plain
from domain.scoring.quantities import holds, spelt
from domain.targets.model import Deadline, Threshold, YesNo
from domain.vocabulary import JsonValue, Polarity
from projections.rounds import Collected, Due, Row, collected, collected_at, describe_round
from projections.score_inputs import proposed
from projections.store.reader import Reader


class Contradiction(NamedTuple):
    """One thing that does not hold together: its kind, whom it is about, in words."""

    kind: str
    subjects: tuple[str, ...]
    words: str
    offices: tuple[str, ...] = ()
    versions: tuple[int, ...] = ()


KINDS = {
    "in_line_below_target": "in linea, ma il valore è sotto il target",
    "in_line_behind": "in linea, ma l'avanzamento è sotto quello atteso",
    "in_line_past_deadline": "in linea, ma il termine è passato senza un dato",
    "reached_below_target": "raggiunto, ma il valore non raggiunge il target",
    "complete_without_value": "100 % senza un valore",
    "troubled_but_met": "a rischio, ma il valore raggiunge il target",
    "objective_in_line_above_trouble": "obiettivo in linea sopra ciò che non lo è",
    "one_sentence_for_many": "una frase sola per molti",
    "one_figure_for_many": "lo stesso avanzamento per molti, senza un valore",
}


def contradictions(reader: Reader, plan: str, point: Point, *, name: str | None = None, on: date | None = None) -> Row:
    """The contradictions of a round, or of what stands for a date."""
    whole = (
        collected(reader, plan, name, point)
        if name is not None
        else collected_at(reader, plan, on or point.as_of, point)
    )
    found = list(_all(whole))
    return {
        "plan": plan,
        "version": whole.found.known.version,
        "round": describe_round(whole.round),
        "total": len(found),
        "by_kind": {kind: count for kind in KINDS if (count := sum(one.kind == kind for one in found))},
        "contradictions": [
            {
                "kind": one.kind,
                "words": one.words,
                "subjects": list(one.subjects),
                "offices": list(one.offices),
                "versions": list(one.versions),
            }
            for one in found
        ],
    }


def _all(whole: Collected) -> Iterator[Contradiction]:
    for due in whole.dues:
        yield from _of_indicator(whole, due)
    yield from _of_objectives(whole)
    yield from _one_sentence(whole)
    yield from _one_figure(whole)


def _of_indicator(whole: Collected, due: Due) -> Iterator[Contradiction]:
    if due.status is None:
        return
    name = str(whole.state.indicator(due.indicator, "name") or due.indicator)
    said = f"«{name}» è detto {STATUS_WORDS[due.word or 'not_reported']}"
    on = whole.round.as_at
    judged = _judged(whole, due)
    calm = due.word == "in_line"
    if judged is not None and not judged.met and calm:
        yield _found("in_line_below_target", due, f"{said}, ma il valore è {judged.words}")
    if judged is not None and not judged.reached and due.word == "reached":
        yield _found("reached_below_target", due, f"{said}, ma il valore è {judged.words}")
    if judged is not None and judged.reached and due.word in {"at_risk", "to_be_renegotiated"}:
        yield _found("troubled_but_met", due, f"{said}, ma il valore è {judged.words}")
    complete = due.word == "reached" or (due.progress is not None and due.progress >= HUNDRED)
    if complete and due.measurement is None and any(not isinstance(t, YesNo) for t in due.targets.values()):
        progress = f" al {plain(due.progress)} %" if due.progress is not None else ""
        yield _found("complete_without_value", due, f"{said}{progress}, senza un valore")
    expected = expected_progress(on.year, on, whole.system)
    if calm and due.progress is not None and expected is not None and due.progress < expected:
        words = f"{said} al {plain(due.progress)} %, ma al {on:%d/%m/%Y} si attende il {spelt(expected)} %"
        yield _found("in_line_behind", due, words)
    passed = [t for t in due.targets.values() if isinstance(t, Deadline) and t.value <= on]
    if calm and passed and due.measurement is None:
        words = f"{said}, ma il termine del {passed[0].value:%d/%m/%Y} è passato senza un dato"
        yield _found("in_line_past_deadline", due, words)


class _Judged(NamedTuple):
    """A value held against its target: `met` at the date, `reached` for good."""

    met: bool
    reached: bool
    words: str


def _judged(whole: Collected, due: Due) -> _Judged | None:
    """The value against its target, at the date; None where there is nothing to compare."""
    observed = due.observed
    if observed is None or not due.targets:
        return None
    state, on = whole.state, whole.round.as_at
    said = state.indicator(due.indicator, "polarity")
    polarity: Polarity | None = "up" if said == "up" else "down" if said == "down" else None
    formula = str(state.indicator(due.indicator, "formula") or state.indicator(due.indicator, "name") or "")
    case = Circumstances(system=whole.system, polarity=polarity, own_unit=proposed(formula).unit, year=on.year, on=on)
    target = due.targets[min(due.targets)]
    if isinstance(target, Threshold) and isinstance(observed, Number):
        comparator, _ = direction_of(target.comparator, case, target.implied)
        read = figure(observed, target.unit, whole.system, own_unit=case.own_unit)
        if comparator is None or read.value is None:
            return None
        asked = expected_value(target, on.year, on, whole.system)
        words = f"{spelt(read.value)} contro {spelt(target.value)}"
        if asked != target.value:
            words += f" (al {on:%d/%m/%Y} si attende {spelt(asked)})"
        limit = target.value + (target.tolerance or Decimal(0))
        met = holds(comparator, read.value, limit if asked == target.value else asked)
        return _Judged(met, holds(comparator, read.value, limit), words)
    judged = achieve(target, observed, case)
    if judged.met is None:
        return None
    return _Judged(judged.met, judged.met, judged.arithmetic or target.text)


def _of_objectives(whole: Collected) -> Iterator[Contradiction]:
    """An objective in line over indicators, or objectives, that say otherwise, or whose values do."""
    trouble: defaultdict[str, list[tuple[str, str, int]]] = defaultdict(list)
    below: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    for due in whole.dues:
        name = str(whole.state.indicator(due.indicator, "name") or due.indicator)
        if due.status is not None and due.word in {"at_risk", "to_be_renegotiated"}:
            for objective in due.objectives:
                trouble[objective].append((f"indicator/{due.indicator}", name, due.status.entry.version))
        judged = _judged(whole, due)
        if judged is not None and not judged.met:
            over = {o for objective in due.objectives for o in (objective, *whole.state.ancestors(objective))}
            for objective in over:
                below[objective].append((f"indicator/{due.indicator}", f"«{name}» {judged.words}"))
    words = {one: str(_value(answer).get("status")) for one, answer in whole.objectives.items()}
    for one, word in words.items():
        parent = whole.state.parent(one)
        if word in {"at_risk", "to_be_renegotiated"} and parent is not None and whole.state.in_force(one):
            name = _objective_name(whole, one)
            trouble[parent].append((f"objective/{one}", name, whole.objectives[one].entry.version))
    for one in whole.objectives:
        if one in below and words[one] in {"in_line", "reached"}:
            listed = "; ".join(said for _, said in below[one][:3])
            yield Contradiction(
                "in_line_below_target",
                (f"objective/{one}", *(subject for subject, _ in below[one])),
                f"«{_objective_name(whole, one)}» è detto {STATUS_WORDS[words[one]]}, ma sotto: {listed}",
                versions=(whole.objectives[one].entry.version,),
            )
    for one, beneath in trouble.items():
        if words.get(one) in {"in_line", "reached"}:
            names = ", ".join(f"«{name}»" for _, name, _ in beneath[:3])
            yield Contradiction(
                "objective_in_line_above_trouble",
                (f"objective/{one}", *(subject for subject, _, _ in beneath)),
                f"«{_objective_name(whole, one)}» è detto {STATUS_WORDS[words[one]]}, sopra {names} che non lo è",
                versions=(whole.objectives[one].entry.version, *(version for *_, version in beneath)),
            )


def _one_sentence(whole: Collected) -> Iterator[Contradiction]:
    """The same note under many subjects: whatever it says, it cannot be of each of them."""
    under: defaultdict[str, list[tuple[str, int, tuple[str, ...]]]] = defaultdict(list)
    for due in whole.dues:
        if due.status is not None and (note := whole.notes.get(due.status.entry.version)):
            under[_plain(note)].append((f"indicator/{due.indicator}", due.status.entry.version, due.offices))
    for one, answer in whole.objectives.items():
        if note := whole.notes.get(answer.entry.version):
            under[_plain(note)].append((f"objective/{one}", answer.entry.version, ()))
    for note, held in under.items():
        if len(held) >= whole.system.repeated_note_from:
            shown = note if len(note) <= 100 else f"{note[:97]}..."
            yield Contradiction(
                "one_sentence_for_many",
                tuple(subject for subject, *_ in held),
                f"una frase sola per {len(held)}: «{shown}»",
                tuple(dict.fromkeys(office for *_, offices in held for office in offices)),
                tuple(version for _, version, _ in held),
            )


def _one_figure(whole: Collected) -> Iterator[Contradiction]:
    """The same progress for many, with no value behind it: read from the calendar, not from the work."""
    under: defaultdict[Decimal, list[Due]] = defaultdict(list)
    for due in whole.dues:
        if due.progress is not None and due.measurement is None:
            under[due.progress].append(due)
    for progress, dues in sorted(under.items()):
        if len(dues) >= whole.system.repeated_note_from:
            expected = expected_progress(whole.round.as_at.year, whole.round.as_at, whole.system)
            calendar = ", quanto il calendario" if progress == expected else ""
            yield Contradiction(
                "one_figure_for_many",
                tuple(f"indicator/{due.indicator}" for due in dues),
                f"avanzamento {plain(progress)} %{calendar}, per {len(dues)} indicatori senza un valore",
                tuple(dict.fromkeys(office for due in dues for office in due.offices)),
                tuple(due.status.entry.version for due in dues if due.status is not None),
            )


def _found(kind: str, due: Due, words: str) -> Contradiction:
    versions = tuple(answer.entry.version for answer in (due.status,) if answer is not None)
    return Contradiction(kind, (f"indicator/{due.indicator}",), words, due.offices, versions)


def _value(answer: object) -> dict[str, JsonValue]:
    entry = getattr(answer, "entry", None)
    return entry.value if entry is not None and isinstance(entry.value, dict) else {}


def _objective_name(whole: Collected, one: str) -> str:
    state = whole.state
    return " ".join(str(w) for w in (state.objective(one, "code"), state.objective(one, "title")) if w) or one


def _plain(note: str) -> str:
    return " ".join(note.split()).strip(" .").casefold()
