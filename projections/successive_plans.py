"""What differs between a plan and the one before it, series by series: what each new document says otherwise in silence."""

from collections import Counter
from collections.abc import Callable, Iterable

from typing_extensions import TypedDict

from domain.errors import NotFound
from domain.facts import PLAN
from domain.plans.history import Direction
from domain.plans.state import PlanState
from domain.plans.successive import Fate, FieldPair, MatchedBy, PairedObjective, SeriesPair, Succession
from domain.point import Point
from domain.vocabulary import Identifier, JsonValue, Ordinal, Year
from projections.answers import Count, Day, Name, SeenOfPlan, Text, Version
from projections.flags import Cited, cited
from projections.plan_history import read_history
from projections.predecessors import PrecedingPlan, preceding_plan
from projections.store.envelope import write_instant
from projections.store.reader import Reader
from projections.streams import find_plan, unknown_plan


class TargetOfBoth(TypedDict):
    """Il target di un anno che i due piani coprono: nell'uno, nell'altro, e in quale verso."""

    year: Year
    ordinal: Ordinal
    before: JsonValue
    after: JsonValue
    direction: Direction


class FieldOfBoth(TypedDict):
    """Un campo che i due piani dicono diversamente."""

    field: Name
    before: JsonValue
    after: JsonValue


class PlaceOfBoth(TypedDict):
    """Un obiettivo che l'indicatore serve, col suo peso, nell'uno e nell'altro; null dove non lo serve."""

    objective_before: Identifier | None
    objective_after: Identifier | None
    weight_before: JsonValue
    weight_after: JsonValue


class SeriesOfBoth(TypedDict):
    """Una serie nei due piani.

    `series_after` è un'altra dove il piano ha interrotto la serie di un indicatore riconosciuto per nome, o per id e
    formula (`matched_by`). `events` sono gli eventi di questo piano, `versions_before` quelli del precedente.
    """

    change: Fate
    series_before: Identifier | None
    series_after: Identifier | None
    indicator_before: Identifier | None
    indicator_after: Identifier | None
    name: Text
    matched_by: MatchedBy | None
    targets: list[TargetOfBoth]
    redefined: list[FieldOfBoth]
    places: list[PlaceOfBoth]
    events: list[Cited]
    versions_before: list[Version]


class ObjectiveOfBoth(TypedDict):
    """Un obiettivo che c'è in uno solo dei due piani, o che i due dicono diversamente."""

    change: Fate
    objective_before: Identifier | None
    objective_after: Identifier | None
    name: Text
    fields: list[FieldOfBoth]
    events: list[Cited]
    versions_before: list[Version]


class IndicatorCounts(TypedDict):
    """Quanti indicatori: ciascun numero è quello delle righe dell'elenco che lo dicono.

    `redefined` sono quelli di cui la scheda dice altro, oltre al valore di partenza; `rebased` quelli che partono da un
    altro valore; `reweighted` quelli con altro peso, o posto; `cut` quelli che proseguono con un'altra serie.
    """

    continues: Count
    dropped: Count
    added: Count
    cut: Count
    redefined: Count
    rebased: Count
    reweighted: Count


class ObjectiveCounts(TypedDict):
    """Quanti obiettivi lasciati fuori, aggiunti, detti diversamente."""

    dropped: Count
    added: Count
    changed: Count


class CountsOfBoth(TypedDict):
    """Quanti target degli anni comuni per verso, quanti indicatori, quanti obiettivi."""

    targets: dict[Direction, Count]
    indicators: IndicatorCounts
    objectives: ObjectiveCounts


class FromPlanBefore(TypedDict):
    """Ciò che differisce dal piano precedente.

    `compared_on` è il giorno in cui il piano fu deciso: si confronta il piano come fu approvato con ciò che quel giorno
    era in vigore nel precedente; una bozza (`approved` falso) com'è alla data. `stated` dice se è il piano a nominare il
    precedente.
    """

    predecessor: Identifier
    predecessor_title: Text
    predecessor_version: Version
    stated: bool
    approved: bool
    compared_on: Day
    years: list[Year]
    counts: CountsOfBoth
    series: list[SeriesOfBoth]
    objectives: list[ObjectiveOfBoth]


class PredecessorDifferences(SeenOfPlan):
    """Le differenze da un piano al successivo, lungo ciascuna serie; `differences` è null se il piano non ne segue altri."""

    title: Text
    differences: FromPlanBefore | None


