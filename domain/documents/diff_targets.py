"""Compares the targets of an indicator with the cells that an office wrote: one cell, one year, one or two targets."""

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from domain.documents.diff_builder import DiffBuilder, Subject, norm
from domain.documents.difference import ItemType, UnreadCell
from domain.documents.plan import IndicatorRow, PlanDocument, TargetRow
from domain.documents.questions import Option
from domain.documents.references import MatchedRows
from domain.documents.row_targets import infers_polarity, target_of_row
from domain.documents.target_questions import AS_WRITTEN, WITHDRAW, what_holds
from domain.documents.uploaded import UploadedIndicator, UploadedPlan, UploadedTarget
from domain.targets.decide import read_target_text
from domain.targets.easing import easing
from domain.targets.model import Target, Unread, same_commitment, same_words
from domain.targets.splitting import parts_of
from domain.vocabulary import JsonValue, Polarity


class UploadedCell(NamedTuple):
    """A target that a document says: None for none; `open` where its cell is still asked about."""

    source: UploadedTarget
    year: int
    ordinal: int
    text: str | None
    open: bool = False


def uploaded_cells(
    uploaded: UploadedPlan, matched: MatchedRows, current: PlanDocument, builder: DiffBuilder
) -> dict[str, list[UploadedCell]]:
    """The targets that a document says, by the id of their indicator; those of another year are problems."""
    plan = current.plan
    known = {(row.id, target.year, target.text) for row in current.indicators for target in row.targets}
    cells: defaultdict[str, list[UploadedCell]] = defaultdict(list)
    empty_years: set[int] = set()
    for target in sorted(uploaded.targets or (), key=lambda target: target.revises):
        if target.revises and not target.text:
            continue
        id_ = builder.resolve(matched, target.where, "indicator", target.indicator)
        if id_ is None:
            continue
        if not plan.first_year <= target.year <= plan.last_year:
            if target.text or target.struck:
                words = f"{target.text or target.struck!r} è un target del {target.year}, che non è del piano"
                accepted = f"un anno dal {plan.first_year} al {plan.last_year}"
                builder.problem(target.where, str(target.year), words, accepted)
            else:
                empty_years.add(target.year)
            cells.setdefault(id_, [])
            continue
        fresh = cells_of(target, builder, known=(id_, target.year, target.text) in known)
        if target.revises:
            cells[id_] = _without_revised(cells[id_], target, builder)
        cells[id_] += fresh
    builder.ignored += [
        f"la colonna {year} è vuota e fuori dal piano: non è stata letta" for year in sorted(empty_years)
    ]
    return dict(cells)


def _without_revised(cells: Sequence[UploadedCell], target: UploadedTarget, builder: DiffBuilder) -> list[UploadedCell]:
    """The cells of an indicator but those in the place of which a revised target holds; which one holds is told."""
    place = target.year, target.ordinal or 1
    gone = [cell for cell in cells if (cell.year, cell.source.ordinal or 1) == place]
    for source in dict.fromkeys(cell.source for cell in gone):
        if source.text and norm(source.text) != norm(target.text):
            there = builder.uploaded.location(source.where, str(source.year))
            words = f"vale il target rimodulato {target.text!r}, al posto di {source.text!r} ({there})"
            builder.warn(target.where, str(target.year), "revised_beside", words)
    return [cell for cell in cells if cell not in gone]


def cells_of(target: UploadedTarget, builder: DiffBuilder, *, known: bool = False) -> list[UploadedCell]:
    """The targets of one cell: two deadlines are two; two values are asked, unless one of them is struck out.

    A text that is known stands in the plan already, as it is.
    """
    year, first = target.year, target.ordinal or 1
    location = builder.uploaded.location(target.where, str(year))
    if target.struck and target.text:
        words = f"la parte barrata {target.struck!r} è lasciata fuori: vale {target.text!r}"
        builder.warn(target.where, str(year), "struck_out", words)
    elif target.struck:
        options = [
            Option(answer=WITHDRAW, words="nessun target: il testo barrato non vale più"),
            Option(answer=AS_WRITTEN, words=f"vale {target.struck!r}, come se non fosse barrato"),
        ]
        words = f"la cella è tutta barrata: {target.struck!r}"
        answer = builder.ask(f"struck:{location}", location, words, options)
        text = target.struck if answer == AS_WRITTEN else None
        return [UploadedCell(target, year, first, text, open=answer is None)]
    if not target.text or known or target.typed is not None or target.ordinal is not None:
        return [UploadedCell(target, year, first, target.text)]
    parts, two_targets = parts_of(target.text, year)
    if two_targets:
        return [UploadedCell(target, year, ordinal, part) for ordinal, part in enumerate(parts, start=1)]
    held = what_holds(target.text, year, parts, location, builder)
    ordinals = range(1, len(held.targets) + 1) if len(held.targets) > 1 else (first,)
    return [
        UploadedCell(target, year, ordinal, text, open=held.open)
        for ordinal, text in zip(ordinals, held.targets, strict=True)
    ]


