"""What proposed changes would do, before anything is decided: what a preview says, and scores, flags, the OIV's time.

The preview of a change (`change_preview`) is the cheap part of it. Scores and flags are worked out for the years that the
changes touch, from the same dry run, before and after.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Annotated, NamedTuple, TypeVar

import orjson
from pydantic import Field
from typing_extensions import TypedDict

from domain.administrations.events import AdministrationSystemAdopted
from domain.flags.model import OF_RECORDING, RuleName
from domain.italian import print_signs
from domain.measurements.events import NewFigure
from domain.names import Names
from domain.plans.history import PlanHistory, years_touched
from domain.point import Point, today
from domain.proposals.life import ProposalLife, ProposalOpinion
from domain.recording import Recorded
from domain.scoring.inputs import AdministrationRecord, score_year
from domain.scoring.numbers import HUNDREDTH, at_step, decimal_string, difference, print_hundredths
from projections.answers import Count, Day, DecimalText, Text
from projections.change_preview import BeforeAfter, ChangePreview, HistoriesAround, change_preview
from projections.flags import Flag, flags_of, recorded_figures
from projections.plan_history import PlanChange
from projections.predecessors import administration_record, preceding_plan
from projections.proposed_values import ProposedValue, pending_beside, proposed_values, years_of
from projections.scores import OnBothBases
from projections.store.preview_reader import PreviewReader
from projections.store.reader import Reader
from projections.streams import PlanKnown, find_plan, plan_stream

OfOneYear = TypeVar("OfOneYear")
ChangeKey = tuple[str, str, str, str, str, str]
"""What makes two changes the same, whenever they are worked out: of what, which event, kind, direction, before, after."""


class ScoresBeforeAfter(TypedDict):
    """La performance complessiva di un anno, prima e dopo: contro i target in vigore, contro quelli approvati."""

    before: OnBothBases
    after: OnBothBases


class FlagsBeforeAfter(TypedDict):
    """Le segnalazioni di un anno che nascerebbero, con la loro domanda, e quelle che non ci sarebbero più."""

    born: list[Flag]
    gone: list[Text]


class OivTime(TypedDict):
    """Quanto tempo resta all'OIV: fino alla scadenza che gli è data, e fino alla data prevista per l'atto."""

    asked_on: Day | None
    due: Day | None
    days_left: Annotated[int | None, Field(description="Giorni da oggi alla scadenza; negativi, se è passata.")]
    act_expected_on: Day
    days_to_act: Annotated[int, Field(description="Giorni da oggi alla data prevista per l'atto.")]
    opinions: Count
    words: Text


class EffectsShown(ChangePreview):
    """Che cosa farebbero le modifiche proposte, e quanto tempo resta all'OIV."""

    values: Annotated[
        list[ProposedValue], Field(description="Valori, rettifiche, stati e altro che portano, oltre alle modifiche.")
    ]
    scores: Annotated[
        dict[str, ScoresBeforeAfter],
        Field(description="Per anno toccato, alla data as_of, o a quella del più recente dei valori che portano."),
    ]
    flags: Annotated[dict[str, FlagsBeforeAfter], Field(description="Per anno toccato.")]
    oiv: OivTime


class Foreseen(NamedTuple):
    """From where effects are seen: the day from which the changes would hold, the act that stands for one that is not there yet.

    `life` and `opinions` are those of the proposal, where there is one already.
    """

    day: date
    act: str | None = None
    life: ProposalLife | None = None
    opinions: tuple[ProposalOpinion, ...] = ()


class _Side(NamedTuple):
    """A plan on one side of the dry run."""

    reader: Reader
    known: PlanKnown
    history: PlanHistory
    record: AdministrationRecord

    def scores(self, year: int, point: Point) -> OnBothBases:
        in_force, ex_ante = (
            score_year(self.history, self.record, year, point, basis=basis).body().counted
            for basis in ("in_force", "ex_ante")
        )
        return {
            "in_force": _rounded(in_force),
            "ex_ante": _rounded(ex_ante),
            "difference": _rounded(difference(in_force, ex_ante)),
        }

    def flags(self, year: int, point: Point) -> dict[str, Flag]:
        figures = recorded_figures(self.reader, self.known, self.history, self.record, year, point)
        preceding = preceding_plan(self.reader, self.known, self.history, point)
        raised = flags_of(self.reader, self.known, self.history, figures, point, preceding)["flags"]
        return {flag["id"]: flag for flag in raised}


