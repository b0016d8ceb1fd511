"""Makes the plan document of a workbook for a plan that is not there yet: a first plan, or the one of the next years.

Where the administration has a plan already, each indicator is matched with those of that plan: one that goes on keeps
its series, so that its measurements go on; what is new and what ends is told; a doubt is asked.
"""

from collections import defaultdict
from collections.abc import Mapping
from typing import NamedTuple

from domain.documents.diff_builder import Ledger, Of
from domain.documents.diff_indicators import match_indicators
from domain.documents.diff_objectives import match_objectives
from domain.documents.diff_targets import wanted_cells
from domain.documents.difference import Difference, Held, UnreadCell
from domain.documents.matching import Match
from domain.documents.plan import AdministrationPart, PlanDocument, PlanPart
from domain.documents.references import Tree
from domain.documents.uploaded import SERIES_LATER, Wanted, WantedIndicator
from domain.errors import Malformed, Problem
from domain.targets.decide import read_target_text
from domain.targets.model import Unread
from domain.vocabulary import JsonValue


class Opening(NamedTuple):
    """A new plan: its document, and what it takes over from the plan before."""

    document: PlanDocument
    difference: Difference


def open_plan(wanted: Wanted, before: PlanDocument | None, answers: Mapping[str, str]) -> Opening:
    """The document of a plan that is not there; Malformed with every cell that cannot be taken."""
    administration, plan = _parts(wanted)
    ledger = Ledger(wanted, answers, {})
    empty = Held(PlanDocument(administration=administration, plan=plan))
    objectives = match_objectives(empty, wanted, ledger)
    own = match_indicators(empty, wanted, objectives, ledger)
    series = _continued(wanted, before, own, objectives, ledger) if before else {}
    document: dict[str, object] = {
        "administration": administration.model_dump(mode="json", exclude_none=True),
        "plan": plan.model_dump(mode="json", exclude_none=True)
        | ({"predecessor": before.plan.id} if before and plan.predecessor is None else {}),
        "acts": [act.model_dump(mode="json", exclude_none=True) for act in wanted.acts],
        "retrospective": wanted.retrospective,
        "objectives": _objectives(wanted, objectives, ledger),
        "indicators": _indicators(wanted, own, objectives, empty.document, series, ledger),
        "measurements": _measurements(wanted, own, plan, series, ledger),
        "statuses": _statuses(wanted, own, objectives, ledger),
    }
    if wanted.act is not None:
        act = wanted.act
        document["act"] = act if isinstance(act, str) else act.model_dump(mode="json", exclude_none=True)
    if ledger.problems:
        raise Malformed(ledger.problems)
    return Opening(
        PlanDocument.model_validate(document),
        Difference(
            tuple(ledger.steps),
            tuple(ledger.questions),
            tuple(ledger.unread),
            tuple(ledger.warnings),
            tuple(ledger.left_alone),
        ),
    )


def _parts(wanted: Wanted) -> tuple[AdministrationPart, PlanPart]:
    problems = []
    if wanted.administration is None:
        problems.append(
            Problem(where="Piano", found="manca l'ente", accepted="la voce Ente, col nome dell'amministrazione")
        )
    if wanted.plan is None:
        problems.append(
            Problem(where="Piano", found="mancano gli anni del piano", accepted="le voci Primo anno e Ultimo anno")
        )
    for part, words in (("objectives", "Obiettivi"), ("indicators", "Indicatori")):
        if getattr(wanted, part) is None:
            problems.append(
                Problem(where=words, found="il foglio manca", accepted=f"il foglio {words}: il piano è nuovo")
            )
    if wanted.indicators and wanted.places is None:
        found = "non si sa quale obiettivo serve ogni indicatore"
        problems.append(
            Problem(where="Indicatori", found=found, accepted="la colonna Obiettivo, o il foglio Assegnazioni")
        )
    if problems or wanted.administration is None or wanted.plan is None:
        raise Malformed(problems)
    return wanted.administration, wanted.plan


def _continued(
    wanted: Wanted, before: PlanDocument, own: Tree, objectives: Tree, ledger: Ledger
) -> dict[str, str | None]:
    """The series that each indicator of the new plan continues, by its id."""
    old = {row.id: row for row in before.indicators}
    by_series = {row.series: row.id for row in before.indicators if row.series}
    tree = match_indicators(Held(before), wanted, objectives, ledger, certain_ids=False)
    series: dict[str, str | None] = {}
    going_on: set[str] = set()
    for at, row in enumerate(wanted.indicators or ()):
        id_, found = own.ids[at], tree.found[at]
        said = by_series.get(row.series or "")
        before_id = said if said is not None else found.id if isinstance(found, Match) and row.series is None else None
        if id_ is None or tree.ids[at] is None:
            going_on.update(one for one, _ in getattr(found, "candidates", ()))
        elif before_id is None:
            ledger.step("added", Of(f"indicator/{id_}", row.name), row, after=row.name)
        else:
            going_on.add(before_id)
            series[id_] = old[before_id].series
            of = Of(f"indicator/{id_}", row.name, found if isinstance(found, Match) else None)
            ledger.step(
                "continues", of, row, before=f"{before.plan.id}: {old[before_id].name}", after=old[before_id].series
            )
    for one, ended in old.items():
        if one not in going_on:
            ledger.step("ends", Of(f"indicator/{one}", ended.name), None, before=ended.series)
    return series


