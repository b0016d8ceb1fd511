"""The indicators of which nobody knows whether more or less is better, where their targets do not say it either."""

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from domain.documents.plan import IndicatorRow, PlanDocument
from domain.documents.row_targets import row_polarity, targets_of
from domain.errors import Malformed, Problem
from domain.indicators.commands import PolarityWord
from domain.library.known import NO_LIBRARY, Library
from domain.systems.decide import BareValues
from domain.targets.decide import read_target_text
from domain.targets.model import Level, Milestones, Reference, Threshold
from domain.vocabulary import Frozen, Identifier, Line, Polarity, Year


class UndirectedIndicator(Frozen):
    """An indicator whose polarity is asked: its name, its targets by year as they are written, why they do not say it.

    `proposed` is what the library of indicators says of it, under the code `proposed_by`.
    """

    indicator: Identifier
    name: Line
    years: tuple[Year, ...]
    targets: tuple[Line, ...]
    proposed: Polarity | None = None
    proposed_by: Line | None = None


class _Bare(NamedTuple):
    year: int
    text: str


def undirected(
    document: PlanDocument, bare_value: BareValues | None = None, library: Library = NO_LIBRARY, on: date = date.max
) -> list[UndirectedIndicator]:
    """The indicators whose polarity is to be asked, in the order of the plan, each with what the library says on a day.

    `bare_value` is what the rules of each year say of a bare value, where they are not those of the document. One that the office said it does not know (a polarity that is stated, and is none) is not asked again.
    """
    listed: list[UndirectedIndicator] = []
    ruled = bare_value or document.plan.bare_value
    for row in document.indicators:
        if row.polarity is not None or row.polarity_basis == "stated":
            continue
        bare = [target for target in _bare(row) if ruled(target.year) is None]
        if bare and row_polarity(row) is None:
            told = library.polarity(row.codes or {}, on)
            listed.append(
                UndirectedIndicator(
                    indicator=row.id,
                    name=row.name,
                    years=tuple(sorted({target.year for target in bare})),
                    targets=tuple(target.text for target in bare),
                    proposed=told[0] if told else None,
                    proposed_by=told[1] if told else None,
                )
            )
    return listed


def with_polarities(document: PlanDocument, polarities: Mapping[str, PolarityWord]) -> PlanDocument:
    """The document of a new plan with the polarities that were said of its indicators; Malformed for any other."""
    if not polarities:
        return document
    problems: list[Problem] = []
    rows = {row.id: row for row in document.indicators}
    for indicator, word in polarities.items():
        row, polarity = rows.get(indicator), None if word == "unknown" else word
        if row is None:
            accepted = "l'identificativo di un indicatore del piano"
            problems.append(Problem(where=f"polarities.{indicator}", found="non è nel piano", accepted=accepted))
        elif row.polarity is not None and row.polarity != polarity:
            found = f"il piano dice {row.polarity}"
            problems.append(Problem(where=f"polarities.{indicator}", found=found, accepted="una polarità sola"))
        else:
            rows[indicator] = row.model_copy(update={"polarity": polarity, "polarity_basis": "stated"})
    if problems:
        raise Malformed(problems)
    return document.model_copy(update={"indicators": tuple(rows[row.id] for row in document.indicators)})


def _bare(row: IndicatorRow) -> list[_Bare]:
    """The targets of a row that are figures without a direction."""
    bare: list[_Bare] = []
    for _, target in targets_of(row):
        if target.form in {"threshold", "reference", "level"}:
            directed = bool(target.comparator or target.implied)
        elif target.form is not None:
            directed = target.form != "milestones"
        else:
            read = read_target_text(target.text, target.year, polarity=None, formula=row.formula)
            match read:
                case Threshold():
                    directed = bool(read.comparator or read.implied)
                case Reference() | Level():
                    directed = bool(read.comparator)
                case _:
                    directed = not isinstance(read, Milestones)
        if not directed:
            bare.append(_Bare(target.year, target.text))
    return bare