def predecessor_differences(
    reader: Reader,
    plan: str,
    point: Point,
    before: str | None = None,
    may_read: Callable[[str, Point], bool] = lambda _plan, _point: True,
) -> PredecessorDifferences:
    """What differs between a plan and the one before it, which may be said; NotFound before the plan was drafted.

    The one before is there for whoever may read it, and for nobody else.
    """
    known = find_plan(reader, plan, point.known_at)
    history = read_history(reader, known)
    drafted_on = history.state(point.as_of).drafted_on
    if drafted_on is None or point.as_of < drafted_on:
        raise NotFound(
            f"il piano {plan} non esisteva ancora al {point.as_of:%d/%m/%Y}",
            accepted="una data dalla stesura del piano in poi",
            where="as_of",
        )
    if before is not None and not may_read(before, point):
        raise unknown_plan(before)
    preceding = preceding_plan(reader, known, history, point, before)
    if preceding is not None and not may_read(preceding.known.plan, point):
        preceding = None
    return {
        "plan": plan,
        "title": _title(history.state(point.as_of)),
        "as_of": point.as_of.isoformat(),
        "known_at": write_instant(point.known_at) if point.known_at else None,
        "version": history.version,
        "differences": None if preceding is None else _described(preceding, preceding.succession.series),
    }


def from_plan_before(preceding: PrecedingPlan | None) -> FromPlanBefore | None:
    """The same for the evidence: of the series, those in which anything differs."""
    if preceding is None:
        return None
    return _described(preceding, [pair for pair in preceding.succession.series if pair.differs])


def _described(preceding: PrecedingPlan, series: Iterable[SeriesPair]) -> FromPlanBefore:
    compared = preceding.succession
    return {
        "predecessor": compared.before.plan,
        "predecessor_title": _title(compared.old),
        "predecessor_version": compared.before.version,
        "stated": preceding.stated,
        "approved": compared.approved,
        "compared_on": compared.day.isoformat(),
        "years": list(compared.years),
        "counts": _counts(compared),
        "series": [_series(compared, pair) for pair in series],
        "objectives": [_objective(compared, pair) for pair in compared.objectives],
    }


def _counts(compared: Succession) -> CountsOfBoth:
    ways = Counter(target.direction for pair in compared.series for target in pair.targets)
    series = Counter(pair.fate for pair in compared.series)
    objectives = Counter(pair.fate for pair in compared.objectives)
    return {
        "targets": {way: ways[way] for way in ("easier", "harder", "neutral", "undetermined")},
        "indicators": {
            "continues": series["continues"],
            "dropped": series["dropped"],
            "added": series["added"],
            "cut": sum(pair.cut for pair in compared.series),
            "redefined": sum(pair.measures_otherwise for pair in compared.series),
            "rebased": sum(pair.rebased for pair in compared.series),
            "reweighted": sum(bool(pair.places) for pair in compared.series),
        },
        "objectives": {
            "dropped": objectives["dropped"],
            "added": objectives["added"],
            "changed": objectives["continues"],
        },
    }


def _series(compared: Succession, pair: SeriesPair) -> SeriesOfBoth:
    state, indicator = (compared.old, pair.before) if pair.after is None else (compared.new, pair.after)
    founded = [compared.founded_on] if pair.differs else []
    return {
        "change": pair.fate,
        "series_before": pair.series_before,
        "series_after": pair.series_after,
        "indicator_before": pair.before,
        "indicator_after": pair.after,
        "name": str(state.indicator(indicator or "", "name") or indicator),
        "matched_by": pair.matched_by,
        "targets": [
            {
                "year": target.year,
                "ordinal": target.ordinal,
                "before": target.before,
                "after": target.after,
                "direction": target.direction,
            }
            for target in pair.targets
        ],
        "redefined": _fields(pair.redefined),
        "places": [
            {
                "objective_before": place.objective_before,
                "objective_after": place.objective_after,
                "weight_before": place.weight_before,
                "weight_after": place.weight_after,
            }
            for place in pair.places
        ],
        "events": [cited("plan", version) for version in pair.versions(later=True) or founded],
        "versions_before": list(pair.versions(later=False)),
    }


def _objective(compared: Succession, pair: PairedObjective) -> ObjectiveOfBoth:
    state, objective = (compared.old, pair.before) if pair.after is None else (compared.new, pair.after)
    versions = sorted({field.version_after for field in pair.fields if field.version_after is not None})
    return {
        "change": pair.fate,
        "objective_before": pair.before,
        "objective_after": pair.after,
        "name": str(state.objective(objective or "", "title") or objective),
        "fields": _fields(pair.fields),
        "events": [cited("plan", version) for version in versions or [compared.founded_on]],
        "versions_before": sorted({field.version_before for field in pair.fields if field.version_before is not None}),
    }


def _fields(pairs: Iterable[FieldPair]) -> list[FieldOfBoth]:
    return [{"field": pair.field, "before": pair.before, "after": pair.after} for pair in pairs]


def _title(state: PlanState) -> str:
    return str(state.timelines.entries(PLAN, "title")[-1].value)