def effects_shown(
    reader: PreviewReader, plan: str, foreseen: Foreseen, worked_out: EffectsShown | None = None
) -> EffectsShown:
    """What the pending append would do, seen on the day from which its changes would hold.

    An act that only stands for one is not named: nobody has decided yet. Where the same changes were `worked_out` by
    another act of the same day, scores and flags are those: nothing of them tells one act from another.
    """
    beside = pending_beside(reader, find_plan(reader, plan))
    rules = [record for record in beside if isinstance(record.event, AdministrationSystemAdopted)]
    preview = _undecided(change_preview(reader, plan, foreseen.day, years_of(rules)), foreseen.act)
    values, oiv = proposed_values(reader, plan), oiv_time(foreseen, today(reader.recorded_at))
    if worked_out is not None:
        scores, flags = worked_out["scores"], worked_out["flags"]
    else:
        scores, flags = _scores_and_flags(reader, plan, foreseen.day, beside)
    return {**preview, "values": values, "scores": scores, "flags": flags, "oiv": oiv}


def _scores_and_flags(
    reader: PreviewReader, plan: str, day: date, beside: Sequence[Recorded]
) -> tuple[dict[str, ScoresBeforeAfter], dict[str, FlagsBeforeAfter]]:
    """Of the years that are touched, and of those after them to which a figure makes a difference.

    A figure is seen on the day from which it holds, where that comes after the one that is asked about.
    """
    around = HistoriesAround(reader, plan)
    before = _side(reader.before, plan, around.before.history)
    after = _side(reader, plan, around.after.history)
    touched = {*years_touched(around.pending, around.after.history.years), *years_of(beside)}
    measured = years_of(record for record in beside if isinstance(record.event, NewFigure))
    point = Point(max([day, *(record.effective_on for record in beside)]))
    scores: dict[str, ScoresBeforeAfter] = {}
    flags: dict[str, FlagsBeforeAfter] = {}
    for year in around.after.history.years:
        if year not in touched and not any(year > earlier for earlier in measured):
            continue
        flags_before, flags_after = before.flags(year, point), after.flags(year, point)
        scored: ScoresBeforeAfter = {"before": before.scores(year, point), "after": after.scores(year, point)}
        moved: FlagsBeforeAfter = {
            "born": [flag for id_, flag in flags_after.items() if id_ not in flags_before],
            "gone": [id_ for id_ in flags_before if id_ not in flags_after],
        }
        if year in touched or scored["before"] != scored["after"] or moved["born"] or moved["gone"]:
            scores[str(year)], flags[str(year)] = scored, moved
    return scores, flags


def effects_kept(text: str) -> EffectsShown:
    """Effects as they were kept: those of an earlier program name no values, no weights, and nothing that another act overtakes."""
    effects: EffectsShown = orjson.loads(text)
    effects.setdefault("values", [])
    effects.setdefault("overtaken", [])
    effects.setdefault("questions", [])
    effects.setdefault("weights", [])
    return effects


def effects_of_change(reader: PreviewReader, plan: str, as_of: date | None) -> EffectsShown:
    """What the pending append would do, seen on a day: by default that of its last change."""
    pending = reader.pending(plan_stream(plan))
    last = max((record.effective_on for record in pending), default=today(reader.recorded_at))
    return effects_shown(reader, plan, Foreseen(as_of or last))


def without_words(effects: EffectsShown) -> EffectsShown:
    """Effects as they are kept: why each change is made lies in the change file alone, where an order reaches it."""
    changes: list[PlanChange] = [{**change, "justification": None, "note": None} for change in effects["changes"]]
    return {**effects, "changes": changes}