def _said(row: object, *, but: set[str]) -> dict[str, JsonValue]:
    dumped = row.model_dump(mode="json", exclude_none=True, exclude=but) if hasattr(row, "model_dump") else {}
    made: dict[str, JsonValue] = {name: value for name, value in dumped.items() if value not in ("", {}, [])}
    extra = getattr(row, "extra", {})
    return made | (extra if isinstance(extra, dict) else {})


def _objectives(wanted: Wanted, tree: Tree, ledger: Ledger) -> list[dict[str, JsonValue]]:
    rows: list[dict[str, JsonValue]] = []
    for row, id_ in zip(wanted.objectives or (), tree.ids, strict=True):
        if not row.level:
            ledger.problem(row.where, "level", "manca il livello dell'obiettivo", "il nome di un livello")
            continue
        parent = tree.resolve(row.parent) if row.parent else None
        if row.parent and parent is None and not tree.is_open(row.parent):
            ledger.problem(
                row.where,
                "parent",
                f"l'obiettivo padre {row.parent[:80]!r} non si trova, o ce n'è più d'uno",
                "l'identificativo di un obiettivo",
            )
        said = _said(row, but={"where", "justification", "cause", "extra", "parent"})
        rows.append(said | {"id": id_} | ({"parent": parent} if parent else {}))
    return rows


def _indicators(
    wanted: Wanted, own: Tree, objectives: Tree, empty: PlanDocument, series: Mapping[str, str | None], ledger: Ledger
) -> list[dict[str, JsonValue]]:
    cells = wanted_cells(wanted, own, empty, ledger)
    places: defaultdict[str, list[dict[str, JsonValue]]] = defaultdict(list)
    for place in wanted.places or ():
        indicator, objective = own.resolve(place.indicator), objectives.resolve(place.objective)
        if indicator is None:
            ledger.problem(
                place.where,
                "indicator",
                f"l'indicatore {place.indicator[:80]!r} non si trova, o ce n'è più d'uno",
                "l'identificativo di un indicatore",
            )
        elif objective is None:
            ledger.problem(
                place.where,
                "objective",
                f"l'obiettivo {place.objective[:80]!r} non si trova, o ce n'è più d'uno",
                "l'identificativo di un obiettivo",
            )
        else:
            weight = None if place.weight is None else str(place.weight)
            places[indicator].append({"objective": objective, "weight": weight, "feeds": place.feeds or "both"})
    rows: list[dict[str, JsonValue]] = []
    for row, id_ in zip(wanted.indicators or (), own.ids, strict=True):
        if id_ is None:
            continue
        if not places[id_]:
            ledger.problem(
                row.where,
                None,
                f"l'indicatore {row.name[:80]!r} non ha obiettivo",
                "una riga nel foglio Assegnazioni, o la colonna Obiettivo",
            )
        said = _said(row, but={"where", "justification", "cause", "extra"})
        if series.get(id_):
            said["series"] = series[id_]
        targets: list[JsonValue] = []
        for cell in cells.get(id_, []):
            text = "" if cell.text is None else cell.text
            typed = cell.source.typed
            if typed is not None and typed.text == text:
                targets.append(
                    typed.model_dump(mode="json", exclude_none=True) | {"year": cell.year, "ordinal": cell.ordinal}
                )
            elif text:
                targets.append({"year": cell.year, "ordinal": cell.ordinal, "text": text})
                _unread(row, text, cell.year, ledger.wanted.spot(cell.source.where, str(cell.year)), ledger)
        if len(places[id_]) == 1:
            said |= places[id_][0]
        else:
            said["assignments"] = list(places[id_])
        rows.append(said | {"id": id_, "targets": targets})
    return rows


def _unread(row: WantedIndicator, text: str, year: int, where: str, ledger: Ledger) -> None:
    read = read_target_text(text, year, polarity=row.polarity, formula=row.formula)
    if isinstance(read, Unread):
        ledger.unread.append(UnreadCell(where=where, text=text, reason=read.reason))


def _measurements(
    wanted: Wanted, own: Tree, plan: PlanPart, series: Mapping[str, str | None], ledger: Ledger
) -> list[JsonValue]:
    rows: list[JsonValue] = []
    stated = {id_: row.series for row, id_ in zip(wanted.indicators or (), own.ids, strict=True)}
    for one in wanted.measurements or ():
        said = one.row.model_dump(mode="json", exclude_none=True)
        if one.row.series == SERIES_LATER:
            id_ = own.resolve(one.indicator or "")
            if id_ is None:
                ledger.problem(
                    one.where,
                    "indicator",
                    f"l'indicatore {(one.indicator or '')[:80]!r} non si trova, o ce n'è più d'uno",
                    "un identificativo",
                )
                continue
            said["series"] = series.get(id_) or stated.get(id_) or f"{plan.id}.{id_}"[:120]
        rows.append(said)
    return rows


def _statuses(wanted: Wanted, own: Tree, objectives: Tree, ledger: Ledger) -> list[JsonValue]:
    rows: list[JsonValue] = []
    for one in wanted.statuses or ():
        id_ = (objectives if one.row.subject == "objective" else own).resolve(one.row.id)
        if id_ is None:
            ledger.problem(
                one.where, "id", f"{one.row.id[:80]!r} non si trova, o ce n'è più d'uno", "un identificativo"
            )
        else:
            rows.append(one.row.model_dump(mode="json", exclude_none=True) | {"id": id_})
    return rows
