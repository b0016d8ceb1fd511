"""One section for each criterion on which the OIV validates the report, each statement linked to events.

The criteria are those of the Dipartimento della funzione pubblica, guidelines no. 3 of 2018 on the yearly report
(section 4): a statement says what the record shows; the judgement is the OIV's.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple, TypeVar

from domain.changes.rate import ex_ante_objectives
from domain.deviations.events import ACTION_STATES, DEVIATION_CAUSES, ActionState, DeviationCause
from domain.facts import PLAN, indicator_key, objective_key
from domain.flags.context import StreamName
from domain.measurements.events import MeasurementRecorded, MeasurementRestated
from domain.oiv.year_record import LateRecordings, NeverMeasured, YearRecord, committed
from domain.plans.history import PlanChange, PlanHistory
from domain.plans.state import PlanState
from domain.recording import Recorded
from domain.rounds.events import RoundClosed, RoundOpened
from domain.spelling import folded
from domain.systems.decide import Adopter
from domain.targets.decide import target_of
from domain.targets.model import Unread

Code = TypeVar("Code", bound=str)
INTEGRITY_WORDS = ("corruzione", "trasparenza", "integrita")
"""What a label of an objective says, where it is of those that the law wants named; of a title, where nothing is labelled."""

NAMED = 30
"""How many objects a statement names at most."""


class Statement(NamedTuple):
    """What the record shows, in words, and the events that say so."""

    words: str
    stream: StreamName
    versions: tuple[int, ...]


class Criterion(NamedTuple):
    """One criterion of the guidelines, by its letter, with what the record shows of it."""

    letter: str
    title: str
    statements: tuple[Statement, ...]


class DeviationsExplained(NamedTuple):
    """How many deviations were given each cause and how many none, how the corrective actions stand; the events that say so."""

    causes: dict[DeviationCause, int]
    unexplained: int
    explaining: list[int]
    actions: dict[ActionState, int]
    acting: list[int]


class ReportEvidence(NamedTuple):
    """What was found of a year, as far as the criteria speak of it.

    `unexplained` says of a change whether nobody can read why it was made; `in_force` and `ex_ante` are the scores of
    the body in percent, as text; `missed` the indicators that miss their target, with their names; `acts_of_the_oiv`
    are told in words, each with the version of its event; `overrides` are versions.
    """

    record: YearRecord
    changes: list[PlanChange]
    unexplained: list[PlanChange]
    in_force: str | None
    ex_ante: str | None
    system: str
    system_version: int | None
    system_adopted_by: Adopter | None
    missed: list[tuple[str, str]]
    deviations: DeviationsExplained
    late: LateRecordings
    never_measured: list[NeverMeasured]
    overrides: list[int]
    acts_of_the_oiv: list[tuple[str, int]]


def criteria(evidence: ReportEvidence) -> list[Criterion]:
    """The sections, in the order of the guidelines."""
    record = evidence.record
    history, year = record.history, record.year
    state = history.state(min(record.as_of, date(year, 12, 31)))
    planned = ex_ante_objectives(history.ex_ante(year), state, year)
    targets = committed(history, year, record.as_of)
    measured = record.measurements()
    events = [r.event for r in measured if isinstance(r.event, MeasurementRecorded | MeasurementRestated)]
    restated = [r for r in measured if isinstance(r.event, MeasurementRestated)]
    final = [event for event in events if event.finality == "final"]
    evidenced = [event for event in events if event.evidence is not None]
    approvals = history.timelines.entries(PLAN, f"approved/{year}")
    rounds = _rounds(record)
    labels = _labels(state)
    unread = [
        i
        for i, indicator_targets in targets.items()
        if any(isinstance(target_of(target), Unread) for target in indicator_targets.values())
    ]
    unexplained = evidence.unexplained
    versions_of_changes = [change.record.version for change in evidence.changes]
    system_event = [evidence.system_version] if evidence.system_version else []
    return [
        _criterion(
            "a",
            "Coerenza fra relazione e piano",
            _statement(
                f"Gli obiettivi programmati per il {year} alla sua approvazione sono {len(planned)}.",
                "plan", _births(history, map(objective_key, planned)),
            ),
            _statement(
                f"Le variazioni registrate del {year} sono {len(evidence.changes)}: ognuna è elencata col suo atto.",
                "plan", versions_of_changes,
            ),
        ),
        _criterion(
            "b",
            "Coerenza fra la valutazione dell'OIV e quelle riportate",
            _statement(
                f"La performance complessiva è {_percent(evidence.in_force)} rispetto ai target in vigore, {_percent(evidence.ex_ante)} rispetto a "
                "quelli approvati ex ante.",
                "plan", system_event,
            ),
            *[_statement(words, "review", [version]) for words, version in evidence.acts_of_the_oiv],
        ),
        _criterion(
            "c",
            "Risultati per tutti gli obiettivi",
            _statement(
                f"Degli indicatori con un target {year} ({len(targets)}), {len(targets) - len(evidence.never_measured)} "
                f"hanno almeno una misurazione.",
                "administration", [r.version for r in measured],
            ),
            _statement(
                f"Non sono mai stati misurati {len(evidence.never_measured)} indicatori.",
                "plan", [row.target_version for row in evidence.never_measured if row.target_version is not None],
            ),
        ),
        _criterion(
            "d",
            "Obiettivi connessi ad anticorruzione e trasparenza",
            _integrity(history, state, labels),
        ),
        _criterion(
            "e",
            "Corretto uso del metodo di calcolo",
            _statement(
                f"Il sistema di misurazione applicato è «{evidence.system}»"
                + ("." if evidence.system_version else ", quello predefinito: nessuno è stato adottato per l'anno."),
                evidence.system_adopted_by or "plan", system_event,
            ),
            _statement(
                f"I punteggi forzati sono {len(evidence.overrides)}.",
                "plan", evidence.overrides,
            ),
        ),
        _criterion(
            "f",
            "Affidabilità dei dati",
            _statement(
                f"Le misurazioni del {year} sono {len(measured)}: {len(final)} definitive, {len(evidenced)} con un "
                f"riferimento alla fonte.",
                "administration", [r.version for r in measured],
            ),
            _statement(f"I valori rettificati sono {len(restated)}.", "administration", [r.version for r in restated]),
        ),
        _criterion(
            "g",
            "Scostamenti e loro cause",
            _statement(
                f"Gli indicatori che non raggiungono il target in vigore sono {len(evidence.missed)}"
                + (": " + "; ".join(name for _, name in evidence.missed[:NAMED]) if evidence.missed else "") + ".",
                "plan", _births(history, [indicator_key(indicator) for indicator, _ in evidence.missed]),
            ),
            _statement(
                f"Gli scostamenti, anche in corso d'anno, di cui è stata detta la causa sono {sum(evidence.deviations.causes.values())}"
                f"{_listed(evidence.deviations.causes, DEVIATION_CAUSES)}; di {evidence.deviations.unexplained} manca.",
                "plan", evidence.deviations.explaining,
            ),
            _statement(
                f"Le azioni correttive sono {sum(evidence.deviations.actions.values())}"
                f"{_listed(evidence.deviations.actions, ACTION_STATES)}.",
                "plan", evidence.deviations.acting,
            ),
            _statement(
                f"Le modifiche in itinere senza una motivazione leggibile sono {len(unexplained)}.",
                "plan", [change.record.version for change in unexplained],
            ),
        ),
        _criterion(
            "h",
            "Adeguatezza del processo di misurazione",
            _statement(f"Gli eventi di monitoraggio del {year} registrati sono {len(rounds)}.", "plan", [r.version for r in rounds]),
            _statement(
                f"Le registrazioni tarde, o con effetto anteriore a quanto già noto, sono {len(evidence.late.recordings)}; di "
                f"{len(evidence.late.not_knowable)} eventi, caricati a posteriori, non è conoscibile.",
                "plan", [r.version for row in evidence.late.recordings if row.stream == "plan" for r in row.records],
            ),
        ),
        _criterion(
            "i",
            "Conformità alle norme e alle linee guida",
            _statement(
                f"L'anno {year} è stato approvato il {approvals[-1].effective_on:%d/%m/%Y}."
                if approvals
                else f"Per l'anno {year} non è registrato alcun atto di approvazione: vale dal 1° gennaio.",
                "plan", [approvals[-1].version] if approvals else [],
            ),
            _statement(
                "L'elenco delle variazioni che l'art. 6 del D.Lgs. 150/2009 destina alla relazione è in questo fascicolo.",
                "plan", versions_of_changes,
            ),
            *([_labelled(history, state, labels)] if labels else []),
        ),
        _criterion(
            "l",
            "Sinteticità",
            _statement(f"Obiettivi programmati: {len(planned)}; indicatori con un target {year}: {len(targets)}.", "plan", []),
        ),
        _criterion(
            "m",
            "Chiarezza e comprensibilità",
            _statement(
                f"I target {year} il cui testo non si interpreta con certezza sono {len(unread)}.",
                "plan", _births(history, map(indicator_key, unread)),
            ),
        ),
    ]  # fmt: skip


def _listed(counts: Mapping[Code, int], words: Mapping[Code, str]) -> str:
    listed = ", ".join(f"{words[code]} {count}" for code, count in counts.items())
    return f" ({listed})" if listed else ""


def _percent(score: str | None) -> str:
    return "non calcolabile" if score is None else f"{score.replace('.', ',')} %"


def _criterion(letter: str, title: str, *statements: Statement) -> Criterion:
    return Criterion(letter, title, statements)


def _statement(words: str, stream: StreamName, versions: Iterable[int]) -> Statement:
    return Statement(words, stream, tuple(sorted(set(versions))))


def _births(history: PlanHistory, keys: Iterable[str]) -> list[int]:
    """The events by which objects came to be."""
    return [entries[0].version for key in keys if (entries := history.timelines.entries(key, "life"))]


def _labels(state: PlanState) -> dict[str, dict[str, str]]:
    """The labels that objectives in force bear, by their words without case and accents: the objectives, each as it says it."""
    labels: dict[str, dict[str, str]] = {}
    for objective in state.objectives_in_force():
        said = state.objective(objective, "tags")
        for tag in said if isinstance(said, list) else []:
            labels.setdefault(folded(str(tag)), {}).setdefault(objective, str(tag))
    return dict(sorted(labels.items()))


def _speaks_of_integrity(text: str) -> bool:
    return any(word in folded(text) for word in INTEGRITY_WORDS)


def _integrity(history: PlanHistory, state: PlanState, labels: Mapping[str, Mapping[str, str]]) -> Statement:
    """The objectives in force labelled as of integrity; where the plan labels none at all, those whose title speaks of it."""
    if labels:
        labelled = {
            objective for label, bearing in labels.items() if _speaks_of_integrity(label) for objective in bearing
        }
        found = [objective for objective in state.objectives_in_force() if objective in labelled]
        return _statement(
            f"Gli obiettivi in vigore con un'etichetta di anticorruzione, trasparenza o integrità sono {len(found)}"
            f"{_titles(state, found)}.",
            "plan",
            _labelling(history, state, found),
        )
    titles = ((objective, state.objective(objective, "title")) for objective in state.objectives_in_force())
    named = [objective for objective, title in titles if _speaks_of_integrity(str(title or ""))]
    return _statement(
        f"Nessun obiettivo in vigore ha etichette: quelli che nominano nel titolo corruzione, trasparenza o integrità sono "
        f"{len(named)}{_titles(state, named)}.",
        "plan",
        _births(history, map(objective_key, named)),
    )


def _labelled(history: PlanHistory, state: PlanState, labels: Mapping[str, Mapping[str, str]]) -> Statement:
    """How many objectives in force bear each label of the plan."""
    counts = ", ".join(f"{next(iter(bearing.values()))} {len(bearing)}" for bearing in labels.values())
    bearing = dict.fromkeys(objective for of_label in labels.values() for objective in of_label)
    return _statement(f"Gli obiettivi in vigore, per etichetta: {counts}.", "plan", _labelling(history, state, bearing))


def _labelling(history: PlanHistory, state: PlanState, objectives: Iterable[str]) -> list[int]:
    """The events by which objectives have the labels that they bear."""
    entries = (history.timelines.entry(objective_key(objective), "tags", state.on) for objective in objectives)
    return [entry.version for entry in entries if entry is not None]


def _titles(state: PlanState, objectives: Sequence[str]) -> str:
    """The titles of objectives after a count, the first of many."""
    titles = [str(state.objective(objective, "title") or objective) for objective in objectives[:NAMED]]
    return f": {'; '.join(titles)}" if titles else ""


def _rounds(record: YearRecord) -> list[Recorded]:
    """The openings and closings of the rounds on the year."""
    records = record.holding(record.history.counting)
    of_year = {r.event.round for r in records if isinstance(r.event, RoundOpened) and r.event.as_at.year == record.year}
    return [r for r in records if isinstance(r.event, RoundOpened | RoundClosed) and r.event.round in of_year]
