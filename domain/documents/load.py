"""Loading a plan document: every event that it makes, or every problem that it has.

A document with its act creates and approves the plan at the act's date; without one it makes a draft. The oddities of
real plans are taken and told in warnings, never repaired: weights that do not sum to 100, targets easier than the
baseline, texts that cannot be read.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from pydantic import ValidationError

from domain.documents.plan import IndicatorRow, ObjectiveRow, PlanDocument, TargetRow
from domain.errors import Malformed, Problem
from domain.event import Event
from domain.indicators.card import Card
from domain.indicators.events import IndicatorAdded, IndicatorAssigned
from domain.measurements.values import Number, read_value
from domain.objectives.events import ObjectiveAdded, ObjectiveConditionMet, ObjectiveNeutralised
from domain.plans.events import MeasurementSystemAdopted, PlanApproved, PlanDrafted
from domain.targets.decide import inferred_polarity, read_target_text
from domain.targets.easing import easing
from domain.targets.events import TargetSet
from domain.targets.model import TARGET, Target, Threshold, Unread, same_commitment
from domain.targets.parts import target_texts
from domain.vocabulary import Frozen

TYPED = ("form", "comparator", "value", "unit", "implied", "tolerance", "note", "low", "high", "steps", "scale", "base",
         "reference", "resolved", "reason", "at")  # fmt: skip
ALL_POINTS = Decimal(100)


class Notice(Frozen):
    """An oddity that was taken as it is: where, of what kind, in words."""

    where: str
    name: str
    words: str


class Loading(NamedTuple):
    """The events of a document, in order, and what is odd about it."""

    events: list[Event]
    warnings: list[Notice]


def load(document: PlanDocument, drafted_on: date, *, approve: bool) -> Loading:
    """The events that open the plan of a document; Malformed with all its problems when it holds any."""
    problems: list[Problem] = []
    warnings: list[Notice] = []
    plan = document.plan
    if plan.last_year < plan.first_year:
        problems.append(Problem(where="plan.last_year", found="l'ultimo anno precede il primo"))
    elif plan.last_year - plan.first_year > 9:
        problems.append(
            Problem(where="plan.last_year", found="il piano copre più di dieci anni", accepted="al più dieci")
        )
    events: list[Event] = [
        PlanDrafted(
            plan=plan.id,
            administration=document.administration.id,
            title=plan.title,
            first_year=plan.first_year,
            last_year=plan.last_year,
            drafted_on=drafted_on,
            levels=plan.levels or tuple(dict.fromkeys(row.level for row in document.objectives)),
            predecessor=plan.predecessor,
        )
    ]
    events += _objectives(document, problems)
    events += _indicators(document, problems, warnings)
    if problems:
        raise Malformed(problems)
    warnings += [*_weights(document), *_printed_twice(document)]
    for year, system in sorted((plan.systems or {}).items()):
        if isinstance(system, dict):
            events.append(MeasurementSystemAdopted(year=int(year), system=system))
    if approve:
        events.append(PlanApproved(year=plan.first_year))
    return Loading(events, warnings)


def _objectives(document: PlanDocument, problems: list[Problem]) -> Iterator[Event]:
    rows = {row.id: (place, row) for place, row in reversed(list(enumerate(document.objectives)))}
    for place, row in enumerate(document.objectives):
        if rows[row.id][0] != place:
            problems.append(
                Problem(where=f"objectives[{place}].id", found=f"{row.id!r} c'è due volte", accepted="id diversi")
            )
    done: set[str] = set()
    for place, row in enumerate(document.objectives):
        chain: list[ObjectiveRow] = []
        current: ObjectiveRow | None = row
        while current is not None and current.id not in done:
            if current in chain:
                ring = " > ".join([*(one.id for one in chain), current.id])
                found = f"{current.id!r} discende da se stesso ({ring})"
                problems.append(
                    Problem(where=f"objectives[{place}].parent", found=found, accepted="un albero senza cicli")
                )
                done.update(one.id for one in chain)
                chain = []
                break
            chain.append(current)
            if current.parent is not None and current.parent not in rows:
                at = rows[current.id][0]
                found = f"il padre {current.parent!r} non è fra gli obiettivi"
                problems.append(Problem(where=f"objectives[{at}].parent", found=found, accepted="l'id di un obiettivo"))
                break
            current = rows[current.parent][1] if current.parent else None
        for one in reversed(chain):
            done.add(one.id)
            yield _objective_added(one)
            if one.condition_met:
                yield ObjectiveConditionMet(objective=one.id)
            yield from (ObjectiveNeutralised(objective=one.id, year=year) for year in one.neutralised)


def _objective_added(row: ObjectiveRow) -> ObjectiveAdded:
    said = row.model_dump(exclude={"id", "condition_met", "neutralised"})
    return ObjectiveAdded(objective=row.id, **said)


def _indicators(document: PlanDocument, problems: list[Problem], warnings: list[Notice]) -> Iterator[Event]:
    objectives = {row.id for row in document.objectives}
    formulas = any(row.formula for row in document.indicators)
    if document.indicators and not formulas:
        words = "nessun indicatore del documento ha una formula"
        warnings.append(Notice(where="indicators", name="formula_missing", words=words))
    seen: set[str] = set()
    for place, row in enumerate(document.indicators):
        where = f"indicators[{place}]"
        if row.id in seen:
            problems.append(Problem(where=f"{where}.id", found=f"{row.id!r} c'è due volte", accepted="id diversi"))
        seen.add(row.id)
        places = row.places()
        if not places:
            problems.append(
                Problem(where=f"{where}.objective", found="manca l'obiettivo", accepted="l'id di un obiettivo")
            )
        for at, one in enumerate(places):
            spot = f"{where}.assignments[{at}].objective" if row.assignments else f"{where}.objective"
            if one.objective not in objectives:
                found = f"l'obiettivo {one.objective!r} non è fra gli obiettivi"
                problems.append(Problem(where=spot, found=found, accepted="l'id di un obiettivo"))
            if any(other.objective == one.objective for other in places[:at]):
                problems.append(Problem(where=spot, found=f"l'obiettivo {one.objective!r} c'è due volte"))
        if not row.formula and formulas:
            warnings.append(Notice(where=where, name="formula_missing", words=f"{row.name!r} non ha formula"))
        card = card_of(row)
        series = row.series or f"{document.plan.id}.{row.id}"[:120]
        yield IndicatorAdded(indicator=row.id, series=series, card=card)
        for one in places:
            yield IndicatorAssigned(indicator=row.id, objective=one.objective, weight=one.weight, feeds=one.feeds)
        cells: set[tuple[int, int]] = set()
        for at, target in _each(row):
            spot = f"{where}.targets[{at}]"
            if not document.plan.first_year <= target.year <= document.plan.last_year:
                years = f"dal {document.plan.first_year} al {document.plan.last_year}"
                found = f"l'anno {target.year} non è del piano"
                problems.append(Problem(where=f"{spot}.year", found=found, accepted=f"un anno {years}"))
                continue
            if (target.year, target.ordinal) in cells:
                found = f"due target per il {target.year} con ordinal {target.ordinal}"
                problems.append(Problem(where=spot, found=found, accepted="un ordinal diverso"))
            cells.add((target.year, target.ordinal))
            read = target_of_row(target, card, spot, problems)
            if isinstance(read, Unread):
                words = f"{target.text!r}: {read.reason}"
                warnings.append(Notice(where=spot, name="unread_target", words=words))
            elif read is not None and _easier_than_baseline(read, card):
                words = f"il target {target.text!r} è più facile del valore di partenza {row.baseline!r}"
                warnings.append(Notice(where=spot, name="easier_than_baseline", words=words))
            if read is not None:
                yield TargetSet(indicator=row.id, year=target.year, ordinal=target.ordinal, target=read)


def _each(row: IndicatorRow) -> Iterator[tuple[int, TargetRow]]:
    """The targets of a row, with their places; a cell that holds two is two, ordinal 1 and 2."""
    for at, target in enumerate(row.targets):
        texts = target_texts(target.text, target.year) if target.form is None and target.ordinal == 1 else [target.text]
        for ordinal, text in enumerate(texts, start=target.ordinal):
            yield at, target.model_copy(update={"ordinal": ordinal, "text": text})


def card_of(row: IndicatorRow) -> Card:
    """The card of an indicator's row, with the polarity that its targets agree on where none is stated."""
    said = row.model_dump(include=set(Card.model_fields), exclude_none=True)
    if row.polarity is None:
        inferred = inferred_polarity([target.text for target in row.targets])
        said |= {"polarity": inferred, "polarity_basis": "inferred"} if inferred else {"polarity_basis": "unknown"}
    else:
        said |= {"polarity_basis": row.polarity_basis or "stated"}
    return Card.model_validate(said)