def new_targets(
    cells: Sequence[UploadedCell], polarity: Polarity | None, formula: str | None, builder: DiffBuilder
) -> list[dict[str, JsonValue]]:
    """The targets of a new indicator, as its command takes them."""
    targets: list[dict[str, JsonValue]] = []
    for cell in cells:
        if cell.text and not cell.open:
            read = read_target_text(cell.text, cell.year, polarity=polarity, formula=formula)
            tell_unread(cell, read, builder)
            row: dict[str, JsonValue] = {"year": cell.year, "ordinal": cell.ordinal, "text": cell.text}
            targets.append(row | ({"accept_unread": True} if isinstance(read, Unread) else {}))
    return targets


def diff_targets(
    indicator: IndicatorRow,
    base: IndicatorRow,
    row: UploadedIndicator | None,
    cells: Sequence[UploadedCell],
    builder: DiffBuilder,
) -> None:
    """Writes down what differs of the targets of one indicator."""
    now = {(target.year, target.ordinal): target for target in indicator.targets}
    then = {(target.year, target.ordinal): target for target in base.targets}
    stated = row is not None and row.says("polarity") and not infers_polarity(row, indicator)
    polarity = row.polarity if row is not None and stated else indicator.polarity
    formula = row.formula if row is not None and row.says("formula") else indicator.formula
    for cell in cells:
        if not cell.open:
            place = cell.year, cell.ordinal
            _diff_target(indicator, cell, now.get(place), then.get(place), polarity, formula, builder)


def _diff_target(
    indicator: IndicatorRow,
    cell: UploadedCell,
    current: TargetRow | None,
    base: TargetRow | None,
    polarity: Polarity | None,
    formula: str | None,
    builder: DiffBuilder,
) -> None:
    subject = Subject(f"indicator/{indicator.id}", indicator.name)
    source, year, ordinal = cell.source, cell.year, cell.ordinal
    field = f"target/{year}/{ordinal}"
    now, then = current.text if current else None, base.text if base else None
    if norm(cell.text) in (norm(now), norm(then)):
        if current is not None and source.typed is not None and norm(cell.text) == norm(now):
            _resolve(subject, indicator, cell, current, source.typed, builder)
        return
    if norm(now) != norm(then) and not builder.differs(
        subject, source, field, uploaded=cell.text, current=now, base=then
    ):
        return
    command: dict[str, str | int] = {"object": indicator.id, "year": year, "ordinal": ordinal}
    where = builder.uploaded.location(source.where, str(year))
    before = target_of_row(current, polarity, formula) if current else None
    if cell.text is None:
        command["verb"] = "withdraw_target"
        builder.step("target_withdrawn", subject, source, command, where=where, field=field, year=year,
                     ordinal=ordinal, before=now, direction=easing(before, None, polarity, builder.bare_value(year)))  # fmt: skip
        return
    read = read_target_text(cell.text, year, polarity=polarity, formula=formula)
    if (
        before is not None
        and same_commitment(before, read)
        and same_words(before, read)
        and not isinstance(read, Unread)
    ):
        words = f"{cell.text[:500]!r} dice lo stesso di {now!r}, scritto in altro modo: resta com'era"
        builder.ignored.append(f"{where}: {words}")
        return
    tell_unread(cell, read, builder)
    command |= {"verb": "set_target" if current is None else "revise_target", "target": cell.text}
    if isinstance(read, Unread):
        command["accept_unread"] = True
    type_: ItemType = "target_set" if current is None else "target_revised"
    builder.step(type_, subject, source, command, where=where, field=field, year=year, ordinal=ordinal, before=now,
                 after=cell.text, direction=easing(before, read, polarity, builder.bare_value(year)))  # fmt: skip


def _resolve(
    subject: Subject,
    indicator: IndicatorRow,
    cell: UploadedCell,
    current: TargetRow,
    typed: TargetRow,
    builder: DiffBuilder,
) -> None:
    if typed.form == current.form == "reference" and typed.value is not None and typed.value != current.value:
        where = builder.uploaded.location(cell.source.where, str(cell.year))
        if typed.period is None or typed.published_on is None or typed.source is None:
            words = f"il valore del riferimento, {typed.value}, non dice di quando è e da dove viene: resta com'era"
            builder.ignored.append(f"{where}: {words}")
            return
        unit = "%" if typed.unit == "%" else ""
        command = {"verb": "resolve_reference", "object": indicator.id, "year": cell.year, "ordinal": cell.ordinal,
                   "value": typed.value.replace(".", ",") + unit, "period": typed.period,
                   "published_on": typed.published_on, "source": typed.source}  # fmt: skip
        builder.step("target_resolved", subject, cell.source, command, where=where, year=cell.year,
                     ordinal=cell.ordinal, before=current.value, after=typed.value)  # fmt: skip


def tell_unread(cell: UploadedCell, read: Target, builder: DiffBuilder) -> None:
    """Writes down a cell that cannot be read."""
    if isinstance(read, Unread):
        where = builder.uploaded.location(cell.source.where, str(cell.year))
        builder.unread.append(UnreadCell(where=where, text=read.text, reason=read.reason))
