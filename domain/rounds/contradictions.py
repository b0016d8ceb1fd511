"""What a monitoring says that does not hold together: words against figures, figures without values, one pasted sentence.

A contradiction is pointed out, never judged: it names what was said, what stands against it, and whom to ask.
"""

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from domain.measurements.events import STATUS_WORDS
from domain.measurements.values import NumberValue
from domain.rounds.collection import CollectedRound, Due
from domain.rounds.expected import expected_progress, expected_value
from domain.scoring.achievement import Achievement
from domain.scoring.figures import figure
from domain.scoring.forms import Circumstances, achieve, direction_of
from domain.scoring.inputs import divides, proposal_of
from domain.scoring.numbers import HUNDRED, decimal_string
from domain.scoring.quantities import comparison_holds, spelt
from domain.scoring.shares import resolved_share
from domain.targets.model import Deadline, Threshold, YesNo
from domain.vocabulary import polarity_of


class Contradiction(NamedTuple):
    """One thing that does not hold together: its kind, whom it is about, in words."""

    kind: str
    subjects: tuple[str, ...]
    words: str
    offices: tuple[str, ...] = ()
    versions: tuple[int, ...] = ()


TROUBLED = frozenset({"at_risk", "to_be_renegotiated"})
CALM = frozenset({"in_line", "reached"})
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


def contradictions_of(whole: CollectedRound) -> Iterator[Contradiction]:
    """Every contradiction of a round: indicator by indicator, of objectives, and of what many say alike."""
    for due in whole.dues:
        yield from _of_indicator(whole, due)
    yield from _of_objectives(whole)
    yield from _one_sentence(whole)
    yield from _one_figure(whole)


def _of_indicator(whole: CollectedRound, due: Due) -> Iterator[Contradiction]:
    if due.status is None:
        return
    claim = f"«{whole.name(due.indicator)}» è detto {STATUS_WORDS[due.word or 'not_reported']}"
    as_at = whole.round.as_at
    judged = _judged(whole, due)
    calm = due.word == "in_line"
    if judged is not None and not judged.met and calm:
        yield _of_due("in_line_below_target", due, f"{claim}, ma il valore è {judged.words}")
    if judged is not None and not judged.reached and due.word == "reached":
        yield _of_due("reached_below_target", due, f"{claim}, ma il valore è {judged.words}")
    if judged is not None and judged.reached and due.word in TROUBLED:
        yield _of_due("troubled_but_met", due, f"{claim}, ma il valore è {judged.words}")
    complete = due.word == "reached" or (due.progress is not None and due.progress >= HUNDRED)
    if complete and not due.has_value and any(not isinstance(t, YesNo) for t in due.targets.values()):
        progress = f" al {decimal_string(due.progress)} %" if due.progress is not None else ""
        yield _of_due("complete_without_value", due, f"{claim}{progress}, senza un valore")
    expected = expected_progress(as_at.year, as_at, whole.system)
    if calm and due.progress is not None and expected is not None and due.progress < expected:
        words = f"{claim} al {decimal_string(due.progress)} %, ma al {as_at:%d/%m/%Y} si attende il {spelt(expected)} %"
        yield _of_due("in_line_behind", due, words)
    passed = [t for t in due.targets.values() if isinstance(t, Deadline) and t.value <= as_at]
    if calm and passed and not due.has_value:
        words = f"{claim}, ma il termine del {passed[0].value:%d/%m/%Y} è passato senza un dato"
        yield _of_due("in_line_past_deadline", due, words)


class _Judged(NamedTuple):
    """A value held against its target: `met` at the date, `reached` for good."""

    met: bool
    reached: bool
    words: str


def _judged(whole: CollectedRound, due: Due) -> _Judged | None:
    """The value against its target, at the date; None where there is nothing to compare."""
    observed = due.observed
    if observed is None or not due.targets:
        return None
    state, as_at = whole.state, whole.round.as_at
    case = Circumstances(
        system=whole.system,
        polarity=polarity_of(state.indicator(due.indicator, "polarity")),
        own_unit=(proposal := proposal_of(state, due.indicator)).unit,
        is_ratio=divides(proposal),
        year=as_at.year,
        on=as_at,
    )
    target = due.targets[min(due.targets)]
    worth = resolved_share(target, observed, case.own_unit, is_ratio=case.is_ratio)
    if worth is None or isinstance(worth, Achievement):
        return None
    observed = worth
    if isinstance(target, Threshold) and isinstance(observed, NumberValue):
        comparator, _ = direction_of(target.comparator, case, target.implied)
        read = figure(observed, target.unit, whole.system, own_unit=case.own_unit)
        if comparator is None or read.value is None:
            return None
        asked = expected_value(target, as_at.year, as_at, whole.system)
        words = f"{spelt(read.value)} contro {spelt(target.value)}"
        if asked != target.value:
            words += f" (al {as_at:%d/%m/%Y} si attende {spelt(asked)})"
        limit = target.value + (target.tolerance or Decimal(0))
        met = comparison_holds(comparator, read.value, limit if asked == target.value else asked)
        return _Judged(met, comparison_holds(comparator, read.value, limit), words)
    judged = achieve(target, observed, case)
    if judged.met is None:
        return None
    return _Judged(judged.met, judged.met, judged.arithmetic or target.text)