def target_of_row(row: TargetRow, card: Card, where: str, problems: list[Problem]) -> Target | None:
    """The target of a row: its text read, or its typed fields where the text cannot be; a problem where they differ."""
    read = read_target_text(row.text, row.year, polarity=card.polarity, formula=card.formula)
    if row.form is None:
        return read
    stated = {name: getattr(row, name) for name in TYPED if getattr(row, name) is not None}
    try:
        typed = TARGET.validate_python(stated | {"text": row.text})
    except ValidationError as error:
        first = error.errors()[0]
        found = f"i campi del target non formano un {row.form!r} ({first['msg']})"
        problems.append(Problem(where=where, found=found, accepted="solo text: il testo viene letto"))
        return None
    if isinstance(read, Unread):
        return typed
    if not same_commitment(read, typed) and not isinstance(typed, Unread):
        found = f"il testo {row.text!r} si legge come {read.form}, i campi dicono {typed.form} o altro valore"
        problems.append(Problem(where=where, found=found, accepted="campi che concordano col testo, o il solo text"))
    return typed if same_commitment(read, typed) else read


def _easier_than_baseline(target: Target, card: Card) -> bool:
    if card.baseline is None or not isinstance(target, Threshold):
        return False
    start = read_value(card.baseline)
    if not isinstance(start, Number) or start.value is None:
        return False
    before = Threshold(
        text=card.baseline, comparator=target.comparator, value=start.value, unit=target.unit, implied=target.implied
    )
    return start.unit == target.unit and easing(before, target, card.polarity) == "easier"


