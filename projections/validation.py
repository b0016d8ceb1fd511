"""One section for each criterion on which the OIV validates the report, each statement linked to events.

The criteria are those of the Dipartimento della funzione pubblica, guidelines no. 3 of 2018 on the yearly report
(section 4): a statement says what the record shows; the judgement is the OIV's.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

from domain.changes.rate import ex_ante_objectives
from domain.facts import PLAN, indicator_key, objective_key
from domain.measurements.events import MeasurementRecorded, MeasurementRestated
from domain.plans.history import PlanHistory
from domain.point import Point
from domain.recording import Recorded
from domain.rounds.events import RoundClosed, RoundOpened
from domain.targets.decide import target_of
from domain.targets.model import NoTarget, Unread
from domain.vocabulary import JsonValue, period_year
from projections.store.reader import Reader
from projections.streams import find_plan

Row = dict[str, Any]
INTEGRITY_WORDS = ("anticorruzione", "corruzione", "trasparenza", "integrità")


def criteria(reader: Reader, history: PlanHistory, year: int, point: Point, found: Row) -> list[Row]:
    """The sections, in the order of the guidelines."""
    state = history.state(min(point.as_of, date(year, 12, 31)))
    ex_ante = history.ex_ante(year)
    planned = ex_ante_objectives(ex_ante, state, year)
    measured = _measured(reader, history, year, point)
    committed = targeted(history, year, point)
    scores, late = found["scores"], found["late"]
    in_force, approved = (_percent(scores[basis]) for basis in ("in_force", "ex_ante"))
    approvals = history.timelines.entries(PLAN, f"approved/{year}")
    rounds = _rounds(history, year, point)
    restated = [r for r in measured if isinstance(r.event, MeasurementRestated)]
    final = [r for r in measured if getattr(r.event, "finality", None) == "final"]
    evidenced = [r for r in measured if getattr(r.event, "evidence", None) is not None]
    missed = [one for one in scores["indicators"] if one["met"] is False]
    integrity = [
        one
        for one in state.objectives()
        if state.in_force(one)
        and any(w in str(state.objective(one, "title") or "").casefold() for w in INTEGRITY_WORDS)
    ]
    unread = [
        one for one, targets in committed.items() if any(isinstance(target_of(t), Unread) for t in targets.values())
    ]
    reasons = [one for one in found["variations"] if one["kind"] == "in_year_revision" and not one["justification"]]
    return [
        _section(
            "a",
            "Coerenza fra relazione e piano",
            _said(
                f"Gli obiettivi programmati per il {year} alla sua approvazione sono {len(planned)}.",
                "plan", _births(history, [objective_key(one) for one in planned]),
            ),
            _said(
                f"Le variazioni registrate del {year} sono {len(found['variations'])}: ognuna è elencata col suo atto.",
                "plan", [one["version"] for one in found["variations"]],
            ),
        ),
        _section(
            "b",
            "Coerenza fra la valutazione dell'OIV e quelle riportate",
            _said(
                f"La performance complessiva è {in_force} rispetto ai target in vigore, {approved} rispetto a "
                "quelli approvati ex ante.",
                "plan", [scores["system_version"]] if scores["system_version"] else [],
            ),
            *[_said(one["what"], "review", [e["version"] for e in one["events"]]) for one in found["acts_of_the_oiv"]],
        ),
        _section(
            "c",
            "Risultati per tutti gli obiettivi",
            _said(
                f"Degli indicatori con un target {year} ({len(committed)}), {len(committed) - len(found['never_measured'])} "
                f"hanno almeno una misurazione.",
                "administration", [r.version for r in measured],
            ),
            _said(
                f"Non sono mai stati misurati {len(found['never_measured'])} indicatori.",
                "plan", [e["version"] for one in found["never_measured"] for e in one["events"]],
            ),
        ),
        _section(
            "d",
            "Obiettivi connessi ad anticorruzione e trasparenza",
            _said(
                f"Gli obiettivi in vigore che li nominano nel titolo sono {len(integrity)}.",
                "plan", _births(history, [objective_key(one) for one in integrity]),
            ),
        ),
        _section(
            "e",
            "Corretto uso del metodo di calcolo",
            _said(
                f"Il sistema di misurazione applicato è «{scores['system']}»"
                + ("." if scores["system_version"] else ", quello predefinito: nessuno è stato adottato per l'anno."),
                "plan", [scores["system_version"]] if scores["system_version"] else [],
            ),
            _said(
                f"I punteggi forzati sono {len(found['overrides'])}.",
                "plan", [e["version"] for one in found["overrides"] for e in one["events"]],
            ),
        ),
        _section(
            "f",
            "Affidabilità dei dati",
            _said(
                f"Le misurazioni del {year} sono {len(measured)}: {len(final)} definitive, {len(evidenced)} con un "
                f"riferimento alla fonte.",
                "administration", [r.version for r in measured],
            ),
            _said(f"I valori rettificati sono {len(restated)}.", "administration", [r.version for r in restated]),
        ),
        _section(
            "g",
            "Scostamenti e loro cause",
            _said(
                f"Gli indicatori che non raggiungono il target in vigore sono {len(missed)}"
                + (": " + "; ".join(one["name"] for one in missed[:30]) if missed else "") + ".",
                "plan", _births(history, [indicator_key(one["indicator"]) for one in missed]),
            ),
            _said(
                f"Le modifiche in itinere senza una motivazione leggibile sono {len(reasons)}.",
                "plan", [one["version"] for one in reasons],
            ),
        ),
        _section(
            "h",
            "Adeguatezza del processo di misurazione",
            _said(f"Gli eventi di monitoraggio del {year} registrati sono {len(rounds)}.", "plan", [r.version for r in rounds]),
            _said(
                f"Le registrazioni tarde, o con effetto anteriore a quanto già noto, sono {len(late['recordings'])}; di "
                f"{len(late['not_knowable']['events'])} eventi, caricati a posteriori, non è conoscibile.",
                "plan", [e["version"] for one in late["recordings"] for e in one["events"] if e["in"] == "plan"],
            ),
        ),
        _section(
            "i",
            "Conformità alle norme e alle linee guida",
            _said(
                f"L'anno {year} è stato approvato il {approvals[-1].effective_on:%d/%m/%Y}."
                if approvals
                else f"Per l'anno {year} non è registrato alcun atto di approvazione: vale dal 1° gennaio.",
                "plan", [approvals[-1].version] if approvals else [],
            ),
            _said(
                "L'elenco delle variazioni che l'art. 6 del D.Lgs. 150/2009 destina alla relazione è in questo fascicolo.",
                "plan", [one["version"] for one in found["variations"]],
            ),
        ),
        _section(
            "l",
            "Sinteticità",
            _said(f"Obiettivi programmati: {len(planned)}; indicatori con un target {year}: {len(committed)}.", "plan", []),
        ),
        _section(
            "m",
            "Chiarezza e comprensibilità",
            _said(
                f"I target {year} il cui testo non si interpreta con certezza sono {len(unread)}.",
                "plan", _births(history, [indicator_key(one) for one in unread]),
            ),
        ),
    ]  # fmt: skip


def _percent(score: str | None) -> str:
    return "non calcolabile" if score is None else f"{score.replace('.', ',')} %"


def _section(letter: str, title: str, *statements: Row) -> Row:
    return {"criterion": letter, "title": title, "statements": list(statements)}


def _said(words: str, stream: str, versions: Iterable[int]) -> Row:
    return {"words": words, "events": [{"in": stream, "version": one} for one in sorted(set(versions))]}


def _births(history: PlanHistory, keys: Iterable[str]) -> list[int]:
    """The events by which objects came to be."""
    return [entries[0].version for key in keys if (entries := history.timelines.entries(key, "life"))]


def targeted(history: PlanHistory, year: int, point: Point) -> dict[str, dict[int, JsonValue]]:
    """The indicators in force by the end of the year, with the targets of it that commit to something, as of the date."""
    state, now = history.state(min(point.as_of, date(year, 12, 31))), history.state(point.as_of)
    found: dict[str, dict[int, JsonValue]] = {}
    for one in state.indicators():
        if state.indicator_in_force(one):
            for (of, ordinal), value in now.targets(one).items():
                if of == year and not isinstance(target_of(value), NoTarget):
                    found.setdefault(one, {})[ordinal] = value
    return found


def _rounds(history: PlanHistory, year: int, point: Point) -> list[Recorded]:
    """The openings and closings of the rounds on the year."""
    records = [r for r in history.counting if r.effective_on <= point.as_of]
    of_year = {r.event.round for r in records if isinstance(r.event, RoundOpened) and r.event.as_at.year == year}
    return [r for r in records if isinstance(r.event, RoundOpened | RoundClosed) and r.event.round in of_year]


def _measured(reader: Reader, history: PlanHistory, year: int, point: Point) -> list[Any]:
    found = find_plan(reader, history.plan, point.known_at)
    gone = reader.annulled(found.administration_stream, found.administration_known.version)
    series = {
        str(e.value)
        for key in history.timelines.objects("indicator/")
        for e in history.timelines.entries(key, "series")
    }
    return [
        record
        for record in reader.records(found.administration_stream, upto=found.administration_known.version)
        if isinstance(record.event, MeasurementRecorded | MeasurementRestated)
        and record.version not in gone
        and record.effective_on <= point.as_of
        and record.event.series in series
        and period_year(record.event.period) == year
    ]
