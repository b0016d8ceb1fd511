"""What a monitoring says that does not hold together: words against figures, figures without values, one pasted sentence.

A contradiction is pointed out, never judged: it names what was said, what stands against it, and whom to ask.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import NamedTuple

from domain.measurements.events import STATUS_WORDS
from domain.rounds.collection import CollectedRound, Due
from domain.rounds.expected import expected_of_targets, expected_progress
from domain.rounds.judged import Judged, judged_due
from domain.scoring.numbers import HUNDRED, decimal_string
from domain.scoring.quantities import spelt
from domain.targets.model import Deadline, YesNo


class Contradiction(NamedTuple):
    """One thing that does not hold together: its kind, whom it is about, in words."""

    kind: str
    subjects: tuple[str, ...]
    words: str
    offices: tuple[str, ...] = ()
    versions: tuple[int, ...] = ()


TROUBLED = frozenset({"at_risk", "to_be_renegotiated"})
CALM = frozenset({"in_line", "reached"})
MOST_NAMED = 3
"""How many of those that stand against a claim are named in its words; all of them are among its subjects."""
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
    held = judged_due(whole, due)
    calm = due.word == "in_line"
    if held is not None and not held.met and calm:
        yield _of_due("in_line_below_target", due, f"{claim}, ma il valore è {held.words}")
    if held is not None and not held.reached and due.word == "reached":
        yield _of_due("reached_below_target", due, f"{claim}, ma il valore è {held.words}")
    if held is not None and held.met and due.word in TROUBLED:
        yield _of_due("troubled_but_met", due, f"{claim}, ma il valore è {held.words}")
    complete = due.word == "reached" or (due.progress is not None and due.progress >= HUNDRED)
    if complete and not due.has_value and any(not isinstance(t, YesNo) for t in due.targets.values()):
        progress = f" al {decimal_string(due.progress)} %" if due.progress is not None else ""
        yield _of_due("complete_without_value", due, f"{claim}{progress}, senza un valore")
    expected = expected_of_targets(due.targets.values(), as_at, whole.system)
    if calm and due.progress is not None and expected is not None and due.progress < expected:
        words = f"{claim} al {decimal_string(due.progress)} %, ma al {as_at:%d/%m/%Y} si attende il {spelt(expected)} %"
        yield _of_due("in_line_behind", due, words)
    passed = [t for t in due.targets.values() if isinstance(t, Deadline) and t.value <= as_at]
    if calm and passed and not due.has_value:
        words = f"{claim}, ma il termine del {passed[0].value:%d/%m/%Y} è passato senza un dato"
        yield _of_due("in_line_past_deadline", due, words)


class _Below(NamedTuple):
    """Something below an objective: what it is called, what is said of it, how its value stands."""

    subject: str
    name: str
    word: str | None
    version: int | None
    judged: Judged | None
    has_value: bool


def _below(whole: CollectedRound) -> dict[str, list[_Below]]:
    """All that hangs from each objective, however deep: the indicators that are asked for, the objectives of which something is said."""
    below: defaultdict[str, list[_Below]] = defaultdict(list)
    for due in whole.dues:
        version = None if due.status is None else due.status.entry.version
        name, held = whole.name(due.indicator), judged_due(whole, due)
        part = _Below(f"indicator/{due.indicator}", name, due.word, version, held, due.has_value)
        for objective in {o for served in due.objectives for o in (served, *whole.state.ancestors(served))}:
            below[objective].append(part)
    for objective, reply in whole.objectives.items():
        if whole.state.in_force(objective):
            name, word = _objective_name(whole, objective), str(reply.body.get("status"))
            part = _Below(f"objective/{objective}", name, word, reply.entry.version, None, has_value=False)
            for ancestor in whole.state.ancestors(objective):
                below[ancestor].append(part)
    return below


class _Claim(NamedTuple):
    """What is said of an objective, and all that hangs from it."""

    objective: str
    words: str
    status: str
    progress: Decimal | None
    version: int
    below: list[_Below]

    def against(self, kind: str, words: str, parts: Sequence[_Below] = ()) -> Contradiction:
        """The claim, and the parts that stand against it."""
        versions = (self.version, *(part.version for part in parts if part.version is not None))
        subjects = (f"objective/{self.objective}", *(part.subject for part in parts))
        return Contradiction(kind, subjects, f"{self.words}{words}", versions=versions)


def _of_objectives(whole: CollectedRound) -> Iterator[Contradiction]:
    """What is said of an objective against all that hangs from it: words, and values."""
    below = _below(whole)
    for objective, reply in whole.objectives.items():
        status, progress = str(reply.body.get("status")), reply.body.get("progress")
        claim = _Claim(
            objective,
            f"«{_objective_name(whole, objective)}» è detto {STATUS_WORDS[status]}",
            status,
            None if progress is None else Decimal(str(progress)),
            reply.entry.version,
            below.get(objective, []),
        )
        yield from _of_objective(whole, claim)


def _of_objective(whole: CollectedRound, claim: _Claim) -> Iterator[Contradiction]:
    held = [(part, part.judged) for part in claim.below if part.judged is not None]
    calm, troubled = claim.status in CALM, [part for part in claim.below if part.word in TROUBLED]
    short = [(part, one) for part, one in held if not (one.met if claim.status == "in_line" else one.reached)]
    if calm and short:
        kind = "in_line_below_target" if claim.status == "in_line" else "reached_below_target"
        yield claim.against(kind, f", ma sotto: {_figures(short)}", [part for part, _ in short])
    if calm and troubled:
        names = ", ".join(f"«{part.name}»" for part in troubled[:MOST_NAMED])
        yield claim.against("objective_in_line_above_trouble", f", sopra {names} che non lo è", troubled)
    if claim.status in TROUBLED and held and not troubled and all(one.met for _, one in held):
        words = f", ma ciò che sta sotto raggiunge il target: {_figures(held)}"
        yield claim.against("troubled_but_met", words, [part for part, _ in held])
    indicators = [part for part in claim.below if part.subject.startswith("indicator/")]
    complete = claim.status == "reached" or (claim.progress is not None and claim.progress >= HUNDRED)
    if complete and indicators and not any(part.has_value for part in indicators):
        words = ", ma nessuno degli indicatori che stanno sotto ha un valore"
        yield claim.against("complete_without_value", words, indicators)
    as_at = whole.round.as_at
    expected = expected_progress(as_at.year, as_at, whole.system)
    if claim.status == "in_line" and claim.progress is not None and expected is not None and claim.progress < expected:
        words = f" al {decimal_string(claim.progress)} %, ma al {as_at:%d/%m/%Y} si attende il {spelt(expected)} %"
        yield claim.against("in_line_behind", words)


def _figures(held: Sequence[tuple[_Below, Judged]]) -> str:
    return "; ".join(f"«{part.name}» {one.words}" for part, one in held[:MOST_NAMED])


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