def _of_objectives(whole: CollectedRound) -> Iterator[Contradiction]:
    """An objective in line over indicators, or objectives, that say otherwise, or whose values do."""
    trouble: defaultdict[str, list[tuple[str, str, int]]] = defaultdict(list)
    below: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    for due in whole.dues:
        name = whole.name(due.indicator)
        if due.status is not None and due.word in TROUBLED:
            for objective in due.objectives:
                trouble[objective].append((f"indicator/{due.indicator}", name, due.status.entry.version))
        judged = _judged(whole, due)
        if judged is not None and not judged.met:
            over = {o for objective in due.objectives for o in (objective, *whole.state.ancestors(objective))}
            for objective in over:
                below[objective].append((f"indicator/{due.indicator}", f"«{name}» {judged.words}"))
    words = {objective: str(reply.body.get("status")) for objective, reply in whole.objectives.items()}
    for objective, word in words.items():
        parent = whole.state.parent(objective)
        if word in TROUBLED and parent is not None and whole.state.in_force(objective):
            name = _objective_name(whole, objective)
            trouble[parent].append((f"objective/{objective}", name, whole.objectives[objective].entry.version))
    for objective, reply in whole.objectives.items():
        if objective in below and words[objective] in CALM:
            listed = "; ".join(missed for _, missed in below[objective][:3])
            yield Contradiction(
                "in_line_below_target",
                (f"objective/{objective}", *(subject for subject, _ in below[objective])),
                f"«{_objective_name(whole, objective)}» è detto {STATUS_WORDS[words[objective]]}, ma sotto: {listed}",
                versions=(reply.entry.version,),
            )
    for objective, beneath in trouble.items():
        if words.get(objective) in CALM:
            names = ", ".join(f"«{name}»" for _, name, _ in beneath[:3])
            status = STATUS_WORDS[words[objective]]
            yield Contradiction(
                "objective_in_line_above_trouble",
                (f"objective/{objective}", *(subject for subject, _, _ in beneath)),
                f"«{_objective_name(whole, objective)}» è detto {status}, sopra {names} che non lo è",
                versions=(whole.objectives[objective].entry.version, *(version for *_, version in beneath)),
            )


def _one_sentence(whole: CollectedRound) -> Iterator[Contradiction]:
    """The same note under many subjects: whatever it says, it cannot be of each of them."""
    under: defaultdict[str, list[tuple[str, int, tuple[str, ...]]]] = defaultdict(list)
    for due in whole.dues:
        if due.status is not None and (note := whole.notes.get(due.status.entry.version)):
            under[_folded(note)].append((f"indicator/{due.indicator}", due.status.entry.version, due.offices))
    for objective, reply in whole.objectives.items():
        if note := whole.notes.get(reply.entry.version):
            under[_folded(note)].append((f"objective/{objective}", reply.entry.version, ()))
    for note, sharing in under.items():
        if len(sharing) >= whole.system.repeated_note_from:
            shown = note if len(note) <= 100 else f"{note[:97]}..."
            yield Contradiction(
                "one_sentence_for_many",
                tuple(subject for subject, *_ in sharing),
                f"una frase sola per {len(sharing)}: «{shown}»",
                tuple(dict.fromkeys(office for *_, offices in sharing for office in offices)),
                tuple(version for _, version, _ in sharing),
            )


def _one_figure(whole: CollectedRound) -> Iterator[Contradiction]:
    """The same progress for many, with no value behind it: read from the calendar, not from the work."""
    under: defaultdict[Decimal, list[Due]] = defaultdict(list)
    for due in whole.dues:
        if due.progress is not None and not due.has_value:
            under[due.progress].append(due)
    for progress, dues in sorted(under.items()):
        if len(dues) >= whole.system.repeated_note_from:
            expected = expected_progress(whole.round.as_at.year, whole.round.as_at, whole.system)
            calendar = ", quanto il calendario" if progress == expected else ""
            yield Contradiction(
                "one_figure_for_many",
                tuple(f"indicator/{due.indicator}" for due in dues),
                f"avanzamento {decimal_string(progress)} %{calendar}, per {len(dues)} indicatori senza un valore",
                tuple(dict.fromkeys(office for due in dues for office in due.offices)),
                tuple(due.status.entry.version for due in dues if due.status is not None),
            )


def _of_due(kind: str, due: Due, words: str) -> Contradiction:
    versions = () if due.status is None else (due.status.entry.version,)
    return Contradiction(kind, (f"indicator/{due.indicator}",), words, due.offices, versions)


def _objective_name(whole: CollectedRound, objective: str) -> str:
    words = (whole.state.objective(objective, "code"), whole.state.objective(objective, "title"))
    return " ".join(str(word) for word in words if word) or objective


def _folded(note: str) -> str:
    return " ".join(note.split()).strip(" .").casefold()
