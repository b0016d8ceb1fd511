"""Says which object of the plan each uploaded row is; a row that may be several things is asked about."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from domain.documents.diff_builder import DiffBuilder, match_question
from domain.documents.difference import CurrentPlan
from domain.documents.matching import Ambiguous, Item, Match, MatchResult, match
from domain.documents.plan import ObjectiveRow
from domain.documents.questions import NEW
from domain.documents.references import MatchedRows, ReferenceResolver, fresh_id
from domain.documents.uploaded import UploadedIndicator, UploadedObjective, UploadedPlan
from domain.spelling import folded
from domain.vocabulary import ObjectKind


def match_objectives(current: CurrentPlan, uploaded: UploadedPlan, builder: DiffBuilder) -> MatchedRows:
    """Which objective each row is, and by which id each may be referred to."""
    in_force = {row.id: row for row in current.document.objectives}
    known = {**current.withdrawn_objectives, **in_force}
    rows = uploaded.objectives or ()
    names = ReferenceResolver(
        [(r.id, r.code, r.title) for r in rows], [(r.id, r.code, r.title) for r in in_force.values()]
    )
    titles = {row.id: title_of(row) for row in known.values()}
    items = [
        Item(row.id, row.code, row.title or "", _parent_title(row, rows, names, titles) if row.says("parent") else None)
        for row in rows
    ]
    candidates = [Item(row.id, row.code, row.title or "", titles.get(row.parent or "", "")) for row in known.values()]
    results = match(items, candidates, _answers(rows, builder))
    return MatchedRows("objective", names, tuple(results), _ids("objective", rows, results, titles, current, builder))


def match_indicators(
    current: CurrentPlan,
    uploaded: UploadedPlan,
    objectives: MatchedRows,
    builder: DiffBuilder,
    *,
    certain_ids: bool = True,
) -> MatchedRows:
    """Which indicator each row is; `certain_ids` is false where the document is of another plan."""
    in_force = {row.id: row for row in current.document.indicators}
    known = {**current.withdrawn_indicators, **in_force}
    rows = uploaded.indicators or ()
    names = ReferenceResolver(
        [(r.id, r.code, r.name) for r in rows], [(r.id, r.code, r.name) for r in in_force.values()]
    )
    titles = {row.id: title_of(row) for row in current.document.objectives}
    first_objective = _first_objectives(uploaded, names, objectives, titles)
    items = [Item(row.id, row.code, row.name, first_objective.get(position)) for position, row in enumerate(rows)]
    candidates = [
        Item(row.id, row.code, row.name, next((titles.get(p.objective, "") for p in row.places()), None))
        for row in known.values()
    ]
    if not certain_ids:  # the tree of another plan says little: only names that several bear are told apart by it
        bearers = Counter(folded(item.name) for item in (*items, *candidates))
        items, candidates = (
            [item if bearers[folded(item.name)] > 2 else item._replace(place=None) for item in side]
            for side in (items, candidates)
        )
    results = match(items, candidates, _answers(rows, builder), certain_ids=certain_ids)
    called = {row.id: row.name for row in known.values()}
    return MatchedRows("indicator", names, tuple(results), _ids("indicator", rows, results, called, current, builder))


def title_of(row: ObjectiveRow | UploadedObjective) -> str:
    """What an objective is called: its title, else its code, else its id."""
    return row.title or row.code or row.id or ""


def _parent_title(
    row: UploadedObjective, rows: Sequence[UploadedObjective], names: ReferenceResolver, titles: Mapping[str, str]
) -> str:
    parent = names.find(row.parent)
    return title_of(rows[parent]) if isinstance(parent, int) else titles.get(parent or "", row.parent or "")


def _first_objectives(
    uploaded: UploadedPlan, names: ReferenceResolver, objectives: MatchedRows, titles: Mapping[str, str]
) -> dict[int, str]:
    """By the position of an indicator's row, the name of the first objective that it serves."""
    uploaded_titles = {row.id or row.code or "": title_of(row) for row in uploaded.objectives or ()}
    first: dict[int, str] = {}
    for place in uploaded.places or ():
        position = names.find(place.indicator)
        if isinstance(position, int):
            objective = objectives.resolve(place.objective)
            title = uploaded_titles.get(place.objective) or titles.get(objective or "") or place.objective
            first.setdefault(position, title)
    return first


def _answers(rows: Iterable[UploadedObjective | UploadedIndicator], builder: DiffBuilder) -> list[str | None]:
    answers = [builder.answers.get(match_question(row.where)) for row in rows]
    return ["" if answer == NEW else answer for answer in answers]


def _ids(
    kind: ObjectKind,
    rows: Sequence[UploadedObjective | UploadedIndicator],
    results: Sequence[MatchResult],
    names: Mapping[str, str],
    current: CurrentPlan,
    builder: DiffBuilder,
) -> tuple[str | None, ...]:
    """The id of each row: its object's, its own or a fresh one for a new thing, None while a question is open."""
    used = {*current.taken, *(f"{kind}/{id_}" for id_ in names), *(f"{kind}/{row.id}" for row in rows if row.id)}
    numbers: dict[str, int] = {}
    ids: list[str | None] = []
    for row, result in zip(rows, results, strict=True):
        if isinstance(row, UploadedObjective):
            called, name, stem = "un obiettivo", title_of(row), (row.code or "", row.title or row.level or "obiettivo")
        else:
            called, name, stem = "un indicatore", row.name, ("", row.name)
        asked = result
        if isinstance(result, Match) and result.by == "answer":  # it is asked again, so that the answer is seen
            asked = Ambiguous(((result.id, result.score),))
        chosen = builder.chosen(called, row.where, asked, names, name) if isinstance(asked, Ambiguous) else None
        if isinstance(result, Match):
            ids.append(result.id)
        elif isinstance(result, Ambiguous) and chosen is None:
            ids.append(None)
        else:
            ids.append(row.id or fresh_id(kind, *stem, used, numbers))
    return tuple(ids)
