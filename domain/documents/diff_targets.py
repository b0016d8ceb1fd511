"""Compares the targets of an indicator with the cells that an office wrote: one cell, one year, one or two targets."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, NamedTuple

from domain.documents.diff_builder import Ledger, Of, norm
from domain.documents.difference import Option, UnreadCell
from domain.documents.plan import IndicatorRow, PlanDocument, TargetRow
from domain.documents.references import Tree
from domain.documents.uploaded import Wanted, WantedIndicator, WantedTarget
from domain.targets.decide import read_target_text
from domain.targets.easing import easing
from domain.targets.model import TARGET, Target, Unread, same_commitment
from domain.targets.parts import parts_of
from domain.vocabulary import JsonValue, Polarity

_ONE, _ALL, _AS_WRITTEN, _WITHDRAW = ("1", "2", "3"), "all", "as_written", "withdraw"
_TYPED = {"year", "ordinal"}


class WantedCell(NamedTuple):
    """A target that a document wants: None for none; `question` where its cell is still open."""

    source: WantedTarget
    year: int
    ordinal: int
    text: str | None
    open: bool = False


def wanted_cells(wanted: Wanted, tree: Tree, held: PlanDocument, ledger: Ledger) -> dict[str, list[WantedCell]]:
    """The targets that a document wants, by the id of their indicator; those of another year are problems."""
    plan = held.plan
    there = {(row.id, one.year, one.text) for row in held.indicators for one in row.targets}
    found: defaultdict[str, list[WantedCell]] = defaultdict(list)
    empty_years: set[int] = set()
    for one in wanted.targets or ():
        id_ = tree.resolve(one.indicator)
        if id_ is None:
            if not tree.is_open(one.indicator):
                ledger.problem(
                    one.where,
                    "indicator",
                    f"l'indicatore {one.indicator[:80]!r} non si trova, o ce n'è più d'uno",
                    "l'identificativo di un indicatore",
                )
            continue
        if not plan.first_year <= one.year <= plan.last_year:
            if one.text or one.struck:
                found_ = f"{one.text or one.struck!r} è un target del {one.year}, che non è del piano"
                ledger.problem(one.where, str(one.year), found_, f"un anno dal {plan.first_year} al {plan.last_year}")
            else:
                empty_years.add(one.year)
            found.setdefault(id_, [])
            continue
        found[id_] += cells_of(one, ledger, known=(id_, one.year, one.text) in there)
    ledger.left_alone += [
        f"la colonna {year} è vuota e fuori dal piano: non è stata letta" for year in sorted(empty_years)
    ]
    return dict(found)


def cells_of(one: WantedTarget, ledger: Ledger, *, known: bool = False) -> list[WantedCell]:
    """The targets of one cell: two deadlines are two; two values are asked, unless one of them is struck out.

    A text that is known stands in the plan already, as it is.
    """
    first = one.ordinal or 1
    spot = ledger.wanted.spot(one.where, str(one.year))
    if one.struck and one.text:
        words = f"la parte barrata {one.struck!r} è lasciata fuori: vale {one.text!r}"
        ledger.warn(one.where, str(one.year), "struck_out", words)
    elif one.struck:
        options = [
            Option(answer=_WITHDRAW, words="nessun target: il testo barrato non vale più"),
            Option(answer=_AS_WRITTEN, words=f"vale {one.struck!r}, come se non fosse barrato"),
        ]
        answer = ledger.ask(f"struck:{spot}", spot, f"la cella è tutta barrata: {one.struck!r}", options)
        text = one.struck if answer == _AS_WRITTEN else None
        return [WantedCell(one, one.year, first, text, open=answer is None)]
    if not one.text or known or one.typed is not None or one.ordinal is not None:
        return [WantedCell(one, one.year, first, one.text)]
    parts, two_targets = parts_of(one.text, one.year)
    if two_targets:
        return [WantedCell(one, one.year, at, part) for at, part in enumerate(parts, start=1)]
    if not parts:
        return [WantedCell(one, one.year, first, one.text)]
    options = [Option(answer=_ONE[at], words=f"vale {part!r}") for at, part in enumerate(parts)]
    options.append(Option(answer=_ALL, words=f"valgono tutti e {len(parts)}, come target distinti"))
    options.append(Option(answer=_AS_WRITTEN, words="resta com'è scritto, non letto"))
    words = f"più valori nella cella {one.text!r}: uno sostituisce l'altro, o valgono insieme?"
    match ledger.ask(f"two_values:{spot}", spot, words, options):
        case None:
            return [WantedCell(one, one.year, first, one.text, open=True)]
        case "all":
            return [WantedCell(one, one.year, at, part) for at, part in enumerate(parts, start=1)]
        case "as_written":
            return [WantedCell(one, one.year, first, one.text)]
        case chosen:
            return [WantedCell(one, one.year, first, parts[int(chosen) - 1])]


def new_targets(
    cells: Sequence[WantedCell], polarity: Polarity | None, formula: str | None, ledger: Ledger
) -> list[dict[str, JsonValue]]:
    """The targets of a new indicator, as its command takes them."""
    made: list[dict[str, JsonValue]] = []
    for cell in cells:
        if cell.text and not cell.open:
            read = read_target_text(cell.text, cell.year, polarity=polarity, formula=formula)
            _unread(cell, read, ledger)
            row: dict[str, JsonValue] = {"year": cell.year, "ordinal": cell.ordinal, "text": cell.text}
            made.append(row | ({"accept_unread": True} if isinstance(read, Unread) else {}))
    return made


def compare_targets(
    there: IndicatorRow, base: IndicatorRow, row: WantedIndicator | None, cells: Sequence[WantedCell], ledger: Ledger
) -> None:
    """Writes down what differs of the targets of one indicator."""
    now = {(one.year, one.ordinal): one for one in there.targets}
    then = {(one.year, one.ordinal): one for one in base.targets}
    polarity = row.polarity if row is not None and row.says("polarity") else there.polarity
    formula = row.formula if row is not None and row.says("formula") else there.formula
    for cell in cells:
        if not cell.open:
            held, was = now.get((cell.year, cell.ordinal)), then.get((cell.year, cell.ordinal))
            _compare(there, cell, held, was, polarity, formula, ledger)


def _compare(
    there: IndicatorRow,
    cell: WantedCell,
    held: TargetRow | None,
    was: TargetRow | None,
    polarity: Polarity | None,
    formula: str | None,
    ledger: Ledger,
) -> None:
    of = Of(f"indicator/{there.id}", there.name)
    source = cell.source
    field = f"target/{cell.year}/{cell.ordinal}"
    now, then = held.text if held else None, was.text if was else None
    if norm(cell.text) in (norm(now), norm(then)):
        if held is not None and source.typed is not None and norm(cell.text) == norm(now):
            _resolved(of, there, cell, held, source.typed, ledger)
        return
    if norm(now) != norm(then) and not ledger.differs(of, source, field, wanted=cell.text, held=now, base=then):
        return
    said: dict[str, object] = {"object": there.id, "year": cell.year, "ordinal": cell.ordinal}
    more: dict[str, Any] = {"year": cell.year, "ordinal": cell.ordinal, "set_by": ledger.set_by.get((of.key, field))}
    where = ledger.wanted.spot(source.where, str(cell.year))
    before = target_of_row(held, polarity, formula) if held else None
    if cell.text is None:
        ledger.step("target_withdrawn", of, source, {"verb": "withdraw_target", **said}, where=where, field=field,
                    before=now, direction=easing(before, None, polarity), **more)  # fmt: skip
        return
    read = read_target_text(cell.text, cell.year, polarity=polarity, formula=formula)
    if before is not None and same_commitment(before, read) and not isinstance(read, Unread):
        ledger.left_alone.append(
            f"{where}: {cell.text!r} dice lo stesso di {now!r}, scritto in altro modo: resta com'era"
        )
        return
    _unread(cell, read, ledger)
    said |= {"target": cell.text} | ({"accept_unread": True} if isinstance(read, Unread) else {})
    verb = "set_target" if held is None else "revise_target"
    ledger.step("target_set" if held is None else "target_revised", of, source, {"verb": verb, **said}, where=where,
                field=field, before=now, after=cell.text, direction=easing(before, read, polarity), **more)  # fmt: skip


def _resolved(of: Of, there: IndicatorRow, cell: WantedCell, held: TargetRow, typed: TargetRow, ledger: Ledger) -> None:
    if typed.form == held.form == "reference" and typed.value is not None and typed.value != held.value:
        command = {"verb": "resolve_reference", "object": there.id, "year": cell.year, "ordinal": cell.ordinal,
                   "value": typed.value.replace(".", ",")}  # fmt: skip
        ledger.step("target_resolved", of, cell.source, command, where=ledger.wanted.spot(cell.source.where, str(cell.year)),
                    year=cell.year, ordinal=cell.ordinal, before=held.value, after=typed.value)  # fmt: skip


def target_of_row(row: TargetRow, polarity: Polarity | None, formula: str | None) -> Target:
    """The target that a row of the plan document holds: typed where it is, else read from its text."""
    if row.form is None:
        return read_target_text(row.text, row.year, polarity=polarity, formula=formula)
    said = row.model_dump(mode="json", exclude=_TYPED, exclude_none=True)
    return TARGET.validate_python(said)


def _unread(cell: WantedCell, read: Target, ledger: Ledger) -> None:
    if isinstance(read, Unread):
        where = ledger.wanted.spot(cell.source.where, str(cell.year))
        ledger.unread.append(UnreadCell(where=where, text=read.text, reason=read.reason))