def oiv_time(foreseen: Foreseen, day: date) -> OivTime:
    """The time that is left to the OIV on a day."""
    asked = foreseen.life.asked if foreseen.life else None
    due = asked[1].due if asked else None
    days_to_act = (foreseen.day - day).days
    act = f"l'atto è previsto per il {foreseen.day:%d/%m/%Y}"
    if days_to_act < 0:  # no act that is still to come is of a day that is over
        act = f"le modifiche varrebbero già dal {foreseen.day:%d/%m/%Y}"
    if any(not opinion.on_earlier_text for opinion in foreseen.opinions):
        words = f"L'OIV si è già espresso; {act}"
    elif asked is None:
        words = (
            f"Parere dell'OIV non chiesto; {act}, fra {days_to_act} giorni"
            if days_to_act > 0
            else f"Parere dell'OIV non chiesto; {act}"
        )
    elif due is None:
        words = f"Parere chiesto all'OIV il {asked[0].effective_on:%d/%m/%Y}, senza scadenza; {act}"
    else:
        left = (due - day).days
        words = (
            f"Parere dell'OIV entro il {due:%d/%m/%Y}, fra {left} giorni"
            if left >= 0
            else f"Parere dell'OIV scaduto il {due:%d/%m/%Y}"
        )
        words += f"; {act}, prima della scadenza" if foreseen.day < due else f"; {act}"
    if foreseen.opinions and all(opinion.on_earlier_text for opinion in foreseen.opinions):
        words += "; l'OIV si è espresso sul testo di prima"
    return {
        "asked_on": asked[0].effective_on.isoformat() if asked else None,
        "due": due.isoformat() if due else None,
        "days_left": (due - day).days if due else None,
        "act_expected_on": foreseen.day.isoformat(),
        "days_to_act": days_to_act,
        "opinions": len(foreseen.opinions),
        "words": words,
    }


def what_differs(
    shown: EffectsShown, now: EffectsShown, names: Names, *, apart_from: Collection[RuleName] = OF_RECORDING
) -> list[str]:
    """In what effects are no longer those that were shown, in words; none where they are the same.

    `names` are how objects are called. Flags of the rules in `apart_from` are not compared.
    """
    return [
        *_of_changes(shown["changes"], now["changes"], names),
        *_of_values(shown["values"], now["values"]),
        *_of_years(
            "tasso di modifica",
            shown["change_rate"],
            now["change_rate"],
            lambda rates: print_signs(rates["official"]["words"]),
            _rates,
        ),
        *_of_years("punteggio", shown["scores"], now["scores"], _score_words, lambda scores: scores),
        *_of_years(
            "segnalazioni che nascono",
            shown["flags"],
            now["flags"],
            _flag_words,
            lambda flags: _flag_keys(flags, apart_from),
        ),
    ]


def flags_not_shown(shown: EffectsShown, now: EffectsShown) -> list[Flag]:
    """The flags that would be born now, and were not among those that were shown."""
    born = {_flag_key(flag) for flags in shown["flags"].values() for flag in flags["born"]}
    return [flag for flags in now["flags"].values() for flag in flags["born"] if _flag_key(flag) not in born]


def _side(reader: Reader, plan: str, history: PlanHistory) -> _Side:
    known = find_plan(reader, plan)
    return _Side(reader, known, history, administration_record(reader, known, None))


def _undecided(preview: ChangePreview, act: str | None) -> ChangePreview:
    if act is None:
        return preview
    changes: list[PlanChange] = [
        {**change, "act": None if change["act"] == act else change["act"]} for change in preview["changes"]
    ]
    acts = [dated for dated in preview["decides"]["acts"] if dated["act"] != act]
    years = [{**year, "act": None if year["act"] == act else year["act"]} for year in preview["decides"]["years"]]
    return {**preview, "changes": changes, "decides": {"acts": acts, "years": years}}  # type: ignore[typeddict-item]


