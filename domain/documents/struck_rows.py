"""Rows that a file strikes out from end to end: what each is of, so that it can be withdrawn where somebody says so."""

from collections.abc import Collection
from typing import NamedTuple

from domain.documents.diff_builder import DiffBuilder, norm
from domain.documents.diff_indicators import withdraw_targets
from domain.documents.plan import IndicatorRow, ObjectiveRow, PlanDocument
from domain.documents.uploaded import FileDoubt, UploadedPlan


class StruckRow(NamedTuple):
    """What a struck row is of: an objective, an indicator, or the targets of one in some years."""

    objective: ObjectiveRow | None = None
    indicator: IndicatorRow | None = None
    years: Collection[int] = ()


def struck_rows(document: PlanDocument, uploaded: UploadedPlan) -> dict[str, StruckRow]:
    """The rows of which it is certain what they are of, by their place in the file."""
    rows = ((doubt.where, _meant(document, doubt)) for doubt in uploaded.doubts if doubt.part)
    return {where: row for where, row in rows if row is not None}


def withdraw_struck_targets(rows: Collection[StruckRow], builder: DiffBuilder) -> None:
    """Writes down that the targets of rows are withdrawn."""
    for row in rows:
        if row.indicator is not None and row.years:
            lost = [target for target in row.indicator.targets if target.year in row.years]
            withdraw_targets(row.indicator, lost, builder)


def _meant(document: PlanDocument, doubt: FileDoubt) -> StruckRow | None:
    called = {norm(text) for text in doubt.called}
    if doubt.part == "objectives":
        objectives = [row for row in document.objectives if called & {row.id, norm(row.title)}]
        return StruckRow(objective=objectives[0]) if len(objectives) == 1 else None
    indicators = [row for row in document.indicators if called & {row.id, norm(row.name)}]
    if len(indicators) != 1:
        return None
    (indicator,) = indicators
    if doubt.part == "indicators":
        return StruckRow(indicator=indicator)
    has_some = any(target.year in doubt.years for target in indicator.targets)
    return StruckRow(indicator=indicator, years=doubt.years) if has_some else None