def _weights(document: PlanDocument) -> Iterator[Notice]:
    """The weights that do not sum to 100: above it in one objective, or below it in a whole sheet.

    Documents give 100 points to an objective or spread them over a sheet, that is over all that hangs from a root.
    """
    parents = {row.id: row.parent for row in document.objectives}
    sums: defaultdict[str, Decimal] = defaultdict(Decimal)
    for indicator in document.indicators:
        for one in indicator.places():
            if one.weight is not None:
                sums[one.objective] += one.weight
    under: defaultdict[str, Decimal] = defaultdict(Decimal)
    for objective, total in sums.items():
        for above in (objective, *_above(parents, objective)):
            under[above] += total
    told: set[str] = set()
    for objective, total in sums.items():
        chain = (objective, *_above(parents, objective))
        if any(_whole(under[one]) for one in chain) or _whole(total):
            continue
        sheet = next(one for one in chain if under[one] == under[chain[-1]])
        at, points = (objective, total) if total > ALL_POINTS else (sheet, under[sheet])
        if at not in told:
            told.add(at)
            words = f"i pesi degli indicatori di {at} fanno {points}, non 100"
            yield Notice(where=f"objective {at}", name="weights_not_100", words=words)


def _whole(points: Decimal) -> bool:
    """Whether points make 100, but for what thirds lose in rounding."""
    return ALL_POINTS - 1 < points < ALL_POINTS + 1


def _above(parents: dict[str, str | None], objective: str) -> Iterator[str]:
    parent = parents.get(objective)
    while parent is not None:
        yield parent
        parent = parents.get(parent)


def _printed_twice(document: PlanDocument) -> Iterator[Notice]:
    """The indicators that stand in several places with different weights: the same name and the same formula."""
    weights: defaultdict[tuple[str, str], dict[str, None]] = defaultdict(dict)
    for row in document.indicators:
        for one in row.places():
            if one.weight is not None:
                weights[row.name, row.formula or ""][f"{one.weight.normalize():f}"] = None
    for (name, _), different in weights.items():
        if len(different) > 1:
            words = f"{name!r} compare più volte, con pesi diversi: {', '.join(different)}"
            yield Notice(where="indicators", name="printed_twice", words=words)