def _of_changes(shown: Iterable[PlanChange], now: Iterable[PlanChange], names: Names) -> list[str]:
    before, after = ([(_change_key(one), _change_words(one, names)) for one in changes] for changes in (shown, now))
    then, since = ({key for key, _ in changes} for changes in (before, after))
    return [f"modifica mostrata: {words}; ora non è più così" for key, words in before if key not in since] + [
        f"modifica che non era stata mostrata: {words}" for key, words in after if key not in then
    ]


def _of_values(shown: Iterable[ProposedValue], now: Iterable[ProposedValue]) -> list[str]:
    before, after = ([value["words"] for value in values] for values in (shown, now))
    return [f"valore o stato mostrato: {words}; ora non è più così" for words in before if words not in after] + [
        f"valore o stato che non era stato mostrato: {words}" for words in after if words not in before
    ]


def _change_key(change: PlanChange) -> ChangeKey:
    about = change["node"] or change["indicator"] or ", ".join(change["objectives"]) or "il piano"
    target = "" if change["target_year"] is None else f" {change['target_year']}/{change['ordinal'] or 1}"
    return (
        about + target,
        change["event"],
        change["kind"],
        str(change["direction"]),
        _value(change["before"]),
        _value(change["after"]),
    )


def _value(value: object) -> str:
    if value is None:
        return "—"
    return str(value.get("text", value)) if isinstance(value, dict) else str(value)


def _change_words(change: PlanChange, names: Names) -> str:
    about = ", ".join(map(names.objective, change["objectives"])) or "il piano"
    if change["indicator"]:
        about = names.indicator(change["indicator"])
    if change["node"]:
        about = names.called(change["node"])
    if change["target_year"] is not None:
        ordinal = change["ordinal"] or 1
        about += f", target {change['target_year']}" + (f" ({ordinal}°)" if ordinal > 1 else "")
    return f"{about}: {print_signs(_value(change['before']))} → {print_signs(_value(change['after']))}"


def _of_years(
    what: str,
    shown: Mapping[str, OfOneYear],
    now: Mapping[str, OfOneYear],
    words: Callable[[OfOneYear], str],
    key: Callable[[OfOneYear], object],
) -> list[str]:
    listed: list[str] = []
    for year in sorted({*shown, *now}):
        before, after = shown.get(year), now.get(year)
        if before is None or after is None:
            listed.append(f"{what} {year}: {'ora non è toccato' if after is None else 'prima non era toccato'}")
        elif key(before) != key(after):
            listed.append(f"{what} {year}: mostrato «{words(before)}», ora «{words(after)}»")
    return listed


def _rates(rates: BeforeAfter) -> object:
    figures = [
        (rates[side][variant]["numerator"], rates[side][variant]["denominator"])
        for side in ("before", "after")
        for variant in ("any", "substance", "easier")
    ]
    return figures, print_signs(rates["official"]["words"])  # an effect kept by an older version says >=


def _score_words(scores: ScoresBeforeAfter) -> str:
    return " → ".join(
        f"{_score_figure(side['in_force'])} (ex ante {_score_figure(side['ex_ante'])})"
        for side in (scores["before"], scores["after"])
    )


def _score_figure(score: str | None) -> str:
    return "—" if score is None else print_hundredths(Decimal(score))


def _flag_keys(flags: FlagsBeforeAfter, apart_from: Collection[str]) -> object:
    born = sorted(_flag_key(flag) for flag in flags["born"] if flag["rule"] not in apart_from)
    return born, len([id_ for id_ in flags["gone"] if id_.partition("/")[0] not in apart_from])


def _flag_key(flag: Flag) -> tuple[str, str, tuple[str, ...]]:
    # An id may name the version that the event would have had: another one now.
    return flag["rule"], flag["indicator"] or "", tuple(flag["objectives"])


def _flag_words(flags: FlagsBeforeAfter) -> str:
    return "; ".join(flag["title"] for flag in flags["born"]) or "nessuna"


def _rounded(figure: Decimal | None) -> DecimalText | None:
    return decimal_string(at_step(figure, HUNDREDTH, "half_up")) if figure is not None else None
